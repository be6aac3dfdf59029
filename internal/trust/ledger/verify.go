package ledger

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Trust is what a reader of a bundle knows from elsewhere. Nothing in it may come from the bundle.
type Trust struct {
	LogKeys     []Key    // of the log: Ed25519
	WitnessKeys []Key    // of witnesses: Cosignature
	Held        [][]byte // checkpoints of the log that were kept from before
	Witnesses   int      // how many of the witnesses must have cosigned; 0 means one, where there is any key of one
}

// Verify reads a bundle as hostile input and says what it proves. An error means that it could not be read as a bundle at all; all else is in the report.
func Verify(r io.ReaderAt, size int64, trust Trust) (Report, error) {
	a, err := openBundle(r, size)
	if err != nil {
		return Report{}, err
	}
	v := verifier{archive: a, trust: trust, roots: map[int64]*Hash{}, claims: map[claim]int64{}}
	if err := v.newest(); err != nil {
		return Report{}, err
	}
	v.readTexts()
	v.readHeld()
	v.readOlder()
	for _, walk := range []func() error{v.readClaims, v.walk} {
		if err := walk(); err != nil {
			return Report{}, err
		}
	}
	v.checkRoots()
	v.checkProofs()
	v.conclude()
	return v.report, nil
}

// claim is a value that an entry of erasure says is gone.
type claim struct {
	index int64
	field string
}

type verifier struct {
	archive    *archive
	trust      Trust
	checkpoint Checkpoint
	log        id.Org
	raw        []byte // the checkpoint as it stands in the bundle
	report     Report
	held       []statement
	older      []statement
	roots      map[int64]*Hash // of the trees of the sizes that somebody states
	claims     map[claim]int64 // which entry claims it
	hidden     int             // entries of erasure that do not say what was erased
	tiles      map[string]bool // that were read
	inside     []Key           // that the bundle names, and nobody should trust
	// unaccounted are the first values that are missing without an entry that says so.
	unaccounted []Place
}

// statement is a checkpoint besides the newest.
type statement struct {
	Checkpoint
	name string // of the member, or which of those held
}

// broken notes a place where it does not hold; index is -1 where none is known.
func (v *verifier) broken(index int64, format string, args ...any) {
	v.report.add(index, fmt.Sprintf(format, args...))
}

func (v *verifier) newest() error {
	data, err := v.archive.read(nameCheckpoint, MaxCheckpoint)
	if err != nil {
		return err
	}
	c, err := ParseCheckpoint(data)
	if err != nil {
		return err
	}
	if c.Size > MaxBundleTree {
		return fault.New(fault.Limited, "the checkpoint states %d entries, and a bundle holds a tree of at most %d", c.Size, MaxBundleTree)
	}
	v.raw, v.checkpoint, v.log = data, c, LogOf(c.Origin)
	v.report.Origin, v.report.Log, v.report.Size, v.report.Root = c.Origin, v.log, c.Size, c.Root
	if v.log == "" {
		v.broken(-1, "the origin of the checkpoint is not that of a c4arch ledger")
	}
	return nil
}

// readTexts reads what no signature covers, so that a damaged file is noticed, and takes the keys from it.
func (v *verifier) readTexts() {
	if _, err := v.archive.read(nameReadme, maxSmall); err != nil {
		v.broken(-1, "%v", err)
	}
	text, err := v.archive.read(nameKeys, maxSmall)
	if err == nil {
		v.inside, err = ParseKeys(text)
	}
	if err != nil {
		v.broken(-1, "%v", err)
	}
}

// readHeld reads the checkpoints that the reader kept.
func (v *verifier) readHeld() {
	for i, data := range v.trust.Held {
		name := fmt.Sprintf("the checkpoint that you hold (number %d)", i+1)
		c, err := ParseCheckpoint(data)
		switch {
		case err != nil:
			v.broken(-1, "%s cannot be read", name)
		case !sameLog(c.Origin, v.checkpoint.Origin):
			v.broken(-1, "%s is of another log, %.120q", name, c.Origin)
		case len(v.trust.LogKeys) > 0 && !v.signed(c):
			v.broken(-1, "%s is signed by none of the given keys", name)
		case c.Size > v.checkpoint.Size:
			v.broken(v.checkpoint.Size, "%s has %d entries, and this bundle ends after %d: entries were dropped, or an older state of the log was brought back, or the bundle is simply older", name, c.Size, v.checkpoint.Size)
			v.report.Held = append(v.report.Held, HeldReport{Size: c.Size})
		default:
			v.held = append(v.held, statement{Checkpoint: c, name: name})
			v.roots[c.Size] = nil
		}
	}
}

