package freetext

import (
	"context"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/freetext"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Screen looks at a text before it is kept, and returns what may be kept. field says in a word or two what the text is, for its writer and for the ledger. confirmed is the digest
// ([freetext.Digest]) of a text that its writer was warned about, or "": what ctx says is asked too ([freetext.Confirming]). A text that is not taken is an error with
// [freetext.Held] under it, and nobody has kept it.
func (s *Service) Screen(ctx context.Context, a access.Actor, field, text, confirmed string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return text, nil
	}
	hits, err := freetext.Find(text)
	if err != nil || len(hits) == 0 {
		return text, err
	}
	p, err := s.policyFor(ctx, a)
	if err != nil {
		return "", err
	}
	by := map[Choice][]freetext.Hit{}
	for _, h := range hits {
		by[p.Of(h.Class)] = append(by[p.Of(h.Class)], h)
	}
	if blocked := by[Block]; len(blocked) > 0 {
		return "", s.held(ctx, a, field, text, blocked, true)
	}
	if warned := by[Warn]; len(warned) > 0 && !freetext.Confirmed(ctx, text, confirmed) {
		return "", s.held(ctx, a, field, text, warned, false)
	} else if len(warned) > 0 {
		if err := s.note(ctx, a, field, "kept", warned); err != nil {
			return "", err
		}
	}
	if redacted := by[Redact]; len(redacted) > 0 {
		return freetext.Redact(text, redacted), s.note(ctx, a, field, "redacted", redacted)
	}
	return text, nil
}

// policyFor is the policy where the actor writes. The platform has the one that everybody begins with.
func (s *Service) policyFor(ctx context.Context, a access.Actor) (Policy, error) {
	if ours(a) {
		return Default(), nil
	}
	scope, err := access.Decide(access.System(a.Org, "look at free text", a), access.FreeTextScan, access.Resource{})
	if err != nil {
		return Policy{}, err
	}
	return s.Store.Policy(ctx, scope)
}

// ours reports whether the actor writes where there is no organisation with a policy.
func ours(a access.Actor) bool { return a.Org == id.Platform || a.Org == id.Local || a.Org == "" }

func (s *Service) held(ctx context.Context, a access.Actor, field, text string, hits []freetext.Hit, blocked bool) error {
	h := &freetext.Held{Field: field, Digest: freetext.Digest(text), Hits: hits, Blocked: blocked}
	if blocked {
		if err := s.note(ctx, a, field, "refused", hits); err != nil {
			return err
		}
		return fault.Wrap(fault.Invalid, h, "the text of “%s” holds what is not kept here: %s", field, strings.Join(freetext.Rules(hits), ", ")).
			WithHelp("take it out, and send the text again; a secret that was written anywhere is replaced where it comes from")
	}
	return fault.Wrap(fault.Conflict, h, "the text of “%s” may hold what should not be kept: %s", field, strings.Join(freetext.Rules(hits), ", ")).
		WithHelp("change it, or confirm that it is meant: a program sends it again with Free-Text-Confirmed: %s", h.Digest)
}

// note writes into the ledger what became of a text, and nothing of the text.
func (s *Service) note(ctx context.Context, a access.Actor, field, action string, hits []freetext.Hit) error {
	if ours(a) {
		return nil
	}
	scope, err := access.Decide(access.System(a.Org, "look at free text", a), access.FreeTextScan, access.Resource{})
	if err != nil {
		return err
	}
	_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), entry("freeText.found",
		ledger.Text("field", field), ledger.List("rules", freetext.Rules(hits)), ledger.Text("became", action)))})
	return err
}
