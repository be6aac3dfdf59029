package signin

import (
	"context"
	"encoding/hex"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/signin"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// bound is what is sealed of a ceremony: to its own hash.
func bound(hash []byte) string { return "ceremony/" + hex.EncodeToString(hash) }

// kept is how long what is over stays at most, in microseconds.
const kept = int64(time.Hour / time.Microsecond)

// waiting runs fn as a write that is no decision.
func (st *Store) waiting(ctx context.Context, s access.Scope, fn func(h *home.Home, tx *sqldb.Tx) error) error {
	h, err := st.open(ctx, s, true)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.Ceremonies, func(tx *sqldb.Tx) error { return fn(h, tx) })
}

// Keep keeps what was begun. What is over since an hour goes. Conflict is a user code that another device has at this moment.
func (st *Store) Keep(ctx context.Context, s access.Scope, w signin.Waiting) error {
	return st.waiting(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM ceremony WHERE expires_at < $1`, w.At.UnixMicro()-kept); err != nil {
			return err
		}
		var code any
		if w.Code != nil {
			code = w.Code
		}
		n, err := tx.Exec(ctx, `INSERT INTO ceremony (hash, kind, code, sealed, state, at, expires_at) VALUES ($1, $2, $3, $4, 'open', $5, $6) ON CONFLICT DO NOTHING`,
			w.Hash, w.Kind, code, h.Key().Seal(secret.ForRecords, bound(w.Hash), w.Plain), w.At.UnixMicro(), w.Expires.UnixMicro())
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the code is taken").WithHelp("try again")
		}
		return err
	})
}

const waitingColumns = `SELECT hash, kind, code, sealed, state, at, expires_at FROM ceremony`

func waitingRow(s scan) (w signin.Waiting, err error) {
	var at, expires int64
	err = s(&w.Hash, &w.Kind, &w.Code, &w.Plain, &w.State, &at, &expires)
	w.At, w.Expires = micros(at), micros(expires)
	return w, err
}

// unsealed opens what was kept.
func unsealed(h *home.Home, w signin.Waiting) (signin.Waiting, error) {
	plain, err := h.Key().Open(secret.ForRecords, bound(w.Hash), w.Plain)
	if err != nil {
		return w, fault.Wrap(fault.Internal, err, "what waits cannot be opened")
	}
	w.Plain = plain
	return w, nil
}

// Take is what waits, once.
func (st *Store) Take(ctx context.Context, s access.Scope, hash []byte, kind string, now time.Time) (w signin.Waiting, err error) {
	found := false
	err = st.waiting(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE ceremony SET state = 'used' WHERE hash = $1 AND kind = $2 AND state = 'open' AND expires_at > $3`, hash, kind, now.UnixMicro())
		if found = n == 1; err != nil || !found {
			return err
		}
		if w, err = single(ctx, tx, "ceremony", waitingColumns+` WHERE hash = $1`, waitingRow, hash); err != nil {
			return err
		}
		w, err = unsealed(h, w)
		return err
	})
	if err == nil && !found {
		err = missing("ceremony")
	}
	return w, err
}

// Peek is what waits, and goes on waiting.
func (st *Store) Peek(ctx context.Context, s access.Scope, hash []byte, kind string, now time.Time) (signin.Waiting, error) {
	return st.lookup(ctx, s, waitingColumns+` WHERE hash = $1 AND expires_at > $2 AND state = 'open' AND kind = $3`, hash, now, kind)
}

// Device is the device that waits under a user code.
func (st *Store) Device(ctx context.Context, s access.Scope, code []byte, now time.Time) (signin.Waiting, error) {
	return st.lookup(ctx, s, waitingColumns+` WHERE code = $1 AND kind = 'device' AND expires_at > $2`, code, now)
}

// Asking is the device that waits under a device code.
func (st *Store) Asking(ctx context.Context, s access.Scope, hash []byte, now time.Time) (signin.Waiting, error) {
	return st.lookup(ctx, s, waitingColumns+` WHERE hash = $1 AND kind = 'device' AND expires_at > $2`, hash, now)
}

func (st *Store) lookup(ctx context.Context, s access.Scope, query string, hash []byte, now time.Time, more ...any) (w signin.Waiting, err error) {
	h, err := st.open(ctx, s, true)
	if err != nil {
		return w, err
	}
	defer h.Release()
	found := false
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		all, err := list(ctx, tx, query, waitingRow, append([]any{hash, now.UnixMicro()}, more...)...)
		if found = len(all) == 1; found {
			w = all[0]
		}
		return err
	})
	if err != nil {
		return w, err
	}
	if !found {
		return w, missing("ceremony")
	}
	return unsealed(h, w)
}

// Settle moves a device to another state, with what is kept of it and when it asked last.
func (st *Store) Settle(ctx context.Context, s access.Scope, w signin.Waiting, from string) error {
	return st.waiting(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE ceremony SET state = $3, sealed = $4, at = $5 WHERE hash = $1 AND state = $2 AND kind = 'device'`,
			w.Hash, from, w.State, h.Key().Seal(secret.ForRecords, bound(w.Hash), w.Plain), w.At.UnixMicro())
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the device was let in or refused meanwhile")
		}
		return err
	})
}
