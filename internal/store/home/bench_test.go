package home

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// durable is a server as it is run: with fsync.
var durable = sync.OnceValues(func() (*pg.Server, error) { return pg.Launch(pg.Options{Fsync: true}) })

// engineBenchmarks runs a benchmark on both engines; what is acknowledged is on the disk.
func engineBenchmarks(b *testing.B, fn func(b *testing.B, w *world)) {
	open := func(c *Config) { c.MaxOpen = 128 }
	b.Run("sqlite", func(b *testing.B) { fn(b, embedded(b, open)) })
	b.Run("postgresql", func(b *testing.B) {
		s, err := durable()
		if err != nil {
			b.Skip(err)
		}
		fn(b, served(b, s.Database(b), open))
	})
}

// BenchmarkAppend is durable changes of one entry, by so many callers to so many organisations.
func BenchmarkAppend(b *testing.B) {
	engineBenchmarks(b, func(b *testing.B, w *world) {
		var homes []*Home
		for range 100 {
			homes = append(homes, w.organisation())
		}
		for _, orgs := range []int{1, 100} {
			for _, callers := range []int{1, 8, 64} {
				b.Run(fmt.Sprintf("orgs=%d/callers=%d", orgs, callers), func(b *testing.B) {
					b.ReportAllocs()
					callersDo(b, callers, func(n int64) error {
						h := homes[n%int64(orgs)]
						env := envelope(b, h.Org(), "project.changed", w.clock.Now())
						env.Drafts[0].Fields = []ledger.Field{ledger.Text("slug", "contoso"), ledger.Text("name", "Contoso shop")}
						_, err := h.Commit(context.Background(), env, nil)
						return err
					})
				})
			}
		}
	})
}

// callersDo lets so many callers do b.N things, and reports how many a second, and the time of the processor that each took this process: on a machine that others use too,
// the second says more.
func callersDo(b *testing.B, callers int, fn func(n int64) error) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	begun, busy := time.Now(), processor(b)
	b.ResetTimer()
	for range callers {
		all.Go(func() {
			for {
				n := next.Add(1) - 1
				if n >= int64(b.N) {
					return
				}
				if err := fn(n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "commits/s")
	b.ReportMetric(float64((processor(b)-busy).Microseconds())/float64(b.N), "cpu-µs/op")
}

// processor is the time that the process has used of it.
func processor(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkJob is a job claimed and done, each its own durable transaction.
func BenchmarkJob(b *testing.B) {
	engineBenchmarks(b, func(b *testing.B, w *world) {
		var homes []*Home
		for range 10 {
			homes = append(homes, w.organisation())
		}
		for i := 0; i < b.N; i += 500 {
			w.enqueue(homes[i/500%10], make500(min(500, b.N-i))...)
		}
		callersDo(b, 4, func(n int64) error {
			for {
				c, err := w.Queue().Claim(context.Background(), fmt.Sprint(n), time.Minute)
				if err != nil {
					return err
				}
				if c == nil {
					if err := w.Queue().Wait(context.Background(), time.Second); err != nil {
						return err
					}
					continue
				}
				env := envelope(b, c.Lease.Org, "scan.finished", w.clock.Now())
				env.Done = c.Lease
				h, err := w.For(context.Background(), env.Scope)
				if err == nil {
					_, err = h.Commit(context.Background(), env, nil)
					h.Release()
				}
				return err
			}
		})
	})
}

func make500(n int) []job.New {
	list := make([]job.New, n)
	for i := range list {
		list[i] = job.New{Kind: "a"}
	}
	return list
}

// BenchmarkOpen is homes that are opened because another one was used meanwhile.
func BenchmarkOpen(b *testing.B) {
	w := embedded(b, func(c *Config) { c.MaxOpen = 1 })
	var orgs []id.Org
	for range 2 {
		h := w.organisation()
		orgs = append(orgs, h.Org())
		h.Release()
	}
	b.ResetTimer()
	for i := range b.N {
		h, err := w.For(b.Context(), may(b, orgs[i%2]))
		must(b, err)
		h.Release()
	}
}

// BenchmarkThousand makes a thousand organisations, opens each twice with 64 places, and sweeps what is marked.
func BenchmarkThousand(b *testing.B) {
	for range b.N {
		w := embedded(b, nil)
		begun := time.Now()
		var orgs []id.Org
		for range 1000 {
			h := w.organisation()
			orgs = append(orgs, h.Org())
			h.Release()
		}
		b.ReportMetric(time.Since(begun).Seconds(), "s-to-make")
		begun = time.Now()
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				for n := range len(orgs) / 4 {
					h, err := w.For(b.Context(), may(b, orgs[(n*8+i)%len(orgs)]))
					if err != nil {
						b.Error(err)
						return
					}
					h.Release()
				}
			})
		}
		all.Wait()
		b.ReportMetric(time.Since(begun).Seconds()*1000/2000, "ms-to-open")
		begun = time.Now()
		must(b, w.Upkeep(b.Context()))
		b.ReportMetric(time.Since(begun).Seconds(), "s-to-sweep")
	}
}

// BenchmarkCreate is homes that are made, durably.
func BenchmarkCreate(b *testing.B) {
	w := embedded(b, nil)
	orgs := make([]id.Org, b.N)
	for i := range orgs {
		orgs[i] = w.announce()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, org := range orgs {
		must(b, w.Create(b.Context(), w.ops(), org))
	}
}
