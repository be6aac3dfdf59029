package accounts

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// finishAfter is how long the making of an organisation may take before what is half of it is removed.
const finishAfter = 10 * time.Minute

// NewOrganisation is an organisation to be, with its first owner.
type NewOrganisation struct {
	Slug, Name            string
	OwnerName, OwnerEmail string
	Approvals             int  // 0 means 1
	Tokenless             bool // the owner signs in otherwise: no token is made
	Canary                bool // the service keeps it for its own checks: it alone has one of those short names
	Key                   *change.Idempotency
}

// Made is an organisation with its first owner and the owner's token, unless it was to be tokenless.
type Made struct {
	Organisation tenant.Organisation
	Owner        tenant.Member
	Token        Issued
}

// plan is all that the making of an organisation needs, so that a request that is sent again goes on where the first one stopped. It is kept sealed, for a day.
type plan struct {
	Organisation tenant.Organisation `json:"organisation"`
	Owner        tenant.Member       `json:"owner"`
	Token        identity.Token      `json:"token"`
	Hash         []byte              `json:"hash"`
	Text         []byte              `json:"text"`
}

// CreateOrganisation makes an organisation in three commits: the platform's directory has it as being made, with its key; its home is made, with its first owner and the
// owner's token; the directory has it as active. After a crash in between, the same request with the same key goes on; else the job [task.FinishOrg] removes it.
func (s *Service) CreateOrganisation(ctx context.Context, a access.Actor, in NewOrganisation) (Made, error) {
	scope, err := access.Decide(a, access.OrganisationCreate, access.Resource{})
	if err != nil {
		return Made{}, err
	}
	p, err := s.plan(in)
	if err != nil {
		return Made{}, err
	}
	if p, err = s.announce(ctx, scope, p, in.Key); err != nil {
		return Made{}, err
	}
	if err := s.found(ctx, a, p); err != nil {
		return Made{}, err
	}
	if err := s.activate(ctx, scope, p.Organisation.ID); err != nil {
		return Made{}, err
	}
	p.Organisation.State = tenant.Active
	p.Organisation.Version, p.Owner.Version = 1, 1
	if len(p.Hash) == 0 {
		return Made{Organisation: p.Organisation, Owner: p.Owner}, nil
	}
	p.Token.Version = 1
	return Made{Organisation: p.Organisation, Owner: p.Owner, Token: Issued{Token: p.Token, Text: secret.New(p.Text)}}, nil
}

func (s *Service) plan(in NewOrganisation) (plan, error) {
	if in.Approvals == 0 {
		in.Approvals = 1
	}
	email, err := tenant.Email(in.OwnerEmail)
	for _, bad := range []error{
		tenant.CheckSlug(in.Slug), tenant.CheckName("the name of the organisation", in.Name), tenant.CheckName("the name of the owner", in.OwnerName), err, tenant.CheckApprovals(in.Approvals),
	} {
		if bad != nil {
			return plan{}, bad
		}
	}
	if tenant.Canary(in.Slug) != in.Canary {
		return plan{}, fault.New(fault.Invalid, "the short name %s is taken by the service itself", in.Slug).WithHelp("choose another one")
	}
	now := s.now()
	org, err := s.mint(id.PrefixOrg, now)
	if err != nil {
		return plan{}, err
	}
	p := plan{
		Organisation: tenant.Organisation{ID: id.Org(org), Slug: in.Slug, Name: in.Name, State: tenant.Creating, Created: now, Approvals: in.Approvals},
		Owner:        tenant.Member{Name: in.OwnerName, Email: email, Role: access.Owner, Created: now},
	}
	text, err := identity.NewToken(p.Organisation.ID, s.Random)
	if err != nil {
		return plan{}, err
	}
	if in.Tokenless {
		return p, nil
	}
	p.Text, p.Hash = text.Expose(), identity.Hash(text.Expose())
	p.Token = identity.Token{Name: "first owner", Purpose: access.Interactive, Role: access.Owner, Hash: p.Hash, Created: now, Expires: now.Add(identity.MaxInteractiveLife)}
	p.Token.ID, err = s.mint(id.PrefixToken, now)
	return p, err
}

