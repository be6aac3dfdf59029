package mermaid_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/mermaid"
	"c4arch/internal/render/rendertest"
	"c4arch/test/golden"
)

func TestGolden(t *testing.T) {
	seen := 0
	for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Hostile()} {
		for i := range m.Views {
			v := &m.Views[i]
			t.Run(v.Key, func(t *testing.T) {
				got, err := mermaid.Render(m, v)
				if err != nil {
					t.Fatal(err)
				}
				seen++
				golden.Check(t, v.Key+".mmd", got)
				grammar(t, string(got))
			})
		}
	}
	if seen < 10 {
		t.Errorf("only %d views", seen)
	}
}

var (
	word  = `"[^"\n]*"`
	shape = regexp.MustCompile(`^\s+(Person|System|Container|Component)(Db|Queue)?(_Ext)?\((n_\w+), ` + word + `(, ` + word + `){1,2}\)$`)
	begin = regexp.MustCompile(`^\s+(System_Boundary|Container_Boundary|Boundary|Deployment_Node)\((n_\w+), ` + word + `(, ` + word + `){0,2}\) \{$`)
	rel   = regexp.MustCompile(`^\s+(?:%% ends at a boundary, which Mermaid cannot draw: )?Rel\((n_\w+), (n_\w+), ` + word + `, ` + word + `\)$`)
)

// grammar checks each line against the few statements that are written.
func grammar(t *testing.T, s string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	if !regexp.MustCompile(`^C4(Context|Container|Component|Deployment)$`).MatchString(lines[0]) {
		t.Errorf("the first line is %q", lines[0])
	}
	depth, alias := 0, map[string]bool{}
	for _, l := range lines[1:] {
		switch {
		case strings.HasPrefix(l, "title "):
			if strings.ContainsAny(l, "#;") {
				t.Errorf("a title would end early: %q", l)
			}
		case shape.MatchString(l):
			a := shape.FindStringSubmatch(l)[4]
			if alias[a] {
				t.Errorf("alias %s is used twice", a)
			}
			alias[a] = true
		case begin.MatchString(l):
			a := begin.FindStringSubmatch(l)[2]
			if alias[a] {
				t.Errorf("alias %s is used twice", a)
			}
			alias[a] = true
			depth++
		case strings.TrimSpace(l) == "}":
			depth--
		case rel.MatchString(l):
			if m := rel.FindStringSubmatch(l); !alias[m[1]] || !alias[m[2]] {
				t.Errorf("an end of %q is not defined", l)
			}
		case strings.HasPrefix(l, "  UpdateLayoutConfig("):
		default:
			t.Errorf("not a statement: %q", l)
		}
	}
	if depth != 0 {
		t.Errorf("%d boundaries are open at the end", depth)
	}
}

func TestTextCannotBeSyntax(t *testing.T) {
	hostile := append(rendertest.Names(), `%%{init: {"securityLevel": "loose"}}%%`, "direction LR", "Direction \t tb", "style a:#35;", "a<br/>b", "$$x$$", `\n`)
	bad := regexp.MustCompile("(?i)direction\\s+(TB|BT|RL|LR)|%%|[<>`]|#\\w+;|\\$\\$|\\\\n|[\\x00-\\x1f]")
	for _, name := range hostile {
		m := &c4.Model{
			Elements: []c4.Element{{ID: "a", Kind: c4.Container, Name: name, Technology: name, Description: name}},
			Views:    []c4.View{{Key: "k", Kind: c4.Containers, Title: name, Nodes: []c4.Node{{ID: "a", Element: "a"}}}},
		}
		got, err := mermaid.Render(m, &m.Views[0])
		if err != nil {
			t.Fatal(err)
		}
		grammar(t, string(got))
		for _, l := range strings.Split(string(got), "\n") {
			if found := bad.FindString(l); found != "" {
				t.Errorf("%q has %q", l, found)
			}
		}
	}
}

func TestMarksAndCountsAreInWords(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{
		{ID: "s", Kind: c4.SoftwareSystem, Name: "Shop", Description: "Sells.", Layer: "observability", Badges: []string{"internet-facing"}},
		{ID: "b", Kind: c4.SoftwareSystem, Name: "Billing"},
	}}
	v := &c4.View{
		Key: "k", Kind: c4.Context, Nodes: []c4.Node{{ID: "s", Element: "s", Folded: 12}, {ID: "b", Element: "b", Folded: 3}},
		Lines: []c4.Line{{Source: "s", Target: "b", Description: "calls", Technology: "HTTPS", Confidence: c4.May, Relationships: []string{"1", "2"}}},
	}
	got, err := mermaid.Render(m, v)
	if err != nil {
		t.Fatal(err)
	}
	grammar(t, string(got))
	for _, want := range []string{
		`System(n_shop, "Shop", "Sells. [+12 inside, layer: observability, internet-facing]")`, `System(n_billing, "Billing", "[+3 inside]")`,
		`Rel(n_shop, n_billing, "calls (2 relationships) (may)", "HTTPS")`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

// FuzzText: whatever the texts are, each line is one of the few statements that are written.
func FuzzText(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n, n, n)
	}
	f.Fuzz(func(t *testing.T, name, tech, about string) {
		m := &c4.Model{Elements: []c4.Element{
			{ID: "s", Kind: c4.SoftwareSystem, Name: name}, {ID: "a", Kind: c4.Container, Name: name, Technology: tech, Description: about, Badges: []string{about}},
		}}
		got, err := mermaid.Render(m, &c4.View{
			Key: "k", Kind: c4.Containers, Title: name, Nodes: []c4.Node{{ID: "s", Element: "s"}, {ID: "a", Element: "a", Parent: "s"}},
			Lines: []c4.Line{{Source: "a", Target: "a", Description: about, Technology: tech, Relationships: []string{"1"}}, {Source: "a", Target: "s", Description: name}},
		})
		if err != nil {
			t.Fatal(err)
		}
		grammar(t, string(got))
	})
}

func BenchmarkRender(b *testing.B) {
	m := rendertest.Large(1000, 1)
	v := rendertest.Whole(m)
	for b.Loop() {
		if _, err := mermaid.Render(m, v); err != nil {
			b.Fatal(err)
		}
	}
}

func TestBrokenViewsAreRefused(t *testing.T) {
	m, broken := rendertest.Broken()
	for name, v := range broken {
		_, err := mermaid.Render(m, v)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mermaid.Render(m, &c4.View{Key: "k"}); err != nil {
		t.Errorf("an empty view: %v", errors.Unwrap(err))
	}
}
