package layout

import "testing"

func TestNested(t *testing.T) {
	for _, n := range []int{1, 5, 30, 100, 300} {
		l := mustHold(t, nested(n, 7))
		t.Logf("%d: %v", n, l.Size)
	}
}
