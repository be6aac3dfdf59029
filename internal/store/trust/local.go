package trust

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// Signer signs for the log of a laptop's own history. Its key comes from the machine's key; its name tells one history of the machine from another, so that nobody takes two
// histories for two states of one log.
type Signer struct{ store *Store }

var _ auditing.Signers = (*Signer)(nil)

// LocalSigner is the signer of a laptop's own history.
func LocalSigner(st *Store) *Signer { return &Signer{st} }

// Signer is for the organisation Local alone.
func (s *Signer) Signer(ctx context.Context, org id.Org) (*ledger.Signer, error) {
	if org != id.Local || s.store.one == nil {
		return nil, fault.New(fault.NotFound, "there is no such organisation")
	}
	scope, err := access.Decide(access.LocalActor(), access.LedgerSign, access.Resource{})
	if err != nil {
		return nil, err
	}
	var made int64
	var key secret.Value
	err = s.store.read(ctx, scope, func(h *home.Home, tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&made}, `SELECT created_at FROM home`)
		if err == nil && !found {
			err = fault.New(fault.Internal, "the local history does not say when it was made")
		}
		key = h.Key().Derive(secret.ForSigning)
		return err
	})
	if err != nil {
		return nil, err
	}
	origin, err := ledger.Origin(fmt.Sprintf("history-%x.localhost", made), org)
	if err != nil {
		return nil, err
	}
	seed, err := hkdf.Key(sha256.New, key.Expose(), nil, "c4arch/v1/checkpoint/"+origin, 32)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the key that signs cannot be derived")
	}
	return ledger.NewSigner(origin, seed)
}
