package function

import (
	"errors"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

func conversions() map[string]definition {
	return map[string]definition{
		"can":             {f: can, bare: true},
		"try":             {f: try, bare: true},
		"tobool":          {f: to(cty.Bool)},
		"tolist":          {f: to(cty.List(cty.DynamicPseudoType))},
		"tomap":           {f: to(cty.Map(cty.DynamicPseudoType))},
		"tonumber":        {f: to(cty.Number), before: fewDigits},
		"toset":           {f: to(cty.Set(cty.DynamicPseudoType))},
		"tostring":        {f: to(cty.String)},
		"type":            {f: typeOf},
		"sensitive":       {f: marked(func(v cty.Value) cty.Value { return v.Mark(Sensitive{}) }), shallow: true},
		"nonsensitive":    {f: marked(func(v cty.Value) cty.Value { return without(v, Sensitive{}) }), shallow: true},
		"issensitive":     {f: issensitive, shallow: true},
		"ephemeralasnull": {f: ephemeralasnull},
	}
}

// to makes a function that converts its argument.
func to(want cty.Type) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "v", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowDynamicType: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if args[0].IsNull() || large(args[0]) {
				return want, nil
			}
			if got := args[0].Type(); !got.Equals(want) && convert.GetConversionUnsafe(got, want) == nil {
				return cty.NilType, function.NewArgErrorf(0, "cannot convert %s to %s", got.FriendlyName(), want.FriendlyNameForConstraint())
			}
			return want, nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := Convert(args[0], want)
			if _, ok := errors.AsType[*Fault](err); ok {
				return cty.NilVal, err
			} else if err != nil {
				// The value is not quoted: it may be secret.
				return cty.NilVal, function.NewArgErrorf(0, "cannot convert this %s to %s", args[0].Type().FriendlyName(), want.FriendlyNameForConstraint())
			}
			return v, nil
		},
	})
}

// typeOf gives the type of a value in the words of type constraints. Terraform has this function in its console alone.
var typeOf = function.New(&function.Spec{
	Params: []function.Parameter{{
		Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true,
	}},
	Type: function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsKnown() && args[0].Type().HasDynamicTypes() {
			return cty.UnknownVal(cty.String), nil
		}
		return cty.StringVal(typeexpr.TypeString(args[0].Type())), nil
	},
})

// marked makes a function that gives its argument with other marks.
func marked(f func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f(args[0]), nil },
	})
}

// without takes one mark off a value itself.
func without(v cty.Value, mark any) cty.Value {
	v, marks := v.Unmark()
	delete(marks, mark)
	return v.WithMarks(marks)
}

var issensitive = function.New(&function.Spec{
	Params: []function.Parameter{{
		Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true,
	}},
	Type: function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		switch {
		case args[0].HasMark(Sensitive{}):
			return cty.True, nil
		case !args[0].IsKnown():
			return cty.UnknownVal(cty.Bool), nil // it may yet turn out to be
		}
		return cty.False, nil
	},
})

// ephemeralasnull replaces each part of a value that is marked ephemeral by null.
var ephemeralasnull = function.New(&function.Spec{
	Params: []function.Parameter{{
		Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true,
	}},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.Transform(args[0], func(_ cty.Path, v cty.Value) (cty.Value, error) {
			if !v.HasMark(Ephemeral{}) {
				return v, nil
			}
			_, marks := v.Unmark()
			delete(marks, Ephemeral{})
			return cty.NullVal(v.Type()).WithMarks(marks), nil
		})
	},
})
