package kustomize

import (
	"encoding/base64"
	"maps"
	"path"
	"slices"
	"strings"

	"c4arch/internal/base/tree"
)

// trace finds where an object stands: in a file of objects, in the configuration of a generator, or, where the library does
// not tell, in the kustomization itself.
func (s *stage) trace(top *layer, v *tree.Value) made {
	o := takeOrigin(v)
	bare(v)
	if at, ok := s.placed[inMemory(top, o.Path)]; ok && o.Path != "" {
		follow(v, at.value)
		m := made{Object: Object{Value: *v, File: at.file, Line: at.value.Line, Path: at.at}, in: at.in}
		m.name, m.namespace = at.value.Get("metadata").Get("name").Str(), at.value.Get("metadata").Get("namespace").Str()
		return m
	}
	if at, ok := s.placed[inMemory(top, o.ConfiguredIn)]; ok && o.ConfiguredIn != "" {
		v.Line, v.Column = at.value.Line, at.value.Column
		name := at.value.Get("metadata").Get("name").Str()
		return made{Object: Object{Value: *v, File: at.file, Line: max(at.value.Line, 1)}, in: at.in, name: name}
	}
	if l := s.layers[path.Dir(inMemory(top, o.ConfiguredIn))]; l != nil && o.ConfiguredIn != "" {
		return l.generatedObject(v)
	}
	v.Line = 1
	return made{Object: Object{Value: *v, File: top.file, Line: 1}, in: top}
}

// bare takes the lines of the library's own text off.
func bare(v *tree.Value) {
	v.Line, v.Column = 0, 0
	for i := range v.Items {
		bare(&v.Items[i])
	}
	for i := range v.Members {
		bare(&v.Members[i].Value)
	}
}

// follow gives v and what is below it the places of what is the same in src.
func follow(v, src *tree.Value) {
	if v.Kind != src.Kind {
		return
	}
	switch v.Kind {
	case tree.Object:
		v.Line, v.Column = src.Line, src.Column
		for i := range v.Members {
			if from := src.Get(v.Members[i].Name); from != nil {
				follow(&v.Members[i].Value, from)
			}
		}
	case tree.Array:
		v.Line, v.Column = src.Line, src.Column
		shift := 0 // by as much as what a patch has put before or taken out
		for i := range v.Items {
			if j := counterpart(&v.Items[i], i, shift, src.Items); j >= 0 {
				shift = j - i
				follow(&v.Items[i], &src.Items[j])
			}
		}
	default:
		if v.Text == src.Text {
			v.Line, v.Column = src.Line, src.Column
		}
	}
}

// mergeKeys are the names by which kustomize tells the items of most lists apart.
var mergeKeys = []string{"name", "mountPath", "containerPort", "port", "ip", "topologyKey", "devicePath", "key", "uid", "type"}

// longList is a list that is not searched for an item that is neither at its place nor shifted as the one before.
const longList = 1_000

// counterpart finds what became the i-th item of a list, into which a patch may have put others; -1 where there is none.
func counterpart(it *tree.Value, i, shift int, list []tree.Value) int {
	for _, j := range [...]int{i, i + shift} {
		if j >= 0 && j < len(list) && same(it, &list[j]) {
			return j
		}
	}
	if len(list) <= longList {
		for j := range list {
			if same(it, &list[j]) {
				return j
			}
		}
	}
	if it.Kind == tree.Object && i < len(list) && !keyed(it) && !keyed(&list[i]) {
		return i
	}
	return -1
}

func keyed(v *tree.Value) bool {
	return slices.ContainsFunc(mergeKeys, func(k string) bool { return v.Get(k) != nil })
}

// same reports whether two items are the same thing: equal scalars, or objects with the same merge key.
func same(a, b *tree.Value) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind != tree.Object {
		return a.Kind != tree.Array && a.Text == b.Text
	}
	for _, k := range mergeKeys {
		x, y := a.Get(k), b.Get(k)
		if x != nil || y != nil {
			return x != nil && y != nil && x.Kind == y.Kind && x.Text == y.Text
		}
	}
	return false
}

// generatedObject finds which entry of configMapGenerator or secretGenerator an object comes from. Its name
// has the entry's name in it.
func (l *layer) generatedObject(v *tree.Value) made {
	field := "configMapGenerator"
	if v.Get("kind").Str() == "Secret" {
		field = "secretGenerator"
	}
	list := l.root.GetFold(field)
	name, longest := v.Get("metadata").Get("name").Str(), 0
	var entry *tree.Value
	for i := range list.List() {
		if own := list.Items[i].GetFold("name").Str(); len(own) > longest && strings.Contains(name, own) {
			entry, longest = &list.Items[i], len(own)
		}
	}
	if entry == nil {
		entry = fold(&l.root, field)
	}
	v.Line, v.Column = entry.Line, entry.Column
	place := func(to, from *tree.Value) {
		if to != nil && from != nil {
			to.Line, to.Column = from.Line, from.Column
		}
	}
	meta := v.Get("metadata")
	for key, from := range map[string]*tree.Value{"name": entry.GetFold("name"), "namespace": entry.GetFold("namespace")} {
		if to := meta.Get(key); to != nil && from != nil && to.Text == from.Text {
			place(to, from)
		}
	}
	if ns := l.root.GetFold("namespace"); ns != nil && meta.Get("namespace").Str() == ns.Text {
		place(meta.Get("namespace"), ns)
	}
	sourceOf := l.sources(entry)
	for _, data := range []string{"data", "binaryData"} {
		for i := range v.Get(data).Fields() {
			m := &v.Get(data).Members[i]
			place(&m.Value, sourceOf(m.Name, m.Value.Text))
		}
	}
	return made{
		Object: Object{Value: *v, File: l.file, Line: max(entry.Line, 1)}, in: l,
		name: entry.GetFold("name").Str(), namespace: entry.GetFold("namespace").Str(),
	}
}

// sources tells where an entry of a generator gives a key its value: in a literal, or where it names the file. Another
// entry may have merged another value into the same key.
func (l *layer) sources(entry *tree.Value) func(key, value string) *tree.Value {
	of := map[string]*tree.Value{}
	for i, f := range entry.GetFold("files").List() {
		key, _ := keyOf(f.Text)
		of[strings.TrimSuffix(key, "=")] = &entry.GetFold("files").Items[i]
	}
	envs := entry.GetFold("envs").List()
	if env := entry.GetFold("env"); env != nil {
		envs = append([]tree.Value{*env}, envs...)
	}
	for i := range envs {
		for key := range l.sets[envs[i].Text] {
			of[key] = &envs[i]
		}
	}
	literals := map[string]*tree.Value{}
	for i, x := range entry.GetFold("literals").List() {
		key, _, _ := strings.Cut(x.Text, "=")
		literals[key] = &entry.GetFold("literals").Items[i]
	}
	return func(key, value string) *tree.Value {
		x := literals[key]
		if x == nil {
			return of[key]
		}
		_, text, _ := strings.Cut(x.Text, "=")
		for _, t := range []string{text, strings.Trim(text, `"'`)} {
			if t == value || base64.StdEncoding.EncodeToString([]byte(t)) == value {
				return x
			}
		}
		return nil
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
