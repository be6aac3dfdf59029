package ledger

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
)

// Limits of a bundle. Its members are stored and not compressed: what wrote it leaves no trace in the bytes, and it cannot unpack to more than it is.
const (
	MaxBundle      = 1<<32 - 1<<20
	MaxBundleFiles = 65_000
	// MaxBundleTree is the largest tree whose tiles fit into that many files.
	MaxBundleTree = 1 << 23
	maxSmall      = 1 << 20 // of the small members
	maxDirectory  = 8 << 20 // of the zip's directory
)

// The members of a bundle.
const (
	nameReadme     = "README.txt"
	nameCheckpoint = "checkpoint"
	nameEntries    = "entries.ndjson"
	nameKeys       = "untrusted-keys.txt"
	dirTiles       = "tile/"
	dirOlder       = "older/"       // <size>: a checkpoint
	dirConsistency = "consistency/" // <size>: the proof from the older checkpoint to the newest, as c2sp.org/tlog-witness has it
	dirProofs      = "proof/"       // <index>.tlog-proof
	suffixProof    = ".tlog-proof"
)

const readme = `This is a bundle of a c4arch ledger: entries of a tamper-evident log, with what proves that they are the ones that were written.

Verify it, offline, with a key that you did NOT take from this bundle:

    c4arch-verify --key KEYFILE BUNDLE
    c4arch audit verify --key KEYFILE BUNDLE

checkpoint            the newest statement of the log about itself, signed, with the cosignatures of witnesses
older/                older statements, where they were asked for
consistency/          proofs that the newest tree begins with the older ones
entries.ndjson        one entry a line: its leaf, and values with salts, where they may be seen and were not erased
tile/                 the hashes of the tree
proof/                proofs of single entries, which can be passed on alone
untrusted-keys.txt    keys as the writer of this bundle names them. Whoever forged the bundle would have written these too.

The formats are described in docs/formats: ledger.md, checkpoint.md, bundle.md, witness.md. This text is not covered by any signature.
`

// Bundle is what goes into a bundle.
type Bundle struct {
	Checkpoint []byte   // signed, with cosignatures
	Older      [][]byte // older checkpoints of the log, to be shown consistent with it
	Keys       []Key    // of the log and of witnesses; a reader must not trust them
	Tiles      Tiles
	// Entries are entries of the log in the order of their indexes, all or some. Of entries not before the size of the checkpoint none is taken.
	Entries iter.Seq2[Entry, error]
	// Show says whether the reader may see a value; nil means all.
	Show func(e Entry, field string) bool
	// Prove says of which entries a proof goes with the bundle; nil means none.
	Prove func(e Entry) bool
}

// Write writes the bundle. Of the same log, checkpoint and reader it is the same bytes.
func (b Bundle) Write(w io.Writer) error {
	c, err := ParseCheckpoint(b.Checkpoint)
	if err != nil {
		return err
	}
	if c.Size > MaxBundleTree {
		return fault.New(fault.Limited, "a bundle holds a tree of at most %d entries, and this one has %d", MaxBundleTree, c.Size)
	}
	counted := &counter{w: w}
	out := bundleWriter{zip: zip.NewWriter(counted), counted: counted, Bundle: b, tree: c.Tree}
	for _, step := range []func() error{out.small, out.older, out.entries, out.tiles} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := out.zip.Close(); err != nil {
		return err
	}
	return counted.err()
}

// counter bounds what is written: beyond 4 GiB another form of zip would begin, which a reader of bundles refuses.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	if err := c.err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

func (c *counter) err() error {
	if c.n > MaxBundle {
		return fault.New(fault.Limited, "the bundle gets larger than %d bytes", int64(MaxBundle)).WithHelp("export fewer entries at a time")
	}
	return nil
}

type bundleWriter struct {
	Bundle
	zip     *zip.Writer
	counted *counter
	tree    Tree
	files   int
}

func (w *bundleWriter) file(name string) (io.Writer, error) {
	if w.files++; w.files > MaxBundleFiles {
		return nil, fault.New(fault.Limited, "the bundle gets more than %d files", MaxBundleFiles).WithHelp("ask for fewer proofs")
	}
	return w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
}

