package lang

import "testing"

// BenchmarkEval evaluates expressions as templates have them.
func BenchmarkEval(b *testing.B) {
	for _, x := range []struct{ name, text string }{
		{"parameter", `[parameters('name')]`},
		{"concat", `[concat('https://', reference('store').primaryEndpoints.blob, 'api/', parameters('name'))]`},
		{"resourceId", `[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('name'), format('{0}-snet', parameters('name')))]`},
		{"condition", `[if(and(equals(parameters('name'), 'Shop'), not(empty(parameters('firstObject')))), variables('letters')[0], json('null'))]`},
		{"map", `[map(range(0, 100), lambda('i', format('{0}-{1:D2}', parameters('name'), lambdaVariables('i'))))]`},
	} {
		b.Run(x.name, func(b *testing.B) {
			e, err := Parse(x.text)
			if err != nil {
				b.Fatal(err)
			}
			w := newWorld()
			b.ReportAllocs()
			for b.Loop() {
				e.Eval(w, NewBudget(1_000_000, 64<<20))
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	const text = `[if(and(equals(parameters('name'), 'Shop'), not(empty(parameters('firstObject')))), variables('letters')[0], json('null'))]`
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
