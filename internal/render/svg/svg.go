// Package svg writes figures as SVG.
//
// It promises a valid XML document without script and without any reference to outside, in which every text from the model is
// escaped and freed of control characters, and whose bytes depend on the figure and the options only. How everything looks is
// decided in package figure. A file of its own carries the style rules that it uses, with plain values; a picture in a page
// relies on CSS, and can be walked through by keyboard.
package svg

import (
	"bytes"
	"fmt"
	"strings"

	"c4arch/internal/render/figure"
)

// CSS is the style sheet for pages that hold embedded pictures.
var CSS = figure.PageCSS()

// Options say where the picture will be shown.
type Options struct {
	// Embedded: in a page that carries CSS and lets people select nodes and lines.
	Embedded bool
	// Theme of a standalone file; "" is Auto.
	Theme figure.Theme
	// Link is where the picture of a view is, as a file beside this one. Only relative paths become links. Nil: no links.
	Link func(view string) string
}

// Render writes a figure.
func Render(f *figure.Figure, o Options) []byte {
	if o.Theme == "" {
		o.Theme = figure.Auto
	}
	w := &writer{o: o}
	w.Grow(600 * len(f.Parts)) // about what a box or a line takes
	role := "img"
	if o.Embedded {
		role = "group" // what is in an img is not there for a screen reader, and here it can be chosen
	}
	w.f(`<svg xmlns="http://www.w3.org/2000/svg" class="c4 view-%s" role="%s" aria-labelledby="c4-title c4-desc" width="%d" height="%d" viewBox="0 0 %d %d"`,
		esc(string(f.View.Kind)), role, f.W, f.H, f.W, f.H)
	if o.Embedded { // where places of a layout file are told from, for who places boxes by hand
		w.f(` data-body="%d %d"`, f.Body.X, f.Body.Y)
		w.note(f)
	}
	w.WriteString(">\n")
	w.f("<title id=\"c4-title\">%s</title>\n<desc id=\"c4-desc\">%s</desc>\n", esc(f.Title), esc(f.About))
	if !o.Embedded {
		w.f("<style>%s</style>\n", escaper.Replace(f.Sheet(o.Theme)))
	}
	w.define(f)
	for i := range f.Parts {
		w.part(f, &f.Parts[i])
	}
	w.WriteString("</svg>\n")
	return w.Bytes()
}

// writer collects the text of a picture.
type writer struct {
	bytes.Buffer
	o       Options
	defined map[drawn]bool  // glyphs that stand more than once
	placed  map[string]bool // nodes that a person put where they are
}

func (w *writer) f(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// drawn is a glyph at a size.
type drawn struct {
	icon string
	size int
}

func (d drawn) id() string { return fmt.Sprintf("c4-%s-%d", d.icon, d.size) }

// define writes the glyphs that are used more than once.
func (w *writer) define(f *figure.Figure) {
	count := make(map[drawn]int)
	w.defined = make(map[drawn]bool)
	for i := range f.Parts {
		for k := range f.Parts[i].Shapes {
			if s := &f.Parts[i].Shapes[k]; s.Icon != "" {
				d := drawn{s.Icon, s.Size}
				if count[d]++; count[d] == 2 {
					if len(w.defined) == 0 {
						w.WriteString("<defs>")
					}
					w.defined[d] = true
					w.f(`<path id="%s" d="`, d.id())
					w.path(s.Path, 100*s.X, 100*s.Y)
					w.WriteString(`"/>`)
				}
			}
		}
	}
	if len(w.defined) > 0 {
		w.WriteString("</defs>\n")
	}
}

// part writes what one can point at as a group.
func (w *writer) part(f *figure.Figure, p *figure.Part) {
	link := w.link(p)
	if link != "" {
		w.f(`<a href="%s">`, esc(link))
	}
	switch p.Kind {
	case figure.Heading:
		w.shapes(p) // texts of the sheet itself: a page that says the same leaves them out
		w.WriteString("\n")
		return
	case figure.Key:
		w.f(`<g class="%s">`, esc(strings.Join(append([]string{"key"}, figure.Classes(p.Kind, p.Look)...), " ")))
	case figure.Line:
		w.openLine(f, p)
	default:
		w.openNode(p)
	}
	w.shapes(p)
	w.WriteString("</g>")
	if link != "" {
		w.WriteString("</a>")
	}
	w.WriteString("\n")
}

// note remembers which nodes people placed.
func (w *writer) note(f *figure.Figure) {
	w.placed = make(map[string]bool)
	for _, n := range f.Placement().Nodes {
		w.placed[n.ID] = n.Placed
	}
}

func (w *writer) shapes(p *figure.Part) {
	for i := range p.Shapes {
		w.shape(&p.Shapes[i])
	}
}

func (w *writer) openNode(p *figure.Part) {
	class := append([]string{"node"}, figure.Classes(p.Kind, p.Look)...)
	if p.Kind == figure.Box {
		class = append(class, "shape-"+p.Look.Shape)
	}
	if p.Folded > 0 {
		class = append(class, "folded")
	}
	w.f(`<g class="%s" data-node="%s"`, esc(strings.Join(class, " ")), esc(p.Node))
	if w.o.Embedded || p.Node != p.Element {
		w.f(` data-element="%s"`, esc(p.Element))
	}
	if w.o.Embedded {
		w.f(` tabindex="0" role="button" aria-label="%s"`, esc(p.Spoken))
		if w.placed[p.Node] {
			w.WriteString(` data-placed=""`)
		}
	}
	w.f("><title>%s</title>", escLines(p.Tip))
}

func (w *writer) openLine(f *figure.Figure, p *figure.Part) {
	class := append([]string{"line"}, figure.Classes(p.Kind, p.Look)...)
	w.f(`<g class="%s" data-line="%d"`, esc(strings.Join(class, " ")), p.Index)
	if w.o.Embedded {
		w.f(` data-relationships="%s" aria-label="%s"`, esc(strings.Join(f.View.Lines[p.Index].Relationships, " ")), esc(p.Spoken))
	}
	w.f("><title>%s</title>", escLines(p.Tip))
}

// link is where a part leads, or "".
func (w *writer) link(p *figure.Part) string {
	if w.o.Link == nil || w.o.Embedded || p.Link == "" {
		return ""
	}
	if to := w.o.Link(p.Link); local(to) {
		return to
	}
	return ""
}

// local reports whether an address is a file below the folder of the picture: no scheme, no host, no way up.
func local(to string) bool {
	if to == "" || strings.ContainsAny(to, ":\\?#\"'<>&%") || strings.HasPrefix(to, "/") {
		return false
	}
	for _, step := range strings.Split(to, "/") {
		if step == "" || step == "." || step == ".." {
			return false
		}
	}
	return strings.IndexFunc(to, func(r rune) bool { return r <= ' ' || r == 0x7F || r == '\uFFFD' }) < 0
}
