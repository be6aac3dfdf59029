package decision

import (
	"context"
	"errors"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/detect"
)

// proposal is the page of the decision, for the second person.
func (d desk) proposal(c *web.Call) error {
	f, view, err := d.framed(c, say.T(c.Context(), "Proposal of a baseline"), true)
	if err != nil {
		return err
	}
	p, err := d.find(c.Context(), c.Asker(), f.Project, c.Path("proposal"))
	if err != nil {
		return err
	}
	if p.Kind == "exception" {
		return c.To(f.base() + "/exceptions")
	}
	v := decided{frame: f}
	v.Decision, err = d.DecisionOf(c.Context(), c.Asker(), f.Project, p.ID)
	if fault.KindOf(err) == fault.NotFound { // its snapshot was let go: what is left is what people said
		v.Decision, err = &detect.Decision{Proposal: &p}, nil
	}
	if err != nil {
		return err
	}
	if v.Of != nil {
		if err := d.fill(c, &v); err != nil {
			return err
		}
	}
	if v.Comments, err = d.Comments(c.Context(), c.Asker(), f.Project, "proposal", p.ID); err != nil {
		return err
	}
	return c.Show(view, decisionPage(v))
}

// find is a proposal of the project.
func (d desk) find(ctx context.Context, a access.Actor, project id.Project, name string) (detect.Proposal, error) {
	list, err := d.Proposals(ctx, a, project)
	if err != nil {
		return detect.Proposal{}, err
	}
	i := slices.IndexFunc(list, func(p detect.Proposal) bool { return p.ID == name })
	if i < 0 {
		return detect.Proposal{}, fault.New(fault.NotFound, "there is no such proposal")
	}
	return list[i], nil
}

func (d desk) approveProposal(c *web.Call) error {
	return d.answer(c, func(ctx context.Context, a access.Actor, p *detect.Proposal) (string, string, error) {
		done, err := d.ApproveProposal(ctx, a, p.Project, p.ID)
		if err == nil && done.Baseline != nil {
			return "/baselines/" + done.Baseline.ID, "baseline-approved", nil
		}
		return "/exceptions", "exception-approved", err
	})
}

func (d desk) rejectProposal(c *web.Call) error {
	return d.answer(c, func(ctx context.Context, a access.Actor, p *detect.Proposal) (string, string, error) {
		return "", "rejected", d.RejectProposal(ctx, a, p.Project, p.ID, c.Form("reason"))
	})
}

func (d desk) withdrawProposal(c *web.Call) error {
	return d.answer(c, func(ctx context.Context, a access.Actor, p *detect.Proposal) (string, string, error) {
		return "", "withdrawn", d.WithdrawProposal(ctx, a, p.Project, p.ID, c.Form("reason"))
	})
}

// answer decides on a proposal, and leads to what came of it; to "" is where it stands.
func (d desk) answer(c *web.Call, decide func(context.Context, access.Actor, *detect.Proposal) (to, word string, err error)) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	p, err := d.find(c.Context(), c.Asker(), project, c.Path("proposal"))
	if err != nil {
		return err
	}
	base := "/projects/" + string(project)
	at := base + "/proposals/" + p.ID
	if p.Kind == "exception" {
		at = base + "/exceptions"
	}
	to, word, err := decide(c.Context(), c.Asker(), &p)
	switch {
	case errors.Is(err, access.ErrStepUp):
		return c.Prove(at)
	case err != nil:
		return err
	case to == "":
		return c.Done(at, word)
	}
	return c.Done(base+to, word)
}
