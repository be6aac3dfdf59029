package ledger

import (
	"bytes"
	"crypto/rand"
	"io"
	"slices"
	"sync"
	"testing"
)

// million is a log of a million entries, built once.
var million = sync.OnceValue(func() *memory {
	m := newMemory()
	b := Builder{Full: func(level int, n int64, hashes []byte) { m.tiles[[2]int64{int64(level), n}] = bytes.Clone(hashes) }}
	for i := range int64(1_000_000) {
		leaf := leafAt(i)
		m.leaves = append(m.leaves, leaf)
		b.Add(leaf)
	}
	for level, partial := range b.Partial() {
		if level > 0 && len(partial) > 0 {
			m.tiles[[2]int64{int64(level), b.Size >> (TileHeight * (level + 1))}] = bytes.Clone(partial)
		}
	}
	return m
})

func BenchmarkPrepareAndSeal(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		p, err := Prepare(approved(), scope, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		p.Seal(org, int64(i), when)
	}
}

func BenchmarkAppend(b *testing.B) {
	var h Head
	b.ReportAllocs()
	for i := range b.N {
		h.Append(Hash{byte(i)})
	}
}

func BenchmarkExtendBy64(b *testing.B) {
	var h Head
	m := newMemory()
	leaves := leavesOf(0, 64)
	b.ReportAllocs()
	for range b.N {
		rows, err := h.Extend(leaves, m)
		if err != nil {
			b.Fatal(err)
		}
		m.leaves = append(m.leaves, leaves...)
		for _, r := range rows {
			m.tiles[[2]int64{int64(r.Level), r.N}] = r.Hashes
		}
	}
}

func BenchmarkBuildInBulk(b *testing.B) {
	var x Builder
	b.ReportAllocs()
	for i := range b.N {
		x.Add(Hash{byte(i)})
	}
}

func BenchmarkInclusionOfAMillion(b *testing.B) {
	m := million()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := Inclusion(1_000_000, int64(i)*7919%1_000_000, m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkConsistencyOfAMillion(b *testing.B) {
	m := million()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := Consistency(1+int64(i)*7919%999_999, 1_000_000, m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyInclusionOfAMillion(b *testing.B) {
	m := million()
	root, err := RootOf(1_000_000, m)
	if err != nil {
		b.Fatal(err)
	}
	path, err := Inclusion(1_000_000, 123_456, m)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if err := VerifyInclusion(Tree{1_000_000, root}, 123_456, leafAt(123_456), path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseLeaf(b *testing.B) {
	leaf := newJournal(b).writeMany(1).entries[0].Leaf
	b.SetBytes(int64(len(leaf)))
	b.ReportAllocs()
	for range b.N {
		if _, err := ParseLeaf(leaf); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBundle is per entry: 10,000 of them, with all values.
func BenchmarkBundle(b *testing.B) {
	j := newJournal(b).writeMany(10_000)
	bundle := j.bundle(nil)
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			x := Bundle{Checkpoint: j.sign(), Tiles: j, Entries: j.all()}
			if err := x.Write(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/entry")
	})
	b.Run("verify", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if r := verify(b, bundle, j.key()); r.Verdict != Proven {
				b.Fatal(r.Text())
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/entry")
		b.ReportMetric(float64(len(bundle))/10_000, "B/entry")
	})
}

func BenchmarkSign(b *testing.B) {
	j := newJournal(b).writeMany(3)
	b.ReportAllocs()
	for range b.N {
		if slices.Equal(j.sign(), nil) {
			b.Fatal("nothing")
		}
	}
}
