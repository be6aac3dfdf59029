package staff

import (
	"context"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Bounds of the platform's own people and of what takes two of them.
const (
	maxPersonnel = 500
	maxProposals = 50 // that wait
	proposalTime = 7 * 24 * time.Hour
)

// NewPersonnel is somebody who is to be one of the platform's people.
type NewPersonnel struct {
	Name, Email string
	Roles       []access.Role
	Contractor  bool
	Contract    string
	Until       time.Time // of the contract; zero: it has no end
}

// Changed is a record, and what still needs a second administrator.
type Changed struct {
	Record   identity.Personnel `json:"record"`
	Proposal *Motion            `json:"proposal,omitempty"`
}

// Personnel are all records with what they give now.
func (s *Service) Personnel(ctx context.Context, a access.Actor) ([]Standing, error) {
	scope, err := access.Decide(a, access.StaffList, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, _, err := s.Store.Personnel(ctx, scope)
	if err != nil {
		return nil, err
	}
	now, current := s.now(), undertaking.Current()
	shown := make([]Standing, 0, len(all))
	for _, p := range all {
		st := standing(p, current, now)
		st.Document.Text = "" // of a list of many
		shown = append(shown, st)
	}
	return shown, nil
}

// ByEmail is who of the platform's people has the address at its provider, or notfound.
func (s *Service) ByEmail(ctx context.Context, email string) (string, error) {
	scope, err := system(id.Platform, access.StaffList, "signing in of staff", access.Actor{})
	if err != nil {
		return "", err
	}
	email, err = tenant.Email(email)
	if err != nil {
		return "", err
	}
	all, _, err := s.Store.Personnel(ctx, scope)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(p identity.Personnel) bool { return p.Email == email && !p.Left })
	if i < 0 {
		return "", fault.New(fault.NotFound, "nobody of the platform's people has that address")
	}
	return all[i].Person, nil
}

// AddPersonnel writes a record for somebody. It gives no role before the person has signed. Where there is an administrator besides the actor, another administrator takes
// that one too.
func (s *Service) AddPersonnel(ctx context.Context, a access.Actor, in NewPersonnel) (Changed, error) {
	email, err := tenant.Email(in.Email)
	if err != nil {
		return Changed{}, err
	}
	p := identity.Personnel{Name: in.Name, Email: email, Roles: in.Roles, Contractor: in.Contractor, Contract: in.Contract, Until: in.Until}
	return s.change(ctx, a, "staff.added", func(l *list, c *PlatformChange) (*identity.Personnel, error) {
		if len(l.all) >= maxPersonnel {
			return nil, fault.New(fault.Limited, "there have been %d people of the platform, and there can be no more", len(l.all))
		}
		if slices.ContainsFunc(l.all, func(o identity.Personnel) bool { return o.Email == email && !o.Left }) {
			return nil, final(fault.New(fault.Conflict, "there is a record with that e-mail address already"))
		}
		person, err := s.known(ctx, l.scope, email, c)
		if err != nil {
			return nil, err
		}
		p := p
		p.Person, p.Created, p.Roles = person, s.now(), slices.Clone(p.Roles)
		if i := slices.IndexFunc(l.all, func(o identity.Personnel) bool { return o.Person == person }); i >= 0 {
			if !l.all[i].Left {
				return nil, final(fault.New(fault.Conflict, "the person has a record already, with another address"))
			}
			p.Version, p.Created = l.all[i].Version, l.all[i].Created // who comes back signs again
		}
		return &p, nil
	})
}

// known is who has the address; a person who was not known becomes it with the change.
func (s *Service) known(ctx context.Context, scope access.Scope, email string, c *PlatformChange) (string, error) {
	person, err := s.Store.PersonByEmail(ctx, scope, email)
	if err != nil || person != "" {
		return person, err
	}
	if person, err = s.mint(id.PrefixPerson, s.now()); err != nil {
		return "", err
	}
	c.Person = &NewPerson{ID: person, Email: email}
	c.Drafts = append(c.Drafts, entry("person.created", about("person", person), ledger.Personal("email", email, person)))
	return person, nil
}

// PersonnelChange is what is to be otherwise; nil stays as it is.
type PersonnelChange struct {
	Name       *string
	Roles      []access.Role // nil: as they are
	Contractor *bool
	Contract   *string
	Until      *time.Time
	Version    int64 // that was seen, or 0 for whichever there is
}

// ChangePersonnel changes a record that is not the actor's own.
func (s *Service) ChangePersonnel(ctx context.Context, a access.Actor, person string, in PersonnelChange) (Changed, error) {
	return s.change(ctx, a, "staff.changed", func(l *list, _ *PlatformChange) (*identity.Personnel, error) {
		p, err := l.one(person)
		if err != nil {
			return nil, err
		}
		if in.Version != 0 && in.Version != p.Version {
			return nil, final(fault.New(fault.Conflict, "the record was changed meanwhile").WithHelp("look at it again, and decide again"))
		}
		set(&p.Name, in.Name)
		set(&p.Contractor, in.Contractor)
		set(&p.Contract, in.Contract)
		set(&p.Until, in.Until)
		if in.Roles != nil {
			p.Roles = slices.Clone(in.Roles)
		}
		return &p, nil
	})
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// Leave takes every role from somebody, and ends the person's sessions of staff. The last administrator stays.
func (s *Service) Leave(ctx context.Context, a access.Actor, person, reason string) error {
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return err
	}
	_, err := s.change(ctx, a, "staff.left", func(l *list, c *PlatformChange) (*identity.Personnel, error) {
		p, err := l.one(person)
		if err != nil {
			return nil, err
		}
		p.Left = true
		c.Drafts = append(c.Drafts, entry("staff.left", about("person", person), ledger.Text("reason", reason)))
		return &p, nil
	})
	if err != nil {
		return err
	}
	return s.Sessions.EndAll(ctx, person, "left the platform") // the roles are gone already: each request reads them
}

// list is what a change of personnel is decided on.
type list struct {
	scope   access.Scope
	actor   access.Actor
	all     []identity.Personnel
	version int64
	now     time.Time
}

func (l *list) one(person string) (identity.Personnel, error) {
	i := slices.IndexFunc(l.all, func(p identity.Personnel) bool { return p.Person == person && !p.Left })
	if i < 0 {
		return identity.Personnel{}, fault.New(fault.NotFound, "there is no such record")
	}
	p := l.all[i]
	p.Roles = slices.Clone(p.Roles)
	return p, nil
}

// administrators are those in effect, but for one.
func (l *list) administrators(all []identity.Personnel, besides string) (n int) {
	for _, p := range all {
		if p.Person != besides && slices.Contains(standing(p, undertaking.Current(), l.now).Roles, access.Administrator) {
			n++
		}
	}
	return n
}

// change loads, lets decide make the record that is to be, judges it, and commits it with its entry. It is the one way in which a record changes by somebody else's hand.
func (s *Service) change(ctx context.Context, a access.Actor, kind string, decide func(l *list, c *PlatformChange) (*identity.Personnel, error)) (out Changed, err error) {
	scope, err := access.Decide(a, access.StaffChange, access.Resource{})
	if err != nil {
		return out, err
	}
	err = again(func() error {
		l := &list{scope: scope, actor: a, now: s.now()}
		if l.all, l.version, err = s.Store.Personnel(ctx, scope); err != nil {
			return err
		}
		c := &PlatformChange{Envelope: change.New(scope, l.now), List: &l.version}
		p, err := decide(l, c)
		if err != nil {
			return err
		}
		if err := l.permitted(*p); err != nil {
			return final(err)
		}
		if err := s.second(l, p, c); err != nil {
			return err
		}
		if kind != "staff.left" {
			c.Drafts = append([]ledger.Draft{entry(kind, described(*p)...)}, c.Drafts...)
		}
		c.Personnel = p
		c.Jobs = append(c.Jobs, job.New{Kind: task.ReviewProgramme, Key: "people", Args: []byte("{}")}) // what the person owns may need somebody else
		out = Changed{Record: *p, Proposal: c.Proposal}
		out.Record.Version++
		return s.operate(ctx, c)
	})
	return out, unwrapped(err)
}

// permitted says why the actor may not make the record what it is to be.
func (l *list) permitted(p identity.Personnel) error {
	if err := l.administers(); err != nil {
		return err
	}
	if l.actor.ID.Person() == p.Person {
		return fault.New(fault.Denied, "nobody changes their own record").WithHelp("another administrator does")
	}
	if err := checkRecord(p); err != nil {
		return err
	}
	after := slices.DeleteFunc(slices.Clone(l.all), func(o identity.Personnel) bool { return o.Person == p.Person })
	if l.administrators(l.all, "") > 0 && l.administrators(append(after, p), "") == 0 {
		return fault.New(fault.Conflict, "the last administrator stays one").WithHelp("make somebody else one first, and let that person sign the undertaking")
	}
	return nil
}

// administers says whether the actor is an administrator, or the console of an instance that has none.
func (l *list) administers() error {
	switch {
	case slices.Contains(l.actor.Roles, access.Administrator):
		return nil
	case l.actor.Surface == access.Console && l.administrators(l.all, "") == 0:
		return nil
	case l.actor.Surface == access.Console:
		return fault.New(fault.Denied, "there is an administrator, who keeps the records; the console does so only where there is none")
	}
	return fault.New(fault.Denied, "only an administrator changes the records of the platform's people")
}

// checkRecord says what is wrong with a record.
func checkRecord(p identity.Personnel) error {
	if err := tenant.CheckName("the name", p.Name); err != nil {
		return err
	}
	seen := map[access.Role]bool{}
	for _, r := range p.Roles {
		if !slices.Contains(roles, r) || seen[r] {
			return fault.New(fault.Invalid, "there is no such role of the platform, or it is named twice").WithHelp("it is one of %v", roles)
		}
		seen[r] = true
	}
	switch {
	case len(p.Roles) == 0 && !p.Left:
		return fault.New(fault.Invalid, "a record names a role at least")
	case p.Contract != "" && !p.Contractor:
		return fault.New(fault.Invalid, "a contract is named for a contractor alone")
	case p.Contractor && p.Contract == "":
		return fault.New(fault.Invalid, "name the contract of a contractor")
	case p.Contract != "":
		return tenant.CheckName("the reference of the contract", p.Contract)
	}
	return nil
}

// second takes the role of administrator out of a record to which it would be added, and proposes it, where there is an administrator besides the actor who has to agree.
func (s *Service) second(l *list, p *identity.Personnel, c *PlatformChange) error {
	i := slices.IndexFunc(l.all, func(o identity.Personnel) bool { return o.Person == p.Person })
	had := i >= 0 && !l.all[i].Left && slices.Contains(l.all[i].Roles, access.Administrator)
	if p.Left || had || !slices.Contains(p.Roles, access.Administrator) || l.administrators(l.all, "") < 2 {
		return nil
	}
	p.Roles = slices.DeleteFunc(p.Roles, func(r access.Role) bool { return r == access.Administrator })
	x := Motion{Kind: ForAdministrator, Person: p.Person, Reason: "to be an administrator", Proposer: l.actor.ID.Person(), State: Asked, Created: l.now, Expires: l.now.Add(proposalTime)}
	var err error
	if x.ID, err = s.mint(id.PrefixProposal, l.now); err != nil {
		return err
	}
	c.Proposal = &x
	c.Drafts = append(c.Drafts, proposed(x))
	return nil
}

func described(p identity.Personnel) []ledger.Field {
	names := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		names[i] = string(r)
	}
	f := []ledger.Field{
		about("person", p.Person), ledger.Personal("name", p.Name, p.Person), ledger.Personal("email", p.Email, p.Person), ledger.List("roles", names),
		ledger.Bool("contractor", p.Contractor), ledger.Text("contract", p.Contract),
	}
	if !p.Until.IsZero() {
		f = append(f, ledger.Time("until", p.Until))
	}
	return f
}

