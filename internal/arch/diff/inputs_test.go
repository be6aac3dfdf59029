package diff_test

import (
	"bytes"
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/service/discover"
	"c4arch/internal/source/arm"
	"c4arch/internal/source/azure"
	"c4arch/internal/source/compose"
	"c4arch/internal/source/files"
	"c4arch/internal/source/kube"
	"c4arch/internal/source/sourcetest"
	"c4arch/internal/source/terraform"
)

func sealerOf(tb testing.TB, n byte) *evidence.Sealer {
	tb.Helper()
	s, err := evidence.NewSealer(bytes.Repeat([]byte{n}, evidence.MinKey))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// scan reads what the paths name and seals it under a key; change, where there is one, edits each draft before.
func scan(tb testing.TB, key byte, change func(*evidence.Draft), paths ...string) *evidence.Snapshot {
	tb.Helper()
	set, err := files.Open(paths, nil, files.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	defer set.Close()
	s := sealerOf(tb, key)
	c := discover.Collector{
		Readers: []discover.Reader{terraform.State(), terraform.Show(), arm.Templates(), azure.Export(), kube.Manifests(), compose.Files()},
		Sealer:  editing{s, change}, Workers: 1,
	}
	col, err := c.Collect(tb.Context(), func(yield func(discover.Found, error) bool) {
		for f, err := range set.All() {
			if !yield(discover.Found(f), err) {
				return
			}
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
	snap, err := evidence.NewSnapshot(evidence.Meta{CollectedAt: "2026-01-01T00:00:00Z", KeyID: s.KeyID(), Inputs: col.Inputs}, col.Resources, col.NotRead)
	if err != nil {
		tb.Fatal(err)
	}
	return snap
}

// editing is a sealer that edits drafts before it seals them.
type editing struct {
	*evidence.Sealer
	change func(*evidence.Draft)
}

func (e editing) Seal(d evidence.Draft) (evidence.Resource, []evidence.NotRead, error) {
	if e.change != nil {
		e.change(&d)
	}
	return e.Sealer.Seal(d)
}

func between(tb testing.TB, old, new *evidence.Snapshot, o diff.Options) *diff.Diff {
	tb.Helper()
	d, err := diff.Snapshots(context.Background(), old, new, o)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// turned puts the members of all objects, and the items of arrays whose order says nothing, the other way round.
func turned(v *tree.Value, last string) {
	v.Members = slices.Clone(v.Members)
	slices.Reverse(v.Members)
	for i := range v.Members {
		turned(&v.Members[i].Value, strings.ToLower(v.Members[i].Name))
	}
	v.Items = slices.Clone(v.Items)
	switch last {
	case "command", "args", "entrypoint", "test", "dnsservers", "dns_servers", "cmd", "env_file":
	default:
		slices.Reverse(v.Items)
	}
	for i := range v.Items {
		turned(&v.Items[i], last)
	}
}

// sources are the published inputs and the examples, each to be scanned alone.
func sources(tb testing.TB) []string {
	tb.Helper()
	all := []string{"../../../examples/contoso", "../../../examples/arm"}
	root := sourcetest.Inputs(tb)
	for _, dir := range []string{"tfstate", "azure", "kubernetes", "compose", "arm"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				all = append(all, path)
			}
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	if len(all) < 40 {
		tb.Errorf("only %d inputs in %s: some folder is missing", len(all), root)
	}
	return all
}

// TestRealInputsAgainstThemselves compares each published input with itself: as it is, turned round, and sealed under another key.
func TestRealInputsAgainstThemselves(t *testing.T) {
	for _, path := range sources(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			old := scan(t, 1, nil, path)
			for _, c := range []struct {
				name string
				new  *evidence.Snapshot
			}{
				{"the same", scan(t, 1, nil, path)},
				{"turned", scan(t, 1, func(d *evidence.Draft) {
					if len(d.Expressions)+len(d.Sensitive) == 0 { // whose places are by position
						turned(&d.Props, "")
					}
				}, path)},
				{"another key", scan(t, 2, nil, path)},
			} {
				d := between(t, old, c.new, diff.Options{})
				for _, x := range d.Changes {
					t.Errorf("%s: %s %s %s", c.name, x.Kind, x.Resource().ID, x.Basis)
					for _, p := range x.Properties {
						t.Errorf("    %s %s %s", p.Path, p.Noise, p.Unknown)
					}
				}
				for _, u := range d.Unknown {
					if u.WasKnown {
						t.Errorf("%s: unknown now: %+v", c.name, u)
					}
				}
				if c.name != "another key" && d.Same != len(old.Resources) {
					t.Errorf("%s: %d of %d resources are the same", c.name, d.Same, len(old.Resources))
				}
			}
		})
	}
}

// TestRealInputsChanged changes one scalar in each resource of each published input, and wants the difference to give the new properties.
func TestRealInputsChanged(t *testing.T) {
	found, told := 0, 0
	for _, path := range sources(t) {
		old := scan(t, 1, nil, path)
		n := 0
		new := scan(t, 1, func(d *evidence.Draft) {
			n++
			i := 0
			for at, l := range d.Props.Leaves() {
				if i++; i%(7+n%5) == 3 && l.Kind == tree.String && l.Text != "" && !strings.HasPrefix(string(at), "metadata.") && !strings.HasPrefix(string(at), "id") {
					l.Text += "-changed"
				}
			}
		}, path)
		d := between(t, old, new, diff.Options{})
		found += len(d.Changes)
		for _, c := range d.Changes {
			if c.Old == nil || c.New == nil {
				continue
			}
			told += len(c.Properties)
			a, err := c.Old.Tree()
			if err != nil {
				t.Fatal(err)
			}
			b, err := c.New.Tree()
			if err != nil {
				t.Fatal(err)
			}
			got, err := diff.Apply(&a, c.Properties)
			if err != nil {
				t.Fatalf("%s %s: %v", path, c.Old.ID, err)
			}
			x, y := diff.Normalise(c.New, &got), diff.Normalise(c.New, &b)
			if text(&x) != text(&y) {
				t.Errorf("%s %s: the difference applied does not give the new properties", path, c.Old.ID)
			}
		}
		back := between(t, new, old, diff.Options{})
		mirror := d.Mirror()
		if len(back.Changes) != len(mirror.Changes) || len(back.Unknown) != len(mirror.Unknown) {
			t.Errorf("%s: %d changes and %d unknown in the mirror, %d and %d in the reverse", path, len(mirror.Changes), len(mirror.Unknown), len(back.Changes), len(back.Unknown))
		}
	}
	if found < 100 || told < 200 {
		t.Errorf("only %d changes with %d properties were found", found, told)
	}
}

func text(v *tree.Value) string {
	var b strings.Builder
	for at, l := range v.Leaves() {
		b.WriteString(string(at) + "=" + l.Text + "\n")
	}
	return b.String()
}

// TestContosoLosesAnInput leaves out one file after the other: what it showed is unknown, and never gone.
func TestContosoLosesAnInput(t *testing.T) {
	const root = "../../../examples/contoso"
	var all []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".tfstate") || strings.HasSuffix(path, "basket.yaml")) {
			all = append(all, path)
		}
		return err
	})
	if err != nil || len(all) < 10 {
		t.Fatal(len(all), err)
	}
	whole := scan(t, 1, nil, all...)
	for _, left := range all {
		part := scan(t, 1, nil, slices.DeleteFunc(slices.Clone(all), func(p string) bool { return p == left })...)
		d := between(t, whole, part, diff.Options{})
		for _, c := range d.Changes {
			t.Errorf("without %s: %s %s", left, c.Kind, c.Resource().ID)
		}
		known := 0
		for _, u := range d.Unknown {
			if u.WasKnown {
				known += u.Count
			}
		}
		lost := managed(whole) - managed(part)
		if known < lost {
			t.Errorf("without %s: %d unknown for %d resources", left, known, lost)
		}
		// What only the other form has shown until then cannot be told; all else is added.
		back := between(t, part, whole, diff.Options{})
		again := len(back.Changes)
		for _, u := range back.Unknown {
			if u.WasKnown {
				t.Errorf("with %s again: %+v", left, u)
			}
			if strings.Contains(u.Reason, "in another form") {
				again += u.Count
			}
		}
		if again < lost {
			t.Errorf("with %s again %d of %d resources are told of", left, again, lost)
		}
	}
}

// managed counts the resources that are no data sources.
func managed(s *evidence.Snapshot) int {
	n := 0
	for i := range s.Resources {
		if !s.Resources[i].Data {
			n++
		}
	}
	return n
}
