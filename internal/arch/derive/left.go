package derive

import (
	"path"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// What code leaves open names what it refers to all the same: an attribute of a declared resource that only the
// cloud will know (T2 in Terraform, A1 in ARM templates).

// open claims the attributes of other resources in a text of code that is not wholly known, and the hosts in
// the part of it that is.
func (rd *reader) open(s string, rule *refRule, p tree.Path, line int32) {
	rest := s
	for _, ref := range evidence.Symbols(s) {
		rest = strings.Replace(rest, ref.ID+"#"+ref.Attribute, "", 1)
		rd.symbol(ref, s, rule, p, int(line))
	}
	for rest != "" { // ids that stand in what is left, such as uniqueString('/subscriptions/...')
		i := strings.Index(rest, "/subscriptions/")
		if i < 0 {
			break
		}
		id := rest[i:]
		if end := strings.IndexAny(id, " \"'\n\t,;}]?#"); end > 0 {
			id = id[:end]
		}
		if targets, name := rd.b.names.ID(id); targets != nil {
			rd.idRef(id, name, rd.things(targets), rule, p, int(line))
		}
		rest = rest[i+len(id):]
	}
	if known := withoutLeft(s); known != "" && rule != nil && rule.act != ignore {
		rd.hostRefs(known, rule, p, int(line))
	}
	if rule == nil || rule.act != ignore {
		rd.openHosts(s, rule, p, int(line))
	}
}

// symbol claims one attribute of another resource.
func (rd *reader) symbol(ref evidence.Reference, s string, rule *refRule, p tree.Path, line int) {
	ns, name := rd.b.names.ID(ref.ID)
	targets := rd.things(ns)
	if len(targets) == 1 && targets[0] == rd.t {
		return
	}
	value := ref.ID + "#" + ref.Attribute
	if hide := rd.madeByCode(rule, p, targets); hide != "" {
		rd.add(claim{path: p, line: line, value: value, rule: hide, act: ignore, targets: targets})
		return
	}
	c := claim{rule: generic(rd.r).id, act: relate, label: attributeLabel(p), conf: c4.High}
	if rule != nil && (rule.act != nest || !evidence.IsARM(ref.ID)) && (rule.label != "" || rule.act != relate) {
		c = rule.claim()
		c.conf = c4.High
	}
	if len(targets) == 1 && isScope(targets[0]) {
		if rd.b.names.Normal(ref.ID) == name || !evidence.IsARM(ref.ID) {
			rd.add(claim{path: p, line: line, value: value, rule: "H-SCOPE", act: ignore, targets: targets})
			return
		}
		c.mentioned, targets = targets, nil
	}
	c.path, c.line, c.value, c.targets = p, line, value, targets
	if src := rd.source(); src != nil {
		c.from = []*thing{src}
	}
	if len(targets) == 0 {
		c.reason = "it names a resource that is not among what was scanned"
	} else if len(targets) == 1 && rule != nil && rule.setting {
		rd.named(&c, s)
		rd.settingLabel(&c, s)
	}
	rd.amend(&c, rule, s)
	rd.add(c)
}

// madeByCode names the rule by which a reference in code is no use of its target, or "".
func (rd *reader) madeByCode(rule *refRule, p tree.Path, targets []*thing) string {
	switch {
	case rule != nil && rule.act == ignore:
		return rule.id
	case len(targets) == 1 && rd.b.madeLocally(targets[0]):
		return "T-LOCAL"
	case rule != nil && len(targets) == 1 && targets[0].typ == "aws_iam_policy_document":
		return rule.id // the words of the policy, which stand there
	case rule != nil:
		return ""
	case p == "name":
		return "H-NAMED"
	}
	return ""
}

func (b *builder) providerOf(t *thing) string {
	if r := b.resource(t); r != nil {
		return r.Provider
	}
	return ""
}

// withoutLeft returns the parts of a text that are known, without the words that touch what is not: the rest of a host's name would be
// another host.
func withoutLeft(s string) string {
	var b strings.Builder
	for {
		before, _, after, ok := evidence.CutLeft(s)
		if !ok {
			b.WriteString(before)
			return strings.TrimSpace(b.String())
		}
		b.WriteString(trimWord(before, false))
		b.WriteByte(' ')
		s = trimWord(after, true)
	}
}

// trimWord takes a word off the start or the end.
func trimWord(s string, start bool) string {
	const breaks = " ;,=/@\"'\n"
	if start {
		if i := strings.IndexAny(s, breaks); i >= 0 {
			return s[i:]
		}
		return ""
	}
	return s[:strings.LastIndexAny(s, breaks)+1]
}

// principal returns the key under which a principal's owners are known: its object id, or, where code refers to the identity
// of a resource that does not exist yet, that resource.
func (b *builder) principal(text string) string {
	refs := evidence.Symbols(text)
	if len(refs) != 1 {
		return strings.ToLower(text)
	}
	attribute := strings.ToLower(refs[0].Attribute)
	if !strings.Contains(attribute, "principal") && !strings.Contains(attribute, "object_id") && !strings.Contains(attribute, "objectid") {
		return strings.ToLower(text)
	}
	if ns, _ := b.names.ID(refs[0].ID); len(ns) == 1 {
		return principalOf(b.things[ns[0]])
	}
	return strings.ToLower(text)
}

func principalOf(t *thing) string { return "the identity of " + t.id }

// rebase lets the parts of a declared resource be known by the id under which it is known itself, and
// its identity by its name.
func (b *builder) rebase(i int, f *fact) {
	r := &b.snap.Resources[i]
	t := b.byID[r.ID]
	if r.Side != evidence.Declared || t == nil {
		return
	}
	for k := range f.children {
		if rest, ok := strings.CutPrefix(f.children[k].id, r.ID); ok {
			f.children[k].id = t.id + rest
		}
	}
	if r.Form == evidence.ARM || r.Form == evidence.Terraform {
		f.principals = append(f.principals, principalOf(t))
	}
}

// scopeName names a subscription or a group; one that code leaves open by the code.
func (b *builder) scopeName(what, segment string, t *thing) string {
	if !evidence.HasBlank(segment) {
		return segment
	}
	return what + " of " + b.codeName(segment, t)
}

// codeName is what the code is called that leaves a segment open: its file, its folder, or the words of the segment.
func (b *builder) codeName(segment string, t *thing) string {
	for _, i := range t.obs {
		r := &b.snap.Resources[i]
		if r.Side != evidence.Declared || len(r.Origins) == 0 {
			continue
		}
		if name := path.Base(or(r.Origins[0].Root, r.Origins[0].Input)); name != "." && name != "/" {
			return name
		}
		return b.opt.Name
	}
	return strings.TrimSuffix(strings.TrimPrefix(segment, "@("), ")")
}
