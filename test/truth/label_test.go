package truth

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"c4arch/internal/arch/evidence"
)

// label is one file of expectations; README.md describes it.
type label struct {
	Name   string
	About  string
	Real   bool
	Inputs []string
	IDs    map[string]string `yaml:"ids"`

	Elements        []element
	Relationships   []relationship
	Allowed         []relationship
	Internet        []string
	Nested          [][2]string
	NotNested       [][2]string `yaml:"notNested"`
	Ambiguous       []reference
	Unresolved      []reference
	Externals       []string
	Secrets         []string
	SecretsMatching []string `yaml:"secretsMatching"`

	// Of code; see code_test.go.
	Like         string
	Subscription string
	Resources    []resource
	Perhaps      []string
	UnknownCount []string `yaml:"unknownCount"`
	Expressions  *expressions
	NotRead      []string `yaml:"notRead"`
	Sides        *sides

	file string
	has  map[string]bool // the keys that the file has
}

type element struct {
	ID         string
	Kinds      kinds
	Name       string
	Technology string
	System     string
	Hidden     bool
}

// kinds is a list, or the word any.
type kinds []string

func (k *kinds) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Value == "any" {
		*k = kinds{"any"}
		return nil
	}
	return n.Decode((*[]string)(k))
}

// relationship is source, target, rule, confidence; each may list alternatives with |.
type relationship [4]string

type reference struct {
	Resource string
	Value    string
	Targets  []string
}

func load(t *testing.T, file string) *label {
	t.Helper()
	l := &label{file: file, has: map[string]bool{}}
	l.decode(t, file)
	if err := l.expand(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return l
}

// decode puts what the file says over what the label holds already: first, what the label is like.
func (l *label) decode(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var top map[string]any
	if err := yaml.Unmarshal(data, &top); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if like, ok := top["like"].(string); ok {
		l.decode(t, filepath.Join(filepath.Dir(file), like))
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(l); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for k := range top {
		l.has[k] = true
	}
}

var short = regexp.MustCompile(`<([a-z0-9-]+)>`)

// long writes the ids that a text names by <short> names.
func (l *label) long(text string) string {
	return short.ReplaceAllStringFunc(text, func(m string) string {
		if id, ok := l.IDs[m[1:len(m)-1]]; ok {
			return id
		}
		return m
	})
}

// expand resolves <short> names in ids, and checks that every name used is known.
func (l *label) expand() error {
	var missing []string
	for range 5 {
		for k, v := range l.IDs {
			l.IDs[k] = short.ReplaceAllStringFunc(v, func(m string) string {
				to, ok := l.IDs[m[1:len(m)-1]]
				if !ok {
					missing = append(missing, m)
				}
				return to
			})
		}
	}
	use := func(names ...string) {
		for _, n := range names {
			for _, alt := range strings.Split(n, "|") {
				if _, ok := l.IDs[alt]; !ok && !strings.Contains(alt, ":") {
					missing = append(missing, alt)
				}
			}
		}
	}
	for _, e := range l.Elements {
		use(e.ID)
	}
	for _, r := range slices.Concat(l.Relationships, l.Allowed) {
		use(r[0], r[1])
	}
	for _, p := range slices.Concat(l.Nested, l.NotNested) {
		use(p[0], p[1])
	}
	for _, r := range slices.Concat(l.Ambiguous, l.Unresolved) {
		use(r.Resource)
		use(r.Targets...)
	}
	use(l.Internet...)
	if l.Sides != nil {
		use(slices.Concat(l.Sides.Both, l.Sides.Declared, l.Sides.Live)...)
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("names that ids does not define: %s", strings.Join(slices.Compact(missing), ", "))
	}
	return nil
}

// id returns the resource id behind a name of the label.
func (l *label) id(name string) string {
	if v, ok := l.IDs[name]; ok {
		name = v
	}
	return l.plain(name)
}

// plain makes ids comparable where the code leaves the subscription open that the label names.
func (l *label) plain(id string) string {
	if id = plainID(id); l.Subscription != "" {
		id = strings.ReplaceAll(id, "/subscriptions/"+strings.ToLower(l.Subscription), "/subscriptions/@")
	}
	return id
}

// plainID makes ids comparable: ARM ids in normal form, what code leaves open without its words, compose services
// without the project and Terraform addresses without the root, whose names depend on the folder.
func plainID(id string) string {
	id = plainText(id)
	if evidence.IsARM(id) {
		return evidence.NormalizeARM(id)
	}
	if rest, ok := strings.CutPrefix(id, "compose:"); ok {
		if _, thing, ok := strings.Cut(rest, "/"); ok {
			return "compose:*/" + thing
		}
	}
	return id
}

// paths are the inputs as they are scanned; ok is false when the published inputs are not here.
func (l *label) paths() (paths []string, ok bool) {
	root := filepath.Dir(l.file)
	if l.Real {
		if root = os.Getenv("C4ARCH_INPUTS"); root == "" {
			return nil, false
		}
	}
	for _, in := range l.Inputs {
		paths = append(paths, filepath.Join(root, filepath.FromSlash(in)))
	}
	return paths, true
}

// secrets are the texts that may stand in no result.
func (l *label) secrets(t *testing.T, paths []string) []string {
	t.Helper()
	all := slices.Clone(l.Secrets)
	for _, pattern := range l.SecretsMatching {
		re, n := regexp.MustCompile(pattern), len(all)
		for _, p := range paths {
			data, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllSubmatch(data, -1) {
				all = append(all, string(m[1]))
			}
		}
		if len(all) == n {
			t.Errorf("the pattern %s finds no secret in the inputs: the label is stale", pattern)
		}
	}
	return all
}
