package app

import (
	"context"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/ledger"
)

// settleOrigin says by which name the instance signs: the one that it has signed by before, or the one of the configuration where it never has. Its name is a part of what
// witnesses and auditors hold, so that another one would be another log: a setting that says so is refused, and one that merely follows from the address is passed over.
func (in *instance) settleOrigin(ctx context.Context) error {
	in.origin = in.cfg.LedgerOrigin()
	scope, err := platform("signing", access.LedgerRead)
	if err != nil {
		return err
	}
	kept, err := in.trust.Newest(ctx, scope)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := ledger.ParseCheckpoint(kept.Note)
	if err != nil || ledger.LogOf(c.Origin) != id.Platform {
		return nil //nolint:nilerr // what is wrong with it the verification says, which follows
	}
	before, _, _ := strings.Cut(c.Origin, "/audit/")
	switch {
	case before == in.origin:
	case in.cfg.Ledger.Origin != "":
		return fault.New(fault.Invalid, "the setting ledger.origin says %s, and this instance has signed as %s: whoever holds one of its checkpoints would take it for another log", in.origin, before).
			WithHelp("set ledger.origin to %s, or leave it out", before)
	default:
		in.log.InfoContext(ctx, "checkpoints keep the name that this instance has signed by before", "origin", before)
		in.origin = before
	}
	return nil
}

// Signer signs checkpoints of the log of an organisation, under its newest origin.
func (in *instance) Signer(ctx context.Context, org id.Org) (*ledger.Signer, error) {
	signers, _, err := epochs{in}.signers(ctx, org)
	if err != nil {
		return nil, err
	}
	return signers[len(signers)-1], nil
}

// LedgerKey is the verifier key of the actor's log, a line of text.
func (in *instance) LedgerKey(ctx context.Context, a access.Actor) ([]byte, error) {
	if _, err := access.Decide(a, access.LedgerRead, access.Resource{}); err != nil {
		return nil, err
	}
	s, err := in.Signer(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	return []byte(s.Key().String() + "\n"), nil
}
