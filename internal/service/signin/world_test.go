package signin_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/signin/webauthn"
	"c4arch/internal/store/account"
	"c4arch/internal/store/home"
	store "c4arch/internal/store/signin"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
	"c4arch/test/softkey"
)

const (
	origin = "https://c4arch.contoso.example"
	domain = "c4arch.contoso.example"
)

var model = [16]byte{0xee, 0x88, 0x28, 0x79, 0x72, 0x1c, 0x49, 0x13, 0x97, 0x75, 0x3d, 0xfc, 0xce, 0x97, 0x07, 0x2a}

var from = signin.Cause{Addr: netip.MustParseAddr("192.0.2.7"), Request: "rq_test"}

// keys wraps keys of organisations under one root key in memory.
type keys struct{ root *secret.Key }

func (k keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, "", err
	}
	wrapped := k.root.Seal(secret.ForRecords, string(org), raw)
	key, err := secret.NewKey(org, raw)
	return key, wrapped, "root1", err
}

func (k keys) Open(_ context.Context, org id.Org, wrapped []byte, _ string) (*secret.Key, error) {
	raw, err := k.root.Open(secret.ForRecords, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

func (k keys) Rewrap(_ context.Context, _ id.Org, wrapped []byte, root string) ([]byte, string, bool, error) {
	return wrapped, root, false, nil
}

// personnel are the platform's own people, as the test says.
type personnel struct {
	roles  map[string][]access.Role
	grants map[string]identity.Grant
	admits error
	broken error
	found  int

	provider string // that is demanded, or ""
	arrived  []arrival
}

type arrival struct {
	person   string
	strength identity.Strength
}

var errNobody = fault.New(fault.NotFound, "there is no such person")

func (p *personnel) RolesOf(_ context.Context, person string) ([]access.Role, error) {
	roles, ok := p.roles[person]
	if !ok {
		return nil, errNobody
	}
	return roles, nil
}
func (p *personnel) Enough(identity.Strength) error { return p.admits }
func (p *personnel) Arrive(_ context.Context, person string, x identity.Strength, _ string) error {
	p.arrived = append(p.arrived, arrival{person, x})
	if p.admits == nil && p.provider != "" && x.Issuer != p.provider {
		return fault.New(fault.Denied, "by its provider")
	}
	return p.admits
}

func (p *personnel) GrantOf(_ context.Context, _ id.Org, grant string) (identity.Grant, error) {
	g, ok := p.grants[grant]
	if !ok {
		return g, fault.New(fault.NotFound, "there is no such grant")
	}
	return g, nil
}

func (p *personnel) Found(_ context.Context, person, _, _, _ string) error {
	if p.broken != nil {
		return p.broken
	}
	p.found++
	p.roles[person] = []access.Role{access.Administrator}
	return nil
}

// policies are what organisations demand, as the test says.
type policies struct {
	of   map[id.Org]identity.Policy
	past int
}

func (p *policies) PolicyOf(_ context.Context, org id.Org) (identity.Policy, error) {
	return p.of[org], nil
}

func (p *policies) FellBack(context.Context, id.Org, string, identity.Strength, string) error {
	p.past++
	return nil
}

// demanding are the homes of organisations that demand what the test says.
type demanding struct {
	*store.Store
	*policies
}

func (d demanding) Membership(ctx context.Context, s access.Scope, person string) (signin.Membership, error) {
	m, err := d.Store.Membership(ctx, s, person)
	if p, ok := d.of[s.Org()]; ok {
		m.Policy = p
	}
	return m, err
}

// books is the port to accounts, over the real ones.
type books struct{ *accounts.Service }

func (b books) Add(ctx context.Context, a access.Actor, name, email string, role access.Role, key *change.Idempotency) (string, error) {
	m, err := b.AddMember(ctx, a, accounts.NewMember{Name: name, Email: email, Role: role, Key: key})
	return m.Person, err
}

func (b books) Token(ctx context.Context, org id.Org, person, name, request string) (signin.Issued, error) {
	t, err := b.IssueInteractive(ctx, accounts.Interactive{Org: org, Person: person, Name: name, Surface: access.CLI, Request: request})
	return signin.Issued{Token: t.Token, Text: t.Text}, err
}

func (b books) Prepare(ctx context.Context, org id.Org, person, name, request string) (signin.Issued, ledger.Draft, error) {
	t, told, err := b.PrepareInteractive(ctx, accounts.Interactive{Org: org, Person: person, Name: name, Surface: access.CLI, Request: request})
	return signin.Issued{Token: t.Token, Text: t.Text}, told, err
}

func (b books) Found(ctx context.Context, f signin.Founder, key, _ string) (id.Org, error) {
	m, err := b.CreateOrganisation(ctx, operator, accounts.NewOrganisation{
		Slug: f.Slug, Name: f.Organisation, OwnerName: f.Name, OwnerEmail: f.Email, Key: &change.Idempotency{Key: key, Digest: canon.Sum([]byte(f.Slug))},
	})
	return m.Organisation.ID, err
}

var operator = access.Actor{ID: "token:tk_operator", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test", For: access.Operation}

// limits lets everything through until it is told not to.
type limits struct {
	mu    sync.Mutex
	asked []string
	left  map[string]int
}

func (l *limits) Attempt(_ context.Context, what string, _ netip.Addr) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, what)
	if n, ok := l.left[what]; ok {
		if n == 0 {
			return fault.New(fault.Limited, "too many attempts")
		}
		l.left[what] = n - 1
	}
	return nil
}

type world struct {
	*signin.Service
	t         testing.TB
	at        time.Time
	accounts  *accounts.Service
	homes     *home.Homes
	store     *store.Store
	log       *trust.Store
	personnel *personnel
	policies  *policies
	limits    *limits
	maker     *softkey.Maker
}

// engines runs a test on both engines.
func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t testing.TB, engine string) *world {
	t.Helper()
	w := &world{
		t: t, at: time.Now().UTC().Truncate(time.Second), personnel: &personnel{roles: map[string][]access.Role{}, grants: map[string]identity.Grant{}},
		policies: &policies{of: map[id.Org]identity.Policy{}}, limits: &limits{left: map[string]int{}},
	}
	root, err := secret.NewKey(id.Platform, []byte(strings.Repeat("root", 8)))
	w.check(err)
	k := keys{root}
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: k, Now: w.now, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	w.homes, err = home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(w.homes.Close()) })
	st := account.New(w.homes)
	w.store, w.log = store.New(w.homes), trust.New(w.homes)
	w.accounts = &accounts.Service{Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: w.homes, Keys: k, Subjects: w.log, Now: w.now, Random: rand.Reader}
	w.maker, err = softkey.NewMaker("Fabrikam Root")
	w.check(err)
	roots := x509.NewCertPool()
	roots.AddCert(w.maker.Root)
	protocol, err := webauthn.New(webauthn.Config{RPID: domain, Name: "c4arch", Origins: []string{origin}, Roots: roots, AAGUIDs: []string{"ee882879-721c-4913-9775-3dfcce97072a"}})
	w.check(err)
	w.Service = &signin.Service{
		People: w.store, Ceremonies: w.store, Homes: demanding{w.store, w.policies}, Policies: w.policies, Personnel: w.personnel, Accounts: books{w.accounts}, Limits: w.limits,
		WebAuthn: protocol, Now: w.now, Random: rand.Reader,
	}
	return w
}

