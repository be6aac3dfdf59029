package lang

import (
	"strings"

	"c4arch/internal/arch/evidence"
)

// ref marks an open value that is an attribute of a resource: its text is id#path.
type ref struct {
	id     string
	listed bool // by a list* function: nothing that a template says of the resource tells it
}

// attribute is what only the cloud knows of a resource, at the path.
func attribute(r *ref, path string) Value {
	return Value{Kind: Open, Text: words(r.id + "#" + path), Why: evidence.UnknownRuntime, Secure: r.listed, ref: r}
}

// Listed reports whether a value is what a list* function will give, and nothing else: it is a secret that nobody knows yet, so its
// text, the resource and the path in what it lists, tells none.
func (v *Value) Listed() bool { return v.Kind == Open && v.ref != nil && v.ref.listed }

// extend is a step from an open value.
func (e *eval) extend(v, key Value) Value {
	if !e.b.Room(len(v.Text) + len(key.Text)) {
		return Value{Kind: Open, Text: v.Text, Why: evidence.UnknownLimit, Secure: v.Secure}
	}
	w := writer{max: len(v.Text) + maxWords}
	if v.ref == nil {
		w.b = append(w.b, v.Text...)
		w.step(&key)
	} else {
		w.b = append(w.b, v.Text[len(v.ref.id)+1:]...)
		if w.step(&key); w.b[0] == '.' {
			w.b = w.b[1:]
		}
	}
	if len(w.b) > w.max {
		return Value{Kind: Open, Text: v.Text, Why: evidence.UnknownLimit, Secure: v.Secure}
	}
	if v.ref == nil {
		return Value{Kind: Open, Text: words(string(w.b)), Why: v.Why, Secure: v.Secure || key.Secure}
	}
	path := string(w.b)
	if !v.ref.listed {
		if known, ok := e.scope.Known(v.ref.id, path); ok {
			return known
		}
	}
	next := attribute(v.ref, path)
	next.Why, next.Secure = v.Why, v.Secure || key.Secure
	if key.Secure {
		next.ref = nil
	}
	return next
}

// reference is reference(name or id, version, 'Full') and the value that a list* function gives.
func (e *eval) reference(args []Value) (Value, error) {
	r, ok := e.resource(args[0])
	if !ok {
		return Value{}, errOpen
	}
	if known, ok := e.scope.Known(r.id, ""); ok {
		return known, nil
	}
	return attribute(r, ""), nil
}

// listing is a call of a list* function.
func (e *eval) listing(n *node, args []Value) Value {
	r, ok := e.resource(args[0])
	if !ok {
		v := e.left(n, args)
		v.Secure = true
		return v
	}
	r.listed = true
	return attribute(r, n.text+"()")
}

// resource is the resource that a name or an id means. An id without a scope belongs to the resource group.
func (e *eval) resource(v Value) (*ref, bool) {
	if v.Kind != String || v.Text == "" {
		return nil, false
	}
	if strings.HasPrefix(v.Text, "/") {
		return &ref{id: blanked(v.Text)}, true
	}
	if id, ok := e.scope.Symbol(v.Text); ok {
		return &ref{id: id}, true
	}
	kind, _, nested := strings.Cut(head(&v), "/")
	if nested && strings.Contains(kind, ".") {
		return &ref{id: e.scope.ScopeID("group") + "/providers/" + blanked(v.Text)}, true
	}
	return nil, false
}

// resourceInfo tells what the template itself knows of a resource by its symbolic name: its id, name and type.
func (e *eval) resourceInfo(args []Value) (Value, error) {
	r, ok := e.resource(args[0])
	if !ok {
		return Value{}, errOpen
	}
	at := strings.LastIndex(r.id, "/providers/")
	if at < 0 {
		return attribute(r, ""), nil
	}
	kind, name := "", ""
	for i, segment := range strings.Split(r.id[at+len("/providers/"):], "/") {
		if i == 0 || i%2 == 1 {
			kind += "/" + segment
		} else {
			name += "/" + segment
		}
	}
	members := []Member{{"id", r.text(r.id)}}
	if name != "" {
		members = append(members, Member{"name", r.text(name[1:])}, Member{"type", r.text(kind[1:])})
	}
	return e.dict(members)
}

// text is a part of an id as a value: open where it has a blank.
func (*ref) text(part string) Value {
	v := Str(part)
	if evidence.HasBlank(part) {
		v.Why = evidence.UnknownScope
	}
	return v
}
