package structurizr

import (
	"cmp"
	"maps"
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/render/scene"
)

type jsonViews struct {
	SystemLandscapeViews []*jsonView `json:"systemLandscapeViews,omitempty"`
	SystemContextViews   []*jsonView `json:"systemContextViews,omitempty"`
	ContainerViews       []*jsonView `json:"containerViews,omitempty"`
	ComponentViews       []*jsonView `json:"componentViews,omitempty"`
	DeploymentViews      []*jsonView `json:"deploymentViews,omitempty"`
	Configuration        jsonLook    `json:"configuration"`
}

type jsonView struct {
	Key              string          `json:"key"`
	Order            int             `json:"order"`
	Title            string          `json:"title"`
	Description      string          `json:"description,omitempty"`
	SoftwareSystemID string          `json:"softwareSystemId,omitempty"`
	ContainerID      string          `json:"containerId,omitempty"`
	Environment      string          `json:"environment,omitempty"`
	Dimensions       *jsonSize       `json:"dimensions,omitempty"`
	AutomaticLayout  *jsonAutomatic  `json:"automaticLayout,omitempty"`
	Elements         []jsonPlace     `json:"elements"`
	Relationships    []jsonReference `json:"relationships"`
}

type jsonSize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

type jsonAutomatic struct {
	Implementation string `json:"implementation"`
	RankDirection  string `json:"rankDirection"`
	RankSeparation int    `json:"rankSeparation"`
	NodeSeparation int    `json:"nodeSeparation"`
	EdgeSeparation int    `json:"edgeSeparation"`
	Vertices       bool   `json:"vertices"`
}

type jsonPlace struct {
	ID string `json:"id"`
	X  int    `json:"x"`
	Y  int    `json:"y"`
}

type jsonReference struct {
	ID string `json:"id"`
}

func (d *document) views() jsonViews {
	out := jsonViews{Configuration: look()}
	keys, seen := map[string]bool{}, map[string]bool{}
	list := slices.Clone(d.model.Views)
	slices.SortFunc(list, func(a, b c4.View) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(a.Key, b.Key))
	})
	number := 0
	keep := func(home *[]*jsonView, v *jsonView) {
		if v != nil {
			number++
			v.Order = number
			*home = append(*home, v)
		}
	}
	for i := range list {
		v := &list[i]
		switch v.Kind {
		case c4.Landscape:
			keep(&out.SystemLandscapeViews, d.view(v, keys))
		case c4.Context:
			keep(&out.SystemContextViews, d.view(v, keys))
		case c4.Containers:
			keep(&out.ContainerViews, d.view(v, keys))
		case c4.Components:
			keep(&out.ComponentViews, d.view(v, keys))
		}
	}
	for i := range list {
		if v := &list[i]; v.Kind == c4.Deployment {
			keep(&out.DeploymentViews, d.deployment(v, keys, seen))
		}
	}
	for _, env := range slices.Sorted(maps.Keys(d.envs)) {
		if !seen[env] {
			keep(&out.DeploymentViews, d.whole(env, keys))
		}
	}
	return out
}

// view returns a view of the static model, or nil where Structurizr has none of the kind.
func (d *document) view(v *c4.View, keys map[string]bool) *jsonView {
	keyword, subject, shown := d.scope(v)
	if len(shown) == 0 {
		return nil
	}
	out := &jsonView{Key: unused(v.Key, keys), Title: scene.OrElse(v.Title, v.Key), Description: v.Description}
	switch keyword {
	case "systemContext", "container":
		out.SoftwareSystemID = subject.id
	case "component":
		out.ContainerID = subject.id
		out.SoftwareSystemID = subject.parent.id
	}
	in, at := map[*node]bool{}, map[string]string{}
	for _, n := range shown {
		in[n] = true
	}
	for _, n := range v.Nodes {
		if e := d.tree.static[n.Element]; in[e] {
			at[n.ID] = e.id
		}
	}
	ids := make([]string, len(shown))
	for i, n := range shown {
		ids[i] = n.id
	}
	d.place(out, v, ids, at)
	d.lines(out, v, at)
	return out
}

