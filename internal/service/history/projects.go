package history

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// Projects is the port to the histories of projects.
type Projects interface {
	// History opens the history of the scope's project until Close; notfound when the scope's organisation has none of that id.
	History(ctx context.Context, s access.Scope) (Store, error)
}

// Hosted are the use cases of the histories of projects.
type Hosted struct {
	Projects Projects
	Now      func() time.Time
}

func (h *Hosted) open(ctx context.Context, a access.Actor, act access.Action, project id.Project) (Store, access.Scope, error) {
	s, err := access.Decide(a, act, access.Resource{Project: project})
	if err != nil {
		return nil, s, err
	}
	store, err := h.Projects.History(ctx, s)
	return store, s, err
}

// List are the newest snapshots of a project, at most limit.
func (h *Hosted) List(ctx context.Context, a access.Actor, project id.Project, limit int) ([]Entry, error) {
	s, _, err := h.open(ctx, a, access.SnapshotRead, project)
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // it was read only
	return s.List(ctx, limit)
}

// Load is one snapshot as it was kept; ref is what [Store.Find] takes.
func (h *Hosted) Load(ctx context.Context, a access.Actor, project id.Project, ref string) (Entry, Record, error) {
	s, _, err := h.open(ctx, a, access.SnapshotRead, project)
	if err != nil {
		return Entry{}, Record{}, err
	}
	defer s.Close() //nolint:errcheck // it was read only
	e, err := s.Find(ctx, ref)
	if err != nil {
		return e, Record{}, err
	}
	r, err := s.Load(ctx, e.ID)
	return e, r, err
}

// Collect lets go what the retention does not keep.
func (h *Hosted) Collect(ctx context.Context, a access.Actor, project id.Project, r Retention, dry bool) (Collected, error) {
	s, scope, err := h.open(ctx, a, access.SnapshotCollect, project)
	if err != nil {
		return Collected{}, err
	}
	defer s.Close() //nolint:errcheck // what was committed is durable
	return Collect(ctx, s, scope, r, h.Now(), dry)
}

// Redact withdraws the content of a resource from every snapshot of the project's organisation.
func (h *Hosted) Redact(ctx context.Context, a access.Actor, project id.Project, resource, reason string) (Redacted, error) {
	s, scope, err := h.open(ctx, a, access.SnapshotRedact, project)
	if err != nil {
		return Redacted{}, err
	}
	defer s.Close() //nolint:errcheck // what was committed is durable
	return Redact(ctx, s, scope, resource, reason, h.Now())
}
