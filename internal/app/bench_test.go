package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/derive"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/page"
	"c4arch/internal/render/svg"
	"c4arch/internal/service/discover"
	"c4arch/test/gen/estate"
)

// What is measured here is told in docs/performance.md, with the figures. test/bench/run.sh measures
// the same inputs as whole processes, peak memory among it.

// at is when everything in these tests was collected.
var at = time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)

func testKey() []byte { return bytes.Repeat([]byte("key!"), 8) }

// load is an input of a benchmark.
type load struct {
	kind string // state, graph, kubernetes, module or template, as in test/gen
	n    int    // items; of a template bytes
}

func (l load) String() string { return fmt.Sprintf("%s-%d", l.kind, l.n) }

// resources are how many are declared at least: a template has one for about 700 bytes.
func (l load) resources() int {
	if l.kind == "template" {
		return l.n / 800
	}
	return l.n
}

// file writes the input into a directory of the test.
func (l load) file(tb testing.TB) string {
	tb.Helper()
	if l.kind == "module" {
		dir := tb.TempDir()
		if err := estate.Module(dir, l.n); err != nil {
			tb.Fatal(err)
		}
		return dir
	}
	name := filepath.Join(tb.TempDir(), map[string]string{"state": "estate.tfstate", "graph": "estate.json", "kubernetes": "estate.yaml", "template": "main.json"}[l.kind])
	f, err := os.Create(name)
	if err != nil {
		tb.Fatal(err)
	}
	switch l.kind {
	case "state":
		err = estate.State(f, estate.Azure(l.n, 1))
	case "graph":
		err = estate.Graph(f, estate.Exported(l.n, 1))
	case "kubernetes":
		err = estate.Kubernetes(f, l.n, 1)
	case "template":
		err = estate.Template(f, l.n)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		tb.Fatal(err)
	}
	return name
}

// scanned is the whole result for an input.
func (l load) scanned(tb testing.TB) (*c4.Model, *evidence.Snapshot) {
	tb.Helper()
	m, s, err := Scan(context.Background(), ScanOptions{Paths: []string{l.file(tb)}, At: at, Key: testKey()})
	if err != nil {
		tb.Fatal(err)
	}
	return m, s
}

var (
	loads  = []load{{"state", 1000}, {"state", 10000}, {"state", 50000}, {"graph", 10000}, {"kubernetes", 1000}, {"module", 5000}, {"template", 1_500_000}}
	stages = []load{{"state", 1000}, {"state", 10000}, {"kubernetes", 1000}, {"module", 5000}, {"template", 1_500_000}}
)

// measure runs a benchmark for every input. prepare returns what is measured.
func measure(b *testing.B, loads []load, prepare func(*testing.B, load) func() error) {
	for _, l := range loads {
		b.Run(l.String(), func(b *testing.B) {
			do := prepare(b, l)
			b.ReportAllocs()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1000/float64(b.N)/float64(l.n), "µs/item")
		})
	}
}

// BenchmarkScan reads a file and derives the model; nothing is written.
func BenchmarkScan(b *testing.B) {
	measure(b, loads, func(b *testing.B, l load) func() error {
		name := l.file(b)
		return func() error {
			_, _, err := Scan(context.Background(), ScanOptions{Paths: []string{name}, At: at, Key: testKey()})
			return err
		}
	})
}

// BenchmarkCollect reads and seals: the first part of a scan.
func BenchmarkCollect(b *testing.B) {
	measure(b, stages, func(b *testing.B, l load) func() error {
		name := l.file(b)
		sealer, err := evidence.NewSealer(testKey())
		if err != nil {
			b.Fatal(err)
		}
		c := discover.Collector{Readers: Readers(), Sealer: sealer}
		return func() error {
			place, err := finder{}.Find(discover.Request{Paths: []string{name}})
			if err != nil {
				return err
			}
			defer place.Close()
			got, err := c.Collect(context.Background(), place.All())
			if want := l.resources(); err == nil && len(got.Resources) < want {
				return fmt.Errorf("%d of %d resources read", len(got.Resources), want)
			}
			return err
		}
	})
}

// BenchmarkDerive derives the model of a snapshot, its views included: the second part of a scan.
func BenchmarkDerive(b *testing.B) {
	measure(b, stages, func(b *testing.B, l load) func() error {
		_, s := l.scanned(b)
		return func() error {
			_, err := derive.Model(context.Background(), s, derive.Options{Name: "estate"})
			return err
		}
	})
}

// BenchmarkModel writes model.json.
func BenchmarkModel(b *testing.B) {
	measure(b, stages, func(b *testing.B, l load) func() error {
		m, _ := l.scanned(b)
		return func() error { return c4.Encode(io.Discard, m) }
	})
}

// BenchmarkSnapshot writes snapshot.json.
func BenchmarkSnapshot(b *testing.B) {
	measure(b, stages, func(b *testing.B, l load) func() error {
		_, s := l.scanned(b)
		return func() error { return s.Encode(io.Discard) }
	})
}

// BenchmarkPictures arranges and draws every view, one after the other.
func BenchmarkPictures(b *testing.B) {
	measure(b, stages, func(b *testing.B, l load) func() error {
		m, _ := l.scanned(b)
		return func() error { _, err := draw(m); return err }
	})
}

// BenchmarkPage writes index.html from pictures that are there.
func BenchmarkPage(b *testing.B) {
	measure(b, stages, func(b *testing.B, l load) func() error {
		m, _ := l.scanned(b)
		drawn, err := draw(m)
		if err != nil {
			b.Fatal(err)
		}
		return func() error { return page.Render(io.Discard, m, drawn, svg.CSS) }
	})
}

func draw(m *c4.Model) (map[string][]byte, error) {
	parts, drawn := index(m), map[string][]byte{}
	for i := range m.Views {
		v := &m.Views[i]
		f, err := figure.Draw(parts.of(v), v, figure.Options{})
		if err != nil {
			return nil, err
		}
		drawn[v.Key] = svg.Render(f, svg.Options{Embedded: true})
	}
	return drawn, nil
}

// BenchmarkWrite writes the default formats into a directory, as the end of `c4arch scan` does.
func BenchmarkWrite(b *testing.B) {
	measure(b, stages, func(b *testing.B, l load) func() error {
		m, s := l.scanned(b)
		var names []string
		for _, f := range formats() {
			if !f.Named {
				names = append(names, f.Name)
			}
		}
		target := filepath.Join(b.TempDir(), "arch")
		return func() error {
			dir, err := outdir.Begin(target, at)
			if err != nil {
				return err
			}
			defer dir.Discard()
			if _, err := write(context.Background(), cli.Architecture{Model: m, Snapshot: s}, cli.Drawing{Formats: names}, dir, func(_, _ int) {}); err != nil {
				return err
			}
			return dir.Commit()
		}
	})
}
