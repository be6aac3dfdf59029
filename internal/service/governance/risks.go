package governance

import (
	"context"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/programme"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/governance"
	"c4arch/internal/trust/ledger"
)

// RiskView is a risk with what remains of it now.
type RiskView struct {
	governance.Risk
	Residual governance.Level
	Failing  []string // controls that do not hold now
	Overdue  bool
	Acceptor governance.Person
}

// firstReview is how far ahead the review of a risk lies that is begun with, nextReview that after a review.
const (
	firstReview = 30 * 24 * time.Hour
	nextReview  = 182 * 24 * time.Hour
)

// Risks are all, the greatest that remains first, those that are closed last.
func (s *Service) Risks(ctx context.Context, a access.Actor) ([]RiskView, error) {
	scope, err := decide(a, access.RiskRead)
	if err != nil {
		return nil, err
	}
	risks, err := s.Store.Risks(ctx, scope)
	if err != nil {
		return nil, err
	}
	holds, err := s.Holds(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]RiskView, 0, len(risks))
	for _, r := range risks {
		all = append(all, s.view(r, holds))
	}
	slices.SortStableFunc(all, func(x, y RiskView) int {
		if x.State != y.State {
			return strings.Compare(y.State, x.State) // open before closed
		}
		return y.Residual.Score() - x.Residual.Score()
	})
	return all, nil
}

func (s *Service) view(r governance.Risk, holds map[string]bool) RiskView {
	v := RiskView{Risk: r, Overdue: r.Overdue(s.now())}
	v.Residual, v.Failing = governance.Residual(r, func(c string) bool { return holds[c] })
	return v
}

// Risk is one, with what remained of it over time.
func (s *Service) Risk(ctx context.Context, a access.Actor, risk string) (RiskView, []governance.Snapshot, error) {
	scope, err := decide(a, access.RiskRead)
	if err != nil {
		return RiskView{}, nil, err
	}
	r, err := s.Store.Risk(ctx, scope, risk)
	if err != nil {
		return RiskView{}, nil, err
	}
	holds, err := s.Holds(ctx)
	if err != nil {
		return RiskView{}, nil, err
	}
	v := s.view(r, holds)
	if r.Accepted.Person != "" {
		people, err := s.People.People(ctx, a)
		if err != nil {
			return RiskView{}, nil, err
		}
		v.Acceptor = governance.Person{ID: r.Accepted.Person}
		if i := slices.IndexFunc(people, func(p governance.Person) bool { return p.ID == r.Accepted.Person }); i >= 0 {
			v.Acceptor = people[i]
		}
	}
	past, err := s.Store.Snapshots(ctx, scope, risk, 50)
	return v, past, err
}

// RiskInput is what a person says of a risk. Version is the one that was seen, 0 of a new one.
type RiskInput struct {
	Title, Threat, Treatment, Plan string
	Inherent, Target               governance.Level
	Controls                       []string
	Review                         time.Time
	Version                        int64
}

