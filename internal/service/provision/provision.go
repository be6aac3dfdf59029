// Package provision is users and groups as a provisioner (SCIM 2.0, RFC 7643 and RFC 7644) keeps them in an organisation.
//
// It promises: who is taken out is no member from the next request on, has no session and no token there when the answer is given; a member is only touched when SCIM made it,
// or took it over because its address lies in a domain that the organisation has proven, which is written down; groups give roles by the organisation's mapping, never that
// of an owner, and the last owner stays. It leaves out the protocol. Removing by SCIM is not erasing: the record of the member stays until somebody erases the person.
package provision

import (
	"context"
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

// Bounds.
const (
	MaxGroups  = 1000
	MaxEmails  = 10
	maxText    = 256
	auditedFor = 90 * 24 * time.Hour // how long an auditor whom a group made is one, until the group says so again
)

// ErrTaken says that what is to be made is there already: 409 with the type uniqueness, RFC 7644 section 3.3.
var ErrTaken = fault.New(fault.Conflict, "a resource with that name is there already")

// ErrOwner says that the last owner stays.
var ErrOwner = fault.New(fault.Conflict, "the last owner of the organisation stays").WithHelp("make somebody else an owner first, in the service itself")

// ErrMoved says that a directory does not give the address of an owner to somebody else: whoever has it signs in by a provider as that owner.
var ErrMoved = fault.New(fault.Conflict, "the e-mail address of an owner is not changed by a directory").WithHelp("give the person another role first, in the service itself")

// ErrVersion says that a resource is not in the version that was seen.
var ErrVersion = fault.New(fault.Denied, "the resource was changed meanwhile")

// Service is the use cases. Every field must be set.
type Service struct {
	Store    Store
	People   People
	Sessions Sessions
	// Role is what the groups give by the mapping of the organisation, "" for nothing.
	Role   func(mapping []identity.GroupMapping, groups []string) access.Role
	Now    func() time.Time
	Random io.Reader
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

func about(kind, person string, more ...ledger.Field) ledger.Draft {
	return entry(kind, append([]ledger.Field{ledger.Personal("person", person, person)}, more...)...)
}

func added(m tenant.Member) ledger.Draft {
	return about("member.added", m.Person, ledger.Personal("name", m.Name, m.Person), ledger.Personal("email", m.Email, m.Person), ledger.Text("role", string(m.Role)))
}

func provided(m tenant.Member) ledger.Draft {
	return about("member.provided", m.Person, ledger.Text("role", string(m.Role)), ledger.Text("by", tenant.BySCIM))
}

// again decides again while what it was decided on has changed meanwhile; a refusal that loading again cannot change ends it, although it is a conflict for whoever asked.
func again(fn func() error) error {
	var settled error
	err := change.Again(func() error {
		err := fn()
		if err == ErrTaken || err == ErrOwner || err == ErrMoved { //nolint:errorlint // they are returned as they are
			settled = err
			return nil
		}
		return err
	})
	if settled != nil {
		return settled
	}
	return err
}

// Users are those that f finds.
func (s *Service) Users(ctx context.Context, a access.Actor, f Find) ([]User, error) {
	scope, err := access.Decide(a, access.UserRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	f.Name = strings.ToLower(f.Name)
	return s.Store.Users(ctx, scope, f)
}

// User is one.
func (s *Service) User(ctx context.Context, a access.Actor, name string) (User, error) {
	scope, err := access.Decide(a, access.UserRead, access.Resource{})
	if err != nil {
		return User{}, err
	}
	return s.user(ctx, scope, name)
}

func (s *Service) user(ctx context.Context, scope access.Scope, name string) (User, error) {
	if !id.Is(id.PrefixPerson, name) {
		return User{}, fault.New(fault.NotFound, "there is no such user")
	}
	all, err := s.Store.Users(ctx, scope, Find{ID: name})
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "there is no such user")
	}
	if err != nil {
		return User{}, err
	}
	return all[0], nil
}

// check says what is wrong with a user, and says which address it has.
func check(u *User) (email string, err error) {
	u.UserName = strings.ToLower(strings.TrimSpace(u.UserName))
	if len(u.Kept.Emails) > MaxEmails {
		return "", fault.New(fault.Invalid, "a user has more than %d addresses", MaxEmails)
	}
	for what, text := range map[string]string{
		"userName": u.UserName, "externalId": u.External, "displayName": u.Kept.Display, "name.formatted": u.Kept.Formatted, "name.givenName": u.Kept.Given, "name.familyName": u.Kept.Family,
	} {
		if len(text) > maxText || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", fault.New(fault.Invalid, "%s is longer than %d bytes, or has a character that it cannot have", what, maxText)
		}
	}
	if u.UserName == "" {
		return "", fault.New(fault.Invalid, "userName is missing")
	}
	return address(u)
}

