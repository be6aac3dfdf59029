package likec4_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/likec4"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/scene"
	"c4arch/test/golden"
)

func write(t testing.TB, m *c4.Model) string {
	t.Helper()
	var b bytes.Buffer
	if err := likec4.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, m := range map[string]*c4.Model{"contoso": rendertest.Contoso(), "hostile": rendertest.Hostile(), "empty": rendertest.Empty()} {
		t.Run(name, func(t *testing.T) {
			got := write(t, m)
			golden.Check(t, name+".c4", got)
			grammar(t, got)
		})
	}
}

func TestEverythingIsThere(t *testing.T) {
	m := rendertest.Contoso()
	got := write(t, m)
	for _, e := range m.Elements {
		if !strings.Contains(got, `id "`+e.ID+`"`) {
			t.Errorf("no element has the id %s", e.ID)
		}
	}
	for _, r := range m.Relationships {
		if !strings.Contains(got, `id "`+r.ID+`"`) {
			t.Errorf("no relationship has the id %s", r.ID)
		}
		for _, e := range r.Evidence {
			if !strings.Contains(got, string(e.Commitment)) {
				t.Errorf("the digest of the evidence of %s is lost", r.ID)
			}
		}
	}
	if n := strings.Count(got, " view "); n < len(m.Views) {
		t.Errorf("%d views, want %d", n, len(m.Views))
	}
	if n := strings.Count(got, "instanceOf"); n != len(m.Instances) {
		t.Errorf("%d instances, want %d", n, len(m.Instances))
	}
}

