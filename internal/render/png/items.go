package png

import (
	"image"
	"image/color"
	"math"

	"c4arch/internal/render/figure"
	"c4arch/internal/render/font"
)

// item is something to fill by the non-zero rule.
type item struct {
	lines  []line
	dx, dy float64 // where the lines' origin lies; those of a glyph are shared
	box    image.Rectangle
	ink    color.NRGBA
}

// items are all that is painted of a figure, in order.
func items(f *figure.Figure, theme figure.Theme, scale float64) []item {
	l := list{scale: scale, glyphs: map[glyph][]line{}}
	for i := range f.Parts {
		p := &f.Parts[i]
		for _, s := range p.Shapes {
			if s.Role == figure.RoleHit || s.Role == figure.RolePaper { // the ground is there already
				continue
			}
			st := theme.Style(p.Kind, p.Look, s.Role)
			if s.Text != "" {
				l.text(s, ink(st.Fill))
				continue
			}
			l.path(s, st)
		}
	}
	return l.items
}

// ink is a colour. It is premultiplied where it is painted, with 16 bits: with 8 a pale one loses its hue.
func ink(c figure.Color) color.NRGBA { return color.NRGBA{c.R, c.G, c.B, c.A} }

type glyph struct {
	font *font.Font
	id   uint16
	box  rune // of a replacement box, 0 for a glyph of a font
	size int
}

type list struct {
	scale  float64
	items  []item
	glyphs map[glyph][]line
}

func (l *list) add(lines []line, dx, dy float64, c color.NRGBA) {
	if c.A == 0 || len(lines) == 0 {
		return
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, n := range lines {
		for _, p := range n.at {
			x0, x1 = min(x0, p.x), max(x1, p.x)
			y0, y1 = min(y0, p.y), max(y1, p.y)
		}
	}
	box := image.Rect(side(x0+dx-1), side(y0+dy-1), side(x1+dx+2), side(y1+dy+2))
	l.items = append(l.items, item{lines, dx, dy, box, c})
}

// side is a coordinate of a bounding box; what lies far outside any sheet is cut.
func side(v float64) int {
	if v != v {
		return 0
	}
	return int(math.Floor(min(max(v, -1<<20), 1<<20)))
}

func (l *list) path(s figure.Shape, st figure.Style) {
	lines := flat(s.Path, l.scale)
	l.add(lines, 0, 0, ink(st.Fill))
	if st.Stroke.A == 0 || st.Width <= 0 {
		return
	}
	p := pen{width: float64(st.Width) * l.scale / 100, round: st.Round}
	for _, d := range st.Dash {
		p.dash = append(p.dash, float64(d)*l.scale/100)
	}
	l.add(p.stroke(lines), 0, 0, ink(st.Stroke))
}

// text adds the glyphs of a line of text.
func (l *list) text(s figure.Shape, c color.NRGBA) {
	unit := float64(s.Face.Size) * l.scale / font.Em
	glyphs := font.Shape(s.Text, s.Face.Bold)
	width := 0
	for _, g := range glyphs {
		width = max(width, g.X+g.Advance)
	}
	x, y := float64(s.X)*l.scale, float64(s.Y)*l.scale
	if s.Middle {
		x -= float64(width) * unit / 2
	}
	for _, g := range glyphs {
		dx, dy := math.Round((x+float64(g.X)*unit)*steps)/steps, grid(y-float64(g.Y)*unit)
		o := l.outline(g, s.Face.Size)
		l.add(o, dx, dy, c)
		if g.Font != nil && g.Font.Thick {
			l.add(pen{width: font.Thickening * unit, round: true}.stroke(o), dx, dy, c)
		}
	}
	if s.Struck {
		w := max(float64(s.Face.Size)*l.scale/14, 1)
		at := y - float64(s.Face.Size)*l.scale*0.28
		l.add([]line{{at: []point{{x, at - w/2}, {x + float64(width)*unit, at - w/2}, {x + float64(width)*unit, at + w/2}, {x, at + w/2}}}}, 0, 0, c)
	}
}

func (l *list) outline(g font.Glyph, size int) []line {
	k := glyph{g.Font, g.ID, 0, size}
	if g.Font == nil {
		k.box = g.Rune
	}
	o, ok := l.glyphs[k]
	if !ok {
		o = outline(g.Outline(), float64(size)*l.scale/font.Em)
		l.glyphs[k] = o
	}
	return o
}

// steps is how many places a letter has in a pixel, from side to side: the eye sees no more, and equal letters make small
// files.
const steps = 4

// cells is how many places there are in a pixel, each way: coordinates are rounded to them before they are painted, so that
// the last bits of a multiplication, in which machines differ, change nothing.
const cells = 64

func grid(v float64) float64 { return math.Round(v*cells) / cells }
