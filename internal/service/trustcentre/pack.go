package trustcentre

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// State is where a pack stands.
type State string

// The states.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Pack is everything on which the public pages rest, as a signed file for one organisation.
type Pack struct {
	ID       string       `json:"id"` // tp_…
	State    State        `json:"state"`
	Done     int          `json:"done"`
	Total    int          `json:"total"`
	Error    string       `json:"error,omitempty"`
	Actor    id.Actor     `json:"actor"`
	Object   string       `json:"-"`
	Digest   canon.Digest `json:"digest,omitempty"`
	Manifest canon.Digest `json:"manifest,omitempty"`
	Size     int64        `json:"size"`
	Entry    int64        `json:"entry"`
	Created  time.Time    `json:"createdAt"`
	Ended    time.Time    `json:"endedAt,omitzero"`
	Until    time.Time    `json:"until"`
	Version  int64        `json:"version"`
}

// PackDays is how long a pack can be downloaded.
const PackDays = 30

const (
	maxPacks   = 100
	maxWaiting = 3
)

// Ask has a pack made.
func (s *Service) Ask(ctx context.Context, a access.Actor) (Pack, error) {
	scope, err := access.Decide(a, access.TrustPack, access.Resource{})
	if err != nil {
		return Pack{}, err
	}
	all, err := s.Store.Packs(ctx, scope)
	if err != nil {
		return Pack{}, err
	}
	waiting := 0
	for _, p := range all {
		if p.State == Queued || p.State == Running {
			waiting++
		}
	}
	switch {
	case len(all) >= maxPacks:
		return Pack{}, fault.New(fault.Limited, "an organisation has at most %d packs", maxPacks).WithHelp("each goes after %d days", PackDays)
	case waiting >= maxWaiting:
		return Pack{}, fault.New(fault.Limited, "%d packs are being made already", waiting).WithHelp("wait until one is done")
	}
	now := s.now()
	p := Pack{State: Queued, Actor: a.ID, Entry: -1, Created: now, Until: now.AddDate(0, 0, PackDays)}
	if p.ID, err = id.Mint(id.PrefixTrustPack, s.Random, now); err != nil {
		return Pack{}, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	c := OrgChange{Packs: []Pack{p}, Envelope: change.New(scope, now, draft("trust.asked", ledger.Text("pack", p.ID)))}
	c.Jobs = []job.New{{Kind: task.MakeTrustPack, Args: task.Encode(task.TrustPackArgs{Pack: p.ID}), Key: p.ID}}
	_, err = s.Store.Organisation(ctx, &c)
	p.Version = 1
	return p, err
}

// Packs are those of the actor's organisation, the newest first.
func (s *Service) Packs(ctx context.Context, a access.Actor) ([]Pack, error) {
	scope, err := access.Decide(a, access.TrustRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Packs(ctx, scope)
}

// Hand is the file of a pack. That it is taken is an entry, which is there before anything is handed out.
func (s *Service) Hand(ctx context.Context, a access.Actor, pack string) (Pack, []byte, error) {
	scope, err := access.Decide(a, access.TrustRead, access.Resource{})
	if err != nil {
		return Pack{}, nil, err
	}
	p, err := s.Store.Pack(ctx, scope, pack)
	now := s.now()
	switch {
	case err != nil:
		return Pack{}, nil, err
	case p.State != Done || !now.Before(p.Until):
		return p, nil, fault.New(fault.Conflict, "the pack is not there").WithHelp("wait until it is done, or have another one made")
	}
	if _, err := s.Store.Organisation(ctx, &OrgChange{Envelope: change.New(scope, now, draft("trust.packTaken", ledger.Text("pack", p.ID), ledger.Digest("digest", p.Digest)))}); err != nil {
		return p, nil, err
	}
	data, err := s.Store.Data(ctx, scope, p)
	return p, data, err
}

// SweepSchedule is when packs whose time is over are removed.
func SweepSchedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.SweepTrustPacks, Key: "daily", Args: []byte("{}"), Every: 24 * time.Hour, Next: from}
}

// HandleSweep does the work of the job [task.SweepTrustPacks].
func (s *Service) HandleSweep(ctx context.Context, j *task.Claimed) error {
	scope, err := access.Decide(j.Actor, access.TrustPack, access.Resource{})
	if err != nil {
		return err
	}
	now := s.now()
	over, err := s.Store.Overdue(ctx, scope, now, maxPacks)
	if err != nil {
		return err
	}
	c := OrgChange{Gone: over, Envelope: change.New(scope, now)}
	c.Done = j.Lease
	for _, p := range over {
		c.Drafts = append(c.Drafts, draft("trust.removed", ledger.Text("pack", p.ID), ledger.Text("reason", "its time was over")))
	}
	if len(over) == 0 {
		c.Drafts = append(c.Drafts, finished(j, "no pack is too old"))
	}
	_, err = s.Store.Organisation(ctx, &c)
	return err
}

func finished(j *task.Claimed, outcome string) ledger.Draft {
	return draft("job.finished", ledger.Text("job", j.Lease.ID), ledger.Text("kind", j.Lease.Kind), ledger.Text("outcome", outcome))
}
