// Package svg draws a view in C4 notation as SVG.
//
// It promises a valid XML document without script and without any reference to outside, in which
// every text from the model is escaped and freed of control characters; whose bytes depend on the
// model and the view only; and in which no meaning hangs on colour alone: kinds are written on
// the boxes, shapes differ in outline or sign, and the confidence of a relationship is the style
// of its line. What is used is explained in a key.
//
// The notation follows c4model.com: a box has a name, its [Kind: Technology] and a description; a
// line has one direction, a description and a [technology]; a boundary has a name and its kind;
// the picture has a title with scope and time, and a key.
package svg

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// Options say where the picture will be shown.
type Options struct {
	// Embedded: in a page that carries CSS and lets people select nodes and lines.
	Embedded bool
	// Theme of a standalone file: "auto" (the default: the reader's system decides), "light", "dark".
	Theme string
}

// Distances of the page, in pixels.
const (
	margin  = 24
	headerH = 74
	minW    = 420
)

// picture is a view while it is drawn.
type picture struct {
	model    *c4.Model
	view     *c4.View
	marks    map[string]scene.Mark // by id of an element or a relationship
	elements map[string]*c4.Element
	cards    map[string]*card  // by node id
	frames   map[string]*frame // by node id
	tags     []*tag            // by line
	lineIDs  []string          // by line: its id in the layout
	layout   *layout.Layout
}

// Render draws a view. It fails when the view names an element that the model lacks, or is not a
// proper nesting.
func Render(m *c4.Model, v *c4.View, o Options) ([]byte, error) {
	p, err := Arrange(m, v)
	if err != nil {
		return nil, err
	}
	return p.Draw(o)
}

// Picture is a view with every place decided: what takes long is done, and it can be drawn for a
// page and for a file of its own.
type Picture struct{ p *picture }

// Arrange decides where everything of a view stands. It fails as [Render] does.
func Arrange(m *c4.Model, v *c4.View) (*Picture, error) { return ArrangeMarked(m, v, nil) }

// ArrangeMarked is Arrange for a picture in which elements and relationships are marked with what became of them. A mark
// takes room: it has to be known here, and not when the picture is drawn.
func ArrangeMarked(m *c4.Model, v *c4.View, marks map[string]scene.Mark) (*Picture, error) {
	p := &picture{model: m, view: v, marks: marks, elements: make(map[string]*c4.Element, len(m.Elements))}
	for i := range m.Elements {
		p.elements[m.Elements[i].ID] = &m.Elements[i]
	}
	g, err := p.measure()
	if err != nil {
		return nil, err
	}
	if p.layout, err = layout.Arrange(g, layout.Options{}); err != nil {
		return nil, fault.Wrap(fault.KindOf(err), err, "view %q cannot be drawn", v.Key)
	}
	return &Picture{p}, nil
}

// Draw draws the picture. It may be called more than once.
func (p *Picture) Draw(o Options) ([]byte, error) {
	switch o.Theme {
	case "", "auto", "light", "dark":
	default:
		return nil, fault.New(fault.Invalid, "unknown theme %q", o.Theme).WithHelp("auto, light or dark")
	}
	return p.p.draw(o), nil
}

