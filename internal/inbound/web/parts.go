package web

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/account/identity"
)

// input is a field of a form.
type input struct {
	ID, Name, Label, Kind, Value, Hint, Complete string
	Min, Max, Pattern                            string
	Most                                         int
	Optional, Small                              bool
}

func (i input) name() string     { return cmp.Or(i.Name, i.ID) }
func (i input) kind() string     { return cmp.Or(i.Kind, "text") }
func (i input) complete() string { return cmp.Or(i.Complete, "off") }
func (i input) most() string     { return strconv.Itoa(cmp.Or(i.Most, 200)) }

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

func homeOf(p view) string {
	if p.Realm == identity.Staff {
		return "/staff"
	}
	return "/"
}

func here(p view, m Membership) string {
	if p.Current != nil && p.Current.Org == m.Org {
		return ", you are here"
	}
	return ""
}
