package ledger

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"time"

	"c4arch/internal/base/fault"
)

// maxClaims bounds the memory that entries of erasure take.
const maxClaims = 4_000_000

// lines reads entries.ndjson in a stream.
type lines struct {
	r      *bufio.Reader
	member io.Closer
	number int
}

func (v *verifier) lines() (*lines, error) {
	f, err := v.archive.open(nameEntries)
	if err != nil {
		return nil, err
	}
	size := min(v.archive.files[nameEntries].UncompressedSize64, maxLine) + 1
	return &lines{r: bufio.NewReaderSize(f, int(size)), member: f}, nil
}

// next is the next line with its line break, nil at the end. It is valid until the next call.
func (l *lines) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return nil, nil
	}
	l.number++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fault.New(fault.Limited, "line %d of %s is longer than %d bytes", l.number, nameEntries, maxLine)
	case errors.Is(err, io.EOF):
		return nil, fault.New(fault.Invalid, "line %d of %s has no end: the bundle was cut", l.number, nameEntries)
	case err != nil:
		return nil, fault.New(fault.Invalid, "the member %s of the bundle is damaged at line %d", nameEntries, l.number)
	}
	return line, nil
}

// readClaims gathers what entries of erasure say, before the entries that they are about are looked at.
func (v *verifier) readClaims() error {
	in, err := v.lines()
	if err != nil {
		return err
	}
	defer in.member.Close() //nolint:errcheck // it was read only
	for {
		data, err := in.next()
		if err != nil || data == nil {
			return err
		}
		if !bytes.Contains(data, []byte(`"kind":"`+KindErased+`"`)) {
			continue
		}
		line, leaf, err := ParseLine(data)
		if err != nil || leaf.Kind != KindErased {
			continue // walk says that it is broken
		}
		what, shown := line.Openings["entries"]
		if !shown {
			v.hidden++
			continue
		}
		v.claim(leaf.Index, what.Value)
		if len(v.claims) > maxClaims {
			return fault.New(fault.Limited, "the bundle says of more than %d values that they were erased", maxClaims)
		}
	}
}

func (v *verifier) claim(by int64, value []byte) {
	erased, err := ParseErased(value)
	if err != nil {
		v.broken(by, "the entry of erasure does not say what was erased")
		return
	}
	for _, e := range erased {
		if e.Index >= by {
			v.broken(by, "the entry says that values of entry %d were erased, which is not before it", e.Index)
			continue
		}
		for _, f := range e.Fields {
			v.claims[claim{index: e.Index, field: f}] = by
		}
	}
}

// walk goes through the leaves of the tree and the entries side by side, and builds the tree again.
func (v *verifier) walk() error {
	in, err := v.lines()
	if err != nil {
		return err
	}
	defer in.member.Close() //nolint:errcheck // it was read only
	v.tiles = map[string]bool{}
	w := walker{verifier: v, in: in, last: -1}
	b := Builder{Full: func(level int, n int64, hashes []byte) {
		if level > 0 {
			v.checkTile(level, n, hashes)
		}
	}}
	v.state(0, &b)
	if err := w.advance(); err != nil {
		return err
	}
	for n := int64(0); n*TileWidth < v.checkpoint.Size; n++ {
		leaves, ok := w.ground(n)
		if !ok {
			return nil // the tree cannot be built; what is missing was said
		}
		for _, leaf := range leaves {
			if err := w.at(b.Size, leaf); err != nil {
				return err
			}
			b.Add(leaf)
			v.state(b.Size, &b)
		}
	}
	if w.line != nil {
		v.broken(w.leaf.Index, "the bundle has entries beyond the %d of its checkpoint", v.checkpoint.Size)
	}
	w.finish(&b)
	return nil
}

// state notes the root of a size that somebody states.
func (v *verifier) state(size int64, b *Builder) {
	if _, wanted := v.roots[size]; wanted {
		root := b.Root()
		v.roots[size] = &root
	}
}

type walker struct {
	*verifier
	in    *lines
	line  *Line // the entry that comes next, nil at the end
	leaf  Leaf
	last  int64 // index of the entry before, -1 for none
	after time.Time
}

// advance reads the next entry. Lines that are no entries are said and left out.
func (w *walker) advance() error {
	if w.line != nil {
		w.last, w.after = w.leaf.Index, w.leaf.At
	}
	for {
		w.line = nil
		data, err := w.in.next()
		if err != nil || data == nil {
			return err
		}
		line, leaf, err := ParseLine(data)
		switch {
		case err != nil:
			w.broken(w.last+1, "line %d of %s: %v", w.in.number, nameEntries, err)
		case leaf.Index <= w.last:
			w.broken(leaf.Index, "line %d of %s: entry %d stands behind entry %d", w.in.number, nameEntries, leaf.Index, w.last)
		default:
			w.line, w.leaf = &line, leaf
			return nil
		}
	}
}

