package processing

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/service/processing"
	"c4arch/internal/store/sqldb"
	values "c4arch/internal/trust/processing"
)

// ofAgreement is what the agreement covers by itself: everything but support, which a grant covers, and improvement, which nothing does that nobody gave.
var ofAgreement = []values.Purpose{values.Provide, values.Notify, values.Secure, values.Meter, values.Legal}

// facts are the questions of which each row is something that the organisation did: source, reference, title, from, until.
var facts = []struct {
	query    string
	source   values.Source
	narrow   bool
	purposes []values.Purpose
	title    string
}{
	{`SELECT 'organisation', '', created_at, 0 FROM organisation`, values.Agreement, false, ofAgreement, "the agreement under which the organisation was taken on"},
	{`SELECT id, name, created_at, 0 FROM connection ORDER BY id`, values.Configuration, true, []values.Purpose{values.Provide}, "read what the connection is for: "},
	{`SELECT id, name, created_at, 0 FROM stream ORDER BY id`, values.Configuration, true, []values.Purpose{values.Provide}, "send the stream: "},
	{`SELECT id, ticket, from_at, until_at FROM support_grant WHERE state = 'active' ORDER BY id`, values.SupportAsked, true, []values.Purpose{values.Support}, "look into the organisation for the ticket: "},
	{
		`SELECT p.id, p.name, min(s.created_at), 0 FROM scan s JOIN project p ON p.org_id = s.org_id AND p.id = s.project WHERE s.connection IS NULL GROUP BY p.id, p.name ORDER BY p.id`,
		values.User, true,
		[]values.Purpose{values.Provide},
		"scan what members hand over to the project: ",
	},
}

// Facts are what the records of the organisation say that it did.
func (st *Store) Facts(ctx context.Context, s access.Scope) (all []processing.Fact, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		for _, q := range facts {
			some, err := list(ctx, tx, q.query, func(scan func(...any) error) (processing.Fact, error) {
				f := processing.Fact{Source: q.source, Narrow: q.narrow, Purposes: q.purposes}
				var name string
				var from, until int64
				err := scan(&f.Reference, &name, &from, &until)
				f.Title, f.From, f.Until = cut(q.title+name), micros(from), micros(until)
				return f, err
			})
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	return all, err
}

// cut keeps a title within its limit.
func cut(s string) string {
	if len(s) <= values.MaxTitle {
		return s
	}
	n := values.MaxTitle - 3
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
