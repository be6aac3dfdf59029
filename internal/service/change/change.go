// Package change is how state changes: a service loads, decides with pure code, and hands its store one value that embeds an [Envelope]. The store applies it in one
// transaction: preconditions, records, objects, jobs, and last the entries of the ledger. There is no other way of writing, but for the closed list in docs/adr/0011.
package change

import (
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/trust/ledger"
)

// Envelope is what every change has.
type Envelope struct {
	Scope access.Scope // minted; the organisation is its
	At    time.Time    // frozen once
	Key   *Idempotency // may be nil
	// Expect is what the decision was based on. When one does not hold any more the change is a conflict, and the service loads and decides again, see [Again].
	Expect []Expect
	Drafts []ledger.Draft // at least one, or the store refuses
	Jobs   []job.New      // in the same home
	Done   *job.Lease     // the job whose work this is, completed in the same transaction
	// Blobs are staged objects that this change makes live.
	Blobs []string
	// Inbox says which change of another home this one applies; a second time it has no effect.
	Inbox *Inbox
	// Schedules are jobs that come again and again.
	Schedules []Schedule
}

// Idempotency makes a request that is sent twice one change: the second gets the answer of the first.
type Idempotency struct {
	Key    string       // what the client chose, at most 200 bytes
	Digest canon.Digest // of the request; the same key with another request is a conflict
	Status int          // what to answer
	Body   []byte       // sealed when it is kept
}

// Expect is a record in the version that was read; version 0 means that it is not there.
type Expect struct {
	Kind    string // the table
	ID      string
	Version int64
}

// Inbox names what arrives from another home.
type Inbox struct {
	Source id.Org
	Key    string
}

// Schedule is work that comes again.
type Schedule struct {
	Kind  string
	Key   string
	Args  []byte
	Every time.Duration
	Next  time.Time
}

// Committed is what a store says of a change that is durable now.
type Committed struct {
	Index  int64     // of the first entry in the ledger
	At     time.Time // of the entries: never before the entry before
	Replay *Replay   // set when the idempotency key was known: nothing was changed now
	Known  bool      // the inbox knew it: nothing was changed now
}

// Replay is the answer that was given before.
type Replay struct {
	Status int
	Body   []byte
}

// New makes an envelope with its drafts.
func New(s access.Scope, at time.Time, drafts ...ledger.Draft) Envelope {
	return Envelope{Scope: s, At: at, Drafts: drafts}
}
