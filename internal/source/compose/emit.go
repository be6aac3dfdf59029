package compose

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// kinds are the sections of a Compose file that become resources.
var kinds = []struct{ section, kind string }{
	{"services", "service"}, {"networks", "network"}, {"volumes", "volume"}, {"secrets", "secret"}, {"configs", "config"},
}

// emit gives the model to the sink, in the order of the files.
func (p *project) emit(model *tree.Value) error {
	var drafts []evidence.Draft
	for _, k := range kinds {
		for _, m := range model.Get(k.section).Fields() {
			if k.section == "services" {
				if whole, err := p.whole(m.Name, &m.Value); err != nil {
					return err
				} else if !whole {
					continue
				}
			}
			drafts = append(drafts, p.draft(k.section, k.kind, m))
		}
	}
	for _, section := range []string{"jobs", "models"} {
		if n := len(model.Get(section).Fields()); n > 0 {
			o := p.origin(section, model.Get(section).Members[0].Name)
			p.out.NotRead(evidence.NotRead{
				Kind: evidence.TypeWithoutRule, Input: o.input, Line: int(o.line), Thing: "compose/" + section,
				Reason: section + " of a Compose file are not read yet", Count: n,
			})
		}
	}
	for _, n := range p.vars.report() {
		p.out.NotRead(n)
	}
	slices.SortStableFunc(drafts, func(a, b evidence.Draft) int {
		return cmpOr(strings.Compare(a.Origin.Input, b.Origin.Input), a.Origin.Line-b.Origin.Line)
	})
	for _, d := range drafts {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		if err := p.out.Resource(d); err != nil {
			return err
		}
	}
	return nil
}

// whole reports whether a service can be run as it is. What has neither image nor build
// is a part of a service that another file completes.
func (p *project) whole(name string, svc *tree.Value) (bool, error) {
	if svc.Get("image") != nil || svc.Get("build") != nil || svc.Get("provider") != nil || svc.Get("extends") != nil {
		return true, nil
	}
	o := p.origin("services", name)
	name = p.vars.restore(name)
	const help = "scan it together with the file that it adds to"
	if p.override {
		return false, fault.New(fault.Invalid, "line %d: service %s has neither image nor build: this override file is no Compose file alone, and its base is not beside it", o.line, name).
			WithHelp("%s (%s)", help, strings.Join(baseNames, ", "))
	}
	p.out.NotRead(evidence.NotRead{
		Kind: evidence.ResourceNotRead, Input: o.input, Line: int(o.line), Thing: name,
		Reason: "the service has neither image nor build: it is a part of a service that another file completes",
		Help:   help + "; beside " + baseNames[0] + " the name compose.override.yaml does that",
	})
	return false, nil
}

func (p *project) draft(section, kind string, m tree.Member) evidence.Draft {
	o := p.origin(section, m.Name)
	if m.Name == "default" && section == "networks" && len(o.values) == 0 {
		o = p.impliedNetwork()
	}
	props := m.Value
	if props.Kind == tree.Null {
		props = tree.Value{Kind: tree.Object} // "db-data:" with nothing below it
	}
	expressions := p.carry(&props, carried{input: o.input, from: o.values, line: o.line})
	env := props.Get("environment")
	for i := range env.Fields() {
		if line, ok := p.fromEnv[m.Name][env.Members[i].Name]; ok && section == "services" {
			env.Members[i].Value.Line, env.Members[i].Value.Column = line, 0
		}
	}
	p.restoreAll(&props)
	name := p.vars.restore(m.Name)
	id := "compose:" + p.name + "/"
	if section != "services" {
		id += kind + "/"
	}
	return evidence.Draft{
		ID:          id + name,
		Form:        evidence.Compose,
		Provider:    "compose",
		Type:        "compose/" + kind,
		Name:        name,
		Scope:       p.name,
		Tags:        tags(props.Get("labels")),
		Side:        evidence.Declared,
		Props:       props,
		Sensitive:   sensitive(section, &props),
		Expressions: expressions,
		Origin:      evidence.Origin{Input: o.input, Line: int(o.line), Path: string(tree.Path(section).Key(name))},
	}
}

// impliedNetwork is the place of the network "default" that no file declares: the
// services that are on it.
func (p *project) impliedNetwork() origin {
	for _, s := range p.sources {
		if v := s.services(); v != nil && s.main {
			return origin{input: s.name, line: v.Line}
		}
	}
	return origin{input: p.in.Name, line: 1}
}

func tags(labels *tree.Value) map[string]string {
	var all map[string]string
	for _, m := range labels.Fields() {
		if m.Value.Kind == tree.Object || m.Value.Kind == tree.Array {
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[m.Name] = m.Value.Text
	}
	return all
}

// sensitive lists what a secret or a config holds itself. A file that one names is not opened.
func sensitive(section string, props *tree.Value) []tree.Path {
	var keys []string
	switch section {
	case "secrets":
		keys = []string{"environment", "content"}
	case "configs":
		keys = []string{"content"}
	}
	var paths []tree.Path
	for _, k := range keys {
		if props.Get(k) != nil {
			paths = append(paths, tree.Path(k))
		}
	}
	return paths
}
