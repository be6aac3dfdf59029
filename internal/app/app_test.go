package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/cli/outdir"
)

const example = "../../examples/contoso"

func scan(t *testing.T, paths ...string) cli.Architecture {
	t.Helper()
	m, s, err := Scan(t.Context(), ScanOptions{Paths: paths, At: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), Key: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	return cli.Architecture{Model: m, Snapshot: s}
}

func TestExampleIsAWholeModel(t *testing.T) {
	a := scan(t, example)
	if err := a.Model.Validate(); err != nil {
		t.Error(err)
	}
	formats := map[string]bool{}
	for _, in := range a.Model.Inputs {
		formats[in.Format] = true
	}
	for _, want := range []string{"terraform-state", "azure", "kubernetes", "compose"} {
		if !formats[want] {
			t.Errorf("no input was read as %s", want)
		}
	}
	var b bytes.Buffer
	if err := c4.Encode(&b, a.Model); err != nil {
		t.Fatal(err)
	}
	back, err := c4.Decode(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := c4.Encode(&again, back); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("the model is not the same when read back: %v", err)
	}
}

// outputs writes every format and returns the files.
func outputs(t *testing.T, a cli.Architecture) map[string][]byte {
	t.Helper()
	target := filepath.Join(t.TempDir(), "arch")
	dir, err := outdir.Begin(target, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Discard()
	var names []string
	for _, f := range formats() {
		names = append(names, f.Name)
	}
	var drawn atomic.Int64
	if _, err := write(t.Context(), a, cli.Drawing{Formats: names}, dir, func(int, int) { drawn.Add(1) }); err != nil {
		t.Fatal(err)
	}
	if int(drawn.Load()) != len(a.Model.Views) {
		t.Errorf("%d of %d views", drawn.Load(), len(a.Model.Views))
	}
	if err := dir.Commit(); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range dir.Files() {
		if files[name], err = os.ReadFile(filepath.Join(target, name)); err != nil || len(files[name]) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(files[name]), err)
		}
	}
	return files
}

func TestSameBytesOnOneProcessorAndOnMany(t *testing.T) {
	paths := []string{example + "/terraform", example + "/azure", example + "/kubernetes"}
	many := outputs(t, scan(t, paths...))
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	slices.Reverse(paths)
	one := outputs(t, scan(t, paths...))
	if len(one) != len(many) || len(one) < 10 {
		t.Fatalf("%d and %d files", len(one), len(many))
	}
	for name := range many {
		if !bytes.Equal(many[name], one[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestEachReturnsTheFirstError(t *testing.T) {
	bad := errors.New("bad")
	jobs := []func() error{func() error { return nil }, func() error { panic("hunter2") }, func() error { return bad }}
	for range 50 {
		err := each(t.Context(), slices.Values(jobs))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Fatalf("%v", err)
		}
	}
	if err := each(t.Context(), slices.Values(jobs[2:])); err != bad {
		t.Errorf("%v", err)
	}
	if err := each(t.Context(), slices.Values([]func() error{})); err != nil {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := each(ended, slices.Values(jobs[:1])); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestExcerptHasWhatTheViewShows(t *testing.T) {
	m := &c4.Model{
		Name: "x", Elements: []c4.Element{{ID: "a"}, {ID: "b", Parent: "a"}, {ID: "c", Parent: "b"}, {ID: "d"}},
		Views: []c4.View{{Key: "v", Nodes: []c4.Node{{ID: "c", Element: "c"}, {ID: "c2", Element: "c"}, {ID: "gone", Element: "gone"}}}},
	}
	var ids []string
	for _, e := range index(m).of(&m.Views[0]).Elements {
		ids = append(ids, e.ID)
	}
	if !slices.Equal(ids, []string{"c", "b", "a"}) || len(m.Elements) != 4 {
		t.Errorf("%v", ids)
	}
}
