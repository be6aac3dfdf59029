package app

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/app/observe"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/api"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/signin/webauthn"
	"c4arch/internal/service/staff"
	signinstore "c4arch/internal/store/signin"
)

// signing builds signing in. Providers and the platform's people are built beside it, and asked when they are needed.
func (in *instance) signing() {
	st := signinstore.New(in.homes)
	in.signIn = &signin.Service{
		People: st, Ceremonies: st, Homes: st, Policies: signingPolicies{in}, Personnel: signingStaff{in}, Accounts: members{in}, Limits: newAttempts(in.now),
		WebAuthn: &passkeys{in: in}, Hardware: in.cfg.Staff.NeedsHardware() && len(in.cfg.Staff.AAGUIDs) > 0, Now: in.now, Random: rand.Reader,
	}
}

// setUpCode is a code to set the instance up with, or empty where that was done: somebody is an administrator, or there is a token of the operator.
func (in *instance) setUpCode(ctx context.Context) (secret.Value, error) {
	x, err := in.staff.StaffState(ctx)
	if err != nil || x.People > 0 {
		return secret.Value{}, err
	}
	return in.accounts.Begin(ctx)
}

// realmHeader chooses the realm, for a browser with a session in both.
const realmHeader = "C4arch-Realm"

// session is whoever a browser at the API is: a member, or one of the platform's people where there is no session of a member or the request asks for that realm. A session of
// one realm is never one of the other.
func (in *instance) session(r *http.Request) (access.Actor, error) {
	realm, name := identity.Members, api.MemberCookie
	if len(r.CookiesNamed(name)) == 0 || r.Header.Get(realmHeader) == string(identity.Staff) {
		realm, name = identity.Staff, api.StaffCookie
	}
	given := r.CookiesNamed(name)
	if len(given) != 1 {
		return access.Actor{}, signin.ErrUnauthenticated
	}
	ctx := r.Context()
	a, _, err := in.signIn.Authenticate(ctx, signin.Attempt{Cookie: given[0].Value, Realm: realm, Addr: serve.ClientAddr(ctx), Surface: access.API, Request: observe.RequestID(ctx)})
	return a, err
}

// signingPolicies are what organisations demand.
type signingPolicies struct{ in *instance }

func (p signingPolicies) PolicyOf(ctx context.Context, org id.Org) (identity.Policy, error) {
	return p.in.federate.PolicyOf(ctx, org)
}

func (p signingPolicies) FellBack(ctx context.Context, org id.Org, person string, strength identity.Strength, request string) error {
	return p.in.federate.FellBack(ctx, org, person, strength, request)
}

// signingStaff are the platform's own people.
type signingStaff struct{ in *instance }

func (s signingStaff) RolesOf(ctx context.Context, person string) ([]access.Role, error) {
	return s.in.staff.RolesOf(ctx, person)
}

func (s signingStaff) Enough(strength identity.Strength) error { return s.in.staff.Enough(strength) }

func (s signingStaff) Arrive(ctx context.Context, person string, strength identity.Strength, request string) error {
	return s.in.staff.Arrive(ctx, staff.Arrival{Person: person, Strength: strength, Request: request})
}

func (s signingStaff) GrantOf(ctx context.Context, org id.Org, grant string) (identity.Grant, error) {
	return s.in.staff.GrantOf(ctx, org, grant)
}

func (s signingStaff) Found(ctx context.Context, person, name, email, request string) error {
	return s.in.staff.Found(ctx, person, name, email, request)
}

// listens notes where the service is reached when no setting says so: a port may have been chosen by the system.
func (in *instance) listens(at serve.Addresses) { in.bound.Store(&at.Public) }

// saidOrigin is where people reach the service by its settings; "" where none says so, and it is by the address that they asked, which was checked.
func (in *instance) saidOrigin() string {
	if in.cfg.Server.External == nil && len(in.cfg.ACME.Domains) == 0 {
		return ""
	}
	return in.cfg.Origin()
}

