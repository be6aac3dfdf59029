package app

import (
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/service/legal"
	values "c4arch/internal/trust/legal"
)

// aText is what the form of a draft says.
func aText(s *stage, _ *party) any {
	return dict{
		"slug": fmt.Sprintf("document-%d", s.next()), "title": "A document", "summary": "the first", "body": "## One\n\nWords.", "audience": "public", "rank": "4", "material": "yes", "version": "1",
	}
}

// legalDraft is one that a path names, written by legal; asked says that its publication was asked for.
func legalDraft(asked bool) func(*stage, *party, map[string]string) {
	return func(s *stage, _ *party, values map[string]string) { values["draft"] = s.legalDraft(asked).Text.ID }
}

func (s *stage) legalDraft(asked bool) legal.Draft {
	return s.legalDraftOf(fmt.Sprintf("document-%d", s.next()), asked)
}

// writtenDraft is one with the short name that the form has: a draft keeps its.
func writtenDraft(s *stage, _ *party, values map[string]string) {
	values["draft"] = s.legalDraftOf("document-written", false).Text.ID
}

func (s *stage) legalDraftOf(slug string, asked bool) legal.Draft {
	d, err := s.in.legal.Write(s.t.Context(), s.programmer(access.Legal), values.Version{
		Slug: slug, Title: "A document", Summary: "the first", Body: "## One\n\nWords.", Audience: values.Public, Rank: values.RankPolicy,
	}, 0)
	s.check(err)
	if asked {
		s.check(s.in.legal.Ask(s.t.Context(), s.programmer(access.Legal), d.Text.ID, d.Version, time.Time{}))
	}
	return d
}

func withdrawnDraft(s *stage, p *party, values map[string]string) {
	legalDraft(false)(s, p, values)
	s.check(s.in.legal.Withdraw(s.t.Context(), s.programmer(access.Legal), values["draft"]))
}

// publishedDocument is one that everybody may read, at that place of it.
func publishedDocument(suffix string) func(*stage) (credential, request) {
	return func(s *stage) (credential, request) {
		d := s.legalDraft(true)
		v, err := s.in.legal.Approve(s.t.Context(), s.programmer(access.Administrator), d.Text.ID, d.Version+1)
		s.check(err)
		path := "/legal/" + v.Slug
		if suffix != "" {
			path += "/" + v.Version + suffix
		}
		return credential{}, request{method: "GET", path: path, page: true}
	}
}

// legalSamples are how the pages of the legal registry are asked rightly. What they are about is the platform's and no organisation's.
var legalSamples = map[string]sample{
	"legal": {whole: plainly("GET", "/legal", nil)}, "legal-document": {whole: publishedDocument("")}, "legal-version": {whole: publishedDocument(".json")},
	"staff-legal": {as: "staff support"}, "staff-legal-import": {as: "staff legal"}, "staff-legal-verify": {as: "staff support"},
	"staff-legal-new": {as: "staff legal"}, "staff-legal-create": {as: "staff legal", body: aText},
	"staff-legal-draft": {as: "staff support", fresh: legalDraft(false)}, "staff-legal-edit": {as: "staff legal", fresh: legalDraft(false)},
	"staff-legal-write": {as: "staff legal", fresh: writtenDraft, body: says(dict{
		"slug": "document-written", "title": "A document", "summary": "the first", "body": "## One\n\nWords.", "audience": "public", "rank": "4", "material": "yes", "version": "1",
	})},
	"staff-legal-ask":      {as: "staff legal", fresh: legalDraft(false), body: says(dict{"version": "1"})},
	"staff-legal-approve":  {as: "staff administrator", fresh: legalDraft(true), body: says(dict{"version": "2"})},
	"staff-legal-return":   {as: "staff legal", fresh: legalDraft(true), body: says(dict{"version": "2", "reason": "not yet"})},
	"staff-legal-withdraw": {as: "staff legal", fresh: legalDraft(false)}, "staff-legal-restore": {as: "staff legal", fresh: withdrawnDraft},
}
