package scim

import (
	"encoding/json"
	"slices"
	"strings"
)

// maxOperations is how many one patch has at most.
const maxOperations = 1000

// kindOf says what an attribute of a resource is.
type kindOf int

const (
	simple   kindOf = iota
	truth           // a boolean
	compound        // sub-attributes
	many            // a list of complex values, told apart by "value"
)

// attribute is one that is kept. What is not here is taken and forgotten: RFC 7644 section 3.3 lets a service provider do so, and says that the answer shows what was kept.
type attribute struct {
	name string
	kind kindOf
	subs []string
}

var userAttributes = []attribute{
	{name: "userName"},
	{name: "externalId"},
	{name: "displayName"},
	{name: "active", kind: truth},
	{name: "name", kind: compound, subs: []string{"formatted", "givenName", "familyName"}},
	{name: "emails", kind: many, subs: []string{"value", "type", "primary"}},
}

var groupAttributes = []attribute{
	{name: "displayName"},
	{name: "externalId"},
	{name: "members", kind: many, subs: []string{"value"}},
}

// fixed are attributes that are the service's own.
var fixed = []string{"id", "meta", "schemas", "groups"}

func find(all []attribute, name string) (attribute, bool) {
	i := slices.IndexFunc(all, func(a attribute) bool { return strings.EqualFold(a.name, name) })
	if i < 0 {
		return attribute{}, false
	}
	return all[i], true
}

func (a attribute) sub(name string) (string, bool) {
	i := slices.IndexFunc(a.subs, func(s string) bool { return strings.EqualFold(s, name) })
	if i < 0 {
		return "", false
	}
	return a.subs[i], true
}

// operation is one of a patch, as it is sent: RFC 7644 section 3.5.2, and as Entra ID writes it.
type operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// target is what a path names.
type target struct {
	attr attribute
	pick *filter // of a list, which of its values
	sub  string
	none bool // an attribute that is not kept
}

// parsePath reads the path of an operation: userName, name.givenName, emails[type eq "work"].value, with or without the schema in front.
func parsePath(all []attribute, text string) (target, error) {
	if len(text) > maxFilter {
		return target{}, badPath
	}
	if slices.ContainsFunc(others, func(s string) bool { return strings.HasPrefix(strings.ToLower(text), s) }) {
		return target{none: true}, nil
	}
	p := &parser{text: text}
	name, err := p.path()
	if err != nil {
		return target{}, badPath
	}
	var t target
	if p.at < len(text) && text[p.at] == '[' {
		p.at++
		if t.pick, err = p.nested(); err != nil || !p.mark(']') {
			return target{}, badPath
		}
		if p.at < len(text) && text[p.at] == '.' {
			p.at++
			if t.sub, err = p.path(); err != nil {
				return target{}, badPath
			}
		}
	}
	if p.at != len(text) {
		return target{}, badPath
	}
	return resolve(all, t, name)
}

func resolve(all []attribute, t target, name string) (target, error) {
	name, sub, dotted := strings.Cut(name, ".")
	if dotted {
		if t.pick != nil || sub == "" {
			return target{}, badPath
		}
		t.sub = sub
	}
	attr, known := find(all, name)
	switch {
	case !known && slices.ContainsFunc(fixed, func(f string) bool { return strings.EqualFold(f, name) }):
		return target{}, immutable
	case !known:
		return target{none: true}, nil
	}
	t.attr = attr
	if t.sub != "" {
		if t.sub, known = attr.sub(t.sub); !known {
			return target{none: true}, nil
		}
	}
	if t.pick != nil && attr.kind != many {
		return target{}, badPath
	}
	return t, nil
}

// patch applies operations to a resource in the form of [normal].
func patch(all []attribute, resource map[string]any, ops []operation) error {
	if len(ops) == 0 || len(ops) > maxOperations {
		return badSyntax
	}
	for _, op := range ops {
		if err := apply(all, resource, op); err != nil {
			return err
		}
	}
	return nil
}

func apply(all []attribute, resource map[string]any, op operation) error {
	op.Op = strings.ToLower(op.Op)
	if op.Op != "add" && op.Op != "replace" && op.Op != "remove" {
		return badSyntax
	}
	var value any
	if len(op.Value) > 0 {
		if err := json.Unmarshal(op.Value, &value); err != nil {
			return badSyntax
		}
	}
	if op.Path != "" {
		t, err := parsePath(all, op.Path)
		if err != nil || t.none {
			return err
		}
		return t.apply(resource, op.Op, value)
	}
	object, ok := value.(map[string]any)
	if !ok || op.Op == "remove" {
		return noTarget
	}
	return applyAll(all, resource, op.Op, object)
}

