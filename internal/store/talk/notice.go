package talk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/notify"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// upkeep writes what is no decision.
func (st *Store) upkeep(ctx context.Context, s access.Scope, fn func(tx *sqldb.Tx) error) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.Notices, fn)
}

// Position is how far the ledger was followed.
func (st *Store) Position(ctx context.Context, s access.Scope) (next int64, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&next}, `SELECT next FROM notice_position`)
		return err
	})
	return next, err
}

// Take writes what follows from a part of the ledger, and how far it was followed, as one.
func (st *Store) Take(ctx context.Context, s access.Scope, b notify.Batch) error {
	return st.upkeep(ctx, s, func(tx *sqldb.Tx) error {
		if err := moved(ctx, tx, b); err != nil {
			return err
		}
		if err := reminders(ctx, tx, b); err != nil {
			return err
		}
		t := taking{tx: tx, waits: map[string]string{}, fresh: map[string]notify.Message{}}
		for _, m := range b.Messages {
			t.fresh[queue(m.Person, m.Channel, m.Pace)] = m
		}
		for _, n := range b.Notices {
			if err := t.notice(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// moved takes the position on, where it is the one it was.
func moved(ctx context.Context, tx *sqldb.Tx, b notify.Batch) error {
	n, err := tx.Exec(ctx, `UPDATE notice_position SET next = $2 WHERE next = $1`, b.From, b.Next)
	if err == nil && n == 0 && b.From == 0 {
		n, err = tx.Exec(ctx, `INSERT INTO notice_position (next) VALUES ($1) ON CONFLICT (org_id) DO NOTHING`, b.Next)
	}
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the ledger was followed elsewhere meanwhile")
	}
	return err
}

func reminders(ctx context.Context, tx *sqldb.Tx, b notify.Batch) error {
	for _, r := range b.Over {
		if _, err := tx.Exec(ctx, `DELETE FROM reminder WHERE what = $1 AND subject = $2`, string(r.What), r.Subject); err != nil {
			return err
		}
	}
	for _, r := range b.Reminders {
		_, err := tx.Exec(ctx, `INSERT INTO reminder (what, subject, at, person, project) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org_id, what, subject) DO UPDATE SET at = excluded.at`, string(r.What), r.Subject, r.At.UnixMicro(), r.Person, string(r.Project))
		if err != nil {
			return err
		}
	}
	return nil
}

// taking writes the notices of a batch.
type taking struct {
	tx    *sqldb.Tx
	waits map[string]string         // the message that notices go with
	fresh map[string]notify.Message // that can be begun
}

func queue(person string, c notify.Channel, p notify.Pace) string {
	return person + "/" + string(c) + "/" + string(p)
}

// notice writes one that is not known yet, with the messages that it goes with.
func (t taking) notice(ctx context.Context, n notify.Notice) error {
	subject, err := json.Marshal(n.Subject)
	if err != nil {
		return fault.New(fault.Internal, "the subject of a notice cannot be written")
	}
	fresh, err := t.tx.Exec(ctx, `INSERT INTO notice (id, person, key, kind, what, project, subject, actor, listed, at, seen_at, mail, hook)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '') ON CONFLICT (org_id, person, key) DO NOTHING`,
		n.ID, n.Person, n.Key, string(n.Kind), string(n.What), string(n.Project), string(subject), n.Actor, n.Listed, n.At.UnixMicro())
	if err != nil || fresh == 0 {
		return err
	}
	mail, err := t.message(ctx, n.Person, notify.ByMail, n.Mail)
	if err != nil {
		return err
	}
	hook, err := t.message(ctx, n.Person, notify.ByHook, n.Hook)
	if err != nil || mail == "" && hook == "" {
		return err
	}
	_, err = t.tx.Exec(ctx, `UPDATE notice SET mail = $2, hook = $3 WHERE id = $1`, n.ID, mail, hook)
	return err
}

// message is the one that a notice goes with: that which waits and was not tried yet, or a new one.
func (t taking) message(ctx context.Context, person string, c notify.Channel, p notify.Pace) (string, error) {
	if p == "" {
		return "", nil
	}
	key := queue(person, c, p)
	if name, ok := t.waits[key]; ok {
		return name, nil
	}
	var name string
	found, err := t.tx.Row(ctx, []any{&name}, `SELECT id FROM message WHERE person = $1 AND channel = $2 AND pace = $3 AND state = 'due' AND attempts = 0 ORDER BY id LIMIT 1`, person, string(c), string(p))
	if err != nil {
		return "", err
	}
	if m := t.fresh[key]; !found {
		name = m.ID
		_, err = t.tx.Exec(ctx, `INSERT INTO message (id, person, channel, pace, state, due_at, attempts, error, created_at, ended_at) VALUES ($1, $2, $3, $4, 'due', $5, 0, '', $6, 0)`,
			m.ID, m.Person, string(m.Channel), string(m.Pace), m.DueAt.UnixMicro(), m.Created.UnixMicro())
	}
	t.waits[key] = name
	return name, err
}

// Reminders are those that are due.
func (st *Store) Reminders(ctx context.Context, s access.Scope, now time.Time, limit int) (all []notify.Reminder, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT what, subject, at, person, project FROM reminder WHERE at <= $1 ORDER BY at, what, subject LIMIT $2`, func(scan func(...any) error) (r notify.Reminder, err error) {
			var at int64
			err = scan(&r.What, &r.Subject, &at, &r.Person, &r.Project)
			r.At = micros(at)
			return r, err
		}, now.UnixMicro(), limit)
		return err
	})
	return all, err
}

const messageColumns = `SELECT id, person, channel, pace, state, due_at, attempts, error, created_at, ended_at FROM message`

func messageRow(scan func(...any) error) (m notify.Message, err error) {
	var due, created, ended int64
	err = scan(&m.ID, &m.Person, &m.Channel, &m.Pace, &m.State, &due, &m.Attempts, &m.Error, &created, &ended)
	m.DueAt, m.Created, m.Ended = micros(due), micros(created), micros(ended)
	return m, err
}

// Waiting are the messages that are due.
func (st *Store) Waiting(ctx context.Context, s access.Scope, now time.Time, limit int) (all []notify.Message, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, messageColumns+` WHERE state = 'due' AND due_at <= $1 ORDER BY due_at, id LIMIT $2`, messageRow, now.UnixMicro(), limit)
		return err
	})
	return all, err
}

// Messages are the newest of a person.
func (st *Store) Messages(ctx context.Context, s access.Scope, person string, limit int) (all []notify.Message, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, messageColumns+` WHERE person = $1 ORDER BY id DESC LIMIT $2`, messageRow, person, limit)
		return err
	})
	return all, err
}

const noticeColumns = `SELECT id, person, key, kind, what, project, subject, actor, listed, at, seen_at FROM notice`

func noticeRow(scan func(...any) error) (n notify.Notice, err error) {
	var subject string
	var listed, at, seen int64
	if err = scan(&n.ID, &n.Person, &n.Key, &n.Kind, &n.What, &n.Project, &subject, &n.Actor, &listed, &at, &seen); err != nil {
		return n, err
	}
	n.Listed, n.At, n.Seen = listed == 1, micros(at), micros(seen)
	if json.Unmarshal([]byte(subject), &n.Subject) != nil {
		err = fault.New(fault.Internal, "the subject of a notice cannot be read")
	}
	return n, err
}

// Bundle is what a message tells, the oldest first.
func (st *Store) Bundle(ctx context.Context, s access.Scope, m notify.Message) (all []notify.Notice, err error) {
	column := "mail"
	if m.Channel == notify.ByHook {
		column = "hook"
	}
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, noticeColumns+` WHERE person = $1 AND `+column+` = $2 ORDER BY id LIMIT 100`, noticeRow, m.Person, m.ID)
		return err
	})
	return all, err
}

// Try counts an attempt before it is made.
func (st *Store) Try(ctx context.Context, s access.Scope, m notify.Message, next time.Time) error {
	return st.upkeep(ctx, s, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE message SET attempts = attempts + 1, due_at = $3 WHERE id = $1 AND attempts = $2 AND state = 'due'`, m.ID, m.Attempts, next.UnixMicro())
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the message is in other hands by now")
		}
		return err
	})
}