// deployment returns a deployment view: of the environment of what it shows, since Structurizr has one a view. A view that
// shows two gets those of the first, by name.
func (d *document) deployment(v *c4.View, keys, seen map[string]bool) *jsonView {
	element := map[string]string{}
	for _, n := range v.Nodes {
		element[n.ID] = n.Element
	}
	env := d.environment(v, element)
	at := map[string]string{}
	var ids []string
	for _, n := range v.Nodes {
		id := d.instances[[3]string{env, element[n.Parent], n.Element}]
		if h := d.deploy[n.Element]; h != nil {
			id = d.hostID(h, env)
		}
		if id != "" && d.at[id] != nil && at[n.ID] == "" {
			at[n.ID] = id
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	seen[env] = true
	out := &jsonView{Key: unused(v.Key, keys), Title: scene.OrElse(v.Title, v.Key), Description: v.Description, Environment: env}
	d.place(out, v, slices.Compact(ids), at)
	d.lines(out, v, at)
	return out
}

func (d *document) environment(v *c4.View, element map[string]string) string {
	for _, env := range slices.Sorted(maps.Keys(d.envs)) {
		for _, n := range v.Nodes {
			if d.instances[[3]string{env, element[n.Parent], n.Element}] != "" {
				return env
			}
		}
	}
	return unnamed
}

// whole returns a view of all of an environment, for one of which the model has no view.
func (d *document) whole(env string, keys map[string]bool) *jsonView {
	var ids []string
	var walk func(list []*jsonElement)
	walk = func(list []*jsonElement) {
		for _, e := range list {
			ids = append(ids, e.ID)
			for _, inside := range [][]*jsonElement{e.Children, e.InfrastructureNodes, e.SoftwareSystemInstances, e.ContainerInstances} {
				walk(inside)
			}
		}
	}
	for _, n := range d.hosts {
		if e := d.at[d.hostID(n, env)]; e != nil {
			walk([]*jsonElement{e})
		}
	}
	if len(ids) == 0 {
		return nil
	}
	out := &jsonView{
		Key: unused("deployment-"+scene.OrElse(scene.Word(env, '-', 48), short(env)), keys), Title: "Deployment: " + env, Environment: env,
		Relationships: []jsonReference{},
	}
	slices.Sort(ids)
	d.place(out, &c4.View{}, ids, nil)
	return out
}

// lines adds the relationships that a view draws between what it shows.
func (d *document) lines(out *jsonView, v *c4.View, at map[string]string) {
	out.Relationships = []jsonReference{}
	seen := map[string]bool{}
	for i := range v.Lines {
		l := &v.Lines[i]
		s, t := at[l.Source], at[l.Target]
		if s == "" || t == "" || s == t || d.inside(s, t) || d.inside(t, s) {
			continue
		}
		if id := d.imply(s, t, l); !seen[id] {
			seen[id] = true
			out.Relationships = append(out.Relationships, jsonReference{id})
		}
	}
	slices.SortFunc(out.Relationships, func(a, b jsonReference) int { return cmp.Compare(a.ID, b.ID) })
}

// inside reports whether a is a part of b, at whatever depth.
func (d *document) inside(a, b string) bool {
	for a = d.up[a]; a != ""; a = d.up[a] {
		if a == b {
			return true
		}
	}
	return false
}

// The size of a box in Structurizr's pictures, with the room around it that lines and their texts need; people are drawn 400
// high.
const (
	cellWidth, cellHeight = 450 + 150, 400 + 150
	margin                = 200
	// placed is up to how many boxes are put where they are known to stand; the room that they need takes a look at each pair.
	placed = 2000
	// widest is by how much distances may grow: more is asked for only where boxes overlap, or nearly, and far is further out than
	// any drawing is large. Neither is a picture to be kept.
	widest, far = 40, 1 << 20
)

// place puts the boxes of a view where they are known to stand, and leaves the view to the automatic layout where that is not
// known of all of them.
func (d *document) place(out *jsonView, v *c4.View, ids []string, at map[string]string) {
	known := map[string]placement.Node{}
	if v.Key != "" {
		for _, n := range d.places(v.Key) {
			if id := at[n.ID]; id != "" {
				known[id] = n
			}
		}
	}
	var boxes []placement.Node
	for _, id := range ids {
		if n, there := known[id]; there && d.leaf(id) {
			boxes = append(boxes, n)
		} else if d.leaf(id) {
			known = nil
			break
		}
	}
	scale, fit := ratio{}, false
	if len(known) > 0 && len(boxes) <= placed {
		scale, fit = spread(boxes)
	}
	if !fit {
		out.AutomaticLayout = &jsonAutomatic{"Graphviz", "TopBottom", 300, 300, 0, false}
		known = nil
	}
	size := jsonSize{}
	left, top := corner(boxes)
	for _, id := range ids {
		p := jsonPlace{ID: id}
		if n, there := known[id]; there && d.leaf(id) {
			// Centres are spread, so that boxes of another size stand as ours do to each other.
			p.X = margin + (2*(n.X-left)+n.W)*scale.num/(2*scale.den)
			p.Y = margin + (2*(n.Y-top)+n.H)*scale.num/(2*scale.den)
			size.Width, size.Height = max(size.Width, p.X+cellWidth+margin), max(size.Height, p.Y+cellHeight+margin)
		}
		out.Elements = append(out.Elements, p)
	}
	if size.Width > 0 {
		out.Dimensions = &size
	}
}

// leaf reports whether a box is drawn as one: a deployment node that holds something is drawn around what it holds.
func (d *document) leaf(id string) bool {
	e := d.at[id]
	return e.Environment == "" || len(e.Children)+len(e.InfrastructureNodes)+len(e.SoftwareSystemInstances)+len(e.ContainerInstances) == 0
}

func corner(boxes []placement.Node) (left, top int) {
	for i, b := range boxes {
		if i == 0 {
			left, top = b.X, b.Y
		}
		left, top = min(left, b.X), min(top, b.Y)
	}
	return left, top
}

type ratio struct{ num, den int }

// spread returns by how much distances must grow so that no two boxes of Structurizr's size overlap: for each pair the lesser of
// what parts them side by side and one above the other, and the largest of these; not ok where that is out of reason.
func spread(boxes []placement.Node) (most ratio, ok bool) {
	most = ratio{1, 1}
	for i, a := range boxes {
		for _, n := range [...]int{a.X, a.Y, a.W, a.H} {
			if n > far || n < -far {
				return most, false
			}
		}
		for _, b := range boxes[:i] {
			dx, dy := abs(2*a.X+a.W-2*b.X-b.W), abs(2*a.Y+a.H-2*b.Y-b.H)
			across, down := ratio{2 * cellWidth, dx}, ratio{2 * cellHeight, dy}
			if down.less(across) {
				across = down
			}
			if most.less(across) {
				most = across
			}
		}
	}
	return most, most.num <= widest*most.den
}

// less compares; a ratio over nothing is more than all others.
func (r ratio) less(o ratio) bool {
	if r.den == 0 || o.den == 0 {
		return r.den != 0
	}
	return r.num*o.den < o.num*r.den
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
