package config

import (
	"path"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyfunction "github.com/zclconf/go-cty/cty/function"
)

// module is what the code of a directory says, whoever calls it and how often.
type module struct {
	dir       string
	variables map[string]*variable
	order     []*variable
	locals    map[string]*attribute
	outputs   map[string]*block
	outOrder  []string
	resources map[string]*resource // by type.name, data.type.name
	declared  []*resource
	calls     map[string]*call
	called    []*call
	providers []*block
	requires  map[string]string // sources of providers by their local names
	moved     []*block
	imports   []*block
	table     functions
}

type functions = map[string]ctyfunction.Function

type variable struct {
	name                 string
	at                   *block
	ty                   cty.Type
	defaults             *typeexpr.Defaults
	value                *attribute // the default
	sensitive, ephemeral bool
	nullable             bool
}

// resource is a resource or data block.
type resource struct {
	*block
	mode Mode
	key  string // type.name, data.type.name
}

// call is a module block.
type call struct {
	*block
	name string
}

func inDir(dir, name string) string { return path.Join(dir, name) }

// load reads the module of a directory once.
func (r *reader) load(dir string) *module {
	if m := r.modules[dir]; m != nil {
		return m
	}
	m := &module{
		dir: dir, variables: map[string]*variable{}, locals: map[string]*attribute{}, outputs: map[string]*block{},
		resources: map[string]*resource{}, calls: map[string]*call{}, requires: map[string]string{},
	}
	r.modules[dir] = m
	for _, b := range r.blocksOf(dir) {
		r.declare(m, b)
	}
	return m
}

// declare takes a block of a module.
func (r *reader) declare(m *module, b *block) {
	if want, known := topLabels[b.kind]; !known || len(b.labels) != want || !names(b.labels) {
		r.notUnderstood(b)
		return
	}
	switch name := b.label(0); b.kind {
	case "variable":
		if m.variables[name] == nil {
			v := r.variable(b)
			m.variables[name] = v
			m.order = append(m.order, v)
			return
		}
		r.twice(b)
	case "locals":
		for _, a := range b.attrs {
			if m.locals[a.name] == nil {
				m.locals[a.name] = a
			}
		}
	case "output":
		if m.outputs[name] == nil {
			m.outputs[name] = b
			m.outOrder = append(m.outOrder, name)
			return
		}
		r.twice(b)
	case "resource", "data":
		r.declareResource(m, b)
	case "check":
		for _, n := range b.blocks {
			if n.kind == "data" && len(n.labels) == 2 && names(n.labels) {
				r.declareResource(m, n)
			}
		}
	case "module":
		if m.calls[name] == nil {
			c := &call{b, name}
			m.calls[name] = c
			m.called = append(m.called, c)
			return
		}
		r.twice(b)
	case "provider":
		m.providers = append(m.providers, b)
	case "terraform":
		for _, n := range b.blocks {
			if n.kind == "required_providers" {
				requires(m, n)
			}
		}
	case "moved":
		m.moved = append(m.moved, b)
	case "import":
		m.imports = append(m.imports, b)
	}
}

// names reports whether all labels are names; Terraform takes no others.
func names(labels []string) bool {
	return !slices.ContainsFunc(labels, func(l string) bool { return !hclsyntax.ValidIdentifier(l) })
}

func (r *reader) declareResource(m *module, b *block) {
	res := &resource{block: b, mode: Managed, key: b.label(0) + "." + b.label(1)}
	if b.kind == "data" {
		res.mode, res.key = Data, "data."+res.key
	}
	if m.resources[res.key] != nil {
		r.twice(b)
		return
	}
	m.resources[res.key] = res
	m.declared = append(m.declared, res)
}

func (r *reader) twice(b *block) {
	r.note(Note{
		Kind: evidence.ResourceNotRead, File: b.in.name, Line: int(b.at.line), Thing: strings.Join(append([]string{b.kind}, b.labels...), " "),
		Reason: "it is declared twice in its module; the first is read", Help: "rename or remove one of the two",
	})
}

