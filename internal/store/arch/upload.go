package arch

import (
	"context"
	"io"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/discover"
	"c4arch/internal/store/sqldb"
)

// Stage keeps what is handed over for a scan. See [discover.Project]. It is one object, as everything that is kept: sealed where the home seals its objects.
func (v discovery) Stage(ctx context.Context, r io.Reader, most int64, at time.Time) (discover.Upload, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return discover.Upload{}, fault.Wrap(fault.Unavailable, err, "what was handed over could not be read to its end").WithHelp("send it again")
	}
	if int64(len(data)) > most {
		return discover.Upload{}, fault.New(fault.Limited, "what was handed over has more than %d bytes", most)
	}
	u := discover.Upload{Project: v.project, Digest: canon.Sum(data), Size: int64(len(data)), At: at}
	if u.ID, err = v.minted(id.PrefixUpload, at); err != nil {
		return discover.Upload{}, err
	}
	names, err := v.stage(ctx, [][]byte{data}, at)
	if err != nil {
		return discover.Upload{}, err
	}
	u.Object = names[0]
	return u, nil
}

// Handed reads an upload. See [discover.Project].
func (v discovery) Handed(ctx context.Context, upload string) ([]byte, error) {
	var object, sum string
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&object, &sum}, `SELECT object, digest FROM upload WHERE project = $1 AND id = $2`, string(v.project), upload)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "there is no such upload").WithHelp("it is removed when its scan is over")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	data, err := v.home.Objects().Read(ctx, object)
	if err == nil && string(canon.Sum(data)) != sum {
		err = damaged("the object %s of an upload does not match its digest", object)
	}
	return data, err
}

func (v discovery) insertUpload(ctx context.Context, tx *sqldb.Tx, u *discover.Upload) error {
	if u.Project != v.project {
		return noProject()
	}
	_, err := tx.Exec(ctx, `INSERT INTO upload (project, id, object, digest, size, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(u.Project), u.ID, u.Object, string(u.Digest), u.Size, micro(u.At))
	return err
}

// dropUpload lets an upload go. One that is gone already is none.
func (v discovery) dropUpload(ctx context.Context, tx *sqldb.Tx, name string) error {
	var object string
	found, err := tx.Row(ctx, []any{&object}, `SELECT object FROM upload WHERE project = $1 AND id = $2`, string(v.project), name)
	if err != nil || !found {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM upload WHERE project = $1 AND id = $2`, string(v.project), name); err != nil {
		return err
	}
	return condemn(ctx, tx, object)
}
