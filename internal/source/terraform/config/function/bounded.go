package function

import (
	"errors"
	"fmt"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Measure returns what a value costs to walk, with all values inside of it. It fails, without walking the
// rest, when that is more than a function takes. A value that holds another one often is as large as if it held as
// many copies: to compare or convert it takes as long.
func Measure(v cty.Value) (work int, err error) {
	m := meter{taken: true}
	err = m.add(v, 0)
	return m.cost(), err
}

// Meter puts meters into the places of an expression where a short text makes much: the loops, the splats, the lists and
// objects, and the texts with values inside. The expression is changed in place; each evaluation from then on tells spend its
// cost and stops when it refuses. It has to be evaluated by [Evaluate]. Which variables it uses has to be asked
// before: HCL does not see them through a meter. hcl.UnwrapExpression takes a meter off.
func Meter(expr hclsyntax.Expression, spend func(int) error) {
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		meterNode(n, spend)
		return nil
	})
}

func meterNode(n hclsyntax.Node, spend func(int) error) {
	switch n := n.(type) {
	case metered: // its children are visited next, but not itself
		meterNode(n.Expression, spend)
	case starting:
		meterNode(n.Expression, spend)
	case *hclsyntax.ForExpr:
		meterLoop(n, spend, nil)
	case *hclsyntax.TemplateJoinExpr:
		if loop, ok := n.Tuple.(*hclsyntax.ForExpr); ok {
			meterLoop(loop, spend, new(int))
		}
	case *hclsyntax.SplatExpr:
		n.Each = meterOnce(n.Each, spend)
	case *hclsyntax.TupleConsExpr:
		for i, e := range n.Exprs {
			n.Exprs[i] = meterOnce(e, spend)
		}
	case *hclsyntax.ObjectConsExpr:
		for i, item := range n.Items {
			n.Items[i].ValueExpr = meterOnce(item.ValueExpr, spend)
		}
	case *hclsyntax.TemplateExpr:
		meterTemplate(n, spend)
	}
}

// Evaluate evaluates an expression that has meters. An error is a [Fault]: it took more than is allowed.
func Evaluate(expr hcl.Expression, ctx *hcl.EvalContext) (v cty.Value, diags hcl.Diagnostics, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stopped:
			v, diags, err = cty.DynamicVal, nil, r.reason
		default:
			panic(r)
		}
	}()
	v, diags = expr.Value(ctx)
	return v, diags, nil
}

// stopped is what a meter panics with: the evaluator of HCL goes on with its loops after an error.
type stopped struct{ reason error }

// metered is an expression that is evaluated often.
type metered struct {
	hclsyntax.Expression
	spend func(int) error
	// texts, when not nil, sums the texts that are joined to one; first starts it anew.
	texts *int
	first bool
}

func (e metered) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.first {
		*e.texts = 0
	}
	v, diags := e.Expression.Value(ctx)
	m := meter{taken: true}
	err := m.add(v, 0)
	if err == nil && e.texts != nil && !e.first {
		if *e.texts += m.text; *e.texts > maxText {
			err = limit("it makes more than %d MiB of text", maxText>>20)
		}
	}
	if err == nil {
		err = e.spend(5 + m.cost())
	}
	if err != nil {
		panic(stopped{err})
	}
	return v, diags
}

func meterOnce(e hclsyntax.Expression, spend func(int) error) hclsyntax.Expression {
	switch e.(type) {
	case metered, *hclsyntax.LiteralValueExpr:
		return e
	}
	return metered{Expression: e, spend: spend}
}

func meterLoop(n *hclsyntax.ForExpr, spend func(int) error, texts *int) {
	if _, done := n.ValExpr.(metered); done {
		return
	}
	if texts != nil {
		n.CollExpr = metered{Expression: n.CollExpr, spend: spend, texts: texts, first: true}
	}
	n.ValExpr = metered{Expression: n.ValExpr, spend: spend, texts: texts}
	if n.KeyExpr != nil {
		n.KeyExpr = metered{Expression: n.KeyExpr, spend: spend}
	}
	if n.CondExpr != nil {
		n.CondExpr = metered{Expression: n.CondExpr, spend: spend}
	}
}

func meterTemplate(n *hclsyntax.TemplateExpr, spend func(int) error) {
	texts, first := new(int), true
	for i, p := range n.Parts {
		switch p.(type) {
		case *hclsyntax.LiteralValueExpr: // as long as it stands in the source
			continue
		case metered:
			return
		}
		if first {
			p = starting{p, texts}
		}
		n.Parts[i], first = metered{Expression: p, spend: spend, texts: texts}, false
	}
}

// starting starts a sum of texts anew before it is evaluated.
type starting struct {
	hclsyntax.Expression
	texts *int
}

func (e starting) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Expression.Value(ctx)
	*e.texts = 0
	return v, diags
}

// UnwrapExpression returns the expression below a meter.
func (e metered) UnwrapExpression() hcl.Expression { return e.Expression }

// UnwrapExpression returns the expression below.
func (e starting) UnwrapExpression() hcl.Expression { return e.Expression }

// fault makes one error of what an evaluation found to be wrong.
func fault(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		f := Fault{Reason: evidence.UnknownFault}
		if x, ok := hcl.DiagnosticExtra[interface{ FunctionCallError() error }](d); ok {
			if inner, ok := errors.AsType[*Fault](x.FunctionCallError()); ok {
				f = *inner
			}
		}
		line := 0
		if d.Subject != nil {
			line = d.Subject.Start.Line
		}
		f.Text = fmt.Sprintf("line %d: %s; %s", line, d.Summary, d.Detail)
		return &f
	}
	return nil
}
