package app

import (
	"context"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/portal/drift"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/detect"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
)

// driftDesk is what differs from what was approved.
func (in *instance) driftDesk() web.Desk { return drift.Desk(deciding{in.drift, in}) }

// deciding is drift, and what is decided about it, as the pages see it.
type deciding struct {
	*detect.Hosted
	in *instance
}

func (d deciding) Project(ctx context.Context, a access.Actor, project id.Project) (web.Project, error) {
	return d.in.projectOf(ctx, a, project)
}

// People are the names of members. Who may not see the members sees no name.
func (d deciding) People(ctx context.Context, a access.Actor) (map[id.Actor]string, error) {
	all, err := d.in.accounts.Members(ctx, a, true)
	if fault.KindOf(err) == fault.Denied {
		return nil, nil
	}
	names := make(map[id.Actor]string, len(all))
	for _, m := range all {
		names[id.Actor("person:"+m.Person)] = m.Name
	}
	return names, err
}

func (d deciding) Comments(ctx context.Context, a access.Actor, project id.Project, kind, subject string) (templ.Component, error) {
	return d.in.commentsOn(ctx, a, project, kind, subject)
}

// decisions is the ledger, as a decision shows its entry.
type decisions struct{ *trust.Store }

// Decisions are entries of some kinds, the newest first.
func (l decisions) Decisions(ctx context.Context, s access.Scope, kinds []string, before int64, limit int) ([]ledger.Entry, error) {
	rows, err := l.Rows(ctx, s, auditing.Query{Kinds: kinds, Before: before, Limit: limit, Newest: true})
	out := make([]ledger.Entry, len(rows))
	for i := range rows {
		out[i] = rows[i].Entry
	}
	return out, err
}
