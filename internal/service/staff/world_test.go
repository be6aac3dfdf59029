package staff_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/staff"
	"c4arch/internal/store/account"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	store "c4arch/internal/store/staff"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
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

// sessions are those that were asked for.
type sessions struct {
	opened, ended []string
	err           error
}

func (s *sessions) BreakGlass(_ context.Context, person, _, _ string) (secret.Value, error) {
	s.opened = append(s.opened, person)
	return secret.New([]byte("a cookie")), s.err
}

func (s *sessions) EndAll(_ context.Context, person, _ string) error {
	s.ended = append(s.ended, person)
	return s.err
}

// policies are what organisations demand.
type policies map[id.Org]identity.Policy

func (p policies) PolicyOf(_ context.Context, org id.Org) (identity.Policy, error) {
	return p[org], nil
}

// bundler writes the name of the organisation.
type bundler struct{ err error }

func (b *bundler) Bundle(_ context.Context, org id.Org, _ access.Actor, to io.Writer) error {
	if b.err != nil {
		return b.err
	}
	_, err := io.WriteString(to, "bundle of "+string(org))
	return err
}

// world is an installation on one engine with one organisation, contoso.
type world struct {
	*staff.Service
	t        testing.TB
	homes    *home.Homes
	account  *account.Store
	org      id.Org
	sessions *sessions
	policies policies
	bundler  *bundler

	mu   sync.Mutex
	at   time.Time
	said []string
	hear bool
}

func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t testing.TB, engine string) *world {
	t.Helper()
	w := &world{t: t, at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), sessions: &sessions{}, policies: policies{}, bundler: &bundler{}}
	root, err := secret.NewKey(id.Platform, []byte(strings.Repeat("r", secret.Size)))
	w.check(err)
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{root}, Now: w.now, Random: rand.Reader, Observe: w.observe}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(o *sqldb.ServerOptions) { o.Observe = w.observe })
	}
	w.homes, err = home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(w.homes.Close()) })
	st := store.New(w.homes)
	w.account = account.New(w.homes)
	w.Service = &staff.Service{Store: st, Postures: st, Policies: w.policies, Sessions: w.sessions, Bundles: w.bundler, Now: w.now, Random: rand.Reader}
	w.org = w.organisation("contoso", keys{root})
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(time.Millisecond)
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
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

func (w *world) id(prefix string) string {
	w.t.Helper()
	text, err := id.Mint(prefix, rand.Reader, w.now())
	w.check(err)
	return text
}

func (w *world) scope(org id.Org, act access.Action) access.Scope {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), act, access.Resource{})
	w.check(err)
	return s
}

// organisation makes one as the service for accounts does.
func (w *world) organisation(slug string, k keys) id.Org {
	w.t.Helper()
	org := id.Org(w.id(id.PrefixOrg))
	_, wrapped, root, err := k.New(w.t.Context(), org)
	w.check(err)
	s := w.scope(id.Platform, access.OrganisationCreate)
	e := accounts.Entry{ID: org, Slug: slug, State: tenant.Active, Wrapped: wrapped, Root: root, Created: w.now().UnixMicro()}
	_, err = w.account.Operate(w.t.Context(), &accounts.PlatformChange{Envelope: change.New(s, w.now(), ledger.Draft{Kind: "organisation.created"}), Entry: &e})
	w.check(err)
	w.check(w.homes.Create(w.t.Context(), s, org))
	return org
}

// known makes a person known to the instance.
func (w *world) known(email string) string {
	w.t.Helper()
	p := accounts.Person{ID: w.id(id.PrefixPerson), Email: email}
	_, err := w.account.Operate(w.t.Context(), &accounts.PlatformChange{Envelope: change.New(w.scope(id.Platform, access.MemberAnnounce), w.now(), ledger.Draft{Kind: "person.created"}), Person: &p})
	w.check(err)
	return p.ID
}

// colleague is somebody of the platform, signed in, in roles as the session would have them.
func colleague(person string, roles ...access.Role) access.Actor {
	return access.Actor{
		ID: id.Actor("person:" + person), Kind: access.Staff, Org: id.Platform, Roles: roles, Surface: access.Portal, Purpose: "interactive", Session: "ss_x", Fresh: true, Request: "rq_test",
	}
}

// member is somebody of contoso, signed in.
func (w *world) member(person string, roles ...access.Role) access.Actor {
	a := colleague(person, roles...)
	a.Kind, a.Org = access.Person, w.org
	return a
}

// founder is the first administrator.
func (w *world) founder() access.Actor {
	w.t.Helper()
	person := w.known("founder@platform.example")
	w.check(w.Found(w.t.Context(), person, "First Administrator", "founder@platform.example", "rq_setup"))
	return w.as(person)
}

// as is the actor that a session of the person would be now.
func (w *world) as(person string) access.Actor {
	w.t.Helper()
	roles, err := w.RolesOf(w.t.Context(), person)
	w.check(err)
	return colleague(person, roles...)
}

// joins adds somebody who signs at once.
func (w *world) joins(by access.Actor, name string, roles ...access.Role) access.Actor {
	w.t.Helper()
	made, err := w.AddPersonnel(w.t.Context(), by, staff.NewPersonnel{Name: "Colleague " + name, Email: name + "@platform.example", Roles: roles})
	w.check(err)
	w.signs(made.Record.Person)
	return w.as(made.Record.Person)
}

func (w *world) signs(person string) {
	w.t.Helper()
	d := undertaking.Current()
	_, err := w.Sign(w.t.Context(), colleague(person), d.Version, d.Digest)
	w.check(err)
}

// entry is an entry as the tests look at it.
type entry struct {
	kind   string
	values map[string]string
}

func (w *world) ledger(org id.Org) (all []entry) {
	w.t.Helper()
	h, err := w.homes.For(w.t.Context(), w.scope(org, access.LedgerRead))
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

// last is the end of a log; it must be of that kind.
func (w *world) last(org id.Org, kind string) map[string]string {
	w.t.Helper()
	all := w.ledger(org)
	if len(all) == 0 || all[len(all)-1].kind != kind {
		w.t.Fatalf("the last entry is not %s: %v", kind, all[max(0, len(all)-2):])
	}
	return all[len(all)-1].values
}

func ptr[T any](v T) *T { return &v }

var errAway = errors.New("away")

func strength(aaguid string) identity.Strength {
	return identity.Strength{Phishing: true, Hardware: true, AAGUID: aaguid, Passkey: "pk_x", Proof: fmt.Sprintf("%064x", 7)}
}

func keysOf(w *world) keys {
	w.t.Helper()
	root, err := secret.NewKey(id.Platform, []byte(strings.Repeat("r", secret.Size)))
	w.check(err)
	return keys{root}
}
