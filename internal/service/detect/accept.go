package detect

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// ProposeException proposes to accept drift for a time. An exception is never approved by its author (docs/formats/exceptions.md), so that it always takes a second person, and a
// third one where a finding is critical.
func (h *Hosted) ProposeException(ctx context.Context, a access.Actor, project id.Project, e Entry, key *change.Idempotency) (Proposal, error) {
	p, s, err := h.writable(ctx, a, access.ExceptionChange, project)
	if err != nil {
		return Proposal{}, err
	}
	defer p.Close() //nolint:errcheck // what was committed is durable
	if err := person(a); err != nil {
		return Proposal{}, err
	}
	for _, text := range []*string{&e.Reason, &e.Owner} {
		if err := h.screened(ctx, a, access.ExceptionChange, project, text); err != nil {
			return Proposal{}, err
		}
	}
	now := h.Now().Truncate(time.Microsecond) // as it is kept
	var told Proposal
	if done, err := before(ctx, p, a.ID, key, now, &told); err != nil || done {
		return told, err
	}
	f := full{Entry: e, CreatedBy: string(a.ID), ApprovedBy: []string{}, Created: now.UTC().Format(time.DateOnly)}
	if f.ID, err = id.Mint(id.PrefixException, h.Random, now); err != nil {
		return Proposal{}, err
	}
	text, err := f.text()
	if err != nil {
		return Proposal{}, err
	}
	if err := errors.Join(acceptable(ctx, p, text), proposable(ctx, p)); err != nil {
		return Proposal{}, err
	}
	prop := Proposal{Project: project, Kind: "exception", Subject: text, Reason: e.Reason, Actor: a.ID, State: ProposalOpen, Created: now}
	if prop.ID, err = id.Mint(id.PrefixProposal, h.Random, now); err != nil {
		return Proposal{}, err
	}
	c := Change{Envelope: change.New(s, now, ledger.Draft{Kind: "exception.proposed", Fields: []ledger.Field{
		ledger.Text("proposal", prop.ID), ledger.Text("exception", f.ID), ledger.Text("entry", about(e)), ledger.Text("reason", e.Reason),
	}}), Proposals: []Proposal{prop}}
	told = prop
	told.Version = 1
	if err := change.Remember(&c.Envelope, key, told); err != nil {
		return Proposal{}, err
	}
	done, err := p.Change(ctx, &c)
	if err != nil {
		return Proposal{}, err
	}
	return told, change.Replayed(done, &told)
}

// about says what an exception speaks of.
func about(e Entry) string { return e.Rule + " " + e.Path + " of " + e.Scope }

// acceptProposed makes the exception that was proposed, approved by the actor.
func (h *Hosted) acceptProposed(ctx context.Context, p Project, c Change, prop Proposal, a access.Actor, more []ledger.Field) (Approved, error) {
	var f full
	if err := json.Unmarshal([]byte(prop.Subject), &f); err != nil {
		return Approved{}, fault.Wrap(fault.Internal, err, "the proposal %s cannot be read", prop.ID)
	}
	f.ApprovedBy = []string{string(a.ID)}
	text, err := f.text()
	if err != nil {
		return Approved{}, err
	}
	if err := acceptable(ctx, p, text); err != nil {
		return Approved{}, err
	}
	c.Exceptions = []ExceptionRow{{ID: f.ID, Project: prop.Project, Entry: text, Actor: prop.Actor, Created: c.At}}
	c.Drafts = []ledger.Draft{accepted(f, more...)}
	if c.Jobs, err = again(ctx, p, prop.Project); err != nil {
		return Approved{}, err
	}
	return commit(ctx, p, &c, nil, Approved{Proposal: &prop})
}

func accepted(f full, more ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: "exception.accepted", Fields: append([]ledger.Field{
		ledger.Text("exception", f.ID), ledger.Text("entry", about(f.Entry)), ledger.Text("reason", f.Reason), ledger.Text("expires", f.Expires),
	}, more...)}
}

// again is the job that holds the newest snapshot against the baseline anew, where there is one of each.
func again(ctx context.Context, p Project, project id.Project) ([]job.New, error) {
	j, err := p.Judged(ctx)
	if err != nil || j.Baseline == "" || j.Newest == "" {
		return nil, err
	}
	return []job.New{compareJob(project, j.Newest)}, nil
}

