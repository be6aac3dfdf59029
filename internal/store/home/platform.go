package home

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/sqldb"
)

// openPlatform opens the operator's own home. Its key cannot lie under itself: with the embedded engine, whose file is encrypted by it, it lies wrapped in a
// file of its own; in PostgreSQL in the row of the directory with the id "platform", which is readable without it.
func (hs *Homes) openPlatform(ctx context.Context) error {
	c := newCore(id.Platform, hs.cfg.Random)
	c.homes = hs
	hs.platform = c
	close(c.ready)
	if hs.cfg.Server != nil {
		c.db = hs.cfg.Server.Home(id.Platform)
		if err := furnish(ctx, c.db, id.Platform, hs.cfg.Now(), nil); err != nil {
			return err
		}
		key, err := hs.platformKey(ctx, hs.readPlatformRow, hs.writePlatformRow)
		if err != nil {
			return err
		}
		c.key = key
		return hs.samePlatformKey()
	}
	if err := hs.tidyDir(); err != nil {
		return err
	}
	key, err := hs.platformKey(ctx, hs.readPlatformFile, hs.writePlatformFile)
	if err != nil {
		return err
	}
	c.key, c.dir = key, hs.cfg.Dir
	o := sqldb.Options{Key: key.Derive(secret.ForDatabase), Observe: hs.cfg.Observe}
	if c.db, err = sqldb.Open(ctx, filepath.Join(hs.cfg.Dir, platformFile), true, o); err != nil {
		return err
	}
	if err := migrate(ctx, c.db, id.Platform, hs.cfg.Now(), nil); err != nil {
		return errors.Join(err, c.db.Close())
	}
	return nil
}

// wrappedKey is a key as it is kept.
type wrappedKey struct {
	Root    string `json:"root"`
	Wrapped []byte `json:"wrapped"`
}

// platformKey unwraps the platform's key, and makes it where there is none yet.
func (hs *Homes) platformKey(ctx context.Context, read func(context.Context) (*wrappedKey, error), write func(context.Context, wrappedKey) error) (*secret.Key, error) {
	w, err := read(ctx)
	if err != nil {
		return nil, err
	}
	if w == nil {
		key, wrapped, root, err := hs.cfg.Keys.New(ctx, id.Platform)
		if err != nil {
			return nil, err
		}
		key.Destroy()
		if err := write(ctx, wrappedKey{Root: root, Wrapped: wrapped}); err != nil {
			return nil, err
		}
		if w, err = read(ctx); err != nil { // another replica may have been first
			return nil, err
		}
		if w == nil {
			return nil, fault.New(fault.Internal, "the platform's key was not kept")
		}
	}
	key, err := hs.cfg.Keys.Open(ctx, id.Platform, w.Wrapped, w.Root)
	if err == nil && key.Org() != id.Platform {
		err = fault.New(fault.Internal, "the key of the platform is somebody else's")
	}
	return key, err
}

// KeysAnswer reports whether whatever holds the root key still opens what it wrapped: a process that has its keys in memory would not notice until it is started again.
func (hs *Homes) KeysAnswer(ctx context.Context) error {
	read := hs.readPlatformFile
	if hs.cfg.Server != nil {
		read = hs.readPlatformRow
	}
	w, err := read(ctx)
	if err != nil {
		return err
	}
	if w == nil {
		return fault.New(fault.Internal, "the platform's key is missing").WithHelp("restore it from a backup")
	}
	key, err := hs.cfg.Keys.Open(ctx, id.Platform, w.Wrapped, w.Root)
	if err == nil {
		key.Destroy()
	}
	return err
}

const keyFormat = "c4arch platform key 1"

type keyFileText struct {
	Format string `json:"format"`
	wrappedKey
}

