package arch

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// discovery is a project as package discover sees it.
type discovery struct {
	*Store
	random io.Reader
}

var _ discover.Project = discovery{}

// recordOf is what is kept of a scan.
func recordOf(k *discover.Kept) (history.Record, error) {
	if k.Result == nil || k.Result.Snapshot == nil {
		return history.Record{}, fault.New(fault.Invalid, "there is no snapshot to keep")
	}
	return history.NewRecord(k.Result.Snapshot, k.Result.Overlay.Name, k.Result.Overlay.Data, k.Model)
}

// Identify is the id that a snapshot has. See [discover.Project].
func (v discovery) Identify(k *discover.Kept) (string, error) {
	r, err := recordOf(k)
	if err != nil {
		return "", err
	}
	return history.IDOf(r.Digest()), nil
}

// Change commits. See [discover.Project].
func (v discovery) Change(ctx context.Context, c *discover.RunChange) (change.Committed, error) {
	if err := v.allows(c.Scope); err != nil {
		return change.Committed{}, err
	}
	env := c.Envelope // the caller may try again with theirs
	env.Blobs = slices.Clone(env.Blobs)
	for i := range c.Uploads {
		env.Blobs = append(env.Blobs, c.Uploads[i].Object)
	}
	var done change.Committed
	var err error
	if c.Keep == nil {
		done, err = v.commit(ctx, &env, &deed{apply: func(ctx context.Context, tx *sqldb.Tx, _ []string, _ time.Time) error {
			return v.write(ctx, tx, c, nil)
		}})
	} else {
		done, err = v.keep(ctx, &env, c)
	}
	if err == nil && len(c.Over) > 0 {
		_ = v.home.RemoveCondemned(ctx) // what is over is over: the next one ends it
	}
	return done, err
}

// keep commits a change that keeps a snapshot.
func (v discovery) keep(ctx context.Context, env *change.Envelope, c *discover.RunChange) (change.Committed, error) {
	r, err := recordOf(c.Keep)
	if err == nil {
		err = check(&r)
	}
	if err != nil {
		return change.Committed{}, err
	}
	sum := r.Digest()
	return v.change(ctx, env, func() (*deed, error) {
		p, there, err := v.plan(ctx, &r, sum, env.At)
		if err != nil {
			return nil, err
		}
		if there != nil {
			return &deed{apply: func(ctx context.Context, tx *sqldb.Tx, _ []string, _ time.Time) error {
				return v.write(ctx, tx, c, there)
			}}, nil
		}
		return &deed{packs: p.packs, apply: func(ctx context.Context, tx *sqldb.Tx, names []string, at time.Time) error {
			if err := p.write(ctx, tx, names, at); err != nil {
				return err
			}
			return v.write(ctx, tx, c, &p.entry)
		}}, nil
	})
}

// write writes the rows of uploads and runs; kept is the snapshot of the run that c.Keep names.
func (v discovery) write(ctx context.Context, tx *sqldb.Tx, c *discover.RunChange, kept *history.Entry) error {
	for i := range c.Uploads {
		if err := v.insertUpload(ctx, tx, &c.Uploads[i]); err != nil {
			return err
		}
	}
	for _, name := range c.Over {
		if err := v.dropUpload(ctx, tx, name); err != nil {
			return err
		}
	}
	for _, r := range c.Runs {
		if r.Project != v.project {
			return noProject()
		}
		if kept != nil && r.ID == c.Keep.Run {
			r.Snapshot, r.Resources, r.NotRead = kept.ID, kept.Resources, kept.NotRead
		}
		if err := writeRun(ctx, tx, &r); err != nil {
			return err
		}
	}
	return nil
}

func writeRun(ctx context.Context, tx *sqldb.Tx, r *discover.Run) error {
	if err := plainText(r.Name, r.Error, string(r.Stage)); err != nil {
		return err
	}
	var ended *int64
	if r.Ended != nil {
		n := r.Ended.UnixMicro()
		ended = &n
	}
	args := []any{
		string(r.Project), r.ID, null(r.Connection), null(r.Upload), r.Name, string(r.State), string(r.Stage), r.Done, r.Total, null(r.Snapshot),
		r.Resources, r.NotRead, r.Error, string(r.Actor), micro(r.Collected), micro(r.Created), ended,
	}
	if r.Version == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO scan (project, id, connection, upload, name, state, stage, done, total, snapshot, resources, not_read, error, actor, collected_at, created_at,
			ended_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1)`, args...)
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE scan SET connection = $3, upload = $4, name = $5, state = $6, stage = $7, done = $8, total = $9, snapshot = $10, resources = $11, not_read = $12,
		error = $13, actor = $14, collected_at = $15, created_at = $16, ended_at = $17, version = version + 1 WHERE project = $1 AND id = $2 AND version = $18`,
		append(args, r.Version)...)
	if err == nil && n != 1 {
		err = stale("scan")
	}
	return err
}