// End notes what became of a message.
func (st *Store) End(ctx context.Context, s access.Scope, m notify.Message) error {
	return st.upkeep(ctx, s, func(tx *sqldb.Tx) error { return ended(ctx, tx, m) })
}

func ended(ctx context.Context, tx *sqldb.Tx, m notify.Message) error {
	_, err := tx.Exec(ctx, `UPDATE message SET state = $2, error = $3, ended_at = $4 WHERE id = $1 AND state = 'due'`, m.ID, string(m.State), m.Error, kept(m.Ended))
	return err
}

// Tidy removes notices and messages that are older, and what comments said that were taken back before.
func (st *Store) Tidy(ctx context.Context, s access.Scope, notices, withdrawn time.Time) error {
	old := false
	err := st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error { // most of the time there is nothing
		var one int
		var err error
		if old, err = tx.Row(ctx, []any{&one}, `SELECT 1 FROM comment WHERE state = 'withdrawn' AND changed_at < $1 AND length(text) > 0 LIMIT 1`, withdrawn.UnixMicro()); err == nil && !old {
			old, err = tx.Row(ctx, []any{&one}, `SELECT 1 FROM notice WHERE at < $1 LIMIT 1`, notices.UnixMicro())
		}
		return err
	})
	if err != nil || !old {
		return err
	}
	return st.upkeep(ctx, s, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE comment SET text = $2, version = version + 1 WHERE state = 'withdrawn' AND changed_at < $1`, withdrawn.UnixMicro(), []byte{}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM notice WHERE at < $1`, notices.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM message WHERE state <> 'due' AND created_at < $1`, notices.UnixMicro())
		return err
	})
}

// Settle ends the job.
func (st *Store) Settle(ctx context.Context, s access.Scope, l *job.Lease) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Settle(ctx, home.Notices, l)
}

// mention is where somebody was mentioned.
func (st *Store) mention(ctx context.Context, tx *sqldb.Tx, comment string) (c notify.Comment, err error) {
	c, err = single(ctx, tx, "comment", `SELECT about, subject, state FROM comment WHERE id = $1`, func(scan func(...any) error) (c notify.Comment, err error) {
		var state string
		err = scan(&c.About, &c.Subject, &state)
		c.Shown = state == "shown"
		return c, err
	}, comment)
	if err != nil {
		return c, err
	}
	c.Mentions, err = list(ctx, tx, `SELECT person FROM mention WHERE comment = $1 ORDER BY person`, func(scan func(...any) error) (p string, err error) { return p, scan(&p) }, comment)
	return c, err
}

// Asker is who asked for a proposal or a scan.
func (st *Store) Asker(ctx context.Context, s access.Scope, kind, name string) (who id.Actor, err error) {
	query := map[string]string{"proposal": `SELECT actor FROM proposal WHERE id = $1`, "scan": `SELECT actor FROM scan WHERE id = $1`}[kind]
	if query == "" {
		return "", missing(kind)
	}
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		who, err = single(ctx, tx, kind, query, func(scan func(...any) error) (a id.Actor, err error) { return a, scan((*string)(&a)) }, name)
		return err
	})
	return who, err
}

// Fresh is how many findings that are critical or high a comparison saw first.
func (st *Store) Fresh(ctx context.Context, s access.Scope, comparison string) (n int, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&n}, `SELECT COUNT(*) FROM finding f JOIN comparison c ON c.org_id = f.org_id AND c.id = f.comparison
			WHERE f.comparison = $1 AND f.first_at = c.at AND f.state = 'open' AND f.severity IN ('critical', 'high')`, comparison)
		return err
	})
	return n, err
}

// among writes a condition for kinds, as parameters from a number on. No kinds are none.
func among(kinds []notify.Kind, from int) (string, []any) {
	if len(kinds) == 0 {
		return "1 = 0", nil
	}
	var names []string
	var args []any
	for i, k := range kinds {
		names, args = append(names, fmt.Sprintf("$%d", from+i)), append(args, string(k))
	}
	return "kind IN (" + strings.Join(names, ", ") + ")", args
}

// Notices are those of a person that are listed, the newest first.
func (st *Store) Notices(ctx context.Context, s access.Scope, person string, q notify.Query) (all []notify.Notice, err error) {
	in, args := among(q.Kinds, 4)
	query := noticeColumns + ` WHERE person = $1 AND listed = 1 AND ($2 = '' OR id < $2) AND ` + in
	if q.Unseen {
		query += ` AND seen_at = 0`
	}
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, query+` ORDER BY id DESC LIMIT $3`, noticeRow, append([]any{person, q.Before, q.Limit}, args...)...)
		return err
	})
	return all, err
}

// Notice is one of a person.
func (st *Store) Notice(ctx context.Context, s access.Scope, person, notice string) (n notify.Notice, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		n, err = single(ctx, tx, "notification", noticeColumns+` WHERE id = $1 AND person = $2`, noticeRow, notice, person)
		return err
	})
	return n, err
}

// Unseen counts.
func (st *Store) Unseen(ctx context.Context, s access.Scope, person string, kinds []notify.Kind) (n int, err error) {
	in, args := among(kinds, 2)
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&n}, `SELECT COUNT(*) FROM notice WHERE person = $1 AND listed = 1 AND seen_at = 0 AND `+in, append([]any{person}, args...)...)
		return err
	})
	return n, err
}

// See marks one as seen, or all.
func (st *Store) See(ctx context.Context, s access.Scope, person, notice string, at time.Time) (n int, err error) {
	err = st.upkeep(ctx, s, func(tx *sqldb.Tx) error {
		done, err := tx.Exec(ctx, `UPDATE notice SET seen_at = $3 WHERE person = $1 AND ($2 = '' OR id = $2) AND seen_at = 0`, person, notice, at.UnixMicro())
		n = int(done)
		return err
	})
	return n, err
}

// Unsee takes [Store.See] back.
func (st *Store) Unsee(ctx context.Context, s access.Scope, person string, at time.Time) error {
	return st.upkeep(ctx, s, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE notice SET seen_at = 0 WHERE person = $1 AND seen_at = $2`, person, at.UnixMicro())
		return err
	})
}
