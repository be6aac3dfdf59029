package signin

import (
	"cmp"
	"context"
	"maps"
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

// Attempt is a request that shows a cookie.
type Attempt struct {
	Cookie  string
	Realm   identity.Realm
	Addr    netip.Addr
	Surface access.Surface
	Request string
}

// Authenticate says who shows the cookie. The session is found by its hash; the membership is read in the home of the session's organisation, the roles of the platform's own
// people and their grants where they are kept, each time, so that whoever lost them is refused from the next request on. Who has chosen no organisation yet is an actor of none.
func (s *Service) Authenticate(ctx context.Context, try Attempt) (access.Actor, identity.Session, error) {
	none := identity.Session{}
	if !identity.IsCookie(try.Cookie) {
		return access.Actor{}, none, ErrUnauthenticated
	}
	scope, err := platform(access.Actor{Surface: try.Surface, Request: try.Request})
	if err != nil {
		return access.Actor{}, none, err
	}
	hash, now := identity.Hash([]byte(try.Cookie)), s.now()
	ss, err := s.People.SessionByHash(ctx, scope, hash)
	if err != nil {
		return access.Actor{}, none, hidden(err, ErrUnauthenticated)
	}
	if !identity.Same(ss.Hash, hash) || ss.Realm != try.Realm || !ss.Live(now) {
		return access.Actor{}, none, ErrUnauthenticated
	}
	a, err := s.actor(ctx, ss, try, now)
	if err != nil {
		return access.Actor{}, none, err
	}
	if now.Sub(ss.Seen) >= seenEvery {
		if err := s.People.Seen(ctx, scope, ss.ID, now); err != nil {
			return access.Actor{}, none, err
		}
		ss.Seen = now
	}
	return a, ss, nil
}

func (s *Service) actor(ctx context.Context, ss identity.Session, try Attempt, now time.Time) (access.Actor, error) {
	a := access.Actor{
		ID: id.Actor("person:" + ss.Person), Kind: access.Person, Org: ss.Org, Surface: try.Surface, Purpose: "interactive", Session: ss.ID, Fresh: fresh(ss, now), Request: try.Request,
	}
	if ss.Realm == identity.Staff {
		return s.staff(ctx, ss, a, now)
	}
	if ss.Org == "" {
		return a, nil
	}
	if ss.Org == id.Platform {
		return access.Actor{}, ErrUnauthenticated // no session of this realm is there
	}
	m, err := s.membership(ctx, ss.Org, ss.Person, try.Request)
	if err != nil {
		return access.Actor{}, hidden(err, ErrUnauthenticated)
	}
	if !m.Good(now) {
		return access.Actor{}, ErrUnauthenticated
	}
	a.Roles = []access.Role{m.Role}
	return a, demands(m.Policy, ss, m.Role, try.Addr, now)
}

func fresh(ss identity.Session, now time.Time) bool {
	l := identity.MemberLimits
	if ss.Realm == identity.Staff {
		l = identity.StaffLimits
	}
	return now.Sub(ss.Proven) < l.Fresh
}

// staff is one of the platform's own people: on the platform, or in an organisation while a grant of it lasts.
func (s *Service) staff(ctx context.Context, ss identity.Session, a access.Actor, now time.Time) (access.Actor, error) {
	if ss.Method != identity.ByBreakGlass { // its code was the proof, and its hour is what RolesOf counts
		if err := s.Personnel.Enough(ss.Strength); err != nil {
			return access.Actor{}, err
		}
	}
	roles, err := s.Personnel.RolesOf(ctx, ss.Person)
	if err != nil {
		return access.Actor{}, hidden(err, ErrUnauthenticated)
	}
	a.Kind, a.Roles, a.Grant = access.Staff, roles, ss.Grant
	if ss.Org == id.Platform && ss.Grant == "" {
		return a, nil
	}
	return a, s.granted(ctx, ss.Person, ss.Org, ss.Grant, now)
}

// ErrGrant says that no grant lets one of the platform's people into an organisation.
var ErrGrant = fault.New(fault.Denied, "no access was granted, or it has ended").WithHelp("go back to the platform")

func (s *Service) granted(ctx context.Context, person string, org id.Org, grant string, now time.Time) error {
	if grant == "" {
		return ErrGrant
	}
	g, err := s.Personnel.GrantOf(ctx, org, grant)
	if err != nil {
		return hidden(err, ErrGrant)
	}
	if g.State != "active" || g.Staff != person || g.Org != org || now.Before(g.From) || !now.Before(g.Until) {
		return ErrGrant
	}
	return nil
}

func (s *Service) membership(ctx context.Context, org id.Org, person, request string) (Membership, error) {
	scope, err := inside(org, causeOf(person, request))
	if err != nil {
		return Membership{}, err
	}
	return s.Homes.Membership(ctx, scope, person)
}

// Start is a session to be. Whoever calls it has proven who the person is.
type Start struct {
	Person   string
	Realm    identity.Realm
	Org      id.Org // "" is none yet
	Method   identity.Method
	Strength identity.Strength
	Device   string
	Grant    string
	Request  string
}

// Start begins a session.
func (s *Service) Start(ctx context.Context, in Start) (Signed, error) {
	now := s.now()
	ss := identity.Session{
		Realm: in.Realm, Person: in.Person, Org: in.Org, Grant: in.Grant, Method: in.Method, Strength: in.Strength, Device: shortened(in.Device, "unknown"), Created: now, Proven: now,
	}
	if ss.Realm == identity.Staff && ss.Org == "" {
		ss.Org = id.Platform
	}
	switch {
	case ss.Realm != identity.Members && ss.Realm != identity.Staff, ss.Realm == identity.Members && (ss.Org == id.Platform || ss.Grant != ""), ss.Org == id.Local:
		return Signed{}, fault.New(fault.Internal, "a session is of one realm")
	}
	return s.commitSession(ctx, ss, nil, nil, in.Request)
}

// BreakGlass begins a session of the sealed account of the platform, whose code was the proof.
func (s *Service) BreakGlass(ctx context.Context, person, device, request string) (secret.Value, error) {
	signed, err := s.Start(ctx, Start{Person: person, Realm: identity.Staff, Org: id.Platform, Method: identity.ByBreakGlass, Device: device, Request: request})
	return signed.Cookie, err
}

// commitSession commits a new session together with what else a change has. old is the session that it replaces, or nil.
func (s *Service) commitSession(ctx context.Context, ss identity.Session, old *identity.Session, with func(*Change), request string) (Signed, error) {
	scope, err := platform(causeOf(ss.Person, request))
	if err != nil {
		return Signed{}, err
	}
	now := s.now()
	cookie, err := identity.NewCookie(s.Random)
	if err != nil {
		return Signed{}, err
	}
	if ss.ID, err = s.mint(id.PrefixSession, now); err != nil {
		return Signed{}, err
	}
	limits := identity.MemberLimits
	if ss.Realm == identity.Staff {
		limits = identity.StaffLimits
	}
	ss.Hash, ss.Seen, ss.Expires, ss.Ended, ss.Version = identity.Hash(cookie.Expose()), now, ss.Created.Add(limits.Absolute), false, 0
	err = again(func() error { // two sign-ins at once may end the same old sessions
		c := &Change{Envelope: change.New(scope, now), Sessions: []identity.Session{ss}}
		if with != nil {
			with(c)
		}
		c.Drafts = append(c.Drafts, began(ss))
		if old != nil {
			c.end(*old, "another one took its place")
		}
		if err := s.crowded(ctx, scope, c, ss, old, now); err != nil {
			return err
		}
		_, err := s.People.Commit(ctx, c)
		return err
	})
	if err != nil {
		return Signed{}, err
	}
	ss.Version = 1
	return Signed{Session: ss, Cookie: cookie}, nil
}

// crowded ends what is over of a person's sessions, and the oldest of somebody who has too many.
func (s *Service) crowded(ctx context.Context, scope access.Scope, c *Change, ss identity.Session, old *identity.Session, now time.Time) error {
	all, err := s.People.Sessions(ctx, scope, ss.Person)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o identity.Session) bool {
		return old != nil && o.ID == old.ID || slices.ContainsFunc(c.Sessions, func(x identity.Session) bool { return x.ID == o.ID })
	})
	slices.SortFunc(all, func(a, b identity.Session) int { return a.Seen.Compare(b.Seen) })
	live := slices.DeleteFunc(slices.Clone(all), func(o identity.Session) bool { return !o.Live(now) })
	for n, o := range all {
		if n < MaxSessions && !o.Live(now) {
			c.end(o, "expired")
		}
	}
	for len(live) >= MaxSessions {
		c.end(live[0], "there were too many")
		live = live[1:]
	}
	return nil
}

