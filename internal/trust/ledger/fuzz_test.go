package ledger

import (
	"bytes"
	"testing"
	"time"
)

// Each of these says: what is read is written as the same bytes, or at least as what is read again, and nothing panics.

func FuzzParseCheckpoint(f *testing.F) {
	j := newJournal(f).writeMany(3)
	f.Add(cosigned1(f, j.sign(), cosigner(f, "w.example", 2)))
	f.Add([]byte("a\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— a AAAAAAA=\n"))
	keys := []Key{j.signer.Key(), cosigner(f, "w.example", 2).Key()}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCheckpoint(b)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(b, []byte(c.Text+"\n")) || !bytes.HasPrefix([]byte(c.Text), []byte(c.text(c.Origin))) {
			t.Fatalf("%q is read as %+v", b, c)
		}
		if by, err := c.SignedBy(keys); err == nil && len(by) > 0 && c.Size != 3 {
			t.Fatalf("%q is signed", b)
		}
		again := c.Text + "\n"
		for _, s := range c.Signatures {
			again += s.line()
		}
		if d, err := ParseCheckpoint([]byte(again)); err != nil || d.Text != c.Text || len(d.Signatures) > len(c.Signatures) {
			t.Fatalf("%q: %v", again, err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add(newJournal(f).signer.Key().String())
	f.Add(cosigner(f, "w.example", 2).Key().String())
	f.Add("a+00000000+AQ==")
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := ParseKey(s); err == nil && k.String() != s {
			t.Fatalf("%q is read, and written as %q", s, k)
		}
	})
}

func FuzzParseLine(f *testing.F) {
	j := newJournal(f).writeMany(1)
	j.erase(0, "actor")
	for _, e := range j.entries {
		l, err := lineOf(e, func(_ Entry, field string) bool { return field != "policy" })
		if err != nil {
			f.Fatal(err)
		}
		f.Add(l.Encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, leaf, err := ParseLine(b)
		if err != nil {
			return
		}
		if !bytes.Equal(l.Encode(), b) || len(l.Openings)+len(l.Erased)+len(l.Withheld) != len(leaf.Fields) {
			t.Fatalf("%q is read, and written as %q", b, l.Encode())
		}
	})
}

func FuzzParseProof(f *testing.F) {
	j := newJournal(f).writeMany(5)
	path, err := Inclusion(5, 2, j)
	if err != nil {
		f.Fatal(err)
	}
	good := Proof{Leaf: j.entries[2].Leaf, Index: 2, Path: path, Checkpoint: j.sign()}
	f.Add(good.Encode())
	f.Add([]byte(proofHeader + "index 0\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseProof(b)
		if err != nil {
			return
		}
		if !bytes.Equal(p.Encode(), b) {
			t.Fatalf("%q is read, and written as %q", b, p.Encode())
		}
		if _, err := p.Verify(LeafHash(p.Leaf)); err == nil && bytes.Equal(p.Checkpoint, good.Checkpoint) && !bytes.Equal(p.Leaf, good.Leaf) {
			t.Fatalf("%q is proven", p.Leaf)
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	j := newJournal(f).writeMany(5)
	r, err := NewRequest(3, j.sign(), j)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.Encode())
	f.Add([]byte("old 0\n\n"))
	keys := map[string][]Key{origin: {j.signer.Key()}}
	root, err := RootOf(3, j)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRequest(b)
		if err != nil {
			return
		}
		if !bytes.Equal(r.Encode(), b) {
			t.Fatalf("%q is read, and written as %q", b, r.Encode())
		}
		if c, err := Decide(r, keys, func(string) Tree { return Tree{3, root} }); err == nil && c.Root != j.head.Root() {
			t.Fatalf("%q is cosigned", b)
		}
	})
}

func FuzzParseErased(f *testing.F) {
	for _, d := range Erasures([]Erased{{3, []string{"actor", "reason"}}, {70, []string{"email"}}}, "x", "") {
		f.Add(d.Fields[0].Value)
	}
	f.Add([]byte(`["1"]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := ParseErased(b)
		if err != nil {
			return
		}
		for _, e := range all {
			if e.Index < 0 || len(e.Fields) == 0 {
				t.Fatalf("%q is read as %+v", b, all)
			}
		}
	})
}

// FuzzFrontier is about the two forms in which hashes are kept: the frontier of a head, and tiles.
func FuzzFrontier(f *testing.F) {
	var h Head
	m := newMemory()
	m.extend(f, &h, leavesOf(0, 300))
	f.Add(int64(300), h.Frontier(), []byte(m.tiles[[2]int64{1, 0}]))
	f.Add(int64(0), []byte{}, []byte{})
	f.Add(int64(MaxIndex), make([]byte, 53*32), make([]byte, 8192))
	f.Fuzz(func(t *testing.T, size int64, frontier, tile []byte) {
		h, err := ParseHead(size, frontier, time.Time{})
		if err != nil {
			return
		}
		if !bytes.Equal(h.Frontier(), frontier) {
			t.Fatal("a frontier comes back as another")
		}
		kept := &memory{leaves: leavesOf(0, min(size, 300)), tiles: map[[2]int64][]byte{{1, 0}: tile, {0, 0}: tile, {2, 0}: tile}}
		before := h.Root()
		if _, err := h.Extend(leavesOf(0, 70), kept); err != nil && (h.Root() != before || h.Size != size) {
			t.Fatal("an extension that failed changed the head")
		}
		if size > 0 {
			_, _ = Inclusion(size, size/2, kept)
			_, _ = Consistency(size/3, size, kept)
		}
	})
}

func FuzzVerify(f *testing.F) {
	j := newJournal(f).writeMany(3)
	old := j.sign()
	j.erase(1, "actor")
	good := j.bundle(func(b *Bundle) { b.Older = [][]byte{old} })
	f.Add(good)
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	root := j.head.Root()
	trust := j.key()
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Verify(bytes.NewReader(b), int64(len(b)), trust)
		if err != nil {
			return
		}
		if r.Verdict == Proven && r.Root != root && r.Size != 3 {
			t.Fatalf("another tree is proven:\n%s", r.Text())
		}
		if len(r.JSON()) == 0 || len(r.Text()) == 0 {
			t.Fatal("no report")
		}
	})
}
