package processing_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	service "c4arch/internal/service/processing"
	"c4arch/internal/service/task"
	"c4arch/internal/store/home"
	store "c4arch/internal/store/processing"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/processing"
	"c4arch/test/pg"
)

const (
	us   = id.Org("og_00000000000000000000000001")
	them = id.Org("og_00000000000000000000000002")
)

// keys wrap keys of homes under one that lies in memory.
type keys struct{ root *secret.Key }

func (k keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, "", err
	}
	key, err := secret.NewKey(org, slices.Clone(raw))
	return key, k.root.Seal(secret.ForRecords, string(org), raw), "root", err
}

func (k keys) Open(_ context.Context, org id.Org, wrapped []byte, _ string) (*secret.Key, error) {
	raw, err := k.root.Open(secret.ForRecords, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

func (k keys) Rewrap(context.Context, id.Org, []byte, string) ([]byte, string, bool, error) {
	return nil, "root", false, nil
}

// world is a platform with two organisations.
type world struct {
	*service.Service
	t     *testing.T
	keys  keys
	homes *home.Homes
	looks *store.Looks
	at    time.Time
}

func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
	root, err := secret.NewKey(id.Platform, []byte(strings.Repeat("r", secret.Size)))
	w.check(err)
	w.keys = keys{root}
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: w.keys, Now: w.now, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	w.homes, err = home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(w.homes.Close()) })
	st := store.New(w.homes)
	w.Service = &service.Service{
		Store: st, Now: w.now, Random: rand.Reader,
		DataMap: []processing.Datum{{Table: "member", Column: "email", Class: "identity", Personal: true, Role: "processor"}},
	}
	w.looks = &store.Looks{Store: st, DataMap: w.DataMap, Now: w.now, Record: w.Record}
	w.organisation(us)
	w.organisation(them)
	return w
}

func (w *world) now() time.Time { return w.at }

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func owner(org id.Org) access.Actor {
	return access.Actor{ID: "person:pn_00000000000000000000000002", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "portal", Session: "ss_x", Fresh: true, Request: "rq_test"}
}

func lawyer() access.Actor {
	return access.Actor{ID: "person:pn_00000000000000000000000001", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Legal, access.Operator}, Surface: access.Portal, Purpose: "portal", Session: "ss_x", Fresh: true, Request: "rq_test"}
}

func (w *world) organisation(org id.Org) {
	w.t.Helper()
	ctx := w.t.Context()
	ops, err := access.Decide(lawyer(), access.PlatformOperate, access.Resource{})
	w.check(err)
	_, wrapped, root, err := w.keys.New(ctx, org)
	w.check(err)
	platform, err := w.homes.For(ctx, ops)
	w.check(err)
	defer platform.Release()
	env := change.New(ops, w.at, ledger.Draft{Kind: "organisation.created"})
	_, err = platform.Commit(ctx, &env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $1, 'active', $2, $3, $4, 1)`, string(org), wrapped, root, at.UnixMicro())
		return err
	})
	w.check(err)
	w.check(w.homes.Create(ctx, ops, org))
	w.exec(org, `INSERT INTO organisation (id, slug, name, approvals, created_at, version) VALUES ($1, 'contoso', 'Contoso', 2, $2, 1)`, string(org), w.at.UnixMicro())
	w.exec(org, `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ('pj_0000000000000000000000000a', 'p', 'P', 0, 1, 1)`)
}

// exec changes rows of a home behind the back of the service.
func (w *world) exec(org id.Org, statement string, args ...any) {
	w.t.Helper()
	act := access.InstructionRead
	if org == id.Platform {
		act = access.RecordRead
	}
	s, err := access.Decide(access.System(org, "test", access.Actor{}), act, access.Resource{})
	w.check(err)
	h, err := w.homes.For(w.t.Context(), s)
	w.check(err)
	defer h.Release()
	w.check(h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.t.Context(), statement, args...)
		return err
	}))
}

func (w *world) connection(org id.Org, name string) {
	w.exec(org, `INSERT INTO connection (id, project, kind, name, path, created_at, version) VALUES ($1, 'pj_0000000000000000000000000a', 'upload', 'live', '', 1, 1)`, name)
	w.exec(org, `INSERT INTO scan (id, project, connection, name, state, stage, done, total, resources, not_read, error, actor, collected_at, created_at, version)
		VALUES ($1, 'pj_0000000000000000000000000a', $2, 'live', 'queued', '', 0, 0, 0, 0, '', '', 0, 1, 1)`, "sc_"+name[3:], name)
}

// claimed is a job that is about to be done.
func claimed(org id.Org, kind, args string) *task.Claimed {
	return &task.Claimed{Lease: &job.Lease{Org: org, ID: "jb_test", Kind: kind, Args: []byte(args)}, Actor: access.System(org, "test", access.Actor{})}
}

func (w *world) asks(c *task.Claimed) processing.Verdict {
	w.t.Helper()
	v, err := w.Ask(w.t.Context(), c)
	w.check(err)
	return v
}