// measure turns the view into a graph of sizes.
func (p *picture) measure() (layout.Graph, error) {
	var g layout.Graph
	p.cards, p.frames = make(map[string]*card), make(map[string]*frame)
	parents := make(map[string]bool)
	for _, n := range p.view.Nodes {
		parents[n.Parent] = true
	}
	tallest := make(map[string]int) // boxes side by side are equally tall
	for _, n := range p.view.Nodes {
		e := p.elements[n.Element]
		if e == nil {
			return g, fault.New(fault.Invalid, "view %q shows element %q, which the model does not have", p.view.Key, n.Element)
		}
		if parents[n.ID] {
			p.frames[n.ID] = newFrame(e, p.marks[e.ID])
			continue
		}
		p.cards[n.ID] = newCard(e, p.marks[e.ID])
		tallest[n.Parent] = max(tallest[n.Parent], p.cards[n.ID].h)
	}
	for parent, h := range tallest {
		tallest[parent] = minCardH + (h-minCardH+stepH-1)/stepH*stepH
	}
	for _, n := range p.view.Nodes {
		node := layout.Node{ID: n.ID, Parent: n.Parent}
		if f := p.frames[n.ID]; f != nil {
			node.Title = layout.Size{W: f.w, H: f.h}
		} else {
			node.Size = layout.Size{W: p.cards[n.ID].w, H: tallest[n.Parent]}
		}
		g.Nodes = append(g.Nodes, node)
	}
	p.nameLines()
	for i := range p.view.Lines {
		l := &p.view.Lines[i]
		mark, _ := scene.OfLine(l, p.marks)
		t := newTag(l, mark)
		p.tags = append(p.tags, t)
		g.Edges = append(g.Edges, layout.Edge{ID: p.lineIDs[i], Source: l.Source, Target: l.Target, Label: layout.Size{W: t.w, H: t.h}})
	}
	return g, nil
}

// nameLines gives each line an id that depends on what it is, not on its place in the view.
func (p *picture) nameLines() {
	order := make([]int, len(p.view.Lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &p.view.Lines[a], &p.view.Lines[b]
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Target, y.Target), cmp.Compare(x.Description, y.Description),
			cmp.Compare(x.Technology, y.Technology), cmp.Compare(x.Confidence, y.Confidence), slices.Compare(x.Relationships, y.Relationships))
	})
	p.lineIDs = make([]string, len(order))
	for rank, i := range order {
		p.lineIDs[i] = fmt.Sprintf("%06d", rank)
	}
}

