package governance

import (
	"context"
	"errors"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/governance"
	"c4arch/internal/trust/ledger"
)

// mostDecisions is how many are shown.
const mostDecisions = 500

// Decisions are the newest, the last one first.
func (s *Service) Decisions(ctx context.Context, a access.Actor) ([]governance.Decision, error) {
	scope, err := decide(a, access.DecisionRead)
	if err != nil {
		return nil, err
	}
	return s.Store.Decisions(ctx, scope, mostDecisions)
}

// Decision is one.
func (s *Service) Decision(ctx context.Context, a access.Actor, decision string) (governance.Decision, error) {
	scope, err := decide(a, access.DecisionRead)
	if err != nil {
		return governance.Decision{}, err
	}
	return s.Store.Decision(ctx, scope, decision)
}

// Named are the platform's people, for a page that shows who proposed and who decided.
func (s *Service) Named(ctx context.Context, a access.Actor) (map[string]string, error) {
	if _, err := decide(a, access.DecisionRead); err != nil {
		return nil, err
	}
	people, err := s.People.People(ctx, a)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, nil
}

// Proposal is what somebody proposes.
type Proposal struct {
	Kind, Trigger, Title, Context, Options, Decision string
	Links                                            []string
	Supersedes                                       string
}

// Propose writes a decision down that another person has to decide on.
func (s *Service) Propose(ctx context.Context, a access.Actor, in Proposal) (string, error) {
	scope, err := decide(a, access.DecisionPropose)
	if err != nil {
		return "", err
	}
	me, err := person(a)
	if err != nil {
		return "", err
	}
	if err := s.screened(ctx, a, map[string]*string{"title": &in.Title, "context": &in.Context, "options": &in.Options, "decision": &in.Decision}); err != nil {
		return "", err
	}
	d := governance.Decision{
		Kind: in.Kind, Trigger: in.Trigger, Title: in.Title, Context: in.Context, Options: in.Options, Decision: in.Decision, Links: cleaned(in.Links), Supersedes: in.Supersedes,
		Proposed: s.now(), State: governance.Proposed, Proposer: me,
	}
	if d.Kind == governance.Catalogue {
		if d.Subject, err = governance.Digest(s.Measures()); err != nil {
			return "", err
		}
	}
	if err := s.supersedable(ctx, scope, d.Supersedes); err != nil {
		return "", err
	}
	if d.ID, err = s.mint(id.PrefixDecision, d.Proposed); err != nil {
		return "", err
	}
	if err := d.Check(); err != nil {
		return "", err
	}
	if d.Digest, err = d.Sum(); err != nil {
		return "", err
	}
	fields := []ledger.Field{ledger.Text("decision", d.ID), ledger.Text("decisionKind", d.Kind), ledger.Text("trigger", d.Trigger), ledger.Text("digest", d.Digest), about("person", me)}
	if d.Supersedes != "" {
		fields = append(fields, ledger.Text("supersedes", d.Supersedes))
	}
	return d.ID, s.commit(ctx, &Change{Envelope: change.New(scope, d.Proposed, entry("decision.proposed", fields...)), Decisions: []governance.Decision{d}})
}

func cleaned(links []string) []string {
	all := []string{}
	for _, l := range links {
		if l = strings.TrimSpace(l); l != "" {
			all = append(all, l)
		}
	}
	return all
}

func (s *Service) supersedable(ctx context.Context, scope access.Scope, decision string) error {
	if decision == "" {
		return nil
	}
	old, err := s.Store.Decision(ctx, scope, decision)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return fault.New(fault.Invalid, "the decision that is to be superseded does not exist")
	case err != nil:
		return err
	case old.State != governance.Approved || old.By != "":
		return fault.New(fault.Invalid, "only a decision that is approved, and that nothing supersedes, is superseded")
	}
	return nil
}

// Decide approves or refuses what somebody else proposed. A decision that it supersedes is marked in the same change.
func (s *Service) Decide(ctx context.Context, a access.Actor, decision string, approve bool, reason string) error {
	scope, err := decide(a, access.DecisionApprove)
	if err != nil {
		return err
	}
	me, err := person(a)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if err := s.screened(ctx, a, map[string]*string{"reason": &reason}); err != nil {
		return err
	}
	return unsettled(change.Again(func() error {
		d, err := s.Store.Decision(ctx, scope, decision)
		if err != nil {
			return err
		}
		if d, err = d.Decide(me, approve, reason, s.now()); err != nil {
			return settled{err}
		}
		kind := "decision.refused"
		c := &Change{Decisions: []governance.Decision{d}}
		if approve {
			kind = "decision.approved"
			if err := s.supersede(ctx, scope, d, c); err != nil {
				return err
			}
		}
		c.Envelope = change.New(scope, d.Decided, entry(kind, ledger.Text("decision", d.ID), ledger.Text("decisionKind", d.Kind), ledger.Text("digest", d.Digest), about("person", me), ledger.Text("reason", reason)))
		if approve && d.Kind == governance.Catalogue {
			c.Jobs = []job.New{{Kind: task.ReviewProgramme, Key: "decided", Args: []byte("{}")}}
		}
		return s.commit(ctx, c)
	}))
}

