package governance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/governance"
)

// Looks are the checks of the programme. They read the rows themselves, and not through the service that writes them.
type Looks struct {
	Homes Homes
	// Items are what has to have an owner.
	Items []string
	// Roles are those in effect of a person; notfound for who has none.
	Roles func(ctx context.Context, person string) ([]access.Role, error)
	// Holds says which controls hold now, Measures what this version of the program has.
	Holds    func(ctx context.Context) (map[string]bool, error)
	Measures func() []governance.Measure
	// Written are the digests that the ledger has of each decision, by kind of entry.
	Written func(ctx context.Context) (map[string]map[string]string, error)
	Now     func() time.Time
}

func (l *Looks) rows(ctx context.Context, query string, row func(scan func(...any) error) error) error {
	s, err := access.Decide(access.System(id.Platform, "checks of controls", access.Actor{}), access.ControlRead, access.Resource{})
	if err != nil {
		return err
	}
	h, err := l.Homes.For(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Read(ctx, func(tx *sqldb.Tx) error { return tx.Each(ctx, query, row) })
}

// mostNamed is how many of what is wrong are named in one observation.
const mostNamed = 12

// told is an observation about many things: what is wrong of each, or nothing.
func told(subject string, of int, wrong []string) control.Observation {
	if len(wrong) == 0 {
		return control.Observation{Subject: subject, Outcome: control.Pass, Detail: fmt.Sprintf("%d looked at", of)}
	}
	more := ""
	if len(wrong) > mostNamed {
		more = fmt.Sprintf(", and %d more", len(wrong)-mostNamed)
	}
	return control.Observation{Subject: subject, Outcome: control.Fail, Detail: fmt.Sprintf("%d of %d: %s%s", len(wrong), of, strings.Join(wrong[:min(len(wrong), mostNamed)], "; "), more)}
}

// active reports whether a person has a role in effect now.
func (l *Looks) active(ctx context.Context, person string) (bool, error) {
	roles, err := l.Roles(ctx, person)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return false, err
	}
	return len(roles) > 0, nil
}

// Owners looks at who owns what: each item has one owner who is active, and no reassignment stands longer than it may. Where the platform has no people yet, nothing was exercised.
func (l *Looks) Owners(ctx context.Context) ([]control.Observation, error) {
	people := 0
	if err := l.rows(ctx, `SELECT COUNT(*) FROM personnel WHERE gone = 0`, func(scan func(...any) error) error { return scan(&people) }); err != nil || people == 0 {
		return nil, err
	}
	owner, opened := map[string]string{}, map[string]int64{}
	err := l.rows(ctx, `SELECT item, person, opened_at FROM owner`, func(scan func(...any) error) error {
		var item, person string
		var at int64
		err := scan(&item, &person, &at)
		owner[item], opened[item] = person, at
		return err
	})
	if err != nil {
		return nil, err
	}
	var without, inactive, late []string
	for _, item := range l.Items {
		if owner[item] == "" {
			without = append(without, item)
			continue
		}
		is, err := l.active(ctx, owner[item])
		switch {
		case err != nil:
			return nil, err
		case !is:
			inactive = append(inactive, item)
			if opened[item] == 0 {
				late = append(late, item+" stands with nobody told")
			} else if l.Now().Sub(time.UnixMicro(opened[item])) > governance.ReassignWithin {
				late = append(late, item+" is open for more than 14 days")
			}
		}
	}
	n := len(l.Items)
	return []control.Observation{told("items with an owner", n, without), told("owners that are active", n-len(without), inactive), told("reassignments", len(inactive), late)}, nil
}

