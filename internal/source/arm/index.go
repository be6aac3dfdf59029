package arm

import (
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/arm/lang"
)

// index finds units of a deployment by what expressions call them.
type index struct {
	byID, byName, byLast, bySymbol, byLoop map[string][]*unit
}

// indexed returns the index, or nil while the units are being made.
func (d *deployment) indexed() *index {
	d.expand()
	if d.stage != known {
		return nil
	}
	if d.index == nil {
		x := &index{map[string][]*unit{}, map[string][]*unit{}, map[string][]*unit{}, map[string][]*unit{}, map[string][]*unit{}}
		for _, u := range d.units {
			add := func(m map[string][]*unit, key string) {
				if key != "" {
					m[key] = append(m[key], u)
				}
			}
			add(x.byID, evidence.NormalizeARM(u.id))
			add(x.byName, foldName(strings.Join(u.names, "/")))
			add(x.byLast, foldName(u.names[len(u.names)-1]))
			add(x.bySymbol, foldName(u.symbol))
			if u.block.symbol != u.symbol {
				add(x.bySymbol, foldName(u.block.symbol))
			}
			if l := u.block.node.GetFold("copy"); l != nil {
				add(x.byLoop, foldName(l.GetFold("name").Str()))
			}
		}
		d.index = x
	}
	return d.index
}

// called returns the units that a name means at a place: a symbolic name, the name of a loop, or the name of a
// resource, whole or its last part.
func (s scope) called(name string, loops bool) []*unit {
	key := foldName(name)
	for h := s.home; h != nil; h = h.up {
		x := h.indexed()
		if x == nil {
			return h.early(name)
		}
		for _, by := range []map[string][]*unit{x.bySymbol, x.byName} {
			if us := by[key]; us != nil {
				return us
			}
		}
		if us := x.byLoop[key]; us != nil && loops {
			return us
		}
		if h.words == h {
			break // the names of a template that stands for itself are its own
		}
	}
	return nil
}

// early finds a symbolic name while the units are being made: a scope may name another resource.
func (d *deployment) early(name string) []*unit {
	for _, b := range d.tmpl.blocks {
		if b.symbol == "" || !strings.EqualFold(b.symbol, name) || b.node.GetFold("copy") != nil {
			continue
		}
		key := "u." + foldName(name)
		if m := d.memos[key]; m != nil {
			return nil // it needs itself
		}
		d.memos[key] = &memo{}
		u, problem := d.unit(b, d.scope(), nil)
		delete(d.memos, key)
		if problem == "" {
			return []*unit{u}
		}
	}
	return nil
}

// Symbol is the id of the one resource that a name means.
func (s scope) Symbol(name string) (string, bool) {
	us := s.called(name, false)
	if len(us) == 0 || us[0].symbol == "" && len(us) > 1 && us[0].id != us[1].id {
		return "", false
	}
	return us[0].id, true
}

// Known is what the templates that were read say of a resource: the outputs of a deployment, and the properties that are
// written in a resource.
func (s scope) Known(id, path string) (lang.Value, bool) {
	if path == "" {
		return lang.Value{}, false
	}
	key := evidence.NormalizeARM(s.d.run.settle(id))
	for h := s.home; h != nil; h = h.up {
		x := h.indexed()
		if x == nil {
			return lang.Value{}, false
		}
		if us := x.byID[key]; us != nil {
			u := deployed(us)
			if u == nil {
				return lang.Value{}, false
			}
			return u.says(path)
		}
	}
	return lang.Value{}, false
}

// deployed returns the one of the units of one id that is deployed, or nil where that is not known.
func deployed(us []*unit) *unit {
	var one *unit
	for _, u := range us {
		v, _ := u.condition()
		if u.existing() || v.Kind == lang.Bool && !v.Bool {
			continue
		}
		if one != nil {
			return nil
		}
		one = u
	}
	return one
}

// says is what the template itself says at a path of the unit, as reference() gives it: the path begins in the
// properties, and with 'Full' at the resource itself.
func (u *unit) says(path string) (lang.Value, bool) {
	steps, ok := steps(path)
	if !ok {
		return lang.Value{}, false
	}
	full := steps[0] == "properties"
	if u.block.isDeployment() {
		if full {
			steps = steps[1:]
		}
		if len(steps) != 3 || !strings.EqualFold(steps[0], "outputs") || !strings.EqualFold(steps[2], "value") {
			return lang.Value{}, false
		}
		return u.output(steps[1], path), true
	}
	v, ok := u.declared("properties", steps)
	if !ok {
		v, ok = u.declared("", steps)
	}
	return v, ok
}

// output is an output of the deployment; of one that was not read nobody knows it.
func (u *unit) output(name, path string) lang.Value {
	words := u.id + "#" + path
	inner, why := u.deployment()
	if why != nil {
		return lang.Unknown(words, evidence.UnknownModule)
	}
	v, err := inner.output(name)
	if err != nil {
		u.d.run.budget.Fault(err.Error())
		return lang.Unknown(words, evidence.UnknownFault)
	}
	return v
}

// declared is the value that is written at a path, where it is known whole. Azure may say more of a
// resource than its template, but what the template says is so.
func (u *unit) declared(below string, steps []string) (lang.Value, bool) {
	node := u.block.node
	if below != "" {
		if node = node.GetFold(below); node == nil {
			return lang.Value{}, false
		}
	}
	top := node.GetFold(steps[0])
	if top == nil || below == "" && steps[0] == "resources" {
		return lang.Value{}, false
	}
	key := below + "." + foldName(steps[0])
	if u.memos == nil {
		u.memos = map[string]*memo{}
	}
	m := u.memos[key]
	if m == nil {
		m = &memo{busy: true}
		u.memos[key] = m
		m.value = u.in.value(top)
		m.busy = false
	}
	if m.busy {
		return lang.Value{}, false
	}
	v := m.value
	for _, step := range steps[1:] {
		next, ok := v.Get(step)
		if i, err := strconv.Atoi(step); v.Kind == lang.Array && err == nil && i >= 0 && i < len(v.Items) {
			next, ok = v.Items[i], true
		}
		if !ok {
			return lang.Value{}, false
		}
		next.Secure = next.Secure || v.Secure
		v = next
	}
	scalar := v.Kind == lang.String || v.Kind == lang.Int || v.Kind == lang.Bool
	return v, scalar && v.Known() && !v.Secure
}

// steps takes a path apart: a.b['c d'][0].
func steps(path string) ([]string, bool) {
	var all []string
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case strings.HasPrefix(path, "['"):
			end := strings.Index(path, "']")
			if end < 0 {
				return nil, false
			}
			all, path = append(all, strings.ReplaceAll(path[2:end], "''", "'")), path[end+2:]
		case path[0] == '[':
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return nil, false
			}
			all, path = append(all, path[1:end]), path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			all, path = append(all, path[:end]), path[end:]
		}
	}
	return all, len(all) > 0
}
