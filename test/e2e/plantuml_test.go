//go:build e2e

package e2e

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/plantuml"
	"c4arch/internal/render/rendertest"
)

// program returns the path of a program that make diagrams installs. Without it the test fails in CI and is skipped elsewhere.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not there: make diagrams installs it", name)
		}
		t.Skipf("NOT RUN: %s is not there: make diagrams installs it", name)
	}
	return path
}

// bare drops what a drawing does with a text and no format promises to keep: line breaks, spaces, control characters,
// characters that turn directions, and joiners of no width.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\u2060' {
			return -1
		}
		return r
	}, s)
}

// traps are names that a diagram tool would act on if it took them for its own language.
func traps() []string {
	return append(rendertest.Names(),
		`%getenv("C4ARCH_PROBE")`, `%date()`, `$probe`, `Person(a, b)`, `CONTAINER_BG_COLOR`, `e_label e_techn e_descr`, `<img:/etc/passwd>`, `[[http://contoso.example link]]`,
		`@enduml`, `/' comment '/`, `' comment`, `!include <C4/C4>`, `**bold** //italics// __under__ --struck-- ~~wave~~ ""mono""`, `== heading`, `* item`, `# item`, `|a|b|`, `<b>bold</b>`,
		`&#34; <U+0022> &quot; &amp;`, `\n \l \r \N \G \E \T \H \L \\`, `<<stereotype>>`, `:smile: <:smile:>`, `----`, `....`, `a;b`, `{`, `}`, `#ff0000`, `50 % off`, `C:\new\table`, strings.Repeat("x", 300), `"`, `\`, `"\`, `->`,
	)
}

// trapped is a model in which each trap is the name, the technology and the description of a container and the text of a line.
func trapped() *c4.Model {
	m := &c4.Model{Name: "Traps", Elements: []c4.Element{{ID: "s", Kind: c4.SoftwareSystem, Name: traps()[0]}}}
	v := c4.View{Key: "traps", Kind: c4.Containers, Title: traps()[0], Nodes: []c4.Node{{ID: "s", Element: "s"}}}
	for i, name := range traps() {
		id := fmt.Sprint("c", i)
		m.Elements = append(m.Elements, c4.Element{ID: id, Kind: c4.Container, Name: name, Technology: name, Description: name, Parent: "s"})
		v.Nodes = append(v.Nodes, c4.Node{ID: id, Element: id, Parent: "s"})
		l := c4.Line{Source: id, Target: fmt.Sprint("c", max(0, i-1)), Description: name, Technology: name, Confidence: c4.Certain, Relationships: []string{"1", "2"}}
		if i%3 == 0 {
			l.Confidence = c4.May
		}
		v.Lines = append(v.Lines, l)
	}
	m.Views = []c4.View{v}
	return m
}

// kinds is a model of every kind and shape, inside and outside, in every kind of view; each is once a boundary and once a box.
func kinds() *c4.Model {
	m := &c4.Model{Name: "Kinds"}
	var nodes []c4.Node
	for _, k := range []c4.Kind{c4.Person, c4.SoftwareSystem, c4.Container, c4.Component, c4.DeploymentNode, c4.InfrastructureNode, c4.Resource} {
		for i, shape := range []string{"", "database", "queue", "browser", "function", "gateway", "secret", "network", "internet"} {
			id := fmt.Sprint(k, shape)
			m.Elements = append(m.Elements, c4.Element{ID: id, Kind: k, Name: id, Shape: shape, External: i%2 == 1, Badges: []string{"inferred", "internet-facing"}, Layer: "governance"})
			nodes = append(nodes, c4.Node{ID: id, Element: id, Folded: i})
		}
		m.Elements = append(m.Elements, c4.Element{ID: "around " + string(k), Kind: k, Name: "around " + string(k)}, c4.Element{ID: "in " + string(k), Kind: k, Name: "in " + string(k)})
		nodes = append(nodes, c4.Node{ID: "around " + string(k), Element: "around " + string(k)}, c4.Node{ID: "in " + string(k), Element: "in " + string(k), Parent: "around " + string(k)})
	}
	for _, k := range []c4.ViewKind{c4.Landscape, c4.Context, c4.Containers, c4.Components, c4.Resources, c4.Deployment} {
		m.Views = append(m.Views, c4.View{Key: "kinds-" + string(k), Kind: k, Title: string(k), Nodes: nodes, Lines: []c4.Line{
			{Source: string(c4.Person), Target: "around " + string(c4.Container), Description: "to a boundary", Confidence: c4.High, Relationships: []string{"1"}},
			{Source: "around " + string(c4.Container), Target: string(c4.Resource), Confidence: c4.Certain, Relationships: []string{"1"}},
		}})
	}
	return m
}

func diagrammed() []*c4.Model {
	return []*c4.Model{rendertest.Contoso(), rendertest.Hostile(), trapped(), kinds()}
}

