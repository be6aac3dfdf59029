package freetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word of the text.
type word struct {
	text     string // lower case
	from, to int
	capital  bool // it begins with a capital letter
	// part: it is a part of a name that machines read, such as union-db or health_check, and no word.
	part bool
	// stop: a sentence ends behind it.
	stop bool
}

// split cuts a text into words. What has a slash, an underscore, a dot, a colon or an @ inside is one name, and no word.
func split(text string) (all []word) {
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		if unicode.IsSpace(r) {
			if r == '\n' && len(all) > 0 && (strings.HasPrefix(text[at+1:], "\n") || strings.HasPrefix(text[at+1:], "- ")) {
				all[len(all)-1].stop = true
			}
			at += n
			continue
		}
		end := at
		for end < len(text) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if unicode.IsSpace(r) {
				break
			}
			end += n
		}
		if w, ok := trim(text, at, end); ok {
			all = append(all, w)
		}
		at = end
	}
	return all
}

// trim takes what people write around a word away.
func trim(text string, from, end int) (w word, ok bool) {
	const before, behind = "([{\"'“‘«*_`<", ")]}\"'”’»*_`>,;:.!?…"
	piece := text[from:end]
	bare := strings.TrimLeft(piece, before)
	code := strings.IndexByte(piece[:len(piece)-len(bare)], '`') >= 0
	from += len(piece) - len(bare)
	tail := bare
	bare = strings.TrimRight(bare, behind)
	tail = tail[len(bare):]
	for _, s := range []string{"'s", "’s"} {
		bare = strings.TrimSuffix(bare, s)
	}
	if bare == "" {
		return w, false
	}
	first, _ := utf8.DecodeRuneInString(bare)
	w = word{text: strings.ToLower(bare), from: from, to: from + len(bare), capital: unicode.IsUpper(first), stop: strings.ContainsAny(tail, ".!?;") && !shortened[strings.ToLower(bare)]}
	w.part = code || strings.ContainsAny(bare, "/_.:@#=\\$&+|~%<>{}[]()0123456789") && !spelled[w.text]
	if !w.part && strings.IndexByte(bare, '-') >= 0 && !spelled[w.text] {
		w.part = true
	}
	return w, true
}

// spelled are words with such a character inside.
var spelled = set("hiv-positive covid-19 s/he he/she his/her on-site")

// shortened are words whose full stop ends no sentence.
var shortened = set("mr mrs ms dr prof e.g i.e etc approx no st")