// ground reads tile n of level 0.
func (w *walker) ground(n int64) ([]Hash, bool) {
	width := Width(0, n, w.checkpoint.Size)
	name := tileName(0, n, width)
	w.tiles[name] = true
	data, err := w.archive.read(name, TileSize)
	if err == nil && len(data) != width*HashSize {
		err = fault.New(fault.Invalid, "%s has %d bytes, and should have %d", name, len(data), width*HashSize)
	}
	if err != nil {
		w.broken(n*TileWidth, "%v", err)
		return nil, false
	}
	return split(data), true
}

// at looks at the leaf with that index, and at the entry if the bundle has it.
func (w *walker) at(index int64, hash Hash) error {
	if w.line == nil || w.leaf.Index != index {
		return nil
	}
	r := &w.report
	if LeafHash(w.line.Leaf) != hash {
		w.broken(index, "the leaf of entry %d is not the one in the tree", index)
	}
	if w.leaf.Log != w.log {
		w.broken(index, "entry %d is of another log, %s", index, w.leaf.Log)
	}
	if w.leaf.At.Before(w.after) {
		w.broken(index, "entry %d has a time before that of entry %d", index, w.last)
	}
	if r.Entries == 0 {
		r.First, r.From = index, w.leaf.At
	}
	r.Last, r.To = index, w.leaf.At
	r.Entries++
	w.values(index)
	if w.leaf.Kind == KindRollback && len(r.Rollbacks) < 10*maxPlaces {
		r.Rollbacks = append(r.Rollbacks, w.rollback(index))
	}
	return w.advance()
}

// rollback is what the entry says about a loss.
func (w *walker) rollback(index int64) RollbackReport {
	b := RollbackReport{Index: index, Kept: -1, Known: -1}
	kept, noKept := parseDecimal(string(w.line.Openings["size"].Value))
	known, noKnown := parseDecimal(string(w.line.Openings["knownSize"].Value))
	if noKept == nil && noKnown == nil {
		b.Kept, b.Known = kept, known
	}
	return b
}

// values looks at the openings of an entry, and at those that are missing.
func (w *walker) values(index int64) {
	r := &w.report
	for _, f := range w.leaf.Fields {
		by, erased := w.claims[claim{index: index, field: f.Name}]
		o, shown := w.line.Openings[f.Name]
		if shown {
			r.Shown++
			if !o.Opens(f.Sum[:]) {
				w.broken(index, "the value of %s is not the one that entry %d was written with", f.Name, index)
			}
		}
		if erased && (shown || slices.Contains(w.line.Withheld, f.Name)) {
			w.broken(index, "entry %d says that %s of entry %d was erased, and it is there", by, f.Name, index)
		}
	}
	r.Withheld += len(w.line.Withheld)
	if len(w.line.Erased) > 0 {
		r.Erased += len(w.line.Erased)
		r.ErasedEntries++
	}
	for _, f := range w.line.Erased {
		if _, ok := w.claims[claim{index: index, field: f}]; !ok {
			if r.Unaccounted++; len(w.unaccounted) < maxPlaces {
				w.unaccounted = append(w.unaccounted, Place{Index: index, What: f})
			}
		}
	}
}

// finish holds the last tiles and the root against what was built.
func (w *walker) finish(b *Builder) {
	for level, hashes := range b.Partial() {
		if level > 0 && len(hashes) > 0 {
			w.checkTile(level, b.Size>>(TileHeight*(level+1)), hashes)
		}
	}
	for _, name := range w.archive.in(dirTiles) {
		if !w.tiles[name] {
			w.broken(-1, "the tree of %d entries has no tile %.60q", w.checkpoint.Size, name)
		}
	}
	if b.Root() != w.checkpoint.Root {
		w.broken(-1, "the tree in this bundle is not the one that the checkpoint states")
	} else {
		w.report.TreeHolds = true
	}
	// Without all entries, or where an entry of erasure does not say what it erased, a missing value cannot be held against anybody.
	if w.report.Entries == w.checkpoint.Size && w.hidden == 0 {
		for _, p := range w.unaccounted {
			w.broken(p.Index, "the value of %s of entry %d is missing, and no entry says that it was erased", p.What, p.Index)
		}
		w.report.More += w.report.Unaccounted - len(w.unaccounted)
	}
}
