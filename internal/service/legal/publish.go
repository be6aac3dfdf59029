package legal

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
)

// farthest is how far ahead a version may be published.
const farthest = 2 * 366 * 24 * time.Hour

// Ask asks that a draft be published, in force from an instant, or as soon as it is approved where that is zero. version is the draft as it was read.
func (s *Service) Ask(ctx context.Context, a access.Actor, name string, version int64, effective time.Time) error {
	scope, err := access.Decide(a, access.LegalPublish, access.Resource{})
	if err != nil {
		return err
	}
	who, err := person(a)
	if err != nil {
		return err
	}
	d, err := s.Store.Draft(ctx, scope, name)
	if err != nil {
		return err
	}
	now := s.now()
	switch {
	case d.Version != version:
		return changed()
	case d.State == Withdrawn:
		return fault.New(fault.Conflict, "the draft was withdrawn").WithHelp("take it back first")
	case d.State == Asked:
		return fault.New(fault.Conflict, "its publication was asked for already")
	}
	d.Text.Effective = effective.UTC().Truncate(time.Second)
	if effective.IsZero() {
		d.Text.Effective = time.Time{}
	}
	if _, err := s.publishable(ctx, d, now); err != nil {
		return err
	}
	d.State, d.Asker, d.AskedAt, d.Remark, d.Changed = Asked, who, now, "", now
	sum, err := d.Text.Sum()
	if err != nil {
		return err
	}
	draft := entry("legal.asked", append(of(d), ledger.Digest("digest", sum), ledger.Text("effective", stamp(d.Text.Effective)), ledger.Bool("material", d.Text.Material), ledger.Bool("weakens", d.Text.Weakens))...)
	return s.commit(ctx, &Change{Envelope: change.New(scope, now, draft), Drafts: []Draft{d}})
}

// Return sends a draft back that waits for approval, with the reason. Whoever asked for its publication may take it back so too.
func (s *Service) Return(ctx context.Context, a access.Actor, name string, version int64, reason string) error {
	scope, err := access.Decide(a, access.LegalPublish, access.Resource{})
	if err != nil {
		return err
	}
	if reason = legal.NormalLine(reason); reason == "" || len(reason) > 500 {
		return fault.New(fault.Invalid, "the reason has %d bytes: 1 to 500 are right", len(reason))
	}
	if reason, err = s.screened(ctx, a, "reason", reason); err != nil {
		return err
	}
	d, err := s.Store.Draft(ctx, scope, name)
	if err != nil {
		return err
	}
	if d.Version != version || d.State != Asked {
		return changed()
	}
	now := s.now()
	d.State, d.Asker, d.Remark, d.Changed, d.AskedAt = Writing, "", reason, now, time.Time{}
	return s.commit(ctx, &Change{Envelope: change.New(scope, now, entry("legal.returned", append(of(d), ledger.Text("reason", reason))...)), Drafts: []Draft{d}})
}

// Approve publishes a draft as the second person. version is the draft as it was looked at: what was changed since is not what is approved.
func (s *Service) Approve(ctx context.Context, a access.Actor, name string, version int64) (v legal.Version, err error) {
	scope, err := access.Decide(a, access.LegalPublish, access.Resource{})
	if err != nil {
		return v, err
	}
	who, err := person(a)
	if err != nil {
		return v, err
	}
	d, err := s.Store.Draft(ctx, scope, name)
	if err != nil {
		return v, err
	}
	now := s.now()
	switch {
	case d.Version != version || d.State != Asked:
		return v, changed()
	case d.Asker == who:
		return v, fault.New(fault.Denied, "who asked for the publication cannot approve it").WithHelp("another person of the platform does, in the role legal or administrator")
	}
	there, err := s.publishable(ctx, d, now)
	if err != nil {
		return v, err
	}
	if v, err = final(d, there, now); err != nil {
		return v, err
	}
	v.Author, v.Approver = d.Asker, who
	if err := s.commit(ctx, &Change{Envelope: change.New(scope, now, published(v, there)), Drafts: []Draft{d}, Publish: &v}); err != nil {
		return v, err
	}
	if s.Told != nil {
		s.Told()
	}
	return v, nil
}

