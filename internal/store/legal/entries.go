package legal

import (
	"context"
	"encoding/json"

	"c4arch/internal/account/access"
	"c4arch/internal/service/legal"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// Entries are what the ledger says of each publication. A value that the leaf does not commit to is left out, so that it is a mismatch: what was sealed may have been exchanged.
func (st *Store) Entries(ctx context.Context, s access.Scope) (all []legal.Entry, err error) {
	err = st.read(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT idx, leaf, sealed FROM ledger_entry WHERE kind = 'legal.published' ORDER BY idx`, func(scan func(...any) error) error {
			var index int64
			var leaf, sealed []byte
			if err := scan(&index, &leaf, &sealed); err != nil {
				return err
			}
			openings, err := home.OpenOpenings(h.Key(), index, sealed)
			if err != nil {
				openings = nil
			}
			all = append(all, entry(index, leaf, openings))
			return nil
		})
	})
	return all, err
}

func entry(index int64, data []byte, openings map[string]ledger.Opening) legal.Entry {
	e := legal.Entry{Index: index}
	leaf, err := ledger.ParseLeaf(data)
	if err != nil {
		return e
	}
	for _, f := range leaf.Fields {
		o, there := openings[f.Name]
		if !there || !o.Opens(f.Sum[:]) {
			continue
		}
		to := map[string]*string{"document": &e.Document, "slug": &e.Slug, "version": &e.Version, "digest": &e.Digest}[f.Name]
		if to != nil && json.Unmarshal(o.Value, to) != nil {
			*to = ""
		}
	}
	return e
}
