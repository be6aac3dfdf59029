package staff

import (
	"context"
	"encoding/json"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/staff"
	"c4arch/internal/store/sqldb"
)

// theOne is the id of the row in tables that have one.
const theOne = "one"

const personnelColumns = `SELECT person, name, email, roles, contractor, contract, until, document, digest, signed_at, gone, created_at, version FROM personnel`

func personnelRow(scan func(...any) error) (p identity.Personnel, err error) {
	var roles string
	var contractor, until, signed, gone, created int64
	if err := scan(&p.Person, &p.Name, &p.Email, &roles, &contractor, &p.Contract, &until, &p.Signed.Document, &p.Signed.Digest, &signed, &gone, &created, &p.Version); err != nil {
		return p, err
	}
	p.Contractor, p.Until, p.Signed.At, p.Left, p.Created = contractor == 1, micros(until), micros(signed), gone == 1, micros(created)
	return p, decode(roles, &p.Roles)
}

// Personnel are all records, and the version of the list.
func (st *Store) Personnel(ctx context.Context, s access.Scope) (all []identity.Personnel, version int64, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		if _, err := tx.Row(ctx, []any{&version}, `SELECT version FROM personnel_list`); err != nil {
			return err
		}
		all, err = list(ctx, tx, personnelColumns+` ORDER BY person`, personnelRow)
		return err
	})
	return all, version, err
}

// Standing is the record of one person, and the sealed account.
func (st *Store) Standing(ctx context.Context, s access.Scope, person string) (p identity.Personnel, seal staff.Seal, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		all, err := list(ctx, tx, personnelColumns+` WHERE person = $1`, personnelRow, person)
		if err != nil {
			return err
		}
		if len(all) == 1 {
			p = all[0]
		}
		seal, err = readSeal(ctx, tx)
		return err
	})
	return p, seal, err
}

func readSeal(ctx context.Context, tx *sqldb.Tx) (x staff.Seal, err error) {
	var used, noted, created int64
	_, err = tx.Row(ctx, []any{&x.Person, &x.Hash, &used, &noted, &created, &x.Version}, `SELECT person, hash, used_at, noted_at, created_at, version FROM break_glass`)
	x.Used, x.Noted, x.Created = micros(used), micros(noted), micros(created)
	return x, err
}

// PersonByEmail is the id of who has the address, or "".
func (st *Store) PersonByEmail(ctx context.Context, s access.Scope, email string) (person string, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&person}, `SELECT id FROM person WHERE email = $1 AND email <> ''`, email)
		return err
	})
	return person, err
}

// Organisation is the active one with that id or short name.
func (st *Store) Organisation(ctx context.Context, s access.Scope, name string) (org id.Org, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		var found string
		_, err := tx.Row(ctx, []any{&found}, `SELECT id FROM directory WHERE (id = $1 OR slug = $1) AND state = 'active' AND id <> 'platform' ORDER BY id LIMIT 1`, name)
		if org = id.Org(found); err == nil && org == "" {
			err = missing("organisation")
		}
		return err
	})
	return org, err
}

const proposalColumns = `SELECT id, kind, person, organisation, reason, ticket, state, proposer, approver, created_at, expires_at, decided_at, version FROM staff_proposal`

func proposalRow(scan func(...any) error) (p staff.Motion, err error) {
	var created, expires, decided int64
	err = scan(&p.ID, &p.Kind, &p.Person, &p.Org, &p.Reason, &p.Ticket, &p.State, &p.Proposer, &p.Approver, &created, &expires, &decided, &p.Version)
	p.Created, p.Expires, p.Decided = micros(created), micros(expires), micros(decided)
	return p, err
}

// Proposals are all, in the order of their ids.
func (st *Store) Proposals(ctx context.Context, s access.Scope) (all []staff.Motion, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, proposalColumns+` ORDER BY id`, proposalRow)
		return err
	})
	return all, err
}

// Proposal is one of them.
func (st *Store) Proposal(ctx context.Context, s access.Scope, name string) (p staff.Motion, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		p, err = single(ctx, tx, "proposal", proposalColumns+` WHERE id = $1`, proposalRow, name)
		return err
	})
	return p, err
}

// Requests are what a person asked for, the newest first, at most 200.
func (st *Store) Requests(ctx context.Context, s access.Scope, person string) (all []staff.Request, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id, person, organisation, reason, ticket, created_at FROM grant_request WHERE person = $1 ORDER BY id DESC LIMIT 200`,
			func(scan func(...any) error) (r staff.Request, err error) {
				var at int64
				err = scan(&r.Grant, &r.Person, &r.Org, &r.Reason, &r.Ticket, &at)
				r.Created = micros(at)
				return r, err
			}, person)
		return err
	})
	return all, err
}

// SignIns are the counts from that day on.
func (st *Store) SignIns(ctx context.Context, s access.Scope, since int64) (all []staff.Count, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT day, method, strength, admitted, count FROM staff_sign_in WHERE day >= $1 ORDER BY day, method, strength, admitted`,
			func(scan func(...any) error) (c staff.Count, err error) {
				var admitted int64
				err = scan(&c.Day, &c.Method, &c.Strength, &admitted, &c.Count)
				c.Admitted = admitted == 1
				return c, err
			}, since)
		return err
	})
	return all, err
}

