package derive

import (
	"strings"
	"sync"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/census"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// reader finds the references in one resource.
type reader struct {
	b      *builder
	obs    int
	r      *evidence.Resource
	t      *thing
	root   *tree.Value
	claims []*claim
	seen   map[seenKey]bool
	// routeOf are the gateways that a route belongs to: its lines start there.
	routeOf []*thing
}

type seenKey struct {
	path  tree.Path
	value string
	rule  string
}

// refer is the second pass over one resource.
func (b *builder) refer(i int, v *tree.Value) {
	r := &b.snap.Resources[i]
	rd := &reader{b: b, obs: i, r: r, t: b.byID[r.ID], root: v, seen: map[seenKey]bool{}}
	b.book.mentions[i] = census.Count(v, rd.t.n, scopeOf(r), b.names)
	switch r.Form {
	case evidence.Kubernetes:
		rd.kube()
	case evidence.Compose:
		rd.compose()
	default:
		rd.cloud()
	}
	if r.Side == evidence.Planned && !rd.t.planned {
		for _, c := range rd.claims { // the live side speaks for it
			c.act, c.rule = ignore, "H-PLANNED"
		}
	}
	for _, c := range rd.claims {
		c.detach()
	}
	b.book.claims[i] = rd.claims
}

func (rd *reader) add(c claim) *claim {
	k := seenKey{c.path, c.value, c.rule}
	if rd.seen[k] {
		return nil
	}
	rd.seen[k] = true
	c.obs, c.runtime = rd.obs, runtimePlaces[strings.ToLower(rd.place(c.path))]
	if c.from == nil {
		c.from = []*thing{rd.subject(c.path)}
	}
	rd.claims = append(rd.claims, &c)
	return &c
}

// place is the name of the setting or the property that a value stands in, of an item of a list of settings too.
func (rd *reader) place(p tree.Path) string {
	s := string(p)
	if item, ok := strings.CutSuffix(s, "].value"); ok {
		if name := rd.root.At(tree.Path(item + "].name")).Str(); name != "" {
			return name
		}
	}
	return strings.Trim(s[strings.LastIndexAny(s, ".[")+1:], `"]`)
}

// subject is the thing that a property speaks of: the resource, or the part of it that the
// property stands in (a subnet inside its network).
func (rd *reader) subject(p tree.Path) *thing {
	for _, c := range rd.t.fact.children {
		if strings.HasPrefix(string(p), string(c.path)+".") {
			if sub := rd.b.byID[c.id]; sub != nil {
				return sub
			}
		}
	}
	return rd.t
}

// things resolves numbers of the name index.
func (rd *reader) things(ns []census.Thing) []*thing {
	var out []*thing
	for _, n := range ns {
		out = append(out, rd.b.things[n])
	}
	return out
}

// apply makes a claim of a rule of the table.
func (r *refRule) claim() claim {
	return claim{rule: r.id, act: r.act, label: r.label, conf: r.conf, rank: r.rank, layer: r.layer}
}

// refCache remembers which rule reads which property: a scan has few kinds of places.
type refCache struct{ m sync.Map }

func (c *refCache) find(typ, pattern string) *refRule {
	key := typ + "\x00" + pattern
	if r, ok := c.m.Load(key); ok {
		return r.(*refRule)
	}
	r := findRef(typ, pattern)
	c.m.Store(key, r)
	return r
}

var cloudRules = &refCache{}

// cloud finds the references of an Azure or Terraform resource.
func (rd *reader) cloud() {
	switch rd.t.typ {
	case "microsoft.authorization/roleassignments":
		rd.roleAssignment()
	case "microsoft.network/connections":
		rd.connection()
	case "microsoft.keyvault/vaults", "microsoft.keyvault/vaults/accesspolicies":
		rd.accessPolicies()
	case assocType:
		rd.association()
		return
	case "aws_iam_policy_document":
		rd.policyDocument()
	case "microsoft.app/containerapps", "microsoft.app/jobs":
		rd.triggers()
	case "microsoft.app/managedenvironments/daprcomponents":
		rd.daprComponent()
	}
	rd.google()
	rd.walk(rd.root, "")
	rd.forward()
	rd.telemetry()
}

func (rd *reader) walk(v *tree.Value, at tree.Path) {
	switch v.Kind {
	case tree.Object:
		for i := range v.Members {
			m := &v.Members[i]
			p := at.Key(m.Name)
			if j := strings.Index(strings.ToLower(m.Name), "/subscriptions/"); j >= 0 {
				rd.text(m.Name[j:], p, m.Value.Line)
			}
			rd.walk(&m.Value, p)
		}
	case tree.Array:
		for i := range v.Items {
			rd.walk(&v.Items[i], at.Index(i))
		}
	case tree.String:
		if len(v.Text) > 1 {
			rd.text(v.Text, at, v.Line)
		}
	}
}

// text reads one string: an id, or hosts.
func (rd *reader) text(s string, p tree.Path, line int32) {
	if strings.HasPrefix(s, "secret:") {
		return
	}
	isID := evidence.IsARM(s)
	targets, name := rd.b.names.ID(s)
	if !isAWS(rd.t.typ) && !isID && targets == nil && strings.IndexByte(s, '.') < 0 && !strings.Contains(s, "://") && !strings.Contains(s, "=") && len(s) > 63 && evidence.GoogleName(s) == "" {
		return
	}
	rule := cloudRules.find(rd.t.typ, strings.ToLower(p.Pattern()))
	if rule != nil && rule.id == "T-DEP" { // an address of the code: the order of work
		rd.add(claim{path: p, line: int(line), value: s, rule: rule.id, act: ignore})
		return
	}
	if rd.googleText(s, targets, name, rule, p, line) {
		return
	}
	if isAWS(rd.t.typ) {
		rd.awsText(s, p, int(line))
		return
	}
	if isID || targets != nil {
		rd.idRef(s, name, rd.things(targets), rule, p, int(line))
		return
	}
	if rd.r.Side == evidence.Declared && evidence.HasLeft(s) {
		rd.open(s, rule, p, line)
		return
	}
	if i := strings.Index(s, "/subscriptions/"); i > 0 {
		rest := s[i:]
		if end := strings.IndexAny(rest, " \"'\n\t,;}]?#"); end > 0 {
			rest = rest[:end]
		}
		if targets, name := rd.b.names.ID(rest); targets != nil {
			rd.idRef(rest, name, rd.things(targets), rule, p, int(line))
		}
	}
	rd.hostRefs(s, rule, p, int(line))
}

// generic returns the rule for an id in a property that no rule of the table reads.
func generic(r *evidence.Resource) *refRule {
	switch {
	case r.Form == evidence.Terraform && r.Side == evidence.Declared:
		return &refRule{id: "T2", act: relate, label: "refers to", conf: c4.High}
	case r.Form == evidence.Terraform:
		return &refRule{id: "T1", act: relate, label: "refers to", conf: c4.Certain}
	case r.Form == evidence.ARM && r.Side == evidence.Declared:
		return &refRule{id: "A1", act: relate, label: "refers to", conf: c4.High}
	}
	return nil
}

// idRef claims an id.
func (rd *reader) idRef(s, name string, targets []*thing, rule *refRule, p tree.Path, line int) {
	own := rd.t.id
	norm := s
	var mentioned []*thing
	if evidence.IsARM(s) {
		norm = rd.b.names.Normal(s)
		if rest, ok := strings.CutPrefix(evidence.NormalizeARM(s), rd.r.ID); ok && (rest == "" || rest[0] == '/') {
			norm = own + rest // what code calls itself
		}
		if len(targets) == 1 && isScope(targets[0]) && norm != name { // the group is known, what the id names is not
			mentioned, targets = targets, nil
		}
	}
	if targets == nil && rule != nil && rule.act == ignore && !platformID(norm) && !scopeID(norm) && !strings.HasPrefix(norm, own+"/") {
		rd.add(claim{path: p, line: line, value: s, rule: rule.id, act: relate, mentioned: mentioned, reason: "it names a resource that is not among what was scanned"})
		return
	}
	if len(targets) == 1 && targets[0] == rd.t {
		if norm != own && norm != rd.t.armID || rd.t.parent == nil {
			return // itself, or a part of itself
		}
		rank := rankHost - 1
		if isScope(rd.t.parent) {
			rank = rankGroup
		}
		rd.add(claim{path: p, line: line, value: s, rule: "P1", act: nest, conf: c4.Certain, rank: rank, targets: []*thing{rd.t.parent}, from: []*thing{rd.t}})
		return
	}
	if len(targets) == 1 && strings.HasPrefix(targets[0].id, own+"/") {
		rd.add(claim{path: p, line: line, value: s, rule: "P1", act: ignore, targets: targets})
		return
	}
	if targets == nil && strings.HasPrefix(norm, own+"/") {
		return
	}
	c := claim{}
	switch {
	case rule != nil && rule.id == "P2" && !partOf(rd.t, targets):
		rule = nil
		fallthrough
	case rule == nil || rule.act == relate && rule.label == "":
		if len(targets) == 1 && isScope(targets[0]) && rd.r.Side == evidence.Declared {
			c = claim{rule: "H-SCOPE", act: ignore} // where it is, not what it uses
		} else if g := generic(rd.r); g != nil && targets != nil {
			c = g.claim()
			c.label = attributeLabel(p)
		} else if platformID(norm) {
			c = claim{rule: "H-PLATFORM", act: ignore}
		} else if targets == nil && scopeID(norm) {
			c = claim{rule: "H-SCOPE", act: ignore}
		} else if targets == nil {
			c = claim{rule: "A0", act: relate, reason: "it names a resource that is not among what was scanned"}
		} else {
			return // the census counts it, and no rule claims it
		}
	default:
		c = rule.claim()
		if targets == nil && c.act != ignore {
			if platformID(norm) {
				c.rule, c.act = "H-PLATFORM", ignore
			} else {
				c.reason = "it names a resource that is not among what was scanned"
			}
		}
	}
	c.path, c.line, c.value, c.targets, c.byID, c.mentioned = p, line, s, targets, true, mentioned
	if src := rd.source(); src != nil && c.act != ignore {
		c.from = []*thing{src}
	}
	if c.rule == "R6" && c.act == relate {
		rd.linkStatus(&c)
	}
	rd.amend(&c, rule, s)
	rd.add(c)
}

// partOf reports whether a target's type contains the thing's, as its ARM type says.
func partOf(t *thing, targets []*thing) bool {
	return len(targets) == 1 && (strings.HasPrefix(t.typ, targets[0].typ+"/") || targets[0] == t.parent)
}

// attributeLabel says what an attribute's name says of the reference, in words.
func attributeLabel(p tree.Path) string {
	last := string(p)
	if i := strings.LastIndexByte(last, '.'); i >= 0 {
		last = last[i+1:]
	}
	if i := strings.IndexByte(last, '['); i > 0 {
		last = last[:i]
	}
	for _, suffix := range []string{"_ids", "_id", "_arns", "_arn", "_name", "_self_link"} {
		last = strings.TrimSuffix(last, suffix)
	}
	last = strings.ReplaceAll(last, "_", " ")
	if last == "" || last == "id" {
		return "refers to"
	}
	return "refers to (" + last + ")"
}

// platformID reports whether an id names a part of the platform that nobody deploys.
func platformID(id string) bool {
	id = evidence.NormalizeARM(id)
	for _, s := range []string{"/providers/microsoft.authorization/roledefinitions/", "/providers/microsoft.authorization/policydefinitions/", "/providers/microsoft.authorization/policysetdefinitions/", "/managedapis/", "/providers/microsoft.compute/locations/", "/providers/microsoft.management/managementgroups", "/providers/microsoft.marketplace/", "/edgezones/"} {
		if strings.Contains(id, s) {
			return true
		}
	}
	return false
}

// scopeID reports whether an id names a subscription or a resource group.
func scopeID(id string) bool {
	return strings.HasPrefix(id, "/subscriptions/") && strings.Count(id, "/") <= 4 && !strings.Contains(id, "/providers/")
}

// linkStatus says of a private endpoint whose connection is not approved that it only asks.
func (rd *reader) linkStatus(c *claim) {
	conn, _ := cutLast(string(c.path), ".privateLinkServiceId")
	if st := rd.root.At(tree.Path(conn)).Get("privateLinkServiceConnectionState").Get("status").Str(); st != "" && st != "Approved" {
		c.label = "asks for private access to (" + strings.ToLower(st) + ")"
	}
}

func cutLast(s, suffix string) (string, bool) {
	if i := strings.LastIndex(s, suffix); i >= 0 {
		return s[:i], true
	}
	return s, false
}

// source is where the lines of a resource start that speaks of another: a diagnostic setting of
// what it watches, an event subscription of the topic's source.
func (rd *reader) source() *thing { return rd.b.sourceOf(rd.t, 0) }

func (b *builder) sourceOf(t *thing, depth int) *thing {
	if depth > 4 {
		return nil
	}
	switch t.typ {
	case "microsoft.insights/diagnosticsettings", "microsoft.eventgrid/eventsubscriptions", "microsoft.eventgrid/systemtopics/eventsubscriptions", "microsoft.eventgrid/topics/eventsubscriptions", "microsoft.eventgrid/systemtopics", "microsoft.eventgrid/domains/topics/eventsubscriptions":
		src := t.parent
		if t.fact.sourceOf != "" {
			if ns, _ := b.names.ID(t.fact.sourceOf); len(ns) == 1 && b.things[ns[0]] != t {
				src = b.things[ns[0]]
			}
		}
		if src == nil {
			return nil
		}
		if up := b.sourceOf(src, depth+1); up != nil {
			return up
		}
		return src
	}
	return nil
}
