package processing

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/processing"
)

// MaxInstructions bounds how many an organisation has that people gave.
const MaxInstructions = 500

// Instructions are those of the actor's organisation, the newest first.
func (s *Service) Instructions(ctx context.Context, a access.Actor) ([]processing.Instruction, error) {
	scope, err := access.Decide(a, access.InstructionRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	if err := s.Settle(ctx, a.Org, a); err != nil { // what was accepted or ordered since stands here at once
		return nil, err
	}
	return s.Store.Instructions(ctx, scope)
}

// Given is what a person instructs.
type Given struct {
	Title     string
	Reference string
	Purposes  []processing.Purpose
	Until     time.Time
	// Instead is an instruction that this one takes the place of: one that waits, was flagged or was withdrawn. What that covers this one covers.
	Instead string
}

// Give writes an instruction of a person down.
func (s *Service) Give(ctx context.Context, a access.Actor, g Given) (string, error) {
	scope, err := access.Decide(a, access.InstructionGive, access.Resource{})
	if err != nil {
		return "", err
	}
	if a.ID.Person() == "" {
		return "", fault.New(fault.Denied, "people give instructions, and programs do not").WithHelp("sign in as yourself")
	}
	if g.Title, err = s.screened(ctx, a, "instruction", g.Title); err != nil {
		return "", err
	}
	var made string
	err = change.Again(func() error { made, err = s.give(ctx, scope, g); return err })
	return made, err
}

func (s *Service) give(ctx context.Context, scope access.Scope, g Given) (string, error) {
	all, err := s.Store.Instructions(ctx, scope)
	if err != nil {
		return "", err
	}
	if len(all) >= MaxInstructions {
		return "", fault.New(fault.Limited, "there are %d instructions already, and can be no more", len(all))
	}
	now := s.now()
	i := processing.Instruction{Source: processing.User, Reference: g.Reference, Title: g.Title, Purposes: g.Purposes, Narrow: g.Reference != "", State: processing.InForce, From: now, Until: g.Until, By: string(scope.Actor().ID)}
	ch := &Change{}
	if g.Instead != "" {
		old, err := find(all, g.Instead)
		if err != nil {
			return "", err
		}
		i.Reference, i.Narrow = old.Reference, old.Narrow
		if len(i.Purposes) == 0 {
			i.Purposes = old.Purposes
		}
		if i.Title == "" {
			i.Title = old.Title
		}
		ch.Instructions, ch.Drafts = replaced(old, now)
	}
	if i.ID, err = s.mint(id.PrefixInstruction, now); err != nil {
		return "", err
	}
	if err := i.Check(); err != nil {
		return "", err
	}
	ch.Instructions = append(ch.Instructions, i)
	ch.Envelope = change.New(scope, now, append(ch.Drafts, given(i))...)
	wake(ch)
	_, err = s.Store.Commit(ctx, ch)
	return i.ID, err
}

// replaced ends what a new instruction takes the place of.
func replaced(old processing.Instruction, now time.Time) ([]processing.Instruction, []ledger.Draft) {
	if old.State == processing.Withdrawn || old.State == processing.Ended {
		return nil, nil
	}
	old.State, old.Until = processing.Ended, now
	drafts := []ledger.Draft{entry("instruction.ended", ledger.Text("instruction", old.ID), ledger.Text("state", string(old.State)))}
	if old.Mark == processing.Flagged {
		old.Answer = processing.Replaced
		drafts = append(drafts, entry("instruction.answered", ledger.Text("instruction", old.ID), ledger.Text("answer", string(old.Answer))))
	}
	return []processing.Instruction{old}, drafts
}

func find(all []processing.Instruction, name string) (processing.Instruction, error) {
	i := slices.IndexFunc(all, func(i processing.Instruction) bool { return i.ID == name })
	if i < 0 {
		return processing.Instruction{}, fault.New(fault.NotFound, "there is no such instruction")
	}
	return all[i], nil
}

// Withdraw takes an instruction back: what rests on it is held from now on.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, name string) error {
	return s.changed(ctx, a, name, func(i *processing.Instruction, now time.Time) ([]ledger.Draft, error) {
		if i.State != processing.InForce && i.State != processing.Asked {
			return nil, nil
		}
		i.State, i.Until = processing.Withdrawn, now
		drafts := []ledger.Draft{entry("instruction.ended", ledger.Text("instruction", i.ID), ledger.Text("state", string(i.State)))}
		if i.Mark == processing.Flagged {
			i.Answer = processing.TakenBack
			drafts = append(drafts, entry("instruction.answered", ledger.Text("instruction", i.ID), ledger.Text("answer", string(i.Answer))))
		}
		return drafts, nil
	})
}

// Confirm says of a flagged instruction that it stands. Work goes on when the platform takes its flag away.
func (s *Service) Confirm(ctx context.Context, a access.Actor, name string) error {
	return s.changed(ctx, a, name, func(i *processing.Instruction, _ time.Time) ([]ledger.Draft, error) {
		if i.Mark != processing.Flagged || i.State != processing.InForce {
			return nil, fault.New(fault.Invalid, "the instruction is not flagged")
		}
		if i.Answer == processing.Confirmed {
			return nil, nil
		}
		i.Answer = processing.Confirmed
		return []ledger.Draft{entry("instruction.answered", ledger.Text("instruction", i.ID), ledger.Text("answer", string(i.Answer)))}, nil
	})
}

func (s *Service) changed(ctx context.Context, a access.Actor, name string, fn func(i *processing.Instruction, now time.Time) ([]ledger.Draft, error)) error {
	scope, err := access.Decide(a, access.InstructionGive, access.Resource{})
	if err != nil {
		return err
	}
	return change.Again(func() error { return s.one(ctx, scope, name, fn) })
}

