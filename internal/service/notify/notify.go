// Package notify tells people what happened that concerns them: in the product, by mail, and at a webhook of their own.
//
// It promises: what people are told follows from the ledger of their organisation, so nothing has to tell this package; nobody is told the same twice; each person says for every
// kind where it is told; what comes together is told together; whoever lost a role, or left, is told nothing of what they may not read any more: that is looked at when something is
// listed, and again when it is sent; a message names who and where, and never quotes. It leaves out the words, and how a message gets to somebody.
package notify

import (
	"context"
	"io"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Kind is what a person chooses by.
type Kind string

// The kinds.
const (
	Mention    Kind = "mention"
	Decision   Kind = "decision" // something waits for me
	Decided    Kind = "decided"  // what I proposed
	Finding    Kind = "finding"
	Scan       Kind = "scan"
	Exception  Kind = "exception"
	Broken     Kind = "broken"
	Token      Kind = "token"
	Membership Kind = "membership"
	Support    Kind = "support" // the operator's people
	// Supplier is a change of subprocessors, to which the organisation can object. Package store/subprocessor looks for the word, as a receipt.
	Supplier Kind = "subprocessor"
)

// Kinds are all, in the order in which they are shown.
var kinds = []Kind{Mention, Decision, Decided, Finding, Scan, Exception, Broken, Token, Membership, Support, Supplier}

// Kinds are all kinds, in the order in which they are shown.
func Kinds() []Kind { return slices.Clone(kinds) }

// What is what happened.
type What string

// What happens.
const (
	Mentioned         What = "comment.mention"
	BaselineProposed  What = "baseline.proposed"
	ExceptionProposed What = "exception.proposed"
	ProposalApproved  What = "proposal.approved"
	ProposalRejected  What = "proposal.rejected"
	FindingsNew       What = "finding.new"
	ScanFailed        What = "scan.failed"
	ExceptionSoon     What = "exception.soon"
	ExceptionOver     What = "exception.over"
	StreamOff         What = "stream.disabled"
	StreamDead        What = "stream.dead"
	ConnectionBroken  What = "connection.broken"
	TokenSoon         What = "token.soon"
	MemberAdded       What = "member.added"
	RoleChanged       What = "member.changed"
	GrantAsked        What = "grant.asked"
	GrantUsed         What = "grant.used"
	SupplierNoticed   What = "subprocessor.noticed"
)

// of says of everything that happens of which kind it is, and what whoever is told has to be allowed.
var of = map[What]struct {
	kind    Kind
	act     access.Action
	project bool // the action is about the project
}{
	Mentioned: {Mention, access.CommentRead, true}, BaselineProposed: {Decision, access.BaselineApprove, true}, ExceptionProposed: {Decision, access.BaselineApprove, true},
	ProposalApproved: {Decided, access.BaselineRead, true}, ProposalRejected: {Decided, access.BaselineRead, true}, FindingsNew: {Finding, access.FindingRead, true},
	ScanFailed: {Scan, access.ScanRead, true}, ExceptionSoon: {Exception, access.ExceptionRead, true}, ExceptionOver: {Exception, access.ExceptionRead, true},
	StreamOff: {Broken, access.StreamRead, false}, StreamDead: {Broken, access.StreamRead, false}, ConnectionBroken: {Broken, access.ConnectionList, true},
	TokenSoon: {Token, access.SelfRead, false}, MemberAdded: {Membership, access.SelfRead, false}, RoleChanged: {Membership, access.SelfRead, false},
	GrantAsked: {Support, access.GrantRead, false}, GrantUsed: {Support, access.GrantRead, false}, SupplierNoticed: {Supplier, access.ObjectionRead, false},
}

// Subject are the ids of what a notice is about.
type Subject struct {
	ID    string `json:"id,omitempty"`    // of the comment, the proposal, the scan…
	About string `json:"about,omitempty"` // of a comment: element, finding, proposal
	On    string `json:"on,omitempty"`    // and its id
	Count int    `json:"count,omitempty"`
	Role  string `json:"role,omitempty"`
	When  int64  `json:"when,omitempty"` // microseconds: when something ends
}

// Notice is what one person is told.
type Notice struct {
	ID      string
	Person  string
	Key     string // of what happened: nobody is told twice
	Kind    Kind
	What    What
	Project id.Project // "" is the organisation
	Subject Subject
	Actor   string // a person, or ""
	Listed  bool
	At      time.Time
	Seen    time.Time
	// Mail and Hook say how a new one is sent besides; "" is not.
	Mail, Hook Pace
}

// Pace is how soon a message goes.
type Pace string

// The paces.
const (
	AtOnce Pace = "now"
	Daily  Pace = "daily"
	Never  Pace = "never"
)

// Channel is where a message goes.
type Channel string

// The channels.
const (
	ByMail Channel = "mail"
	ByHook Channel = "hook"
)

// State is where a message stands.
type State string

// The states.
const (
	Due     State = "due"
	Sent    State = "sent"
	Dead    State = "dead"
	Dropped State = "dropped" // nothing of it was to be told any more
)

// Message bundles notices for a person.
type Message struct {
	ID       string
	Person   string
	Channel  Channel
	Pace     Pace
	State    State
	DueAt    time.Time
	Attempts int
	Error    string
	Created  time.Time
	Ended    time.Time
}

// Reminder is something that will be told when its time comes.
type Reminder struct {
	What    What
	Subject string
	At      time.Time
	Person  string // "" is everybody whom it concerns
	Project id.Project
}

// Batch is what follows from a part of the ledger. It is written whole, where the ledger was followed as far as From.
type Batch struct {
	From, Next int64
	Notices    []Notice
	// Messages are those that new notices begin, where the person has none waiting.
	Messages  []Message
	Reminders []Reminder
	Over      []Reminder // that are told, or are not needed any more
}

// Query chooses from what somebody is told.
type Query struct {
	Kinds  []Kind // that may be shown
	Unseen bool
	Before string // id of the last one of the page before
	Limit  int
}

// Comment is where somebody was mentioned.
type Comment struct {
	About, Subject string
	Shown          bool
	Mentions       []string
}

// Store is the port to what people are told. Every read is in the scope's organisation; what it does not have is notfound.
type Store interface {
	Position(ctx context.Context, s access.Scope) (next int64, err error)
	// Take writes a batch; conflict where the ledger was followed elsewhere meanwhile.
	Take(ctx context.Context, s access.Scope, b Batch) error
	// Reminders are those that are due, at most limit.
	Reminders(ctx context.Context, s access.Scope, now time.Time, limit int) ([]Reminder, error)
	// Waiting are the messages that are due, at most limit; Bundle what one of them tells.
	Waiting(ctx context.Context, s access.Scope, now time.Time, limit int) ([]Message, error)
	Bundle(ctx context.Context, s access.Scope, m Message) ([]Notice, error)
	// Try counts an attempt before it is made, and puts the next one off; conflict where somebody else tries.
	Try(ctx context.Context, s access.Scope, m Message, next time.Time) error
	// End notes what became of a message.
	End(ctx context.Context, s access.Scope, m Message) error
	// Tidy removes what is older, and erases what comments said that were taken back before.
	Tidy(ctx context.Context, s access.Scope, notices, withdrawn time.Time) error
	Settle(ctx context.Context, s access.Scope, l *job.Lease) error

	// Comment, Asker and Fresh are what the ledger does not say: who is mentioned, who asked for a proposal or a scan, and how many findings that are critical or high a
	// comparison saw first.
	Comment(ctx context.Context, s access.Scope, comment string) (Comment, error)
	Asker(ctx context.Context, s access.Scope, kind, name string) (id.Actor, error)
	Fresh(ctx context.Context, s access.Scope, comparison string) (int, error)

	Notices(ctx context.Context, s access.Scope, person string, q Query) ([]Notice, error)
	Notice(ctx context.Context, s access.Scope, person, notice string) (Notice, error)
	Unseen(ctx context.Context, s access.Scope, person string, kinds []Kind) (int, error)
	// See marks one as seen, or all with ""; Unsee makes those unseen again that were marked at that time.
	See(ctx context.Context, s access.Scope, person, notice string, at time.Time) (int, error)
	Unsee(ctx context.Context, s access.Scope, person string, at time.Time) error
	// Messages are the newest of a person.
	Messages(ctx context.Context, s access.Scope, person string, limit int) ([]Message, error)

	Settings(ctx context.Context, s access.Scope, person string) (Settings, error)
	Key(ctx context.Context, s access.Scope, person string) (secret.Value, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
	// Ticket seals who may be told no more by mail, until when; Ticketed opens it.
	Ticket(ctx context.Context, s access.Scope, person string, until time.Time) (string, error)
	Ticketed(ctx context.Context, s access.Scope, ticket string) (person string, until time.Time, err error)
}

// Change is a decision of a person, in one transaction.
type Change struct {
	change.Envelope
	Settings *Settings
	Key      *secret.Value // that signs what the webhook gets; nil leaves it
	Ended    *Message
}

// Ledger is the port to the ledger of the scope's organisation.
type Ledger interface {
	// Entries are the next limit from an index on. One that is damaged has no Leaf.
	Entries(ctx context.Context, s access.Scope, from int64, limit int) ([]ledger.Entry, error)
}

// Tenancy is the port to the members and the projects of the scope's organisation.
type Tenancy interface {
	Organisation(ctx context.Context, s access.Scope) (tenant.Organisation, error)
	Members(ctx context.Context, s access.Scope) ([]tenant.Member, error)
	Projects(ctx context.Context, s access.Scope) ([]tenant.Project, error)
}

// Letter is what a person gets.
type Letter struct {
	ID           string // the same however often it is tried
	To           string // an address of mail
	Name         string
	Organisation string
	Items        []Item
	At           time.Time
	Unsubscribe  string // the address of the page that ends it, without signing in
	Settings     string
}

// Item is a notice for whoever reads it.
type Item struct {
	Notice
	ProjectName string
	By          string // the name of the actor, or ""
	Path        string // of what it is about, "" where there is no page
}

// Mailer is the port to mail. An error of kind denied or invalid says that it will never arrive.
type Mailer interface {
	Mail(ctx context.Context, org id.Org, l Letter) error
}

// Hooker is the port to webhooks.
type Hooker interface {
	Post(ctx context.Context, org id.Org, r Request) (status int, err error)
}

// Request is one to a webhook of a person, signed as Standard Webhooks describes.
type Request struct {
	Address string
	ID      string
	At      time.Time
	Body    []byte
	Key     secret.Value
}

// Service is the use cases. Every field but Mailer and Allowed must be set.
type Service struct {
	Store   Store
	Ledger  Ledger
	Tenancy Tenancy
	// Mailer is nil where no mail is configured.
	Mailer Mailer
	Hooker Hooker
	// Allowed says why an address cannot be reached from here; nil asks nobody.
	Allowed func(address string) error
	Now     func() time.Time
	Random  io.Reader
	// Base is how people reach the service.
	Base func() string
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Mails reports whether the service can send mail.
func (s *Service) Mails() bool { return s.Mailer != nil }