// Sign notes that the actor has signed the undertaking in force: the version and the digest of the text that was shown. Who has not signed has no role, so this is a step of the
// service itself, for whoever is signed in as staff and has a record.
func (s *Service) Sign(ctx context.Context, a access.Actor, version, digest string) (Standing, error) {
	person := a.ID.Person()
	if person == "" || a.Kind != access.Staff || a.Org != id.Platform || a.Session == "" {
		return Standing{}, fault.New(fault.Denied, "a person of the platform signs, signed in")
	}
	if err := current(version, digest); err != nil {
		return Standing{}, err
	}
	scope, err := system(id.Platform, access.StaffChange, "signing the undertaking", a)
	if err != nil {
		return Standing{}, err
	}
	err = again(func() error {
		l := &list{scope: scope, actor: a, now: s.now()}
		if l.all, l.version, err = s.Store.Personnel(ctx, scope); err != nil {
			return err
		}
		p, err := l.one(person)
		if err != nil {
			return err
		}
		p.Signed = identity.Undertaking{Document: version, Digest: digest, At: l.now}
		return s.operate(ctx, &PlatformChange{Envelope: change.New(scope, l.now, signed(p)), List: &l.version, Personnel: &p})
	})
	if err != nil {
		return Standing{}, err
	}
	return s.Standing(ctx, person)
}

