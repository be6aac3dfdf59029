package trust

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// Bounds of what is looked at: entries and rows of each table, the newest first.
const (
	newestEntries = 5000
	newestRows    = 200
	sameMoment    = 10 * time.Second // a row and the entry of its change have the time of the change, which some changes ask for twice
)

// changed is a table of which each row is made by a change, when that was, and which kinds of entries say so. A row without its entry was written beside the ledger.
type changed struct {
	table, name, at string
	kinds           string
}

// inOrganisations are those of the home of an organisation: of security, of what the product controls, and of its administration.
var inOrganisations = []changed{
	{"token", "id", "created_at", "token.created"},
	{"service_account", "id", "created_at", "service.created"},
	{"invitation", "id", "created_at", "invitation.created"},
	{"recovery", "id", "created_at", "recovery.asked"},
	{"secret", "id", "created_at", "secret.created"},
	{"provider", "id", "created_at", "provider.added"},
	{"domain", "id", "created_at", "domain.added"},
	{"stream", "id", "created_at", "stream.created"},
	{"support_grant", "id", "asked_at", "grant.asked"},
	{"member", "id", "created_at", "member.added member.provided user.added organisation.created invitation.created"},
	{"project", "id", "created_at", "project.created"},
	{"connection", "id", "created_at", "connection.created"},
	{"upload", "id", "at", "upload.received scan.queued"},
	{"scan", "id", "created_at", "scan.queued"},
	{"snapshot", "id", "recorded_at", "snapshot.kept scan.finished"},
	{"comparison", "id", "at", "drift.compared"},
	{"proposal", "id", "created_at", "baseline.proposed exception.proposed"},
	{"exception", "id", "created_at", "exception.accepted exception.proposed"},
	{"comment", "id", "created_at", "comment.added"},
	{"evidence_pack", "id", "created_at", "evidence.asked"},
}

// onPlatform are those of the platform's home. Runs of checks are not among them: the one entry of a round comes when all of its checks have run, which can be much later than the moment of
// the first, and the check runs-in-ledger holds each run to the digest in that entry.
var onPlatform = []changed{
	{"session", "id", "created_at", "session.began"},
	{"passkey", "id", "created_at", "passkey.added"},
	{"personnel", "person", "created_at", "staff.added"},
	{"staff_proposal", "id", "created_at", "staff.proposed"},
	{"grant_request", "id", "created_at", "grant.requested"},
	{"break_glass", "id", "created_at", "breakGlass.sealed"},
	{"directory", "id", "created_at", "organisation.created"},
}

// Entered looks for rows that no entry of the ledger tells of: each sign-in, token, key, grant, project, scan, snapshot, comparison, exception and what else is made by a change has an
// entry of its kind from the very moment of the change.
func (l *Looks) Entered(ctx context.Context) (seen []control.Observation, err error) {
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		tables := inOrganisations
		if org == id.Platform {
			tables = onPlatform
		}
		err := l.in(ctx, org, func(h *home.Home) error {
			return h.Read(ctx, func(tx *sqldb.Tx) error {
				o, err := enteredIn(ctx, tx, org, tables)
				if err == nil && o.Outcome != control.Empty { // where nothing was changed there is nothing to look for
					seen = append(seen, o)
				}
				return err
			})
		})
		if err != nil {
			return seen, err
		}
	}
	return seen, nil
}

func enteredIn(ctx context.Context, tx *sqldb.Tx, org id.Org, tables []changed) (control.Observation, error) {
	f := findings{subject: "what was changed in " + string(org)}
	at, first, err := momentsOf(ctx, tx)
	if err != nil {
		return control.Observation{}, err
	}
	for _, c := range tables {
		err := tx.Each(ctx, `SELECT `+c.name+`, `+c.at+` FROM `+c.table+` WHERE `+c.at+` > $1 ORDER BY `+c.at+` DESC LIMIT $2`, func(scan func(...any) error) error {
			var name, lacks string
			var when int64
			err := scan(&name, &when)
			if !slices.ContainsFunc(strings.Fields(c.kinds), func(kind string) bool { return near(at[kind], when) }) {
				lacks = "is in no entry of the ledger"
			}
			f.add(c.table+" "+name, lacks)
			return err
		}, first, newestRows)
		if err != nil {
			return control.Observation{}, err
		}
	}
	o := f.observation(fmt.Sprintf("each row of %d tables has its entry from the same moment", len(tables)))
	if f.looked == 0 {
		o.Outcome, o.Detail = control.Empty, "nothing was changed since the oldest of the entries that are looked at"
	}
	return o, nil
}

// momentsOf says when the newest entries were written, by their kinds, and from when on they are all there.
func momentsOf(ctx context.Context, tx *sqldb.Tx) (at map[string][]int64, first int64, err error) {
	at = map[string][]int64{}
	n := 0
	err = tx.Each(ctx, `SELECT kind, at FROM ledger_entry ORDER BY idx DESC LIMIT $1`, func(scan func(...any) error) error {
		var kind string
		var when int64
		err := scan(&kind, &when)
		at[kind], first = append(at[kind], when), when
		n++
		return err
	}, newestEntries)
	for _, list := range at {
		slices.Sort(list)
	}
	if n < newestEntries && err == nil { // all of the log: what is older than its first entry was not changed under it
		first--
	}
	return at, first, err
}

// near reports whether one of the times, which are in order, is that moment.
func near(list []int64, when int64) bool {
	i, _ := slices.BinarySearch(list, when-sameMoment.Microseconds())
	return i < len(list) && list[i] <= when+sameMoment.Microseconds()
}

// Steps looks whether each home has the steps of the schema that this program knows: no more, no fewer, and with the same text where that is kept.
func (l *Looks) Steps(ctx context.Context) (seen []control.Observation, err error) {
	if l.Server != nil {
		o := control.Observation{Subject: "schema of the server", Outcome: control.Pass, Detail: "it has the steps that this program knows, with the same texts"}
		if err := schema.Check(ctx, l.Server); err != nil {
			o.Outcome, o.Detail = control.Fail, err.Error()
		}
		return []control.Observation{o}, nil
	}
	known, err := schema.Read()
	if err != nil {
		return nil, err
	}
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		err := l.in(ctx, org, func(h *home.Home) error {
			n, err := h.DB().Version(ctx)
			o := control.Observation{Subject: "schema of the file of " + string(org), Outcome: control.Pass, Detail: fmt.Sprintf("it has all %d steps", n)}
			if n != len(known) {
				o.Outcome, o.Detail = control.Fail, fmt.Sprintf("it has %d steps of %d", n, len(known))
			}
			seen = append(seen, o)
			return err
		})
		if err != nil {
			return seen, err
		}
	}
	return seen, nil
}
