package severity

import (
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// facts are what rules are asked about a change. What costs something is made when it is first asked for.
type facts struct {
	change   *diff.Change
	typ      string
	old, new *sideFacts // nil where the resource is not there
	// listed are the properties of the change; of a resource that is on one side only, all that it has.
	listed   []diff.Property
	listing  bool     // listed was made
	err      error    // why it could not be
	patterns [][]step // of listed; nil of those that say nothing
}

// sideFacts is a resource on one side.
type sideFacts struct {
	resource *evidence.Resource
	props    *tree.Value // nil until it is asked for
	about    *tree.Value // likewise
	left     open        // what the code leaves open of props
}

func newFacts(c *diff.Change) *facts {
	f := &facts{change: c}
	if r := c.Resource(); r != nil {
		f.typ = r.Type
	}
	if c.Old != nil {
		f.old = &sideFacts{resource: c.Old}
	}
	if c.New != nil {
		f.new = &sideFacts{resource: c.New}
	}
	return f
}

// properties are those of the resource; an empty object where they cannot be read, as of one that was withdrawn.
func (s *sideFacts) properties() *tree.Value {
	if s.props == nil {
		v, err := s.resource.Tree()
		if err != nil || v.Kind != tree.Object {
			v = tree.Value{Kind: tree.Object}
		}
		s.props = &v
		for _, x := range s.resource.Expressions {
			if x.Unresolved == "" {
				continue
			}
			if at := v.At(x.Path); at != nil {
				if s.left == nil {
					s.left = open{}
				}
				s.left[at] = true
			}
		}
	}
	return s.props
}

// description is the variable resource.
func (s *sideFacts) description() *tree.Value {
	if s.about == nil {
		r := s.resource
		v := tree.Value{Kind: tree.Object, Members: []tree.Member{
			{Name: "id", Value: tree.Str(r.ID)},
			{Name: "type", Value: tree.Str(r.Type)},
			{Name: "name", Value: tree.Str(r.Name)},
			{Name: "scope", Value: tree.Str(r.Scope)},
			{Name: "location", Value: tree.Str(r.Location)},
			{Name: "form", Value: tree.Str(string(r.Form))},
			{Name: "provider", Value: tree.Str(r.Provider)},
			{Name: "side", Value: tree.Str(string(r.Side))},
			{Name: "tags", Value: tagsOf(r)},
			{Name: "data", Value: boolean(r.Data)},
		}}
		s.about = &v
	}
	return s.about
}

func tagsOf(r *evidence.Resource) tree.Value {
	v := tree.Value{Kind: tree.Object}
	for _, name := range slices.Sorted(maps.Keys(r.Tags)) {
		v.Members = append(v.Members, tree.Member{Name: name, Value: tree.Str(r.Tags[name])})
	}
	return v
}

func boolean(b bool) tree.Value {
	if b {
		return tree.Value{Kind: tree.Bool, Text: "true"}
	}
	return tree.Value{Kind: tree.Bool, Text: "false"}
}

// field is a part of the resource that is no property: @location, @tags, @tags.owner.
func (s *sideFacts) field(steps []step) *tree.Value {
	v := s.description().GetFold(strings.TrimPrefix(steps[0].name, "@"))
	for _, st := range steps[1:] {
		v = v.Get(st.name)
	}
	return v
}

// spot is a concrete place that a rule is asked about.
type spot struct {
	path     diff.Path
	covers   []int
	old, new place
}

// place is a spot on one side.
type place struct {
	path  string
	steps int // of the path; fewer than the spot has where the place is not there
	there bool
	value *tree.Value // nil until it is looked up
	known bool        // value is right
	item  bool        // the item of the array that holds the place is there, or there is no array around it
	depth int         // steps of the object around the place, -1 where there is none
}

// wholePlace is the resource.
var wholePlace = spot{old: place{there: true, item: true, depth: -1}, new: place{there: true, item: true, depth: -1}}

// list makes listed and patterns.
func (f *facts) list() {
	if f.listing {
		return
	}
	f.listing, f.listed = true, f.change.Properties
	switch {
	case f.new == nil && f.old != nil:
		f.listed, f.err = diff.Properties(f.old.resource, bare(f.old.resource), diff.PairOptions{SameKey: true})
	case f.old == nil && f.new != nil:
		f.listed, f.err = diff.Properties(bare(f.new.resource), f.new.resource, diff.PairOptions{SameKey: true})
	}
	f.patterns = make([][]step, len(f.listed))
	for i := range f.listed {
		if p := &f.listed[i]; p.Noise == "" && p.Unknown == "" {
			f.patterns[i] = stepsOf(p.Pattern)
		}
	}
}

// bare is a resource of the same kind that code declares with nothing in it: a live one without a property might be one that the source does not show.
func bare(r *evidence.Resource) *evidence.Resource {
	return &evidence.Resource{ID: r.ID, Form: r.Form, Provider: r.Provider, Type: r.Type, Name: r.Name, Side: evidence.Declared, Props: canon.Raw("{}")}
}

// places are the spots that a target means, at or below which something changed, in the order in which they come.
func (f *facts) places(on *target) []spot {
	f.list()
	var out []spot
	at := map[string]int{}
	for i, steps := range f.patterns {
		if len(steps) == 0 || !on.each && !matchSteps(on.steps, steps) {
			continue
		}
		n := len(on.steps)
		p := &f.listed[i]
		if on.each {
			n = oneSided(p, len(steps))
		}
		cut, _ := cutSteps(string(p.Path), n)
		if k, ok := at[cut]; ok {
			out[k].covers = append(out[k].covers, i)
			continue
		}
		at[cut] = len(out)
		s := spot{path: diff.Path(cut), covers: []int{i}}
		switch {
		case strings.HasPrefix(cut, "@"):
			s.old, s.new = f.old.fieldPlace(steps[:n]), f.new.fieldPlace(steps[:n])
		default:
			s.old, s.new = placeOn(string(p.OldPath), steps[:n]), placeOn(string(p.NewPath), steps[:n])
		}
		out = append(out, s)
	}
	return out
}

// oneSided is how many steps lead to the outermost place that one side alone has, of a property of n steps: an item that came or went is one
// thing, whatever is in it. What is on both sides is itself.
func oneSided(p *diff.Property, n int) int {
	if strings.HasPrefix(string(p.Path), "@") {
		return n
	}
	_, was := cutSteps(string(p.OldPath), n)
	_, is := cutSteps(string(p.NewPath), n)
	if was == is {
		return n
	}
	return min(was, is) + 1
}

func (s *sideFacts) fieldPlace(steps []step) place {
	p := place{known: true, item: true, depth: -1}
	if s != nil {
		p.value = s.field(steps)
	}
	p.there = p.value != nil
	return p
}

// placeOn is the place on a side, by the path of something at or below it there.
func placeOn(path string, steps []step) place {
	cut, have := cutSteps(path, len(steps))
	p := place{path: cut, steps: have, there: have == len(steps), item: true}
	for i, s := range steps {
		if s.any {
			p.item = have > i
		} else {
			p.depth = i // what has a name in it is an object
		}
	}
	return p
}

// cutSteps cuts a path to at most n steps, and says how many it has then.
func cutSteps(path string, n int) (string, int) {
	at, have := 0, 0
	for at < len(path) && have < n {
		rest := path[at:]
		if rest[0] == '.' {
			at++
			rest = rest[1:]
		}
		switch {
		case strings.HasPrefix(rest, "["):
			at += closing(rest)
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			at += end
		}
		have++
	}
	return path[:at], have
}

// at looks the value up.
func (s *sideFacts) at(p *place) *tree.Value {
	if !p.known && p.there && s != nil {
		p.value, p.known = s.properties().At(tree.Path(p.path)), true
	}
	if !p.there {
		return nil
	}
	return p.value
}

// around is the object that holds the place: nil of the resource, and where it is not there.
func (s *sideFacts) around(p *place) *tree.Value {
	if s == nil || p.depth < 0 || p.steps < p.depth {
		return nil
	}
	cut, _ := cutSteps(p.path, p.depth)
	return s.properties().At(tree.Path(cut))
}

// sides are the variables of a spot.
func (f *facts) sides(s spot) sides {
	both := &placeVars{f: f, s: s}
	out := sides{both: both, two: f.old != nil && f.new != nil}
	if f.old != nil && s.old.item {
		out.old = &sideVars{f: f, side: f.old, p: &both.s.old, whole: s.path == ""}
	}
	if f.new != nil && s.new.item {
		out.new = &sideVars{f: f, side: f.new, p: &both.s.new, whole: s.path == ""}
	}
	return out
}

// placeVars are the variables of a condition on both sides.
type placeVars struct {
	f *facts
	s spot
}

var _ cel.Activation = (*placeVars)(nil)

// Parent implements cel.Activation.
func (p *placeVars) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation.
func (p *placeVars) ResolveName(name string) (any, bool) {
	f := p.f
	switch name {
	case "old":
		return f.old.valueOf(&p.s.old, p.s.path == ""), true
	case "new":
		return f.new.valueOf(&p.s.new, p.s.path == ""), true
	case "before":
		return f.old.wrapped(f.old.whole()), true
	case "after":
		return f.new.wrapped(f.new.whole()), true
	case "parentOld":
		return f.old.wrapped(f.old.around(&p.s.old)), true
	case "parentNew":
		return f.new.wrapped(f.new.around(&p.s.new)), true
	case "resource":
		if f.new != nil {
			return wrap(f.new.description(), nil), true
		}
		return wrap(f.old.description(), nil), true
	case "change":
		return types.String(f.change.Kind), true
	}
	return nil, false
}

func (s *sideFacts) whole() *tree.Value {
	if s == nil {
		return nil
	}
	return s.properties()
}

func (s *sideFacts) valueOf(p *place, whole bool) ref.Val {
	if whole {
		return s.wrapped(s.whole())
	}
	return s.wrapped(s.at(p))
}

// wrapped is a part of the properties, or nothing.
func (s *sideFacts) wrapped(v *tree.Value) ref.Val {
	if s == nil {
		return types.NullValue
	}
	return wrap(v, s.left)
}

// sideVars are the variables of a condition on one side.
type sideVars struct {
	f     *facts
	side  *sideFacts
	p     *place
	whole bool
}

var _ cel.Activation = (*sideVars)(nil)

// Parent implements cel.Activation.
func (s *sideVars) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation.
func (s *sideVars) ResolveName(name string) (any, bool) {
	switch name {
	case "value":
		return s.side.valueOf(s.p, s.whole), true
	case "props":
		return s.side.wrapped(s.side.properties()), true
	case "parent":
		return s.side.wrapped(s.side.around(s.p)), true
	case "resource":
		return wrap(s.side.description(), nil), true
	case "change":
		return types.String(s.f.change.Kind), true
	}
	return nil, false
}
