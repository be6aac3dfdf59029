package lang

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"c4arch/internal/arch/evidence"
)

// path follows .name and [index] from a value. After a safe step all later ones are safe too, as in tryGet().
func (e *eval) path(n *node) Value {
	v := e.node(n.base)
	safe := false
	for i := range n.steps {
		s := &n.steps[i]
		safe = safe || s.safe
		key := Str(s.name)
		if s.index != nil {
			key = e.node(s.index)
		}
		if !e.b.Step(1) {
			return e.limited(n)
		}
		next, err := e.access(v, key, safe)
		switch {
		case errors.Is(err, errLimit):
			why := cmp.Or(key.Reason(), evidence.UnknownLimit)
			return Value{Kind: Open, Text: e.source(n), Why: why, Secure: v.HasSecure()}
		case err != nil:
			return e.astray(n, &v, &key, err)
		}
		if next.Kind == Null && safe {
			return next
		}
		v = next
	}
	return v
}

// access is one step. Its errors are for people.
func (e *eval) access(v, key Value, safe bool) (Value, error) {
	switch {
	case v.Kind == Open:
		return e.extend(v, key), nil
	case v.Kind == Null && safe:
		return Value{}, nil
	case key.Kind == Open || key.Kind == String && key.Why != "":
		return e.beside(v, key)
	case v.Kind == Object && key.Kind == String:
		if next, ok := v.Get(key.Text); ok {
			next.Secure = next.Secure || v.Secure
			return next, nil
		}
		if safe {
			return Value{}, nil
		}
		return Value{}, fmt.Errorf("the object has no property %q%s", clip(key), has(v))
	case v.Kind == Array && key.Kind == Int:
		return item(v, key.Int, safe)
	}
	return Value{}, fmt.Errorf("%s has no %s", article(v.Kind), map[bool]string{true: "item by number", false: "property by name"}[key.Kind == Int])
}

func item(v Value, i int64, safe bool) (Value, error) {
	if i >= 0 && i < int64(len(v.Items)) {
		next := v.Items[i]
		next.Secure = next.Secure || v.Secure
		return next, nil
	}
	if safe {
		return Value{}, nil
	}
	return Value{}, fmt.Errorf("index %d is outside of the array of %d items", i, len(v.Items))
}

// clip is a name for a message.
func clip(key Value) string {
	if key.Secure {
		return "(secret)"
	}
	if len(key.Text) > 80 {
		return key.Text[:80] + "..."
	}
	return key.Text
}

// has lists a few names that would have been right.
func has(v Value) string {
	if len(v.Members) == 0 || len(v.Members) > 12 || v.HasSecure() {
		return ""
	}
	names := make([]string, len(v.Members))
	for i := range v.Members {
		names[i] = clip(Str(v.Members[i].Name))
	}
	return "; it has " + strings.Join(names, ", ")
}

// astray is a path that cannot be followed.
func (e *eval) astray(n *node, v, key *Value, err error) Value {
	e.b.Fault(err.Error())
	w := writer{max: maxWords}
	if v.HasSecure() || key.HasSecure() {
		return Value{Kind: Open, Text: e.source(n), Why: evidence.UnknownFault, Secure: true}
	}
	w.value(v)
	w.step(key)
	return Unknown(e.written(&w, n), evidence.UnknownFault)
}

// beside is a known value at an unknown place.
func (e *eval) beside(v, key Value) (Value, error) {
	w := writer{max: maxWords}
	w.open(&v)
	w.step(&key)
	if len(w.b) > maxWords || !e.b.Room(len(w.b)) {
		return Value{}, errLimit
	}
	return Value{Kind: Open, Text: words(string(w.b)), Why: key.Reason(), Secure: v.HasSecure() || key.Secure}, nil
}

// step writes an access.
func (w *writer) step(key *Value) {
	if key.Kind == String && key.Why == "" && plain(key.Text) {
		w.b = append(append(w.b, '.'), key.Text...)
		return
	}
	w.b = append(w.b, '[')
	w.value(key)
	w.b = append(w.b, ']')
}

func plain(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; !letter(c) && c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

func article(k Kind) string {
	return [...]string{"null", "a boolean", "an integer", "a number", "a text", "an array", "an object", "an open value"}[k]
}
