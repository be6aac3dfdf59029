package function

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"
)

// heavy are the values that the expressions of TestLimits have at hand.
func heavy(t testing.TB) map[string]cty.Value {
	t.Helper()
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	_, _ = w.Write(make([]byte, 64<<20))
	_ = w.Close()
	nested := cty.StringVal("x")
	for range 12 {
		nested = cty.TupleVal(slices.Repeat([]cty.Value{nested}, 10))
	}
	deep := cty.EmptyTupleVal
	for range maxDepth + 2 {
		deep = cty.TupleVal([]cty.Value{deep})
	}
	aliases := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		aliases += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	return map[string]cty.Value{
		"a":       cty.StringVal(strings.Repeat("a", 3<<20)),
		"lines":   cty.StringVal(strings.Repeat("\n", 3<<20)),
		"commas":  cty.StringVal(strings.Repeat("a,", 200_000)),
		"list":    cty.ListVal(slices.Repeat([]cty.Value{cty.StringVal("x")}, 90_000)),
		"deep":    deep,
		"nested":  nested,
		"bomb":    cty.StringVal(base64.StdEncoding.EncodeToString(bomb.Bytes())),
		"json":    cty.StringVal(strings.Repeat("[", 3<<20)),
		"objects": cty.StringVal("[" + strings.Repeat("{},", 600_000) + "{}]"),
		"digits":  cty.StringVal(strings.Repeat("9", 1<<20)),
		"csv":     cty.StringVal("a\n" + strings.Repeat("1\n", 150_000)),
		"cells":   cty.StringVal(strings.TrimSuffix(strings.Repeat("a,", 1<<20), ",")),
		"aliases": cty.StringVal(aliases),
		"verbs":   cty.StringVal(strings.Repeat("%[1]s", 100)),
		"flow":    cty.StringVal(strings.Repeat("[", 5000)),
	}
}

// TestLimits: what would make too much is refused before it takes long or takes much.
func TestLimits(t *testing.T) {
	scope := map[string]cty.Value{"l": cty.ObjectVal(heavy(t))}
	for _, x := range []string{
		`format("%9999999d", 1)`, `format("%999999999999999999999s", 1)`, `format("%.99999999f", 1)`, `format("%099999999d", 1)`,
		`format(l.verbs, l.a)`, `formatlist("%9999s", l.list)`, `formatlist(l.verbs, l.list, l.a)`,
		`join(l.a, ["a", "b", "c", "d"])`, `join(l.a, l.list)`, `join("-----------------------------------------------", l.list, l.list)`,
		`indent(1000000000, "a\nb")`, `indent(100, l.lines)`, `indent(1e30, "a\nb")`,
		`replace(l.a, "a", "bbb")`, `replace(l.a, "a", l.a)`, `replace("aaaaaaaaaaaaaaaaaaaaaaaaa", "/a/", l.a)`,
		`replace(l.a, "/.*/", "$0$0$0")`, `replace(l.a, "", "bb")`, `replace(l.a, "/a*b|a/", "x")`,
		`split("", l.a)`, `split(",", l.commas)`, `concat(l.list, l.list)`,
		`regexall("a", l.a)`, `regexall("a*b|a", l.a)`, `regex("(a{1000}){1}(a{1000}){1}(a{1000}){1}", l.a)`, `regex(l.a, "a")`,
		`regex("((((a{10}){10}){10}b{1000}){1}){1}(c{1000})", l.a)`,
		`setproduct(l.list, l.list)`, `setproduct(range(100), range(100), range(100))`,
		`jsondecode(l.json)`, `jsondecode(l.objects)`, `jsondecode(l.digits)`, `jsondecode("1e99999")`,
		`yamldecode(l.aliases)`, `yamldecode(l.a)`, `yamldecode(l.digits)`,
		`csvdecode(l.csv)`, `csvdecode(l.cells)`, `base64gunzip(l.bomb)`,
		`parseint(l.digits, 10)`, `tonumber(l.digits)`,
		`yamlencode(l.deep)`, `jsonencode([for i in range(1000): [l.list, l.list]])`, `flatten([[l.list, l.list], [l.list, l.list], [l.list, l.list]])`,
		`jsonencode(1e9999)`, `tostring(1e9999)`, `format("%s", 1e9999)`, `max(1e9999, 1)`,
		`upper("${l.a}${l.a}")`, `urlencode(replace(l.a, "a", "/"))`, `base64encode("${l.a}${l.a}")`,
		`merge([for i in l.list: {}]...)`, `cidrsubnets("10.0.0.0/8", [for i in l.list: 8]...)`,
		`fileset(".", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")`, `fileset(".", l.a)`,
		`templatestring(l.loops, {l = range(1000)})`, `templatestring(l.texts, {a = l.a})`, `templatestring(l.join, {a = l.a, l = range(10)})`,
		`templatestring(l.nest, {})`, `templatestring(l.ifs, {})`, `templatestring(l.bangs, {})`, `templatestring(l.splat, {l = [l.list]})`,
		`try(templatestring(l.loops, {l = range(1000)}), "fallback")`,
	} {
		values := scope["l"].AsValueMap()
		delete(values, "nested")
		for name, s := range map[string]string{
			"loops": `%{for a in l}%{for b in l}%{for c in l}x%{endfor}%{endfor}%{endfor}`,
			"texts": strings.Repeat("${a}", 3),
			"join":  `%{for x in l}${a}%{endfor}`,
			"nest":  "${" + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000) + "}",
			"ifs":   strings.Repeat("%{if true}", 5000) + strings.Repeat("%{endif}", 5000),
			"bangs": "${" + strings.Repeat("!", 1<<20) + "true}",
			"splat": "${jsonencode([l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l])}",
		} {
			values[name] = cty.StringVal(s)
		}
		start := time.Now()
		_, err := call(t, x, Env{FS: fstest.MapFS{}, Spend: allow(8_000_000)}, map[string]cty.Value{"l": cty.ObjectVal(values)})
		if err == nil || Reason(err) != evidence.UnknownLimit {
			t.Errorf("%s: %.200v", x, err)
		}
		if d := time.Since(start); d > 150*time.Millisecond {
			t.Log(x, d)
		}
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%s took %s", x, d)
		}
	}
}

