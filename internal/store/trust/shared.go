package trust

import (
	"context"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/blob"
	"c4arch/internal/trust/ledger"
)

// Shared keeps the newest checkpoint of each log in the bucket of the objects, below a prefix of its own, where every replica finds it: what one has signed, a database that
// was restored contradicts on all of them. Whoever can write the bucket could put an older checkpoint there, and none that the log's key has not signed.
type Shared struct{ notes *blob.Notes }

var _ auditing.Copies = (*Shared)(nil)

// SharePrefix is the folder of the bucket in which the copies are.
const SharePrefix = "checkpoints"

// ShareCopies keeps them in that bucket.
func ShareCopies(b *blob.Bucket) *Shared {
	return &Shared{b.Notes(SharePrefix, ledger.MaxCheckpoint)}
}

// Put keeps the newest checkpoint of a log. One that is larger stays: of two replicas that sign at the same time the slower one may come last.
func (c *Shared) Put(ctx context.Context, org id.Org, note []byte) error {
	now, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return err
	}
	if there, err := c.notes.Get(ctx, org); err == nil {
		if before, err := ledger.ParseCheckpoint(there); err == nil && before.Origin == now.Origin && before.Size > now.Size {
			return nil
		}
	} else if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return c.notes.Put(ctx, org, note)
}

// Get is the checkpoint that was put last; notfound when there is none.
func (c *Shared) Get(ctx context.Context, org id.Org) ([]byte, error) { return c.notes.Get(ctx, org) }
