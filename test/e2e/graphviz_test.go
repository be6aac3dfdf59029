//go:build e2e

package e2e

import (
	"bytes"
	"encoding/xml"
	"os/exec"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/dot"
	"c4arch/internal/render/rendertest"
)

// TestGraphvizDraws has Debian's Graphviz read and draw every view: it finds as many boxes, clusters and edges as the view has,
// and every text is in the drawing, in the group of its own box.
func TestGraphvizDraws(t *testing.T) {
	tool := program(t, "dot")
	for _, m := range append(diagrammed(), rendertest.Large(60, 6)) {
		for i := range m.Views {
			v := &m.Views[i]
			t.Run(v.Key, func(t *testing.T) {
				text, err := dot.Render(m, v)
				if err != nil {
					t.Fatal(err)
				}
				boxes, boundaries := sizes(v)
				plain := string(graphviz(t, tool, "plain", text))
				if n, e := strings.Count(plain, "\nnode "), strings.Count(plain, "\nedge "); n != boxes || e != len(v.Lines) {
					t.Errorf("%d nodes and %d edges, want %d and %d", n, e, boxes, len(v.Lines))
				}
				svg := graphviz(t, tool, "svg", text)
				leave(t, v.Key+".graphviz.svg", svg)
				got := groups(t, svg)
				if len(got["node"]) != boxes || len(got["cluster"]) != boundaries || len(got["edge"]) != len(v.Lines) {
					t.Errorf("%d nodes, %d clusters, %d edges drawn; want %d, %d, %d", len(got["node"]), len(got["cluster"]), len(got["edge"]), boxes, boundaries, len(v.Lines))
				}
				_, texts := read(t, svg)
				says(t, m, v, texts)
				begins(t, m, v, append(got["node"], got["cluster"]...))
			})
		}
	}
}

func graphviz(t *testing.T, tool, format string, text []byte) []byte {
	t.Helper()
	cmd := exec.Command(tool, "-T"+format)
	cmd.Stdin = bytes.NewReader(text)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	// It warns where a label is too wide for its cluster; what it does not understand it says as an error or a syntax error.
	if err != nil || bytes.Contains(said.Bytes(), []byte("rror")) || bytes.Contains(said.Bytes(), []byte("Unknown")) || bytes.Contains(said.Bytes(), []byte("not a known")) {
		t.Fatalf("dot: %v\n%s\n%s", err, said.Bytes(), text)
	}
	return out
}

// begins fails where the text of no box begins with the name of a node.
func begins(t *testing.T, m *c4.Model, v *c4.View, texts []string) {
	t.Helper()
	names := map[string]string{}
	for _, e := range m.Elements {
		names[e.ID] = bare(e.Name)
	}
	for _, n := range v.Nodes {
		found := false
		for _, s := range texts {
			found = found || strings.HasPrefix(s, names[n.Element])
		}
		if !found {
			t.Errorf("no box begins with %q", names[n.Element])
		}
	}
}

// groups returns the texts of the nodes, clusters and edges of a drawing by Graphviz, by class.
func groups(t *testing.T, svg []byte) map[string][]string {
	t.Helper()
	type text struct {
		Text string `xml:",chardata"`
	}
	type link struct {
		Texts []text `xml:"text"`
	}
	type group struct {
		Class  string  `xml:"class,attr"`
		Texts  []text  `xml:"text"`
		Links  []link  `xml:"a"` // what has a tooltip
		Groups []group `xml:"g"`
	}
	var doc struct {
		Groups []group `xml:"g"`
	}
	if err := xml.Unmarshal(svg, &doc); err != nil || len(doc.Groups) != 1 {
		t.Fatalf("%d drawings, %v", len(doc.Groups), err)
	}
	out := map[string][]string{}
	for _, g := range doc.Groups[0].Groups {
		all := g.Texts
		for _, inside := range g.Groups {
			for _, l := range inside.Links {
				all = append(all, l.Texts...)
			}
		}
		var b strings.Builder
		for _, s := range all {
			b.WriteString(bare(s.Text))
		}
		out[g.Class] = append(out[g.Class], b.String())
	}
	return out
}
