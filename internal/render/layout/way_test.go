package layout_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
)

// clean fails when a drawing has anything that no drawing may have.
func clean(t testing.TB, g layout.Graph, l *layout.Layout) layouttest.Measure {
	t.Helper()
	m := layouttest.Count(layouttest.Of(g, l))
	for what, n := range map[string]int{
		"boxes that overlap": m.Overlaps, "lines through a box": m.Boxes, "lines through a boundary that holds neither end": m.Frames,
		"lines through a title": m.Titles, "labels on something": m.Covering, "lines on one another": m.Shared,
		"lines along a box that is not theirs": m.Hugging, "arrowheads without room": m.Stubs,
	} {
		if n > 0 {
			t.Errorf("%d nodes, %d edges: %d %s", len(g.Nodes), len(g.Edges), n, what)
		}
	}
	return m
}

// TestMeasured holds what is promised, and no more crossings and bends than elkjs 0.12.1 makes of the same graph without
// labels (docs/performance.md).
func TestMeasured(t *testing.T) {
	for _, want := range []struct{ boxes, crossings, bends int }{{30, 47, 116}, {100, 144, 344}, {300, 811, 1194}} {
		g := layouttest.Nested(want.boxes, 1)
		for _, g := range []layout.Graph{g, layouttest.Labelled(g, 1)} {
			l, err := layout.Arrange(g, layout.Options{})
			if err != nil {
				t.Fatal(err)
			}
			m := clean(t, g, l)
			t.Logf("%d boxes: %+v", want.boxes, m)
			if m.Crossings > want.crossings || m.Bends > want.bends {
				t.Errorf("%d boxes: %d crossings and %d bends, elkjs has %d and %d", want.boxes, m.Crossings, m.Bends, want.crossings, want.bends)
			}
		}
	}
}

// TestShuffled draws graphs whose nodes and edges come in another order: not a byte differs.
func TestShuffled(t *testing.T) {
	for seed := range uint64(4) {
		g := layouttest.Labelled(layouttest.Nested(100, seed), seed)
		a, err := layout.Arrange(g, layout.Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := layout.Arrange(layouttest.Shuffled(g, seed), layout.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encoded(t, a), encoded(t, b)) {
			t.Errorf("seed %d: another order gives another drawing", seed)
		}
	}
}

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// FuzzArrange draws graphs of which each node and edge is a few bytes.
func FuzzArrange(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x05\x00\x40\x20\x00\x40\x20\x01\x40\x20\x01\x40\x20\x02\x40\x20\x00\x01\x10\x01\x02\x10\x03\x04\x10\x04\x00\x10"))
	f.Add([]byte("\x08\x00\xff\xff\x01\x01\x01\x01\x80\x01\x01\x01\x80\x00\x10\x10\x05\x10\x10\x06\x10\x10\x00\x50\x50\x07\x07\x40\x07\x06\x40\x05\x02\x40\x01\x07\x00\x00\x00\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g := fromBytes(data)
		l, err := layout.Arrange(g, layout.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := layouttest.Count(layouttest.Of(g, l))
		if m.Overlaps+m.Boxes+m.Frames+m.Titles+m.Covering+m.Shared > 0 {
			t.Errorf("%+v", m)
		}
		b, err := layout.Arrange(layouttest.Shuffled(g, 1), layout.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encoded(t, l), encoded(t, b)) {
			t.Error("another order gives another drawing")
		}
	})
}

// fromBytes makes a graph: a number of nodes, three bytes each for parent, width and height; then three bytes for each
// edge: source, target and size of the label.
func fromBytes(data []byte) (g layout.Graph) {
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		b := int(data[0])
		data = data[1:]
		return b
	}
	n := next() % 40
	id := func(i int) string { return fmt.Sprintf("n%02d", i) }
	for i := range n {
		node := layout.Node{ID: id(i)}
		if p := next(); p%8 != 0 && i > 0 {
			node.Parent = id(p / 8 % i)
		}
		node.Size = layout.Size{W: 8 + 2*next(), H: 8 + next()}
		node.Title = layout.Size{W: node.Size.W / 2, H: node.Size.H % 40}
		g.Nodes = append(g.Nodes, node)
	}
	for i := 0; n > 0 && len(data) > 0 && i < 60; i++ {
		e := layout.Edge{ID: fmt.Sprintf("e%02d", i), Source: id(next() % n), Target: id(next() % n)}
		if size := next(); size > 0 {
			e.Label = layout.Size{W: 4 + size, H: 10 + size%40}
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}
