package staff

import (
	"context"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// maxSubject bounds what an entry says of a read, in bytes.
const maxSubject = 200

// Watched reports whether the reads of an actor are recorded: those of auditors, and of staff under a grant.
func Watched(a access.Actor) bool {
	return a.Grant != "" || slices.Contains(a.Roles, access.Auditor)
}

// Looked records that an actor whose reads are recorded is about to read something of the organisation: route is the pattern that was met, subject what the request names. It
// is there before the answer is; after an error nothing may be answered. For everybody else it does nothing. Reads that come at the same time share a transaction.
func (s *Service) Looked(ctx context.Context, a access.Actor, route, subject string) error {
	if !Watched(a) {
		return nil
	}
	scope, err := system(a.Org, access.AccessRecord, "a read that is recorded", a)
	if err != nil {
		return err
	}
	fields := []ledger.Field{ledger.Actor("reader", a.ID), ledger.Text("route", short(route)), ledger.Text("subject", short(subject))}
	if a.Grant != "" {
		fields = append(fields, ledger.Text("grant", a.Grant))
	}
	return s.commit(ctx, &Change{Envelope: change.New(scope, s.now(), entry("access.looked", fields...)), Looked: a.Grant})
}

// short cuts what is longer than an entry needs: a path names at most a handful of ids.
func short(text string) string {
	if len(text) > maxSubject {
		text = text[:maxSubject]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
