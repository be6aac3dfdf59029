package local

import (
	"bytes"
	"encoding/hex"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// Kept, so that a change of the derivation is seen: it would make the local history's ledger unreadable.
func TestLocalKey(t *testing.T) {
	machine := bytes.Repeat([]byte{9}, Size)
	k, err := LocalKey(machine)
	if err != nil || k.Org() != id.Local {
		t.Fatal(err)
	}
	const want = "6751d3b3329cd53c7015834d8bf158bcfe34fb8ffcbac40b3a8ef8acaf0e11da"
	if got := hex.EncodeToString(k.Derive(secret.ForLedger).Expose()); got != want {
		t.Errorf("%s, and it was %s", got, want)
	}
	for i := range machine {
		if machine[i] != 9 {
			t.Fatal("the key of the machine was changed")
		}
	}
	if _, err := LocalKey(machine[:31]); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a short key: %v", err)
	}
}
