package ledger

import (
	"crypto/sha256"
	"math/bits"
	"slices"
	"time"

	"c4arch/internal/base/fault"
)

// MaxPeaks is how many peaks a head can have: a size is at most 2^53.
const MaxPeaks = 53

// LeafHash is the hash of a leaf: SHA-256(0x00 || leaf), RFC 6962 section 2.1.
func LeafHash(leaf []byte) Hash {
	var small [1024]byte
	return sha256.Sum256(append(append(small[:0], 0), leaf...))
}

// NodeHash is the hash of an inner node: SHA-256(0x01 || left || right), RFC 6962 section 2.1.
func NodeHash(left, right Hash) Hash {
	var b [1 + 2*HashSize]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+HashSize:], right[:])
	return sha256.Sum256(b[:])
}

// Tree is a size and the root of the tree of that size.
type Tree struct {
	Size int64
	Root Hash
}

// ParseHead reads a head as it is kept: the frontier is what [Head.Frontier] wrote.
func ParseHead(size int64, frontier []byte, at time.Time) (Head, error) {
	if size < 0 || size > MaxIndex || len(frontier) != bits.OnesCount64(uint64(size))*HashSize {
		return Head{}, fault.New(fault.Internal, "the head of the ledger is damaged: %d bytes of peaks do not belong to size %d", len(frontier), size)
	}
	return Head{Size: size, Peaks: split(frontier), At: at}, nil
}

// Frontier is the peaks, one after the other, the largest tree first.
func (h Head) Frontier() []byte { return join(h.Peaks) }

// Root is the root of the tree: the peaks folded from the smallest to the largest; SHA-256 of nothing for the empty tree.
func (h Head) Root() Hash {
	if len(h.Peaks) == 0 {
		return sha256.Sum256(nil)
	}
	root := h.Peaks[len(h.Peaks)-1]
	for i := len(h.Peaks) - 2; i >= 0; i-- {
		root = NodeHash(h.Peaks[i], root)
	}
	return root
}

// Tree is the size with the root.
func (h Head) Tree() Tree { return Tree{Size: h.Size, Root: h.Root()} }

// Append adds the hash of a leaf. Copies of the head that were made before are left as they are.
func (h *Head) Append(leaf Hash) {
	h.Peaks = slices.Clone(h.Peaks)
	h.push(leaf, nil)
}

// push adds a leaf in place. full is told of each hash that goes into a tile above level 0: that of a full tile of the level below.
func (h *Head) push(leaf Hash, full func(level int, n int64, root Hash)) {
	node := leaf
	for height := 0; ; height++ {
		if height > 0 && height%TileHeight == 0 && full != nil {
			full(height/TileHeight, h.Size>>height, node)
		}
		if h.Size>>height&1 == 0 {
			break
		}
		last := len(h.Peaks) - 1
		node = NodeHash(h.Peaks[last], node)
		h.Peaks = h.Peaks[:last]
	}
	h.Peaks = append(h.Peaks, node)
	h.Size++
}

func join(hashes []Hash) []byte {
	b := make([]byte, 0, len(hashes)*HashSize)
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}

func split(b []byte) []Hash {
	hashes := make([]Hash, len(b)/HashSize)
	for i := range hashes {
		copy(hashes[i][:], b[i*HashSize:])
	}
	return hashes
}
