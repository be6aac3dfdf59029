package home

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// lookup reads the wrapped key of an organisation; one that is not there, and one that was destroyed, are not found.
func (hs *Homes) lookup(ctx context.Context, org id.Org) (wrapped []byte, root string, err error) {
	if !org.Valid() || org == id.Platform || org == id.Local {
		return nil, "", noOrganisation()
	}
	err = hs.platform.db.Read(ctx, func(tx *sqldb.Tx) error {
		var state string
		found, err := tx.Row(ctx, []any{&state, &wrapped, &root}, `SELECT state, wrapped, root_key FROM directory WHERE id = $1`, string(org))
		if err == nil && (!found || state == "destroyed" || len(wrapped) == 0) {
			err = noOrganisation()
		}
		return err
	})
	return wrapped, root, err
}

func (hs *Homes) orgKey(ctx context.Context, org id.Org) (*secret.Key, error) {
	wrapped, root, err := hs.lookup(ctx, org)
	if err != nil {
		return nil, err
	}
	key, err := hs.cfg.Keys.Open(ctx, org, wrapped, root)
	if err == nil && key.Org() != org {
		key.Destroy()
		return nil, fault.New(fault.Internal, "the key of organisation %s is somebody else's", org)
	}
	return key, err
}

func (hs *Homes) options(key *secret.Key) sqldb.Options {
	return sqldb.Options{Key: key.Derive(secret.ForDatabase), Observe: hs.cfg.Observe}
}

// openOrg opens the home of an organisation.
func (hs *Homes) openOrg(ctx context.Context, c *core) (err error) {
	if c.key, err = hs.orgKey(ctx, c.org); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			c.key.Destroy()
		}
	}()
	if hs.cfg.Server == nil {
		c.dir = hs.orgDir(c.org)
	}
	inner, err := hs.objects(c)
	if err != nil {
		return err
	}
	c.objects = sealed{inner, c.key}
	if hs.cfg.Server != nil {
		c.db = hs.cfg.Server.Home(c.org)
	} else if c.db, err = sqldb.Open(ctx, filepath.Join(c.dir, dataFile), false, hs.options(c.key)); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return noOrganisation() // in the directory, and not made yet
		}
		return err
	} else if err = migrate(ctx, c.db, c.org, hs.cfg.Now(), nil); err != nil {
		return errors.Join(err, c.db.Close())
	}
	if err = hs.sameKey(ctx, c); err == nil {
		err = hs.goesOn(ctx, c)
	}
	if err != nil {
		return errors.Join(err, c.db.Close())
	}
	return nil
}

// goesOn sees that the home continues what is known of it.
func (hs *Homes) goesOn(ctx context.Context, c *core) error {
	if c.org == hs.cfg.Restored {
		return nil
	}
	if err := hs.notRolledBack(ctx, c); err != nil || hs.cfg.Opened == nil {
		return err
	}
	return hs.cfg.Opened(ctx, &Home{core: c})
}

func (hs *Homes) objects(c *core) (Objects, error) {
	if hs.cfg.Objects != nil {
		return hs.cfg.Objects(c.org)
	}
	dir := hs.orgDir(c.org)
	if hs.cfg.Server != nil { // only the objects are there
		if err := os.MkdirAll(filepath.Join(dir, blobDir), 0o700); err != nil {
			return nil, cannot(err, "the folder of objects cannot be made")
		}
	}
	o, err := folder(dir)
	if err != nil && c.dir != "" {
		if _, gone := os.Stat(dir); errors.Is(gone, fs.ErrNotExist) {
			return nil, noOrganisation()
		}
	}
	return o, err
}

// notRolledBack compares the home with what the instance's log last took in of its log. A home that is older was restored from a backup: what was acknowledged
// since is lost, and nothing may be written over it unseen.
func (hs *Homes) notRolledBack(ctx context.Context, c *core) error {
	var known int64
	var root []byte
	found := false
	err := hs.platform.db.Read(ctx, func(tx *sqldb.Tx) error {
		var err error
		found, err = tx.Row(ctx, []any{&known, &root}, `SELECT size, root FROM log_head WHERE organisation = $1`, string(c.org))
		return err
	})
	if err != nil || !found {
		return err
	}
	var head ledger.Head
	if err := c.db.Read(ctx, func(tx *sqldb.Tx) error { head, err = readHead(ctx, tx, false); return err }); err != nil {
		return err
	}
	now := head.Root()
	if head.Size > known || head.Size == known && string(root) == string(now[:]) {
		return nil
	}
	c.log().Error("the ledger of an organisation was rolled back", "org", string(c.org), "entries", head.Size, "known", known)
	return fault.New(fault.Internal, "the ledger of organisation %s has %d entries, and the instance's ledger knows %d of it: it was restored from an older backup, or rewritten", c.org, head.Size, known).
		WithHelp("restore the newest backup; where there is none, stop the service, and: c4arch restore accept %s --reason TEXT", c.org)
}

