package arch

import (
	"context"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/fault"
	"c4arch/internal/store/sqldb"
)

// Saw remembers when findings were seen. See [detect.Baselines]. A scan whose clock is behind moves no date back.
func (h *Home) Saw(ctx context.Context, baselineID string, findings []string, keep func(finding string) bool, at time.Time) ([]baseline.Seen, error) {
	var all []baseline.Seen
	err := h.db.Transact(ctx, func(tx *sqldb.Tx) error {
		var seq int64
		found, err := tx.Row(ctx, []any{&seq}, `SELECT seq FROM baseline WHERE id = $1`, baselineID)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "there is no baseline %.40q", baselineID)
		}
		before, err := readSeen(ctx, tx, seq)
		if err != nil {
			return err
		}
		if err := forget(ctx, tx, seq, before, findings, keep); err != nil {
			return err
		}
		for _, f := range findings {
			if _, err := tx.Exec(ctx, `INSERT INTO seen (baseline, finding, first_at, last_at) VALUES ($1, $2, $3, $3)
				ON CONFLICT (org_id, baseline, finding) DO UPDATE SET last_at = excluded.last_at WHERE seen.last_at < excluded.last_at`, seq, f, at.UnixMicro()); err != nil {
				return err
			}
		}
		all, err = readSeen(ctx, tx, seq)
		return err
	})
	return all, err
}

// forget removes what was not seen, but for what stays.
func forget(ctx context.Context, tx *sqldb.Tx, seq int64, before []baseline.Seen, findings []string, keep func(string) bool) error {
	now := make(map[string]bool, len(findings))
	for _, f := range findings {
		now[f] = true
	}
	for _, s := range before {
		if now[s.Finding] || keep != nil && keep(s.Finding) {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM seen WHERE baseline = $1 AND finding = $2`, seq, s.Finding); err != nil {
			return err
		}
	}
	return nil
}

func readSeen(ctx context.Context, tx *sqldb.Tx, seq int64) ([]baseline.Seen, error) {
	list := []baseline.Seen{}
	err := tx.Each(ctx, `SELECT finding, first_at, last_at FROM seen WHERE baseline = $1 ORDER BY finding`, func(scan func(...any) error) error {
		var s baseline.Seen
		var first, last int64
		err := scan(&s.Finding, &first, &last)
		s.First, s.Last = day(first), day(last)
		list = append(list, s)
		return err
	}, seq)
	return list, err
}

func day(micro int64) string { return time.UnixMicro(micro).UTC().Format(time.RFC3339) }

// insertSeen takes along what another baseline, or its file, has seen.
func insertSeen(ctx context.Context, tx *sqldb.Tx, seq int64, s baseline.Seen) error {
	first, err := time.Parse(time.RFC3339, s.First)
	last, err2 := time.Parse(time.RFC3339, s.Last)
	if err != nil || err2 != nil || s.Finding == "" {
		return fault.New(fault.Invalid, "when a finding was seen is not an RFC 3339 time")
	}
	_, err = tx.Exec(ctx, `INSERT INTO seen (baseline, finding, first_at, last_at) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, baseline, finding) DO NOTHING`,
		seq, s.Finding, first.UnixMicro(), last.UnixMicro())
	return err
}
