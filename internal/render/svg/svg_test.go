package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/scene"
	"c4arch/test/golden"
)

func samples() []*c4.Model {
	return append(rendertest.Sketches(), rendertest.Contoso(), rendertest.Hostile())
}

// first draws the first view of a model.
func first(t testing.TB, m *c4.Model) *figure.Figure {
	t.Helper()
	return draw(t, m, &m.Views[0], figure.Options{})
}

// TestGolden shows every change of a few small pictures as a difference of text.
func TestGolden(t *testing.T) {
	shapes := rendertest.Shop()
	shapes.Views[0].Lines = nil // every shape; how lines run is the layout's to say
	for _, m := range []*c4.Model{rendertest.Tiny(), shapes, rendertest.Hostile()} {
		golden.Check(t, m.Views[0].Key+".svg", Render(first(t, m), Options{Embedded: true}))
	}
	m := rendertest.Tiny()
	golden.Check(t, "alone.svg", Render(first(t, m), Options{Theme: figure.Light}))
	f := draw(t, m, &m.Views[0], figure.Options{Marks: rendertest.EveryMark(&m.Views[0])})
	golden.Check(t, "marked.svg", Render(f, Options{Theme: figure.Print}))
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

// TestEverySampleIsSafe asserts what a picture may hold: these elements, no script, no event, no address but of what is in it.
func TestEverySampleIsSafe(t *testing.T) {
	allowed := []string{"svg", "title", "desc", "style", "defs", "g", "rect", "path", "use", "text"}
	for _, m := range samples() {
		for _, o := range []Options{{}, {Embedded: true}, {Theme: figure.Print}} {
			v := &m.Views[0]
			b := Render(draw(t, m, v, figure.Options{Marks: rendertest.EveryMark(v)}), o)
			if !utf8.Valid(b) || bytes.Contains(b, []byte("<!--")) {
				t.Errorf("%s: not UTF-8, or a comment", v.Key)
			}
			ids := map[string]bool{}
			parse(t, b).all(func(n node) {
				if !slices.Contains(allowed, n.XMLName.Local) {
					t.Errorf("%s: element %s", v.Key, n.XMLName.Local)
				}
				if id := n.attr("id"); id != "" {
					ids[id] = true
				}
				for _, a := range n.Attrs {
					href := a.Name.Local == "href"
					if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || href && (n.XMLName.Local != "use" || !ids[strings.TrimPrefix(a.Value, "#")]) {
						t.Errorf("%s: attribute %s=%q", v.Key, a.Name.Local, a.Value)
					}
					if a.Name.Local != "xmlns" && strings.Contains(a.Value, "url(") {
						t.Errorf("%s: %s=%q", v.Key, a.Name.Local, a.Value)
					}
				}
				if n.XMLName.Local == "style" && (o.Embedded || strings.Contains(n.Text, "@import") || strings.Contains(n.Text, "url(")) {
					t.Errorf("%s: style sheet where none belongs, or one that fetches", v.Key)
				}
			})
		}
	}
}

// TestEveryShapeHasARule asserts that a file of its own has a rule for each class of a shape, and that a file of one theme is plain.
func TestEveryShapeHasARule(t *testing.T) {
	for _, m := range samples() {
		f := first(t, m)
		for _, theme := range []figure.Theme{figure.Auto, figure.Dark} {
			b := Render(f, Options{Theme: theme})
			_, sheet, _ := strings.Cut(string(b), "<style>")
			sheet, _, _ = strings.Cut(sheet, "</style>")
			if strings.Contains(sheet, "var(") || strings.Contains(sheet, "@media") != (theme == figure.Auto) {
				t.Errorf("%s: the style sheet of %s has custom properties, or asks for what it should not", m.Views[0].Key, theme)
			}
			parse(t, b).all(func(n node) {
				switch n.XMLName.Local {
				case "rect", "path", "use", "text":
					class, _, _ := strings.Cut(n.attr("class"), " ")
					if n.attr("id") == "" && (class == "" || !strings.Contains(sheet, "."+class+"{") && !strings.Contains(sheet, "."+class+",")) {
						t.Errorf("%s: no rule for %s of class %q", m.Views[0].Key, n.XMLName.Local, n.attr("class"))
					}
				}
			})
		}
	}
}

// TestNodesAndLinesForThePage asserts what pages rely on.
func TestNodesAndLinesForThePage(t *testing.T) {
	m := rendertest.Shop()
	v := &m.Views[0]
	for _, embedded := range []bool{false, true} {
		nodes, lines := map[string]node{}, map[string]node{}
		root := parse(t, Render(first(t, m), Options{Embedded: embedded}))
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
		if got := nodes["shop"].attr("class"); got != "node frame kind-softwareSystem" {
			t.Errorf("class %q of a boundary", got)
		}
		if got := nodes["pay"].attr("class"); !strings.Contains(got, "external") {
			t.Errorf("class %q of an external system", got)
		}
		if role, tab := db.attr("role"), db.attr("tabindex"); embedded != (role == "button" && tab == "0") {
			t.Errorf("embedded %v: role %q, tabindex %q", embedded, role, tab)
		}
		if got := db.attr("aria-label"); embedded && got != "psql-orders, Container: Azure Database for PostgreSQL. Orders, customers" {
			t.Errorf("aria-label %q", got)
		}
		may := slices.IndexFunc(v.Lines, func(l c4.Line) bool { return l.Confidence == c4.May })
		if got := lines[strconv.Itoa(may)]; got.attr("class") != "line conf-may" || embedded != (got.attr("data-relationships") == v.Lines[may].Relationships[0]) {
			t.Errorf("an uncertain line is %v", got.Attrs)
		}
		if root.attr("role") != map[bool]string{false: "img", true: "group"}[embedded] || !strings.Contains(root.attr("aria-labelledby"), "c4-title") {
			t.Error("the picture has no name for those who cannot see it")
		}
	}
}

// TestMarksAreWordsAndShapes asserts that no mark hangs on colour: its words are in the picture, in what is read aloud, and in the key.
func TestMarksAreWordsAndShapes(t *testing.T) {
	for _, m := range samples() {
		v := &m.Views[0]
		marks := rendertest.EveryMark(v)
		b := Render(draw(t, m, v, figure.Options{Marks: marks}), Options{Embedded: true})
		used, shown := map[scene.Kind]bool{}, map[string]scene.Mark{}
		for id, mark := range marks {
			shown[strings.Join(strings.Fields(legal(id)), " ")] = mark // as an attribute has it
		}
		parse(t, b).all(func(n node) {
			class := n.attr("class")
			mark, marked := shown[n.attr("data-element")]
			if n.attr("data-line") != "" {
				i, _ := strconv.Atoi(n.attr("data-line"))
				mark, marked = scene.OfLine(&v.Lines[i], marks)
			} else if n.attr("data-node") == "" {
				return
			}
			if !marked {
				t.Fatalf("%s: %s has no mark", v.Key, class)
			}
			used[mark.Kind] = true
			if !slices.Contains(strings.Fields(class), "mark-"+string(mark.Kind)) {
				t.Errorf("%s: class %q of a thing that is %s", v.Key, class, mark.Kind)
			}
			if !strings.Contains(n.attr("aria-label"), string(mark.Kind)) {
				t.Errorf("%s: %q does not say %s", v.Key, n.attr("aria-label"), mark.Kind)
			}
			said, second := "", false
			n.all(func(k node) {
				if c := k.attr("class"); strings.HasPrefix(c, "flagged") || strings.HasPrefix(c, "told") {
					said = k.Text
				}
				second = second || k.attr("class") == "second"
			})
			if !strings.HasPrefix(said, mark.Kind.Sign()) || mark.Grade != "" && !strings.Contains(said, mark.Grade) {
				t.Errorf("%s: a thing that is %s says %q", v.Key, mark, said)
			}
			plain := strings.Contains(class, "frame") || strings.Contains(class, "line")
			if second != (mark.Kind == scene.Changed && !plain) {
				t.Errorf("%s: %q and a second outline: %v", v.Key, class, second)
			}
		})
		for _, k := range scene.Kinds {
			if strings.Contains(string(b), ">"+esc(k.Says())+"</text>") != used[k] {
				t.Errorf("%s: %s is used: %v, and in the key: %v", v.Key, k, used[k], !used[k])
			}
		}
	}
}

func TestMarkedPicturesAreSafe(t *testing.T) {
	m := rendertest.Shop()
	marks := rendertest.EveryMark(&m.Views[0])
	for id, mark := range marks {
		mark.Grade = `"><script>alert(1)</script>`
		marks[id] = mark
	}
	parse(t, Render(draw(t, m, &m.Views[0], figure.Options{Marks: marks}), Options{})).all(func(n node) {
		if n.XMLName.Local == "script" {
			t.Error("a grade became an element")
		}
	})
}

// TestLinks asserts that only files below the folder of the picture become links.
func TestLinks(t *testing.T) {
	m := rendertest.Tiny()
	f := draw(t, m, &m.Views[0], figure.Options{Link: func(element string) string {
		if element == "shop" {
			return "inside"
		}
		return ""
	}})
	links := func(to string, embedded bool) (out []string) {
		parse(t, Render(f, Options{Embedded: embedded, Link: func(string) string { return to }})).all(func(n node) {
			if n.XMLName.Local == "a" {
				out = append(out, n.attr("href"))
			}
		})
		return out
	}
	for _, to := range []string{"containers-shop.svg", "views/a_b-c.svg", "größe.svg"} {
		if got := links(to, false); !slices.Equal(got, []string{to}) {
			t.Errorf("%q gives %q", to, got)
		}
	}
	for _, to := range []string{"", "javascript:alert(1)", "//contoso.example/x", "/etc/passwd", "../x.svg", "a/../../x", "a//b", `a\b`, "x.svg?y", "x#y", "%2e%2e/x", "a b", "a\nb", `"><script>`, "\xff"} {
		if got := links(to, false); len(got) > 0 {
			t.Errorf("%q became the link %q", to, got)
		}
	}
	if got := links("containers-shop.svg", true); len(got) > 0 {
		t.Errorf("a picture in a page has the link %q", got)
	}
}

// TestNumbers asserts that a path in its short form is the path.
func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 5: ".05", -5: "-.05", 50: ".5", 100: "1", 150: "1.5", -1234: "-12.34", 100000: "1000"} {
		if got := string(decimal(nil, n)); got != want {
			t.Errorf("%d is written as %q, not %q", n, got, want)
		}
	}
	w := &writer{}
	w.path([]figure.Seg{
		{Op: 'M', P: [6]int{100, 200}},
		{Op: 'L', P: [6]int{300, 200}},
		{Op: 'L', P: [6]int{300, 150}},
		{Op: 'L', P: [6]int{0, 0}},
		{Op: 'L', P: [6]int{50, 50}},
		{Op: 'C', P: [6]int{60, 60, 70, 70, 80, 50}},
		{Op: 'Z'},
		{Op: 'M', P: [6]int{0, 0}},
		{Op: 'L', P: [6]int{-100, 0}},
	}, 0, 0)
	if got := w.String(); got != "M1 2h2v-.5l-3-1.5 .5 .5c.1 .1 .2 .2 .3 0zm-1-2h-1" {
		t.Error(got)
	}
}