func (w *bundleWriter) add(name string, data []byte) error {
	f, err := w.file(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return err
}

func (w *bundleWriter) small() error {
	keys := "# Keys as the writer of this bundle names them. Do not trust them: take keys from elsewhere.\n"
	for _, k := range w.Keys {
		keys += k.String() + "\n"
	}
	if err := w.add(nameReadme, []byte(readme)); err != nil {
		return err
	}
	if err := w.add(nameKeys, []byte(keys)); err != nil {
		return err
	}
	return w.add(nameCheckpoint, w.Checkpoint)
}

func (w *bundleWriter) older() error {
	bySize := map[int64][]byte{}
	for _, o := range w.Older {
		c, err := ParseCheckpoint(o)
		if err != nil {
			return err
		}
		if c.Size > w.tree.Size {
			return fault.New(fault.Invalid, "the checkpoint of size %d is not older than that of size %d", c.Size, w.tree.Size)
		}
		bySize[c.Size] = o
	}
	sizes := make([]int64, 0, len(bySize))
	for size := range bySize {
		sizes = append(sizes, size)
	}
	slices.Sort(sizes)
	for _, size := range sizes {
		r, err := NewRequest(size, w.Checkpoint, w.Tiles)
		if err != nil {
			return err
		}
		n := strconv.FormatInt(size, 10)
		if err := w.add(dirOlder+n, bySize[size]); err != nil {
			return err
		}
		if err := w.add(dirConsistency+n, r.Encode()); err != nil {
			return err
		}
	}
	return nil
}

func (w *bundleWriter) entries() error {
	f, err := w.file(nameEntries)
	if err != nil {
		return err
	}
	var prove []Entry
	next := int64(0)
	for e, err := range w.Entries {
		if err != nil {
			return err
		}
		if e.Index < next {
			return fault.New(fault.Internal, "the entries for the bundle are not in the order of their indexes: %d after %d", e.Index, next-1)
		}
		if next = e.Index + 1; next > w.tree.Size {
			break
		}
		line, err := lineOf(e, w.Show)
		if err != nil {
			return fault.Wrap(fault.KindOf(err), err, "entry %d", e.Index)
		}
		if _, err := f.Write(line.Encode()); err != nil {
			return err
		}
		if w.Prove != nil && w.Prove(e) {
			prove = append(prove, Entry{Index: e.Index, Leaf: e.Leaf})
		}
	}
	return w.proofs(prove)
}

func (w *bundleWriter) proofs(entries []Entry) error {
	for _, e := range entries {
		path, err := Inclusion(w.tree.Size, e.Index, w.Tiles)
		if err != nil {
			return err
		}
		p := Proof{Leaf: e.Leaf, Index: e.Index, Path: path, Checkpoint: w.Checkpoint}
		if err := w.add(dirProofs+strconv.FormatInt(e.Index, 10)+suffixProof, p.Encode()); err != nil {
			return err
		}
	}
	return nil
}

func (w *bundleWriter) tiles() error {
	for level := 0; w.tree.Size>>(TileHeight*level) > 0; level++ {
		for n := int64(0); Width(level, n, w.tree.Size) > 0; n++ {
			data, err := ReadTile(level, n, w.tree.Size, w.Tiles)
			if err != nil {
				return err
			}
			if err := w.add(tileName(level, n, len(data)/HashSize), data); err != nil {
				return err
			}
		}
	}
	return nil
}

// tileName is the path of a tile as c2sp.org/tlog-tiles has it: tile/<level>/<n in groups of three digits>[.p/<width>].
func tileName(level int, n int64, width int) string {
	groups := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		groups = fmt.Sprintf("x%03d/%s", n%1000, groups)
	}
	name := dirTiles + strconv.Itoa(level) + "/" + groups
	if width < TileWidth {
		name += ".p/" + strconv.Itoa(width)
	}
	return name
}

// archive is a bundle that was opened: what is in it, by name.
type archive struct {
	files map[string]*zip.File
	names []string // sorted
}

