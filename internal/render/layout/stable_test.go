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

// TestAnyOldPlaces hands over places and ways that no picture had: the promises hold all the same.
func TestAnyOldPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		o := Options{Previous: map[string]Seat{}, Ways: map[string]Route{}}
		at := rapid.OneOf(rapid.IntRange(-400, 1600), rapid.SampledFrom([]int{-1 << 50, 0, farthest, 1 << 60}))
		size := rapid.OneOf(rapid.IntRange(0, 500), rapid.SampledFrom([]int{-5, 1 << 19, 1 << 61}))
		for _, n := range g.Nodes {
			if rapid.Bool().Draw(t, "seat") {
				o.Previous[n.ID] = Seat{Rect{at.Draw(t, "x"), at.Draw(t, "y"), size.Draw(t, "w"), size.Draw(t, "h")}, rapid.IntRange(0, 3).Draw(t, "placed") == 0}
			}
		}
		for _, e := range g.Edges {
			r := Route{ID: e.ID, Label: Rect{at.Draw(t, "x"), at.Draw(t, "y"), size.Draw(t, "w"), size.Draw(t, "h")}}
			x, y := at.Draw(t, "x"), at.Draw(t, "y")
			for i := range rapid.IntRange(0, 5).Draw(t, "corners") {
				if i%2 == 0 {
					x = at.Draw(t, "x")
				} else {
					y = at.Draw(t, "y")
				}
				r.Points = append(r.Points, Point{x, y})
			}
			o.Ways[e.ID] = r
		}
		l, err := Arrange(g, o)
		if err != nil {
			t.Fatal(err)
		}
		if bad := check(g, l); len(bad) > 0 {
			t.Fatal("\n" + joinLines(bad))
		}
	})
}
