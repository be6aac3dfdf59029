package svg

import (
	"bytes"
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// out collects the text of a picture.
type out struct{ bytes.Buffer }

func (o *out) f(format string, args ...any) { fmt.Fprintf(o, format, args...) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// esc makes any text fit for an attribute and for content.
func esc(s string) string { return escaper.Replace(clean(s)) }

// text writes one line of text; y is its base line.
func (o *out) text(class string, x, y int, s string) {
	if class != "" {
		class = ` class="` + class + `"`
	}
	o.f(`<text%s x="%d" y="%d">%s</text>`, class, x, y, esc(s))
}

// lines writes lines of text below each other from the top and returns the y below them.
func (o *out) lines(class string, f face, x, y int, lines []string) int {
	for _, s := range lines {
		o.text(class, x, y+f.size, s)
		y += f.line()
	}
	return y
}

// classes of a node, for the style sheet and for the page.
func classes(e *c4.Element, shape string) string {
	s := "kind-" + string(e.Kind) + " shape-" + shape
	if e.External {
		s += " external"
	}
	return esc(s)
}

// marked is the class of what has a mark.
func marked(k scene.Kind) string {
	if k == "" {
		return ""
	}
	return " mark-" + string(k)
}

// flag draws the words of a mark; it is w wide when it was measured.
func (o *out) flag(says string, x, y int) {
	w := faceFlag.width(says) + 2*chipPad
	o.f(`<rect class="flag" x="%d" y="%d" width="%d" height="%d" rx="4"/>`, x, y, w, flagH)
	o.text("flagged", x+w/2, y+14, says)
}

// openNode starts the group of a node.
func (o *out) openNode(class, node string, e *c4.Element, flag string, embedded bool) {
	o.f(`<g class="%s" data-node="%s" data-element="%s"`, class, esc(node), esc(e.ID))
	if embedded {
		says := spoken(e)
		if flag != "" {
			says = strings.TrimLeft(flag, "+−~→?• ") + ": " + says
		}
		o.f(` tabindex="0" role="button" aria-label="%s"`, esc(says))
	}
	o.WriteString(">")
}

// spoken is an element in one sentence.
func spoken(e *c4.Element) string {
	s := nameOf(e) + ", " + strings.Trim(meta(e), "[]")
	if d := clean(e.Description); d != "" {
		s += ". " + d
	}
	if b := badges(e); len(b) > 0 {
		s += ". " + strings.Join(b, ", ")
	}
	return s
}

// card draws a box.
func (o *out) card(c *card, node string, r layout.Rect, embedded bool) {
	o.openNode("node "+classes(c.e, c.shape)+marked(c.mark), node, c.e, c.flag, embedded)
	o.f("<title>%s</title>", esc(nameOf(c.e)+"\n"+meta(c.e)+" "+c.e.Description))
	o.outline(c.shape, r)
	if c.mark == scene.Changed {
		o.WriteString(`<g class="second">`)
		o.outline(c.shape, layout.Rect{X: r.X + markInset, Y: r.Y + markInset, W: r.W - 2*markInset, H: r.H - 2*markInset})
		o.WriteString("</g>")
	}
	x := r.X + r.W/2
	top, free := c.top(), r.H-c.top()-c.bottom()-c.content()
	y := r.Y + top + max(0, free)/2
	switch s := c.sign(); s {
	case "":
	case "person":
		o.sign(s, x-14, y-32, 28)
	default:
		o.sign(s, r.X+10, r.Y+top-4, iconSize)
	}
	if c.flag != "" {
		o.flag(c.flag, x-faceFlag.width(c.flag)/2-chipPad, y)
		y += flagH + flagGap
	}
	y = o.lines("n", faceName, x, y, c.name)
	y = o.lines("m", faceMeta, x, y, c.meta)
	if len(c.text) > 0 {
		y = o.lines("", faceText, x, y+cardGap, c.text)
	}
	if len(c.chips) > 0 {
		y += cardGap
		for _, row := range c.chips {
			w := -chipGap
			for _, s := range row {
				w += faceChip.width(s) + 2*chipPad + chipGap
			}
			o.chips(row, x-w/2, y)
			y += chipH + 3
		}
	}
	o.WriteString("</g>\n")
}

// chips draws a row of badges.
func (o *out) chips(row []string, x, y int) {
	for _, s := range row {
		w := faceChip.width(s) + 2*chipPad
		o.f(`<rect class="pill" x="%d" y="%d" width="%d" height="%d" rx="8"/>`, x, y, w, chipH)
		o.text("chip", x+w/2, y+12, s)
		x += w + chipGap
	}
}

// outline draws the shape of a box.
func (o *out) outline(shape string, r layout.Rect) {
	x, y, w, h := r.X, r.Y, r.W, r.H
	switch shape {
	case "database", "cache":
		o.f(`<path class="box" d="M%d %da%d %d 0 0 1 %d 0v%da%d %d 0 0 1 %d 0z"/>`, x, y+capH, w/2, capH, w, h-2*capH, w/2, capH, -w)
		o.f(`<path class="deco" d="M%d %da%d %d 0 0 0 %d 0"/>`, x, y+capH, w/2, capH, w)
	case "queue":
		o.f(`<path class="box" d="M%d %dh%da%d %d 0 0 1 0 %dh%da%d %d 0 0 1 0 %dz"/>`, x+capH, y, w-2*capH, capH, h/2, h, 2*capH-w, capH, h/2, -h)
		o.f(`<path class="deco" d="M%d %da%d %d 0 0 0 0 %d"/>`, x+w-capH, y, capH, h/2, h)
	case "gateway":
		o.f(`<path class="box" d="M%d %dl%d %dh%dl%d %dl%d %dh%dz"/>`, x, y+h/2, pointW, -h/2, w-2*pointW, pointW, h/2, -pointW, h-h/2, 2*pointW-w)
	case "browser":
		o.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, x, y, w, h)
		o.f(`<path class="deco" d="M%d %dh%dM%d %dh.1m7 0h.1m7 0h.1M%d %dh%d" stroke-linecap="round"/>`, x, y+barH, w, x+12, y+barH/2, x+42, y+barH/2, w-56)
	case "person":
		o.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="18"/>`, x, y, w, h)
	case "internet", "network":
		o.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="18"/>`, x, y, w, h)
	case "function":
		o.f(`<path class="box" d="M%d %dh%dl12 12v%dh%dl-12 -12z"/>`, x, y, w-12, h-12, 12-w)
	default:
		o.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, x, y, w, h)
	}
}

