package compose

import (
	"strings"

	"github.com/compose-spec/compose-go/v2/override"
	"github.com/compose-spec/compose-go/v2/transform"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// config returns a document as the loader takes it, each service merged with what it
// extends.
func (p *project) config(s *source) (map[string]any, error) {
	config := plain(&s.root).(map[string]any)
	dropOwn(config, s)
	services, ok := config["services"].(map[string]any)
	if !ok {
		return config, nil
	}
	for _, m := range s.services().Fields() {
		if _, kept := services[m.Name]; !kept {
			continue
		}
		svc, err := p.extended(s, m.Name)
		if err != nil {
			return nil, err
		}
		services[m.Name] = svc
	}
	if s.dir == p.dir {
		return config, nil
	}
	return p.moved(config, between(p.dir, s.dir))
}

// extended returns a service merged with what it extends, as the reference loader does.
// The value is the caller's own.
func (p *project) extended(s *source, name string) (any, error) {
	at := place{s, name}
	if done, ok := p.merged[at]; ok {
		return clone(done), nil
	}
	v, err := p.extend(at)
	if err != nil {
		return nil, err
	}
	if p.nodes += count(v); p.nodes > maxValues {
		return nil, fault.New(fault.Limited, "%s: the services, with what they extend, hold more than %d values", p.line(s, s.services().Get(name).Line), maxValues)
	}
	p.merged[at] = v
	return clone(v), nil
}

// place is a service of a document.
type place struct {
	s    *source
	name string
}

func (p *project) extend(at place) (any, error) {
	s, name := at.s, at.name
	v := s.services().Get(name)
	whole := map[string]any{"services": map[string]any{name: plain(v)}}
	dropOwn(whole, s)
	raw := whole["services"].(map[string]any)[name]
	svc, ok := raw.(map[string]any)
	ext := v.Get("extends")
	if !ok || ext == nil || svc["extends"] == nil {
		return raw, nil
	}
	if p.extending[at] {
		return nil, fault.New(fault.Invalid, "%s: services extend each other in a circle", p.line(s, ext.Line))
	}
	p.extending[at] = true
	defer delete(p.extending, at)
	ref, file := ext.Str(), ext.Get("file").Str()
	if ext.Kind == tree.Object {
		ref = ext.Get("service").Str()
	}
	from, err := p.extendedFrom(s, ref, file)
	if err != nil {
		if fault.KindOf(err) != fault.Internal {
			return nil, err // a file that does not parse
		}
		p.missing(s, ext.Line, "what service "+name+" extends is not read", strings.TrimSpace(file+" "+ref), err.Error())
		return raw, nil
	}
	base, err := p.extended(from, ref)
	if err != nil {
		return nil, err
	}
	under, ok := base.(map[string]any)
	if !ok {
		return raw, nil
	}
	if from.dir != s.dir {
		moved, err := p.moved(map[string]any{"services": map[string]any{"x": under}}, between(s.dir, from.dir))
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s: what service %s extends is not a service as Compose has it", p.line(s, ext.Line), name)
		}
		under = moved["services"].(map[string]any)["x"].(map[string]any)
	}
	drop(under, s, "services", name)
	delete(svc, "extends")
	var merged map[string]any
	if err := guarded(func() (err error) { merged, err = override.ExtendService(under, svc); return err }); err != nil {
		return nil, fault.New(fault.Invalid, "%s: service %s and what it extends do not fit together", p.line(s, ext.Line), name)
	}
	return merged, nil
}

// extendedFrom finds the document that has the extended service. An error of no kind says
// why it is not there.
func (p *project) extendedFrom(s *source, ref, file string) (*source, error) {
	if file == "" {
		if s.services().Get(ref) != nil {
			return s, nil
		}
		for _, inc := range s.includes {
			if inc.services().Get(ref) != nil {
				return inc, nil
			}
		}
		return nil, errNoService
	}
	full, err := p.resolve(s.dir, file)
	if err != nil {
		return nil, err
	}
	if full == s.path && s.services().Get(ref) != nil {
		return s, nil
	}
	if b := p.bases[full]; b != nil {
		if b.services().Get(ref) == nil {
			return nil, errNoService
		}
		return b, nil
	}
	data, err := p.neighbour(full)
	if err != nil {
		return nil, err
	}
	docs, err := parse(data, "yaml")
	if err != nil {
		return nil, refuse(err, "the extended file "+p.display(full)+" cannot be read")
	}
	dir, _ := cutLast(full)
	for i, d := range docs {
		b := &source{name: p.display(full), path: full, dir: dir, env: s.env, root: d, resets: tagged(data, len(docs))[i]}
		b.root.Delete("include") // of an extended file, the services alone are used
		if err := p.prepare(b); err != nil {
			return nil, err
		}
		p.bases[full] = b
		if b.services().Get(ref) != nil {
			return b, nil
		}
	}
	return nil, errNoService
}

// moved rewrites the relative paths of a configuration that lies in another directory, as
// the loader does. The configuration comes back in canonical form.
func (p *project) moved(config map[string]any, way string) (map[string]any, error) {
	err := guarded(func() (err error) { config, err = transform.Canonical(config, false); return err })
	if err != nil {
		return nil, fault.New(fault.Invalid, "an included file is not a Compose file").
			WithHelp("docker compose config shows what Compose says of it")
	}
	services, _ := config["services"].(map[string]any)
	for _, s := range services {
		svc, _ := s.(map[string]any)
		if build, ok := svc["build"].(map[string]any); ok {
			if build["context"] == nil {
				build["context"] = "."
			}
			rebase(build, "context", way)
			if more, ok := build["additional_contexts"].(map[string]any); ok {
				for k := range more {
					rebase(more, k, way)
				}
			}
		}
		for _, key := range []string{"env_file", "volumes", "label_file"} {
			items, _ := svc[key].([]any)
			for i, it := range items {
				if text, ok := it.(string); ok {
					items[i] = relocate(text, way)
				}
				m, _ := it.(map[string]any)
				rebase(m, "path", way)
				if m["type"] == "bind" {
					rebase(m, "source", way)
				}
			}
		}
	}
	for _, section := range []string{"secrets", "configs"} {
		things, _ := config[section].(map[string]any)
		for _, t := range things {
			m, _ := t.(map[string]any)
			rebase(m, "file", way)
		}
	}
	return config, nil
}

func rebase(m map[string]any, key, way string) {
	if text, ok := m[key].(string); ok {
		m[key] = relocate(text, way)
	}
}
