package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"c4arch/internal/render/figure"
	"c4arch/internal/render/font"
)

// content is the stream of a page. Coordinates are those of the figure, in hundredths; y runs down, as in the figure.
type content struct {
	buf   bytes.Buffer
	fonts *fonts
	alpha *alphas
	theme figure.Theme
	state state
}

// state is what has been set, so that it is not set again.
type state struct {
	fill, stroke figure.Color
	set          bool // fill and stroke are what was set
	width        int
	dash         []int
	round        bool
}

// ground fills the page with the colour of the sheet.
func (c *content) ground(p place, paper figure.Color) {
	if paper == (figure.Color{R: 255, G: 255, B: 255, A: 255}) {
		return
	}
	fmt.Fprintf(&c.buf, "q %s rg 0 0 %s %s re f Q\n", rgb(paper), number(p.w), number(p.h))
}

// begin puts the origin where the figure begins and turns y.
func (c *content) begin(p place) {
	k := strconv.FormatFloat(float64(p.unit)/1e8, 'f', -1, 64)
	fmt.Fprintf(&c.buf, "q %s 0 0 -%s %s %s cm\n", k, k, number(p.x), number(p.y))
	c.state = state{}
}

func (c *content) end() { c.buf.WriteString("Q\n") }

func (c *content) part(p *figure.Part) {
	for _, s := range p.Shapes {
		if s.Role == figure.RoleHit || s.Role == figure.RolePaper { // the ground is there already
			continue
		}
		st := c.theme.Style(p.Kind, p.Look, s.Role)
		if s.Text != "" {
			c.text(s, st.Fill)
		} else {
			c.path(s.Path, st)
		}
	}
}

// path fills and strokes a path.
func (c *content) path(path []figure.Seg, st figure.Style) {
	fill, stroke := st.Fill.A > 0, st.Stroke.A > 0 && st.Width > 0
	if len(path) == 0 || !fill && !stroke {
		return
	}
	if fill && stroke && (st.Fill.A < 255 || st.Stroke.A < 255) {
		c.path(path, figure.Style{Fill: st.Fill}) // one upon the other, as everywhere else
		st.Fill, fill = figure.Color{}, false
	}
	if fill {
		c.fill(st.Fill)
	}
	if stroke {
		c.stroke(st)
	}
	c.buf.Write(way(path))
	switch {
	case fill && stroke:
		c.buf.WriteString("B\n")
	case fill:
		c.buf.WriteString("f\n")
	default:
		c.buf.WriteString("S\n")
	}
}

// way is a path in the operators of a page. A path begins where its first piece is, whatever that is.
func way(path []figure.Seg) (b []byte) {
	begun := false
	for _, s := range path {
		points, op := 0, byte('h')
		switch {
		case s.Op == 'M', s.Op == 'L' && !begun:
			points, op = 1, 'm'
		case s.Op == 'L':
			points, op = 1, 'l'
		case s.Op == 'C' && begun:
			points, op = 3, 'c'
		case s.Op == 'C':
			b = append(b, "0 0 m\n"...)
			points, op = 3, 'c'
		case s.Op != 'Z' || !begun:
			continue
		}
		for i := range 2 * points {
			b = append(appendNumber(b, s.P[i]), ' ')
		}
		b, begun = append(b, op, '\n'), true
	}
	return b
}

func rgb(c figure.Color) string {
	return channel(c.R) + " " + channel(c.G) + " " + channel(c.B)
}

// channel is a channel from 0 to 1, in thousandths: enough for 8 bits.
func channel(v uint8) string {
	return strconv.FormatFloat(float64((int(v)*1000+127)/255)/1000, 'f', -1, 64)
}

func (c *content) fill(col figure.Color) {
	if c.state.set && c.state.fill == col {
		return
	}
	if !c.state.set || c.state.fill.A != col.A {
		fmt.Fprintf(&c.buf, "/%s gs ", c.alpha.name("f", col.A))
	}
	fmt.Fprintf(&c.buf, "%s rg\n", rgb(col))
	c.state.fill, c.state.set = col, true
}

