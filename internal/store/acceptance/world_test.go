package acceptance_test

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
	"c4arch/internal/base/secret"
	service "c4arch/internal/service/acceptance"
	"c4arch/internal/service/change"
	"c4arch/internal/service/order"
	store "c4arch/internal/store/acceptance"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/terms"
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

// world is a platform with two organisations, with one document that asks to be accepted.
type world struct {
	t     *testing.T
	keys  keys
	homes *home.Homes
	st    *store.Store
	looks *store.Looks
	docs  []acceptance.Document
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
	w.st = store.New(w.homes)
	w.docs = []acceptance.Document{{Slug: "addendum", Edition: "2026-11-01", Digest: "sha256:one", Effective: w.at.Add(-24 * time.Hour), Accept: true}}
	w.looks = &store.Looks{
		Store: w.st, Now: w.now, Organisations: func(context.Context) ([]id.Org, error) { return []id.Org{us, them}, nil },
		Documents: func(context.Context) ([]acceptance.Document, error) { return w.docs, nil },
		Gated:     func() map[string]bool { return map[string]bool{"GET /api/v1/projects": true} },
	}
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

func (w *world) scope(org id.Org, act access.Action) access.Scope {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), act, access.Resource{})
	w.check(err)
	return s
}

func (w *world) owner(org id.Org) access.Scope {
	w.t.Helper()
	s, err := access.Decide(access.Actor{
		ID: "person:pn_00000000000000000000000002", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "portal", Session: "ss_x", Fresh: true, Request: "rq_test",
	}, access.AcceptanceGive, access.Resource{})
	w.check(err)
	return s
}

func (w *world) organisation(org id.Org) {
	w.t.Helper()
	ctx := w.t.Context()
	ops, err := access.Decide(access.Actor{ID: "person:pn_00000000000000000000000001", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Portal, Purpose: "portal", Session: "ss_x", Fresh: true, Request: "rq_test"}, access.PlatformOperate, access.Resource{})
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
}

// exec changes rows of a home behind the back of the service.
func (w *world) exec(org id.Org, statement string, args ...any) {
	w.t.Helper()
	h, err := w.homes.For(w.t.Context(), w.scope(org, access.AcceptanceCheck))
	w.check(err)
	defer h.Release()
	w.check(h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.t.Context(), statement, args...)
		return err
	}))
}

// accept writes an acceptance of the first document, with its entry.
func (w *world) accept(org id.Org, name string) error {
	r := acceptance.Record{
		ID: name, Slug: w.docs[0].Slug, Edition: w.docs[0].Edition, Digest: w.docs[0].Digest, Person: "pn_00000000000000000000000002", Authority: "director", Method: acceptance.Click, Origin: "unknown", At: w.at,
	}
	_, err := w.st.Commit(w.t.Context(), &service.Change{Records: []acceptance.Record{r}, Envelope: change.New(w.owner(org), w.at, ledger.Draft{Kind: ledger.KindAccepted, Fields: []ledger.Field{
		ledger.Text("acceptance", r.ID), ledger.Text("slug", r.Slug), ledger.Text("edition", r.Edition), ledger.Text("digest", r.Digest), ledger.Text("method", string(r.Method)),
	}})})
	return err
}

func (w *world) order(org id.Org, number, users int) error {
	t := terms.Default()
	t.Version, t.Reference, t.From, t.Users, t.Projects, t.Subscriptions = number, "OF-1", w.at, users, 5, 5
	_, err := store.Orders{Store: w.st}.Keep(w.t.Context(), &order.Change{
		Kept: order.Kept{Terms: t, Reason: "ordered", Actor: "person:pn_x", At: w.at}, Envelope: change.New(w.scope(org, access.TermsKeep), w.at, ledger.Draft{Kind: "terms.changed"}),
	})
	return err
}

// finds sees what a check amounts to, and that it says why.
func (w *world) finds(look func(context.Context) ([]control.Observation, error), want control.Outcome, says string) {
	w.t.Helper()
	seen, err := look(w.t.Context())
	w.check(err)
	if got := control.Worst(seen); got != want {
		w.t.Errorf("the check is %s and not %s: %v", got, want, seen)
	}
	if says != "" && !slices.ContainsFunc(seen, func(o control.Observation) bool { return o.Outcome == want && strings.Contains(o.Detail, says) }) {
		w.t.Errorf("the check does not say %q: %v", says, seen)
	}
}