func (r *reader) notUnderstood(b *block) {
	if _, known := topLabels[b.kind]; known {
		r.note(Note{
			Kind: evidence.ResourceNotRead, File: b.in.name, Line: int(b.at.line), Thing: b.kind,
			Reason: "the block has too many or too few labels, or some that are no names", Help: "check it with `terraform validate`",
		})
		return
	}
	r.note(Note{
		Kind: evidence.ResourceNotRead, File: b.in.name, Line: int(b.at.line), Thing: b.kind,
		Reason: "blocks of this type are not known here", Help: "a newer release of c4arch may read them",
	})
}

// requires notes where providers come from; before Terraform 0.13 that was a version alone.
func requires(m *module, b *block) {
	for _, a := range b.attrs {
		for _, p := range pairsOf(a.raw) {
			if val, ok := stated(p.Value); ok && val.Type() == cty.String && keyName(p.Key) == "source" {
				m.requires[a.name] = val.AsString()
			}
		}
	}
}

// keyName returns the key of an object that is a bare name or a literal.
func keyName(e hcl.Expression) string {
	if name := hcl.ExprAsKeyword(e); name != "" {
		return name
	}
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		e = k.Wrapped
	}
	if v, ok := stated(e); ok && v.Type() == cty.String {
		return v.AsString()
	}
	return ""
}

func (r *reader) variable(b *block) *variable {
	v := &variable{name: b.label(0), at: b, ty: cty.DynamicPseudoType, nullable: true, value: b.attr("default")}
	if a := b.attr("type"); a != nil {
		var ok bool
		if v.ty, v.defaults, ok = typeOf(a); !ok {
			r.note(Note{
				Kind: evidence.ReferenceUnknown, File: b.in.name, Line: int(a.at.line), Thing: "var." + v.name,
				Reason: "its type constraint is not understood, so any type is taken", Help: "check it with `terraform validate`",
			})
		}
	}
	v.sensitive, v.ephemeral = flag(b, "sensitive", false), flag(b, "ephemeral", false)
	v.nullable = flag(b, "nullable", true)
	return v
}

// typeOf reads a type constraint. In JSON it stands in a string, which before Terraform 0.12 was so everywhere.
func typeOf(a *attribute) (cty.Type, *typeexpr.Defaults, bool) {
	e := a.raw
	if s, ok := stated(e); ok && s.Type() == cty.String {
		switch s.AsString() {
		case "list", "map":
			s = cty.StringVal(s.AsString() + "(any)")
		}
		parsed, ok := parseExpression(s.AsString())
		if !ok {
			return cty.DynamicPseudoType, nil, false
		}
		e = parsed
	}
	native, ok := e.(hclsyntax.Expression)
	if !ok || loops(native) {
		return cty.DynamicPseudoType, nil, false
	}
	ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(native)
	if diags.HasErrors() {
		return cty.DynamicPseudoType, nil, false
	}
	return ty, defaults, true
}

// parseExpression parses an expression that stands in a string.
func parseExpression(s string) (hclsyntax.Expression, bool) {
	tokens, _ := hclsyntax.LexExpression([]byte(s), "", hcl.InitialPos)
	if len(s) > maxLeft || tooDeep(tokens) > 0 {
		return nil, false
	}
	e, diags := hclsyntax.ParseExpression([]byte(s), "", hcl.InitialPos)
	return e, !diags.HasErrors()
}

// loops reports whether evaluating an expression could take more than reading it: HCL evaluates the default values in a
// type without asking.
func loops(e hclsyntax.Expression) bool {
	found := false
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n.(type) {
		case *hclsyntax.ForExpr, *hclsyntax.SplatExpr, *hclsyntax.BinaryOpExpr:
			found = true
		}
		return nil
	})
	return found
}

// stated returns the value of an expression that states it: a literal, or any primitive value of JSON.
func stated(e hcl.Expression) (cty.Value, bool) {
	if native, ok := e.(hclsyntax.Expression); ok && !isLiteral(native) || listOf(e) != nil || pairsOf(e) != nil {
		return cty.NilVal, false
	}
	v, diags := e.Value(nil)
	return v, !diags.HasErrors() && v.IsKnown() && !v.IsNull()
}

// flag reads an argument that must be true or false as it stands.
func flag(b *block, name string, or bool) bool {
	a := b.attr(name)
	if a == nil {
		return or
	}
	v, ok := stated(a.raw)
	if !ok {
		return or
	}
	return truth(v)
}
