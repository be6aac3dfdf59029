package stream_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/stream"
)

// book is a writer that keeps batches, or refuses them.
type book struct {
	mu      sync.Mutex
	batches map[id.Org][]int
	records map[id.Org][]stream.Record
	broken  error
	wrote   chan struct{}
}

func (b *book) Write(_ context.Context, s access.Scope, all []stream.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return b.broken
	}
	b.batches[s.Org()] = append(b.batches[s.Org()], len(all))
	b.records[s.Org()] = append(b.records[s.Org()], all...)
	select {
	case b.wrote <- struct{}{}:
	default:
	}
	return nil
}

func (b *book) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = err
}

func (b *book) of(org id.Org) []stream.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.records[org])
}

const (
	orgA = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")
	orgB = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7m")
)

func newLog(after func(time.Duration) <-chan time.Time) (*stream.AccessLog, *book, *int64) {
	b := &book{batches: map[id.Org][]int{}, records: map[id.Org][]stream.Record{}, wrote: make(chan struct{}, 1)}
	lost := new(int64)
	now := func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }
	return stream.NewAccessLog(b, now, after, slog.New(slog.DiscardHandler), func(n int64) { *lost += n }), b, lost
}

// TestAccessLogCounts: what there is no room for is counted for its own organisation, and written as one record.
func TestAccessLogCounts(t *testing.T) {
	l, b, lost := newLog(time.After)
	for range 4500 {
		l.Log(t.Context(), stream.Record{Org: orgA, Actor: "token:x", Status: 200})
	}
	l.Log(t.Context(), stream.Record{Org: orgB, Actor: "token:y", Status: 403})
	l.Log(t.Context(), stream.Record{Org: "made up", Status: 401, Route: strings.Repeat("é", 500), Method: "BREW\n" + strings.Repeat("X", 50)})
	l.Flush(t.Context())
	a := b.of(orgA)
	if len(a) != 4001 || a[4000].Decision != stream.Lost || a[4000].Count != 500 || *lost != 500 || slices.Max(b.batches[orgA]) > stream.BatchSize {
		t.Errorf("%d records, the last %+v, %d lost", len(a), a[len(a)-1], *lost)
	}
	if got := b.of(orgB); len(got) != 1 || got[0].Decision != stream.Denied || got[0].At.IsZero() || got[0].Count != 1 {
		t.Errorf("%+v", got)
	}
	if got := b.of(id.Platform); len(got) != 1 || len(got[0].Route) > 200 || len(got[0].Method) > 16 || got[0].Decision != stream.Denied {
		t.Errorf("%+v", got)
	}
	l.Flush(t.Context())
	if len(b.of(orgA)) != 4001 {
		t.Error("it is written twice")
	}
}

// TestAccessLogWaits for a database that does not answer, and counts what there is no room for meanwhile.
func TestAccessLogWaits(t *testing.T) {
	l, b, _ := newLog(time.After)
	b.fail(errors.New("away"))
	for range 4100 {
		l.Log(t.Context(), stream.Record{Org: orgA, Status: 200})
	}
	l.Flush(t.Context())
	for range 10 {
		l.Log(t.Context(), stream.Record{Org: orgA, Status: 500})
	}
	l.Flush(t.Context())
	b.fail(nil)
	l.Flush(t.Context())
	got := b.of(orgA)
	var n int64
	for _, r := range got {
		n += r.Count
	}
	if n != 4110 || got[0].Decision != stream.Allowed || got[len(got)-1].Decision != stream.Lost || got[len(got)-1].Count != 110 {
		t.Errorf("%d of 4110 are accounted for, the last is %+v", n, got[len(got)-1])
	}
	// Of an organisation that was destroyed nothing is kept.
	b.fail(fault.New(fault.NotFound, "there is no such organisation"))
	l.Log(t.Context(), stream.Record{Org: orgA, Status: 200})
	l.Flush(t.Context())
	b.fail(nil)
	l.Flush(t.Context())
	if len(b.of(orgA)) != len(got) {
		t.Error("it is still there")
	}
}

