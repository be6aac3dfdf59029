package compose

import (
	"fmt"
	"slices"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// taken is a value with a variable in it that the loader refuses (one of a few fixed
// words is expected there, say): it is put back when the model is made.
type taken struct {
	at    []string
	value any
}

// diagnose finds, in the order of the files, the first part that the loader refuses on
// its own; the loader's own message depends on chance and quotes the input. Where a part
// is refused for variables without a value, those values are taken out, if mend allows it;
// then nil comes back and the loader should be asked again.
func (p *project) diagnose(configs []map[string]any, mend bool) error {
	mended := false
	for i, s := range p.sources {
		config := configs[i]
		for _, m := range s.root.Fields() {
			things, ok := config[m.Name].(map[string]any)
			if !ok || len(things) == 0 {
				if v, there := config[m.Name]; there && p.refuses(m.Name, v) {
					return p.refused(s, m.Value.Line, m.Name)
				}
				continue
			}
			for _, t := range m.Value.Fields() {
				thing, there := things[t.Name]
				if !there {
					continue
				}
				refuses := func() bool { return p.refuses(m.Name, map[string]any{t.Name: thing}) }
				bad := refuses()
				for n := 0; bad && mend && n < 20 && p.takeOut(m.Name, t.Name, thing); n++ {
					mended, bad = true, refuses()
				}
				if !bad {
					continue
				}
				line, key := p.narrow(m.Name, &t.Value, t.Name, thing)
				where := m.Name + "." + t.Name
				if key != "" {
					where += "." + key
				}
				return p.refused(s, line, p.vars.restore(where))
			}
		}
	}
	if mended {
		return nil
	}
	return fault.New(fault.Invalid, "the Compose file and the files that belong to it do not fit together").
		WithHelp("docker compose config shows what Compose says of them")
}

func (p *project) refused(s *source, line int32, where string) error {
	return fault.New(fault.Invalid, "%s: %s is not as the Compose Specification has it", p.line(s, line), where).
		WithHelp("docker compose config shows what Compose says of it")
}

// line says where something stands; the file is named where it is not the input itself.
func (p *project) line(s *source, line int32) string {
	if s.name == p.in.Name {
		return fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("line %d of %s", line, s.name)
}

// refuses reports whether the loader refuses a section alone.
func (p *project) refuses(section string, v any) bool {
	_, err := p.merge([]map[string]any{{section: v}})
	return err != nil
}

// takeOut removes from a thing, the deepest and first in the alphabet, one value whose
// absence makes some member of it acceptable.
func (p *project) takeOut(section, name string, thing any) bool {
	members, ok := thing.(map[string]any)
	if !ok {
		return false
	}
	for _, key := range sorted(members) {
		alone := map[string]any{key: members[key]}
		whole := map[string]any{name: alone}
		if !p.incomplete(members[key]) || !p.refuses(section, whole) && section == "services" {
			continue
		}
		if section != "services" {
			alone, whole = members, map[string]any{name: members}
		}
		accepted := func() bool { return !p.refuses(section, whole) }
		at, value := p.without(alone, key, accepted)
		if at == nil {
			continue
		}
		if section == "services" && len(at) == 1 {
			delete(members, key)
		}
		p.taken = append(p.taken, taken{append([]string{section, name}, at...), value})
		return true
	}
	return false
}

// without removes holder[key], or something below it, if that makes the whole accepted.
func (p *project) without(holder map[string]any, key string, accepted func() bool) ([]string, any) {
	part := holder[key]
	if inner, ok := part.(map[string]any); ok {
		for _, k := range sorted(inner) {
			if p.incomplete(inner[k]) {
				if at, v := p.without(inner, k, accepted); at != nil {
					return append([]string{key}, at...), v
				}
			}
		}
	}
	delete(holder, key)
	if accepted() {
		return []string{key}, part
	}
	holder[key] = part
	return nil, nil
}

// putBack gives the model what was taken out before the loader saw it.
func (p *project) putBack(model *tree.Value) error {
	for _, t := range slices.Backward(p.taken) {
		v, err := fromModel(map[string]any{"x": t.value})
		if err != nil {
			return err
		}
		holder := model
		for _, name := range t.at[:len(t.at)-1] {
			if holder.Get(name) == nil {
				holder.Set(name, tree.Value{Kind: tree.Object})
			}
			holder = holder.Get(name)
		}
		if holder.Kind == tree.Object || holder.Kind == tree.Null {
			holder.Set(t.at[len(t.at)-1], *v.Get("x"))
		}
	}
	return nil
}

// narrow finds the member of a thing that is refused alone: its line and name.
func (p *project) narrow(section string, src *tree.Value, name string, thing any) (int32, string) {
	members, ok := thing.(map[string]any)
	if !ok || section == "secrets" || section == "configs" { // their members need each other
		return src.Line, ""
	}
	for _, m := range src.Fields() {
		part, there := members[m.Name]
		if there && p.refuses(section, map[string]any{name: map[string]any{m.Name: part}}) {
			return m.Value.Line, m.Name
		}
	}
	return src.Line, ""
}

// incomplete reports whether a value holds a placeholder somewhere.
func (p *project) incomplete(v any) bool {
	switch v := v.(type) {
	case string:
		return p.vars.holds(v)
	case map[string]any:
		for k, e := range v {
			if p.vars.holds(k) || p.incomplete(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, p.incomplete)
	}
	return false
}
