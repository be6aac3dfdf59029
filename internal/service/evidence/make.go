package evidence

import (
	"context"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Wish is a pack that somebody asks for.
type Wish struct {
	Kind     Kind
	Subject  string
	From, To time.Time
	Key      *change.Idempotency
}

func (w Wish) check(now time.Time) error {
	switch w.Kind {
	case OfSnapshot, OfBaseline:
		if w.Subject == "" || len(w.Subject) > 100 || strings.ContainsFunc(w.Subject, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fault.New(fault.Invalid, "it is not said of which %s", w.Kind).WithHelp("name its id")
		}
	case OfPeriod:
		if w.Subject != "" {
			return fault.New(fault.Invalid, "a pack of a period names no snapshot and no baseline")
		}
		if w.From.IsZero() || w.To.IsZero() || !w.From.Before(w.To) {
			return fault.New(fault.Invalid, "a period begins before it ends").WithHelp("give both times")
		}
		if w.From.After(now) {
			return fault.New(fault.Invalid, "the period lies in the future")
		}
	default:
		return fault.New(fault.Invalid, "a pack is of a snapshot, a baseline or a period")
	}
	return nil
}

// Ask has a pack made.
func (s *Service) Ask(ctx context.Context, a access.Actor, project id.Project, w Wish) (Pack, error) {
	scope, err := access.Decide(a, access.EvidenceMake, access.Resource{Project: project})
	if err != nil {
		return Pack{}, err
	}
	now := s.Now().Truncate(time.Microsecond)
	all, err := s.Store.Packs(ctx, scope)
	if err != nil {
		return Pack{}, err
	}
	if err := w.check(now); err != nil {
		return Pack{}, err
	}
	if err := room(all); err != nil {
		return Pack{}, err
	}
	if err := s.known(ctx, a, project, w); err != nil {
		return Pack{}, err
	}
	p := Pack{Project: project, Kind: w.Kind, Subject: w.Subject, From: w.From, To: w.To, State: Queued, Actor: a.ID, Entry: -1, Created: now, Until: now.AddDate(0, 0, s.Days)}
	if p.ID, err = id.Mint(id.PrefixPack, s.Random, now); err != nil {
		return Pack{}, fault.Wrap(fault.Internal, err, "an identifier cannot be made")
	}
	c := Change{Envelope: change.New(scope, now, asked(p)), Packs: []Pack{p}}
	c.Jobs = []job.New{{Kind: task.MakePack, Args: task.Encode(task.PackArgs{Project: project, Pack: p.ID}), Key: p.ID}}
	p.Version = 1
	if err := change.Remember(&c.Envelope, w.Key, p); err != nil {
		return Pack{}, err
	}
	done, err := s.Store.Change(ctx, &c)
	if err != nil {
		return Pack{}, err
	}
	return p, change.Replayed(done, &p)
}

func asked(p Pack) ledger.Draft {
	fields := []ledger.Field{ledger.Text("pack", p.ID), ledger.Text("what", string(p.Kind))}
	switch p.Kind {
	case OfSnapshot:
		fields = append(fields, ledger.Text("snapshot", p.Subject))
	case OfBaseline:
		fields = append(fields, ledger.Text("baseline", p.Subject))
	default:
		fields = append(fields, ledger.Time("from", p.From), ledger.Time("to", p.To))
	}
	return ledger.Draft{Kind: "evidence.asked", Fields: fields}
}

func room(all []Pack) error {
	waiting := 0
	for _, p := range all {
		if p.State == Queued || p.State == Running {
			waiting++
		}
	}
	if len(all) >= mostPacks {
		return fault.New(fault.Limited, "a project has at most %d packs", mostPacks).WithHelp("remove those that nobody needs")
	}
	if waiting >= mostWaiting {
		return fault.New(fault.Limited, "%d packs of the project are being made already", waiting).WithHelp("wait until one is done")
	}
	return nil
}

// known refuses at once what the job would find is not there.
func (s *Service) known(ctx context.Context, a access.Actor, project id.Project, w Wish) error {
	if w.Kind == OfPeriod {
		return nil
	}
	sys := access.System(a.Org, "what a pack of evidence is of", a)
	if w.Kind == OfSnapshot {
		list, err := s.Source.Snapshots(ctx, sys, project)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.ID == w.Subject {
				return nil
			}
		}
		return fault.New(fault.NotFound, "there is no such snapshot")
	}
	list, err := s.Source.Approvals(ctx, sys, project)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.ID == w.Subject {
			return nil
		}
	}
	return fault.New(fault.NotFound, "there is no such baseline")
}

