package config

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// found is all that a reading handed on.
type found struct {
	t     testing.TB
	all   []*Resource
	notes []Note
	used  []string
	parts []string
}

// files makes a file system of texts.
func files(texts map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, s := range texts {
		m[name] = &fstest.MapFile{Data: []byte(s)}
	}
	return m
}

// read reads the root of a file system of texts. change may be nil.
func read(t testing.TB, texts map[string]string, change func(*Options)) *found {
	t.Helper()
	f := &found{t: t}
	o := Options{
		FS: files(texts), Dir: ".",
		NotRead: func(n Note) { f.notes = append(f.notes, n) },
		Used:    func(name string) { f.used = append(f.used, name) },
		Part:    func(dir string) { f.parts = append(f.parts, dir) },
	}
	if change != nil {
		change(&o)
	}
	err := Read(context.Background(), o, func(r *Resource) error {
		f.all = append(f.all, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// one reads a root of one file.
func one(t testing.TB, text string) *found {
	t.Helper()
	return read(t, map[string]string{"main.tf": text}, nil)
}

func (f *found) at(addr string) *Resource {
	f.t.Helper()
	for _, r := range f.all {
		if r.Address == addr {
			return r
		}
	}
	f.t.Fatalf("%s was not read, but %q", addr, f.addresses())
	return nil
}

func (f *found) addresses() []string {
	var all []string
	for _, r := range f.all {
		all = append(all, r.Address)
	}
	return all
}

// show writes a value in one line.
func show(v *tree.Value) string {
	if v == nil {
		return "nothing"
	}
	raw, _, err := canon.Encode(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// is checks a property of a resource, written as JSON.
func (f *found) is(addr, name, want string) {
	f.t.Helper()
	if got := show(f.at(addr).Props.Get(name)); got != want {
		f.t.Errorf("%s %s = %s, want %s", addr, name, got, want)
	}
}

// why returns the expression at a place: its text and its reason.
func (f *found) why(addr string, at tree.Path) string {
	f.t.Helper()
	for _, x := range f.at(addr).Expressions {
		if x.Path == at {
			return fmt.Sprintf("%s [%s]", x.Text, x.Unresolved)
		}
	}
	return "no expression"
}

// noted checks that there is exactly one note whose reason holds the words, and returns it.
func (f *found) noted(words string) Note {
	f.t.Helper()
	var all []Note
	for _, n := range f.notes {
		if strings.Contains(n.Reason, words) {
			all = append(all, n)
		}
	}
	if len(all) != 1 {
		f.t.Fatalf("%d notes say %q of %+v", len(all), words, f.notes)
	}
	return all[0]
}

// quiet checks that there is nothing to note.
func (f *found) quiet() {
	f.t.Helper()
	if len(f.notes) > 0 {
		f.t.Errorf("notes %+v", f.notes)
	}
}

// What Terraform 1.11.4 plans for resources of type terraform_data is what is read here. want.json of each directory
// holds the inputs that `terraform show -json` tells of the plan.
func TestAsTerraformPlans(t *testing.T) {
	dirs, err := filepath.Glob("testdata/planned/*")
	if err != nil || len(dirs) < 3 {
		t.Fatal(dirs, err)
	}
	for _, dir := range dirs {
		data, err := os.ReadFile(filepath.Join(dir, "want.json"))
		if err != nil {
			t.Fatal(err)
		}
		want, err := tree.ParseJSON(data, tree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		f := read(t, nil, func(o *Options) { o.FS = os.DirFS(dir) })
		f.quiet()
		if len(f.all) != len(want.Members) {
			t.Errorf("%s: %d resources, want %d", dir, len(f.all), len(want.Members))
		}
		for _, m := range want.Members {
			input := f.at(m.Name).Props.Get("input")
			if m.Value.Kind != tree.Object {
				if got := show(input); got != show(&m.Value) {
					t.Errorf("%s: %s = %s, want %s", dir, m.Name, got, show(&m.Value))
				}
				continue
			}
			for _, p := range m.Value.Members {
				if got := show(input.Get(p.Name)); got != show(&p.Value) {
					t.Errorf("%s: %s %s = %s, want %s", dir, m.Name, p.Name, got, show(&p.Value))
				}
			}
		}
	}
}