// Create makes the home of an organisation whose row is in the directory, whole or not at all. A second time it does nothing.
func (hs *Homes) Create(ctx context.Context, s access.Scope, org id.Org) error {
	if err := operates(s); err != nil {
		return err
	}
	key, err := hs.orgKey(ctx, org)
	if err != nil {
		return err
	}
	defer key.Destroy()
	if hs.cfg.Server != nil {
		return furnish(ctx, hs.cfg.Server.Home(org), org, hs.cfg.Now(), hs.keyProof(key))
	}
	final := hs.orgDir(org)
	if _, err := os.Stat(final); err == nil {
		return nil
	}
	tmp, err := os.MkdirTemp(filepath.Dir(final), making)
	if err != nil {
		return cannot(err, "the folder of an organisation cannot be made")
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // it is gone after the rename
	if err := makeHome(ctx, tmp, org, hs.cfg.Now(), hs.options(key), hs.keyProof(key)); err != nil {
		return err
	}
	hs.platform.pass("made")
	if err := os.Rename(tmp, final); err != nil {
		if _, there := os.Stat(final); there == nil {
			return nil // somebody else was first
		}
		return cannot(err, "the folder of an organisation cannot be made")
	}
	return blob.SyncDir(filepath.Dir(final))
}

// Forget removes what an organisation had, after the account service has emptied its wrapped key: it waits until nobody holds the home, overwrites the key in memory, and
// removes file, objects and rows. It can be repeated until it succeeds.
func (hs *Homes) Forget(ctx context.Context, s access.Scope, org id.Org) error {
	if err := operates(s); err != nil {
		return err
	}
	if _, _, err := hs.lookup(ctx, org); fault.KindOf(err) != fault.NotFound {
		if err == nil {
			err = fault.New(fault.Conflict, "organisation %s still has its key", org)
		}
		return err
	}
	if !org.Valid() || org == id.Platform || org == id.Local {
		return noOrganisation()
	}
	if err := hs.settle(ctx, org); err != nil {
		return err
	}
	if err := hs.removeObjects(ctx, org); err != nil {
		return err
	}
	if err := hs.removeData(ctx, org); err != nil {
		return err
	}
	return hs.dropDue(ctx, org)
}

// settle waits until nobody holds the home, and closes it. Who asks for it meanwhile is told that there is none.
func (hs *Homes) settle(ctx context.Context, org id.Org) error {
	for {
		hs.mu.Lock()
		c := hs.open[org]
		var wait <-chan struct{}
		switch {
		case c == nil:
			hs.mu.Unlock()
			return nil
		case c.closing:
			wait = c.gone
		case c.refs == 0:
			hs.shut(c)
			wait = c.gone
		default:
			wait = hs.freed
		}
		hs.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (hs *Homes) removeObjects(ctx context.Context, org id.Org) error {
	if hs.cfg.Objects == nil {
		return nil // they go with the folder
	}
	o, err := hs.cfg.Objects(org)
	if err != nil {
		return err
	}
	names, err := o.List(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := o.Remove(ctx, name); err != nil {
			return err
		}
	}
	return o.Sync(ctx)
}

// removeData removes the folder: first under another name, so that there is never half a home under its own.
func (hs *Homes) removeData(ctx context.Context, org id.Org) error {
	if hs.cfg.Server != nil {
		if err := hs.removeRows(ctx, org); err != nil {
			return err
		}
		if hs.cfg.Dir == "" {
			return nil
		}
	}
	dir := hs.orgDir(org)
	if _, err := os.Stat(filepath.Dir(dir)); errors.Is(err, fs.ErrNotExist) {
		return nil // with a server: nobody has had an object yet
	}
	gone := filepath.Join(filepath.Dir(dir), unmaking+string(org))
	if err := os.Rename(dir, gone); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot(err, "the folder of an organisation cannot be removed")
	}
	if err := os.RemoveAll(gone); err != nil {
		return cannot(err, "the folder of an organisation cannot be removed")
	}
	return blob.SyncDir(filepath.Dir(dir))
}
