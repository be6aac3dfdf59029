package font

import (
	"fmt"
	"sync"
)

// A box is as high as a line of capitals with some room, and holds two rows of digits.
const (
	boxTop, boxBottom = Em * 82 / 100, -Em * 12 / 100
	boxSide           = Em / 16 // room at the sides
	boxLine           = Em / 28 // the width of its outline
	digitW, digitH    = Em * 27 / 100, Em * 33 / 100
)

func digits(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf("%04X", max(r, 0))
	}
	return fmt.Sprintf("%06X", r)
}

// BoxAdvance is how far the box of a character moves on.
func BoxAdvance(r rune) int {
	return 2*(boxSide+2*boxLine) + len(digits(r))/2*digitW
}

// Box is the outline of the box of a character that no font has: a frame with the code point in two rows of hexadecimal
// digits.
func Box(r rune) []Seg {
	s := digits(r)
	w := BoxAdvance(r)
	out := rectangle(nil, boxSide, boxBottom, w-boxSide, boxTop, false)
	out = rectangle(out, boxSide+boxLine, boxBottom+boxLine, w-boxSide-boxLine, boxTop-boxLine, true)
	half := len(s) / 2
	room := (boxTop - boxBottom - 2*boxLine - 2*digitH) / 3
	for i := range len(s) {
		x, y := boxSide+2*boxLine+i%half*digitW, boxTop-boxLine-room-digitH
		if i >= half {
			y -= room + digitH
		}
		out = digit(out, s[i], x, y)
	}
	return out
}

// rectangle adds a rectangle, a hole turned the other way round.
func rectangle(out []Seg, x0, y0, x1, y1 int, hole bool) []Seg {
	if hole {
		x0, x1 = x1, x0
	}
	return append(out, Seg{'M', [6]int{x0, y0}}, Seg{'L', [6]int{x0, y1}}, Seg{'L', [6]int{x1, y1}}, Seg{'L', [6]int{x1, y0}})
}

// digit adds a small hexadecimal digit with its left bottom corner at x, y.
func digit(out []Seg, d byte, x, y int) []Seg {
	o := small()[d]
	x0, y0, x1, y1 := bounds(o)
	x += (digitW - (x1-x0)*digitH/(y1-y0)) / 2
	for _, s := range o {
		for k := range points(s.Op) {
			s.P[2*k] = x + (s.P[2*k]-x0)*digitH/(y1-y0)
			s.P[2*k+1] = y + (s.P[2*k+1]-y0)*digitH/(y1-y0)
		}
		out = append(out, s)
	}
	return out
}

// small are the outlines of the hexadecimal digits.
var small = sync.OnceValue(func() map[byte][]Seg {
	out := map[byte][]Seg{}
	f := embedded().regular[0]
	for _, d := range []byte("0123456789ABCDEF") {
		out[d] = f.Outline(f.Glyph(rune(d)))
	}
	return out
})

// letter is a glyph of plain text.
type letter struct {
	id      uint16
	advance int
}

var plains = sync.OnceValue(func() *[2]['~' - ' ' + 1]letter {
	var t [2]['~' - ' ' + 1]letter
	for i, f := range []*Font{embedded().regular[0], embedded().bold[0]} {
		for k := range t[i] {
			id := f.Glyph(rune(' ' + k))
			t[i][k] = letter{id, f.Advance(id)}
		}
	}
	return &t
})

// ascii are the glyphs of printable ASCII.
func ascii(bold bool) *['~' - ' ' + 1]letter {
	t := plains()
	if bold {
		return &t[1]
	}
	return &t[0]
}
