package governance

import (
	"context"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/governance"
	"c4arch/internal/trust/ledger"
)

// Ownership is who owns what.
type Ownership struct {
	Items  []governance.Owned
	People []governance.Person // who can own something: those who are active
}

// Count is how many items stand like that.
func (o Ownership) Count(state governance.OwnedState) (n int) {
	for _, x := range o.Items {
		if x.State == state {
			n++
		}
	}
	return n
}

// Owners is who owns what now. That somebody left shows at once.
func (s *Service) Owners(ctx context.Context, a access.Actor) (Ownership, error) {
	scope, err := decide(a, access.ControlRead)
	if err != nil {
		return Ownership{}, err
	}
	owners, err := s.Store.Owners(ctx, scope)
	if err != nil {
		return Ownership{}, err
	}
	people, err := s.People.People(ctx, a)
	if err != nil {
		return Ownership{}, err
	}
	o := Ownership{Items: governance.Owners(s.Items, owners, people)}
	o.People = slices.DeleteFunc(slices.Clone(people), func(p governance.Person) bool { return !p.Active })
	return o, nil
}

// Assign gives items to a person who is active. Items that the person owns already stay as they are.
func (s *Service) Assign(ctx context.Context, a access.Actor, items []string, to string) (int, error) {
	scope, err := decide(a, access.ControlOwn)
	if err != nil {
		return 0, err
	}
	items = slices.Compact(slices.Sorted(slices.Values(items)))
	if err := s.assignable(ctx, a, items, to); err != nil {
		return 0, err
	}
	given := 0
	err = change.Again(func() error {
		owners, err := s.Store.Owners(ctx, scope)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now())}
		var names []string
		for _, item := range items {
			o := governance.Owner{Item: item}
			if i := slices.IndexFunc(owners, func(x governance.Owner) bool { return x.Item == item }); i >= 0 {
				o = owners[i]
			}
			if o.Person == to && o.Opened.IsZero() {
				continue
			}
			o.Person, o.Since, o.Opened = to, c.At, time.Time{}
			c.Owners, names = append(c.Owners, o), append(names, item)
		}
		if given = len(names); given == 0 {
			return nil
		}
		c.Drafts = append(c.Drafts, entry("owner.assigned", about("person", to), ledger.List("items", names), ledger.Int("count", int64(given))))
		return s.commit(ctx, c)
	})
	return given, err
}

func (s *Service) assignable(ctx context.Context, a access.Actor, items []string, to string) error {
	if len(items) == 0 {
		return fault.New(fault.Invalid, "no item is chosen").WithHelp("tick at least one, or a whole domain")
	}
	for _, item := range items {
		if !slices.ContainsFunc(s.Items, func(x governance.Item) bool { return x.ID == item }) {
			return fault.New(fault.NotFound, "there is no item %.80q that has an owner", item)
		}
	}
	people, err := s.People.People(ctx, a)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(people, func(p governance.Person) bool { return p.ID == to })
	if i < 0 || !people[i].Active {
		return fault.New(fault.Invalid, "an owner is one of the platform's people, with a role in effect").WithHelp("choose another person")
	}
	return nil
}

// reassign opens and closes reassignments.
func (s *Service) reassign(ctx context.Context, a access.Actor, scope access.Scope, c *Change) error {
	owners, err := s.Store.Owners(ctx, scope)
	if err != nil {
		return err
	}
	people, err := s.People.People(ctx, a)
	if err != nil {
		return err
	}
	opened, closed := governance.Reassign(owners, people, c.At)
	c.Owners = append(c.Owners, append(slices.Clone(opened), closed...)...)
	c.Drafts = append(c.Drafts, moved("owner.reassign", opened)...)
	c.Drafts = append(c.Drafts, moved("owner.returned", closed)...)
	return nil
}

// moved is an entry for each person whose items are open, or are not any more.
func moved(kind string, owners []governance.Owner) (all []ledger.Draft) {
	by := map[string][]string{}
	var order []string
	for _, o := range owners {
		if by[o.Person] == nil {
			order = append(order, o.Person)
		}
		by[o.Person] = append(by[o.Person], o.Item)
	}
	slices.SortFunc(order, strings.Compare)
	for _, p := range order {
		all = append(all, entry(kind, about("person", p), ledger.List("items", by[p]), ledger.Int("count", int64(len(by[p])))))
	}
	return all
}