func current(version, digest string) error {
	if d := undertaking.Current(); version != d.Version || !strings.EqualFold(digest, d.Digest) {
		return fault.New(fault.Conflict, "another version of the undertaking is in force").WithHelp("read version %s and sign that", d.Version)
	}
	return nil
}

func signed(p identity.Personnel) ledger.Draft {
	return entry("staff.signed", about("person", p.Person), ledger.Text("document", p.Signed.Document), ledger.Text("digest", p.Signed.Digest))
}

// Found writes the first record of an instance: whoever sets it up becomes its administrator, and has agreed to the undertaking in force, which the page of the set-up shows.
// Where there is a record already it is refused.
func (s *Service) Found(ctx context.Context, person, name, email, request string) error {
	scope, err := system(id.Platform, access.StaffChange, "set-up", access.Actor{Surface: access.Setup, Request: request})
	if err != nil {
		return err
	}
	if email, err = tenant.Email(email); err != nil {
		return err
	}
	d, now := undertaking.Current(), s.now()
	p := identity.Personnel{
		Person: person, Name: name, Email: email, Roles: []access.Role{access.Administrator}, Created: now,
		Signed: identity.Undertaking{Document: d.Version, Digest: d.Digest, At: now},
	}
	if err := checkRecord(p); err != nil {
		return err
	}
	all, version, err := s.Store.Personnel(ctx, scope)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o identity.Personnel) bool { return o.Person == person && !o.Left }) {
		return nil // the set-up was interrupted, and goes on
	}
	if len(all) > 0 {
		return fault.New(fault.Conflict, "the platform has people of its own already").WithHelp("an administrator adds others")
	}
	return s.operate(ctx, &PlatformChange{Envelope: change.New(scope, now, entry("staff.added", described(p)...), signed(p)), List: &version, Personnel: &p})
}
