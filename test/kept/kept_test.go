// Package kept holds the store to real scans: what the readers make of the example and of published inputs comes back byte
// for byte.
package kept

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/service/history"
	"c4arch/internal/source/sourcetest"
	"c4arch/internal/store/arch"
	"c4arch/internal/store/storetest"
)

var at = time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)

func scan(t *testing.T, path string) history.Record {
	t.Helper()
	model, snapshot, err := app.Scan(t.Context(), app.ScanOptions{Paths: []string{path}, At: at, Key: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return history.Record{Snapshot: snapshot, Model: baseline.ModelDigest(model)}
}

func home(t *testing.T) storetest.Store {
	t.Helper()
	h, err := arch.Create(t.Context(), storetest.Mine(access.ProjectCreate), filepath.Join(t.TempDir(), ".c4arch"), storetest.MachineKey(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return storetest.Local(h)
}

func sound(t *testing.T, h storetest.Store) {
	t.Helper()
	if c, err := h.Check(t.Context(), nil); err != nil || len(c.Faults) > 0 {
		t.Errorf("%q, %v", c.Faults, err)
	}
}

func TestExampleComesBack(t *testing.T) {
	r := scan(t, "../../examples/contoso")
	var err error
	if r.OverlayText, err = os.ReadFile("../../examples/contoso/c4arch.yaml"); err != nil {
		t.Fatal(err)
	}
	r.OverlayName = "c4arch.yaml"
	h := home(t)
	e, err := h.Put(t.Context(), r, at)
	if err != nil {
		t.Fatal(err)
	}
	if e.Resources == 0 || e.Fresh == 0 {
		t.Errorf("the entry is %+v", e)
	}
	storetest.Same(t, h, e.ID, r)
	// The snapshot as a file, read back, is the same record.
	file, err := evidence.DecodeSnapshot(storetest.Bytes(t, r.Snapshot))
	if err != nil {
		t.Fatal(err)
	}
	again := r
	again.Snapshot = file
	if second, err := h.Put(t.Context(), again, at); err != nil || second.ID != e.ID {
		t.Errorf("%s became %s, %v", e.ID, second.ID, err)
	}
	id := r.Snapshot.Resources[0].ID
	if _, err := h.Redact(t.Context(), id, "asked for", at); err != nil {
		t.Fatal(err)
	}
	if r.Snapshot, err = r.Snapshot.Redact(id, "asked for"); err != nil {
		t.Fatal(err)
	}
	storetest.Same(t, h, e.ID, r)
	sound(t, h)
}

func TestPublishedInputsComeBack(t *testing.T) {
	root := sourcetest.Inputs(t)
	h := home(t)
	for _, dir := range []string{"tfstate", "arm", "azure", "kubernetes", "compose"} {
		r := scan(t, filepath.Join(root, dir))
		e, err := h.Put(t.Context(), r, at)
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		if e.Resources == 0 {
			t.Errorf("%s has no resources", dir)
		}
		storetest.Same(t, h, e.ID, r)
	}
	sound(t, h)
}
