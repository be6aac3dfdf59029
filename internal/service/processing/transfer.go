package processing

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/processing"
)

// Transfers are the register, the newest first.
func (s *Service) Transfers(ctx context.Context, a access.Actor) ([]processing.Transfer, error) {
	if _, err := access.Decide(a, access.RecordRead, access.Resource{}); err != nil {
		return nil, err
	}
	scope, err := inside(id.Platform, access.RecordRead, a)
	if err != nil {
		return nil, err
	}
	return s.Store.Transfers(ctx, scope)
}

// Register puts a line into the register.
func (s *Service) Register(ctx context.Context, a access.Actor, t processing.Transfer) (string, error) {
	scope, err := access.Decide(a, access.TransferChange, access.Resource{})
	if err != nil {
		return "", err
	}
	if t.Mechanism == processing.ByClauses && t.Module == 0 {
		t.Module = processing.DefaultModule
	}
	if err := checkFields(&t.Country, &t.Recipient, &t.Evidence); err != nil {
		return "", err
	}
	now := s.now()
	if t.From.IsZero() {
		t.From = now
	}
	if err := t.Check(); err != nil {
		return "", err
	}
	if t.ID, err = s.mint(id.PrefixTransfer, now); err != nil {
		return "", err
	}
	_, err = s.Store.Commit(ctx, &Change{Transfer: &t, Envelope: change.New(scope, now, entry("transfer.registered",
		ledger.Text("transfer", t.ID), ledger.Text("country", t.Country), ledger.Text("recipient", t.Recipient), ledger.Text("mechanism", string(t.Mechanism)),
		ledger.Int("module", int64(t.Module)), ledger.Text("evidence", t.Evidence), ledger.Text("from", stamp(t.From)), ledger.Text("until", stamp(t.Until))))})
	return t.ID, err
}

// End takes a line out of force.
func (s *Service) End(ctx context.Context, a access.Actor, name, reason string) error {
	scope, err := access.Decide(a, access.TransferChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	return change.Again(func() error {
		all, err := s.Store.Transfers(ctx, scope)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t processing.Transfer) bool { return t.ID == name })
		if i < 0 {
			return fault.New(fault.NotFound, "there is no such transfer")
		}
		t := all[i]
		if !t.Ended.IsZero() {
			return nil
		}
		t.Ended = s.now()
		_, err = s.Store.Commit(ctx, &Change{Transfer: &t, Envelope: change.New(scope, t.Ended, entry("transfer.ended",
			ledger.Text("transfer", t.ID), ledger.Text("country", t.Country), ledger.Text("recipient", t.Recipient), ledger.Text("reason", reason)))})
		return err
	})
}

// Allowed refuses a destination that no mechanism covers today, and writes the refusal down. Whoever is about to hand personal data to a recipient in a country, or to keep them in a
// region, asks first.
func (s *Service) Allowed(ctx context.Context, country, recipient string) error {
	scope, err := inside(id.Platform, access.RecordRead, access.Actor{})
	if err != nil {
		return err
	}
	all, err := s.Store.Transfers(ctx, scope)
	if err != nil {
		return err
	}
	why := processing.Covered(all, country, recipient, s.now())
	if why == "" {
		return nil
	}
	if scope, err = inside(id.Platform, access.JobRun, access.Actor{}); err != nil {
		return err
	}
	if _, err := s.Store.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), entry("transfer.blocked",
		ledger.Text("country", short(country)), ledger.Text("recipient", short(recipient)), ledger.Text("reason", why)))}); err != nil {
		return err
	}
	return fault.New(fault.Denied, "personal data may not go there: %s", why).WithHelp("register the mechanism with its evidence under Processing, Transfers")
}

// AllowedFor asks besides whether a region is one of those that an organisation has ordered.
func (s *Service) AllowedFor(ctx context.Context, org id.Org, region string) error {
	if s.Ordered == nil {
		return nil
	}
	o, err := s.Ordered(ctx, org)
	if err != nil {
		return err
	}
	if why := processing.Resident(o.Residency, region); why != "" {
		return fault.New(fault.Denied, "what the organisation stores may not lie there: %s", why)
	}
	return nil
}

func short(s string) string { return s[:min(len(s), maxField)] }
