package files

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
)

// PackedLimits bound what is handed over. The zero value of each means its default.
type PackedLimits struct {
	Total int64 // bytes of all files together when they are unpacked; 1 GiB
	Paths int   // 1,000
	Limits
}

// What a zip file can cost before any of it is unpacked, and how much it can become. Deflate makes up to a thousand bytes of one (RFC 1951); documents of infrastructure stay
// far below ratio, and small packages may have what they like.
const (
	nameLength = 1024 // bytes: archive/zip remembers every directory of every name
	ratio      = 200
	smallPack  = 64 << 20
)

// OpenPacked opens what [Pack] wrote, as [Open] would the paths that were packed. Nothing is unpacked to a disk. Whoever sent it may have written anything: names that leave
// their directory, files that are none, and more bytes than the limits allow are an error (invalid, limited).
func OpenPacked(data []byte, lim PackedLimits) (*Set, error) {
	if lim.Total <= 0 {
		lim.Total = 1 << 30
	}
	if lim.FileSize <= 0 {
		lim.FileSize = 256 << 20 // a file is in memory as a whole, and one of each worker is
	}
	lim.Paths = cmp.Or(lim.Paths, 1000)
	set := &Set{lim: lim.orDefault(), modules: map[string]int{}}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, notPacked(err)
	}
	if err := sizes(z, lim, set.lim, uint64(len(data))); err != nil {
		return nil, err
	}
	x, err := readIndex(z, lim.Paths)
	if err != nil {
		return nil, err
	}
	if err := set.packed(z, x); err != nil {
		return nil, err
	}
	return set, nil
}

func notPacked(err error) error {
	return fault.Wrap(fault.Invalid, err, "what was handed over cannot be read").WithHelp("hand it over with: c4arch scan --project PROJECT PATH...")
}

// sizes refuses what is too much before any of it is unpacked. What a header claims is the most that zip unpacks: more is an error of its own.
func sizes(z *zip.Reader, lim PackedLimits, each Limits, packed uint64) error {
	if len(z.File) > each.Files {
		return fault.New(fault.Limited, "more than %d files were handed over", each.Files)
	}
	var total uint64
	for _, f := range z.File {
		if len(f.Name) > nameLength || strings.Count(f.Name, "/") > each.Depth+2 || !fs.ValidPath(f.Name) || !f.Mode().IsRegular() {
			return notPacked(errPacked)
		}
		if f.UncompressedSize64 > uint64(each.FileSize) {
			return fault.New(fault.Limited, "%s is larger than %d MiB, the limit for one file", display(f.Name), each.FileSize>>20)
		}
		if total += f.UncompressedSize64; total > uint64(lim.Total) {
			return fault.New(fault.Limited, "more than %d MiB were handed over", lim.Total>>20).WithHelp("scan it in parts")
		}
	}
	if total > smallPack && total/ratio > packed {
		return fault.New(fault.Limited, "what was handed over becomes more than %d times as large when it is unpacked", ratio).WithHelp("scan it in parts")
	}
	return nil
}

func readIndex(z *zip.Reader, most int) (x index, err error) {
	f, err := z.Open(packIndex)
	if err != nil {
		return x, notPacked(errPacked)
	}
	defer f.Close() //nolint:errcheck // it was read only
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil || json.Unmarshal(text, &x) != nil || len(x.Paths) == 0 {
		return x, notPacked(errPacked)
	}
	if x.Version != packVersion {
		return x, fault.New(fault.Invalid, "what was handed over has the form %d, and %d is read here", x.Version, packVersion).WithHelp("use the same version of c4arch on both sides")
	}
	if len(x.Paths) > most {
		return x, fault.New(fault.Limited, "more than %d paths were handed over", most)
	}
	return x, nil
}

// packed takes the paths in the order in which open takes them: files before directories.
func (s *Set) packed(z *zip.Reader, x index) error {
	seen, budget := map[string]bool{}, s.lim.Files
	for _, dirs := range []bool{false, true} {
		for _, p := range x.Paths {
			if p.File == dirs {
				continue
			}
			if err := s.packedOne(z, p, seen, &budget); err != nil {
				return err
			}
		}
	}
	s.sorted()
	return nil
}

// sorted puts the items into the order in which they are read.
func (s *Set) sorted() {
	slices.SortStableFunc(s.items, func(a, b item) int { return cmp.Compare(a.name, b.name) })
	s.takeValues()
}

func (s *Set) packedOne(z *zip.Reader, p packedOne, seen map[string]bool, budget *int) error {
	at := strconv.Itoa(p.Root)
	if !fs.ValidPath(p.Path) || p.Name == "" {
		return notPacked(errPacked)
	}
	dir := p.Path
	if p.File {
		dir = path.Dir(p.Path)
	}
	fsys, err := fs.Sub(z, path.Join(at, dir))
	if err != nil {
		return notPacked(errPacked)
	}
	real := filepath.Join("/", at, filepath.FromSlash(dir))
	if p.File {
		if info, err := fs.Stat(fsys, path.Base(p.Path)); err != nil || !info.Mode().IsRegular() {
			return notPacked(errPacked)
		}
		base := path.Base(p.Path)
		if file := filepath.Join(real, base); !seen[file] {
			seen[file] = true
			return s.one(fsys, base, p.Name, real, seen)
		}
		return nil
	}
	if _, err := fs.Stat(fsys, "."); err != nil {
		return nil // an empty directory
	}
	w := walker{set: s, fsys: fsys, given: display(p.Name), real: real, seen: seen, budget: budget}
	return w.walk(".", nil, 0)
}
