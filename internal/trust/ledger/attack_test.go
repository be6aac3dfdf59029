package ledger

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// What an attacker may do with a bundle, and what a reader with the operator's key sees of it.
func TestForgedBundles(t *testing.T) {
	j := newJournal(t).writeMany(300)
	old := j.sign()
	j.writeMany(220)
	j.erase(5, "reason")
	good := j.bundle(func(b *Bundle) { b.Older = [][]byte{old} })
	expect(t, verify(t, good, j.key()), Proven, "")

	linesOf := func(data []byte) [][]byte {
		return bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	}
	entries := func(change func(l [][]byte) [][]byte) func(string, []byte) ([]byte, bool) {
		return func(name string, data []byte) ([]byte, bool) {
			if name == nameEntries {
				l := linesOf(data)
				l[len(l)-1] = append(l[len(l)-1], '\n')
				data = bytes.Join(change(l), nil)
			}
			return data, true
		}
	}
	line := func(i int, old, new string) func(string, []byte) ([]byte, bool) {
		return entries(func(l [][]byte) [][]byte {
			if !bytes.Contains(l[i], []byte(old)) {
				t.Fatalf("line %d has no %q: %s", i, old, l[i])
			}
			l[i] = bytes.Replace(l[i], []byte(old), []byte(new), 1)
			return l
		})
	}
	member := func(name string, change func([]byte) []byte) func(string, []byte) ([]byte, bool) {
		return func(n string, data []byte) ([]byte, bool) {
			if n == name {
				data = change(bytes.Clone(data))
				return data, data != nil
			}
			return data, true
		}
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 1; return b }
	}
	remove := func([]byte) []byte { return nil }
	for name, c := range map[string]struct {
		change func(string, []byte) ([]byte, bool)
		place  string
	}{
		"a value":                  {line(7, `"value":3`, `"value":4`), "entry 7: the value of previous"},
		"a time":                   {line(7, `08:00:07`, `08:00:08`), "entry 7: the leaf of entry 7 is not the one"},
		"a kind":                   {line(7, `baseline.approved`, `baseline.proposed`), "entry 7: the leaf of entry 7 is not the one"},
		"a value as erased":        {entries(func(l [][]byte) [][]byte { return hide(t, l, 7, "reason", true) }), "entry 7: the value of reason of entry 7 is missing"},
		"two entries swapped":      {entries(func(l [][]byte) [][]byte { l[7], l[8] = l[8], l[7]; return l }), "entry 7: line 9"},
		"an entry twice":           {entries(func(l [][]byte) [][]byte { return slices.Insert(l, 7, l[7]) }), "entry 7: line 9"},
		"an entry of elsewhere":    {entries(func(l [][]byte) [][]byte { l[7] = newJournal(t).writeMany(8).other(7); return l }), "entry 7: the leaf of entry 7 is not the one"},
		"a line that is no entry":  {entries(func(l [][]byte) [][]byte { l[7] = []byte("{}\n"); return l }), "entry 7: line 8"},
		"a leaf hash in a tile":    {member("tile/0/000", flip(32*7+3)), "entry 7: the leaf of entry 7 is not the one"},
		"a hash above":             {member("tile/1/000.p/2", flip(40)), "log: tile/1/000.p/2"},
		"a missing tile":           {member("tile/0/001", remove), "entry 256: the bundle has no member"},
		"a missing tile above":     {member("tile/1/000.p/2", remove), "log: the bundle has no member"},
		"a longer tile":            {member("tile/0/001", func(b []byte) []byte { return append(b, b[:32]...) }), "entry 256: "},
		"the last k entries":       {entries(func(l [][]byte) [][]byte { return l[:len(l)-20] }), ""},
		"the size":                 {member(nameCheckpoint, swap("\n521\n", "\n520\n")), "entry 512: the bundle has no member tile/0/002.p/8"},
		"the root":                 {member(nameCheckpoint, flip(len(origin)+1+4+5)), "log: "},
		"the signature":            {member(nameCheckpoint, func(b []byte) []byte { return flip(len(b) - 10)(b) }), "log: "},
		"the origin":               {member(nameCheckpoint, flip(0)), "log: "},
		"a proof":                  {member("proof/53.tlog-proof", changeProof(t)), "entry 53: proof/53"},
		"a proof of another entry": {member("proof/53.tlog-proof", swap("index 53", "index 54")), "entry 53: proof/53"},
		"an older checkpoint":      {member("older/300", flip(len(origin)+1+4+5)), "log: "},
		"no older checkpoint":      {member("older/300", remove), "log: the bundle has the proof"},
		"no proof of consistency":  {member("consistency/300", remove), "log: the bundle has older/300 without"},
		"another consistency":      {member("consistency/300", swap("old 300", "old 299")), "log: consistency/300"},
	} {
		t.Run(name, func(t *testing.T) {
			forged := repack(t, good, c.change)
			if c.place == "" {
				// Fewer entries than the tree has are a part of it, and said to be one; that the erasure is not explained any more is said too.
				r := verify(t, forged, j.key())
				expect(t, r, Proven, "")
				if !strings.Contains(r.Text(), "20 entries that are not in this bundle") || !strings.Contains(r.Text(), "why 1 value is missing") {
					t.Error(r.Text())
				}
				return
			}
			r, err := Verify(bytes.NewReader(forged), int64(len(forged)), j.key())
			if err != nil {
				if c.place != "log: " {
					t.Errorf("it cannot be read: %v", err)
				}
				return
			}
			expect(t, r, Broken, c.place)
		})
	}
}

