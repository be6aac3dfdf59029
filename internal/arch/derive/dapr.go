package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// daprApp returns the Dapr application id of a workload or an app (docs.dapr.io, "Dapr arguments and annotations";
// learn.microsoft.com/azure/container-apps/dapr-overview).
func daprApp(meta, app *tree.Value) string {
	if id := meta.Get("annotations").Get("dapr.io/app-id").Str(); id != "" {
		return id
	}
	if id := app.Lookup("properties", "configuration", "dapr", "appId").Str(); id != "" {
		return id
	}
	if list := app.Get("dapr").List(); len(list) > 0 {
		return list[0].Get("app_id").Str()
	}
	return ""
}

// daprComponent claims the addresses of a Dapr component for the applications that may use it: those of its
// namespace or environment, or those that it names as its scopes (K7).
func (rd *reader) daprComponent() {
	meta, at := rd.root.Lookup("spec", "metadata"), tree.Path("spec.metadata")
	scopes := rd.root.Get("scopes")
	if rd.r.Form != evidence.Kubernetes {
		if meta, at = rd.root.Lookup("properties", "metadata"), "properties.metadata"; meta == nil {
			meta, at = rd.root.Get("metadata"), "metadata"
		}
		if list := rd.root.Lookup("properties", "scopes"); list != nil {
			scopes = list
		}
	}
	users := rd.daprUsers(scopes)
	if len(users) == 0 {
		return
	}
	for i := range meta.List() {
		v := meta.Items[i].Get("value")
		if v.Str() == "" || strings.HasPrefix(v.Text, "secret:") {
			continue
		}
		name, p := meta.Items[i].Get("name").Str(), at.Index(i).Key("value")
		if rd.r.Form == evidence.Kubernetes {
			before := len(rd.claims)
			rd.setting(name, v.Text, nil, p, int(v.Line), users)
			for _, c := range rd.claims[before:] {
				c.rule = "K7"
			}
			continue
		}
		for _, h := range hostsIn(v.Text) {
			c := claim{path: p, line: int(v.Line), value: h.name, rule: "K7", act: relate, label: "calls", tech: h.tech(), conf: c4.High, from: users}
			if c.targets = rd.things(rd.b.names.Host(h.name)); len(c.targets) == 0 {
				if !h.external() {
					continue
				}
				c.host = h.name
			}
			rd.settingLabel(&c, v.Text)
			rd.add(c)
		}
	}
}

func (rd *reader) daprUsers(scopes *tree.Value) []*thing {
	named := func(t *thing) bool {
		return len(scopes.List()) == 0 || slices.ContainsFunc(scopes.List(), func(v tree.Value) bool { return v.Str() == t.fact.dapr })
	}
	list := rd.b.daprApps[rd.daprPlace()]
	var users []*thing
	for _, t := range list {
		if named(t) {
			users = append(users, t)
		}
	}
	return users
}

// daprPlace is where a component's name means something.
func (rd *reader) daprPlace() string {
	if rd.r.Form == evidence.Kubernetes {
		return "k8s:" + rd.r.Scope
	}
	if i := strings.LastIndex(rd.t.armID, "/daprcomponents/"); i > 0 {
		return rd.t.armID[:i]
	}
	return ""
}

// joinDapr finds the Dapr applications of each namespace and each Container Apps environment.
func (b *builder) joinDapr() {
	for _, t := range b.things {
		r := b.resource(t)
		if r == nil || t.fact.dapr == "" {
			continue
		}
		place := t.fact.environment
		if r.Form == evidence.Kubernetes {
			place = "k8s:" + r.Scope
		}
		b.daprApps[place] = append(b.daprApps[place], t)
	}
}