// TestAccessLogRuns: a batch that is full is written at once, the others each second, and the last ones at the end.
func TestAccessLogRuns(t *testing.T) {
	tick := make(chan time.Time)
	l, b, _ := newLog(func(time.Duration) <-chan time.Time { return tick })
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	for range stream.BatchSize {
		l.Log(ctx, stream.Record{Org: orgA, Status: 200})
	}
	<-b.wrote
	l.Log(ctx, stream.Record{Org: orgA, Status: 200})
	tick <- time.Time{}
	<-b.wrote
	l.Log(ctx, stream.Record{Org: orgB, Status: 200})
	stop()
	<-done
	if len(b.of(orgA)) != stream.BatchSize+1 || len(b.of(orgB)) != 1 {
		t.Errorf("%v", b.batches)
	}
}

// TestAccessLogKept: numbers have no gap though two replicas write at once, and go on when what is old is gone.
func TestAccessLogKept(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a := w.organisation("contoso")
		scope := w.inside(a.Org, access.AccessRecord)
		var all sync.WaitGroup
		errs := make(chan error, 8)
		for range 8 {
			all.Go(func() {
				for range 5 {
					if err := w.store.Write(t.Context(), scope, []stream.Record{{At: w.clock.now(), Decision: stream.Allowed, Count: 1}, {At: w.clock.now(), Decision: stream.Denied, Count: 1}}); err != nil && fault.KindOf(err) != fault.Conflict {
						errs <- err
						return
					}
				}
			})
		}
		all.Wait()
		close(errs)
		for err := range errs {
			t.Fatal(err)
		}
		got, err := w.Records(t.Context(), a, 0, 500)
		w.check(err)
		for i, r := range got {
			if r.Seq != int64(i+1) {
				t.Fatalf("number %d follows %d", r.Seq, i)
			}
		}
		if len(got) < 20 {
			t.Fatalf("%d records", len(got))
		}
		w.clock.add(stream.Kept + 24*time.Hour)
		h, err := w.homes.For(t.Context(), scope)
		w.check(err)
		_, err = h.Sweep(t.Context(), w.clock.now())
		h.Release()
		w.check(err)
		left, err := w.Records(t.Context(), a, 0, 500)
		w.check(err)
		if len(left) != 1 || left[0].Decision != stream.Gone || left[0].Actor != "" || left[0].Request != "" {
			t.Fatalf("%+v", left)
		}
		w.check(w.store.Write(t.Context(), scope, []stream.Record{{At: w.clock.now(), Decision: stream.Allowed, Count: 1, Actor: "x"}}))
		left, err = w.Records(t.Context(), a, left[0].Seq+1, 500)
		w.check(err)
		if len(left) != 1 || left[0].Seq != int64(len(got)+1) {
			t.Errorf("%+v", left)
		}
		// The platform's home has one too, and no streams.
		w.check(w.store.Write(t.Context(), w.inside(id.Platform, access.AccessRecord), []stream.Record{{At: w.clock.now(), Decision: stream.Denied, Count: 1}}))
		if n, err := w.store.Last(t.Context(), w.inside(id.Platform, access.AccessRecord)); err != nil || n != 1 {
			t.Errorf("%d %v", n, err)
		}
		_, err = w.store.Streams(t.Context(), w.inside(id.Platform, access.AccessRecord))
		w.refused(err, fault.NotFound)
		_, err = w.store.Streams(t.Context(), access.Scope{})
		w.refused(err, fault.NotFound)
	})
}

func TestDecisionOf(t *testing.T) {
	for status, want := range map[int]stream.Decision{200: stream.Allowed, 204: stream.Allowed, 400: stream.Allowed, 409: stream.Allowed, 401: stream.Denied, 403: stream.Denied, 429: stream.Denied, 404: stream.Missing, 405: stream.Missing, 500: stream.Failed, 503: stream.Failed} {
		if got := stream.DecisionOf(status); got != want {
			t.Errorf("%d is %s", status, got)
		}
	}
}

// BenchmarkLog is what a request pays for its record.
func BenchmarkLog(b *testing.B) {
	l, _, _ := newLog(time.After)
	r := stream.Record{Org: orgA, Actor: "token:tk_01jq8z6y5x4w3v2t1s0r9q8p7n", Surface: access.API, Method: "GET", Route: "/api/v1/projects/{project}/findings", Status: 200, Policy: "viewer may finding.read", Request: "rq_1"}
	b.ReportAllocs()
	for i := range b.N {
		l.Log(b.Context(), r)
		if i%2000 == 1999 {
			l.Flush(b.Context())
		}
	}
}
