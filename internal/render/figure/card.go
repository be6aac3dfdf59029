package figure

import (
	"c4arch/internal/arch/c4"
	"c4arch/internal/content/icon"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// Sizes of a card, in pixels.
const (
	cardW     = 248
	cardWide  = 300 // for a name that would be cut or broken inside a word
	cardPad   = 14
	cardTop   = 13
	textGap   = 7 // above the description
	badgeGap  = 9 // above the badges
	tileSize  = 34
	tileGap   = 11
	minCardH  = 76
	stepH     = 12 // heights of cards come in steps, so that fewer of them differ
	flagH     = 19
	flagGap   = 7
	markInset = 5 // how far inside the second outline of what changed is
	stackStep = 5 // how far the cards below a folded one stand out
)

const boundary = "boundary"

// shapeOf is the outline of an element; unknown shapes are drawn as a plain box.
func shapeOf(e *c4.Element) string {
	if e.Kind == c4.Person {
		return "person"
	}
	switch e.Shape {
	case "database", "queue", "browser", "cache", "storage", "function", "gateway", "secret", "network", "internet":
		return e.Shape
	}
	return "box"
}

// signOf is the glyph of an element: that of its technology, or else of its shape.
func signOf(e *c4.Element) (icon.Glyph, bool) {
	shape := shapeOf(e)
	if shape == "person" {
		return icon.Named(shape)
	}
	if g, ok := icon.Find(e.Technology, e.ResourceType); ok {
		return g, true
	}
	if g, ok := icon.Find(scene.Technology(e), ""); ok {
		return g, true
	}
	return icon.Named(shape)
}

// card is a box with its text, measured and wrapped.
type card struct {
	e      *c4.Element
	shape  string
	glyph  icon.Glyph
	tiled  bool
	name   []string
	meta   []string
	text   []string
	chips  [][]badge // rows of badges
	flag   string    // the words of its mark, or ""
	mark   scene.Kind
	folded int
	w, h   int
}

// newCard measures an element, with its mark where it has one. It is at least that wide.
func newCard(e *c4.Element, folded int, mark scene.Mark, least int) *card {
	c := &card{e: e, shape: shapeOf(e), mark: mark.Kind, folded: folded}
	if folded > 0 {
		c.shape = "box"
	}
	c.glyph, c.tiled = signOf(e)
	name, text := nameOf(e), clean(e.Description)
	c.w = max(least, c.widthFor(name))
	inner, head := c.room(c.w)
	if mark.Kind != "" {
		c.flag = faceFlag.shorten(clean(mark.String()), inner-2*chipPad)
	}
	c.name = faceName.wrapName(name, head, 3)
	c.meta = faceMeta.wrapMeta(meta(e), head, 3)
	if text != "" && text != name {
		c.text = faceText.wrap(text, inner, 3)
	}
	all := badgesOf(badges(e))
	if folded > 0 {
		all = append([]badge{{inside(folded), "folded", false}}, all...)
	}
	c.chips = rowsOf(all, inner)
	c.h = max(minCardH, c.top()+c.content()+c.bottom())
	return c
}

// room is how wide the texts of a card may be, and those beside its icon.
func (c *card) room(width int) (inner, head int) {
	left, right := c.sides()
	inner = width - left - right
	head = inner
	if c.tiled {
		head -= tileSize + tileGap
	}
	return inner, head
}

// widthFor is how wide a card is for its name.
func (c *card) widthFor(name string) int {
	_, head := c.room(cardW)
	_, wide := c.room(cardWide)
	n := faceName.strain(name, head, 3)
	if n >= shortened || n > 0 && faceName.strain(name, wide, 3) < n {
		return cardWide
	}
	return cardW
}

// sides are the room that the outline takes from the text on the left and on the right.
func (c *card) sides() (left, right int) {
	switch c.shape {
	case "queue":
		return cardPad + capH - 2, cardPad + 2*capH - 4
	case "gateway":
		return cardPad + pointW - 2, cardPad + pointW - 2
	case "person", "internet", "network":
		return cardPad + 2, cardPad + 2
	}
	return cardPad, cardPad
}

// top and bottom are the room that the outline takes from the text.
func (c *card) top() int {
	switch c.shape {
	case "database", "cache":
		return cardTop + 2*capH - 5
	case "browser":
		return barH + cardTop - 4
	}
	return cardTop
}

func (c *card) bottom() int {
	if c.folded > 0 {
		return cardTop + 2*stackStep
	}
	if c.shape == "database" || c.shape == "cache" {
		return cardTop + capH - 5
	}
	return cardTop
}

// header is the height of the name and the line below it, or of the icon beside them.
func (c *card) header() int {
	h := len(c.name)*faceName.line() + len(c.meta)*faceMeta.line()
	if c.tiled {
		h = max(h, tileSize)
	}
	return h
}

// content is the height of all that is in it.
func (c *card) content() int {
	h := c.header()
	if c.flag != "" {
		h += flagH + flagGap
	}
	if len(c.text) > 0 {
		h += textGap + len(c.text)*faceText.line()
	}
	if len(c.chips) > 0 {
		h += badgeGap + len(c.chips)*(chipH+chipRow) - chipRow
	}
	return h
}

// draw gives the shapes of the card in a rectangle.
func (c *card) draw(r layout.Rect) []Shape {
	var out []Shape
	h := r.H
	if c.folded > 0 {
		out, r = stack(r)
	}
	front := r
	if c.mark == scene.Changed {
		out = append(out, outline(RoleSecond, c.shape, r)...)
		front = layout.Rect{X: r.X + markInset, Y: r.Y + markInset, W: r.W - 2*markInset, H: r.H - 2*markInset}
	}
	out = append(out, outline(RoleBox, c.shape, front)...)
	left, _ := c.sides()
	x, y := r.X+left, r.Y+c.top()+max(0, h-c.top()-c.bottom()-c.content())/2
	if c.flag != "" {
		out = append(out, flag(c.flag, x, y)...)
		y += flagH + flagGap
	}
	out = append(out, c.head(x, y)...)
	y += c.header()
	if len(c.text) > 0 {
		out = append(out, lines(RoleText, x, y+textGap, c.text, false)...)
		y += textGap + len(c.text)*faceText.line()
	}
	for i, row := range c.chips {
		out = append(out, chips(row, x, y+badgeGap+i*(chipH+chipRow))...)
	}
	return out
}

// head is the icon with the name and the line below it.
func (c *card) head(x, y int) []Shape {
	var out []Shape
	h := len(c.name)*faceName.line() + len(c.meta)*faceMeta.line()
	if c.tiled {
		r := layout.Rect{X: x, Y: y, W: tileSize, H: tileSize}
		rounding := 8
		if c.shape == "person" {
			rounding = tileSize / 2
		}
		out = append(out, round(RoleTile, r, rounding), glyph(c.glyph, x+(tileSize-20)/2, y+(tileSize-20)/2, 20))
		x += tileSize + tileGap
		y += max(0, tileSize-h) / 2
	}
	name := lines(RoleName, x, y, c.name, false)
	for i := range name {
		name[i].Struck = c.mark == scene.Removed
	}
	out = append(out, name...)
	return append(out, lines(RoleMeta, x, y+len(c.name)*faceName.line(), c.meta, false)...)
}

// lines writes lines of text below each other from the top.
func lines(role Role, x, y int, texts []string, middle bool) []Shape {
	f := faceOf(role)
	out := make([]Shape, len(texts))
	for i, s := range texts {
		out[i] = write(role, x, y+f.Size+i*f.line(), s, middle)
	}
	return out
}

// stack draws the outlines of two more cards behind a folded one, and returns the place of the card in front.
func stack(r layout.Rect) ([]Shape, layout.Rect) {
	var out []Shape
	for i := range 2 {
		in := (2 - i) * stackStep
		out = append(out, round(RoleBack, layout.Rect{X: r.X + in, Y: r.Y + i*stackStep, W: r.W - 2*in, H: r.H - 2*stackStep}, radius))
	}
	return out, layout.Rect{X: r.X, Y: r.Y + 2*stackStep, W: r.W, H: r.H - 2*stackStep}
}

// flag draws the words of a mark.
func flag(words string, x, y int) []Shape {
	w := faceFlag.width(words) + 2*chipPad
	return []Shape{round(RoleFlag, layout.Rect{X: x, Y: y, W: w, H: flagH}, 4), write(RoleFlagged, x+w/2, y+14, words, true)}
}

// glyph draws an icon of the given size.
func glyph(g icon.Glyph, x, y, size int) Shape {
	s := Shape{Role: RoleIcon, Icon: g.Name, X: x, Y: y, Size: size, Path: make([]Seg, len(g.Path))}
	if g.Stroked {
		s.Role = RoleSign
	}
	for i, q := range g.Path {
		t := Seg{Op: q.Op}
		for k := range q.P {
			at := x
			if k%2 == 1 {
				at = y
			}
			if k < icon.Points(q.Op)*2 {
				t.P[k] = 100*at + q.P[k]*100*size/icon.Grid
			}
		}
		s.Path[i] = t
	}
	return s
}
