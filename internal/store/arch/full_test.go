//go:build unix

package arch

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/source/sourcetest"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
)

// A full disk is a clear error, and the store is as it was.
func TestDatabaseFull(t *testing.T) {
	dir, entries, records := filled(t, 60, 2)
	info, err := os.Stat(filepath.Join(dir, dataFile))
	if err != nil {
		t.Fatal(err)
	}
	full := 0
	for extra := range 12 { // however far it gets
		h := reopen(t, dir)
		limit(t, h, int(info.Size())/sqldb.PageSize+extra)
		r := storetest.NewEstate(t, 99, 200).Record(t)
		before := entriesOf(t, h)
		_, err = h.Put(t.Context(), r, storetest.Noon)
		if err != nil {
			full++
			if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "disk is full") {
				t.Errorf("%d pages more: %v", extra, err)
			}
			if after := entriesOf(t, h); after != before {
				t.Errorf("%d pages more: %s became %s", extra, before, after)
			}
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		h = reopen(t, dir)
		if c, err := h.Check(t.Context(), nil); err != nil || len(c.Faults) > 0 {
			t.Fatalf("%d pages more: %q, %v", extra, c.Faults, err)
		}
		storetest.Same(t, h, entries[1].ID, records[1])
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	if full < 3 {
		t.Errorf("the disk was full %d times", full)
	}
}

// limit bounds the file, as a full disk would. It holds for one connection: the pool has no other as long as one thing happens after the other.
func limit(t *testing.T, h *tested, pages int) {
	t.Helper()
	err := h.db().Transact(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Row(t.Context(), []any{new(int)}, "PRAGMA max_page_count="+strconv.Itoa(pages))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func entriesOf(t *testing.T, h *tested) string {
	t.Helper()
	all, err := h.List(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(all)
}

// A folder of objects that takes nothing is a clear error, and the store is as it was. Nobody can write into /proc.
func TestObjectsCannotBeWritten(t *testing.T) {
	if _, err := os.Stat("/proc/self/fdinfo"); err != nil {
		sourcetest.Missing(t, "there is no folder here that takes no files")
	}
	dir, entries, records := filled(t, 30, 2)
	blobs := filepath.Join(dir, blobDir)
	if err := os.Rename(blobs, blobs+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/proc/self/fdinfo", blobs); err != nil {
		t.Fatal(err)
	}
	h := reopen(t, dir)
	_, err := h.Put(t.Context(), storetest.NewEstate(t, 99, 50).Record(t), storetest.Noon)
	if k := fault.KindOf(err); k != fault.Unavailable && k != fault.Denied {
		t.Errorf("a put: %v", err)
	}
	if _, err := h.Redact(t.Context(), records[0].Snapshot.Resources[0].ID, "x", storetest.Noon); err == nil {
		t.Error("it can be redacted")
	}
	if err := os.Remove(blobs); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(blobs+".away", blobs); err != nil {
		t.Fatal(err)
	}
	if c, err := h.Check(t.Context(), nil); err != nil || len(c.Faults) > 0 || c.Snapshots != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	storetest.Same(t, h, entries[1].ID, records[1])
}

// A store that belongs to somebody else is a clear error. A process of another user tries it, since root may write anywhere.
func TestNotOurs(t *testing.T) {
	dir, entries, records := filled(t, 20, 1)
	open := t.TempDir() // others must reach the program and the store
	for _, d := range []string{filepath.Dir(dir), filepath.Dir(filepath.Dir(dir)), open, filepath.Dir(open)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for path, mode := range map[string]os.FileMode{dir: 0o755, filepath.Join(dir, blobDir): 0o755, filepath.Join(dir, dataFile): 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], dir, "1")
	if os.Getuid() == 0 {
		cmd = exec.CommandContext(t.Context(), program(t, open), dir, "1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	} else if err := os.Chmod(filepath.Join(dir, dataFile), 0o444); err != nil {
		t.Fatal(err)
	}
	cmd.Env = []string{childEnv + "=once", "TMPDIR=" + os.TempDir()}
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "error denied") {
		t.Errorf("somebody else: %v %s", err, out)
	}
	if err := os.Chmod(filepath.Join(dir, dataFile), 0o600); err != nil {
		t.Fatal(err)
	}
	storetest.Same(t, reopen(t, dir), entries[0].ID, records[0])
}

// program is a copy of this one that everybody may run.
func program(t *testing.T, dir string) string {
	t.Helper()
	from, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close() //nolint:errcheck // it was only read
	to, err := os.OpenFile(filepath.Join(dir, "program"), os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Name()
}

// Making a home is whole or not at all.
func TestCreate(t *testing.T) {
	ctx := t.Context()
	root := t.TempDir()
	dir := filepath.Join(root, ".c4arch")
	_, err := openAt(ctx, dir)
	if fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "c4arch init") {
		t.Errorf("nothing there: %v", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil { // an empty folder will do
		t.Fatal(err)
	}
	h, err := createAt(ctx, dir, storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close() //nolint:errcheck // nothing was written
	for name, mode := range map[string]os.FileMode{".": os.ModeDir | 0o700, blobDir: os.ModeDir | 0o700, dataFile: 0o600, lockFile: 0o600, ".gitignore": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != mode {
			t.Errorf("%s has the mode %v, not %v: %v", name, info.Mode(), mode, err)
		}
	}
	if b, _ := os.ReadFile(filepath.Join(dir, ".gitignore")); string(b) != "*\n" {
		t.Errorf(".gitignore is %q", b)
	}
	_, err = createAt(ctx, dir, storetest.Noon)
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second home: %v", err)
	}
	other := filepath.Join(root, "other")
	if err := os.MkdirAll(filepath.Join(other, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := createAt(ctx, other, storetest.Noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a folder with something in it: %v", err)
	}
	if _, err := openAt(ctx, other); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a folder that is no home: %v", err)
	}
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := createAt(ctx, filepath.Join(root, "file"), storetest.Noon); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a file: %v", err)
	}
	if list, _ := filepath.Glob(filepath.Join(root, "*.new-*")); len(list) > 0 {
		t.Errorf("%v was left", list)
	}
}

// A home from a newer program is left alone.
func TestNewer(t *testing.T) {
	dir, _, _ := filled(t, 10, 1)
	h := reopen(t, dir)
	if err := h.db().Transact(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), "PRAGMA user_version=99"); return err }); err != nil {
		t.Fatal(err)
	}
	if _, err := openAt(t.Context(), dir); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "newer") {
		t.Errorf("it opens with %v", err)
	}
}

// Files that are not ours are left alone; an object that no row knows is nobody's, and one that is staged may still become somebody's for a day.
func TestLeftovers(t *testing.T) {
	dir, _, _ := filled(t, 10, 1)
	h := reopen(t, dir)
	ctx := t.Context()
	blobs := filepath.Join(dir, blobDir)
	for _, name := range []string{"notes.txt", strings.Repeat("a", 32) + ".pack", strings.Repeat("b", 32) + ".tmp"} {
		if err := os.WriteFile(filepath.Join(blobs, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.st.stage(ctx, [][]byte{[]byte("staged")}, storetest.Noon); err != nil {
		t.Fatal(err)
	}
	all := func(history.Entry) bool { return true }
	if c, err := h.Check(ctx, nil); err != nil || c.Staged != 3 || len(c.Faults) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := h.Collect(ctx, all, storetest.Noon.Add(leftoverAge/2), true); err != nil || c.Objects != 2 {
		t.Errorf("young ones would go: %+v, %v", c, err)
	}
	if c, err := h.Collect(ctx, all, storetest.Noon.Add(leftoverAge/2), false); err != nil || c.Objects != 2 {
		t.Errorf("young ones: %+v, %v", c, err)
	}
	if c, err := h.Check(ctx, nil); err != nil || c.Staged != 1 || len(c.Faults) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := h.Collect(ctx, all, storetest.Noon.Add(2*leftoverAge), false); err != nil || c.Objects != 1 || c.Bytes != 6 {
		t.Errorf("old ones: %+v, %v", c, err)
	}
	if c, err := h.Check(ctx, nil); err != nil || c.Staged != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := os.Stat(filepath.Join(blobs, "notes.txt")); err != nil {
		t.Error(err)
	}
}
