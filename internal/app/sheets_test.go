package app

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/inbound/cli"
)

// shelf keeps files in memory.
type shelf struct {
	mu    sync.Mutex
	files map[string]*bytes.Buffer
}

func (s *shelf) Create(name string) (io.WriteCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[string]*bytes.Buffer{}
	}
	if s.files[name] != nil {
		return nil, fmt.Errorf("%s comes twice", name)
	}
	s.files[name] = &bytes.Buffer{}
	return closable{s.files[name]}, nil
}

func (s *shelf) Write(name string, data []byte) error {
	w, err := s.Create(name)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

func (s *shelf) text(name string) string {
	if s.files[name] == nil {
		return ""
	}
	return s.files[name].String()
}

type closable struct{ io.Writer }

func (closable) Close() error { return nil }

// groups is a model with one deployment view: so many groups with so many containers in each, that call the next.
func groups(n, each int) *c4.Model {
	m := &c4.Model{Format: c4.Format, Version: c4.FormatVersion, Name: "Groups", Rules: []c4.Rule{{ID: "M1", Reason: "so"}}}
	v := c4.View{Key: "deployment", Kind: c4.Deployment, Title: "Deployment"}
	add := func(id, parent string, kind c4.Kind) {
		m.Elements = append(m.Elements, c4.Element{ID: id, Kind: kind, Name: id, Rule: "M1", External: true})
		v.Nodes = append(v.Nodes, c4.Node{ID: id, Element: id, Parent: parent})
		v.Elements = append(v.Elements, id)
	}
	for g := range n {
		group := fmt.Sprintf("g%d", g)
		add(group, "", c4.DeploymentNode)
		for i := range each {
			add(fmt.Sprintf("%s/c%02d", group, i), group, c4.Container)
		}
	}
	for g := range n {
		for i := range each {
			r := c4.Relationship{
				ID: fmt.Sprintf("r%d-%02d", g, i), Source: fmt.Sprintf("g%d/c%02d", g, i), Target: fmt.Sprintf("g%d/c%02d", (g+1)%n, i),
				Description: "calls", Confidence: c4.High, Rule: "M1", Declared: true,
			}
			m.Relationships = append(m.Relationships, r)
			v.Relationships = append(v.Relationships, r.ID)
			v.Lines = append(v.Lines, c4.Line{Source: r.Source, Target: r.Target, Description: r.Description, Confidence: r.Confidence, Relationships: []string{r.ID}})
		}
	}
	slices.Sort(v.Elements)
	slices.Sort(v.Relationships)
	m.Views = []c4.View{v}
	return m
}

func written(t *testing.T, m *c4.Model, d cli.Drawing) (*shelf, *placement.File) {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	s := &shelf{}
	f, err := write(t.Context(), cli.Architecture{Model: m}, d, s, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

var ofPage = regexp.MustCompile(`data-(picture|view)="([^"]*)"`)

// A view with more boxes than can be read comes folded, and the page has it whole and with each boundary open.
func TestLargeViewsComeFolded(t *testing.T) {
	m := groups(6, 14) // 84 boxes
	s, f := written(t, m, cli.Drawing{Formats: []string{"html", "svg", "mermaid", "structurizr-json"}})
	var keys []string
	for _, found := range ofPage.FindAllStringSubmatch(s.text("index.html"), -1) {
		keys = append(keys, found[1][:1]+" "+found[2])
	}
	want := []string{"v deployment", "p deployment", "p deployment~all"}
	for _, g := range []string{"g4", "g5"} { // the others fit: of the same size, the first are open
		want = append(want, "v deployment~"+g, "p deployment~"+g)
	}
	if !slices.Equal(keys, want) {
		t.Errorf("the page has %q, want %q", keys, want)
	}
	for _, name := range []string{"views/deployment.svg", "views/deployment.mmd"} {
		text := s.text(name)
		if strings.Contains(text, "g5/c03") || !strings.Contains(text, "g0/c03") {
			t.Errorf("%s is not folded as it should be", name)
		}
	}
	if len(f.Views) != 1 || f.Views[0].Key != "deployment" {
		t.Errorf("remembered is %d views", len(f.Views))
	}

	// With what is remembered it is the same again, and with everything open it is another picture that changes nothing.
	again, g := written(t, m, cli.Drawing{Formats: []string{"html", "svg", "mermaid", "structurizr-json"}, Layout: f})
	for name := range s.files {
		if s.text(name) != again.text(name) {
			t.Errorf("drawn again, %s differs", name)
		}
	}
	if fmt.Sprint(g) != fmt.Sprint(f) {
		t.Error("drawn again, what is remembered differs")
	}
	whole, h := written(t, m, cli.Drawing{Formats: []string{"svg"}, Layout: f, Whole: true, Keep: true})
	if !strings.Contains(whole.text("views/deployment.svg"), "g5/c03") || fmt.Sprint(h) != fmt.Sprint(f) {
		t.Error("whole it is not whole, or is remembered")
	}
}

// Opening a boundary makes room for what is in it and turns nothing around: of two boxes that stood side by side, or one above
// the other, neither changes to the other side.
func TestOpeningKeepsTheOrder(t *testing.T) {
	m := groups(12, 8) // 96 boxes
	w := &writer{a: &cli.Architecture{Model: m}, d: &cli.Drawing{}, some: m, parts: index(m), links: newLinks(m)}
	s := w.sheet(&m.Views[0], 100)
	if len(s.further) < 4 {
		t.Fatalf("there are %d further drawings", len(s.further))
	}
	first, err := w.draw(m, s.shown, nil)
	if err != nil {
		t.Fatal(err)
	}
	base := first.Placement()
	for _, o := range s.further[1:] {
		opened, err := w.draw(m, o.view, &base)
		if err != nil {
			t.Fatal(err)
		}
		now := map[string]placement.Node{}
		for _, n := range opened.Placement().Nodes {
			now[n.ID] = n
		}
		for _, a := range base.Nodes {
			for _, b := range base.Nodes {
				x, y := now[a.ID], now[b.ID]
				if a.X+a.W <= b.X && a.Y < b.Y+b.H && b.Y < a.Y+a.H && y.X+y.W <= x.X || a.Y+a.H <= b.Y && a.X < b.X+b.W && b.X < a.X+a.W && y.Y+y.H <= x.Y {
					t.Errorf("%s: %s and %s change sides", o.key, a.ID, b.ID)
				}
			}
		}
	}
}

// What people placed in a drawing with a boundary open stands there again, and nowhere else.
func TestPlacedInAnOpenBoundary(t *testing.T) {
	base := []placement.Node{{ID: "a", X: 1}, {ID: "b", X: 2}}
	last := &placement.View{Nodes: []placement.Node{{ID: "a", X: 9}, {ID: "b", X: 8, Placed: true}, {ID: "c", X: 7, Placed: true}}}
	got := withPlaced(slices.Clone(base), last)
	want := []placement.Node{{ID: "a", X: 1}, {ID: "b", X: 8, Placed: true}, {ID: "c", X: 7, Placed: true}}
	if !slices.Equal(got, want) || !slices.Equal(withPlaced(base, nil), base) {
		t.Errorf("got %v", got)
	}
}

// A picture leads to the view that is inside what it shows, to files that are there only.
func TestLinks(t *testing.T) {
	e := func(id string, k c4.Kind) c4.Element { return c4.Element{ID: id, Kind: k, Name: "the " + id} }
	v := func(key string, k c4.ViewKind, subject, title string) c4.View {
		return c4.View{Key: key, Kind: k, Subject: subject, Title: title}
	}
	m := &c4.Model{
		Elements: []c4.Element{e("s", c4.SoftwareSystem), e("c", c4.Container), e("rg", c4.DeploymentNode), e("far", c4.SoftwareSystem)},
		Views: []c4.View{
			v("landscape", c4.Landscape, "", "All"), v("context-s", c4.Context, "s", "s"), v("containers-s", c4.Containers, "s", "Inside s: overview"),
			v("part-rg", c4.Containers, "s", "Inside s: the rg (1 of 2)"), v("part-rg-2", c4.Containers, "s", "Inside s: the rg (2 of 2)"),
			v("components-c", c4.Components, "c", "c"), v("resources-c", c4.Resources, "c", "c"), v("resources-rg", c4.Resources, "rg", "rg"),
		},
	}
	l := newLinks(m)
	for _, c := range []struct{ from, at, to string }{
		{"landscape", "s", "containers-s"},
		{"context-s", "s", "containers-s"},
		{"containers-s", "s", ""},
		{"landscape", "far", ""},
		{"containers-s", "c", "components-c"},
		{"components-c", "c", "resources-c"},
		{"resources-c", "c", ""},
		{"containers-s", "rg", "part-rg"},
		{"landscape", "rg", "resources-rg"},
		{"landscape", "nothing", ""},
	} {
		i := slices.IndexFunc(m.Views, func(v c4.View) bool { return v.Key == c.from })
		if got := l.from(&m.Views[i])(c.at); got != c.to {
			t.Errorf("from %s at %s it leads to %q, want %q", c.from, c.at, got, c.to)
		}
	}
}
