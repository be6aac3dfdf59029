package function

import (
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// fuzzed evaluates an expression as a caller would, with all that he has to keep to, and looks at what comes out.
func fuzzed(t *testing.T, src string) {
	t.Helper()
	if len(src) > 4<<10 || nesting("${"+src+"}", "x") != nil {
		return
	}
	expr, diags := hclsyntax.ParseExpression([]byte(src), "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return
	}
	e := Env{FS: testFS(), Working: ".", Spend: allow(1_000_000)}
	Meter(expr, e.Spend)
	marked := cty.StringVal("marked").Mark(origin("here"))
	v, diags, err := Evaluate(expr, &hcl.EvalContext{Functions: Table(e), Variables: map[string]cty.Value{
		"local": cty.ObjectVal(map[string]cty.Value{
			"tpl": cty.StringVal("Hello, ${name}!"), "m": marked, "u": cty.UnknownVal(cty.String), "d": cty.DynamicVal,
			"l": cty.ListVal([]cty.Value{marked, cty.UnknownVal(cty.String)}), "s": cty.SetVal([]cty.Value{marked, cty.StringVal("x")}),
			"o": cty.ObjectVal(map[string]cty.Value{"a": marked, "b": cty.UnknownVal(cty.List(cty.String)), "n": cty.NullVal(cty.String)}),
		}),
	}})
	if err != nil || diags.HasErrors() {
		for _, d := range diags {
			if strings.Contains(d.Detail, "panic in function") || strings.Contains(d.Detail, "cannot be computed") &&
				!strings.Contains(d.Detail, "log cannot") && !strings.Contains(d.Detail, "pow cannot") {
				t.Fatalf("%s: %s", src, d.Detail)
			}
		}
		return
	}
	if _, err := Measure(v); err != nil {
		t.Fatalf("%s: %v", src, err)
	}
}

func FuzzExpression(f *testing.F) {
	b, err := os.ReadFile(expectedFile)
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		x, _, _ := strings.Cut(line, "\t")
		f.Add(x)
	}
	for _, x := range []string{`upper(local.m)`, `merge(local.o, {a = local.l})`, `flatten([local.l, local.s, local.d])`, `try(local.d.x, local.u)`} {
		f.Add(x)
	}
	f.Fuzz(fuzzed)
}

// FuzzCalls makes expressions of calls within calls, with arguments that fit more often than chance has them.
func FuzzCalls(f *testing.F) {
	for seed := range int64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed int64) {
		g := grammar{Rand: rand.New(rand.NewSource(seed))}
		fuzzed(t, g.expression(4))
	})
}

// grammar makes random expressions.
type grammar struct{ *rand.Rand }

var functionNames = func() []string {
	var names []string
	for name := range Table(Env{}) {
		if !strings.Contains(name, "::") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}()

var leaves = []string{
	`"a"`, `""`, `"a,b,c"`, `"10.0.0.0/8"`, `"2020-01-02T03:04:05Z"`, `"hello.txt"`, `"list.tftpl"`, `"%s-%5d"`, `"[a-z]+"`, `"{\"a\": [1]}"`,
	`"/(a)/"`, `"ü😀"`, "0", "1", "-1", "2.5", "1e9", "1e300", "16", "true", "null", "[]", "{}", "local.m", "local.u", "local.d", "local.l",
	"local.s", "local.o", `["a", "b"]`, `[1, "a", null]`, `{a = "x", b = [1]}`, `toset(["a", "b"])`, `tomap({a = "x"})`, `"a: [1, &x 2, *x]"`,
}

func (g grammar) expression(depth int) string {
	if depth == 0 || g.Intn(5) == 0 {
		return leaves[g.Intn(len(leaves))]
	}
	sub := func() string { return g.expression(depth - 1) }
	switch g.Intn(12) {
	case 0:
		return "[" + sub() + ", " + sub() + "]"
	case 1:
		return "{a = " + sub() + ", b = " + sub() + "}"
	case 2:
		return "[for x in " + sub() + ": " + sub() + "]"
	case 3:
		return `"${` + sub() + `}-${` + sub() + `}"`
	case 4:
		return "(" + sub() + ")[*]"
	}
	name := functionNames[g.Intn(len(functionNames))]
	args := make([]string, 1+g.Intn(3))
	for i := range args {
		args[i] = sub()
	}
	end := ")"
	if g.Intn(10) == 0 {
		end = "...)"
	}
	return name + "(" + strings.Join(args, ", ") + end
}

func FuzzYAML(f *testing.F) {
	for _, s := range []string{"a: 1", "- &a [x]\n- *a", "a: |\n  x\n", "? a\n: b", "!!str a", "<<: {a: 1}", "{a: [b, c]}", "a: 2020-01-02", "'x'", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := call(t, "yamldecode(s)", Env{}, map[string]cty.Value{"s": cty.StringVal(s)})
		if err != nil {
			return
		}
		// What was read can be written and read again.
		text, err := call(t, "yamlencode(v)", Env{}, map[string]cty.Value{"v": v})
		if err != nil {
			return
		}
		again, err := call(t, "yamldecode(s)", Env{}, map[string]cty.Value{"s": text})
		if err != nil || !again.RawEquals(v) {
			t.Fatalf("%q gives %#v, written as %q, which gives %#v (%v)", s, v, text.AsString(), again, err)
		}
	})
}

func FuzzFileset(f *testing.F) {
	for _, p := range []string{"**", "*.txt", "{a,b}/*", "[a-z]*", "a/**/b", "\\*", "{{a},b}", "**/**/*"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		e := Env{FS: testFS(), Working: ".", Spend: allow(10_000_000)}
		patterns, err := alternatives(p)
		if err != nil {
			return
		}
		found, err := e.find(".", patterns)
		if err != nil {
			return
		}
		for _, v := range found {
			if _, ok := files[v.AsString()]; !ok && v.AsString() != "main.tf" {
				t.Fatalf("%q finds %s", p, v.AsString())
			}
		}
	})
}
