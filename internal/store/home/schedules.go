package home

import (
	"context"

	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// Missing are those of the schedules that the home does not have.
func (h *Home) Missing(ctx context.Context, want []change.Schedule) ([]change.Schedule, error) {
	var missing []change.Schedule
	err := h.Read(ctx, func(tx *sqldb.Tx) error {
		missing = nil
		for _, s := range want {
			var one int
			found, err := tx.Row(ctx, []any{&one}, `SELECT 1 FROM schedule WHERE kind = $1 AND key = $2`, s.Kind, s.Key)
			if err != nil {
				return err
			}
			if !found {
				missing = append(missing, s)
			}
		}
		return nil
	})
	return missing, err
}
