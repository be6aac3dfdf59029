// Package change makes pairs for measuring: an export of Azure Resource Graph as it was approved, the same export after a known
// part of its resources changed, and what each change is worth. What a comparison says can so be held against what was done.
//
// The severities are those that the design of the rules asks for, written down here before the rules were asked. A pair depends on its
// numbers and its seed alone.
package change

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
)

// Class is what a change is to somebody who approved the old side.
type Class string

// The classes.
const (
	Dangerous   Class = "dangerous"   // weaker than what was approved: at least medium
	Harmless    Class = "harmless"    // a change that should be told and should stop nobody: at most low
	Improvement Class = "improvement" // stronger than what was approved
	Noise       Class = "noise"       // what Azure writes by itself, and other spellings of the same
	Reordered   Class = "reordered"   // the same items in another order
)

// Classes in the order of tables.
func Classes() []Class { return []Class{Dangerous, Harmless, Improvement, Noise, Reordered} }

// cycle is which classes ten changes are of. Their order is drawn, since the estate repeats itself too.
var cycle = []Class{Dangerous, Harmless, Improvement, Noise, Dangerous, Reordered, Dangerous, Harmless, Improvement, Noise}

// Row is a resource as an export has it. Numbers are json.Number.
type Row = map[string]any

// Label says what was done to one resource.
type Label struct {
	Class    Class  `json:"class"`
	Kind     string `json:"kind"`
	Severity string `json:"severity,omitempty"` // the least that a dangerous change deserves
	ID       string `json:"id"`                 // of the resource, lower-case
	Address  string `json:"address"`            // in Terraform
	OldLine  int    `json:"oldLine,omitempty"`
	NewLine  int    `json:"newLine,omitempty"`
}

// kind is one way to change a resource.
type kind struct {
	class    Class
	name     string
	severity string
	types    []string // none: any
	do       func(Row) result
}

// result is what became of a row: whether it could be changed so, and what stands in its place.
type result struct {
	ok      bool
	gone    bool
	later   bool // behind the next row
	another Row  // beside it
}

var did, not = result{ok: true}, result{}

func (k *kind) of(r Row) bool { return len(k.types) == 0 || slices.Contains(k.types, text(r, "type")) }

// picker chooses what to change, so that every kind comes up as often as its class and its types allow.
type picker struct {
	rand  *rand.Rand
	kinds []kind
	used  []int
	deck  []Class
}

func newPicker(seed uint64) *picker {
	p := &picker{rand: rand.New(rand.NewPCG(seed, 7)), kinds: kinds()}
	p.used = make([]int, len(p.kinds))
	// Shuffled, so that what stands last in the table is not left out of small pairs.
	p.rand.Shuffle(len(p.kinds), func(i, j int) { p.kinds[i], p.kinds[j] = p.kinds[j], p.kinds[i] })
	return p
}

// pick changes one of the rows: it returns its place, the changed copy, and what was done.
func (p *picker) pick(rows []Row) (at int, changed Row, k *kind, res result) {
	if len(p.deck) == 0 {
		p.deck = slices.Clone(cycle)
		p.rand.Shuffle(len(p.deck), func(i, j int) { p.deck[i], p.deck[j] = p.deck[j], p.deck[i] })
	}
	class := p.deck[0]
	p.deck = p.deck[1:]
	from := p.rand.IntN(len(rows))
	order := make([]int, 0, len(p.kinds))
	for i := range p.kinds {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if x, y := p.kinds[a].class == class, p.kinds[b].class == class; x != y {
			if x {
				return -1
			}
			return 1
		}
		return p.used[a] - p.used[b]
	})
	for _, i := range order {
		k := &p.kinds[i]
		for j := range rows {
			at := (from + j) % len(rows)
			if !k.of(rows[at]) {
				continue
			}
			copied := clone(rows[at]).(Row)
			if res := k.do(copied); res.ok {
				p.used[i]++
				return at, copied, k, res
			}
		}
	}
	return 0, nil, nil, not
}

// set makes a kind that gives a property another value where it has the one that is expected.
func set(class Class, severity, typ, path string, from, to any) kind {
	return kind{
		class: class, severity: severity, types: []string{typ}, name: fmt.Sprintf("%s %s: %s to %s", short(typ), path, show(from), show(to)),
		do: func(r Row) result {
			if !reflect.DeepEqual(get(r, path), from) {
				return not
			}
			put(r, path, to)
			return did
		},
	}
}

func show(v any) string {
	if v == nil {
		return "nothing"
	}
	if t, ok := v.(string); ok && len(t) > 20 {
		return t[:20] + "…"
	}
	return fmt.Sprint(v)
}

func short(typ string) string { return typ[strings.LastIndexByte(typ, '/')+1:] }

// get returns what stands at a path of names, or nil.
func get(r Row, path string) any {
	var at any = r
	for name := range strings.SplitSeq(path, ".") {
		m, ok := at.(Row)
		if !ok {
			return nil
		}
		at = m[name]
	}
	return at
}

func text(r Row, path string) string {
	s, _ := get(r, path).(string)
	return s
}

// put makes the objects on the way where there are none. A value of nil takes the name away.
func put(r Row, path string, v any) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		next, ok := r[name].(Row)
		if !ok {
			next = Row{}
			r[name] = next
		}
		r = next
	}
	last := names[len(names)-1]
	if v == nil {
		delete(r, last)
		return
	}
	r[last] = v
}

func clone(v any) any {
	switch v := v.(type) {
	case Row:
		out := maps.Clone(v)
		for k := range out {
			out[k] = clone(out[k])
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = clone(out[i])
		}
		return out
	}
	return v
}

// weak says of half of the resources that they are not as strong as they could be, so that there is something to improve.
func weak(r Row) bool {
	h := fnv.New32a()
	h.Write([]byte(text(r, "id")))
	return h.Sum32()&64 != 0
}
