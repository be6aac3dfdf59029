// Package arch keeps the architecture of one organisation in a folder, its home: snapshots, baselines, and when findings were seen.
//
// It promises: what a write acknowledged is durable and whole, and a write that was interrupted anywhere leaves the home as it was;
// several processes may use a home at once; a version of a resource is kept once, however many snapshots have it; whatever is
// read was verified: each content against its commitment, each snapshot against its root and its id, each baseline against
// its own; what does not match is an error that names it. A version that was withdrawn stays so, and the roots still verify.
// It leaves out who may do what, and does not encrypt: a home is as readable as its folder (see docs/formats/store.md).
package arch

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/sqldb"
)

//go:embed migrations
var migrations embed.FS

// What lies in the folder of a home.
const (
	dataFile = "home.db"
	lockFile = "lock"
	blobDir  = "blobs"
)

// patience is how long a writer waits for another one.
const patience = 2 * time.Minute

// Home is an open home.
type Home struct {
	dir   string
	db    *sqldb.DB
	lock  *sqldb.Lock
	blobs *blob.Folder
	press *press
	// step is called between the steps of a write, by name: tests interrupt there. It is nil otherwise.
	step func(name string)
}

// Create makes a home in the folder dir, which must not be there or be empty. It is there whole or not at all.
func Create(ctx context.Context, dir string, now time.Time) (*Home, error) {
	dir = filepath.Clean(dir)
	if err := vacant(dir); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".new-")
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the folder %s cannot be made", dir).WithHelp("name a place in a directory that is there and can be written")
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // it is gone after the rename
	if err := furnish(ctx, tmp, now); err != nil {
		return nil, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.Invalid, err, "the folder %s cannot be made", dir).WithHelp("name a place in a directory that is there and can be written")
	}
	if err := os.Rename(tmp, dir); err != nil {
		if vacant(dir) != nil {
			return nil, vacant(dir)
		}
		return nil, fault.Wrap(fault.Invalid, err, "the folder %s cannot be made", dir).WithHelp("name a place in a directory that is there and can be written")
	}
	if err := blob.SyncDir(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	return Open(ctx, dir)
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

func cannot(err error, what string) error {
	if errors.Is(err, fs.ErrPermission) {
		return fault.Wrap(fault.Denied, err, "%s", what)
	}
	return fault.Wrap(fault.Unavailable, err, "%s", what)
}

// furnish writes all that a new home has.
func furnish(ctx context.Context, dir string, now time.Time) error {
	if _, err := blob.Create(filepath.Join(dir, blobDir)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*\n"), 0o600); err != nil {
		return cannot(err, "the folder cannot be written")
	}
	lock, err := sqldb.OpenLock(ctx, filepath.Join(dir, lockFile), true)
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // nothing was written
	db, err := sqldb.Open(ctx, filepath.Join(dir, dataFile), true, sqldb.Options{})
	if err != nil {
		return err
	}
	err = migrate(ctx, db)
	if err == nil {
		err = db.Transact(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO home (version, next_pack, next_snapshot, next_baseline, created_at) VALUES (1, 1, 1, 1, $1)`, now.UnixMicro())
			return err
		})
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	return blob.SyncDir(dir)
}

func migrate(ctx context.Context, db *sqldb.DB) error {
	steps, err := sqldb.Migrations(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	return db.Migrate(ctx, steps)
}

// Open opens the home in the folder dir, and brings it to the newest schema.
func Open(ctx context.Context, dir string) (*Home, error) { return open(ctx, dir, sqldb.Options{}) }

func open(ctx context.Context, dir string, o sqldb.Options) (*Home, error) {
	h := &Home{dir: filepath.Clean(dir)}
	if _, err := os.Stat(filepath.Join(dir, dataFile)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "there is no store in %s", dir).WithHelp("make one with: c4arch init --store '%s'", dir)
		}
		return nil, fault.Wrap(fault.Invalid, err, "the store %s cannot be opened", dir).WithHelp("name the directory that c4arch init made")
	}
	var err error
	if h.press, err = newPress(); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "zstd")
	}
	if h.blobs, err = blob.Open(filepath.Join(dir, blobDir)); err != nil {
		return nil, err
	}
	if h.lock, err = sqldb.OpenLock(ctx, filepath.Join(dir, lockFile), true); err != nil {
		return nil, err
	}
	if h.db, err = sqldb.Open(ctx, filepath.Join(dir, dataFile), false, o); err != nil {
		return nil, errors.Join(err, h.lock.Close())
	}
	if err = migrate(ctx, h.db); err == nil {
		err = h.finish(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// finish ends what an interrupted process had decided already: objects that nothing needs any more are removed.
func (h *Home) finish(ctx context.Context) error {
	found := false
	err := h.db.Read(ctx, func(tx *sqldb.Tx) error {
		var one int
		var err error
		found, err = tx.Row(ctx, []any{&one}, `SELECT 1 FROM home`)
		return err
	})
	if err == nil && !found {
		err = damaged("the store in %s is not complete", h.dir)
	}
	if err != nil {
		return err
	}
	return h.removeCondemned(ctx)
}

// Dir is the folder.
func (h *Home) Dir() string { return h.dir }

// Close lets the home go.
func (h *Home) Close() error {
	h.press.dec.Close()
	return errors.Join(h.db.Close(), h.lock.Close())
}

func (h *Home) pass(name string) {
	if h.step != nil {
		h.step(name)
	}
}

// errMoved says that the home is not any more what a change was decided on.
var errMoved = errors.New("the store was changed meanwhile")

// change runs fn as the only writer. Where the lock does not hold everybody off, the transaction in fn finds out that the home has
// moved and fn is run again, at most three times.
func (h *Home) change(ctx context.Context, fn func() error) error {
	return h.lock.Hold(ctx, patience, func() error {
		for range 4 {
			if err := fn(); !errors.Is(err, errMoved) {
				return err
			}
		}
		return fault.New(fault.Conflict, "another c4arch changes the store all the time").WithHelp("try again")
	})
}

// state is what a change is decided on.
type state struct{ version, pack, snapshot, baseline int64 }

func readState(ctx context.Context, tx *sqldb.Tx) (state, error) {
	var s state
	found, err := tx.Row(ctx, []any{&s.version, &s.pack, &s.snapshot, &s.baseline}, `SELECT version, next_pack, next_snapshot, next_baseline FROM home`)
	if err == nil && !found {
		err = damaged("the store has no home")
	}
	return s, err
}

// move writes the next state, unless the home is no longer in the version that the change was decided on.
func move(ctx context.Context, tx *sqldb.Tx, was, next state) error {
	n, err := tx.Exec(ctx, `UPDATE home SET version = $1, next_pack = $2, next_snapshot = $3, next_baseline = $4 WHERE version = $5`,
		was.version+1, next.pack, next.snapshot, next.baseline, was.version)
	if err == nil && n != 1 {
		return errMoved
	}
	return err
}

func parseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err == nil && at.UTC().Format(time.RFC3339) != text {
		err = errBytes
	}
	return at, err
}
