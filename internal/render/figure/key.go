package figure

import (
	"c4arch/internal/arch/c4"
	"c4arch/internal/content/icon"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// entry is one sample of the key with its words.
type entry struct {
	look   Look
	sample func(r layout.Rect) []Shape // in a field of keyW by keyH
	says   string
}

const (
	keyW   = 44
	keyH   = 26
	keyGap = 26
	keyRow = 12
)

// usage is what a picture uses.
type usage struct {
	kinds  map[look]bool
	frames map[c4.Kind]bool
	shapes map[string]bool
	sure   map[c4.Confidence]bool
	marks  map[scene.Kind]bool

	declared, folded bool
}

type look struct {
	kind     c4.Kind
	external bool
}

// usage looks at all that is drawn.
func (d *drawing) usage() *usage {
	u := &usage{map[look]bool{}, map[c4.Kind]bool{}, map[string]bool{}, map[c4.Confidence]bool{}, map[scene.Kind]bool{}, false, false}
	for _, n := range d.view.Nodes {
		e := d.elements[n.Element]
		u.marks[d.marks[n.Element].Kind] = true
		if d.frames[n.ID] != nil {
			u.frames[e.Kind] = true
			continue
		}
		u.kinds[look{e.Kind, e.External}] = true
		if c := d.cards[n.ID]; !signOnly[c.shape] || c.glyph.Name == c.shape {
			u.shapes[c.shape] = true
		}
		u.folded = u.folded || n.Folded > 0
	}
	for i := range d.view.Lines {
		l := d.looks[i]
		u.sure[l.Confidence] = true
		u.declared = u.declared || l.Declared
		u.marks[l.Mark] = true
	}
	return u
}

// key explains what the picture uses, and nothing else.
func (d *drawing) key() []entry {
	u := d.usage()
	var all []entry
	for _, k := range scene.Kinds {
		if u.marks[k] {
			all = append(all, markEntry(k))
		}
	}
	for _, k := range kindsInOrder {
		for _, external := range []bool{false, true} {
			if u.kinds[look{k, external}] {
				all = append(all, boxEntry(k, external))
			}
		}
	}
	for _, s := range shapesInOrder {
		if u.shapes[s.shape] {
			all = append(all, shapeEntry(s.shape, s.says))
		}
	}
	for _, k := range kindsInOrder {
		if u.frames[k] {
			all = append(all, frameEntry(k))
		}
	}
	if u.folded {
		all = append(all, foldedEntry())
	}
	for _, c := range linesInOrder {
		if u.sure[c.sure] {
			all = append(all, lineEntry(Look{Confidence: c.sure}, c.says))
		}
	}
	if u.declared {
		all = append(all, lineEntry(Look{Confidence: c4.Certain, Declared: true}, "Declared by people"))
	}
	return all
}

var kindsInOrder = []c4.Kind{c4.Person, c4.SoftwareSystem, c4.Container, c4.Component, c4.DeploymentNode, c4.InfrastructureNode, c4.Resource}

var shapesInOrder = []struct{ shape, says string }{
	{"database", "Database"},
	{"queue", "Queue or topic"},
	{"browser", "In the browser"},
	{"cache", "Cache"},
	{"storage", "Storage"},
	{"function", "Function"},
	{"gateway", "Gateway"},
	{"secret", "Secrets"},
	{"network", "Network"},
	{"internet", "Internet"},
}

// signOnly are the shapes that have no outline of their own: they are told by their sign, where that of the technology does not
// stand in its place.
var signOnly = map[string]bool{"storage": true, "secret": true}

var linesInOrder = []struct {
	sure c4.Confidence
	says string
}{
	{c4.Certain, "Certain: the source states it"},
	{c4.High, "High: resolves to one thing"},
	{c4.May, "May: permitted, use not shown"},
}

func boxEntry(k c4.Kind, external bool) entry {
	says, shape := kindName(k), "box"
	if external {
		says = "External " + says
	}
	if k == c4.Person {
		shape = "person"
	}
	return entry{Look{Kind: k, External: external, Shape: shape}, func(r layout.Rect) []Shape {
		out := outline(RoleBox, "box", r)
		if k == c4.Person {
			out = []Shape{round(RoleBox, r, keyH/2)}
			if g, ok := icon.Named(shape); ok {
				out = append(out, glyph(g, r.X+keyW/2-8, r.Y+keyH/2-8, 16))
			}
		}
		return out
	}, says}
}

func shapeEntry(shape, says string) entry {
	return entry{Look{Kind: c4.DeploymentNode, Shape: shape}, func(r layout.Rect) []Shape {
		if shape == "database" || shape == "cache" {
			r = layout.Rect{X: r.X + 4, Y: r.Y - 5, W: keyW - 8, H: keyH + 10}
		}
		out := outline(RoleBox, shape, r)
		if g, ok := icon.Named(shape); ok && shape != "browser" && shape != "gateway" && shape != "database" && shape != "queue" {
			dy := 0
			if shape == "cache" {
				dy = 4
			}
			out = append(out, glyph(g, r.X+r.W/2-7, r.Y+r.H/2-7+dy, 14))
		}
		return out
	}, says}
}

func frameEntry(k c4.Kind) entry {
	return entry{Look{Kind: k, Shape: boundary}, func(r layout.Rect) []Shape {
		return []Shape{round(RoleBox, r, 6)}
	}, kindName(k) + " boundary"}
}

func foldedEntry() entry {
	return entry{Look{Kind: c4.DeploymentNode, Shape: "box"}, func(r layout.Rect) []Shape {
		out := []Shape{
			round(RoleBack, layout.Rect{X: r.X + 6, Y: r.Y, W: r.W - 12, H: r.H - 6}, 4),
			round(RoleBack, layout.Rect{X: r.X + 3, Y: r.Y + 3, W: r.W - 6, H: r.H - 6}, 4),
		}
		return append(out, round(RoleBox, layout.Rect{X: r.X, Y: r.Y + 6, W: r.W, H: r.H - 6}, 4))
	}, "Folded: more is inside"}
}

func lineEntry(l Look, says string) entry {
	return entry{l, func(r layout.Rect) []Shape {
		y := r.Y + keyH/2
		end := r.Right()
		if !l.Declared {
			end -= headLength - 1
		}
		return []Shape{
			{Role: RoleWay, Path: path([]layout.Point{{X: r.X, Y: y}, {X: end, Y: y}}, layout.Rect{})},
			arrow(layout.Point{X: r.Right(), Y: y}, 1, 0, l.Declared),
		}
	}, says}
}

// markEntry explains a mark, by a box that has it.
func markEntry(k scene.Kind) entry {
	return entry{Look{Kind: c4.Resource, Shape: "box", Mark: k}, func(r layout.Rect) []Shape {
		out := outline(RoleBox, "box", r)
		if k == scene.Changed {
			out = append(outline(RoleSecond, "box", r), round(RoleBox, layout.Rect{X: r.X + 4, Y: r.Y + 4, W: keyW - 8, H: keyH - 8}, 5))
		}
		x, y := r.X+keyW/2, r.Y+keyH/2
		return append(out, round(RoleFlag, layout.Rect{X: x - 9, Y: y - 8, W: 18, H: 16}, 4), write(RoleFlagged, x, y+4, k.Sign(), true))
	}, k.Says()}
}

// arrangeKey breaks the key into rows and returns the place of each entry and the height. Lines have rows of their own where that
// makes no row more.
func arrangeKey(entries []entry, width int) (at []layout.Point, height int) {
	if len(entries) == 0 {
		return nil, 0
	}
	at, height = balanceKey(entries, width)
	n := 0
	for n < len(entries) && entries[n].look.Confidence == "" {
		n++
	}
	if n == 0 || n == len(entries) || height == keyH {
		return at, height
	}
	boxes, top := balanceKey(entries[:n], width)
	lines, low := balanceKey(entries[n:], width)
	if top += keyRow; top+low > height {
		return at, height
	}
	for i := range lines {
		lines[i].Y += top
	}
	return append(boxes, lines...), height
}

// balanceKey fills as few rows as it can, about equally long.
func balanceKey(entries []entry, width int) (at []layout.Point, height int) {
	_, height = keyRows(entries, width)
	lo, hi := 0, width // lo is too narrow, hi is wide enough
	for hi-lo > 8 && height > keyH {
		mid := (lo + hi) / 2
		if _, h := keyRows(entries, mid); h <= height {
			hi = mid
		} else {
			lo = mid
		}
	}
	return keyRows(entries, hi)
}

// keyRows fills rows of a width.
func keyRows(entries []entry, width int) (at []layout.Point, height int) {
	x, y := 0, 0
	for _, e := range entries {
		w := keyW + 8 + faceMeta.width(e.says)
		if x > 0 && x+w > width {
			x, y = 0, y+keyH+keyRow
		}
		at = append(at, layout.Point{X: x, Y: y})
		x += w + keyGap
	}
	return at, y + keyH
}
