package account

import (
	"cmp"
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/store/sqldb"
)

const tokenColumns = `SELECT id, name, COALESCE(person, ''), role, COALESCE(project, ''), about, hash, revoked, created_at, expires_at, version FROM token`

func tokenRow(scan func(...any) error) (t identity.Token, err error) {
	var created, expires, revoked int64
	err = scan(&t.ID, &t.Name, &t.Person, &t.Role, &t.Project, &t.Purpose, &t.Hash, &revoked, &created, &expires, &t.Version)
	t.Revoked, t.Created, t.Expires = revoked == 1, micros(created), micros(expires)
	return t, err
}

// Tokens are all of the scope's organisation, in the order in which they were made.
func (st *Store) Tokens(ctx context.Context, s access.Scope) (all []identity.Token, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, tokenColumns+` ORDER BY id`, tokenRow)
		return err
	})
	return all, err
}

// Credential is the token with that hash and its member. The member is asked for whether there is a token or not.
func (st *Store) Credential(ctx context.Context, s access.Scope, hash []byte) (t identity.Token, m tenant.Member, err error) {
	err = st.read(ctx, s, s.Org() == id.Platform, func(tx *sqldb.Tx) error {
		if s.Org() == id.Platform {
			t, err = single(ctx, tx, "token", operatorColumns+` WHERE hash = $1`, operatorRow, hash)
			return err
		}
		var none error
		if t, none = single(ctx, tx, "token", tokenColumns+` WHERE hash = $1`, tokenRow, hash); none != nil && fault.KindOf(none) != fault.NotFound {
			return none
		}
		m, err = single(ctx, tx, "member", memberColumns+` WHERE id = $1`, memberRow, t.Person)
		if fault.KindOf(err) == fault.NotFound {
			err = nil // a program's has none
		}
		return cmp.Or(none, err)
	})
	return t, m, err
}

const connectionColumns = `SELECT id, project, kind, name, path, COALESCE(secret, ''), created_at, version FROM connection WHERE project = $1`

func connectionRow(scan func(...any) error) (c tenant.Connection, err error) {
	var at int64
	err = scan(&c.ID, &c.Project, &c.Kind, &c.Name, &c.Path, &c.Secret, &at, &c.Version)
	c.Created = micros(at)
	return c, err
}

// Connections are those of the scope's project.
func (st *Store) Connections(ctx context.Context, s access.Scope) (all []tenant.Connection, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, connectionColumns+` ORDER BY id`, connectionRow, string(s.Project()))
		return err
	})
	return all, err
}

// Connection is one of them.
func (st *Store) Connection(ctx context.Context, s access.Scope, connection string) (found tenant.Connection, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		found, err = single(ctx, tx, "connection", connectionColumns+` AND id = $2`, connectionRow, string(s.Project()), connection)
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
