package stream

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/stream"
	"c4arch/internal/store/sqldb"
)

// Commit writes a change: its records in the order of the tables, within a table by id, so that two changes never wait for each other in a circle.
func (st *Store) Commit(ctx context.Context, c *stream.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope, false)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	text := map[string][]byte{}
	for _, x := range c.Secrets {
		text[x.ID] = h.Key().Seal(secret.ForSecrets, x.ID, x.Value.Expose())
	}
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		return (&writer{ctx, tx, at}).all(c, text)
	})
}

// writer writes the records of one change.
type writer struct {
	ctx context.Context
	tx  *sqldb.Tx
	at  time.Time
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.tx.Exec(w.ctx, query, args...)
	return err
}

// one runs a statement that must change one row: none is one that was changed meanwhile, or is not there.
func (w *writer) one(what, query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")
	}
	return err
}

// each writes records in the order of their ids.
func each[T any](all []T, name func(T) string, write func(T) error) error {
	for _, v := range slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(name(a), name(b)) }) {
		if err := write(v); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) all(c *stream.Change, text map[string][]byte) error {
	for _, step := range []func() error{
		func() error { return each(c.Gone, streamID, w.gone) },
		func() error {
			return each(c.Secrets, secretID, func(x stream.Secret) error { return w.secret(x, text[x.ID]) })
		},
		func() error { return each(c.Streams, streamID, w.stream) },
		func() error { return each(c.Positions, positionID, w.position) },
		func() error {
			return each(c.Moves, func(m stream.Move) string { return positionID(m.From) }, func(m stream.Move) error { return move(w.ctx, w.tx, m) })
		},
		func() error { return each(c.Deliveries, func(d stream.Delivery) string { return d.ID }, w.delivery) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func streamID(s stream.Stream) string     { return s.ID }
func secretID(x stream.Secret) string     { return x.ID }
func positionID(p stream.Position) string { return p.Stream + "/" + string(p.Source) }

func (w *writer) secret(x stream.Secret, sealed []byte) error {
	if x.Version == 0 {
		return w.exec(`INSERT INTO secret (id, purpose, sealed, created_at, version) VALUES ($1, 'stream', $2, $3, 1)`, x.ID, sealed, w.at.UnixMicro())
	}
	return w.one("secret", `UPDATE secret SET sealed = $3, version = version + 1 WHERE id = $1 AND version = $2`, x.ID, x.Version, sealed)
}

func (w *writer) stream(s stream.Stream) error {
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		return fault.New(fault.Internal, "the settings of a stream cannot be written")
	}
	var key any
	if s.Secret != "" {
		key = s.Secret
	}
	if s.Version == 0 {
		return w.exec(`INSERT INTO stream (id, kind, name, settings, secret, off, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
			s.ID, string(s.Kind), s.Name, string(settings), key, s.Off, s.Created.UnixMicro())
	}
	return w.one("stream", `UPDATE stream SET name = $3, settings = $4, secret = $5, off = $6, version = version + 1 WHERE id = $1 AND version = $2`,
		s.ID, s.Version, s.Name, string(settings), key, s.Off)
}

func (w *writer) position(p stream.Position) error {
	return w.exec(`INSERT INTO stream_position (stream, source, next, attempts, since, retry_at, error, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (org_id, stream, source) DO UPDATE SET next = excluded.next, attempts = excluded.attempts, since = excluded.since, retry_at = excluded.retry_at, error = excluded.error, at = excluded.at`,
		p.Stream, string(p.Source), p.Next, p.Attempts, kept(p.Since), kept(p.RetryAt), p.Error, kept(p.At))
}

func (w *writer) delivery(d stream.Delivery) error {
	if d.Version == 0 {
		return w.exec(`INSERT INTO delivery (id, stream, source, first, last, state, attempts, error, at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`,
			d.ID, d.Stream, string(d.Source), d.First, d.Last, string(d.State), d.Attempts, d.Error, kept(d.At))
	}
	return w.one("delivery", `UPDATE delivery SET state = $3, version = version + 1 WHERE id = $1 AND version = $2`, d.ID, d.Version, string(d.State))
}

// gone removes a stream with all that is its own.
func (w *writer) gone(s stream.Stream) error {
	for _, query := range []string{`DELETE FROM delivery WHERE stream = $1`, `DELETE FROM stream_position WHERE stream = $1`} {
		if err := w.exec(query, s.ID); err != nil {
			return err
		}
	}
	if err := w.one("stream", `DELETE FROM stream WHERE id = $1 AND version = $2`, s.ID, s.Version); err != nil {
		return err
	}
	if s.Secret == "" {
		return nil
	}
	return w.one("secret", `DELETE FROM secret WHERE id = $1`, s.Secret)
}
