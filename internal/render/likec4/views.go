package likec4

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// deployment writes the places and what runs on them.
func (t *tree) deployment(p printer) {
	var roots []*node
	for _, n := range t.roots {
		if isPlace(n.element) {
			roots = append(roots, n)
		}
	}
	if len(roots) == 0 {
		return
	}
	p.Blank()
	p.Open("deployment")
	for _, n := range roots {
		t.host(p, n, "")
	}
	t.between(p)
	p.Close()
}

// between writes the relationships that a place is an end of. LikeC4 takes those between instances from the model.
func (t *tree) between(p printer) {
	seen := map[string]bool{}
	for _, r := range t.sorted() {
		s, d := t.node[r.Source], t.node[r.Target]
		if r.Layer != "" || !isPlace(s.element) && !isPlace(d.element) {
			continue
		}
		for _, from := range s.stands() {
			for _, to := range d.stands() {
				line := from + " -[" + string(confidence(r.Confidence)) + "]-> " + to + " " + quote(scene.OneLine(r.Description))
				if strings.HasPrefix(from+".", to+".") || strings.HasPrefix(to+".", from+".") || seen[line] {
					continue
				}
				seen[line] = true
				p.Open(line)
				p.property("technology", r.Technology)
				p.metadata([]entry{{"id", []string{r.ID}}})
				p.Close()
			}
		}
	}
}

// stands are the paths in the deployment at which an element is: its own, or those of its instances.
func (n *node) stands() []string {
	if n.place != "" {
		return []string{n.place}
	}
	return n.runsAt
}

func (t *tree) host(p printer, n *node, around string) {
	e := n.element
	n.place = around + "at_" + n.id
	p.Open("at_"+n.id, "=", "place", quote(nameOf(e)))
	p.property("technology", e.Technology)
	p.metadata([]entry{{"id", []string{e.ID}}, {"element", []string{n.path}}})
	for _, i := range n.runs {
		i.of.runsAt = append(i.of.runsAt, n.place+"."+i.id)
		p.Open(i.id, "=", "instanceOf", i.of.path)
		var rules, environments []string
		var facts []c4.Evidence
		for _, one := range i.list {
			rules, environments = append(rules, one.Rule), append(environments, one.Environment)
			facts = append(facts, one.Evidence...)
		}
		p.metadata([]entry{{"environment", unique(environments)}, {"rule", unique(rules)}, evidence(facts)})
		p.Close()
	}
	for _, c := range n.children {
		if isPlace(c.element) {
			t.host(p, c, n.place+".")
		}
	}
	p.Close()
}

func unique(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// views writes the model's views. What each shows is written out, so that it shows the same as our own picture.
func (t *tree) views(p printer) {
	list := slices.Clone(t.model.Views)
	slices.SortFunc(list, func(a, b c4.View) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(a.Key, b.Key))
	})
	p.Blank()
	p.Open("views")
	used := map[string]bool{}
	for i := range list {
		if v := &list[i]; v.Kind == c4.Deployment {
			t.deploymentView(p, v, viewID(v, used))
		} else {
			t.view(p, v, viewID(v, used))
		}
	}
	p.Close()
}

func order(k c4.ViewKind) int {
	return slices.Index([]c4.ViewKind{c4.Landscape, c4.Context, c4.Containers, c4.Components, c4.Resources, c4.Deployment}, k)
}

// viewID is the first landscape's "index", which LikeC4 opens first, and otherwise the key with a prefix that keeps it from
// being a word of the language.
func viewID(v *c4.View, used map[string]bool) string {
	id := "index"
	if v.Kind != c4.Landscape || used[id] {
		id = "view_" + scene.OrElse(word(v.Key), short(v.Key))
	}
	if used[id] {
		id += "_" + short(v.Key)
	}
	return scene.Unused(id, "_", used)
}

func (t *tree) view(p printer, v *c4.View, id string) {
	words := []string{"view", id}
	if s := t.node[v.Subject]; s != nil && v.Kind != c4.Context && v.Kind != c4.Landscape {
		words = append(words, "of", s.path)
	}
	p.Open(words...)
	t.heading(p, v)
	shown := map[string]bool{}
	for _, n := range v.Nodes {
		if e := t.node[n.Element]; e != nil {
			shown[e.path] = true
		}
	}
	for _, path := range slices.Sorted(maps.Keys(shown)) {
		p.Line("include", path)
	}
	t.lines(p, shown, v.Relationships)
	p.Line("autoLayout TopBottom")
	p.Close()
}

// lines shows the relationships of the view and no others: LikeC4 would draw every one between what is shown. A line of ours may
// end at what stands for an element, such as its resource; LikeC4 draws it from the element itself.
func (t *tree) lines(p printer, shown map[string]bool, relationships []string) {
	drawn := map[string]bool{}
	for _, id := range relationships {
		r := t.relationship[id]
		if r == nil {
			continue
		}
		s, d := t.node[r.Source].seen(shown), t.node[r.Target].seen(shown)
		if s != nil && d != nil && !s.within(d) && !d.within(s) {
			drawn[s.path+" -> "+d.path] = true
		}
	}
	p.Line("exclude * -> *")
	for _, l := range slices.Sorted(maps.Keys(drawn)) {
		p.Line("include", l)
	}
}

// seen is the innermost element around n, or n itself, that is shown.
func (n *node) seen(shown map[string]bool) *node {
	for n != nil && !shown[n.path] {
		n = n.parent
	}
	return n
}

func (t *tree) heading(p printer, v *c4.View) {
	p.property("title", scene.OrElse(scene.OneLine(v.Title), v.Key))
	p.property("description", v.Description)
}

// deploymentView shows the places and what runs on them. What stands in such a view beside the places, such as a system of
// others, is no part of a deployment in LikeC4 and is left out.
func (t *tree) deploymentView(p printer, v *c4.View, id string) {
	at := map[string]*node{} // by node of the view
	shown := map[string]bool{}
	for _, n := range v.Nodes {
		e := t.node[n.Element]
		switch host := at[n.Parent]; {
		case e == nil:
		case isPlace(e.element) && e.place != "":
			at[n.ID] = e
			shown[e.place] = true
		case host != nil:
			if i := slices.IndexFunc(host.runs, func(i *instance) bool { return i.of == e }); i >= 0 {
				shown[host.place+"."+host.runs[i].id] = true
			}
		}
	}
	if len(shown) == 0 {
		return
	}
	p.Open("deployment view", id)
	t.heading(p, v)
	for _, path := range slices.Sorted(maps.Keys(shown)) {
		p.Line("include", path)
	}
	p.Line("autoLayout TopBottom")
	p.Close()
}
