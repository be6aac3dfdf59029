package control

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/content/register"
)

// Catalogue is the register with the checks that are bound to it.
type Catalogue struct {
	clauses  []Clause
	controls []Control
	checks   []Check             // by id
	plans    []Plan              // by id
	wanted   []Wanted            // by id
	of       map[string][]string // controls of a clause
}

var (
	checkID   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	namesTest = regexp.MustCompile(`\bTest[A-Z]\w*`)
)

// Longest is how long a run may count at most.
const Longest = 32 * 24 * time.Hour

// New binds checks to the register, and says all that is wrong with a binding.
func New(r *register.Register, checks []Check) (*Catalogue, error) { return Whole(r, checks, nil, nil) }

// Whole binds checks, plans and attestations that are wanted.
func Whole(r *register.Register, checks []Check, plans []Plan, wanted []Wanted) (*Catalogue, error) {
	c := &Catalogue{clauses: r.Clauses, controls: r.Controls, checks: slices.Clone(checks), of: map[string][]string{}}
	for _, x := range c.controls {
		for _, id := range x.Clauses {
			c.of[id] = append(c.of[id], x.ID)
		}
	}
	slices.SortStableFunc(c.checks, func(a, b Check) int { return cmp.Compare(a.ID, b.ID) })
	var bad []error
	for i, x := range c.checks {
		if i > 0 && c.checks[i-1].ID == x.ID {
			bad = append(bad, fault.New(fault.Invalid, "check %s is there twice", x.ID))
		}
		bad = append(bad, c.bind(x)...)
	}
	bad = append(bad, c.beside(plans, wanted)...)
	return c, errors.Join(bad...)
}

func (c *Catalogue) bind(x Check) (bad []error) {
	say := func(format string, args ...any) { bad = append(bad, fault.New(fault.Invalid, format, args...)) }
	switch {
	case !checkID.MatchString(x.ID):
		say("%q is no id of a check", x.ID)
	case x.Title == "" || len(x.Controls) == 0:
		say("check %s has no title, or is of no control", x.ID)
	case x.Fresh <= 0 || x.Fresh > Longest:
		say("a run of check %s counts for %s: between nothing and %s is right", x.ID, x.Fresh, Longest)
	case !namesTest.MatchString(x.Mutation):
		say("check %s names no test that saw it fail", x.ID)
	}
	for i, id := range x.Controls {
		if !slices.ContainsFunc(c.controls, func(k Control) bool { return k.ID == id }) || slices.Contains(x.Controls[:i], id) {
			say("check %s names control %q, which does not exist or stands there twice", x.ID, id)
		}
	}
	seen := map[string]bool{}
	claim := func(id string) {
		if seen[id] || !slices.ContainsFunc(c.of[id], func(k string) bool { return slices.Contains(x.Controls, k) }) {
			say("check %s claims clause %q, which is of none of its controls or stands there twice", x.ID, id)
		}
		seen[id] = true
	}
	for _, id := range x.Clauses {
		claim(id)
	}
	for _, p := range x.Partly {
		claim(p.Clause)
		if p.Missing == "" {
			say("check %s exercises clause %s in part, and does not say what is missing", x.ID, p.Clause)
		}
	}
	return bad
}

// Checks are the checks, by id.
func (c *Catalogue) Checks() []Check { return slices.Clone(c.checks) }

// Check finds one.
func (c *Catalogue) Check(id string) (Check, bool) {
	i, ok := slices.BinarySearchFunc(c.checks, id, func(x Check, id string) int { return cmp.Compare(x.ID, id) })
	if !ok {
		return Check{}, false
	}
	return c.checks[i], true
}

// Controls are the controls in the order of the register.
func (c *Catalogue) Controls() []Control { return slices.Clone(c.controls) }

// Clauses are the clauses in the order of the register.
func (c *Catalogue) Clauses() []Clause { return slices.Clone(c.clauses) }
