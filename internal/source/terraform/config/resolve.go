package config

import (
	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// resolve returns the value of a reference (developer.hashicorp.com/terraform/language/expressions/references).
func (r *reader) resolve(ctx *hcl.EvalContext, t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	root := t.RootName()
	for c := ctx; c != nil; c = c.Parent() {
		if v, ok := c.Variables[root]; ok {
			return r.follow(v, t[1:])
		}
	}
	if ctx == nil {
		return cty.DynamicVal, fail("Variables not allowed", t.SourceRange())
	}
	s := r.scope
	switch root {
	case "var", "local", "module", "path", "terraform", "tofu":
		if len(t) < 2 || nameAt(t, 1) == "" {
			return cty.DynamicVal, fail("Invalid reference", t.SourceRange())
		}
	}
	switch root {
	case "var":
		if v := s.module.variables[nameAt(t, 1)]; v != nil {
			return r.follow(r.variableValue(s, v), t[2:])
		}
		return cty.DynamicVal, fail("Reference to undeclared input variable", t.SourceRange())
	case "local":
		if v, ok := r.local(s, nameAt(t, 1)); ok {
			return r.follow(v, t[2:])
		}
		return cty.DynamicVal, fail("Reference to undeclared local value", t.SourceRange())
	case "module":
		return r.resolveModule(s, t)
	case "path":
		return r.resolvePath(s, t)
	case "terraform", "tofu":
		return r.resolveTerraform(t)
	case "each", "count":
		return cty.DynamicVal, fail(`Reference to "`+root+`" where there is none`, t.SourceRange())
	case "self":
		return r.follow(openValue(cty.DynamicPseudoType, &open{text: "self", reason: evidence.UnknownRuntime}), t[1:])
	case "ephemeral":
		return r.follow(openValue(cty.DynamicPseudoType, &open{text: "ephemeral", reason: evidence.UnknownSecret}), t[1:])
	case "data":
		if len(t) < 3 {
			return cty.DynamicVal, fail("Invalid reference", t.SourceRange())
		}
		return r.resolveResource(s, "data."+nameAt(t, 1)+"."+nameAt(t, 2), t, 3)
	case "resource":
		if len(t) < 3 {
			return cty.DynamicVal, fail("Invalid reference", t.SourceRange())
		}
		return r.resolveResource(s, nameAt(t, 1)+"."+nameAt(t, 2), t, 3)
	}
	if len(t) < 2 {
		return cty.DynamicVal, fail("Invalid reference", t.SourceRange())
	}
	return r.resolveResource(s, root+"."+nameAt(t, 1), t, 2)
}

// nameAt returns the name of a step .name, or "".
func nameAt(t hcl.Traversal, i int) string {
	if i < len(t) {
		if a, ok := t[i].(hcl.TraverseAttr); ok {
			return a.Name
		}
	}
	return ""
}

func (r *reader) resolveResource(s *scope, key string, t hcl.Traversal, from int) (cty.Value, hcl.Diagnostics) {
	g := r.groupOf(s, key)
	if g == nil {
		return cty.DynamicVal, fail("Reference to undeclared resource", t.SourceRange())
	}
	rest := t[from:]
	if g.state == 1 {
		return r.circular(key, about{g.block.in, g.block.at.line, s.within(key)}), nil
	}
	switch g.how.kind {
	case single:
		if len(g.how.keys) == 0 {
			return r.follow(cty.NullVal(cty.DynamicPseudoType), rest) // disabled
		}
	case unknownNumber:
	default:
		return r.resolveInstance(g, rest)
	}
	if len(g.order) == 0 {
		return r.follow(openValue(cty.DynamicPseudoType, &open{text: key, reason: limitReason}), rest)
	}
	return r.follow(g.order[0].root.value(g.how.kind == unknownNumber), rest)
}

// resolveInstance follows a reference to one of several instances, or to all of them.
func (r *reader) resolveInstance(g *group, rest hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	if len(rest) > 0 {
		if x, ok := rest[0].(hcl.TraverseIndex); ok {
			if i := g.byKey[keyText(x.Key)]; i != nil {
				return r.follow(i.root.value(false), rest[1:])
			}
		}
	}
	return r.follow(g.all(), rest)
}

// keyText writes an index as it stands in addresses. A number as text is taken for the number.
func keyText(key cty.Value) string {
	if key.Type() == cty.String {
		return "[" + Quote(key.AsString()) + "]"
	}
	return "[" + literalText(key) + "]"
}

// all returns the instances as one value: a tuple with count, an object with for_each.
func (g *group) all() cty.Value {
	if g.whole != nil {
		return *g.whole
	}
	var v cty.Value
	if g.how.kind == counted {
		list := make([]cty.Value, len(g.order))
		for i, inst := range g.order {
			list[i] = inst.root.value(false)
		}
		v = cty.TupleVal(list)
	} else {
		m := make(map[string]cty.Value, len(g.order))
		for _, inst := range g.order {
			m[inst.key.key.AsString()] = inst.root.value(false)
		}
		v = cty.ObjectVal(m)
	}
	g.whole = &v
	return v
}

func (r *reader) resolveModule(s *scope, t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	name, rest := nameAt(t, 1), t[2:]
	g := r.callingOf(s, name)
	if g == nil {
		return cty.DynamicVal, fail("Reference to undeclared module", t.SourceRange())
	}
	if g.state == 1 {
		return r.circular("module."+name, about{g.block.in, g.block.at.line, s.within("module." + name)}), nil
	}
	if g.unread {
		return r.follow(openValue(cty.DynamicPseudoType, &open{text: "module." + name, reason: evidence.UnknownModule}), rest)
	}
	if g.how.kind == single && len(g.how.keys) == 0 {
		return r.follow(cty.NullVal(cty.DynamicPseudoType), rest) // disabled
	}
	if g.how.kind == single && len(g.order) == 1 {
		return r.resolveOutput(g.order[0], rest, t)
	}
	if len(rest) > 0 {
		if x, ok := rest[0].(hcl.TraverseIndex); ok {
			key := keyText(x.Key)
			if g.how.kind == unknownNumber {
				key = someKey
			}
			if inner := g.byKey[key]; inner != nil {
				return r.resolveOutput(inner, rest[1:], t)
			}
			return cty.DynamicVal, fail("Invalid index", t.SourceRange())
		}
	}
	return r.follow(r.allOutputs(g), rest)
}

func (r *reader) resolveOutput(s *scope, rest, t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	if name := nameAt(rest, 0); name != "" {
		v, ok := r.output(s, name)
		if !ok {
			return cty.DynamicVal, fail("Unsupported attribute", t.SourceRange())
		}
		return r.follow(v, rest[1:])
	}
	return r.follow(r.outputObject(s), rest)
}

// allOutputs returns the outputs of all instances of a module.
func (r *reader) allOutputs(g *calling) cty.Value {
	switch g.how.kind {
	case counted:
		list := make([]cty.Value, len(g.order))
		for i, s := range g.order {
			list[i] = r.outputObject(s)
		}
		return cty.TupleVal(list)
	case forEach:
		m := map[string]cty.Value{}
		for i, s := range g.order {
			m[g.how.keys[i].key.AsString()] = r.outputObject(s)
		}
		return cty.ObjectVal(m)
	}
	return openValue(cty.DynamicPseudoType, &open{text: "module." + g.name, reason: g.how.why})
}

func (r *reader) resolvePath(s *scope, t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	var v cty.Value
	switch nameAt(t, 1) {
	case "module":
		v = cty.StringVal(relative(r.Dir, s.dir))
	case "root":
		v = cty.StringVal(".")
	case "cwd":
		v = openValue(cty.String, &open{text: "path.cwd", reason: evidence.UnknownRuntime})
	default:
		return cty.DynamicVal, fail(`Invalid "path" attribute`, t.SourceRange())
	}
	return r.follow(v, t[2:])
}

func (r *reader) resolveTerraform(t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	switch nameAt(t, 1) {
	case "workspace":
		return r.follow(cty.StringVal("default"), t[2:])
	case "applying":
		return r.follow(openValue(cty.Bool, &open{text: "terraform.applying", reason: evidence.UnknownRuntime}), t[2:])
	}
	return cty.DynamicVal, fail(`Invalid "terraform" attribute`, t.SourceRange())
}

// follow takes steps into a value. Into what is not known they are taken as far as the code goes.
func (r *reader) follow(v cty.Value, t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	for _, step := range t {
		if o := openOf(v); o != nil {
			next, diags := r.followOpen(v, o, step)
			if diags.HasErrors() {
				return cty.DynamicVal, diags
			}
			v = next
			continue
		}
		var diags hcl.Diagnostics
		switch x := step.(type) {
		case hcl.TraverseAttr:
			v, diags = hcl.GetAttr(v, x.Name, x.SrcRange.Ptr())
		case hcl.TraverseIndex:
			v, diags = hcl.Index(v, x.Key, x.SrcRange.Ptr())
		default:
			return cty.DynamicVal, fail("Unsupported operator", step.SourceRange())
		}
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
	}
	return v, nil
}

func (r *reader) followOpen(v cty.Value, o *open, step hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	name, index, text := "", cty.NilVal, ""
	switch x := step.(type) {
	case hcl.TraverseAttr:
		name, text = x.Name, "."+x.Name
	case hcl.TraverseIndex:
		index, text = x.Key, indexStep(x.Key)
		if x.Key.Type() == cty.String && x.Key.IsKnown() && !x.Key.IsNull() {
			name = x.Key.AsString()
		}
	default:
		return cty.DynamicVal, fail("Unsupported operator", step.SourceRange())
	}
	marks := withoutOpen(v)
	switch {
	case o.of == nil:
		next := *o
		next.text, next.template, next.loose = o.inside()+text, false, false
		return openValue(typeAfter(v.Type(), name), &next).WithMarks(marks), nil
	case o.many && index != cty.NilVal:
		return o.of.value(false).WithMarks(marks), nil
	case name != "":
		return r.member(o.of, name).WithMarks(marks), nil
	}
	return cty.DynamicVal, fail("Invalid index", step.SourceRange())
}

// typeAfter is the type that a step into an unknown value leads to.
func typeAfter(ty cty.Type, name string) cty.Type {
	switch {
	case ty.IsObjectType() && ty.HasAttribute(name):
		return ty.AttributeType(name)
	case ty.IsMapType() || ty.IsListType():
		return ty.ElementType()
	}
	return cty.DynamicPseudoType
}
