package subprocessor

import (
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/subprocessor"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	pure "c4arch/internal/trust/subprocessor"
)

// List is the version of that number, or the newest for 0.
func (st *Store) List(ctx context.Context, s access.Scope, number int) (l pure.List, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err := list(ctx, tx, `SELECT number, at, digest, events, entries FROM subprocessor_list WHERE $1 = 0 OR number = $1 ORDER BY number DESC LIMIT 1`, listRow, number)
		if err == nil && len(all) == 1 {
			l = all[0]
		}
		return err
	})
	return l, err
}

func listRow(scan func(...any) error) (l pure.List, err error) {
	var at int64
	var events, entries string
	if err = scan(&l.Number, &at, &l.Digest, &events, &entries); err != nil {
		return l, err
	}
	l.At = micros(at)
	if err = decode([]byte(events), &l.Events); err == nil && entries != "" {
		err = decode([]byte(entries), &l.Entries)
	}
	return l, err
}

// Past are the newest versions without their entries.
func (st *Store) Past(ctx context.Context, s access.Scope, limit int) (all []pure.List, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT number, at, digest, events, '' FROM subprocessor_list ORDER BY number DESC LIMIT $1`, listRow, limit)
		return err
	})
	return all, err
}

const changeColumns = `SELECT data, state, proposer, approver, decided_at, version FROM supply`

func changeRow(scan func(...any) error) (c pure.Change, err error) {
	var data, state, proposer, approver string
	var decided, version int64
	if err = scan(&data, &state, &proposer, &approver, &decided, &version); err != nil {
		return c, err
	}
	err = decode([]byte(data), &c)
	c.State, c.Proposer, c.Approver, c.Decided, c.Version = pure.Progress(state), proposer, approver, micros(decided), version
	return c, err
}

// Changes are all, in the order of their ids.
func (st *Store) Changes(ctx context.Context, s access.Scope) (all []pure.Change, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, changeColumns+` ORDER BY id`, changeRow)
		return err
	})
	return all, err
}

// Change is one of them.
func (st *Store) Change(ctx context.Context, s access.Scope, name string) (c pure.Change, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err := list(ctx, tx, changeColumns+` WHERE id = $1`, changeRow, name)
		if err == nil && len(all) == 0 {
			return missing("change of subprocessors")
		}
		if err == nil {
			c = all[0]
		}
		return err
	})
	return c, err
}

// Standings are those of a change, or all.
func (st *Store) Standings(ctx context.Context, s access.Scope, name string) (all []pure.Standing, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT supply, organisation, data, version FROM supply_standing WHERE $1 = '' OR supply = $1 ORDER BY supply, organisation`,
			func(scan func(...any) error) (t pure.Standing, err error) {
				var data string
				if err = scan(&t.Change, (*string)(&t.Org), &data, &t.Version); err == nil {
					err = decode([]byte(data), &t.Notice)
				}
				return t, err
			}, name)
		return err
	})
	return all, err
}

// Organisations are the active ones.
func (st *Store) Organisations(ctx context.Context, s access.Scope) (all []subprocessor.Org, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id, slug, created_at FROM directory WHERE state = 'active' AND id <> 'platform' ORDER BY id`, func(scan func(...any) error) (o subprocessor.Org, err error) {
			var at int64
			err = scan((*string)(&o.ID), &o.Slug, &at)
			o.Created = micros(at)
			return o, err
		})
		return err
	})
	return all, err
}

func record(name string) string { return "subprocessor/" + name }

func seal(h *home.Home, n *pure.Notice) ([]byte, error) {
	plain, err := json.Marshal(n)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "a notice cannot be written")
	}
	return h.Key().Seal(secret.ForRecords, record(n.Change), plain), nil
}

func noticeRow(h *home.Home) func(scan func(...any) error) (pure.Notice, error) {
	return func(scan func(...any) error) (n pure.Notice, err error) {
		var name string
		var sealed []byte
		var version int64
		if err = scan(&name, &sealed, &version); err != nil {
			return n, err
		}
		plain, err := h.Key().Open(secret.ForRecords, record(name), sealed)
		if err != nil {
			return n, fault.Wrap(fault.Internal, err, "a notice of subprocessors")
		}
		err = decode(plain, &n)
		n.Version = version
		return n, err
	}
}

// Notices are what the organisation was told, the newest first.
func (st *Store) Notices(ctx context.Context, s access.Scope) (all []pure.Notice, err error) {
	err = st.read(ctx, s, false, func(h *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id, sealed, version FROM subprocessor_notice ORDER BY id DESC`, noticeRow(h))
		return err
	})
	return all, err
}

