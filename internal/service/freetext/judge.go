package freetext

import (
	"context"
	"strconv"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/freetext"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Keep says that what was found is right where it is: it is not told again.
func (s *Service) Keep(ctx context.Context, a access.Actor, hit string) error {
	return s.judge(ctx, a, access.FreeTextChange, hit, Open, Kept)
}

// Reopen takes that back.
func (s *Service) Reopen(ctx context.Context, a access.Actor, hit string) error {
	return s.judge(ctx, a, access.FreeTextChange, hit, Kept, Open)
}

func (s *Service) judge(ctx context.Context, a access.Actor, act access.Action, hit string, from, to State) error {
	scope, f, err := s.hit(ctx, a, act, hit, from)
	if err != nil {
		return err
	}
	_, err = s.Store.Commit(ctx, judged(scope, s, f, to))
	return err
}

func (s *Service) hit(ctx context.Context, a access.Actor, act access.Action, hit string, want State) (access.Scope, Found, error) {
	scope, err := access.Decide(a, act, access.Resource{})
	if err != nil {
		return scope, Found{}, err
	}
	f, err := s.Store.Hit(ctx, scope, hit)
	if err == nil && f.State != want {
		err = fault.New(fault.Conflict, "somebody has judged that meanwhile").WithHelp("load the page again")
	}
	return scope, f, err
}

func judged(scope access.Scope, s *Service, f Found, to State) *Change {
	f.State = to
	return &Change{Envelope: change.New(scope, s.now(), entry("freeText.judged",
		ledger.Text("hit", f.ID), ledger.Text("place", string(f.Place)), ledger.Text("ref", f.Ref), ledger.Text("rule", f.Rule), ledger.Text("became", string(to)))), Judged: []Found{f}}
}

const why = "it held what free text should not hold"

// Remove removes what was found: from a proposal and a comment the text, and from the ledger the value of the field, whose leaf stays with every proof. It cannot be undone.
func (s *Service) Remove(ctx context.Context, a access.Actor, hit string) error {
	scope, f, err := s.hit(ctx, a, access.FreeTextChange, hit, Open)
	if err != nil {
		return err
	}
	c := judged(scope, s, f, Removed)
	switch f.Place {
	case InLedger:
		err = s.erase(ctx, a, f)
	case Comment:
		if s.Comments == nil {
			return elsewhere(f)
		}
		err = s.Comments.Redact(ctx, a, f.Field, f.Ref, why)
	case Proposal:
		c.Replaced, err = s.without(ctx, scope, f)
	default:
		return elsewhere(f)
	}
	if err != nil {
		return err
	}
	_, err = s.Store.Commit(ctx, c)
	return err
}

func elsewhere(f Found) error {
	return fault.New(fault.Invalid, "what stands in a %s is not removed from here", f.Place).WithHelp("change it where it stands, and have what there is looked through again")
}

func (s *Service) erase(ctx context.Context, a access.Actor, f Found) error {
	index, err := strconv.ParseInt(f.Ref, 10, 64)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the place of a hit cannot be read")
	}
	err = s.Ledger.Erase(ctx, a, index, f.Field, why)
	if fault.KindOf(err) == fault.NotFound {
		return nil // it was erased before
	}
	return err
}

// without is the text without what is found in it now; nil where it is there no more.
func (s *Service) without(ctx context.Context, scope access.Scope, f Found) (*Text, error) {
	t, err := s.Store.Text(ctx, scope, f.Place, f.Ref, f.Field)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	hits, err := freetext.Find(t.Text)
	if err != nil {
		return nil, err
	}
	t.Text = freetext.Redact(t.Text, hits)
	return &t, nil
}
