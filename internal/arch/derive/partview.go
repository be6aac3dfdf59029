package derive

import (
	"fmt"
	"slices"

	"c4arch/internal/arch/c4"
)

// Above these a picture is cut or drawn without lines: 1,000 lines between 255 systems spread the boxes so far
// apart that the whole of it could be seen at two per cent of its size only, and a grid of 1,255 systems without
// lines was easier to use; 500 lines between 130 systems made a sheet of 10,000 by 13,000 pixels. They also bound the time that
// drawing takes: ways for 5,000 lines took half a minute to find.
const (
	mostContainers = 300
	mostLines      = 300
)

// containersInParts draws the inside of a system that has too many containers for one picture: an overview of
// where they run, and one picture of the containers in each resource group, namespace or other outer node.
// What one picture leaves out for another one it shows as that place.
func (vb *viewBuilder) containersInParts(sys *c4.Element, list []*c4.Element) {
	parts := map[string][]*c4.Element{}
	for _, e := range list {
		place := vb.placeOf(e.ID)
		parts[place] = append(parts[place], e)
	}
	vb.containersOverview(sys, len(list), parts)
	for _, place := range sortedKeys(parts) {
		name := "no place stated"
		if n := vb.b.els[place]; n != nil {
			name = n.Name
		}
		chunks := slices.Collect(slices.Chunk(parts[place], mostContainers))
		for i, some := range chunks {
			id, title := sys.ID+"\n"+place, "Inside "+sys.Name+": "+name
			if i > 0 {
				id += fmt.Sprintf("\n%d", i)
			}
			if len(chunks) > 1 {
				title += fmt.Sprintf(" (%d of %d)", i+1, len(chunks))
			}
			// The dot sorts the parts behind every whole, so that a reader who looks for the view of a system finds the overview.
			s := newSketch(key("containers.part", sys.Name+" "+name, id), c4.Containers, title, sys.ID)
			s.say(fmt.Sprintf("%d of the %d containers; a place stands for those that run there.", len(some), len(list)))
			vb.containersPart(s, sys, some)
		}
	}
}

// placeOf is the outer node that a container runs in, the first by name where there are several, or "".
func (vb *viewBuilder) placeOf(container string) string {
	if vb.runsIn == nil {
		vb.runsIn = map[string]string{}
		for _, in := range vb.b.inst {
			place := vb.outer(in.Node)
			if had, ok := vb.runsIn[in.Container]; !ok || place < had {
				vb.runsIn[in.Container] = place
			}
		}
	}
	return vb.runsIn[container]
}

// containersOverview shows the places that the containers of a system run in, and how these are joined.
func (vb *viewBuilder) containersOverview(sys *c4.Element, n int, parts map[string][]*c4.Element) {
	s := newSketch(key("containers", sys.Name, sys.ID), c4.Containers, "Inside "+sys.Name+": overview", sys.ID)
	s.say(fmt.Sprintf("%d containers are too many for one picture: each of the places that they run in has its own.", n))
	s.add(sys.ID, sys.ID, "")
	for _, place := range sortedKeys(parts) {
		if place == "" {
			continue
		}
		s.add(place, place, sys.ID)
		for _, e := range parts[place] {
			s.stand(place, e.ID)
		}
	}
	rels := vb.under(sys)
	vb.neighbours(s, sys, rels)
	vb.finish(s, rels)
}

// containersPart shows some containers of a system.
func (vb *viewBuilder) containersPart(s *sketch, sys *c4.Element, some []*c4.Element) {
	s.add(sys.ID, sys.ID, "")
	for _, e := range some {
		s.add(e.ID, e.ID, sys.ID)
	}
	var rels []*c4.Relationship
	seen := map[string]bool{}
	for _, e := range some {
		for _, r := range vb.under(e) {
			if !seen[r.ID] {
				seen[r.ID] = true
				rels = append(rels, r)
			}
		}
	}
	vb.neighbours(s, sys, rels)
	vb.finish(s, rels)
}

// neighbours adds what the relationships lead to: other systems and people, and for containers of the same
// system that are not shown the place that they run in.
func (vb *viewBuilder) neighbours(s *sketch, sys *c4.Element, rels []*c4.Relationship) {
	for _, r := range rels {
		if r.Layer != "" {
			continue
		}
		for _, end := range []string{r.Source, r.Target} {
			switch t := vb.top(end); {
			case t == nil || !shown(t):
			case t != sys:
				s.add(t.ID, t.ID, "")
			default:
				vb.elsewhere(s, sys, end)
			}
		}
	}
}

// elsewhere adds what stands for a container of the system that is not shown, or for a part of one.
func (vb *viewBuilder) elsewhere(s *sketch, sys *c4.Element, id string) {
	e := vb.b.els[id]
	for n := 0; e != nil && e.Kind != c4.Container && n < 16; n++ {
		e = vb.b.els[e.Parent]
	}
	if e == nil || e.Parent != sys.ID || !shown(e) || s.of[e.ID] != nil {
		return
	}
	if place := vb.placeOf(e.ID); place != "" {
		s.add(place, place, sys.ID)
		s.stand(place, e.ID)
		return
	}
	s.add(e.ID, e.ID, sys.ID)
}

// stand lets a node stand for an element that has none of its own.
func (s *sketch) stand(node, element string) {
	s.of[element] = append(s.of[element], node)
}
