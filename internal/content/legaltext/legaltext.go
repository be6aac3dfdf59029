// Package legaltext has the starter texts of the legal registry: neutral texts of our own, in Markdown, that whoever runs the service imports as drafts, has reviewed by counsel
// and replaces.
//
// It promises: each text says in its first lines that it is a template and what has to be filled in, and promises nothing that the software does not do or that the register of
// clauses does not hold. It leaves out being right for anybody's law, which is counsel's.
package legaltext

import (
	"embed"
	"path"

	"c4arch/internal/base/fault"
)

//go:embed text/*.md
var texts embed.FS

// Text is a starter text with what it is.
type Text struct {
	Slug     string
	Public   bool // for everybody; else for organisations under contract
	Title    string
	Summary  string
	Accept   bool // somebody accepts it for an organisation
	Rank     int  // in the order of precedence; 0 has no place
	Supports []string
	Body     string
}

// of says what each text is, in the order in which they are shown.
var of = []Text{
	{Slug: "terms-of-service", Public: true, Title: "Terms of service", Summary: "On what terms anybody uses the service.", Rank: 4},
	{Slug: "privacy-notice", Public: true, Title: "Privacy notice", Summary: "Which personal data is used for what, where we decide about it ourselves.", Rank: 0},
	{Slug: "cookie-notice", Public: true, Title: "Cookie notice", Summary: "What is kept in your browser, and what you can choose.", Rank: 0, Supports: []string{"privacy-notice"}},
	{Slug: "order-form", Title: "Order form", Summary: "What an organisation orders: limits, options, residency, service level, price.", Rank: 1, Supports: []string{"master-services-agreement"}},
	{Slug: "master-services-agreement", Title: "Master services agreement", Summary: "The agreement under which organisations use the service.", Accept: true, Rank: 3},
	{Slug: "data-processing-addendum", Title: "Data processing addendum", Summary: "What we owe as processor of personal data (GDPR Art. 28), with annexes A and B.", Accept: true, Rank: 2, Supports: []string{"master-services-agreement"}},
	{Slug: "subprocessor-list", Title: "Subprocessor list", Summary: "How the list of subprocessors is kept, and how a change comes into force.", Rank: 4, Supports: []string{"data-processing-addendum"}},
	{Slug: "security-exhibit", Title: "Security exhibit", Summary: "The technical and organisational measures, each with how it can be checked.", Rank: 2, Supports: []string{"master-services-agreement", "data-processing-addendum"}},
	{Slug: "support-and-sla", Title: "Support and service levels", Summary: "How to get help, how available the service is, and what follows when it is not.", Rank: 4, Supports: []string{"master-services-agreement"}},
	{Slug: "ai-addendum", Title: "AI addendum", Summary: "What features that use language models may do, and what they never do.", Rank: 2, Supports: []string{"master-services-agreement", "data-processing-addendum"}},
	{Slug: "vulnerability-disclosure-policy", Title: "Vulnerability disclosure policy", Summary: "How to tell us of a weakness, and what you can expect from us.", Rank: 4, Supports: []string{"security-exhibit"}},
}

// All are the starter texts.
func All() ([]Text, error) {
	list := make([]Text, 0, len(of))
	for _, t := range of {
		b, err := texts.ReadFile(path.Join("text", t.Slug+".md"))
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "the starter text %s is not there", t.Slug)
		}
		t.Body = string(b)
		list = append(list, t)
	}
	return list, nil
}
