// Package sourcetest is what the tests of all readers need: a sink that keeps what it is given, and inputs made
// from texts or from a file system.
package sourcetest

import (
	"context"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Sink keeps everything that a reader finds.
type Sink struct {
	Drafts  []evidence.Draft
	Missing []evidence.NotRead // what was not read
	Others  []string           // other files that were read
	Parts   []string           // other inputs that are a part of this one
	Fail    error              // what Resource returns, when it is not nil
}

var _ evidence.Sink = (*Sink)(nil)

// Resource keeps a draft.
func (s *Sink) Resource(d evidence.Draft) error {
	s.Drafts = append(s.Drafts, d)
	return s.Fail
}

// NotRead keeps what was not read.
func (s *Sink) NotRead(n evidence.NotRead) { s.Missing = append(s.Missing, n) }

// Used keeps the name of another file.
func (s *Sink) Used(name string) { s.Others = append(s.Others, name) }

// Part keeps the name of another input.
func (s *Sink) Part(name string) { s.Parts = append(s.Parts, name) }

// IDs are the ids of the drafts, in their order.
func (s *Sink) IDs() []string {
	var all []string
	for i := range s.Drafts {
		all = append(all, s.Drafts[i].ID)
	}
	return all
}

// Counter is a sink that keeps nothing: for benchmarks.
type Counter struct{ Drafts int }

var _ evidence.Sink = (*Counter)(nil)

// Resource counts.
func (c *Counter) Resource(evidence.Draft) error { c.Drafts++; return nil }

// NotRead keeps nothing.
func (*Counter) NotRead(evidence.NotRead) {}

// Used keeps nothing.
func (*Counter) Used(string) {}

// Part keeps nothing.
func (*Counter) Part(string) {}

// ByID returns the one draft with the id; the test ends when there is none, or more than one.
func (s *Sink) ByID(tb testing.TB, id string) *evidence.Draft {
	tb.Helper()
	var found *evidence.Draft
	for i := range s.Drafts {
		if s.Drafts[i].ID == id {
			if found != nil {
				tb.Fatalf("%s was read twice", id)
			}
			found = &s.Drafts[i]
		}
	}
	if found == nil {
		tb.Fatalf("%s was not read, but\n%s", id, strings.Join(slices.Sorted(slices.Values(s.IDs())), "\n"))
	}
	return found
}

// Inputs returns the folder of published inputs. Without it a test is skipped; where CI is set, it fails.
func Inputs(tb testing.TB) string {
	tb.Helper()
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		Missing(tb, "C4ARCH_INPUTS is not set: the published inputs were not read")
	}
	return root
}

// Missing skips a test for what is not there; where CI is set, it fails, since a component that is missing there hides what the test would show.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("CI") != "" {
		tb.Fatal(what)
	}
	tb.Skip(what)
}

// Reader is the port of a reader.
type Reader interface {
	Name() string
	Sniff(evidence.Input) bool
	Read(context.Context, evidence.Input, evidence.Sink) error
}

// Text is an input without a file system.
func Text(name, text string) evidence.Input {
	return evidence.Input{Name: name, Path: path.Base(name), Data: []byte(text), Outline: tree.Sketch([]byte(text))}
}

// File is the input that a scan makes of a file of fsys.
func File(tb testing.TB, fsys fs.FS, name string) evidence.Input {
	tb.Helper()
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		tb.Fatal(err)
	}
	in := Text(name, string(data))
	in.FS, in.Path = fsys, name
	return in
}

// Dir is the input that a scan makes of a directory of fsys that holds code with one of the endings.
func Dir(tb testing.TB, fsys fs.FS, name string, endings ...string) evidence.Input {
	tb.Helper()
	entries, err := fs.ReadDir(fsys, name)
	if err != nil {
		tb.Fatal(err)
	}
	in := evidence.Input{Name: name, FS: fsys, Path: name, Dir: true}
	for _, e := range entries {
		if slices.ContainsFunc(endings, func(x string) bool { return strings.HasSuffix(e.Name(), x) }) {
			in.Files = append(in.Files, e.Name())
		}
	}
	if len(in.Files) == 0 {
		tb.Fatalf("%s holds no code", name)
	}
	return in
}

// Read reads an input that the reader claims.
func Read(tb testing.TB, r Reader, in evidence.Input) *Sink {
	tb.Helper()
	if !r.Sniff(in) {
		tb.Fatalf("%s does not claim %s", r.Name(), in.Name)
	}
	s := &Sink{}
	if err := r.Read(context.Background(), in, s); err != nil {
		tb.Fatalf("%s: %v", in.Name, err)
	}
	return s
}
