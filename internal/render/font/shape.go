package font

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Glyph is one glyph of a line.
type Glyph struct {
	// Font is nil for a box that stands for a character that no font has.
	Font *Font
	ID   uint16
	// Rune is the character that is shown: a joined form, a mirror image, or what a box stands for.
	Rune rune
	// Text is what the glyph stands for, in the order of reading.
	Text string
	// X and Y are where its origin lies from the start of the line, in units, y upwards.
	X, Y    int
	Advance int
	// Level is that of the bidirectional algorithm; odd ones run from the right.
	Level uint8
}

// Outline is what the glyph looks like, a box included.
func (g Glyph) Outline() []Seg {
	if g.Font == nil {
		return Box(g.Rune)
	}
	return g.Font.Outline(g.ID)
}

// cluster is a character with its marks.
type cluster struct {
	base  rune
	shown rune // in place of the base: its joined form, its mirror image
	marks []rune
	text  string
	level uint8
}

// Width is how wide a line is, in units.
func Width(text string, bold bool) int {
	if w, ok := plainWidth(text, bold); ok {
		return w
	}
	w := 0
	for _, g := range Shape(text, bold) {
		w = max(w, g.X+g.Advance)
	}
	return w
}

// Shape makes a line of text into glyphs, from left to right.
func Shape(text string, bold bool) []Glyph {
	if isPlain(text) {
		return plain(text, bold)
	}
	runes := readable(text)
	cs := seen(join(clusters(runes, levels(runes))))
	level := make([]uint8, len(cs))
	for i, c := range cs {
		level[i] = c.level
	}
	fonts := For(bold)
	var out []Glyph
	x := 0
	for _, i := range visual(level) {
		c := cs[i]
		if c.level%2 == 1 {
			c.shown = mirror(c.shown)
		}
		out, x = place(out, x, fonts, c)
	}
	return out
}

// isPlain reports whether all of a text is printable ASCII, which nearly all names are.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func plain(text string, bold bool) []Glyph {
	f, t := For(bold)[0], ascii(bold)
	out := make([]Glyph, len(text))
	x := 0
	for i := range len(text) {
		g := t[text[i]-' ']
		out[i] = Glyph{Font: f, ID: g.id, Rune: rune(text[i]), Text: text[i : i+1], X: x, Advance: g.advance}
		x += g.advance
	}
	return out
}

func plainWidth(text string, bold bool) (int, bool) {
	if !isPlain(text) {
		return 0, false
	}
	w, t := 0, ascii(bold)
	for i := range len(text) {
		w += t[text[i]-' '].advance
	}
	return w, true
}

// readable is a text as one line of characters that say something: invalid bytes as U+FFFD, white space as a space, controls
// of direction left out, letters composed with their marks where Unicode has them so.
func readable(s string) []rune {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	out := make([]rune, 0, utf8.RuneCountInString(s))
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			out = append(out, ' ')
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C, r == 0xFEFF:
		default:
			out = append(out, r)
		}
	}
	return out
}

// unseen are characters that have no look of their own: joiners, selectors of variants, soft hyphens, tags.
func unseen(r rune) bool {
	return r == 0x00AD || r == 0x034F || r >= 0x200B && r <= 0x200D || r >= 0x2060 && r <= 0x206F ||
		r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0000 && r <= 0xE0FFF || r >= 0x180B && r <= 0x180F
}

// most is how many marks a cluster has at most; more begin a new one, so that no name climbs out of its box.
const most = 4

// clusters groups the characters of a text. A joiner between letters is kept as a cluster that shows nothing, since it has a
// say in how Arabic joins.
func clusters(runes []rune, level []uint8) []cluster {
	var out []cluster
	for i, r := range runes {
		last := len(out) - 1
		mark := unicode.In(r, unicode.Mn, unicode.Me)
		switch {
		case mark && last >= 0 && len(out[last].marks) < most:
			if unseen(r) {
				out[last].text += string(r)
			} else {
				out[last].marks = append(out[last].marks, r)
			}
		default:
			out = append(out, cluster{base: r, shown: r, text: string(r), level: level[i]})
		}
	}
	return out
}

// seen puts what has no look of its own to the cluster before it, or to the first that has one.
func seen(cs []cluster) []cluster {
	out, before := cs[:0:0], ""
	for _, c := range cs {
		switch n := len(out); {
		case !unseen(c.base):
			c.text, before = before+c.text, ""
			out = append(out, c)
		case n > 0:
			out[n-1].text += c.text
			out[n-1].marks = append(out[n-1].marks, c.marks...)
		default:
			before += c.text
		}
	}
	return out
}

// place adds the glyphs of a cluster at x and gives back where the next begins.
func place(out []Glyph, x int, fonts []*Font, c cluster) ([]Glyph, int) {
	f, id := choose(fonts, c)
	g := Glyph{Font: f, ID: id, Rune: c.shown, Text: c.text, X: x, Level: c.level}
	if f == nil {
		g.Rune, g.Advance = c.base, BoxAdvance(c.base)
	} else {
		g.Advance = f.Advance(id)
	}
	first := len(out)
	out = append(out, g)
	if len(c.marks) == 0 {
		return out, x + g.Advance
	}
	x0, y0, x1, y1 := bounds(g.Outline())
	if x0 == x1 { // on a space
		x1 = g.Advance
	}
	stack := pile{middle: x + (x0+x1)/2, top: y1, bottom: y0}
	for _, m := range c.marks {
		out = append(out, stack.put(fonts, f, m, c.level))
	}
	if c.level%2 == 1 { // what is read last stands first
		slices.Reverse(out[first:])
	}
	return out, x + g.Advance
}

// choose is the first font that has a character with all its marks, or the first that has the character; the form of a
// letter that no font has is shown as the letter.
func choose(fonts []*Font, c cluster) (*Font, uint16) {
	var first *Font
	var glyph uint16
	for _, r := range []rune{c.shown, c.base} {
		for _, f := range fonts {
			id := f.Glyph(r)
			if id == 0 {
				continue
			}
			if first == nil {
				first, glyph = f, id
			}
			if all(f, c.marks) {
				return f, id
			}
		}
	}
	return first, glyph
}

func all(f *Font, marks []rune) bool {
	for _, m := range marks {
		if f.Glyph(m) == 0 {
			return false
		}
	}
	return true
}

// pile is where the next mark goes, over and under the middle of a base.
type pile struct{ middle, top, bottom int }

// gap is the room between marks that stand upon each other.
const gap = Em / 24

// put places a mark by its outline: over what is there, under it, or across it as the font has it.
func (p *pile) put(fonts []*Font, base *Font, mark rune, level uint8) Glyph {
	f, id := base, uint16(0)
	if f != nil {
		id = f.Glyph(mark)
	}
	for i := 0; id == 0 && i < len(fonts); i++ {
		f, id = fonts[i], fonts[i].Glyph(mark)
	}
	g := Glyph{Font: f, ID: id, Rune: mark, Text: string(mark), Level: level}
	if id == 0 {
		g.Font = nil
	}
	x0, y0, x1, y1 := bounds(g.Outline())
	g.X = p.middle - (x0+x1)/2
	switch {
	case id == 0: // the box of a mark that no font has stands over the base
		g.Y = p.top + gap - y0
		p.top = g.Y + y1
	case y0 > Em/3: // over
		g.Y = max(0, p.top+gap-y0)
		p.top = max(p.top, g.Y+y1)
	case y1 <= Em/8: // under
		g.Y = min(0, p.bottom-gap-y1)
		p.bottom = min(p.bottom, g.Y+y0)
	}
	return g
}
