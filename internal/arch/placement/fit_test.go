package placement

import (
	"fmt"
	"io"
	"strings"
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
	left := Merge(nil, []View{
		{Key: "a\nb", Nodes: []Node{{ID: "a"}}},
		{Key: "k", Nodes: []Node{{ID: "a\x00"}, {ID: strings.Repeat("x", maxText+1), Placed: true}, {ID: "far", X: maxExtent + 1}, {ID: "ok"}}, Lines: []Line{
			{Source: "a\n", Target: "b", Way: make([]int, 4)},
			{Source: "ok", Target: "ok", Way: []int{0, 0, 0, maxExtent + 1}},
			{Source: "ok", Target: "ok", Way: make([]int, 4), Label: make([]int, 3)},
			{Source: "ok", Target: "ok", Way: make([]int, 4)},
		}},
	}, nil)
	if len(left.Views) != 1 || len(left.Views[0].Nodes) != 1 || len(left.Views[0].Lines) != 1 {
		t.Errorf("of what cannot be written is left: %+v", left.Views)
	}
	if err := Encode(io.Discard, left); err != nil {
		t.Error(err)
	}
	f := Merge(nil, []View{{Key: "k", Lines: []Line{{Source: "a", Target: "b", Way: make([]int, maxWay+2)}}}}, nil)
	if len(f.Views[0].Lines) != 0 {
		t.Error("a line that cannot be kept is kept")
	}
}
