package canon

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"c4arch/internal/base/tree"
)

// MaxDepth is how deep canonical JSON may nest; no parser of ours accepts deeper input.
const MaxDepth = 1000

var errNotCanonical = errors.New("not canonical JSON")

// Decode reads what [Encode] wrote, the lines included: a leaf gets its own line, an array or
// an object that of its first leaf. lines may be nil. It is strict about the
// structure, but takes the order of names and the spelling of numbers on trust: use [Check]
// where raw comes from outside.
func Decode(raw Raw, lines []int32) (tree.Value, error) {
	d := scratch.Get().(*decoder)
	defer scratch.Put(d)
	d.text, d.at, d.lines, d.leaf = string(raw), 0, lines, 0
	defer d.forget()
	v, err := d.value(0)
	if err != nil {
		return tree.Value{}, err
	}
	if d.at != len(d.text) {
		return tree.Value{}, errNotCanonical
	}
	return v, nil
}

// Check reports an error unless raw is exactly what [Encode] would write.
func Check(raw Raw) error {
	v, err := Decode(raw, nil)
	if err != nil {
		return err
	}
	again, _, err := Encode(&v)
	if err != nil || string(again) != string(raw) {
		return errNotCanonical
	}
	return nil
}

// scratch keeps the stacks of finished decoders: decoding is on the hot path of a scan.
var scratch = sync.Pool{New: func() any { return new(decoder) }}

// decoder collects the parts of open arrays and objects on two stacks, so that each
// finished one is allocated once and at its exact size.
type decoder struct {
	text    string
	at      int
	lines   []int32
	leaf    int
	items   []tree.Value
	members []tree.Member
}

// forget readies d for the next text. Stacks that one huge document grew are let go.
func (d *decoder) forget() {
	d.items, d.members, d.text, d.lines = d.items[:0], d.members[:0], "", nil
	if cap(d.items) > 4096 {
		d.items = nil
	}
	if cap(d.members) > 4096 {
		d.members = nil
	}
}

func (d *decoder) peek() byte {
	if d.at < len(d.text) {
		return d.text[d.at]
	}
	return 0
}

func (d *decoder) line() int32 {
	d.leaf++
	if d.leaf <= len(d.lines) {
		return d.lines[d.leaf-1]
	}
	return 0
}

func (d *decoder) value(depth int) (tree.Value, error) {
	if depth > MaxDepth {
		return tree.Value{}, errNotCanonical
	}
	switch c := d.peek(); {
	case c == '{':
		return d.object(depth)
	case c == '[':
		return d.array(depth)
	case c == '"':
		s, err := d.str()
		return tree.Value{Kind: tree.String, Text: s, Line: d.line()}, err
	case c == '-' || c >= '0' && c <= '9':
		start := d.at
		for c := d.peek(); c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; c = d.peek() {
			d.at++
		}
		v := tree.Value{Kind: tree.Number, Text: d.text[start:d.at], Line: d.line()}
		if !tree.IsNumber(v.Text) {
			return v, errNotCanonical
		}
		return v, nil
	}
	return d.word()
}

func (d *decoder) word() (tree.Value, error) {
	var v tree.Value
	switch rest := d.text[d.at:]; {
	case strings.HasPrefix(rest, "null"):
		d.at += 4
	case strings.HasPrefix(rest, "true"):
		d.at += 4
		v.Kind, v.Text = tree.Bool, "true"
	case strings.HasPrefix(rest, "false"):
		d.at += 5
		v.Kind, v.Text = tree.Bool, "false"
	default:
		return v, errNotCanonical
	}
	v.Line = d.line()
	return v, nil
}

func (d *decoder) array(depth int) (tree.Value, error) {
	d.at++
	v := tree.Value{Kind: tree.Array}
	if d.peek() == ']' {
		d.at++
		v.Line = d.line()
		return v, nil
	}
	base := len(d.items)
	for {
		it, err := d.value(depth + 1)
		if err != nil {
			return v, err
		}
		d.items = append(d.items, it)
		c := d.peek()
		d.at++
		if c == ']' {
			break
		}
		if c != ',' {
			return v, errNotCanonical
		}
	}
	v.Items = append(make([]tree.Value, 0, len(d.items)-base), d.items[base:]...)
	d.items = d.items[:base]
	v.Line = v.Items[0].Line
	return v, nil
}

func (d *decoder) object(depth int) (tree.Value, error) {
	d.at++
	v := tree.Value{Kind: tree.Object}
	if d.peek() == '}' {
		d.at++
		v.Line = d.line()
		return v, nil
	}
	base := len(d.members)
	for {
		if d.peek() != '"' {
			return v, errNotCanonical
		}
		name, err := d.str()
		if err != nil || d.peek() != ':' {
			return v, errNotCanonical
		}
		d.at++
		val, err := d.value(depth + 1)
		if err != nil {
			return v, err
		}
		d.members = append(d.members, tree.Member{Name: name, Value: val})
		c := d.peek()
		d.at++
		if c == '}' {
			break
		}
		if c != ',' {
			return v, errNotCanonical
		}
	}
	return d.close(base)
}

// close makes the object of the members since base, or the number that it stands for.
func (d *decoder) close(base int) (tree.Value, error) {
	open := d.members[base:]
	d.members = d.members[:base]
	first := open[0].Value
	if open[0].Name == NumberTag {
		if len(open) != 1 || first.Kind != tree.String || !tree.IsNumber(first.Text) {
			return tree.Value{}, errNotCanonical
		}
		first.Kind = tree.Number
		return first, nil
	}
	v := tree.Value{Kind: tree.Object, Line: first.Line, Members: append(make([]tree.Member, 0, len(open)), open...)}
	for i := range v.Members {
		if n := v.Members[i].Name; n != "" && n[0] == '$' && tagged(n) {
			if n == NumberTag {
				return v, errNotCanonical
			}
			v.Members[i].Name = n[1:]
		}
	}
	return v, nil
}

func (d *decoder) str() (string, error) {
	d.at++
	rest := d.text[d.at:]
	end := strings.IndexByte(rest, '"')
	if end < 0 {
		return "", errNotCanonical
	}
	if s := rest[:end]; strings.IndexByte(s, '\\') < 0 {
		d.at += end + 1
		return s, nil
	}
	return d.escaped()
}

// escaped reads a string with escapes in it; d.at stands behind the opening quote.
func (d *decoder) escaped() (string, error) {
	var b []byte
	for d.at < len(d.text) {
		c := d.text[d.at]
		d.at++
		switch c {
		case '"':
			return string(b), nil
		case '\\':
			e := d.peek()
			d.at++
			if e == 'u' {
				if d.at+4 > len(d.text) {
					return "", errNotCanonical
				}
				n, err := strconv.ParseUint(d.text[d.at:d.at+4], 16, 16)
				if err != nil || n > math.MaxInt8 { // JCS escapes control characters only
					return "", errNotCanonical
				}
				d.at += 4
				b = utf8.AppendRune(b, rune(n))
				continue
			}
			i := strings.IndexByte(`"\/bfnrt`, e)
			if i < 0 {
				return "", errNotCanonical
			}
			b = append(b, "\"\\/\b\f\n\r\t"[i])
		default:
			b = append(b, c)
		}
	}
	return "", errNotCanonical
}
