package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	"c4arch/internal/service/upkeep"
)

// pagesOrganisation is what an organisation decides, as the pages see it.
type pagesOrganisation struct {
	accounts *accounts.Service
	signIn   *signin.Service
	now      func() time.Time
}

func (p pagesOrganisation) Members(ctx context.Context, a access.Actor) ([]tenant.Member, error) {
	return p.accounts.Members(ctx, a, false)
}

func (p pagesOrganisation) ChangeRole(ctx context.Context, a access.Actor, person string, role access.Role, until time.Time) error {
	in := accounts.MemberChange{Role: &role}
	if !until.IsZero() {
		in.Until = &until
	}
	_, err := p.accounts.ChangeMember(ctx, a, person, in)
	return err
}

func (p pagesOrganisation) RemoveMember(ctx context.Context, a access.Actor, person, reason string) error {
	return p.accounts.RemoveMember(ctx, a, person, reason)
}

func (p pagesOrganisation) Invitations(ctx context.Context, a access.Actor) ([]identity.Invitation, error) {
	return p.signIn.Invitations(ctx, a)
}

func (p pagesOrganisation) Invite(ctx context.Context, a access.Actor, name, email string, role access.Role) (web.Told, error) {
	made, err := p.signIn.Invite(ctx, a, signin.Invite{Name: name, Email: email, Role: role})
	return web.Told{ID: made.Invitation.ID, Text: made.Text, Expires: made.Invitation.Expires}, err
}

func (p pagesOrganisation) RevokeInvitation(ctx context.Context, a access.Actor, invitation string) error {
	return p.signIn.RevokeInvitation(ctx, a, invitation)
}

func (p pagesOrganisation) Recoveries(ctx context.Context, a access.Actor) ([]identity.Recovery, error) {
	return p.signIn.Recoveries(ctx, a)
}

func (p pagesOrganisation) AskRecovery(ctx context.Context, a access.Actor, person, reason string) error {
	_, err := p.signIn.AskRecovery(ctx, a, a.Org, person, reason)
	return err
}

func (p pagesOrganisation) ApproveRecovery(ctx context.Context, a access.Actor, recovery string) (web.Told, error) {
	r, text, err := p.signIn.ApproveRecovery(ctx, a, a.Org, recovery)
	return web.Told{ID: r.ID, Text: text, Expires: r.Expires}, err
}

func (p pagesOrganisation) Projects(ctx context.Context, a access.Actor) ([]tenant.Project, error) {
	return p.accounts.Projects(ctx, a)
}

func (p pagesOrganisation) Services(ctx context.Context, a access.Actor) ([]identity.Service, error) {
	all, err := p.accounts.ServiceAccounts(ctx, a)
	out := make([]identity.Service, len(all))
	for i, x := range all {
		out[i] = x.Service
	}
	return out, err
}

func (p pagesOrganisation) CreateService(ctx context.Context, a access.Actor, name string) error {
	_, err := p.accounts.CreateServiceAccount(ctx, a, accounts.NewAccount{Name: name})
	return err
}

func (p pagesOrganisation) DisableService(ctx context.Context, a access.Actor, service, reason string) error {
	off := true
	_, err := p.accounts.ChangeServiceAccount(ctx, a, service, accounts.AccountChange{Disabled: &off, Reason: reason})
	return err
}

func (p pagesOrganisation) Tokens(ctx context.Context, a access.Actor) ([]web.Token, error) {
	all, err := p.accounts.Tokens(ctx, a)
	if err != nil {
		return nil, err
	}
	services, err := p.accounts.ServiceAccounts(ctx, a)
	if err != nil {
		return nil, err
	}
	members, err := p.accounts.Members(ctx, a, true)
	if err != nil {
		return nil, err
	}
	out := make([]web.Token, len(all))
	for i, t := range all {
		out[i] = shownToken(t, a)
		if j := slices.IndexFunc(services, func(x accounts.Account) bool { return x.ID == t.Account }); j >= 0 {
			out[i].Service = services[j].Name
		}
		if j := slices.IndexFunc(members, func(m tenant.Member) bool { return m.Person == t.Person }); j >= 0 {
			out[i].Owner = members[j].Name
		}
	}
	return out, nil
}

