package home

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
)

// A scope opens its own home and no other; the zero scope, what nobody has and what was destroyed are not found.
func TestFor(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		for name, s := range map[string]access.Scope{
			"the zero scope": {}, "nobody's": may(t, "og_00000000000000000000000000"), "the laptop's": scopeOf(t, access.LocalActor(), access.OrganisationChange),
			"not made yet": may(t, w.announce()),
		} {
			x, err := w.For(t.Context(), s)
			if w.cfg.Server != nil && name == "not made yet" && err == nil {
				_, err = x.Commit(t.Context(), w.change(x.Org(), "project.created"), nil)
				if fault.KindOf(err) != fault.Internal && fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %v", name, err)
				}
				x.Release()
				continue
			}
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if h.Org() != h.Key().Org() {
			t.Error("the key is somebody else's")
		}
		h.Release()
		h.Release() // a second time is nothing
		w.mu.Lock()
		refs := w.open[h.Org()].refs
		w.mu.Unlock()
		if refs != 0 {
			t.Errorf("%d hold it", refs)
		}
	})
}

// Making a home twice is making it once; only the platform makes and removes.
func TestCreate(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		org := w.announce()
		isKind(t, w.Create(t.Context(), may(t, org), org), fault.NotFound)
		isKind(t, w.Create(t.Context(), w.ops(), "og_00000000000000000000000000"), fault.NotFound)
		isKind(t, w.Create(t.Context(), w.ops(), id.Platform), fault.NotFound)
		isKind(t, w.Create(t.Context(), w.ops(), "../../etc"), fault.NotFound)
		w.platform.step = func(at string) {
			if at == "made" {
				panic(errStopped)
			}
		}
		if stopped(t, func() { _ = w.Create(t.Context(), w.ops(), org) }) {
			if _, err := w.For(t.Context(), may(t, org)); fault.KindOf(err) != fault.NotFound {
				t.Error("half a home was opened:", err)
			}
		}
		w.platform.step = nil
		for range 2 {
			must(t, w.Create(t.Context(), w.ops(), org))
		}
		h := w.home(org)
		_, err := h.Commit(t.Context(), w.change(org, "organisation.created"), nil)
		must(t, err)
		must(t, w.Create(t.Context(), w.ops(), org))
		if verify(t, h) != 1 {
			t.Error("it was made anew")
		}
	})
}

// What was destroyed is gone from memory, disk and tables; nobody finds it.
func TestForget(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h, other := w.organisation(), w.organisation()
		org := h.Org()
		must(t, h.Stage(t.Context(), []Staged{{Name: strings.Repeat("a", 32), Data: []byte("x")}}, noon))
		env := w.change(org, "project.created")
		env.Blobs, env.Jobs = []string{strings.Repeat("a", 32)}, []job.New{{Kind: "a"}}
		_, err := h.Commit(t.Context(), env, project("pj_1"))
		must(t, err)
		isKind(t, w.Forget(t.Context(), w.ops(), org), fault.Conflict) // it has its key still
		isKind(t, w.Forget(t.Context(), may(t, org), org), fault.NotFound)
		must(t, w.platform.db.Transact(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE directory SET state = 'destroyed', wrapped = $1 WHERE id = $2`, []byte{}, string(org))
			return err
		}))
		short, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Forget(short, w.ops(), org); !errors.Is(err, context.Canceled) {
			t.Errorf("somebody holds it still: %v", err)
		}
		key := h.Key()
		h.Release()
		for range 2 {
			must(t, w.Forget(t.Context(), w.ops(), org))
		}
		if !panics(func() { key.Derive(secret.ForDatabase) }) {
			t.Error("the key is in memory still")
		}
		if _, err := w.For(t.Context(), may(t, org)); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if _, err := os.Stat(w.orgDir(org)); err == nil {
			t.Error("its folder is there")
		}
		if w.cfg.Server != nil {
			must(t, w.cfg.Server.Home(org).Read(t.Context(), func(tx *sqldb.Tx) error {
				for _, table := range removed {
					var n int
					if _, err := tx.Row(t.Context(), []any{&n}, `SELECT count(*) FROM `+table); err != nil || n != 0 {
						t.Errorf("%s has %d rows, %v", table, n, err)
					}
				}
				var n int
				_, err := tx.Row(t.Context(), []any{&n}, `SELECT count(*) FROM ledger_entry WHERE sealed <> $1`, []byte{})
				if n != 0 {
					t.Error("values are kept")
				}
				return err
			}))
		}
		if verify(t, other) != 1 || count(t, other, `SELECT count(*) FROM organisation`) != 1 {
			t.Error("another one was hit")
		}
	})
}

// panics reports whether fn panics, as the use of a key does that was destroyed.
func panics(fn func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	fn()
	return false
}

// Each table of an organisation is removed with it, or is of the log, which stays.
func TestEveryTableIsRemoved(t *testing.T) {
	steps, err := schema.ForFile("og_00000000000000000000000000")
	must(t, err)
	db, err := sqldb.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), true, sqldb.Options{})
	must(t, err)
	defer db.Close() //nolint:errcheck // it is a test's
	must(t, db.Migrate(t.Context(), steps))
	var tables []string
	must(t, db.Read(t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table'`, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			tables = append(tables, name)
			return err
		})
	}))
	want := slices.Sorted(slices.Values(slices.Concat(removed, remaining)))
	if slices.Sort(tables); !slices.Equal(tables, want) {
		t.Errorf("tables %q\n listed %q", tables, want)
	}
}

