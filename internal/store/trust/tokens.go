package trust

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// clockOff is what a clock may be off by: a token's life is looked at with that much more.
const clockOff = 24 * time.Hour

// Tokens looks at the tokens that are not revoked, those of organisations and the operator's own: each has exactly one purpose that there is, scopes of that purpose alone, an end,
// somebody to whom it belongs (a member, or a service account that a member answers for), and is kept as a hash alone.
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
					t := terms{org: org}
					err := scan(&t.id, &t.role, &t.purpose, &t.scopes, &t.addresses, &t.person, &t.account, &t.owner, &t.hash, &t.created, &t.expires)
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
		return `SELECT id, '' AS role, 'operation' AS purpose, '[]' AS scopes, addresses, '' AS person, '' AS account, '' AS owner, hash, created_at, expires_at
			FROM operator_token WHERE revoked = 0`
	}
	return `SELECT t.id, t.role, t.purpose, t.scopes, t.addresses, COALESCE(t.person, ''), COALESCE(a.id, ''), COALESCE(m.id, ''), t.hash, t.created_at, t.expires_at
		FROM token t LEFT JOIN service_account a ON a.org_id = t.org_id AND a.id = t.account LEFT JOIN member m ON m.org_id = a.org_id AND m.id = a.owner WHERE t.revoked = 0`
}

// terms are those of a token. account and owner are "" where there is no such account, or nobody who answers for it.
type terms struct {
	org                        id.Org
	id, role, purpose, scopes  string
	addresses, person, account string
	owner                      string
	hash                       []byte
	created, expires           int64
}

// lacks says what a token is without.
func (t *terms) lacks() string {
	k := identity.Token{
		Purpose: access.Purpose(t.purpose), Person: t.person, Created: time.UnixMicro(t.created), Expires: time.UnixMicro(t.expires).Add(-clockOff),
	}
	if k.Expires.Before(k.Created) {
		k.Expires = time.UnixMicro(t.expires)
	}
	switch {
	case len(t.hash) != 32:
		return "is not kept as a SHA-256"
	case json.Unmarshal([]byte(t.scopes), &k.Scopes) != nil || json.Unmarshal([]byte(t.addresses), &k.Addresses) != nil:
		return "has scopes or addresses that cannot be read"
	case (k.Purpose == access.Operation) != (t.org == id.Platform):
		return "has a purpose of another home"
	case k.Check() != nil:
		return "cannot be as it is: " + k.Check().Error()
	case k.Purpose == access.Operation:
		return ""
	case k.Purpose == access.Interactive:
		if !slices.Contains(access.Roles, access.Role(t.role)) {
			return "is of no role that there is"
		}
	case t.role != "":
		return "is a program's and has a role"
	case t.account == "":
		return "belongs to no service account"
	case t.owner == "":
		return "is of a service account for which nobody answers"
	}
	return ""
}