// address is the one that is primary, that of work, the first, or the name of the user.
func address(u *User) (string, error) {
	all := u.Kept.Emails
	i := slices.IndexFunc(all, func(e Email) bool { return e.Primary })
	if i < 0 {
		i = slices.IndexFunc(all, func(e Email) bool { return strings.EqualFold(e.Type, "work") })
	}
	for j := range all {
		email, err := tenant.Email(all[j].Value)
		if err != nil {
			return "", err
		}
		all[j].Value = email
		if len(all[j].Type) > 20 {
			return "", fault.New(fault.Invalid, "the type of an address is longer than 20 bytes")
		}
	}
	if len(all) > 0 {
		return all[max(i, 0)].Value, nil
	}
	return tenant.Email(u.UserName)
}

// called is how people read the user.
func called(u *User, email string) string {
	k := u.Kept
	for _, name := range []string{k.Display, k.Formatted, strings.TrimSpace(k.Given + " " + k.Family), u.UserName} {
		if tenant.CheckName("the name", name) == nil {
			return name
		}
	}
	return email[:min(len(email), tenant.MaxName)]
}

// CreateUser makes a user, and with it a member: a new one, one who comes back, or one whom a person made and whom SCIM takes over.
func (s *Service) CreateUser(ctx context.Context, a access.Actor, u User) (User, error) {
	scope, err := access.Decide(a, access.UserChange, access.Resource{})
	if err != nil {
		return u, err
	}
	email, err := check(&u)
	if err != nil {
		return u, err
	}
	if err := again(func() error { return s.createUser(ctx, a, scope, &u, email) }); err != nil {
		return u, err
	}
	if !u.Active {
		if err := s.Sessions.End(ctx, a, u.ID, "the provisioner took the person out"); err != nil {
			return u, err
		}
	}
	return s.user(ctx, scope, u.ID)
}

func (s *Service) createUser(ctx context.Context, a access.Actor, scope access.Scope, u *User, email string) error {
	if err := s.free(ctx, scope, u.UserName, ""); err != nil {
		return err
	}
	m, err := s.Store.MemberByEmail(ctx, scope, email)
	kind := "user.adopted"
	switch {
	case fault.KindOf(err) == fault.NotFound:
		kind = "user.added"
		m, err = s.newcomer(ctx, a, scope, email)
	case err == nil:
		err = s.adoptable(ctx, scope, m, email)
		if m.External == tenant.BySCIM {
			kind = "user.added" // it comes back
		}
	}
	if err != nil {
		return err
	}
	now := s.now()
	was := m
	m.Name, m.External, m.Removed = called(u, email), tenant.BySCIM, !u.Active
	if was.Removed || was.Version == 0 {
		m.Role, m.Until = access.Viewer, time.Time{}
	}
	u.ID, u.Created, u.Changed, u.Version, u.Member = m.Person, now, now, 0, m
	c := &Change{Envelope: change.New(scope, now, about(kind, m.Person, ledger.Text("by", tenant.BySCIM))), Members: []tenant.Member{m}, Users: []User{*u}}
	if was.Removed || was.Version == 0 {
		c.Drafts = append(c.Drafts, added(m))
	}
	if was.Removed && !m.Removed {
		if err := s.Sessions.End(ctx, a, m.Person, returned); err != nil {
			return err
		}
	}
	if m.Removed {
		if err := s.removal(ctx, scope, c, was, "made without being active"); err != nil {
			return err
		}
	}
	_, err = s.Store.Commit(ctx, c)
	return err
}

