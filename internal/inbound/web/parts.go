package web

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/account/identity"
	"c4arch/internal/content/say"
)

// Input is a field of a form.
type Input struct {
	ID, Name, Label, Kind, Value, Hint, Complete string
	Min, Max, Pattern                            string
	Most                                         int
	Optional, Small                              bool
}

func (i Input) name() string     { return cmp.Or(i.Name, i.ID) }
func (i Input) kind() string     { return cmp.Or(i.Kind, "text") }
func (i Input) complete() string { return cmp.Or(i.Complete, "off") }
func (i Input) most() string     { return strconv.Itoa(cmp.Or(i.Most, 200)) }

// sentence makes a sentence of the words of an error.
func sentence(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return ""
	}
	text = string(unicode.ToUpper(r)) + text[n:]
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func homeOf(p View) string {
	if p.Realm == identity.Staff {
		return "/staff"
	}
	return "/"
}

func here(p View, m Membership) string {
	if p.Current != nil && p.Current.Org == m.Org {
		return ", you are here"
	}
	return ""
}

// severityName is a severity in the reader's language.
func severityName(ctx context.Context, level string) string {
	switch level {
	case "critical":
		return say.T(ctx, "Critical")
	case "high":
		return say.T(ctx, "High")
	case "medium":
		return say.T(ctx, "Medium")
	case "low":
		return say.T(ctx, "Low")
	}
	return say.T(ctx, "Note")
}

// brief is as much of a hash as tells it from others on a page.
func brief(text string) string {
	const most = 19 // sha256: and twelve digits
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}
