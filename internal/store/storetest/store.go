package storetest

import (
	"bytes"
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
	"c4arch/internal/trust/ledger"
)

// Ports are both ports in one.
type Ports interface {
	history.Store
	detect.Baselines
}

// Store is a store in the hands of somebody: each write is decided, and says what it does.
type Store struct {
	Ports
	Actor   access.Actor
	Project id.Project
}

// Local is a laptop's store in the hands of its user.
func Local(p Ports) Store {
	return Store{Ports: p, Actor: access.LocalActor(), Project: id.LocalProject}
}

// MachineKey is the key of a laptop's home.
func MachineKey() *secret.Key {
	k, err := secret.NewKey(id.Local, bytes.Repeat([]byte{7}, secret.Size))
	if err != nil {
		panic(err) // the length is right
	}
	return k
}

// Mine is the decision that the user of a laptop may do this in their own history.
func Mine(a access.Action) access.Scope {
	s, err := access.Decide(access.LocalActor(), a, access.Resource{Project: id.LocalProject})
	if err != nil {
		panic(err) // they may do all that is about a project
	}
	return s
}

func (s Store) envelope(a access.Action, at time.Time, kind string, fields ...ledger.Field) (*change.Envelope, error) {
	scope, err := access.Decide(s.Actor, a, access.Resource{Project: s.Project})
	env := change.New(scope, at)
	if kind != "" {
		env.Drafts = []ledger.Draft{{Kind: kind, Fields: fields}}
	}
	return &env, err
}

// Put keeps a record.
func (s Store) Put(ctx context.Context, r history.Record, now time.Time) (history.Entry, error) {
	env, err := s.envelope(access.SnapshotKeep, now, "snapshot.kept")
	if err != nil {
		return history.Entry{}, err
	}
	return s.Ports.Put(ctx, env, r)
}

// Collect lets go what keep refuses; with dry it counts.
func (s Store) Collect(ctx context.Context, keep func(history.Entry) bool, now time.Time, dry bool) (history.Collected, error) {
	env, err := s.envelope(access.SnapshotCollect, now, "")
	if err != nil {
		return history.Collected{}, err
	}
	say := func(c history.Collected) ledger.Draft {
		return ledger.Draft{Kind: "snapshot.collected", Fields: []ledger.Field{ledger.Int("count", int64(len(c.Snapshots)))}}
	}
	if dry {
		say = nil
	}
	return s.Ports.Collect(ctx, env, keep, say)
}

// Redact withdraws a resource.
func (s Store) Redact(ctx context.Context, resource, reason string, now time.Time) (history.Redacted, error) {
	env, err := s.envelope(access.SnapshotRedact, now, "")
	if err != nil {
		return history.Redacted{}, err
	}
	return s.Ports.Redact(ctx, env, resource, reason, func(r history.Redacted) ledger.Draft {
		return ledger.Draft{Kind: "snapshot.redacted", Fields: []ledger.Field{ledger.Text("resource", r.Resource), ledger.Int("count", int64(r.Versions))}}
	})
}

// Approve keeps a baseline.
func (s Store) Approve(ctx context.Context, b *baseline.Baseline, snapshot, expect string) error {
	env, err := s.envelope(access.BaselineApprove, Noon, "baseline.approved", ledger.Text("baseline", b.ID))
	if err != nil {
		return err
	}
	return s.Ports.Approve(ctx, env, b, snapshot, expect)
}

// Saw remembers findings.
func (s Store) Saw(ctx context.Context, baselineID string, findings []string, keep func(string) bool, at time.Time) ([]baseline.Seen, error) {
	env, err := s.envelope(access.DriftCompare, at, "drift.compared", ledger.Text("baseline", baselineID))
	if err != nil {
		return nil, err
	}
	return s.Ports.Saw(ctx, env, baselineID, findings, keep, at)
}
