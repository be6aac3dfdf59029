package exception

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
)

// State says whether an exception accepts a finding.
type State string

// The states.
const (
	None       State = ""           // no exception speaks of it
	Active     State = "active"     // it accepts
	Expired    State = "expired"    // it did, and does no more
	Unapproved State = "unapproved" // it would, had a second person approved it: the finding is critical
	Stale      State = "stale"      // it matches nothing
)

const tagPrefix = "tag:"

// Idle is an exception that needs care: it matches nothing, or its time is over.
type Idle struct {
	*Exception
	State State // Stale or Expired
}

// Match returns the exception that speaks of a finding, and whether it accepts it. Of several an active one comes first,
// then one that lacks an approver, then one that has expired; among these the most specific, and then the first
// by id. One that is dated to a day that has not come matches nothing.
func (s *Set) Match(f Finding, now time.Time) (*Exception, State) {
	var best *compiled
	state := None
	for _, c := range s.matching(f, now) {
		st := c.state(f, now)
		if best == nil || cmp.Or(cmp.Compare(order(st), order(state)), c.compare(best)) < 0 {
			best, state = c, st
		}
	}
	if best == nil {
		return nil, None
	}
	return best.e, state
}

// Matching returns the ids of all exceptions that speak of a finding, whatever their state, sorted: an exception that another one
// outdoes is not stale.
func (s *Set) Matching(f Finding, now time.Time) []string {
	var ids []string
	for _, c := range s.matching(f, now) {
		ids = append(ids, c.e.ID)
	}
	slices.Sort(ids)
	return ids
}

// Stale returns the exceptions that need care, in the order of the file: those whose time is over, and those that are not among
// matched, which holds the ids of [Set.Matching] of all findings.
func (s *Set) Stale(matched map[string]bool, now time.Time) []Idle {
	var out []Idle
	for i := range s.Exceptions {
		switch e := &s.Exceptions[i]; {
		case e.over(now):
			out = append(out, Idle{e, Expired})
		case !matched[e.ID]:
			out = append(out, Idle{e, Stale})
		}
	}
	return out
}

// Window returns the window in which t lies, or nil; of several the one that began last.
func (s *Set) Window(t time.Time) *Window {
	var found *Window
	var began time.Time
	for i := range s.Windows {
		w := &s.Windows[i]
		from, err := time.Parse(time.RFC3339, w.From)
		to, err2 := time.Parse(time.RFC3339, w.To)
		if err != nil || err2 != nil || t.Before(from) || t.After(to) {
			continue
		}
		if found == nil || from.After(began) {
			found, began = w, from
		}
	}
	return found
}

func order(s State) int { return slices.Index([]State{Active, Unapproved, Expired, None}, s) }

// over reports whether the last day has passed, in UTC. A date that cannot be read accepts nothing.
func (e *Exception) over(now time.Time) bool {
	last, err := time.Parse(time.DateOnly, e.Expires)
	return err != nil || !now.Before(last.AddDate(0, 0, 1))
}

// begun reports whether the first day has come somewhere on Earth: who writes a file lives in some zone, and clocks differ. Without
// this a date in the far future would let an exception last longer than it may.
func (e *Exception) begun(now time.Time) bool {
	first, err := time.Parse(time.DateOnly, e.Created)
	return err == nil && !now.Before(first.AddDate(0, 0, -1))
}

// approvers counts the people other than the author.
func (e *Exception) approvers() int {
	people := map[string]bool{}
	for _, name := range e.ApprovedBy {
		people[fold(name)] = true
	}
	delete(people, fold(e.CreatedBy))
	delete(people, "")
	return len(people)
}

// compiled is an exception with its patterns in the form in which they are compared.
type compiled struct {
	e                *Exception
	tagName, tagText pattern // where isTag
	scope, rule      pattern
	path             pattern
	isTag            bool
}

