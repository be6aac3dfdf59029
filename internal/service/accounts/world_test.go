package accounts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/store/account"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// keys wraps keys of organisations under root keys that lie in memory.
type keys struct {
	mu     sync.Mutex
	newest string
	broken error
}

func (k *keys) root(name string) *secret.Key {
	r, err := secret.NewKey(id.Platform, []byte(name + strings.Repeat("-", secret.Size))[:secret.Size])
	if err != nil {
		panic(err)
	}
	return r
}

func (k *keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil || k.broken != nil {
		return nil, nil, "", errors.Join(err, k.broken)
	}
	key, err := secret.NewKey(org, slices.Clone(raw))
	return key, k.root(k.newest).Seal(secret.ForRecords, string(org), raw), k.newest, err
}

func (k *keys) Open(_ context.Context, org id.Org, wrapped []byte, root string) (*secret.Key, error) {
	raw, err := k.root(root).Open(secret.ForRecords, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

func (k *keys) Rewrap(_ context.Context, org id.Org, wrapped []byte, root string) ([]byte, string, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if root == k.newest {
		return wrapped, root, false, k.broken
	}
	raw, err := k.root(root).Open(secret.ForRecords, string(org), wrapped)
	if err != nil || k.broken != nil {
		return nil, "", false, errors.Join(err, k.broken)
	}
	return k.root(k.newest).Seal(secret.ForRecords, string(org), raw), k.newest, true, nil
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

// world is an installation on one engine, with the operator's token.
type world struct {
	prover prover
	*accounts.Service
	t        *testing.T
	homes    *home.Homes
	store    *account.Store
	keys     *keys
	clock    *clock
	operator access.Actor

	mu   sync.Mutex
	said []string // statements, while listening
	hear bool
}

// engines runs a test on both engines.
func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, keys: &keys{newest: "root1"}}
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: w.keys, Now: w.clock.now, Random: rand.Reader, Observe: w.observe}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(o *sqldb.ServerOptions) { o.Observe = w.observe })
	}
	hs, err := home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(hs.Close()) })
	w.homes, w.store = hs, account.New(hs)
	w.Service = &accounts.Service{
		Tenancy: w.store, Credentials: w.store, Writer: w.store, Directory: w.store, Homes: hs, Keys: w.keys, Subjects: trust.New(hs), Now: w.clock.now, Random: rand.Reader,
		Prover: &w.prover,
	}
	code, err := w.Begin(t.Context())
	w.check(err)
	first, err := w.Complete(t.Context(), string(code.Expose()), "rq_setup")
	w.check(err)
	w.operator = w.who(first.Text)
	return w
}

func (w *world) observe(_ context.Context, statement string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hear {
		w.said = append(w.said, statement)
	}
}

// statements are those that fn takes.
func (w *world) statements(fn func()) []string {
	w.mu.Lock()
	w.said, w.hear = nil, true
	w.mu.Unlock()
	fn()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hear = false
	return w.said
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused sees that err is of that kind, and says what it says.
func (w *world) refused(err error, k fault.Kind, says string) {
	w.t.Helper()
	if fault.KindOf(err) != k || err == nil || !strings.Contains(err.Error(), says) {
		w.t.Errorf("%v, which is %s, and not %s with %q", err, fault.KindOf(err), k, says)
	}
}

// who is the actor that a token stands for.
func (w *world) who(text secret.Value) access.Actor {
	w.t.Helper()
	a, err := w.Authenticate(w.t.Context(), accounts.Attempt{Token: string(text.Expose()), Surface: access.API, Request: "rq_test"})
	w.check(err)
	return a
}

// organisation makes one, and returns it with its owner.
func (w *world) organisation(slug string) (accounts.Made, access.Actor) {
	w.t.Helper()
	m, err := w.CreateOrganisation(w.t.Context(), w.operator, newOrg(slug))
	w.check(err)
	return m, w.who(m.Token.Text)
}

func newOrg(slug string) accounts.NewOrganisation {
	return accounts.NewOrganisation{Slug: slug, Name: "The " + slug, OwnerName: "First Owner", OwnerEmail: "owner@" + slug + ".example"}
}

// member adds one and gives the person a token.
func (w *world) member(by access.Actor, name string, role access.Role) (tenant.Member, access.Actor) {
	w.t.Helper()
	m, err := w.AddMember(w.t.Context(), by, accounts.NewMember{Name: "Member " + name, Email: name + "@contoso.example", Role: role})
	w.check(err)
	return m, w.who(w.signIn(by.Org, m.Person).Text)
}

// program is one with a token for that purpose.
func (w *world) program(by access.Actor, purpose access.Purpose, p id.Project) access.Actor {
	w.t.Helper()
	t, err := w.CreateToken(w.t.Context(), by, accounts.NewToken{Name: "a token", Purpose: purpose, Project: p, Expires: w.clock.now().Add(24 * time.Hour)})
	w.check(err)
	return w.who(t.Text)
}

// signIn is a person who has signed in at the command line.
func (w *world) signIn(org id.Org, person string) accounts.Issued {
	w.t.Helper()
	t, err := w.IssueInteractive(w.t.Context(), accounts.Interactive{Org: org, Person: person, Name: "a laptop", Surface: access.CLI})
	w.check(err)
	return t
}

// work does what is due, until nothing is.
func (w *world) work() (kinds []string) {
	w.t.Helper()
	ctx := w.t.Context()
	for range 1000 {
		c, err := w.homes.Queue().Claim(ctx, "worker", time.Minute)
		w.check(err)
		if c == nil {
			return kinds
		}
		kinds = append(kinds, c.Lease.Kind)
		w.check(w.handle(ctx, c))
	}
	w.t.Fatal("the work does not end")
	return nil
}

func (w *world) handle(ctx context.Context, c *task.Claimed) error {
	switch c.Lease.Kind {
	case task.FinishOrg:
		return w.FinishOrganisation(ctx, c)
	case task.ApplyDestroy:
		return w.ApplyDestroy(ctx, c)
	case task.Erase:
		return w.Erase(ctx, c)
	case task.DisableIdle:
		return w.DisableIdle(ctx, c)
	}
	return errors.New("no handler for " + c.Lease.Kind)
}

// ask leaves a job in the home of an organisation.
func (w *world) ask(org id.Org, j job.New) error {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), access.TokenUse, access.Resource{})
	w.check(err)
	c := &accounts.Change{Envelope: change.New(s, w.clock.now(), draft("organisation.changed"))}
	c.Jobs = []job.New{j}
	_, err = w.store.Commit(w.t.Context(), c)
	return err
}

