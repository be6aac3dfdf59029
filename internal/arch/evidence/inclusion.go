package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"

	"c4arch/internal/base/canon"
)

// Inclusion shows that one resource is in the root of a snapshot without showing any other: whoever hashes the leaf and then the path arrives at the root (RFC 6962 section 2.1.1).
type Inclusion struct {
	// Index is the number of the leaf, from 0, and Size how many there are.
	Index int `json:"index"`
	Size  int `json:"size"`
	// Leaf is the text that is hashed: identity, form, side and commitment, with a zero byte between them.
	Leaf string `json:"leaf"`
	// Path are the hashes beside the way from the leaf to the root, the lowest first.
	Path []canon.Digest `json:"path"`
}

func (r *Resource) leaf() string {
	return r.ID + "\x00" + string(r.Form) + "\x00" + string(r.Side) + "\x00" + string(r.Commitment)
}

// Included are the resources of that id with their inclusion in the root: one for each content that the id was found with, at most limit. The numbers are those of s.Resources.
func (s *Snapshot) Included(id string, limit int) []Inclusion {
	var found []Inclusion
	var leaves [][]byte
	for i := range s.Resources {
		if s.Resources[i].ID != id || len(found) == limit {
			continue
		}
		if leaves == nil {
			leaves = make([][]byte, len(s.Resources))
			for k := range s.Resources {
				leaves[k] = []byte(s.Resources[k].leaf())
			}
		}
		x := Inclusion{Index: i, Size: len(leaves), Leaf: string(leaves[i])}
		for _, h := range auditPath(i, leaves) {
			x.Path = append(x.Path, canon.Digest("sha256:"+hex.EncodeToString(h[:])))
		}
		found = append(found, x)
	}
	return found
}

// auditPath is the path of RFC 6962 section 2.1.1.
func auditPath(m int, leaves [][]byte) [][sha256.Size]byte {
	n := len(leaves)
	if n <= 1 {
		return nil
	}
	k := 1 << (bits.Len(uint(n-1)) - 1)
	if m < k {
		return append(auditPath(m, leaves[:k]), treeHash(leaves[k:]))
	}
	return append(auditPath(m-k, leaves[k:]), treeHash(leaves[:k]))
}

// Root is where the path leads: the root of the snapshot, if the inclusion is right; "" where it cannot be one.
func (x Inclusion) Root() canon.Digest {
	if x.Index < 0 || x.Index >= x.Size {
		return ""
	}
	at := sha256.Sum256(append([]byte{0}, x.Leaf...))
	number, last := uint(x.Index), uint(x.Size-1)
	for _, d := range x.Path { // RFC 9162 section 2.1.3.2
		side, err := hex.DecodeString(trimSum(d))
		if err != nil || len(side) != sha256.Size || last == 0 {
			return ""
		}
		if number&1 == 1 || number == last {
			at = sha256.Sum256(append(append([]byte{1}, side...), at[:]...))
			for number&1 == 0 && number != 0 {
				number, last = number>>1, last>>1
			}
		} else {
			at = sha256.Sum256(append(append([]byte{1}, at[:]...), side...))
		}
		number, last = number>>1, last>>1
	}
	if last != 0 {
		return ""
	}
	return canon.Digest("sha256:" + hex.EncodeToString(at[:]))
}

func trimSum(d canon.Digest) string {
	const name = "sha256:"
	if len(d) < len(name) || d[:len(name)] != name {
		return ""
	}
	return string(d[len(name):])
}