// dent is how far the outline of a shape lies inside its rectangle at a point of a side, so that
// lines end at the outline.
func dent(shape string, r layout.Rect, p layout.Point) int {
	curve := func(off, half, height int) int {
		off = min(off, half)
		return height - sqrt(half*half-off*off)*height/max(1, half)
	}
	flat := p.Y == r.Y || p.Y == r.Bottom()
	dx, dy := abs(p.X-r.X-r.W/2), abs(p.Y-r.Y-r.H/2)
	switch shape {
	case "database", "cache":
		if flat {
			return curve(dx, r.W/2, capH)
		}
	case "queue":
		if !flat {
			return curve(dy, r.H/2, capH)
		}
	case "gateway":
		if !flat {
			return pointW * dy * 2 / max(1, r.H)
		}
	}
	return 0
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// sqrt is the integer square root.
func sqrt(n int) int {
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}

// sign draws an icon of 20 by 20 units at a place and a size.
func (o *out) sign(name string, x, y, size int) {
	d := map[string]string{
		"person":   "M10 1.5a4.2 4.2 0 1 0 .1 0zM2 19c0-5 3.2-7.500 8-7.500s8 2.500 8 7.500z",
		"cache":    "M11.500 1 4 11.500h5L7.500 19 16 8h-5.500z",
		"storage":  "M2 3h16v4H2zM3.500 7v10h13V7M8 10.500h4",
		"function": "M13.500 3c-2.500-1-3.500.500-4 3L8 15c-.500 2.500-1.500 3.500-3.500 2.500M6 8.500h6",
		"secret":   "M4 9h12v9H4zM6.500 9V6a3.500 3.500 0 0 1 7 0v3M10 12.500v2.500",
		"network":  "M10 2v5M4 18v-4h12v4M10 14V7M8 2h4v4H8zM2 15h4v4H2zM14 15h4v4h-4z",
		"internet": "M5.500 16a4 4 0 0 1-.500-8 5.500 5.500 0 0 1 10.500 1 3.500 3.500 0 0 1-.500 7z",
	}[name]
	if d == "" {
		return
	}
	if size == 20 {
		o.f(`<path class="deco" transform="translate(%d %d)" d="%s"/>`, x, y, d)
		return
	}
	o.f(`<path class="deco" transform="translate(%d %d)scale(%d.%02d)" d="%s"/>`, x, y, size/20, size%20*5, d)
}

// frame draws a boundary with its title.
func (o *out) frame(f *frame, node string, b layout.Box, embedded bool) {
	o.openNode("node frame "+classes(f.e, "boundary")+marked(f.mark), node, f.e, f.flag, embedded)
	o.f("<title>%s</title>", esc(nameOf(f.e)+"\n"+meta(f.e)+" "+f.e.Description))
	r := b.Rect
	o.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="8"/>`, r.X, r.Y, r.W, r.H)
	x, y := b.Title.X, b.Title.Y
	o.text("n left", x, y+faceFrame.size, f.name)
	o.text("m left", x, y+faceFrame.line()+faceMeta.size, f.meta)
	x += faceFrame.width(f.name) + frameChipGap
	if f.flag != "" {
		o.flag(f.flag, x, y)
		x += faceFlag.width(f.flag) + 2*chipPad + chipGap
	}
	o.chips(badges(f.e), x, y+1)
	o.WriteString("</g>\n")
}
