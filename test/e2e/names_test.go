//go:build e2e

package e2e

import (
	"bytes"
	stdcsv "encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/chromedp"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/csv"
	"c4arch/internal/render/d2"
	"c4arch/internal/render/dot"
	"c4arch/internal/render/drawio"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/likec4"
	"c4arch/internal/render/mermaid"
	"c4arch/internal/render/pdf"
	"c4arch/internal/render/plantuml"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/structurizr"
	"c4arch/internal/render/svg"
)

// format is a format of the product and how names come back from it.
type format struct {
	name string
	by   string // what reads it
	read func(t *testing.T, m *c4.Model) []string
	// whole: every text that is read is a name; otherwise names stand among other words.
	whole bool
	// asIs: line breaks and characters that turn directions come back too. Elsewhere a name is one line without them.
	asIs bool
	// byWord: in a line of two directions the words come back in the order in which they are seen, and a letter with a mark
	// may come back as one character.
	byWord bool
	// most is how many characters of a name are sure to be shown, 0 for all.
	most int
	// instead is what the format cannot carry, and what stands in its place.
	instead []substitute
}

type substitute struct{ what, becomes, why string }

// formats are all formats that carry names. A PNG carries none: it is pixels, and has no metadata of the model. docs/formats/names.md
// lists the substitutes, and TestNamesAreDocumented keeps the two the same, so that neither grows in silence.
var formats = []format{
	{name: "structurizr dsl", by: "structurizr-parser", read: readStructurizr, instead: []substitute{
		{`\`, "\u2216", "in this language a backslash can only stand before a quote"},
		{"${", "$ {", "would be replaced by a variable of the reader's environment"},
		{"->", "'->'", "alone it is an arrow, though in quotes"},
	}},
	{name: "structurizr json", by: "a JSON reader", read: readWorkspace, whole: true},
	{name: "mermaid", by: "mermaid in Chromium", read: readMermaid, instead: []substitute{
		{`"`, "\u201d", "ends a string; entities are damaged by Mermaid itself"},
		{"<", "\u2039", "markup"},
		{">", "\u203a", "markup"},
		{"`", "\u2018", "a string of Markdown"},
	}},
	{name: "plantuml", by: "PlantUML", read: readPlantUML},
	{name: "d2", by: "D2", read: readD2, whole: true},
	{name: "likec4", by: "LikeC4", read: readLikeC4, whole: true},
	{name: "drawio", by: "mxgraph in Chromium", read: readDrawioNames, whole: true},
	{name: "dot", by: "Graphviz", read: readDot},
	{name: "csv", by: "a CSV reader", read: readCSV, whole: true, asIs: true},
	{name: "svg", by: "Chromium", read: readSVG},
	{name: "pdf", by: "poppler", read: readPDF, byWord: true, most: 20},
	{name: "html", by: "Chromium", read: readPage, whole: true, asIs: true},
}

// names are those of rendertest and some more that people have.
func names() []string {
	return append(rendertest.Names(), strings.Repeat("n", 300), "中文名字", "مرحبا", "👩‍👩‍👧‍👦 family", `""`, `'''`, "a\tb", "50 % & more", "C:\\new\\table")
}

// named is a model in which each name is that of a container; nothing else in it is like a name.
func named() *c4.Model {
	m := &c4.Model{Format: "c4arch-model", Version: c4.FormatVersion, Name: "Names", CollectedAt: "2026-03-14T09:26:53Z", Elements: []c4.Element{{ID: "s", Kind: c4.SoftwareSystem, Name: "Surroundings", Rule: "R1", Evidence: []c4.Evidence{}}}}
	v := c4.View{Key: "names", Kind: c4.Containers, Title: "All", Subject: "s", Elements: []string{"s"}, Relationships: []string{}, Nodes: []c4.Node{{ID: "s", Element: "s"}}}
	for i, n := range names() {
		id := fmt.Sprintf("id-%02d", i)
		m.Elements = append(m.Elements, c4.Element{ID: id, Kind: c4.Container, Name: n, Parent: "s", Rule: "R1", Evidence: []c4.Evidence{}})
		v.Elements, v.Nodes = append(v.Elements, id), append(v.Nodes, c4.Node{ID: id, Element: id, Parent: "s"})
	}
	m.Views = []c4.View{v}
	return m
}

// TestNames has every format of the product read back by its own tool, where one can be had, and looks for every name.
func TestNames(t *testing.T) {
	m := named()
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			texts := map[string]bool{}
			all := ""
			for _, s := range f.read(t, m) {
				if !f.asIs {
					s = bare(s)
				}
				texts[s], all = true, all+"\n"+s
			}
			for _, e := range m.Elements[1:] {
				want := f.carries(e)
				if !f.has(want, texts, all) {
					t.Errorf("%q: %s did not find %q", e.Name, f.by, want)
				}
			}
		})
	}
}

