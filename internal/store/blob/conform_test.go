package blob_test

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/blob"
)

// objects is the port that package home declares; package app hands these in as it.
type objects interface {
	Write(ctx context.Context, name string, data []byte) error
	Sync(ctx context.Context) error
	Read(ctx context.Context, name string) ([]byte, error)
	Remove(ctx context.Context, name string) error
	List(ctx context.Context) ([]string, error)
}

const (
	orgA = id.Org("og_01hzzzzzzz0000000000000001")
	orgB = id.Org("og_01hzzzzzzz0000000000000002")
)

// conform is what a home relies on.
func conform(t *testing.T, o objects) {
	t.Helper()
	ctx := t.Context()
	var names []string
	for i, data := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte("sealed"), 60_000)} {
		name := blob.Name()
		names = append(names, name)
		if err := o.Write(ctx, name, data); err != nil {
			t.Fatalf("writing %d: %v", i, err)
		}
		if err := o.Sync(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := o.Read(ctx, name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d, %v", len(data), len(got), err)
		}
		if err := o.Write(ctx, name, []byte("another")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a name is used twice: %v", err)
		}
		if got, err := o.Read(ctx, name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("an object was overwritten: %d bytes, %v", len(got), err)
		}
	}
	slices.Sort(names)
	if list, err := o.List(ctx); err != nil || !slices.Equal(list, names) {
		t.Errorf("listed %v, %v", list, err)
	}
	for range 2 {
		if err := o.Remove(ctx, names[0]); err != nil {
			t.Errorf("removing: %v", err)
		}
	}
	if _, err := o.Read(ctx, names[0]); fault.KindOf(err) != fault.NotFound {
		t.Errorf("what is gone: %v", err)
	}
	if list, err := o.List(ctx); err != nil || !slices.Equal(list, names[1:]) {
		t.Errorf("listed %v, %v", list, err)
	}
	for _, bad := range []string{"", "../x", strings.Repeat("A", 32), strings.Repeat("a", 33)} {
		if _, err := o.Read(ctx, bad); err == nil || o.Write(ctx, bad, nil) == nil || o.Remove(ctx, bad) == nil {
			t.Errorf("%q is a name", bad)
		}
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := o.Read(over, names[1]); err == nil || o.Write(over, blob.Name(), []byte("x")) == nil || o.Remove(over, names[1]) == nil || o.Sync(over) == nil {
		t.Error("who does not wait any more is served")
	}
	if _, err := o.Read(ctx, names[1]); err != nil {
		t.Errorf("what was not removed is gone: %v", err)
	}
}

// apart: what one organisation has, another has not.
func apart(t *testing.T, b *blob.Bucket) {
	t.Helper()
	ctx := t.Context()
	one, err := b.Of(orgA)
	if err != nil {
		t.Fatal(err)
	}
	other, err := b.Of(orgB)
	if err != nil {
		t.Fatal(err)
	}
	conform(t, one)
	name := blob.Name()
	if err := one.Write(ctx, name, []byte("theirs")); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Read(ctx, name); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another organisation reads: %v", err)
	}
	if err := other.Remove(ctx, name); err != nil {
		t.Error(err)
	}
	if list, err := other.List(ctx); err != nil || len(list) != 0 {
		t.Errorf("another organisation lists %v, %v", list, err)
	}
	if _, err := one.Read(ctx, name); err != nil {
		t.Errorf("another organisation removed it: %v", err)
	}
	for _, org := range []id.Org{"", "..", "og_x", "og_01hzzzzzzz0000000000000001/x"} {
		if _, err := b.Of(org); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q is an organisation: %v", org, err)
		}
	}
}

func TestFolderConforms(t *testing.T) {
	f, err := blob.Create(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	conform(t, f.Objects())
}

func TestMemoryAndFilesConform(t *testing.T) {
	for _, text := range []string{"mem://bucket/with/prefix", "file://" + t.TempDir()} {
		place, err := blob.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		b, err := blob.OpenBucket(t.Context(), place, blob.Clients{})
		if err != nil {
			t.Fatal(err)
		}
		apart(t, b)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}
