package signin

import (
	"context"
	"database/sql"
	"encoding/json"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/signin"
	"c4arch/internal/store/sqldb"
)

// Membership is what the scope's organisation says of a person, with what it demands of whoever signs in, in one statement: the same one whether the person is a member or not.
func (st *Store) Membership(ctx context.Context, s access.Scope, person string) (m signin.Membership, err error) {
	var policy sql.NullString
	var name, email, role sql.NullString
	var until, removed, erased, version, policyVersion sql.NullInt64
	found := false
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		tx.Last()
		found, err = tx.Row(ctx, []any{&m.Org, &m.Slug, &m.Name, &policy, &policyVersion, &name, &email, &role, &until, &removed, &erased, &version},
			`SELECT o.id, o.slug, o.name, p.text, p.version, m.name, m.email, m.role, m.until, m.removed, m.erased, m.version
			FROM organisation o LEFT JOIN sign_in_policy p ON p.id = 'policy' LEFT JOIN member m ON m.id = $1`, person)
		return err
	})
	switch {
	case err != nil:
		return m, err
	case !found || !version.Valid:
		return signin.Membership{Org: m.Org, Slug: m.Slug, Name: m.Name}, missing("member")
	}
	m.Member, m.Email, m.Role, m.Until, m.Removed, m.Version = name.String, email.String, access.Role(role.String), micros(until.Int64), removed.Int64 == 1 || erased.Int64 == 1, version.Int64
	if policy.Valid {
		if err := json.Unmarshal([]byte(policy.String), &m.Policy); err != nil {
			return m, fault.Wrap(fault.Internal, err, "the policy of signing in cannot be read")
		}
		m.Policy.Version = policyVersion.Int64
	}
	return m, nil
}

const invitationColumns = `SELECT id, hash, person, role, actor, used, revoked, created_at, expires_at, version FROM invitation`

func invitationRow(s scan) (v identity.Invitation, err error) {
	var used, revoked, created, expires int64
	err = s(&v.ID, &v.Hash, &v.Person, &v.Role, &v.By, &used, &revoked, &created, &expires, &v.Version)
	v.Used, v.Revoked, v.Created, v.Expires = used == 1, revoked == 1, micros(created), micros(expires)
	return v, err
}

// Invitations are all of the scope's organisation, the oldest first.
func (st *Store) Invitations(ctx context.Context, s access.Scope) ([]identity.Invitation, error) {
	return all(ctx, st, s, false, invitationColumns+` ORDER BY id`, invitationRow)
}

// InvitationByHash is the one with that hash.
func (st *Store) InvitationByHash(ctx context.Context, s access.Scope, hash []byte) (identity.Invitation, error) {
	return one(ctx, st, s, false, "invitation", invitationColumns+` WHERE hash = $1`, invitationRow, hash)
}

const recoveryColumns = `SELECT id, hash, person, role, reason, actor, approver, used, created_at, expires_at, version FROM recovery`

func recoveryRow(s scan) (r identity.Recovery, err error) {
	var used, created, expires int64
	err = s(&r.ID, &r.Hash, &r.Person, &r.Role, &r.Reason, &r.Asked, &r.Approved, &used, &created, &expires, &r.Version)
	r.Used, r.Created, r.Expires = used == 1, micros(created), micros(expires)
	return r, err
}

// Recoveries are all of the scope's organisation, the oldest first.
func (st *Store) Recoveries(ctx context.Context, s access.Scope) ([]identity.Recovery, error) {
	return all(ctx, st, s, false, recoveryColumns+` ORDER BY id`, recoveryRow)
}

// RecoveryByHash is the one with that hash. One that nobody agreed to has none.
func (st *Store) RecoveryByHash(ctx context.Context, s access.Scope, hash []byte) (identity.Recovery, error) {
	return one(ctx, st, s, false, "recovery", recoveryColumns+` WHERE hash = $1 AND approver <> ''`, recoveryRow, hash)
}

// Tokens are the ids of the tokens of a person that are not revoked.
func (st *Store) Tokens(ctx context.Context, s access.Scope, person string) ([]string, error) {
	return all(ctx, st, s, false, `SELECT id FROM token WHERE person = $1 AND revoked = 0 ORDER BY id`, func(s scan) (t string, err error) {
		err = s(&t)
		return t, err
	}, person)
}

// Join writes invitations and recoveries. What was used stays used.
func (st *Store) Join(ctx context.Context, c *signin.Joining) (change.Committed, error) {
	return st.commit(ctx, &c.Envelope, false, func(w *writer) error {
		if c.Token != nil {
			if err := w.token(*c.Token); err != nil {
				return err
			}
		}
		if err := each(c.Invitations, func(v identity.Invitation) string { return v.ID }, w.invitation); err != nil {
			return err
		}
		if err := each(c.Recoveries, func(r identity.Recovery) string { return r.ID }, w.recovery); err != nil || c.Revoked == "" {
			return err
		}
		return w.exec(`UPDATE token SET revoked = 1, version = version + 1 WHERE person = $1 AND revoked = 0`, c.Revoked)
	})
}

// token writes an interactive token of a member, which acts as the person and is of no service account.
func (w *writer) token(t identity.Token) error {
	addresses, err := json.Marshal(append([]string{}, t.Addresses...))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the addresses of a token cannot be kept")
	}
	return w.exec(`INSERT INTO token (id, name, person, role, project, about, purpose, scopes, addresses, account, hash, revoked, created_at, expires_at, used_at, version)
		VALUES ($1, $2, $3, $4, NULL, $5, $6, '[]', $7, NULL, $8, 0, $9, $10, 0, 1)`,
		t.ID, t.Name, t.Person, string(t.Role), t.About, string(t.Purpose), string(addresses), t.Hash, t.Created.UnixMicro(), t.Expires.UnixMicro())
}

func (w *writer) invitation(v identity.Invitation) error {
	if v.Version == 0 {
		return w.exec(`INSERT INTO invitation (id, hash, person, role, actor, used, revoked, created_at, expires_at, version) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, 1)`,
			v.ID, v.Hash, v.Person, string(v.Role), string(v.By), v.Created.UnixMicro(), v.Expires.UnixMicro())
	}
	return w.one("invitation", `UPDATE invitation SET used = $3, revoked = $4, version = version + 1 WHERE id = $1 AND version = $2 AND used = 0 AND revoked = 0`, v.ID, v.Version, v.Used, v.Revoked)
}

func (w *writer) recovery(r identity.Recovery) error {
	if r.Version == 0 {
		return w.exec(`INSERT INTO recovery (id, hash, person, role, reason, actor, approver, used, created_at, expires_at, version) VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7, $8, 1)`,
			r.ID, []byte{}, r.Person, string(r.Role), r.Reason, string(r.Asked), r.Created.UnixMicro(), r.Expires.UnixMicro())
	}
	return w.one("recovery", `UPDATE recovery SET hash = $3, approver = $4, used = $5, expires_at = $6, version = version + 1 WHERE id = $1 AND version = $2 AND used = 0`,
		r.ID, r.Version, r.Hash, string(r.Approved), r.Used, r.Expires.UnixMicro())
}
