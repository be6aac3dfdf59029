package files

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
)

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

// A connection stays below the directory that the operator allows, whatever its path says and whatever links lie there.
func TestWithinStaysWithin(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links take a right on Windows")
	}
	base := lay(t, map[string]string{"secret/hidden.json": `{"outside":1}`, "root/a/b/c/in.json": `{"in":1}`, "root/shop/one.json": `{"one":1}`, "root/file.json": `{}`})
	root, outside := filepath.Join(base, "root"), filepath.Join(base, "secret")
	link(t, outside, filepath.Join(root, "absolute"))
	link(t, "../secret", filepath.Join(root, "relative"))
	link(t, "a/b/c", filepath.Join(root, "deep"))
	link(t, "shop", filepath.Join(root, "inside"))
	link(t, filepath.Join(outside, "hidden.json"), filepath.Join(root, "shop", "leak.json"))
	link(t, outside, filepath.Join(root, "shop", "leak"))
	for _, rel := range []string{
		"", "..", "../secret", "/", root, outside, "absolute", "relative", "shop/../../secret", "deep/../../..", "deep/../../../../secret", "a/../..", "none", "file.json", "shop/", "./shop", "a//b",
		"shop\x00", "absolute/.", strings.Repeat("a/", 5000) + "a",
	} {
		set, err := OpenWithin(root, rel, Limits{})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%.40q: %v", rel, err)
		}
		if err != nil && strings.Contains(err.Error(), base) {
			t.Errorf("%.40q: tells where it lies: %v", rel, err)
		}
		if set != nil {
			t.Errorf("%.40q was opened: %q", rel, names(set))
		}
	}
	for rel, want := range map[string][]string{
		"shop": {"!shop/leak", "!shop/leak.json", `shop/one.json={"one":1}`}, "inside": {"!inside/leak", "!inside/leak.json", `inside/one.json={"one":1}`}, "a": {`a/b/c/in.json={"in":1}`},
	} {
		set, err := OpenWithin(root, rel, Limits{})
		if err != nil {
			t.Fatalf("%s: %v", rel, err)
		}
		if got := names(set); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", rel, got, want)
		}
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	}
	whole, err := OpenWithin(root, ".", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names(whole), "\n"); !strings.Contains(got, "one.json") || strings.Contains(got, "outside") {
		t.Errorf("all of the root: %s", got)
	}
	if err := whole.Close(); err != nil {
		t.Error(err)
	}
	if _, err := OpenWithin(filepath.Join(base, "none"), ".", Limits{}); fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "lstat") {
		t.Errorf("a root that is gone: %v", err)
	}
}

// The directory is swapped for a link that leads out after it was opened: what is read is still what was opened.
func TestWithinHoldsWhatItOpened(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory that is open cannot be renamed on Windows")
	}
	base := lay(t, map[string]string{"root/shop/one.json": `{"one":1}`, "secret/one.json": `{"outside":1}`})
	set, err := OpenWithin(filepath.Join(base, "root"), "shop", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close() //nolint:errcheck // it was read only
	if err := os.Rename(filepath.Join(base, "root/shop"), filepath.Join(base, "root/was")); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(base, "secret"), filepath.Join(base, "root/shop"))
	if got := names(set); !slices.Equal(got, []string{`shop/one.json={"one":1}`}) {
		t.Errorf("%q", got)
	}
}

// zipFile writes a zip file by hand.
func zipFile(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range append([][2]string{{packIndex, `{"version":1,"paths":[{"name":"x","root":0,"path":"."}]}`}}, files...) {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What costs more than it is worth is refused before any of it is unpacked. The names are the dearest: archive/zip remembers each directory of each of them, so that 150 names
// of 64 KiB, all of directories, were 23 seconds and a gigabyte.
func TestPackedBombs(t *testing.T) {
	zeros := strings.Repeat("0", 70<<20)
	for what, x := range map[string]struct {
		data []byte
		lim  PackedLimits
		kind fault.Kind
	}{
		"a deep name":       {zipFile(t, [2]string{"0/" + strings.Repeat("a/", 400) + "x.json", "{}"}), PackedLimits{}, fault.Invalid},
		"a long name":       {zipFile(t, [2]string{"0/" + strings.Repeat("a", 2000) + ".json", "{}"}), PackedLimits{}, fault.Invalid},
		"it grows too much": {zipFile(t, [2]string{"0/a.json", zeros}), PackedLimits{}, fault.Limited},
		"one large file":    {zipFile(t, [2]string{"0/a.json", zeros[:2<<20]}), PackedLimits{Limits: Limits{FileSize: 1 << 20}}, fault.Limited},
		"large in all":      {zipFile(t, [2]string{"0/a.json", zeros[:1<<20]}, [2]string{"0/b.json", zeros[:1<<20]}), PackedLimits{Total: 1<<20 + 500_000}, fault.Limited},
		"too many":          {zipFile(t, [2]string{"0/a.json", "1"}, [2]string{"0/b.json", "2"}, [2]string{"0/c.json", "3"}), PackedLimits{Limits: Limits{Files: 3}}, fault.Limited},
		"twice":             {zipFile(t, [2]string{"0/a.json", "1"}, [2]string{"0/a.json", "2"}), PackedLimits{}, ""},
		"a file, and below": {zipFile(t, [2]string{"0/a", "1"}, [2]string{"0/a/b.json", "2"}), PackedLimits{}, ""},
		"a link":            {linked(t), PackedLimits{}, fault.Invalid},
	} {
		set, err := OpenPacked(x.data, x.lim)
		if fault.KindOf(err) != x.kind {
			t.Errorf("%s: %v", what, err)
		}
		if set != nil {
			for range set.All() { // it ends, and does not panic
				continue
			}
		}
	}
	if _, err := OpenPacked(zipFile(t, [2]string{"0/a.json", zeros[:60<<20]}), PackedLimits{}); err != nil {
		t.Errorf("a small one may grow: %v", err)
	}
}

func linked(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "0/a.json"}
	h.SetMode(os.ModeSymlink | 0o777)
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = fmt.Fprint(w, "/etc/passwd")
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A header that lies about the size does not get more unpacked than it says.
func TestPackedSizesThatLie(t *testing.T) {
	data := zipFile(t, [2]string{"0/a.json", strings.Repeat(`{"a":"b"}`, 100_000)})
	at := bytes.LastIndex(data, []byte("0/a.json")) - 46 // of the central directory: PKWARE APPNOTE 4.3.12
	copy(data[at+24:at+28], []byte{10, 0, 0, 0})
	set, err := OpenPacked(data, PackedLimits{})
	if err != nil {
		return // refused: good as well
	}
	for f := range set.All() {
		if len(f.Input.Data) > 10 {
			t.Errorf("%d bytes of 10", len(f.Input.Data))
		}
	}
}
