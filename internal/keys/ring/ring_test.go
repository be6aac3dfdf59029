package ring

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

const (
	orgA = id.Org("og_01hzzzzzzz0000000000000001")
	orgB = id.Org("og_01hzzzzzzz0000000000000002")
)

// mask is a service that binds nothing: what is refused here, the ring refuses.
type mask struct {
	newest string
	broken bool
	plain  bool
	fail   error
}

func (m *mask) Newest(context.Context) (string, error) { return m.newest, m.fail }

func (m *mask) Wrap(_ context.Context, _ Bound, plain []byte) ([]byte, error) {
	if m.plain {
		return bytes.Clone(plain), m.fail
	}
	return m.Unwrap(context.Background(), Bound{}, plain)
}

func (m *mask) Unwrap(_ context.Context, _ Bound, wrapped []byte) ([]byte, error) {
	out := bytes.Clone(wrapped)
	for i := range out {
		out[i] ^= 0x5A
	}
	if m.broken {
		out = out[:len(out)/2]
	}
	return out, m.fail
}

func make2(t *testing.T, a, b *mask) *Ring {
	t.Helper()
	r, err := New(rand.Reader, "aa", map[string]Root{"aa": a, "bb": b})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// From one service to another, as from a folder to a vault.
func TestFromServiceToService(t *testing.T) {
	ctx, a, b := t.Context(), &mask{newest: "one"}, &mask{newest: "two"}
	r := make2(t, a, b)
	key, wrapped, root, err := r.New(ctx, orgA)
	if err != nil || root != "aa:one" {
		t.Fatal(root, err)
	}
	sealed := key.Seal(secret.ForRecords, "r", []byte("text"))
	moved, err := New(rand.Reader, "bb", map[string]Root{"aa": a, "bb": b})
	if err != nil {
		t.Fatal(err)
	}
	again, newest, changed, err := moved.Rewrap(ctx, orgA, wrapped, root)
	if err != nil || !changed || newest != "bb:two" {
		t.Fatal(newest, changed, err)
	}
	opened, err := moved.Open(ctx, orgA, again, newest)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := opened.Open(secret.ForRecords, "r", sealed); err != nil || string(plain) != "text" {
		t.Errorf("%s, %v", plain, err)
	}
	if _, name, changed, err := moved.Rewrap(ctx, orgA, again, newest); err != nil || changed || name != newest {
		t.Errorf("%s, %v, %v", name, changed, err)
	}
	states := moved.States(ctx)
	if len(states) != 2 || states[0].Newest || !states[1].Newest || states[0].Protection != Unknown || states[0].Why == "" {
		t.Errorf("%+v", states)
	}
}

// Even where the service binds nothing.
func TestTheRingBinds(t *testing.T) {
	ctx, a := t.Context(), &mask{newest: "one"}
	r := make2(t, a, &mask{newest: "two"})
	_, wrapped, root, err := r.New(ctx, orgA)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		org     id.Org
		wrapped []byte
		root    string
	}{
		"another organisation": {orgB, wrapped, root}, "another root key": {orgA, wrapped, "aa:two"}, "another service": {orgA, wrapped, "bb:one"}, "no service": {orgA, wrapped, "cc:one"},
		"no name": {orgA, wrapped, "aa:"}, "no root key": {orgA, wrapped, ""}, "no organisation": {"", wrapped, root}, "cut": {orgA, wrapped[:20], root}, "empty": {orgA, nil, root},
		"another version": {orgA, append([]byte{2}, wrapped[1:]...), root}, "too long": {orgA, append(bytes.Clone(wrapped), make([]byte, maxWrapped)...), root},
	} {
		if k, err := r.Open(ctx, c.org, c.wrapped, c.root); err == nil || k != nil {
			t.Errorf("%s: it opens", what)
		}
	}
	a.broken = true
	if _, err := r.Open(ctx, orgA, wrapped, root); fault.KindOf(err) != fault.Internal {
		t.Errorf("a service that returns something else: %v", err)
	}
}

func TestFailures(t *testing.T) {
	ctx, a := t.Context(), &mask{newest: "one"}
	r := make2(t, a, &mask{})
	_, wrapped, root, err := r.New(ctx, orgA)
	if err != nil {
		t.Fatal(err)
	}
	a.fail = errors.New("down")
	if _, err := r.Open(ctx, orgA, wrapped, root); !errors.Is(err, a.fail) {
		t.Errorf("%v", err)
	}
	if _, _, _, err := r.New(ctx, orgB); !errors.Is(err, a.fail) {
		t.Errorf("%v", err)
	}
	a.fail, a.plain = nil, true
	if _, _, _, err := r.New(ctx, orgB); fault.KindOf(err) != fault.Internal {
		t.Errorf("a service that does not wrap: %v", err)
	}
	a.newest = ""
	if _, _, _, err := r.New(ctx, orgB); fault.KindOf(err) != fault.Internal {
		t.Errorf("no newest: %v", err)
	}
	if _, _, _, err := r.New(ctx, "x"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no organisation: %v", err)
	}
	if _, err := New(rand.Reader, "cc", map[string]Root{"aa": a}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	dry, err := New(bytes.NewReader(nil), "aa", map[string]Root{"aa": a})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := dry.New(ctx, orgA); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("no randomness: %v", err)
	}
}

func FuzzUnwrap(f *testing.F) {
	r, err := New(rand.Reader, "aa", map[string]Root{"aa": &mask{newest: "one"}})
	if err != nil {
		f.Fatal(err)
	}
	_, wrapped, root, err := r.New(f.Context(), orgA)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wrapped, root)
	f.Add([]byte{1, 2}, "aa:")
	f.Add([]byte{}, "::")
	f.Fuzz(func(t *testing.T, w []byte, name string) {
		// Only the key itself may change unseen: this service has no tag. Length, version, binding and name may not.
		if _, err := r.Open(t.Context(), orgA, w, name); err == nil && (len(w) != len(wrapped) || w[0] != version || name != root || !bytes.Equal(w[1+secret.Size:], wrapped[1+secret.Size:])) {
			t.Errorf("%x under %q opens", w, name)
		}
	})
}
