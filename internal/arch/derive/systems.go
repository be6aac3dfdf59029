package derive

import (
	"path"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
)

// system is a software system in the making.
type system struct {
	el *c4.Element
	// firm: people or tags said so; others may be found to be shared.
	firm bool
}

// slug makes a text safe for ids and file names: lower-case letters, digits and dashes.
func slug(s string) string {
	var out strings.Builder
	dash := false
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if dash && out.Len() > 0 {
				out.WriteByte('-')
			}
			dash = false
			out.WriteRune(r)
		} else {
			dash = true
		}
	}
	if out.Len() == 0 {
		return "x"
	}
	return out.String()
}

// systemTags are the tags that name the system of a cloud resource, in order.
var systemTags = []string{"system", "application", "app", "workload", "azd-env-name"}

// assignSystems decides the software system of every container (docs/mapping.md: people, then tags, then the
// root module or the compose project, then the resource group, then the namespace).
func (b *builder) assignSystems() {
	for _, t := range b.things {
		if t.el != nil && (t.el.Kind == c4.Container || t.el.Kind == c4.Component && t.parent == nil) {
			b.systemOf(t)
		}
	}
}

// systemOf returns the system of a thing, and makes it when it is the first in it.
func (b *builder) systemOf(t *thing) *system {
	if t.sys == nil {
		t.sys = b.findSystem(t)
	}
	return t.sys
}

func (b *builder) findSystem(t *thing) *system {
	if t.typ == googleStore {
		return b.systemOf(t.fronts[0]) // its first secret's
	}
	ev := b.about(t)
	if len(ev) > 1 {
		ev = ev[:1]
	}
	if o := b.opt.Overlay; o != nil {
		for up := range lineage(t) {
			for _, i := range up.obs {
				if s, sel := o.SystemOf(&b.snap.Resources[i]); s != nil {
					return b.overlaySystem(s, sel.Line)
				}
			}
		}
	}
	for up := range lineage(t) {
		if name, key, obs := b.systemTag(up); name != "" {
			e := b.evidenceOf(obs, "", 0)
			e.Property = key
			return b.system("tag/"+slug(name), name, "S-TAG", []c4.Evidence{e}, true)
		}
	}
	for up := range lineage(t) {
		for _, i := range up.obs {
			r := &b.snap.Resources[i]
			switch {
			case r.Form == evidence.Terraform && !r.Data && len(r.Origins) > 0:
				key, name := b.rootOf(r.Origins[0])
				return b.system("root/"+key, name, "S-ROOT", ev, true)
			case r.Form == evidence.Compose:
				return b.system("compose/"+slug(r.Scope), r.Scope, "S-COMPOSE", ev, true)
			}
		}
	}
	for up := range lineage(t) {
		if a, ok := evidence.ParseARM(up.id); ok && a.ResourceGroup != "" {
			name := a.ResourceGroup
			if evidence.HasBlank(name) {
				name = strings.TrimSuffix(b.codeName(name, t), ".json")
			}
			return b.system("group/"+slug(a.Subscription)+"/"+slug(a.ResourceGroup), name, "S-GROUP", ev, false)
		}
		if r := b.resource(up); r != nil && r.Form == evidence.Kubernetes {
			ns := r.Scope
			if ns == "" {
				ns = "cluster"
			}
			return b.system("namespace/"+slug(ns), ns, "S-NAMESPACE", ev, false)
		}
	}
	return b.system("scan", b.opt.Name, "S-ROOT", ev, false)
}

// lineage yields a thing and what it is a part of, inner first.
func lineage(t *thing) func(func(*thing) bool) {
	return func(yield func(*thing) bool) {
		for n := 0; t != nil && n < 16; n++ {
			if isScope(t) || !yield(t) {
				return
			}
			switch {
			case t.owner != nil:
				t = t.owner
			case t.parent != nil:
				t = t.parent
			default:
				return
			}
		}
	}
}

