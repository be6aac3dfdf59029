package files

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
)

// Handed is a file that somebody hands over, by a browser or from memory. Its name may have directories.
type Handed struct {
	Name string
	Data []byte
}

// Wrap packs files as [Pack] does, from memory: plain files, directories with what is in them, and archives (zip, tar, tar.gz), which are unpacked. One file that is what Pack writes stays
// what it is. What Pack leaves out is left out here: files of keys, pictures, programs, caches and histories.
func Wrap(all []Handed, lim PackedLimits) ([]byte, error) {
	if len(all) == 1 && isPacked(all[0].Data) {
		return all[0].Data, nil
	}
	w := wrapper{lim: lim.Limits.orDefault(), total: cmp.Or(max(lim.Total, 0), 1<<30), most: cmp.Or(lim.Paths, 1000), files: map[string][]byte{}}
	for _, f := range all {
		if err := w.take(f); err != nil {
			return nil, err
		}
	}
	if len(w.files) == 0 {
		return nil, fault.New(fault.Invalid, "there is no file in what was handed over that could be read").
			WithHelp("hand over Terraform code or state, exports of Azure, ARM templates, manifests, Compose files, or an archive of them; keys, pictures and programs are left out")
	}
	return w.packed()
}

// isPacked reports whether a file is what [Pack] writes.
func isPacked(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	f, err := z.Open(packIndex)
	if err == nil {
		_ = f.Close()
	}
	return err == nil
}

// wrapper gathers files by their paths. The first part of a path is the directory that was handed over; a plain file has none.
type wrapper struct {
	lim   Limits
	total int64
	most  int
	files map[string][]byte
}

// take takes one file that was handed over.
func (w *wrapper) take(f Handed) error {
	name := path.Clean(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
	base := strings.ToLower(path.Base(name))
	switch {
	case !fs.ValidPath(name) || name == ".":
		return fault.New(fault.Invalid, "%s is no name of a file", display(f.Name))
	case strings.HasSuffix(base, ".zip"):
		return w.unzip(strings.TrimSuffix(name, path.Ext(name)), f.Data)
	case strings.HasSuffix(base, ".tar"):
		return w.untar(strings.TrimSuffix(name, path.Ext(name)), bytes.NewReader(f.Data))
	case strings.HasSuffix(base, ".tar.gz"), strings.HasSuffix(base, ".tgz"):
		z, err := gzip.NewReader(bytes.NewReader(f.Data))
		if err != nil {
			return notArchive(name, err)
		}
		return w.untar(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), ".tar"), ".TAR"), z)
	}
	return w.keep(name, f.Data)
}

func notArchive(name string, err error) error {
	return fault.Wrap(fault.Invalid, err, "%s is no archive that can be read", display(name)).WithHelp("pack it again as zip or tar.gz, or hand its files over as they are")
}

// keep keeps a file, unless it is one that stays where it is.
func (w *wrapper) keep(name string, data []byte) error {
	parts := strings.Split(name, "/")
	switch {
	case len(parts) > w.lim.Depth:
		return fault.New(fault.Limited, "%s lies deeper than %d directories", display(name), w.lim.Depth)
	case leftHere[strings.ToLower(path.Ext(name))], slices.ContainsFunc(parts[:len(parts)-1], func(p string) bool { return slices.Contains(passed, p) }):
		return nil
	case !documentName(name) && len(data) > besides:
		return nil
	case int64(len(data)) > w.lim.FileSize:
		return fault.New(fault.Limited, "%s is larger than %d MiB, the limit for one file", display(name), w.lim.FileSize>>20)
	}
	if old, there := w.files[name]; there {
		if bytes.Equal(old, data) {
			return nil
		}
		return fault.New(fault.Conflict, "two different files are called %s", display(name)).WithHelp("hand over the directory or an archive of it, so that each keeps its path")
	}
	if w.total -= int64(len(data)); w.total < 0 {
		return tooMuch()
	}
	if w.files[name] = data; len(w.files) > w.lim.Files {
		return fault.New(fault.Limited, "more than %d files were handed over", w.lim.Files)
	}
	return nil
}

func tooMuch() error {
	return fault.New(fault.Limited, "what was handed over is too large when it is unpacked").WithHelp("scan it in parts")
}

func (w *wrapper) unzip(below string, data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return notArchive(below, err)
	}
	if len(z.File) > w.lim.Files {
		return fault.New(fault.Limited, "more than %d files were handed over", w.lim.Files)
	}
	for _, f := range z.File {
		if f.Mode().IsDir() || !f.Mode().IsRegular() {
			continue // a link leads elsewhere
		}
		r, err := f.Open()
		if err != nil {
			return notArchive(below, err)
		}
		err = w.entry(below, f.Name, r)
		_ = r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *wrapper) untar(below string, r io.Reader) error {
	t := tar.NewReader(r)
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return notArchive(below, err)
		}
		if n > 2*w.lim.Files {
			return fault.New(fault.Limited, "more than %d files were handed over", w.lim.Files)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := w.entry(below, h.Name, t); err != nil {
			return err
		}
	}
}

// entry reads one file of an archive. What it claims to be as large as is not believed.
func (w *wrapper) entry(below, name string, r io.Reader) error {
	name = strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "./")
	if !fs.ValidPath(name) || name == "." {
		return fault.New(fault.Invalid, "the archive has a file that lies outside of it: %s", display(name)).WithHelp("pack it again from inside its directory")
	}
	data, err := io.ReadAll(io.LimitReader(r, min(w.lim.FileSize, w.total)+1))
	if err != nil {
		return notArchive(below, err)
	}
	if int64(len(data)) > w.total {
		return tooMuch()
	}
	return w.keep(path.Join(below, name), data)
}

// packed writes what was gathered: one root with everything in it, and a path for each plain file and each directory that was handed over.
func (w *wrapper) packed() ([]byte, error) {
	names := make([]string, 0, len(w.files))
	x := index{Version: packVersion}
	for name := range w.files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		first, _, below := strings.Cut(name, "/")
		one := packedOne{Name: display(first), Path: first, File: !below}
		if n := len(x.Paths); n == 0 || x.Paths[n-1] != one {
			x.Paths = append(x.Paths, one)
		}
	}
	if len(x.Paths) > w.most {
		return nil, fault.New(fault.Limited, "more than %d files were handed over one by one", w.most).WithHelp("hand over an archive of their directory")
	}
	text, err := json.Marshal(x)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the index cannot be written")
	}
	var to bytes.Buffer
	p := packer{zip: zip.NewWriter(&to)}
	if err := p.write(packIndex, text); err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := p.write(path.Join(strconv.Itoa(0), name), w.files[name]); err != nil {
			return nil, err
		}
	}
	if err := p.zip.Close(); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "what is handed on cannot be written")
	}
	return to.Bytes(), nil
}
