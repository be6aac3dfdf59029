package trust

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// People are what the checks of sessions and of the platform's people are told of the rules that run; what they look at they read themselves.
type People struct {
	// Enough says why what was proven is not enough for staff.
	Enough func(identity.Strength) error
	// Roles are those of the platform that a person has in effect.
	Roles func(ctx context.Context, person string) ([]access.Role, error)
	// Undertakings are the digests of the texts that there are, by version; Current is the version in force.
	Undertakings map[string]string
	Current      string
	MaxSessions  int // of one person
}

// Bounds of what one run looks at, and what clocks and the resolution of what is kept leave open: when a session was used is kept to the minute.
const (
	mostSessions = 20_000
	mostRows     = 1000
	lately       = 7 * 24 * time.Hour
	withinMinute = time.Minute
)

// used is a session as the checks see it.
type used struct {
	identity.Session
	strength string
}

// sessions are the newest that have not ended, and those that were used lately.
func (l *Looks) sessions(ctx context.Context) (all []used, err error) {
	err = l.in(ctx, id.Platform, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			all = nil
			return tx.Each(ctx, `SELECT id, realm, person, organisation, support, method, strength, created_at, seen_at, expires_at, ended FROM session
				WHERE ended = 0 OR seen_at > $1 ORDER BY id DESC LIMIT $2`, func(scan func(...any) error) error {
				var s used
				var created, seen, expires, ended int64
				err := scan(&s.ID, &s.Realm, &s.Person, &s.Org, &s.Grant, &s.Method, &s.strength, &created, &seen, &expires, &ended)
				s.Created, s.Seen, s.Expires, s.Ended = time.UnixMicro(created), time.UnixMicro(seen), time.UnixMicro(expires), ended == 1
				all = append(all, s)
				return err
			}, l.Now().Add(-lately).UnixMicro(), mostSessions)
		})
	})
	return all, err
}

// findings collects what is wrong with many things of one sort: the first is told, and how many there are.
type findings struct {
	subject string
	looked  int
	faults  int
	first   string
}

func (f *findings) add(what, fault string) {
	if f.looked++; fault == "" {
		return
	}
	if f.faults++; f.first == "" {
		f.first = what + " " + fault
	}
}

func (f *findings) observation(good string) control.Observation {
	if f.faults > 0 {
		return control.Observation{Subject: f.subject, Outcome: control.Fail, Detail: fmt.Sprintf("%d of %d: %s", f.faults, f.looked, f.first)}
	}
	return control.Observation{Subject: f.subject, Outcome: control.Pass, Detail: fmt.Sprintf("%d: %s", f.looked, good)}
}

// Realms looks at the sessions of members and of staff: one sort never has what the other may, staff was let in by what it proved, under a grant where it is in an organisation;
// none outlasts its limits, and nobody has more than there can be.
func (l *Looks) Realms(ctx context.Context) ([]control.Observation, error) {
	all, err := l.sessions(ctx)
	if err != nil {
		return nil, err
	}
	staff, err := l.staffHome(ctx)
	if err != nil {
		return nil, err
	}
	now := l.Now()
	members, people, limits := findings{subject: "sessions of members"}, findings{subject: "sessions of staff"}, findings{subject: "limits of sessions"}
	live := map[string]int{}
	for _, s := range all {
		limits.add("session "+s.ID, s.beyond())
		if !s.Live(now) {
			continue
		}
		live[s.Person]++
		if s.Realm == identity.Staff {
			lacks, err := l.staffSession(ctx, s, staff)
			if err != nil {
				return nil, err
			}
			people.add("session "+s.ID, lacks)
			continue
		}
		members.add("session "+s.ID, s.strays())
	}
	for person, n := range live {
		if n > l.People.MaxSessions {
			limits.add("person "+person, fmt.Sprintf("has %d sessions, more than %d", n, l.People.MaxSessions))
		}
	}
	return []control.Observation{
		members.observation("none is on the platform, under a grant or of the sealed account"), people.observation("each was let in by what it proved, and is under a grant outside the platform"),
		limits.observation("none outlasts its limits"), staff.seal(now), staff.second.observation("each by two persons"),
	}, nil
}

// strays says what a session of a member has that only staff may.
func (s used) strays() string {
	switch {
	case s.Realm != identity.Members:
		return "is of no realm that there is"
	case s.Org == id.Platform:
		return "of a member is on the platform"
	case s.Grant != "":
		return "of a member is under a grant for staff"
	case s.Method == identity.ByBreakGlass:
		return "of a member came by the sealed account"
	}
	return ""
}

func (s used) beyond() string {
	l := identity.MemberLimits
	if s.Realm == identity.Staff {
		l = identity.StaffLimits
	}
	switch {
	case s.Expires.Sub(s.Created) > l.Absolute:
		return fmt.Sprintf("lasts longer than %s", l.Absolute)
	case s.Seen.After(s.Expires):
		return "was used after its end"
	}
	return ""
}

