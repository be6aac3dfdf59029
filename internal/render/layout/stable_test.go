package layout

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// seats is what a caller keeps of the boxes of a layout.
func seats(l *Layout) map[string]Seat {
	out := make(map[string]Seat, len(l.Boxes))
	for _, b := range l.Boxes {
		out[b.ID] = Seat{Rect: b.Rect}
	}
	return out
}

// ways is what a caller keeps of its lines.
func ways(l *Layout) map[string]Route {
	out := make(map[string]Route, len(l.Routes))
	for _, r := range l.Routes {
		out[r.ID] = r
	}
	return out
}

func TestAPictureIsItsOwnNext(t *testing.T) {
	for _, n := range []int{1, 5, 30, 100, 300} {
		for seed := range uint64(6) {
			if n > 100 && (seed > 0 || testing.Short()) {
				break
			}
			g := nested(n, seed)
			l := mustArrange(t, g)
			l2, err := Arrange(g, Options{Previous: seats(l), Ways: ways(l)})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(l, l2) {
				t.Errorf("%d nodes, seed %d: not its own next picture", n, seed)
			}
		}
	}
}

func TestAnyPictureIsItsOwnNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		l, err := Arrange(g, Options{})
		if err != nil {
			t.Fatal(err)
		}
		l2, err := Arrange(g, Options{Previous: seats(l), Ways: ways(l)})
		if err != nil {
			t.Fatal(err)
		}
		if bad := check(g, l2); len(bad) > 0 {
			t.Fatal("\n" + joinLines(bad))
		}
		if !reflect.DeepEqual(l, l2) {
			t.Fatal("not its own next picture")
		}
	})
}

func TestPromisesHoldOnOldPlaces(t *testing.T) {
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