// KeepRisk writes a new risk, or what is otherwise of one. Whoever chooses to accept what remains is who accepts it, until the next review.
func (s *Service) KeepRisk(ctx context.Context, a access.Actor, risk string, in RiskInput) (string, error) {
	scope, err := decide(a, access.RiskChange)
	if err != nil {
		return "", err
	}
	me, err := person(a)
	if err != nil {
		return "", err
	}
	if err := s.screened(ctx, a, map[string]*string{"risk": &in.Title, "threat": &in.Threat, "plan": &in.Plan}); err != nil {
		return "", err
	}
	r, kind, now := governance.Risk{State: governance.RiskOpen}, "risk.added", s.now()
	if risk != "" {
		kind = "risk.changed"
		if r, err = s.Store.Risk(ctx, scope, risk); err != nil {
			return "", err
		}
		if r.Version != in.Version {
			return "", fault.New(fault.Conflict, "the risk was changed meanwhile").WithHelp("look at it again, and decide again")
		}
		if r.State != governance.RiskOpen {
			return "", fault.New(fault.Conflict, "the risk is closed").WithHelp("open it again first")
		}
	} else if r.ID, err = s.mint(id.PrefixRisk, now); err != nil {
		return "", err
	} else {
		r.Created = now
	}
	r.Title, r.Threat, r.Plan, r.Treatment, r.Inherent, r.Target, r.Review, r.Changed = in.Title, in.Threat, in.Plan, in.Treatment, in.Inherent, in.Target, in.Review, now
	r.Controls = slices.Compact(slices.Sorted(slices.Values(in.Controls)))
	r.Accepted = governance.Acceptance{}
	drafts := []ledger.Draft{}
	if r.Treatment == governance.Accept {
		r.Accepted = governance.Acceptance{Person: me, At: now}
		drafts = append(drafts, entry("risk.accepted", ledger.Text("risk", r.ID), about("person", me), ledger.Time("until", r.Review)))
	}
	if err := r.Check(s.control, now); err != nil {
		return "", err
	}
	return r.ID, s.keepRisks(ctx, scope, []governance.Risk{r}, append([]ledger.Draft{said(kind, r)}, drafts...))
}

// control reports whether there is such a control.
func (s *Service) control(name string) bool {
	return slices.ContainsFunc(s.Items, func(x governance.Item) bool { return x.ID == governance.Control+"/"+name })
}

func said(kind string, r governance.Risk) ledger.Draft {
	return entry(kind, ledger.Text("risk", r.ID), ledger.Text("title", r.Title), ledger.Text("treatment", r.Treatment), ledger.Int("inherent", int64(r.Inherent.Score())),
		ledger.Int("target", int64(r.Target.Score())), ledger.List("controls", r.Controls), ledger.Time("review", r.Review))
}

// keepRisks commits risks with what remains of them now.
func (s *Service) keepRisks(ctx context.Context, scope access.Scope, risks []governance.Risk, drafts []ledger.Draft) error {
	all, err := s.Store.Risks(ctx, scope)
	if err != nil {
		return err
	}
	if len(all) > governance.MaxRisks {
		return fault.New(fault.Limited, "there are %d risks, and there can be no more", len(all))
	}
	holds, err := s.Holds(ctx)
	if err != nil {
		return err
	}
	c := &Change{Envelope: change.New(scope, s.now(), drafts...), Risks: risks}
	for _, r := range risks {
		c.Snapshots = append(c.Snapshots, snapshot(r, holds, c.At))
	}
	return s.commit(ctx, c)
}

func snapshot(r governance.Risk, holds map[string]bool, at time.Time) governance.Snapshot {
	left, failing := governance.Residual(r, func(c string) bool { return holds[c] })
	return governance.Snapshot{Risk: r.ID, At: at, Inherent: r.Inherent, Residual: left, Failing: failing}
}

// ReviewRisk notes that somebody looked at a risk, and by when it is looked at again. Accepting lasts until the review, so whoever reviews a risk that is accepted accepts it again.
func (s *Service) ReviewRisk(ctx context.Context, a access.Actor, risk, note string) error {
	return s.turn(ctx, a, risk, "risk.reviewed", note, func(r *governance.Risk, me string, now time.Time) error {
		if r.State != governance.RiskOpen {
			return fault.New(fault.Conflict, "the risk is closed")
		}
		r.Reviewed, r.Review = now, now.Add(nextReview)
		if r.Treatment == governance.Accept {
			r.Accepted = governance.Acceptance{Person: me, At: now}
		}
		return nil
	})
}

// CloseRisk takes a risk out of those that are looked at, and puts it back.
func (s *Service) CloseRisk(ctx context.Context, a access.Actor, risk, note string) error {
	return s.turn(ctx, a, risk, "risk.closed", note, func(r *governance.Risk, _ string, _ time.Time) error {
		r.State = governance.RiskClosed
		return nil
	})
}

