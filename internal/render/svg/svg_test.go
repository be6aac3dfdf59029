package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
	"c4arch/test/golden"
)

var (
	gallery = flag.String("gallery", "", "write pictures of all samples to this folder")
	models  = flag.String("models", "", "with -gallery: a folder of model.json files to draw too")
)

func samples() []*sketch {
	return []*sketch{
		shop(), tiny(), deployment(), estate(5), estate(20), estate(50), estate(100), star(24), chain(14),
		alone(1), alone(13), alone(60), bipartite(5, 6), hostile(),
	}
}

func render(t testing.TB, m *c4.Model, v *c4.View, o Options) []byte {
	t.Helper()
	b, err := Render(m, v, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestGallery writes pictures to look at.
func TestGallery(t *testing.T) {
	if *gallery == "" {
		t.Skip("no gallery was written: set -gallery to a folder")
	}
	write := func(name string, b []byte) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(*gallery, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*gallery, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range samples() {
		m, v := s.model()
		for _, theme := range []string{"light", "dark"} {
			write(v.Key+"-"+theme+".svg", render(t, m, v, Options{Theme: theme}))
		}
	}
	files, err := filepath.Glob(filepath.Join(*models, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, err := c4.Decode(data)
		if err != nil {
			t.Fatal(f, err)
		}
		for i := range m.Views {
			write(filepath.Join(strings.TrimSuffix(filepath.Base(f), ".json"), m.Views[i].Key+".svg"), render(t, m, &m.Views[i], Options{Theme: "light"}))
		}
	}
}

// TestGolden shows every change of a few small pictures as a difference of text.
func TestGolden(t *testing.T) {
	for _, s := range []*sketch{tiny(), shop(), alone(1), hostile()} {
		m, v := s.model()
		got := render(t, m, v, Options{Embedded: true})
		golden.Check(t, v.Key+".svg", got)
	}
}

// node is any element of a picture.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n node) all(visit func(node)) {
	visit(n)
	for _, k := range n.Nodes {
		k.all(visit)
	}
}

func parse(t testing.TB, b []byte) node {
	t.Helper()
	var root node
	d := xml.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&root); err != nil {
		t.Fatalf("not XML: %v", err)
	}
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("more after the picture: %v", err)
	}
	return root
}

// TestEverySampleIsSafe asserts what a picture may hold: these elements, no script, no event, no
// address.
func TestEverySampleIsSafe(t *testing.T) {
	allowed := []string{"svg", "title", "desc", "style", "g", "rect", "path", "text"}
	for _, s := range samples() {
		m, v := s.model()
		for _, embedded := range []bool{false, true} {
			b := render(t, m, v, Options{Embedded: embedded})
			if !utf8.Valid(b) || bytes.Contains(b, []byte("<!--")) {
				t.Errorf("%s: not UTF-8, or a comment", v.Key)
			}
			parse(t, b).all(func(n node) {
				if !slices.Contains(allowed, n.XMLName.Local) {
					t.Errorf("%s: element %s", v.Key, n.XMLName.Local)
				}
				for _, a := range n.Attrs {
					if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || strings.Contains(a.Name.Local, "href") {
						t.Errorf("%s: attribute %s", v.Key, a.Name.Local)
					}
					if a.Name.Local != "xmlns" && strings.Contains(a.Value, "url(") {
						t.Errorf("%s: %s=%q", v.Key, a.Name.Local, a.Value)
					}
				}
				if n.XMLName.Local == "style" && (embedded || strings.Contains(n.Text, "@import") || strings.Contains(n.Text, "url(")) {
					t.Errorf("%s: style sheet where none belongs, or one that fetches", v.Key)
				}
			})
		}
	}
}

// TestTextFits asserts that no text of a card or of a label leaves it, by our own measure.
func TestTextFits(t *testing.T) {
	for _, s := range samples() {
		_, v := s.model()
		for i := range s.m.Elements {
			c := newCard(&s.m.Elements[i], scene.Mark{})
			inner := c.w - 2*cardPad
			for _, l := range c.name {
				if w := faceName.width(l); w > inner {
					t.Errorf("%s: name %q is %d wide", v.Key, l, w)
				}
			}
			for _, l := range append(slices.Clone(c.meta), c.text...) {
				if w := faceMeta.width(l); w > inner {
					t.Errorf("%s: %q is %d wide", v.Key, l, w)
				}
			}
			if len(c.name) == 0 || len(c.name) > 3 || len(c.meta) > 2 || len(c.text) > 3 {
				t.Errorf("%s: %d + %d + %d lines", v.Key, len(c.name), len(c.meta), len(c.text))
			}
			if got := c.top() + c.content() + c.bottom(); got > c.h {
				t.Errorf("%s: %d of text in a box of %d", v.Key, got, c.h)
			}
		}
		for i := range v.Lines {
			tag := newTag(&v.Lines[i], scene.Mark{})
			if tag.w > tagW+8 || len(tag.text) > 3 {
				t.Errorf("%s: label %v is %d wide", v.Key, tag.text, tag.w)
			}
		}
	}
}

func TestNodesAndLinesForThePage(t *testing.T) {
	m, v := shop().model()
	for _, embedded := range []bool{false, true} {
		nodes, lines := map[string]node{}, map[string]node{}
		root := parse(t, render(t, m, v, Options{Embedded: embedded}))
		root.all(func(n node) {
			if id := n.attr("data-node"); id != "" {
				nodes[id] = n
			}
			if i := n.attr("data-line"); i != "" {
				lines[i] = n
			}
		})
		if len(nodes) != len(v.Nodes) || len(lines) != len(v.Lines) {
			t.Fatalf("%d nodes and %d lines for %d and %d", len(nodes), len(lines), len(v.Nodes), len(v.Lines))
		}
		db := nodes["db"]
		if got := db.attr("class"); got != "node kind-container shape-database" {
			t.Errorf("class %q", got)
		}
		if got := nodes["pay"].attr("class"); !strings.Contains(got, "external") {
			t.Errorf("class %q of an external system", got)
		}
		if role, tab := db.attr("role"), db.attr("tabindex"); embedded != (role == "button" && tab == "0") {
			t.Errorf("embedded %v: role %q, tabindex %q", embedded, role, tab)
		}
		if got := db.attr("aria-label"); embedded && got != "psql-orders, Container: Azure Database for PostgreSQL. Orders, customers." {
			t.Errorf("aria-label %q", got)
		}
		may := lines[fmt.Sprint(slices.IndexFunc(v.Lines, func(l c4.Line) bool { return l.Confidence == c4.May }))]
		if got := may.attr("class"); got != "line conf-may" {
			t.Errorf("class of an uncertain line %q", got)
		}
		if root.attr("role") != "img" || !strings.Contains(root.attr("aria-labelledby"), "c4-title") {
			t.Error("the picture has no name for those who cannot see it")
		}
	}
}

func TestTitleScopeAndTime(t *testing.T) {
	m, v := tiny().model()
	b := string(render(t, m, v, Options{}))
	for _, want := range []string{">Context of Contoso Shop</text>", ">Contoso · rg-shop-prod · aks-shop-prod · collected 2026-03-01 09:30 UTC</text>"} {
		if !strings.Contains(b, want) {
			t.Errorf("%q is not there", want)
		}
	}
	m.CollectedAt = "2026-03-01T11:30:00+02:00"
	if b := string(render(t, m, v, Options{})); !strings.Contains(b, "2026-03-01 09:30 UTC") {
		t.Error("a time with another zone is not shown in UTC")
	}
}

// TestKey asserts that the key has what is used and nothing else.
func TestKey(t *testing.T) {
	for _, c := range []struct {
		s    *sketch
		want string
	}{
		{tiny(), "Person|Software System|External Software System|Certain: the source states it|High: resolves to one thing|May: permitted, use not shown"},
		{alone(1), "Resource"},
		{chain(2), "Software System|Certain: the source states it"},
	} {
		m, v := c.s.model()
		var got []string
		parse(t, render(t, m, v, Options{})).all(func(n node) {
			if !strings.HasPrefix(n.attr("class"), "key") {
				return
			}
			for _, k := range n.Nodes {
				if k.XMLName.Local == "text" {
					got = append(got, k.Text)
				}
			}
		})
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: key %q", v.Key, got)
		}
	}
}

