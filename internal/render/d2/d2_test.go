package d2_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/d2"
	"c4arch/internal/render/rendertest"
	"c4arch/test/golden"
)

func TestGolden(t *testing.T) {
	seen := 0
	for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Hostile(), folded()} {
		for i := range m.Views {
			v := &m.Views[i]
			t.Run(v.Key, func(t *testing.T) {
				got, err := d2.Render(m, v)
				if err != nil {
					t.Fatal(err)
				}
				seen++
				golden.Check(t, v.Key+".d2", got)
				grammar(t, string(got))
			})
		}
	}
	if seen < 11 {
		t.Errorf("only %d views", seen)
	}
}

// folded is a view of a folded boundary, with a line that stands for three.
func folded() *c4.Model {
	return &c4.Model{
		Elements: []c4.Element{
			{ID: "s", Kind: c4.SoftwareSystem, Name: "Shop"},
			{ID: "p", Kind: c4.Person, Name: "Customer", External: true},
		},
		Relationships: []c4.Relationship{{ID: "r1", Rule: "R1", Confidence: c4.High, Declared: true}},
		Views: []c4.View{{
			Key: "folded", Title: "Folded", Nodes: []c4.Node{{ID: "p", Element: "p"}, {ID: "s", Element: "s", Folded: 12}},
			Lines: []c4.Line{{Source: "p", Target: "s", Description: "uses", Confidence: c4.High, Relationships: []string{"r1", "r2", "r3"}}},
		}},
	}
}

func TestCountsAreSaid(t *testing.T) {
	m := folded()
	got, err := d2.Render(m, &m.Views[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`\n12 inside"`, "style.multiple: true", `uses\n(3 relationships)`, "class: high", "Rule: R1, high, declared"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
}

var (
	text  = `"(?:[^"\\$]|\\["\\$n])*"`
	key   = `n_[a-z0-9_]*`
	path  = key + `(?:\.` + key + `)*`
	rules = []*regexp.Regexp{
		regexp.MustCompile(`^# Written by c4arch`),
		regexp.MustCompile(`^direction: down$`),
		regexp.MustCompile(`^vars: \{d2-config: \{layout-engine: elk\}\}$`),
		regexp.MustCompile(`^classes: \{$`),
		regexp.MustCompile(`^[a-z]+: \{style: \{[a-z0-9#":; -]+\}\}$`),
		regexp.MustCompile(`^title: ` + text + ` \{shape: text; near: top-center; style: \{font-size: 24; bold: true\}\}$`),
		regexp.MustCompile(`^` + key + `: ` + text + ` \{$`),
		regexp.MustCompile(`^` + path + ` -> ` + path + `(?:: ` + text + `)? \{$`),
		regexp.MustCompile(`^(?:class|shape): [a-z0-9_]+$`),
		regexp.MustCompile(`^style\.multiple: true$`),
		regexp.MustCompile(`^grid-columns: \d+$`),
		regexp.MustCompile(`^tooltip: ` + text + `$`),
	}
)

// grammar checks each line against the few statements that are written, and that the ends of connections are there.
func grammar(t testing.TB, s string) {
	t.Helper()
	var at []string
	defined := map[string]bool{}
	for _, l := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		l = strings.TrimLeft(l, " ")
		if l == "}" {
			if len(at) == 0 {
				t.Fatal("more is closed than was opened")
			}
			at = at[:len(at)-1]
			continue
		}
		if !slices.ContainsFunc(rules, func(r *regexp.Regexp) bool { return r.MatchString(l) }) {
			t.Errorf("not a statement: %q", l)
			continue
		}
		if !strings.HasSuffix(l, " {") {
			continue
		}
		name, _, _ := strings.Cut(l, ":")
		if source, rest, ok := strings.Cut(strings.TrimSuffix(name, " {"), " -> "); ok {
			target, _, _ := strings.Cut(rest, " {")
			if !defined[source] || !defined[target] {
				t.Errorf("an end of %q is not defined", l)
			}
			name = ""
		}
		at = append(at, name)
		if whole := strings.Join(at, "."); defined[whole] && name != "" {
			t.Errorf("%s is there twice", whole)
		} else {
			defined[whole] = true
		}
	}
	if len(at) != 0 {
		t.Errorf("%v is open at the end", at)
	}
}

func TestBrokenViewsAreRefused(t *testing.T) {
	m, broken := rendertest.Broken()
	broken["line to nowhere"] = &c4.View{Nodes: []c4.Node{{ID: "a", Element: "a"}}, Lines: []c4.Line{{Source: "a", Target: "b"}}}
	for name, v := range broken {
		if _, err := d2.Render(m, v); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := d2.Render(m, &c4.View{Key: "k"}); err != nil || !strings.Contains(string(got), `title: "k"`) {
		t.Errorf("an empty view: %v %s", err, got)
	}
}

// The order of a model's lists is no part of a view; that of the view's nodes is.
func TestOrderOfTheModelPlaysNoPart(t *testing.T) {
	m := rendertest.Contoso()
	for i := range m.Views {
		want, err := d2.Render(m, &m.Views[i])
		if err != nil {
			t.Fatal(err)
		}
		o, r := rendertest.Contoso(), rand.New(rand.NewPCG(1, 2))
		r.Shuffle(len(o.Elements), func(i, j int) { o.Elements[i], o.Elements[j] = o.Elements[j], o.Elements[i] })
		r.Shuffle(len(o.Relationships), func(i, j int) { o.Relationships[i], o.Relationships[j] = o.Relationships[j], o.Relationships[i] })
		if got, err := d2.Render(o, &o.Views[i]); err != nil || string(got) != string(want) {
			t.Errorf("%s differs: %v", m.Views[i].Key, err)
		}
	}
}

// FuzzTextIsNoSyntax gives every text of a view the same words; the file must keep its statements.
func FuzzTextIsNoSyntax(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n)
	}
	f.Add(`\`)
	f.Add("$")
	f.Add(`\n`)
	f.Fuzz(func(t *testing.T, s string) {
		e := func(id string) c4.Element {
			return c4.Element{
				ID: id + s, Kind: c4.Container, Name: s, Technology: s, Description: s, Owner: s, Rule: s, Badges: []string{s}, Shape: s,
				Evidence: []c4.Evidence{{Input: s, Property: s}},
			}
		}
		m := &c4.Model{
			Elements:      []c4.Element{e("a"), e("b")},
			Relationships: []c4.Relationship{{ID: s, Rule: s}},
			Views: []c4.View{{
				Key: s, Title: s, Nodes: []c4.Node{{ID: s + "1", Element: "a" + s}, {ID: s + "2", Element: "b" + s, Parent: s + "1"}},
				Lines: []c4.Line{{Source: s + "1", Target: s + "2", Description: s, Technology: s, Relationships: []string{s}}},
			}},
		}
		got, err := d2.Render(m, &m.Views[0])
		if err != nil {
			t.Fatal(err)
		}
		grammar(t, string(got))
	})
}

func BenchmarkRender(b *testing.B) {
	m := rendertest.Large(10000, 50)
	b.ReportAllocs()
	for b.Loop() {
		for i := range 10 {
			if _, err := d2.Render(m, &m.Views[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
}