// Files are encrypted, each under its own key; objects are sealed.
func TestSealed(t *testing.T) {
	w := embedded(t, nil)
	h := w.organisation()
	word := []byte("a word that nobody else would write")
	must(t, h.Stage(t.Context(), []Staged{{Name: strings.Repeat("b", 32), Data: word}}, noon))
	_, err := h.Commit(t.Context(), w.change(h.Org(), "project.created"), project(string(word)))
	must(t, err)
	got, err := h.Objects().Read(t.Context(), strings.Repeat("b", 32))
	if err != nil || !bytes.Equal(got, word) {
		t.Errorf("%q %v", got, err)
	}
	h.Release()
	must(t, w.settle(t.Context(), h.Org()))
	files := 0
	must(t, filepath.WalkDir(w.cfg.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if files++; bytes.Contains(data, word) || bytes.Contains(data, []byte("SQLite format 3")) || bytes.Contains(data, []byte("organisation")) {
			t.Errorf("%s is not encrypted", path)
		}
		return err
	}))
	if files < 4 {
		t.Errorf("only %d files", files)
	}
	other := w.organisation()
	other.Release()
	must(t, w.settle(t.Context(), other.Org()))
	data, err := os.ReadFile(filepath.Join(w.orgDir(h.Org()), dataFile))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(w.orgDir(other.Org()), dataFile), data, 0o600))
	if _, err := w.For(t.Context(), may(t, other.Org())); err == nil {
		t.Error("the file of one organisation opens as that of another")
	}
}

// Many homes and few places: each is opened when it is needed, and nobody sees another's.
func TestEviction(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Homes.cfg.MaxOpen = 3
		var orgs []id.Org
		for range 8 {
			h := w.organisation()
			orgs = append(orgs, h.Org())
			h.Release()
		}
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				r := rand.New(rand.NewPCG(uint64(i), 7))
				for n := range 15 {
					org := orgs[r.IntN(len(orgs))]
					h, err := w.For(context.Background(), may(t, org))
					if err != nil {
						t.Error(err)
						return
					}
					w.mu.Lock()
					open := len(w.open)
					w.mu.Unlock()
					if open > 3 && w.cfg.Server == nil {
						t.Errorf("%d are open", open)
					}
					_, err = h.Commit(context.Background(), envelope(t, org, "project.created", noon), project(fmt.Sprintf("pj_%d_%d", i, n)))
					if err != nil || h.Org() != org {
						t.Error(h.Org(), err)
					}
					h.Release()
				}
			})
		}
		all.Wait()
		total := int64(0)
		for _, org := range orgs {
			h := w.home(org)
			if n := count(t, h, `SELECT count(*) FROM organisation WHERE id = $1`, string(org)); n != 1 {
				t.Error("a home has another's organisation")
			}
			total += verify(t, h)
			h.Release()
		}
		if total != 8+8*15 {
			t.Errorf("%d entries", total)
		}
	})
}

// Who waits for a place waits as long as its context, and not longer.
func TestNoPlace(t *testing.T) {
	w := embedded(t, func(c *Config) { c.MaxOpen = 1 })
	h := w.organisation()
	other := w.announce()
	must(t, w.Create(t.Context(), w.ops(), other))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := w.For(ctx, may(t, other)); done <- err }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	go func() {
		x, err := w.For(t.Context(), may(t, other))
		if err == nil {
			x.Release()
		}
		done <- err
	}()
	h.Release()
	must(t, <-done)
}

