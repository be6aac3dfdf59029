// Package engagement are the use cases of audits by customers: an organisation asks, the platform answers, both agree to the same terms, and then an auditor can be let in.
//
// It promises: an engagement lies in the home of its organisation, with an entry there for each step; a step of the platform is decided in the platform's home and leaves an entry there
// too; nobody is let in under an engagement that both sides have not agreed to, before its first day or after its last one, and who is let in leaves when it ends. It leaves out what
// auditors may read, and members whom an organisation makes auditors of its own.
package engagement

import (
	"context"
	"io"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/engagement"
	"c4arch/internal/trust/ledger"
)

// Change is an engagement as it is to be, in the home of its organisation.
type Change struct {
	change.Envelope
	Engagement engagement.Engagement
}

// Store is the port to the engagements of the scope's organisation. Version 0 is new, any other is written where it is still that one.
type Store interface {
	// Engagements are the newest, the last one first.
	Engagements(ctx context.Context, s access.Scope, limit int) ([]engagement.Engagement, error)
	Engagement(ctx context.Context, s access.Scope, name string) (engagement.Engagement, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// Customer is an organisation as the platform lists it.
type Customer struct {
	Org        id.Org
	Slug, Name string
}

// Directory is the port to the organisations, and to the platform's own ledger.
type Directory interface {
	Customers(ctx context.Context, a access.Actor, after id.Org, limit int) ([]Customer, error)
	// Customer is one of them; notfound for what is none.
	Customer(ctx context.Context, a access.Actor, org id.Org) (Customer, error)
	// Note commits a change of the platform's home that has nothing but its entries.
	Note(ctx context.Context, env *change.Envelope) (change.Committed, error)
}

// Invited is an invitation, whose text is told this once.
type Invited struct {
	Text    secret.Value
	Expires time.Time
}

// Members is the port to the members of the actor's organisation. Each asks for the right to change members.
type Members interface {
	// Add makes an auditor until then, who can do nothing before an invitation is accepted.
	Add(ctx context.Context, a access.Actor, name, email string, until time.Time) (person string, err error)
	Invite(ctx context.Context, a access.Actor, person string) (Invited, error)
	// Remove takes a member out; one who is none any more is no error.
	Remove(ctx context.Context, a access.Actor, person, reason string) error
	// Names are those of the members, those who left too.
	Names(ctx context.Context, a access.Actor) (map[string]string, error)
}

// Service is the use cases. Every field must be set but Screen.
type Service struct {
	Store     Store
	Directory Directory
	Members   Members
	Now       func() time.Time
	Random    io.Reader
	// Screen is asked about every text before it is kept.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
}

// Most is how many engagements of an organisation are listed: the newest.
const Most = 100

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func missing() error { return fault.New(fault.NotFound, "there is no such audit engagement") }

// decide is a scope of the actor's own organisation.
func decide(a access.Actor, act access.Action) (access.Scope, error) {
	scope, err := access.Decide(a, act, access.Resource{})
	if err == nil && scope.Org() == id.Platform {
		err = missing()
	}
	return scope, err
}

// List are the engagements of the actor's organisation.
func (s *Service) List(ctx context.Context, a access.Actor) ([]engagement.Engagement, error) {
	scope, err := decide(a, access.EngagementRead)
	if err != nil {
		return nil, err
	}
	return s.Store.Engagements(ctx, scope, Most)
}

// One is an engagement of the actor's organisation.
func (s *Service) One(ctx context.Context, a access.Actor, name string) (engagement.Engagement, error) {
	scope, err := decide(a, access.EngagementRead)
	if err != nil {
		return engagement.Engagement{}, err
	}
	return s.Store.Engagement(ctx, scope, name)
}

// Names are those of the members who stand in engagements.
func (s *Service) Names(ctx context.Context, a access.Actor) (map[string]string, error) {
	if _, err := decide(a, access.EngagementRead); err != nil {
		return nil, err
	}
	return s.Members.Names(ctx, access.System(a.Org, "names of those who agreed to an audit", a))
}

// Ask asks the platform for an engagement, or for another form of one on which not both have agreed: name is "" for a new one.
func (s *Service) Ask(ctx context.Context, a access.Actor, name string, t engagement.Terms) (string, error) {
	scope, err := decide(a, access.EngagementChange)
	if err != nil {
		return "", err
	}
	if err := s.screened(ctx, a, &t); err != nil {
		return "", err
	}
	e := engagement.Engagement{}
	if name != "" {
		if e, err = s.Store.Engagement(ctx, scope, name); err != nil {
			return "", err
		}
	} else if err := s.room(ctx, scope); err != nil {
		return "", err
	}
	now := s.now()
	if e, err = e.Ask(t, a.ID.Person(), now); err != nil {
		return "", err
	}
	if e.ID == "" {
		if e.ID, err = id.Mint(id.PrefixEngagement, s.Random, now); err != nil {
			return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
		}
	}
	return e.ID, s.commit(ctx, scope, e, "engagement.asked", now, ledger.Text("firstDay", e.First), ledger.Text("lastDay", e.Last), ledger.Digest("digest", canon.Digest(e.Digest)))
}

func (s *Service) room(ctx context.Context, scope access.Scope) error {
	all, err := s.Store.Engagements(ctx, scope, Most)
	open := 0
	for _, e := range all {
		if e.Open(s.now()) {
			open++
		}
	}
	if err == nil && open >= engagement.MaxOpen {
		err = fault.New(fault.Limited, "%d audit engagements are open already", open).WithHelp("withdraw or end one first")
	}
	return err
}

func (s *Service) screened(ctx context.Context, a access.Actor, t *engagement.Terms) error {
	for name, text := range map[string]*string{"scope": &t.Scope, "confidentiality": &t.Confidentiality, "security": &t.Security, "cost": &t.Cost} {
		var err error
		if *text, err = s.screen(ctx, a, name, *text); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) screen(ctx context.Context, a access.Actor, name, text string) (string, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n")
	if s.Screen == nil || text == "" {
		return text, nil
	}
	return s.Screen(ctx, a, name, text)
}

func (s *Service) commit(ctx context.Context, scope access.Scope, e engagement.Engagement, kind string, at time.Time, fields ...ledger.Field) error {
	fields = append([]ledger.Field{ledger.Text("engagement", e.ID)}, fields...)
	_, err := s.Store.Commit(ctx, &Change{Engagement: e, Envelope: change.New(scope, at, ledger.Draft{Kind: kind, Fields: fields})})
	return err
}
