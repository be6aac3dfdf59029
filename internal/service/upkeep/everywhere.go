package upkeep

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Standing is what the platform knows of the home of an organisation without opening it.
type Standing struct {
	Org    id.Org
	Due    time.Time // when something of it is due next; zero: nothing is known
	Served time.Time // when it was last asked for its jobs
	Active time.Time // until when it may be written to
	Dead   int       // jobs that died
	Oldest time.Time // when the first of them was made
}

// Wanted is which homes are asked for: those with dead jobs, served or active since, or with something due before; all of them behind After.
type Wanted struct {
	Dead        bool
	Since, Late time.Time
	After       id.Org
	Only        []id.Org
	Limit       int
}

// Everywhere is the port to what the platform knows of all homes.
type Everywhere interface {
	Standings(ctx context.Context, s access.Scope, w Wanted) ([]Standing, error)
}

// Work is a job as the platform's people see it: what it is about, and who caused it, is not in it.
type Work struct {
	Org      id.Org
	ID       string
	Kind     string
	State    job.State
	Due      time.Time
	Made     time.Time
	Attempt  int
	Attempts int // at most
	Until    time.Time
	// Error is why the last attempt failed. Of an organisation's job it is one of the program's own sentences, or "": any other can name a thing of the organisation.
	Error string
	// Withheld is set where there is an error that only the organisation reads.
	Withheld bool
}

// homesAtOnce is how many homes one page opens at most, and workOfHome how many jobs of each it shows.
const (
	homesAtOnce = 20
	workOfHome  = 25
)

// AllWork is a page of the jobs of all homes.
type AllWork struct {
	Work []Work
	// More are homes of which there are more jobs than are shown.
	More []id.Org
	// Unread are homes that could not be read.
	Unread []id.Org
	// Asked is how many homes were opened.
	Asked int
	// Next is After of the next page, or "".
	Next id.Org
}

// AskWork is what of the jobs is asked for: a state, of one home or of those behind After.
type AskWork struct {
	State job.State
	Org   id.Org
	After id.Org
}

// ownWords are what the queue itself says of an attempt. They name nothing of anybody.
var ownWords = []string{"its worker did not come back", "the work ended without having finished the job", "it took longer than it may"}

// Everywhere lists the jobs of all homes for the platform's people. Which homes are opened is told by hints: those with dead jobs, those that were served of late, those with
// something due. The platform's own is always among the first. What a job is about is not read.
func (s *Service) Everywhere(ctx context.Context, a access.Actor, q AskWork) (*AllWork, error) {
	scope, err := ofPlatform(a, access.JobRead)
	if err != nil {
		return nil, err
	}
	homes, next, err := s.chosen(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	out := &AllWork{Next: next, Asked: len(homes)}
	for _, org := range homes {
		if err := s.read(ctx, a, org, q.State, out); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			out.Unread = append(out.Unread, org)
		}
	}
	return out, nil
}

// ofPlatform decides for somebody of the platform who is at home there: an organisation's own jobs are read by [Service.Jobs].
func ofPlatform(a access.Actor, act access.Action) (access.Scope, error) {
	scope, err := access.Decide(a, act, access.Resource{})
	if err == nil && scope.Org() != id.Platform {
		err = fault.New(fault.NotFound, "there is no such page")
	}
	return scope, err
}

func (s *Service) chosen(ctx context.Context, scope access.Scope, q AskWork) (homes []id.Org, next id.Org, err error) {
	w := Wanted{After: q.After, Limit: homesAtOnce + 1}
	switch now := s.Now(); q.State {
	case job.Dead:
		w.Dead = true
	case job.Running:
		w.Since = now.Add(-time.Hour) // as long as an attempt lasts at most
	case job.Ready:
		w.Late = now
	default:
		return nil, "", fault.New(fault.Invalid, "a job is ready, running or dead")
	}
	if q.Org != "" {
		if q.Org != id.Platform && !q.Org.Valid() {
			return nil, "", fault.New(fault.NotFound, "there is no such organisation")
		}
		return []id.Org{q.Org}, "", nil
	}
	all, err := s.Homes.Standings(ctx, scope, w)
	if err != nil {
		return nil, "", err
	}
	if q.After == "" {
		homes = append(homes, id.Platform)
	}
	for i, x := range all {
		if i == homesAtOnce {
			return homes, all[i-1].Org, nil
		}
		if x.Org != id.Platform {
			homes = append(homes, x.Org)
		}
	}
	return homes, "", nil
}

// read reads the jobs of one home as the service itself, on behalf of who asks: that one sees no more of them than is handed on.
func (s *Service) read(ctx context.Context, a access.Actor, org id.Org, state job.State, out *AllWork) error {
	h, _, err := s.open(ctx, access.System(org, "jobs of all homes", a), access.JobRead)
	if err != nil {
		return err
	}
	defer h.Release()
	list, err := h.Work(ctx, state, workOfHome+1)
	if err != nil {
		return err
	}
	if len(list) > workOfHome {
		list, out.More = list[:workOfHome], append(out.More, org)
	}
	for _, x := range list {
		x.Org = org
		if org != id.Platform && x.Error != "" && !slices.Contains(ownWords, x.Error) {
			x.Error, x.Withheld = "", true
		}
		out.Work = append(out.Work, x)
	}
	return nil
}

// Standings are what the platform knows of homes without opening one.
func (s *Service) Standings(ctx context.Context, a access.Actor, w Wanted) ([]Standing, error) {
	scope, err := ofPlatform(a, access.JobRead)
	if err != nil {
		return nil, err
	}
	return s.Homes.Standings(ctx, scope, w)
}

// RetryAt has a dead job of a home done again. Whoever runs the platform may: the job was decided on by somebody of the organisation, is done with what that decision gave it, and
// the organisation's ledger names who had it done again (docs/adr/0040).
func (s *Service) RetryAt(ctx context.Context, a access.Actor, org id.Org, name string) error {
	if _, err := ofPlatform(a, access.JobRetry); err != nil {
		return err
	}
	if org == id.Platform {
		return s.Retry(ctx, a, name)
	}
	h, scope, err := s.open(ctx, access.System(org, "a dead job is done again", a), access.JobRetry)
	if err != nil {
		return err
	}
	defer h.Release()
	dead, err := h.Work(ctx, job.Dead, 1000)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(dead, func(x Work) bool { return x.ID == name })
	if i < 0 {
		return fault.New(fault.NotFound, "there is no such job among those that died")
	}
	env := change.New(scope, s.Now(), ledger.Draft{Kind: "job.retried", Fields: []ledger.Field{ledger.Text("job", name), ledger.Text("kind", dead[i].Kind)}})
	_, err = h.Retry(ctx, &env, name)
	return err
}