// carries is how a name is in a format.
func (f *format) carries(e c4.Element) string {
	if f.asIs {
		return e.Name
	}
	s := oneLine(e.Name)
	if s == "" {
		s = e.ID // what has no name is called by its id
	}
	for _, i := range f.instead {
		if i.what != "->" || s == "->" {
			s = strings.ReplaceAll(s, i.what, i.becomes)
		}
	}
	if r := []rune(s); f.most > 0 && len(r) > f.most {
		s = string(r[:f.most])
	}
	if f.byWord {
		return s
	}
	return bare(s)
}

// has reports whether a name is among the texts that were read; all is the texts in one.
func (f *format) has(want string, texts map[string]bool, all string) bool {
	if f.whole {
		return texts[want]
	}
	if !f.byWord {
		return strings.Contains(all, want)
	}
	for _, w := range strings.Fields(want) {
		if !strings.Contains(words(all), words(w)) {
			return false
		}
	}
	return true
}

// TestNamesAreDocumented fails where the list of what is written otherwise and docs/formats/names.md differ, and where a substitute
// is listed that no name needs.
func TestNamesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/formats/names.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, f := range formats {
		for _, i := range f.instead {
			rows++
			row := fmt.Sprintf("| %s | `%s` | `%s` | %s |\n", f.name, strings.ReplaceAll(i.what, "`", "backtick"), i.becomes, i.why)
			if !strings.Contains(string(doc), row) {
				t.Errorf("docs/formats/names.md lacks the row\n%s", row)
			}
			needed := false
			for _, n := range names() {
				needed = needed || strings.Contains(n, i.what)
			}
			if !needed {
				t.Errorf("%s: no name has %q", f.name, i.what)
			}
		}
		if f.most > 0 && !strings.Contains(string(doc), fmt.Sprintf("| %s | more than three lines | the end is left out |", f.name)) {
			t.Errorf("docs/formats/names.md does not say that %s shortens names", f.name)
		}
	}
	const listed = 7
	if rows != listed {
		t.Errorf("%d substitutes, and %d are agreed on", rows, listed)
	}
}