// settled is a refusal that loading again cannot change, whatever its kind.
type settled struct{ error }

func unsettled(err error) error {
	if x := (settled{}); errors.As(err, &x) {
		return x.error
	}
	return err
}

func (s *Service) supersede(ctx context.Context, scope access.Scope, d governance.Decision, c *Change) error {
	if d.Supersedes == "" {
		return nil
	}
	old, err := s.Store.Decision(ctx, scope, d.Supersedes)
	if err != nil {
		return err
	}
	if old.By != "" {
		return settled{fault.New(fault.Conflict, "another decision supersedes the same one already")}
	}
	old.By = d.ID
	c.Decisions = append(c.Decisions, old)
	return nil
}

// Approved reports whether there is a decision with that id that a second person approved, of the kind that weakens a measure, and that nothing supersedes. It is for services that
// must not weaken something without.
func (s *Service) Approved(ctx context.Context, decision string) (bool, error) {
	scope, err := system(access.DecisionRead, "a decision that something rests on", access.Actor{})
	if err != nil {
		return false, err
	}
	d, err := s.Store.Decision(ctx, scope, decision)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && d.State == governance.Approved && d.Kind == governance.Weakening && d.By == "", err
}

// Difference is what this version of the program promises less than the one that was taken last.
type Difference struct {
	Digest   string // of what there is now
	Before   governance.Recorded
	Changes  []governance.Change // those that need a decision
	Waits    string              // a decision about it that is proposed, or ""
	Recorded bool                // what there is now is what was taken last
}

// Difference compares the measures of this program with those that were taken last.
func (s *Service) Difference(ctx context.Context, a access.Actor) (Difference, error) {
	scope, err := decide(a, access.DecisionRead)
	if err != nil {
		return Difference{}, err
	}
	return s.difference(ctx, scope)
}

func (s *Service) difference(ctx context.Context, scope access.Scope) (x Difference, err error) {
	measures := s.Measures()
	if x.Digest, err = governance.Digest(measures); err != nil {
		return x, err
	}
	if x.Before, err = s.Store.Catalogue(ctx, scope); err != nil {
		return x, err
	}
	x.Recorded = x.Before.Digest == x.Digest
	if x.Recorded || x.Before.Digest == "" {
		return x, nil
	}
	if x.Changes = governance.Weaker(governance.Compare(x.Before.Measures, measures)); len(x.Changes) == 0 {
		return x, nil
	}
	all, err := s.Store.Decisions(ctx, scope, mostDecisions)
	if err != nil {
		return x, err
	}
	if i := slices.IndexFunc(all, func(d governance.Decision) bool {
		return d.Kind == governance.Catalogue && d.Subject == x.Digest && d.State == governance.Proposed
	}); i >= 0 {
		x.Waits = all[i].ID
	}
	return x, nil
}

// catalogued takes the measures of this program as those to compare with, where they are not weaker or a decision about exactly these was approved.
func (s *Service) catalogued(ctx context.Context, _ access.Actor, scope access.Scope, c *Change) error {
	x, err := s.difference(ctx, scope)
	if err != nil || x.Recorded {
		return err
	}
	r := governance.Recorded{Digest: x.Digest, Program: s.Program, At: c.At, Measures: governance.Sorted(s.Measures())}
	if len(x.Changes) > 0 {
		all, err := s.Store.Decisions(ctx, scope, mostDecisions)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(d governance.Decision) bool {
			return d.Kind == governance.Catalogue && d.Subject == x.Digest && d.State == governance.Approved
		})
		if i < 0 {
			return nil
		}
		r.Decision = all[i].ID
	}
	c.Catalogue = &r
	c.Drafts = append(c.Drafts, entry("catalogue.recorded", ledger.Text("digest", r.Digest), ledger.Text("program", r.Program), ledger.Int("measures", int64(len(r.Measures))),
		ledger.Int("weaker", int64(len(x.Changes))), ledger.Text("decision", r.Decision)))
	return nil
}
