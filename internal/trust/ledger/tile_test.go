package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// memory keeps a log as a home does: leaves in rows, tiles in rows.
type memory struct {
	leaves []Hash
	tiles  map[[2]int64][]byte
	read   int // leaves and tiles read
}

func (m *memory) Leaves(from, to int64) ([]Hash, error) {
	m.read++
	if from < 0 || to > int64(len(m.leaves)) || from > to || to-from > TileWidth {
		return nil, fmt.Errorf("no leaves %d to %d", from, to)
	}
	return slices.Clone(m.leaves[from:to]), nil
}

func (m *memory) Tile(level int, n int64) ([]byte, error) {
	m.read++
	t, ok := m.tiles[[2]int64{int64(level), n}]
	if !ok {
		return nil, fmt.Errorf("no tile %d of level %d", n, level)
	}
	return bytes.Clone(t), nil
}

func (m *memory) extend(t testing.TB, h *Head, leaves []Hash) {
	rows, err := h.Extend(leaves, m)
	if err != nil {
		t.Fatal(err)
	}
	m.leaves = append(m.leaves, leaves...)
	for _, r := range rows {
		m.tiles[[2]int64{int64(r.Level), r.N}] = r.Hashes
	}
}

func newMemory() *memory { return &memory{tiles: map[[2]int64][]byte{}} }

func leafAt(i int64) Hash { return LeafHash(binary.BigEndian.AppendUint64(nil, uint64(i))) }

func leavesOf(from, to int64) []Hash {
	var hashes []Hash
	for i := from; i < to; i++ {
		hashes = append(hashes, leafAt(i))
	}
	return hashes
}

// stored is the second opinion: the hashes that tlog keeps.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = s[x]
	}
	return out, nil
}

func (s *stored) add(t testing.TB, n int64) {
	more, err := tlog.StoredHashes(n, binary.BigEndian.AppendUint64(nil, uint64(n)), *s)
	if err != nil {
		t.Fatal(err)
	}
	*s = append(*s, more...)
}

// same holds a head and what is kept against tlog's own stored hashes.
func same(t testing.TB, h Head, m *memory, s stored) {
	t.Helper()
	root, err := tlog.TreeHash(h.Size, s)
	if err != nil || Hash(root) != h.Root() {
		t.Fatalf("size %d: root %x, tlog says %x, %v", h.Size, h.Root(), root, err)
	}
	for level := 0; h.Size>>(TileHeight*level) > 0; level++ {
		width := h.Size >> (TileHeight * level)
		for n := int64(0); n*TileWidth < width; n++ {
			w := min(width-n*TileWidth, TileWidth)
			kept, ok := m.tiles[[2]int64{int64(level), n}]
			if level == 0 && w < TileWidth {
				if ok {
					t.Fatalf("size %d: tile %d of level 0 is kept, and is not full", h.Size, n)
				}
				continue
			}
			want, err := tlog.ReadTileData(tlog.Tile{H: TileHeight, L: level, N: n, W: int(w)}, s)
			if err != nil || !bytes.Equal(kept, want) {
				t.Fatalf("size %d: tile %d of level %d is not as tlog has it: %v", h.Size, n, level, err)
			}
		}
	}
}

func TestEachSizeIsAsTlogHasIt(t *testing.T) {
	var h Head
	m, s := newMemory(), stored{}
	same(t, h, m, s)
	for i := range int64(2000) {
		m.extend(t, &h, []Hash{leafAt(i)})
		s.add(t, i)
		if i < 600 || i%37 == 0 || i&(i+1) == 0 || i > 1990 {
			same(t, h, m, s)
			continue
		}
		if root, err := tlog.TreeHash(h.Size, s); err != nil || Hash(root) != h.Root() {
			t.Fatalf("size %d: roots differ: %v", h.Size, err)
		}
	}
	if m.read != 7+6 { // seven tiles got full; level 1 was there for all but the first
		t.Errorf("2,000 appends read %d times from what is kept", m.read)
	}
}

func TestBatchesOfAnySizeGiveOneTree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	var s stored
	for i := range int64(70_000) {
		s.add(t, i)
	}
	for _, size := range []int64{1, 255, 256, 257, 4096, 65535, 65536, 65537, 70_000, r.Int64N(70_000), r.Int64N(70_000)} {
		var h Head
		m := newMemory()
		b := Builder{Full: func(level int, n int64, hashes []byte) {}}
		for h.Size < size {
			m.extend(t, &h, leavesOf(h.Size, min(size, h.Size+r.Int64N(900))))
		}
		same(t, h, m, s)
		full := map[[2]int64][]byte{}
		b.Full = func(level int, n int64, hashes []byte) {
			full[[2]int64{int64(level), n}] = bytes.Clone(hashes)
		}
		for i := range size {
			b.Add(leafAt(i))
		}
		for level, partial := range b.Partial() {
			if len(partial) > 0 && level > 0 {
				full[[2]int64{int64(level), size >> (TileHeight * (level + 1))}] = partial
			}
		}
		if b.Root() != h.Root() || len(full) != len(m.tiles) {
			t.Fatalf("size %d: built in bulk it has another root or %d tiles for %d", size, len(full), len(m.tiles))
		}
		for k, v := range full {
			if !bytes.Equal(v, m.tiles[k]) {
				t.Fatalf("size %d: tile %v differs when built in bulk", size, k)
			}
		}
	}
}

// The eight leaves and roots that the implementations of Certificate Transparency are tested with (merkle_tree_test of the reference implementation of RFC 6962).
func TestRootsOfCertificateTransparency(t *testing.T) {
	leaves := [][]byte{
		{},
		{0x00},
		{0x10},
		{0x20, 0x21},
		{0x30, 0x31},
		{0x40, 0x41, 0x42, 0x43},
		{0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
		{0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f},
	}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var h Head
	for i, want := range roots {
		if got := fmt.Sprintf("%x", h.Root()); got != want {
			t.Errorf("size %d: %s, want %s", i, got, want)
		}
		if i < len(leaves) {
			h.Append(LeafHash(leaves[i]))
		}
	}
}

func TestCopiesOfAHeadStayAsTheyAre(t *testing.T) {
	var h Head
	m := newMemory()
	m.extend(t, &h, leavesOf(0, 511))
	before, root := h, h.Root()
	m.extend(t, &h, leavesOf(511, 600))
	other := before
	other.Append(leafAt(99))
	if before.Root() != root || before.Size != 511 {
		t.Error("a copy changed with the head")
	}
	again, err := ParseHead(h.Size, h.Frontier(), time.Unix(1, 0))
	if err != nil || again.Root() != h.Root() {
		t.Errorf("a head does not come back: %v", err)
	}
	for _, size := range []int64{-1, 599, MaxIndex + 1, 1 << 62} {
		if _, err := ParseHead(size, h.Frontier(), time.Time{}); err == nil {
			t.Errorf("size %d was taken for a frontier of another", size)
		}
	}
}

func TestAnExtensionThatCannotReadChangesNothing(t *testing.T) {
	for _, missing := range []string{"leaves", "tile", "short"} {
		var h Head
		m := newMemory()
		m.extend(t, &h, leavesOf(0, 500))
		switch missing {
		case "leaves":
			m.leaves = m.leaves[:300]
		case "tile":
			delete(m.tiles, [2]int64{1, 0})
		case "short":
			m.tiles[[2]int64{1, 0}] = nil
		}
		root := h.Root()
		if _, err := h.Extend(leavesOf(500, 520), m); err == nil || h.Root() != root || h.Size != 500 {
			t.Errorf("%s: %v, size %d", missing, err, h.Size)
		}
	}
}
