// Package home is the first page of an organisation: its projects and where they stand, what waits for a decision, what drifted last, and the way to the first diagram where there is none
// yet.
//
// It promises that everything on the page leads to where it is decided, that an example counts in nothing, and that whoever may see no architecture is shown none. It leaves out every
// decision.
package home

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/overview"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Ports are what the page asks. All must be set.
type Ports struct {
	Home         func(ctx context.Context, a access.Actor) (overview.Standing, error)
	Organisation func(ctx context.Context, a access.Actor) (tenant.Organisation, error)
	// Names tells what to call whoever did something.
	Names func(ctx context.Context, a access.Actor) (func(id.Actor) string, error)
	// Explore makes the example, or takes it out of the archive.
	Explore func(ctx context.Context, a access.Actor) (id.Project, error)
	Now     func() time.Time
}

const path = "/home"

// Desk is the page.
func Desk(p Ports) web.Desk {
	return func(s *web.Site) {
		s.Page(path, "home", access.OrganisationRead, p.show)
		s.Form("/example", "example-make", access.ProjectCreate, p.explore)
	}
}

// view is what the page shows.
type view struct {
	overview.Standing
	Org       tenant.Organisation
	Name      func(id.Actor) string
	Now       time.Time
	Me        id.Actor
	Sees      bool // projects
	Create    bool
	Decisions []decision
	mayIn     func(access.Action) bool // in the first project
	Steps     []web.Step               // none where the organisation is beyond its first steps
}

func (p Ports) show(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := view{Now: p.Now(), Me: a.ID, Sees: c.May(access.ProjectList, ""), Create: c.May(access.ProjectCreate, "")}
	var err error
	if v.Org, err = p.Organisation(ctx, a); err != nil {
		return err
	}
	if v.Standing, err = p.Home(ctx, a); err != nil {
		return err
	}
	if v.Name, err = p.Names(ctx, a); err != nil {
		return err
	}
	if len(v.Projects) > 0 {
		v.mayIn = func(act access.Action) bool { return c.May(act, v.Projects[0].ID) }
	}
	v.Decisions = v.decisions(ctx)
	if v.Sees {
		v.Steps = steps(ctx, v)
	}
	return c.Show(web.View{Title: say.T(ctx, "Home"), Lead: v.lead(ctx), Section: path, Actions: v.actions()}, page(v))
}

func (v view) lead(ctx context.Context) string {
	if !v.Sees {
		return ""
	}
	open, grave := 0, 0
	for i := range v.Projects {
		open += v.Projects[i].Findings()
		grave += v.Projects[i].Grave()
	}
	if len(v.Projects) == 0 {
		return ""
	}
	text := say.N(ctx, len(v.Projects), "%d project", "%d projects") + ", " + say.N(ctx, open, "%d open finding", "%d open findings")
	if grave > 0 {
		text += ", " + say.N(ctx, grave, "%d of them critical or high", "%d of them critical or high")
	}
	return text + "."
}

func (p Ports) explore(c *web.Call) error {
	project, err := p.Explore(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return c.To("/projects/" + string(project))
}
