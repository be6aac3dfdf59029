package governance

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

// Measure is a control or a check, as far as it can become weaker.
type Measure struct {
	ID      string   `json:"id"`   // "control ARC-GOV-01", "check row-security"
	Says    string   `json:"says"` // the statement, or the title
	Clauses []string `json:"clauses"`
	Bound   []string `json:"bound,omitempty"` // of a check: its controls
	Partly  []string `json:"partly,omitempty"`
	Fresh   int64    `json:"fresh,omitempty"` // of a check: for how many seconds a run counts
}

// Change is what became of a measure.
type Change struct {
	Measure string
	What    string // for a person
	Weaker  bool   // it needs a decision
}

// Digest is that of a list of measures, whatever its order.
func Digest(all []Measure) (string, error) {
	text, err := json.Marshal(Sorted(all))
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "the measures cannot be written")
	}
	return string(canon.Sum(text)), nil
}

// Sorted are the measures by their ids, with their lists in order.
func Sorted(all []Measure) []Measure {
	out := slices.Clone(all)
	for i := range out {
		for _, l := range []*[]string{&out[i].Clauses, &out[i].Bound, &out[i].Partly} {
			*l = slices.Compact(slices.Sorted(slices.Values(*l)))
		}
	}
	slices.SortFunc(out, func(a, b Measure) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Compare says what became of measures from one list to another. What is gone, what looks at less or less often, and what says something else has to be decided on; what was added has not.
func Compare(before, after []Measure) (all []Change) {
	now := map[string]Measure{}
	for _, m := range after {
		now[m.ID] = m
	}
	was := map[string]bool{}
	for _, m := range Sorted(before) {
		was[m.ID] = true
		n, there := now[m.ID]
		if !there {
			all = append(all, Change{m.ID, "is gone", true})
			continue
		}
		all = append(all, became(m, n)...)
	}
	for _, m := range Sorted(after) {
		if !was[m.ID] {
			all = append(all, Change{m.ID, "is new", false})
		}
	}
	return all
}

func became(was, is Measure) (all []Change) {
	if was.Says != is.Says {
		all = append(all, Change{was.ID, "says something else: “" + is.Says + "” instead of “" + was.Says + "”", true})
	}
	for _, c := range was.Clauses {
		switch {
		case slices.Contains(is.Clauses, c):
		case slices.Contains(is.Partly, c):
			all = append(all, Change{was.ID, "looks at clause " + c + " in part only", true})
		default:
			all = append(all, Change{was.ID, "is of clause " + c + " no more", true})
		}
	}
	for _, c := range was.Partly {
		if !slices.Contains(is.Partly, c) && !slices.Contains(is.Clauses, c) {
			all = append(all, Change{was.ID, "looks at clause " + c + " no more", true})
		}
	}
	for _, c := range was.Bound {
		if !slices.Contains(is.Bound, c) {
			all = append(all, Change{was.ID, "is of control " + c + " no more", true})
		}
	}
	if is.Fresh > was.Fresh {
		all = append(all, Change{was.ID, "may be older than before when it counts", true})
	}
	return all
}

// Weaker are those that need a decision.
func Weaker(all []Change) []Change {
	return slices.DeleteFunc(slices.Clone(all), func(c Change) bool { return !c.Weaker })
}

// Recorded is a list of measures that a version of the program had, and that was taken as the one to compare with.
type Recorded struct {
	Digest   string
	Program  string
	At       time.Time
	Measures []Measure
	Decision string // that approved what was weaker than before, or ""
}
