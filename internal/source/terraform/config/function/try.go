package function

import (
	"errors"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// try and can evaluate their arguments themselves. HCL's own (ext/tryfunc) evaluate each twice, once for its
// type: nested, that is twice as often with each level. What takes more than is allowed is no mere failure, which
// the next argument could stand in for.

// try gives the first of its arguments that can be evaluated.
var try = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var last hcl.Diagnostics
		for _, a := range args {
			v, diags, err := closed(a)
			switch {
			case err != nil:
				return cty.NilVal, err
			case diags.HasErrors():
				if why, ok := undecided(diags); ok {
					return untold(why)
				}
				last = diags
			default:
				// Where a part of it is not known, Terraform waits. What is known is kept here: it is what a person reads.
				return v, nil
			}
		}
		if last == nil {
			return cty.NilVal, function.NewArgErrorf(0, "at least one argument is required")
		}
		return cty.NilVal, fault(last)
	},
})

// can tells whether its argument can be evaluated.
var can = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "expression", Type: customdecode.ExpressionClosureType}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, diags, err := closed(args[0])
		switch {
		case err != nil:
			return cty.NilVal, err
		case diags.HasErrors():
			if why, ok := undecided(diags); ok {
				v, err := untold(why)
				return cty.UnknownVal(cty.Bool).WithSameMarks(v), err
			}
			return cty.False, nil
		case !v.IsWhollyKnown():
			return cty.UnknownVal(cty.Bool).WithMarks(deepMarks(v)), nil
		}
		return cty.True, nil
	},
})

// undecided reports whether an evaluation failed for a reason that is not in the code: a limit of ours, or a file that we do not
// read. Terraform might well get a value.
func undecided(diags hcl.Diagnostics) (evidence.Unknown, bool) {
	for _, d := range diags {
		x, ok := hcl.DiagnosticExtra[interface{ FunctionCallError() error }](d)
		if !ok {
			continue
		}
		if f, ok := errors.AsType[*Fault](x.FunctionCallError()); ok && (f.Reason == evidence.UnknownLimit || f.outside) {
			return f.Reason, true
		}
	}
	return "", false
}

func untold(why evidence.Unknown) (cty.Value, error) {
	if why == evidence.UnknownLimit {
		return cty.DynamicVal, limit("it takes or makes more than can be evaluated")
	}
	return cty.DynamicVal.Mark(Why(why)), nil
}

// closed evaluates an argument. A panic is how an evaluation is stopped that takes too long, ours or the caller's: it
// cannot pass through the calling of a function.
func closed(arg cty.Value) (v cty.Value, diags hcl.Diagnostics, err error) {
	defer func() {
		if recover() != nil {
			err = limit("it takes more than can be evaluated")
		}
	}()
	c := customdecode.ExpressionClosureFromVal(arg)
	return Evaluate(c.Expression, c.EvalContext)
}

func deepMarks(v cty.Value) cty.ValueMarks {
	_, marks := v.UnmarkDeep()
	return marks
}
