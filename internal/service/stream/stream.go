// Package stream are the use cases of the access log, and of streams: where an organisation sends its ledger, its access log and its events. Webhooks are streams of the events
// that were chosen.
//
// It promises: what an organisation has goes to its own streams and to no other's; a stream is sent in order, at least once, and its position moves on only when what was sent is
// acknowledged; what cannot be delivered is put aside and never dropped; a record cannot forge another, whatever stands in it; what was lost of the access log is counted. It
// leaves out how a message gets to the other side, which is a port, and deciding that a receiver has understood what it acknowledged.
package stream

import (
	"context"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Service is the use cases. Every field but Meter and Allowed must be set.
type Service struct {
	Store  Store
	Ledger Ledger
	Sender Sender
	Now    func() time.Time
	Random io.Reader
	// Host is the name of this service in what it sends.
	Host string
	// Allowed says why an address cannot be reached from here, before it is kept. What counts is what is dialled later; nil asks nobody.
	Allowed func(kind Kind, address string) error
	// Meter may be nil.
	Meter Meter
	// Access is the queue of the access log.
	Access *AccessLog
}

// Log takes one record into the access log. It never waits.
func (s *Service) Log(ctx context.Context, r Record) { s.Access.Log(ctx, r) }

// Kind is how a stream is sent.
type Kind string

// The kinds.
const (
	Syslog  Kind = "syslog"  // RFC 5424 over TLS (RFC 5425)
	OCSF    Kind = "ocsf"    // Open Cybersecurity Schema Framework, in JSON over HTTPS
	Webhook Kind = "webhook" // Standard Webhooks, one event a request
	Pull    Kind = "pull"    // fetched from here by cursor
)

// Source is what a stream is of.
type Source string

// The sources.
const (
	FromLedger     Source = "ledger"
	FromAccess     Source = "access"
	FromCheckpoint Source = "checkpoint"
)

// Sources are all, in the order in which they are sent.
var sources = []Source{FromLedger, FromAccess, FromCheckpoint}

// Settings are what a stream is set to.
type Settings struct {
	// Address is https://HOST/PATH, or HOST:PORT of a collector of syslog; "" of what is pulled.
	Address string   `json:"address,omitempty"`
	Sources []Source `json:"sources"`
	// Kinds are those of the ledger's entries that are sent: "scan.failed", "member.*"; none is all.
	Kinds []string `json:"kinds,omitempty"`
	// Personal sends personal data too. Without it, ids stand for people.
	Personal bool `json:"personal,omitempty"`
}

// Stream is one, as it is kept.
type Stream struct {
	ID       string `json:"id"`
	Kind     Kind   `json:"kind"`
	Name     string `json:"name"`
	Settings `json:"settings"`
	Secret   string    `json:"-"` // the id of its secret, or ""
	Off      bool      `json:"off"`
	Created  time.Time `json:"createdAt"`
	Version  int64     `json:"version"`
}

// Position is how far a stream is in one source.
type Position struct {
	Stream   string
	Source   Source
	Next     int64 // index, seq or size that is to be sent next
	Attempts int   // that failed since something was delivered
	Since    time.Time
	RetryAt  time.Time
	Error    string
	At       time.Time
}

// State is where a delivery stands.
type State string

// The states.
const (
	Dead     State = "dead"
	Replayed State = "replayed"
)

// Delivery is a range that could not be delivered.
type Delivery struct {
	ID       string    `json:"id"`
	Stream   string    `json:"stream"`
	Source   Source    `json:"source"`
	First    int64     `json:"first"`
	Last     int64     `json:"last"`
	State    State     `json:"state"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error"`
	At       time.Time `json:"at"`
	Version  int64     `json:"version"`
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	text, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

// decide mints a scope for an action that is about the organisation.
func decide(a access.Actor, act access.Action) (access.Scope, error) {
	return access.Decide(a, act, access.Resource{})
}

// remembered commits a change whose result is remembered with an idempotency key, and reads the result that was given before where the key is known.
func (s *Service) remembered(ctx context.Context, c *Change, key *change.Idempotency, result any) error {
	if err := change.Remember(&c.Envelope, key, result); err != nil {
		return err
	}
	done, err := s.Store.Commit(ctx, c)
	if err != nil {
		return err
	}
	return change.Replayed(done, result)
}
