package drawio_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/drawio"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/rendertest"
	"c4arch/test/golden"
)

func write(t testing.TB, m *c4.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := drawio.Write(&b, all(m)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	shop := rendertest.Contoso()
	for i := range shop.Views {
		if shop.Views[i].Key == "l2-shop" {
			shop.Views = shop.Views[i : i+1]
			break
		}
	}
	folded := &c4.Model{
		Elements: []c4.Element{{ID: "s", Kind: c4.SoftwareSystem, Name: "Shop"}, {ID: "q", Kind: c4.Container, Name: "orders", Shape: "queue", Technology: "AMQP"}},
		Views: []c4.View{{
			Key: "folded", Title: "Folded", Nodes: []c4.Node{{ID: "s", Element: "s", Folded: 12}, {ID: "q", Element: "q"}},
			Lines: []c4.Line{{Source: "s", Target: "q", Description: "sends to", Confidence: c4.May, Relationships: []string{"1", "2"}}, {Source: "s", Target: "q", Description: "sends to", Confidence: c4.May, Relationships: []string{"1", "2"}}},
		}},
	}
	for name, m := range map[string]*c4.Model{"shop": shop, "hostile": rendertest.Hostile(), "empty": rendertest.Empty(), "folded": folded} {
		t.Run(name, func(t *testing.T) {
			got := write(t, m)
			golden.Check(t, name+".drawio", got)
			read(t, got, m)
		})
	}
}

// file is what an XML reader makes of a file.
type file struct {
	Diagrams []struct {
		ID   string `xml:"id,attr"`
		Name string `xml:"name,attr"`
		Root struct {
			Cells   []cell   `xml:"mxCell"`
			Objects []object `xml:"object"`
		} `xml:"mxGraphModel>root"`
	} `xml:"diagram"`
}

type cell struct {
	ID       string `xml:"id,attr"`
	Parent   string `xml:"parent,attr"`
	Source   string `xml:"source,attr"`
	Target   string `xml:"target,attr"`
	Style    string `xml:"style,attr"`
	Edge     string `xml:"edge,attr"`
	Geometry struct {
		X, Y, Width, Height int
	} `xml:"mxGeometry"`
}

type object struct {
	Attrs []xml.Attr `xml:",any,attr"`
	Cell  cell       `xml:"mxCell"`
}

func (o *object) get(name string) string {
	for _, a := range o.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// read checks that a file can be read, that every id is there once, that what is named is there, and that all of a view is.
func read(t testing.TB, data []byte, m *c4.Model) file {
	t.Helper()
	var f file
	if err := xml.Unmarshal(data, &f); err != nil {
		t.Fatalf("%v\n%.2000s", err, data)
	}
	for i, d := range f.Diagrams {
		ids := map[string]bool{}
		take := func(id string) {
			if id == "" || ids[id] {
				t.Errorf("%s: the id %q is there twice, or none", d.ID, id)
			}
			ids[id] = true
		}
		nodes, lines := 0, 0
		for _, c := range d.Root.Cells {
			take(c.ID)
		}
		for _, o := range d.Root.Objects {
			take(o.get("id"))
			switch {
			case o.get("c4Type") == "Relationship":
				lines++
			case o.get("c4arch-id") != "":
				nodes++
			}
		}
		for _, o := range d.Root.Objects {
			for _, end := range []string{o.Cell.Parent, o.Cell.Source, o.Cell.Target} {
				if end != "" && !ids[end] {
					t.Errorf("%s: %q is not there", d.ID, end)
				}
			}
			if strings.ContainsAny(o.Cell.Style, "<>&\"\n") {
				t.Errorf("%s: the style %q has text of the model", d.ID, o.Cell.Style)
			}
		}
		if len(m.Views) > 0 && (nodes != len(m.Views[i].Nodes) || lines != len(m.Views[i].Lines)) {
			t.Errorf("%s: %d boxes and %d lines, want %d and %d", d.ID, nodes, lines, len(m.Views[i].Nodes), len(m.Views[i].Lines))
		}
	}
	return f
}

func TestDrawnViews(t *testing.T) {
	for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Shop(), rendertest.Hostile()} {
		var b bytes.Buffer
		err := drawio.Write(&b, func(yield func(*figure.Figure, error) bool) {
			for i := range m.Views {
				f, err := figure.Draw(m, &m.Views[i], figure.Options{Link: func(string) string { return "landscape" }})
				if !yield(f, err) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range read(t, b.Bytes(), m).Diagrams {
			for _, o := range d.Root.Objects {
				if o.get("c4arch-id") != "" && o.get("link") != "data:page/id,landscape" {
					t.Errorf("%s: a box has no link", d.ID)
				}
				if o.get("placeholders") == "1" && strings.ContainsAny(o.get("c4Name")+o.get("c4Technology"), "<>&") {
					t.Errorf("%s: %q would be read as markup", d.ID, o.get("c4Name"))
				}
			}
		}
	}
}

func TestErrorsAreReturned(t *testing.T) {
	broken := errors.New("broken")
	err := drawio.Write(io.Discard, func(yield func(*figure.Figure, error) bool) { yield(nil, broken) })
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	one := func(f *figure.Figure) error {
		return drawio.Write(io.Discard, func(yield func(*figure.Figure, error) bool) { yield(f, nil) })
	}
	if err := one(&figure.Figure{View: &c4.View{}}); fault.KindOf(err) != fault.Internal {
		t.Errorf("a figure without a model: %v", err)
	}
	if err := one(&figure.Figure{Model: &c4.Model{}, View: &c4.View{}, Parts: []figure.Part{{Kind: figure.Box, Element: "a"}}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a box of nothing: %v", err)
	}
	if err := drawio.Write(full{}, all(rendertest.Contoso())); err == nil {
		t.Error("the error of the writer is lost")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

// FuzzTextIsNoMarkup gives every text the same words: the file must be read back with the same ones.
func FuzzTextIsNoMarkup(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n)
	}
	f.Add("\x00\x1f\ufffe%c4Name%")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, s string) {
		m := &c4.Model{
			Elements: []c4.Element{
				{ID: "a" + s, Kind: c4.SoftwareSystem, Name: s, Technology: s, Description: s, Owner: s, Rule: s, Tags: []string{s}, Badges: []string{s}, Shape: s},
				{ID: "b" + s, Kind: c4.Kind(s), Name: s, Evidence: []c4.Evidence{{Input: s, Resource: s, Property: s, Expression: s}}},
			},
			Views: []c4.View{{
				Key: s, Title: s, Nodes: []c4.Node{{ID: s + "1", Element: "a" + s}, {ID: s + "2", Element: "b" + s, Parent: s + "1"}},
				Lines: []c4.Line{{Source: s + "1", Target: s + "2", Description: s, Technology: s, Confidence: c4.Confidence(s), Relationships: []string{s}}},
			}},
		}
		for _, o := range read(t, write(t, m), m).Diagrams[0].Root.Objects {
			if o.get("c4Type") != "Relationship" && o.get("c4Name") == "" && strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) != "" {
				t.Errorf("%q is lost", s)
			}
			if l := o.get("label"); strings.Contains(l, "<script") || strings.Contains(l, "<img") {
				t.Errorf("the label has markup of the model: %q", l)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	m := rendertest.Large(1000, 50)
	var pages []*figure.Figure
	for f := range all(m) {
		pages = append(pages, f)
	}
	b.ReportAllocs()
	for b.Loop() {
		err := drawio.Write(io.Discard, func(yield func(*figure.Figure, error) bool) {
			for _, f := range pages {
				if !yield(f, nil) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
