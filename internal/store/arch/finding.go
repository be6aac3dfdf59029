package arch

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/arch/drift"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
	"c4arch/internal/store/sqldb"
)

// findings makes those of the report the project's. What was there and is neither in the report nor among the dates is gone.
func (d *decision) findings(ctx context.Context, tx *sqldb.Tx) error {
	there := map[string]bool{}
	for _, s := range d.c.Seen {
		there[s.Finding] = true // it could not be looked at, or is in the report
	}
	list := d.c.Report.Findings
	for i := range list {
		there[list[i].ID] = true
		if err := d.finding(ctx, tx, &list[i]); err != nil {
			return err
		}
	}
	var gone []string
	err := tx.Each(ctx, `SELECT id FROM finding WHERE project = $1 AND state <> 'gone' ORDER BY id`, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		if !there[name] {
			gone = append(gone, name)
		}
		return err
	}, string(d.project))
	if err != nil {
		return err
	}
	for _, name := range gone {
		if err := tx.Queue(ctx, `UPDATE finding SET state = 'gone' WHERE project = $1 AND id = $2`, string(d.project), name); err != nil {
			return err
		}
	}
	return nil
}

func (d *decision) finding(ctx context.Context, tx *sqldb.Tx, f *drift.Finding) error {
	first, err := time.Parse(time.RFC3339, f.FirstSeen)
	last, err2 := time.Parse(time.RFC3339, f.LastSeen)
	if err != nil || err2 != nil {
		return fault.New(fault.Invalid, "when the finding %.40q was seen is not an RFC 3339 time", f.ID)
	}
	var data bytes.Buffer
	enc := json.NewEncoder(&data)
	enc.SetEscapeHTML(false) // the values in it are canonical JSON, and stay what they are
	if err := enc.Encode(f); err != nil {
		return fault.Wrap(fault.Internal, err, "a finding cannot be written")
	}
	if err := plainText(f.ID, f.Title, f.Resource); err != nil {
		return err
	}
	state := detect.Open
	if f.Accepted() {
		state = detect.Accepted
	}
	return tx.Queue(ctx, `INSERT INTO finding (project, id, comparison, severity, state, title, resource, first_at, last_at, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (org_id, project, id) DO UPDATE SET comparison = excluded.comparison, severity = excluded.severity, state = excluded.state, title = excluded.title,
		resource = excluded.resource, first_at = excluded.first_at, last_at = excluded.last_at, data = excluded.data`,
		string(d.project), f.ID, d.c.Compared.ID, string(f.Severity), string(state), f.Title, f.Resource, micro(first), micro(last), data.Bytes())
}

// gravity orders severities, gravest first. It is written into statements.
const gravity = `CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END`

// Findings are the findings of the project. See [detect.Project].
func (v detection) Findings(ctx context.Context, q detect.FindingQuery) ([]detect.FindingRow, error) {
	state := q.State
	if state == "" {
		state = detect.Open
	}
	args := []any{string(v.project), string(state), pageSize(q.Limit)}
	where := ""
	if q.Severity != "" {
		where, args = ` AND severity = $4`, append(args, q.Severity)
	}
	list := []detect.FindingRow{}
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		if q.After != "" {
			var rank int
			found, err := tx.Row(ctx, []any{&rank}, `SELECT `+gravity+` FROM finding WHERE project = $1 AND id = $2`, string(v.project), q.After)
			if err == nil && !found {
				err = fault.New(fault.NotFound, "there is no such finding")
			}
			if err != nil {
				return err
			}
			n := len(args)
			where += ` AND (` + gravity + ` > $` + number(int64(n+1)) + ` OR ` + gravity + ` = $` + number(int64(n+1)) + ` AND id > $` + number(int64(n+2)) + `)`
			args = append(args, rank, q.After)
		}
		return tx.Each(ctx, `SELECT state, comparison, first_at, last_at, data FROM finding WHERE project = $1 AND state = $2`+where+` ORDER BY `+gravity+`, id LIMIT $3`,
			func(scan func(...any) error) error {
				r, err := findingRow(scan)
				list = append(list, r)
				return err
			}, args...)
	})
	return list, err
}

// findingRow reads a row of findings.
func findingRow(scan func(...any) error) (detect.FindingRow, error) {
	var r detect.FindingRow
	var first, last int64
	var data []byte
	if err := scan((*string)(&r.State), &r.Comparison, &first, &last, &data); err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r.Finding); err != nil {
		return r, damaged("a finding of the comparison %.40q cannot be read", r.Comparison)
	}
	r.First, r.Last = fromMicro(first), fromMicro(last)
	return r, nil
}

// Finding is one of the project. See [detect.Project].
func (v detection) Finding(ctx context.Context, name string) (r detect.FindingRow, err error) {
	err = v.home.Read(ctx, func(tx *sqldb.Tx) error {
		found := false
		err := tx.Each(ctx, `SELECT state, comparison, first_at, last_at, data FROM finding WHERE project = $1 AND id = $2`, func(scan func(...any) error) (err error) {
			found = true
			r, err = findingRow(scan)
			return err
		}, string(v.project), name)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "there is no such finding")
		}
		return err
	})
	return r, err
}

// FindingCounts counts the findings of the project. See [detect.Project].
func (v detection) FindingCounts(ctx context.Context) (detect.FindingCounts, error) {
	all := detect.FindingCounts{}
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT state, severity, count(*) FROM finding WHERE project = $1 GROUP BY state, severity`, func(scan func(...any) error) error {
			var state, severity string
			var n int
			err := scan(&state, &severity, &n)
			if all[detect.FindingState(state)] == nil {
				all[detect.FindingState(state)] = map[string]int{}
			}
			all[detect.FindingState(state)][severity] = n
			return err
		}, string(v.project))
	})
	return all, err
}