// List are the packs of a project, the newest first.
func (s *Service) List(ctx context.Context, a access.Actor, project id.Project) ([]Pack, error) {
	scope, err := access.Decide(a, access.EvidenceRead, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	return s.Store.Packs(ctx, scope)
}

// Get is one pack.
func (s *Service) Get(ctx context.Context, a access.Actor, project id.Project, pack string) (Pack, error) {
	scope, err := access.Decide(a, access.EvidenceRead, access.Resource{Project: project})
	if err != nil {
		return Pack{}, err
	}
	return s.Store.Pack(ctx, scope, pack)
}

// Take is the file of a pack. That it is taken is an entry, which is there before anything is handed out.
func (s *Service) Take(ctx context.Context, a access.Actor, project id.Project, pack string) (Pack, []byte, error) {
	scope, err := access.Decide(a, access.EvidenceRead, access.Resource{Project: project})
	if err != nil {
		return Pack{}, nil, err
	}
	p, err := s.Store.Pack(ctx, scope, pack)
	if err != nil {
		return Pack{}, nil, err
	}
	if p.State != Done {
		return p, nil, fault.New(fault.Conflict, "the pack is not there yet").WithHelp("wait until it is done, or have another one made where it failed")
	}
	c := Change{Envelope: change.New(scope, s.Now(), ledger.Draft{Kind: "evidence.taken", Fields: []ledger.Field{ledger.Text("pack", p.ID), ledger.Digest("digest", p.Digest)}})}
	if _, err := s.Store.Change(ctx, &c); err != nil {
		return p, nil, err
	}
	data, err := s.Store.Data(ctx, scope, p)
	return p, data, err
}

// Remove removes a pack before its time. The entries about it stay.
func (s *Service) Remove(ctx context.Context, a access.Actor, project id.Project, pack, reason string) error {
	scope, err := access.Decide(a, access.EvidenceMake, access.Resource{Project: project})
	if err != nil {
		return err
	}
	p, err := s.Store.Pack(ctx, scope, pack)
	if err != nil {
		return err
	}
	if p.State == Queued || p.State == Running {
		return fault.New(fault.Conflict, "the pack is being made").WithHelp("remove it when it is done")
	}
	if len(reason) > 1000 {
		return fault.New(fault.Invalid, "a reason has at most 1000 bytes")
	}
	c := Change{Envelope: change.New(scope, s.Now(), removed(p, reason)), Gone: []Pack{p}}
	_, err = s.Store.Change(ctx, &c)
	return err
}

func removed(p Pack, reason string) ledger.Draft {
	return ledger.Draft{Kind: "evidence.removed", Fields: []ledger.Field{ledger.Text("pack", p.ID), ledger.Text("reason", reason)}}
}

// SweepSchedule is when a home is looked through for packs whose time is over: once a day.
func SweepSchedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.SweepPacks, Key: "daily", Args: []byte("{}"), Every: 24 * time.Hour, Next: from.Add(3 * time.Hour)}
}

// HandleSweep is the handler of the job [task.SweepPacks].
func (s *Service) HandleSweep(ctx context.Context, j *task.Claimed) error {
	scope, err := access.Decide(j.Actor, access.EvidenceSweep, access.Resource{})
	if err != nil {
		return err
	}
	now := s.Now()
	const atOnce = 200
	over, err := s.Store.Overdue(ctx, scope, now, atOnce)
	if err != nil {
		return err
	}
	c := Change{Envelope: change.New(scope, now), Gone: over}
	c.Done = j.Lease
	for _, p := range over {
		c.Drafts = append(c.Drafts, removed(p, "its time was over"))
	}
	if len(over) == 0 {
		c.Drafts = []ledger.Draft{{Kind: "job.finished", Fields: []ledger.Field{
			ledger.Text("job", j.Lease.ID), ledger.Text("kind", j.Lease.Kind), ledger.Text("outcome", "no pack is too old"),
		}}}
	}
	_, err = s.Store.Change(ctx, &c)
	return err
}