func TestOrderPlaysNoPart(t *testing.T) {
	for name, m := range map[string]func() *c4.Model{"contoso": rendertest.Contoso, "hostile": rendertest.Hostile} {
		want := write(t, m())
		for seed := range uint64(10) {
			o, r := m(), rand.New(rand.NewPCG(seed, 4))
			shuffle(r, o.Elements)
			shuffle(r, o.Relationships)
			shuffle(r, o.Instances)
			shuffle(r, o.Views)
			if got := write(t, o); got != want {
				t.Fatalf("%s, seed %d: the order reaches the file", name, seed)
			}
		}
	}
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

func TestOneEndInsideTheOtherIsAComment(t *testing.T) {
	m := &c4.Model{
		Elements: []c4.Element{{ID: "s", Kind: c4.SoftwareSystem, Name: "s"}, {ID: "c", Kind: c4.Container, Name: "c", Parent: "s"}},
		Relationships: []c4.Relationship{
			{ID: "in", Source: "s", Target: "c", Description: "holds"}, {ID: "self", Source: "c", Target: "c", Description: "asks"},
		},
	}
	got := write(t, m)
	if !strings.Contains(got, `// not written, as one end is part of the other: system_s -> system_s.container_c "holds"`) {
		t.Error("no comment says that a relationship was left out")
	}
	if !strings.Contains(got, `system_s.container_c -[certain]-> system_s.container_c "asks"`) {
		t.Error("a relationship of an element with itself is lost")
	}
}

func TestCirclesEnd(t *testing.T) {
	got := write(t, &c4.Model{Elements: []c4.Element{
		{ID: "a", Name: "a", Parent: "b"}, {ID: "b", Name: "b", Parent: "a"}, {ID: "c", Name: "c", Parent: "c"}, {ID: "d", Name: "d", Parent: "a"},
	}})
	for _, id := range []string{"a", "b", "c", "d"} {
		if strings.Count(got, `id "`+id+`"`) != 1 {
			t.Errorf("%s is not there once:\n%s", id, got)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	if err := likec4.Write(full{}, rendertest.Contoso()); err == nil {
		t.Error("no error")
	}
}

var (
	text = `"(?:[^"\\]|\\["\\])*"`
	path = `[a-z][\w-]*(?:\.[a-z][\w-]*)*`
	rule = []*regexp.Regexp{
		regexp.MustCompile(`^// `),
		regexp.MustCompile(`^(?:specification|model|deployment|views|metadata|element [a-z]+|deploymentNode place) \{$`),
		regexp.MustCompile(`^[a-z][\w-]* = [a-z]+ ` + text + ` \{$`),
		regexp.MustCompile(`^[a-z][\w-]* = instanceOf ` + path + ` \{$`),
		regexp.MustCompile(`^` + path + ` -\[(?:certain|high|may)\]-> ` + path + ` ` + text + ` \{$`),
		regexp.MustCompile(`^(?:notation|title|description|technology|[a-zA-Z]+) (?:` + text + `|\[` + text + `(?:, ` + text + `)+\])$`),
		regexp.MustCompile(`^style \{ [a-z0-9 ;%]+ \}$`),
		regexp.MustCompile(`^#[a-z][\w-]*(?: #[a-z][\w-]*)*$`),
		regexp.MustCompile(`^tag [a-z][\w-]*$`),
		regexp.MustCompile(`^relationship [a-z]+ \{ line [a-z]+ \}$`),
		regexp.MustCompile(`^(?:deployment )?view [a-z][\w-]*(?: of ` + path + `)? \{$`),
		regexp.MustCompile(`^include ` + path + `(?: -> ` + path + `)?$`),
		regexp.MustCompile(`^exclude \* -> \*$`),
		regexp.MustCompile(`^autoLayout TopBottom$`),
	}
)

// grammar checks each line against the few statements that are written, and that what is opened is closed.
func grammar(t testing.TB, s string) {
	t.Helper()
	depth := 0
lines:
	for _, l := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		l = strings.TrimLeft(l, " ")
		if l == "" {
			continue
		}
		if l == "}" {
			depth--
			continue
		}
		for _, r := range rule {
			if r.MatchString(l) {
				if strings.HasSuffix(l, " {") && !strings.HasPrefix(l, "//") {
					depth++
				}
				continue lines
			}
		}
		t.Errorf("not a statement: %q", l)
	}
	if depth != 0 {
		t.Errorf("%d blocks are open at the end", depth)
	}
}

// FuzzTextIsNoSyntax gives every text of a model the same words; the file must keep its statements.
func FuzzTextIsNoSyntax(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n)
	}
	f.Add(`\`)
	f.Add("a\\\" } model { x = system 'y'\n}")
	f.Fuzz(func(t *testing.T, s string) {
		m := &c4.Model{
			Name: s, CollectedAt: s, Scope: []string{s, s},
			Elements: []c4.Element{
				{ID: "a" + s, Kind: c4.SoftwareSystem, Name: s, Description: s, Technology: s, Owner: s, Rule: s, Tags: []string{s}, Badges: []string{s}, Layer: s, HiddenBy: s, Shape: s},
				{ID: "b" + s, Kind: c4.Kind(s), Name: s, Parent: "a" + s, Evidence: []c4.Evidence{{Input: s, Resource: s, Property: s, Expression: s}}},
				{ID: "n" + s, Kind: c4.DeploymentNode, Name: s},
			},
			Relationships: []c4.Relationship{{ID: s, Source: "a" + s, Target: "n" + s, Description: s, Technology: s, Rule: s, Confidence: c4.Confidence(s), Layer: s}},
			Instances:     []c4.Instance{{Container: "b" + s, Node: "n" + s, Environment: s, Rule: s}},
			Views:         []c4.View{{Key: s, Kind: c4.ViewKind(s), Title: s, Description: s, Subject: "a" + s, Nodes: []c4.Node{{ID: "1", Element: "a" + s}}}},
		}
		grammar(t, write(t, m))
	})
}

func BenchmarkWrite(b *testing.B) {
	m := rendertest.Large(10000, 50)
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		if err := likec4.Write(&out, m); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.Len()))
	}
}

// TestViewsOfOneWord: keys that are one word to LikeC4, one of them made to look like another with its digest, stay apart.
func TestViewsOfOneWord(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{{ID: "s", Kind: c4.SoftwareSystem, Name: "Shop"}}}
	for _, key := range []string{"a b", "a-b", "a.b", "a.b", "?", scene.ShortDigest("?", 6)} {
		m.Views = append(m.Views, c4.View{Key: key, Kind: c4.Context, Subject: "s", Elements: []string{"s"}, Nodes: []c4.Node{{ID: "s", Element: "s"}}})
	}
	seen := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^  view (\S+)`).FindAllStringSubmatch(write(t, m), -1) {
		if seen[found[1]] {
			t.Errorf("two views are %s", found[1])
		}
		seen[found[1]] = true
	}
	if len(seen) != len(m.Views) {
		t.Errorf("%d views of %d: %v", len(seen), len(m.Views), seen)
	}
}
