package trust

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// What is looked at: how soon access ends after the provisioner has said so, and when a service account that nobody uses is disabled, with a day and some for the job that does it.
const (
	endsWithin = time.Minute
	idleFor    = 31 * 24 * time.Hour
)

// at is a person in an organisation.
type at struct {
	org    id.Org
	person string
}

// Endings looks at whether access ends when it is no longer needed: who is no member any more has no session and no token there, and used none later than a minute after the
// provisioner took the person out; service accounts that nobody uses are disabled.
func (l *Looks) Endings(ctx context.Context) ([]control.Observation, error) {
	all, err := l.sessions(ctx)
	if err != nil {
		return nil, err
	}
	now := l.Now()
	live, last := map[at]string{}, map[at]time.Time{}
	for _, s := range all {
		if s.Realm != identity.Members || s.Org == "" {
			continue
		}
		k := at{s.Org, s.Person}
		if s.Live(now) {
			live[k] = s.ID
		}
		if s.Seen.After(last[k]) {
			last[k] = s.Seen
		}
	}
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	var seen []control.Observation
	for _, org := range orgs {
		err := l.in(ctx, org, func(h *home.Home) error {
			return h.Read(ctx, func(tx *sqldb.Tx) error {
				gone, err := goneIn(ctx, tx, org, live, last)
				if err != nil {
					return err
				}
				idle, err := idleIn(ctx, tx, org, now)
				seen = append(seen, gone, idle)
				return err
			})
		})
		if err != nil {
			return seen, err
		}
	}
	if len(seen) == 0 {
		seen = []control.Observation{{Subject: "organisations", Outcome: control.Unknown, Detail: "there is none"}}
	}
	return seen, nil
}

// goneIn looks at who is no member any more.
func goneIn(ctx context.Context, tx *sqldb.Tx, org id.Org, live map[at]string, last map[at]time.Time) (control.Observation, error) {
	f := findings{subject: "who left " + string(org)}
	measured, longest := 0, time.Duration(0)
	err := tx.Each(ctx, `SELECT m.id, COALESCE(u.active, 1), COALESCE(u.changed_at, 0),
			(SELECT COUNT(*) FROM token t WHERE t.org_id = m.org_id AND t.person = m.id AND t.revoked = 0),
			(SELECT COALESCE(MAX(t.used_at), 0) FROM token t WHERE t.org_id = m.org_id AND t.person = m.id)
		FROM member m LEFT JOIN scim_user u ON u.org_id = m.org_id AND u.id = m.id WHERE m.removed = 1 ORDER BY m.id DESC LIMIT $1`, func(scan func(...any) error) error {
		var person string
		var active, changed, tokens, token int64
		if err := scan(&person, &active, &changed, &tokens, &token); err != nil {
			return err
		}
		k, out := at{org, person}, time.UnixMicro(changed)
		lacks := ""
		switch {
		case live[k] != "":
			lacks = "still has the session " + live[k]
		case tokens > 0:
			lacks = fmt.Sprintf("still has %d tokens", tokens)
		case active == 0:
			late := last[k].Sub(out)
			if token > 0 {
				late = max(late, time.UnixMicro(token).Sub(out))
			}
			measured++
			if longest = max(longest, late); late > endsWithin {
				lacks = fmt.Sprintf("was let in %s after the provisioner took the person out", late.Truncate(time.Second))
			}
		}
		f.add(person, lacks)
		return nil
	}, mostRows)
	return f.observation(fmt.Sprintf("nobody has a session or a token; of %d whom the provisioner took out, the last request that was let in came at most %s later", measured, longest.Truncate(time.Second))), err
}

// idleIn looks at service accounts: those that nobody used for so long are disabled.
func idleIn(ctx context.Context, tx *sqldb.Tx, org id.Org, now time.Time) (control.Observation, error) {
	f := findings{subject: "service accounts of " + string(org)}
	err := tx.Each(ctx, `SELECT id, used_at, enabled_at, disabled FROM service_account ORDER BY id DESC LIMIT $1`, func(scan func(...any) error) error {
		var name string
		var last, enabled, disabled int64
		err := scan(&name, &last, &enabled, &disabled)
		lacks := ""
		if idle := now.Sub(time.UnixMicro(max(last, enabled))); disabled == 0 && idle > idleFor {
			lacks = fmt.Sprintf("was not used for %d days, and is enabled", idle/(24*time.Hour))
		}
		f.add(name, lacks)
		return err
	}, mostRows)
	return f.observation("none that nobody used for 30 days is enabled"), err
}

// SignInRules looks at whether what organisations demand of signing in was honoured: where single sign-on is demanded nobody but owners was let in by a passkey, and no session went on
// for longer than the organisation says. It looks at what was let in a minute after the last change of the rules, and later.
func (l *Looks) SignInRules(ctx context.Context) ([]control.Observation, error) {
	all, err := l.sessions(ctx)
	if err != nil {
		return nil, err
	}
	in := map[id.Org][]used{}
	for _, s := range all {
		if s.Realm == identity.Members {
			in[s.Org] = append(in[s.Org], s)
		}
	}
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	var seen []control.Observation
	for _, org := range orgs {
		err := l.in(ctx, org, func(h *home.Home) error {
			return h.Read(ctx, func(tx *sqldb.Tx) error {
				o, err := honoured(ctx, tx, org, in[org])
				seen = append(seen, o)
				return err
			})
		})
		if err != nil {
			return seen, err
		}
	}
	if len(seen) == 0 {
		seen = []control.Observation{{Subject: "organisations", Outcome: control.Unknown, Detail: "there is none"}}
	}
	return seen, nil
}

func honoured(ctx context.Context, tx *sqldb.Tx, org id.Org, sessions []used) (control.Observation, error) {
	f := findings{subject: "sessions in " + string(org)}
	p, since, err := policyOf(ctx, tx)
	if err != nil {
		return control.Observation{}, err
	}
	roles, err := rolesIn(ctx, tx)
	if err != nil {
		return control.Observation{}, err
	}
	var given int64 // who was an owner when a session was used may be none now
	if _, err := tx.Row(ctx, []any{&given}, `SELECT COALESCE(MAX(at), 0) FROM ledger_entry WHERE kind IN ('member.changed', 'member.provided')`); err != nil {
		return control.Observation{}, err
	}
	for _, s := range sessions {
		lacks := ""
		switch {
		case !s.Seen.After(since.Add(withinMinute)) || !s.Seen.After(s.Created):
		case p.SSO && s.Seen.After(time.UnixMicro(given)) && s.Method != identity.ByProvider && roles[s.Person] != "" && roles[s.Person] != access.Owner:
			lacks = "was let in by a " + string(s.Method) + " although the organisation demands its provider"
		case p.Session > 0 && s.Seen.Sub(s.Created) > p.Session:
			lacks = fmt.Sprintf("went on for longer than the %s of the organisation", p.Session)
		}
		f.add("session "+s.ID, lacks)
	}
	good := "the organisation demands nothing of them"
	if p.SSO || p.Session > 0 {
		good = "each is as the organisation demands"
	}
	return f.observation(good), nil
}
