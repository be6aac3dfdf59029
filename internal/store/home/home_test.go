package home

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var dialer = (&net.Dialer{}).DialContext

// keyring is a root key in memory.
type keyring struct{ root *secret.Key }

func newKeyring(tb testing.TB) keyring {
	k, err := secret.NewKey(id.Local, make([]byte, secret.Size))
	if err != nil {
		tb.Fatal(err)
	}
	return keyring{k}
}

func (k keyring) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	b := make([]byte, secret.Size)
	if _, err := rand.Read(b); err != nil {
		return nil, nil, "", err
	}
	wrapped := k.root.Seal(secret.ForSecrets, string(org), b)
	key, err := secret.NewKey(org, b)
	return key, wrapped, "one", err
}

func (k keyring) Open(_ context.Context, org id.Org, wrapped []byte, _ string) (*secret.Key, error) {
	b, err := k.root.Open(secret.ForSecrets, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, b)
}

func (k keyring) Rewrap(ctx context.Context, org id.Org, wrapped []byte, root string) ([]byte, string, bool, error) {
	if root == "two" {
		return wrapped, root, false, nil
	}
	b, err := k.root.Open(secret.ForSecrets, string(org), wrapped)
	if err != nil {
		return nil, "", false, err
	}
	return k.root.Seal(secret.ForSecrets, string(org), b), "two", true, ctx.Err()
}

// world is an installation of a test.
type world struct {
	*Homes
	tb    testing.TB
	clock *clock
	cfg   Config
	pg    *pg.Database // nil on the embedded engine
}

// engines runs a test on both engines.
func engines(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, embedded(t, nil)) })
	t.Run("postgresql", func(t *testing.T) { fn(t, served(t, pg.Start(t), nil)) })
}

func embedded(tb testing.TB, change func(*Config)) *world {
	tb.Helper()
	c := &clock{at: noon}
	return open(tb, c, Config{Dir: filepath.Join(tb.TempDir(), "data"), Keys: newKeyring(tb), Now: c.Now, Random: rand.Reader}, change)
}

func served(tb testing.TB, d *pg.Database, change func(*Config)) *world {
	tb.Helper()
	c := &clock{at: noon}
	w := open(tb, c, Config{Dir: filepath.Join(tb.TempDir(), "data"), Server: d.Connect(tb, nil), Keys: newKeyring(tb), Now: c.Now, Random: rand.Reader}, change)
	w.pg = d
	return w
}

func open(tb testing.TB, c *clock, cfg Config, change func(*Config)) *world {
	tb.Helper()
	if change != nil {
		change(&cfg)
	}
	hs, err := Open(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{Homes: hs, tb: tb, clock: c, cfg: cfg}
	tb.Cleanup(func() {
		if err := w.Close(); err != nil {
			tb.Error(err)
		}
	})
	return w
}

// again is another process, or replica, on the same data.
func (w *world) again() *world {
	w.tb.Helper()
	if w.cfg.Server == nil {
		if err := w.Homes.Close(); err != nil {
			w.tb.Fatal(err)
		}
	}
	hs, err := Open(context.Background(), w.cfg)
	if err != nil {
		w.tb.Fatal(err)
	}
	if w.cfg.Server != nil {
		w.tb.Cleanup(func() { _ = hs.Close() })
		return &world{Homes: hs, tb: w.tb, clock: w.clock, cfg: w.cfg}
	}
	w.Homes = hs
	return w
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func isKind(tb testing.TB, err error, kind fault.Kind) {
	tb.Helper()
	if err == nil || fault.KindOf(err) != kind {
		tb.Fatalf("%v is no %s", err, kind)
	}
}

func operator() access.Actor {
	return access.Actor{ID: "person:pn_operator", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test"}
}

func owner(org id.Org) access.Actor {
	return access.Actor{ID: "person:pn_owner", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.API, Purpose: "test", Request: "rq_1"}
}

func scopeOf(tb testing.TB, a access.Actor, act access.Action) access.Scope {
	tb.Helper()
	s, err := access.Decide(a, act, access.Resource{})
	must(tb, err)
	return s
}

func (w *world) ops() access.Scope { return scopeOf(w.tb, operator(), access.PlatformOperate) }

func may(tb testing.TB, org id.Org) access.Scope {
	if org == id.Platform {
		return scopeOf(tb, operator(), access.PlatformOperate)
	}
	return scopeOf(tb, owner(org), access.OrganisationChange)
}

// announce writes the row of an organisation into the directory, as the account store does.
func (w *world) announce() id.Org {
	w.tb.Helper()
	name, err := id.Mint(id.PrefixOrg, rand.Reader, w.clock.Now())
	must(w.tb, err)
	org := id.Org(name)
	key, wrapped, root, err := w.cfg.Keys.New(context.Background(), org)
	must(w.tb, err)
	key.Destroy()
	must(w.tb, w.platform.db.Transact(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(context.Background(), `INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $1, 'active', $2, $3, $4, 1)`, name, wrapped, root, w.clock.Now().UnixMicro())
		return err
	}))
	return org
}

// organisation makes an organisation with a project, and holds its home.
func (w *world) organisation() *Home {
	w.tb.Helper()
	org := w.announce()
	must(w.tb, w.Create(context.Background(), w.ops(), org))
	h := w.home(org)
	_, err := h.Commit(context.Background(), w.change(org, "organisation.created"), func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO organisation (id, slug, name, approvals, created_at, version) VALUES ($1, 'contoso', 'Contoso', 1, $2, 1)`, string(org), at.UnixMicro())
		return err
	})
	must(w.tb, err)
	return h
}

func (w *world) home(org id.Org) *Home {
	w.tb.Helper()
	h, err := w.For(context.Background(), may(w.tb, org))
	must(w.tb, err)
	w.tb.Cleanup(h.Release)
	return h
}

// change is an envelope with one entry.
func (w *world) change(org id.Org, kind string) *change.Envelope {
	return envelope(w.tb, org, kind, w.clock.Now())
}

func envelope(tb testing.TB, org id.Org, kind string, at time.Time) *change.Envelope {
	e := change.New(may(tb, org), at, ledger.Draft{Kind: kind})
	return &e
}

// project is an apply that makes a project.
func project(name string) Apply {
	return func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ($1, $1, $1, 0, $2, 1)`, name, at.UnixMicro())
		return err
	}
}

func count(tb testing.TB, h *Home, query string, args ...any) int {
	tb.Helper()
	var n int
	must(tb, h.Read(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Row(context.Background(), []any{&n}, query, args...)
		return err
	}))
	return n
}

