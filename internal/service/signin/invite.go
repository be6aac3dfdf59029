package signin

import (
	"cmp"
	"context"
	"encoding/hex"
	"net/netip"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Invitations. The member is there from when the invitation is made: the list of members shows who is waited for, the role can be changed and the member removed meanwhile, and
// the place is counted. It can do nothing before, since no passkey and no token of it is taken by the organisation. Whoever accepts it has its text, which nobody can guess, and
// nothing else: that the e-mail address is the person's own is for whoever sends it to see to.

// Invite asks somebody to join.
type Invite struct {
	Name, Email string
	Role        access.Role
	// Person is a member who has not come yet, and gets another invitation; Name, Email and Role are those of the member.
	Person string
	Key    *change.Idempotency
}

// Invited is an invitation with its text, which is told this once.
type Invited struct {
	Invitation identity.Invitation `json:"invitation"`
	Text       secret.Value        `json:"-"`
}

// Invite makes a member who can do nothing yet, and an invitation for it. Nobody gives a role that is above their own.
func (s *Service) Invite(ctx context.Context, a access.Actor, in Invite) (Invited, error) {
	scope, err := access.Decide(a, access.MemberChange, access.Resource{})
	if err != nil {
		return Invited{}, err
	}
	if in.Person == "" {
		if in.Person, err = s.Accounts.Add(ctx, a, in.Name, in.Email, in.Role, partOf(in.Key)); err != nil {
			return Invited{}, err
		}
	}
	m, err := s.Homes.Membership(ctx, scope, in.Person)
	if err != nil {
		return Invited{}, hidden(err, errMember)
	}
	switch joined, err := s.joined(ctx, scope, a, in.Person); {
	case err != nil:
		return Invited{}, err
	case !m.Good(s.now()):
		return Invited{}, errMember
	case !a.Covers(m.Role):
		return Invited{}, fault.New(fault.Denied, "the role %s is above your own", m.Role)
	case joined:
		return Invited{}, fault.New(fault.Conflict, "the member has joined already").WithHelp("who lost every passkey needs a recovery")
	}
	return s.inviting(ctx, scope, a, m, in)
}

// partOf is the key of the first half of a request that has two changes.
func partOf(key *change.Idempotency) *change.Idempotency {
	if key == nil {
		return nil
	}
	k := *key
	k.Key = "member/" + hex.EncodeToString(identity.Hash([]byte(key.Key)))
	return &k
}

// keptInvitation is the answer to an invitation, as it is kept with an idempotency key: sealed, for a day.
type keptInvitation struct {
	Invitation identity.Invitation `json:"invitation"`
	Text       []byte              `json:"text"`
}

var errMember = fault.New(fault.NotFound, "there is no such member")

func (s *Service) inviting(ctx context.Context, scope access.Scope, a access.Actor, m Membership, in Invite) (Invited, error) {
	text, err := identity.NewInvitation(a.Org, s.Random)
	if err != nil {
		return Invited{}, err
	}
	var out Invited
	err = again(func() error {
		now := s.now()
		v := identity.Invitation{Hash: identity.Hash(text.Expose()), Person: in.Person, Role: m.Role, By: a.ID, Created: now, Expires: now.Add(InvitationLasts)}
		if v.ID, err = s.mint(id.PrefixInvitation, now); err != nil {
			return err
		}
		c := &Joining{Envelope: change.New(scope, now), Invitations: []identity.Invitation{v}}
		all, err := s.Homes.Invitations(ctx, scope)
		if err != nil {
			return err
		}
		for _, o := range all { // one at a time: the newest
			if o.Person == in.Person && open(o, now) {
				o.Revoked = true
				c.Invitations = append(c.Invitations, o)
				c.Drafts = append(c.Drafts, entry("invitation.revoked", ledger.Text("invitation", o.ID), aPerson(o.Person)))
			}
		}
		c.Drafts = append(c.Drafts, entry("invitation.created", ledger.Text("invitation", v.ID), aPerson(v.Person), ledger.Text("role", string(v.Role)), ledger.Time("expires", v.Expires)))
		v.Version = 1
		answer := keptInvitation{Invitation: v, Text: text.Expose()}
		if err := change.Remember(&c.Envelope, in.Key, answer); err != nil {
			return err
		}
		done, err := s.Homes.Join(ctx, c)
		if err == nil {
			err = change.Replayed(done, &answer)
		}
		out = Invited{Invitation: answer.Invitation, Text: secret.New(answer.Text)}
		return err
	})
	return out, err
}

func open(v identity.Invitation, now time.Time) bool {
	return !v.Used && !v.Revoked && now.Before(v.Expires)
}

// joined reports whether a member has come: an invitation of it was used, a passkey of it is trusted here, or a provider has signed it in. Who has gets no other one, which one
// person alone could then use in the member's place.
func (s *Service) joined(ctx context.Context, here access.Scope, a access.Actor, person string) (bool, error) {
	list, err := s.Homes.Invitations(ctx, here)
	if err != nil || slices.ContainsFunc(list, func(v identity.Invitation) bool { return v.Person == person && v.Used && !v.Revoked }) {
		return true, err
	}
	return s.came(ctx, a, here.Org(), person)
}

// came reports whether a member has come otherwise than by an invitation.
func (s *Service) came(ctx context.Context, cause access.Actor, org id.Org, person string) (bool, error) {
	scope, err := platform(cause)
	if err != nil {
		return false, err
	}
	all, err := s.People.Trusts(ctx, scope, person)
	if err != nil || slices.ContainsFunc(all, func(t Trust) bool { return t.Org == org }) {
		return true, err
	}
	return s.People.Linked(ctx, scope, person, org)
}

// Invitations are those of the actor's organisation, the newest first.
func (s *Service) Invitations(ctx context.Context, a access.Actor) ([]identity.Invitation, error) {
	scope, err := access.Decide(a, access.MemberChange, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, err := s.Homes.Invitations(ctx, scope)
	slices.Reverse(all)
	return all, err
}

// RevokeInvitation takes an invitation back. The member stays, and can be removed.
func (s *Service) RevokeInvitation(ctx context.Context, a access.Actor, invitation string) error {
	scope, err := access.Decide(a, access.MemberChange, access.Resource{})
	if err != nil {
		return err
	}
	return again(func() error {
		all, err := s.Homes.Invitations(ctx, scope)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(v identity.Invitation) bool { return v.ID == invitation })
		if i < 0 {
			return fault.New(fault.NotFound, "there is no such invitation")
		}
		v := all[i]
		switch {
		case v.Revoked:
			return nil
		case v.Used:
			return fault.New(fault.Conflict, "the invitation was accepted").WithHelp("remove the member instead")
		}
		v.Revoked = true
		c := &Joining{Envelope: change.New(scope, s.now(), entry("invitation.revoked", ledger.Text("invitation", v.ID), aPerson(v.Person))), Invitations: []identity.Invitation{v}}
		_, err = s.Homes.Join(ctx, c)
		return err
	})
}

// Preview is what somebody sees of a link before it is used.
type Preview struct {
	Organisation string      `json:"organisation"` // name
	Slug         string      `json:"slug"`
	Role         access.Role `json:"role"`
	Name         string      `json:"name"` // of who is invited
	Email        string      `json:"email"`
	Recovery     bool        `json:"recovery"`
	Expires      time.Time   `json:"expiresAt"`
}

// Invitation is what the text of an invitation or a recovery is for. To who has it, it is told; to anybody else there is none.
func (s *Service) Invitation(ctx context.Context, code string, cause Cause) (Preview, error) {
	l, err := s.linked(ctx, code, cause)
	if err != nil {
		return Preview{}, err
	}
	return Preview{Organisation: l.m.Name, Slug: l.m.Slug, Role: l.m.Role, Name: l.m.Member, Email: l.m.Email, Recovery: l.recovery != nil, Expires: l.expires()}, nil
}

// link is an invitation or a recovery that can be used, with the member that it is for.
type link struct {
	org        id.Org
	scope      access.Scope
	m          Membership
	person     string
	invitation *identity.Invitation
	recovery   *identity.Recovery
}

func (l link) expires() time.Time {
	if l.recovery != nil {
		return l.recovery.Expires
	}
	return l.invitation.Expires
}

func (s *Service) linked(ctx context.Context, code string, cause Cause) (link, error) {
	if err := s.attempt(ctx, "link", cause.Addr); err != nil {
		return link{}, err
	}
	org, err := identity.ParseInvitation(code)
	recovery := err != nil
	if recovery {
		if org, err = identity.ParseRecovery(code); err != nil {
			return link{}, identity.ErrCode
		}
	}
	return s.byHash(ctx, org, identity.Hash([]byte(code)), recovery, cause.Request)
}

func (s *Service) byHash(ctx context.Context, org id.Org, hash []byte, recovery bool, request string) (l link, err error) {
	l.org = org
	if l.scope, err = inside(org, access.Actor{Surface: access.Portal, Request: request}); err != nil {
		return l, err
	}
	now := s.now()
	var role access.Role
	if recovery {
		r, err := s.Homes.RecoveryByHash(ctx, l.scope, hash)
		if err != nil {
			return l, hidden(err, identity.ErrCode)
		}
		if r.Used || r.Approved == "" || !now.Before(r.Expires) || !identity.Same(r.Hash, hash) {
			return l, identity.ErrCode
		}
		l.recovery, l.person, role = &r, r.Person, r.Role
	} else {
		v, err := s.Homes.InvitationByHash(ctx, l.scope, hash)
		if err != nil {
			return l, hidden(err, identity.ErrCode)
		}
		if !open(v, now) || !identity.Same(v.Hash, hash) {
			return l, identity.ErrCode
		}
		l.invitation, l.person, role = &v, v.Person, v.Role
	}
	l.m, err = s.Homes.Membership(ctx, l.scope, l.person)
	if err != nil {
		return l, hidden(err, identity.ErrCode)
	}
	// A member whose role was changed meanwhile needs another link: whoever made this one may not have been allowed to give the role of today.
	if !l.m.Good(now) || role != l.m.Role {
		return l, identity.ErrCode
	}
	if l.invitation == nil {
		return l, nil
	}
	// Whoever made the invitation has its text too. Of a member who came without it, nobody would notice that it is used.
	came, err := s.came(ctx, l.scope.Actor(), org, l.person)
	if err == nil && came {
		err = identity.ErrCode
	}
	return l, err
}

// recovered adds to a change what a recovery makes of the tokens of a person: whoever has a lost device has its command line too.
func (s *Service) recovered(ctx context.Context, c *Joining, person string) error {
	tokens, err := s.Homes.Tokens(ctx, c.Scope, person)
	for _, t := range tokens {
		c.Drafts = append(c.Drafts, entry("token.revoked", ledger.Text("token", t), ledger.Text("reason", "the person was recovered")))
	}
	c.Revoked = person
	return err
}

// use writes down that the link was used, in the home of its organisation; of two who use it at once, one does. The passkey comes after it, a token with it: killed in between, there
// is less access and not more, and the member is invited again.
func (s *Service) use(ctx context.Context, l link, how string, with func(*Joining)) error {
	c := &Joining{Envelope: change.New(l.scope, s.now())}
	c.Expect = []change.Expect{{Kind: "member", ID: l.person, Version: l.m.Version}}
	if l.recovery != nil {
		r := *l.recovery
		r.Used = true
		c.Recoveries = []identity.Recovery{r}
		c.Drafts = []ledger.Draft{entry("recovery.used", ledger.Text("recovery", r.ID), aPerson(r.Person))}
		if err := s.recovered(ctx, c, r.Person); err != nil {
			return err
		}
	} else {
		v := *l.invitation
		v.Used = true
		c.Invitations = []identity.Invitation{v}
		c.Drafts = []ledger.Draft{entry("invitation.accepted", ledger.Text("invitation", v.ID), aPerson(v.Person), ledger.Text("role", string(v.Role)), ledger.Text("method", how))}
	}
	if with != nil {
		with(c)
	}
	_, err := s.Homes.Join(ctx, c)
	if fault.KindOf(err) == fault.Conflict {
		return identity.ErrCode
	}
	return err
}

func (s *Service) beginJoin(ctx context.Context, in Registration) (Ceremony, error) {
	l, err := s.linked(ctx, in.Code, in.Cause)
	if err != nil {
		return Ceremony{}, err
	}
	cause := causeOf(l.person, in.Cause.Request)
	scope, err := platform(cause)
	if err != nil {
		return Ceremony{}, err
	}
	who := registering{Person: l.person, Name: l.m.Member, Email: l.m.Email, Code: identity.Hash([]byte(in.Code)), Org: l.org, Kind: byInvitation}
	if l.recovery != nil {
		who.Kind = byRecovery
	}
	return s.create(ctx, scope, who, cause)
}

// finishJoin uses the link, and makes the passkey the one that the organisation takes. With a recovery it takes no other any more, and what is open there ends.
func (s *Service) finishJoin(ctx context.Context, in Finish, who registering, key identity.Passkey) (Registered, error) {
	l, err := s.byHash(ctx, who.Org, who.Code, who.Kind == byRecovery, in.Request)
	if err != nil {
		return Registered{}, err
	}
	scope, err := platform(causeOf(who.Person, in.Request))
	if err != nil {
		return Registered{}, err
	}
	if _, err := s.People.PasskeyByHandle(ctx, scope, key.Handle); !missing(err) {
		return Registered{}, cmp.Or(err, taken(fault.New(fault.Conflict, "")))
	}
	if err := s.use(ctx, l, "passkey", nil); err != nil {
		return Registered{}, err
	}
	now := s.now()
	ss := identity.Session{
		Realm: identity.Members, Person: key.Person, Org: l.org, Method: identity.ByPasskey, Strength: s.strength(key, Asserted{Proof: proofOf(in.Response)}),
		Device: shortened(in.Device, "unknown"), Created: now, Proven: now,
	}
	var failed error
	signed, err := s.commitSession(ctx, ss, nil, func(c *Change) {
		c.Passkeys, c.Trusts = append(c.Passkeys, key), append(c.Trusts, Trust{key.ID, l.org})
		c.Drafts = append(c.Drafts, addedKey(key))
		if l.recovery != nil {
			failed = s.afresh(ctx, scope, c, key.Person, l)
		}
	}, in.Request)
	if failed != nil {
		return Registered{}, failed
	}
	key.Version = 1
	return Registered{Passkey: key, Signed: signed}, taken(err)
}

// afresh adds to a change that an organisation takes nothing of what a person had: neither passkeys nor sessions.
func (s *Service) afresh(ctx context.Context, scope access.Scope, c *Change, person string, l link) error {
	if err := s.leave(ctx, scope, c, person, l.org, "a recovery took its place", "the person was recovered"); err != nil {
		return err
	}
	c.Drafts = append(c.Drafts, entry("recovery.finished", ledger.Text("recovery", l.recovery.ID), ledger.Text("organisation", string(l.org)), aPerson(person)))
	return nil
}

// Accept lets somebody who is signed in accept an invitation, with the passkey of the session: it is taken by that organisation too from now on, and the session goes there.
func (s *Service) Accept(ctx context.Context, code string, ss identity.Session, cause Cause) (Signed, error) {
	l, err := s.linked(ctx, code, cause)
	if err != nil {
		return Signed{}, err
	}
	switch {
	case l.invitation == nil:
		return Signed{}, identity.ErrCode
	case ss.Realm != identity.Members || ss.Strength.Passkey == "":
		return Signed{}, fault.New(fault.Denied, "an invitation is accepted with a passkey").WithHelp("register one with the link")
	case l.person != ss.Person:
		return Signed{}, fault.New(fault.Denied, "the invitation is for somebody else").WithHelp("sign out, and register a passkey with the link")
	}
	if err := s.use(ctx, l, "session", nil); err != nil {
		return Signed{}, err
	}
	return s.rotate(ctx, ss, func(n *identity.Session) { n.Org = l.org }, func(c *Change) {
		c.Trusts = append(c.Trusts, Trust{ss.Strength.Passkey, l.org})
		c.Drafts = append(c.Drafts, entry("passkey.trusted", ledger.Text("passkey", ss.Strength.Passkey), aPerson(ss.Person), ledger.Text("organisation", string(l.org))))
	}, cause.Request)
}

// AcceptByToken accepts an invitation without a browser: it gives an interactive token, which is made in the commit that uses the invitation up.
func (s *Service) AcceptByToken(ctx context.Context, code, device string, addr netip.Addr, request string) (Issued, error) {
	l, err := s.linked(ctx, code, Cause{Addr: addr, Request: request})
	if err != nil {
		return Issued{}, err
	}
	if l.invitation == nil {
		return Issued{}, fault.New(fault.Denied, "a recovery is used in a browser")
	}
	if err := s.outside(ctx, l, addr); err != nil {
		return Issued{}, err
	}
	made, told, err := s.Accounts.Prepare(ctx, l.org, l.person, shortened(device, "command line"), request)
	if err != nil {
		return Issued{}, err
	}
	if err := s.use(ctx, l, "token", func(c *Joining) { c.Token, c.Drafts = &made.Token, append(c.Drafts, told) }); err != nil {
		return Issued{}, err
	}
	made.Token.Version = 1
	return made, nil
}

// outside says why an organisation lets nobody in who comes with a link alone, from that address: it demands its own provider, of everybody.
func (s *Service) outside(ctx context.Context, l link, addr netip.Addr) error {
	p, err := s.policy(ctx, l.org)
	if err != nil {
		return err
	}
	if p.SSO {
		return ErrSSO
	}
	now := s.now()
	return demands(p, identity.Session{Method: identity.ByProvider, Created: now}, l.m.Role, addr, now)
}
