package arm

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// emit hands on everything that the deployment makes, in the order of its template.
func (d *deployment) emit() error {
	for _, u := range d.expand() {
		if err := d.run.ctx.Err(); err != nil {
			return err
		}
		if err := u.emit(); err != nil {
			return err
		}
	}
	return d.run.ctx.Err()
}

func (u *unit) emit() error {
	b := u.block
	if u.d.run.empty {
		u.d.run.limit(b)
		return nil
	}
	if u.existing() {
		b.met(referenced)
		return nil
	}
	switch c, ok := u.condition(); {
	case !ok:
		u.d.run.refuse(b, "its condition is neither true nor false", help)
		return nil
	case c.Kind != lang.Bool:
		b.unsure++
		b.cause = c.Reason()
	case !c.Bool:
		b.met(skipped)
		if b.inner != nil {
			sweep(b.inner.blocks, skipped)
		}
		return nil
	}
	if !b.isDeployment() {
		b.met(emitted)
		return u.d.run.out.Resource(u.draft())
	}
	inner, why := u.deployment()
	if why != nil {
		if why.reason == "" {
			b.met(refused)
			return nil
		}
		u.d.run.refuse(b, why.reason, why.help)
		return nil
	}
	b.met(expanded)
	return inner.emit()
}

// existing: the block only names what is declared elsewhere (languageVersion 2.0).
func (u *unit) existing() bool {
	node := u.block.node.GetFold("existing")
	return node != nil && u.in.value(node).Bool
}

// condition says whether the unit is deployed; it is open where that is not known. Below a resource whose condition is
// false others are deployed all the same (conditional-resource-deployment).
func (u *unit) condition() (lang.Value, bool) {
	node := u.block.node.GetFold("condition")
	if node == nil {
		return lang.Truth(true), true
	}
	v := u.in.value(node)
	if v.Kind == lang.String && v.Why == "" && (strings.EqualFold(v.Text, "true") || strings.EqualFold(v.Text, "false")) {
		v = lang.Truth(strings.EqualFold(v.Text, "true"))
	}
	return v, v.Kind == lang.Bool || v.Kind == lang.Open || v.Kind == lang.String && v.Why != ""
}

// structure are the members that say how to deploy a resource and not what it is.
var structure = map[string]bool{"copy": true, "condition": true, "resources": true, "dependson": true, "existing": true, "name": true, "id": true}

// spelling is how the API spells the members of a resource, whose names templates may write in any case.
var spelling = func() map[string]string {
	m := map[string]string{}
	for n := range strings.FieldsSeq("type apiVersion location tags kind sku plan identity properties zones scope managedBy extendedLocation") {
		m[strings.ToLower(n)] = n
	}
	return m
}()

// draft makes the resource with everything in it evaluated.
func (u *unit) draft() evidence.Draft {
	arm, _ := evidence.ParseARM(u.id)
	node := u.block.node
	b := builder{run: u.d.run, settle: u.d.run.settle}
	name := node.GetFold("name")
	last := u.names[len(u.names)-1]
	if lang.IsExpression(name.Text) {
		b.note("name", source(name), u.d.run.reason(last, u.name.Reason()))
	}
	props := tree.Value{Kind: tree.Object, Line: node.Line, Column: node.Column}
	add := func(name string, v tree.Value) {
		props.Members = append(props.Members, tree.Member{Name: name, Value: v})
	}
	add("id", tree.Value{Kind: tree.String, Text: u.id, Line: name.Line, Column: name.Column})
	add("name", tree.Value{Kind: tree.String, Text: last, Line: name.Line, Column: name.Column})
	for i := range node.Members {
		m := &node.Members[i]
		low := foldName(m.Name)
		if structure[low] {
			continue
		}
		key := m.Name
		if s := spelling[low]; s != "" {
			key = s
		}
		v := b.tree(u.in, &m.Value, tree.Path("").Key(key))
		if key == "type" {
			v.Text = u.apiType()
		}
		add(key, v)
	}
	if v := u.dependencies(); len(v.Items) > 0 {
		add("$dependencies", v)
	}
	d := evidence.Draft{
		ID: evidence.NormalizeARM(u.id), Form: evidence.ARM, Provider: "azure", Type: arm.Type, Name: last, Scope: arm.Scope(),
		Side: evidence.Declared, Props: props, Sensitive: b.sensitive, Expressions: b.exprs,
		Origin: evidence.Origin{Input: u.block.tmpl.file.name, Line: int(node.Line), Path: u.block.path, Address: u.symbol},
	}
	if d.Origin.Input != u.d.run.in.Name {
		d.Origin.Root = u.d.run.in.Name
	}
	d.Location = strings.ReplaceAll(strings.ToLower(b.known(props.Get("location"), "location")), " ", "")
	for _, m := range props.Get("tags").Fields() {
		if text := b.known(&m.Value, tree.Path("tags").Key(m.Name)); text != "" && !evidence.HasLeft(m.Name) {
			if d.Tags == nil {
				d.Tags = map[string]string{}
			}
			d.Tags[m.Name] = text
		}
	}
	return d
}