// other is a line of another log with the same index.
func (j *journal) other(i int) []byte {
	l, err := lineOf(j.entries[i], nil)
	if err != nil {
		j.t.Fatal(err)
	}
	l.Leaf = bytes.Replace(l.Leaf, []byte(`"kind":"baseline`), []byte(`"kind":"exception`), 1)
	return l.Encode()
}

// hide takes an opening out of a line as if it had been erased, or withheld.
func hide(t *testing.T, l [][]byte, i int, field string, erased bool) [][]byte {
	line, _, err := ParseLine(l[i])
	if err != nil {
		t.Fatal(err)
	}
	delete(line.Openings, field)
	if erased {
		line.Erased = append(line.Erased, field)
	} else {
		line.Withheld = append(line.Withheld, field)
	}
	l[i] = line.Encode()
	return l
}

func swap(old, new string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
}

func changeProof(t *testing.T) func([]byte) []byte {
	return func(b []byte) []byte {
		p, err := ParseProof(b)
		if err != nil {
			t.Fatal(err)
		}
		p.Path[2][0] ^= 1
		return p.Encode()
	}
}

// Any byte of any member: a reader with the key sees each, but for what no signature covers and is labelled so.
func TestAnyFlippedByteIsSeen(t *testing.T) {
	j := newJournal(t).writeMany(40)
	before := j.sign()
	j.writeMany(2)
	j.erase(3, "actor")
	w := cosigner(t, "witness.fabrikam.example", 2)
	good := j.bundle(func(b *Bundle) { b.Older, b.Checkpoint = [][]byte{before}, cosigned1(t, b.Checkpoint, w) })
	trust := Trust{LogKeys: []Key{j.signer.Key()}, WitnessKeys: []Key{w.Key()}}
	expect(t, verify(t, good, trust), Proven, "")
	r := rand.New(rand.NewPCG(11, 3))
	for range 500 {
		var where string
		names := []string{nameCheckpoint, nameEntries, nameEntries, nameEntries, "tile/0/000.p/43", "older/40", "consistency/40", "proof/3.tlog-proof"}
		pick := names[r.IntN(len(names))]
		bad := repack(t, good, func(name string, data []byte) ([]byte, bool) {
			if name == pick {
				data = bytes.Clone(data)
				at := r.IntN(len(data))
				where = name + " at " + string(data[max(0, at-20):at+1])
				data[at] ^= 1 << r.IntN(8)
			}
			return data, true
		})
		report, err := Verify(bytes.NewReader(bad), int64(len(bad)), trust)
		if err == nil && report.Verdict != Broken {
			t.Fatalf("a flipped bit in %s was not seen:\n%s", where, report.Text())
		}
	}
	// And of the file itself, zip and all: the verdict is never better than broken where a member changed.
	for range 500 {
		bad := bytes.Clone(good)
		bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
		report, err := Verify(bytes.NewReader(bad), int64(len(bad)), trust)
		if err == nil && report.Verdict == Proven && !sameMembers(t, good, bad) {
			t.Fatalf("a flipped bit in the file was not seen:\n%s", report.Text())
		}
	}
}

// sameMembers reports whether the members that are covered are the same: a flip in a date of the zip changes nothing.
func sameMembers(t *testing.T, a, b []byte) bool {
	collect := func(b []byte) map[string]string {
		m := map[string]string{}
		repack(t, b, func(name string, data []byte) ([]byte, bool) { m[name] = string(data); return data, true })
		return m
	}
	one, two := collect(a), collect(b)
	for name, data := range one {
		if two[name] != data {
			return false
		}
	}
	return len(one) == len(two)
}

// rewrite makes the log again with another value in one entry, signed with the real key: what the operator, or a thief of the key, can do.
func rewrite(t *testing.T, n, changed int) *journal {
	j := newJournal(t)
	for i := range n {
		d := approved()
		if i == changed {
			d.Fields[0] = Text("baseline", "bl_forged")
		}
		j.write(d)
	}
	return j
}

