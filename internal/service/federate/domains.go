package federate

import (
	"context"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Domains are those of the actor's organisation, in the order of their ids.
func (s *Service) Domains(ctx context.Context, a access.Actor) ([]identity.Domain, error) {
	scope, err := access.Decide(a, access.SSORead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Domains(ctx, scope)
}

// ProofName is where the proof of a domain is put.
func ProofName(domain string) string { return "_c4arch." + domain }

// NewDomain is a domain to be proven.
type NewDomain struct {
	Name     string
	Provider string // that its people sign in by, or "" for any of the organisation
	Key      *change.Idempotency
}

// AddDomain says that a domain is the organisation's, which gives nothing until it is proven. Any organisation can say so; nobody is told who else does.
func (s *Service) AddDomain(ctx context.Context, a access.Actor, in NewDomain) (identity.Domain, error) {
	scope, err := access.Decide(a, access.SSOChange, access.Resource{})
	if err != nil {
		return identity.Domain{}, err
	}
	d := identity.Domain{Name: strings.ToLower(strings.TrimSuffix(in.Name, ".")), Provider: in.Provider, Created: s.now()}
	if err := checkDomain(d.Name); err != nil {
		return d, err
	}
	if d.ID, err = s.mint(id.PrefixDomain, d.Created); err != nil {
		return d, err
	}
	if d.Proof, err = s.proof(); err != nil {
		return d, err
	}
	err = again(func() error {
		if err := s.addable(ctx, scope, d); err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("domain.added", aboutDomain(d)...)), Domains: []identity.Domain{d}}
		answer := d
		answer.Version = 1
		if err := change.Remember(&c.Envelope, in.Key, answer); err != nil {
			return err
		}
		done, err := s.Store.Commit(ctx, c)
		if err == nil {
			d = answer
			err = change.Replayed(done, &d)
		}
		return err
	})
	return d, err
}

func (s *Service) addable(ctx context.Context, scope access.Scope, d identity.Domain) error {
	all, err := s.Store.Domains(ctx, scope)
	switch {
	case err != nil:
		return err
	case len(all) >= MaxDomains:
		return fault.New(fault.Limited, "there are %d domains, and can be no more", len(all))
	case slices.ContainsFunc(all, func(o identity.Domain) bool { return o.Name == d.Name }):
		return fault.New(fault.Invalid, "the domain is there already")
	case d.Provider != "":
		_, err = s.Store.Provider(ctx, scope, d.Provider)
	}
	return err
}

func (s *Service) proof() (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return "c4arch-domain=" + hex.EncodeToString(b), nil
}

func aboutDomain(d identity.Domain) []ledger.Field {
	return []ledger.Field{ledger.Text("domain", d.ID), ledger.Text("name", d.Name), ledger.Text("provider", d.Provider)}
}

// VerifyDomain asks the name service for the proof. The platform learns first whose the domain is: where another organisation has it already, this one is told that it is
// not free, as it is when nobody can have it, and not by whom.
func (s *Service) VerifyDomain(ctx context.Context, a access.Actor, name string) (identity.Domain, error) {
	scope, err := access.Decide(a, access.SSOChange, access.Resource{})
	if err != nil {
		return identity.Domain{}, err
	}
	d, err := s.Store.Domain(ctx, scope, name)
	if err != nil || !d.Verified.IsZero() {
		return d, err
	}
	if err := s.proven(ctx, a.Org, d); err != nil {
		return d, err
	}
	there, err := beside(a)
	if err != nil {
		return d, err
	}
	if err := s.claim(ctx, there, Claim{Name: d.Name, Org: a.Org}); err != nil {
		return d, err
	}
	err = again(func() error {
		if d, err = s.Store.Domain(ctx, scope, name); err != nil || !d.Verified.IsZero() {
			return err
		}
		d.Verified = s.now()
		_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, d.Verified, entry("domain.verified", aboutDomain(d)...)), Domains: []identity.Domain{d}})
		d.Version++
		return err
	})
	return d, err
}

// claim gives the domain to the organisation. One that has it on the platform but not in its own home, because a removal was interrupted or the organisation is gone, has it
// no more.
func (s *Service) claim(ctx context.Context, there access.Scope, c Claim) error {
	p := &PlatformChange{Envelope: change.New(there, s.now(), entry("domain.claimed", ledger.Text("organisation", string(c.Org)), ledger.Text("name", c.Name))), Claim: &c}
	holder, err := s.Platform.Holder(ctx, there, c.Name)
	switch {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return err
	case err == nil && holder != c.Org:
		left, err := s.left(ctx, holder, c.Name)
		if err != nil {
			return err
		}
		if left {
			p.Release = &Claim{Name: c.Name, Org: holder}
		}
	}
	_, err = s.Platform.Operate(ctx, p)
	return err
}

// left reports whether an organisation has no such verified domain in its own home.
func (s *Service) left(ctx context.Context, org id.Org, name string) (bool, error) {
	scope, err := step(org, "")
	if err != nil {
		return false, err
	}
	all, err := s.Store.Domains(ctx, scope)
	if fault.KindOf(err) == fault.NotFound {
		return true, nil
	}
	return err == nil && !slices.ContainsFunc(all, func(d identity.Domain) bool { return d.Name == name && !d.Verified.IsZero() }), err
}

func (s *Service) proven(ctx context.Context, org id.Org, d identity.Domain) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	texts, err := s.Resolver.TXT(ctx, org, ProofName(d.Name))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if !slices.ContainsFunc(texts, func(t string) bool { return strings.TrimSpace(t) == d.Proof }) {
		return fault.New(fault.Invalid, "the proof of the domain is not there yet").
			WithHelp("add a TXT record %s with the text %s, and ask again when it can be seen; that can take an hour", ProofName(d.Name), d.Proof)
	}
	return nil
}

// RemoveDomain takes a domain away: first from the organisation, where it gave a right, then from the platform.
func (s *Service) RemoveDomain(ctx context.Context, a access.Actor, name, reason string) error {
	scope, err := access.Decide(a, access.SSOChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	var d identity.Domain
	err = again(func() error {
		if d, err = s.Store.Domain(ctx, scope, name); err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("domain.removed", ledger.Text("domain", d.ID), ledger.Text("reason", reason))), GoneDomains: []identity.Domain{d}}
		_, err = s.Store.Commit(ctx, c)
		return err
	})
	if err != nil || d.Verified.IsZero() {
		return err
	}
	there, err := beside(a)
	if err != nil {
		return err
	}
	p := &PlatformChange{Envelope: change.New(there, s.now(), entry("domain.released", ledger.Text("organisation", string(a.Org)), ledger.Text("name", d.Name)))}
	p.Release = &Claim{Name: d.Name, Org: a.Org}
	_, err = s.Platform.Operate(ctx, p)
	return err
}

// domainOf is the domain of an e-mail address, or "" where it is none.
func domainOf(email string) string {
	_, domain, ok := strings.Cut(email, "@")
	if !ok || strings.Contains(domain, "@") {
		return ""
	}
	return strings.ToLower(domain)
}

// verified reports whether the organisation has proven the domain of an address, for that provider.
func verified(all []identity.Domain, email, provider string) bool {
	domain := domainOf(email)
	return domain != "" && slices.ContainsFunc(all, func(d identity.Domain) bool {
		return d.Name == domain && !d.Verified.IsZero() && (d.Provider == "" || d.Provider == provider)
	})
}
