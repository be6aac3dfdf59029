package home

import (
	"context"
	"time"

	"c4arch/internal/base/job"
	"c4arch/internal/store/sqldb"
)

// heldMark begins what a job says that waits for an instruction.
const heldMark = "held: "

// Hold ends a lease without an attempt, since the work may not be done now. The job is asked about again after the time, or when [Awake] says so; it never dies of it.
func (q *Queue) Hold(ctx context.Context, l *job.Lease, text string, retry time.Duration) error {
	return q.with(ctx, l, func(h *Home) error {
		if err := h.core.mark(ctx); err != nil {
			return err
		}
		at := q.homes.cfg.Now().Add(retry)
		if err := h.core.held(ctx, l, `state = 'ready', lease_owner = NULL, lease_until = NULL, run_at = $4, attempt = attempt - 1, error = $5`, at.UnixMicro(), why(heldMark+text)); err != nil {
			return err
		}
		h.core.hint(ctx, at)
		return nil
	})
}

// Awake has all jobs that are held asked about again at once. The change that it is a part of brings a job, so that the dispatcher comes.
func Awake(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE job SET run_at = $1 WHERE state = 'ready' AND run_at > $1 AND error LIKE 'held: %'`, at.UnixMicro())
	return err
}
