package git

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// info describes a place in a commit.
type info struct {
	name string
	size int64
	mode fs.FileMode
	at   time.Time
}

var _ fs.FileInfo = info{}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.at }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

func modeOf(m filemode.FileMode) fs.FileMode {
	switch m {
	case filemode.Dir:
		return fs.ModeDir | 0o555
	case filemode.Symlink:
		return fs.ModeSymlink | 0o444
	case filemode.Executable:
		return 0o555
	case filemode.Submodule:
		return fs.ModeIrregular
	}
	return 0o444
}

func (t *Tree) info(n node, size int64) info {
	return info{name: path.Base(n.name), size: size, mode: modeOf(n.entry.Mode), at: t.when}
}

// sized looks up how large a file is, without reading it where it stands in a pack.
func (t *Tree) sized(n node) (fs.FileInfo, error) {
	if n.entry.Mode == filemode.Dir {
		return t.info(n, 0), nil
	}
	t.repo.mu.Lock()
	defer t.repo.mu.Unlock()
	size, err := t.repo.from.size(n.entry.Hash)
	if err != nil {
		return nil, missing(err)
	}
	return t.info(n, size), nil
}

// dirEntry is an entry of a folder.
type dirEntry struct {
	t *Tree
	n node
}

func (e dirEntry) Name() string               { return e.n.entry.Name }
func (e dirEntry) IsDir() bool                { return e.n.entry.Mode == filemode.Dir }
func (e dirEntry) Type() fs.FileMode          { return modeOf(e.n.entry.Mode).Type() }
func (e dirEntry) Info() (fs.FileInfo, error) { return e.t.sized(e.n) }
func (e dirEntry) String() string             { return fs.FormatDirEntry(e) }

// file is an open file, which is in memory.
type file struct {
	*bytes.Reader
	info info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

// dir is an open folder.
type dir struct {
	t    *Tree
	n    node
	list []fs.DirEntry
	read bool
}

var _ fs.ReadDirFile = (*dir)(nil)

func (d *dir) Stat() (fs.FileInfo, error) { return d.t.info(d.n, 0), nil }
func (d *dir) Close() error               { return nil }
func (d *dir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.n.name, Err: errIsDir}
}

// ReadDir lists the folder, n entries at a time when n is more than 0.
func (d *dir) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.read {
		list, err := d.t.listing(d.n)
		if err != nil {
			return nil, &fs.PathError{Op: "readdir", Path: d.n.name, Err: err}
		}
		d.list, d.read = list, true
	}
	if n <= 0 {
		out := d.list
		d.list = nil
		return out, nil
	}
	if len(d.list) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.list))
	out := d.list[:n]
	d.list = d.list[n:]
	return out, nil
}
