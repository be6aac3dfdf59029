package staff

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/staff"
	"c4arch/internal/store/sqldb"
)

var _ staff.Postures = (*Store)(nil)

// Posture is what the duties of the scope's organisation are about: members who were not removed, tokens that are good, credentials, and how signing in is set up.
func (st *Store) Posture(ctx context.Context, s access.Scope, now time.Time) (x staff.Posture, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		if x.Members, err = list(ctx, tx, `SELECT id, email, role, until, created_at FROM member WHERE removed = 0 AND erased = 0 ORDER BY id`, postureMember); err != nil {
			return err
		}
		if x.Tokens, err = list(ctx, tx, `SELECT id, purpose, COALESCE(person, ''), role, scopes, COALESCE(project, ''), addresses, created_at, used_at, expires_at FROM token
			WHERE revoked = 0 AND expires_at > $1 ORDER BY id`, postureToken, now.UnixMicro()); err != nil {
			return err
		}
		if x.Secrets, err = list(ctx, tx, `SELECT id, created_at FROM secret WHERE id IN (SELECT secret FROM connection) OR id IN (SELECT secret FROM provider) ORDER BY id`, postureSecret); err != nil {
			return err
		}
		if x.Domains, err = list(ctx, tx, `SELECT name FROM domain WHERE verified_at > 0 ORDER BY name`, word); err != nil {
			return err
		}
		if _, err := tx.Row(ctx, []any{&x.Providers}, `SELECT COUNT(*) FROM provider WHERE off = 0`); err != nil {
			return err
		}
		_, err := tx.Row(ctx, []any{&x.Streams}, `SELECT COUNT(*) FROM stream WHERE off = 0`)
		return err
	})
	return x, err
}

func word(scan func(...any) error) (text string, err error) {
	err = scan(&text)
	return text, err
}

func postureMember(scan func(...any) error) (m staff.PostureMember, err error) {
	var until, created int64
	err = scan(&m.Person, &m.Email, &m.Role, &until, &created)
	m.Until, m.Created = micros(until), micros(created)
	return m, err
}

func postureToken(scan func(...any) error) (t staff.PostureToken, err error) {
	var scopes, project, addresses string
	var created, used, expires int64
	err = scan(&t.ID, &t.Purpose, &t.Person, &t.Role, &scopes, &project, &addresses, &created, &used, &expires)
	t.Narrow, t.Bound = scopes != "[]" || project != "", addresses != "[]"
	t.Created, t.Used, t.Expires = micros(created), micros(used), micros(expires)
	return t, err
}

// postureSecret says when a credential was made: one that is replaced is a change of the same record, of which the ledger has the day.
func postureSecret(scan func(...any) error) (c staff.PostureSecret, err error) {
	var at int64
	err = scan(&c.ID, &at)
	c.Changed = micros(at)
	return c, err
}

// seenAtOnce bounds the values of one statement.
const seenAtOnce = 200

// LastSeen is when each of the persons last used a session in that organisation. What they do in others is not told.
func (st *Store) LastSeen(ctx context.Context, s access.Scope, org id.Org, persons []string) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	err := st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		for some := range slices.Chunk(persons, seenAtOnce) {
			args, marks := []any{string(org)}, make([]string, len(some))
			for i, p := range some {
				args, marks[i] = append(args, p), "$"+strconv.Itoa(i+2)
			}
			query := `SELECT person, MAX(seen_at) FROM session WHERE organisation = $1 AND person IN (` + strings.Join(marks, ", ") + `) GROUP BY person`
			err := tx.Each(ctx, query, func(scan func(...any) error) error {
				var person string
				var at int64
				err := scan(&person, &at)
				last[person] = micros(at)
				return err
			}, args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return last, err
}
