package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/signin"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

func personRow(s scan) (p signin.Person, err error) {
	err = s(&p.ID, &p.Email)
	return p, err
}

// Person is one who is known to the instance.
func (st *Store) Person(ctx context.Context, s access.Scope, person string) (signin.Person, error) {
	return one(ctx, st, s, true, "person", `SELECT id, email FROM person WHERE id = $1`, personRow, person)
}

// PersonByEmail is who has the address.
func (st *Store) PersonByEmail(ctx context.Context, s access.Scope, email string) (signin.Person, error) {
	return one(ctx, st, s, true, "person", `SELECT id, email FROM person WHERE email = $1 AND email <> ''`, personRow, email)
}

// Belongs are the organisations of a person, as hints have them.
func (st *Store) Belongs(ctx context.Context, s access.Scope, person string) ([]id.Org, error) {
	return all(ctx, st, s, true, `SELECT organisation FROM membership_hint WHERE person = $1 ORDER BY organisation`, func(s scan) (o id.Org, err error) {
		err = s(&o)
		return o, err
	}, person)
}

const sessionColumns = `SELECT id, hash, realm, person, organisation, support, method, strength, device, created_at, seen_at, proven_at, expires_at, ended, version FROM session`

func sessionRow(s scan) (x identity.Session, err error) {
	var strength string
	var created, seen, proven, expires, ended int64
	if err = s(&x.ID, &x.Hash, &x.Realm, &x.Person, &x.Org, &x.Grant, &x.Method, &strength, &x.Device, &created, &seen, &proven, &expires, &ended, &x.Version); err != nil {
		return x, err
	}
	x.Created, x.Seen, x.Proven, x.Expires, x.Ended = micros(created), micros(seen), micros(proven), micros(expires), ended == 1
	if err := json.Unmarshal([]byte(strength), &x.Strength); err != nil {
		return x, fault.Wrap(fault.Internal, err, "the session %s", x.ID)
	}
	return x, nil
}

// SessionByHash is the session with that hash.
func (st *Store) SessionByHash(ctx context.Context, s access.Scope, hash []byte) (identity.Session, error) {
	return one(ctx, st, s, true, "session", sessionColumns+` WHERE hash = $1`, sessionRow, hash)
}

// SessionByID is the session with that id.
func (st *Store) SessionByID(ctx context.Context, s access.Scope, session string) (identity.Session, error) {
	return one(ctx, st, s, true, "session", sessionColumns+` WHERE id = $1`, sessionRow, session)
}

// Sessions are those of a person that have not ended.
func (st *Store) Sessions(ctx context.Context, s access.Scope, person string) ([]identity.Session, error) {
	return all(ctx, st, s, true, sessionColumns+` WHERE person = $1 AND ended = 0 ORDER BY id`, sessionRow, person)
}

const passkeyColumns = `SELECT id, person, name, handle, public_key, aaguid, format, trusted, eligible, backed_up, count, used_at, removed, created_at, version FROM passkey`

func passkeyRow(s scan) (k identity.Passkey, err error) {
	var trusted, eligible, backed, count, used, removed, created int64
	err = s(&k.ID, &k.Person, &k.Name, &k.Handle, &k.PublicKey, &k.AAGUID, &k.Format, &trusted, &eligible, &backed, &count, &used, &removed, &created, &k.Version)
	k.Trusted, k.Eligible, k.BackedUp, k.Removed, k.Count = trusted == 1, eligible == 1, backed == 1, removed == 1, uint32(count)
	k.Used, k.Created = micros(used), micros(created)
	return k, err
}

// Passkeys are those of a person that are not removed.
func (st *Store) Passkeys(ctx context.Context, s access.Scope, person string) ([]identity.Passkey, error) {
	return all(ctx, st, s, true, passkeyColumns+` WHERE person = $1 AND removed = 0 ORDER BY id`, passkeyRow, person)
}

