package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"c4arch/internal/app"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/arch/severity"
	"c4arch/test/bench/change"
)

// BenchmarkStages is what each part of a comparison takes once both sides are scanned, with one resource in a hundred changed: what
// differs, what the gates let in, what differs in the architecture, all of it with grades, and the report as JSON.
func BenchmarkStages(b *testing.B) {
	ctx := context.Background()
	table, err := severity.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{100, 1000, 10_000} {
		old, new := scanned(b, n)
		d, err := diff.Snapshots(ctx, old.Snapshot, new.Snapshot, diff.Options{})
		if err != nil {
			b.Fatal(err)
		}
		req := drift.Request{Mode: drift.ModeSnapshots, Old: old, New: new, Table: table, Now: noon}
		report, err := drift.Compare(ctx, req)
		if err != nil {
			b.Fatal(err)
		}
		for _, stage := range []struct {
			name string
			do   func() error
		}{
			{"diff", func() error { _, err := diff.Snapshots(ctx, old.Snapshot, new.Snapshot, diff.Options{}); return err }},
			{"exposure", func() error { _, err := exposure.Compare(ctx, old.Snapshot, new.Snapshot, d); return err }},
			{"delta", func() error { delta.Compare(old.Model, new.Model); return nil }},
			{"whole", func() error { _, err := drift.Compare(ctx, req); return err }},
			{"encode", func() error { return report.Encode(io.Discard) }},
		} {
			b.Run(fmt.Sprintf("%s-%d", stage.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := stage.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkBuiltin is what every run pays for the table of rules.
func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := severity.Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// scanned is a pair as a scan sees its two sides.
func scanned(tb testing.TB, n int) (old, new drift.Subject) {
	tb.Helper()
	dir := tb.TempDir()
	if err := write(dir, change.Pair{Resources: n, Step: 100, Seed: 1}, false); err != nil {
		tb.Fatal(err)
	}
	return scannedIn(tb, dir, "old.json"), scannedIn(tb, dir, "new.json")
}

func scannedIn(tb testing.TB, dir, name string) drift.Subject {
	tb.Helper()
	m, s, err := app.Scan(context.Background(), app.ScanOptions{Paths: []string{filepath.Join(dir, name)}, At: noon, Key: []byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		tb.Fatal(err)
	}
	return drift.Subject{Side: drift.Side{Label: name}, Snapshot: s, Model: m}
}
