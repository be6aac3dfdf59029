package account

import (
	"context"
	"errors"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// The directory has a row for the platform too, where its own key is kept (package home). It is no organisation.
const entryColumns = `SELECT id, slug, state, wrapped, root_key, created_at, version FROM directory WHERE id <> 'platform'`

func entryRow(scan func(...any) error) (e accounts.Entry, err error) {
	err = scan(&e.ID, &e.Slug, &e.State, &e.Wrapped, &e.Root, &e.Created, &e.Version)
	return e, err
}

// Entry is an organisation of the directory.
func (st *Store) Entry(ctx context.Context, s access.Scope, org id.Org) (e accounts.Entry, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		e, err = single(ctx, tx, "organisation", entryColumns+` AND id = $1`, entryRow, string(org))
		return err
	})
	return e, err
}

// Entries are the next ones behind after.
func (st *Store) Entries(ctx context.Context, s access.Scope, after id.Org, limit int) (page []accounts.Entry, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		page, err = list(ctx, tx, entryColumns+` AND id > $1 ORDER BY id LIMIT $2`, entryRow, string(after), limit)
		return err
	})
	return page, err
}

const personColumns = `SELECT id, email, version FROM person`

func personRow(scan func(...any) error) (p accounts.Person, err error) {
	err = scan(&p.ID, &p.Email, &p.Version)
	return p, err
}

// PersonByEmail is who has the address.
func (st *Store) PersonByEmail(ctx context.Context, s access.Scope, email string) (p accounts.Person, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		p, err = single(ctx, tx, "person", personColumns+` WHERE email = $1 AND email <> ''`, personRow, email)
		return err
	})
	return p, err
}

// Person is one who is known to the instance.
func (st *Store) Person(ctx context.Context, s access.Scope, person string) (p accounts.Person, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		p, err = single(ctx, tx, "person", personColumns+` WHERE id = $1`, personRow, person)
		return err
	})
	return p, err
}

const operatorColumns = `SELECT id, name, addresses, hash, revoked, created_at, expires_at, used_at, version FROM operator_token`

func operatorRow(scan func(...any) error) (t identity.Token, err error) {
	var created, expires, used, revoked int64
	var addresses string
	err = scan(&t.ID, &t.Name, &addresses, &t.Hash, &revoked, &created, &expires, &used, &t.Version)
	t.Purpose, t.Role, t.Revoked = access.Operation, access.Operator, revoked == 1
	t.Created, t.Expires, t.Used = micros(created), micros(expires), ever(used)
	return t, errors.Join(err, texts(addresses, &t.Addresses))
}

// Operators are the operator's tokens.
func (st *Store) Operators(ctx context.Context, s access.Scope) (all []identity.Token, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, operatorColumns+` ORDER BY id`, operatorRow)
		return err
	})
	return all, err
}

// Operate writes a change of the platform: the directory, then people, then hints, then credentials.
func (st *Store) Operate(ctx context.Context, c *accounts.PlatformChange) (change.Committed, error) {
	return st.commit(ctx, &c.Envelope, true, nil, func(w *writer) error {
		if c.Entry != nil {
			if err := w.entry(*c.Entry); err != nil {
				return err
			}
		}
		if err := w.people(c); err != nil {
			return err
		}
		if c.Token != nil {
			if err := w.operator(*c.Token); err != nil {
				return err
			}
		}
		return w.setup(c)
	})
}

