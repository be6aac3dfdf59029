package secret

import (
	"slices"
	"strings"

	"c4arch/internal/base/tree"
)

// mostLearned bounds how many secrets of one resource are looked for in the rest of it.
const mostLearned = 64

// learn remembers a secret that its source or its name gave away, so that the same text elsewhere in the
// resource goes too: the password that a health check repeats. A short or plain word is not
// remembered: it may well be the name of a host, and would take relationships with it.
func (w *walker) learn(text string) {
	if len(text) < 8 || len(text) > 4096 || len(w.learned) >= mostLearned || strings.HasPrefix(text, Mark) {
		return
	}
	if text[0] == '[' && text[len(text)-1] == ']' || strings.Contains(text, "${") || strings.Contains(text, "{{") {
		return // an expression, which is no secret itself
	}
	letters, others := false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		letters, others = letters || letter, others || !letter && c != '-' && c != '.'
	}
	if letters && others && !slices.Contains(w.learned, text) {
		w.learned = append(w.learned, text)
	}
}

// repeat replaces what was learned wherever it stands again.
func (w *walker) repeat(v *tree.Value) {
	switch v.Kind {
	case tree.Object:
		for i := range v.Members {
			w.at = append(w.at, tree.Step{Key: v.Members[i].Name})
			w.repeat(&v.Members[i].Value)
			w.at = w.at[:len(w.at)-1]
		}
	case tree.Array:
		for i := range v.Items {
			w.at = append(w.at, tree.Step{Index: i, IsIndex: true})
			w.repeat(&v.Items[i])
			w.at = w.at[:len(w.at)-1]
		}
	case tree.String:
		before := v.Text
		for _, secret := range w.learned {
			v.Text = replaceWord(v.Text, secret, w.c.fingerprint)
		}
		if v.Text != before {
			w.note()
		}
	}
}

// replaceWord replaces word in s where it stands alone, not as a part of a longer one.
func replaceWord(s, word string, by func(string) string) string {
	var out strings.Builder
	rest := s
	for {
		i := strings.Index(rest, word)
		if i < 0 {
			break
		}
		end := i + len(word)
		if i > 0 && wordByte(rest[i-1]) && wordByte(word[0]) || end < len(rest) && wordByte(rest[end]) && wordByte(word[len(word)-1]) {
			out.WriteString(rest[:end])
		} else {
			out.WriteString(rest[:i])
			out.WriteString(by(word))
		}
		rest = rest[end:]
	}
	if out.Len() == 0 {
		return s
	}
	return out.String() + rest
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
