package local

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"c4arch/internal/base/fault"
)

func env(value string) func(string) string {
	return func(name string) string {
		if name == Variable {
			return value
		}
		return ""
	}
}

func in(dir string) func() (string, error) { return func() (string, error) { return dir, nil } }

func TestVariable(t *testing.T) {
	want := bytes.Repeat([]byte{0xfb, 0xff, 0x01, 0x7e}, 9)
	noDir := func() (string, error) { t.Error("the directory was asked for"); return "", nil }
	for name, text := range map[string]string{
		"hex":                    hex.EncodeToString(want),
		"hex upper":              strings.ToUpper(hex.EncodeToString(want)),
		"base64":                 base64.StdEncoding.EncodeToString(want),
		"base64 url, no padding": base64.RawURLEncoding.EncodeToString(want),
		"white space":            " " + hex.EncodeToString(want) + "\n",
	} {
		got, err := Key(env(text), noDir)
		if err != nil || !bytes.Equal(got.Key, want) || got.From != Variable || got.Made {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestVariableRefused(t *testing.T) {
	for name, text := range map[string]string{
		"short hex":    "00112233445566778899aabbccddeeff",
		"short base64": base64.StdEncoding.EncodeToString([]byte("hunter2hunter2")),
		"a passphrase": "correct horse battery staple, correct horse battery staple",
	} {
		_, err := Key(env(text), in(t.TempDir()))
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), Variable) || !strings.Contains(err.Error(), "openssl rand -hex 32") {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(err.Error(), text) || strings.Contains(err.Error(), text[:8]) {
			t.Errorf("%s: the error quotes the key: %v", name, err)
		}
	}
}

func TestFileIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	first, err := Key(env(""), in(dir))
	if err != nil || !first.Made || len(first.Key) != Size {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := Key(env(""), in(dir))
	if err != nil || second.Made || !bytes.Equal(first.Key, second.Key) || second.From != filepath.Join(dir, "c4arch", "key") {
		t.Fatalf("%+v, %v", second, err)
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]os.FileMode{second.From: 0o600, filepath.Dir(second.From): 0o700} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, want %v (%v)", path, info.Mode(), want, err)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "c4arch", ".key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestManyMakeOneKey(t *testing.T) {
	dir := t.TempDir()
	keys := make([]Found, 16)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = Key(env(""), in(dir)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	made := 0
	for _, k := range keys {
		if !bytes.Equal(k.Key, keys[0].Key) {
			t.Error("two keys were made")
		}
		if k.Made {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d say that they made it", made)
	}
}

func TestFileRefused(t *testing.T) {
	whole := strings.Repeat("ab", Size) + "\n"
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"readable by others": {whole, 0o644, "chmod 600"},
		"readable by group":  {whole, 0o640, "chmod 600"},
		"cut off":            {whole[:20], 0o600, "is damaged"},
		"empty":              {"", 0o600, "is damaged"},
	} {
		if runtime.GOOS == "windows" && c.mode != 0o600 {
			continue
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "c4arch", "key")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := Key(env(""), in(dir))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "abab") {
			t.Errorf("%s: the error quotes the key", name)
		}
		if after, _ := os.ReadFile(path); string(after) != c.text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestNoDirectory(t *testing.T) {
	_, err := Key(env(""), func() (string, error) { return "", errors.New("neither $XDG_CONFIG_HOME nor $HOME are defined") })
	if err == nil || !strings.Contains(err.Error(), Variable) {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(strings.Repeat("ab", Size))
	f.Add(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, Size)))
	f.Add("")
	f.Add("====")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := parse(text)
		if err == nil && len(key) < Size {
			t.Errorf("a key of %d bytes", len(key))
		}
		if err != nil && len(text) > 12 && strings.Contains(err.Error(), text) {
			t.Errorf("quotes the text: %v", err)
		}
	})
}