func shownToken(t identity.Token, a access.Actor) web.Token {
	return web.Token{
		ID: t.ID, Name: t.Name, Purpose: t.Purpose, Scopes: t.Scopes, Project: t.Project, Addresses: t.Addresses, Created: t.Created, Expires: t.Expires, Used: t.Used,
		Revoked: t.Revoked, Mine: t.Person != "" && t.Person == a.ID.Person(),
	}
}

func (p pagesOrganisation) MyTokens(ctx context.Context, a access.Actor) ([]web.Token, error) {
	all, err := p.accounts.Tokens(ctx, a)
	var mine []web.Token
	for _, t := range all {
		if x := shownToken(t, a); x.Mine && t.Good(p.now()) {
			mine = append(mine, x)
		}
	}
	return mine, err
}

func (p pagesOrganisation) CreateToken(ctx context.Context, a access.Actor, in web.NewToken) (web.Told, error) {
	made, err := p.accounts.CreateToken(ctx, a, accounts.NewToken{
		Name: in.Name, Purpose: in.Purpose, Scopes: in.Scopes, Project: in.Project, Addresses: in.Addresses, Account: in.Service,
		Expires: p.now().Add(time.Duration(in.Days) * 24 * time.Hour),
	})
	return web.Told{ID: made.Token.ID, Text: made.Text, Expires: made.Token.Expires}, err
}

func (p pagesOrganisation) RevokeToken(ctx context.Context, a access.Actor, token, reason string) error {
	return p.accounts.RevokeToken(ctx, a, token, reason)
}

func (p pagesOrganisation) Reach(ctx context.Context, a access.Actor, token string) (web.Reach, error) {
	r, err := p.accounts.Reach(ctx, a, token)
	out := web.Reach{
		Name: r.Token.Name, As: r.As, Purpose: r.Token.Purpose, Expires: r.Token.Expires, Live: r.Effective, Why: r.Why, Actions: r.Actions, From: r.Addresses, Used: r.Token.Used,
	}
	for _, x := range r.Projects {
		out.Projects = append(out.Projects, x.Name)
	}
	return out, err
}

// pagesFederation is signing in by a provider, as the pages see it.
type pagesFederation struct{ *federate.Service }

func (p pagesFederation) Discover(ctx context.Context, text string) ([]web.FoundProvider, error) {
	all, err := p.Service.Discover(ctx, text)
	out := make([]web.FoundProvider, len(all))
	for i, w := range all {
		out[i] = web.FoundProvider{Org: w.Org, ID: w.Provider, Name: w.Name}
	}
	return out, err
}

func (p pagesFederation) Begin(ctx context.Context, org id.Org, provider string, f web.From) (string, secret.Value, error) {
	way, err := federate.Way{}, error(nil)
	if f.Realm == identity.Staff {
		way, err = p.BeginStaff(ctx, f.Request)
	} else {
		way, err = p.BeginSignIn(ctx, org, provider, "", f.Request)
	}
	return way.URL, way.Handle, err
}

func (p pagesFederation) Finish(ctx context.Context, handle secret.Value, b web.Back, f web.From) (web.Entered, error) {
	in := federate.Back{
		Handle: string(handle.Expose()), Provider: b.Provider, State: b.State, Code: b.Code, Issuer: b.Issuer, Error: b.Error, Device: f.Device, Request: f.Request,
	}
	if f.Realm == identity.Staff {
		s, err := p.FinishStaff(ctx, in)
		return web.Entered{Cookie: s.Cookie, Held: s.Held}, err
	}
	s, err := p.FinishSignIn(ctx, in)
	return web.Entered{Cookie: s.Cookie}, err
}

func (p pagesFederation) AddProvider(ctx context.Context, a access.Actor, in web.NewProvider) error {
	_, err := p.Service.AddProvider(ctx, a, federate.NewProvider{Name: in.Name, Issuer: in.Issuer, Client: in.Client, Secret: in.Secret, Groups: in.Groups, Join: in.Join})
	return err
}

func (p pagesFederation) SwitchProvider(ctx context.Context, a access.Actor, provider string, off bool) error {
	_, err := p.ChangeProvider(ctx, a, provider, federate.ProviderChange{Off: &off})
	return err
}

func (p pagesFederation) AddDomain(ctx context.Context, a access.Actor, name, provider string) error {
	_, err := p.Service.AddDomain(ctx, a, federate.NewDomain{Name: name, Provider: provider})
	return err
}

