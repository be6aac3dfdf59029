package egress

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"c4arch/internal/base/id"
)

// Outcome is what became of an attempt.
type Outcome string

// The outcomes.
const (
	Opened  Outcome = "opened"  // a connection
	Asked   Outcome = "asked"   // a request, maybe on a connection that another organisation's request opened
	Refused Outcome = "refused" // a rule does not allow it
	Failed  Outcome = "failed"  // nobody answered
)

// Event is one attempt. It holds a destination, never a path, a query or a header.
type Event struct {
	At      time.Time
	Org     id.Org
	Purpose Purpose
	Host    string
	Port    uint16
	Addr    netip.Addr // what the name resolved to, where it was dialled
	Outcome Outcome
}

// Recorder is told of every attempt. It must not block and must be safe for concurrent use: [Book] is one.
type Recorder interface{ Record(Event) }

func (e *Exit) record(ctx context.Context, ev Event) {
	ev.At, ev.Org = e.config.Now(), orgOf(ctx)
	if len(ev.Host) > 255 {
		ev.Host = ev.Host[:255]
	}
	e.config.Recorder.Record(ev)
}

// Destination is how often, and when, something was reached.
type Destination struct {
	Org         id.Org
	Purpose     Purpose
	Host        string
	Port        uint16
	Outcome     Outcome
	Count       int64
	First, Last time.Time
}

type place struct {
	org     id.Org
	purpose Purpose
	host    string
	port    uint16
	outcome Outcome
}

// maxPlaces bounds a book: whoever can choose hosts must not fill the memory.
const maxPlaces = 20_000

// Book counts attempts by destination until they are taken away. The zero Book is ready.
type Book struct {
	mu     sync.Mutex
	places map[place]*Destination
	lost   int64
}

var _ Recorder = (*Book)(nil)

// Record counts an attempt.
func (b *Book) Record(ev Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := place{ev.Org, ev.Purpose, ev.Host, ev.Port, ev.Outcome}
	d := b.places[k]
	if d == nil {
		if len(b.places) == maxPlaces {
			b.lost++
			return
		}
		if b.places == nil {
			b.places = map[place]*Destination{}
		}
		d = &Destination{Org: k.org, Purpose: k.purpose, Host: k.host, Port: k.port, Outcome: k.outcome, First: ev.At}
		b.places[k] = d
	}
	d.Count++
	d.Last = ev.At
}

// Return puts back what was taken and could not be kept, beside what was counted meanwhile.
func (b *Book) Return(list []Destination) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range list {
		k := place{d.Org, d.Purpose, d.Host, d.Port, d.Outcome}
		have := b.places[k]
		switch {
		case have != nil:
			have.Count += d.Count
			have.First = d.First
		case len(b.places) == maxPlaces:
			b.lost += d.Count
		default:
			if b.places == nil {
				b.places = map[place]*Destination{}
			}
			b.places[k] = &d
		}
	}
}

// Take returns what was counted since the last time, in order, and how many attempts at further destinations did not fit; the book is then empty.
func (b *Book) Take() ([]Destination, int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, lost := make([]Destination, 0, len(b.places)), b.lost
	for _, d := range b.places {
		all = append(all, *d)
	}
	b.places, b.lost = nil, 0
	slices.SortFunc(all, func(x, y Destination) int {
		return cmp.Or(cmp.Compare(x.Org, y.Org), cmp.Compare(x.Purpose, y.Purpose), cmp.Compare(x.Host, y.Host), cmp.Compare(x.Port, y.Port), cmp.Compare(x.Outcome, y.Outcome))
	})
	return all, lost
}
