package freetext

import (
	"context"
	"encoding/json"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/freetext"
	"c4arch/internal/store/sqldb"
)

// writer writes the records of one change.
type writer struct {
	ctx context.Context
	tx  *sqldb.Tx
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.tx.Exec(w.ctx, query, args...)
	return err
}

// one runs a statement that must change one row: none is one that was changed meanwhile, or is not there.
func (w *writer) one(what, query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")
	}
	return err
}

func (w *writer) all(c *freetext.Change) error {
	if c.Policy != nil {
		if err := w.policy(*c.Policy); err != nil {
			return err
		}
	}
	for _, x := range c.Scans {
		if err := w.scan(x); err != nil {
			return err
		}
	}
	if err := w.found(c); err != nil {
		return err
	}
	for _, f := range c.Judged {
		if err := w.one("hit", `UPDATE free_text_hit SET state = $3, version = version + 1 WHERE id = $1 AND version = $2`, f.ID, f.Version, string(f.State)); err != nil {
			return err
		}
	}
	if t := c.Replaced; t != nil && t.Place == freetext.Proposal {
		return w.exec(`UPDATE proposal SET reason = $2, version = version + 1 WHERE id = $1`, t.Ref, t.Text)
	}
	return nil
}

func (w *writer) policy(p freetext.Policy) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fault.New(fault.Internal, "the policy of free text cannot be written")
	}
	if p.Version == 0 {
		n, err := w.tx.Exec(w.ctx, `INSERT INTO free_text_policy (id, text, version) VALUES ($1, $2, 1) ON CONFLICT (org_id, id) DO NOTHING`, theOne, string(text))
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the policy was changed meanwhile").WithHelp("look at it again, and decide again")
		}
		return err
	}
	return w.one("policy", `UPDATE free_text_policy SET text = $3, version = version + 1 WHERE id = $1 AND version = $2`, theOne, p.Version, string(text))
}

func (w *writer) scan(x freetext.Scan) error {
	state := "queued"
	if x.Done {
		state = "done"
	}
	if x.Version == 0 {
		return w.exec(`INSERT INTO free_text_scan (id, state, looked, found, started_at, finished_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
			x.ID, state, x.Looked, x.Found, kept(x.Started), kept(x.Finished))
	}
	return w.one("scan", `UPDATE free_text_scan SET state = $3, looked = $4, found = $5, finished_at = $6, version = version + 1 WHERE id = $1 AND version = $2`,
		x.ID, x.Version, state, x.Looked, x.Found, kept(x.Finished))
}

// found puts the hits of a scan in the place of those that are open. One that was judged before, in the same place, stays as it was judged.
func (w *writer) found(c *freetext.Change) error {
	if c.Swept {
		if err := w.exec(`DELETE FROM free_text_hit WHERE state = 'open'`); err != nil {
			return err
		}
	}
	for _, f := range c.Found {
		if err := w.exec(`INSERT INTO free_text_hit (id, scan, place, ref, field, rule, class, confidence, start, length, state, at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)
			ON CONFLICT (org_id, place, ref, field, rule, start) DO NOTHING`,
			f.ID, f.Scan, string(f.Place), f.Ref, f.Field, f.Rule, string(f.Class), string(f.Confidence), f.Start, f.Length, string(f.State), kept(f.At)); err != nil {
			return err
		}
	}
	return nil
}