// PasskeyByHandle is the one with that credential id.
func (st *Store) PasskeyByHandle(ctx context.Context, s access.Scope, handle []byte) (identity.Passkey, error) {
	return one(ctx, st, s, true, "passkey", passkeyColumns+` WHERE handle = $1`, passkeyRow, handle)
}

// Trusts are those of all passkeys of a person.
func (st *Store) Trusts(ctx context.Context, s access.Scope, person string) ([]signin.Trust, error) {
	return all(ctx, st, s, true, `SELECT t.passkey, t.organisation FROM passkey_trust t JOIN passkey k ON k.id = t.passkey WHERE k.person = $1 AND k.removed = 0 ORDER BY t.passkey, t.organisation`, func(s scan) (t signin.Trust, err error) {
		err = s(&t.Passkey, &t.Org)
		return t, err
	}, person)
}

// Linked reports whether a provider of the organisation has signed the person in.
func (st *Store) Linked(ctx context.Context, s access.Scope, person string, org id.Org) (linked bool, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		var n int64
		linked, err = tx.Row(ctx, []any{&n}, `SELECT 1 FROM subject WHERE person = $1 AND organisation = $2 LIMIT 1`, person, string(org))
		return err
	})
	return linked, err
}

// SessionsIn are those in an organisation that began at a provider and have not ended.
func (st *Store) SessionsIn(ctx context.Context, s access.Scope, org id.Org) ([]identity.Session, error) {
	return all(ctx, st, s, true, sessionColumns+` WHERE organisation = $1 AND method = 'provider' AND ended = 0 ORDER BY id`, sessionRow, string(org))
}

// Setup says whether a one-time code could be used.
func (st *Store) Setup(ctx context.Context, s access.Scope, hash []byte, now time.Time) (good bool, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		var n int64
		good, err = tx.Row(ctx, []any{&n}, `SELECT 1 FROM setup WHERE hash = $1 AND used_at IS NULL AND expires_at > $2`, hash, now.UnixMicro())
		return err
	})
	return good, err
}

