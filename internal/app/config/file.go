package config

import (
	"slices"
	"strings"

	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

// Limits of a configuration file.
const (
	maxFile  = 256 << 10
	maxItems = 1000
	maxText  = 4096
)

type entry struct {
	values []string
	line   int
}

func readFile(path string) (map[string]entry, error) {
	data, err := readAll(path, maxFile)
	if err != nil {
		return nil, err
	}
	return parseFile(path, data)
}

// parseFile reads the settings of a file by their keys.
func parseFile(name string, data []byte) (map[string]entry, error) {
	f, err := form.Open(name, data, form.Format{Name: "configuration", Bytes: maxFile, Limits: tree.Limits{Depth: 8, Nodes: 20_000}})
	if err != nil {
		return nil, err
	}
	out := map[string]entry{}
	if f.Top != nil {
		r := reader{f, settings(), out}
		r.mapping(f.Top, "")
	}
	return out, f.Err()
}

type reader struct {
	*form.File
	table []setting
	out   map[string]entry
}

// mapping reads the keys below a prefix, which is "" or ends with a dot.
func (r *reader) mapping(v *tree.Value, prefix string) {
	var known []string
	for _, s := range r.table {
		if rest, ok := strings.CutPrefix(s.key, prefix); ok {
			name, _, _ := strings.Cut(rest, ".")
			if !slices.Contains(known, name) {
				known = append(known, name)
			}
		}
	}
	place := "the configuration"
	if prefix != "" {
		place = strings.TrimSuffix(prefix, ".")
	}
	fields := r.Fields(v, place, known...)
	if !fields.OK {
		return
	}
	for _, name := range known {
		x := fields.Get(name)
		if x == nil {
			continue
		}
		if i := slices.IndexFunc(r.table, func(s setting) bool { return s.key == prefix+name }); i >= 0 {
			r.value(x, &r.table[i])
			continue
		}
		r.mapping(x, prefix+name+".")
	}
}

func (r *reader) value(v *tree.Value, s *setting) {
	e := entry{line: int(v.Line)}
	switch {
	case v.Kind == tree.Array && !s.list:
		r.Say(v, "%s takes one value, not a list", s.key)
		return
	case v.Kind == tree.Array && len(v.Items) > maxItems:
		r.Say(v, "%s has more than %d entries", s.key, maxItems)
		return
	case v.Kind == tree.Array:
		for i := range v.Items {
			if t, ok := r.scalar(&v.Items[i], s); ok {
				e.values = append(e.values, t)
			}
		}
	default:
		t, ok := r.scalar(v, s)
		if !ok {
			return
		}
		e.values = []string{t}
	}
	r.out[s.key] = e
}

func (r *reader) scalar(v *tree.Value, s *setting) (string, bool) {
	switch v.Kind {
	case tree.String, tree.Number, tree.Bool:
		r.Check(v, s.key, v.Text, maxText)
		return v.Text, true
	case tree.Null:
		r.Say(v, "%s has no value: give it one, or leave the line out", s.key)
	default:
		r.Say(v, "%s takes a plain value", s.key)
	}
	return "", false
}
