package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// traced is an expression that is watched while it is evaluated: HCL computes its value, and where that is
// unknown, what is left of the expression goes with it as a mark (see [open]). Each expression inside of a traced
// one is traced too, so that HCL's own evaluation passes through here at every level.
type traced struct {
	hclsyntax.Expression
	r  *reader
	in *text
	at spot // of the whole, where it cannot be told from the range: in JSON
	// limit: the expression is not evaluated, since it would be too much.
	limit bool
}

// trace wraps an expression and, in place, all expressions inside of it.
func (r *reader) trace(e hclsyntax.Expression, in *text, at spot) hclsyntax.Expression {
	w := func(e hclsyntax.Expression) hclsyntax.Expression {
		if l, ok := e.(*hclsyntax.LiteralValueExpr); ok && !wide(l.Val) {
			return e
		}
		return r.trace(e, in, spot{})
	}
	t := &traced{Expression: e, r: r, in: in, at: at}
	switch n := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		t.limit = wide(n.Val)
	case *hclsyntax.ParenthesesExpr:
		n.Expression = w(n.Expression)
	case *hclsyntax.RelativeTraversalExpr:
		n.Source = w(n.Source)
	case *hclsyntax.FunctionCallExpr:
		for i := range n.Args {
			n.Args[i] = w(n.Args[i])
		}
	case *hclsyntax.ConditionalExpr:
		n.Condition, n.TrueResult, n.FalseResult = w(n.Condition), w(n.TrueResult), w(n.FalseResult)
	case *hclsyntax.IndexExpr:
		n.Collection, n.Key = w(n.Collection), w(n.Key)
	case *hclsyntax.TupleConsExpr:
		for i := range n.Exprs {
			n.Exprs[i] = w(n.Exprs[i])
		}
	case *hclsyntax.ObjectConsExpr:
		for i := range n.Items {
			n.Items[i].KeyExpr, n.Items[i].ValueExpr = w(n.Items[i].KeyExpr), w(n.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		// HCL asks a key that is a bare name for that name.
		if _, plain := n.Wrapped.(*hclsyntax.ScopeTraversalExpr); n.ForceNonLiteral || !plain && hcl.ExprAsKeyword(n.Wrapped) == "" {
			n.Wrapped = w(n.Wrapped)
		}
	case *hclsyntax.ForExpr:
		n.CollExpr, n.ValExpr = w(n.CollExpr), w(n.ValExpr)
		if n.KeyExpr != nil {
			n.KeyExpr = w(n.KeyExpr)
		}
		if n.CondExpr != nil {
			n.CondExpr = w(n.CondExpr)
		}
	case *hclsyntax.SplatExpr:
		n.Source, n.Each = w(n.Source), w(n.Each)
	case *hclsyntax.TemplateExpr:
		for i := range n.Parts {
			n.Parts[i] = w(n.Parts[i])
		}
	case *hclsyntax.TemplateJoinExpr:
		n.Tuple = w(n.Tuple)
	case *hclsyntax.TemplateWrapExpr:
		n.Wrapped = w(n.Wrapped)
	case *hclsyntax.BinaryOpExpr:
		n.LHS, n.RHS = w(n.LHS), w(n.RHS)
	case *hclsyntax.UnaryOpExpr:
		n.Val = w(n.Val)
	}
	return t
}

// traced returns the expression of an attribute, ready to be evaluated.
func (r *reader) traced(a *attribute) hclsyntax.Expression {
	if !a.traced {
		a.expr, a.traced = r.trace(a.expr, a.in, spot{}), true
	}
	return a.expr
}

// spotOf returns where an expression begins.
func spotOf(e hclsyntax.Expression) spot {
	if t, ok := e.(*traced); ok {
		if t.at.line > 0 {
			return t.at
		}
		return t.in.spot(t.Range().Start)
	}
	return spot{line: int32(e.Range().Start.Line)}
}

// plain returns the expression that HCL parsed, without what watches it and without parentheses.
func plain(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		switch n := e.(type) {
		case *traced:
			e = n.Expression
		case *hclsyntax.ParenthesesExpr:
			e = n.Expression
		default:
			return e
		}
	}
}

