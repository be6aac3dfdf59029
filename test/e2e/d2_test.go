//go:build e2e

package e2e

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/d2"
	"c4arch/internal/render/rendertest"
)

// d2Drawing is what D2 makes of a diagram.
type d2Drawing struct {
	Error  string
	Shapes []struct {
		ID, Type, Label, Tooltip string
		Classes                  []string
		Multiple                 bool
	}
	Connections []struct {
		Source, Target, Label, Tooltip string
		Dash                           float64
	}
	SVG string
}

// throughD2 has the real D2 compile and draw texts.
func throughD2(t *testing.T, texts map[string]string) map[string]d2Drawing {
	t.Helper()
	installed(t, "@terrastruct/d2/dist/node-esm/index.js")
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "d2.mjs")
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out[:min(len(out), 500)])
	}
	got := map[string]d2Drawing{}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestD2Draws has the real D2 draw every view: a shape for every node, a connection for every line, the names in the picture.
func TestD2Draws(t *testing.T) {
	texts, views := map[string]string{}, map[string]*c4.View{}
	models := map[string]*c4.Model{}
	for _, m := range append(diagrammed(), rendertest.Shop()) {
		for i := range m.Views {
			v := &m.Views[i]
			text, err := d2.Render(m, v)
			if err != nil {
				t.Fatal(err)
			}
			key := m.Name + "/" + v.Key
			texts[key], views[key], models[key] = string(text), v, m
		}
	}
	drawings := throughD2(t, texts)
	if len(drawings) < 12 {
		t.Errorf("only %d views were drawn", len(drawings))
	}
	for key, d := range drawings {
		v, m := views[key], models[key]
		if d.Error != "" {
			t.Errorf("%s: %s", v.Key, d.Error)
			continue
		}
		if len(d.Shapes) != len(v.Nodes)+1 || len(d.Connections) != len(v.Lines) { // one shape is the title
			t.Errorf("%s: %d shapes and %d connections, want %d and %d", v.Key, len(d.Shapes), len(d.Connections), len(v.Nodes)+1, len(v.Lines))
		}
		for _, n := range v.Nodes {
			if name := oneLine(nameOf(m, n.Element)); !d.shows(name) {
				t.Errorf("%s: no shape is called %q", v.Key, name)
			}
		}
		wellFormed(t, v.Key, d.SVG)
		if *shots != "" {
			if err := writeShot("d2-"+v.Key+".svg", []byte(d.SVG)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// shows reports whether a shape has a name before what it is.
func (d *d2Drawing) shows(name string) bool {
	for _, s := range d.Shapes {
		if strings.HasPrefix(strings.Join(strings.Fields(s.Label), " "), name+" [") {
			return true
		}
	}
	return false
}

// wellFormed reads all of an SVG, and fails at a script in it.
func wellFormed(t *testing.T, name, svg string) {
	t.Helper()
	r := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := r.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: the drawing cannot be read: %v", name, err)
			return
		}
		if e, ok := token.(xml.StartElement); ok && strings.EqualFold(e.Name.Local, "script") {
			t.Errorf("%s: the drawing has a script", name)
		}
	}
}
