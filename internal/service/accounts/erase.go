package accounts

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Erasure. An organisation decides about the data of a person that it has; the operator about those of the instance, and with them about those of every organisation.
//
// The decision empties the records at once and asks for the job task.Erase, which takes the values out of the ledger: what is committed to stays, so every proof goes on
// verifying. The job of the platform goes through the homes of all organisations, not only those that a hint names: that sweep is what confirms the erasure.

// ErasePerson erases the personal data of a person: of a member, for an administrator of the organisation; of whoever the instance knows, for the operator. The person
// can do nothing any more. It cannot be undone.
func (s *Service) ErasePerson(ctx context.Context, a access.Actor, person, reason string) error {
	scope, err := access.Decide(a, access.PersonErase, access.Resource{})
	if err != nil {
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return err
	}
	if a.Org == id.Platform {
		return s.eraseEverywhere(ctx, scope, person, reason)
	}
	err = again(func() error {
		c, err := s.blanked(ctx, scope, person, reason, &a)
		if err != nil {
			return err
		}
		c.Jobs = []job.New{eraseJob(person, reason)}
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
	if err == nil {
		s.signOut(ctx, a.Org, person, "the person was erased")
	}
	return err
}

func (s *Service) eraseEverywhere(ctx context.Context, scope access.Scope, person, reason string) error {
	if _, err := s.Directory.Person(ctx, scope, person); err != nil {
		return err
	}
	if err := s.ownsAlone(ctx, scope, person); err != nil {
		return err
	}
	c := &PlatformChange{Envelope: change.New(scope, s.now(), asked(person, reason)), Erased: person}
	c.Jobs = []job.New{eraseJob(person, reason)}
	if _, err := s.Directory.Operate(ctx, c); err != nil {
		return err
	}
	s.signOut(ctx, "", person, "the person was erased")
	return nil
}

// ownsAlone refuses a person who is the last owner of an organisation: nobody could ever give a right there again. Should the person become that meanwhile, the job stops in that
// home until there is another owner.
func (s *Service) ownsAlone(ctx context.Context, scope access.Scope, person string) error {
	var alone []id.Org
	err := s.entries(ctx, scope, func(e Entry) error {
		if e.State != tenant.Active {
			return nil
		}
		there, err := inside(e.ID, access.PersonErase, "erasure", access.Actor{})
		if err != nil {
			return err
		}
		all, err := s.Tenancy.Members(ctx, there)
		if fault.KindOf(err) == fault.NotFound {
			return nil // it is gone meanwhile
		}
		here := slices.ContainsFunc(all, func(m tenant.Member) bool { return m.Person == person && !m.Removed })
		if err == nil && here && tenant.OwnerBesides(all, person, s.now()) != nil {
			alone = append(alone, e.ID)
		}
		return err
	})
	if err == nil && len(alone) > 0 {
		err = fault.New(fault.Conflict, "the person is the last owner of %d organisations, the first of them %s", len(alone), alone[0]).
			WithHelp("have another owner named there, or the organisation destroyed, first")
	}
	return err
}

func asked(person, reason string) ledger.Draft {
	return entry("erasure.asked", ledger.Personal("person", person, person), ledger.Text("reason", reason))
}

func eraseJob(person, reason string) job.New {
	return job.New{Kind: task.Erase, Args: task.Encode(task.EraseArgs{Person: person, Reason: reason}), Key: person}
}

// blanked is the change that empties what an organisation has of a person. by is nil when it was decided on the platform, whose decision no role in the organisation can
// hold up; that an organisation keeps an owner holds for the platform too. A person whom the organisation never had is notfound; nil is one whose records are empty already.
func (s *Service) blanked(ctx context.Context, scope access.Scope, person, reason string, by *access.Actor) (*Change, error) {
	org, all, err := s.household(ctx, scope)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(m tenant.Member) bool { return m.Person == person })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "there is no such member")
	}
	m := all[i]
	if by == nil && m.Erased {
		return nil, nil
	}
	if by != nil {
		if err := tenant.Grants(*by, m.Role); err != nil {
			return nil, err
		}
	}
	if err := tenant.OwnerBesides(all, person, s.now()); err != nil && !m.Removed {
		return nil, final(err)
	}
	tokens, err := s.Credentials.Tokens(ctx, scope)
	if err != nil {
		return nil, err
	}
	m.Name, m.Email, m.Removed, m.Erased = "", "", true, true
	c := &Change{Envelope: change.New(scope, s.now(), asked(person, reason)), Organisation: &org, Members: []tenant.Member{m}}
	for _, t := range tokens {
		if t.Person != person {
			continue
		}
		if t.Good(c.At) {
			c.Drafts = append(c.Drafts, revoked(t.ID, "the person was erased"))
		}
		t.Name, t.Revoked = "", true // the name may say whose it is
		c.Tokens = append(c.Tokens, t)
	}
	return c, nil
}

