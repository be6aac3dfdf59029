package home

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/sqldb"
)

// Local opens a laptop's own history in the folder dir: the home of the organisation Local. With create it is made, whole or not at all; the folder must then not be
// there or be empty. It is a plain SQLite file and a folder of objects, neither encrypted: it is as readable as the folder. key seals the values of its ledger.
func Local(ctx context.Context, dir string, create bool, key *secret.Key, now time.Time) (*Home, error) {
	return local(ctx, dir, create, key, now, sqldb.Options{})
}

func local(ctx context.Context, dir string, create bool, key *secret.Key, now time.Time, o sqldb.Options) (*Home, error) {
	dir = filepath.Clean(dir)
	if key == nil || key.Org() != id.Local {
		return nil, fault.New(fault.Internal, "a local store needs the key of the machine")
	}
	if create {
		if err := createLocal(ctx, dir, now); err != nil {
			return nil, err
		}
	}
	if _, err := os.Stat(filepath.Join(dir, dataFile)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "there is no store in %s", dir).WithHelp("make one with: c4arch init --store '%s'", dir)
		}
		return nil, fault.Wrap(fault.Invalid, err, "the store %s cannot be opened", dir).WithHelp("name the directory that c4arch init made")
	}
	c := newCore(id.Local, rand.Reader)
	c.key, c.dir = key, dir
	var err error
	if c.objects, err = folder(dir); err != nil {
		return nil, err
	}
	if c.lock, err = sqldb.OpenLock(ctx, filepath.Join(dir, lockFile), true); err != nil {
		return nil, err
	}
	if c.db, err = sqldb.Open(ctx, filepath.Join(dir, dataFile), false, o); err != nil {
		return nil, errors.Join(err, c.lock.Close())
	}
	if err := migrate(ctx, c.db, id.Local, now, nil); err != nil {
		return nil, errors.Join(err, c.db.Close(), c.lock.Close())
	}
	return &Home{core: c}, nil
}

// createLocal makes the folder, whole or not at all.
func createLocal(ctx context.Context, dir string, now time.Time) error {
	if err := vacant(dir); err != nil {
		return err
	}
	place := "name a place in a directory that is there and can be written"
	tmp, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".new-")
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the folder %s cannot be made", dir).WithHelp("%s", place)
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // it is gone after the rename
	if err := os.WriteFile(filepath.Join(tmp, ".gitignore"), []byte("*\n"), 0o600); err != nil {
		return cannot(err, "the folder cannot be written")
	}
	lock, err := sqldb.OpenLock(ctx, filepath.Join(tmp, lockFile), true)
	if err != nil {
		return err
	}
	if err := errors.Join(lock.Close(), makeHome(ctx, tmp, id.Local, now, sqldb.Options{}, nil)); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.Invalid, err, "the folder %s cannot be made", dir).WithHelp("%s", place)
	}
	if err := os.Rename(tmp, dir); err != nil {
		if vacant(dir) != nil {
			return vacant(dir)
		}
		return fault.Wrap(fault.Invalid, err, "the folder %s cannot be made", dir).WithHelp("%s", place)
	}
	return blob.SyncDir(filepath.Dir(dir))
}

func vacant(dir string) error {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "the store cannot be made here")
	case len(list) > 0:
		return fault.New(fault.Conflict, "%s is there already and is not empty", dir).WithHelp("use it, or name another folder")
	}
	return nil
}

// makeHome writes all that the folder of a home has.
func makeHome(ctx context.Context, dir string, org id.Org, now time.Time, o sqldb.Options, proof []byte) error {
	if _, err := blob.Create(filepath.Join(dir, blobDir)); err != nil {
		return err
	}
	if err := sqldb.Build(ctx, filepath.Join(dir, dataFile), o, func(db *sqldb.DB) error { return migrate(ctx, db, org, now, proof) }); err != nil {
		return err
	}
	return blob.SyncDir(dir)
}
