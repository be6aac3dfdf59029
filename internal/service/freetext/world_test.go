package freetext_test

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
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/freetext"
	"c4arch/internal/service/task"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/freetext"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// keys wraps keys of organisations under one that lies in memory.
type keys struct{}

func (keys) root() *secret.Key {
	k, err := secret.NewKey(id.Platform, []byte(strings.Repeat("r", secret.Size)))
	if err != nil {
		panic(err)
	}
	return k
}

func (k keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, "", err
	}
	key, err := secret.NewKey(org, slices.Clone(raw))
	return key, k.root().Seal(secret.ForRecords, string(org), raw), "root", err
}

func (k keys) Open(_ context.Context, org id.Org, wrapped []byte, _ string) (*secret.Key, error) {
	raw, err := k.root().Open(secret.ForRecords, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

func (keys) Rewrap(_ context.Context, _ id.Org, wrapped []byte, root string) ([]byte, string, bool, error) {
	return wrapped, root, false, nil
}

type world struct {
	*freetext.Service
	t     *testing.T
	homes *home.Homes
	store *store.Store
	trust *trust.Store
}

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// engines runs a test on both engines.
func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			w := &world{t: t}
			c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{}, Now: noon, Random: rand.Reader}
			w.check(os.Mkdir(c.Dir, 0o700))
			if engine == "PostgreSQL" {
				c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
			}
			hs, err := home.Open(t.Context(), c)
			w.check(err)
			t.Cleanup(func() { w.check(hs.Close()) })
			w.homes, w.store, w.trust = hs, store.New(hs), trust.New(hs)
			w.Service = &freetext.Service{Store: w.store, Ledger: entries{w.trust}, Now: noon, Random: rand.Reader}
			run(t, w)
		})
	}
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, k fault.Kind) {
	w.t.Helper()
	if fault.KindOf(err) != k {
		w.t.Errorf("%v, which is %q, and not %q", err, fault.KindOf(err), k)
	}
}

// organisation makes a home, and returns its owner.
func (w *world) organisation(slug string) access.Actor {
	w.t.Helper()
	ctx := w.t.Context()
	name, err := id.Mint(id.PrefixOrg, rand.Reader, noon())
	w.check(err)
	org := id.Org(name)
	platform, err := access.Decide(access.System(id.Platform, "test", access.Actor{}), access.OrganisationCreate, access.Resource{})
	w.check(err)
	_, wrapped, root, err := keys{}.New(ctx, org)
	w.check(err)
	env := change.New(platform, noon(), ledger.Draft{Kind: "organisation.created", Fields: []ledger.Field{ledger.Text("organisation", name)}})
	_, err = account.New(w.homes).Operate(ctx, &accounts.PlatformChange{Envelope: env, Entry: &accounts.Entry{
		ID: org, Slug: slug, State: tenant.Active, Wrapped: wrapped, Root: root, Created: noon().UnixMicro(),
	}})
	w.check(err)
	w.check(w.homes.Create(ctx, platform, org))
	return access.Actor{ID: "person:pn_01jq8z6y5x4w3v2t1s0r9q8p7n", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.API, Purpose: "api", Fresh: true, Session: "ss_1"}
}

func (w *world) inside(org id.Org, act access.Action) access.Scope {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), act, access.Resource{})
	w.check(err)
	return s
}

// note writes an entry with a reason into the ledger of an organisation.
func (w *world) note(org id.Org, reason string) {
	w.t.Helper()
	env := change.New(w.inside(org, access.LedgerRead), noon(), ledger.Draft{Kind: "proposal.withdrawn", Fields: []ledger.Field{ledger.Text("proposal", "pr_x"), ledger.Text("reason", reason)}})
	_, err := w.trust.Append(w.t.Context(), &env)
	w.check(err)
}

// rows are the entries of the ledger of an organisation.
func (w *world) rows(org id.Org) []ledger.Entry {
	w.t.Helper()
	all, err := entries{w.trust}.Entries(w.t.Context(), w.inside(org, access.LedgerRead), 0, 256)
	w.check(err)
	return all
}

// work does the looks that are due.
func (w *world) work() {
	w.t.Helper()
	ctx := w.t.Context()
	for range 100 {
		c, err := w.homes.Queue().Claim(ctx, "worker", time.Minute)
		w.check(err)
		if c == nil {
			return
		}
		if c.Lease.Kind == task.ScanText {
			w.check(w.HandleScan(ctx, c))
			continue
		}
		w.t.Fatalf("a job of the kind %s", c.Lease.Kind)
	}
}

// entries is the ledger as the service reads it.
type entries struct{ log *trust.Store }

func (l entries) Size(ctx context.Context, s access.Scope) (int64, error) {
	head, err := l.log.Head(ctx, s)
	return head.Size, err
}

func (l entries) Entries(ctx context.Context, s access.Scope, from int64, limit int) (all []ledger.Entry, err error) {
	rows, err := l.log.Rows(ctx, s, auditing.Query{From: from, Limit: limit})
	for _, r := range rows {
		all = append(all, r.Entry)
	}
	return all, err
}

func (l entries) Erase(ctx context.Context, a access.Actor, index int64, field, reason string) error {
	s, err := access.Decide(a, access.PersonErase, access.Resource{})
	if err != nil {
		return err
	}
	env := change.New(s, noon(), ledger.Erasures([]ledger.Erased{{Index: index, Fields: []string{field}}}, reason, "")...)
	_, err = l.log.Erase(ctx, &env, index, []string{field})
	return err
}
