// Package project is the pages of projects: the list, one project with where it stands, its settings and its history, and the settings of the organisation.
//
// It promises that what can be undone is undone with one click and not asked about before, and that each page says from where what it shows comes. It leaves out scans, drift and
// approvals, to whose pages it leads.
package project

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/history"
	"c4arch/internal/service/overview"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Ports are what the pages ask. All must be set.
type Ports struct {
	Projects func(ctx context.Context, a access.Actor) (overview.Standing, error)
	Project  func(ctx context.Context, a access.Actor, p id.Project) (overview.Project, error)
	Make     func(ctx context.Context, a access.Actor, in accounts.NewProject) (tenant.Project, error)
	Change   func(ctx context.Context, a access.Actor, p id.Project, in accounts.ProjectChange) (tenant.Project, error)
	// Summary is what a snapshot is and holds.
	Summary   func(ctx context.Context, a access.Actor, p id.Project, snapshot string) (history.Entry, overview.Summary, error)
	Snapshots func(ctx context.Context, a access.Actor, p id.Project, limit int) ([]history.Entry, error)
	Names     func(ctx context.Context, a access.Actor) (func(id.Actor) string, error)

	Organisation       func(ctx context.Context, a access.Actor) (tenant.Organisation, error)
	ChangeOrganisation func(ctx context.Context, a access.Actor, in accounts.OrganisationChange) (tenant.Organisation, error)
	JobsOf             func(ctx context.Context, a access.Actor, state job.State, limit int) ([]job.Job, error)
	Retry              func(ctx context.Context, a access.Actor, job string) error
	Now                func() time.Time
}

const listPath = "/projects"

// Desk is the pages.
func Desk(p Ports) web.Desk {
	return func(s *web.Site) {
		in := web.InPath("project", "project")
		s.Page(listPath, "projects", access.ProjectList, p.list)
		s.Page(listPath+"/new", "project-new", access.ProjectCreate, p.blank)
		s.Form(listPath+"/new", "project-make", access.ProjectCreate, p.create)
		s.Page(listPath+"/{project}", "project", access.ProjectRead, p.show, in)
		s.Page(listPath+"/{project}/settings", "project-settings", access.ProjectRead, p.settings, in)
		s.Form(listPath+"/{project}/settings", "project-change", access.ProjectChange, p.change, in)
		s.Form(listPath+"/{project}/archive", "project-archive", access.ProjectChange, p.archive, in)
		s.Page(listPath+"/{project}/history", "history", access.SnapshotRead, p.history, in)
		s.Page(listPath+"/{project}/history/{snapshot}", "history-snapshot", access.SnapshotRead, p.snapshot, in, web.InPath("snapshot", "snapshot"))
		s.Page(organisationPath, "organisation-settings", access.OrganisationRead, p.organisation)
		s.Form(organisationPath, "organisation-change", access.OrganisationChange, p.changeOrganisation)
		s.Form(organisationPath+"/jobs/{job}/retry", "job-again", access.JobRetry, p.retry, web.InPath("job", "job"))
		s.Says("project-made", "The project is there. Next: connect what is there.")
		s.Says("project-renamed", "The project is changed.")
		s.Says("project-restored", "The project is out of the archive again.")
		s.Says("organisation-changed", "The organisation is changed.")
		s.Says("job-again", "The job is tried again.")
	}
}

func at(p id.Project, rest string) string { return listPath + "/" + string(p) + rest }

// of is what every page of a project has around it.
func of(p *overview.Project, title, rest string) web.View {
	v := web.View{Title: title, Section: at(p.ID, rest), Project: &web.Project{ID: p.ID, Name: p.Name, Example: p.Example}}
	if rest != "" {
		v.Crumbs = []web.Crumb{{Path: at(p.ID, ""), Name: p.Name}}
	}
	return v
}

// allowed refuses who may not, before what they have sent is looked at. The service decides again.
func allowed(c *web.Call, act access.Action, p id.Project) error {
	a := c.Asker()
	a.Fresh = true // whether a proof is too old the service says
	_, err := access.Decide(a, act, access.Resource{Project: p})
	return err
}

// listed is what the list shows.
type listed struct {
	overview.Standing
	Create bool
	Gone   *overview.Project // was put away a moment ago
	Now    time.Time
}

func (p Ports) list(c *web.Call) error {
	st, err := p.Projects(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	v := listed{Standing: st, Create: c.May(access.ProjectCreate, ""), Now: p.Now()}
	// What was put away a moment ago can be taken back at once.
	if gone := id.Project(c.Query("archived")); gone.Valid() {
		if x := st.Find(gone); x != nil && x.Project.Archived && c.May(access.ProjectChange, gone) {
			v.Gone = x
		}
	}
	view := web.View{Title: say.T(c.Context(), "Projects"), Section: listPath}
	if v.Create {
		view.Actions = newProject()
	}
	return c.Show(view, listPage(v))
}

func (p Ports) blank(c *web.Call) error {
	if err := allowed(c, access.ProjectCreate, ""); err != nil {
		return err
	}
	return c.Show(web.View{Title: say.T(c.Context(), "New project"), Section: listPath, Crumbs: []web.Crumb{{Path: listPath, Name: say.T(c.Context(), "Projects")}}}, newPage())
}

// create makes a project. Its short name is made of its name where none is given.
func (p Ports) create(c *web.Call) error {
	name, slug := c.Form("name"), c.Form("slug")
	if slug == "" {
		slug = tenant.SlugOf(name)
	}
	made, err := p.Make(c.Context(), c.Asker(), accounts.NewProject{Slug: slug, Name: name})
	if err != nil {
		return err
	}
	return c.Done(at(made.ID, ""), "project-made")
}

// shown is what the page of a project shows.
type shown struct {
	*overview.Project
	Summary *overview.Summary // of the newest snapshot, nil where there is none
	Name    func(id.Actor) string
	Now     time.Time
	Steps   []web.Step
	First   string // the oldest snapshot, of the example
	May     func(access.Action) bool
}

func (p Ports) show(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	project, err := c.Project()
	if err != nil {
		return err
	}
	st, err := p.Project(ctx, a, project)
	if err != nil {
		return err
	}
	v := shown{Project: &st, Now: p.Now(), May: func(act access.Action) bool { return c.May(act, project) }}
	if v.Name, err = p.Names(ctx, a); err != nil {
		return err
	}
	if st.Snapshot != nil {
		_, sum, err := p.Summary(ctx, a, project, st.Snapshot.ID)
		if err != nil {
			return err
		}
		v.Summary = &sum
	}
	if st.Example {
		all, err := p.Snapshots(ctx, a, project, shownSnapshots)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			v.First = all[len(all)-1].ID
		}
	}
	if st.Baseline == nil && !st.Archived {
		r := web.Reached{Connected: len(st.Connections) > 0 || st.Scan != nil, Running: st.Scan != nil && (st.Scan.State == "queued" || st.Scan.State == "running"), Scanned: st.Snapshot != nil}
		if st.Scan != nil {
			r.Scan = st.Scan.ID
		}
		v.Steps = web.FirstSteps(ctx, at(project, ""), v.May, r)
	}
	view := of(&st, st.Name, "")
	view.Actions = showActions(v)
	if st.Scan != nil && (st.Scan.State == "queued" || st.Scan.State == "running") {
		view.Refresh = 5
	}
	return c.Show(view, showPage(v))
}
