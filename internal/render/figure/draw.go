package figure

import (
	"cmp"
	"fmt"
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// Options are the wishes about a picture.
type Options struct {
	// Marks say what became of elements and relationships, by id. A mark takes room.
	Marks map[string]scene.Mark
	// Previous is where everything stood the last time; nil: there was no last time.
	Previous *placement.View
	// Link is the key of the view that is inside an element, "" for none. Nil: there are no links.
	Link func(element string) string
	// PageW and PageH are the proportions of the page; 0: a landscape page.
	PageW, PageH int
}

// Distances of the page, in pixels.
const (
	margin  = 24
	headerH = 74
	minW    = 420
	roomy   = 640 // when the key would be a column of many rows
	fewRows = 2
)

// drawing is a view while it is drawn.
type drawing struct {
	model    *c4.Model
	view     *c4.View
	marks    map[string]scene.Mark
	link     func(string) string
	elements map[string]*c4.Element
	nodes    map[string]*c4.Node
	declared map[string]bool   // by id of a relationship: by people only
	cards    map[string]*card  // by node id
	frames   map[string]*frame // by node id
	tags     []*tag            // by line
	looks    []Look            // by line
	lineIDs  []string          // by line: its id in the layout
	layout   *layout.Layout
}

// Draw draws a view. It fails when the view names an element that the model lacks, or is not a proper nesting.
func Draw(m *c4.Model, v *c4.View, o Options) (*Figure, error) {
	d := &drawing{model: m, view: v, marks: o.Marks, link: o.Link}
	if d.link == nil {
		d.link = func(string) string { return "" }
	}
	d.index()
	g, err := d.measure()
	if err != nil {
		return nil, err
	}
	if d.layout, err = layout.Arrange(g, layout.Options{PageW: o.PageW, PageH: o.PageH, Previous: seats(o.Previous), Ways: d.ways(o.Previous)}); err != nil {
		return nil, fault.Wrap(fault.KindOf(err), err, "view %q cannot be drawn", v.Key)
	}
	f := d.figure()
	f.lines = d.lines()
	if o.Previous != nil {
		f.placed = make(map[string]bool)
		for _, n := range o.Previous.Nodes {
			if n.Placed {
				f.placed[n.ID] = true
			}
		}
	}
	return f, nil
}

// index finds what the view shows.
func (d *drawing) index() {
	d.elements = make(map[string]*c4.Element, len(d.model.Elements))
	for i := range d.model.Elements {
		d.elements[d.model.Elements[i].ID] = &d.model.Elements[i]
	}
	d.nodes = make(map[string]*c4.Node, len(d.view.Nodes))
	for i := range d.view.Nodes {
		d.nodes[d.view.Nodes[i].ID] = &d.view.Nodes[i]
	}
	d.declared = make(map[string]bool)
	for i := range d.model.Relationships {
		if r := &d.model.Relationships[i]; r.Declared {
			d.declared[r.ID] = true
		}
	}
}

func seats(v *placement.View) map[string]layout.Seat {
	if v == nil || len(v.Nodes) == 0 {
		return nil
	}
	out := make(map[string]layout.Seat, len(v.Nodes))
	for _, n := range v.Nodes {
		out[n.ID] = layout.Seat{Rect: layout.Rect{X: n.X, Y: n.Y, W: n.W, H: n.H}, Placed: n.Placed}
	}
	return out
}

// measure turns the view into a graph of sizes.
func (d *drawing) measure() (layout.Graph, error) {
	var g layout.Graph
	if err := d.measureNodes(); err != nil {
		return g, err
	}
	tallest := make(map[string]int) // boxes side by side are equally tall
	for _, n := range d.view.Nodes {
		if c := d.cards[n.ID]; c != nil {
			tallest[n.Parent] = max(tallest[n.Parent], c.h)
		}
	}
	for _, n := range d.view.Nodes {
		node := layout.Node{ID: n.ID, Parent: n.Parent}
		if f := d.frames[n.ID]; f != nil {
			node.Title = layout.Size{W: f.w, H: f.h}
		} else {
			h := minCardH + (tallest[n.Parent]-minCardH+stepH-1)/stepH*stepH
			node.Size = layout.Size{W: d.cards[n.ID].w, H: h}
		}
		g.Nodes = append(g.Nodes, node)
	}
	d.nameLines()
	for i := range d.view.Lines {
		l := &d.view.Lines[i]
		mark, _ := scene.OfLine(l, d.marks)
		t := newTag(l, mark)
		d.tags = append(d.tags, t)
		d.looks = append(d.looks, Look{Confidence: sure(l.Confidence), Declared: d.byPeople(l), Mark: mark.Kind})
		g.Edges = append(g.Edges, layout.Edge{ID: d.lineIDs[i], Source: l.Source, Target: l.Target, Label: layout.Size{W: t.w, H: t.h}})
	}
	return g, nil
}

func (d *drawing) measureNodes() error {
	d.cards, d.frames = make(map[string]*card), make(map[string]*frame)
	parents := make(map[string]bool)
	for _, n := range d.view.Nodes {
		parents[n.Parent] = true
	}
	for _, n := range d.view.Nodes {
		e := d.elements[n.Element]
		if e == nil {
			return fault.New(fault.Invalid, "view %q shows element %q, which the model does not have", d.view.Key, n.Element)
		}
		if parents[n.ID] {
			d.frames[n.ID] = newFrame(e, d.marks[e.ID])
		} else {
			d.cards[n.ID] = newCard(e, n.Folded, d.marks[e.ID], cardW)
		}
	}
	d.align()
	return nil
}

// align makes boxes without lines that stand in the same boundary equally wide, since they are put into columns. Others are as wide
// as they need, so that a long name does not move all around it.
func (d *drawing) align() {
	joined := make(map[string]bool)
	for i := range d.view.Lines {
		joined[d.view.Lines[i].Source], joined[d.view.Lines[i].Target] = true, true
	}
	widest := make(map[string]int)
	for _, n := range d.view.Nodes {
		if c := d.cards[n.ID]; c != nil && !joined[n.ID] {
			widest[n.Parent] = max(widest[n.Parent], c.w)
		}
	}
	for _, n := range d.view.Nodes {
		if c := d.cards[n.ID]; c != nil && !joined[n.ID] && c.w < widest[n.Parent] {
			d.cards[n.ID] = newCard(c.e, n.Folded, d.marks[n.Element], widest[n.Parent])
		}
	}
}

// sure is a confidence that there is a style for; what does not say how sure it is comes from a source that states it.
func sure(c c4.Confidence) c4.Confidence {
	if c == c4.High || c == c4.May {
		return c
	}
	return c4.Certain
}

// byPeople reports whether all that a line stands for was declared by people.
func (d *drawing) byPeople(l *c4.Line) bool {
	for _, id := range l.Relationships {
		if !d.declared[id] {
			return false
		}
	}
	return len(l.Relationships) > 0
}

// nameLines gives each line an id that depends on what it is, not on its place in the view.
func (d *drawing) nameLines() {
	order := make([]int, len(d.view.Lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &d.view.Lines[a], &d.view.Lines[b]
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Target, y.Target), cmp.Compare(x.Description, y.Description),
			cmp.Compare(x.Technology, y.Technology), cmp.Compare(x.Confidence, y.Confidence), slices.Compare(x.Relationships, y.Relationships))
	})
	d.lineIDs = make([]string, len(order))
	for rank, i := range order {
		d.lineIDs[i] = fmt.Sprintf("%06d", rank)
	}
}