// staffHome is what the platform's home says of its people.
type staffHome struct {
	records      map[string]bool // whoever has a record and has not left
	sealed       string          // as whom the sealed account acts
	usedAt       int64
	notedAt      int64
	second       findings
	there        bool
	standing     int // administrators
	requested    map[string][2]string
	requestedAll bool // what was asked for is all in requested
}

func (l *Looks) staffHome(ctx context.Context) (x *staffHome, err error) {
	err = l.in(ctx, id.Platform, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			x = &staffHome{records: map[string]bool{}, requested: map[string][2]string{}, second: findings{subject: "what takes two of the platform's people"}}
			return x.read(ctx, tx)
		})
	})
	return x, err
}

func (x *staffHome) read(ctx context.Context, tx *sqldb.Tx) error {
	err := tx.Each(ctx, `SELECT person, roles FROM personnel WHERE gone = 0 ORDER BY person LIMIT $1`, func(scan func(...any) error) error {
		var person, roles string
		var list []access.Role
		if err := scan(&person, &roles); err != nil {
			return err
		}
		x.records[person] = true
		if json.Unmarshal([]byte(roles), &list) == nil {
			for _, r := range list {
				if r == access.Administrator {
					x.standing++
				}
			}
		}
		return nil
	}, mostRows)
	if err != nil {
		return err
	}
	if x.there, err = tx.Row(ctx, []any{&x.sealed, &x.usedAt, &x.notedAt}, `SELECT person, used_at, noted_at FROM break_glass`); err != nil {
		return err
	}
	err = tx.Each(ctx, `SELECT id, proposer, approver FROM staff_proposal WHERE state IN ('approved', 'done') ORDER BY id DESC LIMIT $1`, func(scan func(...any) error) error {
		var name, proposer, approver string
		err := scan(&name, &proposer, &approver)
		lacks := ""
		if approver == "" || approver == proposer {
			lacks = "was approved by nobody else than who proposed it"
		}
		x.second.add("proposal "+name, lacks)
		return err
	}, mostRows)
	if err != nil {
		return err
	}
	return tx.Each(ctx, `SELECT id, person, organisation FROM grant_request ORDER BY id DESC LIMIT $1`, func(scan func(...any) error) error {
		var name, person, org string
		err := scan(&name, &person, &org)
		x.requested[name] = [2]string{person, org}
		x.requestedAll = len(x.requested) < 50*mostRows
		return err
	}, 50*mostRows)
}

// seal says whether the use of the sealed account was answered for. Somebody else than the account does, which the service sees to.
func (x *staffHome) seal(now time.Time) control.Observation {
	o := control.Observation{Subject: "the sealed account", Outcome: control.Pass, Detail: "it is sealed"}
	switch {
	case !x.there:
		o.Detail = "there is none"
	case x.usedAt > 0 && x.notedAt == 0:
		o.Outcome, o.Detail = control.Fail, fmt.Sprintf("it was opened %s ago, and no administrator has said why", now.Sub(time.UnixMicro(x.usedAt)).Truncate(time.Minute))
	case x.usedAt > 0:
		o.Detail = "it was opened, and an administrator has said why"
	}
	return o
}

// staffSession says what a live session of staff is without.
func (l *Looks) staffSession(ctx context.Context, s used, staff *staffHome) (string, error) {
	var strength identity.Strength
	switch {
	case s.Method == identity.ByBreakGlass:
		if s.Person != staff.sealed || staff.usedAt == 0 {
			return "came by a sealed account that is none, or is sealed", nil
		}
	case !staff.records[s.Person]:
		return "is of somebody without a record among the platform's people", nil
	case json.Unmarshal([]byte(s.strength), &strength) != nil:
		return "does not say what was proven", nil
	default:
		if err := l.People.Enough(strength); err != nil {
			return "proved too little: " + err.Error(), nil
		}
	}
	if s.Org == id.Platform {
		if s.Grant != "" {
			return "is on the platform under a grant", nil
		}
		return "", nil
	}
	if s.Grant == "" {
		return "is in an organisation without a grant", nil
	}
	return l.underGrant(ctx, s)
}

// underGrant says what is wrong with the grant of a session, in the home of its organisation.
func (l *Looks) underGrant(ctx context.Context, s used) (lacks string, err error) {
	lacks = "is in an organisation that is not there"
	err = l.in(ctx, s.Org, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			var person string
			var from, until int64
			found, err := tx.Row(ctx, []any{&person, &from, &until}, `SELECT person, from_at, until_at FROM support_grant WHERE id = $1`, s.Grant)
			switch {
			case err != nil:
				return err
			case !found || person != s.Person:
				lacks = "is under a grant that is nobody's or another's"
			case s.Seen.Before(time.UnixMicro(from)) && s.Seen.After(s.Created) || s.Seen.After(time.UnixMicro(until)):
				lacks = "was used outside of the time of its grant"
			default:
				lacks = ""
			}
			return nil
		})
	})
	return lacks, err
}
