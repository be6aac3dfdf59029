package app

import (
	"context"
	"crypto/rand"
	"net/url"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/app/observe"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/route"
	"c4arch/internal/inbound/scim"
	"c4arch/internal/outbound/oidc"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/provision"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	store "c4arch/internal/store/federate"
)

// federation builds signing in by providers, and what a provisioner keeps. Sessions and the platform's people are built beside it, and asked when they are needed.
func (in *instance) federation() {
	speaks := oidc.New(in.exit.Client(egress.SignIn), in.exit.Client(egress.OwnSignIn), in.ownIssuer, in.now)
	in.federate = &federate.Service{
		Store: store.New(in.homes), Platform: store.NewPlatform(in.homes), Protocol: protocol{speaks}, Resolver: names{in.exit}, Sessions: sessions{in}, People: announcer{in}, Staff: colleagues{in},
		Callback: func() string { return in.pageOrigin() + "/oidc/return/" }, Own: in.staffProvider,
		Ended: func(ctx context.Context, org id.Org, provider string) error {
			return in.signIn.EndBy(ctx, org, provider, "its provider vouches for nobody any more")
		},
		Plain: slices.ContainsFunc(in.cfg.SignIn.Private, func(u *url.URL) bool { return u.Scheme == "http" }), Now: in.now, Random: rand.Reader,
	}
	in.provision = &provision.Service{Store: store.NewUsers(in.homes), People: announcer{in}, Sessions: sessions{in}, Role: federate.RoleOf, Now: in.now, Random: rand.Reader}
}

// ownIssuer reports whether the operator named the provider: then it may be on a private network.
func (in *instance) ownIssuer(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && slices.ContainsFunc(ownProviders(&in.cfg.Config), func(o *url.URL) bool { return o.Scheme == u.Scheme && o.Host == u.Host })
}

// staffSecret reads the secret of this service at the platform's own provider, while secrets of the configuration can be read.
func (in *instance) staffSecret(ctx context.Context) (err error) {
	if !in.cfg.Staff.Secret.Empty() {
		in.staffKey, err = in.cfg.Staff.Secret.Open(ctx, in.secrets)
	}
	return err
}

func (in *instance) staffProvider(context.Context) (*federate.Own, error) {
	c := in.cfg.Staff
	if c.Issuer == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	return &federate.Own{Issuer: c.Issuer, Client: c.Client, Secret: in.staffKey, ACR: c.ACR}, nil
}

// protocol is OpenID Connect as package federate sees it.
type protocol struct{ *oidc.Client }

func partyOf(p federate.Party) oidc.Party {
	return oidc.Party{Org: p.Org, Issuer: p.Issuer, Client: p.Client, Secret: p.Secret, Scopes: p.Scopes, Redirect: p.Redirect, Groups: p.Groups}
}

func (p protocol) Begin(ctx context.Context, party federate.Party, a federate.Ask) (string, error) {
	return p.Client.Begin(ctx, partyOf(party), oidc.Ask(a))
}

func (p protocol) Finish(ctx context.Context, party federate.Party, a federate.Ask, code, issuer string) (federate.Assertion, error) {
	said, err := p.Client.Finish(ctx, partyOf(party), oidc.Answer{Code: code, Issuer: issuer, Ask: oidc.Ask(a)})
	return federate.Assertion(said), err
}

// names is the name service.
type names struct{ exit *egress.Exit }

func (n names) TXT(ctx context.Context, org id.Org, name string) ([]string, error) {
	return n.exit.TXT(egress.For(ctx, org, egress.SignIn), name)
}

// sessions are those of package signin.
type sessions struct{ in *instance }

func (s sessions) Start(ctx context.Context, x federate.Start) (federate.Signed, error) {
	made, err := s.in.signIn.Start(ctx, started(x))
	return federate.Signed{Session: made.Session, Cookie: made.Cookie}, err
}

func (s sessions) Hold(ctx context.Context, x federate.Start) (secret.Value, error) {
	return s.in.signIn.Hold(ctx, started(x))
}

func started(x federate.Start) signin.Start {
	return signin.Start{Person: x.Person, Realm: x.Realm, Org: x.Org, Method: x.Method, Strength: x.Strength, Device: x.Device, Request: x.Request}
}

func (s sessions) Session(ctx context.Context, a access.Actor) (identity.Session, error) {
	all, err := s.in.signIn.Sessions(ctx, a)
	if err != nil {
		return identity.Session{}, err
	}
	for _, one := range all {
		if one.ID == a.Session {
			return one.Session, nil
		}
	}
	return identity.Session{}, fault.New(fault.NotFound, "there is no such session")
}

func (s sessions) End(ctx context.Context, cause access.Actor, person, reason string) error {
	return s.in.signIn.EndIn(ctx, cause.Org, person, reason)
}

// announcer makes people known to the instance.
type announcer struct{ in *instance }

func (p announcer) Belong(ctx context.Context, cause access.Actor, email string) (string, error) {
	return p.in.accounts.Belong(ctx, cause, email)
}

// colleagues are the platform's own people.
type colleagues struct{ in *instance }

func (c colleagues) ByEmail(ctx context.Context, email string) (string, error) {
	return c.in.staff.ByEmail(ctx, email)
}

func (c colleagues) Key(strength identity.Strength) bool { return c.in.staff.Key(strength) }

func (c colleagues) Arrive(ctx context.Context, person string, strength identity.Strength, request string) error {
	return c.in.staff.Arrive(ctx, staff.Arrival{Person: person, Strength: strength, Request: request})
}

// provisioner answers SCIM. limit is the one that the API has: a program that provisions has no more of its own, and who guesses tokens here no more than there.
func (in *instance) provisioner(limit limiter) *scim.Handler {
	return scim.New(scim.Services{
		Users: in.provision, Origin: in.pageOrigin, Route: observe.Route,
		Allow: func(ctx context.Context, a access.Actor) bool {
			_, err := limit(ctx, a, serve.ClientAddr(ctx), 2)
			return err == nil
		},
		Access: func(ctx context.Context, a access.Actor, r route.Route, status int) {
			in.accessed(ctx, api.Accessed{Actor: a, Method: r.Method, Route: r.Path, Action: r.Action, Status: status})
		},
		Authenticate: func(ctx context.Context, token string) (access.Actor, error) {
			return in.accounts.Authenticate(ctx, accounts.Attempt{Token: token, Addr: serve.ClientAddr(ctx), Surface: access.API, Request: observe.RequestID(ctx)})
		},
		Actor:  func(ctx context.Context, a access.Actor) { observe.Identify(ctx, a.Org, a.ID) },
		Failed: in.failed("a request failed"),
	})
}