// systemTag returns the name that a tag gives the system, the property and the observation.
func (b *builder) systemTag(t *thing) (name, property string, obs int) {
	for _, i := range t.obs {
		r := &b.snap.Resources[i]
		if r.Form == evidence.Kubernetes {
			if v := r.Tags["app.kubernetes.io/part-of"]; v != "" {
				return v, `metadata.labels["app.kubernetes.io/part-of"]`, i
			}
			continue
		}
		if r.Form == evidence.Compose {
			continue
		}
		for _, want := range systemTags {
			for _, k := range sortedKeys(r.Tags) {
				if strings.EqualFold(k, want) && r.Tags[k] != "" {
					return r.Tags[k], "tags." + k, i
				}
			}
		}
	}
	return "", "", 0
}

// rootOf tells a root module from others by the path of its state below what all states have in common,
// so that where the folder lies on a machine does not matter; and names it.
func (b *builder) rootOf(o evidence.Origin) (key, name string) {
	input := fileOf(o)
	name = rootName(input, b.opt.Name)
	if dir := path.Dir(input); b.codeRoots[dir] {
		input = dir + "/*.tf" // the state beside the code is that root's
	}
	if rest := strings.TrimPrefix(input, b.commonDir); strings.ContainsAny(rest, "/\\") {
		return slug(rest), name
	}
	return slug(name), name
}

// fileOf is the input that stands for the root module: the state, or the folder of the code.
func fileOf(o evidence.Origin) string {
	if o.Root != "" {
		return path.Join(o.Root, "*.tf")
	}
	return o.Input
}

// joinRoots finds the folder that all Terraform inputs have in common.
func (b *builder) joinRoots() {
	common, any := "", false
	b.codeRoots = map[string]bool{}
	for _, r := range b.snap.Resources {
		if r.Form != evidence.Terraform || len(r.Origins) == 0 {
			continue
		}
		in := fileOf(r.Origins[0])
		if r.Origins[0].Root != "" {
			b.codeRoots[path.Dir(in)] = true
		}
		if !any {
			common, any = in, true
		}
		for !strings.HasPrefix(in, common) {
			common = common[:len(common)-1]
		}
	}
	b.commonDir = common[:strings.LastIndexAny(common, "/\\")+1]
}

// rootName names a root module by the folder of its state, or by the scan.
func rootName(input, scan string) string {
	parts := strings.FieldsFunc(input, func(r rune) bool { return r == '/' || r == '\\' })
	if len(parts) >= 2 && parts[len(parts)-2] != "." && parts[len(parts)-2] != ".." {
		return parts[len(parts)-2]
	}
	if scan != "" {
		return scan
	}
	if len(parts) > 0 {
		name, _, _ := strings.Cut(parts[len(parts)-1], ".")
		return name
	}
	return "Terraform"
}

func (b *builder) system(key, name, rule string, ev []c4.Evidence, firm bool) *system {
	if s := b.systems[key]; s != nil {
		return s
	}
	s := &system{firm: firm, el: b.put(&c4.Element{ID: "softwareSystem:" + key, Kind: c4.SoftwareSystem, Name: name, Rule: rule, Evidence: ev})}
	b.systems[key] = s
	return s
}

func (b *builder) said(line int) []c4.Evidence {
	return []c4.Evidence{{Input: b.opt.OverlayName, Line: line}}
}

func (b *builder) overlaySystem(s *overlay.System, line int) *system {
	key := "declared/" + slug(s.Key)
	sys := b.system(key, s.Name, "O1", b.said(s.Line), true)
	sys.el.Description, sys.el.Owner = s.Description, s.Owner
	if sys.el.Name == "" {
		sys.el.Name = s.Key
	}
	return sys
}

