package detect

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// decided says how a proposal ended.
func (p *Proposal) decided(state ProposalState, by id.Actor, answer string, at time.Time) {
	p.State, p.Decider, p.Answer, p.Decided = state, by, answer, &at
}

// RejectProposal is another person's refusal of what one has proposed, with the reason. What was rejected can be proposed again.
func (h *Hosted) RejectProposal(ctx context.Context, a access.Actor, project id.Project, proposal, reason string) error {
	if err := h.screened(ctx, a, access.BaselineApprove, project, &reason); err != nil {
		return err
	}
	return h.end(ctx, a, project, proposal, reason, func(p *Proposal, at time.Time) (ledger.Draft, error) {
		if p.Actor == a.ID {
			return ledger.Draft{}, fault.New(fault.Denied, "whoever proposes does not reject").WithHelp("withdraw it")
		}
		p.decided(ProposalRejected, a.ID, reason, at)
		return ledger.Draft{Kind: "proposal.rejected", Fields: []ledger.Field{
			ledger.Text("proposal", p.ID), ledger.Text("kind", p.Kind), ledger.Text("reason", reason), ledger.Actor("proposer", p.Actor),
		}}, nil
	})
}

// WithdrawProposal ends a proposal without an answer to it: whoever made it may, and whoever may approve, as of what was overtaken.
func (h *Hosted) WithdrawProposal(ctx context.Context, a access.Actor, project id.Project, proposal, reason string) error {
	if err := h.screened(ctx, a, access.BaselineApprove, project, &reason); err != nil {
		return err
	}
	return h.end(ctx, a, project, proposal, reason, func(p *Proposal, at time.Time) (ledger.Draft, error) {
		p.decided(ProposalWithdrawn, a.ID, reason, at)
		return ledger.Draft{Kind: "proposal.withdrawn", Fields: []ledger.Field{
			ledger.Text("proposal", p.ID), ledger.Text("kind", p.Kind), ledger.Text("reason", reason),
		}}, nil
	})
}

// end ends a proposal without what it asked for. An archived project is no hindrance: nothing but the proposal changes.
func (h *Hosted) end(ctx context.Context, a access.Actor, project id.Project, proposal, reason string, with func(*Proposal, time.Time) (ledger.Draft, error)) error {
	p, s, err := h.open(ctx, a, access.BaselineApprove, project)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what was committed is durable
	if err := person(a); err != nil {
		return err
	}
	if err := said(reason); err != nil {
		return err
	}
	prop, err := h.openProposal(ctx, p, proposal)
	if err != nil {
		return err
	}
	at := h.Now().Truncate(time.Microsecond) // as it is kept
	draft, err := with(&prop, at)
	if err != nil {
		return err
	}
	c := Change{Envelope: change.New(s, at, draft), Proposals: []Proposal{prop}}
	c.Expect = []change.Expect{{Kind: "proposal", ID: prop.ID, Version: prop.Version}}
	_, err = p.Change(ctx, &c)
	return err
}
