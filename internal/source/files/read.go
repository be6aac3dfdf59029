package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// trouble is why a file was not read.
type trouble struct {
	reason, help string
	line         int
	missing      bool
}

func cannot(err error) *trouble {
	t := &trouble{reason: "it cannot be read: " + reason(err), missing: errors.Is(err, fs.ErrNotExist)}
	if t.missing {
		t.reason, t.help = "it was there when the scan began and is gone now", "scan again when nothing changes it"
	}
	if errors.Is(err, fs.ErrPermission) {
		t.help = "let the user who scans read it"
	}
	return t
}

func tooLarge(limit int64) *trouble {
	return &trouble{
		reason: fmt.Sprintf("it is larger than %d MiB, the limit for one file", limit>>20),
		help:   "export it in parts, for example one subscription or namespace at a time",
	}
}

// read reads one item; ok is false for what is no document and was not named either.
func (s *Set) read(it item) (f Found, ok bool) {
	if it.code != nil {
		return Found{Input: evidence.Input{Name: it.name, FS: it.fsys, Path: it.path, Explicit: it.explicit, Dir: true, Files: it.code}}, true
	}
	data, why := s.bytes(it)
	if why == nil && data == nil {
		return Found{}, false
	}
	if why == nil {
		if data, why = decode(data); why != nil && !it.explicit && !documentName(it.path) {
			return Found{}, false // it only began like a document
		}
	}
	if why != nil {
		return Found{NotRead: &evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: it.name, Line: why.line, Reason: why.reason, Help: why.help,
		}}, true
	}
	in := evidence.Input{Name: it.name, FS: it.fsys, Path: it.path, Data: data, Outline: tree.Sketch(data), Explicit: it.explicit}
	if what, yes := own(in.Outline); yes {
		if !it.explicit {
			return Found{}, false
		}
		return Found{NotRead: &evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: it.name, Reason: what,
			Help: "scan the infrastructure again; `c4arch render` draws a model.json",
		}}, true
	}
	return Found{Input: in}, true
}

func decode(data []byte) ([]byte, *trouble) {
	text, err := tree.Decode(data)
	var at *tree.Error
	switch {
	case errors.As(err, &at):
		return nil, &trouble{reason: at.Msg, line: at.Line, help: "export it again as UTF-8 text"}
	case err != nil:
		return nil, &trouble{reason: "it is not a text file"}
	case len(bytes.TrimSpace(text)) == 0:
		return nil, &trouble{reason: "it is empty", help: "see whether the command that wrote it failed"}
	}
	return text, nil
}

// bytes returns the item's content; nil without trouble when it is no document.
func (s *Set) bytes(it item) ([]byte, *trouble) {
	switch {
	case it.stdin:
		return stream(s.stdin, s.lim.FileSize)
	case it.pipe != "":
		// Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
		f, err := os.OpenFile(it.pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, cannot(err)
		}
		defer f.Close()
		return stream(f, s.lim.FileSize)
	}
	f, err := it.fsys.Open(it.path)
	if err != nil {
		return nil, cannot(err)
	}
	defer f.Close()
	return document(f, it, s.lim.FileSize)
}

func stream(r io.Reader, limit int64) ([]byte, *trouble) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, cannot(err)
	case int64(len(data)) > limit:
		return nil, tooLarge(limit)
	case data == nil:
		data = []byte{}
	}
	return data, nil
}

// document reads an open file whole if it was named or starts like a document.
func document(f fs.File, it item, limit int64) ([]byte, *trouble) {
	before, err := f.Stat()
	if err != nil {
		return nil, cannot(err)
	}
	if !before.Mode().IsRegular() {
		// Replaced since it was listed.
		return nil, &trouble{reason: "it is no longer a plain file"}
	}
	size := before.Size()
	head := make([]byte, min(size, headSize))
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, cannot(err)
	}
	head = head[:n]
	if !it.explicit && (n == 0 && !reportEmpty(it.path) || n > 0 && !mayBe(it.path, head, size)) {
		return nil, nil
	}
	if size > limit {
		return nil, tooLarge(limit)
	}
	data := make([]byte, size+1)
	copy(data, head)
	rest, err := io.ReadFull(f, data[n:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, cannot(err)
	}
	after, err := f.Stat()
	if err != nil {
		return nil, cannot(err)
	}
	if int64(n+rest) != size || after.Size() != size || !after.ModTime().Equal(before.ModTime()) {
		return nil, &trouble{reason: "it changed while it was read", help: "scan again when nothing writes to it"}
	}
	return data[:size], nil
}

// reportEmpty: an empty YAML file is a document that says nothing; an empty JSON file is a
// broken one.
func reportEmpty(name string) bool {
	return documentName(name) && !yamlName(name)
}

// readAll reads a small file of fsys whole.
func readAll(fsys fs.FS, p string, limit int64) ([]byte, *trouble) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, cannot(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, cannot(err)
	}
	if !info.Mode().IsRegular() {
		return nil, &trouble{reason: errNotPlain.Error()}
	}
	return stream(f, limit)
}