// TestPlantUMLDraws has Debian's PlantUML draw every view, and looks for the boxes, the lines and the texts in what it drew.
func TestPlantUMLDraws(t *testing.T) {
	tool := program(t, "plantuml")
	dir := t.TempDir()
	if *shots != "" {
		dir = *shots
	}
	type job struct {
		m    *c4.Model
		v    *c4.View
		file string
	}
	var jobs []job
	args := []string{"-tsvg", "-charset", "UTF-8"}
	for _, m := range diagrammed() {
		for i := range m.Views {
			v := &m.Views[i]
			text, err := plantuml.Render(m, v, plantuml.Options{})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, v.Key+".puml")
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			jobs, args = append(jobs, job{m, v, file}), append(args, file)
		}
	}
	cmd := exec.Command(tool, args...)
	cmd.Env = append(os.Environ(), "C4ARCH_PROBE=leaked-from-the-environment", "PLANTUML_LIMIT_SIZE=32768")
	// It ends well when it breaks off in the middle of a drawing, but not without a word.
	if out, err := cmd.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Fatalf("plantuml: %v\n%s", err, out)
	}
	for _, j := range jobs {
		svg, err := os.ReadFile(strings.TrimSuffix(j.file, ".puml") + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		leave(t, j.v.Key+".plantuml.svg", svg)
		comments, texts := read(t, svg)
		boxes, boundaries := sizes(j.v)
		entities, clusters := begin(comments, "entity "), begin(comments, "cluster ")
		if entities != boxes || clusters != boundaries {
			t.Errorf("%s: %d boxes and %d boundaries, want %d and %d", j.v.Key, entities, clusters, boxes, boundaries)
		}
		if got := ways(svg); got != len(j.v.Lines) {
			t.Errorf("%s: %d arrows, want %d", j.v.Key, got, len(j.v.Lines))
		}
		if strings.Contains(texts, "leaked-from-the-environment") {
			t.Errorf("%s: a name read the environment", j.v.Key)
		}
		says(t, j.m, j.v, texts)
	}
}

// leave writes a drawing for a person to look at, where -shots says.
func leave(t *testing.T, name string, drawing []byte) {
	t.Helper()
	if *shots == "" {
		return
	}
	if err := writeShot(name, drawing); err != nil {
		t.Fatal(err)
	}
}

// says fails on a name, technology, description or line of a view that is not in the text of a drawing.
func says(t *testing.T, m *c4.Model, v *c4.View, texts string) {
	t.Helper()
	byID := map[string]*c4.Element{}
	for i := range m.Elements {
		byID[m.Elements[i].ID] = &m.Elements[i]
	}
	boundary := map[string]bool{}
	for _, n := range v.Nodes {
		boundary[n.Parent] = true
	}
	for _, n := range v.Nodes {
		e := byID[n.Element]
		want := []string{e.Name}
		if !boundary[n.ID] {
			want = append(want, e.Description)
			want = append(want, e.Badges...)
			if n.Folded > 0 {
				want = append(want, fmt.Sprintf("+%d inside", n.Folded))
			}
		}
		for _, s := range want {
			if !strings.Contains(texts, bare(s)) {
				t.Errorf("%s: %q is not in what was drawn", v.Key, s)
			}
		}
	}
	for _, l := range v.Lines {
		want := bare(l.Description)
		if n := len(l.Relationships); n > 1 {
			want += fmt.Sprintf("(%drelationships)", n)
		}
		if !strings.Contains(texts, want) || !strings.Contains(texts, bare(l.Technology)) {
			t.Errorf("%s: the line %q is not in what was drawn", v.Key, l.Description)
		}
	}
}

// read returns the comments of an SVG and its texts, all in one, bare.
func read(t *testing.T, svg []byte) (comments []string, texts string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	var b strings.Builder
	for depth := 0; ; {
		tok, err := d.Token()
		if tok == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.Comment:
			comments = append(comments, string(tok))
		case xml.StartElement:
			if tok.Name.Local == "text" {
				depth++
			}
		case xml.EndElement:
			if tok.Name.Local == "text" {
				depth--
			}
		case xml.CharData:
			if depth > 0 {
				b.WriteString(bare(string(tok)))
			}
		}
	}
	return comments, b.String()
}

// ways counts the arrows: PlantUML draws one as a path whose id is of both ends, and invisible ones to arrange what nothing joins.
func ways(svg []byte) int { return len(way.FindAll(svg, -1)) }

var way = regexp.MustCompile(`<path [^>]*id="n_[^"]*-&gt;n_[^"]*"`)

// begin counts the comments of PlantUML, a digest and a line, of which the line begins with prefix.
func begin(list []string, prefix string) (n int) {
	for _, s := range list {
		if _, what, found := strings.Cut(s, "\n"); found && strings.HasPrefix(what, prefix) {
			n++
		}
	}
	return n
}

// sizes returns how many nodes of a view hold nothing, and how many hold something.
func sizes(v *c4.View) (boxes, boundaries int) {
	boundary := map[string]bool{}
	for _, n := range v.Nodes {
		boundary[n.Parent] = true
	}
	for _, n := range v.Nodes {
		if boundary[n.ID] {
			boundaries++
		} else {
			boxes++
		}
	}
	return boxes, boundaries
}
