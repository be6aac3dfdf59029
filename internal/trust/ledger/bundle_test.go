package ledger

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/id"
)

const origin = "audit.contoso.example/audit/" + string(org)

// journal is a small log as a home keeps it: what the tests attack.
type journal struct {
	*memory
	t       testing.TB
	log     id.Org
	random  io.Reader
	head    Head
	entries []Entry
	signer  *Signer
}

func seed(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func newJournal(t testing.TB) *journal {
	s, err := NewSigner(origin, seed(1))
	if err != nil {
		t.Fatal(err)
	}
	return &journal{memory: newMemory(), t: t, log: org, random: rand.NewChaCha8([32]byte{7}), signer: s}
}

func (j *journal) write(d Draft) int64 {
	p, err := Prepare(d, scope, j.random)
	if err != nil {
		j.t.Fatal(err)
	}
	at := when.Add(time.Duration(j.head.Size) * time.Second).Truncate(time.Microsecond)
	index := j.head.Size
	leaf, hash := p.Seal(j.log, index, at)
	j.extend(j.t, &j.head, []Hash{hash})
	j.entries = append(j.entries, Entry{Index: index, At: at, Kind: d.Kind, Leaf: leaf, Hash: hash, Openings: p.Openings})
	return index
}

func (j *journal) writeMany(n int) *journal {
	for range n {
		j.write(approved())
	}
	return j
}

// erase removes fields and writes the entry that says so.
func (j *journal) erase(index int64, fields ...string) {
	gone := j.entries[index].Erase(fields...)
	for _, d := range Erasures([]Erased{{Index: index, Fields: gone}}, "Article 17(1)(b) GDPR", "local") {
		j.write(d)
	}
}

func (j *journal) sign() []byte {
	b, err := Sign(j.head.Tree(), j.signer)
	if err != nil {
		j.t.Fatal(err)
	}
	return b
}

func (j *journal) all() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range j.entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (j *journal) bundle(change func(*Bundle)) []byte {
	b := Bundle{Checkpoint: j.sign(), Keys: []Key{j.signer.Key()}, Tiles: j, Entries: j.all(), Prove: func(e Entry) bool { return e.Index%50 == 3 }}
	if change != nil {
		change(&b)
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		j.t.Fatal(err)
	}
	return out.Bytes()
}

func (j *journal) key() Trust { return Trust{LogKeys: []Key{j.signer.Key()}} }

func verify(t testing.TB, bundle []byte, trust Trust) Report {
	t.Helper()
	r, err := Verify(bytes.NewReader(bundle), int64(len(bundle)), trust)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// expect wants a verdict, and where it is Broken the first place.
func expect(t testing.TB, r Report, v Verdict, place string) {
	t.Helper()
	if r.Verdict != v {
		t.Fatalf("the verdict is %s, want %s:\n%s", r.Verdict, v, r.Text())
	}
	if place != "" && (len(r.Places) == 0 || !strings.HasPrefix(placesText(r)[0], place)) {
		t.Fatalf("the first place is not %q:\n%s", place, r.Text())
	}
}

func cosigner(t testing.TB, name string, b byte) *Signer {
	w, err := NewCosigner(name, seed(b), func() time.Time { return time.Unix(1800000000, 0) })
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func cosigned1(t testing.TB, checkpoint []byte, w *Signer) []byte {
	c, err := ParseCheckpoint(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	line, err := Cosign(c, w)
	if err != nil {
		t.Fatal(err)
	}
	out, err := AddSignatures(checkpoint, line, []Key{w.Key()})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestABundleIsProvenWithAKeyAndSelfConsistentWithout(t *testing.T) {
	for _, n := range []int{0, 1, 5, 255, 256, 257, 600} {
		j := newJournal(t).writeMany(n)
		b := j.bundle(nil)
		r := verify(t, b, j.key())
		expect(t, r, Proven, "")
		if r.Size != int64(n) || r.Entries != int64(n) || r.Shown != n*10 || r.Proofs != (n+46)/50 {
			t.Errorf("%d entries: %s", n, r.Text())
		}
		r = verify(t, b, Trust{})
		expect(t, r, SelfConsistent, "")
		if r.Verdict.ExitCode() != 3 || !strings.HasPrefix(r.Text(), "SELF-CONSISTENT ONLY") {
			t.Error("without a key it does not say so")
		}
		if again := j.bundle(nil); !bytes.Equal(b, again) {
			t.Error("two bundles of one log differ")
		}
	}
}

func TestAWitnessAloneIsEnough(t *testing.T) {
	j := newJournal(t).writeMany(10)
	w, w2 := cosigner(t, "witness.fabrikam.example", 2), cosigner(t, "other.example", 3)
	b := j.bundle(func(b *Bundle) { b.Checkpoint = cosigned1(t, b.Checkpoint, w) })
	r := verify(t, b, Trust{WitnessKeys: []Key{w.Key()}})
	expect(t, r, Proven, "")
	if r.Signatures[1].At.Unix() != 1800000000 || !r.Signatures[1].Trusted || r.Signatures[0].Trusted {
		t.Errorf("%+v", r.Signatures)
	}
	expect(t, verify(t, b, Trust{WitnessKeys: []Key{w2.Key()}}), Broken, "log: 0 of the given witnesses")
	expect(t, verify(t, b, Trust{WitnessKeys: []Key{w.Key(), w2.Key()}, Witnesses: 2}), Broken, "log: 1 of the given witnesses")
	expect(t, verify(t, b, Trust{WitnessKeys: []Key{w.Key(), w.Key()}, Witnesses: 2}), Broken, "log: 1 of the given witnesses")
	expect(t, verify(t, b, Trust{LogKeys: []Key{j.signer.Key()}, Witnesses: 1}), Broken, "log: 0 of the given witnesses")
}

func TestAnotherKeyIsNotEnough(t *testing.T) {
	j := newJournal(t).writeMany(3)
	other, _ := NewSigner(origin, seed(9))
	elsewhere, _ := NewSigner("audit.contoso.example/audit/local", seed(1))
	for _, k := range []Key{other.Key(), elsewhere.Key()} {
		expect(t, verify(t, j.bundle(nil), Trust{LogKeys: []Key{k}}), Broken, "log: none of the given keys")
	}
	// The key has the right id and another public key: the signature is held against it and fails.
	forged := j.signer.Key()
	forged.public[5] ^= 1
	expect(t, verify(t, j.bundle(nil), Trust{LogKeys: []Key{forged}}), Broken, "log: the signature by")
}

func TestSomeEntriesSomeValues(t *testing.T) {
	j := newJournal(t).writeMany(300)
	b := j.bundle(func(b *Bundle) {
		b.Entries = func(yield func(Entry, error) bool) {
			for i := 7; i < 300; i += 100 {
				if !yield(j.entries[i], nil) {
					return
				}
			}
		}
		b.Show = func(_ Entry, field string) bool { return field != "actor" }
	})
	r := verify(t, b, j.key())
	expect(t, r, Proven, "")
	if r.Entries != 3 || r.Withheld != 3 || r.First != 7 || r.Last != 207 || !strings.Contains(r.Text(), "297 entries that are not in this bundle") {
		t.Error(r.Text())
	}
	if strings.Contains(string(b), person) {
		t.Error("what is withheld stands in the bundle")
	}
}

func TestErasedValuesLeaveTheProofs(t *testing.T) {
	j := newJournal(t).writeMany(5)
	before := j.sign()
	if gone := j.entries[1].EraseSubject(person); !slices.Equal(gone, []string{"actor"}) {
		t.Fatalf("erased %v", gone)
	}
	j.entries[1].Openings["actor"] = Opening{} // put back by nobody: see below
	delete(j.entries[1].Openings, "actor")
	for _, d := range Erasures([]Erased{{1, []string{"actor"}}}, "Article 17 GDPR", "") {
		j.write(d)
	}
	j.erase(2, "actor", "reason", "nothing")
	trust := j.key()
	trust.Held = [][]byte{before}
	r := verify(t, j.bundle(nil), trust)
	expect(t, r, Proven, "")
	if r.Erased != 3 || r.ErasedEntries != 2 || !strings.Contains(r.Text(), "3 values of 2 entries erased, integrity intact") {
		t.Error(r.Text())
	}
	// A backup that brings the value back is noticed, and so is a value that vanished without an entry.
	back := j.entries[2].Openings
	j.entries[2].Openings = newJournal(t).writeMany(3).entries[2].Openings
	expect(t, verify(t, j.bundle(nil), trust), Broken, "entry 2: entry 6 says")
	expect(t, verify(t, j.bundle(func(b *Bundle) { b.Show = func(_ Entry, f string) bool { return f != "actor" && f != "reason" } }), trust), Broken, "entry 2: entry 6 says")
	j.entries[2].Openings = back
	j.entries[4].Erase("surface")
	expect(t, verify(t, j.bundle(nil), trust), Broken, "entry 4: the value of surface of entry 4 is missing")
	// Whoever does not see all cannot hold it against anybody, and is told.
	r = verify(t, j.bundle(func(b *Bundle) { b.Show = func(_ Entry, f string) bool { return f != "entries" } }), trust)
	expect(t, r, Proven, "")
	if r.Unaccounted != 4 || !strings.Contains(r.Text(), "why 4 values are missing") {
		t.Error(r.Text())
	}
}

func TestAnErasureOfWhatComesLaterIsALie(t *testing.T) {
	j := newJournal(t).writeMany(2)
	for _, d := range Erasures([]Erased{{2, []string{"actor"}}}, "x", "") {
		j.write(d)
	}
	expect(t, verify(t, j.bundle(nil), j.key()), Broken, "entry 2: the entry says that values of entry 2 were erased")
}

func TestManyErasuresFitIntoEntries(t *testing.T) {
	var many []Erased
	fields := strings.Split(strings.Repeat("aLongNameOfAField ", 60), " ")[:60]
	for i := range int64(1000) {
		many = append(many, Erased{i, fields[:1+i%60]})
	}
	var back []Erased
	for _, d := range Erasures(many, "x", "") {
		if _, err := Prepare(d, scope, rand.NewChaCha8([32]byte{})); err != nil {
			t.Fatal(err)
		}
		some, err := ParseErased(d.Fields[0].Value)
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, some...)
	}
	if fmt.Sprint(back) != fmt.Sprint(many) {
		t.Error("what was erased does not come back")
	}
}

// repack changes the members of a bundle, as somebody would who knows the format: the zip's own checksums fit.
func repack(t testing.TB, bundle []byte, change func(name string, data []byte) ([]byte, bool)) []byte {
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		data, keep := change(f.Name, data)
		if !keep {
			continue
		}
		m, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
