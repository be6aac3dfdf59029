package arch

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
)

// What lies in the folder of a local home.
const (
	dataFile = "home.db"
	lockFile = "lock"
	blobDir  = "blobs"
)

// tested is a local store in the hands of its user.
type tested struct {
	storetest.Store
	st *Store
}

func (h *tested) db() *sqldb.DB { return h.st.home.DB() }

func openAt(ctx context.Context, dir string) (*tested, error) {
	st, err := Open(ctx, storetest.Mine(access.SnapshotRead), dir, storetest.MachineKey(), storetest.Noon)
	return &tested{Store: storetest.Local(st), st: st}, err
}

func createAt(ctx context.Context, dir string, now time.Time) (*tested, error) {
	st, err := Create(ctx, storetest.Mine(access.SnapshotRead), dir, storetest.MachineKey(), now)
	return &tested{Store: storetest.Local(st), st: st}, err
}
