package files

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
)

func zipOf(t testing.TB, files ...Handed) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = w.Write(f.Data)
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

func tarOf(t testing.TB, files ...Handed) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range files {
		err := w.WriteHeader(&tar.Header{Name: f.Name, Mode: 0o644, Size: int64(len(f.Data)), Typeflag: tar.TypeReg})
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteHeader(&tar.Header{Name: "link", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const compose = "services:\n  web:\n    image: nginx\n"

// openedNames are those of the inputs that a scan finds in what was wrapped.
func openedNames(t *testing.T, data []byte) (all []string) {
	t.Helper()
	set, err := OpenPacked(data, PackedLimits{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	for f := range set.All() {
		all = append(all, f.Input.Name)
	}
	slices.Sort(all)
	return all
}

func TestWrap(t *testing.T) {
	text := []byte(compose)
	for name, x := range map[string]struct {
		in   []Handed
		want string
	}{
		"plain files":          {[]Handed{{"compose.yaml", text}, {"other.yaml", text}}, "compose.yaml other.yaml"},
		"a directory":          {[]Handed{{"infra/a/compose.yaml", text}, {"infra/compose.yaml", text}}, "infra/a/compose.yaml infra/compose.yaml"},
		"a path of Windows":    {[]Handed{{`infra\compose.yaml`, text}}, "infra/compose.yaml"},
		"a zip":                {[]Handed{{"shop.zip", zipOf(t, Handed{"deep/compose.yaml", text})}}, "shop/deep/compose.yaml"},
		"a tar.gz with a link": {[]Handed{{"shop.tar.gz", tarOf(t, Handed{"./compose.yaml", text})}}, "shop/compose.yaml"},
		"keys and pictures":    {[]Handed{{"compose.yaml", text}, {"id.pem", text}, {"a/logo.png", text}, {"a/.git/config.yaml", text}}, "compose.yaml"},
		"the same twice":       {[]Handed{{"compose.yaml", text}, {"compose.yaml", text}}, "compose.yaml"},
	} {
		data, err := Wrap(x.in, PackedLimits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(openedNames(t, data), " "); got != x.want {
			t.Errorf("%s: %s, not %s", name, got, x.want)
		}
		again, err := Wrap([]Handed{{"upload.zip", data}}, PackedLimits{})
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: what is packed already is packed again, %v", name, err)
		}
	}
}

func TestWrapRefuses(t *testing.T) {
	text := []byte(compose)
	small := PackedLimits{Total: 100, Limits: Limits{FileSize: 90}}
	for name, x := range map[string]struct {
		in   []Handed
		lim  PackedLimits
		kind fault.Kind
		says string
	}{
		"nothing":                {nil, PackedLimits{}, fault.Invalid, "no file"},
		"only pictures":          {[]Handed{{"a.png", text}}, PackedLimits{}, fault.Invalid, "no file"},
		"a way out":              {[]Handed{{"../compose.yaml", text}}, PackedLimits{}, fault.Invalid, "no name"},
		"a way out of a zip":     {[]Handed{{"a.zip", zipOf(t, Handed{"../../x.yaml", text})}}, PackedLimits{}, fault.Invalid, "outside"},
		"a way out of a tar":     {[]Handed{{"a.tgz", tarOf(t, Handed{"a/../../x.yaml", text})}}, PackedLimits{}, fault.Invalid, "outside"},
		"no zip":                 {[]Handed{{"a.zip", text}}, PackedLimits{}, fault.Invalid, "no archive"},
		"no gzip":                {[]Handed{{"a.tgz", text}}, PackedLimits{}, fault.Invalid, "no archive"},
		"two of a name":          {[]Handed{{"a.yaml", text}, {"a.yaml", []byte("b: 1")}}, PackedLimits{}, fault.Conflict, "two different"},
		"a large file":           {[]Handed{{"a.yaml", bytes.Repeat([]byte("a"), 91)}}, small, fault.Limited, "limit for one file"},
		"a zip that becomes big": {[]Handed{{"a.zip", zipOf(t, Handed{"a.yaml", bytes.Repeat([]byte("a"), 1<<20)})}}, small, fault.Limited, "limit for one file"},
		"much altogether":        {[]Handed{{"a.yaml", bytes.Repeat([]byte("a"), 60)}, {"b.yaml", bytes.Repeat([]byte("b"), 60)}}, small, fault.Limited, "too large"},
		"too deep":               {[]Handed{{strings.Repeat("d/", 300) + "a.yaml", text}}, PackedLimits{}, fault.Limited, "deeper"},
	} {
		_, err := Wrap(x.in, x.lim)
		if fault.KindOf(err) != x.kind || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzWrap: whatever is handed over is refused, or is what a scan opens.
func FuzzWrap(f *testing.F) {
	f.Add("a.zip", zipOf(f, Handed{"deep/compose.yaml", []byte(compose)}))
	f.Add("a.tgz", tarOf(f, Handed{"compose.yaml", []byte(compose)}))
	f.Add("a/b.yaml", []byte(compose))
	f.Add("../a", []byte("x"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		lim := PackedLimits{Total: 1 << 20, Limits: Limits{FileSize: 1 << 20, Files: 100}}
		packed, err := Wrap([]Handed{{name, data}}, lim)
		if err != nil || isPacked(data) {
			return
		}
		set, err := OpenPacked(packed, PackedLimits{})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		_ = set.Close()
	})
}