// call evaluates a call and returns the error of a function in it.
func call(t testing.TB, x string, e Env, vars map[string]cty.Value) (cty.Value, error) {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(x), "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", x, diags)
	}
	if e.Spend == nil {
		e.Spend = allow(20_000_000)
	}
	Meter(expr, e.Spend)
	v, diags, err := Evaluate(expr, &hcl.EvalContext{Functions: Table(e), Variables: vars})
	if err != nil || !diags.HasErrors() {
		return v, err
	}
	return v, fault(diags)
}

func allow(left int) func(int) error {
	return func(n int) error {
		if left -= n; left < 0 {
			return limit("too much")
		}
		return nil
	}
}

// TestWithin: what is large but within the limits is computed.
func TestWithin(t *testing.T) {
	values := heavy(t)
	delete(values, "nested")
	scope := map[string]cty.Value{"l": cty.ObjectVal(values)}
	for _, x := range []string{
		`length(l.a) == 3 * 1024 * 1024`, `length(l.list) == 90000`, `length(distinct(l.list)) == 1`,
		`length(sort(l.list)) == 90000`, `length(replace(l.a, "a", "b")) == 3145728`, `upper(l.a) != ""`,
		`length(split("b", l.a)) == 1`, `length(join(",", l.list)) == 179999`, `sha256(l.a) != ""`,
		`length(format("%s", l.a)) == 3145728`,
		`length(replace(substr(l.commas, 0, 60000), "/[^a]+/", "")) == 30000`, `length(regexall("a", substr(l.commas, 0, 60000))) == 30000`,
		`length(jsondecode(jsonencode(l.list))) == 90000`, `length(setproduct(range(300), range(300))) == 90000`,
		`length(formatlist("%s-%s", l.list, "y")) == 90000`, `length(yamldecode(yamlencode(range(1000)))) == 1000`,
		`length(csvdecode("a\n${join("\n", slice(l.list, 0, 50000))}")) == 50000`,
		`length(matchkeys(l.list, l.list, ["y"])) == 0`, `length(zipmap([for i, x in l.list: "k${i}"], l.list)) == 90000`,
	} {
		if v, err := call(t, x, Env{}, scope); err != nil || v.Type() != cty.Bool || v.False() {
			t.Errorf("%s: %.200s %v", x, fmt.Sprintf("%#v", v), err)
		}
	}
}

