package talk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/notify"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Notices is the store as package notify has it: a comment is another thing there.
type Notices struct{ *Store }

var _ notify.Store = Notices{}

// Comment is where somebody was mentioned.
func (st Notices) Comment(ctx context.Context, s access.Scope, comment string) (c notify.Comment, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		c, err = st.mention(ctx, tx, comment)
		return err
	})
	return c, err
}

// Settings are what a person chose; who chose nothing has those of version 0.
func (st *Store) Settings(ctx context.Context, s access.Scope, person string) (out notify.Settings, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		var text string
		out = notify.Settings{}
		if _, err := tx.Row(ctx, []any{&text, &out.Version}, `SELECT settings, version FROM notice_setting WHERE id = $1`, person); err != nil {
			return err
		}
		if text != "" && json.Unmarshal([]byte(text), &out) != nil {
			return fault.New(fault.Internal, "the settings of a person cannot be read")
		}
		return nil
	})
	out.Person = person
	return out, err
}

func keyRecord(person string) string { return "notice_setting/" + person }

// Key opens what signs the messages to a person's webhook.
func (st *Store) Key(ctx context.Context, s access.Scope, person string) (v secret.Value, err error) {
	err = st.read(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		var text []byte
		found, err := tx.Row(ctx, []any{&text}, `SELECT sealed FROM notice_setting WHERE id = $1`, person)
		if err != nil {
			return err
		}
		if !found || len(text) == 0 {
			return missing("webhook")
		}
		plain, err := h.Key().Open(secret.ForSecrets, keyRecord(person), text)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the secret of a webhook")
		}
		v = secret.New(plain)
		return nil
	})
	return v, err
}

// Commit writes what a person decided, or that a message is given up.
func (st Notices) Commit(ctx context.Context, c *notify.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	key := []byte{}
	if c.Key != nil && !c.Key.Empty() {
		key = h.Key().Seal(secret.ForSecrets, keyRecord(c.Settings.Person), c.Key.Expose())
	}
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		if c.Ended != nil {
			if err := ended(ctx, tx, *c.Ended); err != nil {
				return err
			}
		}
		if c.Settings == nil {
			return nil
		}
		return writeSettings(ctx, tx, *c.Settings, c.Key != nil, key)
	})
}

func writeSettings(ctx context.Context, tx *sqldb.Tx, s notify.Settings, rekey bool, key []byte) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fault.New(fault.Internal, "the settings of a person cannot be written")
	}
	var n int64
	switch {
	case s.Version == 0:
		n, err = tx.Exec(ctx, `INSERT INTO notice_setting (id, settings, sealed, version) VALUES ($1, $2, $3, 1) ON CONFLICT (org_id, id) DO NOTHING`, s.Person, string(text), key)
	case rekey:
		n, err = tx.Exec(ctx, `UPDATE notice_setting SET settings = $3, sealed = $4, version = version + 1 WHERE id = $1 AND version = $2`, s.Person, s.Version, string(text), key)
	default:
		n, err = tx.Exec(ctx, `UPDATE notice_setting SET settings = $3, version = version + 1 WHERE id = $1 AND version = $2`, s.Person, s.Version, string(text))
	}
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the settings were changed meanwhile")
	}
	return err
}

const ticketRecord = "unsubscribe"

// Ticket seals who may be told no more by mail, until when.
func (st *Store) Ticket(ctx context.Context, s access.Scope, person string, until time.Time) (string, error) {
	h, err := st.open(ctx, s)
	if err != nil {
		return "", err
	}
	defer h.Release()
	plain := person + " " + strconv.FormatInt(until.Unix(), 10)
	return base64.RawURLEncoding.EncodeToString(h.Key().Seal(secret.ForRecords, ticketRecord, []byte(plain))), nil
}

// Ticketed opens it; what the organisation's key has not sealed is notfound.
func (st *Store) Ticketed(ctx context.Context, s access.Scope, ticket string) (string, time.Time, error) {
	const most = 400
	raw, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil || len(ticket) > most {
		return "", time.Time{}, missing("link")
	}
	h, err := st.open(ctx, s)
	if err != nil {
		return "", time.Time{}, err
	}
	defer h.Release()
	plain, err := h.Key().Open(secret.ForRecords, ticketRecord, raw)
	if err != nil {
		return "", time.Time{}, missing("link")
	}
	person, text, _ := strings.Cut(string(plain), " ")
	until, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !id.Is(id.PrefixPerson, person) {
		return "", time.Time{}, missing("link")
	}
	return person, time.Unix(until, 0), nil
}