// isLiteral reports whether an expression states its value.
func isLiteral(e hclsyntax.Expression) bool {
	switch n := plain(e).(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		for _, p := range n.Parts {
			if _, ok := p.(*hclsyntax.LiteralValueExpr); !ok {
				return false
			}
		}
		return true
	case *hclsyntax.UnaryOpExpr:
		return n.Op == hclsyntax.OpNegate && isLiteral(n.Val)
	}
	return false
}

// kid is the value of an expression directly inside of the one at hand.
type kid struct {
	of  *traced
	val cty.Value
	// text is what is left of a collection that is written in place and known only in part.
	text string
}

// Value evaluates the expression. It is called by HCL for each expression inside of another.
func (t *traced) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	r := t.r
	r.step(nodeWork)
	base := len(r.kids)
	if t.limit {
		r.limited(r.what)
		v := openValue(cty.DynamicPseudoType, &open{text: r.source(t), reason: limitReason})
		r.kids = append(r.kids, kid{of: t, val: v})
		return v, nil
	}
	v, diags := t.compute(ctx)
	own := kid{of: t, val: v}
	if !diags.HasErrors() {
		own = r.annotate(t, v, r.kids[base:])
	}
	clear(r.kids[base:])
	r.kids = append(r.kids[:base], own)
	return own.val, diags
}

// compute is HCL's evaluation but where a value that is not known can be followed further than HCL does.
func (t *traced) compute(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	switch n := t.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return t.r.resolve(ctx, n.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		v, diags := n.Source.Value(ctx)
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		return t.r.follow(v, n.Traversal)
	case *hclsyntax.IndexExpr:
		return t.index(n, ctx)
	case *hclsyntax.ConditionalExpr:
		return t.conditional(n, ctx)
	case *hclsyntax.FunctionCallExpr:
		return t.call(n, ctx)
	}
	return t.Expression.Value(ctx)
}

// index follows a known key into what is open; all else is HCL's.
func (t *traced) index(n *hclsyntax.IndexExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	coll, diags := n.Collection.Value(ctx)
	key, more := n.Key.Value(ctx)
	if diags = append(diags, more...); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	bare, _ := key.Unmark()
	if coll.IsKnown() || !bare.IsKnown() || bare.IsNull() {
		return hcl.Index(coll, key, &n.BracketRange)
	}
	return t.r.follow(coll, hcl.Traversal{hcl.TraverseIndex{Key: bare, SrcRange: n.BracketRange}})
}

// given is an expression whose value has been computed.
type given struct {
	hclsyntax.Expression
	val   cty.Value
	diags hcl.Diagnostics
}

func (g given) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) { return g.val, g.diags }

func compute(e hclsyntax.Expression, ctx *hcl.EvalContext) given {
	v, diags := e.Value(ctx)
	return given{e, v, diags}
}

// conditional is HCL's, save that the result of a known condition carries the origin of the chosen value alone, and
// that the two may be of types that do not go together: without the schemas of providers the types are not the real ones.
func (t *traced) conditional(n *hclsyntax.ConditionalExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	cond, yes, no := compute(n.Condition, ctx), compute(n.TrueResult, ctx), compute(n.FalseResult, ctx)
	v, diags := (&hclsyntax.ConditionalExpr{Condition: cond, TrueResult: yes, FalseResult: no, SrcRange: n.SrcRange}).Value(ctx)
	bare, _ := cond.val.Unmark()
	if cond.diags.HasErrors() || !bare.IsKnown() || bare.IsNull() {
		return v, diags
	}
	chosen := no
	if truth(bare) {
		chosen = yes
	}
	if diags.HasErrors() && !chosen.diags.HasErrors() {
		return chosen.val.WithMarks(withoutOpen(cond.val)), nil
	}
	return withOrigin(v, chosen.val), diags
}

// truth reads a condition; HCL takes "true" for true.
func truth(v cty.Value) bool {
	return v.Type() == cty.Bool && v.True() || v.Type() == cty.String && v.AsString() == "true"
}
