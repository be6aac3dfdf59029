package legal

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
)

// maxDrafts bounds how many drafts there may be.
const maxDrafts = 200

// Drafts are all that was not published: what waits for approval first, then what was changed last.
func (s *Service) Drafts(ctx context.Context, a access.Actor) ([]Draft, error) {
	scope, err := access.Decide(a, access.LegalRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Drafts(ctx, scope)
	order := []string{Asked, Writing, Withdrawn}
	slices.SortStableFunc(all, func(x, y Draft) int {
		if n := slices.Index(order, x.State) - slices.Index(order, y.State); n != 0 {
			return n
		}
		return y.Changed.Compare(x.Changed)
	})
	return all, err
}

// Draft is one of them.
func (s *Service) Draft(ctx context.Context, a access.Actor, name string) (Draft, error) {
	scope, err := access.Decide(a, access.LegalRead, access.Resource{})
	if err != nil {
		return Draft{}, err
	}
	return s.Store.Draft(ctx, scope, name)
}

// Write keeps a draft: a new one where it has no id, else the one with its id, where it still has the version that was read. What waits for approval and is written waits no more.
func (s *Service) Write(ctx context.Context, a access.Actor, text legal.Version, version int64) (d Draft, err error) {
	scope, err := access.Decide(a, access.LegalWrite, access.Resource{})
	if err != nil {
		return d, err
	}
	if text.Summary, err = s.screened(ctx, a, "summary", text.Summary); err != nil {
		return d, err
	}
	text = text.Normal()
	if err := text.Check(); err != nil {
		return d, err
	}
	now := s.now()
	kind := "legal.written"
	if text.ID == "" {
		all, err := s.Store.Drafts(ctx, scope)
		if err != nil {
			return d, err
		}
		if len(all) >= maxDrafts {
			return d, fault.New(fault.Limited, "there are %d drafts, and there can be no more", len(all)).WithHelp("publish one, or go on with one that was withdrawn")
		}
		d.Created, kind = now, "legal.drafted"
		if text.ID, err = s.mint(now); err != nil {
			return d, err
		}
	} else {
		if d, err = s.Store.Draft(ctx, scope, text.ID); err != nil {
			return d, err
		}
		if d.Version != version {
			return d, changed()
		}
		if d.Text.Slug != text.Slug {
			return d, fault.New(fault.Invalid, "the short name of a draft stays as it is").WithHelp("make another draft")
		}
	}
	if err := s.audience(ctx, text); err != nil {
		return d, err
	}
	text.Author, text.Effective = string(a.ID), d.Text.Effective
	d = Draft{Text: text, State: Writing, Created: d.Created, Changed: now, Version: d.Version}
	sum, err := text.Sum()
	if err != nil {
		return d, err
	}
	err = s.commit(ctx, &Change{Envelope: change.New(scope, now, entry(kind, append(of(d), ledger.Digest("digest", sum))...)), Drafts: []Draft{d}})
	d.Version++
	return d, err
}

func changed() error {
	return fault.New(fault.Conflict, "the draft was changed meanwhile").WithHelp("look at it again, and decide again")
}

// audience says why a text cannot be of its document: a document is for everybody, or it is not.
func (s *Service) audience(ctx context.Context, text legal.Version) error {
	all, err := s.Published(ctx)
	if err != nil {
		return err
	}
	if list := legal.Of(all, text.Slug); len(list) > 0 && list[0].Audience != text.Audience {
		return fault.New(fault.Invalid, "the document is of the audience %s, and stays so", list[0].Audience).WithHelp("what is for others is another document, with a short name of its own")
	}
	return nil
}

func (s *Service) screened(ctx context.Context, a access.Actor, field, text string) (string, error) {
	if s.Screen == nil || text == "" {
		return text, nil
	}
	return s.Screen(ctx, a, field, text)
}

// Import makes drafts of the starter texts of which there is no document and no draft yet, and says how many it made.
func (s *Service) Import(ctx context.Context, a access.Actor) (n int, err error) {
	scope, err := access.Decide(a, access.LegalWrite, access.Resource{})
	if err != nil {
		return 0, err
	}
	if s.Templates == nil {
		return 0, fault.New(fault.Unavailable, "there are no starter texts here")
	}
	texts, err := s.Templates()
	if err != nil {
		return 0, err
	}
	drafts, err := s.Store.Drafts(ctx, scope)
	if err != nil {
		return 0, err
	}
	all, err := s.Published(ctx)
	if err != nil {
		return 0, err
	}
	there := map[string]bool{}
	for _, d := range drafts {
		there[d.Text.Slug] = true
	}
	for _, v := range all {
		there[v.Slug] = true
	}
	now := s.now()
	c := &Change{}
	var slugs []string
	for _, t := range texts {
		if there[t.Slug] {
			continue
		}
		if t.ID, err = s.mint(now); err != nil {
			return 0, err
		}
		t.Author = string(a.ID)
		c.Drafts = append(c.Drafts, Draft{Text: t.Normal(), State: Writing, Created: now, Changed: now})
		slugs = append(slugs, t.Slug)
	}
	if len(slugs) == 0 {
		return 0, nil
	}
	c.Envelope = change.New(scope, now, entry("legal.imported", ledger.List("slugs", slugs)))
	return len(slugs), s.commit(ctx, c)
}

// Withdraw puts a draft aside; Restore takes it back.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, name string) error {
	return s.move(ctx, a, name, Withdrawn, "legal.withdrawn")
}

// Restore takes a draft back that was put aside.
func (s *Service) Restore(ctx context.Context, a access.Actor, name string) error {
	return s.move(ctx, a, name, Writing, "legal.restored")
}

func (s *Service) move(ctx context.Context, a access.Actor, name, to, kind string) error {
	scope, err := access.Decide(a, access.LegalWrite, access.Resource{})
	if err != nil {
		return err
	}
	return change.Again(func() error {
		d, err := s.Store.Draft(ctx, scope, name)
		if err != nil || d.State == to {
			return err
		}
		now := s.now()
		d.State, d.Asker, d.Remark, d.Changed = to, "", "", now
		return s.commit(ctx, &Change{Envelope: change.New(scope, now, entry(kind, of(d)...)), Drafts: []Draft{d}})
	})
}