func TestSameBytesForTheSameFigure(t *testing.T) {
	m := rendertest.Shop()
	f := first(t, m)
	if !bytes.Equal(Render(f, Options{}), Render(f, Options{Theme: figure.Auto})) {
		t.Error("no theme is not auto, or the bytes differ from time to time")
	}
}

// FuzzEsc asserts that any text comes through a parser of XML as what it is without what XML does not allow.
func FuzzEsc(f *testing.F) {
	for _, s := range rendertest.Names() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		root := parse(t, fmt.Appendf(nil, `<g a="%s">%s</g>`, esc(s), esc(s)))
		want := strings.Join(strings.Fields(legal(s)), " ")
		if root.attr("a") != want || root.Text != want {
			t.Fatalf("%q came back as %q and %q", s, root.attr("a"), root.Text)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{20, 100} {
		f := first(b, rendertest.Estate(n))
		for name, o := range map[string]Options{"embedded": {Embedded: true}, "alone": {}} {
			b.Run(fmt.Sprint(n, "/", name), func(b *testing.B) {
				b.ReportAllocs()
				size := 0
				for b.Loop() {
					size = len(Render(f, o))
				}
				b.ReportMetric(float64(size)/float64(len(f.View.Nodes)), "bytes/node")
			})
		}
	}
}
