package delta

import (
	"slices"

	"c4arch/internal/arch/c4"
)

// weaver puts nodes and lines of an old view into a new one.
type weaver struct {
	g      *merger
	v, old *c4.View
	from   map[string]*c4.Node // nodes of the old view by id
	at     map[string]string   // node ids, old to new
	there  map[string]string   // nodes of the new view: their parents by id
	of     map[string][]string // nodes of the new view by element
	lines  map[[2]string]int   // lines of the new view by ends
	times  map[string]int      // how many nodes of the old view stand for an element
}

func newWeaver(g *merger, v, old *c4.View) *weaver {
	w := &weaver{
		g: g, v: v, old: old, from: make(map[string]*c4.Node, len(old.Nodes)), at: map[string]string{},
		there: make(map[string]string, len(v.Nodes)), of: make(map[string][]string, len(v.Nodes)), lines: make(map[[2]string]int, len(v.Lines)), times: map[string]int{},
	}
	for i := range old.Nodes {
		w.times[old.Nodes[i].Element]++
		w.from[old.Nodes[i].ID] = &old.Nodes[i]
	}
	for _, n := range v.Nodes {
		w.there[n.ID] = n.Parent
		w.of[n.Element] = append(w.of[n.Element], n.ID)
	}
	for i, l := range v.Lines {
		w.lines[[2]string{l.Source, l.Target}] = i
	}
	return w
}

// node returns the node of the new view that stands for a node of the old one, which it adds where there is none, with those
// around it. It returns "" where there is no room.
func (w *weaver) node(id string) string {
	if at, ok := w.at[id]; ok {
		return at
	}
	n := w.from[id]
	if n == nil {
		return ""
	}
	w.at[id] = "" // an unsound view may have nodes in each other
	element := w.g.element(n.Element)
	if same := w.same(n, element); same != "" {
		w.at[id] = same
		return same
	}
	parent := ""
	if n.Parent != "" {
		if parent = w.node(n.Parent); parent == "" {
			return ""
		}
	}
	if len(w.v.Nodes) >= mostNodes || !w.g.elements[element] {
		return ""
	}
	name := id
	if id == n.Element {
		name = element
	}
	for taken := true; taken; {
		if _, taken = w.there[name]; taken {
			name += "@was"
		}
	}
	w.v.Nodes = append(w.v.Nodes, c4.Node{ID: name, Element: element, Parent: parent})
	w.there[name] = parent
	w.of[element] = append(w.of[element], name)
	w.at[id] = name
	return name
}

// same is the node of the new view for the same element: the only one, or the one of several in the same place.
func (w *weaver) same(n *c4.Node, element string) string {
	nodes := w.of[element]
	if len(nodes) == 1 && w.times[n.Element] == 1 {
		return nodes[0]
	}
	parent := ""
	if n.Parent != "" {
		if parent = w.node(n.Parent); parent == "" {
			return ""
		}
	}
	for _, id := range nodes {
		if w.there[id] == parent {
			return id
		}
	}
	return ""
}

// line puts in a line of the old view for the relationships, or lets the one that is there stand for them too.
func (w *weaver) line(l *c4.Line, relationships []string) {
	source, target := w.node(l.Source), w.node(l.Target)
	if source == "" || target == "" || w.within(source, target) || w.within(target, source) {
		return
	}
	k := [2]string{source, target}
	i, there := w.lines[k]
	if !there {
		i = len(w.v.Lines)
		w.lines[k] = i
		w.v.Lines = append(w.v.Lines, c4.Line{Source: source, Target: target, Description: l.Description, Technology: l.Technology, Confidence: l.Confidence})
	}
	for _, id := range relationships {
		if id = w.g.relationship(id); w.g.relationships[id] && !slices.Contains(w.v.Lines[i].Relationships, id) {
			w.v.Lines[i].Relationships = append(w.v.Lines[i].Relationships, id)
		}
	}
}

// within reports whether a node is in another one, or is it.
func (w *weaver) within(in, out string) bool {
	for n := 0; in != "" && n <= len(w.there); n++ {
		if in == out {
			return true
		}
		in = w.there[in]
	}
	return false
}

// end brings the lists of the view into step with its nodes and lines. Parents stand before their children already.
func (w *weaver) end() {
	w.v.Lines = slices.DeleteFunc(w.v.Lines, func(l c4.Line) bool { return len(l.Relationships) == 0 })
	w.v.Elements, w.v.Relationships = []string{}, []string{}
	for _, n := range w.v.Nodes {
		w.v.Elements = append(w.v.Elements, n.Element)
	}
	for _, l := range w.v.Lines {
		w.v.Relationships = append(w.v.Relationships, l.Relationships...)
	}
	slices.Sort(w.v.Elements)
	slices.Sort(w.v.Relationships)
	w.v.Elements, w.v.Relationships = slices.Compact(w.v.Elements), slices.Compact(w.v.Relationships)
}
