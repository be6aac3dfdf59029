package severity

import (
	"context"
	"strings"
	"testing"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"c4arch/internal/arch/exposure"
	"c4arch/internal/base/tree"
)

const sample = `{
	"s": "Enabled", "t": "TLS1_2", "n": 3, "f": 1.5, "big": 9007199254740993, "yes": true, "no": false, "nothing": null, "text": "12",
	"l": [{"name": "a", "x": {"on": true}}, {"name": "B"}], "words": ["Alpha", "beta"], "o": {"p": {"q": 1}}, "Na.me": {"k": "v"}, "empty": []
}`

func evaluate(t *testing.T, expression string) (bool, error) {
	t.Helper()
	l, err := newLanguage()
	if err != nil {
		t.Fatal(err)
	}
	c, flaws := l.compile(ofSide, expression, false, true)
	if len(flaws) > 0 {
		t.Fatalf("%s: %v", expression, flaws)
	}
	v, err := tree.ParseJSON([]byte(sample), tree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return c.holds(context.Background(), vars{"value": func() ref.Val { return wrap(&v, nil) }})
}

// TestExpressions: each is true.
func TestExpressions(t *testing.T) {
	for _, e := range []string{
		// What is not there is null, and so are its members.
		`value.none == null && value.none.of.these == null && value.none["x"].y[0] == null && value.nothing == null`,
		`value.l[0].name == 'a' && value.l[7] == null && value.l[0].x.on == true && value.s.length == null && value["Na.me"].k == 'v'`,
		`!has(value.none.x) && has(value.o.p) && !has(value.nothing) && has(value.empty)`,
		`!value.none.exists(i, true) && value.none.all(i, false) && value.none.filter(i, true) == [] && value.none.map(i, i) == []`,
		// Names without regard to case when they are not as written.
		`value.TEXT == '12' && value.O.P.Q == 1 && 'S' in value && !('none' in value)`,
		`value.n == 3 && value.n == 3.0 && value.f > 1 && value.n < 3.5 && value.big == 9007199254740993`,
		`value.o == {'p': {'q': 1}} && value.o != {'p': {'q': 2}} && value.o != {'p': 1} && value.o != 3`,
		`size(value.l) == 2 && size(value.o) == 1 && value.o.exists(k, k == 'p') && value.l.exists_one(i, i.name == 'B')`,
		// Functions.
		`at(value, 'o.p.q') == 1 && at(value, 'o.none.q') == null && at(value, 'l[].x.on') == [true] && at(value, 'none[].x') == [] && at(value, '') == value`,
		`at(value, '["Na.me"].k') == 'v' && at(value, 's[]') == ['Enabled'] && at(value.l, '[].name') == ['a', 'B'] && at(null, 'a') == null`,
		`tls('TLS1_2') == 12 && tls('1.2') == 12 && tls('TLS12') == 12 && tls('Tls12') == 12 && tls('TLSv1.2_2021') == 12 && tls('TLS_1_3') == 13 && tls(1.1) == 11`,
		`tls('TLSv1') == 10 && tls('TLS1_0') == 10 && tls('1') == 10 && tls('Tls') == 10 && tls('TLSv1_2016') == 10 && tls('TLSv1.1_2016') == 11 && tls('TLS1_3_2025_EU') == 13`,
		`tls('SSLv3') == -1 && tls('') == -1 && tls(null) == -1 && tls('TLS1_9') == -1 && tls('TLSEnforcementDisabled') == -1 && tls('2') == -1 && tls([1]) == -1`,
		`rank('BETA', value.words) == 1 && rank('x', value.words) == -1 && rank(null, ['a']) == -1 && rank('a', []) == -1 && rank('', ['']) == 0`,
		`number(3) == 3 && number('12') == 12.0 && number(value.text) == 12 && number(null) == -1 && number('x') == -1 && number('1e2') == 100 && number(true) == -1 && number('Inf') == -1`,
		`folded(' AbC ') == 'abc' && folded(null) == '' && folded(3) == '3' && folded(true) == 'true' && folded(1.5) == '1.5' && folded([1]) == '' && folded({}) == ''`,
		`holds(value.words, 'ALPHA') && holds(value.words, ['x', 'beta']) && !holds(value.words, 'gamma') && !holds(null, 'x') && !holds(value.none, null)`,
		`holds('Allow', 'allow') && holds(['22', 80], 80) && holds(['80'], 80) && !holds([null], null) && !holds([{}], '') && !holds([[]], '')`,
		`on(true) && on('true') && on('Enabled') && on('On') && on('YES') && on(1) && !on(false) && !on('false') && !on(null) && !on('Disabled') && !on(0) && !on([true])`,
		`list(null) == [] && list('x') == ['x'] && list(value.words) == value.words && list({'a': 1}) == [{'a': 1}] && size(list(value.none)) == 0`,
		`glob('microsoft.web/sites', 'Microsoft.*/s?tes') && !glob('a', 'b') && glob('', '*') && glob('äb', '?b') && !glob(null, 'a') && glob('a*b', 'a*b')`,
		`value.s.matches('^En') && value.s.startsWith('En') && value.s.endsWith('ed') && value.s.contains('able')`,
	} {
		if ok, err := evaluate(t, e); err != nil || !ok {
			t.Errorf("%s: %t %v", e, ok, err)
		}
	}
}

// TestStrictness: what has no meaning fails.
func TestStrictness(t *testing.T) {
	for _, e := range []string{`value.none < 3`, `value.s > 3`, `value.none.startsWith('x')`, `'x' in value.none`, `size(value.none) == 0`, `value.n.exists(i, true)`, `value.s && true`} {
		if ok, err := evaluate(t, e); err == nil {
			t.Errorf("%s is %t", e, ok)
		}
	}
}

func TestSpans(t *testing.T) {
	l, err := newLanguage()
	if err != nil {
		t.Fatal(err)
	}
	open := []exposure.Span{{Protocol: "tcp", From: 20, To: 25, Share: 1, Family: 4}, {Protocol: "udp", From: 53, To: 53, Share: 1, Family: 4}}
	some := []exposure.Span{{Protocol: "*", From: 0, To: 65535, Share: 0.2, Family: 4}}
	azure := []exposure.Span{{Protocol: "tcp", From: 1433, To: 1433, Share: 1, Family: 4, Cloud: true}}
	for _, c := range []struct {
		expression string
		opened     []exposure.Span
		want       bool
	}{
		{"opens(opened, [22])", open, true},
		{"opens(opened, [20]) && opens(opened, [25])", open, true},
		{"opens(opened, [26, 19])", open, false},
		{"opens(opened, [53])", open, false},
		{"opens(opened, [22])", some, false},
		{"opens(opened, [22])", nil, false},
		{"opens(opened, [1433])", azure, false},
		{"cloud(opened)", azure, true},
		{"cloud(opened)", open, false},
		{"share(opened) == 1", open, true},
		{"share(opened) == 0.2", some, true},
		{"share(opened) == 0", azure, true},
		{"share(opened) == 0", nil, true},
		{"opened.exists(s, s.protocol == 'udp' && s.from == 53 && s.family == 4)", open, true},
		{"resource.id == '/g' && kind == 'network' && closed == []", open, true},
	} {
		x, flaws := l.compile(ofExposure, c.expression, false, true)
		if len(flaws) > 0 {
			t.Fatalf("%s: %v", c.expression, flaws)
		}
		got, err := x.holds(t.Context(), newExposureVars(&exposure.Change{Resource: "/g", Kind: exposure.Network, Opened: c.opened}))
		if err != nil || got != c.want {
			t.Errorf("%s: %t %v", c.expression, got, err)
		}
	}
}

// TestAtIsBounded: a path through lists of lists looks at so many values and no more.
func TestAtIsBounded(t *testing.T) {
	row := make([]ref.Val, 400)
	for i := range row {
		row[i] = types.Int(i)
	}
	rows := make([]ref.Val, 400)
	for i := range rows {
		rows[i] = types.NewRefValList(types.DefaultTypeAdapter, row)
	}
	all := types.NewRefValList(types.DefaultTypeAdapter, rows)
	if v := at(all, types.String("[][]")); !types.IsError(v) {
		t.Errorf("it gave %v", v.Type())
	}
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		path string
		n    int
		cut  string
	}{
		{"a.b.c", 2, "a.b"},
		{"a[].b", 2, "a[]"},
		{"a[name=x.y].b", 2, "a[name=x.y]"},
		{`a[name="x]y"].b`, 2, `a[name="x]y"]`},
		{`@tags["a.b"]`, 2, `@tags["a.b"]`},
		{"a[3][4].c", 3, "a[3][4]"},
		{"a", 3, "a"},
		{"", 1, ""},
		{"a[x", 2, "a[x"},
	} {
		if got, _ := cutSteps(c.path, c.n); got != c.cut {
			t.Errorf("%s cut to %d: %s", c.path, c.n, got)
		}
		if whole, n := cutSteps(c.path, 100); whole != c.path || n != len(stepsOf(c.path)) {
			t.Errorf("%s: %d steps, and %d when cut", c.path, len(stepsOf(c.path)), n)
		}
	}
	for _, c := range []struct {
		rule, place string
		want        bool
	}{
		{"a.b", "a.b", true},
		{"A.B", "a.b.c", true},
		{"a.b", "a", false},
		{"a[].b", "a[].b", true},
		{"a[].b", "a.x.b", false},
		{"a.*.b", "a.x.b", true},
		{"a.*.b", "a[].b", false},
		{"spec.*ontainers[].image", "spec.initContainers[].image", true},
		{`metadata.labels["a.b/c"]`, `metadata.labels["a.b/c"]`, true},
		{"@tags.own*", "@tags.owner", true},
	} {
		if got := matchSteps(ruleSteps(c.rule), stepsOf(c.place)); got != c.want {
			t.Errorf("%s on %s: %t", c.rule, c.place, got)
		}
	}
}

// FuzzSteps: taking a path apart and cutting it agree on any text.
func FuzzSteps(f *testing.F) {
	for _, s := range []string{"a.b[].c", `a["x.y"][0]`, "a[", `a["`, "..", "[]", `@tags["\x00"]`, `a[name="x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := len(stepsOf(s))
		for i := range n + 1 {
			cut, have := cutSteps(s, i)
			if !strings.HasPrefix(s, cut) || have > i {
				t.Fatalf("%q cut to %d: %q, %d", s, i, cut, have)
			}
		}
		matchSteps(ruleSteps(s), stepsOf(s))
	})
}
