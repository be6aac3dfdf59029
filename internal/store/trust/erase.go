package trust

import (
	"context"
	"encoding/json"
	"slices"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// EraseSubject commits the change and, in the same transaction, removes value and salt of every field that is personal data of the subject, in entries before those of
// the change. The leaves stay, and so does every proof. Which fields of which entries lost their values is said in entries of their own beside the change's, with its
// reason: whoever verifies the log can tell an erasure from a loss.
func (st *Store) EraseSubject(ctx context.Context, env *change.Envelope, subject string) (gone accounts.Erased, err error) {
	if subject == "" {
		return gone, fault.New(fault.Invalid, "nobody was named whose data to erase")
	}
	err = change.Again(func() error {
		plan, err := st.plan(ctx, env, subject)
		if err != nil {
			return err
		}
		whole := *env
		whole.Drafts = append(slices.Clip(env.Drafts), ledger.Erasures(plan, reason(env), "")...)
		gone, err = st.erase(ctx, &whole, plan, subject)
		return err
	})
	return gone, err
}

// plan is what there is to erase.
func (st *Store) plan(ctx context.Context, env *change.Envelope, subject string) (plan []ledger.Erased, err error) {
	err = st.read(ctx, env.Scope, func(h *home.Home, tx *sqldb.Tx) error {
		indexes, err := about(ctx, tx, subject)
		if err != nil {
			return err
		}
		for _, index := range indexes {
			openings, err := opened(ctx, h, tx, index)
			if err != nil {
				return err
			}
			e := ledger.Entry{Openings: openings}
			if fields := e.EraseSubject(subject); len(fields) > 0 {
				plan = append(plan, ledger.Erased{Index: index, Fields: fields})
			}
		}
		return nil
	})
	return plan, err
}

// reason is why the change erases, in the words of its own draft.
func reason(env *change.Envelope) string {
	for _, d := range env.Drafts {
		for _, f := range d.Fields {
			var text string
			if f.Name == "reason" && json.Unmarshal(f.Value, &text) == nil && text != "" {
				return text
			}
		}
	}
	return "the person is erased"
}

// erase does what was planned. What came in meanwhile is a conflict: the plan is made again.
func (st *Store) erase(ctx context.Context, env *change.Envelope, plan []ledger.Erased, subject string) (gone accounts.Erased, err error) {
	committed, err := st.commit(ctx, env, func(ctx context.Context, h *home.Home, tx *sqldb.Tx) error {
		gone = accounts.Erased{} // it may be run a second time
		for _, e := range plan {
			n, err := strip(ctx, h, tx, e.Index, func(_ string, o ledger.Opening) bool { return o.Subject == subject })
			if err != nil {
				return err
			}
			if n != len(e.Fields) {
				return meanwhile(e.Index)
			}
			gone.Entries, gone.Values = gone.Entries+1, gone.Values+n
		}
		left, err := about(ctx, tx, subject)
		if err == nil && len(left) > 0 {
			err = meanwhile(left[0])
		}
		return err
	})
	if committed.Known || committed.Replay != nil {
		return accounts.Erased{}, err
	}
	return gone, err
}

func meanwhile(index int64) error {
	return fault.New(fault.Conflict, "entry %d of the ledger was written or erased meanwhile", index)
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
	openings, err := opened(ctx, h, tx, index)
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
	sealed, err := home.SealOpenings(h.Key(), index, openings)
	if err != nil {
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

// opened are the values of an entry, which stays as it is until the end of a transaction that writes.
func opened(ctx context.Context, h *home.Home, tx *sqldb.Tx, index int64) (map[string]ledger.Opening, error) {
	var sealed []byte
	found, err := tx.Row(ctx, []any{&sealed}, `SELECT sealed FROM ledger_entry WHERE idx = $1`, index)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.NotFound, "the ledger has no entry %d", index)
	}
	return home.OpenOpenings(h.Key(), index, sealed)
}
