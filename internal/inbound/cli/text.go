package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// style writes colours, or nothing.
type style struct{ on bool }

func newStyle(env Env, terminal bool) style {
	// https://no-color.org: any value that is not empty turns colour off.
	return style{on: terminal && env.Getenv("NO_COLOR") == "" && env.Getenv("TERM") != "dumb"}
}

func (s style) wrap(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) strong(text string) string { return s.wrap("1", text) }
func (s style) faint(text string) string  { return s.wrap("2", text) }
func (s style) bad(text string) string    { return s.wrap("1;31", text) }
func (s style) warn(text string) string   { return s.wrap("1;33", text) }

// number writes n with a comma between thousands.
func number(n int) string {
	if n < 0 {
		return "-" + number(-n)
	}
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// count writes "1 input" or "3 inputs". The plural may be given where it is not the word with s.
func count(n int, one string, many ...string) string {
	switch {
	case n == 1:
		return "1 " + one
	case len(many) > 0:
		return number(n) + " " + many[0]
	}
	return number(n) + " " + one + "s"
}

// share writes part of whole as a percentage that is never rounded to nothing or to all.
func share(part, whole int) string {
	switch {
	case whole == 0 || part == 0:
		return "0 %"
	case part == whole:
		return "100 %"
	}
	p := 100 * float64(part) / float64(whole)
	switch {
	case p < 0.1:
		return "under 0.1 %"
	case p > 99.9:
		return "over 99.9 %"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + " %"
}

// duration writes how long something took, as exactly as a person cares.
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}

// visible makes text from an input safe for a terminal: what would move the cursor, change colours
// or turn the writing direction becomes a mark, a line end a space.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return '\uFFFD'
		}
		return r
	}, text)
}

// wrap breaks text at spaces into lines of at most n characters, and keeps its paragraphs; a longer word has a line for itself.
// A paragraph that begins with spaces is a table and stays as it is.
func wrap(text string, n int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		if strings.HasPrefix(p, "  ") {
			continue
		}
		var b strings.Builder
		length := 0
		for _, word := range strings.Fields(p) {
			size := utf8.RuneCountInString(word)
			switch {
			case length == 0:
			case length+1+size > n:
				b.WriteByte('\n')
				length = 0
			default:
				b.WriteByte(' ')
				length++
			}
			b.WriteString(word)
			length += size
		}
		paragraphs[i] = b.String()
	}
	return strings.Join(paragraphs, "\n\n")
}

// clip shortens text to at most n characters.
func clip(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