func TestHistoryRewrittenWithTheRealKey(t *testing.T) {
	honest := newJournal(t).writeMany(100)
	at60 := honest.sign()
	honest.writeMany(50)
	held := honest.sign()
	forged := rewrite(t, 200, 120)
	bundle := forged.bundle(nil)

	// The key alone does not show it. That is the limit of a signature, and the report says so.
	r := verify(t, bundle, forged.key())
	expect(t, r, Proven, "")
	if !strings.Contains(r.Text(), "that the operator did not rewrite history and sign it again") {
		t.Error(r.Text())
	}
	// A checkpoint that somebody held shows it, and between which entries.
	trust := forged.key()
	trust.Held = [][]byte{at60, held}
	r = verify(t, bundle, trust)
	expect(t, r, Broken, "entry 100: the first 150 entries are not those")
	if len(r.Held) != 2 || !r.Held[0].Same || r.Held[1].Same {
		t.Errorf("%+v", r.Held)
	}
	// A witness would not have cosigned it, and its signature is missed.
	w := cosigner(t, "witness.fabrikam.example", 2)
	req, err := NewRequest(150, forged.sign(), forged)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string][]Key{origin: {honest.signer.Key()}}
	if _, err := Decide(req, keys, func(string) Tree { return honest.head.Tree() }); err == nil || err.(*RefusedError).Why != RefusedProof {
		t.Errorf("the witness says %v", err)
	}
	expect(t, verify(t, bundle, Trust{LogKeys: []Key{forged.signer.Key()}, WitnessKeys: []Key{w.Key()}}), Broken, "log: 0 of the given witnesses")
}

func TestARestoredBackupIsARollback(t *testing.T) {
	j := newJournal(t).writeMany(80)
	backup := j.bundle(nil)
	j.writeMany(20)
	trust := j.key()
	trust.Held = [][]byte{j.sign()}
	expect(t, verify(t, backup, trust), Broken, "entry 80: the checkpoint that you hold (number 1) has 100 entries")
	// After the restore the log goes on: the fork is seen too.
	fork := newJournal(t).writeMany(80)
	fork.random = rand.NewChaCha8([32]byte{99})
	fork.writeMany(40)
	expect(t, verify(t, fork.bundle(nil), trust), Broken, "entry 0: the first 100 entries are not those")
	expect(t, verify(t, fork.bundle(nil), fork.key()), Proven, "")
}

func TestHeldCheckpointsOfElsewhereAreNoHelp(t *testing.T) {
	j := newJournal(t).writeMany(10)
	good := j.sign()
	stranger, _ := NewSigner(origin, seed(8))
	unsigned, _ := Sign(j.head.Tree(), stranger)
	other, _ := NewSigner("audit.fabrikam.example/audit/"+string(org), seed(1))
	elsewhere, _ := Sign(j.head.Tree(), other)
	j.writeMany(5)
	for want, held := range map[string][]byte{"log: the checkpoint that you hold (number 1) is signed by none": unsigned, "log: the checkpoint that you hold (number 1) is of another log": elsewhere, "log: the checkpoint that you hold (number 1) cannot": []byte("x")} {
		trust := j.key()
		trust.Held = [][]byte{held}
		expect(t, verify(t, j.bundle(nil), trust), Broken, want)
	}
	// Without a key it is compared all the same, and that is no proof of who signed.
	r := verify(t, j.bundle(nil), Trust{Held: [][]byte{good}})
	expect(t, r, SelfConsistent, "")
	if !strings.Contains(r.Text(), "the first 10 entries are those of the checkpoint that you hold") {
		t.Error(r.Text())
	}
}

func TestATimeThatGoesBackIsSeen(t *testing.T) {
	j := newJournal(t).writeMany(3)
	p, err := Prepare(approved(), scope, j.random)
	if err != nil {
		t.Fatal(err)
	}
	leaf, hash := p.Seal(org, 3, when.Add(-time.Hour))
	j.extend(t, &j.head, []Hash{hash})
	j.entries = append(j.entries, Entry{Index: 3, Leaf: leaf, Hash: hash, Openings: p.Openings})
	expect(t, verify(t, j.bundle(nil), j.key()), Broken, "entry 3: entry 3 has a time before")
}

func TestALogUnderAnothersOrigin(t *testing.T) {
	j := newJournal(t)
	j.log = "local"
	j.writeMany(2)
	expect(t, verify(t, j.bundle(nil), j.key()), Broken, "entry 0: entry 0 is of another log")
}

func TestTheKeysOfABundleProveNothing(t *testing.T) {
	j := newJournal(t).writeMany(4)
	thief, err := NewSigner(origin, seed(66))
	if err != nil {
		t.Fatal(err)
	}
	real := j.signer.Key()
	j.signer = thief
	b := j.bundle(func(b *Bundle) { b.Prove = nil })
	r := verify(t, b, Trust{})
	expect(t, r, SelfConsistent, "")
	if !r.Signatures[0].Inside || r.Signatures[0].Trusted || !strings.Contains(r.Text(), "which proves nothing") {
		t.Error(r.Text())
	}
	expect(t, verify(t, b, Trust{LogKeys: []Key{real}}), Broken, "log: none of the given keys")
	bad := repack(t, b, func(name string, data []byte) ([]byte, bool) {
		if name == nameCheckpoint {
			i := bytes.LastIndexByte(data, ' ')
			sig, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(string(data[i+1:])))
			sig[20] ^= 1
			data = append(data[:i+1:i+1], base64.StdEncoding.EncodeToString(sig)+"\n"...)
		}
		return data, true
	})
	expect(t, verify(t, bad, Trust{}), Broken, "log: the signature by")
}
