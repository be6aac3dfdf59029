package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func TestProofsAreThoseOfTlog(t *testing.T) {
	const last = 66_000
	var h Head
	m, s := newMemory(), stored{}
	for i := range int64(last) {
		s.add(t, i)
	}
	m.extend(t, &h, leavesOf(0, last))
	r := rand.New(rand.NewPCG(8, 8))
	for range 400 {
		size := 1 + r.Int64N(last)
		index, old := r.Int64N(size), 1+r.Int64N(size)
		root, err := RootOf(size, m)
		theirRoot, _ := tlog.TreeHash(size, s)
		if err != nil || tlog.Hash(root) != theirRoot {
			t.Fatalf("root of %d: %v", size, err)
		}
		tree := Tree{size, root}
		path, err := Inclusion(size, index, m)
		theirPath, _ := tlog.ProveRecord(size, index, s)
		if err != nil || !slices.Equal(path, ours(theirPath)) || VerifyInclusion(tree, index, leafAt(index), path) != nil {
			t.Fatalf("inclusion of %d in %d: %v", index, size, err)
		}
		oldRoot, _ := RootOf(old, m)
		proof, err := Consistency(old, size, m)
		theirs, _ := tlog.ProveTree(size, old, s)
		if err != nil || !slices.Equal(proof, ours(theirs)) || VerifyConsistency(Tree{old, oldRoot}, tree, proof) != nil {
			t.Fatalf("consistency of %d and %d: %v", old, size, err)
		}
		for name, err := range map[string]error{
			"another leaf":    VerifyInclusion(tree, index, leafAt(index+1), path),
			"another index":   VerifyInclusion(tree, (index+1)%(size+1), leafAt(index), path),
			"a longer path":   VerifyInclusion(tree, index, leafAt(index), append(slices.Clone(path), root)),
			"a longer proof":  VerifyConsistency(Tree{old, oldRoot}, tree, append(slices.Clone(proof), root)),
			"another old one": VerifyConsistency(Tree{old, leafAt(1)}, tree, proof),
			"another new one": VerifyConsistency(Tree{old, oldRoot}, Tree{size, leafAt(1)}, proof),
		} {
			if err == nil {
				t.Fatalf("%s is taken: %d, %d of %d", name, index, old, size)
			}
		}
	}
	// A proof reads little: at most three tiles, and the leaves at the edge.
	m.read = 0
	if _, err := Inclusion(last, 12345, m); err != nil || m.read > 5 {
		t.Errorf("a proof reads %d times: %v", m.read, err)
	}
}

func TestTheEdgesOfProofs(t *testing.T) {
	m := newMemory()
	var h Head
	m.extend(t, &h, leavesOf(0, 10))
	empty := Tree{}
	empty.Root = Head{}.Root()
	if p, err := Consistency(0, 10, m); err != nil || len(p) != 0 || VerifyConsistency(empty, h.Tree(), p) != nil {
		t.Errorf("from nothing: %v %v", p, err)
	}
	if p, err := Consistency(10, 10, m); err != nil || len(p) != 0 || VerifyConsistency(h.Tree(), h.Tree(), p) != nil {
		t.Errorf("to itself: %v %v", p, err)
	}
	if root, err := RootOf(0, m); err != nil || root != empty.Root {
		t.Error(err)
	}
	for _, err := range []error{
		VerifyConsistency(Tree{}, h.Tree(), nil), VerifyConsistency(empty, h.Tree(), []Hash{{}}), VerifyConsistency(h.Tree(), empty, nil),
		VerifyConsistency(Tree{-1, Hash{}}, h.Tree(), nil), VerifyConsistency(empty, Tree{1 << 60, Hash{}}, nil), VerifyConsistency(h.Tree(), h.Tree(), make([]Hash, 64)),
		VerifyInclusion(empty, 0, leafAt(0), nil), VerifyInclusion(h.Tree(), -1, leafAt(0), nil), VerifyInclusion(h.Tree(), 10, leafAt(0), nil), VerifyInclusion(h.Tree(), 0, leafAt(0), make([]Hash, 64)),
	} {
		if err == nil {
			t.Error("taken")
		}
	}
	for _, f := range []func() error{
		func() error { _, err := Inclusion(10, 10, m); return err }, func() error { _, err := Inclusion(0, 0, m); return err },
		func() error { _, err := Inclusion(10, -1, m); return err }, func() error { _, err := Consistency(11, 10, m); return err },
		func() error { _, err := Consistency(-1, 10, m); return err }, func() error { _, err := RootOf(-1, m); return err },
		func() error { _, err := Inclusion(1000, 5, m); return err },
	} {
		if f() == nil {
			t.Error("taken")
		}
	}
}

// Paths and proofs for the eight leaves of TestRootsOfCertificateTransparency, as the implementations of Certificate Transparency are tested with them.
func TestProofsOfCertificateTransparency(t *testing.T) {
	leaves := [][]byte{
		{},
		{0x00},
		{0x10},
		{0x20, 0x21},
		{0x30, 0x31},
		{0x40, 0x41, 0x42, 0x43},
		{0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
		{0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f},
	}
	m := newMemory()
	for _, l := range leaves {
		m.leaves = append(m.leaves, LeafHash(l))
	}
	const (
		l0  = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
		l1  = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
		l4  = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
		n01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
		n23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
		n45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
		n67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
		n03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
		n47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
	)
	for _, c := range []struct {
		what string
		path func() ([]Hash, error)
		want []string
	}{
		{"leaf 0 of 1", func() ([]Hash, error) { return Inclusion(1, 0, m) }, nil},
		{"leaf 0 of 8", func() ([]Hash, error) { return Inclusion(8, 0, m) }, []string{l1, n23, n47}},
		{"leaf 5 of 8", func() ([]Hash, error) { return Inclusion(8, 5, m) }, []string{l4, n67, n03}},
		{"leaf 2 of 3", func() ([]Hash, error) { return Inclusion(3, 2, m) }, []string{n01}},
		{"leaf 1 of 5", func() ([]Hash, error) { return Inclusion(5, 1, m) }, []string{l0, n23, l4}},
		{"1 in 8", func() ([]Hash, error) { return Consistency(1, 8, m) }, []string{l1, n23, n47}},
		{"6 in 8", func() ([]Hash, error) { return Consistency(6, 8, m) }, []string{n45, n67, n03}},
		{"2 in 5", func() ([]Hash, error) { return Consistency(2, 5, m) }, []string{n23, l4}},
	} {
		got, err := c.path()
		if text := []string{}; err == nil {
			for _, h := range got {
				text = append(text, fmt.Sprintf("%x", h[:]))
			}
			if !slices.Equal(text, c.want) {
				t.Errorf("%s: %v", c.what, text)
			}
			continue
		}
		t.Errorf("%s: %v", c.what, err)
	}
}
