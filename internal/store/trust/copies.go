package trust

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/blob"
	"c4arch/internal/trust/ledger"
)

// Copies keeps the newest checkpoint of each log in a folder, one file each: outside of the database, so that what is restored from an older backup of the database
// contradicts it. Where there are several replicas each has a folder of its own, and one that lags behind says less and nothing wrong.
type Copies struct{ dir string }

var _ auditing.Copies = (*Copies)(nil)

// OpenCopies opens the folder, and makes it when it is not there.
func OpenCopies(dir string) (*Copies, error) {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fault.Wrap(fault.Unavailable, err, "the folder of checkpoints cannot be made")
	}
	return &Copies{dir: dir}, nil
}

func (c *Copies) path(org id.Org) (string, error) {
	if !org.Valid() {
		return "", fault.New(fault.NotFound, "there is no such organisation")
	}
	return filepath.Join(c.dir, string(org)+".checkpoint"), nil
}

// Put keeps the newest checkpoint of a log: a file beside it is written and synced, and then takes its name.
func (c *Copies) Put(_ context.Context, org id.Org, note []byte) error {
	path, err := c.path(org)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(c.dir, "."+string(org)+".*")
	if err != nil {
		return cannotKeep(err)
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // it is gone after the rename
	_, err = tmp.Write(note)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return cannotKeep(err)
	}
	return blob.SyncDir(c.dir)
}

func cannotKeep(err error) error {
	return fault.Wrap(fault.Unavailable, err, "a copy of a checkpoint cannot be kept")
}

// Get is the checkpoint that was put last; notfound when there is none.
func (c *Copies) Get(_ context.Context, org id.Org) ([]byte, error) {
	path, err := c.path(org)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "no copy of a checkpoint was kept")
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "a copy of a checkpoint cannot be read")
	}
	defer f.Close() //nolint:errcheck // nothing was written
	note, err := io.ReadAll(io.LimitReader(f, ledger.MaxCheckpoint+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "a copy of a checkpoint cannot be read")
	}
	return note, nil
}
