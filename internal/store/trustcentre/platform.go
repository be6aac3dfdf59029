package trustcentre

import (
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/trustcentre"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

func requestRecord(request string) string { return "trust_request/" + request }
func fileRecord(file string) string       { return "trust_file/" + file }

const requestColumns = `SELECT id, about, progress, hash, sealed, received_at, ack_due, acked_at, due, answered_at, decided_by, version FROM trust_request `

func requestRow(h *home.Home) func(scan func(...any) error) (trustcentre.Request, error) {
	return func(scan func(...any) error) (r trustcentre.Request, err error) {
		var sealed []byte
		var received, ackDue, acked, due, answered int64
		if err = scan(&r.ID, (*string)(&r.About), (*string)(&r.Progress), &r.Hash, &sealed, &received, &ackDue, &acked, &due, &answered, &r.By, &r.Version); err != nil {
			return r, err
		}
		r.Received, r.AckDue, r.Acked, r.Due, r.Answered = at(received), at(ackDue), at(acked), at(due), at(answered)
		plain, err := h.Key().Open(secret.ForRecords, requestRecord(r.ID), sealed)
		if err == nil {
			err = json.Unmarshal(plain, &r.Words)
		}
		if err != nil {
			return r, fault.Wrap(fault.Internal, err, "the words of a request")
		}
		return r, nil
	}
}

// Requests are those that are open first. See [trustcentre.Store].
func (st *Store) Requests(ctx context.Context, s access.Scope, limit int) (all []trustcentre.Request, err error) {
	err = st.read(ctx, s, true, func(h *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, requestColumns+`ORDER BY CASE progress WHEN 'open' THEN 0 WHEN 'acknowledged' THEN 1 WHEN 'answered' THEN 2 ELSE 3 END, due, id LIMIT $1`, requestRow(h), limit)
		return err
	})
	return all, err
}

// Request is one. See [trustcentre.Store].
func (st *Store) Request(ctx context.Context, s access.Scope, request string) (r trustcentre.Request, err error) {
	err = st.read(ctx, s, true, func(h *home.Home, tx *sqldb.Tx) error {
		r, err = single(ctx, tx, "request", requestColumns+`WHERE id = $1`, requestRow(h), request)
		return err
	})
	return r, err
}

// Tracked is the one of that hash. See [trustcentre.Store].
func (st *Store) Tracked(ctx context.Context, s access.Scope, hash []byte) (r trustcentre.Request, err error) {
	err = st.read(ctx, s, true, func(h *home.Home, tx *sqldb.Tx) error {
		r, err = single(ctx, tx, "request", requestColumns+`WHERE hash = $1`, requestRow(h), hash)
		return err
	})
	return r, err
}

