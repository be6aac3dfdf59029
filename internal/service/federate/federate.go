// Package federate is signing in by providers of OpenID Connect: which an organisation has, which domains of e-mail addresses it has proven to be its own, what it demands of
// whoever signs in, and the way there and back.
//
// It promises: a provider of an organisation signs people in to that organisation only; a person is who the provider's subject was linked to, or else who has an address that
// the provider asserts, in a domain that this organisation has verified, and is a member there or may join by the provider's setting; nobody else. A role that groups give is
// never that of an owner. Single sign-on is demanded by nobody who could lock everybody out with it. It leaves out the protocol, sessions, and passkeys.
//
// Why an address is not believed just because it is in a token: the claim email of Entra ID comes from an attribute that administrators of any directory, and for some
// accounts the person, write as they like, and that of guests is from elsewhere. So the provider must say that it has verified it (email_verified; of Entra ID the optional
// claim xms_edov), and the organisation must have proven the domain by itself.
package federate

import (
	"context"
	"errors"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Bounds.
const (
	MaxProviders = 10
	MaxDomains   = 100
	MaxMappings  = 200
	MaxAddresses = 100

	waits = 10 * time.Minute // between going to the provider and coming back
	// Audited is how long an auditor whom a provider or SCIM names is one: until the next time that it says so.
	Audited = 90 * 24 * time.Hour
)

// Service is the use cases. Every field but Own must be set.
type Service struct {
	Store    Store
	Platform Platform
	Protocol Protocol
	Resolver Resolver
	Sessions Sessions
	People   People
	Staff    Staff
	// Callback is where a provider sends the browser back to, without the id of the provider that is put behind it. Each provider has its own, so that an answer of one
	// is never taken for that of another (RFC 9700 section 4.4).
	Callback func() string
	// Own is the platform's provider, for its own people; nil where there is none.
	Own func(ctx context.Context) (*Own, error)
	// Ended ends the sessions that began at a provider of an organisation, which vouches for nobody any more; nil where there are none.
	Ended func(ctx context.Context, org id.Org, provider string) error
	// Plain says that issuers without TLS are taken: with a way out that reaches them, as on a machine of a developer.
	Plain  bool
	Now    func() time.Time
	Random io.Reader
}

// Own is the platform's provider, which the operator configures.
type Own struct {
	Issuer string
	Client string
	Secret secret.Value
	Scopes []string
	ACR    []string // classes of authentication that are asked for
}

// OwnProvider is the id of the platform's provider.
const OwnProvider = "platform"

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	text, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

// step is a scope for the program's own step of signing in.
func step(org id.Org, request string) (access.Scope, error) {
	return access.Decide(access.System(org, "signing in", access.Actor{Surface: access.Portal, Request: request}), access.SessionBegin, access.Resource{})
}

// beside is a scope for the step that a decision of cause has in the platform's home.
func beside(cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(id.Platform, "single sign-on", cause), access.SessionBegin, access.Resource{})
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

// PolicyOf is what an organisation demands of whoever signs in.
func (s *Service) PolicyOf(ctx context.Context, org id.Org) (identity.Policy, error) {
	scope, err := step(org, "")
	if err != nil {
		return identity.Policy{}, err
	}
	return s.Store.Policy(ctx, scope)
}

// Where is a way to sign in.
type Where struct {
	Org      id.Org `json:"organisation"`
	Provider string `json:"provider"`
	Name     string `json:"name"`
}

// Discover says by which providers somebody signs in who typed an e-mail address or the short name of an organisation. Nothing is told of people: of an address the domain
// alone counts. Who has no provider, does not exist, or is gone gets the same answer, none.
func (s *Service) Discover(ctx context.Context, text string) ([]Where, error) {
	scope, err := step(id.Platform, "")
	if err != nil {
		return nil, err
	}
	org, domain, err := s.home(ctx, scope, text)
	if err == nil {
		return s.ways(ctx, org, domain)
	}
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.Invalid {
		return []Where{}, nil
	}
	return nil, err
}

func (s *Service) home(ctx context.Context, scope access.Scope, text string) (org id.Org, domain string, err error) {
	if len(text) > 254 {
		return "", "", fault.New(fault.Invalid, "that is no address")
	}
	if domain = domainOf(text); domain != "" {
		org, err = s.Platform.Holder(ctx, scope, domain)
	} else {
		org, err = s.Platform.Slug(ctx, scope, text)
	}
	return org, domain, err
}

// ways are the providers of an organisation; where the domain has its own, that one.
func (s *Service) ways(ctx context.Context, org id.Org, domain string) ([]Where, error) {
	scope, err := step(org, "")
	if err != nil {
		return nil, err
	}
	providers, err := s.Store.Providers(ctx, scope)
	if err != nil {
		return nil, err
	}
	only := ""
	if domain != "" {
		domains, err := s.Store.Domains(ctx, scope)
		if err != nil {
			return nil, err
		}
		only = providerOf(domains, domain)
	}
	all := []Where{}
	for _, p := range providers {
		if !p.Off && (only == "" || p.ID == only) {
			all = append(all, Where{Org: org, Provider: p.ID, Name: p.Name})
		}
	}
	return all, nil
}

func providerOf(all []identity.Domain, name string) string {
	for _, d := range all {
		if d.Name == name && !d.Verified.IsZero() {
			return d.Provider
		}
	}
	return ""
}

// stale is a refusal of a version that whoever asked has seen: deciding again cannot change it.
type stale struct{ error }

// seen refuses a change of something that is not any more as it was seen.
func seen(what string, had, is int64) error {
	if had == is {
		return nil
	}
	return stale{fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")}
}

// again decides again while what it was decided on has changed meanwhile; what was seen and is not so any more ends it.
func again(fn func() error) error {
	err := change.Again(fn)
	if s := (stale{}); errors.As(err, &s) {
		return s.error
	}
	return err
}
