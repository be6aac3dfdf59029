package remote

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"io/fs"
	"net/http"
	"net/http/cgi"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/transport"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
)

const theToken = "ghp_theTokenOfTheRepository"

// host serves repositories by the program that git itself has for it.
type host struct {
	dir    string
	client *http.Client
	mu     sync.Mutex
	asked  []string
	before func(w http.ResponseWriter, r *http.Request) bool
}

func (h *host) handler(t *testing.T) http.Handler {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("git is not here, and CI needs it")
		}
		t.Skip("git is not here: nothing was fetched")
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), Root: "/",
		Env: []string{"GIT_PROJECT_ROOT=" + h.dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0=true", "GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*"},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked = append(h.asked, r.Method+" "+r.URL.RequestURI())
		h.mu.Unlock()
		if h.before != nil && h.before(w, r) {
			return
		}
		if _, password, _ := r.BasicAuth(); password != theToken {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, "the token "+password+" is not taken")
			return
		}
		backend.ServeHTTP(w, r)
	})
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=Architect", "GIT_AUTHOR_EMAIL=architect@contoso.example", "GIT_COMMITTER_NAME=Architect",
		"GIT_COMMITTER_EMAIL=architect@contoso.example", "GIT_AUTHOR_DATE=2026-11-01T10:00:00Z", "GIT_COMMITTER_DATE=2026-11-01T10:00:00Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// newHost has contoso/shop.git: two commits on main, one more on release.
func newHost(t *testing.T) (*host, Config) {
	t.Helper()
	h := &host{dir: t.TempDir()}
	handler := h.handler(t)
	work := t.TempDir()
	run(t, work, "init", "-q", "-b", "main")
	write(t, filepath.Join(work, "old.tf"), "# gone later")
	run(t, work, "add", ".")
	run(t, work, "commit", "-q", "-m", "first")
	run(t, work, "rm", "-q", "old.tf")
	write(t, filepath.Join(work, "infra", "main.tf"), "resource \"x\" \"y\" {}\n")
	write(t, filepath.Join(work, "README.md"), strings.Repeat("words ", 100))
	run(t, work, "add", ".")
	run(t, work, "commit", "-q", "-m", "second")
	run(t, work, "checkout", "-q", "-b", "release")
	write(t, filepath.Join(work, "infra", "release.tf"), "# of the release\n")
	write(t, filepath.Join(work, "large.bin"), strings.Repeat("0123456789abcdef", 8<<10))
	run(t, work, "add", ".")
	run(t, work, "commit", "-q", "-m", "third")
	run(t, work, "checkout", "-q", "main")
	run(t, h.dir, "clone", "-q", "--bare", work, filepath.Join(h.dir, "contoso", "shop.git"))
	h.client = egresstest.New(t, map[string]http.Handler{"git.contoso.example": handler}).Client
	return h, Config{Address: "https://git.contoso.example/contoso/shop.git", Token: secret.New([]byte(theToken)), HTTP: h.client}
}

