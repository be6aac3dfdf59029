package function

import (
	"math/big"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func numbers() map[string]definition {
	return map[string]definition{
		"abs":      {f: stdlib.AbsoluteFunc},
		"ceil":     {f: stdlib.CeilFunc},
		"floor":    {f: stdlib.FloorFunc},
		"log":      {f: stdlib.LogFunc},
		"max":      {f: stdlib.MaxFunc},
		"min":      {f: stdlib.MinFunc},
		"parseint": {f: stdlib.ParseIntFunc, before: fewDigits},
		"pow":      {f: stdlib.PowFunc},
		"signum":   {f: stdlib.SignumFunc},
		"sum":      {f: sum},
		"alltrue":  {f: alltrue},
		"anytrue":  {f: anytrue},
	}
}

// fewDigits: to read a number takes time that grows with the square of its digits.
func fewDigits(args []cty.Value) error {
	if len(text(args[0])) > maxExponent {
		return limit("it is given a number of more than %d digits", maxExponent)
	}
	return nil
}

// sum adds the numbers of a list, set or tuple; there has to be at least one.
var sum = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() || args[0].Type().IsMapType() || args[0].Type().IsObjectType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be a list, a set or a tuple of numbers")
		}
		if args[0].LengthInt() == 0 {
			return cty.NilVal, function.NewArgErrorf(0, "cannot sum an empty list")
		}
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.Number), nil
		}
		total := new(big.Float).SetPrec(512)
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			n, err := convert.Convert(v, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "must be a list, a set or a tuple of numbers")
			}
			if err := add(total, n.AsBigFloat()); err != nil {
				return cty.NilVal, err
			}
		}
		return cty.NumberVal(total), nil
	},
})

func add(total, n *big.Float) error {
	if total.IsInf() && n.IsInf() && total.Signbit() != n.Signbit() {
		return function.NewArgErrorf(0, "the sum of opposing infinities is not a number")
	}
	total.Add(total, n)
	return nil
}

// whole makes a function that looks at all members of a list of booleans: it is settled as soon as one equals stop.
func whole(stop bool) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			open := false
			for it := args[0].ElementIterator(); it.Next(); {
				switch _, v := it.Element(); {
				case !v.IsKnown():
					open = true
				case v.IsNull() && !stop:
					return cty.False, nil
				case !v.IsNull() && v.True() == stop:
					return cty.BoolVal(stop), nil
				}
			}
			if open {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(!stop), nil
		},
	})
}

var alltrue, anytrue = whole(false), whole(true)

func notNull(b *cty.RefinementBuilder) *cty.RefinementBuilder { return b.NotNull() }
