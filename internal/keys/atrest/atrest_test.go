package atrest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

const text = "alice@fabrikam.example"

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func scan(t *testing.T, dir string, texts ...string) *Report {
	t.Helper()
	var plain []Plain
	for i, s := range texts {
		plain = append(plain, Plain{fmt.Sprintf("text %d", i), []byte(s)})
	}
	r, err := Scan(t.Context(), dir, plain)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFinds(t *testing.T) {
	noise := bytes.Repeat([]byte{0xA5, 3, 0}, 500_000)
	for form, data := range map[string][]byte{
		"plain":  []byte(text),
		"hex":    []byte(hex.EncodeToString([]byte(text))),
		"utf-16": wide([]byte(text)),
		"base64": []byte(base64.StdEncoding.EncodeToString([]byte("12" + text + "3"))),
	} {
		for _, at := range []int{0, 1, chunk - 5, chunk, chunk + 7, len(noise)} {
			dir := t.TempDir()
			write(t, dir, "a/b", append(append(append([]byte(nil), noise[:at]...), data...), noise[at:]...))
			write(t, dir, "other", noise)
			r := scan(t, dir, text, "never anywhere")
			if r.Clean() || len(r.Found) != 1 || r.Files != 2 || r.Bytes != int64(2*len(noise)+len(data)) {
				t.Fatalf("%s at %d: %+v", form, at, r)
			}
			f := r.Found[0]
			if f.Form != form || f.Name != "text 0" || f.File != filepath.Join("a", "b") || f.Offset < int64(at) || f.Offset > int64(at+4) {
				t.Errorf("%s at %d: %+v", form, at, f)
			}
			if strings.Contains(fmt.Sprintf("%+v", r), text) {
				t.Error("the report quotes the text")
			}
		}
	}
}

func TestClean(t *testing.T) {
	dir := t.TempDir()
	if scan(t, dir, text).Clean() {
		t.Error("a folder with nothing in it proves nothing")
	}
	k, err := secret.NewKey(id.Local, bytes.Repeat([]byte{1}, secret.Size))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "sealed", k.Seal(secret.ForRecords, "r", []byte(text)))
	if r := scan(t, dir, text); !r.Clean() {
		t.Errorf("%+v", r)
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if r := scan(t, dir, text); r.Files != 1 {
		t.Errorf("a link was followed: %+v", r)
	}
	if (&Report{Files: 1, Unread: []string{"x"}}).Clean() {
		t.Error("what was not read is clean")
	}
}

// Whatever stands before and behind it, a text in base64 is found.
func TestBase64AtAnyPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Byte(), Least, 60).Draw(t, "text")
		around := append(append(rapid.SliceOf(rapid.Byte()).Draw(t, "before"), p...), rapid.SliceOf(rapid.Byte()).Draw(t, "behind")...)
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
			patterns, err := patternsOf([]Plain{{"p", p}})
			if err != nil {
				t.Fatal(err)
			}
			if _, found, err := look(context.Background(), strings.NewReader(enc.EncodeToString(around)), patterns); err != nil || len(found) == 0 {
				t.Errorf("not found: %v", err)
			}
		}
	})
}

func TestRefuses(t *testing.T) {
	for _, plain := range [][]Plain{nil, {{"short", []byte("12345")}}, {{"long", make([]byte, maxText+1)}}, make([]Plain, maxPlain+1)} {
		if _, err := Scan(t.Context(), t.TempDir(), plain); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d texts: %v", len(plain), err)
		}
	}
	ok := []Plain{{"p", []byte(text)}}
	if _, err := Scan(t.Context(), filepath.Join(t.TempDir(), "none"), ok); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no folder: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Scan(over, t.TempDir(), ok); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("ended: %v", err)
	}
}
