// Package plain is the structural difference of two JSON documents by position, as RFC 6902 (JSON Patch) would write it down without
// moves: members of objects by name, items of arrays by index. It is what a comparison is without knowledge, to measure ours beside.
package plain

import (
	"maps"
	"slices"
	"strconv"
)

// Difference is one operation of a patch.
type Difference struct {
	Op   string // add, remove, replace
	Path string // RFC 6901, a JSON Pointer, without escapes
}

// Diff returns what makes b of a, in the order of the documents. Values are those of encoding/json.
func Diff(a, b any) []Difference {
	var d walk
	d.value("", a, b)
	return d
}

type walk []Difference

func (w *walk) value(path string, a, b any) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			w.object(path, x, y)
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			w.array(path, x, y)
			return
		}
	default:
		if !composite(b) && a == b {
			return
		}
	}
	*w = append(*w, Difference{"replace", path})
}

func composite(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func (w *walk) object(path string, a, b map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if y, ok := b[k]; ok {
			w.value(path+"/"+k, a[k], y)
		} else {
			*w = append(*w, Difference{"remove", path + "/" + k})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[k]; !ok {
			*w = append(*w, Difference{"add", path + "/" + k})
		}
	}
}

func (w *walk) array(path string, a, b []any) {
	for i := range max(len(a), len(b)) {
		at := path + "/" + strconv.Itoa(i)
		switch {
		case i >= len(b):
			*w = append(*w, Difference{"remove", at})
		case i >= len(a):
			*w = append(*w, Difference{"add", at})
		default:
			w.value(at, a[i], b[i])
		}
	}
}
