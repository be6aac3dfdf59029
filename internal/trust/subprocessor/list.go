package subprocessor

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

// List is the list of one moment. Each change of it is a version, and no version is changed.
type List struct {
	Number  int       `json:"number"` // from 1; 0 is that there was none yet
	At      time.Time `json:"at,omitzero"`
	Digest  string    `json:"digest"` // of what is published of the entries
	Events  []Event   `json:"events"` // by what it differs from the version before
	Entries []Entry   `json:"entries"`
}

// What happened to an entry with a version.
const (
	Listed    = "listed"    // it was in use before the list began
	Told      = "announced" // a change is announced
	Began     = "in force"
	Stopped   = "ended"
	Corrected = "corrected"
	Recalled  = "withdrawn" // an announced change does not come
)

// Event is one thing by which a version differs from the one before.
type Event struct {
	What  string `json:"what"`
	Entry string `json:"entry"`
	Name  string `json:"name"`
	Why   string `json:"why,omitempty"`
}

// Version is how a version is called in documents and receipts.
func (l *List) Version() string {
	if l.Number == 0 {
		return "0"
	}
	return l.At.UTC().Format(time.DateOnly) + "." + strconv.Itoa(l.Number)
}

// Next is the version after l, with those entries.
func (l *List) Next(at time.Time, entries []Entry, events ...Event) (List, error) {
	if len(entries) > MaxEntries {
		return List{}, fault.New(fault.Limited, "the list has at most %d entries", MaxEntries)
	}
	n := List{Number: l.Number + 1, At: at, Events: events, Entries: slices.Clone(entries)}
	slices.SortStableFunc(n.Entries, func(a, b Entry) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	var err error
	n.Digest, err = Digest(n.Entries)
	return n, err
}

// Digest is the SHA-256 of what is published of entries, as JSON in the order of their ids.
func Digest(entries []Entry) (string, error) {
	all := make([]Entry, len(entries))
	for i, e := range entries {
		all[i] = e.Public()
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "the list cannot be written")
	}
	return string(canon.Sum(b)), nil
}

// Public are the entries without what is not published.
func (l *List) Public() []Entry {
	all := make([]Entry, len(l.Entries))
	for i, e := range l.Entries {
		all[i] = e.Public()
	}
	return all
}

// Find is the entry of that id, or nil.
func (l *List) Find(id string) *Entry {
	if i := slices.IndexFunc(l.Entries, func(e Entry) bool { return e.ID == id }); i >= 0 {
		return &l.Entries[i]
	}
	return nil
}

// With is the entries with one put in the place of its id, or added.
func (l *List) With(e Entry) []Entry {
	all := slices.Clone(l.Entries)
	if i := slices.IndexFunc(all, func(x Entry) bool { return x.ID == e.ID }); i >= 0 {
		all[i] = e
		return all
	}
	return append(all, e)
}
