// Command tessera measures Tessera's POSIX storage on a local disk with entries of the size of ours: appends, batched and awaited; proofs in a large log; files and bytes. It is a module of
// its own, so that what it needs is none of the product's. test/bench/service.sh runs it beside the ledger.
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io/fs"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	entries := flag.Int("entries", 1_000_000, "entries of the large log")
	size := flag.Int("size", 700, "bytes of an entry")
	length := flag.Duration("time", 3*time.Second, "how long each kind of append is done")
	runs := flag.Int("runs", 5, "how often")
	flag.Parse()
	if err := run(context.Background(), *entries, *size, *runs, *length); err != nil {
		fmt.Fprintln(os.Stderr, "tessera:", err)
		os.Exit(1)
	}
}

// logOf is an open log.
type logOf struct {
	dir      string
	appender *tessera.Appender
	reader   tessera.LogReader
	shutdown func(context.Context) error
	stop     context.CancelFunc
	verifier note.Verifier
}

func open(ctx context.Context, batch uint, age time.Duration) (*logOf, error) {
	dir, err := os.MkdirTemp("", "c4arch-tessera-")
	if err != nil {
		return nil, err
	}
	private, public, err := note.GenerateKey(rand.Reader, "bench.contoso.example")
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	l := &logOf{dir: dir, stop: stop}
	if l.verifier, err = note.NewVerifier(public); err != nil {
		return nil, err
	}
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		return nil, err
	}
	options := tessera.NewAppendOptions().WithCheckpointSigner(signer).WithBatching(batch, age).WithCheckpointInterval(100 * time.Millisecond).WithPushback(16384)
	l.appender, l.shutdown, l.reader, err = tessera.NewAppender(ctx, driver, options)
	return l, err
}

func (l *logOf) close(ctx context.Context) error {
	err := l.shutdown(ctx)
	l.stop() // or it would look for its files for ever
	_ = os.RemoveAll(l.dir)
	return err
}

func entry(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // it never fails
	return b
}

func run(ctx context.Context, entries, size, runs int, length time.Duration) error {
	fmt.Printf("\nTessera v1.0.4, POSIX storage; entries of %d bytes; %d runs of %s\n", size, runs, length)
	fmt.Printf("\n| Batch | Callers | Awaited | A second: median (least to most) | ms for a caller |\n|---|---|---|---|---|\n")
	for _, c := range []struct {
		batch   uint
		age     time.Duration
		callers int
		await   bool
	}{
		{1, time.Millisecond, 1, false},
		{256, time.Millisecond, 8, false},
		{256, time.Millisecond, 64, false},
		{256, 250 * time.Millisecond, 1024, false},
		{256, time.Millisecond, 64, true},
	} {
		var rates, took []float64
		for range runs {
			l, err := open(ctx, c.batch, c.age)
			if err != nil {
				return err
			}
			rate, each, err := l.appends(ctx, size, c.callers, c.await, length)
			if err != nil {
				return err
			}
			rates, took = append(rates, rate), append(took, each)
			if err := l.close(ctx); err != nil {
				return err
			}
		}
		awaited := "index and tree are on the disk"
		if c.await {
			awaited = "a checkpoint with it too (each 100 ms)"
		}
		slices.Sort(rates)
		fmt.Printf("| %d or %s | %d | %s | %.0f (%.0f to %.0f) | %.2f |\n", c.batch, c.age, c.callers, awaited, median(rates), rates[0], rates[len(rates)-1], median(took))
	}
	return large(ctx, entries, size)
}