// readOlder reads the older checkpoints of the bundle, and the proofs that go with them.
func (v *verifier) readOlder() {
	proofs := map[string]bool{}
	for _, name := range v.archive.in(dirConsistency) {
		proofs[name] = true
	}
	for _, name := range v.archive.in(dirOlder) {
		n := strings.TrimPrefix(name, dirOlder)
		data, err := v.archive.read(name, MaxCheckpoint)
		if err != nil {
			v.broken(-1, "%v", err)
			continue
		}
		c, err := ParseCheckpoint(data)
		if err != nil || strconv.FormatInt(c.Size, 10) != n || c.Origin != v.checkpoint.Origin || c.Size > v.checkpoint.Size {
			v.broken(-1, "%s is no older checkpoint of this log", name)
			continue
		}
		if len(v.trust.LogKeys) > 0 && !v.signed(c) {
			v.broken(-1, "%s is signed by none of the given keys", name)
		}
		v.older = append(v.older, statement{Checkpoint: c, name: name})
		v.roots[c.Size] = nil
		if proof := dirConsistency + n; proofs[proof] {
			delete(proofs, proof)
			v.checkConsistency(proof, c.Tree)
		} else {
			v.broken(-1, "the bundle has %s without the proof %s", name, proof)
		}
	}
	for name := range proofs {
		v.broken(-1, "the bundle has the proof %s without the older checkpoint", name)
	}
}

func (v *verifier) checkConsistency(name string, old Tree) {
	data, err := v.archive.read(name, MaxRequest)
	if err != nil {
		v.broken(-1, "%v", err)
		return
	}
	r, err := ParseRequest(data)
	if err != nil {
		v.broken(-1, "%s cannot be read", name)
		return
	}
	if !bytes.Equal(r.Checkpoint, v.raw) || r.Old != old.Size || VerifyConsistency(old, v.checkpoint.Tree, r.Proof) != nil {
		v.broken(-1, "%s does not show that the tree of %d entries begins with that of %d", name, v.checkpoint.Size, old.Size)
	}
}

// signed reports whether a given key of the log has signed.
func (v *verifier) signed(c Checkpoint) bool {
	by, err := c.SignedBy(v.keysOf(c.Origin))
	return err == nil && len(by) > 0
}

// keysOf are the given keys of the log with that origin: a key signs for the origin that is its name.
func (v *verifier) keysOf(origin string) []Key {
	var keys []Key
	for _, k := range v.trust.LogKeys {
		if k.name == origin && k.algorithm == Ed25519 {
			keys = append(keys, k)
		}
	}
	return keys
}

// checkRoots holds the roots that somebody states against the tree of the bundle.
func (v *verifier) checkRoots() {
	for _, s := range v.older {
		if root := v.roots[s.Size]; root == nil || *root != s.Root {
			v.broken(-1, "the tree of this bundle does not begin with the one of %s", s.name)
		}
	}
	slices.SortStableFunc(v.held, func(a, b statement) int { return int(a.Size - b.Size) })
	same := int64(0) // up to here the history is the one that was held
	for _, s := range v.held {
		root := v.roots[s.Size]
		ok := root != nil && *root == s.Root
		v.report.Held = append(v.report.Held, HeldReport{Size: s.Size, Same: ok})
		if ok {
			same = s.Size
			continue
		}
		v.broken(same, "the first %d entries are not those of %s: history was rewritten somewhere from entry %d on", s.Size, s.name, same)
	}
	slices.SortStableFunc(v.report.Held, func(a, b HeldReport) int { return int(a.Size - b.Size) })
}

// checkProofs checks the proofs of single entries that the bundle has.
func (v *verifier) checkProofs() {
	for _, name := range v.archive.in(dirProofs) {
		index, _ := parseDecimal(strings.TrimSuffix(strings.TrimPrefix(name, dirProofs), suffixProof))
		data, err := v.archive.read(name, 2*MaxLeaf+MaxCheckpoint)
		if err != nil {
			v.broken(index, "%v", err)
			continue
		}
		p, err := ParseProof(data)
		if err != nil || p.Index != index {
			v.broken(index, "%s cannot be read as the proof of that entry", name)
			continue
		}
		if !bytes.Equal(p.Checkpoint, v.raw) {
			v.broken(-1, "%s is for another checkpoint than the one of the bundle", name)
			continue
		}
		l, errLeaf := ParseLeaf(p.Leaf)
		if _, err := p.Verify(LeafHash(p.Leaf)); errLeaf != nil || err != nil || l.Index != index || l.Log != v.log {
			v.broken(index, "%s does not show the entry in the log of the checkpoint", name)
			continue
		}
		v.report.Proofs++
	}
}

// checkTile holds a tile of the bundle against the one that follows from the leaves.
func (v *verifier) checkTile(level int, n int64, want []byte) {
	name := tileName(level, n, len(want)/HashSize)
	v.tiles[name] = true
	data, err := v.archive.read(name, TileSize)
	switch {
	case err != nil:
		v.broken(-1, "%v", err)
	case !bytes.Equal(data, want):
		v.broken(-1, "%s is not what follows from the leaves from entry %d on", name, n<<(TileHeight*(level+1)))
	}
}

// Add takes keys in, each for what it signs with.
func (t *Trust) Add(keys ...Key) {
	for _, k := range keys {
		if k.algorithm == Cosignature {
			t.WitnessKeys = append(t.WitnessKeys, k)
		} else {
			t.LogKeys = append(t.LogKeys, k)
		}
	}
}
