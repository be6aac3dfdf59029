package account

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

const tokenColumns = `SELECT id, name, COALESCE(person, ''), role, COALESCE(project, ''), about, purpose, scopes, addresses, COALESCE(account, ''), hash, revoked, created_at, expires_at, used_at, version FROM token`

func tokenRow(scan func(...any) error) (t identity.Token, err error) {
	var created, expires, used, revoked int64
	var scopes, addresses string
	err = scan(&t.ID, &t.Name, &t.Person, &t.Role, &t.Project, &t.About, &t.Purpose, &scopes, &addresses, &t.Account, &t.Hash, &revoked, &created, &expires, &used, &t.Version)
	t.Revoked, t.Created, t.Expires, t.Used = revoked == 1, micros(created), micros(expires), ever(used)
	return t, errors.Join(err, texts(scopes, &t.Scopes), texts(addresses, &t.Addresses))
}

// ever is a time, or the zero one for 0.
func ever(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return micros(us)
}

// since is what is kept of a time: 0 for the zero one.
func since(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// texts reads a list as it is kept. One that cannot be read is an error and not an empty one, which would allow more.
func texts[T ~string](kept string, to *[]T) error {
	if kept == "" || kept == "[]" {
		return nil
	}
	if err := json.Unmarshal([]byte(kept), to); err != nil {
		return fault.Wrap(fault.Internal, err, "a list of a token cannot be read")
	}
	return nil
}

// listed writes one.
func listed[T ~string](all []T) string {
	if len(all) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(all) // strings alone
	return string(b)
}

// Tokens are all of the scope's organisation, in the order in which they were made.
func (st *Store) Tokens(ctx context.Context, s access.Scope) (all []identity.Token, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, tokenColumns+` ORDER BY id`, tokenRow)
		return err
	})
	return all, err
}

// Credential is the token with that hash, its member and its service account. All three are asked for whether there is a token or not, and whatever it is.
func (st *Store) Credential(ctx context.Context, s access.Scope, hash []byte) (c accounts.Credential, err error) {
	err = st.read(ctx, s, s.Org() == id.Platform, func(tx *sqldb.Tx) error {
		if s.Org() == id.Platform {
			tx.Last()
			c.Token, err = single(ctx, tx, "token", operatorColumns+` WHERE hash = $1`, operatorRow, hash)
			return err
		}
		tx.Last()
		c, err = single(ctx, tx, "token", credentialColumns, credentialRow, hash)
		return err
	})
	return c, err
}

// credentialColumns are a token with the member as whom it acts and the service account that it belongs to: one statement, since every request with a token waits for it.
const credentialColumns = `SELECT t.id, t.name, COALESCE(t.person, ''), t.role, COALESCE(t.project, ''), t.about, t.purpose, t.scopes, t.addresses, COALESCE(t.account, ''), t.hash, t.revoked,
		t.created_at, t.expires_at, t.used_at, t.version,
		COALESCE(m.id, ''), COALESCE(m.name, ''), COALESCE(m.email, ''), COALESCE(m.role, ''), COALESCE(m.removed, 0), COALESCE(m.erased, 0), COALESCE(m.until, 0), COALESCE(m.external, ''),
		COALESCE(m.created_at, 0), COALESCE(m.version, 0),
		COALESCE(a.id, ''), COALESCE(a.name, ''), COALESCE(a.owner, ''), COALESCE(a.used_at, 0), COALESCE(a.disabled, 0), COALESCE(a.why, ''), COALESCE(a.enabled_at, 0),
		COALESCE(a.created_at, 0), COALESCE(a.version, 0)
	FROM token t LEFT JOIN member m ON m.id = t.person LEFT JOIN service_account a ON a.id = t.account WHERE t.hash = $1`

// credentialRow reads it. What is not there is the zero value.
func credentialRow(scan func(...any) error) (c accounts.Credential, err error) {
	t, m, a := &c.Token, &c.Member, &c.Account
	var revoked, created, expires, used, removed, erased, until, joined, was, disabled, enabled, made int64
	var scopes, addresses string
	err = scan(&t.ID, &t.Name, &t.Person, &t.Role, &t.Project, &t.About, &t.Purpose, &scopes, &addresses, &t.Account, &t.Hash, &revoked, &created, &expires, &used, &t.Version,
		&m.Person, &m.Name, &m.Email, &m.Role, &removed, &erased, &until, &m.External, &joined, &m.Version,
		&a.ID, &a.Name, &a.Owner, &was, &disabled, &a.Why, &enabled, &made, &a.Version)
	t.Revoked, t.Created, t.Expires, t.Used = revoked == 1, micros(created), micros(expires), ever(used)
	if m.Person != "" {
		m.Removed, m.Erased, m.Until, m.Created = removed == 1, erased == 1, ever(until), micros(joined)
	}
	if a.ID != "" {
		a.Used, a.Disabled, a.Enabled, a.Created = ever(was), disabled == 1, micros(enabled), micros(made)
	}
	return c, errors.Join(err, texts(scopes, &t.Scopes), texts(addresses, &t.Addresses))
}