// Certificates are all. See [trustcentre.Store].
func (st *Store) Certificates(ctx context.Context, s access.Scope) (all []trustcentre.Certificate, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id, name, issuer, scope, from_at, until, digest, recorded_at, withdrawn_at, decided_by, version FROM trust_certificate ORDER BY until DESC, id`,
			func(scan func(...any) error) (c trustcentre.Certificate, err error) {
				var from, until, recorded, withdrawn int64
				err = scan(&c.ID, &c.Name, &c.Issuer, &c.Scope, &from, &until, (*string)(&c.Digest), &recorded, &withdrawn, &c.Actor, &c.Version)
				c.From, c.To, c.Recorded, c.Withdrawn = at(from), at(until), at(recorded), at(withdrawn)
				return c, err
			})
		return err
	})
	return all, err
}

const itemColumns = `SELECT id, kind, title, edition, level, organisation, from_at, until, file, name, size, digest, added_at, withdrawn_at, decided_by, version FROM trust_item `

func itemRow(scan func(...any) error) (i trustcentre.Item, err error) {
	var from, until, added, withdrawn int64
	err = scan(&i.ID, (*string)(&i.Sort), &i.Title, &i.Edition, (*string)(&i.Level), (*string)(&i.Org), &from, &until, &i.File, &i.Name, &i.Size, (*string)(&i.Digest), &added, &withdrawn, &i.Actor, &i.Version)
	i.From, i.To, i.Added, i.Withdrawn = at(from), at(until), at(added), at(withdrawn)
	return i, err
}

// Items are all. See [trustcentre.Store].
func (st *Store) Items(ctx context.Context, s access.Scope) (all []trustcentre.Item, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, itemColumns+`ORDER BY kind, title, id`, itemRow)
		return err
	})
	return all, err
}

// Item is one. See [trustcentre.Store].
func (st *Store) Item(ctx context.Context, s access.Scope, item string) (i trustcentre.Item, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		i, err = single(ctx, tx, "document", itemColumns+`WHERE id = $1`, itemRow, item)
		return err
	})
	return i, err
}

// File is what a document holds. See [trustcentre.Store].
func (st *Store) File(ctx context.Context, s access.Scope, file string) (data []byte, err error) {
	err = st.read(ctx, s, true, func(h *home.Home, tx *sqldb.Tx) error {
		sealed, err := single(ctx, tx, "document", `SELECT sealed FROM trust_file WHERE id = $1`, func(scan func(...any) error) (b []byte, err error) { return b, scan(&b) }, file)
		if err != nil {
			return err
		}
		if data, err = h.Key().Open(secret.ForRecords, fileRecord(file), sealed); err != nil {
			return fault.Wrap(fault.Internal, err, "the file of a document")
		}
		return nil
	})
	return data, err
}

// Platform commits in the platform's home. See [trustcentre.Store].
func (st *Store) Platform(ctx context.Context, c *trustcentre.PlatformChange) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope, true)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		if err := putRequest(ctx, h, tx, c.Request); err != nil {
			return err
		}
		if err := putCertificate(ctx, tx, c.Certificate); err != nil {
			return err
		}
		if err := putItem(ctx, tx, c.Item); err != nil {
			return err
		}
		if c.File != nil {
			sealed := h.Key().Seal(secret.ForRecords, fileRecord(c.File.ID), c.File.Data)
			if err := one(ctx, tx, "document", `INSERT INTO trust_file (id, sealed) VALUES ($1, $2)`, c.File.ID, sealed); err != nil {
				return err
			}
		}
		if c.Drop == "" {
			return nil
		}
		_, err := tx.Exec(ctx, `DELETE FROM trust_file WHERE id = $1`, c.Drop)
		return err
	})
}

func putRequest(ctx context.Context, h *home.Home, tx *sqldb.Tx, r *trustcentre.Request) error {
	if r == nil {
		return nil
	}
	plain, err := json.Marshal(r.Words)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the words of a request cannot be written")
	}
	sealed := h.Key().Seal(secret.ForRecords, requestRecord(r.ID), plain)
	if r.Version == 0 {
		return one(ctx, tx, "request", `INSERT INTO trust_request (id, about, progress, hash, sealed, received_at, ack_due, acked_at, due, answered_at, decided_by, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)`,
			r.ID, string(r.About), string(r.Progress), r.Hash, sealed, kept(r.Received), kept(r.AckDue), kept(r.Acked), kept(r.Due), kept(r.Answered), r.By)
	}
	return one(ctx, tx, "request", `UPDATE trust_request SET progress = $3, sealed = $4, acked_at = $5, answered_at = $6, decided_by = $7, version = version + 1 WHERE id = $1 AND version = $2`,
		r.ID, r.Version, string(r.Progress), sealed, kept(r.Acked), kept(r.Answered), r.By)
}

func putCertificate(ctx context.Context, tx *sqldb.Tx, c *trustcentre.Certificate) error {
	switch {
	case c == nil:
		return nil
	case c.Version == 0:
		return one(ctx, tx, "certification", `INSERT INTO trust_certificate (id, name, issuer, scope, from_at, until, digest, recorded_at, withdrawn_at, decided_by, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 1)`, c.ID, c.Name, c.Issuer, c.Scope, kept(c.From), kept(c.To), string(c.Digest), kept(c.Recorded), c.Actor)
	}
	return one(ctx, tx, "certification", `UPDATE trust_certificate SET withdrawn_at = $3, version = version + 1 WHERE id = $1 AND version = $2`, c.ID, c.Version, kept(c.Withdrawn))
}

func putItem(ctx context.Context, tx *sqldb.Tx, i *trustcentre.Item) error {
	switch {
	case i == nil:
		return nil
	case i.Version == 0:
		return one(ctx, tx, "document", `INSERT INTO trust_item (id, kind, title, edition, level, organisation, from_at, until, file, name, size, digest, added_at, withdrawn_at, decided_by, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, 1)`,
			i.ID, string(i.Sort), i.Title, i.Edition, string(i.Level), string(i.Org), kept(i.From), kept(i.To), i.File, i.Name, i.Size, string(i.Digest), kept(i.Added), i.Actor)
	}
	return one(ctx, tx, "document", `UPDATE trust_item SET withdrawn_at = $3, version = version + 1 WHERE id = $1 AND version = $2`, i.ID, i.Version, kept(i.Withdrawn))
}
