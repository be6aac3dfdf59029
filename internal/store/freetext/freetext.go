// Package freetext keeps what an organisation lets free text hold, and where it held what it should not, in the organisation's home.
//
// It promises: a read is one transaction in the home of its scope; a hit that somebody judged stays judged when the same place is looked at again; and what is found never holds
// the text. It leaves out who may do what.
package freetext

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/freetext"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var _ freetext.Store = (*Store)(nil)

// open holds the scope's home. The platform has no free text of an organisation.
func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() == id.Platform {
		return nil, fault.New(fault.NotFound, "there is no such organisation")
	}
	return st.homes.For(ctx, s)
}

// read runs fn in a transaction. That something is not there ends it as if it were.
func (st *Store) read(ctx context.Context, s access.Scope, fn func(tx *sqldb.Tx) error) error {
	return st.readIn(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error { return fn(tx) })
}

func (st *Store) readIn(ctx context.Context, s access.Scope, fn func(h *home.Home, tx *sqldb.Tx) error) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	var none error
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		if none = fn(h, tx); fault.KindOf(none) == fault.NotFound {
			return nil
		}
		return none
	})
	return cmp.Or(err, none)
}

func list[T any](ctx context.Context, tx *sqldb.Tx, query string, row func(scan func(...any) error) (T, error), args ...any) ([]T, error) {
	all := []T{}
	err := tx.Each(ctx, query, func(scan func(...any) error) error {
		v, err := row(scan)
		all = append(all, v)
		return err
	}, args...)
	return all, err
}

func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func kept(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

const theOne = "policy"

// Policy is what the organisation chose, or what everybody begins with.
func (st *Store) Policy(ctx context.Context, s access.Scope) (p freetext.Policy, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		var text string
		var version int64
		found, err := tx.Row(ctx, []any{&text, &version}, `SELECT text, version FROM free_text_policy WHERE id = $1`, theOne)
		if err != nil || !found {
			p = freetext.Default()
			return err
		}
		if json.Unmarshal([]byte(text), &p) != nil {
			return fault.New(fault.Internal, "the policy of free text cannot be read")
		}
		p.Version = version
		return nil
	})
	return p, err
}

