package home

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

func (w *world) wrappedOf(org id.Org) (wrapped []byte) {
	w.tb.Helper()
	must(w.tb, w.platform.db.Read(w.tb.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Row(w.tb.Context(), []any{&wrapped}, `SELECT wrapped FROM directory WHERE id = $1`, string(org))
		return err
	}))
	return wrapped
}

func (w *world) wrapInstead(org id.Org, wrapped []byte) {
	w.tb.Helper()
	must(w.tb, w.platform.db.Transact(w.tb.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.tb.Context(), `UPDATE directory SET wrapped = $1 WHERE id = $2`, wrapped, string(org))
		return err
	}))
}

// Whoever can wrap, as everybody can who knows the public half of a pair, cannot put a key of their own in the place of an organisation's.
func TestAnotherKey(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		org := h.Org()
		shut := func() {
			h.Release()
			must(t, w.settle(t.Context(), org))
		}
		refused := func(why string) {
			t.Helper()
			_, err := w.For(t.Context(), may(t, org))
			if fault.KindOf(err) != fault.Internal || w.cfg.Server != nil && !strings.Contains(err.Error(), "somebody has replaced it") {
				t.Fatalf("%s: %v", why, err)
			}
		}
		reopen := func() int {
			t.Helper()
			h = w.home(org)
			verify(t, h)
			return count(t, h, `SELECT count(*) FROM key_check`)
		}
		shut()
		mine := w.wrappedOf(org)
		key, theirs, _, err := w.cfg.Keys.New(t.Context(), org)
		must(t, err)
		key.Destroy()
		w.wrapInstead(org, theirs)
		refused("another key")
		w.wrapInstead(org, mine)
		if n := reopen(); n != 1 {
			t.Errorf("%d proofs", n)
		}

		// A home of an older version has none yet: an entry of its log has to open.
		forget := func() {
			if w.cfg.Server == nil {
				must(t, h.DB().Transact(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), `DELETE FROM key_check`); return err }))
				return
			}
			err := h.DB().Transact(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), `DELETE FROM key_check`); return err })
			isKind(t, err, fault.Denied) // not with the rights of the program
			must(t, w.pg.Server.Exec(t.Context(), w.pg.Name, `DELETE FROM c4arch.key_check`))
		}
		forget()
		shut()
		w.wrapInstead(org, theirs)
		refused("another key, and nothing that says so")
		w.wrapInstead(org, mine)
		if n := reopen(); n != 1 {
			t.Errorf("%d proofs after the home of an older version was opened", n)
		}
		// Another proof, which only the platform's key could have made.
		forget()
		must(t, h.DB().Transact(t.Context(), func(tx *sqldb.Tx) error { return keepProof(t.Context(), tx, make([]byte, 32), 1) }))
		shut()
		_, err = w.For(t.Context(), may(t, org))
		isKind(t, err, fault.Internal)
	})
}

// The platform's own key on a server is known to the machine from before.
func TestAnotherPlatformKey(t *testing.T) {
	d := pg.Start(t)
	w := served(t, d, nil)
	mine := w.wrappedOf(id.Platform)
	info, err := os.Stat(filepath.Join(w.cfg.Dir, checkFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	again, err := Open(t.Context(), w.cfg)
	must(t, err)
	must(t, again.Close())
	key, theirs, _, err := w.cfg.Keys.New(t.Context(), id.Platform)
	must(t, err)
	key.Destroy()
	w.wrapInstead(id.Platform, theirs)
	_, err = Open(t.Context(), w.cfg)
	isKind(t, err, fault.Internal)
	w.wrapInstead(id.Platform, mine)
	other := w.cfg
	other.Dir = filepath.Join(t.TempDir(), "replica")
	again, err = Open(t.Context(), other) // a new machine
	must(t, err)
	must(t, again.Close())
	must(t, os.Remove(filepath.Join(w.cfg.Dir, checkFile)))
	must(t, os.Mkdir(filepath.Join(w.cfg.Dir, checkFile), 0o700))
	_, err = Open(t.Context(), w.cfg)
	isKind(t, err, fault.Unavailable)
}
