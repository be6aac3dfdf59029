package ledger

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
)

// zipped writes a zip as given, whatever a bundle may have.
func zipped(t testing.TB, members ...*zip.FileHeader) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range members {
		f, err := w.CreateHeader(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, 3000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestArchivesThatAreNoBundles(t *testing.T) {
	stored := func(name string) *zip.FileHeader { return &zip.FileHeader{Name: name, Method: zip.Store} }
	good := newJournal(t).writeMany(3).bundle(nil)
	end := len(good) - 22
	change := func(at int, with ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], with)
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":               nil,
		"text":                  []byte(strings.Repeat("hello ", 100)),
		"a compressed member":   zipped(t, &zip.FileHeader{Name: nameCheckpoint, Method: zip.Deflate}),
		"a member twice":        zipped(t, stored(nameCheckpoint), stored(nameCheckpoint)),
		"a path upwards":        zipped(t, stored("../checkpoint")),
		"an absolute path":      zipped(t, stored("/etc/passwd")),
		"another member":        zipped(t, stored("run-me.sh")),
		"a proof of no index":   zipped(t, stored("proof/x.tlog-proof")),
		"an index with a zero":  zipped(t, stored("proof/007.tlog-proof")),
		"nothing behind it":     append(bytes.Clone(good), 0),
		"cut":                   good[:len(good)-1],
		"cut in front":          good[1:],
		"only the end":          good[end:],
		"another count":         change(end+8, 1, 0, 1, 0),
		"many":                  change(end+8, 0xff, 0xff, 0xff, 0xff),
		"a directory elsewhere": change(end+16, 0, 0, 0, 0),
		"two disks":             change(end+4, 1),
		"a comment":             change(end+20, 1),
	} {
		if _, err := Verify(bytes.NewReader(b), int64(len(b)), Trust{}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := Verify(bytes.NewReader(good), MaxBundle+1, Trust{}); fault.KindOf(err) != fault.Limited {
		t.Errorf("a huge file: %v", err)
	}
}

// Members that lie over each other would make a small file much to read.
func TestMembersThatShareBytesAreRefused(t *testing.T) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if err := w.SetComment(""); err != nil {
		t.Fatal(err)
	}
	f, err := w.CreateHeader(&zip.FileHeader{Name: nameCheckpoint, Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b := out.Bytes()
	// The directory entry is written again, many times over, with other names and the same place.
	dirAt := int(binary.LittleEndian.Uint32(b[len(b)-6:]))
	entry := b[dirAt : len(b)-22]
	forged := bytes.Clone(b[:dirAt])
	n := 30
	for i := range n {
		e := bytes.Clone(entry)
		copy(e[46:], fmt.Sprintf("older/%04d", 1000+i)) // as long as "checkpoint"
		forged = append(forged, e...)
	}
	end := bytes.Clone(b[len(b)-22:])
	binary.LittleEndian.PutUint16(end[8:], uint16(n))
	binary.LittleEndian.PutUint16(end[10:], uint16(n))
	binary.LittleEndian.PutUint32(end[12:], uint32(n*len(entry)))
	forged = append(forged, end...)
	if z, err := zip.NewReader(bytes.NewReader(forged), int64(len(forged))); err != nil || len(z.File) != n {
		t.Fatalf("the forgery is none: %v", err)
	}
	if _, err := openBundle(bytes.NewReader(forged), int64(len(forged))); err == nil {
		t.Error("taken")
	}
}

func TestTheLimitsOfWriting(t *testing.T) {
	j := newJournal(t).writeMany(10)
	write := func(change func(*Bundle)) error {
		b := Bundle{Checkpoint: j.sign(), Tiles: j, Entries: j.all()}
		change(&b)
		return b.Write(io.Discard)
	}
	huge, err := Sign(Tree{Size: MaxBundleTree + 1}, j.signer)
	if err != nil {
		t.Fatal(err)
	}
	newer := newJournal(t).writeMany(11).sign()
	for name, change := range map[string]func(*Bundle){
		"a tree that is too large": func(b *Bundle) { b.Checkpoint = huge },
		"no checkpoint":            func(b *Bundle) { b.Checkpoint = nil },
		"an older that is newer":   func(b *Bundle) { b.Older = [][]byte{newer} },
		"an older that is none":    func(b *Bundle) { b.Older = [][]byte{nil} },
		"entries out of order": func(b *Bundle) {
			b.Entries = func(yield func(Entry, error) bool) { _ = yield(j.entries[3], nil) && yield(j.entries[2], nil) }
		},
		"an entry that is none": func(b *Bundle) {
			b.Entries = func(yield func(Entry, error) bool) { yield(Entry{Leaf: []byte("{}")}, nil) }
		},
		"a failing source": func(b *Bundle) {
			b.Entries = func(yield func(Entry, error) bool) { yield(Entry{}, errors.New("gone")) }
		},
		"tiles that are gone": func(b *Bundle) { b.Tiles = newMemory() },
	} {
		if err := write(change); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	c := &counter{w: io.Discard, n: MaxBundle}
	if _, err := c.Write([]byte{1}); fault.KindOf(err) != fault.Limited {
		t.Errorf("beyond the limit: %v", err)
	}
}

func TestTilePaths(t *testing.T) {
	for want, got := range map[string]string{
		"tile/0/000": tileName(0, 0, 256), "tile/1/x001/x234/067": tileName(1, 1234067, 256), "tile/2/999.p/17": tileName(2, 999, 17), "tile/0/x001/000.p/1": tileName(0, 1000, 1),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