func TestSameBytesForTheSameModel(t *testing.T) {
	m, v := estate(50).model()
	want := render(t, m, v, Options{})
	slices.Reverse(m.Elements)
	slices.Reverse(m.Relationships)
	slices.Reverse(v.Nodes)
	if !bytes.Equal(want, render(t, m, v, Options{})) {
		t.Error("the order of elements and nodes changes the picture")
	}
}

func TestThemes(t *testing.T) {
	m, v := tiny().model()
	for theme, want := range map[string]string{"": "", "auto": "", "light": "light", "dark": "dark"} {
		if got := parse(t, render(t, m, v, Options{Theme: theme})).attr("data-theme"); got != want {
			t.Errorf("theme %q gives %q", theme, got)
		}
	}
	if _, err := Render(m, v, Options{Theme: "pink"}); err == nil {
		t.Error("an unknown theme is taken")
	}
}

func TestRefusesBrokenViews(t *testing.T) {
	m, v := tiny().model()
	v.Nodes[0].Element = "nobody"
	if _, err := Render(m, v, Options{}); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("an unknown element: %v", err)
	}
	m, v = tiny().model()
	v.Lines[0].Target = "nobody"
	if _, err := Render(m, v, Options{}); err == nil {
		t.Error("an unknown end of a line is taken")
	}
}

func TestEmptyView(t *testing.T) {
	m := &c4.Model{Name: "x"}
	parse(t, render(t, m, &c4.View{Key: "nothing"}, Options{}))
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{20, 100} {
		m, v := estate(n).model()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				render(b, m, v, Options{Embedded: true})
			}
		})
	}
}
