package file_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/keys/file"
	"c4arch/internal/keys/ring"
)

const (
	orgA = id.Org("og_01hzzzzzzz0000000000000001")
	orgB = id.Org("og_01hzzzzzzz0000000000000002")
)

var when = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func open(t *testing.T, dir, newest string) *ring.Ring {
	t.Helper()
	root, _, err := file.Init(dir, newest, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ring.New(rand.Reader, file.Scheme, map[string]ring.Root{file.Scheme: root})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRotation(t *testing.T) {
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "keys")
	old := open(t, dir, "")
	key, wrapped, root, err := old.New(ctx, orgA)
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.Seal(secret.ForSecrets, "r", []byte("a credential"))
	if _, _, changed, err := old.Rewrap(ctx, orgA, wrapped, root); err != nil || changed {
		t.Errorf("wrapped again without need: %v, %v", changed, err)
	}

	newest, err := file.Make(dir, rand.Reader, when)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Make(dir, rand.Reader, when); fault.KindOf(err) != fault.Conflict {
		t.Errorf("two keys with one id: %v", err)
	}
	both := open(t, dir, "")
	again, name, changed, err := both.Rewrap(ctx, orgA, wrapped, root)
	if err != nil || !changed || name != "file:"+newest || name == root {
		t.Fatalf("%s, %v, %v", name, changed, err)
	}
	// The old root key goes away: what it wrapped does not open any more, what was wrapped again does.
	if err := os.Remove(filepath.Join(dir, strings.TrimPrefix(root, "file:")+".root")); err != nil {
		t.Fatal(err)
	}
	last := open(t, dir, newest)
	opened, err := last.Open(ctx, orgA, again, name)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := opened.Open(secret.ForSecrets, "r", sealed); err != nil || string(plain) != "a credential" {
		t.Errorf("%s, %v", plain, err)
	}
	if _, err := last.Open(ctx, orgA, wrapped, root); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("opened without its root key: %v", err)
	}
}

func TestBound(t *testing.T) {
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "keys")
	r := open(t, dir, "")
	_, wrapped, root, err := r.New(ctx, orgA)
	if err != nil {
		t.Fatal(err)
	}
	other, err := file.Make(dir, rand.Reader, when)
	if err != nil {
		t.Fatal(err)
	}
	r = open(t, dir, "")
	refused := func(what string, org id.Org, wrapped []byte, root string) {
		t.Helper()
		if _, err := r.Open(ctx, org, wrapped, root); err == nil {
			t.Errorf("%s: it opens", what)
		}
	}
	refused("another organisation", orgB, wrapped, root)
	refused("another root key", orgA, wrapped, "file:"+other)
	refused("no scheme", orgA, wrapped, strings.TrimPrefix(root, "file:"))
	refused("another service", orgA, wrapped, "vault:x")
	refused("no organisation", "", wrapped, root)
	refused("nothing", orgA, nil, root)
	for i := range wrapped {
		changed := slices.Clone(wrapped)
		changed[i] ^= 1
		refused("a changed byte", orgA, changed, root)
		refused("a short one", orgA, wrapped[:i], root)
	}
}

func TestRefusesWhatOthersReach(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	root, made, err := file.Init(dir, "", rand.Reader)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	path := filepath.Join(dir, root.IDs()[0]+".root")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, c := range []struct {
		path string
		mode os.FileMode
	}{{path, 0o640}, {path, 0o604}, {path, 0o620}, {dir, 0o750}, {dir, 0o701}} {
		was, err := os.Stat(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(c.path, c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := file.Open(dir, ""); fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "chmod") {
			t.Errorf("%s with %o: %v", c.path, c.mode, err)
		}
		if err := os.Chmod(c.path, was.Mode()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := file.Open(dir, "none"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a key that is not there is the newest: %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "zz", string(text[:60]), string(text) + "00", strings.Repeat("g", 64)} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := file.Open(dir, "")
		if fault.KindOf(err) != fault.Invalid || (len(bad) > 4 && strings.Contains(err.Error(), bad[:5])) {
			t.Errorf("%d characters: %v", len(bad), err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Open(dir, ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no key: %v", err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Open(dir, ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a folder: %v", err)
	}
}

// Several starts at once make one key.
func TestOneFirstKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	var wg sync.WaitGroup
	var mu sync.Mutex
	makers := 0
	for range 8 {
		wg.Go(func() {
			root, made, err := file.Init(dir, "", rand.Reader)
			if err != nil || len(root.IDs()) != 1 {
				t.Errorf("%v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if made {
				makers++
			}
		})
	}
	wg.Wait()
	if makers != 1 {
		t.Errorf("%d made the first key", makers)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestNoRandomness(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if _, _, err := file.Init(dir, "", bytes.NewReader(make([]byte, 5))); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if there, err := file.Exists(dir); err != nil || there {
		t.Errorf("%v, %v", there, err)
	}
}
