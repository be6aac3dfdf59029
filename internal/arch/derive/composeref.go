package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/tree"
)

// compose finds the references of a compose service (C1).
func (rd *reader) compose() {
	if rd.r.Type != "compose/service" {
		return
	}
	v := rd.root
	env := v.Get("environment")
	vars := stringMap(env)
	for i := range env.Fields() {
		m := &env.Members[i]
		if m.Value.Str() != "" {
			rd.setting(m.Name, m.Value.Text, vars, tree.Path("environment").Key(m.Name), int(m.Value.Line), nil)
		}
	}
	for _, key := range []string{"command", "entrypoint"} {
		c := v.Get(key)
		if c.Str() != "" {
			rd.command([]string{c.Text}, 0, tree.Path(key), int(c.Line), nil)
			continue
		}
		var words []string
		for _, w := range c.List() {
			words = append(words, w.Str())
		}
		for i := range c.List() {
			rd.command(words, i, tree.Path(key).Index(i), int(c.Items[i].Line), nil)
		}
	}
	service := func(name string, p tree.Path, line int, rule, label string) {
		c := claim{path: p, line: line, value: name, rule: rule, act: relate, label: label, conf: c4.Certain}
		if ts := rd.b.names.Service(scopeOf(rd.r), name); ts != nil {
			c.targets = rd.things(ts)
		} else {
			c.reason = "no service of that name is in the project"
		}
		rd.add(c)
	}
	dep := v.Get("depends_on")
	for i := range dep.Fields() {
		service(dep.Members[i].Name, tree.Path("depends_on").Key(dep.Members[i].Name), int(firstLine(&dep.Members[i].Value)), "C1-ORDER", "starts after")
	}
	for i := range dep.List() {
		service(dep.Items[i].Str(), tree.Path("depends_on").Index(i), int(dep.Items[i].Line), "C1-ORDER", "starts after")
	}
	links := v.Get("links")
	for i := range links.List() {
		name, _, _ := strings.Cut(links.Items[i].Str(), ":")
		service(name, tree.Path("links").Index(i), int(links.Items[i].Line), "C1-LINK", "calls")
	}
	if img := v.Get("image"); img.Str() != "" {
		rd.image(img, "image", "K6")
	}
	rd.attachments()
}

// attachments claims networks, volumes, secrets and configs.
func (rd *reader) attachments() {
	refer := func(kind, name string, p tree.Path, line int, a act, rule string) {
		c := claim{path: p, line: line, value: kind + " " + name, rule: rule, act: a, conf: c4.Certain, rank: rankSubnet, label: "is attached to"}
		if t := rd.b.byID["compose:"+rd.r.Scope+"/"+kind+"/"+name]; t != nil {
			c.targets = []*thing{t}
		} else {
			return // a bind mount, an anonymous volume, an external thing
		}
		rd.add(c)
	}
	each := func(key string, f func(name string, p tree.Path, line int)) {
		v := rd.root.Get(key)
		for i := range v.Fields() {
			f(v.Members[i].Name, tree.Path(key).Key(v.Members[i].Name), int(firstLine(&v.Members[i].Value)))
		}
		for i := range v.List() {
			it, p := &v.Items[i], tree.Path(key).Index(i)
			if it.Kind == tree.String {
				name, _, _ := strings.Cut(it.Text, ":")
				f(name, p, int(it.Line))
			} else if s := it.Get("source"); s.Str() != "" {
				f(s.Text, p.Key("source"), int(s.Line))
			}
		}
	}
	each("networks", func(n string, p tree.Path, l int) { refer("network", n, p, l, nest, "C1-NET") })
	each("volumes", func(n string, p tree.Path, l int) { refer("volume", n, p, l, own, "C1-OWN") })
	each("secrets", func(n string, p tree.Path, l int) { refer("secret", n, p, l, own, "C1-OWN") })
	each("configs", func(n string, p tree.Path, l int) { refer("config", n, p, l, own, "C1-OWN") })
}