// final is the version that a draft becomes.
func final(d Draft, there []legal.Version, now time.Time) (legal.Version, error) {
	v := d.Text.Normal()
	if v.Effective.IsZero() {
		v.Effective = now.Truncate(time.Second)
	}
	var names []string
	for _, t := range there {
		names = append(names, t.Version)
	}
	var err error
	if v.Version, err = legal.Next(now, names); err != nil {
		return v, err
	}
	v.Published = now
	sum, err := v.Sum()
	v.Digest = string(sum)
	return v, err
}

func published(v legal.Version, there []legal.Version) ledger.Draft {
	supersedes := ""
	if len(there) > 0 {
		supersedes = there[0].Version
	}
	return entry("legal.published",
		ledger.Text("document", v.ID), ledger.Text("slug", v.Slug), ledger.Text("version", v.Version), ledger.Text("digest", v.Digest), ledger.Text("effective", stamp(v.Effective)),
		ledger.Text("audience", string(v.Audience)), ledger.Bool("material", v.Material), ledger.Bool("accept", v.Accept), ledger.Bool("template", v.Template),
		ledger.Bool("weakens", v.Weakens), ledger.Text("decision", v.Decision), ledger.Text("supersedes", supersedes),
		ledger.Personal("asker", v.Author, v.Author), ledger.Personal("approver", v.Approver, v.Approver))
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// publishable says why a draft cannot be published now, and gives the versions that the document has, the newest first.
func (s *Service) publishable(ctx context.Context, d Draft, now time.Time) ([]legal.Version, error) {
	if err := d.Text.Check(); err != nil {
		return nil, err
	}
	all, err := s.Published(ctx)
	if err != nil {
		return nil, err
	}
	there := legal.Of(all, d.Text.Slug)
	if err := s.audience(ctx, d.Text); err != nil {
		return nil, err
	}
	if err := s.timely(d.Text, there, now); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(there, func(v legal.Version) bool { return v.Effective.After(now) }); i < 0 && len(there) > 0 && same(there[0], d.Text) {
		return nil, fault.New(fault.Invalid, "nothing differs from the version of %s", there[0].Version)
	}
	return there, s.permitted(ctx, d.Text)
}

// same reports whether a draft says what a version says, its instant apart.
func same(v, draft legal.Version) bool {
	draft.Version, draft.Effective = v.Version, v.Effective
	a, err := v.Sum()
	b, err2 := draft.Sum()
	return err == nil && err2 == nil && a == b
}

// timely says why a version cannot be in force from its instant on.
func (s *Service) timely(v legal.Version, there []legal.Version, now time.Time) error {
	from := v.Effective
	switch {
	case from.IsZero():
		from = now.Truncate(time.Second)
	case from.Before(now.Add(-time.Second)):
		return fault.New(fault.Invalid, "it would be in force from %s, which is past", stamp(from)).WithHelp("nothing binds anybody before it can be read")
	case from.After(now.Add(farthest)):
		return fault.New(fault.Invalid, "it would be in force from %s, which is more than two years ahead", stamp(from))
	}
	if len(there) == 0 {
		return nil
	}
	if !from.After(there[0].Effective) {
		return fault.New(fault.Invalid, "the version of %s is in force from %s on, which is not before", there[0].Version, stamp(there[0].Effective)).
			WithHelp("name a later instant")
	}
	if v.Audience == legal.Enterprise && v.Material && from.Before(now.Add(s.Rules.Notice).Truncate(time.Second)) {
		return fault.New(fault.Invalid, "a material version of this document is published at least %d days before it is in force", int(s.Rules.Notice.Hours()/24)).
			WithHelp("the earliest instant is %s", stamp(now.Add(s.Rules.Notice).Add(time.Minute)))
	}
	return nil
}

// permitted says why a version that lowers a measure cannot be published.
func (s *Service) permitted(ctx context.Context, v legal.Version) error {
	if !v.Weakens {
		return nil
	}
	if v.Decision == "" {
		return fault.New(fault.Denied, "it lowers a measure, and names no decision").WithHelp("propose a decision of the kind weakening, have it approved, and name it in the draft")
	}
	if s.Approved == nil {
		return fault.New(fault.Denied, "it lowers a measure, and there are no decisions here that could allow that")
	}
	ok, err := s.Approved(ctx, v.Decision)
	if err == nil && !ok {
		err = fault.New(fault.Denied, "it lowers a measure, and there is no approved decision %.40q to do so", v.Decision).WithHelp("propose a decision of the kind weakening, and have it approved")
	}
	return err
}