func (s *Service) one(ctx context.Context, scope access.Scope, name string, fn func(i *processing.Instruction, now time.Time) ([]ledger.Draft, error)) error {
	all, err := s.Store.Instructions(ctx, scope)
	if err != nil {
		return err
	}
	i, err := find(all, name)
	if err != nil {
		return err
	}
	now := s.now()
	drafts, err := fn(&i, now)
	if err != nil || len(drafts) == 0 {
		return err
	}
	ch := &Change{Instructions: []processing.Instruction{i}, Envelope: change.New(scope, now, drafts...)}
	wake(ch)
	_, err = s.Store.Commit(ctx, ch)
	return err
}

// Of are the instructions of an organisation, for the platform's lawyers who look whether they are lawful.
func (s *Service) Of(ctx context.Context, a access.Actor, org id.Org) ([]processing.Instruction, error) {
	if _, err := access.Decide(a, access.InstructionFlag, access.Resource{}); err != nil {
		return nil, err
	}
	scope, err := inside(org, access.InstructionRead, a)
	if err != nil {
		return nil, err
	}
	return s.Store.Instructions(ctx, scope)
}

// Flags are those of the platform, the newest first.
func (s *Service) Flags(ctx context.Context, a access.Actor) ([]Flag, error) {
	scope, err := access.Decide(a, access.InstructionFlag, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Flags(ctx, scope)
}

// Flag holds the work that rests on an instruction which seems unlawful, and has the organisation told (GDPR article 28(3), last paragraph), unless the law forbids to tell (barred):
// then no reason leaves the platform's home.
func (s *Service) Flag(ctx context.Context, a access.Actor, org id.Org, name, reason string, barred bool) error {
	scope, err := access.Decide(a, access.InstructionFlag, access.Resource{})
	if err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	all, err := s.Of(ctx, a, org)
	if err != nil {
		return err
	}
	i, err := find(all, name)
	if err != nil {
		return err
	}
	if i.State != processing.InForce {
		return fault.New(fault.Invalid, "the instruction is not in force: there is nothing to hold")
	}
	now := s.now()
	f := Flag{Organisation: org, Instruction: name, Title: i.Title, Reason: reason, Barred: barred, Actor: string(a.ID), At: now}
	known, err := s.flag(ctx, scope, org, name)
	if err != nil {
		return err
	}
	if known.Version > 0 && known.Lifted.IsZero() {
		return fault.New(fault.Conflict, "the instruction is flagged already")
	}
	f.Version = known.Version
	if _, err := s.Store.Commit(ctx, &Change{Flag: &f, Envelope: change.New(scope, now, entry("instruction.flagged",
		ledger.Text("instruction", name), ledger.Text("organisation", string(org)), ledger.Text("reason", reason), ledger.Bool("barred", barred)))}); err != nil {
		return err
	}
	return s.mark(ctx, f, a)
}

// Unflag takes a flag away: what was held goes on.
func (s *Service) Unflag(ctx context.Context, a access.Actor, org id.Org, name, reason string) error {
	scope, err := access.Decide(a, access.InstructionFlag, access.Resource{})
	if err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	f, err := s.flag(ctx, scope, org, name)
	if err != nil {
		return err
	}
	if f.Version == 0 || !f.Lifted.IsZero() {
		return fault.New(fault.NotFound, "there is no such flag")
	}
	f.Lifted = s.now()
	if _, err := s.Store.Commit(ctx, &Change{Flag: &f, Envelope: change.New(scope, f.Lifted, entry("instruction.unflagged",
		ledger.Text("instruction", name), ledger.Text("organisation", string(org)), ledger.Text("reason", reason)))}); err != nil {
		return err
	}
	return s.mark(ctx, f, a)
}

func (s *Service) flag(ctx context.Context, scope access.Scope, org id.Org, name string) (Flag, error) {
	all, err := s.Store.Flags(ctx, scope)
	if err != nil {
		return Flag{}, err
	}
	if i := slices.IndexFunc(all, func(f Flag) bool { return f.Organisation == org && f.Instruction == name }); i >= 0 {
		return all[i], nil
	}
	return Flag{}, nil
}

// mark carries a flag into the organisation's home. Done again it changes nothing; the job of the platform does it for one that was left half.
func (s *Service) mark(ctx context.Context, f Flag, cause access.Actor) error {
	if f.Barred {
		cause = access.Actor{}
	}
	scope, err := inside(f.Organisation, access.InstructionFlag, cause)
	if err != nil {
		return err
	}
	return change.Again(func() error {
		return s.one(ctx, scope, f.Instruction, func(i *processing.Instruction, now time.Time) ([]ledger.Draft, error) {
			want := processing.Flagged
			switch {
			case !f.Lifted.IsZero():
				want = processing.NoMark
			case f.Barred:
				want = processing.Held
			}
			if i.Mark == want {
				return nil, nil
			}
			i.Mark, i.Reason, i.Marked, i.Answer = want, "", now, processing.NoAnswer
			switch want {
			case processing.Flagged:
				i.Reason = f.Reason
				return []ledger.Draft{entry("instruction.flagged", ledger.Text("instruction", i.ID), ledger.Text("title", i.Title), ledger.Text("reason", f.Reason))}, nil
			case processing.Held:
				return []ledger.Draft{entry("instruction.held", ledger.Text("instruction", i.ID))}, nil
			}
			i.Marked = time.Time{}
			return []ledger.Draft{entry("instruction.unflagged", ledger.Text("instruction", i.ID))}, nil
		})
	})
}
