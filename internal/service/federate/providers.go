package federate

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// NewProvider is a provider to be.
type NewProvider struct {
	Name   string
	Issuer string
	Client string
	Secret secret.Value // empty: a public client, which PKCE protects alone
	Scopes []string
	Groups string
	Join   access.Role
	Key    *change.Idempotency
}

// Providers are those of the actor's organisation, in the order of their ids.
func (s *Service) Providers(ctx context.Context, a access.Actor) ([]identity.Provider, error) {
	scope, err := access.Decide(a, access.SSORead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Providers(ctx, scope)
}

// AddProvider makes a provider known, after it has answered as one. An owner does: what a provider says of an owner counts.
func (s *Service) AddProvider(ctx context.Context, a access.Actor, in NewProvider) (identity.Provider, error) {
	scope, err := access.Decide(a, access.SSOChange, access.Resource{})
	if err != nil {
		return identity.Provider{}, err
	}
	if err := vouches(a); err != nil {
		return identity.Provider{}, err
	}
	p := identity.Provider{Name: in.Name, Issuer: in.Issuer, Client: in.Client, Scopes: in.Scopes, Groups: in.Groups, Join: in.Join, Created: s.now()}
	if err := s.checkProvider(a, &p); err != nil {
		return p, err
	}
	if err := s.Protocol.Discover(ctx, a.Org, p.Issuer); err != nil {
		return p, err
	}
	if p.ID, err = s.mint(id.PrefixProvider, p.Created); err != nil {
		return p, err
	}
	c := &Change{Envelope: change.New(scope, p.Created)}
	if err := s.seal(c, &p, 0, in.Secret); err != nil {
		return p, err
	}
	err = again(func() error {
		known, err := s.Store.Providers(ctx, scope)
		if err != nil {
			return err
		}
		if len(known) >= MaxProviders {
			return fault.New(fault.Limited, "there are %d providers, and can be no more", len(known))
		}
		next := *c
		next.Drafts = append(slices.Clone(c.Drafts), entry("provider.added", aboutProvider(p)...))
		next.Providers = []identity.Provider{p}
		answer := p
		answer.Version = 1
		if err := change.Remember(&next.Envelope, in.Key, answer); err != nil {
			return err
		}
		done, err := s.Store.Commit(ctx, &next)
		if err == nil {
			p = answer
			err = change.Replayed(done, &p)
		}
		return err
	})
	return p, err
}

// vouches says why the actor may not decide who says who somebody is: whoever runs a provider can have it say that somebody is an owner, and only owners make owners.
func vouches(a access.Actor) error {
	if a.Covers(access.Owner) {
		return nil
	}
	return fault.New(fault.Denied, "an owner decides which provider says who the members are").WithHelp("ask an owner to do it; every administrator can switch a provider off")
}

// seal puts the client's secret into the change, in the place of the one that the provider has; version is that one's.
func (s *Service) seal(c *Change, p *identity.Provider, version int64, v secret.Value) (err error) {
	if v.Empty() {
		return nil
	}
	if len(v.Expose()) > 1000 {
		return fault.New(fault.Invalid, "the client's secret is longer than 1000 bytes")
	}
	kind := "secret.changed"
	if p.Secret == "" {
		kind = "secret.created"
		if p.Secret, err = s.mint(id.PrefixSecret, c.At); err != nil {
			return err
		}
	}
	c.Secrets = []Secret{{ID: p.Secret, Purpose: "provider", Version: version, Value: v}}
	c.Drafts = append(c.Drafts, entry(kind, ledger.Text("secret", p.Secret), ledger.Text("usedFor", "provider")))
	return nil
}

func aboutProvider(p identity.Provider) []ledger.Field {
	return []ledger.Field{
		ledger.Text("provider", p.ID), ledger.Text("name", p.Name), ledger.Text("issuer", p.Issuer), ledger.Text("client", p.Client),
		ledger.Text("groups", p.Groups), ledger.Text("join", string(p.Join)), ledger.Bool("off", p.Off),
	}
}

func (s *Service) checkProvider(a access.Actor, p *identity.Provider) error {
	if err := tenant.CheckName("the name of the provider", p.Name); err != nil {
		return err
	}
	if err := s.checkIssuer(p.Issuer); err != nil {
		return err
	}
	if p.Scopes == nil {
		p.Scopes = []string{"profile", "email"}
	}
	p.Scopes = slices.DeleteFunc(slices.Compact(p.Scopes), func(t string) bool { return t == "openid" })
	switch {
	case !token(p.Client, 200):
		return fault.New(fault.Invalid, "the client id is missing or is not one")
	case len(p.Scopes) > 20 || slices.ContainsFunc(p.Scopes, func(t string) bool { return !token(t, 100) }):
		return fault.New(fault.Invalid, "the scopes are more than 20, or one of them is none")
	case p.Groups != "" && !token(p.Groups, 100):
		return fault.New(fault.Invalid, "the claim of groups has no name that it can have")
	}
	if p.Join == "" {
		return nil
	}
	return joinable(a, p.Join)
}

// harmless reports whether a change lets nobody in who was not let in before.
func (in ProviderChange) harmless() bool {
	return in.Client == nil && in.Secret == nil && in.Scopes == nil && in.Groups == nil && in.Join == nil && (in.Off == nil || *in.Off)
}

// joinable says why a role cannot be what a program outside gives to people.
func joinable(a access.Actor, role access.Role) error {
	switch {
	case !slices.Contains(Given, role):
		return fault.New(fault.Invalid, "a provider or a group gives no such role").WithHelp("it is one of %v: only owners make owners", Given)
	case !a.Covers(role):
		return fault.New(fault.Denied, "the role %s is above your own", role)
	}
	return nil
}

// token reports whether text is what OAuth 2.0 (RFC 6749 appendix A) takes as an id or a scope: visible ASCII.
func token(text string, most int) bool {
	return text != "" && len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}

func (s *Service) checkIssuer(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > 500 || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return fault.New(fault.Invalid, "the issuer is not an address").WithHelp("copy it from the provider's discovery document: https://login.example.com/tenant")
	case u.Scheme != "https" && (u.Scheme != "http" || !s.Plain):
		return fault.New(fault.Invalid, "the issuer is not an address of https")
	}
	return nil
}