func (l *logOf) appends(ctx context.Context, size, callers int, await bool, length time.Duration) (rate, each float64, err error) {
	awaiter := tessera.NewPublicationAwaiter(ctx, l.reader.ReadCheckpoint, 10*time.Millisecond)
	ends := time.Now().Add(length)
	var done atomic.Int64
	var mu sync.Mutex
	var took []float64
	var all sync.WaitGroup
	begun := time.Now()
	for range callers {
		all.Go(func() {
			for time.Now().Before(ends) {
				from := time.Now()
				future := l.appender.Add(ctx, tessera.NewEntry(entry(size)))
				var e error
				if await {
					_, _, e = awaiter.Await(ctx, future)
				} else {
					_, e = future()
				}
				mu.Lock()
				if e != nil {
					err = e
					mu.Unlock()
					return
				}
				took = append(took, float64(time.Since(from).Microseconds())/1000)
				mu.Unlock()
				done.Add(1)
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(begun).Seconds(), median(took), err
}

// large builds a log with many callers and proves from its files.
func large(ctx context.Context, entries, size int) error {
	l, err := open(ctx, 4096, 250*time.Millisecond)
	if err != nil {
		return err
	}
	defer l.close(ctx) //nolint:errcheck // it has been measured
	begun := time.Now()
	last := make(chan tessera.IndexFuture, 8192)
	fails := make(chan error, 1)
	go func() {
		for f := range last {
			if _, err := f(); err != nil {
				select {
				case fails <- err:
				default:
				}
			}
		}
		close(fails)
	}()
	for range entries {
		last <- l.appender.Add(ctx, tessera.NewEntry(entry(size)))
	}
	close(last)
	if err := <-fails; err != nil {
		return err
	}
	built := time.Since(begun)
	var point *log.Checkpoint
	for point == nil || point.Size < uint64(entries) {
		raw, err := l.reader.ReadCheckpoint(ctx)
		if err != nil {
			return err
		}
		if point, _, _, err = log.ParseCheckpoint(raw, l.verifier.Name(), l.verifier); err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	inclusion, consistency, err := l.prove(ctx, point)
	if err != nil {
		return err
	}
	var files, bytes int64
	if err := filepath.WalkDir(l.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files, bytes = files+1, bytes+info.Size()
		}
		return err
	}); err != nil {
		return err
	}
	fmt.Printf("\n| Entries | Built in s | Files | MB | Bytes of an entry kept | Inclusion, ms p50 / p95 | Consistency, ms p50 / p95 |\n|---|---|---|---|---|---|---|\n")
	fmt.Printf("| %d | %.0f | %d | %.0f | %d | %.2f / %.2f | %.2f / %.2f |\n", entries, built.Seconds(), files, float64(bytes)/1e6, bytes/int64(entries),
		at(inclusion, 0.5), at(inclusion, 0.95), at(consistency, 0.5), at(consistency, 0.95))
	return nil
}

// prove makes proofs as a client does that has the files, a new builder for each so that nothing is read before, and verifies them.
func (l *logOf) prove(ctx context.Context, point *log.Checkpoint) (inclusion, consistency []float64, err error) {
	fetch := client.FileFetcher{Root: l.dir}
	for range 2000 {
		index := mrand.Uint64N(point.Size)
		from := time.Now()
		b, err := client.NewProofBuilder(ctx, point.Size, fetch.ReadTile)
		if err != nil {
			return nil, nil, err
		}
		p, err := b.InclusionProof(ctx, index)
		inclusion = append(inclusion, float64(time.Since(from).Nanoseconds())/1e6)
		if err != nil {
			return nil, nil, err
		}
		leaf, err := client.FetchLeafHashes(ctx, fetch.ReadTile, index, 1, point.Size)
		if err != nil {
			return nil, nil, err
		}
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, point.Size, leaf[0], p, point.Hash); err != nil {
			return nil, nil, err
		}
	}
	for range 500 {
		size := 1 + mrand.Uint64N(point.Size-1)
		from := time.Now()
		b, err := client.NewProofBuilder(ctx, point.Size, fetch.ReadTile)
		if err != nil {
			return nil, nil, err
		}
		if _, err = b.ConsistencyProof(ctx, size, point.Size); err != nil {
			return nil, nil, err
		}
		consistency = append(consistency, float64(time.Since(from).Nanoseconds())/1e6)
	}
	return inclusion, consistency, nil
}

func at(list []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(list))
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

func median(list []float64) float64 { return at(list, 0.5) }