func compileOne(e *Exception) compiled {
	c := compiled{e: e, rule: newPattern(strings.ToLower(e.Rule)), path: newPattern(e.Path)}
	tag, ok := strings.CutPrefix(e.Scope, tagPrefix)
	if ok {
		name, text, _ := strings.Cut(strings.ToLower(tag), "=")
		c.isTag, c.tagName, c.tagText = true, newPattern(name), newPattern(text)
		return c
	}
	scope := e.Scope
	if evidence.IsARM(scope) && !strings.ContainsAny(scope, `*?\`) {
		scope = evidence.NormalizeARM(scope)
	}
	c.scope = newPattern(strings.ToLower(scope))
	return c
}

// compile makes the index by which a finding finds its exceptions.
func (s *Set) compile() {
	s.all = make([]compiled, len(s.Exceptions))
	s.byScope = map[string][]int{}
	for i := range s.Exceptions {
		s.all[i] = compileOne(&s.Exceptions[i])
		if c := &s.all[i]; c.isTag || c.scope.wild {
			s.loose = append(s.loose, i)
		} else {
			s.byScope[c.scope.text] = append(s.byScope[c.scope.text], i)
		}
	}
}

// matching are the exceptions that speak of a finding, in any order.
func (s *Set) matching(f Finding, now time.Time) []*compiled {
	if len(s.all) != len(s.Exceptions) { // made by hand
		made := Set{Exceptions: s.Exceptions}
		made.compile()
		s = &made
	}
	resource, rule, tags := strings.ToLower(f.Resource), strings.ToLower(f.Rule), lowered(f.Tags)
	var out []*compiled
	for _, list := range [][]int{s.byScope[resource], s.loose} {
		for _, i := range list {
			c := &s.all[i]
			if c.rule.match(rule) && c.inScope(resource, tags) && c.matchPath(f) && c.allows(f) && c.e.begun(now) {
				out = append(out, c)
			}
		}
	}
	return out
}

func lowered(tags map[string]string) map[string]string {
	out := make(map[string]string, len(tags))
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		out[strings.ToLower(name)] = strings.ToLower(tags[name])
	}
	return out
}

func (c *compiled) inScope(resource string, tags map[string]string) bool {
	if !c.isTag {
		return c.scope.match(resource)
	}
	if !c.tagName.wild {
		text, ok := tags[c.tagName.text]
		return ok && c.tagText.match(text)
	}
	for name, text := range tags {
		if c.tagName.match(name) && c.tagText.match(text) {
			return true
		}
	}
	return false
}

func (c *compiled) matchPath(f Finding) bool {
	switch c.e.Path {
	case "", f.Path:
		return true
	}
	return c.path.match(f.Path) || f.Pattern != "" && (c.e.Path == f.Pattern || c.path.match(f.Pattern))
}

// allows compares the value. What is not there is null.
func (c *compiled) allows(f Finding) bool {
	return c.e.Allow == "" || c.e.Allow == cmp.Or(f.New, "null")
}

func (c *compiled) state(f Finding, now time.Time) State {
	switch {
	case c.e.over(now):
		return Expired
	case f.Severity == severity.Critical && c.e.approvers() < 2, c.e.approvers() < 1:
		return Unapproved
	}
	return Active
}

// compare orders by how much an exception says: of an id before a pattern before a tag, of a rule before a pattern,
// of a place, and of a value.
func (c *compiled) compare(d *compiled) int {
	return cmp.Or(
		cmp.Compare(c.looseness(), d.looseness()), cmp.Compare(d.scopeLength(), c.scopeLength()),
		cmp.Compare(looseness(c.rule), looseness(d.rule)), cmp.Compare(d.rule.literal, c.rule.literal),
		cmp.Compare(c.pathLooseness(), d.pathLooseness()), cmp.Compare(d.path.literal, c.path.literal),
		cmp.Compare(len(d.e.Allow), len(c.e.Allow)), cmp.Compare(c.e.ID, d.e.ID),
	)
}

func looseness(p pattern) int {
	if p.wild {
		return 1
	}
	return 0
}

func (c *compiled) looseness() int {
	if c.isTag {
		return 2 + looseness(c.tagName) + looseness(c.tagText)
	}
	return looseness(c.scope)
}

func (c *compiled) scopeLength() int { return c.scope.literal + c.tagName.literal + c.tagText.literal }

// pathLooseness: a place, a place in any item of an array, a glob, any place.
func (c *compiled) pathLooseness() int {
	switch {
	case c.e.Path == "":
		return 3
	case c.path.wild:
		return 2
	case strings.Contains(c.e.Path, "[]"):
		return 1
	}
	return 0
}

// Everything reports whether the exception speaks of any finding whatever.
func (e *Exception) Everything() bool {
	whatever := func(p string) bool { return strings.Contains(p, "*") && strings.Trim(p, "*?") == "" }
	return whatever(e.Scope) && whatever(e.Rule) && (e.Path == "" || whatever(e.Path)) && e.Allow == ""
}

// InForce reports whether it is between its first day and its last.
func (e *Exception) InForce(now time.Time) bool { return e.begun(now) && !e.over(now) }