// free says that nobody else has a name.
func (s *Service) free(ctx context.Context, scope access.Scope, userName, but string) error {
	known, err := s.Store.Users(ctx, scope, Find{Name: userName})
	if err == nil && slices.ContainsFunc(known, func(o User) bool { return o.ID != but }) {
		err = ErrTaken
	}
	return err
}

func (s *Service) newcomer(ctx context.Context, a access.Actor, scope access.Scope, email string) (tenant.Member, error) {
	n, err := s.Store.Crowd(ctx, scope)
	if err != nil {
		return tenant.Member{}, err
	}
	if n >= tenant.MaxMembers {
		return tenant.Member{}, fault.New(fault.Limited, "the organisation has had %d members, and can have no more", n)
	}
	person, err := s.People.Belong(ctx, a, email)
	return tenant.Member{Person: person, Email: email, Created: s.now()}, err
}

// adoptable says why SCIM may not take a member over. Whom SCIM made it knows; whom a person made it takes over only in a domain that the organisation has proven.
func (s *Service) adoptable(ctx context.Context, scope access.Scope, m tenant.Member, email string) error {
	known, err := s.Store.Users(ctx, scope, Find{ID: m.Person})
	switch {
	case err != nil:
		return err
	case len(known) > 0:
		return ErrTaken
	case m.External == tenant.BySCIM:
		return nil
	}
	ours, err := s.proven(ctx, scope, email)
	if err == nil && !ours {
		err = ErrTaken
	}
	return err
}

func (s *Service) proven(ctx context.Context, scope access.Scope, email string) (bool, error) {
	all, err := s.Store.Domains(ctx, scope)
	_, domain, _ := strings.Cut(email, "@")
	return slices.ContainsFunc(all, func(d identity.Domain) bool { return d.Name == domain && !d.Verified.IsZero() }), err
}

// removal adds to a change what it takes that somebody is no member any more; m is what the member was.
func (s *Service) removal(ctx context.Context, scope access.Scope, c *Change, m tenant.Member, reason string) error {
	if m.Role == access.Owner && !m.Removed && m.Version != 0 {
		n, version, err := s.Store.Owners(ctx, scope, m.Person)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrOwner
		}
		c.Organisation = version
	}
	tokens, err := s.Store.Tokens(ctx, scope, m.Person)
	if err != nil {
		return err
	}
	c.Drafts = append(c.Drafts, about("member.removed", m.Person, ledger.Text("reason", reason)))
	for _, t := range tokens {
		c.Drafts = append(c.Drafts, entry("token.revoked", ledger.Text("token", t), ledger.Text("reason", "the member was removed")))
	}
	c.Revoked = append(c.Revoked, m.Person)
	return nil
}

// UpdateUser changes a user as mutate does, if it is in that version (0 is any). Who is not active any more has no session there when it returns.
func (s *Service) UpdateUser(ctx context.Context, a access.Actor, name string, version int64, mutate func(*User) error) (User, error) {
	scope, err := access.Decide(a, access.UserChange, access.Resource{})
	if err != nil {
		return User{}, err
	}
	gone := false
	err = again(func() error {
		u, err := s.user(ctx, scope, name)
		if err != nil {
			return err
		}
		if version != 0 && version != u.Version {
			return ErrVersion
		}
		was := u
		u.Kept.Emails = slices.Clone(u.Kept.Emails)
		if err := mutate(&u); err != nil {
			return err
		}
		gone = !u.Active
		return s.updateUser(ctx, scope, was, u)
	})
	if err == nil && gone { // also where it was so before: an answer may have been lost before its sessions ended
		err = s.Sessions.End(ctx, a, name, "the provisioner took the person out")
	}
	if err != nil {
		return User{}, err
	}
	return s.user(ctx, scope, name)
}