func (c *content) stroke(st figure.Style) {
	s := &c.state
	if s.stroke.A != st.Stroke.A {
		fmt.Fprintf(&c.buf, "/%s gs ", c.alpha.name("s", st.Stroke.A))
	}
	if s.stroke != st.Stroke {
		fmt.Fprintf(&c.buf, "%s RG\n", rgb(st.Stroke))
	}
	if s.width != st.Width {
		fmt.Fprintf(&c.buf, "%s w\n", number(st.Width))
	}
	if !slices.Equal(s.dash, st.Dash) {
		c.buf.WriteByte('[')
		for i, d := range st.Dash {
			if i > 0 {
				c.buf.WriteByte(' ')
			}
			c.buf.WriteString(number(max(d, 0)))
		}
		c.buf.WriteString("]0 d\n")
	}
	if s.round != st.Round {
		n := 0
		if st.Round {
			n = 1
		}
		fmt.Fprintf(&c.buf, "%d J %d j\n", n, n)
	}
	s.stroke, s.width, s.dash, s.round = st.Stroke, st.Width, st.Dash, st.Round
}

// text shows a line of text.
func (c *content) text(s figure.Shape, col figure.Color) {
	if col.A == 0 || s.Face.Size <= 0 {
		return
	}
	glyphs := font.Shape(s.Text, s.Face.Bold)
	width := 0
	for _, g := range glyphs {
		width = max(width, g.X+g.Advance)
	}
	x, y := s.X*100, s.Y*100
	if s.Middle {
		x -= size(width, s.Face.Size) / 2
	}
	c.fill(col)
	c.line(glyphs, x, y, s.Face.Size)
	if s.Struck {
		h := max(s.Face.Size*100/14, 100)
		top := y - s.Face.Size*28 - h/2
		fmt.Fprintf(&c.buf, "%s %s %s %s re f\n", number(x), number(top), number(size(width, s.Face.Size)), number(h))
	}
}

// size is a length in units of a font, in hundredths of the figure's units.
func size(units, px int) int { return units * px * 100 / font.Em }

// line shows glyphs, in runs of the same font that stand one after the other.
func (c *content) line(glyphs []font.Glyph, x, y, px int) {
	c.buf.WriteString("BT\n")
	for i := 0; i < len(glyphs); {
		g := glyphs[i]
		name := c.fonts.name(g)
		run, end := "", i
		for at := g.X; end < len(glyphs); end++ {
			n := glyphs[end]
			if n.X != at || n.Y != g.Y || end > i && c.fonts.name(n) != name {
				break
			}
			run += c.fonts.code(n)
			at += n.Advance
		}
		fmt.Fprintf(&c.buf, "/%s %d Tf 1 0 0 -1 %s %s Tm ", name, px, number(x+size(g.X, px)), number(y-size(g.Y, px)))
		thick := g.Font != nil && g.Font.Thick
		if thick {
			c.thicken(px)
		}
		fmt.Fprintf(&c.buf, "<%s>Tj\n", run)
		if thick {
			c.buf.WriteString("0 Tr\n")
		}
		i = end
	}
	c.buf.WriteString("ET\n")
}

// thicken makes letters be stroked in the colour that fills them.
func (c *content) thicken(px int) {
	c.stroke(figure.Style{Stroke: c.state.fill, Width: size(font.Thickening, px), Round: true})
	c.buf.WriteString("2 Tr ")
}

// alphas are the opacities that are used: [0] of what is filled, [1] of what is stroked.
type alphas [2][256]bool

func (a *alphas) name(of string, v uint8) string {
	k := 0
	if of == "s" {
		k = 1
	}
	a[k][v] = true
	return of + strconv.Itoa(int(v))
}

// resource is the dictionary of the graphics states that set them.
func (a *alphas) resource() string {
	out := ""
	for k, of := range [2]string{"f", "s"} {
		for v, used := range a[k] {
			if used {
				out += fmt.Sprintf("/%s%d<</%s %s>>", of, v, [2]string{"ca", "CA"}[k], channel(uint8(v)))
			}
		}
	}
	return "/ExtGState<<" + out + ">>"
}
