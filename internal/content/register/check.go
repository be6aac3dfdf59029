package register

import (
	"errors"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
)

// check adds the additions to the controls and says all that is wrong with the whole.
func (r *Register) check() error {
	var bad []error
	say := func(format string, args ...any) { bad = append(bad, fault.New(fault.Invalid, format, args...)) }
	clauses := r.checkClauses(say)
	controls := r.checkControls(say)
	r.checkAdditions(say, clauses, controls)
	bound := map[string]bool{}
	for _, c := range r.Controls {
		for i, id := range c.Clauses {
			if !clauses[id] {
				say("control %s names clause %q, which does not exist", c.ID, id)
			}
			if slices.Contains(c.Clauses[:i], id) {
				say("control %s names clause %s twice", c.ID, id)
			}
			bound[id] = true
		}
	}
	for _, c := range r.Clauses {
		if !bound[c.ID] {
			say("clause %s has no control", c.ID)
		}
	}
	return errors.Join(bad...)
}

func (r *Register) checkClauses(say func(string, ...any)) map[string]bool {
	known := map[string]bool{}
	for _, c := range r.Clauses {
		switch {
		case !clauseID.MatchString(c.ID):
			say("%q is no id of a clause", c.ID)
		case known[c.ID]:
			say("clause %s is there twice", c.ID)
		case c.Section == "" || c.Paraphrase == "" || c.Behaviour == "" || c.Evidence == "":
			say("clause %s lacks its section, its words, its behaviour or its evidence", c.ID)
		case !slices.Contains(clauseKinds, c.Kind):
			say("clause %s is of the kind %q; kinds are: %s", c.ID, c.Kind, strings.Join(clauseKinds, ", "))
		}
		known[c.ID] = true
	}
	return known
}

func (r *Register) checkControls(say func(string, ...any)) map[string]int {
	known := map[string]int{}
	for i, c := range r.Controls {
		_, twice := known[c.ID]
		switch {
		case !controlID.MatchString(c.ID):
			say("%q is no id of a control", c.ID)
		case twice:
			say("control %s is there twice", c.ID)
		case c.Domain == "" || c.Statement == "" || c.Automated == "" || c.Verified == "":
			say("control %s lacks its domain, its statement, its check or how its ids were verified", c.ID)
		case len(c.Clauses) == 0:
			say("control %s is bound to no clause", c.ID)
		}
		for name, ids := range c.Frameworks {
			for j, id := range ids {
				if id == "" || strings.TrimSpace(id) != id || slices.Contains(ids[:j], id) {
					say("control %s names an empty id of %s, or one twice", c.ID, name)
				}
			}
		}
		known[c.ID] = i
	}
	return known
}

// checkAdditions binds what was added: only a clause that no control named by itself may be.
func (r *Register) checkAdditions(say func(string, ...any), clauses map[string]bool, controls map[string]int) {
	named := map[string]bool{}
	for _, c := range r.Controls {
		for _, id := range c.Clauses {
			named[id] = true
		}
	}
	for _, a := range r.Additions {
		i, known := controls[a.Control]
		switch {
		case !known:
			say("an addition names control %q, which does not exist", a.Control)
			continue
		case !clauses[a.Clause]:
			say("an addition names clause %q, which does not exist", a.Clause)
			continue
		case named[a.Clause]:
			say("clause %s has a control already, and an addition as well", a.Clause)
		case a.Reason == "":
			say("the addition of clause %s gives no reason", a.Clause)
		}
		r.Controls[i].Clauses = append(r.Controls[i].Clauses, a.Clause)
	}
}