// returned is why nothing is good of what somebody had who was removed before.
const returned = "the person was removed, and comes back"

func (s *Service) updateUser(ctx context.Context, scope access.Scope, was, u User) error {
	email, err := check(&u)
	if err != nil {
		return err
	}
	m := u.Member
	m.Name, m.Removed = called(&u, email), !u.Active
	if u.UserName != was.UserName {
		if err := s.free(ctx, scope, u.UserName, u.ID); err != nil {
			return err
		}
	}
	if email != m.Email {
		if m.Role == access.Owner && !was.Member.Removed {
			return ErrMoved
		}
		if err := s.movable(ctx, scope, email); err != nil {
			return err
		}
		m.Email = email
	}
	now := s.now()
	u.Changed = now
	c := &Change{Envelope: change.New(scope, now, about("user.changed", u.ID, ledger.Bool("active", u.Active))), Users: []User{u}}
	switch {
	case was.Member.Removed && u.Active:
		if err := s.Sessions.End(ctx, scope.Actor(), m.Person, returned); err != nil {
			return err
		}
		if m.Role, m.Until, err = s.role(ctx, scope, u.Groups, now); err != nil {
			return err
		}
		c.Drafts = append(c.Drafts, added(m))
	case !was.Member.Removed && !u.Active:
		if err := s.removal(ctx, scope, c, was.Member, "the provisioner says that the user is not active"); err != nil {
			return err
		}
	}
	if m != was.Member {
		c.Members = []tenant.Member{m}
	}
	_, err = s.Store.Commit(ctx, c)
	return err
}

// movable says why a member cannot have another address: it belongs to another one, or is in a domain that is not the organisation's, by which somebody else's could be taken.
func (s *Service) movable(ctx context.Context, scope access.Scope, email string) error {
	_, err := s.Store.MemberByEmail(ctx, scope, email)
	switch {
	case err == nil:
		return ErrTaken
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	ours, err := s.proven(ctx, scope, email)
	if err == nil && !ours {
		err = fault.New(fault.Invalid, "the e-mail address of a member can only change to one in a domain that the organisation has proven")
	}
	return err
}

// DeleteUser takes a user away, and the member out.
func (s *Service) DeleteUser(ctx context.Context, a access.Actor, name string, version int64) error {
	scope, err := access.Decide(a, access.UserChange, access.Resource{})
	if err != nil {
		return err
	}
	err = again(func() error {
		u, err := s.user(ctx, scope, name)
		if err != nil {
			return err
		}
		if version != 0 && version != u.Version {
			return ErrVersion
		}
		const reason = "the provisioner removed the user"
		c := &Change{Envelope: change.New(scope, s.now(), about("user.removed", u.ID, ledger.Text("reason", reason))), GoneUsers: []User{u}}
		if m := u.Member; !m.Removed {
			if err := s.removal(ctx, scope, c, m, reason); err != nil {
				return err
			}
			m.Removed = true
			c.Members = []tenant.Member{m}
		}
		_, err = s.Store.Commit(ctx, c)
		return err
	})
	if err != nil {
		return err
	}
	return s.Sessions.End(ctx, a, name, "the provisioner removed the user")
}

// role is what groups give now, and until when: the least that reads where they give nothing.
func (s *Service) role(ctx context.Context, scope access.Scope, groups []Ref, now time.Time) (access.Role, time.Time, error) {
	p, err := s.Store.Policy(ctx, scope)
	if err != nil {
		return "", time.Time{}, err
	}
	role, until := s.given(p, groups, now)
	return role, until, nil
}

func (s *Service) given(p identity.Policy, groups []Ref, now time.Time) (access.Role, time.Time) {
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
		if g.External != "" {
			names = append(names, g.External)
		}
	}
	switch role := s.Role(p.Groups, names); role {
	case "", access.Owner:
		return access.Viewer, time.Time{}
	case access.Auditor:
		return role, now.Add(auditedFor)
	default:
		return role, time.Time{}
	}
}
