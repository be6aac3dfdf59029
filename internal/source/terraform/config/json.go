package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// fromJSON reads the JSON syntax (developer.hashicorp.com/terraform/language/syntax/json) into the blocks of the native one.
func (r *reader) fromJSON(in *text) ([]*block, hcl.Diagnostics) {
	root, diags := json.ParseExpression(in.bytes, in.name)
	if diags.HasErrors() {
		return nil, diags
	}
	j := jsonFile{r: r, in: in}
	var all []*block
	for _, m := range j.members(root) {
		if m.name != "//" {
			all = j.labelled(all, m.name, nil, topLabels[m.name], m)
		}
	}
	return all, diags
}

// topLabels is how many labels the blocks of a module have.
var topLabels = map[string]int{
	"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "check": 1,
	"locals": 0, "terraform": 0, "moved": 0, "removed": 0, "import": 0,
}

type jsonFile struct {
	r  *reader
	in *text
}

// member is a name and a value of a JSON object.
type member struct {
	name  string
	value hcl.Expression
	at    spot
}

// members returns those of an object, or of all the objects of an array.
func (j *jsonFile) members(e hcl.Expression) []member {
	var all []member
	if list := listOf(e); list != nil {
		for _, item := range list {
			all = append(all, j.members(item)...)
		}
		return all
	}
	for _, p := range pairsOf(e) {
		name, _ := p.Key.Value(nil)
		if name.Type() == cty.String && name.IsKnown() && !name.IsNull() {
			all = append(all, member{name.AsString(), p.Value, j.in.spot(p.Key.Range().Start)})
		}
	}
	return all
}

func listOf(e hcl.Expression) []hcl.Expression {
	if l, ok := e.(interface{ ExprList() []hcl.Expression }); ok {
		return l.ExprList()
	}
	return nil
}

func pairsOf(e hcl.Expression) []hcl.KeyValuePair {
	if m, ok := e.(interface{ ExprMap() []hcl.KeyValuePair }); ok {
		return m.ExprMap()
	}
	return nil
}

// labelled adds the blocks of a kind: an object for each label, and at the end an object, or an array of
// objects, for each block.
func (j *jsonFile) labelled(all []*block, kind string, labels []string, more int, m member) []*block {
	if more > 0 {
		for _, inner := range j.members(m.value) {
			if inner.name != "//" {
				all = j.labelled(all, kind, append(labels[:len(labels):len(labels)], inner.name), more-1, inner)
			}
		}
		return all
	}
	for _, body := range asList(m.value) {
		b := &block{kind: kind, labels: labels, in: j.in, at: m.at}
		managed := kind == "resource" || kind == "data" && len(labels) == 2
		for _, inner := range j.members(body) {
			j.place(b, inner, managed, kind)
		}
		all = append(all, b)
	}
	return all
}

// place adds a member of an object to the block that the object is. Without the schemas of providers an object in a
// resource may be a nested block or a map; what is usually a map is told by its name.
func (j *jsonFile) place(b *block, m member, managed bool, kind string) {
	switch {
	case m.name == "//":
	case kind == "check" && m.name == "data":
		b.blocks = j.labelled(b.blocks, "data", nil, 2, m)
	case kind == "terraform" && m.name == "required_providers", managed && metaBlocks[m.name]:
		b.blocks = j.labelled(b.blocks, m.name, nil, 0, m)
	case managed && m.name == "dynamic":
		for _, d := range j.members(m.value) {
			j.dynamic(b, d)
		}
	case managed && !metaArguments[m.name] && !usuallyMaps[m.name] && j.blockLike(m.value):
		for _, body := range asList(m.value) {
			b.blocks = append(b.blocks, j.nested(m.name, body, m.at))
		}
	case kind == "variable" && m.name == "default":
		b.attrs = append(b.attrs, j.verbatim(m))
	default:
		b.attrs = append(b.attrs, j.attribute(m))
	}
}

func (j *jsonFile) nested(kind string, body hcl.Expression, at spot) *block {
	b := &block{kind: kind, in: j.in, at: at}
	for _, m := range j.members(body) {
		j.place(b, m, true, kind)
	}
	return b
}

func (j *jsonFile) dynamic(b *block, d member) {
	for _, body := range asList(d.value) {
		dyn := &block{kind: "dynamic", labels: []string{d.name}, in: j.in, at: d.at}
		for _, m := range j.members(body) {
			if m.name == "content" {
				for _, c := range asList(m.value) {
					dyn.blocks = append(dyn.blocks, j.nested("content", c, m.at))
				}
				continue
			}
			dyn.attrs = append(dyn.attrs, j.attribute(m))
		}
		b.blocks = append(b.blocks, dyn)
	}
}

func asList(e hcl.Expression) []hcl.Expression {
	if l := listOf(e); l != nil {
		return l
	}
	return []hcl.Expression{e}
}

