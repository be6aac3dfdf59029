package app

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	projectpages "c4arch/internal/inbound/portal/project"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/history"
	"c4arch/internal/service/overview"
)

// projectOf is the project that a page is about, by its name and with whether it is the example; not found where the actor's organisation has none of that id.
func (in *instance) projectOf(ctx context.Context, a access.Actor, project id.Project) (web.Project, error) {
	p, err := in.accounts.Project(ctx, a, project)
	return web.Project{ID: p.ID, Name: p.Name, Example: p.Example}, err
}

// projectDesk is the pages of projects, and the settings of the organisation.
func (in *instance) projectDesk() web.Desk {
	o := in.overview()
	return projectpages.Desk(projectpages.Ports{
		Projects: o.Projects, Project: o.Project, Make: in.accounts.CreateProject, Change: in.accounts.ChangeProject, Summary: in.summary, Snapshots: in.history.List, Names: in.names,
		Organisation: in.accounts.Organisation, ChangeOrganisation: in.accounts.ChangeOrganisation, JobsOf: in.upkeep.Jobs, Retry: in.upkeep.Retry, Now: in.now,
	})
}

// summary is what a snapshot is and holds.
func (in *instance) summary(ctx context.Context, a access.Actor, p id.Project, snapshot string) (history.Entry, overview.Summary, error) {
	e, record, err := in.history.Load(ctx, a, p, snapshot)
	if err != nil {
		return e, overview.Summary{}, err
	}
	return e, overview.Summarise(record.Snapshot), nil
}
