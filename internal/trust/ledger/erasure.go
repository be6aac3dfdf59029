package ledger

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// KindErased is the kind of the entry that says which values were erased from entries before it, why, and who approved it.
const KindErased = "ledger.erased"

// erasedPerEntry is how many entries one entry of erasure names, so that its value stays below [MaxValue] when few fields are erased of each.
const erasedPerEntry = 256

// Erased are the fields of one entry whose values and salts were removed.
type Erased struct {
	Index  int64
	Fields []string
}

// Erase removes values and salts of fields and returns the names of those that were there, sorted. The leaf stays as it is, and with it every proof.
func (e *Entry) Erase(fields ...string) []string {
	var gone []string
	openings := maps.Clone(e.Openings)
	for _, f := range fields {
		if _, ok := openings[f]; ok {
			delete(openings, f)
			gone = append(gone, f)
		}
	}
	e.Openings = openings
	slices.Sort(gone)
	return gone
}

// EraseSubject erases all that is personal data of a person.
func (e *Entry) EraseSubject(subject string) []string {
	var fields []string
	for name, o := range e.Openings {
		if o.Subject == subject && subject != "" {
			fields = append(fields, name)
		}
	}
	return e.Erase(fields...)
}

// Missing are the fields of the leaf that have no opening any more, sorted.
func (e *Entry) Missing() ([]string, error) {
	l, err := ParseLeaf(e.Leaf)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, f := range l.Fields {
		if _, ok := e.Openings[f.Name]; !ok {
			missing = append(missing, f.Name)
		}
	}
	return missing, nil
}

// Erasures are the drafts that say what was erased, for what legal reason and with whose approval ("" where nobody but the actor had to).
func Erasures(erased []Erased, reason string, approver id.Actor) []Draft {
	var drafts []Draft
	for _, some := range chunks(erased) {
		fields := []Field{List("entries", some), Text("reason", reason)}
		if approver != "" {
			fields = append(fields, Actor("approver", approver))
		}
		drafts = append(drafts, Draft{Kind: KindErased, Fields: fields})
	}
	return drafts
}

// chunks writes each entry as "<index> <field> <field>…", in lists that fit into a value.
func chunks(erased []Erased) [][]string {
	var all [][]string
	room := 0
	for _, e := range erased {
		if len(e.Fields) == 0 {
			continue
		}
		line := strconv.FormatInt(e.Index, 10) + " " + strings.Join(e.Fields, " ")
		if n := len(all); n == 0 || len(all[n-1]) == erasedPerEntry || room < len(line)+3 {
			all = append(all, nil)
			room = MaxValue - 2
		}
		room -= len(line) + 3
		all[len(all)-1] = append(all[len(all)-1], line)
	}
	return all
}

// ParseErased reads the value of the field "entries" of an entry of erasure.
func ParseErased(value []byte) ([]Erased, error) {
	bad := fault.New(fault.Invalid, "an entry of erasure does not say what was erased")
	var lines []string
	if len(value) > MaxValue || canon.Check(value) != nil || json.Unmarshal(value, &lines) != nil {
		return nil, bad
	}
	var all []Erased
	for _, line := range lines {
		parts := strings.Split(line, " ")
		n, err := parseDecimal(parts[0])
		if err != nil || len(parts) < 2 || len(parts) > 1+MaxFields {
			return nil, bad
		}
		for _, f := range parts[1:] {
			if !validName(f) {
				return nil, bad
			}
		}
		all = append(all, Erased{Index: n, Fields: parts[1:]})
	}
	return all, nil
}
