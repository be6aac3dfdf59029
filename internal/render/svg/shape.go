package svg

import (
	"strconv"
	"strings"
	"unicode"

	"c4arch/internal/render/figure"
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// esc makes any text fit for an attribute and for content.
func esc(s string) string { return escaper.Replace(strings.Join(strings.Fields(legal(s)), " ")) }

// escLines does so and keeps the ends of lines.
func escLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = esc(lines[i])
	}
	return strings.Join(lines, "\n")
}

// legal leaves out what XML does not allow, and what turns the direction of the text that follows.
func legal(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C,
			r == 0xFEFF, r&0xFFFE == 0xFFFE, r >= 0xD800 && r <= 0xDFFF:
			return -1
		}
		return r
	}, s)
}

// shape writes a path, a rectangle, a glyph or a line of text.
func (w *writer) shape(s *figure.Shape) {
	switch {
	case s.Role == figure.RoleHit && !w.o.Embedded:
	case len(s.Path) == 0:
		w.text(s)
	case s.Icon != "" && w.defined[drawn{s.Icon, s.Size}]:
		w.f(`<use class="%s" href="#%s" x="%d" y="%d"/>`, s.Role.Class(), drawn{s.Icon, s.Size}.id(), s.X, s.Y)
	case !s.Rect.Empty():
		w.f(`<rect class="%s"`, s.Role.Class())
		for _, a := range []struct {
			name string
			n    int
		}{{"x", s.Rect.X}, {"y", s.Rect.Y}, {"width", s.Rect.W}, {"height", s.Rect.H}, {"rx", s.Radius}} {
			if a.n != 0 {
				w.f(` %s="%d"`, a.name, a.n)
			}
		}
		w.WriteString("/>")
	default:
		w.f(`<path class="%s" d="`, s.Role.Class())
		w.path(s.Path, 0, 0)
		w.WriteString(`"/>`)
	}
}

func (w *writer) text(s *figure.Shape) {
	class := s.Role.Class()
	if s.Middle {
		class += " mid"
	}
	w.f(`<text class="%s" x="%d" y="%d"`, class, s.X, s.Y)
	if s.Struck {
		w.WriteString(` text-decoration="line-through"`)
	}
	w.f(`>%s</text>`, esc(s.Text))
}

// path writes path data, moved by x and y hundredths to the left and up.
func (w *writer) path(segs []figure.Seg, x, y int) {
	var ax, ay, sx, sy int // where the pen is, and where the piece began
	last := byte(0)
	for i := range segs {
		q := &segs[i]
		p := q.P
		for k := range p {
			if k%2 == 0 {
				p[k] -= x
			} else {
				p[k] -= y
			}
		}
		switch {
		case q.Op == 'Z':
			w.WriteByte('z')
			ax, ay, last = sx, sy, 'z'
			continue
		case q.Op == 'M' && i == 0:
			w.numbers('M', &last, p[0], p[1])
		case q.Op == 'M':
			w.numbers('m', &last, p[0]-ax, p[1]-ay)
		case q.Op == 'C':
			w.numbers('c', &last, p[0]-ax, p[1]-ay, p[2]-ax, p[3]-ay, p[4]-ax, p[5]-ay)
			ax, ay = p[4], p[5]
			continue
		case p[1] == ay:
			w.numbers('h', &last, p[0]-ax)
		case p[0] == ax:
			w.numbers('v', &last, p[1]-ay)
		default:
			w.numbers('l', &last, p[0]-ax, p[1]-ay)
		}
		if ax, ay = p[0], p[1]; q.Op == 'M' {
			sx, sy = ax, ay
		}
	}
}

// numbers writes a command with its numbers of hundredths; a command that is the one before is left out.
func (w *writer) numbers(op byte, last *byte, ns ...int) {
	again := op == *last && op != 'M' && op != 'm'
	if !again {
		w.WriteByte(op)
	}
	*last = op
	var room [24]byte
	for i, n := range ns {
		b := decimal(room[:0], n)
		if (i > 0 || again) && b[0] != '-' {
			w.WriteByte(' ')
		}
		w.Write(b)
	}
}

// decimal writes hundredths: 150 is 1.5, -5 is -.05.
func decimal(b []byte, n int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	if n >= 100 || n == 0 {
		b = strconv.AppendInt(b, int64(n/100), 10)
	}
	if n %= 100; n == 0 {
		return b
	}
	b = append(b, '.', byte('0'+n/10))
	if n%10 > 0 {
		b = append(b, byte('0'+n%10))
	}
	return b
}
