package provision

import (
	"context"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Groups are those that f finds; with says whether with their members.
func (s *Service) Groups(ctx context.Context, a access.Actor, f Find, with bool) ([]Group, error) {
	scope, err := access.Decide(a, access.UserRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Groups(ctx, scope, f, with)
}

// Group is one, with its members.
func (s *Service) Group(ctx context.Context, a access.Actor, name string) (Group, error) {
	scope, err := access.Decide(a, access.UserRead, access.Resource{})
	if err != nil {
		return Group{}, err
	}
	return s.group(ctx, scope, name)
}

func (s *Service) group(ctx context.Context, scope access.Scope, name string) (Group, error) {
	if !id.Is(id.PrefixGroup, name) {
		return Group{}, fault.New(fault.NotFound, "there is no such group")
	}
	all, err := s.Store.Groups(ctx, scope, Find{ID: name}, true)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "there is no such group")
	}
	if err != nil {
		return Group{}, err
	}
	return all[0], nil
}

func checkGroup(g *Group) error {
	g.Name = strings.TrimSpace(g.Name)
	if g.Name == "" || len(g.Name) > maxText || len(g.External) > maxText || strings.ContainsFunc(g.Name+g.External, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fault.New(fault.Invalid, "displayName is missing, or is longer than %d bytes, or has a character that it cannot have", maxText)
	}
	slices.Sort(g.Members)
	g.Members = slices.Compact(g.Members)
	if len(g.Members) > tenant.MaxMembers {
		return fault.New(fault.Limited, "a group has more than %d members", tenant.MaxMembers)
	}
	return nil
}

// CreateGroup makes a group.
func (s *Service) CreateGroup(ctx context.Context, a access.Actor, g Group) (Group, error) {
	scope, err := access.Decide(a, access.UserChange, access.Resource{})
	if err != nil {
		return g, err
	}
	if err := checkGroup(&g); err != nil {
		return g, err
	}
	g.Created = s.now()
	if g.ID, err = id.Mint(id.PrefixGroup, s.Random, g.Created); err != nil {
		return g, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	err = again(func() error {
		known, err := s.Store.Groups(ctx, scope, Find{}, false)
		if err != nil {
			return err
		}
		if len(known) >= MaxGroups {
			return fault.New(fault.Limited, "there are %d groups, and can be no more", len(known))
		}
		if slices.ContainsFunc(known, func(o Group) bool { return o.Name == g.Name }) {
			return ErrTaken
		}
		return s.keepGroup(ctx, scope, "group.added", Group{}, g)
	})
	if err != nil {
		return g, err
	}
	return s.group(ctx, scope, g.ID)
}

// keepGroup writes a group, and what its members are by it.
func (s *Service) keepGroup(ctx context.Context, scope access.Scope, kind string, was, g Group) error {
	now := s.now()
	g.Changed = now
	c := &Change{Groups: []Group{g}}
	c.Envelope = change.New(scope, now, entry(kind, ledger.Text("group", g.ID), ledger.Text("name", g.Name), ledger.Int("members", int64(len(g.Members)))))
	touched := g.Members
	if was.Name == g.Name && was.External == g.External {
		touched = differ(was.Members, g.Members)
	} else {
		touched = slices.Compact(slices.Sorted(slices.Values(slices.Concat(was.Members, touched))))
	}
	if err := s.settle(ctx, scope, c, was, &g, touched); err != nil {
		return err
	}
	_, err := s.Store.Commit(ctx, c)
	return err
}

// differ are those that are in one of two sorted lists alone.
func differ(a, b []string) (out []string) {
	in := func(list []string, v string) bool { _, ok := slices.BinarySearch(list, v); return ok }
	for _, v := range a {
		if !in(b, v) {
			out = append(out, v)
		}
	}
	for _, v := range b {
		if !in(a, v) {
			out = append(out, v)
		}
	}
	return out
}

// settle gives those who are touched the role that their groups give once g is as it will be; nil is a group that goes. Owners, and whom SCIM does not manage, stay what they
// are. Who is named and is no user is refused: nothing is found of other organisations by it.
func (s *Service) settle(ctx context.Context, scope access.Scope, c *Change, was Group, g *Group, touched []string) error {
	if len(touched) == 0 {
		return nil
	}
	p, err := s.Store.Policy(ctx, scope)
	if err != nil {
		return err
	}
	all, err := s.Store.Standings(ctx, scope, touched)
	if err != nil {
		return err
	}
	if len(all) != len(touched) {
		return fault.New(fault.Invalid, "a member of the group is no user")
	}
	for _, at := range all {
		m := at.Member
		if m.External != tenant.BySCIM || m.Role == access.Owner || m.Removed {
			continue
		}
		groups := slices.DeleteFunc(at.Groups, func(r Ref) bool { return r.ID == was.ID && was.ID != "" })
		if g != nil && slices.Contains(g.Members, m.Person) {
			groups = append(groups, Ref{ID: g.ID, Name: g.Name, External: g.External})
		}
		role, until := s.given(p, groups, c.At)
		if role == m.Role && until.Equal(m.Until) {
			continue
		}
		m.Role, m.Until = role, until
		c.Members, c.Drafts = append(c.Members, m), append(c.Drafts, provided(m))
	}
	return nil
}

// UpdateGroup changes a group as mutate does, if it is in that version (0 is any).
func (s *Service) UpdateGroup(ctx context.Context, a access.Actor, name string, version int64, mutate func(*Group) error) (Group, error) {
	scope, err := access.Decide(a, access.UserChange, access.Resource{})
	if err != nil {
		return Group{}, err
	}
	err = again(func() error {
		g, err := s.group(ctx, scope, name)
		if err != nil {
			return err
		}
		if version != 0 && version != g.Version {
			return ErrVersion
		}
		was := g
		g.Members = slices.Clone(g.Members)
		if err := mutate(&g); err != nil {
			return err
		}
		if err := checkGroup(&g); err != nil {
			return err
		}
		if g.Name != was.Name {
			known, err := s.Store.Groups(ctx, scope, Find{Name: g.Name}, false)
			if err != nil {
				return err
			}
			if len(known) > 0 {
				return ErrTaken
			}
		}
		return s.keepGroup(ctx, scope, "group.changed", was, g)
	})
	if err != nil {
		return Group{}, err
	}
	return s.group(ctx, scope, name)
}

// DeleteGroup takes a group away, and what it gave.
func (s *Service) DeleteGroup(ctx context.Context, a access.Actor, name string, version int64) error {
	scope, err := access.Decide(a, access.UserChange, access.Resource{})
	if err != nil {
		return err
	}
	return again(func() error {
		g, err := s.group(ctx, scope, name)
		if err != nil {
			return err
		}
		if version != 0 && version != g.Version {
			return ErrVersion
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("group.removed", ledger.Text("group", g.ID))), GoneGroups: []Group{g}}
		if err := s.settle(ctx, scope, c, g, nil, g.Members); err != nil {
			return err
		}
		_, err = s.Store.Commit(ctx, c)
		return err
	})
}
