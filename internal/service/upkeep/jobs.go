// Package upkeep are the use cases of looking after a home: its jobs, those above all that died, and what sweeps away what nobody needs.
package upkeep

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

// Home is the port to the jobs of one home.
type Home interface {
	// Jobs lists those in a state, "" is any, those that were due first in front.
	Jobs(ctx context.Context, state job.State, limit int) ([]job.Job, error)
	// Work lists those in a state, the oldest first, without what they are about.
	Work(ctx context.Context, state job.State, limit int) ([]Work, error)
	// Retry puts a dead job back as if it had never been tried.
	Retry(ctx context.Context, env *change.Envelope, name string) (change.Committed, error)
	// Sweep removes what nobody needs any more a day after; it is no decision.
	Sweep(ctx context.Context, now time.Time) (objects int, keys int64, err error)
	// Commit commits what has no records.
	Commit(ctx context.Context, env *change.Envelope) (change.Committed, error)
	// Missing are those of the schedules that the home does not have.
	Missing(ctx context.Context, want []change.Schedule) ([]change.Schedule, error)
	Release()
}

// Service is the use cases. Every field but Schedules must be set, but where it says otherwise.
type Service struct {
	// Open opens the scope's home until Release.
	Open func(ctx context.Context, s access.Scope) (Home, error)
	Now  func() time.Time
	// Schedules are those that the home of an organisation has: one that was made by an older program gets what it lacks when it is swept.
	Schedules func(from time.Time) []change.Schedule
	// Homes and Serving are of the platform. On a laptop there are none.
	Homes   Everywhere
	Serving Replicas
}

func (s *Service) open(ctx context.Context, a access.Actor, act access.Action) (Home, access.Scope, error) {
	scope, err := access.Decide(a, act, access.Resource{})
	if err != nil {
		return nil, scope, err
	}
	h, err := s.Open(ctx, scope)
	return h, scope, err
}

// Jobs lists the jobs of the actor's organisation.
func (s *Service) Jobs(ctx context.Context, a access.Actor, state job.State, limit int) ([]job.Job, error) {
	switch state {
	case "", job.Ready, job.Running, job.Dead:
	default:
		return nil, fault.New(fault.Invalid, "a job is ready, running or dead")
	}
	h, _, err := s.open(ctx, a, access.JobRead)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	return h.Jobs(ctx, state, limit)
}

// Retry puts a dead job back.
func (s *Service) Retry(ctx context.Context, a access.Actor, name string) error {
	h, scope, err := s.open(ctx, a, access.JobRetry)
	if err != nil {
		return err
	}
	defer h.Release()
	dead, err := h.Jobs(ctx, job.Dead, 1000)
	if err != nil {
		return err
	}
	for _, j := range dead {
		if j.ID == name {
			env := change.New(scope, s.Now(), ledger.Draft{Kind: "job.retried", Fields: []ledger.Field{ledger.Text("job", j.ID), ledger.Text("kind", j.Kind)}})
			_, err := h.Retry(ctx, &env, name)
			return err
		}
	}
	return fault.New(fault.NotFound, "there is no such job among those that died")
}

// RunSweep does the work of the job task.Sweep.
func (s *Service) RunSweep(ctx context.Context, c *task.Claimed) error {
	h, scope, err := s.open(ctx, c.Actor, access.JobRun)
	if err != nil {
		return err
	}
	defer h.Release()
	objects, keys, err := h.Sweep(ctx, s.Now())
	if err != nil {
		return err
	}
	env := change.New(scope, s.Now(), ledger.Draft{Kind: "home.swept", Fields: []ledger.Field{ledger.Int("objects", int64(objects)), ledger.Int("keys", keys)}})
	env.Done = c.Lease
	if s.Schedules != nil && scope.Org() != id.Platform {
		if env.Schedules, err = h.Missing(ctx, s.Schedules(s.Now())); err != nil {
			return err
		}
	}
	_, err = h.Commit(ctx, &env)
	return err
}

// SweepSchedule is when a home is swept: once a day.
func SweepSchedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.Sweep, Key: "daily", Args: []byte("{}"), Every: 24 * time.Hour, Next: from.Add(time.Hour)}
}

// Ensure gives the platform's home the schedules that it lacks, as a new instance does, or a newer program.
func (s *Service) Ensure(ctx context.Context, want []change.Schedule) error {
	h, scope, err := s.open(ctx, access.System(id.Platform, "start", access.Actor{}), access.PlatformOperate)
	if err != nil {
		return err
	}
	defer h.Release()
	missing, err := h.Missing(ctx, want)
	if err != nil || len(missing) == 0 {
		return err
	}
	var names []string
	for _, m := range missing {
		names = append(names, m.Kind+" "+m.Key)
	}
	env := change.New(scope, s.Now(), ledger.Draft{Kind: "instance.set", Fields: []ledger.Field{ledger.Text("setting", "schedules"), ledger.Text("key", strings.Join(names, ", "))}})
	env.Schedules = missing
	_, err = h.Commit(ctx, &env)
	return err
}