func (w *world) now() time.Time         { return w.at }
func (w *world) pass(d time.Duration)   { w.at = w.at.Add(d) }
func (w *world) ctx() context.Context   { return w.t.Context() }
func (w *world) hardware() *softkey.Key { return softkey.Hardware(origin, domain, w.maker, model) }

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused sees that err is of that kind, and says what it says.
func (w *world) refused(err error, k fault.Kind, says string) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != k || !strings.Contains(err.Error(), says) {
		w.t.Errorf("%v, which is %s, and not %s with %q", err, fault.KindOf(err), k, says)
	}
}

// is sees that err is that one.
func (w *world) is(err, want error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Errorf("%v and not %v", err, want)
	}
}

// setUp sets the instance up, with the first organisation.
func (w *world) setUp(k *softkey.Key) signin.Signed {
	w.t.Helper()
	code, err := w.accounts.Begin(w.ctx())
	w.check(err)
	c, err := w.BeginSetup(w.ctx(), string(code.Expose()), founder, from)
	w.check(err)
	response, err := k.Create(c.Options)
	w.check(err)
	signed, err := w.FinishSetup(w.ctx(), signin.Finish{Handle: string(c.Handle.Expose()), Response: response, Name: "first", Device: "Firefox on Linux", Request: "rq_setup"})
	w.check(err)
	return signed
}

