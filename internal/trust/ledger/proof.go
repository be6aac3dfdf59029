package ledger

import (
	"golang.org/x/mod/sumdb/tlog"

	"c4arch/internal/base/fault"
)

// MaxProof is how many hashes a proof may have: 63, as c2sp.org/tlog-witness has it.
const MaxProof = 63

// Inclusion proves that the tree of that size holds the leaf with that index (RFC 6962 section 2.1.1).
func Inclusion(size, index int64, kept Tiles) ([]Hash, error) {
	if size < 1 || size > MaxIndex || index < 0 || index >= size {
		return nil, fault.New(fault.NotFound, "a ledger of %d entries has no entry %d", size, index)
	}
	p, err := tlog.ProveRecord(size, index, newHashes(size, kept))
	return ours(p), err
}

// Consistency proves that the tree of size old is the beginning of that of size (RFC 6962 section 2.1.2). From the empty tree the proof is empty.
func Consistency(old, size int64, kept Tiles) ([]Hash, error) {
	if old < 0 || old > size || size > MaxIndex {
		return nil, fault.New(fault.Invalid, "a ledger of %d entries has no beginning of %d", size, old)
	}
	if old == 0 || old == size {
		return nil, nil
	}
	p, err := tlog.ProveTree(size, old, newHashes(size, kept))
	return ours(p), err
}

// RootOf is the root of the tree of that size, which may be an older one.
func RootOf(size int64, kept Tiles) (Hash, error) {
	if size < 0 || size > MaxIndex {
		return Hash{}, fault.New(fault.Invalid, "a ledger cannot have %d entries", size)
	}
	if size == 0 {
		return Head{}.Root(), nil
	}
	h, err := tlog.TreeHash(size, newHashes(size, kept))
	return Hash(h), err
}

// VerifyInclusion says why the proof does not show that leaf index of the tree has that hash, if so.
func VerifyInclusion(t Tree, index int64, leaf Hash, proof []Hash) error {
	if t.Size < 1 || t.Size > MaxIndex || index < 0 || index >= t.Size || len(proof) > MaxProof ||
		tlog.CheckRecord(theirs(proof), t.Size, tlog.Hash(t.Root), index, tlog.Hash(leaf)) != nil {
		return fault.New(fault.Invalid, "the proof does not show entry %d in the tree of %d entries", index, t.Size)
	}
	return nil
}

// VerifyConsistency says why the proof does not show that old is the beginning of t, if so.
func VerifyConsistency(old, t Tree, proof []Hash) error {
	ok := old.Size >= 0 && old.Size <= t.Size && t.Size <= MaxIndex && len(proof) <= MaxProof
	switch {
	case !ok:
	case old.Size == 0:
		ok = len(proof) == 0 && old.Root == Head{}.Root()
	case old.Size == t.Size:
		ok = len(proof) == 0 && old.Root == t.Root
	default:
		ok = tlog.CheckTree(theirs(proof), t.Size, tlog.Hash(t.Root), old.Size, tlog.Hash(old.Root)) == nil
	}
	if !ok {
		return fault.New(fault.Invalid, "the proof does not show that the tree of %d entries begins with that of %d", t.Size, old.Size)
	}
	return nil
}

func ours[P ~[]tlog.Hash](p P) []Hash {
	out := make([]Hash, len(p))
	for i := range p {
		out[i] = Hash(p[i])
	}
	return out
}

func theirs(p []Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(p))
	for i := range p {
		out[i] = tlog.Hash(p[i])
	}
	return out
}

// hashes reads the hashes of the tree's nodes out of tiles. It is for one proof or one root: it keeps the few tiles that it has read.
type hashes struct {
	size int64
	kept Tiles
	read map[[2]int64][]byte
}

func newHashes(size int64, kept Tiles) *hashes {
	return &hashes{size: size, kept: kept, read: map[[2]int64][]byte{}}
}

// ReadHashes is tlog's port.
func (r *hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		t := tlog.TileForIndex(TileHeight, x)
		data, err := r.tile(t.L, t.N)
		if err != nil {
			return nil, err
		}
		if len(data) < t.W*HashSize {
			return nil, fault.New(fault.Internal, "tile %d of level %d of the ledger has %d bytes, and %d are needed", t.N, t.L, len(data), t.W*HashSize)
		}
		if out[i], err = tlog.HashFromTile(t, data[:t.W*HashSize], x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *hashes) tile(level int, n int64) ([]byte, error) {
	key := [2]int64{int64(level), n}
	if data, ok := r.read[key]; ok {
		return data, nil
	}
	data, err := ReadTile(level, n, r.size, r.kept)
	if err == nil {
		r.read[key] = data
	}
	return data, err
}

// Width is how many hashes tile n of a level has in a tree of that size.
func Width(level int, n, size int64) int {
	return int(max(0, min(TileWidth, size>>(TileHeight*level)-n*TileWidth)))
}

// ReadTile reads a tile as it was when the tree had that size: what came later is left out.
func ReadTile(level int, n, size int64, kept Tiles) ([]byte, error) {
	w := Width(level, n, size)
	var data []byte
	var err error
	if level == 0 && w < TileWidth {
		// Only full tiles of level 0 are kept as tiles.
		var leaves []Hash
		leaves, err = kept.Leaves(n*TileWidth, n*TileWidth+int64(w))
		data = join(leaves)
	} else {
		data, err = kept.Tile(level, n)
	}
	if err != nil {
		return nil, err
	}
	if len(data) < w*HashSize || len(data)%HashSize != 0 {
		return nil, fault.New(fault.Internal, "tile %d of level %d of the ledger has %d bytes, and should have %d", n, level, len(data), w*HashSize)
	}
	return data[:w*HashSize], nil
}
