package files

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pattern is a line of a .gitignore (gitignore(5)). It is matched against a path itself and never
// against what lies below it: the walk does not go into an ignored directory.
type pattern struct {
	dir     string // where the .gitignore lies; "" is the root
	literal string // the pattern, when it has no wildcard
	re      *regexp.Regexp
	base    bool // without a slash: matched against the last name alone
	negate  bool // "!": not ignored after all
	dirOnly bool // "x/": directories alone
}

// A .gitignore beyond these bounds was not written by people; every file would be matched
// against each of its lines. No system has longer paths than pathLimit.
const (
	ignoreLimit  = 1 << 20
	patternLimit = 10_000
	pathLimit    = 4096
)

// parseIgnore returns the patterns of a .gitignore in dir; whole is false when it has too many.
func parseIgnore(data []byte, dir string) (patterns []pattern, whole bool) {
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	for line := range bytes.Lines(data) {
		text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		p, ok := parsePattern(text, dir)
		if !ok {
			continue
		}
		if len(patterns) == patternLimit {
			return patterns, false
		}
		patterns = append(patterns, p)
	}
	return patterns, true
}

func parsePattern(line, dir string) (p pattern, ok bool) {
	if strings.HasPrefix(line, "#") || len(line) > pathLimit {
		return p, false
	}
	// Blanks at the end do not count unless the last is escaped.
	for strings.HasSuffix(line, " ") && !escaped(line) {
		line = line[:len(line)-1]
	}
	p.dir = dir
	if p.dir == "." {
		p.dir = ""
	}
	line, p.negate = strings.CutPrefix(line, "!")
	line, p.dirOnly = strings.CutSuffix(line, "/")
	p.base = !strings.Contains(line, "/")
	if line = strings.TrimPrefix(line, "/"); line == "" {
		return p, false
	}
	if !strings.ContainsAny(line, `\?*[`) {
		p.literal = line
		return p, true
	}
	shape, ok := wildcard(line)
	if !ok {
		return p, false
	}
	re, err := regexp.Compile(shape)
	p.re = re
	return p, err == nil
}

// escaped reports whether the last character stands behind an odd number of backslashes.
func escaped(line string) bool {
	body := line[:len(line)-1]
	return (len(body)-len(strings.TrimRight(body, `\`)))%2 == 1
}

// matches reports whether the pattern is about this path.
func (p *pattern) matches(rel string, isDir bool) bool {
	if p.dirOnly && !isDir {
		return false
	}
	if p.dir != "" {
		below, ok := strings.CutPrefix(rel, p.dir+"/")
		if !ok {
			return false
		}
		rel = below
	}
	if p.base {
		rel = path.Base(rel)
	}
	if p.re == nil {
		return rel == p.literal
	}
	return p.re.MatchString(rel)
}

// ignores reports what the last pattern that is about the path says; patterns stand in the order
// of their files from the root down.
func ignores(patterns []pattern, rel string, isDir bool) bool {
	for i := range slices.Backward(patterns) {
		if patterns[i].matches(rel, isDir) {
			return !patterns[i].negate
		}
	}
	return false
}

// wildcard turns a pattern with wildcards into a regular expression, which takes time in step with
// its input whatever the pattern is. ok is false for a pattern that git matches with nothing.
func wildcard(glob string) (shape string, ok bool) {
	var b strings.Builder
	b.WriteString(`^(?s:`)
	for i := 0; i < len(glob); {
		switch c := glob[i]; c {
		case '\\':
			if i++; i == len(glob) {
				return "", false
			}
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
			i++
		case '?':
			b.WriteString(`[^/]`)
			i++
		case '*':
			end := i
			for end < len(glob) && glob[end] == '*' {
				end++
			}
			starts := i == 0 || glob[i-1] == '/'
			switch {
			case end-i >= 2 && starts && end == len(glob):
				b.WriteString(`.*`)
			case end-i >= 2 && starts && glob[end] == '/':
				b.WriteString(`(?:.*/)?`)
				end++
			default:
				b.WriteString(`[^/]*`)
			}
			i = end
		case '[':
			class, n := bracket(glob[i:])
			if n == 0 {
				return "", false
			}
			b.WriteString(class)
			i += n
		default:
			// Bytes of one character stay together: QuoteMeta leaves those above ASCII alone.
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
			i++
		}
	}
	b.WriteString(`)$`)
	return b.String(), true
}

// bracket turns a bracket expression at the start of s into a class that never matches a slash; n is
// its length, 0 when it does not end. It is about characters, where git looks at bytes: [ü] matches ü.
func bracket(s string) (class string, n int) {
	r := []rune(s)
	i, negate := 1, false
	if i < len(r) && (r[i] == '!' || r[i] == '^') {
		negate = true
		i++
	}
	var b strings.Builder
	for first := true; ; first = false {
		if i >= len(r) {
			return "", 0
		}
		if r[i] == ']' && !first {
			i++
			break
		}
		if name, ok := posix(r[i:]); ok {
			b.WriteString(name)
			i += len(name)
			continue
		}
		lo, next := member(r, i)
		if next == 0 {
			return "", 0
		}
		hi := lo
		if next+1 < len(r) && r[next] == '-' && r[next+1] != ']' {
			if hi, next = member(r, next+1); next == 0 {
				return "", 0
			}
		}
		span(&b, lo, hi)
		i = next
	}
	body := b.String()
	switch {
	case negate:
		return `[^/` + body + `]`, len(string(r[:i]))
	case body == "":
		return `[^\x00-\x{10FFFF}]`, len(string(r[:i])) // nothing
	}
	return `[` + body + `]`, len(string(r[:i]))
}

// member is one character of a bracket expression at i and the place after it, 0 when there is none.
func member(r []rune, i int) (c rune, next int) {
	if r[i] == '\\' {
		i++
	}
	if i >= len(r) {
		return 0, 0
	}
	return r[i], i + 1
}

// posix are the classes that Go's regular expressions know by the same names.
func posix(r []rune) (name string, ok bool) {
	for _, c := range []string{"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"} {
		if name := "[:" + c + ":]"; strings.HasPrefix(string(r[:min(len(r), 12)]), name) {
			return name, true
		}
	}
	return "", false
}

// span writes a range of characters without the slash.
func span(b *strings.Builder, lo, hi rune) {
	part := func(lo, hi rune) {
		if lo <= hi {
			b.WriteString(quoted(lo))
			b.WriteByte('-')
			b.WriteString(quoted(hi))
		}
	}
	if lo <= '/' && '/' <= hi {
		part(lo, '/'-1)
		part('/'+1, hi)
		return
	}
	part(lo, hi)
}

func quoted(r rune) string { return `\x{` + strconv.FormatInt(int64(r), 16) + `}` }