// announce commits the first step on the platform, or finds the plan of the same request before.
func (s *Service) announce(ctx context.Context, scope access.Scope, p plan, key *change.Idempotency) (plan, error) {
	k, wrapped, root, err := s.Keys.New(ctx, p.Organisation.ID)
	if err != nil {
		return plan{}, err
	}
	k.Destroy() // the home unwraps its own
	org := p.Organisation
	err = again(func() error {
		who, err := s.person(ctx, p.Owner.Email)
		if err != nil {
			return err
		}
		p.Owner.Person = who.ID
		if len(p.Hash) > 0 {
			p.Token.Person = who.ID
		}
		c := &PlatformChange{
			Envelope: change.New(scope, org.Created,
				entry("organisation.created", ledger.Text("organisation", string(org.ID)), ledger.Text("slug", org.Slug)),
				entry("key.created", ledger.Text("key", string(org.ID)), ledger.Text("usedFor", "organisation"), ledger.Text("root", root)),
				announced(who.ID, org.ID)),
			Entry:  &Entry{ID: org.ID, Slug: org.Slug, State: tenant.Creating, Wrapped: wrapped, Root: root, Created: org.Created.UnixMicro()},
			Person: &who, Joins: []Belongs{{Person: who.ID, Org: org.ID}},
		}
		c.Jobs = []job.New{{Kind: task.FinishOrg, Args: task.Encode(task.OrgArgs{Org: org.ID}), Key: string(org.ID), RunAt: org.Created.Add(finishAfter)}}
		if err := change.Remember(&c.Envelope, key, p); err != nil {
			return err
		}
		done, err := s.Directory.Operate(ctx, c)
		if err != nil {
			return err
		}
		if done.Replay != nil {
			p = plan{}
		}
		return change.Replayed(done, &p)
	})
	if fault.KindOf(err) == fault.Conflict && s.slugTaken(ctx, scope, org.Slug) {
		err = fault.New(fault.Conflict, "another organisation has the short name %s", org.Slug).WithHelp("choose another one")
	}
	return p, err
}

func (s *Service) slugTaken(ctx context.Context, scope access.Scope, slug string) bool {
	taken := false
	err := s.entries(ctx, scope, func(e Entry) error {
		taken = taken || e.Slug == slug && e.State != tenant.Destroyed
		return nil
	})
	return err == nil && taken
}

// person is who has the address, or somebody new. Their ids hold no time: an organisation that adds somebody cannot tell how long others know the person.
func (s *Service) person(ctx context.Context, email string) (Person, error) {
	scope, err := platform(access.MemberAnnounce, "person", access.Actor{})
	if err != nil {
		return Person{}, err
	}
	who, err := s.Directory.PersonByEmail(ctx, scope, email)
	if fault.KindOf(err) != fault.NotFound {
		return who, err
	}
	pn, err := s.mint(id.PrefixPerson, time.Time{})
	return Person{ID: pn, Email: email}, err
}

func announced(person string, org id.Org) ledger.Draft {
	return entry("member.announced", ledger.Personal("person", person, person), ledger.Text("organisation", string(org)))
}

// found commits the second step, in the home of the organisation.
func (s *Service) found(ctx context.Context, a access.Actor, p plan) error {
	org := p.Organisation
	operate, err := platform(access.PlatformOperate, "creation", a)
	if err != nil {
		return err
	}
	if err := s.Homes.Create(ctx, operate, org.ID); err != nil {
		return err
	}
	scope, err := inside(org.ID, access.OrganisationBegin, "creation", a)
	if err != nil {
		return err
	}
	if _, err := s.Tenancy.Organisation(ctx, scope); fault.KindOf(err) != fault.NotFound {
		return err // it was there after a crash, or cannot be read
	}
	p.Token.Hash = p.Hash
	c := &Change{
		Envelope: change.New(scope, org.Created,
			entry("organisation.created", ledger.Text("organisation", string(org.ID)), ledger.Text("slug", org.Slug), ledger.Text("name", org.Name), ledger.Int("approvals", int64(org.Approvals))),
			added(p.Owner)),
		Organisation: &org, Members: []tenant.Member{p.Owner},
	}
	if len(p.Hash) > 0 {
		c.Tokens, c.Drafts = []identity.Token{p.Token}, append(c.Drafts, told(p.Token))
	}
	if s.Schedules != nil {
		c.Schedules = s.Schedules(org.Created)
	}
	_, err = s.Writer.Commit(ctx, c)
	return err
}

