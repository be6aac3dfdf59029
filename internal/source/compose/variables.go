package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"

	"c4arch/internal/arch/evidence"
)

// variables interpolates as Compose does, but for one thing: an expression without a
// value is kept. While the loader parses ports, volumes and the like, a placeholder stands
// for it, a plain word that means nothing to any parser; restore turns it back into the
// expression's text.
type variables struct {
	prefix string
	exprs  []expr
	byText map[string]int
	work   int // bytes times expressions so far
	unset  map[unsetKey]*unset
}

type expr struct{ text, name string }

type unsetKey struct{ input, name string }

type unset struct {
	line  int32
	lines map[int32]bool
}

// maxWork bounds interpolation, whose cost in the reference implementation is the length
// of a text times the expressions in it.
const maxWork = 64 << 20

// newVariables draws the placeholders from the input, so that they are the same at
// each reading and that the input cannot know them.
func newVariables(data []byte) *variables {
	sum := sha256.Sum256(data)
	return &variables{prefix: "zq" + hex.EncodeToString(sum[:8]) + "n", byText: map[string]int{}, unset: map[unsetKey]*unset{}}
}

func (v *variables) placeholder(text, name string) string {
	i, ok := v.byText[text]
	if !ok {
		i = len(v.exprs)
		v.exprs = append(v.exprs, expr{text, name})
		v.byText[text] = i
	}
	return v.prefix + strconv.Itoa(i) + "z"
}

// holds reports whether a text holds a placeholder.
func (v *variables) holds(text string) bool { return strings.Contains(text, v.prefix) }

// restore turns placeholders back into the text of their expressions.
func (v *variables) restore(text string) string {
	return v.each(text, func(e expr) string { return e.text })
}

func (v *variables) each(text string, f func(expr) string) string {
	if !v.holds(text) {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, v.prefix)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		digits, after, ok := strings.Cut(rest, "z")
		i, err := strconv.Atoi(digits)
		if !ok || err != nil || i < 0 || i >= len(v.exprs) {
			b.WriteString(v.prefix)
			text = rest
			continue
		}
		b.WriteString(f(v.exprs[i]))
		text = after
	}
}

// note records the variables that a text still lacks.
func (v *variables) note(input string, line int32, text string) {
	v.each(text, func(e expr) string {
		k := unsetKey{input, e.name}
		u := v.unset[k]
		if u == nil {
			u = &unset{line: line, lines: map[int32]bool{}}
			v.unset[k] = u
		}
		u.lines[line] = true
		u.line = min(u.line, line)
		return ""
	})
}

// report lists what has no value, by input, line and name.
func (v *variables) report() []evidence.NotRead {
	var all []evidence.NotRead
	for k, u := range v.unset {
		n := evidence.NotRead{
			Kind: evidence.ReferenceUnknown, Input: k.input, Line: int(u.line), Thing: k.name,
			Reason: "the variable has no value here: no .env file sets it, and the environment of this machine is not read",
			Help:   "set it in the .env file beside the Compose file, or write a default: ${" + k.name + ":-value}",
		}
		if len(u.lines) > 1 {
			n.Count = len(u.lines)
		}
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b evidence.NotRead) int {
		return cmpOr(strings.Compare(a.Input, b.Input), a.Line-b.Line, strings.Compare(a.Thing, b.Thing))
	})
	return all
}

func cmpOr(results ...int) int {
	for _, r := range results {
		if r != 0 {
			return r
		}
	}
	return 0
}

var (
	errExpression = errors.New("a $ begins a variable here that is not well formed: write $$ for a plain dollar sign")
	errTooMuch    = errors.New("too many variables in too long a text")
)

// lookup finds the value of a variable.
type lookup func(name string) (string, bool)

// expand interpolates one text.
func (v *variables) expand(text string, find lookup) (string, error) {
	n := strings.Count(text, "$")
	if n == 0 {
		return text, nil
	}
	if v.work += n * len(text); v.work > maxWork {
		return "", errTooMuch
	}
	out, err := template.Substitute(v.keep(text, find), template.Mapping(find))
	if err != nil {
		return "", errExpression
	}
	return out, nil
}

// keep puts a placeholder for each expression that has no value and no default: $NAME,
// ${NAME} and the required ${NAME:?message}. What has a default is left to the reference
// implementation; expressions inside a default are looked at too.
func (v *variables) keep(text string, find lookup) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '$' || i+1 == len(text) {
			b.WriteByte(text[i])
			i++
			continue
		}
		if text[i+1] == '$' {
			b.WriteString("$$")
			i += 2
			continue
		}
		braced := text[i+1] == '{'
		start := i + 1
		if braced {
			start++
		}
		end := start + nameLen(text[start:])
		name := text[start:end]
		if name == "" {
			b.WriteByte('$')
			i++
			continue
		}
		value, ok := find(name)
		lacks := !ok
		if braced {
			end, lacks = closing(text, i, end, ok, value)
		}
		if lacks {
			b.WriteString(v.placeholder(text[i:end], name))
		} else {
			b.WriteString(text[i:end])
		}
		i = end
	}
	return b.String()
}

// closing looks at the braced expression that begins at i and whose name ends at end. If
// it must have a value and has none, it returns where the expression ends, and true.
func closing(text string, i, end int, ok bool, value string) (int, bool) {
	rest := text[end:]
	switch {
	case strings.HasPrefix(rest, "}"):
		if !ok {
			return end + 1, true
		}
	case strings.HasPrefix(rest, "?") && !ok, strings.HasPrefix(rest, ":?") && value == "":
		depth := 0
		for j := i; j < len(text) && text[j] != '\n'; j++ {
			switch text[j] {
			case '{':
				depth++
			case '}':
				if depth--; depth == 0 {
					return j + 1, true
				}
			}
		}
	}
	return end, false
}

// nameLen is the length of the variable's name at the start of s.
func nameLen(s string) int {
	n := 0
	for n < len(s) {
		c := s[n]
		if c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || n > 0 && c >= '0' && c <= '9' {
			n++
			continue
		}
		break
	}
	return n
}
