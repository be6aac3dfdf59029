package trust

import (
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// Attestations are all that were made, the last one first.
func (r *Runs) Attestations(ctx context.Context, s access.Scope) (list []control.Attestation, err error) {
	err = r.st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		list = []control.Attestation{}
		return tx.Each(ctx, `SELECT id, wanted, person, text, reference, evidence, made_at, until, withdrawn_at, why, seal, version FROM attestation ORDER BY made_at DESC, id DESC`,
			func(scan func(...any) error) error {
				var a control.Attestation
				var at, until, withdrawn int64
				err := scan(&a.ID, &a.Of, &a.Person, &a.Text, &a.Reference, &a.Digest, &at, &until, &withdrawn, &a.Why, &a.Seal, &a.Version)
				a.At, a.Until = time.UnixMicro(at).UTC(), time.UnixMicro(until).UTC()
				if withdrawn > 0 {
					a.Withdrawn = time.UnixMicro(withdrawn).UTC()
				}
				list = append(list, a)
				return err
			})
	})
	return list, err
}

// Attest keeps a statement.
func (r *Runs) Attest(ctx context.Context, c *assure.Attested) (change.Committed, error) {
	return r.st.commit(ctx, &c.Envelope, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
		a := c.Made
		_, err := tx.Exec(ctx, `INSERT INTO attestation (id, wanted, person, text, reference, evidence, made_at, until, withdrawn_at, withdrawn_by, why, seal, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '', $9, 1)`, a.ID, a.Of, a.Person, a.Text, a.Reference, a.Digest, a.At.UnixMicro(), a.Until.UnixMicro(), a.Seal)
		return err
	})
}

// Withdraw marks a statement as withdrawn, once.
func (r *Runs) Withdraw(ctx context.Context, c *assure.Withdrawn) (change.Committed, error) {
	return r.st.commit(ctx, &c.Envelope, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE attestation SET withdrawn_at = $1, withdrawn_by = $2, why = $3, version = version + 1 WHERE id = $4 AND version = $5 AND withdrawn_at = 0`,
			c.Made.Withdrawn.UnixMicro(), c.Scope.Actor().ID.Person(), c.Made.Why, c.Made.ID, c.Made.Version)
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the attestation was changed meanwhile").WithHelp("look at it again")
		}
		return err
	})
}

// entriesOf is how many pages of entries are read, of each kind: while rounds are whole the newest run of each check is among them.
const entriesOf = 4

// Entries is what the ledger has of the newest runs and of attestations, by their ids.
func (r *Runs) Entries(ctx context.Context, s access.Scope) (map[string]assure.Entry, error) {
	all := map[string]assure.Entry{}
	for _, kind := range []string{"control.ran", "control.attested"} {
		q := auditing.Query{Kinds: []string{kind}, Newest: true}
		for range entriesOf {
			rows, err := r.st.Rows(ctx, s, q)
			if err != nil {
				return nil, err
			}
			for i := range rows {
				name, e := entryOf(&rows[i])
				if _, there := all[name]; !there && name != "" {
					all[name] = e
				}
			}
			if len(rows) < auditing.Page || rows[len(rows)-1].Index == 0 {
				break
			}
			q.Before = rows[len(rows)-1].Index
		}
	}
	return all, nil
}

// entryOf reads whose entry a row is.
func entryOf(row *auditing.Row) (name string, e assure.Entry) {
	value := func(field string) (text string) {
		_ = json.Unmarshal(row.Openings[field].Value, &text) // one that is not there, or is no text, is ""
		return text
	}
	if row.Damage != "" {
		return "", e
	}
	e.Index = row.Index
	if row.Kind == "control.attested" {
		e.Digest = value("seal")
		return value("attestation"), e
	}
	e.Digest, e.Outcome = value("digest"), control.Outcome(value("outcome"))
	return value("run"), e
}

// RunsInLedger compares what is kept with what the ledger has of it.
func (l *Looks) RunsInLedger(ctx context.Context) ([]control.Observation, error) {
	scope, err := system(id.Platform, access.ControlRead)
	if err != nil {
		return nil, err
	}
	runs := l.store().Runs()
	newest, err := runs.newestKept(ctx, scope)
	if err != nil {
		return nil, err
	}
	made, err := runs.Attestations(ctx, scope)
	if err != nil {
		return nil, err
	}
	entries, err := runs.Entries(ctx, scope)
	if err != nil {
		return nil, err
	}
	return assure.Agree(newest, made, entries), nil
}
