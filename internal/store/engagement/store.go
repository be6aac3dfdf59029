// Package engagement keeps the audit engagements of an organisation, in its home.
//
// It promises: a read is one transaction in the home of its scope; a write is one change, and goes to the version that was read; what another home has is not there. It leaves out who may
// do what.
package engagement

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	service "c4arch/internal/service/engagement"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/engagement"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var _ service.Store = (*Store)(nil)

func missing() error { return fault.New(fault.NotFound, "there is no such audit engagement") }

// open holds the scope's home. The platform asks for no audit.
func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() == id.Platform {
		return nil, missing()
	}
	return st.homes.For(ctx, s)
}

func (st *Store) read(ctx context.Context, s access.Scope, query string, row func(scan func(...any) error) error, args ...any) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	var none error
	err = h.Read(ctx, func(tx *sqldb.Tx) error { none = tx.Each(ctx, query, row, args...); return none })
	return cmp.Or(err, none)
}

const columns = `SELECT id, scope, first_day, last_day, confidentiality, security, cost, digest, state, asked_by, asked_at, reason, platform_by, platform_at, agreed_by, agreed_at, ended_at,
	auditors, version FROM engagement`

func scanned(scan func(...any) error) (e engagement.Engagement, err error) {
	var asked, offered, agreed, ended int64
	var auditors string
	if err := scan(&e.ID, &e.Scope, &e.First, &e.Last, &e.Confidentiality, &e.Security, &e.Cost, &e.Digest, &e.State, &e.AskedBy, &asked, &e.Reason, &e.Platform.Person, &offered,
		&e.Customer.Person, &agreed, &ended, &auditors, &e.Version); err != nil {
		return e, err
	}
	e.AskedAt, e.Platform.At, e.Customer.At, e.EndedAt = micros(asked), micros(offered), micros(agreed), micros(ended)
	if err := json.Unmarshal([]byte(auditors), &e.Auditors); err != nil {
		return e, fault.Wrap(fault.Internal, err, "an audit engagement is damaged")
	}
	return e, nil
}

func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Engagements are the newest, the last one first.
func (st *Store) Engagements(ctx context.Context, s access.Scope, limit int) (all []engagement.Engagement, err error) {
	err = st.read(ctx, s, columns+` ORDER BY id DESC LIMIT $1`, func(scan func(...any) error) error {
		e, err := scanned(scan)
		all = append(all, e)
		return err
	}, limit)
	return all, err
}

// Engagement is one.
func (st *Store) Engagement(ctx context.Context, s access.Scope, name string) (found engagement.Engagement, err error) {
	err = st.read(ctx, s, columns+` WHERE id = $1`, func(scan func(...any) error) (err error) {
		found, err = scanned(scan)
		return err
	}, name)
	if err == nil && found.ID == "" {
		err = missing()
	}
	return found, err
}

// Commit writes an engagement.
func (st *Store) Commit(ctx context.Context, c *service.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error { return write(ctx, tx, c.Engagement) })
}

func write(ctx context.Context, tx *sqldb.Tx, e engagement.Engagement) error {
	auditors, err := json.Marshal(append([]engagement.Auditor{}, e.Auditors...))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "an audit engagement cannot be written")
	}
	query := `UPDATE engagement SET scope = $3, first_day = $4, last_day = $5, confidentiality = $6, security = $7, cost = $8, digest = $9, state = $10, asked_by = $11, asked_at = $12,
		reason = $13, platform_by = $14, platform_at = $15, agreed_by = $16, agreed_at = $17, ended_at = $18, auditors = $19, version = version + 1 WHERE id = $1 AND version = $2`
	if e.Version == 0 {
		query = `INSERT INTO engagement (id, version, scope, first_day, last_day, confidentiality, security, cost, digest, state, asked_by, asked_at, reason, platform_by, platform_at, agreed_by,
			agreed_at, ended_at, auditors) VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING`
	}
	n, err := tx.Exec(ctx, query, e.ID, e.Version, e.Scope, e.First, e.Last, e.Confidentiality, e.Security, e.Cost, e.Digest, string(e.State), e.AskedBy, stamp(e.AskedAt), e.Reason,
		e.Platform.Person, stamp(e.Platform.At), e.Customer.Person, stamp(e.Customer.At), stamp(e.EndedAt), string(auditors))
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the audit engagement was changed meanwhile").WithHelp("look at it again, and decide again")
	}
	return err
}
