package function

import (
	"errors"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// Limits of conversions. To find a common type cty compares each of the types of a tuple with each other and, where
// they differ, keeps a note of it.
const (
	manyTypes    = 500 // elements of a tuple or attributes of an object that are left to cty
	maxDifferent = 50  // different types in a tuple or object with more
)

// Convert converts as cty's own convert.Convert does, but large tuples and objects in time that grows with their size, not
// with its square. What has too many different types inside fails with a limit.
func Convert(v cty.Value, want cty.Type) (cty.Value, error) {
	if !large(v) || v.Type().Equals(want) {
		return convert.Convert(v, want)
	}
	v, marks := v.Unmark()
	out, err := convertLarge(v, want)
	if err != nil {
		return cty.NilVal, err
	}
	return out.WithMarks(marks), nil
}

// large reports whether a value, known at the top, is or holds a tuple or an object with many elements.
func large(v cty.Value) bool {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return false
	}
	if v.LengthInt() > manyTypes {
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); large(e) {
			return true
		}
	}
	return false
}

func convertLarge(v cty.Value, want cty.Type) (cty.Value, error) {
	switch got := v.Type(); {
	case want.IsListType() && (got.IsTupleType() || got.IsListType() || got.IsSetType()), want.IsSetType() && (got.IsTupleType() || got.IsListType() || got.IsSetType()):
		elems, err := alike(v.AsValueSlice(), want.ElementType())
		return collect(elems, want, err)
	case want.IsMapType() && (got.IsObjectType() || got.IsMapType()):
		return convertMap(v, want)
	case want.IsTupleType() && got.IsTupleType() && want.Length() == got.Length():
		elems := v.AsValueSlice()
		for i, e := range elems {
			var err error
			if elems[i], err = Convert(e, want.TupleElementType(i)); err != nil {
				return cty.NilVal, err
			}
		}
		return cty.TupleVal(elems), nil
	case want.IsObjectType() && got.IsObjectType():
		return convertObject(v, want)
	case want == cty.DynamicPseudoType:
		return v, nil
	}
	return cty.NilVal, errors.New(convert.MismatchMessage(v.Type(), want))
}

func collect(elems []cty.Value, want cty.Type, err error) (cty.Value, error) {
	switch ety := want.ElementType().WithoutOptionalAttributesDeep(); {
	case err != nil:
		return cty.NilVal, err
	case len(elems) == 0 && want.IsSetType():
		return cty.SetValEmpty(ety), nil
	case len(elems) == 0:
		return cty.ListValEmpty(ety), nil
	case want.IsSetType() && cty.CanSetVal(elems):
		return cty.SetVal(elems), nil
	case want.IsListType() && cty.CanListVal(elems):
		return cty.ListVal(elems), nil
	}
	return cty.NilVal, errors.New("all elements must have the same type")
}

func convertMap(v cty.Value, want cty.Type) (cty.Value, error) {
	all := v.AsValueMap()
	names := slices.Sorted(maps.Keys(all))
	elems := make([]cty.Value, 0, len(all))
	for _, name := range names {
		elems = append(elems, all[name])
	}
	elems, err := alike(elems, want.ElementType())
	if err != nil {
		return cty.NilVal, err
	}
	for i, name := range names {
		all[name] = elems[i]
	}
	switch {
	case len(all) == 0:
		return cty.MapValEmpty(want.ElementType().WithoutOptionalAttributesDeep()), nil
	case cty.CanMapVal(all):
		return cty.MapVal(all), nil
	}
	return cty.NilVal, errors.New("all elements must have the same type")
}

// convertObject takes the attributes that are wanted; those that are optional may be missing.
func convertObject(v cty.Value, want cty.Type) (cty.Value, error) {
	out := map[string]cty.Value{}
	types := want.AttributeTypes()
	for _, name := range slices.Sorted(maps.Keys(types)) {
		ty := types[name]
		switch {
		case v.Type().HasAttribute(name):
			e, err := Convert(v.GetAttr(name), ty)
			if err != nil {
				return cty.NilVal, err
			}
			out[name] = e
		case want.AttributeOptional(name):
			out[name] = cty.NullVal(ty.WithoutOptionalAttributesDeep())
		default:
			return cty.NilVal, errors.New(convert.MismatchMessage(v.Type(), want))
		}
	}
	return cty.ObjectVal(out), nil
}

// alike converts values to a type and, where that is open, to one that all of them can have.
func alike(elems []cty.Value, want cty.Type) ([]cty.Value, error) {
	if !want.Equals(cty.DynamicPseudoType) {
		for i, e := range elems {
			var err error
			if elems[i], err = Convert(e, want); err != nil {
				return nil, err
			}
		}
	}
	types, err := different(elems)
	if err != nil || len(types) < 2 {
		return elems, err
	}
	ty, _ := convert.UnifyUnsafe(types)
	if ty == cty.NilType {
		return nil, errors.New("all elements must have the same type")
	}
	for i, e := range elems {
		if elems[i], err = Convert(e, ty); err != nil {
			return nil, err
		}
	}
	return elems, nil
}

// different returns the types of values, each once.
func different(elems []cty.Value) ([]cty.Type, error) {
	var types []cty.Type
	for _, e := range elems {
		ty := e.Type()
		if slices.ContainsFunc(types, ty.Equals) {
			continue
		}
		if types = append(types, ty); len(types) > maxDifferent || len(types) > 1 && large(e) {
			return nil, limit("it is given too many values of different types")
		}
	}
	return types, nil
}

// prepared returns the arguments as the parameters of a function want them.
func prepared(f function.Function, args []cty.Value) ([]cty.Value, error) {
	out := make([]cty.Value, len(args))
	for i, a := range args {
		p := f.VarParam()
		if i < len(f.Params()) {
			p = &f.Params()[i]
		}
		if !p.Type.IsCollectionType() {
			out[i] = a
			continue
		}
		v, err := Convert(a, p.Type)
		if _, ok := errors.AsType[*Fault](err); ok {
			return nil, err
		} else if err != nil {
			return nil, function.NewArgError(i, err)
		}
		out[i] = v
	}
	return out, nil
}
