package federate

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/provision"
	"c4arch/internal/store/sqldb"
)

// Users is the part that a provisioner writes.
type Users struct{ *Store }

// NewUsers is over those homes.
func NewUsers(homes Homes) *Users { return &Users{New(homes)} }

var _ provision.Store = (*Users)(nil)

const userColumns = `SELECT u.id, u.user_name, u.external, u.data, u.created_at, u.changed_at, u.version,
	m.id, m.name, m.email, m.role, m.removed, m.erased, m.created_at, m.version, m.until, m.external FROM scim_user u JOIN member m ON m.org_id = u.org_id AND m.id = u.id`

func userRow(scan row) (u provision.User, err error) {
	var data string
	var created, changed, at, removed, erased, until int64
	m := &u.Member
	err = scan(&u.ID, &u.UserName, &u.External, &data, &created, &changed, &u.Version, &m.Person, &m.Name, &m.Email, &m.Role, &removed, &erased, &at, &m.Version, &until, &m.External)
	if err != nil {
		return u, err
	}
	if err = json.Unmarshal([]byte(data), &u.Kept); err != nil {
		return u, fault.Wrap(fault.Internal, err, "the user %s cannot be read", u.ID)
	}
	m.Removed, m.Erased, m.Created, m.Until = removed == 1, erased == 1, moment(at), moment(until)
	u.Created, u.Changed, u.Active = moment(created), moment(changed), !m.Removed
	return u, nil
}

// Users are those that f finds, in the order of their ids. One that is found by its id has its groups.
func (st *Users) Users(ctx context.Context, s access.Scope, f provision.Find) (all []provision.User, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		switch {
		case f.ID != "":
			all, err = list(ctx, tx, userColumns+` WHERE u.id = $1`, userRow, f.ID)
		case f.Name != "":
			all, err = list(ctx, tx, userColumns+` WHERE u.user_name = $1`, userRow, f.Name)
		case f.External != "":
			all, err = list(ctx, tx, userColumns+` WHERE u.external = $1 ORDER BY u.id`, userRow, f.External)
		default:
			all, err = list(ctx, tx, userColumns+` ORDER BY u.id`, userRow)
			return err
		}
		for i := range all {
			if err == nil {
				all[i].Groups, err = groupsOf(ctx, tx, all[i].ID)
			}
		}
		return err
	})
	return all, err
}

func groupsOf(ctx context.Context, tx *sqldb.Tx, person string) ([]provision.Ref, error) {
	return list(ctx, tx, `SELECT g.id, g.name, g.external FROM scim_group_member x JOIN scim_group g ON g.org_id = x.org_id AND g.id = x.group_id WHERE x.person = $1 ORDER BY g.id`,
		func(scan row) (r provision.Ref, err error) { err = scan(&r.ID, &r.Name, &r.External); return r, err }, person)
}

const groupColumns = `SELECT id, name, external, created_at, changed_at, version FROM scim_group`

func groupRow(scan row) (g provision.Group, err error) {
	var created, changed int64
	err = scan(&g.ID, &g.Name, &g.External, &created, &changed, &g.Version)
	g.Created, g.Changed = moment(created), moment(changed)
	return g, err
}

// Groups are those that f finds, in the order of their ids.
func (st *Users) Groups(ctx context.Context, s access.Scope, f provision.Find, with bool) (all []provision.Group, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		switch {
		case f.ID != "":
			all, err = list(ctx, tx, groupColumns+` WHERE id = $1`, groupRow, f.ID)
		case f.Name != "":
			all, err = list(ctx, tx, groupColumns+` WHERE name = $1`, groupRow, f.Name)
		case f.External != "":
			all, err = list(ctx, tx, groupColumns+` WHERE external = $1 ORDER BY id`, groupRow, f.External)
		default:
			all, err = list(ctx, tx, groupColumns+` ORDER BY id`, groupRow)
		}
		for i := range all {
			if err == nil && with {
				all[i].Members, err = list(ctx, tx, `SELECT person FROM scim_group_member WHERE group_id = $1 ORDER BY person`,
					func(scan row) (p string, err error) { err = scan(&p); return p, err }, all[i].ID)
			}
		}
		return err
	})
	return all, err
}

// Standings are those of the persons who are users.
func (st *Users) Standings(ctx context.Context, s access.Scope, persons []string) (all []provision.Standing, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		for _, p := range persons {
			found, err := list(ctx, tx, userColumns+` WHERE u.id = $1`, userRow, p)
			if err != nil {
				return err
			}
			for _, u := range found {
				refs, err := groupsOf(ctx, tx, p)
				if err != nil {
					return err
				}
				all = append(all, provision.Standing{Member: u.Member, Groups: refs})
			}
		}
		return nil
	})
	return all, err
}

// Owners is how many there are besides a person, in which version of the organisation.
func (st *Users) Owners(ctx context.Context, s access.Scope, besides string) (n int, version int64, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		if _, err := tx.Row(ctx, []any{&version}, `SELECT version FROM organisation`); err != nil {
			return err
		}
		_, err := tx.Row(ctx, []any{&n}, `SELECT COUNT(*) FROM member WHERE role = $1 AND removed = 0 AND erased = 0 AND until = 0 AND id <> $2`, string(access.Owner), besides)
		return err
	})
	return n, version, err
}

