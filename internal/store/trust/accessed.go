package trust

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// Bounds of what is looked at of the access log and of streams.
const (
	newestRecords = 500
	writtenIn     = 2 * time.Minute
	answeredIn    = 15 * time.Minute // an answer that goes on is written down when it ends
	behind        = time.Hour        // a stream is tried each minute, and less often when its receiver does not take what is sent
)

// AccessLog looks at the newest records of the access log of each home: they are without gaps and whole, and what was asked stands in it; and at the streams: what is due was tried.
func (l *Looks) AccessLog(ctx context.Context) ([]control.Observation, error) {
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	now := l.Now()
	var seen []control.Observation
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		err := l.in(ctx, org, func(h *home.Home) error {
			return h.Read(ctx, func(tx *sqldb.Tx) error {
				log, err := recordsIn(ctx, tx, org, now)
				seen = append(seen, log)
				if err != nil || org == id.Platform {
					return err
				}
				streams, err := streamsIn(ctx, tx, org, now)
				seen = append(seen, streams)
				return err
			})
		})
		if err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// written is a record of the access log, as far as it is looked at.
type written struct {
	seq, at, status, count                  int64
	actor, surface, method, route, decision string
}

func (r written) lacks(org id.Org) string {
	switch {
	case r.decision == "lost" || r.decision == "gone":
		return ""
	case r.method == "" || r.route == "" || r.surface == "" || r.status < 100 || r.status > 599 || r.at <= 0:
		return "lacks its method, route, surface, status or time"
	case r.actor == "" && org != id.Platform:
		return "names no actor"
	case r.decision != "allowed" && r.decision != "denied" && r.decision != "missing" && r.decision != "failed":
		return "has no decision"
	}
	return ""
}

func recordsIn(ctx context.Context, tx *sqldb.Tx, org id.Org, now time.Time) (control.Observation, error) {
	f := findings{subject: "access log of " + string(org)}
	var newest, before, lost, denied int64
	err := tx.Each(ctx, `SELECT seq, at, actor, surface, method, route, status, decision, count FROM access_log ORDER BY seq DESC LIMIT $1`, func(scan func(...any) error) error {
		var r written
		err := scan(&r.seq, &r.at, &r.actor, &r.surface, &r.method, &r.route, &r.status, &r.decision, &r.count)
		lacks := r.lacks(org)
		if lacks == "" && before > 0 && r.seq != before-1 {
			lacks = fmt.Sprintf("is followed by %d", before)
		}
		before = r.seq
		newest = max(newest, r.at)
		switch r.decision {
		case "lost":
			lost += r.count
		case "denied":
			denied++
		}
		f.add(fmt.Sprintf("record %d", r.seq), lacks)
		return err
	}, newestRecords)
	if err != nil {
		return control.Observation{}, err
	}
	asked, err := lastAsked(ctx, tx, org)
	// A record is written within seconds behind the answer.
	if at := time.UnixMicro(asked); err == nil && asked > 0 && now.Sub(at) > answeredIn && now.Sub(at) < lately && at.Sub(time.UnixMicro(newest)) > writtenIn {
		f.add("what was asked at "+at.UTC().Format(time.RFC3339), "stands in no record")
	}
	return f.observation(fmt.Sprintf("of the newest records none is missing or lacks anything; %d were denied, %d were lost and counted", denied, lost)), err
}

// lastAsked is when a token was last used here, as is kept apart from the access log.
func lastAsked(ctx context.Context, tx *sqldb.Tx, org id.Org) (at int64, err error) {
	table := "token"
	if org == id.Platform {
		table = "operator_token"
	}
	_, err = tx.Row(ctx, []any{&at}, `SELECT COALESCE(MAX(used_at), 0) FROM `+table)
	return at, err
}

func streamsIn(ctx context.Context, tx *sqldb.Tx, org id.Org, now time.Time) (control.Observation, error) {
	f := findings{subject: "streams of " + string(org)}
	var dead, waiting int
	// What comes next is due from when it was written, or from when its receiver is tried again.
	err := tx.Each(ctx, `SELECT p.stream, p.source, p.attempts, p.retry_at, CASE p.source
			WHEN 'ledger' THEN COALESCE((SELECT e.at FROM ledger_entry e WHERE e.org_id = p.org_id AND e.idx >= p.next ORDER BY e.idx LIMIT 1), 0)
			WHEN 'access' THEN COALESCE((SELECT a.at FROM access_log a WHERE a.org_id = p.org_id AND a.seq >= p.next ORDER BY a.seq LIMIT 1), 0) ELSE 0 END
		FROM stream_position p JOIN stream s ON s.org_id = p.org_id AND s.id = p.stream WHERE s.off = 0 AND s.kind <> 'pull' ORDER BY p.stream, p.source LIMIT $1`, func(scan func(...any) error) error {
		var name, source, lacks string
		var attempts, retry, next int64
		err := scan(&name, &source, &attempts, &retry, &next)
		if late := now.Sub(time.UnixMicro(max(retry, next))); next > 0 && late > behind {
			lacks = fmt.Sprintf("has been due for %s, and nothing was tried", late.Truncate(time.Minute))
		}
		if attempts > 0 {
			waiting++
		}
		f.add("stream "+name+" ("+source+")", lacks)
		return err
	}, mostRows)
	if err == nil {
		_, err = tx.Row(ctx, []any{&dead}, `SELECT COUNT(*) FROM delivery WHERE state = 'dead'`)
	}
	return f.observation(fmt.Sprintf("what is due is tried; %d wait for their receivers, %d ranges are put aside", waiting, dead)), err
}