// Scans are the newest first.
func (st *Store) Scans(ctx context.Context, s access.Scope, limit int) (all []freetext.Scan, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id, state, looked, found, started_at, finished_at, version FROM free_text_scan ORDER BY id DESC LIMIT $1`, func(scan func(...any) error) (x freetext.Scan, err error) {
			var state string
			var started, finished int64
			err = scan(&x.ID, &state, &x.Looked, &x.Found, &started, &finished, &x.Version)
			x.Done, x.Started, x.Finished = state == "done", micros(started), micros(finished)
			return x, err
		}, limit)
		return err
	})
	return all, err
}

const hitColumns = `SELECT id, scan, place, ref, field, rule, class, confidence, start, length, state, at, version FROM free_text_hit`

func hitRow(scan func(...any) error) (f freetext.Found, err error) {
	var at int64
	err = scan(&f.ID, &f.Scan, &f.Place, &f.Ref, &f.Field, &f.Rule, &f.Class, &f.Confidence, &f.Start, &f.Length, &f.State, &at, &f.Version)
	f.At = micros(at)
	return f, err
}

// Hits are those of a state.
func (st *Store) Hits(ctx context.Context, s access.Scope, state freetext.State, after string, limit int) (all []freetext.Found, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, hitColumns+` WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3`, hitRow, string(state), after, limit)
		return err
	})
	return all, err
}

// Hit is one of them.
func (st *Store) Hit(ctx context.Context, s access.Scope, hit string) (f freetext.Found, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all, err := list(ctx, tx, hitColumns+` WHERE id = $1`, hitRow, hit)
		if err == nil && len(all) == 0 {
			err = fault.New(fault.NotFound, "there is no such hit")
		}
		if err == nil {
			f = all[0]
		}
		return err
	})
	return f, err
}

// places are where texts are, each with a query for those after a ref. Exceptions and proposals are as they were written; a name is one.
var places = map[freetext.Place]string{
	freetext.Proposal:   `SELECT id, 'reason', reason FROM proposal WHERE id > $1 ORDER BY id LIMIT $2`,
	freetext.Exception:  `SELECT id, 'entry', entry FROM exception WHERE id > $1 ORDER BY id LIMIT $2`,
	freetext.Member:     `SELECT id, 'name', name FROM member WHERE id > $1 AND name <> '' ORDER BY id LIMIT $2`,
	freetext.Project:    `SELECT id, 'name', name FROM project WHERE id > $1 ORDER BY id LIMIT $2`,
	freetext.Account:    `SELECT id, 'name', name FROM service_account WHERE id > $1 ORDER BY id LIMIT $2`,
	freetext.TokenName:  `SELECT id, 'name', name FROM token WHERE id > $1 AND name <> '' ORDER BY id LIMIT $2`,
	freetext.Connection: `SELECT id, 'name', name FROM connection WHERE id > $1 ORDER BY id LIMIT $2`,
	freetext.Stream:     `SELECT id, 'name', name FROM stream WHERE id > $1 ORDER BY id LIMIT $2`,
	freetext.Comment:    `SELECT id, project, text FROM comment WHERE id > $1 AND state IN ('shown', 'withdrawn') ORDER BY id LIMIT $2`,
}

func textRow(p freetext.Place) func(scan func(...any) error) (freetext.Text, error) {
	return func(scan func(...any) error) (freetext.Text, error) {
		t := freetext.Text{Place: p}
		return t, scan(&t.Ref, &t.Field, &t.Text)
	}
}

// Texts are those of a place.
func (st *Store) Texts(ctx context.Context, s access.Scope, p freetext.Place, after string, limit int) (all []freetext.Text, err error) {
	query, ok := places[p]
	if !ok {
		return nil, nil
	}
	err = st.readIn(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		if p == freetext.Comment {
			all, err = list(ctx, tx, query, commentRow(h.Key()), after, limit)
		} else {
			all, err = list(ctx, tx, query, textRow(p), after, limit)
		}
		return err
	})
	return all, err
}

// commentRow opens a comment, which is sealed under its record. One that cannot be opened stops the look: it is damage, and not for here to hide.
func commentRow(key *secret.Key) func(scan func(...any) error) (freetext.Text, error) {
	return func(scan func(...any) error) (freetext.Text, error) {
		t := freetext.Text{Place: freetext.Comment}
		var sealed []byte
		if err := scan(&t.Ref, &t.Field, &sealed); err != nil || len(sealed) == 0 {
			return t, err
		}
		plain, err := key.Open(secret.ForRecords, "comment/"+t.Ref, sealed)
		if err != nil {
			return t, fault.Wrap(fault.Internal, err, "the text of a comment")
		}
		t.Text = string(plain)
		return t, nil
	}
}

// Text is the reason of a proposal: no other text is looked at one by one.
func (st *Store) Text(ctx context.Context, s access.Scope, p freetext.Place, ref, _ string) (t freetext.Text, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all, err := list(ctx, tx, `SELECT id, 'reason', reason FROM proposal WHERE id = $1`, textRow(p), ref)
		if err == nil && (len(all) == 0 || p != freetext.Proposal) {
			err = fault.New(fault.NotFound, "there is no such text")
		}
		if err == nil {
			t = all[0]
		}
		return err
	})
	return t, err
}

// Progress says how far a scan is.
func (st *Store) Progress(ctx context.Context, s access.Scope, scan string, looked, found int) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.Progress, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE free_text_scan SET looked = $2, found = $3 WHERE id = $1 AND state = 'queued'`, scan, looked, found)
		return err
	})
}

// Commit writes a change.
func (st *Store) Commit(ctx context.Context, c *freetext.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error { return (&writer{ctx, tx}).all(c) })
}
