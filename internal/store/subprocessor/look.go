package subprocessor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	pure "c4arch/internal/trust/subprocessor"
)

// Looks are the checks of subprocessors. They read rows, and use nothing of what wrote them.
type Looks struct {
	Store *Store
	Now   func() time.Time
}

// egressDays is for how long what was reached counts.
const egressDays = 30

// ours are the purposes for which the program goes where the platform sends it; where it goes for the others a customer chose.
var ours = []string{"objects", "keys", "secrets", "identity", "database", "mail", "certs", "telemetry", "witness", "ownsignin"}

// reached is a destination, by whom.
type reached struct {
	host, purpose, org string
	last               time.Time
}

type seen struct {
	list      pure.List
	first     time.Time
	standings []row
	reached   []reached
}

// row is a standing, by its columns and by what it says.
type row struct {
	pure.Standing
	stage                    string
	noticed, closes, settled time.Time
}

func (l Looks) read(ctx context.Context) (s seen, err error) {
	scope, err := access.Decide(access.System(id.Platform, "checks of subprocessors", access.Actor{}), access.SubprocessorRead, access.Resource{})
	if err != nil {
		return s, err
	}
	if s.list, err = l.Store.List(ctx, scope, 0); err != nil {
		return s, err
	}
	err = l.Store.read(ctx, scope, true, func(_ *home.Home, tx *sqldb.Tx) (err error) {
		var first int64
		if _, err = tx.Row(ctx, []any{&first}, `SELECT at FROM subprocessor_list WHERE number = 1`); err != nil {
			return err
		}
		s.first = micros(first)
		if s.standings, err = list(ctx, tx, `SELECT supply, organisation, stage, noticed_at, closes_at, settled_at, data FROM supply_standing ORDER BY supply, organisation`, standingRow); err != nil {
			return err
		}
		since := l.Now().AddDate(0, 0, -egressDays).UnixMicro()
		s.reached, err = list(ctx, tx, `SELECT host, purpose, organisation, last_at FROM destination WHERE last_at >= $1 ORDER BY host, purpose, organisation`, reachedRow, since)
		return err
	})
	return s, err
}

func standingRow(scan func(...any) error) (r row, err error) {
	var noticed, closes, settled int64
	var data string
	if err = scan(&r.Change, (*string)(&r.Org), &r.stage, &noticed, &closes, &settled, &data); err == nil {
		err = decode([]byte(data), &r.Notice)
	}
	r.noticed, r.closes, r.settled = micros(noticed), micros(closes), micros(settled)
	return r, err
}

func reachedRow(scan func(...any) error) (r reached, err error) {
	var last int64
	var what string
	err = scan(&r.host, &what, &r.org, &last)
	outcome := ""
	r.purpose, outcome, _ = strings.Cut(what, " ")
	if outcome != "opened" && outcome != "asked" {
		r.host = "" // nobody was reached
	}
	r.last = micros(last)
	return r, err
}

// here reports whether a host is this machine, or what hands out its identity, and nobody else.
func here(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "unix" || host == "localhost" || err == nil && (a.IsLoopback() || a.IsLinkLocalUnicast())
}

func own(r reached) bool {
	return r.host != "" && slices.Contains(ours, r.purpose) && !here(r.host)
}

// Egress compares what was reached for the platform's own purposes with the list.
func (l Looks) Egress(ctx context.Context) ([]control.Observation, error) {
	s, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	return s.compared(), nil
}

// compared is what was reached beside the list.
func (s *seen) compared() (all []control.Observation) {
	told := map[string]bool{}
	for _, r := range s.reached {
		if !own(r) || told[r.host] {
			continue
		}
		told[r.host] = true
		o := control.Observation{Subject: "host " + r.host + " (" + r.purpose + ")", Outcome: control.Fail, Detail: "it is on no entry of the list of subprocessors, and was reached on " + r.last.Format(time.DateOnly)}
		for i := range s.list.Entries {
			e := &s.list.Entries[i]
			if e.Reaches(r.host) && e.State() != pure.Announced && (e.Until.IsZero() || r.last.Before(e.Until)) {
				o.Outcome, o.Detail = control.Pass, "listed as "+e.Name
			}
		}
		all = append(all, o)
	}
	return all
}