// end adds the end of a session to a change.
func (c *Change) end(ss identity.Session, reason string) {
	ss.Ended = true
	c.Sessions = append(c.Sessions, ss)
	c.Drafts = append(c.Drafts, entry("session.ended", ledger.Text("session", ss.ID), aPerson(ss.Person), ledger.Text("reason", reason)))
}

func began(ss identity.Session) ledger.Draft {
	f := []ledger.Field{
		ledger.Text("session", ss.ID), aPerson(ss.Person), ledger.Text("realm", string(ss.Realm)), ledger.Text("method", string(ss.Method)),
		ledger.Bool("phishingResistant", ss.Strength.Phishing), ledger.Bool("hardware", ss.Strength.Hardware),
	}
	if ss.Org != "" {
		f = append(f, ledger.Text("organisation", string(ss.Org)))
	}
	for _, x := range []struct{ name, text string }{{"grant", ss.Grant}, {"provider", ss.Strength.Provider}, {"passkey", ss.Strength.Passkey}, {"proof", ss.Strength.Proof}} {
		if x.text != "" {
			f = append(f, ledger.Text(x.name, x.text))
		}
	}
	return entry("session.began", f...)
}

// Organisations are those that take the person of a session, as that session proved who it is: by the passkey, those that trust it; by a provider, the one of that provider.
func (s *Service) Organisations(ctx context.Context, ss identity.Session) ([]Membership, error) {
	scope, err := platform(causeOf(ss.Person, ""))
	if err != nil {
		return nil, err
	}
	orgs, err := s.reach(ctx, scope, ss)
	if err != nil {
		return nil, err
	}
	out := []Membership{}
	for _, org := range orgs {
		if org == id.Platform {
			continue
		}
		m, err := s.membership(ctx, org, ss.Person, "")
		if err != nil && !missing(err) {
			return nil, err
		}
		if err == nil && m.Good(s.now()) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Membership) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// welcome says why a session may not go into an organisation that takes the person, as far as its policy is about how somebody signed in. That an owner comes in past the provider is
// written down there, each time.
func (s *Service) welcome(ctx context.Context, ss identity.Session, m Membership, request string) error {
	p, err := s.policy(ctx, m.Org)
	if err != nil || !p.SSO || ss.Method == identity.ByProvider {
		return err
	}
	if m.Role != access.Owner {
		return ErrSSO
	}
	return s.Policies.FellBack(ctx, m.Org, ss.Person, ss.Strength, request)
}

// reach are the organisations that take what the session was begun with; whether the person is a member there is theirs to say.
func (s *Service) reach(ctx context.Context, scope access.Scope, ss identity.Session) ([]id.Org, error) {
	if ss.Strength.Passkey == "" {
		if ss.Org == "" {
			return nil, nil
		}
		return []id.Org{ss.Org}, nil
	}
	all, err := s.People.Trusts(ctx, scope, ss.Person)
	return trusted(all, ss.Strength.Passkey), err
}

// Switch lets a session go into another organisation, as a new session; the old one ends. An organisation that does not take the person, or its passkey, is notfound.
func (s *Service) Switch(ctx context.Context, ss identity.Session, org id.Org, request string) (Signed, error) {
	if ss.Realm == identity.Staff {
		if org != id.Platform {
			return Signed{}, ErrGrant
		}
		return s.rotate(ctx, ss, func(n *identity.Session) { n.Org, n.Grant = id.Platform, "" }, nil, request)
	}
	list, err := s.Organisations(ctx, ss)
	if err != nil {
		return Signed{}, err
	}
	i := slices.IndexFunc(list, func(m Membership) bool { return m.Org == org })
	if i < 0 {
		return Signed{}, fault.New(fault.NotFound, "there is no such organisation")
	}
	if err := s.welcome(ctx, ss, list[i], request); err != nil {
		return Signed{}, err
	}
	return s.rotate(ctx, ss, func(n *identity.Session) { n.Org = org }, nil, request)
}

// Enter lets one of the platform's own people into an organisation under a grant of it.
func (s *Service) Enter(ctx context.Context, ss identity.Session, org id.Org, grant, request string) (Signed, error) {
	if ss.Realm != identity.Staff {
		return Signed{}, ErrGrant
	}
	if err := s.granted(ctx, ss.Person, org, grant, s.now()); err != nil {
		return Signed{}, err
	}
	return s.rotate(ctx, ss, func(n *identity.Session) { n.Org, n.Grant = org, grant }, nil, request)
}

// rotate replaces a session by one with another text. It began when the first one did: no rotation makes it last longer.
func (s *Service) rotate(ctx context.Context, ss identity.Session, how func(*identity.Session), with func(*Change), request string) (Signed, error) {
	scope, err := platform(causeOf(ss.Person, request))
	if err != nil {
		return Signed{}, err
	}
	var out Signed
	err = again(func() error {
		now, err := s.People.SessionByID(ctx, scope, ss.ID)
		if err != nil {
			return hidden(err, ErrUnauthenticated)
		}
		if !now.Live(s.now()) {
			return ErrUnauthenticated
		}
		next := now
		how(&next)
		out, err = s.commitSession(ctx, next, &now, with, request)
		return err
	})
	return out, err
}

// SignOut ends a session. One that has ended already is no error.
func (s *Service) SignOut(ctx context.Context, ss identity.Session, request string) error {
	return s.ends(ctx, ss.Person, "signed out", request, func(o identity.Session) bool { return o.ID == ss.ID })
}

// ends commits the end of those sessions of a person that are meant.
func (s *Service) ends(ctx context.Context, person, reason, request string, meant func(identity.Session) bool) error {
	scope, err := platform(causeOf(person, request))
	if err != nil {
		return err
	}
	return again(func() error {
		all, err := s.People.Sessions(ctx, scope, person)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now())}
		for _, o := range all {
			if meant(o) {
				c.end(o, reason)
			}
		}
		if len(c.Drafts) == 0 {
			return nil
		}
		_, err = s.People.Commit(ctx, c)
		return err
	})
}

