// Package legal is the registry of legal documents as values: a document has a slug and versions, a version has text, an instant from which it is in force, and the digest of
// its canonical bytes. It is pure.
//
// It promises that two versions with the same meaning for a reader have the same digest, whatever the platform that they were written on, and that a digest can be computed
// again from what is shown. It leaves out who publishes and who accepts.
package legal

import "time"

// Audience is who a document is for.
type Audience string

// The audiences.
const (
	Public     Audience = "public"     // terms, privacy, cookies
	Enterprise Audience = "enterprise" // the pack of procurement
)

// Slugs of the documents that come with the program as templates.
const (
	Terms         = "terms-of-service"
	Privacy       = "privacy-notice"
	Cookies       = "cookie-notice"
	Agreement     = "master-services-agreement"
	Addendum      = "data-processing-addendum"
	Subprocessors = "subprocessor-list"
	Exhibit       = "security-exhibit"
	Support       = "support-and-sla"
	AIAddendum    = "ai-addendum"
	OrderForm     = "order-form"
	Disclosure    = "vulnerability-disclosure-policy"
)

// Version is one version of one document.
type Version struct {
	ID        string    `json:"id"`        // ld_…
	Slug      string    `json:"slug"`      // "data-processing-addendum"
	Version   string    `json:"version"`   // an ISO date: "2026-11-23"
	Effective time.Time `json:"effective"` // the instant from which it is in force, UTC
	Audience  Audience  `json:"audience"`
	Title     string    `json:"title"`
	Summary   string    `json:"summary"` // a line: what it is, or what changed
	Body      string    `json:"body"`    // Markdown
	Material  bool      `json:"material"`
	// Accept: whoever uses the service as a member of an organisation needs that an authorised person has accepted this version for it.
	Accept bool `json:"accept"`
	// Supports are slugs of documents that this one is part of, or explains.
	Supports []string `json:"supports"`
	// Rank orders documents where they differ: a smaller number wins. 0 has no place in the order.
	Rank     int  `json:"rank"`
	Template bool `json:"template"` // a starter text of ours, that counsel has to review
	// Weakens says that it lowers a measure; Decision is then the approved decision that says why.
	Weakens  bool   `json:"weakens"`
	Decision string `json:"decision,omitempty"`
	Digest   string `json:"digest"` // "sha256:…" of the canonical bytes
	// Who wrote and who approved it, as ids of actors, and when it was published. They are no part of the canonical bytes.
	Author    string    `json:"author,omitempty"`
	Approver  string    `json:"approver,omitempty"`
	Published time.Time `json:"published"`
}
