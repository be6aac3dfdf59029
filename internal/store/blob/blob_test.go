package blob

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
)

func folder(t *testing.T) *Folder {
	t.Helper()
	f, err := Create(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestObject(t *testing.T) {
	f := folder(t)
	name := Name()
	if other := Name(); other == name || len(name) != 32 {
		t.Errorf("%s and %s", name, other)
	}
	for _, data := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("abc"), 100_000)} {
		name := Name()
		if err := f.Write(name, data); err != nil {
			t.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		got, err := f.Read(name)
		if err != nil || !bytes.Equal(got, data) || f.Size(name) != int64(len(data)) {
			t.Errorf("%d bytes came back as %d, %v", len(data), len(got), err)
		}
		info, err := os.Stat(filepath.Join(f.dir, name+suffix))
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if err := f.Remove(name); err != nil {
			t.Error(err)
		}
		if err := f.Remove(name); err != nil {
			t.Errorf("a second time: %v", err)
		}
		if _, err := f.Read(name); fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), name) {
			t.Errorf("what is gone: %v", err)
		}
		if f.Size(name) != 0 {
			t.Error("what is gone has a size")
		}
	}
	if info, err := os.Stat(f.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestNames(t *testing.T) {
	f := folder(t)
	outside := filepath.Join(filepath.Dir(f.dir), "x.pack")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "..", "../x", "/etc/passwd", strings.Repeat("A", 32), strings.Repeat("a", 31) + "/", strings.Repeat("a", 33)} {
		if _, err := f.Read(name); fault.KindOf(err) != fault.Internal {
			t.Errorf("%q is read: %v", name, err)
		}
		if f.Write(name, nil) == nil || f.Remove(name) == nil || f.Size(name) != 0 {
			t.Errorf("%q is a name", name)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

func TestList(t *testing.T) {
	f := folder(t)
	a, b := strings.Repeat("a", 32), strings.Repeat("b", 32)
	if err := f.Write(b, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{a + half, "notes.txt", "x.pack"} {
		if err := os.WriteFile(filepath.Join(f.dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := f.List()
	if err != nil || len(list) != 2 || list[0].Name != a || !list[0].Half || list[1].Name != b || list[1].Half || list[1].Size != 5 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := f.Remove(a); err != nil {
		t.Fatal(err)
	}
	if list, err := f.List(); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

// An object is written once: a name that is being written by another is not overwritten.
func TestNotTwice(t *testing.T) {
	f := folder(t)
	name := Name()
	if err := os.WriteFile(filepath.Join(f.dir, name+half), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(name, []byte("x")); err == nil {
		t.Error("a half was overwritten")
	}
	if b, err := os.ReadFile(filepath.Join(f.dir, name+half)); err != nil || string(b) != "other" {
		t.Errorf("the half is %q, %v", b, err)
	}
}

func TestFolder(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none")); fault.KindOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
	f := folder(t)
	if _, err := Create(f.dir); err == nil {
		t.Error("it was made twice")
	}
	again, err := Open(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(f.dir, strings.Repeat("c", 32)+suffix), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Read(strings.Repeat("c", 32)); fault.KindOf(err) == "" {
		t.Error("a folder is read as an object")
	}
	if err := f.Write(Name(), make([]byte, 1)); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(f.dir); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(Name(), nil); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a folder that is gone: %v", err)
	}
	if _, err := f.List(); err == nil {
		t.Error("a folder that is gone is listed")
	}
}
