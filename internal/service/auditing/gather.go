package auditing

import (
	"context"
	"errors"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// GatherSchedules are when the instance's log takes in how far the logs of organisations are: each minute those that were open, each hour all.
func GatherSchedules(from time.Time) []change.Schedule {
	return []change.Schedule{
		{Kind: task.GatherHeads, Key: "open", Args: []byte("{}"), Every: time.Minute, Next: from},
		{Kind: task.GatherHeads, Key: "all", Args: []byte(`{"all":true}`), Every: time.Hour, Next: from},
	}
}

// gatherAtOnce is how many logs one change takes in.
const gatherAtOnce = 256

// HandleGather is the handler of the job [task.GatherHeads].
func (s *Service) HandleGather(ctx context.Context, c *task.Claimed) error {
	scope, err := access.Decide(c.Actor, access.PlatformOperate, access.Resource{})
	if err != nil {
		return err
	}
	grown, err := s.grown(ctx, scope, string(c.Lease.Args) != "{}")
	if err != nil {
		return err
	}
	for len(grown) > gatherAtOnce {
		if err := s.gather(ctx, scope, grown[:gatherAtOnce], nil); err != nil {
			return err
		}
		grown = grown[gatherAtOnce:]
	}
	return s.gather(ctx, scope, grown, c.Lease)
}

// grown are the logs that are further than the instance's log knows. One that contradicts what is known is loud, and is not taken in: what was known stays.
func (s *Service) grown(ctx context.Context, platform access.Scope, all bool) (list []Grown, err error) {
	orgs, err := s.Heads.Open(ctx, platform, all)
	if err != nil {
		return nil, err
	}
	for _, org := range orgs {
		t, changed, err := s.one(ctx, platform, org)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case fault.KindOf(err) == fault.NotFound: // it was destroyed meanwhile
		case err != nil:
			s.Logger.ErrorContext(ctx, "the log of an organisation is not taken in", "organisation", org, "why", err)
			if s.Meter != nil {
				s.Meter.LedgerVerified(org, Opening, false)
			}
		case changed:
			list = append(list, Grown{Org: org, Tree: t})
		}
	}
	return list, nil
}

func (s *Service) one(ctx context.Context, platform access.Scope, org id.Org) (t ledger.Tree, changed bool, err error) {
	known, taken, err := s.Heads.Gathered(ctx, platform, org)
	if err != nil {
		return t, false, err
	}
	scope, err := access.Decide(access.System(org, "how far the log is", platform.Actor()), access.LedgerRead, access.Resource{})
	if err != nil {
		return t, false, err
	}
	head, err := s.Log.Head(ctx, scope)
	if err != nil {
		return t, false, err
	}
	t = head.Tree()
	if taken {
		if what := s.contradiction(ctx, scope, t, known); what != "" {
			return t, false, errors.New("the instance's log: " + what)
		}
	}
	return t, !taken && t.Size > 0 || taken && t.Size > known.Size, nil
}

func (s *Service) gather(ctx context.Context, scope access.Scope, logs []Grown, done *job.Lease) error {
	c := &Gathering{Envelope: change.New(scope, s.Now()), Logs: logs}
	c.Done = done
	for _, g := range logs {
		c.Drafts = append(c.Drafts, ledger.Draft{Kind: "ledger.gathered", Fields: []ledger.Field{
			ledger.Text("organisation", string(g.Org)), ledger.Int("size", g.Size), ledger.Text("root", hexed(g.Root)),
		}})
	}
	if len(logs) == 0 {
		c.Drafts = append(c.Drafts, ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{
			ledger.Text("job", done.ID), ledger.Text("kind", done.Kind), ledger.Text("outcome", "no log has grown"),
		}})
	}
	_, err := s.Heads.Gather(ctx, c)
	return err
}

// Opened says whether the log of an organisation is a later state of what the instance's log, the copy outside and the newest checkpoint know of it. It is for the
// moment at which a home is opened: a home that was restored from an older backup is an error of the kind internal, and loud. What of these cannot be read is loud, and no
// reason to keep everybody out.
func (s *Service) Opened(ctx context.Context, org id.Org) error {
	scope, err := access.Decide(access.System(org, "the log at opening", access.Actor{}), access.LedgerVerify, access.Resource{})
	if err != nil {
		return err
	}
	head, err := s.Log.Head(ctx, scope)
	if err != nil {
		return err
	}
	faults := s.contradictions(ctx, scope, head.Tree())
	s.count(scope, Opening, len(faults) == 0)
	if len(faults) == 0 {
		return nil
	}
	s.loud(ctx, scope, faults)
	i := slices.IndexFunc(faults, func(f Fault) bool { return f.known != nil })
	if i < 0 {
		return nil
	}
	return fault.New(fault.Internal, "the log of %s: %s", org, faults[i]).WithHelp("restore the newest backup; where there is none, stop the service, and: c4arch restore accept %s --reason TEXT", org)
}
