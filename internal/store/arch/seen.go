package arch

import (
	"context"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// Saw remembers when findings were seen. See [detect.Baselines]. A scan whose clock is behind moves no date back.
func (st *Store) Saw(ctx context.Context, env *change.Envelope, baselineID string, findings []string, keep func(finding string) bool, at time.Time) ([]baseline.Seen, error) {
	if err := st.allows(env.Scope); err != nil {
		return nil, err
	}
	var all []baseline.Seen
	_, err := st.commit(ctx, env, &deed{apply: func(ctx context.Context, tx *sqldb.Tx, _ []string, _ time.Time) error {
		var err error
		all, err = st.saw(ctx, tx, baselineID, findings, keep, at)
		return err
	}})
	return all, err
}

func (st *Store) saw(ctx context.Context, tx *sqldb.Tx, baselineID string, findings []string, keep func(finding string) bool, at time.Time) ([]baseline.Seen, error) {
	var seq int64
	found, err := tx.Row(ctx, []any{&seq}, `SELECT seq FROM baseline WHERE project = $1 AND id = $2`, string(st.project), baselineID)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.NotFound, "there is no baseline %.40q", baselineID)
	}
	before, err := st.readSeen(ctx, tx, seq)
	if err != nil {
		return nil, err
	}
	if err := st.forget(ctx, tx, seq, before, findings, keep); err != nil {
		return nil, err
	}
	for _, f := range findings {
		if _, err := tx.Exec(ctx, `INSERT INTO seen (project, baseline, finding, first_at, last_at) VALUES ($1, $2, $3, $4, $4)
			ON CONFLICT (org_id, project, baseline, finding) DO UPDATE SET last_at = excluded.last_at WHERE seen.last_at < excluded.last_at`,
			string(st.project), seq, f, at.UnixMicro()); err != nil {
			return nil, err
		}
	}
	return st.readSeen(ctx, tx, seq)
}

// forget removes what was not seen, but for what stays.
func (st *Store) forget(ctx context.Context, tx *sqldb.Tx, seq int64, before []baseline.Seen, findings []string, keep func(string) bool) error {
	now := make(map[string]bool, len(findings))
	for _, f := range findings {
		now[f] = true
	}
	for _, s := range before {
		if now[s.Finding] || keep != nil && keep(s.Finding) {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM seen WHERE project = $1 AND baseline = $2 AND finding = $3`, string(st.project), seq, s.Finding); err != nil {
			return err
		}
	}
	return nil
}

func (st *Store) readSeen(ctx context.Context, tx *sqldb.Tx, seq int64) ([]baseline.Seen, error) {
	list := []baseline.Seen{}
	err := tx.Each(ctx, `SELECT finding, first_at, last_at FROM seen WHERE project = $1 AND baseline = $2 ORDER BY finding`, func(scan func(...any) error) error {
		var s baseline.Seen
		var first, last int64
		err := scan(&s.Finding, &first, &last)
		s.First, s.Last = day(first), day(last)
		list = append(list, s)
		return err
	}, string(st.project), seq)
	return list, err
}

func day(micro int64) string { return time.UnixMicro(micro).UTC().Format(time.RFC3339) }

// insertSeen takes along what another baseline, or its file, has seen.
func (st *Store) insertSeen(ctx context.Context, tx *sqldb.Tx, seq int64, s baseline.Seen) error {
	first, err := time.Parse(time.RFC3339, s.First)
	last, err2 := time.Parse(time.RFC3339, s.Last)
	if err != nil || err2 != nil || s.Finding == "" {
		return fault.New(fault.Invalid, "when a finding was seen is not an RFC 3339 time")
	}
	_, err = tx.Exec(ctx, `INSERT INTO seen (project, baseline, finding, first_at, last_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (org_id, project, baseline, finding) DO NOTHING`, string(st.project), seq, s.Finding, first.UnixMicro(), last.UnixMicro())
	return err
}
