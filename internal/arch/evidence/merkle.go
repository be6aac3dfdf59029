package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"

	"c4arch/internal/base/canon"
)

// treeHash is the Merkle tree hash of RFC 6962 section 2.1 over those leaves: the two
// prefixes keep a leaf from being passed off as a node, and inclusion of one resource can
// be proven without the others.
func treeHash(leaves [][]byte) [sha256.Size]byte {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	default:
		// The largest power of two smaller than n stands on the left.
		k := 1 << (bits.Len(uint(n-1)) - 1)
		left, right := treeHash(leaves[:k]), treeHash(leaves[k:])
		return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
	}
}

// rootOf is the root of sorted resources: over identities and commitments only, so that
// content can be withdrawn and neither place nor time moves it.
func rootOf(sorted []Resource) canon.Digest {
	leaves := make([][]byte, len(sorted))
	for i := range sorted {
		leaves[i] = []byte(sorted[i].leaf())
	}
	sum := treeHash(leaves)
	return canon.Digest("sha256:" + hex.EncodeToString(sum[:]))
}
