package derive

import (
	"context"
	"regexp"
	"slices"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Matching says which resources of a snapshot that holds code and cloud are about the same thing. It is the part of [Model] that
// matches them, by the same rules and with the same result.
type Matching struct {
	// Things are sorted by ID. Every resource of the snapshot is of one.
	Things []Matched
}

// Matched is one thing: what one or more resources are about.
type Matched struct {
	// ID is the identity under which it is known: that of the cloud where it was seen, or where the code's open scope is known to
	// mean a scope of the cloud.
	ID string
	// Resources are the indexes of its resources in the snapshot, the most telling first.
	Resources []int
	// Declared: code declares it (a data source does not). Live: it was seen, itself or in a list of another resource that was
	// (Listed). Data: code reads it and does nothing else.
	Declared, Live, Listed, Data bool
	// InScope: it lies in a resource group, a namespace or a project in which code declares something that was seen. Of what
	// lies elsewhere nobody can say that code should declare it.
	InScope bool
	// Unsure says, of what code declares, why nobody can tell whether it was seen, and Candidates what it may be. Of what was seen and
	// is not declared, Unsure says that code declares something of its type under an open name that may be its.
	Unsure     string
	Candidates []string
}

// Match matches what the code of a snapshot declares with what was seen live.
func Match(ctx context.Context, s *evidence.Snapshot) (*Matching, error) {
	b := newBuilder(s, Options{})
	b.group()
	b.facts = make([]*fact, len(s.Resources))
	if err := each(ctx, len(s.Resources), func(i int) error {
		v, err := s.Resources[i].Tree()
		if err != nil {
			return fault.Wrap(fault.Internal, err, "resource %s", s.Resources[i].ID)
		}
		b.learnOne(i, &v)
		return nil
	}); err != nil {
		return nil, err
	}
	b.know()
	b.declaredScopes()
	m := &Matching{}
	open := b.openNames()
	for _, t := range b.things {
		if len(t.obs) > 0 {
			m.Things = append(m.Things, b.matched(t, open[armType(t.id)]))
		}
	}
	return m, ctx.Err()
}

func (b *builder) learnOne(i int, v *tree.Value) {
	b.facts[i] = b.learn(i, v)
	b.rebase(i, b.facts[i])
}

func (b *builder) matched(t *thing, open []openName) Matched {
	x := Matched{ID: t.id, Resources: slices.Clone(t.obs), Listed: t.listed != nil, InScope: b.inDeclaredScope(t)}
	x.Declared, _, x.Data = b.sides(t)
	x.Live = x.Listed || slices.ContainsFunc(t.obs, func(i int) bool {
		r := &b.snap.Resources[i]
		return r.Side != evidence.Declared && r.Side != evidence.Planned
	})
	switch {
	case x.Declared && !x.Live && b.matcher != nil:
		for _, i := range t.obs {
			if w, ok := b.matcher.why[b.snap.Resources[i].ID]; ok {
				x.Unsure, x.Candidates = w.reason, slices.Clone(w.candidates)
			}
		}
	case x.Live && !x.Declared:
		tail := splitScope(t.id).tail
		for _, o := range open {
			if !o.form.MatchString(tail) {
				continue
			}
			x.Unsure = "code declares something of its type under a name that it leaves open, and this may be it"
			if len(x.Candidates) < maxCandidates {
				x.Candidates = append(x.Candidates, o.id)
			}
		}
	}
	return x
}

// maxCandidates bounds how many open names one thing is held to be.
const maxCandidates = 10

// openName is a declared id with open names, and what it may come to.
type openName struct {
	id   string
	form *regexp.Regexp
}

// openNames are those of [matcher.patterns], each with its id.
func (b *builder) openNames() map[string][]openName {
	out := map[string][]openName{}
	if b.matcher == nil {
		return out
	}
	forms := b.matcher.patterns()
	for _, id := range sortedKeys(b.matcher.why) {
		typ := armType(id)
		if n := len(out[typ]); n < len(forms[typ]) && typ != "" && evidence.HasBlank(splitScope(id).tail) {
			out[typ] = append(out[typ], openName{id, forms[typ][n]})
		}
	}
	return out
}