// apiType is the type as the API says it: whole, and of an extension its own.
func (u *unit) apiType() string {
	kinds := strings.Split(u.kind, "/")
	for i := len(kinds) - 1; i > 0; i-- {
		if strings.EqualFold(kinds[i], "providers") {
			return u.names[i-1] + "/" + strings.Join(kinds[i+1:], "/")
		}
	}
	return u.kind
}

// source is the text of an expression without its brackets.
func source(v *tree.Value) string { return strings.TrimSpace(v.Text[1 : len(v.Text)-1]) }

// reason is why a text is open, when it is. An id of which only the subscription and the group that the input is deployed to are
// open, as in every id of it, names its resource all the same: it is told. The id of that scope itself is not.
func (r *run) reason(text string, why evidence.Unknown) evidence.Unknown {
	blank := evidence.Blank(r.in.Name)
	rest := strings.NewReplacer("/subscriptions/"+blank, "", "/resourceGroups/"+blank, "", "/resourcegroups/"+blank, "").Replace(text)
	if evidence.HasLeft(text) || evidence.HasBlank(rest) || rest == "" {
		return why
	}
	return ""
}

// builder makes the properties of one draft.
type builder struct {
	run       *run
	settle    func(string) string
	nodes     int
	exprs     []evidence.Expression
	sensitive []tree.Path
}

// maxNodesInDraft bounds one resource; those that Azure takes are far below.
const maxNodesInDraft = 100_000

// room reports whether n more values may be made.
func (b *builder) room(r *run, n int) bool {
	if n > maxNodesInDraft-b.nodes {
		r.full = true
		return false
	}
	b.nodes += n
	return r.room(n)
}

func (b *builder) note(at tree.Path, text string, why evidence.Unknown) {
	b.exprs = append(b.exprs, evidence.Expression{Path: at, Text: text, Unresolved: why})
}

// tree evaluates what stands at a place and remembers what was an expression there.
func (b *builder) tree(s scope, v *tree.Value, at tree.Path) tree.Value {
	if !b.room(s.d.run, 1) {
		return b.leaf(tooMuch(), v, "", at)
	}
	out := tree.Value{Kind: v.Kind, Text: v.Text, Line: v.Line, Column: v.Column}
	switch v.Kind {
	case tree.String:
		if lang.IsExpression(v.Text) {
			return b.result(s, s.expression(v), v, source(v), at)
		}
		out.Text = lang.Literal(v.Text)
	case tree.Array:
		out.Items = make([]tree.Value, len(v.Items))
		for i := range v.Items {
			out.Items[i] = b.tree(s, &v.Items[i], at.Index(i))
		}
	case tree.Object:
		var seen names
		out.Members = make([]tree.Member, 0, len(v.Members))
		s.parts(v, func(p part) {
			i, again := seen.place(p.name, p.made(), len(out.Members))
			if !again {
				i, out.Members = len(out.Members), append(out.Members, tree.Member{Name: p.name})
			}
			out.Members[i].Value = b.part(p, v, at.Key(p.name))
		})
	}
	return out
}