// Terms looks whether the duties of each entry in force flow down.
func (l Looks) Terms(ctx context.Context) ([]control.Observation, error) {
	s, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	return s.papers(), nil
}

func (s *seen) papers() (all []control.Observation) {
	for i := range s.list.Entries {
		e := &s.list.Entries[i]
		if e.State() != pure.InForce || !e.Processes() {
			continue
		}
		o := control.Observation{Subject: "entry " + e.Name, Outcome: control.Pass}
		if e.Evidence == "" || e.Contracted.IsZero() || e.Reviewer == "" {
			o.Outcome, o.Detail = control.Fail, "its contract, the date of it or who reviewed it is missing"
		}
		all = append(all, o)
	}
	return all
}

// Guard looks whether anything began before it might: for each organisation by its dates, and for each connection by what was reached for whom.
func (l Looks) Guard(ctx context.Context) ([]control.Observation, error) {
	s, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	var all []control.Observation
	for i := range s.standings {
		r := &s.standings[i]
		o := control.Observation{Subject: fmt.Sprintf("change %s for %s", r.Change, r.Org), Outcome: control.Pass}
		if o.Detail = r.wrong(); o.Detail != "" {
			o.Outcome = control.Fail
		}
		all = append(all, o)
	}
	for i := range s.list.Entries {
		all = append(all, s.passed(&s.list.Entries[i])...)
	}
	return all, nil
}

// wrong says what is wrong with the dates of a standing.
func (r *row) wrong() string {
	told := slices.ContainsFunc(r.Notice.Receipts, func(x pure.Receipt) bool { return x.Channel == pure.InPortal && x.State == pure.Delivered })
	open := slices.ContainsFunc(r.Notice.Objections, func(o pure.Objection) bool { return o.Ended.IsZero() })
	switch {
	case r.stage != string(r.Notice.Stage):
		return "its stage and its notice differ"
	case r.noticed.IsZero() || !told:
		return "it was not delivered in the portal"
	case r.stage != "activated":
		return ""
	case r.closes.IsZero() || r.closes.Before(r.noticed.AddDate(0, 0, pure.LeastDays)):
		return "it began, and its time to object was shorter than 30 days"
	case !r.settled.After(r.closes):
		return "it began before its time to object was over"
	case open:
		return "it began while an objection was open"
	}
	return ""
}

// passed are what is wrong with the use of an entry: an organisation was served by it that was not told, could still object, or had objected.
func (s *seen) passed(e *pure.Entry) (all []control.Observation) {
	fail := func(subject, detail string) {
		all = append(all, control.Observation{Subject: subject, Outcome: control.Fail, Detail: detail})
	}
	if e.Change == "" {
		if e.Processes() && !s.first.IsZero() && e.Since.After(s.first.AddDate(0, 0, 31)) {
			fail("entry "+e.Name, "it was listed as in use before the list began, more than 30 days after that")
		}
		return all
	}
	for _, r := range s.reached {
		if !own(r) || !e.Reaches(r.host) || r.org == "" || r.org == string(id.Platform) || e.Replaces != "" && s.shared(e, r.host) {
			continue
		}
		i := slices.IndexFunc(s.standings, func(x row) bool { return x.Change == e.Change && string(x.Org) == r.org })
		if i < 0 {
			continue // it came when the entry was in force
		}
		if x := &s.standings[i]; x.Notice.Emergency == "" && (x.stage != "activated" || r.last.Before(x.settled)) {
			fail("host "+r.host+" for "+r.org, "the organisation was served by it before the change began for it")
		}
	}
	return all
}

// shared reports whether a host is also one of the entry that is replaced: what went to it cannot be told apart.
func (s *seen) shared(e *pure.Entry, host string) bool {
	old := s.list.Find(e.Replaces)
	return old != nil && old.Reaches(host)
}
