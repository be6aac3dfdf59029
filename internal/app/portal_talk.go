package app

import (
	"context"
	"crypto/rand"
	"sync"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	desk "c4arch/internal/inbound/portal/talk"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/talk"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/talk"
)

// talking builds comments.
func (in *instance) talking() *talk.Service {
	st := store.New(in.homes)
	return &talk.Service{Store: st, People: account.New(in.homes), Things: &things{in: in, store: st}, Now: in.now, Random: rand.Reader}
}

// talkDesk is the pages of comments.
func (in *instance) talkDesk() web.Desk {
	return desk.Desk(desk.Services{Talk: in.talk, Project: in.projectOf})
}

// commentsOn is what people say about a thing of a project, for a page of another desk: kind is "element", "finding" or "proposal", subject its id. Who may not read comments gets
// nothing to show.
func (in *instance) commentsOn(ctx context.Context, a access.Actor, project id.Project, kind, subject string) (templ.Component, error) {
	return desk.Part(ctx, in.talk, a, talk.Subject{Project: project, About: talk.About(kind), ID: subject})
}

// things are what can be commented on. The elements of the newest snapshots that somebody looked at are remembered: an architecture is derived from evidence, which takes time.
type things struct {
	in    *instance
	store *store.Store

	mu     sync.Mutex
	recent []shownElements // the newest last
}

// shownElements are the elements of a snapshot with their names.
type shownElements struct {
	org      id.Org
	snapshot string
	elements map[string]string
}

// mostShown is how many snapshots are remembered.
const mostShown = 16

// seesThing is what whoever sees a thing of that sort has to be allowed.
var seesThing = map[talk.About]access.Action{talk.Element: access.SnapshotRead, talk.Finding: access.FindingRead, talk.Proposal: access.BaselineRead}

// Thing is what a comment is about, as it is now.
func (t *things) Thing(ctx context.Context, a access.Actor, s talk.Subject) (talk.Thing, error) {
	scope, err := access.Decide(a, seesThing[s.About], access.Resource{Project: s.Project})
	if err != nil {
		return talk.Thing{}, err
	}
	if s.About != talk.Element {
		return t.store.Named(ctx, scope, s.About, s.ID)
	}
	elements, err := t.elements(ctx, a, s.Project)
	if err != nil {
		return talk.Thing{}, err
	}
	name, there := elements[s.ID]
	if !there {
		return talk.Thing{}, fault.New(fault.NotFound, "there is no such element")
	}
	return talk.Thing{Label: name, There: true}, nil
}

func (t *things) elements(ctx context.Context, a access.Actor, project id.Project) (map[string]string, error) {
	newest, err := t.in.history.List(ctx, a, project, 1)
	if err != nil || len(newest) == 0 {
		return nil, err
	}
	if m, ok := t.known(a.Org, newest[0].ID); ok {
		return m, nil
	}
	sub, _, err := t.in.drift.Snapshot(ctx, a, project, newest[0].ID)
	if err == nil {
		err = detect.Derive(ctx, &sub, func(string, int, int) {})
	}
	if err != nil {
		return nil, err
	}
	m := make(map[string]string, len(sub.Model.Elements))
	for _, e := range sub.Model.Elements {
		m[e.ID] = e.Name
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.recent = append(t.recent, shownElements{a.Org, newest[0].ID, m}); len(t.recent) > mostShown {
		t.recent = t.recent[1:]
	}
	return m, nil
}

func (t *things) known(org id.Org, snapshot string) (map[string]string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.recent {
		if n.org == org && n.snapshot == snapshot {
			return n.elements, true
		}
	}
	return nil, false
}