// draw writes the picture: boundaries below, then lines, then boxes.
func (p *picture) draw(o Options) []byte {
	body := p.layout.Size
	title, scope := p.title()
	entries := p.key()
	width := max(body.W, minW, min(faceTitle.width(title), 2*minW), min(faceScope.width(scope), 2*minW))
	title, scope = faceTitle.shorten(title, width), faceScope.shorten(scope, width)
	keyAt, keyHeight := arrangeKey(entries, width)
	if keyHeight > 0 {
		keyHeight += margin
	}
	w, h := width+2*margin, body.H+headerH+keyHeight+2*margin

	var b out
	b.Grow(len(CSS) + 1000*(len(p.view.Nodes)+len(p.view.Lines))) // about what a box or a line takes
	b.f(`<svg xmlns="http://www.w3.org/2000/svg" class="c4 view-%s" role="img" aria-labelledby="c4-title c4-desc" width="%d" height="%d" viewBox="0 0 %d %d"`,
		esc(string(p.view.Kind)), w, h, w, h)
	if !o.Embedded && (o.Theme == "light" || o.Theme == "dark") {
		b.f(` data-theme="%s"`, o.Theme)
	}
	full, fullScope := p.title()
	b.f(">\n<title id=\"c4-title\">%s</title>\n<desc id=\"c4-desc\">%s</desc>\n", esc(full), esc(p.describe(fullScope)))
	if !o.Embedded {
		css := CSS
		if len(p.marks) > 0 {
			css += scene.MarkCSS
		}
		b.f("<style>%s</style>\n", escaper.Replace(css))
	}
	b.f(`<rect class="paper" width="%d" height="%d"/>`+"\n", w, h)
	b.text("title left", margin, margin+faceTitle.size, title)
	b.text("muted left", margin, margin+faceTitle.line()+4+faceScope.size, scope)

	p.drawBody(&b, o, margin+(width-body.W)/2, margin+headerH)

	y := margin + headerH + body.H + margin
	if len(entries) > 0 {
		b.WriteString(`<g class="key left">`)
		for i, e := range entries {
			x, y := margin+keyAt[i].X, y+keyAt[i].Y
			e.draw(&b, x, y)
			b.text("", x+keyW+8, y+keyH/2+4, e.says)
		}
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// drawBody writes the drawing itself with its top left corner at x, y.
func (p *picture) drawBody(b *out, o Options, x, y int) {
	nodes := make(map[string]*c4.Node, len(p.view.Nodes))
	for i := range p.view.Nodes {
		nodes[p.view.Nodes[i].ID] = &p.view.Nodes[i]
	}
	move := func(r layout.Rect) layout.Rect { r.X += x; r.Y += y; return r }
	at := make(map[string]layout.Rect, len(p.layout.Boxes))
	for _, box := range p.layout.Boxes {
		box.Rect, box.Title = move(box.Rect), move(box.Title)
		at[box.ID] = box.Rect
		if box.Boundary {
			b.frame(p.frames[box.ID], box.ID, box, o.Embedded)
		}
	}
	routes := make(map[string]*layout.Route, len(p.layout.Routes))
	for i := range p.layout.Routes {
		routes[p.layout.Routes[i].ID] = &p.layout.Routes[i]
	}
	for i := range p.view.Lines {
		l := &p.view.Lines[i]
		r := routes[p.lineIDs[i]]
		points := make([]layout.Point, len(r.Points))
		for k, q := range r.Points {
			points[k] = layout.Point{X: q.X + x, Y: q.Y + y}
		}
		p.land(points, l, at)
		label := r.Label
		if !label.Empty() {
			label = move(label)
		}
		mark, _ := scene.OfLine(l, p.marks)
		b.line(i, l, p.says(l, nodes, mark), points, label, p.tags[i], mark.Kind, o.Embedded)
	}
	for _, box := range p.layout.Boxes {
		if !box.Boundary {
			b.card(p.cards[box.ID], box.ID, at[box.ID], o.Embedded)
		}
	}
}

// land moves the ends of a line from the rectangle of a box to its outline.
func (p *picture) land(ps []layout.Point, l *c4.Line, at map[string]layout.Rect) {
	end := func(node string, e, inner int) {
		c := p.cards[node]
		if c == nil {
			return
		}
		d := dent(c.shape, at[node], ps[e])
		dx, dy := direction(ps[inner], ps[e])
		ps[e].X += dx * d
		ps[e].Y += dy * d
	}
	n := len(ps) - 1
	end(l.Source, 0, 1)
	end(l.Target, n, n-1)
}

// says is a line in one sentence.
func (p *picture) says(l *c4.Line, nodes map[string]*c4.Node, mark scene.Mark) string {
	name := func(id string) string { return nameOf(p.elements[nodes[id].Element]) }
	s := ""
	if mark.Kind != "" {
		s = strings.TrimLeft(mark.String(), "+−~→?• ") + ": "
	}
	s += name(l.Source) + " → " + name(l.Target)
	if d := clean(l.Description); d != "" {
		s += ": " + d
	}
	if t := clean(l.Technology); t != "" {
		s += " [" + t + "]"
	}
	switch l.Confidence {
	case c4.May:
		s += ", may be so"
	case c4.High:
		s += ", high confidence"
	case c4.Certain:
		s += ", certain"
	}
	if n := len(l.Relationships); n > 1 {
		s += fmt.Sprintf(", %d relationships", n)
	}
	return s
}

// title is the title of the picture and the line below it: what, of what, as of when.
func (p *picture) title() (title, scope string) {
	if title = clean(p.view.Title); title == "" {
		title = clean(p.view.Key)
	}
	var parts []string
	if n := clean(p.model.Name); n != "" {
		parts = append(parts, n)
	}
	for i, s := range p.model.Scope {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("and %d more", len(p.model.Scope)-3))
			break
		}
		if s = clean(s); s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if at := collected(p.model.CollectedAt); at != "" {
		parts = append(parts, "collected "+at)
	}
	return title, strings.Join(parts, " · ")
}

// collected is the time of collection with its zone.
func collected(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return clean(s)
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// describe is the picture in a sentence, for those who cannot see it.
func (p *picture) describe(scope string) string {
	var parts []string
	if d := clean(p.view.Description); d != "" {
		parts = append(parts, strings.TrimSuffix(d, ".")+".")
	}
	if scope != "" {
		parts = append(parts, scope+".")
	}
	parts = append(parts, fmt.Sprintf("%d elements, %d relationships.", len(p.view.Nodes), len(p.view.Lines)))
	return strings.Join(parts, " ")
}
