package trust

import (
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/blob"
	"c4arch/internal/trust/ledger"
)

func shared(t *testing.T) *Shared {
	t.Helper()
	b, err := blob.OpenBucket(t.Context(), blob.Place{Kind: blob.Files, Bucket: t.TempDir()}, blob.Clients{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return ShareCopies(b)
}

// noteOf is a checkpoint of that many entries.
func noteOf(t *testing.T, size int64) []byte {
	t.Helper()
	signer, err := signers{}.Signer(t.Context(), contoso)
	if err != nil {
		t.Fatal(err)
	}
	note, err := ledger.Sign(ledger.Tree{Size: size, Root: ledger.Hash{byte(size)}}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return note
}

func TestSharedCopies(t *testing.T) {
	c := shared(t)
	if _, err := c.Get(t.Context(), contoso); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	if err := c.Put(t.Context(), "../../x", noteOf(t, 1)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	if err := c.Put(t.Context(), contoso, []byte("no checkpoint")); err == nil {
		t.Error("anything is kept")
	}
	for _, x := range []struct{ put, get int64 }{{5, 5}, {9, 9}, {7, 9}, {12, 12}} { // the replica with 7 was slow
		if err := c.Put(t.Context(), contoso, noteOf(t, x.put)); err != nil {
			t.Fatal(err)
		}
		got, err := c.Get(t.Context(), contoso)
		if err != nil || string(got) != string(noteOf(t, x.get)) {
			t.Errorf("after %d: %q %v", x.put, got, err)
		}
	}
}

// TestReplicasShareCopies: what one replica has signed, a database that is restored contradicts on another one.
func TestReplicasShareCopies(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := shared(t)
		w.write(contoso, 20)
		back := w.backup(contoso)
		w.write(contoso, 20)
		one, two := w.auditing(c), w.auditing(c)
		if _, err := one.Checkpoint(t.Context(), actor(contoso)); err != nil {
			t.Fatal(err)
		}
		back()
		w.clear(contoso, "checkpoint")
		v, err := two.Look(t.Context(), actor(contoso), auditing.Tail)
		w.check(err)
		if len(v.Faults) == 0 || !strings.Contains(v.Faults[0].String(), "the copy of the checkpoint outside of the database") || !strings.Contains(v.Faults[0].What, "rolled back") {
			t.Errorf("found: %v", v.Faults)
		}
	})
}
