// Package say says the texts of pages and mails in the language of whoever reads them.
//
// It promises: English is the text itself, so a text that nobody has translated is said in English; numbers are written as the language writes them; and a made-up language
// ([Pseudo]) marks every text that passes here, by which a test finds those that do not. Texts are keys: they are written out where they are said, so that they can be
// collected, and names and numbers are arguments. It leaves out what people wrote themselves, which is never translated.
package say

import (
	"context"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Pseudo is the made-up language that marks texts (BCP 47; XA is a region for private use).
const Pseudo = "en-XA"

type key struct{}

// Sayer says texts in one language. The zero Sayer speaks English.
type Sayer struct{ tag language.Tag }

// languages are those that there are, the first one where none fits.
var languages = []language.Tag{language.English, language.MustParse(Pseudo)}

// translations are the texts in other languages. English needs none.
var translations = catalog.NewBuilder(catalog.Fallback(language.English))

// In gives ctx the language that fits best what a reader accepts, as Accept-Language has it (RFC 9110 section 12.5.4).
func In(ctx context.Context, accepted string) context.Context {
	const most = 200 // bytes; a longer list is somebody's play
	if len(accepted) > most {
		accepted = ""
	}
	wanted, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil || len(wanted) == 0 {
		return context.WithValue(ctx, key{}, Sayer{language.English})
	}
	for _, w := range wanted { // the made-up one is for whoever names it alone
		if w == languages[1] {
			return context.WithValue(ctx, key{}, Sayer{w})
		}
	}
	_, i, _ := language.NewMatcher(languages[:1]).Match(wanted...)
	return context.WithValue(ctx, key{}, Sayer{languages[i]})
}

// Of is who says the texts of ctx.
func Of(ctx context.Context) Sayer {
	s, _ := ctx.Value(key{}).(Sayer)
	return s
}

// Language is the tag of the language of ctx, as the attribute lang has it.
func Language(ctx context.Context) string {
	if s := Of(ctx); s.tag != (language.Tag{}) {
		return s.tag.String()
	}
	return "en"
}

// T says a text, with arguments as [fmt.Sprintf] has them.
func T(ctx context.Context, text string, args ...any) string { return Of(ctx).T(text, args...) }

// N says a text about n things: one where the language speaks of one, many else. Both may hold n as their first argument.
func N(ctx context.Context, n int, one, many string, args ...any) string {
	return Of(ctx).N(n, one, many, args...)
}

// T is [T].
func (s Sayer) T(text string, args ...any) string {
	if s.tag == languages[1] {
		text = marked(text)
	}
	if len(args) == 0 {
		if s.tag == languages[1] || s.tag == language.English || s.tag == (language.Tag{}) {
			return strings.ReplaceAll(text, "%%", "%")
		}
	}
	return message.NewPrinter(s.language(), message.Catalog(translations)).Sprintf(text, args...)
}

// N is [N].
func (s Sayer) N(n int, one, many string, args ...any) string {
	text := many
	if plural.Cardinal.MatchPlural(language.English, n, 0, 0, 0, 0) == plural.One && (s.language() == language.English || s.tag == languages[1]) {
		text = one
	}
	if strings.Contains(text, "%") {
		return s.T(text, append([]any{n}, args...)...)
	}
	return s.T(text, args...)
}

func (s Sayer) language() language.Tag {
	if s.tag == (language.Tag{}) {
		return language.English
	}
	return s.tag
}

// marked puts a text between marks, and leaves its verbs.
func marked(text string) string { return "⟦" + text + "⟧" }

// Marked reports whether a text was said here in the made-up language.
func Marked(text string) bool {
	return strings.HasPrefix(text, "⟦") && strings.HasSuffix(text, "⟧")
}
