package layout_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/draw"
	"c4arch/internal/store/home"
	"c4arch/internal/store/layout"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// keyring is a root key in memory.
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

type world struct {
	testing.TB
	homes *home.Homes
	keys  *keyring
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func owner(org id.Org) access.Actor {
	return access.Actor{ID: "person:pn_00000000000000000000000002", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.API, Purpose: "test"}
}

func (w *world) scope(a access.Actor, act access.Action, p id.Project) access.Scope {
	w.Helper()
	s, err := access.Decide(a, act, access.Resource{Project: p})
	w.must(err)
	return s
}

func (w *world) commit(s access.Scope, kind string, apply home.Apply) {
	w.Helper()
	h, err := w.homes.For(w.Context(), s)
	w.must(err)
	defer h.Release()
	env := change.New(s, storetest.Noon, ledger.Draft{Kind: kind})
	_, err = h.Commit(w.Context(), &env, apply)
	w.must(err)
}

// organisation makes one with a project.
func (w *world) organisation(n int, project id.Project) access.Actor {
	w.Helper()
	org := id.Org(fmt.Sprintf("og_%026d", n))
	staff := access.Actor{ID: "person:pn_00000000000000000000000001", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test"}
	ops := w.scope(staff, access.PlatformOperate, "")
	_, wrapped, root, err := w.keys.New(w.Context(), org)
	w.must(err)
	w.commit(ops, "organisation.created", func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $1, 'active', $2, $3, $4, 1)`, string(org), wrapped, root, at.UnixMicro())
		return err
	})
	w.must(w.homes.Create(w.Context(), ops, org))
	w.commit(w.scope(owner(org), access.OrganisationChange, ""), "organisation.changed", func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ($1, $1, $1, 0, $2, 1)`, string(project), at.UnixMicro())
		return err
	})
	return owner(org)
}

// Layouts are kept, changed where nobody else has changed them, let go, and told to no other organisation: on both engines.
func TestLayouts(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgresql"} {
		t.Run(engine, func(t *testing.T) {
			w := &world{TB: t, keys: &keyring{keys: map[id.Org][]byte{}}}
			cfg := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: w.keys, Now: func() time.Time { return storetest.Noon }, Random: rand.Reader}
			if engine == "postgresql" {
				cfg.Server = pg.Start(t).Connect(t, nil)
			}
			var err error
			w.homes, err = home.Open(context.Background(), cfg)
			w.must(err)
			t.Cleanup(func() { w.must(w.homes.Close()) })
			w.layouts()
		})
	}
}

func (w *world) layouts() {
	const mine, theirs = id.Project("pj_00000000000000000000000001"), id.Project("pj_00000000000000000000000002")
	a, b := w.organisation(1, mine), w.organisation(2, theirs)
	service := draw.New(draw.Service{Layouts: layout.New(w.homes), Now: func() time.Time { return storetest.Noon }}, 1<<20)
	box := func(view string, x int, base int64) []draw.Placed {
		return []draw.Placed{{View: placement.View{Key: view, Nodes: []placement.Node{{ID: "shop", X: x, Y: 2, W: 200, H: 80, Placed: true}}}, Base: base}}
	}
	read := func(who access.Actor, p id.Project) []draw.Layout {
		w.Helper()
		list, withdrawn, err := layout.New(w.homes).Read(w.Context(), w.scope(who, access.SnapshotRead, p))
		w.must(err)
		if withdrawn != 0 {
			w.Errorf("%d versions were withdrawn", withdrawn)
		}
		return list
	}
	now, err := service.Save(w.Context(), a, mine, box("landscape", 1, 0))
	w.must(err)
	if now["landscape"] != 1 {
		w.Errorf("the first layout has the version %d", now["landscape"])
	}
	if _, err := service.Save(w.Context(), a, mine, box("landscape", 9, 0)); fault.KindOf(err) != fault.Conflict {
		w.Errorf("who began before somebody else saved overwrites it: %v", err)
	}
	_, err = service.Save(w.Context(), a, mine, box("landscape", 5, 1))
	w.must(err)
	if got := read(a, mine); len(got) != 1 || got[0].Version != 2 || got[0].View.Nodes[0].X != 5 || !got[0].View.Nodes[0].Placed {
		w.Errorf("%+v is kept", got)
	}
	for name, err := range map[string]error{
		"their project by us": second(service.Save(w.Context(), a, theirs, box("landscape", 1, 0))),
		"our project by them": second(service.Save(w.Context(), b, mine, box("landscape", 1, 0))),
	} {
		if fault.KindOf(err) != fault.NotFound {
			w.Errorf("%s: %v", name, err)
		}
	}
	if got := read(b, mine); len(got) != 0 {
		w.Errorf("they read %+v", got)
	}
	if err := service.Forget(w.Context(), a, mine, "landscape", 1); fault.KindOf(err) != fault.Conflict {
		w.Errorf("an old version is let go: %v", err)
	}
	w.must(service.Forget(w.Context(), a, mine, "landscape", 2))
	if got := read(a, mine); len(got) != 1 || len(got[0].View.Nodes) != 0 || got[0].Version != 3 {
		w.Errorf("after it was let go there is %+v", got)
	}
	viewer := a
	viewer.Roles = []access.Role{access.Viewer}
	if _, err := service.Save(w.Context(), viewer, mine, box("landscape", 1, 3)); fault.KindOf(err) != fault.Denied {
		w.Errorf("a viewer places boxes: %v", err)
	}
}

func second(_ map[string]int64, err error) error { return err }
