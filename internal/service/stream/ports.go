package stream

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Change is what a use case does in the home of one organisation, in one transaction. Records have the version that was read: 0 is new; it goes up by one.
type Change struct {
	change.Envelope
	Streams    []Stream
	Gone       []Stream // removed with their positions, deliveries and secrets
	Secrets    []Secret
	Positions  []Position // set, whatever they were
	Moves      []Move     // conflict where a position is not the one it was
	Deliveries []Delivery
}

// Secret is what a stream signs or authenticates with.
type Secret struct {
	ID      string
	Version int64
	Value   secret.Value
}

// Move takes a position on.
type Move struct{ From, To Position }

// Store is the port to streams and the access log. Every read is in the scope's organisation; what it does not have is notfound.
type Store interface {
	// Streams are all, in the order of their ids.
	Streams(ctx context.Context, s access.Scope) ([]Stream, error)
	Stream(ctx context.Context, s access.Scope, stream string) (Stream, error)
	// Secret opens the secret of a stream that has one.
	Secret(ctx context.Context, s access.Scope, stream Stream) (Secret, error)
	// Positions are those of a stream, or of all with "".
	Positions(ctx context.Context, s access.Scope, stream string) ([]Position, error)
	// Deliveries are the next limit of a stream behind after, in the order of their ids; state "" is any.
	Deliveries(ctx context.Context, s access.Scope, stream string, state State, after string, limit int) ([]Delivery, error)
	Delivery(ctx context.Context, s access.Scope, stream, delivery string) (Delivery, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
	// Move takes a position on; it is no decision. conflict where it is not the one it was.
	Move(ctx context.Context, s access.Scope, m Move) error
	// Settle ends a job that decided nothing.
	Settle(ctx context.Context, s access.Scope, l *job.Lease) error

	// Records are the next limit of the access log from a number on; Last is the newest number, 0 without any.
	Records(ctx context.Context, s access.Scope, from int64, limit int) ([]Record, error)
	Last(ctx context.Context, s access.Scope) (int64, error)
	// Write appends to the access log; it is no decision.
	Write(ctx context.Context, s access.Scope, all []Record) error
}

// Ledger is the port to the ledger of the scope's organisation.
type Ledger interface {
	Size(ctx context.Context, s access.Scope) (int64, error)
	// Entries are the next limit from an index on. One that is damaged has no Leaf.
	Entries(ctx context.Context, s access.Scope, from int64, limit int) ([]ledger.Entry, error)
	// Checkpoints are those that are kept with at least that size, by size.
	Checkpoints(ctx context.Context, s access.Scope, from int64) ([]Checkpoint, error)
}

// Checkpoint is a signed statement about the ledger.
type Checkpoint struct {
	Size int64
	Note []byte
	At   time.Time
}

// Sender is the port to the other side. What it is sent to is checked where it is dialled.
type Sender interface {
	// Syslog sends messages in order. No error means that they are acknowledged.
	Syslog(ctx context.Context, org id.Org, address string, messages []Message) error
	// Post sends one request over HTTPS and returns the status of the answer. Redirects are not followed.
	Post(ctx context.Context, org id.Org, r Request) (status int, err error)
}

// Message is one of syslog.
type Message struct {
	At       time.Time
	Warning  bool // or informational
	Host     string
	Kind     string // MSGID
	Params   [][2]string
	Text     string // JSON in ASCII
	Sequence int64
}

// Request is one over HTTPS.
type Request struct {
	Address string
	Type    string // of the body
	Body    []byte
	// Authorization is what the receiver wants to see, or empty.
	Authorization secret.Value
	// ID, At and Keys are those of a webhook; it is signed with each of the keys.
	ID   string
	At   time.Time
	Keys []secret.Value
}

// Meter is the port to metrics.
type Meter interface {
	// StreamSent counts records that were acknowledged, were not, or were put aside.
	StreamSent(kind Kind, outcome string, records int)
	// StreamBehind says how many records of a stream are not delivered.
	StreamBehind(org id.Org, stream string, records int64)
	// AccessLost counts records of the access log that could not be kept.
	AccessLost(n int64)
}
