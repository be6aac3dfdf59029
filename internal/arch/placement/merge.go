package placement

import (
	"cmp"
	"slices"
)

// View returns what is remembered of a view, or nil. A nil file remembers nothing.
func (f *File) View(key string) *View {
	if f == nil {
		return nil
	}
	if i, found := slices.BinarySearchFunc(f.Views, key, func(v View, k string) int { return cmp.Compare(v.Key, k) }); found {
		return &f.Views[i]
	}
	return nil
}

// Merge is what is remembered after views were drawn: their places, and of all that was remembered before what still counts.
// A view that was not drawn now stays when live says that it can be drawn again. Of anything else what people placed stays,
// for when it comes back: their work is never thrown away. last may be nil.
func Merge(last *File, drawn []View, live func(key string) bool) *File {
	f := &File{Format: Format, Version: Version, Views: sorted(drawn)}
	defer func() { f.fit(maxNodes, maxLines) }()
	if last == nil {
		return f
	}
	for i := range f.Views {
		if v := &f.Views[i]; last.View(v.Key) != nil {
			v.Nodes = withPlaced(v.Nodes, last.View(v.Key).Nodes)
		}
	}
	now := &File{Views: f.Views}
	for _, v := range last.Views {
		if now.View(v.Key) != nil {
			continue
		}
		if !live(v.Key) {
			v.Nodes = slices.DeleteFunc(slices.Clone(v.Nodes), func(n Node) bool { return !n.Placed })
			v.Lines = nil
		}
		if len(v.Nodes) > 0 {
			f.Views = append(f.Views, v)
		}
	}
	f.Views = sorted(f.Views)
	return f
}

// withPlaced adds to the nodes that were drawn those that people placed and that are not there now, and keeps known as placed
// what was. nodes and last are sorted.
func withPlaced(nodes, last []Node) []Node {
	drawn := len(nodes)
	for _, was := range last {
		if !was.Placed {
			continue
		}
		i, found := slices.BinarySearchFunc(nodes[:drawn], was.ID, func(n Node, id string) int { return cmp.Compare(n.ID, id) })
		switch {
		case !found:
			nodes = append(nodes, was)
		case !nodes[i].Placed: // it was drawn by one who does not know of people
			nodes[i].X, nodes[i].Y, nodes[i].Placed = was.X, was.Y, true
		}
	}
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	return nodes
}

// fit leaves out what a file cannot hold, so that an id with a line break or a picture that is too large is no reason for not
// writing a result: first what has no name or place that can be written, then lines, then boxes that no person placed, each
// of the last views first.
func (f *File) fit(nodes, lines int) {
	f.Views = slices.DeleteFunc(f.Views, func(v View) bool { return !named(v.Key) })
	f.Views = f.Views[:min(len(f.Views), maxViews)]
	for i := range f.Views {
		v := &f.Views[i]
		v.Nodes = slices.DeleteFunc(v.Nodes, func(n Node) bool { return !named(n.ID) || !n.reached() })
		v.Lines = slices.DeleteFunc(v.Lines, func(l Line) bool { return !l.joins() || !l.runs() || !l.labelled() })
		if lines -= len(v.Lines); lines < 0 {
			v.Lines = nil
		}
		nodes -= len(v.Nodes)
	}
	for i := len(f.Views) - 1; i >= 0 && nodes < 0; i-- {
		v := &f.Views[i]
		nodes += len(v.Nodes)
		v.Nodes, v.Lines = slices.DeleteFunc(v.Nodes, func(n Node) bool { return !n.Placed }), nil
		nodes -= len(v.Nodes)
	}
}
