package config

import (
	"io"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// templateFile evaluates a template file. Where all its variables are known that is left to the function; else the parts
// of the text that are known are kept, as with a template in the code.
func (t *traced) templateFile(n *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	name, vars := compute(n.Args[0], ctx), compute(n.Args[1], ctx)
	if !name.diags.HasErrors() && !vars.diags.HasErrors() && !vars.val.IsWhollyKnown() {
		if e, scope := t.r.parseTemplate(name.val, vars.val); e != nil {
			t.r.inTemplate = true
			defer func() { t.r.inTemplate = false }()
			return e.Value(&hcl.EvalContext{Variables: scope, Functions: t.r.scope.ctx.Functions})
		}
	}
	call := *n
	call.Args = []hclsyntax.Expression{name, vars}
	return call.Value(ctx)
}

// parseTemplate returns a template and its variables, or nothing where the function has more to say about either.
func (r *reader) parseTemplate(name, vars cty.Value) (hclsyntax.Expression, map[string]cty.Value) {
	file, ok := knownText(name)
	bare, _ := vars.Unmark()
	if !ok || path.IsAbs(file) || strings.HasPrefix(file, "~") || vars.IsMarked() || !bare.IsKnown() || bare.IsNull() || !bare.Type().IsObjectType() && !bare.Type().IsMapType() {
		return nil, nil
	}
	scope := bare.AsValueMap()
	f, err := watched{r}.Open(path.Join(r.Dir, file))
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err != nil || len(b) > maxTemplate || deepTemplate(string(b)) {
		return nil, nil
	}
	in := newText(file, b)
	e, diags := hclsyntax.ParseTemplate(b, file, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, nil
	}
	for _, t := range e.Variables() {
		if _, ok := scope[t.RootName()]; !ok {
			return nil, nil
		}
	}
	r.step(len(b))
	return r.trace(e, in, spot{}), scope
}

// maxTemplate bounds template files whose variables are known in part.
const maxTemplate = 256 << 10
