package app

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sources are a set of files, as they would be scanned.
type sources struct {
	t     testing.TB
	files map[string][]byte
}

func (e *sources) clone() *sources { return &sources{e.t, maps.Clone(e.files)} }

// estateOf reads all files below a directory.
func estateOf(t testing.TB, dir string) *sources {
	t.Helper()
	e := &sources{t, map[string][]byte{}}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		e.files[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// text replaces one piece of a file.
func text(file, old, now string) func(*sources) {
	return func(e *sources) {
		b := string(e.files[file])
		if strings.Count(b, old) != 1 {
			e.t.Fatalf("%s has %q %d times", file, old, strings.Count(b, old))
		}
		e.files[file] = []byte(strings.Replace(b, old, now, 1))
	}
}

// more appends to a file.
func more(file, tail string) func(*sources) {
	return func(e *sources) { e.files[file] = append(slices.Clone(e.files[file]), tail...) }
}

func all(edits ...func(*sources)) func(*sources) {
	return func(e *sources) {
		for _, x := range edits {
			x(e)
		}
	}
}

// in changes a JSON file.
func in(file string, change func(doc any) any) func(*sources) {
	return func(e *sources) {
		var doc any
		if err := json.Unmarshal(e.files[file], &doc); err != nil {
			e.t.Fatalf("%s: %v", file, err)
		}
		b, err := json.MarshalIndent(change(doc), "", "  ")
		if err != nil {
			e.t.Fatal(err)
		}
		e.files[file] = b
	}
}

// put sets the value at a path such as data[name=a].properties.rules[0].access; absent removes it.
func put(file, path string, value any) func(*sources) {
	return func(e *sources) {
		in(file, func(doc any) any {
			out, ok := replaceAt(doc, split(path), func(any) any { return value })
			if !ok {
				e.t.Fatalf("%s has no %s", file, path)
			}
			return out
		})(e)
	}
}

// with changes the value at a path.
func with(file, path string, change func(any) any) func(*sources) {
	return func(e *sources) {
		in(file, func(doc any) any {
			out, ok := replaceAt(doc, split(path), change)
			if !ok {
				e.t.Fatalf("%s has no %s", file, path)
			}
			return out
		})(e)
	}
}

// push appends to the array at a path.
func push(file, path string, items ...any) func(*sources) {
	return with(file, path, func(v any) any {
		list, _ := v.([]any)
		return append(list, items...)
	})
}

type gone struct{}

// absent is the value of what is taken away.
var absent any = gone{}

// split takes a path apart at its dots and brackets; in brackets dots count for nothing.
func split(path string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
		}
		b.Reset()
	}
	depth := 0
	for _, r := range path {
		switch {
		case r == '[':
			flush()
			depth++
			b.WriteRune(r)
		case r == ']':
			depth--
			flush()
		case r == '.' && depth == 0:
			flush()
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return out
}

// replaceAt goes down to a path and replaces what is there.
func replaceAt(v any, steps []string, change func(any) any) (any, bool) {
	if len(steps) == 0 {
		return change(v), true
	}
	step := steps[0]
	if key, ok := strings.CutPrefix(step, "["); ok {
		list, _ := v.([]any)
		i := indexOf(list, key)
		if i < 0 {
			return v, false
		}
		out, ok := replaceAt(list[i], steps[1:], change)
		if out == absent {
			return slices.Delete(list, i, i+1), ok
		}
		list[i] = out
		return list, ok
	}
	m, ok := v.(map[string]any)
	if !ok {
		return v, false
	}
	old, there := m[step]
	if !there && len(steps) > 1 {
		return v, false
	}
	out, ok := replaceAt(old, steps[1:], change)
	if out == absent {
		delete(m, step)
		return m, ok && there
	}
	m[step] = out
	return m, ok
}

// indexOf finds an item by its number, or by member=value, several with commas.
func indexOf(list []any, key string) int {
	if n, err := strconv.Atoi(key); err == nil && n < len(list) {
		return n
	}
	return slices.IndexFunc(list, func(v any) bool {
		m, _ := v.(map[string]any)
		for part := range strings.SplitSeq(key, ",") {
			name, want, _ := strings.Cut(part, "=")
			if s, _ := m[name].(string); !strings.EqualFold(s, want) {
				return false
			}
		}
		return true
	})
}

// every changes each value of a JSON document, from the leaves up; name is the nearest member's.
func every(v any, name string, change func(name string, v any) any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, m := range x {
			x[k] = every(m, k, change)
		}
	case []any:
		for i, m := range x {
			x[i] = every(m, name, change)
		}
	}
	return change(name, v)
}

// decoded is JSON text as a value.
func decoded(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return v
}
