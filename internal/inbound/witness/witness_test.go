package witness

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/ledger"
)

const origin = "audit.contoso.example/audit/local"

// chronicle is a log in memory.
type chronicle struct {
	t      testing.TB
	signer *ledger.Signer
	leaves []ledger.Hash
	tiles  map[[2]int64][]byte
	head   ledger.Head
}

func (c *chronicle) Leaves(from, to int64) ([]ledger.Hash, error) { return c.leaves[from:to], nil }

func (c *chronicle) Tile(level int, n int64) ([]byte, error) {
	return c.tiles[[2]int64{int64(level), n}], nil
}

func newChronicle(t testing.TB, origin string, seed byte) *chronicle {
	s, err := ledger.NewSigner(origin, bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &chronicle{t: t, signer: s, tiles: map[[2]int64][]byte{}}
}

// grow appends entries up to a size; another salt is another history.
func (c *chronicle) grow(size int64, salt string) *chronicle {
	var leaves []ledger.Hash
	for i := c.head.Size; i < size; i++ {
		leaves = append(leaves, ledger.LeafHash(append([]byte(salt), binary.BigEndian.AppendUint64(nil, uint64(i))...)))
	}
	rows, err := c.head.Extend(leaves, c)
	if err != nil {
		c.t.Fatal(err)
	}
	c.leaves = append(c.leaves, leaves...)
	for _, r := range rows {
		c.tiles[[2]int64{int64(r.Level), r.N}] = r.Hashes
	}
	return c
}

func (c *chronicle) checkpoint() []byte {
	b, err := ledger.Sign(c.head.Tree(), c.signer)
	if err != nil {
		c.t.Fatal(err)
	}
	return b
}

func (c *chronicle) ask(old int64) []byte {
	r, err := ledger.NewRequest(old, c.checkpoint(), c)
	if err != nil {
		c.t.Fatal(err)
	}
	return r.Encode()
}

func now() time.Time { return time.Unix(1_800_000_000, 0) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func open(t testing.TB, dir string, logs ...*chronicle) *Witness {
	t.Helper()
	cfg := Config{Dir: dir, Now: now, Log: quiet()}
	for _, l := range logs {
		cfg.Logs = append(cfg.Logs, l.signer.Key())
	}
	w, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func create(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "witness")
	if err := Create(dir, "witness.fabrikam.example", rand.Reader); err != nil {
		t.Fatal(err)
	}
	return dir
}

func post(t testing.TB, h http.Handler, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/add-checkpoint", bytes.NewReader(body)))
	return rec
}

func TestStatusesOfTheProtocol(t *testing.T) {
	c, stranger := newChronicle(t, origin, 1), newChronicle(t, "elsewhere.example/log", 2)
	thief := newChronicle(t, origin, 3)
	fork := newChronicle(t, origin, 1).grow(300, "fork")
	w := open(t, create(t), c)
	defer w.Close()
	h := w.Handler()
	want := func(what string, rec *httptest.ResponseRecorder, status int, body string) {
		t.Helper()
		if rec.Code != status || body != "" && rec.Body.String() != body {
			t.Errorf("%s: %d %q, want %d %q", what, rec.Code, rec.Body, status, body)
		}
		if status == http.StatusConflict && rec.Header().Get("Content-Type") != "text/x.tlog.size" {
			t.Errorf("%s: content type %s", what, rec.Header().Get("Content-Type"))
		}
	}
	want("not a request", post(t, h, []byte("hello")), 400, "")
	want("another log", post(t, h, stranger.grow(5, "").ask(0)), 404, "")
	want("signed by another", post(t, h, thief.grow(5, "").ask(0)), 403, "")
	want("an old size that nobody has", post(t, h, c.grow(300, "").ask(7)), 409, "0\n")
	want("the first", post(t, h, c.ask(0)), 200, "")
	want("the same again", post(t, h, c.ask(300)), 200, "")
	want("from the beginning again", post(t, h, c.ask(0)), 409, "300\n")
	want("another history of the same size", post(t, h, fork.ask(300)), 409, "300\n")
	want("another history that is longer", post(t, h, fork.grow(400, "fork").ask(300)), 422, "")
	want("the next", post(t, h, c.grow(700, "").ask(300)), 200, "")
	old := newChronicle(t, origin, 1).grow(300, "")
	want("an older state of the log", post(t, h, append([]byte("old 700\n\n"), old.checkpoint()...)), 400, "")
	want("a proof of too many hashes", post(t, h, []byte("old 700\n"+strings.Repeat(strings.Repeat("A", 43)+"=\n", 64)+"\n"+string(c.checkpoint()))), 400, "")
	want("much", post(t, h, make([]byte, ledger.MaxRequest+1)), 413, "")

	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/add-checkpoint", nil))
	want("GET", rec, 405, "")
}

// The answer is a cosignature that the reference implementation of signed notes takes with our key as its verifier, and so does the verifier of bundles.
func TestTheAnswerIsACosignature(t *testing.T) {
	c := newChronicle(t, origin, 1).grow(5, "")
	w := open(t, create(t), c)
	defer w.Close()
	rec := post(t, w.Handler(), c.ask(0))
	both, err := ledger.AddSignatures(c.checkpoint(), rec.Body.Bytes(), []ledger.Key{w.Key()})
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(both, note.VerifierList(w.Key(), c.signer.Key()))
	if err != nil || len(n.Sigs) != 2 || string(both) != string(c.checkpoint())+rec.Body.String() {
		t.Fatalf("%v: %s", err, both)
	}
	if again, err := ledger.AddSignatures(both, rec.Body.Bytes(), []ledger.Key{w.Key()}); err != nil || !bytes.Equal(again, both) {
		t.Errorf("a cosignature was added twice: %v", err)
	}
	if none, err := ledger.AddSignatures(c.checkpoint(), rec.Body.Bytes(), []ledger.Key{c.signer.Key()}); err != nil || !bytes.Equal(none, c.checkpoint()) {
		t.Errorf("the cosignature of a stranger was added: %v", err)
	}
}

func TestWhatWasCosignedSurvives(t *testing.T) {
	dir := create(t)
	c := newChronicle(t, origin, 1).grow(10, "")
	w := open(t, dir, c)
	key := w.Key()
	if rec := post(t, w.Handler(), c.ask(0)); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	// What is durable now is what counts: no orderly end is needed.
	b, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil || !strings.Contains(string(b), "10 ") {
		t.Fatalf("%v: %s", err, b)
	}
	if _, err := Open(Config{Dir: dir, Logs: []ledger.Key{c.signer.Key()}, Now: now, Log: quiet()}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("two witnesses share a state: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, stateFile+".new-123")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	w = open(t, dir, c)
	defer w.Close()
	if _, err := os.Stat(half); err == nil {
		t.Error("what a crash left lies there still")
	}
	if w.Key() != key {
		t.Error("the key is another one")
	}
	if rec := post(t, w.Handler(), c.ask(0)); rec.Code != 409 || rec.Body.String() != "10\n" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if n, err := ledger.ParseHeldSize([]byte("10\n")); err != nil || n != 10 {
		t.Error(err)
	}
}

// A witness that cannot keep what it decides signs nothing.
func TestNothingIsSignedThatIsNotDurable(t *testing.T) {
	dir := create(t)
	c := newChronicle(t, origin, 1).grow(10, "")
	w := open(t, dir, c)
	defer w.Close()
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	rec := post(t, w.Handler(), c.ask(0))
	if rec.Code != http.StatusServiceUnavailable || strings.Contains(rec.Body.String(), "—") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	if rec := post(t, w.Handler(), c.ask(0)); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.new-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestADamagedOrMissingStateIsNoFreshStart(t *testing.T) {
	c := newChronicle(t, origin, 1).grow(10, "")
	for name, harm := range map[string]func(dir string) error{
		"missing":   func(dir string) error { return os.Remove(filepath.Join(dir, stateFile)) },
		"empty":     func(dir string) error { return os.WriteFile(filepath.Join(dir, stateFile), nil, 0o600) },
		"flipped":   func(dir string) error { return flip(filepath.Join(dir, stateFile)) },
		"open key":  func(dir string) error { return os.Chmod(filepath.Join(dir, keyFile), 0o644) },
		"empty key": func(dir string) error { return os.WriteFile(filepath.Join(dir, keyFile), nil, 0o600) },
		"no key":    func(dir string) error { return os.Remove(filepath.Join(dir, keyFile)) },
	} {
		dir := create(t)
		w := open(t, dir, c)
		if rec := post(t, w.Handler(), c.ask(0)); rec.Code != 200 {
			t.Fatal(rec.Body)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := harm(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Config{Dir: dir, Logs: []ledger.Key{c.signer.Key()}, Now: now, Log: quiet()}); err == nil {
			t.Errorf("%s: it starts", name)
		}
		if err := Create(dir, "witness.fabrikam.example", rand.Reader); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: made again in its place: %v", name, err)
		}
	}
	if _, err := Open(Config{Dir: create(t), Now: now, Log: quiet()}); err == nil {
		t.Error("a witness of nothing starts")
	}
}

func flip(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	b[len(stateHeader)+5] ^= 1
	return os.WriteFile(name, b, 0o600)
}

// Of many requests at once for different continuations of one size, one is cosigned.
func TestOneOfManyContinuations(t *testing.T) {
	base := newChronicle(t, origin, 1).grow(10, "")
	w := open(t, create(t), base)
	defer w.Close()
	srv := httptest.NewServer(w.Handler())
	defer srv.Close()
	if rec := post(t, w.Handler(), base.ask(0)); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	var bodies [][]byte
	for i := range 20 {
		bodies = append(bodies, newChronicle(t, origin, 1).grow(10, "").grow(20, fmt.Sprint("branch ", i)).ask(10))
	}
	codes := make([]int, len(bodies))
	var wg sync.WaitGroup
	for i, b := range bodies {
		wg.Go(func() {
			res, err := http.Post(srv.URL+"/add-checkpoint", "text/plain", bytes.NewReader(b)) //nolint:noctx // a test
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			codes[i] = res.StatusCode
		})
	}
	wg.Wait()
	good := 0
	for _, c := range codes {
		if c == 200 {
			good++
		} else if c != 409 {
			t.Errorf("status %d", c)
		}
	}
	if good != 1 {
		t.Errorf("%d of 20 branches were cosigned", good)
	}
}

func TestServeEnds(t *testing.T) {
	c := newChronicle(t, origin, 1).grow(3, "")
	w := open(t, create(t), c)
	defer w.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Serve(ctx, l) }()
	res, err := http.Post("http://"+l.Addr().String()+"/add-checkpoint", "text/plain", bytes.NewReader(c.ask(0))) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	cancel()
	if err := <-ended; err != nil || res.StatusCode != 200 {
		t.Errorf("%v, %d", err, res.StatusCode)
	}
}

// FuzzState: what is read as a state is written as the same bytes.
func FuzzState(f *testing.F) {
	f.Add(encodeState(nil))
	f.Add(encodeState(map[string]ledger.Tree{origin: {Size: 5}, "b/sum": {Size: 1}}))
	f.Add([]byte(stateHeader))
	f.Fuzz(func(t *testing.T, b []byte) {
		if trees, err := parseState(b); err == nil && !bytes.Equal(encodeState(trees), b) {
			t.Fatalf("%q is read and written otherwise", b)
		}
	})
}