// ProviderChange is what is to be otherwise; nil stays as it is.
type ProviderChange struct {
	Name    *string
	Client  *string
	Secret  *secret.Value
	Scopes  *[]string
	Groups  *string
	Join    *access.Role
	Off     *bool
	Version int64 // that was seen, or 0 for whichever there is
}

// ChangeProvider changes one. Its issuer stays: another issuer is another provider, whose subjects are other people. What lets people in is for owners, as adding one is; every
// administrator can switch one off.
func (s *Service) ChangeProvider(ctx context.Context, a access.Actor, name string, in ProviderChange) (identity.Provider, error) {
	scope, err := access.Decide(a, access.SSOChange, access.Resource{})
	if err != nil {
		return identity.Provider{}, err
	}
	var p identity.Provider
	err = again(func() error {
		if p, err = s.Store.Provider(ctx, scope, name); err != nil {
			return err
		}
		if !in.harmless() {
			if err := vouches(a); err != nil {
				return err
			}
		}
		if err := seen("provider", cmp.Or(in.Version, p.Version), p.Version); err != nil {
			return err
		}
		return s.changeProvider(ctx, a, scope, &p, in)
	})
	p.Version++
	if err == nil && in.Off != nil && *in.Off {
		err = s.ended(ctx, scope.Org(), p.ID)
	}
	return p, err
}

// ended ends what began at a provider that vouches for nobody any more.
func (s *Service) ended(ctx context.Context, org id.Org, provider string) error {
	if s.Ended == nil {
		return nil
	}
	return s.Ended(ctx, org, provider)
}

func (s *Service) changeProvider(ctx context.Context, a access.Actor, scope access.Scope, p *identity.Provider, in ProviderChange) error {
	set(&p.Name, in.Name)
	set(&p.Client, in.Client)
	set(&p.Scopes, in.Scopes)
	set(&p.Groups, in.Groups)
	set(&p.Join, in.Join)
	set(&p.Off, in.Off)
	if err := s.checkProvider(a, p); err != nil {
		return err
	}
	if p.Off {
		if err := s.demanded(ctx, scope, p.ID); err != nil {
			return err
		}
	}
	c := &Change{Envelope: change.New(scope, s.now())}
	if in.Secret != nil {
		var version int64
		if p.Secret != "" {
			v, err := s.Store.SecretVersion(ctx, scope, p.Secret)
			if err != nil {
				return err
			}
			version = v
		}
		if err := s.seal(c, p, version, *in.Secret); err != nil {
			return err
		}
	}
	c.Drafts = append(c.Drafts, entry("provider.changed", aboutProvider(*p)...))
	c.Providers = []identity.Provider{*p}
	_, err := s.Store.Commit(ctx, c)
	return err
}

// demanded says why a provider cannot go: single sign-on is demanded, and there is no other.
func (s *Service) demanded(ctx context.Context, scope access.Scope, name string) error {
	policy, err := s.Store.Policy(ctx, scope)
	if err != nil || !policy.SSO {
		return err
	}
	all, err := s.Store.Providers(ctx, scope)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(p identity.Provider) bool { return !p.Off && p.ID != name }) {
		return nil
	}
	return fault.New(fault.Invalid, "the organisation demands single sign-on, and this is its only provider").WithHelp("stop demanding it first")
}

// RemoveProvider removes one with its secret. Domains that it was for are for any provider then.
func (s *Service) RemoveProvider(ctx context.Context, a access.Actor, name, reason string) error {
	scope, err := access.Decide(a, access.SSOChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := vouches(a); err != nil { // what its domains were for, another one can say from then on
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	err = again(func() error {
		p, err := s.Store.Provider(ctx, scope, name)
		if err != nil {
			return err
		}
		if err := s.demanded(ctx, scope, name); err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("provider.removed", ledger.Text("provider", p.ID), ledger.Text("reason", reason))), GoneProviders: []identity.Provider{p}}
		_, err = s.Store.Commit(ctx, c)
		return err
	})
	if err != nil {
		return err
	}
	return s.ended(ctx, scope.Org(), name)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
