package trust

import (
	"context"
	"time"

	"c4arch/internal/service/assure"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Truths counts in each home what the duties of its organisation are about.
func (l *Looks) Truths(ctx context.Context) (all []assure.Truth, err error) {
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	now := l.Now()
	for _, org := range orgs {
		err := l.in(ctx, org, func(h *home.Home) error {
			return h.Read(ctx, func(tx *sqldb.Tx) error {
				t := assure.Truth{Org: org}
				p, _, err := policyOf(ctx, tx)
				if err != nil {
					return err
				}
				t.SignedOnly = p.SSO
				var providers int
				for _, x := range []struct {
					to    *int
					query string
					args  []any
				}{
					{&t.Idle, `SELECT COUNT(*) FROM token WHERE revoked = 0 AND expires_at > $1 AND created_at <= $2 AND used_at <= $2`, []any{now.UnixMicro(), now.Add(-30 * 24 * time.Hour).UnixMicro()}},
					{&t.Endless, `SELECT COUNT(*) FROM member WHERE removed = 0 AND erased = 0 AND role = 'auditor' AND until <= $1`, []any{now.UnixMicro()}},
					{&t.Owners, `SELECT COUNT(*) FROM member WHERE removed = 0 AND erased = 0 AND role = 'owner'`, nil},
					{&providers, `SELECT COUNT(*) FROM provider WHERE off = 0`, nil},
				} {
					if _, err := tx.Row(ctx, []any{x.to}, x.query, x.args...); err != nil {
						return err
					}
				}
				t.Provider = providers > 0
				all = append(all, t)
				return nil
			})
		})
		if err != nil {
			return all, err
		}
	}
	return all, nil
}