// Seen notes when a session was used last. It never goes back.
func (st *Store) Seen(ctx context.Context, s access.Scope, session string, at time.Time) error {
	h, err := st.open(ctx, s, true)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.LastSeen, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE session SET seen_at = $2 WHERE id = $1 AND ended = 0 AND seen_at < $2`, session, at.UnixMicro())
		return err
	})
}

// Commit writes a change: people, then passkeys, then who trusts them, then sessions; within a table by id, so that two changes never wait for each other in a circle.
func (st *Store) Commit(ctx context.Context, c *signin.Change) (change.Committed, error) {
	return st.commit(ctx, &c.Envelope, true, func(w *writer) error {
		if c.Setup != nil {
			if err := w.setup(c.Setup); err != nil {
				return err
			}
		}
		if c.Person != nil {
			if err := w.person(*c.Person); err != nil {
				return err
			}
		}
		if err := each(c.Passkeys, func(k identity.Passkey) string { return k.ID }, w.passkey); err != nil {
			return err
		}
		if err := w.trusts(c); err != nil {
			return err
		}
		if err := each(c.Sessions, func(s identity.Session) string { return s.ID }, w.session); err != nil {
			return err
		}
		if c.Forgotten != "" {
			return w.forget(c.Forgotten)
		}
		return nil
	})
}

func each[T any](all []T, name func(T) string, write func(T) error) error {
	for _, v := range slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(name(a), name(b)) }) {
		if err := write(v); err != nil {
			return err
		}
	}
	return nil
}

// setup uses up all codes that are open, if the one is among them: of two that are used at once, the second waits for the rows of the first and then finds none.
func (w *writer) setup(hash []byte) error {
	n, err := w.tx.Exec(w.ctx, `UPDATE setup SET used_at = $1 WHERE used_at IS NULL AND EXISTS (
		SELECT 1 FROM setup s WHERE s.hash = $2 AND s.used_at IS NULL AND s.expires_at > $1)`, w.at.UnixMicro(), hash)
	if err == nil && n == 0 {
		err = signin.ErrSetup
	}
	return err
}

// person makes somebody known, or sees that the one with the address is the one that is meant.
func (w *writer) person(p signin.Person) error {
	if err := w.exec(`INSERT INTO person (id, email, created_at, version) VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING`, p.ID, p.Email, w.at.UnixMicro()); err != nil {
		return err
	}
	var is string
	found, err := w.tx.Row(w.ctx, []any{&is}, `SELECT id FROM person WHERE email = $1`+w.tx.ForUpdate(), p.Email)
	if err == nil && (!found || is != p.ID) {
		err = fault.New(fault.Conflict, "the person became known meanwhile").WithHelp("try again")
	}
	return err
}

// passkey writes a new one, or what of one changes; its key never does, and one that was removed stays so.
func (w *writer) passkey(k identity.Passkey) error {
	if k.Version == 0 {
		n, err := w.tx.Exec(w.ctx, `INSERT INTO passkey (id, person, name, handle, public_key, aaguid, format, trusted, eligible, backed_up, count, used_at, removed, created_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, 1) ON CONFLICT DO NOTHING`,
			k.ID, k.Person, k.Name, k.Handle, k.PublicKey, k.AAGUID, k.Format, k.Trusted, k.Eligible, k.BackedUp, int64(k.Count), k.Used.UnixMicro(), k.Created.UnixMicro())
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the passkey is registered already")
		}
		return err
	}
	return w.one("passkey", `UPDATE passkey SET name = $3, backed_up = $4, count = $5, used_at = $6, removed = $7, version = version + 1 WHERE id = $1 AND version = $2 AND removed = 0`,
		k.ID, k.Version, k.Name, k.BackedUp, int64(k.Count), k.Used.UnixMicro(), k.Removed)
}

func (w *writer) trusts(c *signin.Change) error {
	for _, t := range c.Distrusts {
		if err := w.one("passkey", `DELETE FROM passkey_trust WHERE passkey = $1 AND organisation = $2`, t.Passkey, string(t.Org)); err != nil {
			return err
		}
	}
	for _, t := range c.Trusts {
		if err := w.exec(`INSERT INTO passkey_trust (passkey, organisation, created_at) VALUES ($1, $2, $3) ON CONFLICT (org_id, passkey, organisation) DO NOTHING`, t.Passkey, string(t.Org), w.at.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// session writes a new one, or that one has ended: nothing else of it changes, and it never begins again.
func (w *writer) session(s identity.Session) error {
	if s.Version != 0 {
		if !s.Ended {
			return fault.New(fault.Internal, "a session is replaced, and not changed")
		}
		return w.one("session", `UPDATE session SET ended = 1, version = version + 1 WHERE id = $1 AND version = $2 AND ended = 0`, s.ID, s.Version)
	}
	strength, err := json.Marshal(s.Strength)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the strength of a session cannot be kept")
	}
	return w.exec(`INSERT INTO session (id, hash, realm, person, organisation, support, method, strength, device, created_at, seen_at, proven_at, expires_at, ended, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 1)`,
		s.ID, s.Hash, string(s.Realm), s.Person, string(s.Org), s.Grant, string(s.Method), string(strength), s.Device,
		s.Created.UnixMicro(), s.Seen.UnixMicro(), s.Proven.UnixMicro(), s.Expires.UnixMicro())
}

// forget leaves rows that say that there was something, and nothing of what it was.
func (w *writer) forget(person string) error {
	for _, query := range []string{
		`UPDATE session SET ended = 1, strength = '{}', device = '', version = version + 1 WHERE person = $1`,
		`DELETE FROM passkey_trust WHERE passkey IN (SELECT id FROM passkey WHERE person = $1)`,
		`DELETE FROM passkey WHERE person = $1`,
		`DELETE FROM subject WHERE person = $1`,
	} {
		if err := w.exec(query, person); err != nil {
			return err
		}
	}
	return nil
}