// Notice is one of them.
func (st *Store) Notice(ctx context.Context, s access.Scope, name string) (n pure.Notice, err error) {
	err = st.read(ctx, s, false, func(h *home.Home, tx *sqldb.Tx) error {
		all, err := list(ctx, tx, `SELECT id, sealed, version FROM subprocessor_notice WHERE id = $1`, noticeRow(h), name)
		if err == nil && len(all) == 0 {
			return missing("notice")
		}
		if err == nil {
			n = all[0]
		}
		return err
	})
	return n, err
}

// noticeKind is the kind under which package notify tells people of a change.
const noticeKind = "subprocessor"

// Receipts are what became of the mails about a change, and of the organisation's streams since it was recorded: a stream has its entry when what was acknowledged is beyond it.
func (st *Store) Receipts(ctx context.Context, s access.Scope, name string, since time.Time) (all []pure.Receipt, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		mail, err := mails(ctx, tx, name)
		if err != nil {
			return err
		}
		stream, err := streams(ctx, tx, since)
		all = []pure.Receipt{mail, stream}
		return err
	})
	return all, err
}

// mails is the best that became of a mail about the change: one that was handed over, one that waits, one that bounced.
func mails(ctx context.Context, tx *sqldb.Tx, name string) (pure.Receipt, error) {
	r := pure.Receipt{Channel: pure.ByMail, State: pure.Unused}
	rank := map[string]int{pure.Unused: 0, pure.Bounced: 1, pure.Waiting: 2, pure.Delivered: 3}
	err := tx.Each(ctx, `SELECT m.state, m.error, m.ended_at FROM notice n JOIN message m ON m.org_id = n.org_id AND m.id = n.mail WHERE n.kind = $1 AND n.subject LIKE $2 ORDER BY m.ended_at`, func(scan func(...any) error) error {
		var state, said string
		var at int64
		if err := scan(&state, &said, &at); err != nil {
			return err
		}
		is := map[string]string{"sent": pure.Delivered, "dead": pure.Bounced, "due": pure.Waiting}[state]
		if rank[is] > rank[r.State] {
			r = pure.Receipt{Channel: pure.ByMail, State: is, At: micros(at), Detail: said}
			if is != pure.Bounced {
				r.Detail = ""
			}
		}
		return nil
	}, noticeKind, `%"`+name+`"%`)
	return r, err
}

// streams is whether an organisation's stream acknowledged what the ledger has up to after the notice: its position was written then, and it had nothing left or more behind it.
func streams(ctx context.Context, tx *sqldb.Tx, since time.Time) (pure.Receipt, error) {
	r := pure.Receipt{Channel: pure.ByStream, State: pure.Unused}
	var index int64
	found, err := tx.Row(ctx, []any{&index}, `SELECT MIN(idx) FROM ledger_entry WHERE kind = 'subprocessor.noticed' AND at >= $1 HAVING MIN(idx) IS NOT NULL`, since.UnixMicro())
	if err != nil || !found {
		return r, err
	}
	err = tx.Each(ctx, `SELECT next, at, error FROM stream_position WHERE source = 'ledger' ORDER BY at`, func(scan func(...any) error) error {
		var next, at int64
		var said string
		if err := scan(&next, &at, &said); err != nil {
			return err
		}
		switch {
		case r.State == pure.Delivered:
		case next > index:
			r = pure.Receipt{Channel: pure.ByStream, State: pure.Delivered, At: micros(at)}
		default:
			r = pure.Receipt{Channel: pure.ByStream, State: pure.Waiting, Detail: said}
		}
		return nil
	})
	return r, err
}