func (w *writer) entry(e accounts.Entry) error {
	if e.Version == 0 {
		return w.exec(`INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
			string(e.ID), e.Slug, string(e.State), e.Wrapped, e.Root, e.Created)
	}
	// A key that was emptied never comes back.
	return w.one("organisation", `UPDATE directory SET state = $3, wrapped = $4, root_key = $5, version = version + 1 WHERE id = $1 AND version = $2 AND id <> 'platform' AND state <> 'destroyed'`,
		string(e.ID), e.Version, string(e.State), e.Wrapped, e.Root)
}

// nowhere empties the address of a person who belongs to no organisation but the one that is left.
const nowhere = `UPDATE person SET email = '', version = version + 1 WHERE email <> '' AND EXISTS (
		SELECT 1 FROM membership_hint h WHERE h.person = person.id AND h.organisation = $1) AND NOT EXISTS (
		SELECT 1 FROM membership_hint o WHERE o.person = person.id AND o.organisation <> $1)`

func (w *writer) people(c *accounts.PlatformChange) error {
	if p := c.Person; p != nil {
		if err := w.known(*p); err != nil {
			return err
		}
	}
	if c.Erased != "" {
		if err := w.unemployed(c.Erased); err != nil {
			return err
		}
		if err := w.exec(`DELETE FROM membership_hint WHERE person = $1`, c.Erased); err != nil {
			return err
		}
		if err := w.one("person", `UPDATE person SET email = '', version = version + 1 WHERE id = $1`, c.Erased); err != nil {
			return err
		}
	}
	for _, b := range c.Leaves {
		if err := w.forgotten(string(b.Org), b.Person); err != nil {
			return err
		}
		if err := w.exec(nowhere+` AND id = $2`, string(b.Org), b.Person); err != nil {
			return err
		}
		if err := w.exec(`DELETE FROM membership_hint WHERE organisation = $1 AND person = $2`, string(b.Org), b.Person); err != nil {
			return err
		}
	}
	if c.Left != "" {
		if err := w.exec(nowhere, string(c.Left)); err != nil {
			return err
		}
		if err := w.exec(`DELETE FROM membership_hint WHERE organisation = $1`, string(c.Left)); err != nil {
			return err
		}
	}
	for _, b := range c.Joins {
		if err := w.exec(`INSERT INTO membership_hint (person, organisation) VALUES ($1, $2) ON CONFLICT (org_id, person, organisation) DO NOTHING`, b.Person, string(b.Org)); err != nil {
			return err
		}
	}
	return nil
}

// unemployed empties the record of somebody who was of the platform's people. Who is of them still has to leave first: the last administrator could not be erased by mistake.
func (w *writer) unemployed(person string) error {
	var n int64
	there, err := w.tx.Row(w.ctx, []any{&n}, `SELECT 1 FROM personnel WHERE person = $1 AND gone = 0`+w.tx.ForUpdate(), person)
	if err == nil && there {
		err = fault.New(fault.Conflict, "the person is of the platform's own people").WithHelp("an administrator has them leave first")
	}
	if err != nil {
		return err
	}
	return w.exec(`UPDATE personnel SET name = '', email = '', contract = '', version = version + 1 WHERE person = $1 AND name <> ''`, person)
}

// forgotten takes away how a person signed in to one organisation: who the person is at its providers, the passkeys that it alone took, and with what the person came. What other
// organisations take stays.
func (w *writer) forgotten(org, person string) error {
	for _, query := range []string{
		`UPDATE session SET ended = 1, strength = '{}', device = '', version = version + 1 WHERE organisation = $1 AND person = $2 AND realm = 'members' AND strength <> '{}'`,
		`DELETE FROM subject WHERE organisation = $1 AND person = $2`,
		`DELETE FROM passkey_trust WHERE organisation = $1 AND passkey IN (SELECT id FROM passkey WHERE person = $2)`,
	} {
		if err := w.exec(query, org, person); err != nil {
			return err
		}
	}
	return w.exec(`DELETE FROM passkey WHERE person = $1 AND NOT EXISTS (SELECT 1 FROM passkey_trust t WHERE t.passkey = passkey.id)`, person)
}

// known makes a person known, or sees that the one with the address is the one that is meant. The statements are the same either way.
func (w *writer) known(p accounts.Person) error {
	if err := w.exec(`INSERT INTO person (id, email, created_at, version) VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING`, p.ID, p.Email, w.at.UnixMicro()); err != nil {
		return err
	}
	var is string
	found, err := w.tx.Row(w.ctx, []any{&is}, `SELECT id FROM person WHERE email = $1`+w.tx.ForUpdate(), p.Email)
	if err == nil && (!found || is != p.ID) {
		err = fault.New(fault.Conflict, "the person became known or was erased meanwhile").WithHelp("try again")
	}
	return err
}

func (w *writer) operator(t identity.Token) error {
	if t.Version == 0 {
		return w.exec(`INSERT INTO operator_token (id, name, addresses, hash, revoked, created_at, expires_at, used_at, version) VALUES ($1, $2, $3, $4, 0, $5, $6, 0, 1)`,
			t.ID, t.Name, listed(t.Addresses), t.Hash, t.Created.UnixMicro(), t.Expires.UnixMicro())
	}
	return w.one("token", `UPDATE operator_token SET revoked = $3, version = version + 1 WHERE id = $1 AND version = $2 AND revoked <= $3`, t.ID, t.Version, t.Revoked)
}

func (w *writer) setup(c *accounts.PlatformChange) error {
	if s := c.Setup; s != nil {
		if err := w.exec(`DELETE FROM setup WHERE used_at IS NULL AND expires_at <= $1`, s.Created); err != nil {
			return err
		}
		if err := w.exec(`INSERT INTO setup (hash, created_at, expires_at, used_at) VALUES ($1, $2, $3, NULL)`, s.Hash, s.Created, s.Expires); err != nil {
			return err
		}
	}
	if c.Used == nil {
		return nil
	}
	// All that are open are used up, if the one is among them: of two that are used at once, the second waits for the rows of the first and then finds none.
	n, err := w.tx.Exec(w.ctx, `UPDATE setup SET used_at = $1 WHERE used_at IS NULL AND EXISTS (
		SELECT 1 FROM setup s WHERE s.hash = $2 AND s.used_at IS NULL AND s.expires_at > $1)`, w.at.UnixMicro(), c.Used)
	if err == nil && n == 0 {
		err = accounts.ErrSetup()
	}
	return err
}
