// Package overview is the use case of seeing where an organisation and its projects stand: what was scanned, what is approved, what drifted, what waits for somebody.
//
// It promises: a fact of a project is told to who may read it there, and a fact of the organisation to who may read that; an example counts in nothing that is about the
// organisation; what is asked for is one transaction with a statement for each kind of thing, however many projects there are. It leaves out every decision about them.
package overview

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// Estate is the port to what an organisation has.
type Estate interface {
	// Facts reads what the query asks for, of the scope's organisation.
	Facts(ctx context.Context, s access.Scope, q Query) (Facts, error)
}

// Service is the use cases. Every field must be set.
type Service struct {
	Estate Estate
	Now    func() time.Time
}

// Soon is how long before an end it is told of.
const Soon = 14 * 24 * time.Hour

// Home is where the organisation stands, as far as the actor may see. Projects in the archive are left out, and what is about the example is only in Example.
func (s *Service) Home(ctx context.Context, a access.Actor) (Standing, error) {
	scope, err := access.Decide(a, access.OrganisationRead, access.Resource{})
	if err != nil {
		return Standing{}, err
	}
	q := Query{Now: s.Now(), Until: s.Now().Add(Soon), Projects: may(a, access.ProjectList, ""), Tokens: may(a, access.TokenList, ""), Jobs: may(a, access.JobRead, ""), Newest: true}
	f, err := s.Estate.Facts(ctx, scope, q)
	if err != nil {
		return Standing{}, err
	}
	return standing(q, f, func(act access.Action, p id.Project) bool { return may(a, act, p) }), nil
}

// Projects are those of the organisation with where each stands, those in the archive and the example too.
func (s *Service) Projects(ctx context.Context, a access.Actor) (Standing, error) {
	scope, err := access.Decide(a, access.ProjectList, access.Resource{})
	if err != nil {
		return Standing{}, err
	}
	q := Query{Now: s.Now(), Projects: true}
	f, err := s.Estate.Facts(ctx, scope, q)
	if err != nil {
		return Standing{}, err
	}
	return standing(q, f, func(act access.Action, p id.Project) bool { return may(a, act, p) }), nil
}

// Project is where one project stands; notfound where the organisation has none of that id.
func (s *Service) Project(ctx context.Context, a access.Actor, project id.Project) (Project, error) {
	scope, err := access.Decide(a, access.ProjectRead, access.Resource{Project: project})
	if err != nil {
		return Project{}, err
	}
	q := Query{Now: s.Now(), Until: s.Now().Add(Soon), Projects: true, Only: project, Newest: true}
	f, err := s.Estate.Facts(ctx, scope, q)
	if err != nil {
		return Project{}, err
	}
	st := standing(q, f, func(act access.Action, p id.Project) bool { return may(a, act, p) })
	all := slices.Concat(st.Projects, st.Archived)
	if st.Example != nil {
		all = append(all, *st.Example)
	}
	if len(all) != 1 {
		return Project{}, errNoProject
	}
	p := all[0]
	p.Latest, p.Drift, p.Proposals, p.Ending = st.Latest, st.Drift, st.Proposals, st.Ending
	return p, nil
}

func may(a access.Actor, act access.Action, p id.Project) bool {
	a.Fresh = true
	_, err := access.Decide(a, act, access.Resource{Project: p})
	return err == nil
}
