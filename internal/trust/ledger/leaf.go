package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// MaxIndex is the largest index: what a number of JSON holds exactly.
const MaxIndex = 1<<53 - 1

// timeLayout is an instant in UTC with all six digits of the microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Leaf is what a leaf says.
type Leaf struct {
	Log    id.Org
	Index  int64
	At     time.Time
	Kind   string
	Fields []Commitment // sorted by name
}

// Commitment is the commitment to the value of a field.
type Commitment struct {
	Name string
	Sum  [sha256.Size]byte
}

// Encode writes the leaf as canonical JSON (RFC 8785). Nothing in it needs an escape: names are letters, digits and dots, commitments base64.
func (l Leaf) Encode() []byte {
	b := make([]byte, 0, 160+len(l.Kind)+len(l.Fields)*(MaxName+64))
	b = append(b, `{"at":"`...)
	b = l.At.UTC().AppendFormat(b, timeLayout)
	b = append(b, `","fields":{`...)
	for i, f := range l.Fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, f.Name...)
		b = append(b, `":"`...)
		b = base64.StdEncoding.AppendEncode(b, f.Sum[:])
		b = append(b, '"')
	}
	b = append(b, `},"index":`...)
	b = strconv.AppendInt(b, l.Index, 10)
	b = append(b, `,"kind":"`...)
	b = append(b, l.Kind...)
	b = append(b, `","log":"`...)
	b = append(b, l.Log...)
	return append(b, `","v":1}`...)
}

var errLeaf = fault.New(fault.Invalid, "this is no leaf of version 1 in canonical form")

// ParseLeaf reads a leaf. It accepts exactly what Encode writes of a valid leaf, so that no two sequences of bytes say the same.
func ParseLeaf(data []byte) (Leaf, error) {
	r := reader{rest: data}
	var l Leaf
	at := r.between(`{"at":"`, `","fields":{`)
	for len(r.rest) > 0 && r.rest[0] != '}' && len(l.Fields) <= MaxFields {
		if len(l.Fields) > 0 {
			r.literal(",")
		}
		c := Commitment{Name: r.between(`"`, `":"`)}
		sum, err := decodeSum(r.upTo(`"`))
		if n := len(l.Fields); err != nil || !validName(c.Name) || n > 0 && l.Fields[n-1].Name >= c.Name {
			return Leaf{}, errLeaf
		}
		c.Sum = sum
		l.Fields = append(l.Fields, c)
	}
	index := r.between(`},"index":`, `,"kind":"`)
	l.Kind = r.upTo(`","log":"`)
	l.Log = id.Org(r.upTo(`","v":1}`))
	if r.bad || len(r.rest) > 0 || len(data) > MaxLeaf || len(l.Fields) == 0 || len(l.Fields) > MaxFields || !validKind(l.Kind) || !l.Log.Valid() {
		return Leaf{}, errLeaf
	}
	var errAt, errIndex error
	l.At, errAt = time.Parse(timeLayout, at)
	l.Index, errIndex = strconv.ParseInt(index, 10, 64)
	if errAt != nil || errIndex != nil || l.Index < 0 || l.Index > MaxIndex || strconv.FormatInt(l.Index, 10) != index || l.At.Format(timeLayout) != at {
		return Leaf{}, errLeaf
	}
	return l, nil
}

// reader takes a fixed form apart.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) literal(s string) {
	if !bytes.HasPrefix(r.rest, []byte(s)) {
		r.bad, r.rest = true, nil
		return
	}
	r.rest = r.rest[len(s):]
}

func (r *reader) upTo(end string) string {
	before, after, found := bytes.Cut(r.rest, []byte(end))
	if !found {
		r.bad, r.rest = true, nil
		return ""
	}
	r.rest = after
	return string(before)
}

func (r *reader) between(start, end string) string {
	r.literal(start)
	return r.upTo(end)
}

// strict refuses base64 whose last character has bits that mean nothing: each hash has one text.
var strict = base64.StdEncoding.Strict()

func decodeSum(s string) (sum [sha256.Size]byte, err error) {
	if len(s) != base64.StdEncoding.EncodedLen(len(sum)) {
		return sum, errLeaf
	}
	// Decoding ignores line breaks, so the length that comes out is checked too.
	var b [sha256.Size + 1]byte
	n, err := strict.Decode(b[:], []byte(s))
	if err != nil || n != len(sum) {
		return sum, errLeaf
	}
	return [sha256.Size]byte(b[:n]), nil
}

// validName is lower camel case.
func validName(s string) bool {
	if s == "" || len(s) > MaxName || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// validKind is two or more names of lower camel case, joined by dots.
func validKind(s string) bool {
	if len(s) > MaxName {
		return false
	}
	parts := 0
	for rest, more := s, true; more; parts++ {
		var name string
		if name, rest, more = cut(rest); !validName(name) {
			return false
		}
	}
	return parts > 1
}

func cut(s string) (name, rest string, more bool) {
	for i := range len(s) {
		if s[i] == '.' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