// TestSpend: one budget is for all calls of a table, and a caller can set his own.
func TestSpend(t *testing.T) {
	spent := 0
	e := Env{Spend: func(n int) error {
		if spent += n; spent > 1000 {
			return limit("enough")
		}
		return nil
	}}
	if v, err := call(t, `upper("a")`, e, nil); err != nil || v.AsString() != "A" || spent == 0 {
		t.Errorf("%#v, %v, %d spent", v, err, spent)
	}
	if _, err := call(t, `[for i in range(1000): upper("a")]`, e, nil); Reason(err) != evidence.UnknownLimit {
		t.Error(err)
	}
	if _, err := call(t, `[for i in range(1000): [for j in range(1000): [for k in range(1000): upper(l)]]]`, Env{}, map[string]cty.Value{"l": cty.StringVal(strings.Repeat("a", 1<<16))}); Reason(err) != evidence.UnknownLimit {
		t.Error(err)
	}
}

// TestMeter: an expression with meters gives the same value, and stops when it takes too much.
func TestMeter(t *testing.T) {
	for x, want := range map[string]string{
		`"${a}-${a}"`:                                         `"x-x"`,
		`"${"${a}${a}"}${a}"`:                                 `"xxx"`,
		`[for x in l: "${x}${a}" if x != "q"]`:                `["px"]`,
		`{for x in l: x => [for y in l: y]}`:                  `{"p":["p","q"],"q":["p","q"]}`,
		`{for x in l: a => x...}`:                             `{"x":["p","q"]}`,
		`"%{for x in l}${x}%{if x == "p"},%{endif}%{endfor}"`: `"p,q"`,
		`l[*]`:   `["p","q"]`,
		`o[*].n`: `[1,2]`,
		`"${l}"`: `["p","q"]`,
		`[for x in o: [for y in o: "${x.n}${y.n}"]][*][0]`: `["11","21"]`,
	} {
		expr, diags := hclsyntax.ParseExpression([]byte("jsonencode("+x+")"), "x.tf", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		obj := func(n int64) cty.Value { return cty.ObjectVal(map[string]cty.Value{"n": cty.NumberIntVal(n)}) }
		ctx := &hcl.EvalContext{Functions: Table(Env{}), Variables: map[string]cty.Value{
			"a": cty.StringVal("x"), "l": cty.TupleVal([]cty.Value{cty.StringVal("p"), cty.StringVal("q")}), "o": cty.TupleVal([]cty.Value{obj(1), obj(2)}),
		}}
		spent := 0
		for range 2 { // and a second time
			Meter(expr, func(n int) error { spent += n; return nil })
			v, diags, err := Evaluate(expr, ctx)
			if diags.HasErrors() || err != nil || v.AsString() != want {
				t.Errorf("%s: %#v %v %v, want %s", x, v, diags, err, want)
			}
			if spent == 0 && x != `"${l}"` {
				t.Errorf("%s cost nothing", x)
			}
		}
		expr, _ = hclsyntax.ParseExpression([]byte(x), "x.tf", hcl.InitialPos)
		Meter(expr, func(int) error { return limit("no") })
		if _, _, err := Evaluate(expr, ctx); Reason(err) != evidence.UnknownLimit && x != `"${l}"` {
			t.Errorf("%s: %v", x, err)
		}
	}
}

// TestReplaceAgrees: the replacing that is bounded gives what the standard library's gives.
func TestReplaceAgrees(t *testing.T) {
	e := Env{Spend: func(int) error { return nil }}
	patterns := []string{"a", "a*", "", "(a)(b)?", "^a", `\ba`, "(?m)^", "b$", "[ab]+", "(?P<n>a+)b?", "a|b|", `\B`}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("ab \nü")), 0, 40, -1).Draw(t, "s")
		p := rapid.SampledFrom(patterns).Draw(t, "p")
		by := rapid.SampledFrom([]string{"", "x", "$0", "[$1]", "${n}y", "$$", "$9"}).Draw(t, "by")
		got, err := e.replaceRegex(s, p, by)
		if want := regexp.MustCompile(p).ReplaceAllString(s, by); err != nil || got != want {
			t.Fatalf("%q /%s/ %q: %q, want %q (%v)", s, p, by, got, want, err)
		}
	})
}

func TestMeasure(t *testing.T) {
	if n, err := Measure(cty.TupleVal([]cty.Value{cty.True, cty.StringVal("12345678")})); n != 5 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := Measure(heavy(t)["nested"]); Reason(err) != evidence.UnknownLimit {
		t.Error(err)
	}
}