// Risks looks at the register of risks: each has a control, a review that is not overdue, an acceptor who is active where it is accepted, and a kept measure of what remains that is the
// one that follows from the controls now, give or take the hour that a round takes.
func (l *Looks) Risks(ctx context.Context) ([]control.Observation, error) {
	holds, err := l.Holds(ctx)
	if err != nil {
		return nil, err
	}
	last, err := l.measured(ctx)
	if err != nil {
		return nil, err
	}
	var unlinked, overdue, unowned, unmeasured []string
	n := 0
	err = l.rows(ctx, riskColumns+` WHERE state = 'open'`, func(scan func(...any) error) error {
		r, err := riskRow(scan)
		if err != nil {
			return err
		}
		n++
		if len(r.Controls) == 0 || slices.ContainsFunc(r.Controls, func(c string) bool { _, known := holds[c]; return !known }) {
			unlinked = append(unlinked, r.ID)
		}
		if l.Now().After(r.Review) {
			overdue = append(overdue, r.ID)
		}
		if is, err := l.active(ctx, r.Accepted.Person); r.Treatment == governance.Accept && (err != nil || !is) {
			unowned = append(unowned, r.ID)
		}
		left, _ := governance.Residual(r, func(c string) bool { return holds[c] })
		if x, ok := last[r.ID]; !ok || x.Residual.Score() < left.Score() && l.Now().Sub(x.At) > 2*time.Hour {
			unmeasured = append(unmeasured, fmt.Sprintf("%s remains %d", r.ID, left.Score()))
		}
		return nil
	})
	if err != nil || n == 0 {
		return nil, err
	}
	return []control.Observation{
		told("risks with controls that exist", n, unlinked), told("risks whose review is not overdue", n, overdue), told("risks accepted by somebody active", n, unowned),
		told("risks whose kept measure is no less than what remains", n, unmeasured),
	}, nil
}

func (l *Looks) measured(ctx context.Context) (map[string]governance.Snapshot, error) {
	last := map[string]governance.Snapshot{}
	err := l.rows(ctx, snapshotColumns+` ORDER BY at`, func(scan func(...any) error) error {
		x, err := snapshotRow(scan)
		last[x.Risk] = x
		return err
	})
	return last, err
}

// Decisions looks at the journal: what each decision says has the digest that was kept and that the ledger has, nobody decided what they had proposed, and what is superseded is so by a
// decision that says so and was approved.
func (l *Looks) Decisions(ctx context.Context) ([]control.Observation, error) {
	written, err := l.Written(ctx)
	if err != nil {
		return nil, err
	}
	by := map[string]governance.Decision{}
	err = l.rows(ctx, decisionColumns, func(scan func(...any) error) error {
		d, err := decisionRow(scan)
		by[d.ID] = d
		return err
	})
	if err != nil || len(by) == 0 && len(written) == 0 {
		return nil, err
	}
	var changed, alone, chains, gone []string
	for name, d := range by {
		sum, err := d.Sum()
		if err != nil {
			return nil, err
		}
		if proven := written[name]; sum != d.Digest || proven["decision.proposed"] != sum || d.State != governance.Proposed && proven["decision."+d.State] != sum {
			changed = append(changed, name)
		}
		if d.State != governance.Proposed && (d.Decider == "" || d.Decider == d.Proposer) {
			alone = append(alone, name)
		}
		if next := by[d.By]; d.By != "" && (next.Supersedes != name || next.State != governance.Approved) {
			chains = append(chains, name)
		}
	}
	for name := range written {
		if _, there := by[name]; !there {
			gone = append(gone, name)
		}
	}
	for _, x := range [][]string{changed, alone, chains, gone} {
		slices.Sort(x)
	}
	n := len(by)
	return []control.Observation{
		told("decisions that say what the ledger has", n, changed), told("decisions by two people", n, alone), told("decisions that supersede others", n, chains),
		told("decisions of the ledger that are there", len(written), gone),
	}, nil
}

// Catalogue compares the controls and checks of this version of the program with those that were taken last. Before any were taken, nothing was exercised.
func (l *Looks) Catalogue(ctx context.Context) ([]control.Observation, error) {
	var text, decision string
	rows := 0
	err := l.rows(ctx, `SELECT measures, decision FROM catalogue ORDER BY at DESC LIMIT 1`, func(scan func(...any) error) error {
		rows++
		return scan(&text, &decision)
	})
	if err != nil || rows == 0 {
		return nil, err
	}
	var before []governance.Measure
	if err := json.Unmarshal([]byte(text), &before); err != nil {
		return []control.Observation{{Subject: "measures that were taken last", Outcome: control.Fail, Detail: "they cannot be read"}}, nil
	}
	var weaker []string
	for _, c := range governance.Weaker(governance.Compare(before, l.Measures())) {
		weaker = append(weaker, c.Measure+" "+c.What)
	}
	return []control.Observation{told("measures of this version", len(before), weaker)}, nil
}
