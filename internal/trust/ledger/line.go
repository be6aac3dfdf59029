package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

// maxLine bounds a line of entries.ndjson: a leaf, and values and salts of all its fields.
const maxLine = MaxLeaf + MaxFields*(MaxValue+256)

// Line is an entry as a bundle shows it to one reader. Each field of the leaf is in exactly one of the three.
type Line struct {
	Leaf     []byte
	Openings map[string]Opening
	Withheld []string // sorted: what this reader may not see
	Erased   []string // sorted: what is not there any more
}

// lineOf makes the line of an entry for a reader; show says which of the values that are there the reader may see.
func lineOf(e Entry, show func(e Entry, field string) bool) (Line, error) {
	missing, err := e.Missing()
	if err != nil {
		return Line{}, err
	}
	l := Line{Leaf: e.Leaf, Openings: map[string]Opening{}, Erased: missing}
	for name, o := range e.Openings {
		if show == nil || show(e, name) {
			l.Openings[name] = o
		} else {
			l.Withheld = append(l.Withheld, name)
		}
	}
	slices.Sort(l.Withheld)
	return l, nil
}

// Encode writes the line as canonical JSON, line break included. The leaf and the values stand in it as they are.
func (l Line) Encode() []byte {
	b := names(nil, `{"erased":[`, l.Erased)
	b = append(b, `],"leaf":`...)
	b = append(b, l.Leaf...)
	b = append(b, `,"openings":{`...)
	for i, name := range sortedNames(l.Openings) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `":{"salt":"`...)
		b = base64.StdEncoding.AppendEncode(b, l.Openings[name].Salt)
		b = append(b, `","value":`...)
		b = append(b, l.Openings[name].Value...)
		b = append(b, '}')
	}
	b = names(b, `},"withheld":[`, l.Withheld)
	return append(b, "]}\n"...)
}

func names(b []byte, before string, list []string) []byte {
	b = append(b, before...)
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, s) // letters and digits
	}
	return b
}

func sortedNames(m map[string]Opening) []string {
	list := make([]string, 0, len(m))
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

var errLine = fault.New(fault.Invalid, "this is no line of entries in canonical form")

// ParseLine reads a line with its line break, and its leaf. It accepts exactly what Encode writes. It does not hold the openings against the leaf.
func ParseLine(line []byte) (Line, Leaf, error) {
	var raw struct {
		Leaf     json.RawMessage `json:"leaf"`
		Openings map[string]struct {
			Salt  string          `json:"salt"`
			Value json.RawMessage `json:"value"`
		} `json:"openings"`
		Erased   []string `json:"erased"`
		Withheld []string `json:"withheld"`
	}
	if len(line) > maxLine || json.Unmarshal(line, &raw) != nil {
		return Line{}, Leaf{}, errLine
	}
	l := Line{Leaf: raw.Leaf, Erased: raw.Erased, Withheld: raw.Withheld, Openings: make(map[string]Opening, len(raw.Openings))}
	leaf, err := ParseLeaf(l.Leaf)
	if err != nil {
		return Line{}, Leaf{}, err
	}
	for name, o := range raw.Openings {
		salt, err := decodeSum(o.Salt)
		if err != nil || len(o.Value) > MaxValue || !plain(o.Value) && canon.Check(canon.Raw(o.Value)) != nil {
			return Line{}, Leaf{}, errLine
		}
		l.Openings[name] = Opening{Value: o.Value, Salt: salt[:]}
	}
	if !l.covers(leaf) || !bytes.Equal(l.Encode(), line) {
		return Line{}, Leaf{}, errLine
	}
	return l, leaf, nil
}

// covers reports whether each field of the leaf is shown, withheld or erased, and nothing else is.
func (l Line) covers(leaf Leaf) bool {
	all := slices.Concat(sortedNames(l.Openings), l.Withheld, l.Erased)
	slices.Sort(all)
	return slices.IsSorted(l.Withheld) && slices.IsSorted(l.Erased) &&
		slices.EqualFunc(all, leaf.Fields, func(name string, f Commitment) bool { return name == f.Name })
}
