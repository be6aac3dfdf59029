package account

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
)

// Commit writes a change of an organisation: its records in the order of the tables, within a table by id, so that two changes never wait for each other in a circle.
func (st *Store) Commit(ctx context.Context, c *accounts.Change) (change.Committed, error) {
	sealed := map[string][]byte{}
	seal := func(h *home.Home) {
		for _, x := range c.Secrets {
			sealed[x.ID] = h.Key().Seal(secret.ForSecrets, x.ID, x.Value.Expose())
		}
	}
	return st.commit(ctx, &c.Envelope, false, seal, func(w *writer) error {
		if c.Refused != nil {
			return c.Refused
		}
		if c.Organisation != nil {
			if err := w.organisation(*c.Organisation); err != nil {
				return err
			}
		}
		if err := each(c.Projects, projectID, w.project); err != nil {
			return err
		}
		if err := each(c.Members, memberID, w.member); err != nil {
			return err
		}
		if c.Returned != "" {
			if err := w.exec(`UPDATE invitation SET revoked = 1, version = version + 1 WHERE person = $1 AND revoked = 0`, c.Returned); err != nil {
				return err
			}
		}
		if err := each(c.Accounts, serviceID, w.service); err != nil {
			return err
		}
		if err := each(c.Tokens, tokenID, w.token); err != nil {
			return err
		}
		if err := each(c.Secrets, secretID, func(x accounts.Secret) error { return w.secret(x, sealed[x.ID]) }); err != nil {
			return err
		}
		if err := each(c.Connections, connectionID, w.connection); err != nil {
			return err
		}
		if err := each(c.GoneConnections, connectionID, w.noConnection); err != nil {
			return err
		}
		return each(c.GoneSecrets, secretID, w.noSecret)
	})
}

func secretID(x accounts.Secret) string       { return x.ID }
func connectionID(c tenant.Connection) string { return c.ID }
func tokenID(t identity.Token) string         { return t.ID }
func serviceID(x identity.Service) string     { return x.ID }
func memberID(m tenant.Member) string         { return m.Person }
func projectID(p tenant.Project) string       { return string(p.ID) }

// each writes records in the order of their ids.
func each[T any](all []T, name func(T) string, write func(T) error) error {
	for _, v := range slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(name(a), name(b)) }) {
		if err := write(v); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) organisation(o tenant.Organisation) error {
	if o.Version == 0 {
		return w.exec(`INSERT INTO organisation (id, slug, name, approvals, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)`,
			string(o.ID), o.Slug, o.Name, o.Approvals, o.Created.UnixMicro())
	}
	return w.one("organisation", `UPDATE organisation SET slug = $3, name = $4, approvals = $5, version = version + 1 WHERE id = $1 AND version = $2`,
		string(o.ID), o.Version, o.Slug, o.Name, o.Approvals)
}

func (w *writer) project(p tenant.Project) error {
	if p.Version == 0 {
		err := w.exec(`INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)`,
			string(p.ID), p.Slug, p.Name, p.Archived, p.Created.UnixMicro())
		if err == nil && p.Example {
			err = w.exec(`INSERT INTO example (project, created_at) VALUES ($1, $2)`, string(p.ID), p.Created.UnixMicro())
		}
		return err
	}
	return w.one("project", `UPDATE project SET slug = $3, name = $4, archived = $5, version = version + 1 WHERE id = $1 AND version = $2`,
		string(p.ID), p.Version, p.Slug, p.Name, p.Archived)
}

func (w *writer) member(m tenant.Member) error {
	if m.Version == 0 {
		return w.exec(`INSERT INTO member (id, name, email, role, removed, erased, until, external, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`,
			m.Person, m.Name, m.Email, string(m.Role), m.Removed, m.Erased, since(m.Until), m.External, m.Created.UnixMicro())
	}
	if m.Erased { // what a provisioner knows of the person goes too, and what the person said and was told
		for _, gone := range []string{
			`DELETE FROM scim_group_member WHERE person = $1`, `DELETE FROM scim_user WHERE id = $1`,
			`DELETE FROM mention WHERE person = $1`, `UPDATE comment SET text = '', author = '', state = 'erased', version = version + 1 WHERE author = $1`,
			`DELETE FROM notice WHERE person = $1`, `UPDATE notice SET actor = '' WHERE actor = $1`, `DELETE FROM message WHERE person = $1`,
			`DELETE FROM notice_setting WHERE id = $1`, `DELETE FROM reminder WHERE person = $1`,
			`UPDATE instruction SET actor = '', version = version + 1 WHERE actor = 'person:' || CAST($1 AS TEXT)`, `UPDATE record_version SET actor = '' WHERE actor = 'person:' || CAST($1 AS TEXT)`,
		} {
			if err := w.exec(gone, m.Person); err != nil {
				return err
			}
		}
	}
	return w.one("member", `UPDATE member SET name = $3, email = $4, role = $5, removed = $6, erased = $7, until = $8, external = $9, version = version + 1 WHERE id = $1 AND version = $2`,
		m.Person, m.Version, m.Name, m.Email, string(m.Role), m.Removed, m.Erased, since(m.Until), m.External)
}

