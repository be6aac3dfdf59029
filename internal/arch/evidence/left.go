package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// What code leaves open. A value that the code alone cannot tell stays in a draft's properties as text, in one
// form for all languages, so that it can be compared, and so that what it refers to can be found:
//
//	${var.name}                      what is left of an expression, in the words of its language
//	https://${<id>#<attribute>}/api  an attribute, known only to the cloud, of the resource with that id
//
// In an id, where such text would be taken for something else, an open segment is written @(words).

// Left returns the text that stands for an expression that could not be evaluated. In it each part that
// could be is written as its value, and each attribute of a resource as id#attribute.
func Left(expression string) string { return "${" + expression + "}" }

// Symbol returns the text that stands for an attribute, known only at run time, of the resource with the given id:
// ${id#attribute}.
func Symbol(id, attribute string) string { return Left(id + "#" + attribute) }

// Blank returns what stands in an id for words that the code leaves open, such as the
// subscription that a template will be deployed to: "@(words)". Characters that have a meaning in ids or in
// what is left of an expression become dots, and of long words only the ends are kept, with a digest of all.
func Blank(words string) string {
	var b strings.Builder
	for _, r := range words {
		if strings.ContainsRune("/#{}[]|$\"'\\?,;<> ", r) || r < 0x20 || r == 0x7f {
			r = '.'
		}
		b.WriteRune(r)
	}
	text := b.String()
	if len(text) > longBlank || !balanced(text) { // its end is where the parenthesis closes
		text = strings.NewReplacer("(", ".", ")", ".").Replace(text)
	}
	if len(text) > longBlank {
		sum := sha256.Sum256([]byte(words))
		const end = longBlank / 2
		text = strings.ToValidUTF8(text[:end], "") + "..." + strings.ToValidUTF8(text[len(text)-end:], "") + "~" + hex.EncodeToString(sum[:4])
	}
	return "@(" + text + ")"
}

// balanced reports whether every parenthesis in text is closed in it.
func balanced(text string) bool {
	open := 0
	for i := 0; i < len(text) && open >= 0; i++ {
		switch text[i] {
		case '(':
			open++
		case ')':
			open--
		}
	}
	return open == 0
}

// longBlank is how many bytes of words an id can well hold.
const longBlank = 64

// Segment returns text as one segment of an id: each ${expression} in it becomes a blank, and a slash a dot.
func Segment(text string) string {
	var b strings.Builder
	for {
		before, expression, after, ok := CutLeft(text)
		b.WriteString(strings.ReplaceAll(before, "/", "."))
		if !ok {
			return b.String()
		}
		b.WriteString(Blank(expression))
		text = after
	}
}

// CutLeft cuts a text at the first expression that is left in it: what stands before it, the expression without ${ and }, and
// what stands behind it. ok is false where there is none.
func CutLeft(text string) (before, expression, after string, ok bool) {
	return cutPair(text, "${", '{', '}')
}

// CutBlank cuts an id at its first open segment: what stands before it, its words, and what stands behind it.
func CutBlank(id string) (before, words, after string, ok bool) { return cutPair(id, "@(", '(', ')') }

// cutPair cuts at a mark that ends in an opening sign, and where that is closed; what is never closed reaches to the end.
func cutPair(text, mark string, open, closing byte) (before, inside, after string, ok bool) {
	i := strings.Index(text, mark)
	if i < 0 {
		return text, "", "", false
	}
	before, rest := text[:i], text[i+len(mark):]
	depth := 1
	for k := 0; k < len(rest); k++ {
		switch rest[k] {
		case open:
			depth++
		case closing:
			if depth--; depth == 0 {
				return before, rest[:k], rest[k+1:], true
			}
		}
	}
	return before, rest, "", true
}

// HasBlank reports whether an id has an open segment.
func HasBlank(id string) bool { return strings.Contains(id, "@(") }

// HasLeft reports whether a text holds what is left of an expression. Text of a resource whose code has
// no expression there may hold the same characters and mean them.
func HasLeft(text string) bool { return strings.Contains(text, "${") }

// Symbols returns the attributes of resources that what is left of expressions in text refers to, in the order of the
// text: an id is recognised at its start ("/subscriptions/", "/providers/", "tf:") and ends before the "#".
func Symbols(text string) []Reference {
	var found []Reference
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '#')
		if i < 0 {
			return found
		}
		hash := at + i
		from, start := at+max(0, strings.LastIndex(text[at:hash], "${")), -1 // what stands before the expression is known
		for _, mark := range []string{"/subscriptions/", "/providers/", "tf:"} {
			if k := strings.Index(text[from:hash], mark); k >= 0 && (start < 0 || from+k < start) {
				start = from + k
			}
		}
		end := hash + 1
		for end < len(text) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z' || text[end] >= '0' && text[end] <= '9' || strings.IndexByte("._-[]()*", text[end]) >= 0) {
			end++
		}
		if start >= 0 && strings.LastIndex(text[:start], "${") >= 0 {
			found = append(found, Reference{ID: text[start:hash], Attribute: strings.TrimRight(text[hash+1:end], ").")})
		}
		at = end
	}
}

// Reference is an attribute of a resource that is known only at run time.
type Reference struct{ ID, Attribute string }

// Brief returns text for a picture: each long expression that is left in it becomes "${...}". Of one that is all there is the end stays,
// which tells the most.
func Brief(text string) string {
	const long, alone = 24, 40
	if before, _, after, ok := CutLeft(text); ok && before == "" && after == "" {
		if len(text) > alone {
			return "${..." + strings.ToValidUTF8(text[len(text)-alone+10:], "")
		}
		return text
	}
	var b strings.Builder
	for {
		before, expression, after, ok := CutLeft(text)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if part := Left(expression); len(part) > long {
			b.WriteString("${...}")
		} else {
			b.WriteString(part)
		}
		text = after
	}
}
