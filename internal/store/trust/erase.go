package trust

import (
	"context"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// EraseSubject commits the change and, in the same transaction, removes value and salt of every field that is personal data of the subject, in entries before those of
// the change. The leaves stay, and so does every proof.
func (st *Store) EraseSubject(ctx context.Context, env *change.Envelope, subject string) (gone accounts.Erased, err error) {
	if subject == "" {
		return gone, fault.New(fault.Invalid, "nobody was named whose data to erase")
	}
	_, err = st.commit(ctx, env, func(ctx context.Context, h *home.Home, tx *sqldb.Tx) error {
		gone = accounts.Erased{} // it may be run a second time
		indexes, err := about(ctx, tx, subject)
		if err != nil {
			return err
		}
		for _, index := range indexes {
			n, err := strip(ctx, h, tx, index, func(_ string, o ledger.Opening) bool { return o.Subject == subject })
			if err != nil {
				return err
			}
			gone.Values += n
			if n > 0 {
				gone.Entries++
			}
		}
		_, err = tx.Exec(ctx, `DELETE FROM ledger_subject WHERE subject = $1`, subject)
		return err
	})
	return gone, err
}

func about(ctx context.Context, tx *sqldb.Tx, subject string) (indexes []int64, err error) {
	err = tx.Each(ctx, `SELECT idx FROM ledger_subject WHERE subject = $1 ORDER BY idx`, func(scan func(...any) error) error {
		var index int64
		if err := scan(&index); err != nil {
			return err
		}
		indexes = append(indexes, index)
		return nil
	}, subject)
	return indexes, err
}

// Erase commits the change and removes value and salt of those fields of one entry.
func (st *Store) Erase(ctx context.Context, env *change.Envelope, index int64, fields []string) (change.Committed, error) {
	wanted := map[string]bool{}
	for _, f := range fields {
		wanted[f] = true
	}
	return st.commit(ctx, env, func(ctx context.Context, h *home.Home, tx *sqldb.Tx) error {
		n, err := strip(ctx, h, tx, index, func(name string, _ ledger.Opening) bool { return wanted[name] })
		if err == nil && n != len(wanted) {
			err = fault.New(fault.NotFound, "entry %d does not have all of those fields, or one was erased already", index)
		}
		return err
	})
}

// strip removes the openings that gone names from an entry, seals what is left again, and drops from the index whoever is not in it any more.
func strip(ctx context.Context, h *home.Home, tx *sqldb.Tx, index int64, gone func(name string, o ledger.Opening) bool) (int, error) {
	var sealed []byte
	found, err := tx.Row(ctx, []any{&sealed}, `SELECT sealed FROM ledger_entry WHERE idx = $1`+tx.ForUpdate(), index)
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, fault.New(fault.NotFound, "the ledger has no entry %d", index)
	}
	openings, err := home.OpenOpenings(h.Key(), index, sealed)
	if err != nil {
		return 0, err
	}
	n, before, after := 0, map[string]bool{}, map[string]bool{}
	for name, o := range openings {
		before[o.Subject] = true
		if gone(name, o) {
			delete(openings, name)
			n++
			continue
		}
		after[o.Subject] = true
	}
	if n == 0 {
		return 0, nil
	}
	if sealed, err = home.SealOpenings(h.Key(), index, openings); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `UPDATE ledger_entry SET sealed = $1 WHERE idx = $2`, sealed, index); err != nil {
		return 0, err
	}
	for subject := range before {
		if subject == "" || after[subject] {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM ledger_subject WHERE subject = $1 AND idx = $2`, subject, index); err != nil {
			return 0, err
		}
	}
	return n, nil
}