// token writes a new one, or what of one can change: its name is erased with its person, and it is revoked; never the other way round.
func (w *writer) token(t identity.Token) error {
	if t.Version == 0 {
		return w.exec(`INSERT INTO token (id, name, person, role, project, about, purpose, scopes, addresses, account, hash, revoked, created_at, expires_at, used_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, 0, 1)`, t.ID, t.Name, optional(t.Person), string(t.Role), optional(t.Project), t.About, string(t.Purpose),
			listed(t.Scopes), listed(t.Addresses), optional(t.Account), t.Hash, t.Created.UnixMicro(), t.Expires.UnixMicro())
	}
	return w.one("token", `UPDATE token SET name = $3, revoked = $4, version = version + 1 WHERE id = $1 AND version = $2 AND revoked <= $4`, t.ID, t.Version, t.Name, t.Revoked)
}

func (w *writer) service(x identity.Service) error {
	if x.Version == 0 {
		return w.exec(`INSERT INTO service_account (id, name, owner, used_at, disabled, why, enabled_at, created_at, version) VALUES ($1, $2, $3, 0, $4, $5, $6, $7, 1)`,
			x.ID, x.Name, x.Owner, x.Disabled, x.Why, x.Enabled.UnixMicro(), x.Created.UnixMicro())
	}
	return w.one("service account", `UPDATE service_account SET name = $3, owner = $4, disabled = $5, why = $6, enabled_at = $7, version = version + 1 WHERE id = $1 AND version = $2`,
		x.ID, x.Version, x.Name, x.Owner, x.Disabled, x.Why, x.Enabled.UnixMicro())
}

func (w *writer) secret(x accounts.Secret, sealed []byte) error {
	if x.Version == 0 {
		return w.exec(`INSERT INTO secret (id, purpose, sealed, created_at, version) VALUES ($1, $2, $3, $4, 1)`, x.ID, x.Purpose, sealed, w.at.UnixMicro())
	}
	return w.one("secret", `UPDATE secret SET sealed = $3, created_at = $4, version = version + 1 WHERE id = $1 AND version = $2`, x.ID, x.Version, sealed, w.at.UnixMicro())
}

func (w *writer) connection(c tenant.Connection) error {
	kind := c.Kind
	if kind.Live() { // its own kind stands in live_connection
		kind = tenant.Upload
	}
	if c.Version == 0 {
		if err := w.exec(`INSERT INTO connection (id, project, kind, name, path, secret, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
			c.ID, string(c.Project), string(kind), c.Name, c.Path, optional(c.Secret), c.Created.UnixMicro()); err != nil || !c.Kind.Live() {
			return err
		}
		target, err := json.Marshal(c.Target)
		if err != nil {
			return err
		}
		return w.exec(`INSERT INTO live_connection (connection, kind, target, verified, verified_at) VALUES ($1, $2, $3, '', 0)`, c.ID, string(c.Kind), string(target))
	}
	if err := w.one("connection", `UPDATE connection SET name = $3, path = $4, secret = $5, version = version + 1 WHERE id = $1 AND version = $2 AND project = $6`,
		c.ID, c.Version, c.Name, c.Path, optional(c.Secret), string(c.Project)); err != nil || !c.Kind.Live() {
		return err
	}
	return w.live(c)
}

// live writes what a live connection has beside its row: what it reads, and what the last look at it found.
func (w *writer) live(c tenant.Connection) error {
	target, err := json.Marshal(c.Target)
	if err != nil {
		return err
	}
	verified, at := "", int64(0)
	if c.Verified != nil {
		text, err := json.Marshal(c.Verified)
		if err != nil {
			return err
		}
		verified, at = string(text), c.Verified.At.UnixMicro()
	}
	return w.exec(`UPDATE live_connection SET target = $2, verified = $3, verified_at = $4 WHERE connection = $1`, c.ID, string(target), verified, at)
}

// noConnection removes one. A scan that read it keeps what it found, and has no connection any more.
func (w *writer) noConnection(c tenant.Connection) error {
	if err := w.exec(`UPDATE scan SET connection = NULL, version = version + 1 WHERE connection = $1`, c.ID); err != nil {
		return err
	}
	if err := w.exec(`DELETE FROM live_connection WHERE connection = $1`, c.ID); err != nil {
		return err
	}
	return w.one("connection", `DELETE FROM connection WHERE id = $1 AND version = $2 AND project = $3`, c.ID, c.Version, string(c.Project))
}

func (w *writer) noSecret(x accounts.Secret) error {
	return w.one("secret", `DELETE FROM secret WHERE id = $1 AND version = $2`, x.ID, x.Version)
}
