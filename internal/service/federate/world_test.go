package federate_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/federate"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/federate"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/test/pg"
)

// keys wraps keys of organisations under one root key that lies in memory.
type keys struct{}

func (keys) root() *secret.Key {
	r, err := secret.NewKey(id.Platform, []byte(strings.Repeat("root", secret.Size))[:secret.Size])
	if err != nil {
		panic(err)
	}
	return r
}

func (k keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, "", err
	}
	key, err := secret.NewKey(org, append([]byte{}, raw...))
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

// clock goes on by a second each time it is asked.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { return c.add(time.Second) }

func (c *clock) add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return c.at
}

// world is an installation on one engine with two organisations. Of what is around federate, the protocol, the name service and sessions are played; the rest is real.
type world struct {
	*federate.Service
	t        *testing.T
	homes    *home.Homes
	accounts *accounts.Service
	clock    *clock
	contoso  id.Org
	fabrikam id.Org
	owner    access.Actor // of contoso
	other    access.Actor // of fabrikam

	says    federate.Assertion // what the provider will say
	refused error
	asked   []federate.Ask
	parties []federate.Party
	texts   map[string][]string
	begun   []federate.Start
	held    []federate.Start
	arrived []string // as staff

	wantsKey bool
	session  identity.Session
	admit    error
}

func engines(t *testing.T, run func(*testing.T, *world)) {
	t.Helper()
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, texts: map[string][]string{}}
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{}, Now: w.clock.now, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	hs, err := home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(hs.Close()) })
	st := account.New(hs)
	w.homes = hs
	w.accounts = &accounts.Service{
		Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: hs, Keys: keys{}, Subjects: trust.New(hs), Now: w.clock.now, Random: rand.Reader, Sessions: nobody{},
		Failed: func(_ context.Context, err error) { t.Error(err) },
	}
	w.Service = &federate.Service{
		Store: store.New(hs), Platform: store.NewPlatform(hs), Protocol: played{w}, Resolver: played{w}, Sessions: played{w}, People: w.accounts, Staff: played{w},
		Callback: func() string { return "https://c4arch.example/oidc/return/" }, Now: w.clock.now, Random: rand.Reader,
	}
	w.contoso, w.owner = w.organisation("contoso")
	w.fabrikam, w.other = w.organisation("fabrikam")
	return w
}

type nobody struct{}

func (nobody) EndIn(context.Context, id.Org, string, string) error { return nil }

func (w *world) organisation(slug string) (id.Org, access.Actor) {
	w.t.Helper()
	console := access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test", Request: "rq_test"}
	made, err := w.accounts.CreateOrganisation(w.t.Context(), console, accounts.NewOrganisation{Slug: slug, Name: "The " + slug, OwnerName: "First Owner", OwnerEmail: "owner@" + slug + ".example"})
	w.check(err)
	return made.Organisation.ID, access.Actor{
		ID: id.Actor("person:" + made.Owner.Person), Kind: access.Person, Org: made.Organisation.ID, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "test",
		Session: "ss_1", Fresh: true, Request: "rq_test",
	}
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// denied sees that err is of that kind, and says what it says.
func (w *world) denied(err error, k fault.Kind, says string) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != k || !strings.Contains(err.Error(), says) {
		w.t.Errorf("%v, which is %s, and not %s with %q", err, fault.KindOf(err), k, says)
	}
}

// played are the ports that are played.
type played struct{ *world }

func (w played) Discover(_ context.Context, _ id.Org, issuer string) error {
	if strings.Contains(issuer, "nowhere") {
		return fault.New(fault.Unavailable, "the provider does not answer")
	}
	return nil
}

func (w played) Begin(_ context.Context, p federate.Party, a federate.Ask) (string, error) {
	w.asked, w.parties = append(w.asked, a), append(w.parties, p)
	return p.Issuer + "/auth?state=" + a.State, nil
}

func (w played) Finish(_ context.Context, p federate.Party, a federate.Ask, code, _ string) (federate.Assertion, error) {
	w.parties = append(w.parties, p)
	if code != "good" || a.Verifier == "" {
		return federate.Assertion{}, errors.Join(w.refused, fault.New(fault.Denied, "no code"))
	}
	out := w.says
	out.Issuer = p.Issuer
	return out, w.refused
}

func (w played) TXT(_ context.Context, _ id.Org, name string) ([]string, error) {
	if t, ok := w.texts[name]; ok {
		return t, nil
	}
	return nil, fault.New(fault.NotFound, "there is no such name")
}

func (w played) Start(_ context.Context, x federate.Start) (federate.Signed, error) {
	w.begun = append(w.begun, x)
	return federate.Signed{Session: identity.Session{ID: fmt.Sprint("ss_", len(w.begun)), Person: x.Person, Org: x.Org, Method: x.Method, Strength: x.Strength}, Cookie: secret.New([]byte("c"))}, nil
}

func (w played) Session(context.Context, access.Actor) (identity.Session, error) {
	return w.session, nil
}

func (w played) ByEmail(_ context.Context, email string) (string, error) {
	if email == "security@operator.example" {
		return w.owner.ID.Person(), nil // anybody whom the platform knows
	}
	return "", fault.New(fault.NotFound, "there is no such record")
}

func (w played) Key(identity.Strength) bool { return w.wantsKey }

func (w played) Hold(_ context.Context, x federate.Start) (secret.Value, error) {
	w.held = append(w.held, x)
	return secret.New([]byte("held")), nil
}

func (w played) Arrive(_ context.Context, person string, _ identity.Strength, _ string) error {
	w.arrived = append(w.arrived, person)
	return w.admit
}

// provider adds one with a proven domain.
func (w *world) provider(a access.Actor, domain string, join access.Role) identity.Provider {
	w.t.Helper()
	p, err := w.AddProvider(w.t.Context(), a, federate.NewProvider{Name: "Directory", Issuer: "https://login." + domain, Client: "c4arch", Secret: secret.New([]byte("of " + domain)), Groups: "groups", Join: join})
	w.check(err)
	w.domain(a, domain)
	return p
}

func (w *world) domain(a access.Actor, name string) identity.Domain {
	w.t.Helper()
	d, err := w.AddDomain(w.t.Context(), a, federate.NewDomain{Name: name})
	w.check(err)
	w.texts["_c4arch."+name] = []string{"v=spf1 -all", d.Proof}
	d, err = w.VerifyDomain(w.t.Context(), a, d.ID)
	w.check(err)
	return d
}

// through signs somebody in by a provider.
func (w *world) through(org id.Org, provider string, says federate.Assertion) (federate.Signed, error) {
	w.t.Helper()
	way, err := w.BeginSignIn(w.t.Context(), org, provider, "", "rq_test")
	w.check(err)
	w.says = says
	return w.FinishSignIn(w.t.Context(), federate.Back{Handle: string(way.Handle.Expose()), Provider: provider, State: w.asked[len(w.asked)-1].State, Code: "good", Device: "Firefox on Linux", Request: "rq_test"})
}

// kinds are those of the log of a home, in their order.
func (w *world) kinds(org id.Org) (all []string) {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), access.LedgerRead, access.Resource{})
	w.check(err)
	h, err := w.homes.For(w.t.Context(), s)
	w.check(err)
	defer h.Release()
	w.check(h.Read(w.t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(w.t.Context(), `SELECT kind FROM ledger_entry ORDER BY idx`, func(scan func(...any) error) error {
			var k string
			err := scan(&k)
			all = append(all, k)
			return err
		})
	}))
	return all
}

func (nobody) Forget(context.Context, string) error { return nil }
