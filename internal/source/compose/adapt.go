package compose

import (
	"strconv"
	"strings"

	"c4arch/internal/base/tree"
)

// hostIP carries an address that holds a placeholder past the loader's check of addresses.
const hostIP = "x-c4arch-host-ip"

// adapt rewrites what the loader's parsers could not take with a placeholder in it, and
// what they would look up in the environment of this machine.
func (p *project) adapt(s *source) {
	for _, section := range []string{"services", "jobs"} {
		services := s.root.Get(section)
		if services == nil || services.Kind != tree.Object {
			continue
		}
		for i := range services.Members {
			svc := &services.Members[i].Value
			p.passThrough(s, svc.Get("environment"))
			p.passThrough(s, svc.Get("build").Get("args"))
			if ports := svc.Get("ports"); ports != nil && ports.Kind == tree.Array {
				for j := range ports.Items {
					p.port(&ports.Items[j])
				}
			}
			for _, m := range svc.Get("volumes").List() {
				if source, _, ok := strings.Cut(m.Str(), ":"); ok && strings.HasPrefix(source, p.vars.prefix) {
					p.short[source] = true
				}
			}
		}
	}
	for _, section := range []string{"networks", "volumes", "secrets", "configs"} {
		for i, m := range s.root.Get(section).Fields() {
			// external: {name: x} is the old way of external: true, name: x.
			if name := m.Value.Lookup("external", "name"); name != nil {
				v := &s.root.Get(section).Members[i].Value
				v.Set("external", tree.Value{Kind: tree.Bool, Text: "true", Line: name.Line})
				if v.Get("name") == nil {
					v.Set("name", *name)
				}
			}
		}
	}
}

// passThrough gives the entries that have a name and no value the value that .env has for
// them, or leaves their expression: Compose takes it from the environment of the process.
func (p *project) passThrough(s *source, v *tree.Value) {
	if v == nil {
		return
	}
	value := func(name string, line int32) string {
		text, ok := s.find(name)
		if !ok {
			text = p.vars.placeholder("${"+name+"}", name)
			p.vars.note(s.name, line, text)
		}
		return text
	}
	for i := range v.Items {
		it := &v.Items[i]
		if it.Kind == tree.String && it.Text != "" && !strings.Contains(it.Text, "=") && !p.vars.holds(it.Text) {
			name, text := it.Text, value(it.Text, it.Line)
			it.Text += "=" + text
			p.write(s, it, "${"+name+"}", text)
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if m.Value.Kind == tree.Null && m.Name != "" {
			m.Value = tree.Value{Kind: tree.String, Line: m.Value.Line, Column: m.Value.Column, Text: value(m.Name, m.Value.Line)}
			p.write(s, &m.Value, "${"+m.Name+"}", m.Value.Text)
		}
	}
}

// port writes a short port that holds a placeholder in the long form, whose members may
// be texts: [[HOST:]PUBLISHED:]TARGET[/PROTOCOL].
func (p *project) port(v *tree.Value) {
	if v.Kind == tree.Object {
		if ip := v.Get("host_ip"); ip != nil && p.vars.holds(ip.Str()) {
			v.Set(hostIP, *ip)
			v.Delete("host_ip")
		}
		return
	}
	if v.Kind != tree.String || !p.vars.holds(v.Text) {
		return
	}
	text := v.Text
	long := tree.Value{Kind: tree.Object, Line: v.Line, Column: v.Column}
	set := func(name, text string) {
		if text != "" {
			long.Set(name, tree.Value{Kind: tree.String, Line: v.Line, Column: v.Column, Text: text})
		}
	}
	set("mode", "ingress")
	if i := strings.LastIndexByte(text, '/'); i >= 0 {
		set("protocol", text[i+1:])
		text = text[:i]
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		rest, host := text[:i], ""
		text = text[i+1:]
		if j := strings.LastIndexByte(rest, ':'); j >= 0 {
			host, rest = strings.Trim(rest[:j], "[]"), rest[j+1:]
		}
		set("published", rest)
		if p.vars.holds(host) {
			set(hostIP, host)
		} else {
			set("host_ip", host)
		}
	}
	n, err := strconv.ParseUint(text, 10, 16)
	switch {
	case err == nil:
		long.Set("target", tree.Value{Kind: tree.Number, Line: v.Line, Column: v.Column, Text: strconv.FormatUint(n, 10)})
	case p.vars.holds(text):
		set("target", text)
	default: // a range, which the long form does not take
		set("target", p.vars.placeholder(text, ""))
	}
	*v = long
}