// blockLike reports whether a value is an object, or an array of nothing but objects.
func (j *jsonFile) blockLike(e hcl.Expression) bool {
	list := listOf(e)
	for _, item := range list {
		if pairsOf(item) == nil {
			return false
		}
	}
	return len(list) > 0 || pairsOf(e) != nil
}

// usuallyMaps are arguments of well-known providers that are maps or objects, not blocks.
var usuallyMaps = map[string]bool{
	"tags": true, "tags_all": true, "labels": true, "annotations": true, "app_settings": true, "metadata_map": true,
	"environment_variables": true, "variables": true, "parameters": true, "headers": true, "data": true, "string_data": true,
	"binary_data": true, "match_labels": true, "selector": true, "node_selector": true, "limits": true, "requests": true,
	"triggers": true, "keepers": true, "input": true, "body": true, "output": true, "query": true, "values": true,
	"sensitive_body": true, "response_export_values": true, "node_labels": true, "resource_labels": true, "user_labels": true,
	"database_flags_map": true, "tags_map": true, "request_parameters": true, "response_parameters": true,
	"properties": true, "options": true, "connection_properties": true, "default_arguments": true, "attributes": true,
	"manifest": true, "object": true, "claims": true, "arguments": true, "dimensions_map": true, "workflow_parameters": true,
}

// metaArguments and metaBlocks are what Terraform itself understands in a resource.
var (
	metaArguments = map[string]bool{"count": true, "for_each": true, "provider": true, "depends_on": true, "providers": true}
	metaBlocks    = map[string]bool{
		"lifecycle": true, "connection": true, "provisioner": true, "action_trigger": true,
	}
)

func (j *jsonFile) attribute(m member) *attribute {
	return &attribute{
		name: m.name, raw: m.value, expr: j.expression(m.value), in: j.in, at: j.in.spot(m.value.Range().Start), traced: true,
	}
}

// expression turns a JSON value into an expression of the native syntax, already traced: a string is a template.
func (j *jsonFile) expression(e hcl.Expression) hclsyntax.Expression {
	at := j.in.spot(e.Range().Start)
	if list := listOf(e); list != nil {
		t := &hclsyntax.TupleConsExpr{SrcRange: e.Range(), OpenRange: e.StartRange()}
		for _, item := range list {
			t.Exprs = append(t.Exprs, j.expression(item))
		}
		return &traced{Expression: t, r: j.r, in: j.in, at: at}
	}
	if pairs := pairsOf(e); pairs != nil {
		o := &hclsyntax.ObjectConsExpr{SrcRange: e.Range(), OpenRange: e.StartRange()}
		for _, p := range pairs {
			o.Items = append(o.Items, hclsyntax.ObjectConsItem{
				KeyExpr:   &hclsyntax.ObjectConsKeyExpr{Wrapped: j.expression(p.Key), ForceNonLiteral: true},
				ValueExpr: j.expression(p.Value),
			})
		}
		return &traced{Expression: o, r: j.r, in: j.in, at: at}
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || !v.IsKnown() || v.IsNull() {
		return &traced{Expression: literal(v, e.Range()), r: j.r, in: j.in, at: at, limit: wide(v)}
	}
	s := v.AsString()
	if deepTemplate(s) {
		return &traced{Expression: literal(cty.DynamicVal, e.Range()), r: j.r, in: j.in, at: at, limit: true}
	}
	// Places within the string are not told: of its escapes nothing is left.
	in := &text{name: j.in.name, bytes: []byte(s)}
	expr, diags := hclsyntax.ParseTemplate(in.bytes, in.name, hcl.Pos{Line: e.Range().Start.Line, Column: 1})
	if diags.HasErrors() {
		expr = &hclsyntax.ExprSyntaxError{Placeholder: cty.DynamicVal, ParseDiags: diags, SrcRange: hcl.Range{
			Filename: in.name, End: hcl.Pos{Byte: len(s)},
		}}
	}
	return j.r.trace(expr, in, at)
}

func literal(v cty.Value, r hcl.Range) hclsyntax.Expression {
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: r}
}

// valuesFromJSON reads a .tfvars.json: texts are texts there, not templates.
func (r *reader) valuesFromJSON(in *text) []*attribute {
	root, diags := json.ParseExpression(in.bytes, in.name)
	r.syntax(in, diags)
	if diags.HasErrors() {
		return nil
	}
	j := jsonFile{r: r, in: in}
	var attrs []*attribute
	for _, m := range j.members(root) {
		if m.name != "//" {
			attrs = append(attrs, j.verbatim(m))
		}
	}
	return attrs
}

// verbatim reads a value whose texts are no templates: that of a variable.
func (j *jsonFile) verbatim(m member) *attribute {
	v, diags := m.value.Value(nil)
	if diags.HasErrors() {
		v = cty.DynamicVal
	}
	return &attribute{name: m.name, raw: m.value, expr: literal(v, m.value.Range()), in: j.in, at: m.at}
}
