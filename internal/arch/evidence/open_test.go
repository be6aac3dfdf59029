package evidence

import (
	"strings"
	"testing"
)

func TestWithoutLiterals(t *testing.T) {
	const id = "/subscriptions/@(m)/resourceGroups/rg/providers/Microsoft.Web/sites/x"
	for in, want := range map[string]string{
		`${merge({ PASSWORD = "a b", n = 1 }, tf:r//m["k"].x#y)}`:     `${merge({ PASSWORD = "...", n = 1 }, tf:r//m["k"].x#y)}`,
		`${union(createObject('password', 'it''s'), ` + id + `#y)}`:   `${union(createObject('...', '...''...'), ` + id + `#y)}`,
		"{ TOKEN = <<-EOT\n  x\n  EOT\n }":                            "{ TOKEN = <<... }",
		`concat(parameters('apiKey'), '` + id + `', "a ${b("c")} d")`: `concat(parameters('apiKey'), '` + id + `', "...")`,
		`"never closed`: `"..."`,
	} {
		if got := withoutLiterals(in); got != want {
			t.Errorf("%q\n is %q\nwant %q", in, got, want)
		}
	}
	for text, want := range map[string]bool{
		`${merge({ PASSWORD = "a" }, x)}`: true, `createObject('apiKey', 'x')`: true, `{ "client_secret" : "x" }`: true, "{ TOKEN = <<EOT\nx\nEOT\n }": true,
		`${parameters('password')}`: false, `concat('a', parameters('adminPassword'), 'b')`: false, `{ name = "x", secret_name = "y" }`: false, `"${var.password}-x"`: false,
	} {
		if got := speaksOfSecrets(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzWithoutLiterals(f *testing.F) {
	f.Add(`{a="x${b("c")}d"} <<EOT` + "\nx\nEOT\n'y'")
	f.Fuzz(func(t *testing.T, s string) {
		if out := withoutLiterals(s); len(out) > 7*len(s)+7 || strings.Count(out, `"`) > 2*strings.Count(s, `"`)+2 {
			t.Fatalf("%q becomes %q", s, out)
		}
	})
}