// EndAll ends all sessions of a person, wherever they are.
func (s *Service) EndAll(ctx context.Context, person, reason string) error {
	return s.ends(ctx, person, shortened(reason, "ended"), "", func(identity.Session) bool { return true })
}

// EndIn ends the sessions of a person that are in one organisation, and has it take none of the person's passkeys any more: who comes back there is invited again. What an
// organisation decides ends nothing in another one. "" is the sessions in all.
func (s *Service) EndIn(ctx context.Context, org id.Org, person, reason string) error {
	if org == "" {
		return s.EndAll(ctx, person, reason)
	}
	reason = shortened(reason, "ended")
	scope, err := platform(causeOf(person, ""))
	if err != nil {
		return err
	}
	return again(func() error {
		c := &Change{Envelope: change.New(scope, s.now())}
		if err := s.leave(ctx, scope, c, person, org, reason, reason); err != nil || len(c.Drafts) == 0 {
			return err
		}
		_, err := s.People.Commit(ctx, c)
		return err
	})
}

// leave adds to a change that an organisation takes nothing of what a person had: neither passkeys nor sessions.
func (s *Service) leave(ctx context.Context, scope access.Scope, c *Change, person string, org id.Org, removed, ended string) error {
	keys, err := s.People.Passkeys(ctx, scope, person)
	if err != nil {
		return err
	}
	trusts, err := s.People.Trusts(ctx, scope, person)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if slices.Contains(trusted(trusts, k.ID), org) {
			if err := s.distrust(ctx, scope, c, k, []id.Org{org}, removed); err != nil {
				return err
			}
		}
	}
	sessions, err := s.People.Sessions(ctx, scope, person)
	if err != nil {
		return err
	}
	for _, o := range sessions {
		if o.Org == org && !slices.ContainsFunc(c.Sessions, func(x identity.Session) bool { return x.ID == o.ID }) {
			c.end(o, ended)
		}
	}
	return nil
}

