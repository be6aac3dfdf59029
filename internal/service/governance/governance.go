// Package governance are the use cases of the programme: who owns what, which risks there are and what remains of them, which decisions were made, and whether this version of the
// program promises less than the one before.
//
// It promises: an owner is an active person of the platform; an item whose owner has left is open at once, and written down by a job; what remains of a risk is computed from the runs of
// the checks and never typed; a decision is proposed by one person and approved by another, and says for good what it said; a list of measures that is weaker than the last one is not
// taken without a decision about exactly that list. It leaves out what a check looks at, and who is one of the platform's people.
package governance

import (
	"context"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/governance"
	"c4arch/internal/trust/ledger"
)

// Store is the port to the tables of the programme, in the platform's home. A record has the version that was read: 0 is new, any other is written where it is still that one.
type Store interface {
	Owners(ctx context.Context, s access.Scope) ([]governance.Owner, error)
	Risks(ctx context.Context, s access.Scope) ([]governance.Risk, error)
	Risk(ctx context.Context, s access.Scope, risk string) (governance.Risk, error)
	// Snapshots are the newest of one risk, the last one first; Newest the last of each.
	Snapshots(ctx context.Context, s access.Scope, risk string, limit int) ([]governance.Snapshot, error)
	Newest(ctx context.Context, s access.Scope) (map[string]governance.Snapshot, error)
	// Decisions are the newest, the last one first.
	Decisions(ctx context.Context, s access.Scope, limit int) ([]governance.Decision, error)
	Decision(ctx context.Context, s access.Scope, decision string) (governance.Decision, error)
	// Catalogue is the list of measures that was taken last, the zero value where there is none yet.
	Catalogue(ctx context.Context, s access.Scope) (governance.Recorded, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// Change is what a use case does, in one transaction.
type Change struct {
	change.Envelope
	Owners    []governance.Owner
	Risks     []governance.Risk
	Snapshots []governance.Snapshot
	Decisions []governance.Decision
	Catalogue *governance.Recorded
}

// People is the port to the platform's people, those who left too.
type People interface {
	People(ctx context.Context, cause access.Actor) ([]governance.Person, error)
}

// Service is the use cases. Every field must be set, but Screen.
type Service struct {
	Store  Store
	People People
	// Items are what has an owner.
	Items []governance.Item
	// Holds says of each control whether it holds now; a control that it does not know does not.
	Holds func(ctx context.Context) (map[string]bool, error)
	// Measures are the controls and checks of this version of the program, Program its version.
	Measures func() []governance.Measure
	Program  string
	Now      func() time.Time
	Random   io.Reader
	// Screen is asked about every text before it is kept.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	text, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

func (s *Service) screened(ctx context.Context, a access.Actor, fields map[string]*string) error {
	for name, text := range fields {
		if s.Screen == nil || *text == "" {
			continue
		}
		kept, err := s.Screen(ctx, a, name, *text)
		if err != nil {
			return err
		}
		*text = kept
	}
	return nil
}

func (s *Service) commit(ctx context.Context, c *Change) error {
	_, err := s.Store.Commit(ctx, c)
	return err
}

// decide is a scope of the platform's home.
func decide(a access.Actor, act access.Action) (access.Scope, error) {
	return access.Decide(a, act, access.Resource{})
}

func system(act access.Action, purpose string, cause access.Actor) (access.Scope, error) {
	return decide(access.System(id.Platform, purpose, cause), act)
}

// person is who acts; a program owns, accepts and decides nothing.
func person(a access.Actor) (string, error) {
	if a.ID.Person() == "" {
		return "", fault.New(fault.Denied, "a person of the platform does this, and no program").WithHelp("sign in as yourself")
	}
	return a.ID.Person(), nil
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

func about(name, person string) ledger.Field { return ledger.Personal(name, person, person) }

// Schedule is when the programme is looked through by itself: each hour, as the checks run.
func Schedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.ReviewProgramme, Key: "all", Args: []byte("{}"), Every: time.Hour, Next: from.Add(10 * time.Minute)}
}

// Handle does the work of the job [task.ReviewProgramme]: reassignments open and close, risks are measured, the list of measures is taken where it is not weaker.
func (s *Service) Handle(ctx context.Context, j *task.Claimed) error {
	return change.Again(func() error {
		scope, err := decide(j.Actor, access.RiskChange)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now())}
		for _, step := range []func(context.Context, access.Actor, access.Scope, *Change) error{s.reassign, s.measure, s.catalogued} {
			if err := step(ctx, j.Actor, scope, c); err != nil {
				return err
			}
		}
		if len(c.Drafts) == 0 {
			c.Drafts = append(c.Drafts, entry("job.finished", ledger.Text("job", j.Lease.ID), ledger.Text("kind", task.ReviewProgramme), ledger.Text("outcome", "nothing of the programme has changed")))
		}
		c.Done = j.Lease
		return s.commit(ctx, c)
	})
}
