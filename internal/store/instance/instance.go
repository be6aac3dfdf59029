// Package instance keeps small things of the instance in the platform's home: sealed settings, and where the program has spoken to.
//
// It promises: a setting is sealed under the platform's key, bound to its name; writing one is a change with its entry in the ledger, counting a destination is not. It leaves out
// what a setting means.
package instance

import (
	"context"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over the platform's home.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

// maxSetting is the largest value, in bytes.
const maxSetting = 1 << 20

func record(name string) string { return "setting/" + name }

// Get is the value of a setting; notfound when there is none.
func (st *Store) Get(ctx context.Context, s access.Scope, name string) (secret.Value, error) {
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return secret.Value{}, err
	}
	defer h.Release()
	var sealed []byte
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&sealed}, `SELECT sealed FROM setting WHERE name = $1`, name)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "there is no such setting")
		}
		return err
	})
	if err != nil {
		return secret.Value{}, err
	}
	plain, err := h.Key().Open(secret.ForRecords, record(name), sealed)
	if err != nil {
		return secret.Value{}, fault.Wrap(fault.Internal, err, "the setting %.60q", name)
	}
	return secret.New(plain), nil
}

// Put writes a setting, or removes it where the value is empty.
func (st *Store) Put(ctx context.Context, s access.Scope, name string, value secret.Value, now time.Time) error {
	if name == "" || len(name) > 300 || len(value.Expose()) > maxSetting {
		return fault.New(fault.Limited, "a setting has a name of at most 300 bytes and a value of at most %d", maxSetting)
	}
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	var sealed []byte
	if !value.Empty() {
		sealed = h.Key().Seal(secret.ForRecords, record(name), value.Expose())
	}
	env := change.New(s, now, ledger.Draft{Kind: "instance.set", Fields: []ledger.Field{ledger.Text("setting", name)}})
	_, err = h.Commit(ctx, &env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		if sealed == nil {
			_, err := tx.Exec(ctx, `DELETE FROM setting WHERE name = $1`, name)
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO setting (name, sealed, at) VALUES ($1, $2, $3)
			ON CONFLICT (org_id, name) DO UPDATE SET sealed = excluded.sealed, at = excluded.at`, name, sealed, at.UnixMicro())
		return err
	})
	return err
}

// Destination is what was spoken to, and how often since it was last told.
type Destination struct {
	Host        string
	Port        int
	Purpose     string
	Outcome     string // opened, asked, refused, failed
	Org         id.Org // for whom, or ""
	Count       int64
	First, Last time.Time
}

// what is the column of the purpose: a destination is counted for each outcome by itself.
func (d *Destination) what() string { return strings.TrimSpace(d.Purpose + " " + d.Outcome) }

// Spoken adds to what is known of destinations. It is no decision: a counter.
func (st *Store) Spoken(ctx context.Context, s access.Scope, list []Destination) error {
	if len(list) == 0 {
		return nil
	}
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.Destinations, func(tx *sqldb.Tx) error {
		for _, d := range list {
			_, err := tx.Exec(ctx, `INSERT INTO destination (host, port, purpose, organisation, first_at, last_at, count) VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (org_id, host, port, purpose, organisation) DO UPDATE SET last_at = excluded.last_at, count = destination.count + excluded.count`,
				d.Host, d.Port, d.what(), string(d.Org), d.First.UnixMicro(), d.Last.UnixMicro(), d.Count)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Destinations are all that were spoken to, at most limit, the last ones first.
func (st *Store) Destinations(ctx context.Context, s access.Scope, limit int) ([]Destination, error) {
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	list := []Destination{}
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		list = list[:0]
		return tx.Each(ctx, `SELECT host, port, purpose, organisation, first_at, last_at, count FROM destination ORDER BY last_at DESC, host, port, purpose, organisation LIMIT $1`,
			func(scan func(...any) error) error {
				var d Destination
				var first, last int64
				err := scan(&d.Host, &d.Port, &d.Purpose, (*string)(&d.Org), &first, &last, &d.Count)
				d.Purpose, d.Outcome, _ = strings.Cut(d.Purpose, " ")
				d.First, d.Last = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
				list = append(list, d)
				return err
			}, limit)
	})
	return list, err
}
