package witness

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/id"
	witnessd "c4arch/internal/inbound/witness"
	"c4arch/internal/trust/ledger"
)

const org = id.Platform

// grown is a log of that many entries: its leaf hashes.
type grown []ledger.Hash

func (g grown) tree() ledger.Tree {
	var h ledger.Head
	for _, leaf := range g {
		h.Append(leaf)
	}
	return ledger.Tree{Size: h.Size, Root: h.Root()}
}

func leaves(n int, salt byte) grown {
	var g grown
	for i := range n {
		var h ledger.Hash
		h[0], h[1], h[2] = byte(i), byte(i>>8), salt
		g = append(g, h)
	}
	return g
}

func sign(t *testing.T, s *ledger.Signer, g grown) []byte {
	t.Helper()
	note, err := ledger.Sign(g.tree(), s)
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// kept are the tiles of a log.
type kept struct {
	leaves []ledger.Hash
	tiles  map[[2]int64][]byte
}

func (k *kept) Leaves(from, to int64) ([]ledger.Hash, error) { return k.leaves[from:to], nil }

func (k *kept) Tile(level int, n int64) ([]byte, error) {
	b, ok := k.tiles[[2]int64{int64(level), n}]
	if !ok {
		return nil, errors.New("no such tile")
	}
	return b, nil
}

func (g grown) prove(t *testing.T) func(int64) ([]ledger.Hash, error) {
	t.Helper()
	kept := &kept{leaves: g, tiles: map[[2]int64][]byte{}}
	var h ledger.Head
	rows, err := h.Extend(g, kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		kept.tiles[[2]int64{int64(r.Level), r.N}] = r.Hashes
	}
	return func(old int64) ([]ledger.Hash, error) { return ledger.Consistency(old, int64(len(g)), kept) }
}

// The client against the real witness: a log that grows is cosigned, whatever the client remembers; one that was rewritten with the real key is refused.
func TestCosign(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC) }
	origin, err := ledger.Origin("arch.contoso.example", org)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.NewSigner(origin, []byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "witness")
	if err := witnessd.Create(dir, "witness.fabrikam.example", strings.NewReader(strings.Repeat("w", 64))); err != nil {
		t.Fatal(err)
	}
	w, err := witnessd.Open(witnessd.Config{Dir: dir, Logs: []ledger.Key{signer.Key()}, Now: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // the test is over
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	one := New(server.Client(), Witness{Key: w.Key(), URL: u})
	for _, n := range []int{3, 300, 301} {
		g := leaves(n, 0)
		note, err := one.Cosign(t.Context(), org, sign(t, signer, g), g.prove(t))
		if err != nil {
			t.Fatalf("%d entries: %v", n, err)
		}
		c, err := ledger.ParseCheckpoint(note)
		if err != nil {
			t.Fatal(err)
		}
		if by, err := c.SignedBy([]ledger.Key{w.Key()}); err != nil || len(by) != 1 {
			t.Errorf("%d entries: cosigned by %v (%v)", n, by, err)
		}
	}
	// Another process remembers nothing, and is told.
	g := leaves(400, 0)
	if _, err := New(server.Client(), Witness{Key: w.Key(), URL: u}).Cosign(t.Context(), org, sign(t, signer, g), g.prove(t)); err != nil {
		t.Errorf("a client without a memory: %v", err)
	}
	var refused *ledger.RefusedError
	other := leaves(500, 1)
	if _, err := one.Cosign(t.Context(), org, sign(t, signer, other), other.prove(t)); !errors.As(err, &refused) {
		t.Errorf("a log that was rewritten with the real key: %v", err)
	}
	back := leaves(350, 0)
	if _, err := one.Cosign(t.Context(), org, sign(t, signer, back), back.prove(t)); !errors.As(err, &refused) {
		t.Errorf("a log that was rolled back: %v", err)
	}
	stranger, err := ledger.NewCosigner("witness.fabrikam.example", []byte(strings.Repeat("x", 32)), now)
	if err != nil {
		t.Fatal(err)
	}
	g = leaves(401, 0)
	if note, err := New(server.Client(), Witness{Key: stranger.Key(), URL: u}).Cosign(t.Context(), org, sign(t, signer, g), g.prove(t)); err == nil || len(note) != len(sign(t, signer, g)) {
		t.Error("a cosignature under another key was taken")
	}
}

func TestNobodyAnswers(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	server.Close()
	signer, err := ledger.NewSigner("arch.contoso.example/audit/platform", []byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	g := leaves(2, 0)
	note := sign(t, signer, g)
	out, err := New(server.Client(), Witness{Key: signer.Key(), URL: u}).Cosign(t.Context(), org, note, g.prove(t))
	if err == nil || string(out) != string(note) {
		t.Errorf("%v, and the checkpoint is %d bytes instead of %d", err, len(out), len(note))
	}
}
