// Package accounts are the use cases of organisations, projects, members, tokens, connections and their secrets, of the set-up of an instance, and of the erasure of a
// person.
//
// It promises: whoever asks is an [access.Actor] whose organisation was proven by its credential, and nothing that is sent names another one; each change of state is one
// transaction with its entries in the ledger; what concerns two homes is a change in each, in an order in which a crash leaves less access and never more, and is finished
// by a job; a credential is told once. It leaves out signing in with a browser.
package accounts

import (
	"context"
	"errors"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/terms"
)

// Service is the use cases. Every field but Schedules, Sessions and Failed must be set.
type Service struct {
	Tenancy     Tenancy
	Credentials Credentials
	Writer      Writer
	Directory   Directory
	Homes       Homes
	Keys        Keys
	Subjects    Subjects
	Now         func() time.Time
	Random      io.Reader
	// Screen looks at a text that somebody wrote before it is kept, and gives what may be kept; nil keeps all.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
	// Schedules are what comes again and again in the home of a new organisation; nil means nothing does.
	Schedules func(from time.Time) []change.Schedule
	// Sessions are those who are signed in with a browser; nil where nobody can be.
	Sessions Sessions
	// Policy is what an organisation demands of its people; nil demands nothing.
	Policy func(ctx context.Context, org id.Org) (identity.Policy, error)
	// Room says why an organisation cannot have one more of what its order form bounds; nil bounds nothing.
	Room func(ctx context.Context, org id.Org, of terms.Limit) error
	// Prover looks at live connections; nil where there can be none.
	Prover Prover
	// Failed is told what went wrong without making the request fail: that the use of a token could not be noted. nil tells nobody.
	Failed func(ctx context.Context, err error)
}

// now is the time of a change, to the microsecond in which it is kept.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// mint makes an id.
func (s *Service) mint(prefix string, now time.Time) (string, error) {
	text, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

// platform is a scope for the step that a decision of cause has in the platform's home.
func platform(act access.Action, purpose string, cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(id.Platform, purpose, cause), act, access.Resource{})
}

// inside is a scope for the step that a decision of cause has in the home of an organisation.
func inside(org id.Org, act access.Action, purpose string, cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(org, purpose, cause), act, access.Resource{})
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

// settled is a refusal that loading again cannot change, whatever its kind.
type settled struct{ err error }

func (s settled) Error() string { return s.err.Error() }

// final makes err one that is not decided about again.
func final(err error) error { return settled{err} }

// again loads, decides and commits in fn, once more while what it was decided on has changed meanwhile.
func again(fn func() error) error {
	return unwrapped(change.Again(fn))
}

func unwrapped(err error) error {
	if s := (settled{}); errors.As(err, &s) {
		return s.err
	}
	return err
}

// once commits a change whose result is remembered with an idempotency key, and reads the result that was given before where the key is known. A refusal without a
// key needs no commit.
func (s *Service) once(ctx context.Context, c *Change, key *change.Idempotency, result any) error {
	if key == nil && c.Refused != nil {
		return c.Refused
	}
	if err := change.Remember(&c.Envelope, key, result); err != nil {
		return err
	}
	done, err := s.Writer.Commit(ctx, c)
	if err != nil {
		return err
	}
	return change.Replayed(done, result)
}

// nothing ends a job that had nothing to change, or whose effect was in other homes.
func nothing(c *task.Claimed, outcome string) ledger.Draft {
	return entry("job.finished", ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("outcome", outcome))
}

// ended commits the end of a job in its own home.
func (s *Service) ended(ctx context.Context, scope access.Scope, c *task.Claimed, outcome string) error {
	env := change.New(scope, s.now(), nothing(c, outcome))
	env.Done = c.Lease
	if scope.Org() == id.Platform {
		_, err := s.Directory.Operate(ctx, &PlatformChange{Envelope: env})
		return err
	}
	_, err := s.Writer.Commit(ctx, &Change{Envelope: env})
	return err
}
