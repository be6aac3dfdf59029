package terraform

import (
	"strconv"
	"strings"

	"c4arch/internal/base/tree"
)

// marks returns the places in props that sensitive_attributes names. Where a path
// cannot be followed exactly, the thing that holds it is marked: too much is safe.
func marks(props, list *tree.Value, flat bool) ([]tree.Path, error) {
	if list == nil || list.Kind == tree.Null {
		return nil, nil
	}
	if list.Kind != tree.Array {
		return nil, wrong(list.Line, "sensitive_attributes is not an array, so secrets cannot be told from the rest")
	}
	var all []tree.Path
	for i := range list.Items {
		steps, err := stepsOf(&list.Items[i])
		if err != nil {
			return nil, err
		}
		if flat {
			all = append(all, flatMarks(props, steps)...)
		} else {
			all = append(all, follow(props, "", steps)...)
		}
	}
	return all, nil
}

// step is one step of a path; unknown ends the path at the thing reached so far.
type step struct {
	name    string
	unknown bool
}

// stepsOf reads one path: an array of cty steps as in
// [{"type":"get_attr","value":"password"},{"type":"index","value":{"value":0,"type":"number"}}], or the older
// form, a string with dots.
func stepsOf(v *tree.Value) ([]step, error) {
	if v.Kind == tree.String {
		var steps []step
		for name := range strings.SplitSeq(v.Text, ".") {
			steps = append(steps, step{name: name})
		}
		return steps, nil
	}
	if v.Kind != tree.Array || len(v.Items) == 0 {
		return nil, wrong(v.Line, "a path in sensitive_attributes has an unknown form, so secrets cannot be told from the rest")
	}
	var steps []step
	for i := range v.Items {
		it := &v.Items[i]
		val := it.Get("value")
		if it.Get("type").Str() == "index" {
			val = val.Get("value")
		}
		if val == nil || val.Kind != tree.String && val.Kind != tree.Number {
			// An element of a set is named by its whole value.
			return append(steps, step{unknown: true}), nil
		}
		steps = append(steps, step{name: val.Text})
	}
	return steps, nil
}

// follow returns the places that steps lead to from v, which stands at the path.
func follow(v *tree.Value, at tree.Path, steps []step) []tree.Path {
	if len(steps) == 0 {
		return []tree.Path{at}
	}
	s := steps[0]
	switch {
	case s.unknown:
		return []tree.Path{at}
	case v.Kind == tree.Array:
		i, err := strconv.Atoi(s.name)
		if err != nil {
			return []tree.Path{at}
		}
		if i < 0 || i >= len(v.Items) {
			return nil
		}
		return follow(&v.Items[i], at.Index(i), steps[1:])
	case v.Kind == tree.Object:
		m, inner := v.Get(s.name), dynamic(v)
		// An attribute of dynamic type is stored as {"value":…,"type":…}, which the path does
		// not count. One that may only look so is marked in both readings.
		switch {
		case m == nil && inner == nil:
			return nil
		case inner == nil:
			return follow(m, at.Key(s.name), steps[1:])
		case s.name == "value":
			return []tree.Path{at.Key("value")}
		case m != nil: // type
			return append(follow(inner, at.Key("value"), steps), at.Key(s.name))
		}
		return follow(inner, at.Key("value"), steps)
	case v.Kind == tree.Null:
		return nil
	}
	return []tree.Path{at} // a scalar where the path goes on
}

// dynamic returns the value in the wrapper of a dynamically typed attribute, or nil.
func dynamic(v *tree.Value) *tree.Value {
	typ := v.Get("type")
	if len(v.Members) != 2 || typ == nil || typ.Kind != tree.String && typ.Kind != tree.Array {
		return nil
	}
	return v.Get("value")
}

// flatMarks returns the flat attributes at and below the steps.
func flatMarks(props *tree.Value, steps []step) []tree.Path {
	var names []string
	for _, s := range steps {
		if s.unknown {
			break
		}
		names = append(names, s.name)
	}
	at := strings.Join(names, ".")
	var found []tree.Path
	for _, m := range props.Fields() {
		if at == "" || m.Name == at || strings.HasPrefix(m.Name, at+".") {
			found = append(found, tree.Path("").Key(m.Name))
		}
	}
	return found
}

// mirror returns the places where v, which mirrors the shape of a value, holds true:
// the form of sensitive_values and after_unknown in the JSON of "show".
func mirror(v *tree.Value) []tree.Path {
	if v == nil {
		return nil
	}
	var found []tree.Path
	for p, leaf := range v.Leaves() {
		if leaf.True() {
			found = append(found, p)
		}
	}
	return found
}