// null is NULL for "".
func null(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// A scan whose job died is over for whoever waits for it, although the job could not say so: the process was killed each time, or its last change was refused.
const died = `scan.state IN ('queued', 'running') AND EXISTS (SELECT 1 FROM job j WHERE j.org_id = scan.org_id AND j.kind = 'scan.run' AND j.key = scan.id AND j.state = 'dead')
	AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = scan.org_id AND j.kind = 'scan.run' AND j.key = scan.id AND j.state <> 'dead')`

const runQuery = `SELECT project, id, coalesce(connection, ''), coalesce(upload, ''), name, CASE WHEN ` + died + ` THEN 'failed' ELSE state END, stage, done, total,
	coalesce(snapshot, ''), resources, not_read, CASE WHEN ` + died + ` THEN 'its job was given up: see what c4arch job list says of it' ELSE error END, actor,
	collected_at, created_at, ended_at, version FROM scan WHERE project = $1 `

func (v discovery) runs(ctx context.Context, rest string, args ...any) ([]discover.Run, error) {
	list := []discover.Run{}
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, runQuery+rest, func(scan func(...any) error) error {
			var r discover.Run
			var collected, created int64
			var ended *int64
			err := scan((*string)(&r.Project), &r.ID, &r.Connection, &r.Upload, &r.Name, (*string)(&r.State), (*string)(&r.Stage), &r.Done, &r.Total, &r.Snapshot,
				&r.Resources, &r.NotRead, &r.Error, (*string)(&r.Actor), &collected, &created, &ended, &r.Version)
			r.Collected, r.Created = fromMicro(collected), fromMicro(created)
			if ended != nil {
				t := fromMicro(*ended)
				r.Ended = &t
			}
			list = append(list, r)
			return err
		}, append([]any{string(v.project)}, args...)...)
	})
	return list, err
}

// Run is one scan. See [discover.Project].
func (v discovery) Run(ctx context.Context, name string) (discover.Run, error) {
	list, err := v.runs(ctx, "AND id = $2", name)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "there is no such scan")
	}
	if err != nil {
		return discover.Run{}, err
	}
	return list[0], nil
}

// Runs are the newest scans: ids sort by the time of their minting. See [discover.Project].
func (v discovery) Runs(ctx context.Context, before string, limit int) ([]discover.Run, error) {
	if before == "" {
		return v.runs(ctx, "ORDER BY id DESC LIMIT $2", pageSize(limit))
	}
	return v.runs(ctx, "AND id < $2 ORDER BY id DESC LIMIT $3", before, pageSize(limit))
}

// Progress says how far a scan is. It is no decision, and is lost where the scan is over.
func (v discovery) Progress(ctx context.Context, name string, p discover.Progress) error {
	return v.home.Upkeep(ctx, home.Progress, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE scan SET state = 'running', stage = $1, done = $2, total = $3, resources = $4 WHERE project = $5 AND id = $6 AND state IN ('queued', 'running')`,
			string(p.Stage), p.Done, p.Total, p.Resources, string(v.project), name)
		return err
	})
}

// Asked looks for an idempotency key. See [discover.Project].
func (v discovery) Asked(ctx context.Context, actor id.Actor, key string, since time.Time) (found bool, err error) {
	err = v.home.Read(ctx, func(tx *sqldb.Tx) error {
		var one int
		found, err = tx.Row(ctx, []any{&one}, `SELECT 1 FROM idem WHERE actor = $1 AND key = $2 AND at >= $3`, string(actor), key, micro(since))
		return err
	})
	return found, err
}

// Connection is a connection of the project. See [discover.Project].
func (v discovery) Connection(ctx context.Context, name string) (tenant.Connection, error) {
	c := tenant.Connection{ID: name, Project: v.project}
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		var created int64
		var target string
		found, err := tx.Row(ctx, []any{(*string)(&c.Kind), &c.Name, &c.Path, &c.Secret, &created, &c.Version, &target},
			`SELECT coalesce(l.kind, c.kind), c.name, c.path, coalesce(c.secret, ''), c.created_at, c.version, coalesce(l.target, '')
			FROM connection c LEFT JOIN live_connection l ON l.connection = c.id WHERE c.project = $1 AND c.id = $2`, string(v.project), name)
		if err == nil && target != "" {
			err = json.Unmarshal([]byte(target), &c.Target)
		}
		if err == nil && !found {
			err = fault.New(fault.NotFound, "there is no such connection")
		}
		c.Created = fromMicro(created)
		return err
	})
	if err != nil {
		return tenant.Connection{}, err
	}
	return c, nil
}

// Unseal is the value of a secret. Whoever calls it has committed the entry that says so.
func (v discovery) Unseal(ctx context.Context, name string) (secret.Value, error) {
	var sealed []byte
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&sealed}, `SELECT sealed FROM secret WHERE id = $1`, name)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "there is no such secret")
		}
		return err
	})
	if err != nil {
		return secret.Value{}, err
	}
	plain, err := v.home.Key().Open(secret.ForSecrets, name, sealed)
	if err != nil {
		return secret.Value{}, fault.Wrap(fault.Internal, err, "the secret %s", name)
	}
	return secret.New(plain), nil
}

// minted makes an identifier.
func (v discovery) minted(prefix string, at time.Time) (string, error) {
	name, err := id.Mint(prefix, v.random, at)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "an identifier cannot be made")
	}
	return name, nil
}
