package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	desk "c4arch/internal/inbound/portal/agreement"
	"c4arch/internal/inbound/web"
	"c4arch/internal/keys/vault"
	"c4arch/internal/service/acceptance"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/order"
	store "c4arch/internal/store/acceptance"
	"c4arch/internal/store/staff"
	"c4arch/internal/trust/legal"
	"c4arch/internal/trust/terms"
)

// accepting builds the acceptance of documents, and what was ordered. Limits of an order form are asked where something is made.
func (in *instance) accepting() {
	st := store.New(in.homes)
	in.acceptance = &acceptance.Service{
		Documents: registry{in}, Store: st, Ledger: acceptedEntries{in}, People: signatories{in}, Screen: in.screen, Now: in.now, Random: rand.Reader,
	}
	in.orders = &order.Service{Store: store.Orders{Store: st}, Directory: customers{in}, Features: in.usedFeatures, Screen: in.screen, Now: in.now}
	in.accounts.Room, in.scans.Room = in.orders.Room, in.orders.Room
}

// agreementDesk is the pages of what is agreed.
func (in *instance) agreementDesk() web.Desk {
	return desk.Desk(desk.Services{
		Acceptance: in.acceptance, Orders: in.orders, Addr: serve.ClientAddr,
		Key: func(ctx context.Context, a access.Actor) (string, error) {
			s, err := in.Signer(ctx, a.Org)
			if err != nil {
				return "", err
			}
			return s.Key().String(), nil
		},
	})
}

// registry is what was published, which is read late: the registry is built beside this.
type registry struct{ in *instance }

func (r registry) Published(ctx context.Context) ([]legal.Version, error) {
	return r.in.legal.Published(ctx)
}

// signatories are the members of an organisation, as those see who accept for it.
type signatories struct{ in *instance }

func (p signatories) Members(ctx context.Context, a access.Actor) ([]acceptance.Member, error) {
	all, err := p.in.accounts.Members(ctx, a, false)
	if err != nil {
		return nil, err
	}
	now := p.in.now()
	list := make([]acceptance.Member, 0, len(all))
	for _, m := range all {
		if m.Live(now) {
			list = append(list, acceptance.Member{Person: m.Person, Name: m.Name, Role: string(m.Role)})
		}
	}
	return list, nil
}

func (p signatories) Organisation(ctx context.Context, a access.Actor) (string, error) {
	org, err := p.in.accounts.Organisation(ctx, a)
	return org.Name, err
}

// acceptedEntries finds and proves entries of acceptances.
type acceptedEntries struct{ in *instance }

func (l acceptedEntries) Proven(ctx context.Context, s access.Scope, kind, field, text string) (p acceptance.Proof, err error) {
	for next := int64(0); ; {
		rows, err := l.in.trust.Rows(ctx, s, auditing.Query{From: next, Kinds: []string{kind}})
		if err != nil {
			return p, err
		}
		for i := range rows {
			var said string
			if json.Unmarshal(rows[i].Openings[field].Value, &said) != nil || said != text {
				continue
			}
			if rows[i].Damage != "" {
				return p, fault.New(fault.Internal, "entry %d cannot be proven: %s", rows[i].Index, rows[i].Damage)
			}
			p.Entry = rows[i].Entry
			if p.Proof, err = l.in.audit.ProofOf(ctx, s, rows[i].Index); err != nil {
				return p, err
			}
			p.Signer, err = l.in.Signer(ctx, s.Org())
			return p, err
		}
		if len(rows) < auditing.Page {
			return p, fault.New(fault.Internal, "the ledger has no entry of what is recorded")
		}
		next = rows[len(rows)-1].Index + 1
	}
}

// customers are the organisations as the platform lists them.
type customers struct{ in *instance }

func (c customers) Customers(ctx context.Context, a access.Actor, after id.Org, limit int) ([]order.Customer, error) {
	all, err := c.in.accounts.Organisations(ctx, a, after, limit)
	if err != nil {
		return nil, err
	}
	list := make([]order.Customer, 0, len(all))
	for _, x := range all {
		if x.State == tenant.Active && x.ID != id.Platform {
			list = append(list, order.Customer{Org: x.ID, Slug: x.Slug, Name: x.Slug})
		}
	}
	return list, nil
}

func (c customers) Customer(ctx context.Context, a access.Actor, org id.Org) (order.Customer, error) {
	scope, err := access.Decide(a, access.TermsRead, access.Resource{})
	if err != nil {
		return order.Customer{}, err
	}
	found, err := staff.New(c.in.homes).Organisation(ctx, scope, string(org))
	if err != nil || found != org {
		return order.Customer{}, fault.New(fault.NotFound, "there is no such organisation")
	}
	about, err := c.in.accounts.Organisation(ctx, access.System(org, "the name of an organisation, for its terms", a))
	return order.Customer{Org: org, Slug: about.Slug, Name: about.Name}, err
}

func (c customers) Note(ctx context.Context, env *change.Envelope) (change.Committed, error) {
	return c.in.trust.Append(ctx, env)
}

// usedFeatures are the features that an organisation really uses: what the instance stands on is used by all, what it has connected by itself alone.
func (in *instance) usedFeatures(ctx context.Context, a access.Actor) ([]terms.Feature, error) {
	scope, err := access.Decide(a, access.TermsRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	kinds, provider, err := store.Orders{Store: store.New(in.homes)}.Connected(ctx, scope)
	if err != nil {
		return nil, err
	}
	all := []terms.Feature{terms.Portal}
	add := func(f terms.Feature, used bool) {
		if used {
			all = append(all, f)
		}
	}
	add(terms.Mail, in.cfg.Mail.Server != nil)
	add(terms.LiveAzure, slices.Contains(kinds, string(tenant.Azure)))
	add(terms.LiveKube, slices.Contains(kinds, string(tenant.Kubernetes)))
	add(terms.Repository, slices.Contains(kinds, string(tenant.Repository)))
	add(terms.SignIn, provider)
	add(terms.KeyService, len(in.cfg.Keys.Root) > 0 && in.cfg.Keys.Root[0].Scheme == vault.Scheme)
	add(terms.ObjectStore, in.bucket != nil)
	return all, nil
}
