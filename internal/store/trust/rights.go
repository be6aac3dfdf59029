package trust

import (
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/service/assure"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// oldRights is when an organisation is told to look at the rights of a connection again.
const oldRights = 90 * 24 * time.Hour

// Granted reads in each home what its live connections may, as the last look at each found it.
func (l *Looks) Granted(ctx context.Context) (all []assure.Granted, err error) {
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	for _, org := range orgs {
		err := l.in(ctx, org, func(h *home.Home) error {
			return h.Read(ctx, func(tx *sqldb.Tx) error {
				here, err := grantedIn(ctx, tx, org, l.Now())
				all = append(all, here...)
				return err
			})
		})
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func grantedIn(ctx context.Context, tx *sqldb.Tx, org id.Org, now time.Time) (all []assure.Granted, err error) {
	err = tx.Each(ctx, `SELECT v.connection, v.verified, v.verified_at, COALESCE(c.secret, ''), p.archived,
			(SELECT COUNT(*) FROM example e WHERE e.org_id = c.org_id AND e.project = c.project),
			(SELECT COUNT(*) FROM ledger_entry e WHERE e.org_id = c.org_id AND e.kind = 'connection.verified' AND e.at BETWEEN v.verified_at AND v.verified_at + 300000000)
		FROM live_connection v JOIN connection c ON c.org_id = v.org_id AND c.id = v.connection JOIN project p ON p.org_id = c.org_id AND p.id = c.project
		ORDER BY v.connection LIMIT $1`, func(scan func(...any) error) error {
		g := assure.Granted{Org: org}
		var text, secret string
		var at, archived, example, entries int64
		if err := scan(&g.Connection, &text, &at, &secret, &archived, &example, &entries); err != nil {
			return err
		}
		g.Shown, g.Looked, g.Entered = secret != "" && archived == 0 && example == 0, text != "", entries > 0
		g.Old = g.Looked && now.Sub(time.UnixMicro(at)) > oldRights
		if g.Looked {
			var v tenant.Verification
			if err := json.Unmarshal([]byte(text), &v); err != nil {
				g.Broken = "it is damaged"
			}
			for _, r := range v.Rights {
				switch r.Verdict {
				case tenant.Excess:
					g.Excess++
				case tenant.Missing:
					g.Missing++
				}
			}
		}
		all = append(all, g)
		return nil
	}, mostRows)
	return all, err
}
