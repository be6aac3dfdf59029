package placement

import (
	"fmt"
	"testing"
)

// What a file cannot hold is left out, and never what people placed.
func TestFit(t *testing.T) {
	view := func(key string) View {
		return View{Key: key, Nodes: []Node{{ID: "a"}, {ID: "b", Placed: true}}, Lines: []Line{{Source: "a", Target: "b", Way: make([]int, 4)}}}
	}
	for _, c := range []struct {
		nodes, lines int
		want         string
	}{
		{6, 3, "1 2/1 2 2/1 3 2/1"},
		{6, 1, "1 2/1 2 2/0 3 2/0"},
		{5, 3, "1 2/1 2 2/1 3 1/0"},
		{4, 3, "1 2/1 2 1/0 3 1/0"},
		{0, 0, "1 1/0 2 1/0 3 1/0"},
	} {
		f := &File{Views: []View{view("1"), view("2"), view("3")}}
		f.fit(c.nodes, c.lines)
		got := ""
		for _, v := range f.Views {
			got += fmt.Sprintf(" %s %d/%d", v.Key, len(v.Nodes), len(v.Lines))
		}
		if got != " "+c.want {
			t.Errorf("%d nodes and %d lines: %s, want %s", c.nodes, c.lines, got, c.want)
		}
	}
	f := Merge(nil, []View{{Key: "k", Lines: []Line{{Source: "a", Target: "b", Way: make([]int, maxWay+2)}}}}, nil)
	if len(f.Views[0].Lines) != 0 {
		t.Error("a line that cannot be kept is kept")
	}
}
