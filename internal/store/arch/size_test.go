package arch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"c4arch/internal/store/storetest"
)

// size is how large a store is, and how that is made up.
type size struct {
	packs, database int64
	files           int
}

func sizeOf(tb testing.TB, dir string) size {
	tb.Helper()
	var s size
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if s.files++; filepath.Ext(path) == ".pack" {
			s.packs += info.Size()
		} else {
			s.database += info.Size()
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// alone is how large one snapshot.json is when it is compressed with zstd -19 or the like.
func alone(tb testing.TB, e *storetest.Estate) int64 {
	tb.Helper()
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		tb.Fatal(err)
	}
	return int64(len(enc.EncodeAll(storetest.Bytes(tb, e.Scan(tb)), nil)))
}

// scanned is a home with some days of an estate. It returns the versions that there were, and what one snapshot takes alone.
func scanned(tb testing.TB, resources, days int) (dir string, versions int, one int64) {
	tb.Helper()
	dir = filepath.Join(tb.TempDir(), ".c4arch")
	h, err := createAt(tb.Context(), dir, storetest.Noon)
	if err != nil {
		tb.Fatal(err)
	}
	e := storetest.NewEstate(tb, 1, resources)
	one = alone(tb, e)
	seen := map[string]bool{}
	for range days {
		r := e.Record(tb)
		if _, err := h.Put(tb.Context(), r, e.Day()); err != nil {
			tb.Fatal(err)
		}
		for i := range r.Snapshot.Resources {
			seen[string(r.Snapshot.Resources[i].Commitment)] = true
		}
		e.Pass()
	}
	c, err := h.Check(tb.Context(), nil)
	if err != nil || len(c.Faults) > 0 || c.Versions != len(seen) {
		tb.Fatalf("there are %d versions, and %d were scanned: %q, %v", c.Versions, len(seen), c.Faults, err)
	}
	if err := h.Close(); err != nil {
		tb.Fatal(err)
	}
	return dir, len(seen), one
}

// largest is what an empty home takes at most: a page for each table and index, those of signing in, of streams, and of agreements too. Each organisation has one.
const largest = 240 << 10

// Ninety scans of a thousand resources, of which one in a hundred changes each day, take under three times the room of one of them, beside what an empty home takes: versions are
// kept once, a manifest costs little, and an entry of the ledger about 1.4 kB. A year of ten thousand is in BenchmarkYear.
func TestSize(t *testing.T) {
	began := filepath.Join(t.TempDir(), ".c4arch")
	h, err := createAt(t.Context(), began, storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	empty := sizeOf(t, began)
	dir, versions, one := scanned(t, 1000, 90)
	s := sizeOf(t, dir)
	ratio := float64(s.packs+s.database-empty.packs-empty.database) / float64(one)
	t.Logf("%d versions; one snapshot %d bytes, packs %d, database %d in %d files, of which %d an empty home has: %.2f times", versions, one, s.packs, s.database, s.files, empty.database, ratio)
	if ratio > 2.8 {
		t.Errorf("the store is %.2f times as large as one snapshot, beside an empty home", ratio)
	}
	if empty.database > largest {
		t.Errorf("an empty home takes %d bytes, more than %d", empty.database, largest)
	}
}