// claimOf gives the next job, which is of that kind.
func (w *world) claimOf(kind string) *task.Claimed {
	w.t.Helper()
	c, err := w.homes.Queue().Claim(w.t.Context(), "worker", time.Minute)
	w.check(err)
	if c == nil || c.Lease.Kind != kind {
		w.t.Fatalf("%+v is no %s", c, kind)
	}
	return c
}

func envelope(s access.Scope, at time.Time) change.Envelope {
	return change.New(s, at, draft("organisation.changed"))
}

// inside is a scope that reads the home of an organisation, or the platform's.
func (w *world) inside(org id.Org) access.Scope {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), access.LedgerRead, access.Resource{})
	w.check(err)
	return s
}

// entry is an entry as the tests look at it: what is still open of its values.
type entry struct {
	kind   string
	values map[string]string
}

// ledger reads the whole log of a home.
func (w *world) ledger(org id.Org) (all []entry) {
	w.t.Helper()
	h, err := w.homes.For(w.t.Context(), w.inside(org))
	w.check(err)
	defer h.Release()
	w.check(h.Read(w.t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(w.t.Context(), `SELECT idx, kind, sealed FROM ledger_entry ORDER BY idx`, func(scan func(...any) error) error {
			var idx int64
			var sealed []byte
			e := entry{values: map[string]string{}}
			if err := scan(&idx, &e.kind, &sealed); err != nil {
				return err
			}
			open, err := home.OpenOpenings(h.Key(), idx, sealed)
			for name, o := range open {
				e.values[name] = strings.Trim(string(o.Value), `"`)
			}
			all = append(all, e)
			return err
		})
	}))
	return all
}

// last is the end of the log of a home.
func (w *world) last(org id.Org) entry {
	w.t.Helper()
	all := w.ledger(org)
	return all[len(all)-1]
}

func (w *world) kinds(org id.Org) (kinds []string) {
	w.t.Helper()
	for _, e := range w.ledger(org) {
		kinds = append(kinds, e.kind)
	}
	return kinds
}

// entries counts those of all homes.
func (w *world) entries(orgs ...id.Org) (n int) {
	w.t.Helper()
	for _, o := range append(orgs, id.Platform) {
		n += len(w.ledger(o))
	}
	return n
}

// rows are the values of one column of a table.
func (w *world) rows(org id.Org, query string) (all []string) {
	w.t.Helper()
	h, err := w.homes.For(w.t.Context(), w.inside(org))
	w.check(err)
	defer h.Release()
	w.check(h.Read(w.t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(w.t.Context(), query, func(scan func(...any) error) error {
			var v any
			err := scan(&v)
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			all = append(all, fmt.Sprint(v))
			return err
		})
	}))
	return all
}

func (w *world) key(name string) *change.Idempotency {
	return &change.Idempotency{Key: name, Digest: "sha256:" + "00"}
}

func ptr[T any](v T) *T { return &v }

func draft(kind string, f ...ledger.Field) ledger.Draft { return ledger.Draft{Kind: kind, Fields: f} }

func newJob(kind string, args any) job.New { return job.New{Kind: kind, Args: task.Encode(args)} }
