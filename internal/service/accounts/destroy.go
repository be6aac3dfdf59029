package accounts

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Destroyed says what asking for destruction means.
const Destroyed = "the key of the organisation will be destroyed, and with it everything that it has: it cannot be undone, by anybody"

// DestroyOrganisation asks that the actor's own organisation be destroyed: its slug must be typed. The job [task.ApplyDestroy] does it. It cannot be undone.
func (s *Service) DestroyOrganisation(ctx context.Context, a access.Actor, slug, reason string) error {
	scope, err := access.Decide(a, access.OrganisationDestroy, access.Resource{})
	if err != nil {
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return err
	}
	return again(func() error {
		org, err := s.Tenancy.Organisation(ctx, scope)
		if err != nil {
			return err
		}
		if slug != org.Slug {
			return fault.New(fault.Invalid, "the short name that was typed is not that of the organisation").WithHelp("%s", Destroyed)
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("destruction.asked",
			ledger.Text("organisation", string(org.ID)), ledger.Text("slug", org.Slug), ledger.Text("reason", reason)))}
		c.Expect = []change.Expect{{Kind: "organisation", ID: string(org.ID), Version: org.Version}}
		c.Jobs = []job.New{{Kind: task.ApplyDestroy, Args: task.Encode(task.OrgArgs{Org: org.ID}), Key: string(org.ID)}}
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
}

// ApplyDestroy does the work of the job task.ApplyDestroy. In the home of the organisation it hands over to the platform; there it empties the wrapped key, and then
// removes what the home has left. Each step can be done again.
func (s *Service) ApplyDestroy(ctx context.Context, c *task.Claimed) error {
	var args task.OrgArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	if c.Actor.Org != id.Platform {
		return s.handOver(ctx, c)
	}
	scope, err := access.Decide(c.Actor, access.OrganisationDestroy, access.Resource{})
	if err != nil {
		return err
	}
	return s.condemn(ctx, scope, c, args.Org, "an owner of the organisation asked for it", func(e Entry) []ledger.Draft {
		return []ledger.Draft{entry("organisation.destroyed", ledger.Text("organisation", string(e.ID)), ledger.Text("slug", e.Slug))}
	})
}

// handOver asks the platform, which has the key, and then ends the job in the home. The home that asks is the one that the job lies in.
func (s *Service) handOver(ctx context.Context, c *task.Claimed) error {
	org := c.Actor.Org
	here, err := access.Decide(c.Actor, access.OrganisationDestroy, access.Resource{})
	if err != nil {
		return err
	}
	there, err := platform(access.OrganisationDestroy, "destruction", c.Actor)
	if err != nil {
		return err
	}
	p := &PlatformChange{Envelope: change.New(there, s.now(), entry("destruction.asked", ledger.Text("organisation", string(org))))}
	p.Inbox = &change.Inbox{Source: org, Key: task.ApplyDestroy}
	p.Jobs = []job.New{{Kind: task.ApplyDestroy, Args: task.Encode(task.OrgArgs{Org: org}), Key: string(org)}}
	if _, err := s.Directory.Operate(ctx, p); err != nil {
		return err
	}
	return s.ended(ctx, here, c, "handed over to the platform")
}

// condemn takes an organisation's key away, and with it everything; says tells it in the instance's ledger.
func (s *Service) condemn(ctx context.Context, scope access.Scope, c *task.Claimed, org id.Org, reason string, says func(Entry) []ledger.Draft) error {
	err := again(func() error {
		e, err := s.Directory.Entry(ctx, scope, org)
		if err != nil || e.State == tenant.Destroyed {
			return err
		}
		drafts := append(says(e), entry("key.destroyed", ledger.Text("key", string(org)), ledger.Text("usedFor", "organisation"), ledger.Text("reason", reason)))
		e.State, e.Wrapped, e.Root = tenant.Destroyed, nil, ""
		_, err = s.Directory.Operate(ctx, &PlatformChange{Envelope: change.New(scope, s.now(), drafts...), Entry: &e, Left: org})
		return err
	})
	if err != nil {
		return err
	}
	operate, err := platform(access.PlatformOperate, "destruction", c.Actor)
	if err != nil {
		return err
	}
	if err := s.Homes.Forget(ctx, operate, org); err != nil {
		return err
	}
	return s.ended(ctx, scope, c, "destroyed")
}

// FinishOrganisation does the work of the job task.FinishOrg: an organisation whose making was interrupted is removed. Nobody has seen its owner's token.
func (s *Service) FinishOrganisation(ctx context.Context, c *task.Claimed) error {
	var args task.OrgArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	scope, err := access.Decide(c.Actor, access.OrganisationCreate, access.Resource{})
	if err != nil {
		return err
	}
	e, err := s.Directory.Entry(ctx, scope, args.Org)
	switch {
	case err != nil:
		return err
	case e.State == tenant.Active:
		return s.ended(ctx, scope, c, "active")
	}
	return s.condemn(ctx, scope, c, args.Org, "its making was interrupted", func(e Entry) []ledger.Draft {
		return []ledger.Draft{entry("organisation.finished", ledger.Text("organisation", string(e.ID)), ledger.Text("outcome", "removed"))}
	})
}

// SweepOrganisations finds what should have been finished and asks for it: organisations that have been in the making for too long although their job is gone. What
// is asked for already is not asked twice. It returns how many.
func (s *Service) SweepOrganisations(ctx context.Context) (int, error) {
	scope, err := platform(access.PlatformOperate, "sweep", access.Actor{})
	if err != nil {
		return 0, err
	}
	now, n := s.now(), 0
	late := now.Add(-2 * finishAfter).UnixMicro()
	err = s.entries(ctx, scope, func(e Entry) error {
		if e.State != tenant.Creating || e.Created > late {
			return nil
		}
		c := &PlatformChange{Envelope: change.New(scope, now, entry("organisation.finished", ledger.Text("organisation", string(e.ID)), ledger.Text("outcome", "asked for")))}
		c.Jobs = []job.New{{Kind: task.FinishOrg, Args: task.Encode(task.OrgArgs{Org: e.ID}), Key: string(e.ID)}}
		n++
		_, err := s.Directory.Operate(ctx, c)
		return err
	})
	return n, err
}