// part makes one member.
func (b *builder) part(p part, object *tree.Value, at tree.Path) tree.Value {
	if p.key != nil && !(p.node.Kind == tree.String && lang.IsExpression(p.node.Text)) {
		b.note(at, p.key.text, p.key.why)
	}
	switch {
	case p.open != nil:
		place := object
		if p.node != nil {
			place = p.node
		}
		return b.result(p.in, *p.open, place, p.open.Text, at)
	case p.turns < 0:
		return b.tree(p.in, p.node, at)
	}
	out := tree.Value{Kind: tree.Array, Items: make([]tree.Value, p.turns), Line: p.node.Line, Column: p.node.Column}
	for i := range out.Items {
		out.Items[i] = b.tree(p.in.turn(p.label, i, false), p.node, at.Index(i))
	}
	return out
}

// result is the value of an expression at its place: all of it stands where the expression stands.
func (b *builder) result(s scope, val lang.Value, place *tree.Value, text string, at tree.Path) tree.Value {
	if n := val.Size(); n > 1 && !b.room(s.d.run, n) {
		val = tooMuch()
	}
	return b.leaf(val, place, text, at)
}

// leaf puts a value at its place.
func (b *builder) leaf(val lang.Value, place *tree.Value, text string, at tree.Path) tree.Value {
	if val.Kind != lang.Array && val.Kind != lang.Object {
		b.note(at, text, b.why(&val))
	} else {
		b.note(at, text, "")
		if !val.Known() {
			b.openBelow(&val, text, at)
		}
	}
	if val.HasSecure() {
		b.secureBelow(&val, at)
	}
	out := val.Tree()
	b.stamp(&out, place)
	return out
}

// openBelow notes the leaves of a value that are not known, with the text of the whole.
func (b *builder) openBelow(v *lang.Value, text string, at tree.Path) {
	for i := range v.Items {
		b.openLeaf(&v.Items[i], text, at.Index(i))
	}
	for i := range v.Members {
		b.openLeaf(&v.Members[i].Value, text, at.Key(v.Members[i].Name))
	}
}

func (b *builder) openLeaf(v *lang.Value, text string, at tree.Path) {
	switch {
	case v.Known():
	case v.Kind == lang.Array || v.Kind == lang.Object:
		b.openBelow(v, text, at)
	default:
		b.note(at, text, b.why(v))
	}
}

// why is why a value that is no array and no object is open, when it is.
func (b *builder) why(v *lang.Value) evidence.Unknown {
	if v.Kind == lang.String && evidence.IsARM(v.Text) {
		return b.run.reason(b.text(v.Text), v.Why)
	}
	return v.Why
}

// text is how a text is written in properties: in an id, what is open is a segment of it.
func (b *builder) text(s string) string {
	s = b.settle(s)
	if evidence.IsARM(s) && evidence.HasLeft(s) {
		if id := segments(s); isID(id) {
			return id
		}
	}
	return s
}

func (b *builder) secureBelow(v *lang.Value, at tree.Path) {
	switch {
	case v.Listed():
	case v.Secure:
		b.sensitive = append(b.sensitive, at)
	case v.HasSecure():
		for i := range v.Items {
			b.secureBelow(&v.Items[i], at.Index(i))
		}
		for i := range v.Members {
			b.secureBelow(&v.Members[i].Value, at.Key(v.Members[i].Name))
		}
	}
}

// stamp gives all of v the place of the expression that made it, and open ids the segments of where they go.
func (b *builder) stamp(v *tree.Value, place *tree.Value) {
	v.Line, v.Column = place.Line, place.Column
	if v.Kind == tree.String {
		v.Text = b.text(v.Text)
	}
	for i := range v.Items {
		b.stamp(&v.Items[i], place)
	}
	for i := range v.Members {
		b.stamp(&v.Members[i].Value, place)
	}
}

func isID(text string) bool {
	arm, ok := evidence.ParseARM(text)
	return ok && arm.Name != ""
}

// known is the text at a path if all of it is known and none of it secure.
func (b *builder) known(v *tree.Value, at tree.Path) string {
	text := v.Str()
	if evidence.HasLeft(text) || evidence.HasBlank(text) {
		return ""
	}
	for _, p := range b.sensitive {
		if rest, below := strings.CutPrefix(string(at), string(p)); below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return ""
		}
	}
	return text
}

func unbraced(text string) string {
	if strings.Count(text, "{") == strings.Count(text, "}") {
		return text
	}
	return strings.NewReplacer("{", "(", "}", ")").Replace(text)
}
