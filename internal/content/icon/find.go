package icon

import (
	"strings"
	"sync"
)

// maxText bounds the work on a text from outside; no technology has a longer name.
const maxText = 200

// Find is the glyph of a technology as people write it, or else of a type of resource.
func Find(technology, resourceType string) (Glyph, bool) {
	if name := byWords(technology); name != "" {
		return Named(name)
	}
	if name := byType(resourceType); name != "" {
		return Named(name)
	}
	return Glyph{}, false
}

// known are the phrases with the names of their glyphs, by the first word; the longest first.
var known = sync.OnceValue(func() map[string][]phrase {
	out := make(map[string][]phrase)
	add := func(table string, brand bool) {
		for l := range strings.Lines(table) {
			name, all, ok := strings.Cut(strings.TrimSpace(l), ":")
			if !ok {
				continue
			}
			for _, p := range strings.Split(all, ",") {
				w := strings.Fields(p)
				out[w[0]] = append(out[w[0]], phrase{w, name, brand})
			}
		}
	}
	add(technologies, true)
	add(purposes, false)
	return out
})

// phrase is one or more words that name a technology, or say what a thing is for.
type phrase struct {
	words []string
	glyph string
	brand bool
}

// byWords is the name of the glyph for a text, or "".
func byWords(text string) string {
	purpose := ""
	for ws := words(text); len(ws) > 0; {
		best := phrase{words: ws[:1]}
		for _, p := range known()[ws[0]] {
			if starts(ws, p.words) && (best.glyph == "" || len(p.words) > len(best.words)) {
				best = p
			}
		}
		if best.brand {
			return best.glyph
		}
		if purpose == "" {
			purpose = best.glyph
		}
		ws = ws[len(best.words):]
	}
	return purpose
}

func starts(ws, with []string) bool {
	if len(ws) < len(with) {
		return false
	}
	for i := range with {
		if ws[i] != with[i] {
			return false
		}
	}
	return true
}

// words are the words of a text in small letters, without versions. Points, pluses and hashes belong to names (".net", "c++").
func words(text string) []string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '+' && r != '#'
	})
	out := fields[:0]
	for _, f := range fields {
		if f = strings.TrimRight(f, "."); f != "" && strings.Trim(f, "0123456789.") != "" {
			out = append(out, f)
		}
	}
	return out
}

// byType is the name of the glyph for a type of resource, or "": the first row counts of which the type, in small letters
// without anything else, has a piece.
func byType(kind string) string {
	if len(kind) > maxText {
		kind = kind[:maxText]
	}
	kind = strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(kind))
	if kind == "" {
		return ""
	}
	for l := range strings.Lines(types) {
		name, all, _ := strings.Cut(strings.TrimSpace(l), ":")
		for _, piece := range strings.Fields(all) {
			if strings.Contains(kind, piece) {
				return name
			}
		}
	}
	return ""
}