// applyAll is an operation without a path: each member of the value is one, whose name may be a path, as Entra ID has it.
func applyAll(all []attribute, resource map[string]any, op string, object map[string]any) error {
	for _, name := range sortedKeys(object) {
		if slices.ContainsFunc(fixed, func(f string) bool { return strings.EqualFold(f, name) }) {
			continue
		}
		t, err := parsePath(all, name)
		if err != nil {
			return err
		}
		if t.none {
			continue
		}
		if err := t.apply(resource, op, object[name]); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (t target) apply(resource map[string]any, op string, value any) error {
	switch t.attr.kind {
	case many:
		return t.list(resource, op, value)
	case compound:
		return t.object(resource, op, value)
	}
	if op == "remove" || value == nil {
		delete(resource, t.attr.name)
		return nil
	}
	v, err := scalar(t.attr.kind, value)
	if err == nil {
		resource[t.attr.name] = v
	}
	return err
}

// scalar reads a text or a boolean; of a boolean also the texts that Entra ID sends, "True" and "False".
func scalar(k kindOf, value any) (any, error) {
	if k == truth {
		switch v := value.(type) {
		case bool:
			return v, nil
		case string:
			if strings.EqualFold(v, "true") || strings.EqualFold(v, "false") {
				return strings.EqualFold(v, "true"), nil
			}
		}
		return nil, badValue
	}
	if v, ok := value.(string); ok {
		return v, nil
	}
	return nil, badValue
}

func (t target) object(resource map[string]any, op string, value any) error {
	is, _ := resource[t.attr.name].(map[string]any)
	if is == nil {
		is = map[string]any{}
	}
	switch {
	case t.sub == "" && (op == "remove" || value == nil):
		delete(resource, t.attr.name)
		return nil
	case t.sub == "":
		more, err := normalObject(t.attr, value)
		if err != nil {
			return err
		}
		for k, v := range more {
			is[k] = v
		}
	case op == "remove" || value == nil:
		delete(is, t.sub)
	default:
		v, err := scalar(simple, value)
		if err != nil {
			return err
		}
		is[t.sub] = v
	}
	resource[t.attr.name] = is
	return nil
}

func (t target) list(resource map[string]any, op string, value any) error {
	is, _ := resource[t.attr.name].([]any)
	var err error
	switch {
	case t.pick == nil && t.sub == "":
		is, err = t.whole(is, op, value)
	case op == "remove" && t.sub == "":
		is = slices.DeleteFunc(is, t.picked)
	default:
		is, err = t.within(is, op, value)
	}
	if err == nil {
		resource[t.attr.name] = is
	}
	return err
}

func (t target) picked(v any) bool {
	m, ok := v.(map[string]any)
	return ok && (t.pick == nil || t.pick.matches(m))
}

// whole is an operation on all of a list. Entra ID removes some of its values by sending them, although RFC 7644 has a filter for that.
func (t target) whole(is []any, op string, value any) ([]any, error) {
	if op == "remove" && value == nil {
		return nil, nil
	}
	more, err := normalList(t.attr, value)
	if err != nil {
		return nil, err
	}
	switch op {
	case "remove":
		return slices.DeleteFunc(is, func(v any) bool { return has(more, v) }), nil
	case "replace":
		return more, nil
	}
	for _, v := range more {
		if !has(is, v) {
			is = append(is, v)
		}
		if len(is) > maxValues {
			return nil, tooMany
		}
	}
	return is, nil
}

// has reports whether a list has a value of the same "value", and where that says one, of the same type.
func has(list []any, v any) bool {
	m, _ := v.(map[string]any)
	return slices.ContainsFunc(list, func(o any) bool {
		x, _ := o.(map[string]any)
		return x["value"] == m["value"] && (x["type"] == m["type"] || m["type"] == nil)
	})
}

// within is an operation on some values of a list, or on one attribute of each. Where none is picked, one that the filter describes is made: Entra ID sets a new work address so.
func (t target) within(is []any, op string, value any) ([]any, error) {
	n := 0
	for _, v := range is {
		if !t.picked(v) {
			continue
		}
		n++
		if err := t.one(v.(map[string]any), op, value); err != nil { //nolint:forcetypeassert // it was picked
			return nil, err
		}
	}
	if n > 0 || op == "remove" {
		return is, nil
	}
	made := map[string]any{}
	if t.pick == nil || t.pick.op != "eq" {
		return nil, noTarget
	}
	name, known := t.attr.sub(t.pick.path)
	if !known {
		return nil, noTarget
	}
	made[name] = t.pick.value
	if err := t.one(made, op, value); err != nil {
		return nil, err
	}
	if len(is) >= maxValues {
		return nil, tooMany
	}
	return append(is, made), nil
}

func (t target) one(v map[string]any, op string, value any) error {
	if t.sub == "" {
		more, err := normalObject(t.attr, value)
		for k, x := range more {
			v[k] = x
		}
		return err
	}
	if op == "remove" || value == nil {
		delete(v, t.sub)
		return nil
	}
	x, err := scalar(kindOfSub(t.sub), value)
	if err == nil {
		v[t.sub] = x
	}
	return err
}

func kindOfSub(name string) kindOf {
	if name == "primary" {
		return truth
	}
	return simple
}

// maxValues is how many values a list of a resource has at most.
const maxValues = 5000

// normal is a resource as it was sent, with the names of its attributes as they are written, and with those that are kept alone.
func normal(all []attribute, sent map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for _, name := range sortedKeys(sent) {
		attr, known := find(all, plain(name))
		if !known || sent[name] == nil {
			continue
		}
		t := target{attr: attr}
		if err := t.apply(out, "replace", sent[name]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func normalObject(attr attribute, value any) (map[string]any, error) {
	sent, ok := value.(map[string]any)
	if !ok {
		if text, is := value.(string); is && attr.kind == many { // "members": ["pn_…"], as some send it
			return map[string]any{"value": text}, nil
		}
		return nil, badValue
	}
	out := map[string]any{}
	for _, name := range sortedKeys(sent) {
		sub, known := attr.sub(name)
		if !known || sent[name] == nil {
			continue
		}
		v, err := scalar(kindOfSub(sub), sent[name])
		if err != nil {
			return nil, err
		}
		out[sub] = v
	}
	return out, nil
}

func normalList(attr attribute, value any) ([]any, error) {
	sent, ok := value.([]any)
	if !ok {
		sent = []any{value}
	}
	if len(sent) > maxValues {
		return nil, tooMany
	}
	out := make([]any, 0, len(sent))
	for _, v := range sent {
		m, err := normalObject(attr, v)
		if err != nil {
			return nil, err
		}
		if text, _ := m["value"].(string); text != "" {
			out = append(out, m)
		}
	}
	return out, nil
}
