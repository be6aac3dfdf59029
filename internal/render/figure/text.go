package figure

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Text is measured with the Go fonts, which stand first in the font list of the style sheet; widths get a safety factor,
// because the reader's machine may show another font of the list.

// safety is by how many per cent a text may be wider on the reader's machine than measured; bold letters differ more.
const (
	safety     = 12
	safetyBold = 17
)

// The faces of a picture.
var (
	faceName  = Face{true, 15}
	faceMeta  = Face{false, 12}
	faceText  = Face{false, 13}
	faceLabel = Face{false, 12}
	faceSmall = Face{false, 11}
	faceFlag  = Face{true, 12}
	faceTitle = Face{true, 22}
	faceScope = Face{false, 13}
)

// faceOf is the face of every text of a role, so that a style sheet can name it once.
func faceOf(r Role) Face {
	switch r {
	case RoleTitle:
		return faceTitle
	case RoleScope:
		return faceScope
	case RoleName:
		return faceName
	case RoleText:
		return faceText
	case RoleBadge, RoleNoticed, RoleTech:
		return faceSmall
	case RoleFlagged, RoleTold:
		return faceFlag
	}
	return faceMeta
}

// line is the distance from one line of text to the next.
func (f Face) line() int { return f.Size*13/10 + 1 }

// widths are the advances of the first 384 characters in thousandths of the font size.
type widths [2][0x180]int

var measured = sync.OnceValue(func() *widths {
	var w widths
	for i, src := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := sfnt.Parse(src)
		if err != nil {
			panic("figure: the built-in font does not parse: " + err.Error())
		}
		var buf sfnt.Buffer
		for r := range w[i] {
			g, err := f.GlyphIndex(&buf, rune(r))
			if err != nil || g == 0 {
				continue
			}
			if a, err := f.GlyphAdvance(&buf, g, fixed.I(1000), 0); err == nil {
				w[i][r] = a.Ceil()
			}
			if strings.ContainsRune("<>=+~#%&", rune(r)) {
				w[i][r] = max(w[i][r], 750) // of these, other fonts have much wider ones
			}
			if strings.ContainsRune(`{}$\^|*`, rune(r)) {
				w[i][r] = max(w[i][r], 580)
			}
		}
	}
	return &w
})

// width is how wide a text is at most, in pixels.
func (f Face) width(s string) int {
	w, more := &measured()[0], safety
	if f.Bold {
		w, more = &measured()[1], safetyBold
	}
	sum := 0
	for _, r := range s {
		switch {
		case int(r) < len(w) && w[r] > 0:
			sum += w[r]
		case unicode.Is(unicode.Mn, r):
		case r < 0x1100:
			sum += 750
		default:
			sum += 1150 // as wide as it gets: a full-width character or an emoji
		}
	}
	return (sum*f.Size*(100+more) + 99_999) / 100_000
}

// clean makes a text from outside fit to be shown on one line: valid UTF-8, no control
// characters, none of those that turn the direction of what follows, single spaces.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = b.Len() > 0
			continue
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C,
			r == 0xFEFF, r == 0x2028, r == 0x2029, r&0xFFFE == 0xFFFE:
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isClean reports whether s is what nearly all names are: printable ASCII with single spaces within, which is
// looked at much faster than it is written anew.
func isClean(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7F {
			if c != ' ' || i == 0 || i == len(s)-1 || s[i-1] == ' ' {
				return false
			}
		}
	}
	return true
}

// wrap breaks a text into at most max lines of the width. The last line ends in an ellipsis when
// more would follow.
func (f Face) wrap(s string, width, max int) []string {
	lines, whole := f.fill(s, width, max)
	if !whole {
		last := lines[len(lines)-1]
		for last != "" && f.width(last+"…") > width {
			_, n := utf8.DecodeLastRuneInString(last)
			last = last[:len(last)-n]
		}
		lines[len(lines)-1] = strings.TrimRight(last, " ,.;:-") + "…"
		return lines
	}
	return f.balance(s, lines, width)
}

// balance makes the lines of a text about equally long, without adding one.
func (f Face) balance(s string, lines []string, width int) []string {
	if len(lines) < 2 {
		return lines
	}
	lo, hi := width/len(lines)/2, width // lo is too narrow, hi is wide enough
	for _, word := range strings.Fields(s) {
		if w := f.width(word); w <= width {
			lo = max(lo, w-1) // breaking a word to be even would be worse
		}
	}
	for hi-lo > 4 {
		mid := (lo + hi) / 2
		if l, whole := f.fill(s, mid, len(lines)); whole {
			lines, hi = l, mid
		} else {
			lo = mid
		}
	}
	return lines
}

// wrapName breaks a name, and shortens it in the middle when it is too long, since names of
// resources differ at their ends.
func (f Face) wrapName(s string, width, max int) []string {
	lines, whole := f.fill(s, width, max)
	if whole {
		return lines
	}
	runes := []rune(s)
	lo, hi := 1, len(runes) // lo kept characters fit, hi do not
	best := []string{"…"}
	for lo <= hi {
		mid := (lo + hi) / 2
		head := (mid + 1) / 2
		short := neatly(string(runes[:head]), string(runes[len(runes)-(mid-head):]))
		if l, ok := f.fill(short, width, max); ok {
			best, lo = l, mid+1
		} else {
			hi = mid - 1
		}
	}
	return best
}

