package function

import (
	"sync"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func (e Env) templates() map[string]definition {
	table := sync.OnceValue(e.inTemplate)
	return map[string]definition{
		"templatefile": {f: template("path", table, e.Spend, e.fileTemplate)},
		"templatestring": {f: template("template", table, e.Spend, func(s string) (string, string, error) {
			return s, "template", nil
		})},
	}
}

// inTemplate are the functions that a template may call: all but those that evaluate templates.
func (e Env) inTemplate() map[string]function.Function {
	all := Table(e)
	for _, name := range []string{"templatefile", "templatestring", "core::templatefile", "core::templatestring"} {
		all[name] = noTemplate
	}
	return all
}

var noTemplate = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "args", Type: cty.DynamicPseudoType, AllowNull: true},
	Type: func([]cty.Value) (cty.Type, error) {
		return cty.NilType, because(evidence.UnknownFault, "a template cannot evaluate another template")
	},
	Impl: func([]cty.Value, cty.Type) (cty.Value, error) { return cty.DynamicVal, nil },
})

func (e Env) fileTemplate(p string) (source, name string, err error) {
	b, err := e.read(p)
	if err != nil {
		return "", "", err
	}
	source, err = asText(b)
	return source, p, err
}

// template makes a function that evaluates a template with variables.
func template(first string, table func() map[string]function.Function, spend func(int) error, source func(string) (source, name string, err error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: first, Type: cty.String},
			{Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		},
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			src, name, err := source(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			if err := spend(len(src)); err != nil {
				return cty.NilVal, err
			}
			expr, err := parse(src, name)
			if err != nil {
				return cty.NilVal, err
			}
			used := expr.Variables()
			Meter(expr, spend)
			return render(expr, used, args[1], table())
		},
	})
}

func parse(src, name string) (hclsyntax.Expression, error) {
	if err := nesting(src, name); err != nil {
		return nil, err
	}
	expr, diags := hclsyntax.ParseTemplate([]byte(src), name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, fault(diags)
	}
	return expr, nil
}

// Limits of a template's form. The parser and the evaluator call themselves for what is nested.
const (
	maxNesting = 200
	maxTokens  = 10_000 // of one ${…} or %{…}
)

// nesting refuses a template with too much inside of each other.
func nesting(src, name string) error {
	tokens, _ := hclsyntax.LexTemplate([]byte(src), name, hcl.InitialPos)
	depth, inside, run, blocks := 0, 0, 0, 0
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			if inside++; inside == 1 {
				run = 0
			}
			depth++
			if t.Type == hclsyntax.TokenTemplateControl && i+1 < len(tokens) {
				blocks += blockStep(string(tokens[i+1].Bytes))
			}
		case hclsyntax.TokenTemplateSeqEnd:
			inside--
			depth--
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen:
			depth--
		}
		if run++; inside > 0 && run > maxTokens || depth > maxNesting || blocks > maxNesting {
			return limit("the template nests too much in line %d", t.Range.Start.Line)
		}
	}
	return nil
}

func blockStep(word string) int {
	switch word {
	case "if", "for":
		return 1
	case "endif", "endfor":
		return -1
	}
	return 0
}

func render(expr hclsyntax.Expression, used []hcl.Traversal, vars cty.Value, table map[string]function.Function) (cty.Value, error) {
	vars, marks := vars.Unmark()
	if !vars.IsKnown() {
		return cty.DynamicVal.WithMarks(marks), nil
	}
	if !vars.Type().IsMapType() && !vars.Type().IsObjectType() {
		return cty.NilVal, function.NewArgErrorf(1, "invalid vars value: must be a map")
	}
	scope := vars.AsValueMap()
	for name := range scope {
		if !hclsyntax.ValidIdentifier(name) {
			return cty.NilVal, function.NewArgErrorf(1, "invalid template variable name %q: must start with a letter, followed by zero or more letters, digits, and underscores", name)
		}
	}
	for _, t := range used {
		if _, ok := scope[t.RootName()]; !ok {
			return cty.NilVal, function.NewArgErrorf(1, "vars map does not contain key %q, which the template uses in line %d", t.RootName(), t.SourceRange().Start.Line)
		}
	}
	v, diags, err := Evaluate(expr, &hcl.EvalContext{Variables: scope, Functions: table})
	switch {
	case err != nil:
		return cty.NilVal, err
	case diags.HasErrors():
		return cty.NilVal, fault(diags)
	}
	return v.WithMarks(marks), nil
}
