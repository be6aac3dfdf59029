package fold

import (
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// View returns the view with boundaries folded. The view that is given is not changed; when there is nothing to fold it
// comes back as it is. Nodes keep their order, so that parents stand before their children; lines are sorted by their ends.
func View(m *c4.Model, v *c4.View, o Options) *c4.View {
	t := newTree(v)
	t.choose(o)
	f := &folder{tree: t, shows: make([]int, len(v.Nodes)), inside: make([]int, len(v.Nodes))}
	if !f.nodes() {
		return followed(v)
	}
	out := *v
	out.Nodes, out.Elements = f.kept()
	out.Lines = f.lines(m)
	out.Relationships = relationships(out.Lines)
	out.Description = strings.TrimSpace(v.Description + " " + f.says(len(v.Relationships)-len(out.Relationships)))
	return followed(&out)
}

// followed is the view, without its lines when they are more than anybody could follow.
func followed(v *c4.View) *c4.View {
	if len(v.Lines) <= mostLines {
		return v
	}
	out := *v
	out.Lines, out.Relationships = []c4.Line{}, []string{}
	out.Description = strings.TrimSpace(fmt.Sprintf("%s Its %d lines are not drawn: nobody could follow them.", v.Description, len(v.Lines)))
	return &out
}

// folder is a view while it is folded.
type folder struct {
	*tree
	shows  []int // by node: the node that stands for it
	inside []int // by node: how many nodes it stands for beside itself
}

// nodes finds what stands for each node and reports whether anything is folded.
func (f *folder) nodes() (folded bool) {
	for i := range f.view.Nodes {
		p := f.parent[i]
		switch {
		case p < 0:
			f.shows[i] = i
		case f.shows[p] != p || !f.open[p]:
			f.shows[i] = f.shows[p]
			f.inside[f.shows[p]] += 1 + f.view.Nodes[i].Folded
			folded = true
		default:
			f.shows[i] = i
		}
	}
	return folded
}

func (f *folder) kept() (nodes []c4.Node, elements []string) {
	for i, n := range f.view.Nodes {
		if f.shows[i] == i {
			n.Folded += f.inside[i]
			nodes = append(nodes, n)
			elements = append(elements, n.Element)
		}
	}
	slices.Sort(elements)
	return nodes, slices.Compact(elements)
}

// says is the sentence on what is folded, with the number of relationships of which nothing is drawn.
func (f *folder) says(lost int) string {
	boxes, nodes := 0, 0
	for _, n := range f.inside {
		if nodes += n; n > 0 {
			boxes++
		}
	}
	s := fmt.Sprintf("%d folded %s for %d more", boxes, plural(boxes, "box stands", "boxes stand"), nodes)
	if lost > 0 {
		s += fmt.Sprintf("; %d %s between these and not drawn", lost, plural(lost, "relationship is", "relationships are"))
	}
	return s + "."
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// relationships are the ids of all that the lines stand for, sorted.
func relationships(lines []c4.Line) []string {
	all := []string{}
	for i := range lines {
		all = append(all, lines[i].Relationships...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
