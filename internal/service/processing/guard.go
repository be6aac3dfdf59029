package processing

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/processing"
)

// HoldFor is when a job that is held is asked about again by itself.
const HoldFor = time.Hour

// Ask says whether a job may be done, and on which instruction. What the platform owes by itself, and what is in the platform's own home, needs none.
func (s *Service) Ask(ctx context.Context, c *task.Claimed) (processing.Verdict, error) {
	act, known := processing.OfJob(c.Lease.Kind)
	switch {
	case c.Lease.Org == id.Platform || act.Duty:
		return processing.Verdict{}, nil
	case !known:
		return processing.Verdict{Hold: "work of the kind " + c.Lease.Kind + " has no purpose"}, nil
	}
	scope, err := inside(c.Lease.Org, access.InstructionRead, c.Actor)
	if err != nil {
		return processing.Verdict{}, err
	}
	w, err := s.work(ctx, scope, c, act)
	if err != nil {
		return processing.Verdict{}, err
	}
	for last := range 2 {
		all, err := s.Store.Instructions(ctx, scope)
		if err != nil {
			return processing.Verdict{}, err
		}
		v := processing.Judge(all, w, s.now())
		if v.Hold == "" || v.Flagged {
			return v, nil
		}
		if last == 1 {
			return v, s.ask(ctx, c, w, all)
		}
		if err := s.Settle(ctx, c.Lease.Org, c.Actor); err != nil {
			return processing.Verdict{}, err
		}
	}
	return processing.Verdict{}, nil
}

// work is what a job is about to do. A job that names something which is not there any more rests on the agreement: there is nothing left to read.
func (s *Service) work(ctx context.Context, scope access.Scope, c *task.Claimed, act processing.Activity) (w processing.Work, err error) {
	w = processing.Work{Purpose: act.Purpose, Operation: act.Operation, Title: c.Lease.Kind}
	switch c.Lease.Kind {
	case task.RunScan:
		var args task.ScanArgs
		if err = task.Decode(c.Lease.Args, &args); err == nil {
			w.Reference, err = s.Store.Scanned(ctx, scope, args.Scan)
		}
	case task.Deliver, task.Redeliver:
		var args task.StreamArgs
		if err = task.Decode(c.Lease.Args, &args); err == nil {
			w.Reference = args.Stream
		}
	}
	if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	return w, err
}

// ask writes down, once, that work waits for an instruction.
func (s *Service) ask(ctx context.Context, c *task.Claimed, w processing.Work, all []processing.Instruction) error {
	if slices.ContainsFunc(all, func(i processing.Instruction) bool {
		return i.State == processing.Asked && i.Reference == w.Reference && slices.Contains(i.Purposes, w.Purpose)
	}) {
		return nil
	}
	scope, err := inside(c.Lease.Org, access.InstructionKeep, c.Actor)
	if err != nil {
		return err
	}
	now := s.now()
	name, err := s.mint(id.PrefixInstruction, now)
	if err != nil {
		return err
	}
	i := processing.Instruction{
		ID: name, Source: processing.Nothing, Reference: w.Reference, Title: w.Title, Purposes: []processing.Purpose{w.Purpose}, Narrow: w.Reference != "", State: processing.Asked, From: now, Waiting: c.Lease.ID,
	}
	_, err = s.Store.Commit(ctx, &Change{Instructions: []processing.Instruction{i}, Envelope: change.New(scope, now, entry("instruction.missing",
		ledger.Text("instruction", i.ID), ledger.Text("title", i.Title), ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("purposes", string(w.Purpose))))})
	return err
}

// Settle writes down what follows from what the organisation did, and ends what is over. Done twice it changes nothing the second time.
func (s *Service) Settle(ctx context.Context, org id.Org, cause access.Actor) error {
	read, err := inside(org, access.InstructionRead, cause)
	if err != nil {
		return err
	}
	facts, err := s.facts(ctx, read, org)
	if err != nil {
		return err
	}
	all, err := s.Store.Instructions(ctx, read)
	if err != nil {
		return err
	}
	now := s.now()
	ch := &Change{}
	for _, f := range facts {
		if slices.ContainsFunc(all, func(i processing.Instruction) bool { return i.Source == f.Source && i.Reference == f.Reference }) {
			continue
		}
		name, err := s.mint(id.PrefixInstruction, now)
		if err != nil {
			return err
		}
		i := processing.Instruction{ID: name, Source: f.Source, Reference: f.Reference, Title: f.Title, Narrow: f.Narrow, Purposes: f.Purposes, State: processing.InForce, From: f.From, Until: f.Until}
		if i.From.IsZero() || i.From.After(now) && f.Source != processing.SupportAsked {
			i.From = now
		}
		if err := i.Check(); err != nil {
			return err
		}
		ch.Instructions = append(ch.Instructions, i)
		ch.Drafts = append(ch.Drafts, given(i))
	}
	for _, i := range all {
		if i.State == processing.InForce && over(i, facts, now) {
			i.State, i.Until = processing.Ended, now
			ch.Instructions = append(ch.Instructions, i)
			ch.Drafts = append(ch.Drafts, entry("instruction.ended", ledger.Text("instruction", i.ID), ledger.Text("state", string(i.State))))
		}
	}
	if len(ch.Instructions) == 0 {
		return nil
	}
	scope, err := inside(org, access.InstructionKeep, cause)
	if err != nil {
		return err
	}
	drafts := ch.Drafts
	ch.Envelope = change.New(scope, now, drafts...)
	_, err = s.Store.Commit(ctx, ch)
	if fault.KindOf(err) == fault.Conflict { // another process settles the same: it has it now
		return nil
	}
	return err
}

// over reports whether what an instruction came from is over: it ran out, what it was the configuration of is not there any more, or a newer addendum or order form took its place.
func over(i processing.Instruction, facts []Fact, now time.Time) bool {
	if !i.Until.IsZero() && !now.Before(i.Until) {
		return true
	}
	switch i.Source {
	case processing.Configuration, processing.SupportAsked, processing.Addendum, processing.OrderForm:
	default: // the agreement itself, and what people gave
		return false
	}
	return !slices.ContainsFunc(facts, func(f Fact) bool { return f.Source == i.Source && f.Reference == i.Reference })
}

func (s *Service) facts(ctx context.Context, scope access.Scope, org id.Org) ([]Fact, error) {
	facts, err := s.Store.Facts(ctx, scope)
	if err != nil || s.Accepted == nil {
		return facts, err
	}
	more, err := s.Accepted(ctx, org)
	return append(facts, more...), err
}

func given(i processing.Instruction) ledger.Draft {
	fields := []ledger.Field{
		ledger.Text("instruction", i.ID), ledger.Text("source", string(i.Source)), ledger.Text("reference", i.Reference), ledger.Text("title", i.Title), ledger.Text("purposes", purposes(i.Purposes)),
		ledger.Text("from", stamp(i.From)),
	}
	if !i.Until.IsZero() {
		fields = append(fields, ledger.Text("until", stamp(i.Until)))
	}
	return entry("instruction.given", fields...)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func purposes(all []processing.Purpose) (text string) {
	for n, p := range all {
		if n > 0 {
			text += " "
		}
		text += string(p)
	}
	return text
}
