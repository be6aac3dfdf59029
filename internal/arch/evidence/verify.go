package evidence

import (
	"c4arch/internal/base/fault"
)

// Verify checks everything that can be checked without the key: that each resource is written as a snapshot writes
// it, every commitment whose content is there, the order, the root.
func (s *Snapshot) Verify() error { return s.verify() }

// VerifyRoot checks the order of the resources and the root over their commitments, and not what these are to: for who
// has checked that already.
func (s *Snapshot) VerifyRoot() error {
	for i := 1; i < len(s.Resources); i++ {
		if compareResources(&s.Resources[i-1], &s.Resources[i]) >= 0 {
			return fault.New(fault.Invalid, "the resource %s stands in the wrong order or twice", brief(s.Resources[i].ID))
		}
	}
	if rootOf(s.Resources) != s.Root {
		return fault.New(fault.Invalid, "the resources do not match the snapshot's root")
	}
	return nil
}

// Compare is the order of resources in a snapshot, which is that of the leaves of its root.
func (r *Resource) Compare(other *Resource) int { return compareResources(r, other) }
