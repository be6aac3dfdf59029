// Package gathered keeps what a collector reads from something live, as files that the readers of files read: in memory, packed, and nowhere else.
//
// It promises: what is kept is bounded; a name stands once; what could not be read is kept beside it with its reason. It leaves out where the bytes come from.
package gathered

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// Limits of what is kept. The zero value of each means its default.
type Limits struct {
	Bytes int64 // of all files together, unpacked; 2 GiB
	Files int   // 20,000
}

// Told is how far a collector is: what it has asked, and how many things it was answered.
type Told func(asked, things int)

// Box is what a collector has gathered. It is for one goroutine.
type Box struct {
	Name  string // what the place is called, before each name of a file
	Tell  Told   // may be nil
	lim   Limits
	buf   bytes.Buffer
	zip   *zip.Writer
	names map[string]bool
	size  int64
	asked int
	found int
	notes []evidence.NotRead
}

// New makes a box.
func New(name string, lim Limits) *Box {
	if lim.Bytes <= 0 {
		lim.Bytes = 2 << 30
	}
	if lim.Files <= 0 {
		lim.Files = 20_000
	}
	b := &Box{Name: name, lim: lim, names: map[string]bool{}}
	b.zip = zip.NewWriter(&b.buf)
	return b
}

// Add keeps a file that holds so many things.
func (b *Box) Add(name string, data []byte, things int) error {
	if !fs.ValidPath(name) || b.names[name] {
		return fault.New(fault.Internal, "%.100q is no name of what was gathered", name)
	}
	if b.size += int64(len(data)); b.size > b.lim.Bytes || len(b.names) >= b.lim.Files {
		return fault.New(fault.Limited, "more than %d MiB or %d answers are to be read", b.lim.Bytes>>20, b.lim.Files).WithHelp("name fewer subscriptions or namespaces in a connection, and make a second one")
	}
	b.names[name] = true
	w, err := b.zip.Create(name)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	b.Asked(things)
	return nil
}

// Asked tells that one more answer came, with so many things.
func (b *Box) Asked(things int) {
	b.asked++
	b.found += things
	if b.Tell != nil {
		b.Tell(b.asked, b.found)
	}
}

// Note keeps what could not be read; place is the name of the file that it would be in.
func (b *Box) Note(kind evidence.NotReadKind, place, thing, reason, help string) {
	name := b.Name
	if place != "" {
		name += "/" + place
	}
	b.notes = append(b.notes, evidence.NotRead{Kind: kind, Input: name, Thing: thing, Reason: reason, Help: help})
}

// Notes are what could not be read.
func (b *Box) Notes() []evidence.NotRead { return b.notes }

// Empty reports whether no file was gathered.
func (b *Box) Empty() bool { return len(b.names) == 0 }

// FS are the files. Nothing can be added after it.
func (b *Box) FS() (fs.FS, error) {
	if err := b.zip.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.buf.Bytes()), int64(b.buf.Len()))
}

// Pause waits so long, or until ctx ends. Tests put their own in its place.
type Pause func(ctx context.Context, d time.Duration) error

// Sleep is a [Pause] in real time.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