// Operate writes a change of the platform's home, its tables in the order of the schema.
func (st *Store) Operate(ctx context.Context, c *staff.PlatformChange) (change.Committed, error) {
	return st.commit(ctx, &c.Envelope, true, func(w *writer) error {
		for _, step := range []func(*staff.PlatformChange) error{w.person, w.personnel, w.proposal, w.request, w.seal, w.signIn} {
			if err := step(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// person makes somebody known, or sees that the one with the address is the one that is meant.
func (w *writer) person(c *staff.PlatformChange) error {
	p := c.Person
	if p == nil {
		return nil
	}
	if err := w.exec(`INSERT INTO person (id, email, created_at, version) VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING`, p.ID, p.Email, w.at.UnixMicro()); err != nil {
		return err
	}
	var is string
	found, err := w.tx.Row(w.ctx, []any{&is}, `SELECT id FROM person WHERE id = $1 AND email = $2`+w.tx.ForUpdate(), p.ID, p.Email)
	if err == nil && !found {
		err = fault.New(fault.Conflict, "the person became known or was erased meanwhile").WithHelp("try again")
	}
	return err
}

func (w *writer) personnel(c *staff.PlatformChange) error {
	if err := w.list(c.List); err != nil || c.Personnel == nil {
		return err
	}
	p := c.Personnel
	text, err := json.Marshal(p.Roles)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the roles cannot be written")
	}
	args := []any{p.Person, p.Version, p.Name, p.Email, string(text), p.Contractor, p.Contract, stamp(p.Until), p.Signed.Document, p.Signed.Digest, stamp(p.Signed.At), p.Left}
	if p.Version == 0 {
		return w.exec(`INSERT INTO personnel (person, name, email, roles, contractor, contract, until, document, digest, signed_at, gone, created_at, version)
			VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $2 + 1)`, append(args, stamp(p.Created))...)
	}
	return w.one("record", `UPDATE personnel SET name = $3, email = $4, roles = $5, contractor = $6, contract = $7, until = $8, document = $9, digest = $10, signed_at = $11, gone = $12,
		version = version + 1 WHERE person = $1 AND version = $2`, args...)
}

// list goes on with the version of the list of personnel.
func (w *writer) list(version *int64) error {
	if version == nil {
		return nil
	}
	if *version == 0 {
		return w.one("list of personnel", `INSERT INTO personnel_list (id, version) VALUES ($1, 1) ON CONFLICT DO NOTHING`, theOne)
	}
	return w.one("list of personnel", `UPDATE personnel_list SET version = version + 1 WHERE id = $1 AND version = $2`, theOne, *version)
}

func (w *writer) proposal(c *staff.PlatformChange) error {
	p := c.Proposal
	if p == nil {
		return nil
	}
	if p.Version == 0 {
		return w.exec(`INSERT INTO staff_proposal (id, kind, person, organisation, reason, ticket, state, proposer, approver, created_at, expires_at, decided_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10, 0, 1)`,
			p.ID, p.Kind, p.Person, string(p.Org), p.Reason, p.Ticket, p.State, p.Proposer, stamp(p.Created), stamp(p.Expires))
	}
	return w.one("proposal", `UPDATE staff_proposal SET state = $3, approver = $4, decided_at = $5, expires_at = $6, version = version + 1 WHERE id = $1 AND version = $2`,
		p.ID, p.Version, p.State, p.Approver, stamp(p.Decided), stamp(p.Expires))
}

func (w *writer) request(c *staff.PlatformChange) error {
	r := c.Request
	if r == nil {
		return nil
	}
	return w.exec(`INSERT INTO grant_request (id, person, organisation, reason, ticket, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.Grant, r.Person, string(r.Org), r.Reason, r.Ticket, stamp(r.Created))
}

func (w *writer) seal(c *staff.PlatformChange) error {
	x := c.Seal
	if x == nil {
		return nil
	}
	if x.Version == 0 {
		return w.one("sealed account", `INSERT INTO break_glass (id, person, hash, used_at, noted_at, created_at, version) VALUES ($1, $2, $3, 0, 0, $4, 1) ON CONFLICT DO NOTHING`,
			theOne, x.Person, x.Hash, stamp(x.Created))
	}
	return w.one("sealed account", `UPDATE break_glass SET hash = $3, used_at = $4, noted_at = $5, created_at = $6, version = version + 1 WHERE id = $1 AND version = $2`,
		theOne, x.Version, x.Hash, stamp(x.Used), stamp(x.Noted), stamp(x.Created))
}

func (w *writer) signIn(c *staff.PlatformChange) error {
	n := c.SignIn
	if n == nil {
		return nil
	}
	return w.exec(`INSERT INTO staff_sign_in (day, method, strength, admitted, count) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (org_id, day, method, strength, admitted) DO UPDATE SET count = staff_sign_in.count + 1`, n.Day, n.Method, n.Strength, n.Admitted)
}
