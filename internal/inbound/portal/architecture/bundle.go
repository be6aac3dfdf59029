package architecture

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/render/svg"
	"c4arch/internal/render/viewer"
)

//go:embed script/*.js style/*.css
var own embed.FS

// bundle is what the pages load: the viewer and what mounts it joined to one script, and one sheet. Thirty modules would be thirty requests, one behind the other.
func bundle() fs.FS {
	script, err := viewer.Join(both{below(own, "script"), viewer.Files()}, "architecture.js")
	if err != nil {
		panic(err) // it is part of the program, and a test joins it
	}
	style, err := fs.ReadFile(own, "style/architecture.css")
	if err != nil {
		panic(err) // as above
	}
	return files{
		"architecture.js":  []byte("\"use strict\";\n" + script),
		"architecture.css": []byte(string(style) + viewer.CSS() + svg.CSS),
	}
}

func below(f fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(f, dir)
	if err != nil {
		return f // the name of the folder is a constant and valid
	}
	return sub
}

// both are files of two places; the first counts.
type both [2]fs.FS

// Open is [fs.FS].
func (b both) Open(name string) (fs.File, error) {
	f, err := b[0].Open(name)
	if err != nil {
		return b[1].Open(name)
	}
	return f, nil
}

// files are files in memory, in one folder.
type files map[string][]byte

// Open is [fs.FS].
func (f files) Open(name string) (fs.File, error) {
	b, there := f[name]
	if !there {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &file{Reader: bytes.NewReader(b), name: name, size: int64(len(b))}, nil
}

// ReadDir is [fs.ReadDirFS].
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var all []fs.DirEntry
	for _, n := range sortedKeys(f) {
		all = append(all, fs.FileInfoToDirEntry(&file{name: n, size: int64(len(f[n]))}))
	}
	return all, nil
}

// Stat is [fs.StatFS]: there is one folder.
func (f files) Stat(name string) (fs.FileInfo, error) {
	if name == "." {
		return &file{name: ".", folder: true}, nil
	}
	x, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	return x.Stat()
}

// file is one of them, and what is told of it.
type file struct {
	*bytes.Reader
	name   string
	size   int64
	folder bool
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Close() error               { return nil }
func (f *file) Name() string               { return f.name }
func (f *file) Size() int64                { return f.size }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return f.folder }
func (f *file) Sys() any                   { return nil }

// Mode is [fs.FileInfo].
func (f *file) Mode() fs.FileMode {
	if f.folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// unpack writes what gz holds.
func unpack(w io.Writer, gz []byte) error {
	z, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "gzip")
	}
	_, err = io.Copy(w, z) //nolint:gosec // it was packed here
	return err
}
