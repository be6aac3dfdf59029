package accounts

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// NewProject is a project to be.
type NewProject struct {
	Slug, Name string
	Key        *change.Idempotency
}

// CreateProject makes a project.
func (s *Service) CreateProject(ctx context.Context, a access.Actor, in NewProject) (tenant.Project, error) {
	scope, err := access.Decide(a, access.ProjectCreate, access.Resource{})
	if err != nil {
		return tenant.Project{}, err
	}
	if err := tenant.CheckSlug(in.Slug); err != nil {
		return tenant.Project{}, err
	}
	if err := tenant.CheckName("the name of the project", in.Name); err != nil {
		return tenant.Project{}, err
	}
	now := s.now()
	pj, err := s.mint(id.PrefixProject, now)
	if err != nil {
		return tenant.Project{}, err
	}
	p := tenant.Project{ID: id.Project(pj), Slug: in.Slug, Name: in.Name, Created: now}
	answer := p
	answer.Version = 1
	err = again(func() error {
		c := &Change{Envelope: change.New(scope, now, entry("project.created",
			ledger.Text("project", pj), ledger.Text("slug", p.Slug), ledger.Text("name", p.Name))), Projects: []tenant.Project{p}}
		all, err := s.Tenancy.Projects(ctx, scope)
		if err != nil {
			return err
		}
		if len(all) >= tenant.MaxProjects {
			c.Refused = fault.New(fault.Limited, "the organisation has %d projects, and can have no more", len(all))
		} else {
			c.Refused = slugFree(all, p)
		}
		return s.once(ctx, c, in.Key, &answer)
	})
	return answer, err
}

func slugFree(all []tenant.Project, p tenant.Project) error {
	if slices.ContainsFunc(all, func(o tenant.Project) bool { return o.Slug == p.Slug && o.ID != p.ID }) {
		return final(fault.New(fault.Conflict, "another project has the short name %s", p.Slug).WithHelp("choose another one"))
	}
	return nil
}

// Projects are those of the actor's organisation; a token that is narrowed to one sees that one.
func (s *Service) Projects(ctx context.Context, a access.Actor) ([]tenant.Project, error) {
	scope, err := access.Decide(a, access.ProjectList, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, err := s.Tenancy.Projects(ctx, scope)
	if a.Project != "" {
		all = slices.DeleteFunc(all, func(p tenant.Project) bool { return p.ID != a.Project })
	}
	return all, err
}

// Project is one of the actor's organisation.
func (s *Service) Project(ctx context.Context, a access.Actor, p id.Project) (tenant.Project, error) {
	scope, err := access.Decide(a, access.ProjectRead, access.Resource{Project: p})
	if err != nil {
		return tenant.Project{}, err
	}
	return s.Tenancy.Project(ctx, scope, p)
}

// ProjectChange is what is to be otherwise; nil stays as it is.
type ProjectChange struct {
	Slug, Name *string
	Archived   *bool
	Version    int64 // that was seen, or 0 for whichever there is
}

// ChangeProject renames a project, puts it into the archive or takes it out again. What is in the archive is read and not written.
func (s *Service) ChangeProject(ctx context.Context, a access.Actor, pj id.Project, in ProjectChange) (tenant.Project, error) {
	scope, err := access.Decide(a, access.ProjectChange, access.Resource{Project: pj})
	if err != nil {
		return tenant.Project{}, err
	}
	var p tenant.Project
	err = again(func() error {
		if p, err = s.Tenancy.Project(ctx, scope, pj); err != nil {
			return err
		}
		if err := seen("project", in.Version, p.Version); err != nil {
			return err
		}
		set(&p.Slug, in.Slug)
		set(&p.Name, in.Name)
		set(&p.Archived, in.Archived)
		if in.Slug != nil {
			if err := s.renamed(ctx, scope, p); err != nil {
				return err
			}
		}
		if err := tenant.CheckName("the name of the project", p.Name); err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("project.changed",
			ledger.Text("slug", p.Slug), ledger.Text("name", p.Name), ledger.Bool("archived", p.Archived))), Projects: []tenant.Project{p}}
		_, err := s.Writer.Commit(ctx, c)
		return err
	})
	p.Version++
	return p, err
}

func (s *Service) renamed(ctx context.Context, scope access.Scope, p tenant.Project) error {
	if err := tenant.CheckSlug(p.Slug); err != nil {
		return err
	}
	all, err := s.Tenancy.Projects(ctx, scope)
	if err != nil {
		return err
	}
	return slugFree(all, p)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
