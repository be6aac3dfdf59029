package severity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"c4arch/internal/arch/diff"
	"c4arch/internal/base/fault"
)

// better is what a tightening means where the rule does not say.
const better = "This is stronger than what was approved: the baseline is out of date."

// maxErrors bounds how many rules that could not be asked one error names.
const maxErrors = 20

// Judge says what the rules make of a case.
//
// Of a resource that changed, each property that is neither noise nor unknown has exactly one verdict where any rule speaks of it: the gravest
// that is loosened, else the gravest that is neutral or tightened, else that of a rule of last resort (a neutral one for any
// property or any resource); of equals the first in the table. A resource that was added, removed, moved or replaced has one verdict as a
// whole besides.
//
// A rule whose condition fails is in the error, by name; the verdicts of the others are returned with it.
func (t *Table) Judge(ctx context.Context, c Case) ([]Verdict, error) {
	j := &judge{ctx: ctx, table: t, raise: raising(c)}
	switch {
	case c.Change != nil:
		j.resource(newFacts(c.Change))
	case c.Exposure != nil:
		j.whole(ofExposure, string(c.Exposure.Kind), "", newExposureVars(c.Exposure))
	case c.Element != nil:
		j.element(c.Element)
	case c.Relationship != nil:
		j.relationship(c.Relationship)
	default:
		return nil, fault.New(fault.Internal, "a case to judge is empty")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return j.verdicts, errors.Join(j.errs...)
}

// judge is the work on one case.
type judge struct {
	ctx      context.Context
	table    *Table
	raise    string
	found    []candidate
	verdicts []Verdict
	errs     []error
	rule     *compiled // whose error was the last
}

// candidate is a verdict before the gravest are chosen.
type candidate struct {
	Verdict
	order int
	last  int // 0, or how much the rule is one of last resort
	base  Severity
}

// class orders what wins: a loosening; a neutral change or an improvement; and last what speaks of everything.
func (c *candidate) class() int {
	switch {
	case c.Direction == Loosened:
		return 0
	case c.Direction == Neutral && c.last > 0:
		return 1 + c.last
	}
	return 1
}

// compareCandidates puts first what wins. An improvement wins over a neutral change where its rule is the graver one: that a bucket is public no
// more says more than that its policy differs, but an image that was pinned is another image in the first place.
func compareCandidates(a, b candidate) int {
	return cmp.Or(
		cmp.Compare(a.class(), b.class()),
		cmp.Compare(a.base.Rank(), b.base.Rank()),
		strings.Compare(string(a.Direction), string(b.Direction)),
		cmp.Compare(a.order, b.order),
		cmp.Compare(a.Path, b.Path),
	)
}

// Rank is 0 of the gravest, and -1 of what is no severity.
func (s Severity) Rank() int { return slices.Index(severities, s) }

// AtLeast reports whether s is as grave as the other, or graver.
func (s Severity) AtLeast(other Severity) bool {
	return s.Rank() >= 0 && other.Rank() >= 0 && s.Rank() <= other.Rank()
}

// raising says why loosenings of the case are raised, or "".
func raising(c Case) string {
	switch {
	case c.Production && c.Internet:
		return "production, and reachable from the Internet"
	case c.Production:
		return "production"
	case c.Internet:
		return "reachable from the Internet"
	}
	return ""
}

// grade makes the verdict of a rule.
func (j *judge) grade(r *compiled, d Direction) candidate {
	c := candidate{Verdict: Verdict{Rule: &r.Rule, Severity: r.Severity, Direction: d, Reason: r.Reason}, order: r.order, base: r.Severity}
	switch {
	case d == Tightened:
		c.Severity, c.Reason = Low, cmp.Or(r.Better, better)
	case d == Loosened && j.raise != "" && r.Severity != Critical:
		c.Severity, c.Raised = severities[r.Severity.Rank()-1], j.raise
	}
	return c
}

// fail notes that a rule could not be asked, once for each rule.
func (j *judge) fail(r *compiled, err error) {
	if errors.Is(err, errOpen) || j.rule == r || len(j.errs) == maxErrors || j.ctx.Err() != nil {
		return
	}
	j.rule = r
	j.errs = append(j.errs, fmt.Errorf("rule %s of %s could not be asked: %w", r.ID, r.Pack, err))
}

// sides are what a rule is asked with: both sides together, and each on its own where it is there.
type sides struct {
	both     cel.Activation
	old, new cel.Activation // nil where the side is not there
	two      bool           // the resource is on both sides
}

// ask returns which way the change went by the rule, or "".
func (j *judge) ask(r *compiled, s subject, with sides) Direction {
	d, err := j.decide(r, s, with)
	if err != nil {
		j.fail(r, err)
		return ""
	}
	return d
}

func (j *judge) decide(r *compiled, s subject, with sides) (Direction, error) {
	if r.weak != nil && s == ofPlace {
		was, err := j.weak(r, with.old)
		if err != nil {
			return "", err
		}
		is, err := j.weak(r, with.new)
		switch {
		case err != nil:
			return "", err
		case is && !was:
			return Loosened, nil
		case was && !is:
			return Tightened, nil
		}
	}
	if r.strength != nil && s == ofPlace && with.two && with.old != nil && with.new != nil {
		if d, err := j.stronger(r, with); d != "" || err != nil {
			return d, err
		}
	}
	for _, x := range []struct {
		c *condition
		d Direction
	}{{r.loosened[s], Loosened}, {r.tightened[s], Tightened}, {r.neutral[s], Neutral}} {
		if x.c == nil {
			continue
		}
		if yes, err := x.c.holds(j.ctx, with.both); err != nil || yes {
			return x.d, err
		}
	}
	return "", nil
}

func (j *judge) weak(r *compiled, side cel.Activation) (bool, error) {
	if side == nil {
		return false, nil
	}
	return r.weak.holds(j.ctx, side)
}

// stronger compares the numbers of both sides. A negative one is not known.
func (j *judge) stronger(r *compiled, with sides) (Direction, error) {
	was, err := r.strength.number(j.ctx, with.old)
	if err != nil {
		return "", err
	}
	is, err := r.strength.number(j.ctx, with.new)
	switch {
	case err != nil || was < 0 || is < 0:
		return "", err
	case is < was:
		return Loosened, nil
	case is > was:
		return Tightened, nil
	}
	return "", nil
}

// resource judges a change of a resource.
func (j *judge) resource(f *facts) {
	for _, h := range j.table.index.ofType(f.typ) {
		j.askAbout(h, f)
		if j.ctx.Err() != nil {
			return
		}
	}
	if f.err != nil {
		j.errs = append(j.errs, f.err)
	}
	j.choose(f)
}

// askAbout asks a rule about the resource, and about each place that its targets mean, once.
func (j *judge) askAbout(h hit, f *facts) {
	var asked map[diff.Path]bool
	whole := false
	for _, on := range h.ons {
		switch {
		case !on.asks(f.change.Kind):
		case len(on.steps) > 0:
			for _, p := range f.places(on) {
				if asked[p.path] {
					continue
				}
				if asked == nil && len(h.ons) > 1 {
					asked = map[diff.Path]bool{}
				}
				if asked != nil {
					asked[p.path] = true
				}
				j.one(h.rule, on, f, p)
			}
		case !whole:
			whole = true
			j.one(h.rule, on, f, wholePlace)
		}
	}
}

// asks reports whether the rule is asked of a change of the kind.
func (on *target) asks(k diff.Kind) bool {
	if len(on.Change) == 0 {
		return k != diff.Removed || len(on.steps) == 0
	}
	return slices.Contains(on.Change, k)
}

// one asks a rule about one place.
func (j *judge) one(r *compiled, on *target, f *facts, p spot) {
	d := j.ask(r, ofPlace, f.sides(p))
	switch {
	case d == "":
		return
	case f.change.Kind == diff.Added && p.path != "" && d != Loosened:
		return // that it was added is said already
	case f.change.Kind == diff.Removed && d == Tightened && len(on.Change) == 0:
		return // what is gone is no improvement unless the rule says so
	}
	c := j.grade(r, d)
	c.Path, c.Covers = p.path, p.covers
	if on.each || len(on.steps) == 0 {
		c.last = lastResort(on)
	}
	j.found = append(j.found, c)
}

func lastResort(on *target) int {
	switch {
	case on.Type == "*":
		return 2
	case on.each:
		return 1
	}
	return 0
}

// choose keeps the gravest verdicts.
func (j *judge) choose(f *facts) {
	slices.SortStableFunc(j.found, compareCandidates)
	taken := make([]bool, len(f.listed))
	existence := false
	for _, c := range j.found {
		if c.Path == "" && f.change.Kind != diff.Changed {
			if existence {
				continue
			}
			existence = true
		}
		if c.last > 0 && c.Path != "" && slices.ContainsFunc(c.Covers, func(i int) bool { return taken[i] }) {
			for _, i := range c.Covers { // a part of what came or went as one is spoken of, and so the whole is
				taken[i] = true
			}
			continue
		}
		if c.Path != "" {
			c.Covers = slices.DeleteFunc(c.Covers, func(i int) bool { return taken[i] })
			if len(c.Covers) == 0 {
				continue
			}
			for _, i := range c.Covers {
				taken[i] = true
			}
			if len(f.change.Properties) == 0 {
				c.Covers = nil // they are no indexes of what the change lists
			}
		}
		j.verdicts = append(j.verdicts, c.Verdict)
	}
}

// whole judges what is judged as a whole: the gravest verdict.
func (j *judge) whole(s subject, name string, status diff.Kind, vars cel.Activation) {
	for _, r := range j.table.index.others[s] {
		for i := range r.ons {
			on := &r.ons[i]
			if on.subject != s || !matchName(on.pattern(), name) || len(on.Change) > 0 && !slices.Contains(on.Change, status) {
				continue
			}
			if d := j.ask(r, s, sides{both: vars}); d != "" {
				c := j.grade(r, d)
				if on.pattern() == "*" {
					c.last = 1
				}
				j.found = append(j.found, c)
			}
			break
		}
	}
	if len(j.found) > 0 {
		j.verdicts = []Verdict{slices.MinFunc(j.found, compareCandidates).Verdict}
	}
}

// pattern is what the target matches of what is no resource.
func (on *target) pattern() string { return cmp.Or(on.Exposure, on.Element, on.Relationship) }