func TestIdleIsClosed(t *testing.T) {
	w := embedded(t, nil)
	h, used := w.organisation(), w.organisation()
	h.Release()
	for _, d := range []time.Duration{0, markFor + markLeast + time.Second, defaultIdle} { // asked, unmarked, idle
		w.clock.move(d)
		must(t, w.Upkeep(t.Context()))
	}
	w.mu.Lock()
	c := w.open[h.Org()]
	closing := c != nil && c.closing
	w.mu.Unlock()
	if closing {
		<-c.gone
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open[h.Org()] != nil || w.open[used.Org()] == nil {
		t.Error("the idle one is open, or the other one is not")
	}
}

// A data directory has one process, and nobody else looks into it.
func TestDirectory(t *testing.T) {
	w := embedded(t, nil)
	_, err := Open(t.Context(), w.cfg)
	isKind(t, err, fault.Conflict)
	w.again()
	open := filepath.Join(t.TempDir(), "open")
	must(t, os.Mkdir(open, 0o755))
	cfg := w.cfg
	cfg.Dir = open
	_, err = Open(t.Context(), cfg)
	isKind(t, err, fault.Denied)
	must(t, os.Chmod(open, 0o700))
	hs, err := Open(t.Context(), cfg)
	must(t, err)
	must(t, hs.Close())
	key := filepath.Join(open, keyFile)
	must(t, os.Chmod(key, 0o640))
	_, err = Open(t.Context(), cfg)
	isKind(t, err, fault.Denied)
	must(t, os.Chmod(key, 0o600))
	for _, text := range []string{"", "{}", `{"format":"c4arch platform key 1","root":"x","wrapped":"AAAA","more":1}`, `{"format":"c4arch platform key 2","root":"x","wrapped":"AAAA"}`} {
		must(t, os.WriteFile(key, []byte(text), 0o600))
		_, err = Open(t.Context(), cfg)
		isKind(t, err, fault.Internal)
	}
	must(t, os.Remove(key))
	_, err = Open(t.Context(), cfg)
	isKind(t, err, fault.Internal) // a new key would not open what is there
}

func FuzzKeyFile(f *testing.F) {
	f.Add([]byte(`{"format":"c4arch platform key 1","root":"x","wrapped":"AAAA"}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := parseKeyFile("x", data)
		if (w == nil) == (err == nil) || w != nil && (w.Root == "" || len(w.Wrapped) == 0) {
			t.Errorf("%+v %v", w, err)
		}
	})
}

func TestRewrap(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		_, err := w.Rewrap(t.Context(), may(t, h.Org()))
		isKind(t, err, fault.NotFound)
		for _, want := range []bool{true, false} {
			changed, err := w.Rewrap(t.Context(), w.ops())
			if err != nil || changed != want {
				t.Errorf("%v %v", changed, err)
			}
		}
		h.Release()
		w = w.again()
		verify(t, w.home(h.Org()))
		if changed, err := w.Rewrap(t.Context(), w.ops()); err != nil || changed {
			t.Errorf("%v %v", changed, err)
		}
	})
}

// A home that is older than what the instance's log knows of it was restored from a backup: that is said, and nothing is written over it.
func TestRolledBack(t *testing.T) {
	w := embedded(t, nil)
	h := w.organisation()
	org := h.Org()
	h.Release()
	must(t, w.settle(t.Context(), org))
	path := filepath.Join(w.orgDir(org), dataFile)
	backup, err := os.ReadFile(path)
	must(t, err)
	h = w.home(org)
	_, err = h.Commit(t.Context(), w.change(org, "project.created"), nil)
	must(t, err)
	know := func() {
		must(t, h.Read(t.Context(), func(tx *sqldb.Tx) error {
			head, err := readHead(t.Context(), tx, false)
			must(t, err)
			root := head.Root()
			return w.platform.db.Transact(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO log_head (organisation, size, root, at) VALUES ($1, $2, $3, 1) ON CONFLICT (org_id, organisation) DO UPDATE SET size = excluded.size, root = excluded.root`, string(org), head.Size, root[:])
				return err
			})
		}))
	}
	know()
	h.Release()
	must(t, w.settle(t.Context(), org))
	verify(t, w.home(org)) // as it should be
	w.mu.Lock()
	w.open[org].refs = 0
	w.mu.Unlock()
	must(t, w.settle(t.Context(), org))
	now, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, backup, 0o600))
	_, err = w.For(t.Context(), may(t, org))
	isKind(t, err, fault.Internal)
	must(t, os.WriteFile(path, now, 0o600))
	x, err := w.For(t.Context(), may(t, org))
	must(t, err)
	x.Release()
	must(t, w.settle(t.Context(), org))
	must(t, w.platform.db.Transact(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE log_head SET root = $1`, make([]byte, 32))
		return err
	}))
	_, err = w.For(t.Context(), may(t, org)) // as long, and another one
	isKind(t, err, fault.Internal)
}

// A key that another replica destroyed is not used for long.
func TestOtherReplicaDestroys(t *testing.T) {
	var w *world
	engines(t, func(_ *testing.T, x *world) { w = x; destroyedElsewhere(x) })
	if w == nil {
		t.Skip("no engine")
	}
}

func destroyedElsewhere(w *world) {
	if w.cfg.Server == nil {
		return
	}
	h := w.organisation()
	h.Release()
	other := w.again()
	must(w.tb, w.platform.db.Transact(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(context.Background(), `UPDATE directory SET state = 'destroyed', wrapped = $1 WHERE id = $2`, []byte{}, string(h.Org()))
		return err
	}))
	must(w.tb, other.Forget(context.Background(), other.ops(), h.Org()))
	w.clock.move(trust)
	_, err := w.For(context.Background(), may(w.tb, h.Org()))
	isKind(w.tb, err, fault.NotFound)
}

// Exclusive runs one at a time, and waits no longer than it is told.
func TestExclusive(t *testing.T) {
	w := embedded(t, nil)
	h := w.organisation()
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- h.Exclusive(t.Context(), time.Hour, func() error { close(held); <-release; return errStopped })
	}()
	<-held
	isKind(t, h.Exclusive(t.Context(), time.Millisecond, func() error { return nil }), fault.Unavailable)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Exclusive(ctx, time.Hour, func() error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(release)
	if err := <-done; !errors.Is(err, errStopped) {
		t.Error(err)
	}
	must(t, h.Exclusive(t.Context(), time.Hour, func() error { return nil }))
}

// A laptop's own history: made whole, shared by processes, with a ledger like every other.
func TestLocal(t *testing.T) {
	key, err := secret.NewKey(id.Local, make([]byte, secret.Size))
	must(t, err)
	dir := filepath.Join(t.TempDir(), ".c4arch")
	_, err = Local(t.Context(), dir, false, key, noon)
	isKind(t, err, fault.NotFound)
	h, err := Local(t.Context(), dir, true, key, noon)
	must(t, err)
	_, err = Local(t.Context(), dir, true, key, noon)
	isKind(t, err, fault.Conflict)
	second, err := Local(t.Context(), dir, false, key, noon)
	must(t, err)
	scope := scopeOf(t, access.LocalActor(), access.OrganisationChange)
	var all sync.WaitGroup
	for i := range 10 {
		x := []*Home{h, second}[i%2]
		all.Go(func() {
			env := envelope(t, id.Platform, "project.created", noon)
			env.Scope = scope
			if _, err := x.Commit(context.Background(), env, project(fmt.Sprint("pj_", i))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if verify(t, h) != 10 {
		t.Error("entries are missing")
	}
	must(t, h.Stage(t.Context(), []Staged{{Name: strings.Repeat("c", 32), Data: []byte("plain")}}, noon))
	if data, err := os.ReadFile(filepath.Join(h.ObjectsDir(), strings.Repeat("c", 32)+".pack")); err != nil || string(data) != "plain" {
		t.Errorf("%q %v", data, err)
	}
	must(t, errors.Join(second.Close(), h.Close()))
	_, err = Local(t.Context(), dir, false, nil, noon)
	isKind(t, err, fault.Internal)
}

// What was staged and never made live goes after a day, or when it is dropped; what is live stays.
func TestStaged(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		name := func(c string) string { return strings.Repeat(c, 32) }
		for _, c := range []string{"1", "2", "3"} {
			must(t, h.Stage(t.Context(), []Staged{{Name: name(c), Data: []byte(c)}}, w.clock.Now()))
		}
		env := w.change(h.Org(), "snapshot.kept")
		env.Blobs = []string{name("1")}
		_, err := h.Commit(t.Context(), env, nil)
		must(t, err)
		_, err = h.Commit(t.Context(), env, nil) // it is live already
		isKind(t, err, fault.Conflict)
		h.Drop(t.Context(), []string{name("1"), name("2")})
		there := func() string {
			list, err := h.Objects().List(t.Context())
			must(t, err)
			text := ""
			for _, n := range list {
				text += n[:1]
			}
			return text
		}
		if got := there(); got != "13" {
			t.Errorf("left are %s", got)
		}
		if s, err := h.Sweep(t.Context(), w.clock.Now()); err != nil || s.Objects != 0 {
			t.Errorf("%+v %v", s, err)
		}
		if s, err := h.Sweep(t.Context(), w.clock.Now().Add(25*time.Hour)); err != nil || s.Objects != 1 || there() != "1" {
			t.Errorf("%+v %v, left are %s", s, err, there())
		}
		if err := h.Stage(t.Context(), []Staged{{Name: "../x", Data: nil}}, noon); err == nil {
			t.Error("a name that is a path was taken")
		}
		isKind(t, w.home(id.Platform).Stage(t.Context(), []Staged{{Name: name("1")}}, noon), fault.Internal)
	})
}
