package stream

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Decision is what became of a request.
type Decision string

// The decisions.
const (
	Allowed Decision = "allowed"
	Denied  Decision = "denied"
	Missing Decision = "missing" // what was asked for is not there, or not for whoever asked
	Failed  Decision = "failed"  // it went wrong here
	Lost    Decision = "lost"    // as many requests were not written down
	Gone    Decision = "gone"    // there was one, which was too old to be kept
)

// DecisionOf is what the status of an answer says.
func DecisionOf(status int) Decision {
	switch {
	case status == 401 || status == 403 || status == 429:
		return Denied
	case status == 404 || status == 405 || status == 410:
		return Missing
	case status >= 500:
		return Failed
	}
	return Allowed
}

// Record is one line of the access log: who was let in to what. It holds no id of what was asked for, no address and no content.
type Record struct {
	Org      id.Org         `json:"-"` // in whose home; that of the platform for who is nobody
	Seq      int64          `json:"seq"`
	At       time.Time      `json:"at"`
	Actor    id.Actor       `json:"actor"` // "" is nobody who is known
	Surface  access.Surface `json:"surface"`
	Method   string         `json:"method"`
	Route    string         `json:"route"` // the pattern; "" is none
	Status   int            `json:"status"`
	Decision Decision       `json:"decision"`
	Policy   string         `json:"policy"`
	Request  string         `json:"request"`
	Count    int64          `json:"count"` // of requests: 1, or how many were lost
}

// Bounds of the queue.
const (
	BatchSize = 200              // records that are written at once
	BatchWait = time.Second      // after which fewer are
	perHome   = 20 * BatchSize   // records that wait for one home
	perQueue  = 500 * BatchSize  // and for all together
	maxText   = 200              // bytes of one text
	flushWait = 10 * time.Second // for the last ones
)

// Writer is the port to the access log.
type Writer interface {
	Write(ctx context.Context, s access.Scope, all []Record) error
}

// AccessLog queues records in memory, and writes them behind the requests. It is safe for concurrent use. What does not fit any more is counted, for each home, and the count is
// written as a record.
type AccessLog struct {
	writer Writer
	now    func() time.Time
	after  func(time.Duration) <-chan time.Time
	log    *slog.Logger
	lost   func(n int64)

	mu      sync.Mutex
	waiting map[id.Org]*pending
	total   int
	full    chan struct{} // a batch is full
}

type pending struct {
	records []Record
	lost    int64
	first   time.Time // of those that were lost
}

// NewAccessLog makes the queue. lost is told how many records did not fit; it may be nil.
func NewAccessLog(w Writer, now func() time.Time, after func(time.Duration) <-chan time.Time, log *slog.Logger, lost func(n int64)) *AccessLog {
	if lost == nil {
		lost = func(int64) {}
	}
	return &AccessLog{writer: w, now: now, after: after, log: log, lost: lost, waiting: map[id.Org]*pending{}, full: make(chan struct{}, 1)}
}

// Log takes a record. It never waits, and never fails: what there is no room for is counted.
func (l *AccessLog) Log(_ context.Context, r Record) {
	r = r.bounded(l.now())
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.of(r.Org)
	if len(p.records) >= perHome || l.total >= perQueue {
		l.drop(p, 1, r.At)
		return
	}
	p.records = append(p.records, r)
	l.total++
	if len(p.records) >= BatchSize {
		select {
		case l.full <- struct{}{}:
		default:
		}
	}
}

func (l *AccessLog) of(org id.Org) *pending {
	p := l.waiting[org]
	if p == nil {
		p = &pending{}
		l.waiting[org] = p
	}
	return p
}

// drop counts; the lock is held.
func (l *AccessLog) drop(p *pending, n int64, at time.Time) {
	if p.lost == 0 {
		p.first = at
	}
	p.lost += n
	l.lost(n)
}

// bounded is the record as it is kept.
func (r Record) bounded(now time.Time) Record {
	if !r.Org.Valid() {
		r.Org = id.Platform
	}
	if r.At.IsZero() {
		r.At = now
	}
	r.At = r.At.UTC().Truncate(time.Microsecond)
	if r.Decision == "" {
		r.Decision = DecisionOf(r.Status)
	}
	r.Count = max(1, r.Count)
	r.Actor, r.Surface = id.Actor(cut(string(r.Actor), maxText)), access.Surface(cut(string(r.Surface), maxText))
	r.Method, r.Route, r.Policy, r.Request = cut(r.Method, 16), cut(r.Route, maxText), cut(r.Policy, maxText), cut(r.Request, maxText)
	return r
}

// Run writes until ctx ends, and then what is left.
func (l *AccessLog) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWait)
			defer cancel()
			l.Flush(last)
			return
		case <-l.full:
		case <-l.after(BatchWait):
		}
		l.Flush(ctx)
	}
}

// Flush writes what waits, home by home. What cannot be written waits for the next time, as far as there is room.
func (l *AccessLog) Flush(ctx context.Context) {
	l.mu.Lock()
	taken := l.waiting
	l.waiting, l.total = map[id.Org]*pending{}, 0
	l.mu.Unlock()
	for _, org := range slices.Sorted(maps.Keys(taken)) {
		p := taken[org]
		left, err := l.write(ctx, org, p.all(l.now()))
		switch {
		case fault.KindOf(err) == fault.NotFound: // the organisation was destroyed, and its log with it
		case err != nil:
			l.log.ErrorContext(ctx, "the access log could not be written", "org", string(org), "records", len(left), "error", err)
			l.back(org, left)
		}
	}
}

// all are the records, and behind them one that says how many were lost.
func (p *pending) all(now time.Time) []Record {
	if p.lost == 0 {
		return p.records
	}
	return append(p.records, Record{At: p.first, Surface: access.Jobs, Decision: Lost, Count: p.lost}.bounded(now))
}

// write writes batches, and returns what it came not to.
func (l *AccessLog) write(ctx context.Context, org id.Org, all []Record) ([]Record, error) {
	scope, err := access.Decide(access.System(org, "access log", access.Actor{}), access.AccessRecord, access.Resource{})
	if err != nil {
		return all, err
	}
	for len(all) > 0 {
		n := min(BatchSize, len(all))
		if err := l.writer.Write(ctx, scope, all[:n]); err != nil {
			return all, err
		}
		all = all[n:]
	}
	return nil, nil
}

// back puts records in front of those that came meanwhile. What there is no room for is counted.
func (l *AccessLog) back(org id.Org, left []Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.of(org)
	keep := left[:0:0]
	for _, r := range left {
		switch {
		case r.Decision == Lost: // it was counted when it was lost
			if p.lost == 0 {
				p.first = r.At
			}
			p.lost += r.Count
		case len(keep)+len(p.records) < perHome && l.total < perQueue:
			keep = append(keep, r)
			l.total++
		default:
			l.drop(p, 1, r.At)
		}
	}
	p.records = append(keep, p.records...)
}