// figure puts everything on the sheet: boundaries below, then lines, then boxes, then the key.
func (d *drawing) figure() *Figure {
	body := d.layout.Size
	full, scope := headline(d.model, d.view)
	entries := d.key()
	head := newHeader(full, scope, body.W)
	keyAt, keyHeight := arrangeKey(entries, head.width)
	if keyHeight > fewRows*(keyH+keyRow) && head.width < roomy {
		head = newHeader(full, scope, roomy)
		keyAt, keyHeight = arrangeKey(entries, head.width)
	}
	if keyHeight > 0 {
		keyHeight += margin
	}
	f := &Figure{Model: d.model, View: d.view, W: head.width + 2*margin, H: body.H + head.h + keyHeight + 2*margin, Title: full, About: about(d.view, scope)}
	f.Body = layout.Rect{X: margin + (head.width-body.W)/2, Y: margin + head.h, W: body.W, H: body.H}
	f.Parts = append(f.Parts, head.part(layout.Rect{W: f.W, H: f.H}))
	d.body(f)
	top := f.Body.Bottom() + margin
	for i, e := range entries {
		r := layout.Rect{X: margin + keyAt[i].X, Y: top + keyAt[i].Y, W: keyW, H: keyH}
		shapes := append(e.sample(r), write(RoleKey, r.Right()+8, r.Y+keyH/2+4, e.says, false))
		r.W += 8 + faceMeta.width(e.says)
		f.Parts = append(f.Parts, Part{Kind: Key, Rect: r, Look: e.look, Tip: e.says, Spoken: e.says, Shapes: shapes})
	}
	return f
}

