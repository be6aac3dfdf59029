//go:build e2e

package e2e

import (
	"bytes"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/drawio"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/rendertest"
)

// drawn draws every view of m.
func drawn(m *c4.Model) iter.Seq2[*figure.Figure, error] {
	return func(yield func(*figure.Figure, error) bool) {
		for i := range m.Views {
			if f, err := figure.Draw(m, &m.Views[i], figure.Options{}); !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// cell is what mxgraph, the library that draw.io is made with, makes of a cell.
type cell struct {
	ID, Parent, Source, Target, Label, Style string
	Edge                                     bool
	Attributes                               map[string]string
	X, Y, W, H, LabelX, LabelY               float64
	Points                                   [][2]float64
}

type drawioPage struct {
	ID, Name string
	Cells    []cell
}

// newMxgraph opens a page that reads files of draw.io.
func newMxgraph(t *testing.T) *tab {
	t.Helper()
	script := installed(t, "mxgraph/javascript/mxClient.js")
	mux := http.NewServeMux()
	mux.HandleFunc("/mxClient.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "drawio.html") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := newTab(t, 1600, 1200)
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(server.URL)))
	b.until(`window.mxGraph && window.pages`)
	return b
}

func readDrawio(b *tab, file string) []drawioPage {
	b.t.Helper()
	eval[bool](b, `(window.file = `+quoted(file)+`, true)`)
	return eval[[]drawioPage](b, `pages(file)`)
}

// TestDrawioReads has mxgraph read every page, and compares what comes out with the figure.
func TestDrawioReads(t *testing.T) {
	b := newMxgraph(t)
	seen := 0
	for name, m := range map[string]*c4.Model{"contoso": rendertest.Contoso(), "hostile": rendertest.Hostile(), "traps": trapped(), "kinds": kinds(), "shop": rendertest.Shop(), "empty": rendertest.Empty()} {
		var out bytes.Buffer
		if err := drawio.Write(&out, drawn(m)); err != nil {
			t.Fatal(err)
		}
		got := readDrawio(b, out.String())
		if len(m.Views) > 0 && len(got) != len(m.Views) || len(got) == 0 {
			t.Fatalf("%s: %d pages, %d views", name, len(got), len(m.Views))
		}
		i := 0
		for f, err := range drawn(m) {
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name+"/"+f.View.Key, func(t *testing.T) {
				if got[i].ID != f.View.Key {
					t.Errorf("the page is called %q", got[i].ID)
				}
				compareDrawio(t, f, got[i].Cells)
			})
			if *shots != "" {
				eval[bool](b, `(show(file, `+number(i)+`), true)`)
				b.shot(name + "-" + f.View.Key)
			}
			i++
			seen++
		}
	}
	if seen < 12 {
		t.Errorf("only %d pages were read", seen)
	}
	if eval[bool](b, `'owned' in window`) {
		t.Error("a name ran as a script")
	}
}

func compareDrawio(t *testing.T, f *figure.Figure, cells []cell) {
	t.Helper()
	byID := map[string]cell{}
	nodes, lines := []cell{}, []cell{}
	for _, c := range cells {
		byID[c.ID] = c
		switch {
		case c.Attributes["c4Type"] == "Relationship":
			lines = append(lines, c)
		case c.Attributes["c4arch-id"] != "":
			nodes = append(nodes, c)
		}
	}
	if len(nodes) != len(f.View.Nodes) || len(lines) != len(f.View.Lines) {
		t.Errorf("%d boxes and %d lines, want %d and %d", len(nodes), len(lines), len(f.View.Nodes), len(f.View.Lines))
	}
	for _, p := range f.Parts {
		switch p.Kind {
		case figure.Box, figure.Frame:
			if !hasNode(nodes, &p) {
				t.Errorf("no box of %q stands at %v", p.Element, p.Rect)
			}
		case figure.Line:
			if !hasLine(lines, &p) {
				t.Errorf("no line goes %v; from the same end: %v", p.Way, nearby(lines, &p))
			}
		}
	}
	for _, c := range nodes {
		name := oneLine(nameOf(f.Model, c.Attributes["c4arch-id"]))
		if c.Attributes["c4Name"] != name {
			t.Errorf("%q is called %q", name, c.Attributes["c4Name"])
		}
		if short := strings.ReplaceAll(c.Label, " ", ""); !strings.Contains(short, strings.ReplaceAll(firstWords(name), " ", "")) {
			t.Errorf("%q is not what the label says: %q", name, c.Label)
		}
		if around, ok := byID[c.Parent]; ok && (c.X < around.X || c.Y < around.Y || c.X+c.W > around.X+around.W || c.Y+c.H > around.Y+around.H) {
			t.Errorf("%q stands outside of what is around it", name)
		}
	}
	for _, c := range lines {
		if byID[c.Source].ID == "" || byID[c.Target].ID == "" {
			t.Errorf("a line is not joined to its ends: %v", c)
		}
	}
}

func hasNode(cells []cell, p *figure.Part) bool {
	for _, c := range cells {
		if c.Attributes["c4arch-id"] == p.Element && c.X == float64(p.Rect.X) && c.Y == float64(p.Rect.Y) && c.W == float64(p.Rect.W) && c.H == float64(p.Rect.H) {
			return true
		}
	}
	return false
}

// hasLine looks for a line that goes through all corners of a way, in order; between them mxgraph may have points of its own.
func hasLine(cells []cell, p *figure.Part) bool {
	for _, c := range cells {
		i := 0
		for _, q := range c.Points {
			if i < len(p.Way) && math.Abs(q[0]-float64(p.Way[i].X)) <= 1 && math.Abs(q[1]-float64(p.Way[i].Y)) <= 1 {
				i++
			}
		}
		if i == len(p.Way) && straight(c.Points) {
			return true
		}
	}
	return false
}

// straight reports whether every piece is horizontal or vertical, but for rounding.
func straight(ps [][2]float64) bool {
	for i := 1; i < len(ps); i++ {
		if math.Abs(ps[i][0]-ps[i-1][0]) > 1 && math.Abs(ps[i][1]-ps[i-1][1]) > 1 {
			return false
		}
	}
	return true
}

func nameOf(m *c4.Model, id string) string {
	for _, e := range m.Elements {
		if e.ID == id && strings.TrimSpace(e.Name) != "" {
			return e.Name
		}
	}
	return id
}

// firstWords is as much of a name as stays of it when it is shortened.
func firstWords(s string) string {
	r := []rune(s)
	return strings.TrimSpace(string(r[:min(len(r), 12)]))
}

// nearby are the points of the lines that begin where a way does.
func nearby(cells []cell, p *figure.Part) (out [][][2]float64) {
	for _, c := range cells {
		if len(c.Points) > 0 && math.Abs(c.Points[0][0]-float64(p.Way[0].X)) <= 1 && math.Abs(c.Points[0][1]-float64(p.Way[0].Y)) <= 1 {
			out = append(out, c.Points)
		}
	}
	return out
}
