package compose

import (
	"strings"

	"c4arch/internal/base/tree"
)

// pairs are the members of a service that Compose lets stand as a list of NAME=value or
// as an object, and that mean the same: they become objects.
var pairs = []tree.Path{"environment", "labels", "build.args", "build.labels", "deploy.labels", "annotations", "sysctls"}

// finish completes the merged model: files of variables, implied networks, and the text
// of what has no value.
func (p *project) finish(model *tree.Value) error {
	if err := p.putBack(model); err != nil {
		return err
	}
	services := model.Get("services")
	if services == nil {
		return nil
	}
	implied := false
	for i := range services.Members {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		name, svc := services.Members[i].Name, &services.Members[i].Value
		for _, at := range pairs {
			if v := svc.At(at); v != nil {
				object(v, at)
			}
		}
		p.envFiles(name, svc)
		p.labelFiles(name, svc)
		p.portsAndVolumes(svc)
		// A service without networks is on the network "default" (Compose Specification,
		// "The default network").
		nets := svc.Get("networks")
		if svc.Get("network_mode") == nil && svc.Get("provider") == nil && (nets == nil || len(nets.Members) == 0) {
			svc.Set("networks", tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: "default"}}})
			nets = svc.Get("networks")
		}
		implied = implied || nets.Get("default") != nil
	}
	if implied && model.Lookup("networks", "default") == nil {
		nets := tree.Value{Kind: tree.Object}
		if v := model.Get("networks"); v != nil {
			nets = *v
		}
		nets.Set("default", tree.Value{Kind: tree.Object})
		model.Set("networks", nets)
	}
	for _, section := range []string{"networks", "volumes"} {
		things := model.Get(section)
		for i := range things.Fields() {
			if v := things.Members[i].Value.Get("labels"); v != nil {
				object(v, "labels")
			}
		}
	}
	return nil
}

// object turns a list of NAME=value into an object. In an environment every value is a
// text; labels and the rest keep what the loader made of them.
func object(v *tree.Value, at tree.Path) {
	if v.Kind == tree.Array {
		o := tree.Value{Kind: tree.Object, Line: v.Line}
		for _, it := range v.Items {
			name, value, ok := strings.Cut(it.Text, "=")
			if name == "" {
				continue
			}
			t := tree.Str(value)
			if !ok {
				t = tree.Value{}
				if at == "labels" || at == "annotations" {
					t = tree.Str("")
				}
			}
			o.Set(name, t)
		}
		*v = o
	}
	for i := range v.Members {
		if m := &v.Members[i].Value; m.Kind == tree.Number || m.Kind == tree.Bool {
			m.Kind = tree.String
		}
	}
}

// portsAndVolumes takes back what adapt changed for the loader.
func (p *project) portsAndVolumes(svc *tree.Value) {
	for i := range svc.Get("ports").List() {
		port := &svc.Get("ports").Items[i]
		if ip := port.Get(hostIP); ip != nil {
			port.Set("host_ip", *ip)
			port.Delete(hostIP)
		}
	}
	for i := range svc.Get("volumes").List() {
		// Whether ${X}:/data mounts a directory or a volume, only the value of X would tell.
		if m := &svc.Get("volumes").Items[i]; p.short[m.Get("source").Str()] {
			m.Delete("type")
			m.Delete("volume")
		}
	}
}

// envFiles adds the variables of a service's env_file entries under those that it sets
// itself.
func (p *project) envFiles(name string, svc *tree.Value) {
	own := map[string]string{}
	for _, m := range svc.Get("environment").Fields() {
		own[m.Name] = m.Value.Text
	}
	vars, lines := own, map[string]int32{}
	origin := p.origin("services", name)
	for i, f := range svc.Get("env_file").List() {
		more, line, ok := p.variablesOf(origin, "env_file", i, &f, vars)
		if !ok {
			continue
		}
		for k, v := range more {
			if _, set := own[k]; !set && (vars[k] != v || lines[k] == 0) {
				lines[k] = line
			}
		}
		vars = more
	}
	if len(lines) == 0 {
		return
	}
	env := tree.Value{Kind: tree.Object}
	if v := svc.Get("environment"); v != nil {
		env = *v
	}
	for _, k := range sorted(lines) {
		env.Set(k, tree.Str(vars[k]))
	}
	svc.Set("environment", env)
	p.fromEnv[name] = lines
}

// labelFiles does for label_file what envFiles does for env_file.
func (p *project) labelFiles(name string, svc *tree.Value) {
	origin := p.origin("services", name)
	vars := map[string]string{}
	for i, f := range svc.Get("label_file").List() {
		if more, _, ok := p.variablesOf(origin, "label_file", i, &f, vars); ok {
			vars = more
		}
	}
	if len(vars) == 0 {
		return
	}
	labels := tree.Value{Kind: tree.Object}
	for _, k := range sorted(vars) {
		labels.Set(k, tree.Str(vars[k]))
	}
	for _, m := range svc.Get("labels").Fields() {
		labels.Set(m.Name, m.Value)
	}
	svc.Set("labels", labels)
}

// variablesOf reads one env_file or label_file entry; what cannot be read is said. The
// line is that of the entry.
func (p *project) variablesOf(o origin, key string, i int, f *tree.Value, start map[string]string) (map[string]string, int32, bool) {
	file, required := f.Str(), true
	if f.Kind == tree.Object {
		file, required = f.Get("path").Str(), f.Get("required") == nil || f.Get("required").True()
	}
	line := o.line
	for _, d := range o.values {
		if list := d.Get(key); list != nil {
			line = list.Line
			if i < len(list.Items) {
				line = list.Items[i].Line
			}
		}
	}
	full, err := p.resolve(p.dir, file)
	var data []byte
	if err == nil {
		data, err = p.neighbour(full)
	}
	if err == errNoFile && !required {
		return nil, 0, false
	}
	var vars map[string]string
	if err == nil {
		vars, err = p.envFile(p.display(full), data, f.Get("format").Str(), func(n string) (string, bool) { v, ok := p.env[n]; return v, ok }, start)
	}
	if err != nil {
		p.missing(&source{name: o.input}, line, "the "+key+" is not read", file, err.Error())
		return nil, 0, false
	}
	return vars, line, true
}
