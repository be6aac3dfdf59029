package project

import (
	"net/url"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/overview"
)

// set is what the page of the settings of a project shows.
type set struct {
	*overview.Project
	Change bool
}

func (p Ports) settings(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	st, err := p.Project(c.Context(), c.Asker(), project)
	if err != nil {
		return err
	}
	return c.Show(of(&st, say.T(c.Context(), "Settings"), "/settings"), settingsPage(set{&st, c.May(access.ProjectChange, project)}))
}

func (p Ports) change(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	if err := allowed(c, access.ProjectChange, project); err != nil {
		return err
	}
	name, slug := c.Form("name"), c.Form("slug")
	version, err := versionOf(c)
	if err != nil {
		return err
	}
	if _, err := p.Change(c.Context(), c.Asker(), project, accounts.ProjectChange{Name: &name, Slug: &slug, Version: version}); err != nil {
		return err
	}
	return c.Done(at(project, "/settings"), "project-renamed")
}

// versionOf is which version the form was filled in from: a change that somebody else has made meanwhile is not lost.
func versionOf(c *web.Call) (int64, error) {
	n, err := strconv.ParseInt(c.Form("version"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "the form does not say what it was made from").WithHelp("load the page again")
	}
	return n, nil
}

// archive puts a project away, and takes it back. Neither is asked about before: each is undone by the other.
func (p Ports) archive(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	away := c.Form("away") == "yes"
	if _, err := p.Change(c.Context(), c.Asker(), project, accounts.ProjectChange{Archived: &away}); err != nil {
		return err
	}
	if away {
		return c.To(listPath + "?archived=" + url.QueryEscape(string(project)))
	}
	return c.Done(at(project, ""), "project-restored")
}

const organisationPath = "/organisation/settings"

// organised is what the page of the settings of the organisation shows.
type organised struct {
	tenant.Organisation
	Change, Owner, Jobs, Retry bool
	Dead                       []job.Job
	Now                        time.Time
}

func (p Ports) organisation(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := organised{Change: c.May(access.OrganisationChange, ""), Owner: a.Covers(access.Owner), Jobs: c.May(access.JobRead, ""), Retry: c.May(access.JobRetry, ""), Now: p.Now()}
	var err error
	if v.Organisation, err = p.Organisation(ctx, a); err != nil {
		return err
	}
	if v.Jobs {
		if v.Dead, err = p.JobsOf(ctx, a, job.Dead, 50); err != nil {
			return err
		}
	}
	return c.Show(web.View{Title: say.T(ctx, "Settings of the organisation"), Section: organisationPath}, organisationPage(v))
}

func (p Ports) changeOrganisation(c *web.Call) error {
	if err := allowed(c, access.OrganisationChange, ""); err != nil {
		return err
	}
	name, in := c.Form("name"), accounts.OrganisationChange{}
	in.Name = &name
	var err error
	if in.Version, err = versionOf(c); err != nil {
		return err
	}
	if text := c.Form("approvals"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fault.New(fault.Invalid, "an approval takes 1 person or 2")
		}
		in.Approvals = &n
	}
	if _, err := p.ChangeOrganisation(c.Context(), c.Asker(), in); err != nil {
		return err
	}
	return c.Done(organisationPath, "organisation-changed")
}

func (p Ports) retry(c *web.Call) error {
	if err := p.Retry(c.Context(), c.Asker(), c.Path("job")); err != nil {
		return err
	}
	return c.Done(organisationPath, "job-again")
}
