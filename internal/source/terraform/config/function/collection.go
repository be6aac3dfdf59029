package function

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"github.com/zclconf/go-cty/cty/gocty"
)

func collections() map[string]definition {
	return map[string]definition{
		"chunklist":       {f: stdlib.ChunklistFunc},
		"coalesce":        {f: coalesce},
		"coalescelist":    {f: stdlib.CoalesceListFunc},
		"compact":         {f: stdlib.CompactFunc},
		"concat":          {f: stdlib.ConcatFunc, before: concatSize},
		"contains":        {f: stdlib.ContainsFunc},
		"distinct":        {f: distinct},
		"element":         {f: stdlib.ElementFunc, shallow: true},
		"flatten":         {f: stdlib.FlattenFunc},
		"index":           {f: index},
		"keys":            {f: stdlib.KeysFunc, shallow: true},
		"length":          {f: lengthOf, shallow: true},
		"lookup":          {f: lookup},
		"matchkeys":       {f: matchkeys},
		"merge":           {f: stdlib.MergeFunc},
		"one":             {f: one, shallow: true},
		"range":           {f: stdlib.RangeFunc},
		"reverse":         {f: stdlib.ReverseListFunc},
		"setintersection": {f: stdlib.SetIntersectionFunc},
		"setproduct":      {f: setproduct, before: setproductSize},
		"setsubtract":     {f: stdlib.SetSubtractFunc},
		"setunion":        {f: stdlib.SetUnionFunc},
		"slice":           {f: stdlib.SliceFunc},
		"sort":            {f: stdlib.SortFunc},
		"transpose":       {f: transpose},
		"values":          {f: stdlib.ValuesFunc},
		"zipmap":          {f: stdlib.ZipmapFunc},
	}
}

func concatSize(args []cty.Value) error {
	n := 0
	for _, a := range args {
		n += length(a)
	}
	return tooMany(n)
}

func setproductSize(args []cty.Value) error {
	n := 1
	for _, a := range args {
		n = product(n, length(a))
	}
	if err := tooMany(n); err != nil {
		return err
	}
	if product(n, len(args)) > maxNodes {
		return limit("it makes more than %d values", maxNodes)
	}
	return nil
}

// setproduct makes lists of tuples first, in its own way of converting; the rest is the standard library's.
var setproduct = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "sets", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		lists := slices.Clone(args)
		for i, a := range lists {
			if !large(a) || !a.Type().IsTupleType() {
				continue
			}
			v, err := Convert(a, cty.List(cty.DynamicPseudoType))
			if err != nil {
				return cty.NilVal, err
			}
			lists[i] = v
		}
		return stdlib.SetProductFunc.Call(lists)
	},
})

// coalesce takes the first argument that is neither null nor an empty text.
var coalesce = function.New(&function.Spec{
	VarParam: &function.Parameter{
		Name: "vals", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowNull: true, AllowUnknown: true,
	},
	Type: func(args []cty.Value) (cty.Type, error) {
		types := make([]cty.Type, len(args))
		for i, a := range args {
			types[i] = a.Type()
		}
		if ty, _ := convert.UnifyUnsafe(types); ty != cty.NilType {
			return ty, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "all arguments must have the same type")
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		for i, a := range args {
			v, err := convert.Convert(a, ty)
			switch {
			case err != nil:
				return cty.NilVal, function.NewArgError(i, err)
			case !v.IsKnown():
				return cty.UnknownVal(ty), nil
			case v.IsNull() || ty == cty.String && v.AsString() == "":
			default:
				return v, nil
			}
		}
		return cty.NilVal, function.NewArgErrorf(0, "no argument is other than null and the empty text")
	},
})

// distinct keeps the first of equal elements.
var distinct = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "list", Type: cty.List(cty.DynamicPseudoType)}},
	Type:         func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		var kept bag
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			kept.put(v)
		}
		if len(kept.list) == 0 {
			return cty.ListValEmpty(ty.ElementType()), nil
		}
		return cty.ListVal(kept.list), nil
	},
})

// bag holds values that are all known, each once, in the order in which they came.
type bag struct {
	list    []cty.Value
	buckets map[int][]cty.Value
}

func (b *bag) has(v cty.Value) bool {
	return slices.ContainsFunc(b.buckets[v.Hash()], func(o cty.Value) bool { return same(o, v) })
}

func (b *bag) put(v cty.Value) {
	if b.has(v) {
		return
	}
	if b.buckets == nil {
		b.buckets = map[int][]cty.Value{}
	}
	h := v.Hash()
	b.list, b.buckets[h] = append(b.list, v), append(b.buckets[h], v)
}

func same(a, b cty.Value) bool {
	eq := a.Equals(b)
	return eq.IsKnown() && eq.True()
}

// one takes the only element, or null where there is none.
var one = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType, AllowMarked: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		switch ty := args[0].Type(); {
		case ty.IsListType(), ty.IsSetType():
			return ty.ElementType(), nil
		case ty.IsTupleType() && ty.Length() == 0:
			return cty.DynamicPseudoType, nil
		case ty.IsTupleType() && ty.Length() == 1:
			return ty.TupleElementType(0), nil
		}
		return cty.NilType, function.NewArgErrorf(0, "must be a list, set, or tuple value with either zero or one elements")
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		if n := v.Length(); !n.IsKnown() {
			return cty.UnknownVal(ty).WithMarks(marks), nil
		}
		switch v.LengthInt() {
		case 0:
			return cty.NullVal(ty).WithMarks(marks), nil
		case 1:
			it := v.ElementIterator()
			it.Next()
			_, e := it.Element()
			return e.WithMarks(marks), nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "must be a list, set, or tuple value with either zero or one elements")
	},
})

// transpose makes of a map of lists of texts the map that leads from these texts to lists of its keys.
var transpose = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "values", Type: cty.Map(cty.List(cty.String))}},
	Type:         function.StaticReturnType(cty.Map(cty.List(cty.String))),
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		lists := map[string][]cty.Value{}
		for it := args[0].ElementIterator(); it.Next(); {
			k, list := it.Element()
			if list.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "a list of it is null")
			}
			for in := list.ElementIterator(); in.Next(); {
				_, v := in.Element()
				if v.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "a text of it is null")
				}
				lists[v.AsString()] = append(lists[v.AsString()], k)
			}
		}
		if len(lists) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		out := map[string]cty.Value{}
		for name, keys := range lists {
			slices.SortFunc(keys, func(a, b cty.Value) int { return cmpText(a, b) })
			out[name] = cty.ListVal(keys)
		}
		return cty.MapVal(out), nil
	},
})

func cmpText(a, b cty.Value) int {
	switch a, b := a.AsString(), b.AsString(); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// whole number of an argument.
func integer(v cty.Value, arg int) (int, error) {
	var n int
	if err := gocty.FromCtyValue(v, &n); err != nil {
		return 0, function.NewArgError(arg, err)
	}
	return n, nil
}
