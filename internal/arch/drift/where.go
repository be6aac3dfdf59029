package drift

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// where knows of one side which elements stand for a resource, and where it is written.
type where struct {
	side     string
	elements map[string][]string      // by resource id: the containers and the like that stand for it, then the resource itself
	internet map[string]bool          // element ids that the Internet reaches
	places   map[string][]c4.Evidence // by resource id: what the model knows of places
	byID     map[string][]*evidence.Resource
	model    map[string]*c4.Element
	read     map[*evidence.Resource]*evidence.Reading
	networks []*evidence.Resource // virtual networks, whose subnets name what guards them
	subnets  map[string][]string  // by the id of a gate: the subnets that name it; made when it is first asked for
	// code are, by resource id, the declarations from which a plan was made.
	code map[string][]*evidence.Resource
}

// internetBadge is the mark that derivation puts on what the Internet reaches.
const internetBadge = "internet-facing"

func newWhere(s *evidence.Snapshot, m *c4.Model, side string) *where {
	w := &where{
		side: side, elements: map[string][]string{}, internet: map[string]bool{}, places: map[string][]c4.Evidence{},
		byID: map[string][]*evidence.Resource{}, model: map[string]*c4.Element{},
	}
	for i := range s.Resources {
		r := &s.Resources[i]
		w.byID[r.ID] = append(w.byID[r.ID], r)
		if r.Type == "microsoft.network/virtualnetworks" {
			w.networks = append(w.networks, r)
		}
	}
	if m == nil {
		return w
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		w.model[e.ID] = e
		if slices.Contains(e.Badges, internetBadge) {
			w.internet[e.ID] = true
		}
		// An element is named after the resource that it is made from: <kind>:<id>.
		_, id, _ := strings.Cut(e.ID, ":")
		for _, v := range e.Evidence {
			if v.Property != "" {
				continue
			}
			if v.Resource == id || e.Kind == c4.Resource {
				w.elements[v.Resource] = appendNew(w.elements[v.Resource], e.ID)
			}
			if e.Kind == c4.Resource {
				w.places[id] = append(w.places[id], v)
			}
		}
	}
	for _, list := range w.elements {
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(rankOf(a)-rankOf(b), cmp.Compare(a, b)) })
	}
	return w
}

// rankOf puts what is drawn in pictures of the architecture before the resource itself.
func rankOf(element string) int {
	if strings.HasPrefix(element, string(c4.Resource)+":") {
		return 1
	}
	return 0
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// reached reports whether the Internet reaches what stands for the resource.
func (w *where) reached(id string) bool {
	return slices.ContainsFunc(w.elements[id], func(e string) bool { return w.internet[e] })
}

// maxRead is how many resources are kept decoded: the findings of one come one after the other.
const maxRead = 16

func (w *where) reading(r *evidence.Resource) *evidence.Reading {
	x := w.read[r]
	if x == nil {
		if x = r.Read(); w.read == nil || len(w.read) >= maxRead {
			w.read = map[*evidence.Resource]*evidence.Reading{}
		}
		w.read[r] = x
	}
	return x
}

// place is where the property stands in the input from which the resource was read.
func (w *where) place(r *evidence.Resource, p tree.Path) Place {
	at := Place{Side: w.side, Declared: r.Side == evidence.Declared}
	if len(r.Origins) == 0 {
		return at
	}
	x := w.reading(r)
	at.Input, at.Line = r.Origins[0].Input, x.Line(p)
	if line, column, _ := x.Code(p); column > 0 {
		at.Line, at.Column = line, column
	}
	return at
}

// from finds in code what a plan and its prior state speak of, by type and address.
func (w *where) from(s, code *evidence.Snapshot) {
	type key struct{ typ, address string }
	declared := map[key][]*evidence.Resource{}
	for i := range code.Resources {
		r := &code.Resources[i]
		if len(r.Origins) > 0 && r.Origins[0].Address != "" && !r.Data {
			k := key{r.Type, r.Origins[0].Address}
			declared[k] = append(declared[k], r)
		}
	}
	w.code = map[string][]*evidence.Resource{}
	for i := range s.Resources {
		r := &s.Resources[i]
		for _, o := range r.Origins {
			if list := declared[key{r.Type, o.Address}]; len(list) > 0 {
				w.code[r.ID] = list
			}
		}
	}
}

// declared are the places in code that declare the same thing, as the model has matched them, or as a plan names them. path is that of a
// property: code from which a plan was made names it in the same words.
func (w *where) declared(id string, path tree.Path) []Place {
	var out []Place
	add := func(r *evidence.Resource, path tree.Path) {
		if p := w.place(r, path); r.Side == evidence.Declared && !r.Data && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, r := range w.code[id] {
		add(r, path)
	}
	for _, v := range w.places[id] {
		for _, r := range w.byID[v.Resource] {
			add(r, "")
		}
	}
	return out
}

// placesOf says where a property of a resource stands: first where code declares it, then on the new and on the old side.
func (w *work) placesOf(c *diff.Change, p *diff.Property) []Place {
	var places []Place
	add := func(x Place) {
		if x.Input != "" && !slices.Contains(places, x) {
			places = append(places, x)
		}
	}
	if c.New != nil {
		var at tree.Path
		if p != nil {
			at = p.NewPath
		}
		add(w.new.place(c.New, at))
		for _, x := range w.new.declared(c.New.ID, at) {
			add(x)
		}
	}
	if c.Old != nil {
		var at tree.Path
		if p != nil {
			at = p.OldPath
		}
		add(w.old.place(c.Old, at))
		if c.New == nil {
			for _, x := range w.old.declared(c.Old.ID, at) {
				add(x)
			}
		}
	}
	slices.SortStableFunc(places, func(a, b Place) int { return placeRank(a) - placeRank(b) })
	return places
}

func placeRank(p Place) int {
	n := 0
	if !p.Declared {
		n++
	}
	if p.Side == "old" {
		n += 2
	}
	return n
}
