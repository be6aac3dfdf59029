package trust

import (
	"context"
	"fmt"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// longestToken is how long a token may live at most: a year, and a day for the clock.
const longestToken = 367 * 24 * time.Hour

// Tokens looks at the tokens that are not revoked, those of organisations and the operator's own: each has a purpose, one role that there is, an end, and is kept as a hash
// alone.
func (l *Looks) Tokens(ctx context.Context) ([]control.Observation, error) {
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	var seen []control.Observation
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		o := control.Observation{Subject: "tokens of " + string(org), Outcome: control.Pass}
		n := 0
		err := l.in(ctx, org, func(h *home.Home) error {
			return h.Read(ctx, func(tx *sqldb.Tx) error {
				n, o.Outcome, o.Detail = 0, control.Pass, ""
				return tx.Each(ctx, tokensOf(org), func(scan func(...any) error) error {
					var t terms
					err := scan(&t.id, &t.role, &t.purpose, &t.hash, &t.created, &t.expires)
					if what := t.lacks(); err == nil && what != "" && o.Outcome == control.Pass {
						o.Outcome, o.Detail = control.Fail, fmt.Sprintf("token %s %s", t.id, what)
					}
					n++
					return err
				})
			})
		})
		if err != nil {
			return seen, err
		}
		if o.Outcome == control.Pass {
			o.Detail = fmt.Sprintf("%d that are not revoked", n)
		}
		seen = append(seen, o)
	}
	return seen, nil
}

func tokensOf(org id.Org) string {
	if org == id.Platform {
		return `SELECT id, '' AS role, 'operation' AS purpose, hash, created_at, expires_at FROM operator_token WHERE revoked = 0`
	}
	return `SELECT id, role, about, hash, created_at, expires_at FROM token WHERE revoked = 0`
}

// terms are those of a token.
type terms struct {
	id, role, purpose string
	hash              []byte
	created, expires  int64
}

// lacks says what a token is without.
func (t *terms) lacks() string {
	life := time.Duration(t.expires-t.created) * time.Microsecond
	switch {
	case t.purpose == "":
		return "has no purpose"
	case t.role != "" && !slices.Contains(access.Roles, access.Role(t.role)):
		return "is of no role that there is"
	case t.expires <= t.created || life > longestToken:
		return "has no end within a year"
	case len(t.hash) != 32:
		return "is not kept as a SHA-256"
	}
	return ""
}
