package icon

import (
	_ "embed"
	"strings"
	"sync"
)

// Grid is the side of the square that paths are drawn in: 20 pixels in tenths.
const Grid = 200

// Glyph is a drawing of one colour.
type Glyph struct {
	Name string
	// Title and Licence are of the glyphs of technologies; our own have none.
	Title, Licence string
	// Stroked glyphs are lines, 1.5 pixels wide at 20; others are filled.
	Stroked bool
	Path    []Seg
}

// Seg is a piece of a path with absolute coordinates on the Grid.
type Seg struct {
	Op byte   // 'M' one point, 'L' one point, 'C' three points (cubic Bézier), 'Z' none
	P  [6]int // x, y pairs
}

// Points is how many points a piece has.
func Points(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'C':
		return 3
	}
	return 0
}

//go:embed own.txt
var own string

//go:embed brands.txt
var brands string

// glyphs are all glyphs by name. Paths are read when they are asked for.
var glyphs = sync.OnceValue(func() map[string]func() Glyph {
	out := make(map[string]func() Glyph)
	for l := range strings.Lines(own) {
		if name, path, ok := strings.Cut(strings.TrimSpace(l), "|"); ok && name[0] != '#' {
			out[name] = sync.OnceValue(func() Glyph { return Glyph{Name: name, Stroked: true, Path: parse(path)} })
		}
	}
	for l := range strings.Lines(brands) {
		if p := strings.Split(strings.TrimSpace(l), "|"); len(p) == 4 && p[0][0] != '#' {
			out[p[0]] = sync.OnceValue(func() Glyph { return Glyph{Name: p[0], Title: p[1], Licence: p[2], Path: parse(p[3])} })
		}
	}
	return out
})

// Named is the glyph of a name. Its path is shared: it is not to be changed.
func Named(name string) (Glyph, bool) {
	if g := glyphs()[name]; g != nil {
		return g(), true
	}
	return Glyph{}, false
}

// parse reads a path: a letter, then whole numbers.
func parse(s string) []Seg {
	var out []Seg
	for i := 0; i < len(s); {
		q := Seg{Op: s[i]}
		i++
		for k := range 2 * Points(q.Op) {
			q.P[k], i = number(s, i)
		}
		out = append(out, q)
	}
	return out
}

// number reads a whole number at i, after spaces.
func number(s string, i int) (n, end int) {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	sign := 1
	if i < len(s) && s[i] == '-' {
		sign, i = -1, i+1
	}
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		n = 10*n + int(s[i]-'0')
	}
	return sign * n, i
}
