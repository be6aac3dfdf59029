package acceptance

import (
	"context"
	"net/netip"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
)

// Give is what an owner accepts.
type Give struct {
	// Documents are those that were shown, each as slug, version and digest: what changed meanwhile is not accepted unseen.
	Documents  []Seen
	Authority  string
	Authorised bool // the statement that whoever accepts may bind the organisation
	Method     acceptance.Method
	Addr       netip.Addr
}

// Seen is a version as it was shown.
type Seen struct{ Slug, Version, Digest string }

const mostAtOnce = 20

// Accept accepts documents for the actor's organisation. What was accepted already stays as it was.
func (s *Service) Accept(ctx context.Context, a access.Actor, in Give) ([]acceptance.Record, error) {
	scope, err := access.Decide(a, access.AcceptanceGive, access.Resource{})
	if err != nil {
		return nil, err
	}
	if err := s.checked(ctx, a, &in); err != nil {
		return nil, err
	}
	name, err := s.nameOf(ctx, a)
	if err != nil {
		return nil, err
	}
	var records []acceptance.Record
	err = change.Again(func() error {
		records, err = s.give(ctx, scope, in, name)
		return err
	})
	if err == nil {
		s.gate.forget(scope.Org())
	}
	return records, err
}

func (s *Service) checked(ctx context.Context, a access.Actor, in *Give) (err error) {
	switch {
	case a.ID.Person() == "":
		return fault.New(fault.Denied, "people accept, and programs do not").WithHelp("sign in as an owner")
	case !in.Authorised:
		return fault.New(fault.Invalid, "nobody accepts without saying that they may").WithHelp("tick the statement that you are authorised to accept for the organisation")
	case !in.Method.Known():
		return fault.New(fault.Invalid, "something is accepted by click, signature or order-form-upload")
	case len(in.Documents) == 0 || len(in.Documents) > mostAtOnce:
		return fault.New(fault.Invalid, "1 to %d documents are accepted at once", mostAtOnce)
	}
	if in.Authority, err = acceptance.Authority(in.Authority); err != nil || s.Screen == nil {
		return err
	}
	if in.Authority, err = s.Screen(ctx, a, "authority", in.Authority); err == nil {
		in.Authority, err = acceptance.Authority(in.Authority)
	}
	return err
}

func (s *Service) nameOf(ctx context.Context, a access.Actor) (string, error) {
	members, err := s.People.Members(ctx, access.System(a.Org, "who accepts documents", a))
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(members, func(m Member) bool { return m.Person == a.ID.Person() })
	if i < 0 {
		return "", fault.New(fault.Denied, "only a member accepts for the organisation")
	}
	return members[i].Name, nil
}

// give writes what is not there yet.
func (s *Service) give(ctx context.Context, scope access.Scope, in Give, name string) (records []acceptance.Record, err error) {
	all, err := s.Documents.Published(ctx)
	if err != nil {
		return nil, err
	}
	there, err := s.Store.Acceptances(ctx, scope)
	if err != nil {
		return nil, err
	}
	now := s.now()
	c := Change{Envelope: change.New(scope, now)}
	inForce := legal.InForce(all, now)
	for _, seen := range in.Documents {
		if i := slices.IndexFunc(there, func(r acceptance.Record) bool {
			return r.Slug == seen.Slug && r.Edition == seen.Version && r.Digest == seen.Digest
		}); i >= 0 {
			records = append(records, there[i])
			continue
		}
		i := slices.IndexFunc(inForce, func(v legal.Version) bool { return v.Slug == seen.Slug })
		if i < 0 {
			return nil, fault.New(fault.NotFound, "no such document is in force")
		}
		v := inForce[i]
		if v.Version != seen.Version || v.Digest != seen.Digest || !v.Intact() {
			return nil, fault.New(fault.Conflict, "%s changed since it was shown", v.Title).WithHelp("read the version that is in force now, and accept that")
		}
		if slices.ContainsFunc(c.Records, func(r acceptance.Record) bool { return r.Slug == v.Slug }) {
			continue
		}
		r := acceptance.Record{
			Slug: v.Slug, Edition: v.Version, Digest: v.Digest, Person: scope.Actor().ID.Person(), Authority: in.Authority, Method: in.Method, Origin: acceptance.Class(in.Addr), At: now,
		}
		if j := slices.IndexFunc(inForce, func(v legal.Version) bool { return v.Slug == legal.Subprocessors }); j >= 0 {
			r.List, r.ListDigest = inForce[j].Version, inForce[j].Digest
		}
		if r.ID, err = id.Mint(id.PrefixAcceptance, s.Random, now); err != nil {
			return nil, fault.Wrap(fault.Unavailable, err, "there is no randomness")
		}
		c.Records, c.Drafts = append(c.Records, r), append(c.Drafts, given(r, v.ID, name))
	}
	if len(c.Records) == 0 {
		return records, nil
	}
	_, err = s.Store.Commit(ctx, &c)
	return append(records, c.Records...), err
}

// given is the entry of an acceptance: all that a receipt shows.
func given(r acceptance.Record, document, name string) ledger.Draft {
	return ledger.Draft{Kind: ledger.KindAccepted, Fields: []ledger.Field{
		ledger.Text("acceptance", r.ID), ledger.Text("document", document), ledger.Text("slug", r.Slug), ledger.Text("edition", r.Edition), ledger.Text("digest", r.Digest),
		ledger.Text("list", r.List), ledger.Text("listDigest", r.ListDigest), ledger.Personal("person", r.Person, r.Person), ledger.Personal("name", name, r.Person),
		ledger.Personal("authority", r.Authority, r.Person), ledger.Text("method", string(r.Method)), ledger.Text("origin", r.Origin),
	}}
}
