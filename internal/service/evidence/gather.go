package evidence

import (
	"context"
	"fmt"
	"slices"
	"time"

	"c4arch/internal/arch/dossier"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// gather reads all that a pack says.
func (r *run) gather(ctx context.Context) (*dossier.Dossier, error) {
	p := r.pack
	d, err := r.Source.Head(ctx, r.actor, p.Project)
	if err != nil {
		return nil, err
	}
	d.ID, d.Kind, d.Subject, d.Asked, d.AskedBy, d.Generator = p.ID, string(p.Kind), p.Subject, p.Created, string(p.Actor), "c4arch "+r.Version
	approvals, err := r.Source.Approvals(ctx, r.actor, p.Project)
	if err != nil {
		return nil, err
	}
	all, err := r.Source.Snapshots(ctx, r.actor, p.Project)
	if err != nil {
		return nil, err
	}
	if d.Snapshots, d.What, err = chosen(p, all, approvals); err != nil {
		return nil, err
	}
	r.span(&d)
	if err := r.contents(ctx, &d); err != nil {
		return nil, err
	}
	if err := r.decisions(ctx, &d, approvals); err != nil {
		return nil, err
	}
	return &d, nil
}

// chosen are the snapshots that a pack is about, the oldest first, and what it is of in words.
func chosen(p Pack, all []dossier.Snapshot, approvals []dossier.Approval) ([]dossier.Snapshot, string, error) {
	at := func(id string) int { return slices.IndexFunc(all, func(s dossier.Snapshot) bool { return s.ID == id }) }
	switch p.Kind {
	case OfBaseline:
		i := slices.IndexFunc(approvals, func(a dossier.Approval) bool { return a.ID == p.Subject })
		if i < 0 {
			return nil, "", fault.New(fault.NotFound, "there is no such baseline")
		}
		last, first := at(approvals[i].Snapshot), -1
		if j := slices.IndexFunc(approvals, func(a dossier.Approval) bool { return a.ID == approvals[i].Supersedes }); j >= 0 {
			first = at(approvals[j].Snapshot)
		}
		return part(all, first, last), "baseline " + p.Subject, gone(last)
	case OfSnapshot:
		last := at(p.Subject)
		first := -1
		for i := 0; i < last; i++ { // what was approved last before it
			if all[i].Approved != "" {
				first = i
			}
		}
		return part(all, first, last), "snapshot " + p.Subject, gone(last)
	}
	first, last := -1, -1
	for i, s := range all {
		if s.Observed.After(p.To) {
			continue
		}
		if last = i; s.Observed.Before(p.From) {
			first = i // the period begins with what was known last before it
		}
	}
	what := fmt.Sprintf("period from %s to %s", p.From.UTC().Format(time.RFC3339), p.To.UTC().Format(time.RFC3339))
	if last < 0 {
		return nil, what, fault.New(fault.NotFound, "nothing was read until the end of the period").WithHelp("choose a later one")
	}
	return part(all, first, last), what, nil
}

func gone(i int) error {
	if i < 0 {
		return fault.New(fault.NotFound, "the snapshot is not kept any more")
	}
	return nil
}

// part is from the first to the last; where no first one is known, or it is not before the last, all that there are up to the last.
func part(all []dossier.Snapshot, first, last int) []dossier.Snapshot {
	if last < 0 {
		return nil
	}
	if first < 0 {
		first = 0
	}
	return slices.Clone(all[min(first, last) : last+1])
}

// span says from when to when: what was asked for, or what was observed.
func (r *run) span(d *dossier.Dossier) {
	d.From, d.To = r.pack.From, r.pack.To
	if r.pack.Kind != OfPeriod {
		d.From, d.To = d.Snapshots[0].Observed, r.pack.Created
	}
}

// contents loads snapshot after snapshot, and notes what lies between one and the next.
func (r *run) contents(ctx context.Context, d *dossier.Dossier) error {
	if len(d.Snapshots) > mostSnapshots {
		return fault.New(fault.Limited, "the pack would have %d snapshots, and may have %d", len(d.Snapshots), mostSnapshots).WithHelp("choose a shorter period")
	}
	var before *evidence.Snapshot
	for i, s := range d.Snapshots {
		now, err := r.Source.Load(ctx, r.actor, r.pack.Project, s.ID)
		if err != nil {
			return err
		}
		d.Unknowns = append(d.Unknowns, dossier.Unread(s, now)...)
		if i > 0 {
			rows, err := dossier.Between(ctx, d.Snapshots[i-1], s, before, now)
			if err != nil {
				return err
			}
			if d.Changes = append(d.Changes, rows...); len(d.Changes) > mostChanges {
				return fault.New(fault.Limited, "the pack would list more than %d changes", mostChanges).WithHelp("choose a shorter period")
			}
		}
		before = now
	}
	d.Last = before
	var err error
	d.Model, err = r.Source.Model(ctx, r.actor, r.pack.Project, d.Snapshots[len(d.Snapshots)-1].ID)
	return err
}

// decisions reads what people decided and what was found.
func (r *run) decisions(ctx context.Context, d *dossier.Dossier, approvals []dossier.Approval) error {
	in := func(t time.Time) bool { return !t.Before(d.From) && !t.After(d.To) }
	there := map[string]bool{}
	for _, s := range d.Snapshots {
		there[s.ID] = true
	}
	for _, a := range approvals {
		if there[a.Snapshot] || in(a.At) {
			d.Approvals = append(d.Approvals, a)
		}
	}
	proposals, err := r.Source.Proposals(ctx, r.actor, r.pack.Project)
	if err != nil {
		return err
	}
	d.Proposals = slices.DeleteFunc(proposals, func(p dossier.Proposal) bool { return !in(p.At) })
	comparisons, err := r.Source.Comparisons(ctx, r.actor, r.pack.Project)
	if err != nil {
		return err
	}
	d.Comparisons = slices.DeleteFunc(comparisons, func(c dossier.Comparison) bool { return !there[c.Snapshot] && !in(c.At) })
	findings, err := r.Source.Findings(ctx, r.actor, r.pack.Project)
	if err != nil {
		return err
	}
	d.Findings = slices.DeleteFunc(findings, func(f dossier.Finding) bool { return f.Last.Before(d.From) || f.First.After(d.To) })
	exceptions, err := r.Source.Exceptions(ctx, r.actor, r.pack.Project)
	if err != nil {
		return err
	}
	d.Exceptions = slices.DeleteFunc(exceptions, func(e dossier.Exception) bool { return e.At.After(d.To) })
	scans, err := r.Source.Scans(ctx, r.actor, r.pack.Project)
	if err != nil {
		return err
	}
	d.Scans = slices.DeleteFunc(scans, func(s dossier.Scan) bool { return !there[s.Snapshot] && !in(s.Asked) })
	return r.cite(ctx, d)
}

// cite names the entries of the ledger about all of it: from when the first of the snapshots was kept.
func (r *run) cite(ctx context.Context, d *dossier.Dossier) error {
	from := d.Snapshots[0].Recorded
	if d.From.Before(from) {
		from = d.From
	}
	to := d.To
	if r.pack.Created.Before(to) || r.pack.Kind != OfPeriod {
		to = r.pack.Created
	}
	for _, s := range d.Snapshots { // what was observed in the period may have been kept after it
		if s.Recorded.After(to) {
			to = s.Recorded
		}
	}
	var err error
	if d.Cited, err = r.Source.Entries(ctx, r.scope, from.Add(-time.Second), to); err != nil {
		return err
	}
	if len(d.Cited) > mostCited {
		return fault.New(fault.Limited, "the pack would cite more than %d entries of the ledger", mostCited).WithHelp("choose a shorter period")
	}
	return nil
}
