package ledger

import (
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/base/tree"
)

// The helpers make fields whose values are canonical by construction.

// Text is a field with a text. What is not valid UTF-8 becomes U+FFFD.
func Text(name, s string) Field {
	if quoted := append(append(append(make([]byte, 0, len(s)+2), '"'), s...), '"'); plain(quoted) {
		return Field{Name: name, Value: quoted} // most are: each entry has ten
	}
	return Field{Name: name, Value: encode(tree.Value{Kind: tree.String, Text: strings.ToValidUTF8(s, "\uFFFD")})}
}

// Int is a field with a whole number. Beyond 2^53 it is kept as base/canon keeps numbers that JSON's doubles would change.
func Int(name string, n int64) Field {
	if n >= -MaxIndex && n <= MaxIndex {
		return Field{Name: name, Value: strconv.AppendInt(nil, n, 10)}
	}
	return Field{Name: name, Value: encode(tree.Value{Kind: tree.Number, Text: strconv.FormatInt(n, 10)})}
}

// Bool is a field with true or false.
func Bool(name string, b bool) Field {
	return Field{Name: name, Value: strconv.AppendBool(nil, b)}
}

// List is a field with a list of texts, in the order given.
func List(name string, items []string) Field {
	v := tree.Value{Kind: tree.Array}
	for _, s := range items {
		v.Items = append(v.Items, tree.Value{Kind: tree.String, Text: strings.ToValidUTF8(s, "\uFFFD")})
	}
	return Field{Name: name, Value: encode(v)}
}

// Digest is a field with a digest.
func Digest(name string, d canon.Digest) Field { return Text(name, string(d)) }

// Time is a field with an instant, to the microsecond, in UTC.
func Time(name string, t time.Time) Field { return Text(name, t.UTC().Format(timeLayout)) }

// Personal is a field with a text that is personal data of the person with the id subject: erasing that person removes value and salt.
func Personal(name, s, subject string) Field {
	f := Text(name, s)
	f.Subject = subject
	return f
}

// Actor is a field that names an actor; where that is a person it is the person's personal data.
func Actor(name string, a id.Actor) Field { return Personal(name, string(a), a.Person()) }

// encode cannot fail: the kinds above are valid, their text is UTF-8, and they have no members whose names could repeat.
func encode(v tree.Value) []byte {
	raw, _, err := canon.Encode(&v)
	if err != nil {
		return nil // Prepare refuses an empty value
	}
	return raw
}
