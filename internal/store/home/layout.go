package home

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
)

// What lies in a data directory and in the folder of a home.
const (
	platformFile = "platform.db"
	keyFile      = "platform.key"
	orgsDir      = "orgs"
	dataFile     = "home.db"
	lockFile     = "lock"
	blobDir      = "blobs"
	making       = ".new-"  // what is being made: it is not there yet
	unmaking     = ".gone-" // what is being removed: it is not there any more
)

func cannot(err error, what string) error {
	if errors.Is(err, fs.ErrPermission) {
		return fault.Wrap(fault.Denied, err, "%s", what).WithHelp("give the directory to the user who runs c4arch")
	}
	return fault.Wrap(fault.Unavailable, err, "%s", what)
}

// privateDir makes the directory, or sees that nobody else can look into it.
func privateDir(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, orgsDir), 0o700); err != nil {
		return cannot(err, "the data directory cannot be made")
	}
	for _, d := range []string{dir, filepath.Join(dir, orgsDir)} {
		info, err := os.Stat(d)
		if err != nil {
			return cannot(err, "the data directory cannot be read")
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			return fault.New(fault.Denied, "others can look into the data directory %s (mode %04o)", d, info.Mode().Perm()).WithHelp("chmod 700 '%s'", d)
		}
	}
	return nil
}

func (hs *Homes) orgDir(org id.Org) string { return filepath.Join(hs.cfg.Dir, orgsDir, string(org)) }

// tidyDir removes what an interrupted making or removing of a home left.
func (hs *Homes) tidyDir() error {
	list, err := os.ReadDir(filepath.Join(hs.cfg.Dir, orgsDir))
	if err != nil {
		return cannot(err, "the data directory cannot be read")
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), making) || strings.HasPrefix(e.Name(), unmaking) {
			if err := os.RemoveAll(filepath.Join(hs.cfg.Dir, orgsDir, e.Name())); err != nil {
				return cannot(err, "what an interrupted change of the data directory left cannot be removed")
			}
		}
	}
	return nil
}

// migrate brings the file of a home to the newest schema and sees that it has what every home has.
func migrate(ctx context.Context, db *sqldb.DB, org id.Org, now time.Time, proof []byte) error {
	if err := schema.Migrate(ctx, db, org); err != nil {
		return err
	}
	return furnish(ctx, db, org, now, proof)
}

// furnish writes the rows without which a home is none: its head, of an organisation its counters, and where it is made now under which key. A second time it changes nothing.
func furnish(ctx context.Context, db *sqldb.DB, org id.Org, now time.Time, proof []byte) error {
	whole, err := furnished(ctx, db, org)
	if err != nil || whole {
		return err
	}
	return db.Transact(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO ledger_head (size, frontier, at) VALUES (0, $1, 0) ON CONFLICT (org_id) DO NOTHING`, []byte{}); err != nil || org == id.Platform {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO home (version, next_pack, next_snapshot, next_baseline, created_at) VALUES (1, 1, 1, 1, $1) ON CONFLICT (org_id) DO NOTHING`, now.UnixMicro())
		if err == nil && proof != nil {
			err = keepProof(ctx, tx, proof, now.UnixMicro())
		}
		return err
	})
}

func furnished(ctx context.Context, db *sqldb.DB, org id.Org) (bool, error) {
	head, counters := false, org == id.Platform
	err := db.Read(ctx, func(tx *sqldb.Tx) error {
		var one int
		var err error
		if head, err = tx.Row(ctx, []any{&one}, `SELECT 1 FROM ledger_head`); err != nil || counters {
			return err
		}
		counters, err = tx.Row(ctx, []any{&one}, `SELECT 1 FROM home`)
		return err
	})
	return head && counters, err
}

// folder are the objects of a home in its own folder.
func folder(dir string) (Objects, error) {
	f, err := blob.Open(filepath.Join(dir, blobDir))
	if err != nil {
		return nil, err
	}
	return f.Objects(), nil
}
