// Package order are the use cases of what an organisation has ordered: the terms of its order form as data, which other parts of the service obey.
//
// It promises: every version stays, with who changed it and why; what nothing was said of has the default of package terms; a limit is asked before something is made, and the refusal
// names it; a promise of recovery is shown where one was agreed, and nowhere else. It leaves out prices, and the parts that obey.
package order

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/terms"
)

// Kept is a version of the terms with who kept it and why.
type Kept struct {
	terms.Terms
	Reason string
	Actor  id.Actor
	At     time.Time
}

// Change is a new version, in the home of the organisation.
type Change struct {
	change.Envelope
	Kept Kept
}

// Store is the port to the terms of the scope's organisation.
type Store interface {
	// Orders are all versions, the newest first.
	Orders(ctx context.Context, s access.Scope) ([]Kept, error)
	// Keep adds one; conflict where there is one of that number.
	Keep(ctx context.Context, c *Change) (change.Committed, error)
	// Used is how much there is of what is bounded; of scans since a time.
	Used(ctx context.Context, s access.Scope, l terms.Limit, since time.Time) (int, error)
}

// Customer is an organisation as the platform lists it.
type Customer struct {
	Org        id.Org
	Slug, Name string
}

// Directory is the port to the organisations, and to the platform's own ledger.
type Directory interface {
	// Customers are those that are not destroyed and come after one, in the order of their ids.
	Customers(ctx context.Context, a access.Actor, after id.Org, limit int) ([]Customer, error)
	// Customer is one of them; notfound for what is none.
	Customer(ctx context.Context, a access.Actor, org id.Org) (Customer, error)
	// Note commits a change of the platform's home that has nothing but its entries.
	Note(ctx context.Context, env *change.Envelope) (change.Committed, error)
}

// Service is the use cases. Every field must be set but Screen.
type Service struct {
	Store     Store
	Directory Directory
	// Features are those that the organisation really uses.
	Features func(ctx context.Context, a access.Actor) ([]terms.Feature, error)
	Screen   func(ctx context.Context, a access.Actor, field, text string) (string, error)
	Now      func() time.Time
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func reads(org id.Org, what string, cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(org, what, cause), access.TermsRead, access.Resource{})
}

// Terms are those that hold now for an organisation. It is for other parts, which obey them.
func (s *Service) Terms(ctx context.Context, org id.Org) (terms.Terms, error) {
	scope, err := reads(org, "the terms of the order form", access.Actor{})
	if err != nil {
		return terms.Terms{}, err
	}
	return s.terms(ctx, scope)
}

func (s *Service) terms(ctx context.Context, scope access.Scope) (terms.Terms, error) {
	all, err := s.Store.Orders(ctx, scope)
	return terms.At(plain(all), s.now()), err
}

func plain(all []Kept) []terms.Terms {
	list := make([]terms.Terms, len(all))
	for i, k := range all {
		list[i] = k.Terms
	}
	return list
}

// UsedFeatures are the features that an organisation really uses. It is for other parts.
func (s *Service) UsedFeatures(ctx context.Context, org id.Org) ([]terms.Feature, error) {
	return s.Features(ctx, access.System(org, "which features the organisation uses", access.Actor{}))
}

// Room says why one more of something cannot be made in an organisation, where its terms do not allow it. The error is limited, and names limit, value and order form.
func (s *Service) Room(ctx context.Context, org id.Org, l terms.Limit) error {
	if org == id.Platform || org == id.Local {
		return nil
	}
	scope, err := reads(org, "the limits of the order form", access.Actor{})
	if err != nil {
		return err
	}
	t, err := s.terms(ctx, scope)
	if err != nil || t.Of(l) == 0 {
		return err
	}
	n, err := s.Store.Used(ctx, scope, l, t.Month(s.now()))
	if err != nil {
		return err
	}
	return t.Room(l, n)
}

// View is what an organisation has ordered, as its people read it.
type View struct {
	Customer
	Terms    terms.Terms
	Kept     *Kept // where they come from; nil for the defaults
	Use      terms.Use
	Features []terms.Feature
	History  []Kept // the newest first
}

// Mine is what the actor's organisation has ordered.
func (s *Service) Mine(ctx context.Context, a access.Actor) (View, error) {
	scope, err := access.Decide(a, access.TermsRead, access.Resource{})
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, scope)
}

func (s *Service) view(ctx context.Context, scope access.Scope) (v View, err error) {
	if v.History, err = s.Store.Orders(ctx, scope); err != nil {
		return v, err
	}
	now := s.now()
	v.Terms = terms.At(plain(v.History), now)
	for i := range v.History {
		if v.History[i].Version == v.Terms.Version {
			v.Kept = &v.History[i]
		}
	}
	v.Use = terms.Use{}
	for _, l := range terms.Limits() {
		if v.Use[l], err = s.Store.Used(ctx, scope, l, v.Terms.Month(now)); err != nil {
			return v, err
		}
	}
	v.Features, err = s.Features(ctx, access.System(scope.Org(), "which features the organisation uses", scope.Actor()))
	return v, err
}

// PerPage is how many organisations are listed at once: of each the home is opened.
const PerPage = 50