// Tokens are the ids of a person's tokens that are not revoked.
func (st *Users) Tokens(ctx context.Context, s access.Scope, person string) (all []string, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id FROM token WHERE person = $1 AND revoked = 0 ORDER BY id`, func(scan row) (t string, err error) { err = scan(&t); return t, err }, person)
		return err
	})
	return all, err
}

// Commit writes a change in the order of the tables: who is taken out first.
func (st *Users) Commit(ctx context.Context, c *provision.Change) (change.Committed, error) {
	h, err := open(ctx, st.homes, c.Scope, false)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		w := &writer{ctx, tx, at}
		if c.Organisation != 0 {
			if err := w.one("organisation", `UPDATE organisation SET version = version + 1 WHERE version = $1`, c.Organisation); err != nil {
				return err
			}
		}
		for _, m := range slices.SortedFunc(slices.Values(c.Members), func(a, b tenant.Member) int { return cmp.Compare(a.Person, b.Person) }) {
			if err := w.member(m); err != nil {
				return err
			}
		}
		for _, p := range c.Revoked {
			if err := w.exec(`UPDATE token SET revoked = 1, version = version + 1 WHERE person = $1 AND revoked = 0`, p); err != nil {
				return err
			}
		}
		return w.provision(c)
	})
}

func (w *writer) provision(c *provision.Change) error {
	for _, u := range c.Users {
		if err := w.user(u); err != nil {
			return err
		}
	}
	for _, g := range c.Groups {
		if err := w.group(g); err != nil {
			return err
		}
	}
	for _, u := range c.GoneUsers {
		if err := w.exec(`DELETE FROM scim_group_member WHERE person = $1`, u.ID); err != nil {
			return err
		}
		if err := w.one("user", `DELETE FROM scim_user WHERE id = $1 AND version = $2`, u.ID, u.Version); err != nil {
			return err
		}
	}
	for _, g := range c.GoneGroups {
		if err := w.exec(`DELETE FROM scim_group_member WHERE group_id = $1`, g.ID); err != nil {
			return err
		}
		if err := w.one("group", `DELETE FROM scim_group WHERE id = $1 AND version = $2`, g.ID, g.Version); err != nil {
			return err
		}
	}
	return nil
}

// taken turns an insert that met another row into a conflict, so that it is decided again.
func (w *writer) taken(what, query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query+` ON CONFLICT DO NOTHING`, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was made meanwhile", what)
	}
	return err
}

func (w *writer) user(u provision.User) error {
	data, err := json.Marshal(u.Kept)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the user cannot be kept")
	}
	if u.Version == 0 {
		return w.taken("user", `INSERT INTO scim_user (id, user_name, external, active, data, created_at, changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $6, 1)`,
			u.ID, u.UserName, u.External, u.Active, string(data), micros(u.Created))
	}
	return w.one("user", `UPDATE scim_user SET user_name = $3, external = $4, active = $5, data = $6, changed_at = $7, version = version + 1 WHERE id = $1 AND version = $2
		AND NOT EXISTS (SELECT 1 FROM scim_user o WHERE o.user_name = $3 AND o.id <> $1)`, u.ID, u.Version, u.UserName, u.External, u.Active, string(data), micros(u.Changed))
}

// group writes a group, and of its members what is otherwise.
func (w *writer) group(g provision.Group) error {
	var err error
	if g.Version == 0 {
		err = w.taken("group", `INSERT INTO scim_group (id, name, external, created_at, changed_at, version) VALUES ($1, $2, $3, $4, $5, 1)`, g.ID, g.Name, g.External, micros(g.Created), micros(g.Changed))
	} else {
		err = w.one("group", `UPDATE scim_group SET name = $3, external = $4, changed_at = $5, version = version + 1 WHERE id = $1 AND version = $2
			AND NOT EXISTS (SELECT 1 FROM scim_group o WHERE o.name = $3 AND o.id <> $1)`, g.ID, g.Version, g.Name, g.External, micros(g.Changed))
	}
	if err != nil {
		return err
	}
	is, err := list(w.ctx, w.tx, `SELECT person FROM scim_group_member WHERE group_id = $1 ORDER BY person`, func(scan row) (p string, err error) { err = scan(&p); return p, err }, g.ID)
	if err != nil {
		return err
	}
	for _, p := range is {
		if _, stays := slices.BinarySearch(g.Members, p); !stays {
			if err := w.exec(`DELETE FROM scim_group_member WHERE group_id = $1 AND person = $2`, g.ID, p); err != nil {
				return err
			}
		}
	}
	for _, p := range g.Members {
		if _, there := slices.BinarySearch(is, p); !there {
			if err := w.exec(`INSERT INTO scim_group_member (group_id, person) VALUES ($1, $2)`, g.ID, p); err != nil {
				return err
			}
		}
	}
	return nil
}
