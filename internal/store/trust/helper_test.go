package trust

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

const (
	contoso  id.Org = "og_00000000000000000000000001"
	fabrikam id.Org = "og_00000000000000000000000002"
	person          = "pn_00000000000000000000000001"
	another         = "pn_00000000000000000000000002"
)

// keys makes a key of each organisation that is always the same: what wraps it is tested elsewhere.
type keys struct{}

func (keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	k, err := keys{}.Open(context.Background(), org, nil, "")
	wrapped := sha512.Sum512([]byte(org))
	return k, wrapped[:], "test:1", err
}

func (keys) Open(_ context.Context, org id.Org, _ []byte, _ string) (*secret.Key, error) {
	sum := sha256.Sum256([]byte(org))
	return secret.NewKey(org, sum[:])
}

func (keys) Rewrap(_ context.Context, _ id.Org, w []byte, root string) ([]byte, string, bool, error) {
	return w, root, false, nil
}

// clock goes on by a second each time it is asked.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Second)
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is an installation with two organisations on one engine.
type world struct {
	t     testing.TB
	homes *home.Homes
	store *Store
	clock *clock
	pg    *pg.Database // nil on the embedded engine
	dir   string
	undos []func()
}

func (w *world) config(t testing.TB) home.Config {
	c := home.Config{Dir: w.dir, Keys: keys{}, Now: w.clock.now, Random: rand.Reader}
	if w.pg != nil {
		c.Server = w.pg.Connect(t, nil)
	}
	return c
}

// engines runs a test on both engines.
func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			w := &world{t: t, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, dir: filepath.Join(t.TempDir(), "data")}
			w.check(os.Mkdir(w.dir, 0o700))
			if engine == "PostgreSQL" {
				w.pg = pg.Start(t)
			}
			w.open(t)
			for i, org := range []id.Org{contoso, fabrikam} {
				w.create(org, fmt.Sprintf("org%d", i))
			}
			run(t, w)
		})
	}
}

func (w *world) open(t testing.TB) {
	t.Helper()
	hs, err := home.Open(t.Context(), w.config(t))
	if err != nil {
		t.Fatal(err)
	}
	w.homes, w.store = hs, New(hs)
	t.Cleanup(func() { _ = hs.Close() })
}