// limits of what a project has accepted: a comparison reads all that is not revoked as one file of docs/formats/exceptions.md, and has to be able to
const (
	maxExceptions = 1000
	maxAccepted   = 900 << 10 // bytes
	maxProposals  = 200       // that wait
)

// acceptable refuses an entry for which there is no room.
func acceptable(ctx context.Context, p Project, entry string) error {
	rows, err := p.Exceptions(ctx)
	if err != nil {
		return err
	}
	n, size := 1, len(entry)
	for i := range rows {
		if !rows[i].Revoked {
			n++
			size += len(rows[i].Entry) + len("- \n")
		}
	}
	if n > maxExceptions || size > maxAccepted {
		return fault.New(fault.Limited, "a project has at most %d exceptions of %d KiB together", maxExceptions, maxAccepted>>10).WithHelp("revoke those that are over")
	}
	return nil
}

// proposable refuses a proposal more where many wait.
func proposable(ctx context.Context, p Project) error {
	list, err := p.Proposals(ctx)
	if err != nil {
		return err
	}
	open := 0
	for i := range list {
		if list[i].State == ProposalOpen {
			open++
		}
	}
	if open >= maxProposals {
		return fault.New(fault.Limited, "%d proposals of the project wait already", open).WithHelp("approve or withdraw them first")
	}
	return nil
}

// ApproveException adds a person's approval to an exception that is in force, as a critical finding asks for.
func (h *Hosted) ApproveException(ctx context.Context, a access.Actor, project id.Project, exception string) error {
	return h.change(ctx, a, project, exception, func(r *ExceptionRow, f *full) (ledger.Draft, error) {
		if f.CreatedBy == string(a.ID) || slices.Contains(f.ApprovedBy, string(a.ID)) {
			return ledger.Draft{}, fault.New(fault.Denied, "you wrote it, or have approved it already").WithHelp("another member with the right to approve has to")
		}
		f.ApprovedBy = append(f.ApprovedBy, string(a.ID))
		var err error
		r.Entry, err = f.text()
		return accepted(*f), err
	})
}

// RevokeException ends an exception: what it accepted counts again.
func (h *Hosted) RevokeException(ctx context.Context, a access.Actor, project id.Project, exception, reason string) error {
	if err := said(reason); err != nil {
		return err
	}
	if err := h.screened(ctx, a, access.ExceptionChange, project, &reason); err != nil {
		return err
	}
	return h.change(ctx, a, project, exception, func(r *ExceptionRow, _ *full) (ledger.Draft, error) {
		r.Revoked = true
		return ledger.Draft{Kind: "exception.revoked", Fields: []ledger.Field{ledger.Text("exception", r.ID), ledger.Text("reason", reason)}}, nil
	})
}

// change changes one exception that is in force.
func (h *Hosted) change(ctx context.Context, a access.Actor, project id.Project, exception string, with func(*ExceptionRow, *full) (ledger.Draft, error)) error {
	p, s, err := h.writable(ctx, a, access.ExceptionChange, project)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what was committed is durable
	if err := person(a); err != nil {
		return err
	}
	return change.Again(func() error {
		rows, err := p.Exceptions(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r ExceptionRow) bool { return r.ID == exception && !r.Revoked })
		if i < 0 {
			return fault.New(fault.NotFound, "there is no such exception in force")
		}
		r := rows[i]
		var f full
		if err := json.Unmarshal([]byte(r.Entry), &f); err != nil {
			return fault.Wrap(fault.Internal, err, "the exception %s cannot be read", r.ID)
		}
		c := Change{Envelope: change.New(s, h.Now())}
		c.Expect = []change.Expect{{Kind: "exception", ID: r.ID, Version: r.Version}}
		draft, err := with(&r, &f)
		if err != nil {
			return err
		}
		c.Exceptions, c.Drafts = []ExceptionRow{r}, []ledger.Draft{draft}
		if c.Jobs, err = again(ctx, p, project); err != nil {
			return err
		}
		_, err = p.Change(ctx, &c)
		return err
	})
}