func view(t *testing.T, m *c4.Model, render func(*c4.Model, *c4.View) ([]byte, error)) string {
	t.Helper()
	text, err := render(m, &m.Views[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func readStructurizr(t *testing.T, m *c4.Model) (out []string) {
	installed(t, "structurizr-parser/dist/index.js")
	var b bytes.Buffer
	if err := structurizr.Render(&b, m); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "names.mjs")
	cmd.Stdin = strings.NewReader(simplify(b.String()))
	said, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(said, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func readWorkspace(t *testing.T, m *c4.Model) (out []string) {
	var b bytes.Buffer
	if err := structurizr.JSON(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	var w struct {
		Model struct {
			SoftwareSystems []struct{ Containers []struct{ Name string } }
		}
	}
	if err := json.Unmarshal(b.Bytes(), &w); err != nil {
		t.Fatal(err)
	}
	for _, s := range w.Model.SoftwareSystems {
		for _, c := range s.Containers {
			out = append(out, c.Name)
		}
	}
	return out
}

func readMermaid(t *testing.T, m *c4.Model) []string {
	b := newMermaid(t)
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`mermaid.render('names', `+quoted(view(t, m, mermaid.Render))+`).then((r) => {
		document.body.innerHTML = r.svg; return [...document.querySelectorAll('text')].map((t) => t.textContent).join('\n'); })`, chromedp.EvalAwaitPromise))
	b.must(err)
	unharmed(b)
	return []string{got}
}

// unharmed fails if a name ran as a script.
func unharmed(b *tab) {
	b.t.Helper()
	if eval[bool](b, `'owned' in window`) {
		b.t.Error("a name ran as a script")
	}
}

func readPlantUML(t *testing.T, m *c4.Model) []string {
	tool := program(t, "plantuml")
	file := filepath.Join(t.TempDir(), "names.puml")
	text := view(t, m, func(m *c4.Model, v *c4.View) ([]byte, error) { return plantuml.Render(m, v, plantuml.Options{}) })
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "-tsvg", "-charset", "UTF-8", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	drawing, err := os.ReadFile(strings.TrimSuffix(file, ".puml") + ".svg")
	if err != nil {
		t.Fatal(err)
	}
	_, texts := read(t, drawing)
	return []string{texts}
}

func readD2(t *testing.T, m *c4.Model) (out []string) {
	d := throughD2(t, map[string]string{"names": view(t, m, d2.Render)})["names"]
	if d.Error != "" {
		t.Fatal(d.Error)
	}
	wellFormed(t, "names", d.SVG)
	for _, s := range d.Shapes {
		name, _, _ := strings.Cut(s.Label, "\n[Container]")
		out = append(out, name)
	}
	return out
}

func readLikeC4(t *testing.T, m *c4.Model) (out []string) {
	var b bytes.Buffer
	if err := likec4.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	for _, e := range throughLikeC4(t, b.Bytes()).Elements {
		out = append(out, e.Title)
	}
	return out
}

func readDrawioNames(t *testing.T, m *c4.Model) (out []string) {
	var file bytes.Buffer
	if err := drawio.Write(&file, drawn(m)); err != nil {
		t.Fatal(err)
	}
	b := newMxgraph(t)
	for _, p := range readDrawio(b, file.String()) {
		for _, c := range p.Cells {
			out = append(out, c.Attributes["c4Name"])
		}
	}
	unharmed(b)
	return out
}

func readDot(t *testing.T, m *c4.Model) []string {
	_, texts := read(t, graphviz(t, program(t, "dot"), "svg", []byte(view(t, m, dot.Render))))
	return []string{texts}
}

func readCSV(t *testing.T, m *c4.Model) (out []string) {
	var b bytes.Buffer
	if err := csv.Elements(&b, m); err != nil {
		t.Fatal(err)
	}
	rows, err := stdcsv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		out = append(out, csv.Plain(r[2]))
	}
	return out
}

// readSVG returns what a reader of the picture is told: the texts that are drawn and what is said on hover.
func readSVG(t *testing.T, m *c4.Model) []string {
	f, err := figure.Draw(m, &m.Views[0], figure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "names.svg")
	if err := os.WriteFile(file, svg.Render(f, svg.Options{}), 0o644); err != nil {
		t.Fatal(err)
	}
	b := newTab(t, 1400, 1000)
	b.must(chromedp.Do(b.ctx, chromedp.Navigate("file://"+file)))
	unharmed(b)
	return eval[[]string](b, `[...document.querySelectorAll('title, text')].map((e) => e.textContent)`)
}

func readPDF(t *testing.T, m *c4.Model) []string {
	return []string{run(t, "pdftotext", "-raw", asPDF(t, m, pdf.Options{}), "-")}
}

func readPage(t *testing.T, m *c4.Model) []string {
	b := newTab(t, 1400, 1000)
	b.show(m, pictures(t, m), css(), "")
	unharmed(b)
	return eval[[]string](b, `JSON.parse(document.querySelector('script[data-model]').textContent).elements.map((e) => e.name)`)
}

func number(n int) string { return strconv.Itoa(n) }

// oneLine is what all formats that show names in a line make of one: what breaks a line is a space, and what turns the text
// after it around is gone.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsSpace(r), unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
