package derive_test

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"c4arch/internal/app"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/derive"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/test/gen/estate"
)

var (
	key = bytes.Repeat([]byte{7}, evidence.MinKey)
	at  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

const contoso = "../../../examples/contoso"

// TestPublishedInputsBalance scans every published input of a format that is read, one by one.
func TestPublishedInputsBalance(t *testing.T) {
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		t.Skip("C4ARCH_INPUTS is not set: the published inputs were not scanned")
	}
	n := 0
	for _, dir := range []string{"tfstate", "azure", "kubernetes", "compose"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			n++
			t.Run(dir+"/"+d.Name(), func(t *testing.T) { balances(t, path) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 40 {
		t.Errorf("only %d inputs in %s: some folder is missing", n, root)
	}
}

func balances(t *testing.T, path string) {
	m, _, err := app.Scan(t.Context(), app.ScanOptions{Paths: []string{path}, Name: "input", At: at, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	a := m.Account
	if a.Found != a.Shown+a.Nested+a.Hidden+a.Unresolved+a.Ambiguous || a.Uncounted != 0 {
		t.Errorf("%+v", a)
	}
	for _, r := range a.References {
		if r.Rule == "U0" {
			t.Logf("no rule reads %s %s: %s", r.Evidence.Resource, r.Evidence.Property, r.Value)
		}
	}
}

// TestOrderDoesNotMatter derives the same from resources in any order, with one processor and with two.
func TestOrderDoesNotMatter(t *testing.T) {
	var state bytes.Buffer
	if err := estate.State(&state, estate.Azure(300, 5)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "terraform.tfstate")
	if err := os.WriteFile(file, state.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	people, err := os.ReadFile(filepath.Join(contoso, "c4arch.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	ov, err := overlay.Parse(people)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		o          derive.Options
	}{
		{"Contoso", contoso, derive.Options{Name: "Contoso", Overlay: ov, OverlayName: "c4arch.yaml"}},
		{"estate", file, derive.Options{Name: "estate"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, snap, err := app.Scan(t.Context(), app.ScanOptions{Paths: []string{c.path}, Name: c.name, At: at, Key: key})
			if err != nil {
				t.Fatal(err)
			}
			if len(snap.Resources) < 80 {
				t.Fatalf("only %d resources", len(snap.Resources))
			}
			want := shuffled(t, snap, 0, c.o)
			before := runtime.GOMAXPROCS(0)
			defer runtime.GOMAXPROCS(before)
			for seed := range uint64(6) {
				runtime.GOMAXPROCS(int(seed%2) + 1)
				if got := shuffled(t, snap, seed+1, c.o); !bytes.Equal(got, want) {
					t.Fatalf("seed %d: another model, first different at byte %d", seed, differ(got, want))
				}
			}
		})
	}
}

// shuffled derives the model of the snapshot's resources in another order, and encodes it. Seed 0 leaves the order.
func shuffled(t *testing.T, s *evidence.Snapshot, seed uint64, o derive.Options) []byte {
	t.Helper()
	rs := slices.Clone(s.Resources)
	if seed != 0 {
		r := rand.New(rand.NewPCG(seed, seed))
		r.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
	}
	snap, err := evidence.NewSnapshot(evidence.Meta{Name: s.Name, CollectedAt: s.CollectedAt, Scope: s.Scope, Inputs: s.Inputs, KeyID: s.KeyID}, rs, slices.Clone(s.NotRead))
	if err != nil {
		t.Fatal(err)
	}
	m, err := derive.Model(t.Context(), snap, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c4.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func differ(a, b []byte) int {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

// The example and the made estate refer to what they have: nothing in them may be left over by accident.
func TestExampleIsAccountedFor(t *testing.T) {
	m, _, err := app.Scan(t.Context(), app.ScanOptions{Paths: []string{contoso}, Name: "Contoso", At: at, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if m.Account.Uncounted != 0 {
		t.Errorf("%d uncounted", m.Account.Uncounted)
	}
	for _, r := range m.Account.References {
		if r.Rule == "U0" || r.Rule == "A0" {
			t.Errorf("no rule reads %s %s: %s", r.Evidence.Resource, r.Evidence.Property, r.Value)
		}
	}
}
