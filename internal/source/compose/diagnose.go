package compose

import (
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// diagnose finds, in the order of the files, the first part that the loader refuses on
// its own; the loader's own message depends on chance and quotes the input. A part that
// is refused because a variable has no value is said to be not read and taken out, where
// mend allows it; then nil comes back and the loader should be asked again.
func (p *project) diagnose(configs []map[string]any, mend bool) error {
	for i, s := range p.sources {
		config := configs[i]
		for _, m := range s.root.Fields() {
			things, ok := config[m.Name].(map[string]any)
			if !ok || len(things) == 0 {
				if v, there := config[m.Name]; there && p.refuses(m.Name, v) {
					return refused(m.Value.Line, m.Name)
				}
				continue
			}
			for _, t := range m.Value.Fields() {
				thing, there := things[t.Name]
				if !there || !p.refuses(m.Name, map[string]any{t.Name: thing}) {
					continue
				}
				at, key, part := p.narrow(m.Name, &t.Value, t.Name, thing)
				where := m.Name + "." + t.Name
				if key != "" {
					where += "." + key
				}
				if mend && key != "" && p.incomplete(part) {
					delete(thing.(map[string]any), key)
					p.out.NotRead(evidence.NotRead{Kind: evidence.PropertyWithheld, Input: s.name, Line: int(at), Thing: p.vars.restore(where),
						Reason: "it cannot be read while its variables have no value", Help: "set them in the .env file beside the Compose file"})
					return nil
				}
				return refused(at, p.vars.restore(where))
			}
		}
	}
	return fault.New(fault.Invalid, "the Compose file and the files that belong to it do not fit together").
		WithHelp("docker compose config shows what Compose says of them")
}

func refused(line int32, where string) error {
	return fault.New(fault.Invalid, "line %d: %s is not as the Compose Specification has it", line, where).
		WithHelp("docker compose config shows what Compose says of it")
}

// refuses reports whether the loader refuses a section alone.
func (p *project) refuses(section string, v any) bool {
	_, err := p.merge([]map[string]any{{section: v}})
	return err != nil
}

// narrow finds the member of a thing that is refused alone: its line, name and value.
func (p *project) narrow(section string, src *tree.Value, name string, thing any) (int32, string, any) {
	members, ok := thing.(map[string]any)
	if !ok {
		return src.Line, "", nil
	}
	line := src.Line
	for _, m := range src.Fields() {
		part, there := members[m.Name]
		if !there {
			continue
		}
		if p.refuses(section, map[string]any{name: map[string]any{m.Name: part}}) && needsOthers(section) != m.Name {
			if section == "services" || section == "networks" || section == "volumes" {
				return m.Value.Line, m.Name, part
			}
			line = m.Value.Line
		}
	}
	return line, "", nil
}

// needsOthers names a member that is never enough alone.
func needsOthers(section string) string {
	if section == "secrets" || section == "configs" {
		return "name"
	}
	return ""
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
		for _, e := range v {
			if p.incomplete(e) {
				return true
			}
		}
	}
	return false
}
