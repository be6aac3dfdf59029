package layout

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// seats is what a caller keeps of a layout.
func seats(l *Layout) map[string]Seat {
	out := make(map[string]Seat, len(l.Boxes))
	for _, b := range l.Boxes {
		out[b.ID] = Seat{Rect: b.Rect}
	}
	return out
}

func again(t testing.TB, g Graph, previous map[string]Seat) *Layout {
	t.Helper()
	l, err := Arrange(g, Options{Previous: previous})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSameGraphStaysTheSame(t *testing.T) {
	for _, n := range []int{1, 5, 30} {
		for seed := range uint64(6) {
			g := nested(n, seed)
			l := mustArrange(t, g)
			if l2 := again(t, g, seats(l)); !reflect.DeepEqual(l, l2) {
				t.Errorf("%d nodes, seed %d: not its own next picture", n, seed)
			}
		}
	}
}

func TestPicturesOfBeforeHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		l, err := Arrange(g, Options{})
		if err != nil {
			t.Fatal(err)
		}
		l2, err := Arrange(g, Options{Previous: seats(l)})
		if err != nil {
			t.Fatal(err)
		}
		if bad := check(g, l2); len(bad) > 0 {
			t.Fatal("\n" + joinLines(bad))
		}
	})
}