func (hs *Homes) readPlatformFile(context.Context) (*wrappedKey, error) {
	path := filepath.Join(hs.cfg.Dir, keyFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(hs.cfg.Dir, platformFile)); err == nil {
			return nil, fault.New(fault.Internal, "%s is missing, without which the data directory cannot be read", path).WithHelp("restore it from a backup of the data directory")
		}
		return nil, nil
	}
	if err != nil {
		return nil, cannot(err, "the platform's key cannot be read")
	}
	if !info.Mode().IsRegular() || info.Size() > 64<<10 {
		return nil, badKeyFile(path)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Denied, "others can read %s (mode %04o)", path, info.Mode().Perm()).WithHelp("chmod 600 '%s'", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, cannot(err, "the platform's key cannot be read")
	}
	return parseKeyFile(path, data)
}

func parseKeyFile(path string, data []byte) (*wrappedKey, error) {
	var t keyFileText
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&t) != nil || d.More() || t.Format != keyFormat || t.Root == "" || len(t.Wrapped) == 0 {
		return nil, badKeyFile(path)
	}
	return &t.wrappedKey, nil
}

func badKeyFile(path string) error {
	return fault.New(fault.Internal, "%s is not what this version wrote", path).WithHelp("restore it from a backup of the data directory")
}

// writePlatformFile replaces the file, whole or not at all.
func (hs *Homes) writePlatformFile(_ context.Context, w wrappedKey) error {
	data, err := json.MarshalIndent(keyFileText{Format: keyFormat, wrappedKey: w}, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the platform's key cannot be written")
	}
	path := filepath.Join(hs.cfg.Dir, keyFile)
	f, err := os.CreateTemp(hs.cfg.Dir, making+"key-")
	if err != nil {
		return cannot(err, "the platform's key cannot be written")
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone after the rename
	_, err = f.Write(append(data, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return cannot(err, "the platform's key cannot be written")
	}
	return blob.SyncDir(hs.cfg.Dir)
}

func (hs *Homes) readPlatformRow(ctx context.Context) (*wrappedKey, error) {
	w := &wrappedKey{}
	found := false
	err := hs.platform.db.Read(ctx, func(tx *sqldb.Tx) error {
		var err error
		found, err = tx.Row(ctx, []any{&w.Wrapped, &w.Root}, `SELECT wrapped, root_key FROM directory WHERE id = $1`, string(id.Platform))
		return err
	})
	if err != nil || !found {
		return nil, err
	}
	return w, nil
}

// writePlatformRow writes the row, unless it is there: of two replicas that start at once, one is first.
func (hs *Homes) writePlatformRow(ctx context.Context, w wrappedKey) error {
	return hs.platform.transact(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $1, 'active', $2, $3, $4, 1)
			ON CONFLICT (org_id, id) DO NOTHING`, string(id.Platform), w.Wrapped, w.Root, hs.cfg.Now().UnixMicro())
		return err
	})
}

// Rewrap wraps the platform's own key under the newest root key; changed is false where it is that already. The keys of organisations are in the directory, whose
// rows the account service changes. The decision, and its entry, are the caller's.
func (hs *Homes) Rewrap(ctx context.Context, s access.Scope) (changed bool, err error) {
	if err := operates(s); err != nil {
		return false, err
	}
	read := hs.readPlatformFile
	if hs.cfg.Server != nil {
		read = hs.readPlatformRow
	}
	w, err := read(ctx)
	if err != nil {
		return false, err
	}
	if w == nil {
		return false, fault.New(fault.Internal, "the platform's key is missing")
	}
	again, root, changed, err := hs.cfg.Keys.Rewrap(ctx, id.Platform, w.Wrapped, w.Root)
	if err != nil || !changed {
		return false, err
	}
	if hs.cfg.Server == nil {
		return true, hs.writePlatformFile(ctx, wrappedKey{Root: root, Wrapped: again})
	}
	return true, hs.platform.transact(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE directory SET wrapped = $1, root_key = $2, version = version + 1 WHERE id = $3 AND root_key = $4`, again, root, string(id.Platform), w.Root)
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the platform's key was wrapped by somebody else meanwhile").WithHelp("look again")
		}
		return err
	})
}

// operates refuses a scope that is not of the platform, in the words for what is not there.
func operates(s access.Scope) error {
	if s.Org() != id.Platform {
		return noOrganisation()
	}
	return nil
}
