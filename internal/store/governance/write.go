package governance

import (
	"context"

	"c4arch/internal/base/fault"
	service "c4arch/internal/service/governance"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/governance"
)

// writer writes the records of one change.
type writer struct {
	ctx context.Context
	tx  *sqldb.Tx
}

func (w *writer) all(c *service.Change) error {
	if err := each(c.Owners, w.owner); err != nil {
		return err
	}
	if err := each(c.Risks, w.risk); err != nil {
		return err
	}
	if err := each(c.Snapshots, w.snapshot); err != nil {
		return err
	}
	if err := each(c.Decisions, w.decision); err != nil {
		return err
	}
	if c.Catalogue == nil {
		return nil
	}
	return w.catalogue(*c.Catalogue)
}

func each[T any](all []T, write func(T) error) error {
	for _, x := range all {
		if err := write(x); err != nil {
			return err
		}
	}
	return nil
}

// one runs a statement that must change one row: none is one that was changed meanwhile, or is there already.
func (w *writer) one(what, query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")
	}
	return err
}

func (w *writer) owner(o governance.Owner) error {
	if o.Version == 0 {
		return w.one("owner", `INSERT INTO owner (item, person, since, opened_at, version) VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING`, o.Item, o.Person, stamp(o.Since), stamp(o.Opened))
	}
	return w.one("owner", `UPDATE owner SET person = $3, since = $4, opened_at = $5, version = version + 1 WHERE item = $1 AND version = $2`,
		o.Item, o.Version, o.Person, stamp(o.Since), stamp(o.Opened))
}

func (w *writer) risk(r governance.Risk) error {
	controls, err := encode(r.Controls)
	if err != nil {
		return err
	}
	args := []any{
		r.ID, r.Version, r.Title, r.Threat, r.Inherent.Likelihood, r.Inherent.Impact, r.Target.Likelihood, r.Target.Impact, r.Treatment, r.Plan, controls, r.Accepted.Person,
		stamp(r.Accepted.At), stamp(r.Review), stamp(r.Reviewed), r.State, stamp(r.Changed),
	}
	if r.Version == 0 {
		return w.one("risk", `INSERT INTO risk (id, title, threat, likelihood, impact, target_likelihood, target_impact, treatment, plan, controls, acceptor, accepted_at, review_at, reviewed_at,
			state, changed_at, created_at, version) VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $2 + 1)`, append(args, stamp(r.Created))...)
	}
	return w.one("risk", `UPDATE risk SET title = $3, threat = $4, likelihood = $5, impact = $6, target_likelihood = $7, target_impact = $8, treatment = $9, plan = $10, controls = $11,
		acceptor = $12, accepted_at = $13, review_at = $14, reviewed_at = $15, state = $16, changed_at = $17, version = version + 1 WHERE id = $1 AND version = $2`, args...)
}

func (w *writer) snapshot(x governance.Snapshot) error {
	failing, err := encode(append([]string{}, x.Failing...))
	if err != nil {
		return err
	}
	_, err = w.tx.Exec(w.ctx, `INSERT INTO risk_snapshot (risk, at, likelihood, impact, residual_likelihood, residual_impact, failing) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (org_id, risk, at) DO NOTHING`,
		x.Risk, stamp(x.At), x.Inherent.Likelihood, x.Inherent.Impact, x.Residual.Likelihood, x.Residual.Impact, failing)
	return err
}

// decision writes a new one, or what became of one: what it says is in no statement but the first.
func (w *writer) decision(d governance.Decision) error {
	if d.Version > 0 {
		return w.one("decision", `UPDATE decision SET state = $3, decider = $4, reason = $5, decided_at = $6, superseded = $7, version = version + 1 WHERE id = $1 AND version = $2`,
			d.ID, d.Version, d.State, d.Decider, d.Reason, stamp(d.Decided), d.By)
	}
	links, err := encode(append([]string{}, d.Links...))
	if err != nil {
		return err
	}
	return w.one("decision", `INSERT INTO decision (id, kind, cause, title, context, options, decision, links, about, supersedes, proposed_at, digest, state, proposer, decider, reason,
		decided_at, superseded, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '', 0, '', 1)`,
		d.ID, d.Kind, d.Trigger, d.Title, d.Context, d.Options, d.Decision, links, d.Subject, d.Supersedes, stamp(d.Proposed), d.Digest, d.State, d.Proposer)
}

func (w *writer) catalogue(r governance.Recorded) error {
	measures, err := encode(r.Measures)
	if err != nil {
		return err
	}
	return w.one("list of measures", `INSERT INTO catalogue (at, digest, program, measures, decision) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		stamp(r.At), r.Digest, r.Program, measures, r.Decision)
}