func (p pagesFederation) VerifyDomain(ctx context.Context, a access.Actor, domain string) error {
	_, err := p.Service.VerifyDomain(ctx, a, domain)
	return err
}

func (p pagesFederation) RemoveDomain(ctx context.Context, a access.Actor, domain string) error {
	return p.Service.RemoveDomain(ctx, a, domain, "removed on the page of sign-in")
}

func (p pagesFederation) SetPolicy(ctx context.Context, a access.Actor, x identity.Policy) error {
	_, err := p.ChangePolicy(ctx, a, x)
	return err
}

// pagesStaff is the operator's own people, as the pages see them.
type pagesStaff struct {
	staff    *staff.Service
	audit    *auditing.Service
	signIn   *signin.Service
	federate *federate.Service
	accounts *accounts.Service
	upkeep   *upkeep.Service
}

func (p pagesStaff) Organisations(ctx context.Context, a access.Actor) ([]web.TakenOn, error) {
	all, err := p.accounts.Organisations(ctx, a, "", 1000)
	if err != nil {
		return nil, err
	}
	standing, err := p.upkeep.Standings(ctx, a, upkeep.Wanted{})
	if err != nil {
		return nil, err
	}
	known := map[id.Org]upkeep.Standing{}
	for _, s := range standing {
		known[s.Org] = s
	}
	out := make([]web.TakenOn, len(all))
	for i, o := range all {
		s := known[o.ID]
		out[i] = web.TakenOn{ID: o.ID, Slug: o.Slug, State: string(o.State), Created: o.Created, Canary: o.Canary, Worked: s.Served, Dead: s.Dead}
	}
	return out, nil
}

// TakeOn makes an organisation, and an invitation of its owner in the place of the token that the making of an organisation gives: the invitation is made by that token, which
// is taken back then. Where it ends in between there is an organisation whose owner has a token that nobody was told.
func (p pagesStaff) TakeOn(ctx context.Context, a access.Actor, in web.NewOrganisation, f web.From) (web.Told, error) {
	made, err := p.accounts.CreateOrganisation(ctx, a, accounts.NewOrganisation{Slug: in.Slug, Name: in.Name, OwnerName: in.OwnerName, OwnerEmail: in.OwnerEmail})
	if err != nil {
		return web.Told{}, err
	}
	owner, err := p.accounts.Authenticate(ctx, accounts.Attempt{Token: string(made.Token.Text.Expose()), Addr: f.Addr, Surface: access.Portal, Request: f.Request})
	if err != nil {
		return web.Told{}, err
	}
	asked, err := p.signIn.Invite(ctx, owner, signin.Invite{Person: made.Owner.Person})
	if err != nil {
		return web.Told{}, err
	}
	return web.Told{Text: asked.Text, Expires: asked.Invitation.Expires}, p.accounts.RevokeToken(ctx, owner, made.Token.Token.ID, "the owner was invited")
}

func (p pagesStaff) Grants(ctx context.Context, a access.Actor) ([]identity.Grant, error) {
	all, err := p.staff.Grants(ctx, a)
	out := make([]identity.Grant, len(all))
	for i, h := range all {
		out[i] = h.Grant
	}
	return out, err
}

// mostReads is how many entries about reads are looked through, and shownReads how many a page shows: the newest. The ledger has them all.
const (
	mostReads  = 20 * auditing.Page
	shownReads = 100
)

func (p pagesStaff) Reads(ctx context.Context, a access.Actor) (out []web.Read, err error) {
	q := auditing.Query{Kinds: []string{"access.looked"}}
	for seen := 0; seen < mostReads; {
		page, err := p.audit.List(ctx, a, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			out = append(out, web.Read{At: e.At, Who: worded(e.Fields["reader"]), Did: worded(e.Fields["route"]), For: worded(e.Fields["subject"])})
		}
		seen += len(page.Entries)
		if q.From = page.Next; q.From == 0 {
			break
		}
	}
	slices.Reverse(out)
	return out[:min(len(out), shownReads)], nil
}

// worded is a text in JSON, or "".
func worded(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text) // another kind of value is none
	return text
}

func (p pagesStaff) ApproveGrant(ctx context.Context, a access.Actor, grant string) error {
	_, err := p.staff.AnswerGrant(ctx, a, grant, staff.Answer{State: staff.Active})
	return err
}