// openBundle checks the form of the zip before anything is unpacked.
func openBundle(r io.ReaderAt, size int64) (*archive, error) {
	bad := fault.New(fault.Invalid, "this is no bundle of a ledger")
	if size > MaxBundle {
		return nil, fault.New(fault.Limited, "the file has %d bytes, and a bundle has at most %d", size, int64(MaxBundle))
	}
	if err := checkEnd(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, bad
	}
	a := &archive{files: make(map[string]*zip.File, len(z.File))}
	var sum uint64
	for _, f := range z.File {
		if f.Method != zip.Store || f.Flags&1 != 0 || !memberName(f.Name) {
			return nil, fault.New(fault.Invalid, "the bundle has a member that does not belong there, or is compressed: %.80q", f.Name)
		}
		if _, twice := a.files[f.Name]; twice {
			return nil, fault.New(fault.Invalid, "the bundle has the member %s twice", f.Name)
		}
		// Members cannot share bytes, or a small file would hold much to read.
		if sum += f.UncompressedSize64; sum > uint64(size) || f.UncompressedSize64 != f.CompressedSize64 {
			return nil, bad
		}
		a.files[f.Name] = f
		a.names = append(a.names, f.Name)
	}
	if len(a.names) > MaxBundleFiles {
		return nil, fault.New(fault.Limited, "the bundle has more than %d files", MaxBundleFiles)
	}
	slices.Sort(a.names)
	return a, nil
}

// checkEnd looks at the end record of the zip (APPNOTE.TXT 4.3.16): no comment, no second form for large files, and a directory that ends where the record begins and is not huge.
func checkEnd(r io.ReaderAt, size int64) error {
	bad := fault.New(fault.Invalid, "this is no bundle of a ledger: it does not end as one")
	var end [22]byte
	if size < int64(len(end)) {
		return bad
	}
	if n, err := r.ReadAt(end[:], size-int64(len(end))); n < len(end) {
		return fault.Wrap(fault.Invalid, err, "read the bundle")
	}
	le := func(at, n int) (v int64) {
		for i := n - 1; i >= 0; i-- {
			v = v<<8 | int64(end[at+i])
		}
		return v
	}
	count, dirSize, dirAt := le(10, 2), le(12, 4), le(16, 4)
	if !bytes.HasPrefix(end[:], []byte("PK\x05\x06")) || le(4, 4) != 0 || le(8, 2) != count || le(20, 2) != 0 ||
		count > MaxBundleFiles || dirSize > maxDirectory || dirSize == 0xffff || dirAt+dirSize+int64(len(end)) != size {
		return bad
	}
	return nil
}

// memberName reports whether a member may have that name.
func memberName(s string) bool {
	switch s {
	case nameReadme, nameCheckpoint, nameEntries, nameKeys:
		return true
	}
	for _, dir := range []string{dirOlder, dirConsistency, dirProofs} {
		if n, ok := strings.CutPrefix(s, dir); ok {
			if dir == dirProofs {
				if n, ok = strings.CutSuffix(n, suffixProof); !ok {
					return false
				}
			}
			_, err := parseDecimal(n)
			return err == nil
		}
	}
	// That it is the path of a tile that the tree has is checked with the tree.
	return strings.HasPrefix(s, dirTiles) && len(s) <= 40
}

// open opens a member for reading in a stream.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.files[name]
	if f == nil {
		return nil, fault.New(fault.Invalid, "the bundle has no member %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fault.New(fault.Invalid, "the member %s of the bundle cannot be read", name)
	}
	return r, nil
}

// read reads a small member as a whole.
func (a *archive) read(name string, limit int64) ([]byte, error) {
	if f := a.files[name]; f != nil && f.UncompressedSize64 > uint64(limit) {
		return nil, fault.New(fault.Limited, "the member %s of the bundle is larger than %d bytes", name, limit)
	}
	r, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // nothing was written
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		// The zip's own checksum of the member does not fit, or the file ends before it.
		return nil, fault.New(fault.Invalid, "the member %s of the bundle is damaged", name)
	}
	return b, nil
}

// in are the names below a directory.
func (a *archive) in(dir string) []string {
	from, _ := slices.BinarySearch(a.names, dir)
	to := from
	for to < len(a.names) && strings.HasPrefix(a.names[to], dir) {
		to++
	}
	return a.names[from:to]
}
