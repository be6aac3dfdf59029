package processing

import (
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/processing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	values "c4arch/internal/trust/processing"
)

// Commit writes a change.
func (st *Store) Commit(ctx context.Context, c *processing.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope, c.Scope.Org() == id.Platform)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		w := writer{ctx, tx, at}
		for _, i := range c.Instructions {
			if err := w.instruction(i); err != nil {
				return err
			}
		}
		if c.Text != nil {
			if err := w.text(c.Scope.Org() == id.Platform, c.Text); err != nil {
				return err
			}
		}
		if c.Transfer != nil {
			if err := w.transfer(*c.Transfer); err != nil {
				return err
			}
		}
		if c.Flag != nil {
			if err := w.flag(*c.Flag); err != nil {
				return err
			}
		}
		if c.Wake && c.Scope.Org() != id.Platform {
			return home.Awake(ctx, tx, at)
		}
		return nil
	})
}

type writer struct {
	ctx context.Context
	tx  *sqldb.Tx
	at  time.Time
}

// one runs a statement that must change one row.
func (w writer) one(query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "it was changed meanwhile").WithHelp("look at it again, and decide again")
	}
	return err
}

func (w writer) instruction(i values.Instruction) error {
	b, err := json.Marshal(instructionText{i.Title, i.Purposes, i.Narrow, i.Reason, kept(i.Marked), i.Answer, i.Waiting})
	if err != nil {
		return fault.Wrap(fault.Internal, err, "an instruction cannot be written")
	}
	if i.Version == 0 {
		// Two processes that settle at once would write the same down twice: the first of them has.
		return w.one(`INSERT INTO instruction (id, source, reference, state, mark, actor, text, from_at, until_at, version)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 1 WHERE $6 <> '' OR NOT EXISTS (SELECT 1 FROM instruction WHERE source = $2 AND reference = $3 AND state = $4)`,
			i.ID, string(i.Source), i.Reference, string(i.State), string(i.Mark), i.By, string(b), kept(i.From), kept(i.Until))
	}
	return w.one(`UPDATE instruction SET state = $3, mark = $4, text = $5, until_at = $6, version = version + 1 WHERE id = $1 AND version = $2`,
		i.ID, i.Version, string(i.State), string(i.Mark), string(b), kept(i.Until))
}

func (w writer) text(platform bool, v *processing.Version) error {
	if platform {
		return w.one(`INSERT INTO annex (kind, n, digest, body, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, kind, n) DO NOTHING`, v.Kind, v.N, v.Digest, v.Body, kept(v.At))
	}
	return w.one(`INSERT INTO record_version (kind, n, digest, body, actor, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, kind, n) DO NOTHING`, v.Kind, v.N, v.Digest, v.Body, v.Actor, kept(v.At))
}

func (w writer) transfer(t values.Transfer) error {
	if t.Version > 0 {
		return w.one(`UPDATE transfer SET ended_at = $3, version = version + 1 WHERE id = $1 AND version = $2`, t.ID, t.Version, kept(t.Ended))
	}
	b, err := json.Marshal(transferText{t.Mechanism, t.Module, t.Evidence})
	if err != nil {
		return fault.Wrap(fault.Internal, err, "a transfer cannot be written")
	}
	return w.one(`INSERT INTO transfer (id, country, recipient, text, from_at, until_at, ended_at, version) VALUES ($1, $2, $3, $4, $5, $6, 0, 1)`,
		t.ID, t.Country, t.Recipient, string(b), kept(t.From), kept(t.Until))
}

func (w writer) flag(f processing.Flag) error {
	barred := 0
	if f.Barred {
		barred = 1
	}
	if f.Version > 0 {
		return w.one(`UPDATE instruction_flag SET title = $4, reason = $5, barred = $6, actor = $7, at = $8, lifted_at = $9, version = version + 1 WHERE organisation = $1 AND id = $2 AND version = $3`,
			string(f.Organisation), f.Instruction, f.Version, f.Title, f.Reason, barred, f.Actor, kept(f.At), kept(f.Lifted))
	}
	return w.one(`INSERT INTO instruction_flag (organisation, id, title, reason, barred, actor, at, lifted_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
		ON CONFLICT (org_id, organisation, id) DO NOTHING`, string(f.Organisation), f.Instruction, f.Title, f.Reason, barred, f.Actor, kept(f.At), kept(f.Lifted))
}
