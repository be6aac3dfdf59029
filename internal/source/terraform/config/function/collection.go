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

// index finds a value in a list.
var index = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type:         function.StaticReturnType(cty.Number),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if ty := args[0].Type(); !ty.IsListType() && !ty.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "argument must be a list or tuple")
		}
		if args[0].LengthInt() == 0 {
			return cty.NilVal, function.NewArgErrorf(0, "cannot search an empty list")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			i, v := it.Element()
			eq, err := stdlib.Equal(v, args[1])
			switch {
			case err != nil:
				return cty.NilVal, err
			case !eq.IsKnown():
				return cty.UnknownVal(cty.Number), nil
			case eq.True():
				return i, nil
			}
		}
		return cty.NilVal, function.NewArgErrorf(1, "item not found")
	},
})

// lengthOf counts elements, or the characters of a text as people see them.
var lengthOf = function.New(&function.Spec{
	Params: []function.Parameter{{
		Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true,
	}},
	Type: func(args []cty.Value) (cty.Type, error) {
		switch ty := args[0].Type(); {
		case ty == cty.String, ty == cty.DynamicPseudoType, ty.IsTupleType(), ty.IsObjectType(), ty.IsCollectionType():
			return cty.Number, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "argument must be a text, a collection or a structure")
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		switch ty := v.Type(); {
		case ty == cty.DynamicPseudoType:
			return cty.UnknownVal(cty.Number).WithMarks(marks), nil
		case ty.IsTupleType():
			return cty.NumberIntVal(int64(ty.Length())).WithMarks(marks), nil
		case ty.IsObjectType():
			return cty.NumberIntVal(int64(len(ty.AttributeTypes()))).WithMarks(marks), nil
		case ty == cty.String:
			n, err := stdlib.Strlen(v)
			if err != nil {
				return cty.NilVal, err
			}
			return n.WithMarks(marks), nil
		}
		return v.Length().WithMarks(marks), nil
	},
})

// lookup finds a member by its name, or takes the default.
var lookup = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "inputMap", Type: cty.DynamicPseudoType, AllowMarked: true},
		{Name: "key", Type: cty.String, AllowMarked: true},
	},
	VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true, AllowMarked: true},
	Type: func(args []cty.Value) (cty.Type, error) {
		if len(args) > 3 {
			return cty.NilType, function.NewArgErrorf(3, "lookup takes two or three arguments")
		}
		key, _ := args[1].Unmark()
		switch ty := args[0].Type(); {
		case ty.IsObjectType() && !key.IsKnown():
			return cty.DynamicPseudoType, nil
		case ty.IsObjectType() && ty.HasAttribute(key.AsString()):
			return ty.AttributeType(key.AsString()), nil
		case ty.IsObjectType() && len(args) == 3:
			return args[2].Type(), nil
		case ty.IsObjectType():
			return cty.NilType, function.NewArgErrorf(0, "the given object has no attribute %q", key.AsString())
		case ty.IsMapType() && len(args) == 3:
			if _, err := convert.Convert(args[2], ty.ElementType()); err != nil {
				return cty.NilType, function.NewArgErrorf(2, "the default value must have the same type as the map elements")
			}
			return ty.ElementType(), nil
		case ty.IsMapType():
			return ty.ElementType(), nil
		}
		return cty.NilType, function.NewArgErrorf(0, "lookup() requires a map as the first argument")
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		m, marks := args[0].Unmark()
		key, keyMarks := args[1].Unmark()
		name := key.AsString()
		switch {
		case m.Type().IsObjectType() && m.Type().HasAttribute(name):
			return m.GetAttr(name).WithMarks(marks, keyMarks), nil
		case m.Type().IsMapType() && m.HasIndex(key).True():
			return m.Index(key).WithMarks(marks, keyMarks), nil
		case len(args) < 3:
			return cty.NilVal, function.NewArgErrorf(0, "the given map has no element %q, and there is no default", name)
		}
		v, err := convert.Convert(args[2], ty)
		if err != nil {
			return cty.NilVal, function.NewArgError(2, err)
		}
		return v.WithMarks(marks, keyMarks), nil
	},
})

// matchkeys takes those values whose key, at the same index, is in the set.
var matchkeys = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "searchset", Type: cty.List(cty.DynamicPseudoType)},
	},
	Type: func(args []cty.Value) (cty.Type, error) {
		if ty, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()}); ty == cty.NilType {
			return cty.NilType, function.NewArgErrorf(2, "keys and searchset must be of the same type")
		}
		return args[0].Type(), nil
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if args[0].LengthInt() != args[1].LengthInt() {
			return cty.NilVal, function.NewArgErrorf(1, "length of keys and values should be equal")
		}
		if !args[1].IsWhollyKnown() || !args[2].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		key, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()})
		keys, err := convert.Convert(args[1], key)
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		search, err := convert.Convert(args[2], key)
		if err != nil {
			return cty.NilVal, function.NewArgError(2, err)
		}
		return matching(args[0].AsValueSlice(), keys.AsValueSlice(), search.AsValueSlice(), ty), nil
	},
})

func matching(values, keys, search []cty.Value, ty cty.Type) cty.Value {
	var wanted bag
	for _, v := range search {
		wanted.put(v)
	}
	var kept []cty.Value
	for i, k := range keys {
		if wanted.has(k) {
			kept = append(kept, values[i])
		}
	}
	if len(kept) == 0 {
		return cty.ListValEmpty(ty.ElementType())
	}
	return cty.ListVal(kept)
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