// Erase does the work of the job task.Erase. In the home of an organisation it tells the platform that the person does not belong there any more, and takes the person's
// values out of the ledger. On the platform it does both parts in every home that has the person, and then in the instance's own ledger.
func (s *Service) Erase(ctx context.Context, c *task.Claimed) error {
	var args task.EraseArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	scope, err := access.Decide(c.Actor, access.PersonErase, access.Resource{})
	if err != nil {
		return err
	}
	if c.Actor.Org == id.Platform {
		if err = s.everyHome(ctx, scope, c, args); err == nil && s.Sessions != nil {
			err = s.Sessions.Forget(ctx, args.Person)
		}
	} else {
		err = s.leave(ctx, c, args.Person)
	}
	if err != nil {
		return err
	}
	env := change.New(scope, s.now(), erased(args))
	env.Done = c.Lease
	_, err = s.Subjects.EraseSubject(ctx, &env, args.Person)
	return err
}

func erased(args task.EraseArgs) ledger.Draft {
	return entry("person.erased", ledger.Personal("person", args.Person, args.Person), ledger.Text("reason", args.Reason))
}

// leave tells the platform that a person does not belong to the home's organisation any more. Who then belongs nowhere has no address there either.
func (s *Service) leave(ctx context.Context, c *task.Claimed, person string) error {
	org := c.Actor.Org
	scope, err := platform(access.PersonErase, "erasure", c.Actor)
	if err != nil {
		return err
	}
	p := &PlatformChange{Envelope: change.New(scope, s.now(), asked(person, "an organisation erased the person")), Leaves: []Belongs{{Person: person, Org: org}}}
	p.Inbox = &change.Inbox{Source: org, Key: c.Lease.ID}
	if _, err = s.Directory.Operate(ctx, p); err != nil || s.Sessions == nil {
		return err
	}
	// Who belongs nowhere any more is forgotten by the instance too.
	who, err := s.Directory.Person(ctx, scope, person)
	if err != nil || who.Email != "" {
		return err
	}
	return s.Sessions.Forget(ctx, person)
}

// everyHome goes through all organisations, whatever the hints say. A home that had its part of this job is left alone when the job is tried again.
func (s *Service) everyHome(ctx context.Context, scope access.Scope, c *task.Claimed, args task.EraseArgs) error {
	return s.entries(ctx, scope, func(e Entry) error {
		if e.State == tenant.Destroyed {
			return nil
		}
		there, err := inside(e.ID, access.PersonErase, "erasure", c.Actor)
		if err != nil {
			return err
		}
		err = s.eraseIn(ctx, there, c.Lease.ID, args)
		if fault.KindOf(err) == fault.NotFound {
			return nil // it never had the person, or is gone meanwhile
		}
		return err
	})
}

func (s *Service) eraseIn(ctx context.Context, there access.Scope, cause string, args task.EraseArgs) error {
	err := again(func() error {
		c, err := s.blanked(ctx, there, args.Person, args.Reason, nil)
		if err != nil || c == nil {
			return err
		}
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
	if err != nil {
		return err
	}
	env := change.New(there, s.now(), erased(args))
	env.Inbox = &change.Inbox{Source: id.Platform, Key: cause}
	_, err = s.Subjects.EraseSubject(ctx, &env, args.Person)
	return err
}