func TestFetch(t *testing.T) {
	h, c := newHost(t)
	got, err := Fetch(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if got.Branch != "main" || len(got.Hash) != 40 {
		t.Errorf("%+v", got)
	}
	data, err := fs.ReadFile(got.Tree, "infra/main.tf")
	if err != nil || string(data) != "resource \"x\" \"y\" {}\n" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := fs.Stat(got.Tree, "old.tf"); err == nil {
		t.Error("a file of another commit is there")
	}
	for _, a := range h.asked {
		if a != "GET /contoso/shop.git/info/refs?service=git-upload-pack" && a != "POST /contoso/shop.git/git-upload-pack" {
			t.Errorf("it asked %s", a)
		}
	}
	c.Branch, c.Folder = "release", "infra"
	got, err = Fetch(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if names, err := fs.Glob(got.Tree, "*.tf"); err != nil || strings.Join(names, " ") != "main.tf release.tf" {
		t.Errorf("%v, %v", names, err)
	}
	hash, branch, err := Head(t.Context(), c)
	if err != nil || hash != got.Hash || branch != "release" {
		t.Errorf("%s %s, %v", hash, branch, err)
	}
}

// A file that is too large is left out by a server that can, and the others are read.
func TestLargeFile(t *testing.T) {
	_, c := newHost(t)
	c.Branch, c.Limits = "release", Limits{File: 64 << 10}
	got, err := Fetch(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(got.Tree, "infra/release.tf"); err != nil {
		t.Error(err)
	}
	if _, err := fs.ReadFile(got.Tree, "large.bin"); err == nil {
		t.Error("the large file was fetched")
	}
}

func TestLimits(t *testing.T) {
	_, c := newHost(t)
	for name, lim := range map[string]Limits{"pack": {Pack: 100}, "objects": {Objects: 2}, "content": {Content: 300}} {
		c.Limits = lim
		if _, err := Fetch(t.Context(), c); fault.KindOf(err) != fault.Limited {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefused(t *testing.T) {
	h, c := newHost(t)
	bad := c
	bad.Token = secret.New([]byte("another-token"))
	if _, err := Fetch(t.Context(), bad); fault.KindOf(err) != fault.Denied || strings.Contains(err.Error(), "another-token") {
		t.Errorf("another token: %v", err)
	}
	bad.Token = secret.Value{}
	if _, err := Fetch(t.Context(), bad); fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "wants a token") {
		t.Errorf("no token: %v", err)
	}
	bad = c
	bad.Branch = "none"
	if _, err := Fetch(t.Context(), bad); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no branch: %v", err)
	}
	bad.Branch, bad.Folder = "", "none"
	if _, err := Fetch(t.Context(), bad); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no folder: %v", err)
	}
	bad = c
	bad.Address = "https://git.contoso.example/contoso/none.git"
	if _, err := Fetch(t.Context(), bad); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no repository: %v", err)
	}
	h.before = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "https://elsewhere.example"+r.URL.RequestURI(), http.StatusMovedPermanently)
		return true
	}
	if _, err := Fetch(t.Context(), c); err == nil || strings.Contains(err.Error(), theToken) {
		t.Errorf("an address that leads elsewhere: %v", err)
	}
	h.before = func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(w, "<html>"+theToken)
		return true
	}
	if _, err := Fetch(t.Context(), c); err == nil || strings.Contains(err.Error(), theToken) {
		t.Errorf("no git: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Fetch(ctx, c); err == nil {
		t.Error("it went on behind its end")
	}
	for _, a := range []string{"http://git.contoso.example/x", "https://user:word@git.contoso.example/x", "ssh://git.contoso.example/x", "/etc"} {
		if _, err := Fetch(t.Context(), Config{Address: a, HTTP: c.HTTP}); fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "word@") {
			t.Errorf("%s: %v", a, err)
		}
	}
}

// The client can ask for the references and for a pack, and for nothing else, whoever asks.
func TestReadsOnly(t *testing.T) {
	h, c := newHost(t)
	end, err := transport.NewEndpoint(c.Address)
	if err != nil {
		t.Fatal(err)
	}
	at := "https://" + end.Host
	u, err := url.Parse(c.Address)
	if err != nil {
		t.Fatal(err)
	}
	client := gated(c.HTTP, u)
	for _, x := range []struct{ method, path string }{
		{"POST", "/contoso/shop.git/git-receive-pack"},
		{"GET", "/contoso/shop.git/info/refs?service=git-receive-pack"},
		{"GET", "/contoso/shop.git/info/refs"},
		{"GET", "/contoso/shop.git/config"},
		{"POST", "/contoso/other.git/git-upload-pack"},
		{"GET", "/contoso/other.git/info/refs?service=git-upload-pack"},
		{"DELETE", "/contoso/shop.git"},
		{"PUT", "/contoso/shop.git/info/lfs/objects/x"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), x.method, at+x.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := client.Do(req); err == nil {
			res.Body.Close()
			t.Errorf("%s %s was sent", x.method, x.path)
		}
	}
	if len(h.asked) != 0 {
		t.Errorf("arrived: %v", h.asked)
	}
}

// A delta of some bytes that says that it becomes a terabyte is refused before it does.
func TestBomb(t *testing.T) {
	delta := binary.AppendUvarint(nil, 10)
	delta = binary.AppendUvarint(delta, 1<<40)
	b := &beginning{}
	for _, x := range delta { // however it is written
		_, _ = b.Write([]byte{x})
	}
	if n, ok := b.target(); !ok || n != 1<<40 {
		t.Errorf("%d, %v", n, ok)
	}
	if _, ok := (&beginning{data: bytes.Repeat([]byte{0xff}, 20)}).target(); ok {
		t.Error("a number without an end is one")
	}
}

func FuzzPack(f *testing.F) {
	f.Add([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"))
	f.Add([]byte("PACK\x00\x00\x00\x02\xff\xff\xff\xff"))
	f.Add([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01\x33x\x9c\x03\x00\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := Limits{File: 1 << 20, Content: 4 << 20, Objects: 100}.orDefault()
		if err := measure(t.Context(), data, lim); err != nil && fault.KindOf(err) == fault.Internal {
			t.Errorf("%v", err)
		}
	})
}
