package remote

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/memory"

	"c4arch/internal/base/fault"
)

// unpack takes the objects out of a pack. How large they become is known, and bounded, before: a delta of some bytes can say that it becomes a terabyte.
func unpack(ctx context.Context, pack []byte, to *memory.Storage, lim Limits) error {
	if err := measure(ctx, pack, lim); err != nil {
		return err
	}
	parser, err := packfile.NewParserWithStorage(packfile.NewScanner(bytes.NewReader(pack)), to)
	if err != nil {
		return damaged()
	}
	if _, err := parser.Parse(); err != nil {
		return damaged()
	}
	return ctx.Err()
}

func damaged() error {
	return fault.New(fault.Unavailable, "what the repository sends is damaged")
}

// measure goes through a pack without keeping anything (gitformat-pack(5)).
func measure(ctx context.Context, pack []byte, lim Limits) error {
	s := packfile.NewScanner(bytes.NewReader(pack))
	_, count, err := s.Header()
	if err != nil {
		return damaged()
	}
	if int64(count) > int64(lim.Objects) {
		return tooLarge("the commit has more than %d files and folders", lim.Objects)
	}
	var total int64
	for range count {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := s.NextObjectHeader()
		if err != nil || h.Length < 0 {
			return damaged()
		}
		size := h.Length
		if size > lim.File || total+size > lim.Content {
			return tooLarge("a file of the commit is larger than %d MiB, or all are larger than %d MiB", lim.File>>20, lim.Content>>20)
		}
		head := &beginning{}
		if _, _, err := s.NextObject(head); err != nil {
			return damaged()
		}
		if h.Type == plumbing.OFSDeltaObject || h.Type == plumbing.REFDeltaObject {
			target, ok := head.target()
			if !ok {
				return damaged()
			}
			size = max(size, target)
		}
		if total += size; size > lim.File || total > lim.Content {
			return tooLarge("a file of the commit is larger than %d MiB, or all are larger than %d MiB", lim.File>>20, lim.Content>>20)
		}
	}
	return nil
}

// beginning keeps the first bytes of an object.
type beginning struct{ data []byte }

var _ io.Writer = (*beginning)(nil)

// Write keeps what is of use.
func (b *beginning) Write(p []byte) (int, error) {
	if room := 2*binary.MaxVarintLen64 - len(b.data); room > 0 {
		b.data = append(b.data, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// target is how large what a delta makes says that it is: the second of the two numbers that it begins with.
func (b *beginning) target() (int64, bool) {
	_, n := binary.Uvarint(b.data)
	if n <= 0 {
		return 0, false
	}
	size, m := binary.Uvarint(b.data[n:])
	if m <= 0 || size > 1<<62 {
		return 0, false
	}
	return int64(size), true
}
