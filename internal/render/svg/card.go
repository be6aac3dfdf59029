package svg

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// Sizes of a card, in pixels.
const (
	cardW    = 228
	cardPad  = 14
	cardTop  = 14
	cardGap  = 5
	iconSize = 20
	chipH    = 17
	chipPad  = 8
	chipGap  = 5
	// frameChipGap is wide, since the font of the reader may be wider than the one that is measured.
	frameChipGap = 18
	minCardH     = 76
	stepH        = 24 // heights of cards come in steps, so that fewer of them differ
	capH         = 9  // half the height of a cylinder's lid
	pointW       = 12 // how far the point of a hexagon stands out
	barH         = 20 // title bar of a browser window
	frameMaxW    = 420
	flagH        = 19
	flagGap      = 5
	markInset    = 5 // how far inside the second outline of what changed is
)

// kindName is how the C4 notation writes a kind.
func kindName(k c4.Kind) string {
	switch k {
	case c4.Person:
		return "Person"
	case c4.SoftwareSystem:
		return "Software System"
	case c4.Container:
		return "Container"
	case c4.Component:
		return "Component"
	case c4.DeploymentNode:
		return "Deployment Node"
	case c4.InfrastructureNode:
		return "Infrastructure Node"
	case c4.Resource:
		return "Resource"
	}
	return "Element"
}

// meta is the line below a name: [Kind: Technology].
func meta(e *c4.Element) string {
	s := kindName(e.Kind)
	if e.External {
		s = "External " + s
	}
	if t := clean(e.Technology); t != "" {
		s += ": " + t
	}
	return "[" + s + "]"
}

// badges are the chips of an element, without what its box says anyway.
func badges(e *c4.Element) []string {
	var out []string
	for _, b := range e.Badges {
		if b = clean(b); b != "" && !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	slices.Sort(out)
	if len(out) > 4 {
		out = append(out[:3], "more")
	}
	return out
}

// shapeOf is the outline or sign of an element; unknown shapes are drawn as a plain box.
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

// card is a box with its text, measured and wrapped.
type card struct {
	e     *c4.Element
	shape string
	name  []string
	meta  []string
	text  []string
	chips [][]string // rows of badges
	flag  string     // the words of its mark, or ""
	mark  scene.Kind
	w, h  int
	cut   bool // some text is shortened
}

// newCard measures an element, with its mark where it has one.
func newCard(e *c4.Element, mark scene.Mark) *card {
	c := &card{e: e, shape: shapeOf(e), w: cardW, mark: mark.Kind}
	inner := cardW - 2*cardPad
	switch c.shape {
	case "queue":
		inner -= 2 * capH
	case "gateway":
		inner -= 2 * pointW
	}
	name, text := nameOf(e), clean(e.Description)
	head := inner
	if c.sign() != "" && c.shape != "person" {
		head -= 2 * (iconSize + 2)
	}
	if mark.Kind != "" {
		c.flag = faceFlag.shorten(mark.String(), inner-2*chipPad)
	}
	c.name = faceName.wrapName(name, head, 3)
	c.meta = faceMeta.wrap(meta(e), inner, 2)
	if text != "" && text != name {
		c.text = faceText.wrap(text, inner, 3)
	}
	c.cut = strings.Join(c.name, " ") != name || strings.Join(c.text, " ") != text
	x := inner + 1
	for _, b := range badges(e) {
		b = faceChip.shorten(b, inner-2*chipPad)
		w := faceChip.width(b) + 2*chipPad
		if x+w > inner {
			c.chips, x = append(c.chips, nil), 0
		}
		last := len(c.chips) - 1
		c.chips[last] = append(c.chips[last], b)
		x += w + chipGap
	}
	c.h = max(minCardH, c.top()+c.content()+c.bottom())
	return c
}

// nameOf is the name to show; an element without one shows its id.
func nameOf(e *c4.Element) string {
	if n := clean(e.Name); n != "" {
		return n
	}
	return clean(e.ID)
}

// top and bottom are the room that the outline takes from the text.
func (c *card) top() int {
	switch c.shape {
	case "database", "cache":
		return cardTop + 2*capH - 4
	case "browser":
		return barH + cardTop - 4
	case "person":
		return cardTop + 30
	}
	return cardTop
}

func (c *card) bottom() int {
	if c.shape == "database" || c.shape == "cache" {
		return cardTop + capH - 4
	}
	return cardTop
}

// content is the height of the text.
func (c *card) content() int {
	h := len(c.name)*faceName.line() + len(c.meta)*faceMeta.line()
	if c.flag != "" {
		h += flagH + flagGap
	}
	if len(c.text) > 0 {
		h += cardGap + len(c.text)*faceText.line()
	}
	if len(c.chips) > 0 {
		h += cardGap + len(c.chips)*(chipH+3)
	}
	return h
}

// sign is the icon that tells the shape where the outline does not.
func (c *card) sign() string {
	switch c.shape {
	case "person", "cache", "storage", "function", "secret", "network", "internet":
		return c.shape
	}
	return ""
}

// frame is the title of a boundary, measured.
type frame struct {
	e    *c4.Element
	name string
	meta string
	flag string
	mark scene.Kind
	w, h int
}

func newFrame(e *c4.Element, mark scene.Mark) *frame {
	f := &frame{e: e, mark: mark.Kind}
	if mark.Kind != "" {
		f.flag = faceFlag.shorten(mark.String(), frameMaxW/2)
	}
	f.name = faceFrame.shorten(nameOf(e), frameMaxW)
	f.meta = faceMeta.shorten(meta(e), frameMaxW)
	f.w = max(faceFrame.width(f.name), faceMeta.width(f.meta))
	chips := 0
	if f.flag != "" {
		chips = faceFlag.width(f.flag) + 2*chipPad + chipGap
	}
	for _, b := range badges(e) {
		chips += faceChip.width(b) + 2*chipPad + chipGap
	}
	f.w = max(f.w, faceFrame.width(f.name)+frameChipGap+chips)
	if chips == 0 {
		f.w = max(faceFrame.width(f.name), faceMeta.width(f.meta))
	}
	f.h = faceFrame.line() + faceMeta.line()
	return f
}

// tag is the text on a line.
type tag struct {
	flag string
	text []string
	tech []string
	w, h int
}

// Relationship labels are about 22 characters wide.
const tagW = 150

func newTag(l *c4.Line, mark scene.Mark) *tag {
	t := &tag{}
	if mark.Kind != "" {
		t.flag = faceFlag.shorten(mark.String(), tagW)
		t.w, t.h = faceFlag.width(t.flag), faceFlag.line()
	}
	if d := clean(l.Description); d != "" {
		t.text = faceLabel.wrap(d, tagW, 3)
	}
	if s := clean(l.Technology); s != "" {
		t.tech = faceChip.wrap("["+s+"]", tagW, 2)
	}
	for _, s := range t.text {
		t.w = max(t.w, faceLabel.width(s))
	}
	for _, s := range t.tech {
		t.w = max(t.w, faceChip.width(s))
	}
	if t.w > 0 {
		t.w += 8
		t.h += len(t.text)*faceLabel.line() + len(t.tech)*faceChip.line() + 4
	}
	return t
}
