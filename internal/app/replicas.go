package app

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app/observe"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/store/home"
	"c4arch/internal/store/schema"
)

// pulse is what this process says of itself each minute.
type pulse struct {
	replica upkeep.Replica
	checks  []serve.Check
}

// pulse is that of a process that begins to serve now.
func (in *instance) newPulse(name string, checks []serve.Check) (*pulse, error) {
	steps, err := schema.Read()
	if err != nil {
		return nil, err
	}
	r := upkeep.Replica{ID: name, Version: version(), Started: in.now(), Workers: max(in.cfg.Work.Workers, 0), Engine: "embedded"}
	if in.server != nil {
		r.Engine = "postgresql"
	}
	for _, s := range steps {
		r.Step = max(r.Step, s.Number)
	}
	return &pulse{replica: r, checks: checks}, nil
}

// checkTime bounds one check of a beat.
const checkTime = 5 * time.Second

// beat says that this process is there, and what it finds of itself. That it cannot be said is no reason not to serve.
func (in *instance) beat(ctx context.Context, p *pulse) {
	r := p.replica
	if at := in.bound.Load(); at != nil {
		r.Listening = *at
	}
	r.Checks = []upkeep.Found{}
	for _, c := range p.checks {
		r.Checks = append(r.Checks, found(ctx, c))
	}
	if err := in.upkeep.Beat(ctx, r); err != nil && ctx.Err() == nil {
		in.log.WarnContext(ctx, "it could not be said that this replica is there", "kind", string(fault.KindOf(err)), "error", err)
	}
}

func found(ctx context.Context, c serve.Check) (f upkeep.Found) {
	f = upkeep.Found{Name: c.Name, Advisory: c.Advisory}
	defer func() {
		if recover() != nil {
			f.Says = string(fault.Internal)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := c.Ask(ctx); err != nil {
		f.Says = observe.Scrub(err.Error())
	}
	return f
}

// keysAnswer reports whether the service of keys answers: the platform's own key is unwrapped by it.
func (in *instance) keysAnswer(ctx context.Context) error { return in.homes.KeysAnswer(ctx) }

// standings are what the platform knows of homes, as package upkeep sees it.
type standings struct{ homes *home.Homes }

func (s standings) Standings(ctx context.Context, scope access.Scope, w upkeep.Wanted) ([]upkeep.Standing, error) {
	all, err := s.homes.Standings(ctx, scope, home.Wanted(w))
	out := make([]upkeep.Standing, len(all))
	for i, x := range all {
		out[i] = upkeep.Standing(x)
	}
	return out, err
}

// Work lists jobs without what they are about.
func (k keeper) Work(ctx context.Context, state job.State, limit int) ([]upkeep.Work, error) {
	all, err := k.Home.Work(ctx, state, limit)
	out := make([]upkeep.Work, len(all))
	for i, x := range all {
		out[i] = upkeep.Work{ID: x.ID, Kind: x.Kind, State: x.State, Due: x.Due, Made: x.Made, Attempt: x.Attempt, Attempts: x.Attempts, Until: x.Until, Error: x.Error}
	}
	return slices.Clip(out), err
}
