package project

import (
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/history"
	"c4arch/internal/service/overview"
)

// shownSnapshots is how many snapshots the history shows: the newest.
const shownSnapshots = 200

// past is what the history shows.
type past struct {
	*overview.Project
	Entries []history.Entry
	Most    bool // there may be more
}

func (p Ports) history(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	st, err := p.Project(c.Context(), c.Asker(), project)
	if err != nil {
		return err
	}
	v := past{Project: &st}
	if v.Entries, err = p.Snapshots(c.Context(), c.Asker(), project, shownSnapshots); err != nil {
		return err
	}
	v.Most = len(v.Entries) == shownSnapshots
	return c.Show(of(&st, say.T(c.Context(), "History"), "/history"), historyPage(v))
}

// one is what the page of a snapshot shows.
type one struct {
	*overview.Project
	history.Entry
	overview.Summary
}

func (p Ports) snapshot(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	project, err := c.Project()
	if err != nil {
		return err
	}
	st, err := p.Project(ctx, a, project)
	if err != nil {
		return err
	}
	v := one{Project: &st}
	if v.Entry, v.Summary, err = p.Summary(ctx, a, project, c.Path("snapshot")); err != nil {
		return err
	}
	if v.Entry.ID != c.Path("snapshot") { // a prefix, or a word, is no address
		return fault.New(fault.NotFound, "there is no such snapshot")
	}
	view := of(&st, say.T(ctx, "Snapshot %s", v.Entry.ID), "/history")
	view.Crumbs = append(view.Crumbs, web.Crumb{Path: at(project, "/history"), Name: say.T(ctx, "History")})
	return c.Show(view, snapshotPage(v))
}