// body draws boundaries, lines and boxes.
func (d *drawing) body(f *Figure) {
	move := func(r layout.Rect) layout.Rect { r.X += f.Body.X; r.Y += f.Body.Y; return r }
	at := make(map[string]layout.Rect, len(d.layout.Boxes))
	for _, box := range d.layout.Boxes {
		box.Rect, box.Title = move(box.Rect), move(box.Title)
		at[box.ID] = box.Rect
		if box.Boundary {
			f.Parts = append(f.Parts, d.part(Frame, box.ID, box.Rect, d.frames[box.ID].draw(box)))
		}
	}
	routes := make(map[string]*layout.Route, len(d.layout.Routes))
	for i := range d.layout.Routes {
		routes[d.layout.Routes[i].ID] = &d.layout.Routes[i]
	}
	for i := range d.view.Lines {
		r := routes[d.lineIDs[i]]
		points := make([]layout.Point, len(r.Points))
		for k, q := range r.Points {
			points[k] = layout.Point{X: q.X + f.Body.X, Y: q.Y + f.Body.Y}
		}
		label := r.Label
		if !label.Empty() {
			label = move(label)
		}
		f.Parts = append(f.Parts, d.linePart(i, points, label, at))
	}
	for _, box := range d.layout.Boxes {
		if !box.Boundary {
			f.Parts = append(f.Parts, d.part(Box, box.ID, at[box.ID], d.cards[box.ID].draw(at[box.ID])))
		}
	}
}

// part is a box or a boundary.
func (d *drawing) part(kind PartKind, node string, r layout.Rect, shapes []Shape) Part {
	n := d.nodes[node]
	e, m := d.elements[n.Element], d.marks[n.Element]
	p := Part{
		Kind: kind, Node: node, Element: n.Element, Rect: r, Folded: n.Folded, Link: d.link(n.Element), Tip: tip(e), Spoken: spoken(e, n.Folded, m), Shapes: shapes,
		Look: Look{Kind: e.Kind, External: e.External, Mark: m.Kind, Shape: boundary},
	}
	if kind == Box {
		p.Look.Shape = d.cards[node].shape
	}
	return p
}

func (d *drawing) linePart(i int, points []layout.Point, label layout.Rect, at map[string]layout.Rect) Part {
	l := &d.view.Lines[i]
	d.land(points, l, at)
	mark, _ := scene.OfLine(l, d.marks)
	s := says(l, d.elements[d.nodes[l.Source].Element], d.elements[d.nodes[l.Target].Element], d.looks[i].Declared, mark)
	return Part{Kind: Line, Index: i, Way: points, Rect: label, Look: d.looks[i], Tip: s, Spoken: s, Shapes: drawLine(points, label, d.tags[i], d.looks[i])}
}

// land moves the ends of a line from the rectangle of a box to its outline.
func (d *drawing) land(ps []layout.Point, l *c4.Line, at map[string]layout.Rect) {
	end := func(node string, e, inner int) {
		c := d.cards[node]
		if c == nil {
			return
		}
		in := dent(c.shape, at[node], ps[e])
		if c.folded > 0 {
			in = stacked(at[node], ps[e])
		}
		dx, dy := direction(ps[inner], ps[e])
		ps[e].X += dx * in
		ps[e].Y += dy * in
	}
	n := len(ps) - 1
	end(l.Source, 0, 1)
	end(l.Target, n, n-1)
}

// Placement is where boxes and boundaries stand, to be the Previous of the next picture. What a person placed stays so.
func (f *Figure) Placement() placement.View {
	v := placement.View{Key: f.View.Key}
	for i := range f.Parts {
		if p := &f.Parts[i]; p.Kind == Box || p.Kind == Frame {
			v.Nodes = append(v.Nodes, placement.Node{ID: p.Node, X: p.Rect.X - f.Body.X, Y: p.Rect.Y - f.Body.Y, W: p.Rect.W, H: p.Rect.H, Placed: f.placed[p.Node]})
		}
	}
	slices.SortFunc(v.Nodes, func(a, b placement.Node) int { return cmp.Compare(a.ID, b.ID) })
	v.Lines = f.lines
	return v
}
