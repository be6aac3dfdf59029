package function

import (
	"strings"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// additions are functions that only OpenTofu has and that stand nowhere else here, and the two that Terraform had
// until version 0.15.
func additions() map[string]definition {
	all := map[string]definition{
		"convert":            {f: convertTo},
		"assumeequal":        {f: assumeequal},
		"assumenotnull":      {f: assume(nil)},
		"assumestringprefix": {f: assume(hasPrefix, function.Parameter{Name: "expected_prefix", Type: cty.String})},
		"list":               {f: list},
		"map":                {f: mapOf},
	}
	for _, kind := range []string{"list", "set", "map"} {
		name := "assume" + kind + "length"
		all[name] = definition{f: assume(between(0, 1), bound("min_length"), bound("max_length"))}
		all[name+"min"] = definition{f: assume(between(0, -1), bound("min_length"))}
		all[name+"max"] = definition{f: assume(between(-1, 0), bound("max_length"))}
	}
	return all
}

// convertTo converts a value to a type constraint, with the defaults of its optional attributes.
var convertTo = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true, AllowMarked: true},
		{Name: "type", Type: customdecode.ExpressionType},
	},
	Type: function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(customdecode.ExpressionFromVal(args[1]))
		if diags.HasErrors() {
			return cty.NilVal, fault(diags)
		}
		v := args[0]
		if defaults != nil && v.IsKnown() && !v.IsNull() {
			v = defaults.Apply(v)
		}
		v, err := Convert(v, ty)
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "cannot convert this value to %s", ty.FriendlyNameForConstraint())
		}
		return v, nil
	},
})

// assume makes a function that gives its first argument when it passes a test, which what is unknown does.
func assume(test func(v cty.Value, args []cty.Value) bool, params ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: append([]function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true,
		}}, params...),
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if v, _ := args[0].Unmark(); test != nil && v.IsKnown() && !test(v, args[1:]) {
				return cty.NilVal, function.NewArgErrorf(0, "it is not as the code assumes")
			}
			return args[0], nil
		},
	})
}

func hasPrefix(v cty.Value, args []cty.Value) bool {
	return v.Type() == cty.String && strings.HasPrefix(v.AsString(), args[0].AsString())
}

func bound(name string) function.Parameter { return function.Parameter{Name: name, Type: cty.Number} }

// between tests a length against the arguments at two places, -1 for none.
func between(low, high int) func(cty.Value, []cty.Value) bool {
	return func(v cty.Value, args []cty.Value) bool {
		if !v.CanIterateElements() {
			return false
		}
		n := cty.NumberIntVal(int64(v.LengthInt()))
		return (low < 0 || n.GreaterThanOrEqualTo(args[low]).True()) && (high < 0 || n.LessThanOrEqualTo(args[high]).True())
	}
}

var assumeequal = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "actual_value", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		{Name: "expected_value", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
	},
	Type: func(args []cty.Value) (cty.Type, error) { return args[1].Type(), nil },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		actual, _ := args[0].UnmarkDeep()
		expected, _ := args[1].UnmarkDeep()
		actual, err := Convert(actual, expected.Type())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "it is not of the type of what the code assumes")
		}
		if eq := actual.Equals(expected); eq.IsKnown() && eq.False() {
			return cty.NilVal, function.NewArgErrorf(0, "it is not as the code assumes")
		}
		return args[1], nil
	},
})

// list makes a list of its arguments.
var list = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "vals", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true},
	Type:     function.StaticReturnType(cty.List(cty.DynamicPseudoType)),
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		return Convert(cty.TupleVal(args), ty)
	},
})

// mapOf makes a map of its arguments, each key followed by its value.
var mapOf = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "vals", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true},
	Type:     function.StaticReturnType(cty.Map(cty.DynamicPseudoType)),
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if len(args)%2 != 0 {
			return cty.NilVal, function.NewArgErrorf(len(args)-1, "the last key has no value")
		}
		out := map[string]cty.Value{}
		for i := 0; i < len(args); i += 2 {
			k, err := convert.Convert(args[i], cty.String)
			switch {
			case err != nil || k.IsNull():
				return cty.NilVal, function.NewArgErrorf(i, "a key must be a text")
			case !k.IsKnown():
				return cty.UnknownVal(ty), nil
			}
			out[k.AsString()] = args[i+1]
		}
		return Convert(cty.ObjectVal(out), ty)
	},
})
