package accounts

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/terms"
)

// NewProject is a project to be.
type NewProject struct {
	Slug, Name string
	// Example makes it the example of the organisation, which is filled by a job; conflict where there is one.
	Example bool
	Key     *change.Idempotency
}

// CreateProject makes a project.
func (s *Service) CreateProject(ctx context.Context, a access.Actor, in NewProject) (tenant.Project, error) {
	scope, err := access.Decide(a, access.ProjectCreate, access.Resource{})
	if err != nil {
		return tenant.Project{}, err
	}
	if err := s.screened(ctx, a, "name", &in.Name); err != nil {
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
	p := tenant.Project{ID: id.Project(pj), Slug: in.Slug, Name: in.Name, Created: now, Example: in.Example}
	answer := p
	answer.Version = 1
	err = again(func() error {
		c := &Change{Envelope: change.New(scope, now, created(p)), Projects: []tenant.Project{p}}
		if p.Example {
			c.Jobs = []job.New{{Kind: task.FillExample, Args: task.Encode(task.ExampleArgs{Project: p.ID}), Key: pj}}
		}
		all, err := s.Tenancy.Projects(ctx, scope)
		if err != nil {
			return err
		}
		if len(all) >= tenant.MaxProjects {
			c.Refused = fault.New(fault.Limited, "the organisation has %d projects, and can have no more", len(all))
		} else {
			c.Refused = free(all, p)
		}
		if !p.Example {
			if c.Refused, err = s.room(ctx, scope, terms.Projects, c.Refused); err != nil {
				return err
			}
		}
		return s.once(ctx, c, in.Key, &answer)
	})
	return answer, err
}

// created is the entry of a new project.
func created(p tenant.Project) ledger.Draft {
	d := entry("project.created", ledger.Text("project", string(p.ID)), ledger.Text("slug", p.Slug), ledger.Text("name", p.Name))
	if p.Example {
		d.Fields = append(d.Fields, ledger.Bool("example", true))
	}
	return d
}

// free refuses a new project where another one has what only one can have.
func free(all []tenant.Project, p tenant.Project) error {
	if p.Example && slices.ContainsFunc(all, func(o tenant.Project) bool { return o.Example }) {
		return final(fault.New(fault.Conflict, "the organisation has an example already"))
	}
	return slugFree(all, p)
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