func (p pagesStaff) RefuseGrant(ctx context.Context, a access.Actor, grant, reason string) error {
	all, err := p.staff.Grants(ctx, a)
	if err != nil {
		return err
	}
	state := staff.Revoked
	for _, g := range all {
		if g.ID == grant && g.State == staff.Asked {
			state = staff.Refused
		}
	}
	_, err = p.staff.AnswerGrant(ctx, a, grant, staff.Answer{State: state, Reason: reason})
	return err
}

func (p pagesStaff) Providers(ctx context.Context) ([]web.FoundProvider, error) {
	if p.federate.Own == nil {
		return nil, nil
	}
	own, err := p.federate.Own(ctx)
	if err != nil || own == nil {
		return nil, err
	}
	return []web.FoundProvider{{Org: id.Platform, ID: federate.OwnProvider, Name: "the operator's provider"}}, nil
}

func (p pagesStaff) Personnel(ctx context.Context, a access.Actor) ([]web.Employed, error) {
	all, err := p.staff.Personnel(ctx, a)
	out := make([]web.Employed, len(all))
	for i, s := range all {
		out[i] = web.Employed{Personnel: s.Personnel, Missing: s.Missing}
	}
	return out, err
}

func (p pagesStaff) ChangePerson(ctx context.Context, a access.Actor, person string, x web.Person, version int64) error {
	in := staff.PersonnelChange{Roles: x.Roles, Version: version}
	if x.Contract != "" {
		in.Contract = &x.Contract
	}
	if !x.Until.IsZero() {
		in.Until = &x.Until
	}
	_, err := p.staff.ChangePersonnel(ctx, a, person, in)
	return err
}

func (p pagesStaff) AddPerson(ctx context.Context, a access.Actor, x web.Person) error {
	_, err := p.staff.AddPersonnel(ctx, a, staff.NewPersonnel{Name: x.Name, Email: x.Email, Roles: x.Roles, Contractor: x.Contractor, Contract: x.Contract, Until: x.Until})
	return err
}

func (p pagesStaff) Leave(ctx context.Context, a access.Actor, person, reason string) error {
	return p.staff.Leave(ctx, a, person, reason)
}

func (p pagesStaff) Self(ctx context.Context, w web.Who) (identity.Personnel, error) {
	s, err := p.staff.Standing(ctx, w.Session.Person)
	return s.Personnel, err
}

func (p pagesStaff) Sign(ctx context.Context, w web.Who, version string) error {
	_, err := p.staff.Sign(ctx, w.Actor, version, undertaking.Current().Digest)
	return err
}

func (p pagesStaff) AskRecovery(ctx context.Context, a access.Actor, organisation, email, reason string) (string, error) {
	org, err := p.staff.Organisation(ctx, a, organisation)
	if err != nil {
		return "", err
	}
	r, err := p.signIn.AskRecoveryOf(ctx, a, org, email, reason)
	return r.ID, err
}

func (p pagesStaff) ApproveRecovery(ctx context.Context, a access.Actor, organisation, recovery string) (web.Told, error) {
	org, err := p.staff.Organisation(ctx, a, organisation)
	if err != nil {
		return web.Told{}, err
	}
	r, text, err := p.signIn.ApproveRecovery(ctx, a, org, recovery)
	return web.Told{ID: r.ID, Text: text, Expires: r.Expires}, err
}

func (p pagesStaff) OpenBreakGlass(ctx context.Context, code string, f web.From) (secret.Value, error) {
	return p.staff.OpenBreakGlass(ctx, code, f.Device, f.Request)
}

func (p pagesStaff) Asked(ctx context.Context, w web.Who) ([]identity.Grant, error) {
	if w.Actor.Org != id.Platform || len(w.Actor.Roles) == 0 {
		return nil, nil
	}
	return p.Grants(ctx, w.Actor)
}

func (p pagesStaff) Ask(ctx context.Context, w web.Who, in web.Asked) error {
	_, err := p.staff.AskGrant(ctx, w.Actor, staff.Ask{Organisation: in.Slug, Reason: in.Reason, Ticket: in.Ticket, Hours: in.Hours})
	return err
}

func (p pagesStaff) Enter(ctx context.Context, w web.Who, g identity.Grant) (secret.Value, error) {
	return cookie(p.signIn.Enter(ctx, w.Session, g.Org, g.ID, w.Actor.Request))
}
