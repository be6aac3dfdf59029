package staff

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// What a grant may be.
const (
	MaxGrantHours = 8
	maxOpen       = 20                 // of one organisation at a time
	maxWait       = 7 * 24 * time.Hour // for the organisation's answer
	maxTicket     = 60
)

// The states of a grant. That its time is over is no state: it is read off the clock.
const (
	Active  = "active"
	Revoked = "revoked"
)

// Ask is what staff asks of an organisation.
type Ask struct {
	Organisation   string // id or short name
	Reason, Ticket string
	Hours          int
}

// Held is a grant as it is shown.
type Held struct {
	identity.Grant
	Open bool `json:"inForce"` // it gives access now
}

// AskGrant asks to look into an organisation for a while. It is written in the organisation's home, where its people see it at once: in force now, or waiting for them where the
// organisation demands to be asked. The platform's own note comes last.
func (s *Service) AskGrant(ctx context.Context, a access.Actor, in Ask) (Held, error) {
	scope, err := access.Decide(a, access.GrantRequest, access.Resource{})
	if err != nil {
		return Held{}, err
	}
	if err := s.askable(a, in); err != nil {
		return Held{}, err
	}
	for field, text := range map[string]*string{"reason": &in.Reason, "ticket": &in.Ticket} {
		if err := s.screened(ctx, a, field, text); err != nil {
			return Held{}, err
		}
	}
	org, err := s.Store.Organisation(ctx, scope, in.Organisation)
	if err != nil {
		return Held{}, err
	}
	g, err := s.ask(ctx, a, org, in)
	if err != nil {
		return Held{}, err
	}
	note := &Request{Grant: g.ID, Person: g.Staff, Org: org, Reason: g.Reason, Ticket: g.Ticket, Created: g.Asked}
	draft := entry("grant.requested", ledger.Text("grant", g.ID), ledger.Text("organisation", string(org)), about("person", g.Staff), ledger.Text("reason", g.Reason), ledger.Text("ticket", g.Ticket))
	if err := s.operate(ctx, &PlatformChange{Envelope: change.New(scope, g.Asked, draft), Request: note}); err != nil {
		return Held{}, err
	}
	return s.held(g), nil
}

// Organisation is the one with that id or short name, for an administrator who has a part in the recovery of one of its people.
func (s *Service) Organisation(ctx context.Context, a access.Actor, name string) (id.Org, error) {
	scope, err := access.Decide(a, access.StaffChange, access.Resource{})
	if err != nil {
		return "", err
	}
	return s.Store.Organisation(ctx, scope, name)
}

// askable says what is wrong with the question itself.
func (s *Service) askable(a access.Actor, in Ask) error {
	if a.ID.Person() == "" || a.Session == "" {
		return fault.New(fault.Denied, "a person of the platform asks, signed in")
	}
	if err := tenant.CheckReason(in.Reason); err != nil {
		return err
	}
	if in.Hours < 1 || in.Hours > MaxGrantHours {
		return fault.New(fault.Invalid, "a grant lasts from 1 to %d hours", MaxGrantHours)
	}
	return checkTicket(in.Ticket)
}

func checkTicket(ticket string) error {
	if err := tenant.CheckName("the ticket", ticket); err != nil {
		return err
	}
	if len(ticket) > maxTicket {
		return fault.New(fault.Invalid, "the ticket is longer than %d characters", maxTicket)
	}
	return nil
}

// ask writes the grant in the organisation's home.
func (s *Service) ask(ctx context.Context, a access.Actor, org id.Org, in Ask) (identity.Grant, error) {
	inside, err := system(org, access.GrantRequest, "access of the platform's staff", a)
	if err != nil {
		return identity.Grant{}, err
	}
	policy, err := s.Policies.PolicyOf(ctx, org)
	if err != nil {
		return identity.Grant{}, err
	}
	all, err := s.Store.Grants(ctx, inside)
	if err != nil {
		return identity.Grant{}, err
	}
	now := s.now()
	if open := slices.DeleteFunc(all, func(g identity.Grant) bool { return !waits(g, now) && !inForce(g, now) }); len(open) >= maxOpen {
		return identity.Grant{}, fault.New(fault.Limited, "there are %d grants of that organisation in force or waiting, and there can be no more", len(open))
	}
	g := identity.Grant{Org: org, Staff: a.ID.Person(), Reason: in.Reason, Ticket: in.Ticket, State: Active, Asked: now, From: now, Until: now.Add(time.Duration(in.Hours) * time.Hour)}
	if policy.Grants {
		g.State = Asked
	}
	if g.ID, err = s.mint(id.PrefixGrant, now); err != nil {
		return g, err
	}
	err = s.commit(ctx, &Change{Envelope: change.New(inside, now, told("grant.asked", g)), Grant: &g})
	g.Version = 1
	return g, err
}

// told is an entry about a grant in the organisation's ledger: all that its people need to know.
func told(kind string, g identity.Grant, more ...ledger.Field) ledger.Draft {
	return entry(kind, append([]ledger.Field{
		ledger.Text("grant", g.ID), about("staff", g.Staff), ledger.Text("state", g.State), ledger.Text("reason", g.Reason), ledger.Text("ticket", g.Ticket),
		ledger.Time("from", g.From), ledger.Time("until", g.Until),
	}, more...)...)
}

func inForce(g identity.Grant, now time.Time) bool {
	return g.State == Active && !now.Before(g.From) && now.Before(g.Until)
}

func waits(g identity.Grant, now time.Time) bool {
	return g.State == Asked && now.Before(g.Asked.Add(maxWait))
}

