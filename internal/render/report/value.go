package report

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// Absent is what stands for a value that is not there.
const Absent = "not set"

// Line makes text from an input safe on one line, and cuts it to at most n characters: line ends become spaces;
// control characters, signs that turn the writing direction and others that cannot be seen become a mark.
func Line(text string, n int) string {
	// Four bytes are the longest character: what lies behind them is cut in any case.
	if len(text) > 4*n+4 {
		text = text[:4*n+4]
	}
	return Clip(strings.Map(visible, text), n)
}

// Lines is [Line] for text of several lines, each of which is kept.
func Lines(text string, n int) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if len(text) > 4*n+4 {
		text = text[:4*n+4]
	}
	return Clip(strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return visible(r)
	}, text), n)
}

func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return ' '
	case r == '\u200c' || r == '\u200d': // joiners, without which some scripts and signs cannot be written
		return r
	case unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co):
		return utf8.RuneError
	case noncharacter(r):
		return utf8.RuneError
	}
	return r
}

// noncharacter reports whether r is one of those that Unicode sets aside for ever; XML allows not all of them.
func noncharacter(r rune) bool { return r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF }

// Clip shortens text to at most n characters.
func Clip(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:max(0, n-1)]), " ") + "…"
}

var fingerprint = regexp.MustCompile(regexp.QuoteMeta(secret.Mark) + `([0-9a-f]{4,8})[0-9a-f]*`)

// Value shows a value on one line of at most n characters: text in quotes, numbers as they were written, objects and arrays as in JSON,
// [Absent] for none.
func Value(raw canon.Raw, n int) string {
	return Clip(show(raw, 4*n+64), n)
}

// Values shows the values of both sides. Where they are long and begin alike the common beginning is cut too, since what differs is
// what matters.
func Values(f *drift.Finding, n int) (before, after string) {
	before, after = show(f.Old, 1<<16), show(f.New, 1<<16)
	if max(utf8.RuneCountInString(before), utf8.RuneCountInString(after)) > n {
		a, b := []rune(before), []rune(after)
		same := 0
		for same < len(a) && same < len(b) && a[same] == b[same] {
			same++
		}
		if lead := n / 4; same > n/2 && same > lead {
			before, after = "…"+string(a[same-lead:]), "…"+string(b[same-lead:])
		}
	}
	before, after = Clip(before, n), Clip(after, n)
	if before == after && string(f.Old) != string(f.New) {
		after += " (differs further on)"
	}
	return before, after
}

// show writes a value, and stops somewhere behind limit bytes.
func show(raw canon.Raw, limit int) string {
	if len(raw) == 0 || string(raw) == "null" {
		return Absent
	}
	v, err := canon.Decode(raw, nil)
	if err != nil {
		return Line(string(raw), limit)
	}
	p := printer{limit: limit}
	p.value(&v)
	return p.b.String()
}

// printer writes a value as people read it.
type printer struct {
	b     strings.Builder
	limit int
}

func (p *printer) full() bool { return p.b.Len() > p.limit }

func (p *printer) value(v *tree.Value) {
	switch v.Kind {
	case tree.Null:
		p.b.WriteString("null")
	case tree.Bool, tree.Number:
		p.b.WriteString(v.Text)
	case tree.String:
		p.text(v.Text)
	case tree.Array:
		p.b.WriteByte('[')
		for i := range v.Items {
			if i > 0 {
				p.b.WriteString(", ")
			}
			if p.full() {
				break
			}
			p.value(&v.Items[i])
		}
		p.b.WriteByte(']')
	case tree.Object:
		p.b.WriteByte('{')
		for i := range v.Members {
			if i > 0 {
				p.b.WriteString(", ")
			}
			if p.full() {
				break
			}
			p.b.WriteString(Line(v.Members[i].Name, p.limit) + ": ")
			p.value(&v.Members[i].Value)
		}
		p.b.WriteByte('}')
	}
}

// text writes a text in quotes, and the fingerprint of a secret without them when it is the whole of it.
func (p *printer) text(s string) {
	s = Line(s, p.limit)
	if !strings.Contains(s, secret.Mark) {
		p.b.WriteString(`"` + s + `"`)
		return
	}
	if m := fingerprint.FindStringSubmatchIndex(s); m != nil && m[0] == 0 && m[1] == len(s) {
		p.b.WriteString(fingerprint.ReplaceAllString(s, "secret (fingerprint $1…)"))
		return
	}
	p.b.WriteString(`"` + fingerprint.ReplaceAllString(s, "secret (fingerprint $1…)") + `"`)
}

// kinds are the words for what became of a thing as a whole.
var kinds = map[diff.Kind]string{
	diff.Added: "appeared", diff.Removed: "is gone", diff.Changed: "changed", diff.Moved: "moved", diff.Replaced: "was replaced",
}

// Happened says what became of the thing as a whole: "is gone".
func Happened(k diff.Kind) string {
	if word := kinds[k]; word != "" {
		return word
	}
	return Line(string(k), 20)
}

// HasValues reports whether the finding is about a place with values, and not about a thing as a whole.
func HasValues(f *drift.Finding) bool {
	return f.Path != "" || len(f.Old) > 0 && string(f.Old) != "null" || len(f.New) > 0 && string(f.New) != "null"
}

// Name is what the thing is called.
func Name(f *drift.Finding, n int) string {
	if f.Name != "" {
		return Line(f.Name, n)
	}
	return Line(f.Resource, n)
}

// Title is the title of the rule. A rule is called after what is bad, so that of an improvement says that it went the other way.
func Title(f *drift.Finding, n int) string {
	title := Line(f.Title, n)
	if title == "" {
		title = Line(f.Rule, n)
	}
	if Improvement(f) && title != "" {
		return "Improvement, the reverse of: " + title
	}
	return title
}
