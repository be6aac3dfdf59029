// Package job says what a piece of later work is, and when it is tried again. A job lies in the home of its organisation, written in the
// transaction that asks for it; it is run at least once, so its work is idempotent.
package job

import (
	"time"

	"c4arch/internal/base/id"
)

// New is a job to be.
type New struct {
	Kind string
	// Args are canonical JSON: ids only, no content and no secret.
	Args []byte
	// Key makes the job unique: while one of this kind and key is ready or running there is no second. "" is no key.
	Key string
	// RunAt is when it is due; the zero time is at once.
	RunAt time.Time
	// MaxAttempts is how often it is tried before it is dead; 0 means [Attempts].
	MaxAttempts int
}

// Attempts is how often a job is tried unless it says otherwise.
const Attempts = 8

// State is where a job stands.
type State string

// The states. A job that is done is removed; what it did stands in the ledger.
const (
	Ready   State = "ready"
	Running State = "running"
	Dead    State = "dead" // tried as often as may be; a person can look at it and retry it
)

// Lease is the right of one worker to complete one attempt of a job. It ends at Until, unless it is extended.
type Lease struct {
	Org     id.Org
	ID      string
	Kind    string
	Args    []byte
	Actor   id.Actor // who caused it
	Owner   string   // the worker
	Attempt int
	Until   time.Time
	// MaxAttempts as in New, never 0.
	MaxAttempts int
}

// Job is a job as a list shows it.
type Job struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Args    []byte    `json:"-"`
	Actor   id.Actor  `json:"actor"`
	State   State     `json:"state"`
	RunAt   time.Time `json:"runAt"`
	Attempt int       `json:"attempt"`
	Error   string    `json:"error,omitempty"` // of the last attempt, for a person; no content of inputs
}

// Backoff is how long to wait after the attempt of that number (1 is the first): 1 s, 4 s, 16 s … at most one hour, less up to a quarter by spread, which is
// between 0 and 1.
func Backoff(attempt int, spread float64) time.Duration {
	d := time.Hour
	if attempt < 7 {
		d = min(d, time.Second<<(2*max(0, attempt-1)))
	}
	return d - time.Duration(float64(d)*min(1, max(0, spread))/4)
}