// Used notes that a token was used, with its service account: no decision, and nothing that a version counts.
func (st *Store) Used(ctx context.Context, s access.Scope, token, account string, at time.Time) error {
	h, err := st.open(ctx, s, s.Org() == id.Platform)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.LastSeen, func(tx *sqldb.Tx) error {
		if s.Org() == id.Platform {
			_, err := tx.Exec(ctx, `UPDATE operator_token SET used_at = $2 WHERE id = $1 AND used_at < $2`, token, at.UnixMicro())
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE token SET used_at = $2 WHERE id = $1 AND used_at < $2`, token, at.UnixMicro()); err != nil || account == "" {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE service_account SET used_at = $2 WHERE id = $1 AND used_at < $2`, account, at.UnixMicro())
		return err
	})
}

const serviceColumns = `SELECT id, name, owner, used_at, disabled, why, enabled_at, created_at, version FROM service_account`

func serviceRow(scan func(...any) error) (x identity.Service, err error) {
	var used, disabled, enabled, created int64
	err = scan(&x.ID, &x.Name, &x.Owner, &used, &disabled, &x.Why, &enabled, &created, &x.Version)
	x.Used, x.Disabled, x.Enabled, x.Created = ever(used), disabled == 1, micros(enabled), micros(created)
	return x, err
}

// ServiceAccounts are all of the scope's organisation, in the order in which they were made.
func (st *Store) ServiceAccounts(ctx context.Context, s access.Scope) (all []identity.Service, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, serviceColumns+` ORDER BY id`, serviceRow)
		return err
	})
	return all, err
}

const connectionColumns = `SELECT c.id, c.project, COALESCE(l.kind, c.kind), c.name, c.path, COALESCE(c.secret, ''), c.created_at, c.version,
		COALESCE(l.target, ''), COALESCE(l.verified, ''), COALESCE(s.created_at, 0)
	FROM connection c LEFT JOIN live_connection l ON l.connection = c.id LEFT JOIN secret s ON s.id = c.secret`

func connectionRow(scan func(...any) error) (c tenant.Connection, err error) {
	var at, since int64
	var target, verified string
	if err = scan(&c.ID, &c.Project, &c.Kind, &c.Name, &c.Path, &c.Secret, &at, &c.Version, &target, &verified, &since); err != nil {
		return c, err
	}
	c.Created = micros(at)
	if since > 0 {
		t := micros(since)
		c.Credential = &t
	}
	return c, errors.Join(kept(target, &c.Target), kept(verified, &c.Verified))
}

// kept reads what a connection has as JSON, nil where there is nothing.
func kept[T any](text string, to **T) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), to); err != nil {
		return fault.Wrap(fault.Internal, err, "what is kept of a connection cannot be read")
	}
	return nil
}

// Connections are those of the scope's project.
func (st *Store) Connections(ctx context.Context, s access.Scope) (all []tenant.Connection, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, connectionColumns+` WHERE c.project = $1 ORDER BY c.id`, connectionRow, string(s.Project()))
		return err
	})
	return all, err
}

// AllConnections are those of every project of the scope's organisation.
func (st *Store) AllConnections(ctx context.Context, s access.Scope) (all []tenant.Connection, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, connectionColumns+` ORDER BY c.project, c.id`, connectionRow)
		return err
	})
	return all, err
}

// Connection is one of them.
func (st *Store) Connection(ctx context.Context, s access.Scope, connection string) (found tenant.Connection, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		found, err = single(ctx, tx, "connection", connectionColumns+` WHERE c.project = $1 AND c.id = $2`, connectionRow, string(s.Project()), connection)
		return err
	})
	return found, err
}

// Secret is one without its value.
func (st *Store) Secret(ctx context.Context, s access.Scope, name string) (found accounts.Secret, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		found, err = single(ctx, tx, "secret", `SELECT id, purpose, version FROM secret WHERE id = $1`, func(scan func(...any) error) (x accounts.Secret, err error) {
			err = scan(&x.ID, &x.Purpose, &x.Version)
			return x, err
		}, name)
		return err
	})
	return found, err
}

// Unseal is the value of a secret. Whoever calls it has committed the entry that says so.
func (st *Store) Unseal(ctx context.Context, s access.Scope, name string) (secret.Value, error) {
	var sealed []byte
	h, err := st.open(ctx, s, false)
	if err != nil {
		return secret.Value{}, err
	}
	defer h.Release()
	err = reading(ctx, h, func(tx *sqldb.Tx) (err error) {
		sealed, err = single(ctx, tx, "secret", `SELECT sealed FROM secret WHERE id = $1`, func(scan func(...any) error) (b []byte, err error) {
			err = scan(&b)
			return b, err
		}, name)
		return err
	})
	if err != nil {
		return secret.Value{}, err
	}
	plain, err := h.Key().Open(secret.ForSecrets, name, sealed)
	if err != nil {
		return secret.Value{}, fault.Wrap(fault.Internal, err, "the secret %s", name)
	}
	return secret.New(plain), nil
}