// verify builds the tree again from the leaves, and holds it against head, tiles and hashes; it opens every value. It returns how many entries there are.
func verify(tb testing.TB, h *Home) int64 {
	tb.Helper()
	n, err := verified(h)
	must(tb, err)
	return n
}

func verified(h *Home) (int64, error) {
	var head ledger.Head
	var b ledger.Builder
	full := map[string]string{}
	b.Full = func(level int, n int64, hashes []byte) { full[fmt.Sprint(level, "/", n)] = string(hashes) }
	ctx := context.Background()
	var last int64
	err := h.Read(ctx, func(tx *sqldb.Tx) error {
		var err error
		if head, err = readHead(ctx, tx, false); err != nil {
			return err
		}
		err = tx.Each(ctx, `SELECT idx, at, kind, leaf, leaf_hash, sealed FROM ledger_entry ORDER BY idx`, func(scan func(...any) error) error {
			var index, at int64
			var kind string
			var leaf, hash, sealed []byte
			if err := scan(&index, &at, &kind, &leaf, &hash, &sealed); err != nil {
				return err
			}
			l, err := ledger.ParseLeaf(leaf)
			if err != nil {
				return err
			}
			sum := ledger.LeafHash(leaf)
			openings, err := OpenOpenings(h.Key(), index, sealed)
			switch {
			case err != nil:
				return err
			case index != b.Size || l.Index != index || l.Log != h.Org() || l.Kind != kind || l.At.UnixMicro() != at || at < last || string(hash) != string(sum[:]):
				return fmt.Errorf("entry %d is not what its leaf says", index)
			}
			for _, f := range l.Fields {
				if o, ok := openings[f.Name]; !ok || !o.Opens(f.Sum[:]) {
					return fmt.Errorf("entry %d: the field %s does not open", index, f.Name)
				}
			}
			last = at
			b.Add(sum)
			return nil
		})
		if err != nil {
			return err
		}
		for name, hashes := range full {
			var level, n int64
			if _, err := fmt.Sscanf(name, "%d/%d", &level, &n); err != nil {
				return err
			}
			var kept []byte
			if found, err := tx.Row(ctx, []any{&kept}, `SELECT hashes FROM ledger_tile WHERE level = $1 AND n = $2`, level, n); err != nil || !found || string(kept) != hashes {
				return fmt.Errorf("tile %s is not right: %v", name, err)
			}
		}
		return nil
	})
	if err == nil && (head.Size != b.Size || head.Root() != b.Root() || head.At.UnixMicro() != last) {
		err = errors.New("the head is not that of the entries")
	}
	return b.Size, err
}
