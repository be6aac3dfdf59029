package files

import (
	"archive/zip"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// A packed set of paths is a zip file (docs/formats/upload.md): first [packIndex], which names the paths as they were given, then the files of root number n below the
// directory n; a root is a directory that was named, or that of a file that was named, and lies in no other. It holds what a scan may read: what .gitignore leaves out, caches and histories are not in it, nor are pictures, archives, programs and files of keys.

const packIndex = "c4arch-upload.json"

// packVersion is the version of the form.
const packVersion = 1

type index struct {
	Version int         `json:"version"`
	Paths   []packedOne `json:"paths"`
}

// packedOne is one path: a directory or a file, Path in the root of that number.
type packedOne struct {
	Name string `json:"name"`
	Root int    `json:"root"`
	Path string `json:"path"`
	File bool   `json:"file,omitempty"`
}

// leftHere are the endings of files that no reader reads and that are not handed on: keys above all.
var leftHere = endings(`
.png .jpg .jpeg .gif .bmp .ico .webp .tif .tiff .psd .mp3 .mp4 .mov .avi .mkv .wav .ttf .otf .woff .woff2 .eot .pdf .doc .docx .xls .xlsx .ppt .pptx
.zip .gz .tgz .tar .bz2 .xz .zst .7z .rar .jar .war .whl .deb .rpm .iso .dmg .vmdk .vhd .qcow2
.exe .dll .so .dylib .a .o .obj .lib .class .wasm .bin .dat .db .sqlite .sqlite3 .pack .idx .log .tfplan
.pem .key .crt .cer .der .pfx .p12 .jks .kdbx .gpg .asc .pub
`)

// besides is how large a file may be that is no document by its name.
const besides = 4 << 20

// Pack writes what the paths hold as one file to hand on. It refuses what [Open] refuses; the paths are files and directories, and "-" is not among them.
func Pack(to io.Writer, paths []string, lim Limits) error {
	if slices.Contains(paths, "-") {
		return fault.New(fault.Invalid, "-: standard input cannot be handed on").WithHelp("write it into a file, and name that")
	}
	set, err := Open(paths, nil, lim)
	if err != nil {
		return err
	}
	if err := set.Close(); err != nil {
		return err
	}
	p := packer{zip: zip.NewWriter(to), lim: lim.orDefault(), done: map[string]bool{}}
	x, roots, err := rooted(paths)
	if err != nil {
		return err
	}
	text, err := json.Marshal(x)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the index cannot be written")
	}
	if err := p.write(packIndex, text); err != nil {
		return err
	}
	for _, one := range x.Paths {
		if err := p.path(roots[one.Root], one); err != nil {
			return err
		}
	}
	if err := p.zip.Close(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "what is handed on cannot be written")
	}
	return nil
}

// rooted says in which root each path lies.
func rooted(paths []string) (x index, roots []string, err error) {
	x.Version = packVersion
	paths = slices.Compact(slices.Sorted(slices.Values(paths)))
	var reals []string
	for _, name := range paths {
		real, err := resolve(name)
		if err != nil {
			return x, nil, err
		}
		info, err := os.Stat(real)
		if err != nil {
			return x, nil, fault.New(fault.Invalid, "%s: %s", display(name), reason(err))
		}
		x.Paths = append(x.Paths, packedOne{Name: display(name), File: !info.IsDir()})
		reals = append(reals, real)
		if x.Paths[len(reals)-1].File {
			real = filepath.Dir(real)
		}
		roots = append(roots, real)
	}
	slices.SortFunc(roots, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	var outer []string
	for _, r := range roots {
		if !slices.ContainsFunc(outer, func(o string) bool { return inside(r, o) }) {
			outer = append(outer, r)
		}
	}
	for i := range x.Paths {
		n := slices.IndexFunc(outer, func(o string) bool { return inside(reals[i], o) })
		rel, err := filepath.Rel(outer[n], reals[i])
		if err != nil {
			return x, nil, fault.Wrap(fault.Internal, err, "a path")
		}
		x.Paths[i].Root, x.Paths[i].Path = n, filepath.ToSlash(rel)
	}
	return x, outer, nil
}

func inside(p, dir string) bool {
	return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

type packer struct {
	zip   *zip.Writer
	lim   Limits
	files int
	done  map[string]bool
}

// path packs one path of a root.
func (p *packer) path(dir string, one packedOne) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fault.New(fault.Invalid, "%s: %s", one.Name, reason(err))
	}
	defer root.Close() //nolint:errcheck // it was read only
	at := strconv.Itoa(one.Root)
	if !one.File {
		return p.dir(rootFS{root}, at, one.Path, nil, 0)
	}
	return p.beside(rootFS{root}, at, one.Path)
}

// beside packs a named file with what it means nothing without: the other files of its module, and the words of people.
func (p *packer) beside(fsys fs.FS, at, file string) error {
	names := []string{file}
	var code codeFiles
	all := code.take(path.Base(file))
	entries, err := fs.ReadDir(fsys, path.Dir(file))
	if err != nil {
		return fault.New(fault.Invalid, "%s: %s", display(file), reason(err))
	}
	for _, e := range entries {
		if n := e.Name(); n != path.Base(file) && e.Type().IsRegular() && (n == OverlayName || all && !leftHere[strings.ToLower(path.Ext(n))]) {
			names = append(names, path.Join(path.Dir(file), n))
		}
	}
	for i, n := range names {
		if err := p.file(fsys, at, n, i == 0); err != nil {
			return err
		}
	}
	return nil
}

func (p *packer) dir(fsys fs.FS, at, rel string, patterns []pattern, depth int) error {
	if depth > p.lim.Depth {
		return nil
	}
	entries, err := fs.ReadDir(fsys, rel)
	if err != nil {
		return fault.New(fault.Invalid, "%s: the directory cannot be listed: %s", display(rel), reason(err))
	}
	if data, why := readAll(fsys, path.Join(rel, ".gitignore"), ignoreLimit); why == nil {
		own, _ := parseIgnore(data, rel)
		patterns = slices.Concat(patterns, own)
	}
	for _, e := range entries {
		name := path.Join(rel, e.Name())
		switch {
		case ignores(patterns, name, e.IsDir()):
		case e.IsDir() && !slices.Contains(passed, e.Name()):
			err = p.dir(fsys, at, name, patterns, depth+1)
		case e.Type().IsRegular() && !leftHere[strings.ToLower(path.Ext(name))]:
			err = p.file(fsys, at, name, documentName(name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// file packs one file; one that is no document by its name only when it is small.
func (p *packer) file(fsys fs.FS, at, name string, document bool) error {
	if p.done[path.Join(at, name)] {
		return nil
	}
	p.done[path.Join(at, name)] = true
	if p.files++; p.files > p.lim.Files {
		return fault.New(fault.Limited, "more than %d files", p.lim.Files).WithHelp("name the directory that holds the infrastructure")
	}
	limit := p.lim.FileSize
	if !document {
		limit = min(limit, besides)
	}
	data, why := readAll(fsys, name, limit)
	switch {
	case why == nil:
		return p.write(path.Join(at, name), data)
	case why.missing, !document:
		return nil
	}
	return fault.New(fault.Invalid, "%s: %s", display(name), why.reason).WithHelp("%s", why.help)
}

func (p *packer) write(name string, data []byte) error {
	// The time is none: the same files make the same bytes.
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "what is handed on cannot be written")
	}
	return nil
}

var errPacked = errors.New("it is not what c4arch hands on")
