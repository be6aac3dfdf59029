package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// epochs are the origins that the logs of an instance had: a new one begins with each older backup that the operator accepted.
type epochs struct{ in *instance }

// Ended are the origins that the log of an organisation had before the newest.
func (e epochs) Ended(ctx context.Context, org id.Org) ([]auditing.Ended, error) {
	signers, kept, err := e.signers(ctx, org)
	if err != nil {
		return nil, err
	}
	var list []auditing.Ended
	for i, t := range kept {
		list = append(list, auditing.Ended{Key: signers[i].Key(), Kept: t})
	}
	return list, nil
}

// Accept commits that an older state of a log is its newest.
func (e epochs) Accept(ctx context.Context, c *auditing.Acceptance) (change.Committed, error) {
	return e.in.trust.Accept(ctx, c)
}

// signers sign for the origins that the log had, the newest last; kept are the trees that went from each to the next.
func (e epochs) signers(ctx context.Context, org id.Org) (list []*ledger.Signer, kept []ledger.Tree, err error) {
	scope, err := platform("signing", access.PlatformRead)
	if err != nil {
		return nil, nil, err
	}
	since, err := e.in.trust.Epochs(ctx, scope, org)
	if err != nil {
		return nil, nil, err
	}
	seed, err := e.in.seed(ctx, scope, org)
	if err != nil {
		return nil, nil, err
	}
	names := []string{""}
	for _, s := range since {
		names, kept = append(names, s.Name), append(kept, s.Kept)
	}
	for _, epoch := range names {
		origin, err := ledger.OriginSince(e.in.origin, org, epoch)
		if err != nil {
			return nil, nil, err
		}
		s, err := ledger.NewSigner(origin, seed)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, s)
	}
	return list, kept, nil
}

// seed is that of the key that signs for the log of an organisation: derived from the platform's key, for that log alone.
func (in *instance) seed(ctx context.Context, platform access.Scope, org id.Org) ([]byte, error) {
	h, err := in.homes.For(ctx, platform)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	return hkdf.Key(sha256.New, h.Key().Derive(secret.ForSigning).Expose(), nil, "c4arch/v1/checkpoint/"+string(org), 32)
}
