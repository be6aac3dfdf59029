package arch

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"c4arch/internal/service/history"
	"c4arch/internal/store/storetest"
)

// BenchmarkYear is a daily scan of 10,000 resources for a year, of which one in a hundred changes each day: how large the store is
// against one compressed snapshot, and what recording and loading the last day takes.
func BenchmarkYear(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		dir, versions, one := scanned(b, 10_000, 365)
		s := sizeOf(b, dir)
		b.StartTimer()
		h, err := openAt(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		e, err := h.Find(b.Context(), "latest")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := h.Load(b.Context(), e.ID); err != nil {
			b.Fatal(err)
		}
		if err := h.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(versions), "versions")
		b.ReportMetric(float64(one)/1e6, "MB/snapshot")
		b.ReportMetric(float64(s.packs)/1e6, "MB/packs")
		b.ReportMetric(float64(s.database)/1e6, "MB/database")
		b.ReportMetric(float64(s.packs+s.database)/float64(one), "times")
	}
}

// BenchmarkOpen opens a store of 1,000 snapshots and finds the newest.
func BenchmarkOpen(b *testing.B) {
	dir, _, _ := scanned(b, 100, 1000)
	b.ReportAllocs()
	for b.Loop() {
		h, err := openAt(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := h.Find(b.Context(), "latest"); err != nil {
			b.Fatal(err)
		}
		if err := h.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPut records one in a hundred changes in so many resources; first is all of them in an empty store.
func BenchmarkPut(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		e := storetest.NewEstate(b, 1, n)
		first := e.Record(b)
		e.Pass()
		second := e.Record(b)
		b.Run(fmt.Sprintf("first-%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				h := empty(b)
				b.StartTimer()
				keep(b, h, first)
			}
		})
		b.Run(fmt.Sprintf("next-%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				h := empty(b)
				keep(b, h, first)
				b.StartTimer()
				keep(b, h, second)
			}
		})
	}
}

// BenchmarkLoad loads and verifies a snapshot.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := empty(b)
			id := keep(b, h, storetest.NewEstate(b, 1, n).Record(b))
			b.ReportAllocs()
			for b.Loop() {
				r, err := h.Load(b.Context(), id)
				if err != nil {
					b.Fatal(err)
				}
				if len(r.Snapshot.Resources) != n {
					b.Fatal("not all")
				}
			}
		})
	}
}

// BenchmarkLists is what a manifest costs to compare, and to put together.
func BenchmarkLists(b *testing.B) {
	e := storetest.NewEstate(b, 1, 10_000)
	s := e.Scan(b)
	at := make([]refs, len(s.Resources))
	for i := range at {
		at[i] = refs{content: ref(1<<8 + i), form: 1}
	}
	list := layoutOf(s, spotsOf(s.Resources), at)
	for i := range at {
		if i%100 == 0 {
			at[i].content += 1 << 20
		}
	}
	next := layoutOf(s, spotsOf(s.Resources), at)
	b.ReportAllocs()
	for b.Loop() {
		plain, _ := compare(list, next)
		if _, err := apply(list, string(plain)); err != nil {
			b.Fatal(err)
		}
	}
}

func empty(b *testing.B) *tested {
	b.Helper()
	h, err := createAt(b.Context(), filepath.Join(b.TempDir(), ".c4arch"), storetest.Noon)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = h.Close() })
	return h
}

func keep(b *testing.B, h *tested, r history.Record) string {
	b.Helper()
	e, err := h.Put(b.Context(), r, storetest.Noon)
	if err != nil {
		b.Fatal(err)
	}
	return e.ID
}

// BenchmarkEncode is writing snapshot.json, to compare with.
func BenchmarkEncode(b *testing.B) {
	s := storetest.NewEstate(b, 1, 10_000).Scan(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Encode(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
