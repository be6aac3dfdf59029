package ledger

import (
	"bytes"
	"strings"
	"testing"

	"c4arch/internal/base/canon"
)

const agreed = `{"body":"We process <what> you say & nothing else.","slug":"data-processing-addendum"}`

// accepted is a receipt of entry 9 of a journal, with what its reader trusts.
func accepted(t testing.TB, change func(d *Draft)) ([]byte, Trust) {
	t.Helper()
	j := newJournal(t).writeMany(9)
	d := Draft{Kind: KindAccepted, Fields: []Field{
		Text("acceptance", "ac_1"), Text("document", "ld_1"), Text("slug", "data-processing-addendum"), Text("edition", "2026-11-23"), Digest("digest", canon.Sum([]byte(agreed))),
		Text("list", "2026-11-01"), Text("listDigest", "sha256:00"), Personal("person", "pn_1", "pn_1"), Personal("name", "An Owner", "pn_1"), Personal("authority", "director", "pn_1"),
		Text("method", "click"), Text("origin", "public, IPv4"),
	}}
	if change != nil {
		change(&d)
	}
	at := j.write(d)
	j.writeMany(3)
	path, err := Inclusion(j.head.Size, at, j)
	if err != nil {
		t.Fatal(err)
	}
	b, err := WriteReceipt(string(j.log), "Contoso", "Data processing addendum", []byte(agreed), j.entries[at], Proof{Index: at, Path: path, Checkpoint: j.sign()}, j.signer)
	if err != nil {
		t.Fatal(err)
	}
	return b, j.key()
}

func TestReceipt(t *testing.T) {
	b, trust := accepted(t, nil)
	if !IsReceipt(b) || IsReceipt([]byte(`{"format":"else"}`)) || IsReceipt(nil) {
		t.Error("a receipt is not told from what is none")
	}
	o, err := VerifyReceipt(b, trust)
	if err != nil || o.Verdict != Proven || o.ExitCode() != 0 || o.Accepted.Name != "An Owner" || o.Accepted.List != "2026-11-01" || o.Index != 9 {
		t.Fatalf("%v\n%s", err, o.Text())
	}
	for _, want := range []string{"PROVEN\n", "director", "2026-11-23", "sealed the receipt"} {
		if !strings.Contains(o.Text(), want) {
			t.Errorf("the report does not say %q:\n%s", want, o.Text())
		}
	}
	if !bytes.Contains(o.JSON(), []byte(`"verdict": "proven"`)) {
		t.Errorf("%s", o.JSON())
	}
	o, err = VerifyReceipt(b, Trust{})
	if err != nil || o.Verdict != SelfConsistent || o.ExitCode() != 3 {
		t.Errorf("without a key: %v %s", err, o.Verdict)
	}
	_, other := accepted(t, nil)
	stranger, err := NewSigner("other.example/audit/og_01jq8z6y5x4w3v2t1s0r9q8p7n", seed(7))
	if err != nil {
		t.Fatal(err)
	}
	if o, err := VerifyReceipt(b, Trust{LogKeys: []Key{stranger.Key()}}); err != nil || o.Verdict != Broken {
		t.Error("the key of another log is taken")
	}
	if o, err := VerifyReceipt(b, Trust{LogKeys: other.LogKeys, Witnesses: 1}); err != nil || o.Verdict != Broken {
		t.Error("a witness is missing, and nobody says so")
	}
}

// One bit that is changed, anywhere, is refused: with the key, and without.
func TestReceiptOneBit(t *testing.T) {
	b, trust := accepted(t, nil)
	for i := range b {
		for n, known := range []Trust{trust, {}, trust} { // another bit each time: all of them would take seconds
			bit := (i + 3*n) % 8
			damaged := bytes.Clone(b)
			damaged[i] ^= 1 << bit
			if o, err := VerifyReceipt(damaged, known); err == nil && o.Verdict != Broken {
				t.Fatalf("byte %d (%q), bit %d: %s", i, b[max(0, i-20):min(len(b), i+20)], bit, o.Verdict)
			}
		}
	}
	for _, cut := range []int{0, 1, len(b) / 2, len(b) - 1} {
		if _, err := VerifyReceipt(b[:cut], trust); err == nil {
			t.Errorf("%d bytes of it are taken", cut)
		}
	}
	if _, err := VerifyReceipt(append(bytes.Clone(b), '\n'), trust); err == nil {
		t.Error("a line more is taken")
	}
}

// A receipt that is signed rightly and is about something else says so.
func TestReceiptOfAnotherThing(t *testing.T) {
	for name, change := range map[string]func(*Draft){
		"another document": func(d *Draft) { d.Fields[4] = Digest("digest", canon.Sum([]byte("other"))) },
		"another kind": func(d *Draft) {
			*d = Draft{Kind: KindPack, Fields: []Field{Digest("digest", canon.Sum([]byte(agreed)))}}
		},
	} {
		b, trust := accepted(t, change)
		if o, err := VerifyReceipt(b, trust); err != nil || o.Verdict != Broken {
			t.Errorf("%s: %v %s", name, err, o.Verdict)
		}
	}
}

func FuzzVerifyReceipt(f *testing.F) {
	b, trust := accepted(f, nil)
	f.Add(b)
	f.Add([]byte(`{"format":"c4arch-acceptance-receipt/1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := VerifyReceipt(data, trust)
		if err == nil && o.Verdict == Proven && !bytes.Equal(data, b) {
			t.Fatalf("what was made up is proven: %.200q", data)
		}
	})
}