func (w *world) create(org id.Org, slug string) {
	w.t.Helper()
	ctx, scope := w.t.Context(), w.scope(id.Platform, access.OrganisationCreate)
	env := change.New(scope, w.clock.now(), ledger.Draft{Kind: "organisation.created", Fields: []ledger.Field{ledger.Text("organisation", string(org))}})
	_, wrapped, root, err := keys{}.New(ctx, org)
	w.check(err)
	_, err = w.store.commit(ctx, &env, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $2, 'active', $3, $4, $5, 1)`,
			string(org), slug, wrapped, root, w.clock.now().UnixMicro())
		return err
	})
	w.check(err)
	w.check(w.homes.Create(ctx, scope, org))
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// actor may do everything in the home: the program itself on the platform's behalf, a person with every role in an organisation's.
func actor(org id.Org) access.Actor {
	a := access.Actor{ID: id.Actor("person:" + person), Kind: access.Person, Org: org, Roles: []access.Role{access.Owner, access.Admin, access.Auditor}, Surface: access.API, Purpose: "test", Request: "rq_test"}
	if org == id.Platform {
		a.ID, a.Kind, a.Roles = "operator:test", access.Staff, []access.Role{access.Operator}
	}
	return a
}

func (w *world) scope(org id.Org, act access.Action) access.Scope {
	w.t.Helper()
	s, err := access.Decide(actor(org), act, access.Resource{})
	w.check(err)
	return s
}

// write appends n entries about the person in an organisation's log, in changes of up to 100.
func (w *world) write(org id.Org, n int) {
	w.t.Helper()
	for n > 0 {
		env := change.New(w.scope(org, access.MemberChange), w.clock.now())
		for range min(n, 100) {
			env.Drafts = append(env.Drafts, ledger.Draft{Kind: "member.added", Fields: []ledger.Field{
				ledger.Personal("person", another, another), ledger.Personal("email", "someone@fabrikam.example", another), ledger.Text("role", "reader"),
			}})
		}
		_, err := w.store.Append(w.t.Context(), &env)
		w.check(err)
		n -= len(env.Drafts)
	}
}

// tamper runs a statement on the rows of one organisation with rights that the program does not have.
func (w *world) tamper(org id.Org, query string, args ...any) {
	w.t.Helper()
	if w.pg != nil {
		for i := len(args); i > 0; i-- { // the driver's own placeholders are not for several statements
			query = replaced(query, i, args[i-1])
		}
		w.check(w.pg.Server.Exec(w.t.Context(), w.pg.Name, "SET search_path = "+sqldb.Schema+"; SET session_replication_role = replica; "+withOrg(query, org)))
		return
	}
	h, err := w.homes.For(w.t.Context(), w.scope(org, access.LedgerRead))
	w.check(err)
	defer h.Release()
	w.check(h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		if err := unguarded(w.t.Context(), tx); err != nil {
			return err
		}
		n, err := tx.Exec(w.t.Context(), query, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("%s changed nothing", query)
		}
		return err
	}))
}

// unguarded takes away what keeps even the program from changing the ledger: whoever has the file and its key can.
func unguarded(ctx context.Context, tx *sqldb.Tx) error {
	guards := []string{"PRAGMA defer_foreign_keys=on"}
	err := tx.Each(ctx, `SELECT name FROM sqlite_schema WHERE type = 'trigger'`, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		guards = append(guards, `DROP TRIGGER "`+name+`"`)
		return err
	})
	for _, statement := range guards {
		if err == nil {
			_, err = tx.Exec(ctx, statement)
		}
	}
	return err
}

// raw runs statements with every right, on the database of an organisation.
func (w *world) raw(org id.Org, statements ...string) {
	w.t.Helper()
	if w.pg != nil {
		w.check(w.pg.Server.Exec(w.t.Context(), w.pg.Name, append([]string{"SET search_path = " + sqldb.Schema}, statements...)...))
		return
	}
	h, err := w.homes.For(w.t.Context(), w.scope(org, access.LedgerRead))
	w.check(err)
	defer h.Release()
	w.check(h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(w.t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (w *world) looks() *Looks {
	l := &Looks{Homes: w.homes, Now: w.clock.now, People: rules(nil)}
	if w.pg != nil {
		l.Server = w.pg.Connect(w.t, nil)
	}
	return l
}

// one reads a value of an organisation's home.
func (w *world) one(org id.Org, to any, query string, args ...any) {
	w.t.Helper()
	w.check(w.store.read(w.t.Context(), w.scope(org, access.LedgerRead), func(_ *home.Home, tx *sqldb.Tx) error {
		found, err := tx.Row(w.t.Context(), []any{to}, query, args...)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "no row: %s", query)
		}
		return err
	}))
}

// signers sign as the host of a test.
type signers struct{}

func (signers) Signer(_ context.Context, org id.Org) (*ledger.Signer, error) {
	origin, err := ledger.Origin("audit.contoso.example", org)
	if err != nil {
		return nil, err
	}
	seed := sha256.Sum256([]byte("seed of " + org))
	return ledger.NewSigner(origin, seed[:])
}

// clear removes all rows of a table of an organisation.
func (w *world) clear(org id.Org, table string) {
	w.t.Helper()
	var n int
	w.one(org, &n, `SELECT count(*) FROM `+table)
	if n > 0 {
		w.tamper(org, `DELETE FROM `+table)
	}
}

// meter notes the last result by depth.
type meter map[string]string

func (m meter) LedgerVerified(_ id.Org, depth auditing.Depth, ok bool) {
	m[string(depth)] = map[bool]string{true: "good", false: "bad"}[ok]
}

func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func (w *world) auditing(copies auditing.Copies) *auditing.Service {
	return auditing.New(auditing.Config{Log: w.store, Checkpoints: w.store, Heads: w.store, Signers: signers{}, Copies: copies, Now: w.clock.now})
}