// Customers are the organisations behind after with the terms that hold, for the platform's own people. more is where the next page begins, "" at the end.
func (s *Service) Customers(ctx context.Context, a access.Actor, after id.Org) (views []View, more id.Org, err error) {
	platform, err := access.Decide(a, access.TermsRead, access.Resource{})
	if err != nil {
		return nil, "", err
	}
	if platform.Org() != id.Platform {
		return nil, "", fault.New(fault.NotFound, "there is no such list")
	}
	all, err := s.Directory.Customers(ctx, a, after, PerPage)
	if err != nil {
		return nil, "", err
	}
	if len(all) == PerPage {
		more = all[len(all)-1].Org
	}
	for _, c := range all {
		scope, err := reads(c.Org, "the terms of the order form, for the platform's list", a)
		if err != nil {
			return nil, "", err
		}
		t, err := s.terms(ctx, scope)
		if fault.KindOf(err) == fault.NotFound { // it is being made, or destroyed
			continue
		}
		if err != nil {
			return nil, "", err
		}
		views = append(views, View{Customer: c, Terms: t})
	}
	return views, more, nil
}

// Customer is what one organisation has ordered, for the platform's own people.
func (s *Service) Customer(ctx context.Context, a access.Actor, org id.Org) (View, error) {
	c, err := s.customer(ctx, a, access.TermsRead, org)
	if err != nil {
		return View{}, err
	}
	scope, err := reads(org, "the terms of the order form, for the platform", a)
	if err != nil {
		return View{}, err
	}
	v, err := s.view(ctx, scope)
	v.Customer = c
	return v, err
}

func (s *Service) customer(ctx context.Context, a access.Actor, act access.Action, org id.Org) (Customer, error) {
	platform, err := access.Decide(a, act, access.Resource{})
	if err != nil {
		return Customer{}, err
	}
	if platform.Org() != id.Platform || !id.Is(id.PrefixOrg, string(org)) {
		return Customer{}, fault.New(fault.NotFound, "there is no such organisation")
	}
	return s.Directory.Customer(ctx, a, org)
}

// Set keeps a new version of the terms of an organisation: in its home, where its people see it at once; the platform's own note comes last. version is the one that the change was
// made of: another one meanwhile is a conflict. The same terms again are no change.
func (s *Service) Set(ctx context.Context, a access.Actor, org id.Org, version int, t terms.Terms, reason string) error {
	if _, err := s.customer(ctx, a, access.TermsChange, org); err != nil {
		return err
	}
	reason, err := s.reasoned(ctx, a, reason)
	if err != nil {
		return err
	}
	scope, err := access.Decide(access.System(org, "the terms of the order form", a), access.TermsKeep, access.Resource{})
	if err != nil {
		return err
	}
	reading, err := reads(org, "the terms of the order form", a)
	if err != nil {
		return err
	}
	all, err := s.Store.Orders(ctx, reading)
	if err != nil {
		return err
	}
	newest := terms.Default()
	if len(all) > 0 {
		newest = all[0].Terms
	}
	if t.Version = newest.Version + 1; newest.Version != version {
		return fault.New(fault.Conflict, "the terms were changed meanwhile").WithHelp("look at them again, and change them then")
	}
	if err := t.Check(); err != nil {
		return err
	}
	if len(terms.Diff(newest, t)) == 0 {
		return nil
	}
	return s.keep(ctx, a, scope, Kept{Terms: t, Reason: reason, Actor: a.ID, At: s.now()})
}

func (s *Service) reasoned(ctx context.Context, a access.Actor, reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if err := tenant.CheckReason(reason); err != nil {
		return "", err
	}
	if s.Screen == nil {
		return reason, nil
	}
	return s.Screen(ctx, a, "reason", reason)
}

func (s *Service) keep(ctx context.Context, a access.Actor, scope access.Scope, k Kept) error {
	text, err := json.Marshal(k.Terms)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "write the terms")
	}
	sum := canon.Sum(text)
	t := k.Terms
	c := Change{Kept: k, Envelope: change.New(scope, k.At, ledger.Draft{Kind: "terms.changed", Fields: []ledger.Field{
		ledger.Int("number", int64(t.Version)), ledger.Text("reference", t.Reference), ledger.Text("reason", k.Reason), ledger.Text("plan", t.Plan), ledger.Int("users", int64(t.Users)),
		ledger.Int("projects", int64(t.Projects)), ledger.Int("subscriptions", int64(t.Subscriptions)), ledger.Int("repositories", int64(t.Repositories)),
		ledger.Int("scans", int64(t.ScansPerMonth)), ledger.Text("ai", string(t.AI)), ledger.Int("objectionDays", int64(t.ObjectionDays)),
		ledger.Int("incidentHours", int64(t.IncidentHours)), ledger.Digest("digest", sum),
	}})}
	if _, err := s.Store.Keep(ctx, &c); err != nil {
		return err
	}
	platform, err := access.Decide(a, access.TermsChange, access.Resource{})
	if err != nil {
		return err
	}
	env := change.New(platform, k.At, ledger.Draft{Kind: "terms.set", Fields: []ledger.Field{
		ledger.Text("organisation", string(scope.Org())), ledger.Int("number", int64(t.Version)), ledger.Text("reference", t.Reference), ledger.Text("reason", k.Reason), ledger.Digest("digest", sum),
	}})
	_, err = s.Directory.Note(ctx, &env)
	return err
}
