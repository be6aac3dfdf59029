package arch

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// keyring is a root key in memory: it wraps nothing, since nothing leaves the memory.
type keyring struct {
	mu   sync.Mutex
	keys map[id.Org][]byte
}

func (k *keyring) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	b := make([]byte, secret.Size)
	if _, err := rand.Read(b); err != nil {
		return nil, nil, "", err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[org] = append([]byte(nil), b...)
	key, err := secret.NewKey(org, b)
	return key, []byte("in memory"), "one", err
}

func (k *keyring) Open(_ context.Context, org id.Org, _ []byte, _ string) (*secret.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return secret.NewKey(org, append([]byte(nil), k.keys[org]...))
}

func (k *keyring) Rewrap(_ context.Context, _ id.Org, wrapped []byte, root string) ([]byte, string, bool, error) {
	return wrapped, root, false, nil
}

// served is an installation with two organisations.
type served struct {
	tb       testing.TB
	homes    *home.Homes
	projects *Projects
	keys     *keyring
	mu       sync.Mutex
	seen     []string
	telling  bool
}

func (w *served) observe(_ context.Context, statement string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.telling {
		w.seen = append(w.seen, statement)
	}
}

func (w *served) statements(fn func()) []string {
	w.mu.Lock()
	w.seen, w.telling = nil, true
	w.mu.Unlock()
	fn()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.telling = false
	return w.seen
}

// serve starts an installation on an engine.
func serve(tb testing.TB, engine string) *served {
	tb.Helper()
	w := &served{tb: tb, keys: &keyring{keys: map[id.Org][]byte{}}}
	cfg := home.Config{Dir: filepath.Join(tb.TempDir(), "data"), Keys: w.keys, Now: func() time.Time { return storetest.Noon }, Random: rand.Reader, Observe: w.observe}
	if engine == "postgresql" {
		cfg.Server = pg.Start(tb).Connect(tb, func(o *sqldb.ServerOptions) { o.Observe = w.observe })
	}
	var err error
	if w.homes, err = home.Open(context.Background(), cfg); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := w.homes.Close(); err != nil {
			tb.Error(err)
		}
	})
	if w.projects, err = NewProjects(w.homes); err != nil {
		tb.Fatal(err)
	}
	return w
}

func (w *served) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func operator() access.Actor {
	return access.Actor{ID: "person:pn_00000000000000000000000001", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test"}
}

func ownerOf(org id.Org) access.Actor {
	return access.Actor{ID: "person:pn_00000000000000000000000002", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.API, Purpose: "test"}
}

func (w *served) scope(a access.Actor, act access.Action, p id.Project) access.Scope {
	w.tb.Helper()
	s, err := access.Decide(a, act, access.Resource{Project: p})
	w.must(err)
	return s
}

// organisation makes one with its row, its home and projects.
func (w *served) organisation(n int, projects ...id.Project) access.Actor {
	w.tb.Helper()
	ctx := context.Background()
	org := id.Org(fmt.Sprintf("og_%026d", n))
	ops := w.scope(operator(), access.PlatformOperate, "")
	_, wrapped, root, err := w.keys.New(ctx, org)
	w.must(err)
	platform, err := w.homes.For(ctx, ops)
	w.must(err)
	defer platform.Release()
	env := change.New(ops, storetest.Noon, ledger.Draft{Kind: "organisation.created"})
	_, err = platform.Commit(ctx, &env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $1, 'active', $2, $3, $4, 1)`, string(org), wrapped, root, at.UnixMicro())
		return err
	})
	w.must(err)
	w.must(w.homes.Create(ctx, ops, org))
	w.write(ownerOf(org), func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		if _, err := tx.Exec(ctx, `INSERT INTO organisation (id, slug, name, approvals, created_at, version) VALUES ($1, 'contoso', 'Contoso', 2, $2, 1)`, string(org), at.UnixMicro()); err != nil {
			return err
		}
		for _, p := range projects {
			if _, err := tx.Exec(ctx, `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ($1, $1, $1, 0, $2, 1)`, string(p), at.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
	return ownerOf(org)
}

func (w *served) write(a access.Actor, apply home.Apply) {
	w.tb.Helper()
	scope := w.scope(a, access.OrganisationChange, "")
	h, err := w.homes.For(context.Background(), scope)
	w.must(err)
	defer h.Release()
	env := change.New(scope, storetest.Noon, ledger.Draft{Kind: "organisation.changed"})
	_, err = h.Commit(context.Background(), &env, apply)
	w.must(err)
}

func (w *served) connection(a access.Actor, name string, p id.Project) {
	w.write(a, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO connection (id, project, kind, name, path, created_at, version) VALUES ($1, $2, 'upload', 'x', '', $3, 1)`, name, string(p), at.UnixMicro())
		return err
	})
}

const (
	projectA = id.Project("pj_0000000000000000000000000a")
	projectB = id.Project("pj_0000000000000000000000000b")
	projectC = id.Project("pj_0000000000000000000000000c")
)

// world is an installation for the suite of what a service has besides.
func world(t *testing.T, engine string) *storetest.World {
	w := serve(t, engine)
	us, them := w.organisation(1, projectA, projectB), w.organisation(2, projectC)
	cn := func(c string) string { return "cn_" + strings.Repeat("0", 25) + c }
	w.connection(us, cn("7"), projectA)
	w.connection(them, cn("8"), projectC)
	w.connection(us, cn("9"), projectB)
	return &storetest.World{
		Projects:   w.projects,
		Mine:       storetest.Place{Actor: us, Project: projectA},
		Other:      storetest.Place{Actor: us, Project: projectB},
		Foreign:    storetest.Place{Actor: them, Project: projectC},
		Connection: cn("7"),
		Statements: w.statements,
		Archive: func() {
			w.write(us, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
				_, err := tx.Exec(ctx, `UPDATE project SET archived = 1, version = 2 WHERE id = $1`, string(projectB))
				return err
			})
		},
	}
}

var engines = []string{"sqlite", "postgresql"}

// The suite of the local store holds for a project of a service too.
func TestServed(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Store {
				w := world(t, engine)
				return w.Store(t, w.Mine)
			})
		})
	}
}

func TestHosted(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			storetest.RunHosted(t, func(t *testing.T) *storetest.World { return world(t, engine) })
		})
	}
}