// EndBy ends the sessions in an organisation that began at a provider, which vouches for nobody there any more.
func (s *Service) EndBy(ctx context.Context, org id.Org, provider, reason string) error {
	scope, err := platform(access.Actor{})
	if err != nil {
		return err
	}
	all, err := s.People.SessionsIn(ctx, scope, org)
	if err != nil {
		return err
	}
	by := map[string][]string{}
	for _, ss := range all {
		if ss.Strength.Provider == provider {
			by[ss.Person] = append(by[ss.Person], ss.ID)
		}
	}
	for _, person := range slices.Sorted(maps.Keys(by)) {
		if err := s.ends(ctx, person, shortened(reason, "ended"), "", func(o identity.Session) bool { return slices.Contains(by[person], o.ID) }); err != nil {
			return err
		}
	}
	return nil
}

// Own is what a person sees of a session of theirs.
type Own struct {
	identity.Session
	Current bool `json:"current"`
}

// Sessions are those of the actor that are live: those in the actor's organisation, and those that were begun with a passkey that the actor's is trusted beside.
func (s *Service) Sessions(ctx context.Context, a access.Actor) ([]Own, error) {
	if _, err := access.Decide(a, access.SelfRead, access.Resource{}); err != nil {
		return nil, err
	}
	mine, err := s.mine(ctx, a)
	if err != nil {
		return nil, err
	}
	all, err := s.People.Sessions(ctx, mine.scope, mine.person)
	if err != nil {
		return nil, err
	}
	out, now := []Own{}, s.now()
	for _, o := range all {
		if o.Live(now) && mine.session(o) {
			out = append(out, Own{Session: o, Current: o.ID == a.Session})
		}
	}
	slices.SortFunc(out, func(a, b Own) int { return b.Seen.Compare(a.Seen) })
	return out, nil
}

