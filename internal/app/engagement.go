package app

import (
	"context"
	"crypto/rand"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	desk "c4arch/internal/inbound/portal/engagement"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/engagement"
	"c4arch/internal/service/signin"
	store "c4arch/internal/store/engagement"
	"c4arch/internal/store/staff"
)

// engaging builds the audits of customers.
func (in *instance) engaging() *engagement.Service {
	return &engagement.Service{Store: store.New(in.homes), Directory: audited{in}, Members: auditors{in}, Screen: in.screen, Now: in.now, Random: rand.Reader}
}

// engagementDesk is the pages of audits.
func (in *instance) engagementDesk() web.Desk { return desk.Desk(in.engaging()) }

// audited are the organisations as the platform lists them.
type audited struct{ in *instance }

func (c audited) Customers(ctx context.Context, a access.Actor, after id.Org, limit int) ([]engagement.Customer, error) {
	all, err := c.in.accounts.Organisations(ctx, access.System(id.Platform, "organisations, for their audits", a), after, limit)
	if err != nil {
		return nil, err
	}
	list := make([]engagement.Customer, 0, len(all))
	for _, x := range all {
		if x.State == tenant.Active && x.ID != id.Platform {
			list = append(list, engagement.Customer{Org: x.ID, Slug: x.Slug, Name: x.Slug})
		}
	}
	return list, nil
}

func (c audited) Customer(ctx context.Context, a access.Actor, org id.Org) (engagement.Customer, error) {
	scope, err := access.Decide(a, access.EngagementRead, access.Resource{})
	if err != nil {
		return engagement.Customer{}, err
	}
	found, err := staff.New(c.in.homes).Organisation(ctx, scope, string(org))
	if err != nil || found != org {
		return engagement.Customer{}, fault.New(fault.NotFound, "there is no such organisation")
	}
	about, err := c.in.accounts.Organisation(ctx, access.System(org, "the name of an organisation, for its audits", a))
	return engagement.Customer{Org: org, Slug: about.Slug, Name: about.Name}, err
}

func (c audited) Note(ctx context.Context, env *change.Envelope) (change.Committed, error) {
	return c.in.trust.Append(ctx, env)
}

// auditors are members with that role.
type auditors struct{ in *instance }

func (m auditors) Add(ctx context.Context, a access.Actor, name, email string, until time.Time) (string, error) {
	made, err := m.in.accounts.AddMember(ctx, a, accounts.NewMember{Name: name, Email: email, Role: access.Auditor, Until: until})
	return made.Person, err
}

func (m auditors) Invite(ctx context.Context, a access.Actor, person string) (engagement.Invited, error) {
	made, err := m.in.signIn.Invite(ctx, a, signin.Invite{Person: person})
	return engagement.Invited{Text: made.Text, Expires: made.Invitation.Expires}, err
}

func (m auditors) Remove(ctx context.Context, a access.Actor, person, reason string) error {
	err := m.in.accounts.RemoveMember(ctx, a, person, reason)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

func (m auditors) Names(ctx context.Context, a access.Actor) (map[string]string, error) {
	all, err := m.in.accounts.Members(ctx, a, true)
	names := make(map[string]string, len(all))
	for _, x := range all {
		names[x.Person] = x.Name
	}
	return names, err
}

// engagementProbes are the check of audits.
func (in *instance) engagementProbes() looking {
	return looking{"audits-agreed": store.Looks{Homes: in.homes, Organisations: in.liveOrganisations, Written: in.engagementDigests, Now: in.now}.Agreed}
}

// ofEngagements are the kinds of entries by which both sides agreed.
var ofEngagements = []string{"engagement.offered", "engagement.agreed"}

// engagementDigests are the digests that an organisation's ledger has of each engagement, by kind of entry: the last of each.
func (in *instance) engagementDigests(ctx context.Context, org id.Org) (map[string]map[string]string, error) {
	scope, err := access.Decide(access.System(org, "proof of audit engagements", access.Actor{}), access.LedgerRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	all := map[string]map[string]string{}
	for from := int64(0); ; {
		rows, err := in.trust.Rows(ctx, scope, auditing.Query{From: from, Kinds: ofEngagements})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			name := entryText(r, "engagement")
			if all[name] == nil {
				all[name] = map[string]string{}
			}
			all[name][r.Kind] = entryText(r, "digest")
		}
		if len(rows) < auditing.Page {
			return all, nil
		}
		from = rows[len(rows)-1].Index + 1
	}
}

// liveOrganisations are all organisations that work.
func (in *instance) liveOrganisations(ctx context.Context) (orgs []id.Org, err error) {
	for after := id.Org(""); ; {
		all, err := in.accounts.Organisations(ctx, access.System(id.Platform, "checks of controls", access.Actor{}), after, 1000)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			if x.State == tenant.Active && x.ID != id.Platform {
				orgs = append(orgs, x.ID)
			}
		}
		if len(all) < 1000 {
			return orgs, nil
		}
		after = all[len(all)-1].ID
	}
}
