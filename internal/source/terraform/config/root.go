package config

import (
	"strings"

	"c4arch/internal/arch/evidence"
)

// readRoot reads the root module and hands on what it and the modules below it declare.
func (r *reader) readRoot() error {
	m := r.load(r.Dir)
	r.root = r.newScope(m, nil, nil, "", nil)
	r.scope = r.root
	r.takeValues()
	r.takeImports()
	for _, v := range m.order {
		r.variableValue(r.root, v)
	}
	return r.walk(r.root, nil)
}

// walk hands on the resources of a module instance, then those of the modules that it calls. moves are the moved blocks of
// the modules above it.
func (r *reader) walk(s *scope, moves []move) error {
	moves = append(moves[:len(moves):len(moves)], r.moves(s)...)
	for _, res := range s.declared {
		g := r.groupOf(s, res.key)
		for _, i := range g.order {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			if err := r.hand(i, moves); err != nil {
				return err
			}
		}
	}
	for _, c := range s.called {
		for _, inner := range r.callingOf(s, c.name).order {
			if err := r.walk(inner, moves); err != nil {
				return err
			}
		}
	}
	return r.err
}

func (r *reader) hand(i *instance, moves []move) error {
	res := &Resource{
		Subject: *r.subject(i), ID: r.identify(i), Module: i.in.addr, Name: i.label(1) + i.key.text, Former: r.former(i.addr, moves),
		File: i.block.in.name, Line: int(i.block.at.line), DependsOn: r.dependencies(i),
	}
	b := builder{r: r, of: i, res: res}
	res.Props = b.body(i.root, "")
	return r.emit(res)
}

// dependencies returns the addresses that depends_on lists, without instances, as a state has them.
func (r *reader) dependencies(i *instance) []string {
	a := i.block.attr("depends_on")
	if a == nil {
		return nil
	}
	var all []string
	for _, e := range listOf(a.raw) {
		if addr := dependency(reference(e)); addr != "" {
			all = append(all, i.in.within(addr))
		}
	}
	return all
}

// dependency cuts a reference down to the resource or the module.
func dependency(ref string) string {
	parts := strings.Split(strings.TrimPrefix(ref, "resource."), ".")
	n := 2
	if parts[0] == "data" {
		n = 3
	}
	if len(parts) < n || parts[0] == "var" || parts[0] == "local" {
		return ""
	}
	return strings.Join(parts[:n], ".")
}

// relative returns the path of a module's directory as Terraform writes it: from the root's.
func relative(root, dir string) string {
	if root == dir {
		return "."
	}
	from, to := split(root), split(dir)
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	rel := strings.Repeat("../", len(from)) + strings.Join(to, "/")
	if rel = strings.TrimSuffix(rel, "/"); rel == "" {
		return "."
	}
	return rel
}

func split(dir string) []string {
	if dir == "." {
		return nil
	}
	return strings.Split(dir, "/")
}

// worst is why a value is not known, or "" where all of it is.
func worst(o *open) evidence.Unknown {
	if o == nil {
		return ""
	}
	return o.reason
}
