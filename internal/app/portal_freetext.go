package app

import (
	"context"
	"crypto/rand"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	desk "c4arch/internal/inbound/portal/freetext"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/freetext"
	store "c4arch/internal/store/freetext"
	"c4arch/internal/trust/ledger"
)

// screening builds what looks at free text.
func (in *instance) screening() *freetext.Service {
	return &freetext.Service{Store: store.New(in.homes), Ledger: textLedger{in}, Comments: textComments{in}, Now: in.now, Random: rand.Reader}
}

// screen has a text looked at before a service keeps it.
func (in *instance) screen(ctx context.Context, a access.Actor, field, text string) (string, error) {
	return in.texts.Screen(ctx, a, field, text, "")
}

// freeTextDesk is the page of what free text may hold.
func (in *instance) freeTextDesk() web.Desk { return desk.Desk(in.texts) }

// textLedger is the ledger as the look through free text reads it, and has values erased from it.
type textLedger struct{ in *instance }

func (l textLedger) Size(ctx context.Context, s access.Scope) (int64, error) {
	return streamed{l.in.trust}.Size(ctx, s)
}

func (l textLedger) Entries(ctx context.Context, s access.Scope, from int64, limit int) ([]ledger.Entry, error) {
	return streamed{l.in.trust}.Entries(ctx, s, from, limit)
}

func (l textLedger) Erase(ctx context.Context, a access.Actor, index int64, field, reason string) error {
	_, err := l.in.audit.Erase(ctx, a, index, []string{field}, reason, "")
	return err
}

// textComments are comments, of which the text that was found is removed.
type textComments struct{ in *instance }

func (t textComments) Redact(ctx context.Context, a access.Actor, project, comment, reason string) error {
	_, err := t.in.talk.Redact(ctx, a, id.Project(project), comment, reason)
	return err
}
