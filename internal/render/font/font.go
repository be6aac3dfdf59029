// Package font is the letters of pictures that bring their own: which embedded font has a character, how a line of text
// becomes glyphs with places, and what a glyph looks like.
//
// Embedded are Go Regular and Go Bold (golang.org/x/image/font/gofont, Copyright 2016 Bigelow & Holmes Inc., BSD 3-clause)
// and, for what they lack (Arabic, Hebrew, Armenian, Georgian, symbols, some emoji in one colour), DejaVu Sans
// (github.com/go-fonts/dejavu, Bitstream Vera licence with additions in the public domain). All of them may be embedded in
// documents and changed; bold of DejaVu Sans is its regular outline, thickened.
//
// A line is put in order by the Unicode bidirectional algorithm (UAX #9) in a paragraph that runs left to right, as in an
// SVG without a direction; Arabic is joined by its presentation forms; combining marks stay with their base and are placed
// over or under its middle. What no font has is drawn as a box with its code point inside, so that nothing is lost
// silently: Chinese, Japanese and Korean (a font that has them under a free licence is 5 to 16 MB) and emoji in colour.
// Left out are the scripts that need a shaping engine (Devanagari and its relatives, Thai marks in their finer places),
// kerning, and hinting. Explicit embeddings and isolates do not take effect: a name must not turn what stands beside it.
package font

import (
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Em is the size of all fonts in the units of this package. All of the embedded fonts have it as their own.
const Em = 2048

// Thickening is how wide the outline of a thick font is stroked, in units.
const Thickening = Em / 22

// Font is one of the embedded fonts.
type Font struct {
	Name  string // its PostScript name
	Data  []byte // the TrueType file
	Thick bool   // its outlines are to be stroked by Thickening as well as filled
	// Ascent, Descent and CapHeight in units, the descent negative.
	Ascent, Descent, CapHeight int
	parsed                     *sfnt.Font
}

// set is the embedded fonts by weight, in the order in which they are asked for a character.
type set struct{ regular, bold []*Font }

var embedded = sync.OnceValue(func() set {
	latin, strong, rest := parse("GoRegular", goregular.TTF), parse("Go-Bold", gobold.TTF), parse("DejaVuSans", dejavusans.TTF)
	thick := *rest
	thick.Name, thick.Thick = "DejaVuSans-Thick", true
	return set{regular: []*Font{latin, rest}, bold: []*Font{strong, &thick}}
})

func parse(name string, data []byte) *Font {
	f, err := sfnt.Parse(data)
	if err == nil && f.UnitsPerEm() != Em {
		panic("font: " + name + " has another em")
	}
	if err != nil {
		panic("font: the embedded " + name + " does not parse: " + err.Error())
	}
	out := &Font{Name: name, Data: data, parsed: f}
	var buf sfnt.Buffer
	if m, err := f.Metrics(&buf, fixed.I(Em), 0); err == nil {
		out.Ascent, out.Descent, out.CapHeight = m.Ascent.Round(), -m.Descent.Round(), m.CapHeight.Round()
	}
	return out
}

// For is the fonts of a weight, in the order in which they are asked.
func For(bold bool) []*Font {
	if bold {
		return embedded().bold
	}
	return embedded().regular
}

// buffers are what reading a font needs for a moment.
var buffers = sync.Pool{New: func() any { return new(sfnt.Buffer) }}

// Glyph is the glyph of a character in f; none is 0.
func (f *Font) Glyph(r rune) uint16 {
	buf := buffers.Get().(*sfnt.Buffer)
	defer buffers.Put(buf)
	g, err := f.parsed.GlyphIndex(buf, r)
	if err != nil {
		return 0
	}
	return uint16(g)
}

// Advance is how far a glyph moves on, in units.
func (f *Font) Advance(glyph uint16) int {
	buf := buffers.Get().(*sfnt.Buffer)
	defer buffers.Put(buf)
	a, err := f.parsed.GlyphAdvance(buf, sfnt.GlyphIndex(glyph), fixed.I(Em), 0)
	if err != nil {
		return 0
	}
	return a.Round()
}

// Seg is a piece of an outline, in units, y upwards: 'M' and 'L' one point, 'Q' two, 'C' three. Contours close by themselves.
type Seg struct {
	Op byte
	P  [6]int
}

// Outline is what a glyph looks like, by the rule of the non-zero winding number.
func (f *Font) Outline(glyph uint16) []Seg {
	buf := buffers.Get().(*sfnt.Buffer)
	defer buffers.Put(buf)
	segs, err := f.parsed.LoadGlyph(buf, sfnt.GlyphIndex(glyph), fixed.I(Em), nil)
	if err != nil {
		return nil
	}
	out := make([]Seg, len(segs))
	for i, s := range segs {
		out[i].Op = [...]byte{sfnt.SegmentOpMoveTo: 'M', sfnt.SegmentOpLineTo: 'L', sfnt.SegmentOpQuadTo: 'Q', sfnt.SegmentOpCubeTo: 'C'}[s.Op]
		for k, p := range s.Args {
			out[i].P[2*k], out[i].P[2*k+1] = p.X.Round(), -p.Y.Round()
		}
	}
	return out
}

// bounds of an outline, by its control points.
func bounds(o []Seg) (x0, y0, x1, y1 int) {
	if len(o) == 0 {
		return 0, 0, 0, 0
	}
	x0, y0, x1, y1 = o[0].P[0], o[0].P[1], o[0].P[0], o[0].P[1]
	for _, s := range o {
		for k := range points(s.Op) {
			x0, x1 = min(x0, s.P[2*k]), max(x1, s.P[2*k])
			y0, y1 = min(y0, s.P[2*k+1]), max(y1, s.P[2*k+1])
		}
	}
	return x0, y0, x1, y1
}

func points(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'Q':
		return 2
	case 'C':
		return 3
	}
	return 0
}
