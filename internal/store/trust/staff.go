package trust

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// longestGrant is how long staff may look into an organisation at most.
const longestGrant = 8 * time.Hour

// record is one of the platform's people, as the check reads it.
type record struct {
	person, roles, contract, document, digest string
	contractor, gone                          bool
	until, signed                             int64
}

// lacks says why the record gives no role.
func (r record) lacks(p People, now time.Time) string {
	switch {
	case r.gone:
		return "has left"
	case r.contractor && r.contract == "":
		return "is a contractor without a contract"
	case r.contractor && r.until > 0 && now.UnixMicro() >= r.until:
		return "is a contractor whose contract has ended"
	case r.document != p.Current || r.digest != p.Undertakings[p.Current] || r.digest == "" || r.signed == 0:
		return "has not signed the undertaking in force"
	}
	return ""
}

// Personnel looks at the records of the platform's people: who has not signed the undertaking in force, or is a contractor without a contract, has no role in effect; what was signed
// is a text that there is.
func (l *Looks) Personnel(ctx context.Context) ([]control.Observation, error) {
	var all []record
	err := l.in(ctx, id.Platform, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			all = nil
			return tx.Each(ctx, `SELECT person, roles, contractor, contract, until, document, digest, signed_at, gone FROM personnel ORDER BY person LIMIT $1`, func(scan func(...any) error) error {
				var r record
				var contractor, gone int64
				err := scan(&r.person, &r.roles, &contractor, &r.contract, &r.until, &r.document, &r.digest, &r.signed, &gone)
				r.contractor, r.gone = contractor == 1, gone == 1
				all = append(all, r)
				return err
			}, mostRows)
		})
	})
	if err != nil {
		return nil, err
	}
	now := l.Now()
	bound, contracts, texts := findings{subject: "who has a role of the platform"}, findings{subject: "contractors"}, findings{subject: "undertakings that were signed"}
	without := 0
	for _, r := range all {
		roles, err := l.People.Roles(ctx, r.person)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		lacks := r.lacks(l.People, now)
		if lacks != "" && len(roles) == 0 {
			without++
			lacks = ""
		}
		if lacks != "" {
			lacks += ", and has a role"
		}
		bound.add(r.person, lacks)
		if r.contractor {
			contracts.add(r.person, lacks)
		}
		if r.document != "" {
			texts.add("that of "+r.person, l.unknownText(r))
		}
	}
	return []control.Observation{
		bound.observation(fmt.Sprintf("each is bound by the undertaking in force, or has none in effect (%d)", without)),
		contracts.observation("none has a role without a contract in force"), texts.observation("each is of a text that there is, by version and digest"),
	}, nil
}

func (l *Looks) unknownText(r record) string {
	if digest, ok := l.People.Undertakings[r.document]; !ok || digest != r.digest {
		return "is of no text that there is"
	}
	return ""
}

// StaffAccess looks at the grants under which staff was let into organisations: each has a reason and a ticket, ends within hours, was asked for by one of the platform's people, and
// was decided by the organisation's own people where it demands that; what was read under them stands in the organisation's own ledger.
func (l *Looks) StaffAccess(ctx context.Context) ([]control.Observation, error) {
	staff, err := l.staffHome(ctx)
	if err != nil {
		return nil, err
	}
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	seen := []control.Observation{
		staff.second.observation("each by two persons"),
		{Subject: "standing administrators", Outcome: control.Pass, Detail: fmt.Sprintf("%d", staff.standing)},
	}
	for _, org := range orgs {
		o, err := l.grants(ctx, org, staff)
		if err != nil {
			return seen, err
		}
		seen = append(seen, o...)
	}
	return seen, nil
}

func (l *Looks) grants(ctx context.Context, org id.Org, staff *staffHome) (seen []control.Observation, err error) {
	err = l.in(ctx, org, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			demands, since, err := policyOf(ctx, tx)
			if err != nil {
				return err
			}
			f := findings{subject: "grants of " + string(org)}
			var looked int64
			err = tx.Each(ctx, `SELECT id, person, reason, ticket, state, asked_at, from_at, until_at, actor, looked FROM support_grant ORDER BY id DESC LIMIT $1`, func(scan func(...any) error) error {
				var g identity.Grant
				var asked, from, until int64
				err := scan(&g.ID, &g.Staff, &g.Reason, &g.Ticket, &g.State, &asked, &from, &until, &g.Decided, &g.Looked)
				g.Org, g.Asked, g.From, g.Until = org, time.UnixMicro(asked), time.UnixMicro(from), time.UnixMicro(until)
				looked += g.Looked
				f.add("grant "+g.ID, lacksOf(g, demands.Grants && g.Asked.After(since), staff))
				return err
			}, mostRows)
			if err != nil {
				return err
			}
			var kept int64
			if _, err := tx.Row(ctx, []any{&kept}, `SELECT COUNT(*) FROM ledger_entry WHERE kind = 'access.looked'`); err != nil {
				return err
			}
			reads := control.Observation{Subject: "what was read by staff and auditors in " + string(org), Outcome: control.Pass, Detail: fmt.Sprintf("%d reads under grants, %d entries", looked, kept)}
			if kept < looked {
				reads.Outcome, reads.Detail = control.Fail, fmt.Sprintf("%d reads under grants were counted, and the ledger has %d entries", looked, kept)
			}
			seen = []control.Observation{f.observation("each has a reason, a ticket and an end"), reads}
			return nil
		})
	})
	return seen, err
}

// lacksOf says what a grant is without. demanded says that the organisation wanted to be asked when it was asked for.
func lacksOf(g identity.Grant, demanded bool, staff *staffHome) string {
	switch asked, ok := staff.requested[g.ID]; {
	case g.Reason == "" || g.Ticket == "":
		return "has no reason or no ticket"
	case g.Staff == "" || ok && asked != [2]string{g.Staff, string(g.Org)}:
		return "is not what the platform noted that was asked for"
	case g.State != "active" && g.State != "revoked":
		return ""
	case !g.Until.After(g.From) || g.Until.Sub(g.From) > longestGrant:
		return fmt.Sprintf("lasts longer than %s", longestGrant)
	case !ok && staff.requestedAll && g.Looked > 0:
		return "was used, and the platform has no note that it was asked for"
	case demanded && (g.Decided == "" || g.Decided.Person() == g.Staff):
		return "was not approved by the organisation, which demands that"
	}
	return ""
}

// policyOf is what an organisation demands of signing in, and since when at the latest: a change of anything in it counts.
func policyOf(ctx context.Context, tx *sqldb.Tx) (p identity.Policy, since time.Time, err error) {
	var text string
	var at int64
	found, err := tx.Row(ctx, []any{&text}, `SELECT text FROM sign_in_policy`)
	if err != nil || !found {
		return p, since, err
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, since, fault.Wrap(fault.Internal, err, "what the organisation demands cannot be read")
	}
	_, err = tx.Row(ctx, []any{&at}, `SELECT COALESCE(MAX(at), 0) FROM ledger_entry WHERE kind = 'policy.changed'`)
	return p, time.UnixMicro(at), err
}

// rolesIn are what the members of an organisation are, by their ids.
func rolesIn(ctx context.Context, tx *sqldb.Tx) (map[string]access.Role, error) {
	roles := map[string]access.Role{}
	err := tx.Each(ctx, `SELECT id, role FROM member WHERE removed = 0`, func(scan func(...any) error) error {
		var person string
		var role access.Role
		err := scan(&person, &role)
		roles[person] = role
		return err
	})
	return roles, err
}
