package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"c4arch/internal/base/tree"
)

// How a step of a [Path] is written:
//
//	name, ["na.me"]                a member; a first name that begins with @ stands in quotes too
//	[name=a], [port=80,protocol=TCP]  the item of an array with these members
//	[=10.0.0.0/8], [=a~2]          an item of a set of scalars; the second of two equal ones
//	[3]                            the item at that position on the old side, where nothing identifies it
//	[+1f2e3d4c]                    an item that only the new side has and that nothing identifies: a digest of its content
//
// A value that holds one of , [ ] " ~ # or a control character is quoted; one longer than longLabel is replaced by # and a digest.

const longLabel = 80

// label writes a value of an identity.
func label(text string) string {
	if len(text) > longLabel {
		sum := sha256.Sum256([]byte(text))
		return "#" + hex.EncodeToString(sum[:6])
	}
	if text == "" {
		return `""`
	}
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < 0x20 || c == 0x7f || strings.IndexByte(`,[]"~#`, c) >= 0 {
			return strconv.Quote(text)
		}
	}
	return text
}

// stepEnd returns where the first step of s ends; s is not empty. It takes any text: a malformed rest is one step.
func stepEnd(s string) int {
	i := 0
	if s[0] == '.' {
		i = 1
	}
	if i < len(s) && s[i] == '[' {
		for i++; i < len(s); i++ {
			switch s[i] {
			case ']':
				return i + 1
			case '"':
				quoted, err := strconv.QuotedPrefix(s[i:])
				if err != nil {
					return len(s)
				}
				i += len(quoted) - 1
			}
		}
		return len(s)
	}
	for i++; i < len(s); i++ {
		if s[i] == '.' || s[i] == '[' {
			return i
		}
	}
	return len(s)
}

// cut returns the first n steps of a path of any of the three kinds.
func cut(s string, n int) string {
	end := 0
	for ; n > 0 && end < len(s); n-- {
		end += stepEnd(s[end:])
	}
	return s[:end]
}

func countSteps(s string) int {
	n := 0
	for ; s != ""; n++ {
		s = s[stepEnd(s):]
	}
	return n
}

// CutPath returns the first n steps of p, or p where it has no more.
func CutPath(p Path, n int) Path { return Path(cut(string(p), n)) }

// CutPattern returns the first n steps of a pattern.
func CutPattern(pattern string, n int) string { return cut(pattern, n) }

// CutPlace returns the first n steps of a path by position.
func CutPlace(p tree.Path, n int) tree.Path { return tree.Path(cut(string(p), n)) }

// CountSteps counts the steps of a pattern, a Path or a path by position.
func CountSteps(pattern string) int { return countSteps(pattern) }

// Steps returns the steps of p as they are written, a name without the dot before it.
func (p Path) Steps() []string {
	var out []string
	for s := string(p); s != ""; {
		end := stepEnd(s)
		out = append(out, strings.TrimPrefix(s[:end], "."))
		s = s[end:]
	}
	return out
}

// Prefix returns the first n steps.
func (p Path) Prefix(n int) Path { return CutPath(p, n) }

// Parent returns the path without its last step.
func (p Path) Parent() Path { return CutPath(p, max(countSteps(string(p))-1, 0)) }

// At returns the value at p below the properties v, or nil. Identities are looked for as they are written; a position is one of the old side.
// What is no property (@tags.owner) is not there.
func At(v *tree.Value, p Path) *tree.Value {
	if strings.HasPrefix(string(p), "@") {
		return nil
	}
	for _, s := range p.Steps() {
		if v = stepTo(v, s); v == nil {
			return nil
		}
	}
	return v
}

func stepTo(v *tree.Value, s string) *tree.Value {
	if !strings.HasPrefix(s, "[") {
		return memberOf(v, s)
	}
	if strings.HasPrefix(s, `["`) {
		quoted, err := strconv.QuotedPrefix(s[1:])
		if err != nil {
			return nil
		}
		name, err := strconv.Unquote(quoted)
		if err != nil {
			return nil
		}
		return memberOf(v, name)
	}
	if v == nil || v.Kind != tree.Array {
		return nil
	}
	inner := strings.TrimSuffix(s[1:], "]")
	if i, err := strconv.Atoi(inner); err == nil && (inner[0] != '+' || len(inner) < 9) { // a digest has 8 characters
		if i < 0 || i >= len(v.Items) {
			return nil
		}
		return &v.Items[i]
	}
	nth := 1
	if i := strings.LastIndexByte(inner, '~'); i >= 0 { // a ~ of the text itself stands in quotes, which close behind it
		if k, err := strconv.Atoi(inner[i+1:]); err == nil {
			inner, nth = inner[:i], k
		}
	}
	return nthItem(v, inner, nth)
}

// memberOf is the member of that name, or of another spelling of it that says something.
func memberOf(v *tree.Value, name string) *tree.Value {
	if at := v.Get(name); at != nil && (at.Kind == tree.String || !hollow(at)) {
		return at
	}
	for i, m := range v.Fields() {
		if m.Name != name && strings.EqualFold(m.Name, name) && !hollow(&m.Value) {
			return &v.Members[i].Value
		}
	}
	return v.Get(name)
}

func nthItem(v *tree.Value, inner string, nth int) *tree.Value {
	for i := range v.Items {
		if it := &v.Items[i]; itemIs(it, inner) {
			if nth--; nth == 0 {
				return it
			}
		}
	}
	return nil
}

// itemIs reports whether an item has the identity that stands in the brackets.
func itemIs(it *tree.Value, inner string) bool {
	if want, ok := strings.CutPrefix(inner, "+"); ok {
		return contentLabel(it) == want
	}
	if strings.HasPrefix(inner, "=") {
		return it.Kind <= tree.String && scalarLabel(it) == inner
	}
	if it.Kind != tree.Object {
		return false
	}
	for inner != "" {
		name, rest, ok := strings.Cut(inner, "=")
		if !ok {
			return false
		}
		value := rest
		if strings.HasPrefix(rest, `"`) {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return false
			}
			value, inner = quoted, strings.TrimPrefix(rest[len(quoted):], ",")
		} else {
			value, inner, _ = strings.Cut(rest, ",")
		}
		m := memberOf(it, name)
		if m == nil || label(m.Text) != value {
			return false
		}
	}
	return true
}