// neat is how many characters more are left out so that the cut is between words.
const neat = 6

// neatly joins the ends of a name that is cut: where a word ends nearby, there.
func neatly(head, tail string) string {
	if i := strings.LastIndexByte(head, ' '); i > 0 && len(head)-i <= neat {
		head = head[:i]
	}
	if i := strings.IndexAny(tail, " -_/"); i >= 0 && i < neat && i+1 < len(tail) {
		tail = tail[i:]
	}
	return strings.TrimSpace(head) + "…" + strings.TrimSpace(tail)
}

// shortened is the strain of a name that does not fit whole.
const shortened = 1000

// strain is how badly a name fits into at most max lines of the width: 0 is well, on one or two lines broken at good places.
func (f Face) strain(s string, width, max int) int {
	lines, whole := f.fill(s, width, max)
	n := 0
	for _, word := range strings.Fields(s) {
		for _, p := range pieces(word) {
			if f.width(p) > width {
				n += 10
			}
		}
	}
	if !whole {
		n += shortened
	}
	if len(lines) > 2 {
		n++
	}
	return n
}

// wrapMeta breaks the line below a name: behind the kind, when that makes no line more.
func (f Face) wrapMeta(s string, width, max int) []string {
	lines := f.wrap(s, width, max)
	kind, rest, ok := strings.Cut(s, ": ")
	if len(lines) < 2 || !ok {
		return lines
	}
	parts := append(f.wrap(kind+":", width, max), f.wrap(rest, width, max)...)
	if len(parts) > len(lines) || strings.HasSuffix(lines[len(lines)-1], "…") {
		return lines
	}
	return parts
}

// fill breaks a text into lines; whole is false when it did not fit into max of them. Words are
// broken only when they are wider than a line, or when the text does not fit otherwise.
func (f Face) fill(s string, width, max int) (lines []string, whole bool) {
	if lines, whole = f.fillWith(s, width, max, false); !whole {
		lines, whole = f.fillWith(s, width, max, true)
	}
	return lines, whole
}

func (f Face) fillWith(s string, width, max int, breaking bool) (lines []string, whole bool) {
	cur := ""
	for _, word := range strings.Fields(s) {
		parts := []string{word}
		if breaking || f.width(word) > width {
			parts = pieces(word)
		}
		for i, part := range parts {
			sep := ""
			if i == 0 && cur != "" {
				sep = " "
			}
			if f.width(cur+sep+part) <= width {
				cur += sep + part
				continue
			}
			if cur != "" {
				if lines = append(lines, cur); len(lines) == max {
					return lines, false
				}
			}
			for cur = part; f.width(cur) > width; {
				n := f.prefix(cur, f.share(cur, width))
				if lines = append(lines, cur[:n]); len(lines) == max {
					return lines, false
				}
				cur = cur[n:]
			}
		}
	}
	if cur != "" {
		lines = append(lines, cur)
	}
	return lines, true
}

// share is how wide a line of a word is that must be broken where nothing in it ends, so that its lines are about equally long:
// two letters on a line of their own would be taken for a word.
func (f Face) share(word string, width int) int {
	w := f.width(word)
	return min(width, w/((w+width-1)/width)+f.Size)
}

// prefix is how many bytes of s fit into the width, at least one character.
func (f Face) prefix(s string, width int) int {
	end := 0
	for i, r := range s {
		n := i + utf8.RuneLen(r)
		if end > 0 && f.width(s[:n]) > width {
			break
		}
		end = n
	}
	return end
}

// Characters after which a name may be broken, and those that belong to the one before them.
const (
	separators = "-_./:,;@"
	closers    = ")]}"
)

// pieces splits a word where a name may be broken: after a separator, before a capital between small letters, so that PostgreSQL
// stays whole, before a long number at the end, and before what many names end with.
func pieces(word string) []string {
	var out []string
	start := 0
	prev := rune(0)
	for i, r := range word {
		if i > start && (strings.ContainsRune(separators, prev) && !strings.ContainsRune(separators+closers, r) ||
			unicode.IsLower(prev) && unicode.IsUpper(r) && startsSmall(word[i+utf8.RuneLen(r):])) {
			out = append(out, word[start:i])
			start = i
		}
		prev = r
	}
	last := word[start:]
	if n := ending(last); n > 0 {
		out, last = append(out, last[:n]), last[n:]
	}
	return append(out, last)
}

// endings are words that stand at the ends of longer ones.
var endings = []string{
	"account", "balancer", "cluster", "collector", "controller", "database", "gateway", "generator", "manager", "processor", "registry",
	"server", "service", "storage", "workspace",
}

// ending is where the last word of a piece without separators begins, 0 for nowhere. At least four letters stay before it.
func ending(s string) int {
	digits := len(strings.TrimRight(s, "0123456789"))
	if digits >= 4 && digits <= len(s)-4 && strings.IndexFunc(s[:digits], func(r rune) bool { return r < 'a' || r > 'z' }) < 0 {
		return digits
	}
	for _, e := range endings {
		if n := len(s) - len(e); n >= 4 && s[n:] == e && s[n-1] >= 'a' && s[n-1] <= 'z' {
			return n
		}
	}
	return 0
}

func startsSmall(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

// shorten cuts a text to one line of the width.
func (f Face) shorten(s string, width int) string {
	if f.width(s) <= width {
		return s
	}
	l := f.wrapName(s, width, 1)
	return l[0]
}
