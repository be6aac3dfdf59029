package severity

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"c4arch/internal/base/tree"
)

// open are the places of a resource whose value the code leaves open. To an expression they are unknown, and so is what depends on them.
type open map[*tree.Value]bool

// wrap is v as a value of an expression. Objects and arrays are wrapped and not copied, so that a condition on one
// property of a large resource costs no more than that property.
func wrap(v *tree.Value, left open) ref.Val {
	if v == nil {
		return types.NullValue
	}
	if left[v] {
		return types.NewUnknown(0, nil)
	}
	switch v.Kind {
	case tree.Bool:
		return types.Bool(v.Text == "true")
	case tree.String:
		return types.String(v.Text)
	case tree.Number:
		return numeral(v.Text)
	case tree.Array:
		items := make([]ref.Val, len(v.Items))
		for i := range v.Items {
			items[i] = wrap(&v.Items[i], left)
		}
		return types.NewRefValList(types.DefaultTypeAdapter, items)
	case tree.Object:
		return object{v, left}
	}
	return types.NullValue
}

// numeral is the number of a literal: an integer where it is one and fits, else the nearest double.
func numeral(text string) ref.Val {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.Int(i)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return types.NullValue
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return types.Int(int64(f))
	}
	return types.Double(f)
}

// object is an object of the input as a map. A name is found as it is written, or else without regard to case, since Azure
// spells its names in several ways.
type object struct {
	v    *tree.Value
	left open
}

var _ traits.Mapper = object{}

// find returns the member, or nil.
func (o object) find(name string) *tree.Value {
	if m := o.v.Get(name); m != nil {
		return m
	}
	return o.v.GetFold(name)
}

// Find implements traits.Mapper.
func (o object) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	m := o.find(string(name))
	if m == nil {
		return nil, false
	}
	return wrap(m, o.left), true
}

// Get implements traits.Indexer: what is not there is null.
func (o object) Get(key ref.Val) ref.Val {
	if v, ok := o.Find(key); ok {
		return v
	}
	return types.NullValue
}

// Contains implements traits.Container.
func (o object) Contains(key ref.Val) ref.Val {
	_, ok := o.Find(key)
	return types.Bool(ok)
}

// Size implements traits.Sizer.
func (o object) Size() ref.Val { return types.Int(len(o.v.Members)) }

// Iterator implements traits.Iterable, over the names.
func (o object) Iterator() traits.Iterator {
	names := make([]ref.Val, len(o.v.Members))
	for i := range o.v.Members {
		names[i] = types.String(o.v.Members[i].Name)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, names).Iterator()
}

// Equal implements ref.Val.
func (o object) Equal(other ref.Val) ref.Val {
	m, ok := other.(traits.Mapper)
	if !ok || m.Size() != o.Size() {
		return types.False
	}
	for i := range o.v.Members {
		theirs, found := m.Find(types.String(o.v.Members[i].Name))
		if !found || types.Equal(wrap(&o.v.Members[i].Value, o.left), theirs) != types.True {
			return types.False
		}
	}
	return types.True
}

// ConvertToNative implements ref.Val. No expression has a use for it.
func (o object) ConvertToNative(to reflect.Type) (any, error) {
	return nil, fmt.Errorf("an object cannot become %v", to)
}

// ConvertToType implements ref.Val.
func (o object) ConvertToType(to ref.Type) ref.Val {
	switch to {
	case types.MapType:
		return o
	case types.TypeType:
		return types.MapType
	}
	return types.NewErr("an object is no %s", to.TypeName())
}

// Type implements ref.Val.
func (o object) Type() ref.Type { return types.MapType }

// Value implements ref.Val.
func (o object) Value() any { return o.v }

// text is a scalar as text; "" for null and for what has parts.
func text(v ref.Val) string {
	switch v := v.(type) {
	case types.String:
		return string(v)
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case types.Int:
		return strconv.FormatInt(int64(v), 10)
	case types.Double:
		return strconv.FormatFloat(float64(v), 'f', -1, 64)
	}
	return ""
}

// fold is text without regard to case, as Azure and most providers compare their enumerations.
func fold(v ref.Val) string { return strings.ToLower(strings.TrimSpace(text(v))) }

// same reports whether two scalars are the same text, without regard to case.
func same(a, b ref.Val) bool {
	switch a.(type) {
	case types.String, types.Bool, types.Int, types.Double:
		return strings.EqualFold(strings.TrimSpace(text(a)), strings.TrimSpace(text(b)))
	}
	return false
}

// items are the items of a list; a scalar or an object is a list of itself, null one of nothing.
func items(v ref.Val) []ref.Val {
	if v == nil || v == types.NullValue {
		return nil
	}
	l, ok := v.(traits.Lister)
	if !ok {
		return []ref.Val{v}
	}
	var out []ref.Val
	for it := l.Iterator(); it.HasNext() == types.True; {
		out = append(out, it.Next())
	}
	return out
}

// each is what exists, all, filter and map go through: nothing of null.
func each(v ref.Val) ref.Val {
	if v == types.NullValue {
		return types.NewRefValList(types.DefaultTypeAdapter, nil)
	}
	return v
}

// anyUnknown returns the first of the values that is unknown, or nil.
func anyUnknown(all []ref.Val) ref.Val {
	for _, v := range all {
		if types.IsUnknown(v) {
			return v
		}
	}
	return nil
}

// member is v.name or v[position]; null where there is none.
func member(v, key ref.Val) ref.Val {
	switch v := v.(type) {
	case traits.Mapper:
		if m, ok := v.Find(key); ok {
			return m
		}
	case *types.Unknown:
		return v
	case traits.Lister:
		i, ok := key.(types.Int)
		if size, isInt := v.Size().(types.Int); ok && isInt && i >= 0 && i < size {
			return v.Get(i)
		}
	}
	return types.NullValue
}