func (s *Service) held(g identity.Grant) Held { return Held{Grant: g, Open: inForce(g, s.now())} }

// GrantOf is a grant that is in force now; any other is not found. It is read in the organisation's home each time, so that what the organisation takes back ends at once. Whose
// grant it is the caller compares.
func (s *Service) GrantOf(ctx context.Context, org id.Org, grant string) (identity.Grant, error) {
	if org == id.Platform || !org.Valid() || !id.Is(id.PrefixGrant, grant) {
		return identity.Grant{}, noGrant()
	}
	scope, err := system(org, access.GrantRead, "access of the platform's staff", access.Actor{})
	if err != nil {
		return identity.Grant{}, err
	}
	g, err := s.Store.Grant(ctx, scope, grant)
	if err != nil {
		return identity.Grant{}, err
	}
	if !inForce(g, s.now()) {
		return identity.Grant{}, noGrant()
	}
	return g, nil
}

func noGrant() error {
	return fault.New(fault.NotFound, "there is no such grant in force").WithHelp("it may have ended or been taken back: ask for another one")
}

// Grants are those of the actor's organisation, the newest first; of the platform's staff, those that the actor asked for, as the platform noted them.
func (s *Service) Grants(ctx context.Context, a access.Actor) ([]Held, error) {
	scope, err := access.Decide(a, access.GrantRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	if scope.Org() == id.Platform {
		return s.own(ctx, a, scope)
	}
	all, err := s.Store.Grants(ctx, scope)
	if err != nil {
		return nil, err
	}
	shown := make([]Held, 0, len(all))
	for _, g := range slices.Backward(all) {
		shown = append(shown, s.held(g))
	}
	return shown, nil
}

// own are the grants that somebody of the platform asked for, as they stand in the organisations' homes. One whose organisation is gone is left out.
func (s *Service) own(ctx context.Context, a access.Actor, scope access.Scope) ([]Held, error) {
	requests, err := s.Store.Requests(ctx, scope, a.ID.Person())
	if err != nil {
		return nil, err
	}
	shown := make([]Held, 0, len(requests))
	for _, r := range requests {
		inside, err := system(r.Org, access.GrantRead, "access of the platform's staff", a)
		if err != nil {
			return nil, err
		}
		g, err := s.Store.Grant(ctx, inside, r.Grant)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			continue
		case err != nil:
			return nil, err
		}
		shown = append(shown, s.held(g))
	}
	return shown, nil
}

// Answer is what an organisation says to a grant.
type Answer struct {
	State   string // active, refused or revoked
	Reason  string // of refusing and revoking
	Version int64  // that was seen, or 0 for whichever there is
}

// AnswerGrant approves, refuses or revokes a grant, by somebody of the organisation. Approving is for people of the organisation who are none of the platform's: nobody of the
// platform lets another one in. Refusing and revoking is for every administrator of the organisation.
func (s *Service) AnswerGrant(ctx context.Context, a access.Actor, grant string, in Answer) (Held, error) {
	scope, err := access.Decide(a, access.GrantChange, access.Resource{})
	if err != nil {
		return Held{}, err
	}
	if err := s.mayAnswer(ctx, a, in); err != nil {
		return Held{}, err
	}
	if err := s.screened(ctx, a, "reason", &in.Reason); err != nil {
		return Held{}, err
	}
	var g identity.Grant
	err = again(func() error {
		if g, err = s.Store.Grant(ctx, scope, grant); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != g.Version {
			return fault.New(fault.Conflict, "the grant was changed meanwhile").WithHelp("look at it again, and decide again")
		}
		draft, err := s.answered(&g, a, in)
		if err != nil {
			return final(err)
		}
		return s.commit(ctx, &Change{Envelope: change.New(scope, s.now(), draft), Grant: &g})
	})
	g.Version++
	return s.held(g), unwrapped(err)
}

func (s *Service) mayAnswer(ctx context.Context, a access.Actor, in Answer) error {
	if in.State != Active {
		return tenant.CheckReason(in.Reason)
	}
	person := a.ID.Person()
	if person == "" {
		return fault.New(fault.Denied, "a person approves, and no program")
	}
	st, err := s.Standing(ctx, person)
	if err != nil {
		return err
	}
	if st.BreakGlass || st.Personnel.Person != "" && !st.Personnel.Left {
		return fault.New(fault.Denied, "you are of the platform's own people, and cannot let one of them in").WithHelp("another administrator of the organisation can")
	}
	return nil
}

// answered changes the grant, or says why that answer cannot be given.
func (s *Service) answered(g *identity.Grant, a access.Actor, in Answer) (ledger.Draft, error) {
	now := s.now()
	long := g.Until.Sub(g.From)
	was := g.State
	g.State, g.Decided = in.State, a.ID
	switch {
	case in.State == Active && was == Asked && waits(identity.Grant{State: was, Asked: g.Asked}, now):
		g.From, g.Until = now, now.Add(long)
		return told("grant.approved", *g), nil
	case in.State == Refused && was == Asked:
		return told("grant.refused", *g, ledger.Text("why", in.Reason)), nil
	case in.State == Revoked && was == Active:
		return told("grant.revoked", *g, ledger.Text("why", in.Reason)), nil
	case in.State == Active && was == Asked:
		return ledger.Draft{}, fault.New(fault.Conflict, "the question is older than %d days", int(maxWait.Hours()/24)).WithHelp("staff has to ask again")
	}
	return ledger.Draft{}, fault.New(fault.Conflict, "the grant is %s, and cannot be %s", was, in.State)
}
