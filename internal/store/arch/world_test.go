package arch

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/discover"
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
	cfg      home.Config
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
	w.cfg = cfg
	w.homes, w.projects = w.open()
	return w
}

// open opens the installation: once, or on a server as often as there are replicas.
func (w *served) open() (*home.Homes, *Projects) {
	w.tb.Helper()
	homes, err := home.Open(context.Background(), w.cfg)
	w.must(err)
	w.tb.Cleanup(func() {
		if err := homes.Close(); err != nil {
			w.tb.Error(err)
		}
	})
	projects, err := NewProjects(homes)
	w.must(err)
	return homes, projects
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

// Two replicas on one database keep the same days of the same estate at once, in two projects of one organisation: everything is there, and nothing twice.
func TestReplicas(t *testing.T) {
	w := serve(t, "postgresql")
	us := w.organisation(1, projectA, projectB)
	_, second := w.open()
	const days = 5
	done := make(chan error)
	for i, ps := range []*Projects{w.projects, second} {
		for _, p := range []id.Project{projectA, projectB} {
			go func() { done <- keepDays(ps, us, p, fmt.Sprint("writer ", i), days) }()
		}
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]bool{}
	e := storetest.NewEstate(t, 70, 40)
	for range days {
		for _, r := range e.Scan(t).Resources {
			want[string(r.Commitment)] = true
		}
		e.Pass()
	}
	fresh := 0
	for _, p := range []id.Project{projectA, projectB} {
		st, err := w.projects.Open(t.Context(), w.scope(us, access.SnapshotRead, p))
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close() //nolint:errcheck // it was read only
		all, err := st.List(t.Context(), 0)
		if err != nil || len(all) != 2*days {
			t.Fatalf("%d snapshots, %v", len(all), err)
		}
		for _, x := range all {
			fresh += x.Fresh
			if _, err := st.Load(t.Context(), x.ID); err != nil {
				t.Error(err)
			}
		}
		c, err := st.Check(t.Context(), nil)
		if err != nil || len(c.Faults) > 0 || c.Versions != len(want) || c.Staged != 0 || c.Snapshots != 4*days {
			t.Errorf("%+v, %v; %d versions were scanned", c, err, len(want))
		}
	}
	if fresh != len(want) {
		t.Errorf("%d versions were counted as new, of %d", fresh, len(want))
	}
}

// keepDays keeps days of an estate under a name of its own. A conflict is an answer that asks to try again.
func keepDays(ps *Projects, a access.Actor, p id.Project, name string, days int) error {
	ctx := context.Background()
	read, err := access.Decide(a, access.SnapshotRead, access.Resource{Project: p})
	if err != nil {
		return err
	}
	st, err := ps.Open(ctx, read)
	if err != nil {
		return err
	}
	defer st.Close() //nolint:errcheck // what was kept is durable
	s := storetest.Store{Ports: st, Actor: a, Project: p}
	e := storetest.NewEstate(reporter{}, 70, 40)
	for range days {
		r := e.Record(reporter{})
		named := *r.Snapshot
		named.Name = name
		r.Snapshot = &named
		if err := change.Again(func() error { _, err := s.Put(ctx, r, storetest.Noon); return err }); err != nil {
			return err
		}
		e.Pass()
	}
	return nil
}

// Nothing of what a service keeps in its data directory can be read there: neither in objects nor, on the embedded engine, in the file.
func TestNothingInClear(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := serve(t, engine)
			us := w.organisation(1, projectA)
			scope := w.scope(us, access.ScanStart, projectA)
			p, err := w.projects.Discover(t.Context(), scope)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close() //nolint:errcheck // what was committed is durable
			const mark = "a mark that stands nowhere else"
			up, err := p.Stage(t.Context(), strings.NewReader(strings.Repeat(mark, 100)), 1<<20, storetest.Noon)
			if err != nil {
				t.Fatal(err)
			}
			run := discover.Run{ID: "sc_00000000000000000000000000", Project: projectA, Upload: up.ID, Name: mark, State: discover.Queued, Actor: us.ID, Created: storetest.Noon}
			c := discover.RunChange{
				Envelope: change.New(scope, storetest.Noon, ledger.Draft{Kind: "scan.queued", Fields: []ledger.Field{ledger.Text("name", mark)}}),
				Runs:     []discover.Run{run}, Uploads: []discover.Upload{up},
			}
			if _, err := p.Change(t.Context(), &c); err != nil || len(c.Blobs) != 0 {
				t.Fatalf("%v; the caller's envelope has %v", err, c.Blobs)
			}
			files := 0
			err = filepath.WalkDir(w.cfg.Dir, func(path string, e os.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				files++
				b, err := os.ReadFile(path)
				if strings.Contains(string(b), mark) {
					t.Errorf("%s holds it in clear", path)
				}
				return err
			})
			if err != nil || files == 0 {
				t.Errorf("%d files, %v", files, err)
			}
		})
	}
}
