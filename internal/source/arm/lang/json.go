package lang

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/tree"
)

// appendJSON writes a value as JSON without spaces, as string() does. What is open stands in it as ${...}
// without quotes: it may be no text.
func appendJSON(b []byte, v *Value) []byte {
	switch v.Kind {
	case Null:
		return append(b, "null"...)
	case Bool:
		return strconv.AppendBool(b, v.Bool)
	case Int:
		return strconv.AppendInt(b, v.Int, 10)
	case Float:
		return append(b, v.Text...)
	case Open:
		return append(b, v.Str()...)
	case String:
		b, _ = jsontext.AppendQuote(b, v.Text) // the error tells of bytes that are no UTF-8; they are replaced
		return b
	case Array:
		b = append(b, '[')
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, &v.Items[i])
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i := range v.Members {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, v.Members[i].Name)
		b = appendJSON(append(b, ':'), &v.Members[i].Value)
	}
	return append(b, '}')
}

// json reads a text as JSON. Like the reader that Resource Manager uses, it takes single quotes and names without any.
func (e *eval) json(args []Value) (Value, error) {
	text, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	if !e.b.Room(len(text)) {
		return Value{}, errLimit
	}
	r := jsonReader{e: e, s: text}
	v, err := r.value(0)
	if r.space(); err == nil && r.at < len(r.s) {
		err = errJSON
	}
	return v, err
}

var errJSON = errors.New("the text is no JSON")

type jsonReader struct {
	e  *eval
	s  string
	at int
}

func (r *jsonReader) space() {
	for r.at < len(r.s) && strings.IndexByte(" \t\r\n", r.s[r.at]) >= 0 {
		r.at++
	}
}

// next skips space and takes that byte, if it follows.
func (r *jsonReader) next(c byte) bool {
	r.space()
	if r.at < len(r.s) && r.s[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) value(deep int) (Value, error) {
	r.space()
	if deep > maxDepth || !r.e.b.Step(1) || !r.e.b.Room(valueBytes) {
		return Value{}, errLimit
	}
	if r.at >= len(r.s) {
		return Value{}, errJSON
	}
	switch c := r.s[r.at]; c {
	case '{':
		return r.object(deep)
	case '[':
		return r.array(deep)
	case '"', '\'':
		text, err := r.quoted()
		return Str(text), err
	}
	return r.word()
}

func (r *jsonReader) array(deep int) (Value, error) {
	r.at++
	var items []Value
	for !r.next(']') {
		if len(items) > 0 && !r.next(',') {
			return Value{}, errJSON
		}
		v, err := r.value(deep + 1)
		if err != nil {
			return Value{}, err
		}
		items = append(items, v)
	}
	return r.e.list(items)
}

func (r *jsonReader) object(deep int) (Value, error) {
	r.at++
	var o object
	for !r.next('}') {
		if len(o.members) > 0 && !r.next(',') {
			return Value{}, errJSON
		}
		name, err := r.name()
		if err != nil {
			return Value{}, err
		}
		if !r.next(':') {
			return Value{}, errJSON
		}
		v, err := r.value(deep + 1)
		if err != nil {
			return Value{}, err
		}
		o.set(name, v)
	}
	return r.e.dict(o.members)
}

func (r *jsonReader) name() (string, error) {
	r.space()
	if r.at < len(r.s) && (r.s[r.at] == '"' || r.s[r.at] == '\'') {
		return r.quoted()
	}
	from := r.at
	for r.at < len(r.s) && (letter(r.s[r.at]) || r.s[r.at] >= '0' && r.s[r.at] <= '9') {
		r.at++
	}
	if r.at == from {
		return "", errJSON
	}
	return r.s[from:r.at], nil
}

// quoted reads a text in either kind of quotes.
func (r *jsonReader) quoted() (string, error) {
	quote := r.s[r.at]
	end := r.at + 1
	for end < len(r.s) && r.s[end] != quote {
		if r.s[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(r.s) {
		return "", errJSON
	}
	inside := r.s[r.at+1 : end]
	r.at = end + 1
	if strings.IndexByte(inside, '\\') < 0 {
		return inside, nil
	}
	return unquote(inside)
}

// unquote replaces the escapes of RFC 8259, section 7, and an escaped single quote.
func unquote(s string) (string, error) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b = append(b, s[i])
			continue
		}
		if i++; s[i] == 'u' {
			r, n := codeUnit(s[i:])
			if n == 0 {
				return "", errJSON
			}
			b = utf8.AppendRune(b, r)
			i += n - 1
			continue
		}
		k := strings.IndexByte(`"\/'bfnrt`, s[i])
		if k < 0 {
			return "", errJSON
		}
		b = append(b, "\"\\/'\b\f\n\r\t"[k])
	}
	return string(b), nil
}

// codeUnit reads uXXXX, and the second half of a pair behind it, and tells how many bytes that took; 0 for none.
func codeUnit(s string) (rune, int) {
	if len(s) < 5 {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[1:5], 16, 16)
	if err != nil {
		return 0, 0
	}
	if utf16.IsSurrogate(rune(n)) && len(s) >= 11 && s[5:7] == `\u` {
		if low, err := strconv.ParseUint(s[7:11], 16, 16); err == nil {
			if r := utf16.DecodeRune(rune(n), rune(low)); r != utf8.RuneError {
				return r, 11
			}
		}
	}
	return rune(n), 5
}

func (r *jsonReader) word() (Value, error) {
	from := r.at
	for r.at < len(r.s) && strings.IndexByte(" \t\r\n,]}:", r.s[r.at]) < 0 {
		r.at++
	}
	switch word := r.s[from:r.at]; {
	case word == "null":
		return Value{}, nil
	case word == "true" || word == "false":
		return Truth(word == "true"), nil
	case tree.IsNumber(word):
		if n, err := strconv.ParseInt(word, 10, 64); err == nil {
			return Number(n), nil
		}
		return Value{Kind: Float, Text: word}, nil
	}
	return Value{}, errJSON
}
