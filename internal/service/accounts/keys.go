package accounts

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// RotateKeys wraps the key of every organisation, and the platform's own, under the newest root key. It returns how many were not under it. It can be stopped and
// done again: what is under the newest one is left alone.
func (s *Service) RotateKeys(ctx context.Context, a access.Actor) (int, error) {
	scope, err := access.Decide(a, access.KeyRotate, access.Resource{})
	if err != nil {
		return 0, err
	}
	n := 0
	changed, err := s.Homes.Rewrap(ctx, scope)
	if err != nil {
		return 0, err
	}
	if changed {
		n++
		c := &PlatformChange{Envelope: change.New(scope, s.now(), entry("key.rotated", ledger.Text("key", string(id.Platform)), ledger.Text("usedFor", "platform")))}
		if _, err := s.Directory.Operate(ctx, c); err != nil {
			return n, err
		}
	}
	err = s.entries(ctx, scope, func(e Entry) error {
		changed, err := s.rotate(ctx, scope, e.ID)
		if changed {
			n++
		}
		return err
	})
	return n, err
}

// rotate wraps one key again. The root key is asked before the change, and what was asked for is kept only if the directory has not changed meanwhile.
func (s *Service) rotate(ctx context.Context, scope access.Scope, org id.Org) (changed bool, err error) {
	err = again(func() error {
		e, err := s.Directory.Entry(ctx, scope, org)
		if err != nil || len(e.Wrapped) == 0 {
			return err
		}
		from := e.Root
		if e.Wrapped, e.Root, changed, err = s.Keys.Rewrap(ctx, org, e.Wrapped, e.Root); err != nil || !changed {
			return err
		}
		c := &PlatformChange{Entry: &e, Envelope: change.New(scope, s.now(), entry("key.rotated",
			ledger.Text("key", string(org)), ledger.Text("organisation", string(org)), ledger.Text("usedFor", "organisation"), ledger.Text("from", from), ledger.Text("to", e.Root)))}
		_, err = s.Directory.Operate(ctx, c)
		return err
	})
	return changed && err == nil, err
}
