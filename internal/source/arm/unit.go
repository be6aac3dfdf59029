package arm

import (
	"fmt"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// unit is a block at one turn of the loops around it: one resource, or one deployment.
type unit struct {
	block  *block
	d      *deployment // among whose resources it is
	in     scope
	symbol string     // symbolic name with its turn: app[2]
	kind   string     // the whole type, as it is written
	name   lang.Value // the whole name
	names  []string   // its parts, open ones as they are left
	id     string     // as Azure writes it, unknown segments blank
	base   string     // what the id begins with: the scope, or the place that is deployed to
	target target     // of a deployment: where it goes

	memos map[string]*memo // of members that others refer to
	inner *deployment      // of a deployment, once it was asked for
	why   *problem         // why there is none
	asked bool
}

// stage is how far the units of a deployment are known.
type stage uint8

const (
	untouched stage = iota
	expanding
	known
)

// expand makes the units of a deployment, once. Names and places are evaluated for it, and nothing else.
func (d *deployment) expand() []*unit {
	if d.stage == untouched {
		d.stage = expanding
		for _, b := range d.tmpl.blocks {
			d.repeat(b, d.scope(), nil)
		}
		d.stage = known
	}
	return d.units
}

// repeat makes a unit for each turn of a block's loop, and those of the blocks below it.
func (d *deployment) repeat(b *block, s scope, up *unit) {
	if b.node.Kind != tree.Object {
		d.run.refuse(b, "it is not an object", help)
		return
	}
	turns, loop := 1, b.node.GetFold("copy")
	if loop != nil && loop.Kind == tree.Object {
		n, open, problem := s.turns(loop)
		switch {
		case d.run.empty:
			d.run.limit(b)
			return
		case problem != "":
			d.run.refuse(b, problem, help)
			return
		case open != nil:
			b.manyfold = true
		case n == 0:
			b.met(empty)
			b.sweepInside(empty)
			return
		default:
			turns = n
		}
	} else {
		loop = nil
	}
	for i := range turns {
		if d.run.ctx.Err() != nil {
			return
		}
		if d.run.left--; d.run.left < 0 || d.run.empty {
			d.run.limit(b)
			return
		}
		turn := s
		if loop != nil {
			turn = s.turn(s.text(loop.GetFold("name")), i, true)
		}
		u, problem := d.unit(b, turn, up)
		if d.run.empty {
			d.run.limit(b)
			return
		}
		if problem != "" {
			d.run.refuse(b, problem, help)
			continue
		}
		if loop != nil && b.symbol != "" {
			u.symbol += "[" + strconv.Itoa(i) + "]"
		}
		d.units = append(d.units, u)
		for _, c := range b.children {
			d.repeat(c, turn, u)
		}
	}
}

// unit evaluates what a block is called. The second result says what is wrong with it.
func (d *deployment) unit(b *block, s scope, up *unit) (*unit, string) {
	u := &unit{block: b, d: d, in: s, symbol: b.symbol}
	for _, of := range []string{"import", "extension"} {
		if ext := b.node.GetFold(of); ext != nil {
			return nil, fmt.Sprintf("it is a resource of the extension %s and not of Azure Resource Manager, which is not read", clip(ext.Str()))
		}
	}
	kind, name := b.node.GetFold("type"), b.node.GetFold("name")
	switch {
	case kind == nil:
		return nil, "it has no type"
	case name == nil:
		return nil, "it has no name"
	}
	k := s.value(kind)
	if k.Kind != lang.String || k.Why != "" || k.Text == "" {
		return nil, "its type is no text that is known here"
	}
	u.kind, u.name = strings.Trim(strings.TrimSpace(k.Text), "/"), s.value(name)
	if u.name.Kind != lang.String && u.name.Kind != lang.Open && u.name.Kind != lang.Int {
		return nil, "its name is no text"
	}
	text := u.name.Str()
	if u.name.Secure {
		text = evidence.Left(unbraced(strings.Trim(name.Text, "[]")))
	}
	u.names = split(d.run.settle(text))
	if u.name.Known() && !u.name.Secure && len(text) <= 200 && b.node.GetFold("copy") == nil {
		b.name = text
	}
	if up != nil {
		u.below(up)
	}
	return u, u.identify()
}

// below completes type and name of a block that stands inside of another (child-resource-name-type).
func (u *unit) below(up *unit) {
	first, _, nested := strings.Cut(u.kind, "/")
	if nested && strings.Contains(first, ".") {
		if len(u.names) < strings.Count(u.kind, "/") {
			u.names = append(append([]string{}, up.names...), u.names...)
		}
	} else {
		u.kind = up.kind + "/" + u.kind
		u.names = append(append([]string{}, up.names...), u.names...)
	}
	u.base = up.base
}

// tenantKinds begin the types of what stands above all subscriptions, wherever it is deployed from.
var tenantKinds = []string{"microsoft.management/managementgroups", "microsoft.subscription/aliases", "microsoft.billing/"}

// identify makes the id from the place, the type and the name.
func (u *unit) identify() string {
	kinds := strings.Split(u.kind, "/")
	if len(kinds) < 2 || kinds[0] == "" {
		return "its type has no namespace"
	}
	if problem := u.pair(len(kinds) - 1); problem != "" {
		return problem
	}
	u.place()
	var path string
	switch low := strings.ToLower(u.kind); low {
	case "microsoft.resources/resourcegroups":
		path = u.target.scopeID("subscription") + "/resourceGroups/" + evidence.Segment(u.names[0])
	case "microsoft.resources/subscriptions":
		path = "/subscriptions/" + evidence.Segment(u.names[0])
	case "microsoft.resources/subscriptions/resourcegroups":
		path = "/subscriptions/" + evidence.Segment(u.names[0]) + "/resourceGroups/" + evidence.Segment(u.names[1])
	default:
		path = u.base + "/providers/" + kinds[0]
		for i, k := range kinds[1:] {
			path += "/" + k + "/" + evidence.Segment(u.names[i])
		}
	}
	u.id = path
	if arm, ok := evidence.ParseARM(path); !ok || arm.Name == "" {
		return "its type and its name make no id"
	}
	return ""
}

// pair sees to it that there is a name for each type. A name that is not known may stand for several.
func (u *unit) pair(want int) string {
	have := len(u.names)
	for _, n := range u.names {
		if strings.TrimSpace(n) == "" {
			return "a part of its name is empty"
		}
	}
	if have < want && evidence.HasLeft(u.names[0]) {
		padded := make([]string, 0, want)
		for range want - have {
			padded = append(padded, u.names[0])
		}
		u.names = append(padded, u.names...)
		return ""
	}
	if have != want {
		return fmt.Sprintf("its name has %d parts, and its type needs %d", have, want)
	}
	return ""
}

// place finds what the unit is deployed to: of an extension its scope, of a deployment the place that it names
// (scope-extension-resources, deploy-to-resource-group).
func (u *unit) place() {
	around := u.d.target
	u.target = around
	if strings.EqualFold(u.kind, deploymentType) {
		u.target = u.in.targetOf(u.block.node, around)
		u.base = u.target.id()
		return
	}
	node := u.block.node
	if node.GetFold("resourceGroup") != nil || node.GetFold("subscriptionId") != nil { // what exists elsewhere
		u.base = u.in.targetOf(node, around).id()
		return
	}
	if scope := node.GetFold("scope"); scope != nil && scope.Kind == tree.String {
		u.base = u.in.scopePath(scope, around)
		return
	}
	if u.base != "" {
		return // that of what it stands in
	}
	u.base = around.id()
	for _, k := range tenantKinds {
		if low := strings.ToLower(u.kind); low == k || strings.HasPrefix(low, strings.TrimSuffix(k, "/")+"/") {
			u.base = ""
		}
	}
}

// scopePath is the id that a scope property means: an id, "/" for the tenant, or type and name of a resource
// beside it. A scope that is not known is a blank.
func (s scope) scopePath(node *tree.Value, around target) string {
	v := s.value(node)
	text := s.d.run.settle(v.Str())
	switch {
	case v.Kind != lang.String && v.Kind != lang.Open || text == "" || v.Secure:
		return around.id()
	case text == "/":
		return ""
	case strings.HasPrefix(text, "/"):
		return segments(text)
	}
	if first, _, below := strings.Cut(outside(text), "/"); v.Kind == lang.Open || !below || !strings.Contains(first, ".") {
		return around.id() + "/providers/" + evidence.Blank("scope") + "/scopes/" + evidence.Segment(text)
	}
	if len(text) > len(managementPath)-11 && strings.EqualFold("/providers/"+text[:len(managementPath)-11], managementPath) {
		return "/providers/" + segments(text)
	}
	return around.id() + "/providers/" + segments(text)
}

// segments makes open parts of an id blank.
func segments(text string) string {
	parts := split(strings.TrimRight(text, "/"))
	for i := range parts {
		if evidence.HasLeft(parts[i]) {
			parts[i] = evidence.Segment(parts[i])
		}
	}
	return strings.Join(parts, "/")
}

// targetOf is where a deployment goes.
func (s scope) targetOf(node *tree.Value, around target) (t target) {
	t = around
	value := func(name string) (lang.Value, bool) {
		n := node.GetFold(name)
		if n == nil || n.Kind == tree.Null {
			return lang.Value{}, false
		}
		v := s.value(n)
		return v, v.Kind == lang.String && v.Text != "" || v.Kind == lang.Open
	}
	defer func() {
		if t.group.segment != around.group.segment || t.subscription.segment != around.subscription.segment {
			t.location = "" // another group may be elsewhere
		}
	}()
	if v, ok := value("scope"); ok {
		return s.scopeTarget(v, around)
	}
	if v, ok := value("subscriptionId"); ok {
		t.subscription, t.level = at(v, around.subscription), subscriptionLevel
	}
	if v, ok := value("resourceGroup"); ok {
		t.group, t.level = at(v, around.group), groupLevel
	}
	return t
}

// scopeTarget is the place that the id in a deployment's scope names.
func (s scope) scopeTarget(v lang.Value, around target) target {
	t := around
	text := s.d.run.settle(v.Str())
	parts := split(strings.Trim(text, "/"))
	is := func(i int, name string) bool { return len(parts) > i+1 && strings.EqualFold(parts[i], name) }
	named := func(i int) place {
		p := lang.Str(parts[i])
		if evidence.HasLeft(parts[i]) {
			p = lang.Unknown(strings.TrimSuffix(strings.TrimPrefix(parts[i], "${"), "}"), v.Why)
		}
		return at(p, around.subscription, around.group, around.managed)
	}
	if is(0, "providers") {
		parts = parts[1:]
	}
	switch {
	case text == "/":
		t.level = tenantLevel
	case is(0, "subscriptions"):
		t.level, t.subscription = subscriptionLevel, named(1)
		if is(2, "resourceGroups") {
			t.level, t.group = groupLevel, named(3)
		}
	case is(0, "Microsoft.Management") && is(1, "managementGroups"):
		t.level, t.managed = managementLevel, named(2)
	default:
		t.level, t.managed = managementLevel, at(v)
	}
	return t
}
