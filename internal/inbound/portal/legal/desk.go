// Package legal is the pages of the legal registry: for everybody the documents in force with their histories, their digests and how to verify them, and for the platform's people
// the drafts, and their publication by two of them.
//
// It promises: what is shown as published is what the registry has, and a text that does not have its digest is said to be damaged; the file to download is, byte for byte, what
// the digest is of; where nothing is published the pages say so. It leaves out every decision, which is the service's.
package legal

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/legal"
	values "c4arch/internal/trust/legal"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Service is the port to the registry.
type Service interface {
	Published(ctx context.Context) ([]values.Version, error)
	Of(ctx context.Context, slug string) ([]values.Version, error)
	Version(ctx context.Context, slug, version string) (values.Version, error)

	Drafts(ctx context.Context, a access.Actor) ([]legal.Draft, error)
	Draft(ctx context.Context, a access.Actor, name string) (legal.Draft, error)
	Write(ctx context.Context, a access.Actor, text values.Version, version int64) (legal.Draft, error)
	Import(ctx context.Context, a access.Actor) (int, error)
	Withdraw(ctx context.Context, a access.Actor, name string) error
	Restore(ctx context.Context, a access.Actor, name string) error
	Ask(ctx context.Context, a access.Actor, name string, version int64, effective time.Time) error
	Return(ctx context.Context, a access.Actor, name string, version int64, reason string) error
	Approve(ctx context.Context, a access.Actor, name string, version int64) (values.Version, error)
	Verify(ctx context.Context, a access.Actor) (*legal.Verdict, error)
}

// Parts are what the desk needs.
type Parts struct {
	Registry Service
	// Names are the names of people of the platform, by their ids. Of whoever is not there any more there is none.
	Names func(ctx context.Context, a access.Actor) (map[string]string, error)
	// Accepted is how many organisations accepted a version, by document and version; nil where nothing is accepted here.
	Accepted func(ctx context.Context) (map[[2]string]int, error)
	// Notice is how long before it is in force a material version is published.
	Notice time.Duration
	Now    func() time.Time
}

const (
	publicPath = "/legal"
	staffPath  = "/staff/legal"
)

type desk struct{ Parts }

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		s.Open("GET", publicPath, "legal", d.index)
		s.Open("GET", publicPath+"/{slug}", "legal-document", d.document)
		s.Open("GET", publicPath+"/{slug}/{version}", "legal-version", d.version)
		d.staff(s)
	}
}

func (d desk) staff(s *web.Site) {
	s.Says("legal-imported", "The starter texts are drafts now. Counsel has to review each before it is published.")
	s.Says("legal-none", "There is a draft or a document for each of the starter texts already.")
	s.Says("legal-written", "The draft is kept. Nobody but the platform's people sees it.")
	s.Says("legal-asked", "Another person has to approve it now. Until then nobody else sees it.")
	s.Says("legal-returned", "The draft is sent back. The reason stands beside it.")
	s.Says("legal-withdrawn", "The draft is put aside. It can be taken back below.")
	s.Says("legal-restored", "The draft is taken back.")
	s.Says("legal-published", "The document is published. It stays as it is from now on.")
	draft := web.InPath("draft", "legal draft")
	s.StaffPage(staffPath, "staff-legal", access.LegalRead, d.registry)
	s.StaffForm(staffPath+"/import", "staff-legal-import", access.LegalWrite, d.importTexts)
	s.StaffForm(staffPath+"/verify", "staff-legal-verify", access.LegalRead, d.verify)
	s.StaffPage(staffPath+"/new", "staff-legal-new", access.LegalWrite, d.fresh)
	s.StaffLargeForm(staffPath+"/new", "staff-legal-create", access.LegalWrite, d.create)
	s.StaffPage(staffPath+"/{draft}", "staff-legal-draft", access.LegalRead, d.draft, draft)
	s.StaffPage(staffPath+"/{draft}/edit", "staff-legal-edit", access.LegalWrite, d.edit, draft)
	s.StaffLargeForm(staffPath+"/{draft}/edit", "staff-legal-write", access.LegalWrite, d.write, draft)
	s.StaffForm(staffPath+"/{draft}/ask", "staff-legal-ask", access.LegalPublish, d.ask, draft)
	s.StaffForm(staffPath+"/{draft}/approve", "staff-legal-approve", access.LegalPublish, d.approve, draft)
	s.StaffForm(staffPath+"/{draft}/return", "staff-legal-return", access.LegalPublish, d.sendBack, draft)
	s.StaffForm(staffPath+"/{draft}/withdraw", "staff-legal-withdraw", access.LegalWrite, d.withdraw, draft)
	s.StaffForm(staffPath+"/{draft}/restore", "staff-legal-restore", access.LegalWrite, d.restore, draft)
}
