package arch

import (
	"context"

	"c4arch/internal/service/detect"
	"c4arch/internal/store/sqldb"
)

func (d *decision) writeException(ctx context.Context, tx *sqldb.Tx, r *detect.ExceptionRow) error {
	if r.Project != d.project {
		return noProject()
	}
	if err := plainText(r.Entry); err != nil {
		return err
	}
	if r.Version == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO exception (project, id, entry, actor, revoked, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
			string(r.Project), r.ID, r.Entry, string(r.Actor), flag(r.Revoked), micro(r.Created))
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE exception SET entry = $1, revoked = $2, version = version + 1 WHERE project = $3 AND id = $4 AND version = $5`,
		r.Entry, flag(r.Revoked), string(r.Project), r.ID, r.Version)
	if err == nil && n != 1 {
		err = stale("exception")
	}
	return err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Exceptions are all of the project, those that were revoked too. See [detect.Project].
func (v detection) Exceptions(ctx context.Context) ([]detect.ExceptionRow, error) {
	list := []detect.ExceptionRow{}
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT id, entry, actor, revoked, created_at, version FROM exception WHERE project = $1 ORDER BY id`, func(scan func(...any) error) error {
			r := detect.ExceptionRow{Project: v.project}
			var revoked int
			var created int64
			err := scan(&r.ID, &r.Entry, (*string)(&r.Actor), &revoked, &created, &r.Version)
			r.Revoked, r.Created = revoked != 0, fromMicro(created)
			list = append(list, r)
			return err
		}, string(v.project))
	})
	return list, err
}