// pageOrigin is the origin of the pages, as browsers write it. WebAuthn knows no addresses, so that on a machine of one's own it is by its name.
func (in *instance) pageOrigin() string {
	text := in.cfg.Origin()
	if at := in.bound.Load(); at != nil && in.cfg.Server.External == nil && len(in.cfg.ACME.Domains) == 0 {
		scheme := "http"
		if in.cfg.Encrypted() {
			scheme = "https"
		}
		text = scheme + "://" + *at
	}
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && a.IsLoopback() {
		u.Host = net.JoinHostPort("localhost", u.Port())
	}
	return u.String()
}

// passkeys is the protocol of WebAuthn for the origin of the pages, which is known when the service listens.
type passkeys struct {
	in   *instance
	once sync.Once
	is   *webauthn.Protocol
	err  error
}

var _ signin.WebAuthn = (*passkeys)(nil)

func (p *passkeys) protocol() (*webauthn.Protocol, error) {
	p.once.Do(func() { p.is, p.err = p.in.webAuthn(p.in.pageOrigin()) })
	return p.is, p.err
}

func (in *instance) webAuthn(origin string) (*webauthn.Protocol, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the origin of the pages is none")
	}
	makers, err := in.cfg.Staff.VendorRoots()
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "the authorities of makers of authenticators cannot be read")
	}
	roots := x509.NewCertPool()
	for _, c := range makers {
		roots.AddCert(c)
	}
	return webauthn.New(webauthn.Config{RPID: u.Hostname(), Name: "c4arch", Origins: []string{origin}, Roots: roots, AAGUIDs: in.cfg.Staff.AAGUIDs})
}

func (p *passkeys) Create(u signin.User, exclude [][]byte, strict bool) (json.RawMessage, []byte, error) {
	w, err := p.protocol()
	if err != nil {
		return nil, nil, err
	}
	return w.Create(u, exclude, strict)
}

func (p *passkeys) Created(state, response []byte, strict bool, now time.Time) (identity.Passkey, error) {
	w, err := p.protocol()
	if err != nil {
		return identity.Passkey{}, err
	}
	return w.Created(state, response, strict, now)
}

func (p *passkeys) Get(allowed [][]byte) (json.RawMessage, []byte, error) {
	w, err := p.protocol()
	if err != nil {
		return nil, nil, err
	}
	return w.Get(allowed)
}

func (p *passkeys) Handles(response []byte) (credential, user []byte, err error) {
	w, err := p.protocol()
	if err != nil {
		return nil, nil, err
	}
	return w.Handles(response)
}

func (p *passkeys) Got(state, response []byte, k identity.Passkey) (signin.Asserted, error) {
	w, err := p.protocol()
	if err != nil {
		return signin.Asserted{}, err
	}
	return w.Got(state, response, k)
}

func (p *passkeys) Hardware(k identity.Passkey) bool {
	w, err := p.protocol()
	return err == nil && w.Hardware(k)
}

// The paces of attempts at what could be guessed: of one network, and of all together at user codes, which alone are short (RFC 8628, 5.1).
var (
	attemptPace  = pace{"network", 0.5, 60}
	userCodePace = pace{"service", 1, 120}
)

// attempts counts attempts. It is safe for concurrent use.
type attempts struct {
	now           func() time.Time
	networks, all *buckets
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, networks: newBuckets(attemptPace, maxBuckets), all: newBuckets(userCodePace, 1)}
}

// Attempt is limited where there were too many. Whoever has no address is the service itself.
func (a *attempts) Attempt(_ context.Context, what string, addr netip.Addr) error {
	ok := true
	if addr.IsValid() {
		_, ok = a.networks.take(what+"/"+network(addr), 1, a.now())
	}
	if ok && what == "user code" {
		_, ok = a.all.take(what, 1, a.now())
	}
	if !ok {
		return fault.New(fault.Limited, "there were too many attempts").WithHelp("wait a few minutes")
	}
	return nil
}
