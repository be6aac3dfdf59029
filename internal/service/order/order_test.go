package order

import (
	"context"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the terms name a zone

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/terms"
)

const contoso = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")

type world struct {
	kept  []Kept
	used  int
	notes int
}

func (w *world) Orders(context.Context, access.Scope) ([]Kept, error) { return w.kept, nil }

func (w *world) Keep(_ context.Context, c *Change) (change.Committed, error) {
	w.kept = append([]Kept{c.Kept}, w.kept...)
	return change.Committed{}, nil
}

func (w *world) Used(context.Context, access.Scope, terms.Limit, time.Time) (int, error) {
	return w.used, nil
}

func (w *world) Customers(context.Context, access.Actor, id.Org, int) ([]Customer, error) {
	return []Customer{{contoso, "contoso", "Contoso"}}, nil
}

func (w *world) Customer(_ context.Context, _ access.Actor, org id.Org) (Customer, error) {
	if org != contoso {
		return Customer{}, fault.New(fault.NotFound, "there is no such organisation")
	}
	return Customer{contoso, "contoso", "Contoso"}, nil
}

func (w *world) Note(context.Context, *change.Envelope) (change.Committed, error) {
	w.notes++
	return change.Committed{}, nil
}

func TestSetAndRoom(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	w := &world{used: 3}
	s := &Service{Store: w, Directory: w, Now: func() time.Time { return now }, Features: func(context.Context, access.Actor) ([]terms.Feature, error) { return nil, nil }}
	lawyer := access.Actor{ID: "person:pn_9", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Legal}, Surface: access.Portal, Session: "ss_9", Fresh: true}
	owner := access.Actor{ID: "person:pn_1", Kind: access.Person, Org: contoso, Roles: []access.Role{access.Owner}, Surface: access.Portal, Session: "ss_1", Fresh: true}
	x := terms.Default()
	x.Reference, x.From, x.Projects = "OF-7", now.Add(-time.Hour), 3
	if err := s.Room(t.Context(), contoso, terms.Projects); err != nil {
		t.Fatal("nothing was ordered, and there is a limit:", err)
	}
	if err := s.Set(t.Context(), owner, contoso, 0, x, "a better order"); err == nil {
		t.Error("an owner changes the order form")
	}
	if err := s.Set(t.Context(), lawyer, "og_01jq8z6y5x4w3v2t1s0r9q8p70", 0, x, "the order form"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := s.Set(t.Context(), lawyer, contoso, 0, x, "the order form"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), lawyer, contoso, 0, x, "the order form"); fault.KindOf(err) != fault.Conflict {
		t.Error("a version that was seen before is taken:", err)
	}
	err := s.Room(t.Context(), contoso, terms.Projects)
	if fault.KindOf(err) != fault.Limited || !strings.Contains(err.Error(), "OF-7") {
		t.Error(err)
	}
	if w.used = 2; s.Room(t.Context(), contoso, terms.Projects) != nil {
		t.Error("there is room, and it is refused")
	}
	v, err := s.Mine(t.Context(), owner)
	if err != nil || v.Terms.Version != 1 || v.Kept == nil || w.notes != 1 {
		t.Error(v, err, w.notes)
	}
}