// people makes what only people can say: persons, systems without members, external systems.
func (b *builder) people() {
	o := b.opt.Overlay
	if o == nil {
		return
	}
	for i := range o.Persons {
		p := &o.Persons[i]
		b.put(&c4.Element{ID: "person:" + slug(p.Key), Kind: c4.Person, Name: or(p.Name, p.Key), Description: p.Description, Rule: "O1", Evidence: b.said(p.Line)})
	}
	for i := range o.Systems {
		b.overlaySystem(&o.Systems[i], o.Systems[i].Line)
	}
	for i := range o.Externals {
		b.declaredExternal(&o.Externals[i])
	}
	for i := range o.Elements {
		for _, e := range b.selectedElements(o.Elements[i].Match) {
			set := func(to *string, from string) {
				if from != "" {
					*to = from
				}
			}
			set(&e.Name, o.Elements[i].Name)
			set(&e.Description, o.Elements[i].Description)
			set(&e.Owner, o.Elements[i].Owner)
			set(&e.Technology, o.Elements[i].Technology)
			e.Evidence = append(e.Evidence, b.said(o.Elements[i].Line)...)
		}
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (b *builder) declaredExternal(x *overlay.External) *c4.Element {
	return b.put(&c4.Element{
		ID: "softwareSystem:external/" + slug(x.Key), Kind: c4.SoftwareSystem, Name: or(x.Name, x.Key), Description: x.Description, Owner: x.Owner,
		Technology: x.Technology, External: true, Rule: "O1", Badges: []string{"declared"}, Evidence: b.said(x.Line),
	})
}

// external returns the system that a host belongs to which nothing scanned answers to.
func (b *builder) external(host string, ev c4.Evidence) *c4.Element {
	if b.opt.Overlay != nil {
		if x := b.opt.Overlay.ExternalOf(host); x != nil {
			e := b.declaredExternal(x)
			e.Evidence = appendEvidence(e.Evidence, ev)
			return e
		}
	}
	name := host
	switch {
	case host == "login.microsoftonline.com" || strings.HasSuffix(host, ".b2clogin.com") || host == "sts.windows.net":
		name = "Microsoft Entra ID"
	}
	e := b.put(&c4.Element{ID: "softwareSystem:host/" + slug(name), Kind: c4.SoftwareSystem, Name: name, External: true, Rule: "X1", Badges: []string{"unverified"}, Description: "Named by its address only; nothing scanned answers to it."})
	e.Evidence = appendEvidence(e.Evidence, ev)
	return e
}

func appendEvidence(list []c4.Evidence, more ...c4.Evidence) []c4.Evidence {
	for _, e := range more {
		if !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	return list
}

// selectedElements returns the boxes of what selectors match; of what has no box, its resource.
func (b *builder) selectedElements(match []overlay.Selector) []*c4.Element {
	var out []*c4.Element
	for _, t := range b.things {
		for _, i := range t.obs {
			if !slices.ContainsFunc(match, func(s overlay.Selector) bool { return s.Match(&b.snap.Resources[i]) }) {
				continue
			}
			e := t.el
			if e == nil {
				e = t.res
			}
			if e != nil && !slices.Contains(out, e) {
				out = append(out, e)
			}
			break
		}
	}
	return out
}

// share moves what only other systems use, two or more of them, into the shared platform.
func (b *builder) share() {
	users := map[string]map[string]bool{}
	for _, id := range b.relIDs {
		r := b.rels[id]
		src, dst := b.els[r.Source], b.els[r.Target]
		if src.Kind != c4.Container && src.Kind != c4.Component || dst.Kind != c4.Container || r.Layer != "" {
			continue
		}
		if users[dst.ID] == nil {
			users[dst.ID] = map[string]bool{}
		}
		users[dst.ID][b.systemID(src)] = true
	}
	var shared *system
	for _, t := range b.things {
		if t.el == nil || t.el.Kind != c4.Container || t.sys == nil || t.sys.firm {
			continue
		}
		if u := users[t.el.ID]; len(u) >= 2 && !u[t.el.Parent] {
			if shared == nil {
				shared = b.system("shared", "Shared platform", "S-SHARED", b.about(t)[:1], true)
			}
			t.sys, t.el.Parent = shared, shared.el.ID
			shared.el.Evidence = appendEvidence(shared.el.Evidence, b.about(t)[0])
		}
	}
}

// systemID is the system that an element is in.
func (b *builder) systemID(e *c4.Element) string {
	for n := 0; e != nil && n < 16; n++ {
		if e.Kind == c4.SoftwareSystem {
			return e.ID
		}
		e = b.els[e.Parent]
	}
	return ""
}
