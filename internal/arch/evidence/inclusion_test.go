package evidence

import (
	"fmt"
	"testing"

	"c4arch/internal/base/canon"
)

// Every resource of trees of every size is in the root, and what was changed about it is not.
func TestIncluded(t *testing.T) {
	for n := 1; n <= 40; n++ {
		s := &Snapshot{}
		for i := range n {
			s.Resources = append(s.Resources, Resource{ID: fmt.Sprintf("r%02d", i), Form: "arm", Side: Live, Commitment: canon.Sum([]byte{byte(i)})})
		}
		s.Root = rootOf(s.Resources)
		for i := range n {
			found := s.Included(s.Resources[i].ID, 5)
			if len(found) != 1 || found[0].Index != i || found[0].Size != n || found[0].Root() != s.Root {
				t.Fatalf("resource %d of %d: %+v leads to another root", i, n, found)
			}
			x := found[0]
			x.Leaf += "x"
			if x.Root() == s.Root {
				t.Errorf("another leaf leads to the same root")
			}
			x = found[0]
			if x.Path = append(x.Path, s.Root); x.Root() == s.Root {
				t.Errorf("a longer path leads to the same root")
			}
			if len(found[0].Path) > 0 {
				if x.Path = found[0].Path[1:]; x.Root() == s.Root {
					t.Errorf("a shorter path leads to the same root")
				}
			}
		}
		if got := s.Included("none", 5); got != nil {
			t.Errorf("what is not there is included: %v", got)
		}
	}
	for _, bad := range []Inclusion{{}, {Index: -1, Size: 2}, {Index: 2, Size: 2}, {Index: 0, Size: 2, Path: []canon.Digest{"md5:00"}}, {Index: 0, Size: 2, Path: []canon.Digest{"sha256:zz"}}} {
		if got := bad.Root(); got != "" {
			t.Errorf("%+v leads to %s", bad, got)
		}
	}
}