// activate commits the third step, on the platform.
func (s *Service) activate(ctx context.Context, scope access.Scope, org id.Org) error {
	return again(func() error {
		e, err := s.Directory.Entry(ctx, scope, org)
		switch {
		case err != nil || e.State == tenant.Active:
			return err
		case e.State != tenant.Creating:
			return final(fault.New(fault.Conflict, "the making of the organisation took too long, and what was there of it was removed").WithHelp("create it again, as a new request"))
		}
		e.State = tenant.Active
		c := &PlatformChange{Envelope: change.New(scope, s.now(), entry("organisation.finished", ledger.Text("organisation", string(org)), ledger.Text("outcome", "active"))), Entry: &e}
		_, err = s.Directory.Operate(ctx, c)
		return err
	})
}

// Listed is an organisation as the operator sees it: nothing of what it has.
type Listed struct {
	ID      id.Org       `json:"id"`
	Slug    string       `json:"slug"`
	State   tenant.State `json:"state"`
	Created time.Time    `json:"createdAt"`
	Canary  bool         `json:"canary,omitempty"` // the service keeps it for its own checks: it is nobody's
}

// Organisations are those of the directory behind after, at most limit (100, or 1000 at most), for the operator.
func (s *Service) Organisations(ctx context.Context, a access.Actor, after id.Org, limit int) ([]Listed, error) {
	scope, err := access.Decide(a, access.OrganisationList, access.Resource{})
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = 100
	}
	page, err := s.Directory.Entries(ctx, scope, after, min(limit, pageSize))
	list := make([]Listed, len(page))
	for i, e := range page {
		list[i] = Listed{ID: e.ID, Slug: e.Slug, State: e.State, Created: time.UnixMicro(e.Created).UTC(), Canary: tenant.Canary(e.Slug)}
	}
	return list, err
}

const pageSize = 1000

// entries calls fn for each organisation of the directory.
func (s *Service) entries(ctx context.Context, scope access.Scope, fn func(Entry) error) error {
	after := id.Org("")
	for {
		page, err := s.Directory.Entries(ctx, scope, after, pageSize)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := fn(e); err != nil {
				return err
			}
			after = e.ID
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// Organisation is the actor's own.
func (s *Service) Organisation(ctx context.Context, a access.Actor) (tenant.Organisation, error) {
	scope, err := access.Decide(a, access.OrganisationRead, access.Resource{})
	if err != nil {
		return tenant.Organisation{}, err
	}
	return s.Tenancy.Organisation(ctx, scope)
}

// OrganisationChange is what is to be otherwise; nil stays as it is.
type OrganisationChange struct {
	Name      *string
	Approvals *int
	Version   int64 // that was seen, or 0 for whichever there is
}

// ChangeOrganisation changes the actor's own. Fewer approvals weaken every later decision, so an owner says so.
func (s *Service) ChangeOrganisation(ctx context.Context, a access.Actor, in OrganisationChange) (tenant.Organisation, error) {
	scope, err := access.Decide(a, access.OrganisationChange, access.Resource{})
	if err != nil {
		return tenant.Organisation{}, err
	}
	var org tenant.Organisation
	err = again(func() error {
		if org, err = s.Tenancy.Organisation(ctx, scope); err != nil {
			return err
		}
		if err := seen("organisation", in.Version, org.Version); err != nil {
			return err
		}
		set(&org.Name, in.Name)
		if in.Approvals != nil {
			if *in.Approvals < org.Approvals && !a.Covers(access.Owner) {
				return fault.New(fault.Denied, "fewer approvals are for an owner to decide")
			}
			org.Approvals = *in.Approvals
		}
		if err := tenant.CheckName("the name of the organisation", org.Name); err != nil {
			return err
		}
		if err := tenant.CheckApprovals(org.Approvals); err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("organisation.changed", ledger.Text("name", org.Name), ledger.Int("approvals", int64(org.Approvals)))), Organisation: &org}
		_, err := s.Writer.Commit(ctx, c)
		return err
	})
	org.Version++
	return org, err
}

// seen refuses a change of something that is not any more as it was seen.
func seen(what string, had, is int64) error {
	if had != 0 && had != is {
		return final(fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again"))
	}
	return nil
}
