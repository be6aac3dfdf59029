// Package trustcentre are the use cases of the trust centre: what is said in public with how it stands now, what is asked of the platform and by when it is answered, certifications,
// documents that are shown on terms, and packs that a customer verifies alone.
//
// It promises: a statement never stands better than the checks that look at it and the controls that it is bound to, and says how old what it rests on is; a certification is shown
// inside its validity alone; a request has its due times from the moment that it came; a document on terms is handed out to somebody who has accepted them, with a notice of who
// and when, and an entry in that organisation's ledger is there first; what a pack is made of is listed with its digests and proven by the ledger. It leaves out what the checks
// look at, and the texts of legal documents.
package trustcentre

import (
	"context"
	"io"
	"net/url"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/statement"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/clock"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
	"c4arch/internal/trust/subprocessor"
)

// Contact is where people write to. What is not configured is the form of the trust centre.
type Contact struct {
	Trust    string // security questions, contracts, questionnaires: an address of mail, or of a page
	Security string // reports of vulnerabilities
	Privacy  string // data processing
}

// Key is the port to what signs for strangers.
type Key interface {
	Sign(text []byte, at time.Time) ([]byte, error)
	Public() []byte
	Fingerprint() string
}

// PlatformChange is what a decision writes in the platform's home. What has Version 0 is new, others are written where the version is still that one.
type PlatformChange struct {
	change.Envelope
	Request     *Request
	Certificate *Certificate
	Item        *Item
	File        *File  // new, with the item
	Drop        string // a file that goes
}

// OrgChange is the same in the home of an organisation.
type OrgChange struct {
	change.Envelope
	Acceptance *Acceptance
	Packs      []Pack
	Gone       []Pack
}

// Store is the port to what is kept. What is not there is notfound.
type Store interface {
	Requests(ctx context.Context, s access.Scope, limit int) ([]Request, error) // those that are open first, each by when it is due
	Request(ctx context.Context, s access.Scope, request string) (Request, error)
	// Tracked is the one of that hash.
	Tracked(ctx context.Context, s access.Scope, hash []byte) (Request, error)
	Certificates(ctx context.Context, s access.Scope) ([]Certificate, error)
	Items(ctx context.Context, s access.Scope) ([]Item, error)
	Item(ctx context.Context, s access.Scope, item string) (Item, error)
	File(ctx context.Context, s access.Scope, file string) ([]byte, error)
	Platform(ctx context.Context, c *PlatformChange) (change.Committed, error)

	Acceptance(ctx context.Context, s access.Scope, person string) (Acceptance, error) // the newest of that person; zero where there is none
	Packs(ctx context.Context, s access.Scope) ([]Pack, error)                         // the newest first
	Pack(ctx context.Context, s access.Scope, pack string) (Pack, error)
	Data(ctx context.Context, s access.Scope, p Pack) ([]byte, error)
	Stage(ctx context.Context, s access.Scope, data []byte, at time.Time) (string, error)
	Progress(ctx context.Context, s access.Scope, pack string, done, total int) error
	Overdue(ctx context.Context, s access.Scope, now time.Time, most int) ([]Pack, error)
	Organisation(ctx context.Context, c *OrgChange) (change.Committed, error)
}

// Proofs is the port to the ledger.
type Proofs interface {
	Bundle(ctx context.Context, s access.Scope, w io.Writer, entries []int64) (ledger.Tree, error)
	Signer(ctx context.Context, org id.Org) (*ledger.Signer, error)
}

// Sources is the port to what other parts publish.
type Sources interface {
	// Standing is where the register stands.
	Standing(ctx context.Context) (*control.Report, error)
	// Documents are the versions of legal documents that are in force.
	Documents(ctx context.Context) ([]legal.Version, error)
	// Subprocessors is the public list.
	Subprocessors(ctx context.Context) ([]subprocessor.Entry, error)
	// Annexes are those of the addendum for an organisation, and what else is generated from its record of processing.
	Annexes(ctx context.Context, org id.Org) ([]Text, error)
	// Digest is the digest under which the ledger has a run.
	Digest(run control.Run) (string, error)
	// Name is what an organisation is called.
	Name(ctx context.Context, a access.Actor) (string, error)
	// Readiness is what the instance says of itself now.
	Readiness(ctx context.Context) []Ready
}

// Text is a text of a pack.
type Text struct{ Name, About, Body string }

// Ready is one thing that has to answer for the service to work.
type Ready struct {
	Name string `json:"name"`
	Well bool   `json:"well"`
}

// Service is the trust centre. Every field must be set.
type Service struct {
	Store      Store
	Sources    Sources
	Ledger     Proofs
	Statements []statement.Statement
	Contact    Contact
	Origin     func() string // of the service, as people reach it: https://arch.contoso.example
	Key        func(ctx context.Context) (Key, error)
	Calendar   clock.Calendar
	Now        func() time.Time
	Random     io.Reader
	Version    string
}

// published is a scope for what everybody may see, whoever asks.
func published() (access.Scope, error) {
	return access.Decide(access.System(id.Platform, "what is published", access.Actor{}), access.PublicRead, access.Resource{})
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Address is a contact as a link: what has an @ is mail.
func Address(text string) string {
	if u, err := url.Parse(text); err == nil && u.Scheme != "" {
		return text
	}
	return "mailto:" + text
}