// OpenRisk is said at [Service.CloseRisk].
func (s *Service) OpenRisk(ctx context.Context, a access.Actor, risk, note string) error {
	return s.turn(ctx, a, risk, "risk.opened", note, func(r *governance.Risk, _ string, now time.Time) error {
		r.State, r.Review = governance.RiskOpen, now.Add(firstReview)
		return nil
	})
}

func (s *Service) turn(ctx context.Context, a access.Actor, risk, kind, note string, how func(r *governance.Risk, me string, now time.Time) error) error {
	scope, err := decide(a, access.RiskChange)
	if err != nil {
		return err
	}
	me, err := person(a)
	if err != nil {
		return err
	}
	if note = strings.TrimSpace(note); note == "" || len(note) > 500 {
		return fault.New(fault.Invalid, "say in at most 500 bytes what was looked at, or why")
	}
	if err := s.screened(ctx, a, map[string]*string{"reason": &note}); err != nil {
		return err
	}
	return change.Again(func() error {
		r, err := s.Store.Risk(ctx, scope, risk)
		if err != nil {
			return err
		}
		now := s.now()
		if err := how(&r, me, now); err != nil {
			return err
		}
		r.Changed = now
		return s.keepRisks(ctx, scope, []governance.Risk{r}, []ledger.Draft{entry(kind, ledger.Text("risk", r.ID), about("person", me), ledger.Text("note", note), ledger.Time("review", r.Review))})
	})
}

// StartRisks writes the risks to begin with that are not there under their titles. It says how many were added.
func (s *Service) StartRisks(ctx context.Context, a access.Actor) (int, error) {
	scope, err := decide(a, access.RiskChange)
	if err != nil {
		return 0, err
	}
	starters, err := programme.Risks()
	if err != nil {
		return 0, err
	}
	there, err := s.Store.Risks(ctx, scope)
	if err != nil {
		return 0, err
	}
	now := s.now()
	var risks []governance.Risk
	var drafts []ledger.Draft
	for _, x := range starters {
		if slices.ContainsFunc(there, func(r governance.Risk) bool { return r.Title == x.Name }) {
			continue
		}
		r := governance.Risk{
			Title: x.Name, Threat: x.Threat, Plan: x.Plan, Treatment: x.Treatment, Inherent: governance.Level{Likelihood: x.Likelihood, Impact: x.Impact},
			Target: governance.Level{Likelihood: x.RemainingLikelihood, Impact: x.RemainingImpact}, Controls: x.Controls, Review: now.Add(firstReview), State: governance.RiskOpen, Created: now, Changed: now,
		}
		if r.ID, err = s.mint(id.PrefixRisk, now); err != nil {
			return 0, err
		}
		if err := r.Check(s.control, now); err != nil {
			return 0, err
		}
		risks, drafts = append(risks, r), append(drafts, said("risk.added", r))
	}
	if len(risks) == 0 {
		return 0, nil
	}
	return len(risks), s.keepRisks(ctx, scope, risks, drafts)
}

// measure keeps what remains of each risk where that is otherwise than it was.
func (s *Service) measure(ctx context.Context, _ access.Actor, scope access.Scope, c *Change) error {
	risks, err := s.Store.Risks(ctx, scope)
	if err != nil || len(risks) == 0 {
		return err
	}
	last, err := s.Store.Newest(ctx, scope)
	if err != nil {
		return err
	}
	holds, err := s.Holds(ctx)
	if err != nil {
		return err
	}
	for _, r := range risks {
		was, is := last[r.ID], snapshot(r, holds, c.At)
		if r.State != governance.RiskOpen || was.Same(is) {
			continue
		}
		c.Snapshots = append(c.Snapshots, is)
		c.Drafts = append(c.Drafts, entry("risk.measured", ledger.Text("risk", r.ID), ledger.Int("from", int64(was.Residual.Score())), ledger.Int("to", int64(is.Residual.Score())), ledger.List("failing", is.Failing)))
	}
	return nil
}
