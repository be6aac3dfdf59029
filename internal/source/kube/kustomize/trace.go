package kustomize

import (
	"maps"
	"path"
	"slices"
	"strings"

	"c4arch/internal/base/tree"
)

// trace finds where an object stands: in a file of objects, in the configuration of a generator, or, where the library does
// not tell, in the kustomization itself.
func (s *stage) trace(top *layer, v *tree.Value) Object {
	o := takeOrigin(v)
	bare(v)
	if at, ok := s.placed[inMemory(top, o.Path)]; ok && o.Path != "" {
		follow(v, at.value)
		return Object{Value: *v, File: at.file, Line: at.value.Line, Path: at.at}
	}
	if at, ok := s.placed[inMemory(top, o.ConfiguredIn)]; ok && o.ConfiguredIn != "" {
		v.Line, v.Column = at.value.Line, at.value.Column
		return Object{Value: *v, File: at.file, Line: max(at.value.Line, 1)}
	}
	if l := s.layers[path.Dir(inMemory(top, o.ConfiguredIn))]; l != nil && o.ConfiguredIn != "" {
		return l.generatedObject(v)
	}
	v.Line = 1
	return Object{Value: *v, File: top.file, Line: 1}
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
		for i := range v.Items {
			if from := counterpart(&v.Items[i], i, src.Items); from != nil {
				follow(&v.Items[i], from)
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

// counterpart finds what became the i-th item of a list, into which a patch may have put others.
func counterpart(it *tree.Value, i int, list []tree.Value) *tree.Value {
	if i < len(list) && same(it, &list[i]) {
		return &list[i]
	}
	for j := range list {
		if same(it, &list[j]) {
			return &list[j]
		}
	}
	if it.Kind == tree.Object && i < len(list) && !keyed(it) && !keyed(&list[i]) {
		return &list[i]
	}
	return nil
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
func (l *layer) generatedObject(v *tree.Value) Object {
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
	for _, data := range []string{"data", "binaryData"} {
		for i := range v.Get(data).Fields() {
			m := &v.Get(data).Members[i]
			place(&m.Value, sourceOf(entry, m.Name))
		}
	}
	return Object{Value: *v, File: l.file, Line: max(entry.Line, 1)}
}

// sourceOf finds what in an entry of a generator gives a key its value. Of keys from a file of variables that is the file.
func sourceOf(entry *tree.Value, key string) *tree.Value {
	literals, files, envs := entry.GetFold("literals"), entry.GetFold("files"), entry.GetFold("envs")
	for i := range literals.List() {
		if k, _, _ := strings.Cut(literals.Items[i].Text, "="); k == key {
			return &literals.Items[i]
		}
	}
	for i := range files.List() {
		if k, _ := keyOf(files.Items[i].Text); k == key+"=" {
			return &files.Items[i]
		}
	}
	if n := len(envs.List()); n == 1 {
		return &envs.Items[0]
	}
	return entry.GetFold("env")
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
