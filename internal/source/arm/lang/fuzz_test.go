package lang

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// FuzzEval: no expression panics or takes long; the same expression gives the same; a value that is known can be
// written in the language and gives itself; and what is left of an expression ends where its braces do.
func FuzzEval(f *testing.F) {
	for i, x := range examples {
		if i%3 == 0 {
			f.Add("[" + x[0] + "]")
		}
	}
	for _, seed := range []string{
		"[concat('a', parameters('open'))]", "[format('{0,5:N2}', parameters('open'))]", "[if(parameters('open'), 1, fail('x'))]",
		"[reduce(range(0, 99), '', lambda('a', 'b', concat(lambdaVariables('a'), 'x')))]", "[json('{a:''b'',\"c\":[1,\"\\u00e9\"]}')]",
		"[resourceId(parameters('open'), 'A.B/c/d', 'e', parameters('opened'))]", "[split(variables('blank'), '/')[2]]",
		"[uri(parameters('opened'), 'x')]", "[toLower(concat('{', parameters('open'), '}}'))]", "[dateTimeAdd('2024-01-31', '-P1Y2M3DT4H', 'o')]",
		"[cidrSubnet('fdad::/16', 64, 9223372036854775807)]", "[substring(parameters('opened'), 0, 99)]", "[[x]", "['", "[a(]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := Parse(text); err == nil {
			hold(t, e)
		} else if e != nil || err.Error() == "" {
			t.Fatal("an expression and an error")
		}
	})
}

// FuzzCalls is FuzzEval with expressions that always parse: the bytes choose functions and arguments.
func FuzzCalls(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		data := make([]byte, 4+r.IntN(60))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
	names := strings.Fields(reference)
	f.Fuzz(func(t *testing.T, data []byte) {
		g := generator{data: data, names: names}
		text := "[" + g.expression(0) + "]"
		e, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		hold(t, e)
	})
}

// generator makes an expression of bytes.
type generator struct {
	data  []byte
	names []string
}

func (g *generator) next(below int) int {
	if len(g.data) == 0 {
		return 0
	}
	n := int(g.data[0]) % below
	g.data = g.data[1:]
	return n
}

func (g *generator) expression(deep int) string {
	leaves := []string{
		"1", "'a'", "-3", "'A.B/c'", "parameters('open')", "parameters('opened')", "parameters('secret')", "variables('blank')", "variables('mixed')",
		"variables('half')", "variables('dogs')", "null()", "true()", "'10.0.0.0/24'", "'2024-02-29T12:00:00Z'", "'P1Y2M3DT4.5H'", "'{0,4:N1}{{'", "''",
		"'/'", "createObject('a', 1)", "createArray('x', 'y')", "9223372036854775807", "2.5", "'é😀'", "lambdaVariables('x')", "reference('store').a", "'PT1H'",
		"listKeys('store', '1').k", "'https://contoso.org/a/b'", "'{\"a\":[1]}'", "resourceId('A.B/c', parameters('open'))", "newGuid()", "'yyyy-MM-dd'",
	}
	if deep > 4 || len(g.data) == 0 || g.next(4) == 0 {
		return leaves[g.next(len(leaves))]
	}
	if g.next(8) == 0 {
		return g.expression(deep+1) + []string{".a", "['name']", "[0]", ".?a.b", "[?1]", "[parameters('open')]"}[g.next(6)]
	}
	name := g.names[g.next(len(g.names))]
	n := g.next(4)
	args := make([]string, n)
	for i := range args {
		if args[i] = g.expression(deep + 1); i > 0 && slices.Contains([]string{"map", "filter", "sort", "reduce", "groupBy", "toObject", "mapValues"}, name) {
			args[i] = "lambda('x', 'y', " + args[i] + ")"
		}
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// hold checks what is always true of an expression.
func hold(t *testing.T, e *Expr) {
	w := newWorld()
	v := e.Eval(w, NewBudget(20_000, 1<<20))
	if again := e.Eval(newWorld(), NewBudget(20_000, 1<<20)); show(again) != show(v) {
		t.Fatalf("%s: %s, then %s", e.text, show(v), show(again))
	}
	closes(t, e, v)
	sound(t, e, v)
	// What was made says of itself what a count of its parts says.
	if bare := strip(v); bare.count(0) != v.sum() && (v.Kind == Array || v.Kind == Object) {
		t.Fatalf("%s: %+v, counted %+v", e.text, v.sum(), bare.count(0))
	}
	if !v.Known() || v.textSize()+8*v.Size() > 4000 {
		return
	}
	wr := writer{max: 1 << 20, b: []byte("[")}
	wr.value(&v)
	same, err := Parse(string(wr.b) + "]")
	if err != nil {
		t.Fatalf("%s: %s: %v", e.text, wr.b, err)
	}
	if got := same.Eval(w, NewBudget(1<<20, 1<<26)); show(got) != strings.TrimSuffix(show(v), " secret") {
		t.Fatalf("%s: %s, written %s, is %s", e.text, show(v), wr.b, show(got))
	}
}

// sound checks that what is told of an expression with an open parameter holds when the parameter has a value.
func sound(t *testing.T, e *Expr, v Value) {
	b := NewBudget(100_000, 1<<22)
	full := e.Eval(closedWorld(), b)
	if len(b.Faults()) > 0 || b.Spent() {
		return // the value does not fit the expression
	}
	if got := strings.TrimSuffix(show(full), " secret"); v.Known() && got != strings.TrimSuffix(show(v), " secret") {
		t.Fatalf("%s: said to be %s, is %s", e.text, show(v), got)
	}
	if v.Kind == String && full.Kind == String && (!strings.HasPrefix(full.Text, head(&v)) || !strings.HasSuffix(full.Text, tail(&v))) {
		t.Fatalf("%s: said to be %s, is %s", e.text, show(v), show(full))
	}
	if (v.Kind == Array || v.Kind == Object) && full.Kind != v.Kind && full.Kind != Open {
		t.Fatalf("%s: said to be %s, is %s", e.text, show(v), show(full))
	}
}

// closedWorld is the world with a value for the open parameter.
func closedWorld() *world {
	w := newWorld()
	w.values["open"], w.values["opened"] = Str("Zz 7"), Str("pre-Zz 7-post")
	w.values["mixed"] = List([]Value{Str("a"), w.values["open"], Str("c")})
	w.values["half"] = Dict([]Member{{"known", Str("k")}, {"open", w.values["open"]}})
	return w
}

// closes checks that the end of each open value is found again, and that each has a reason.
func closes(t *testing.T, e *Expr, v Value) {
	if v.Kind == Open && (closed("${"+v.Text+"}", 0) != len(v.Text)+3 || v.Why == "") {
		t.Fatalf("%s: %q, %q", e.text, v.Text, v.Why)
	}
	if v.Kind != Open && v.Kind != String && v.Why != "" {
		t.Fatalf("%s: %s is open", e.text, show(v))
	}
	for i := range v.Items {
		closes(t, e, v.Items[i])
	}
	for i := range v.Members {
		closes(t, e, v.Members[i].Value)
	}
}

// strip takes the sums out of a value.
func strip(v Value) Value {
	v.made, v.Items, v.Members = made{}, slices.Clone(v.Items), slices.Clone(v.Members)
	for i := range v.Items {
		v.Items[i] = strip(v.Items[i])
	}
	for i := range v.Members {
		v.Members[i].Value = strip(v.Members[i].Value)
	}
	return v
}
