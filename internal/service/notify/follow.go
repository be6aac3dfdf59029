package notify

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
)

// How much one job does; the next one goes on.
const (
	page    = 200 // entries
	pages   = 50
	most    = 200 // reminders, and messages
	keepFor = 90 * 24 * time.Hour
	// undoFor is how long what a comment said is kept after it was taken back.
	undoFor = time.Hour
)

// Key is that of the job in a home: there is one at a time.
const Key = "minutely"

// Schedule is when the ledger of an organisation is followed.
func Schedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.Notify, Key: Key, Args: []byte("{}"), Every: time.Minute, Next: from.Add(time.Minute)}
}

// Handle is the handler of the job [task.Notify]: it follows the ledger from where it was followed to, tells what is due, and sends it.
func (s *Service) Handle(ctx context.Context, c *task.Claimed) error {
	scope, err := access.Decide(c.Actor, access.NotifySend, access.Resource{})
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, access.Scope) error{s.follow, s.remind, s.send} {
		err := step(ctx, scope)
		if fault.KindOf(err) == fault.Conflict { // another process does the same: it has it now
			break
		}
		if err != nil {
			return err
		}
	}
	now := s.now()
	if err := s.Store.Tidy(ctx, scope, now.Add(-keepFor), now.Add(-undoFor)); err != nil {
		return err
	}
	return s.Store.Settle(ctx, scope, c.Lease)
}

func (s *Service) follower(ctx context.Context, scope access.Scope, from int64) (*follower, error) {
	f := &follower{Service: s, scope: scope, now: s.now(), settings: map[string]Settings{}, messages: map[string]bool{}, batch: Batch{From: from, Next: from}}
	var err error
	f.members, err = s.Tenancy.Members(ctx, scope)
	return f, err
}

func (s *Service) follow(ctx context.Context, scope access.Scope) error {
	from, err := s.Store.Position(ctx, scope)
	for range pages {
		if err != nil {
			return err
		}
		entries, err := s.Ledger.Entries(ctx, scope, from, page)
		if err != nil || len(entries) == 0 {
			return err
		}
		f, err := s.follower(ctx, scope, from)
		if err != nil {
			return err
		}
		for i := range entries {
			if err := f.derived(ctx, &entries[i]); err != nil {
				return err
			}
		}
		f.batch.Next = from + int64(len(entries))
		if err := s.Store.Take(ctx, scope, f.batch); err != nil {
			return err
		}
		from = f.batch.Next
	}
	return nil
}

// remind tells what a time has come of.
func (s *Service) remind(ctx context.Context, scope access.Scope) error {
	now := s.now()
	all, err := s.Store.Reminders(ctx, scope, now, most)
	if err != nil || len(all) == 0 {
		return err
	}
	from, err := s.Store.Position(ctx, scope)
	if err != nil {
		return err
	}
	f, err := s.follower(ctx, scope, from)
	if err != nil {
		return err
	}
	for _, r := range all {
		f.batch.Over = append(f.batch.Over, r)
		if now.Sub(r.At) > tooOld {
			continue
		}
		ev := event{what: r.What, key: string(r.What) + "/" + r.Subject, project: r.Project, subject: Subject{ID: r.Subject, When: ends(r).UnixMicro()}, at: now, to: []string{r.Person}}
		if r.Person == "" {
			ev.all = concerns[r.What]
		}
		if err := f.tell(ctx, ev); err != nil {
			return err
		}
	}
	return s.Store.Take(ctx, scope, f.batch)
}

// concerns are those who are told of what belongs to nobody in person.
var concerns = map[What]access.Action{ExceptionSoon: access.ExceptionChange, ExceptionOver: access.ExceptionChange, TokenSoon: access.TokenChange}

func ends(r Reminder) time.Time {
	if r.What == ExceptionOver {
		return r.At
	}
	return r.At.Add(Soon)
}