// EndSession ends one of the actor's own.
func (s *Service) EndSession(ctx context.Context, a access.Actor, session string) error {
	if _, err := access.Decide(a, access.SelfChange, access.Resource{}); err != nil {
		return err
	}
	mine, err := s.mine(ctx, a)
	if err != nil {
		return err
	}
	ss, err := s.People.SessionByID(ctx, mine.scope, session)
	if err != nil && !missing(err) {
		return err
	}
	if err != nil || ss.Person != mine.person || !mine.session(ss) {
		return fault.New(fault.NotFound, "there is no such session")
	}
	return s.ends(ctx, mine.person, "ended by its owner", a.Request, func(o identity.Session) bool { return o.ID == session })
}

// EndOthers ends all of the actor's own but the one that it acts in: what somebody wants who has lost a device, or who finds a session that is not theirs.
func (s *Service) EndOthers(ctx context.Context, a access.Actor) error {
	if _, err := access.Decide(a, access.SelfChange, access.Resource{}); err != nil {
		return err
	}
	if a.Session == "" {
		return fault.New(fault.Denied, "that is done in a browser, signed in")
	}
	mine, err := s.mine(ctx, a)
	if err != nil {
		return err
	}
	now := s.now()
	return s.ends(ctx, mine.person, "ended by its owner with all others", a.Request, func(o identity.Session) bool { return o.ID != a.Session && o.Live(now) && mine.session(o) })
}

// own is what an actor may call its own: a person may be held to be the same by two organisations that do not know of each other, so what one of them let in sees nothing of
// what the other did.
type own struct {
	scope  access.Scope
	person string
	orgs   []id.Org
	trusts []Trust
}

// errPerson says that something is for people only.
var errPerson = fault.New(fault.Denied, "that is for a person, and the actor is none")

func (s *Service) mine(ctx context.Context, a access.Actor) (own, error) {
	m := own{person: a.ID.Person()}
	if m.person == "" {
		return m, errPerson
	}
	var err error
	if m.scope, err = platform(a); err != nil {
		return m, err
	}
	if m.trusts, err = s.People.Trusts(ctx, m.scope, m.person); err != nil {
		return m, err
	}
	if a.Session != "" {
		ss, err := s.People.SessionByID(ctx, m.scope, a.Session)
		if err != nil {
			return m, hidden(err, ErrUnauthenticated)
		}
		if ss.Person != m.person {
			return m, ErrUnauthenticated
		}
		// A session of members gives nothing that is good for the platform's people, and theirs nothing that is good in an organisation, whoever has both by one passkey.
		m.orgs = slices.DeleteFunc(trusted(m.trusts, ss.Strength.Passkey), func(o id.Org) bool { return (o == id.Platform) != (ss.Realm == identity.Staff) })
	}
	if a.Org != "" && a.Grant == "" && !slices.Contains(m.orgs, a.Org) {
		m.orgs = append(m.orgs, a.Org)
	}
	return m, nil
}

// session reports whether a session of the person is one of its own.
func (m own) session(o identity.Session) bool {
	if o.Strength.Passkey != "" {
		return m.passkey(o.Strength.Passkey)
	}
	return slices.Contains(m.orgs, o.Org)
}

// passkey reports whether an organisation trusts it that trusts the actor.
func (m own) passkey(passkey string) bool {
	return slices.ContainsFunc(m.trusts, func(t Trust) bool { return t.Passkey == passkey && slices.Contains(m.orgs, t.Org) })
}