var founder = signin.Founder{Name: "First Owner", Email: "owner@contoso.example", Organisation: "Contoso", Slug: "contoso"}

// organisation makes another one, whose owner has an invitation in vain and a passkey by it.
func (w *world) organisation(slug, email string) id.Org {
	w.t.Helper()
	m, err := w.accounts.CreateOrganisation(w.ctx(), operator, accounts.NewOrganisation{Slug: slug, Name: "The " + slug, OwnerName: "Owner", OwnerEmail: email})
	w.check(err)
	return m.Organisation.ID
}

// owner is an owner of an organisation without a session of ours, freshly proven: what a page would be asked by.
func owner(org id.Org) access.Actor {
	return access.Actor{ID: "person:pn_00000000000000000000000000", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Session: "ss_x", Fresh: true, Surface: access.Portal, Purpose: "interactive"}
}

// who is the actor of a cookie.
func (w *world) who(s signin.Signed) access.Actor {
	w.t.Helper()
	a, _, err := w.attempt(s)
	w.check(err)
	return a
}

func (w *world) attempt(s signin.Signed) (access.Actor, identity.Session, error) {
	return w.Authenticate(w.ctx(), signin.Attempt{Cookie: string(s.Cookie.Expose()), Realm: s.Session.Realm, Addr: from.Addr, Surface: access.Portal, Request: "rq_test"})
}

// signIn signs in with a passkey.
func (w *world) signIn(k *softkey.Key, realm identity.Realm) (signin.Signed, error) {
	w.t.Helper()
	c, err := w.BeginSignIn(w.ctx(), realm, from)
	w.check(err)
	response, err := k.Get(c.Options)
	w.check(err)
	return w.FinishSignIn(w.ctx(), signin.Finish{Handle: string(c.Handle.Expose()), Response: response, Device: "Firefox on Linux", Request: "rq_test"}, realm)
}

// join uses a link with a new passkey.
func (w *world) join(code secret.Value, k *softkey.Key) (signin.Registered, error) {
	w.t.Helper()
	c, err := w.BeginRegistration(w.ctx(), signin.Registration{Code: string(code.Expose()), Cause: from})
	if err != nil {
		return signin.Registered{}, err
	}
	response, err := k.Create(c.Options)
	w.check(err)
	return w.FinishRegistration(w.ctx(), signin.Finish{Handle: string(c.Handle.Expose()), Response: response, Device: "Safari on macOS", Request: "rq_join"})
}

// member is somebody who was invited and came.
func (w *world) member(by access.Actor, name string, role access.Role) (*softkey.Key, signin.Signed) {
	w.t.Helper()
	v, err := w.Invite(w.ctx(), by, signin.Invite{Name: name, Email: name + "@contoso.example", Role: role})
	w.check(err)
	k := softkey.New(origin, domain)
	r, err := w.join(v.Text, k)
	w.check(err)
	return k, r.Signed
}

// kinds are those of the entries of a home, in order.
func (w *world) kinds(org id.Org) []string {
	w.t.Helper()
	scope, err := access.Decide(access.System(org, "test", access.Actor{}), access.LedgerRead, access.Resource{})
	w.check(err)
	rows, err := w.log.Rows(w.ctx(), scope, auditing.Query{Limit: 256})
	w.check(err)
	var kinds []string
	for _, r := range rows {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func (w *world) wrote(org id.Org, kinds ...string) {
	w.t.Helper()
	all := w.kinds(org)
	for _, k := range kinds {
		if !slices.Contains(all, k) {
			w.t.Errorf("the ledger of %s has no %s: %v", org, k, all)
		}
	}
}
