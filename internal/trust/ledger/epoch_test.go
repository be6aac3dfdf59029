package ledger

import (
	"math/rand/v2"
	"strings"
	"testing"

	"c4arch/internal/base/id"
)

func TestOriginsOfALog(t *testing.T) {
	for _, c := range []struct {
		origin string
		log    id.Org
		epoch  string
	}{
		{origin, org, ""},
		{origin + "/20261123T093000Z", org, "20261123T093000Z"},
		{"localhost/audit/platform/20261123T093000Z", id.Platform, "20261123T093000Z"},
		{origin + "/", "", ""},
		{origin + "/20261123T093000Z/", "", ""},
		{origin + "/20261323T093000Z", "", ""},
		{origin + "/20261123T093000", "", ""},
		{"a/b/audit/" + string(org), "", ""},
		{"audit.contoso.example/audit/nobody", "", ""},
	} {
		if log, epoch := LogOf(c.origin), EpochOf(c.origin); log != c.log || epoch != c.epoch {
			t.Errorf("%s is of %q since %q", c.origin, log, epoch)
		}
	}
	again, err := Continued(origin+"/20261123T093000Z", "20261124T000000Z")
	if err != nil || again != origin+"/20261124T000000Z" {
		t.Errorf("%s %v", again, err)
	}
	if _, err := Continued("somewhere", "20261124T000000Z"); err == nil {
		t.Error("what is no origin of ours goes on")
	}
	if !sameLog(origin, again) || sameLog(origin, strings.Replace(again, "contoso", "fabrikam", 1)) || sameLog("x", "y") {
		t.Error("which origins are of one log")
	}
}

// A backup was brought back and accepted: whoever reads the bundle is told, and whoever holds a checkpoint of the lost part is told that it was not continued.
func TestAnAcceptedRollbackIsShown(t *testing.T) {
	before := newJournal(t).writeMany(80)
	at60 := func() []byte { j := newJournal(t).writeMany(60); return j.sign() }()
	before.writeMany(20)
	lost := before.sign()

	j := newJournal(t).writeMany(80)
	j.random = rand.NewChaCha8([32]byte{99})
	j.write(Draft{Kind: KindRollback, Fields: []Field{Int("knownSize", 100), Int("size", 80), Text("reason", "disk failed")}})
	j.writeMany(40)
	since, err := Continued(origin, "20261123T093000Z")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewSigner(since, seed(1))
	if err != nil {
		t.Fatal(err)
	}
	old := j.signer.Key()
	j.signer = signer
	bundle := j.bundle(nil)

	r := verify(t, bundle, j.key())
	expect(t, r, Proven, "")
	if len(r.Rollbacks) != 1 || r.Rollbacks[0] != (RollbackReport{Index: 80, Kept: 80, Known: 100}) || !strings.Contains(r.Text(), "entries 80 to 99 as they had been are lost") ||
		!strings.Contains(string(r.JSON()), `"rollbacks": [`) {
		t.Errorf("%+v\n%s", r.Rollbacks, r.Text())
	}
	// The key of the origin before is of no use for the new one.
	expect(t, verify(t, bundle, Trust{LogKeys: []Key{old}}), Broken, "log: none of the given keys of the log")
	both := Trust{LogKeys: []Key{old, signer.Key()}}
	both.Held = [][]byte{at60}
	r = verify(t, bundle, both)
	expect(t, r, Proven, "")
	if len(r.Held) != 1 || !r.Held[0].Same {
		t.Errorf("%+v", r.Held)
	}
	both.Held = [][]byte{at60, lost}
	r = verify(t, bundle, both)
	expect(t, r, Broken, "entry 60: the first 100 entries are not those of the checkpoint that you hold (number 2)")
	if !strings.Contains(r.Text(), "the loss was accepted") {
		t.Error(r.Text())
	}
	// Without the values, and without the entry.
	hidden := j.bundle(func(b *Bundle) { b.Show = func(Entry, string) bool { return false } })
	if r := verify(t, hidden, j.key()); !strings.Contains(r.Text(), "how much was lost this bundle does not show") {
		t.Error(r.Text())
	}
	without := j.bundle(func(b *Bundle) {
		b.Entries = func(yield func(Entry, error) bool) {
			for _, e := range j.entries[:50] {
				if !yield(e, nil) {
					return
				}
			}
		}
	})
	if r := verify(t, without, j.key()); r.Verdict != Proven || !strings.Contains(r.Text(), "it has this one since 20261123T093000Z") {
		t.Error(r.Text())
	}
}
