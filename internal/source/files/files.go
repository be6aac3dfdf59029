// Package files finds the documents to scan: files named by the user, directories walked, and
// standard input. It promises an order that depends on the names alone, never leaves the
// roots that it was given (os.Root; a link that points outside is reported, not followed),
// writes nothing, and says of everything that it had to leave out why. What is a document is
// told by content: any text that starts like JSON or YAML is handed out, and readers decide
// whether it is theirs.
package files

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// Limits bound what is read. The zero value of each means its default.
type Limits struct {
	FileSize int64 // of one file in bytes; 512 MiB
	Files    int   // files in all directories together, read or passed over; 1,000,000
	Depth    int   // of directories below a root; 100
}

func (l Limits) orDefault() Limits {
	if l.FileSize <= 0 {
		l.FileSize = 512 << 20
	}
	if l.Files <= 0 {
		l.Files = 1_000_000
	}
	if l.Depth <= 0 {
		l.Depth = 100
	}
	return l
}

// Found is one thing that the search came upon: an input, or what could not be read and why.
type Found struct {
	Input   evidence.Input
	NotRead *evidence.NotRead
}

// Overlay is a c4arch.yaml that lies at a scanned root, beside a scanned file, or was named.
type Overlay struct {
	Name string
	Data []byte // as it stands in the file
}

// OverlayName is the name of the file in which people say what no cloud knows.
const OverlayName = "c4arch.yaml"

// overlayLimit is far above what people write by hand.
const overlayLimit = 16 << 20

// Set is what the given paths hold, listed but not yet read.
type Set struct {
	lim      Limits
	stdin    io.Reader
	roots    map[string]*os.Root // by the directory's one path
	items    []item
	notes    []evidence.NotRead
	overlays []Overlay
	values   []evidence.Input // that the user named
	modules  map[string]int   // the item of each directory of code, by its one path
}

// item is one file that may be a document.
type item struct {
	name     string // as shown
	fsys     fs.FS
	path     string // in fsys
	pipe     string // the name of a pipe to open instead: process substitution
	stdin    bool
	explicit bool
	code     []string // of a directory that is code: the names of its files
}

// Open looks at each path: a file, a directory, or "-" for stdin. It lists directories but
// opens no document yet. A path that does not exist, and a directory with more files than
// the limit, is an error: a scan of something else than was asked for would mislead.
// The set must be closed.
func Open(paths []string, stdin io.Reader, lim Limits) (*Set, error) {
	s := &Set{lim: lim.orDefault(), stdin: stdin, roots: map[string]*os.Root{}, modules: map[string]int{}}
	if err := s.open(paths); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Set) open(paths []string) error {
	// Directories last, so that a file which was named too is known as such.
	var dirs []string
	seen := map[string]bool{}
	for _, p := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		switch dir, err := s.named(p, seen); {
		case err != nil:
			return err
		case dir:
			dirs = append(dirs, p)
		}
	}
	budget := s.lim.Files
	for _, p := range dirs {
		if err := s.directory(p, seen, &budget); err != nil {
			return err
		}
	}
	s.sorted()
	if len(s.items) == 0 && len(s.values) > 0 && len(s.notes) == 0 {
		return fault.New(fault.Invalid, "%s fills in the parameters of code, and no code was given", s.values[0].Name).
			WithHelp("name the directory of the code or the template too")
	}
	return nil
}

// takeValues reads the files that the user named to fill in parameters. They are no inputs of their own.
func (s *Set) takeValues() {
	s.items = slices.DeleteFunc(s.items, func(it item) bool {
		if !it.explicit || it.stdin || it.pipe != "" || it.code != nil {
			return false
		}
		lower := strings.ToLower(it.path)
		if !strings.HasSuffix(lower, ".tfvars") && !strings.HasSuffix(lower, ".json") {
			return false
		}
		f, ok := s.read(it)
		if !ok || f.NotRead != nil || !valueFile(it.path, f.Input.Outline) {
			return false
		}
		s.values = append(s.values, f.Input)
		return true
	})
}

// named takes one path of the command line; it reports whether it is a directory, which is
// left to the caller.
func (s *Set) named(p string, seen map[string]bool) (dir bool, err error) {
	if p == "" {
		return false, fault.New(fault.Invalid, "an empty path was given").WithHelp("use . for the current directory")
	}
	if p == "-" {
		if s.stdin == nil {
			return false, fault.New(fault.Invalid, "-: there is no standard input")
		}
		s.items = append(s.items, item{name: "-", stdin: true, explicit: true})
		return false, nil
	}
	info, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, fault.New(fault.NotFound, "%s: no such file or directory", display(p))
	case err != nil:
		return false, fault.New(fault.Invalid, "%s: %s", display(p), reason(err))
	case info.IsDir():
		return true, nil
	case info.Mode()&fs.ModeNamedPipe != 0:
		s.items = append(s.items, item{name: display(p), pipe: p, explicit: true})
		return false, nil
	case !info.Mode().IsRegular():
		s.note(p, "it is a device or a socket, not a file", "name a file, a directory, or - for standard input")
		return false, nil
	}
	return false, s.file(p, seen)
}

// file takes a regular file that the user named. A link is followed: they pointed at it.
func (s *Set) file(p string, seen map[string]bool) error {
	real, err := resolve(p)
	if err != nil {
		return err
	}
	if seen[real] {
		return nil
	}
	seen[real] = true
	fsys, err := s.root(filepath.Dir(real), filepath.Dir(p))
	if err != nil {
		return err
	}
	return s.one(fsys, filepath.Base(real), p, filepath.Dir(real), seen)
}

// one takes a named file of the directory fsys, whose one path is dir.
func (s *Set) one(fsys fs.FS, base, p, dir string, seen map[string]bool) error {
	name := display(p)
	if filepath.Base(p) == OverlayName {
		s.overlay(fsys, base, name)
		return nil
	}
	if beside := filepath.Join(dir, OverlayName); !seen[beside] {
		if _, err := fs.Stat(fsys, OverlayName); err == nil {
			seen[beside] = true
			s.overlay(fsys, OverlayName, path.Join(path.Dir(name), OverlayName))
		}
	}
	var code codeFiles
	if code.take(base) {
		entries, err := fs.ReadDir(fsys, ".")
		if err != nil {
			return fault.New(fault.Invalid, "%s: %s", display(p), reason(err))
		}
		code = codeFiles{} // a file of a module means nothing without the others
		for _, e := range entries {
			if e.Type().IsRegular() {
				code.take(e.Name())
			}
		}
		s.module(fsys, ".", path.Dir(name), code.terraform, dir, true)
		return nil
	}
	s.items = append(s.items, item{name: name, fsys: fsys, path: base, explicit: true})
	return nil
}

// module takes a directory of code once, by whichever of its files or of the directories above it was named.
func (s *Set) module(fsys fs.FS, rel, name string, code []string, real string, explicit bool) {
	if len(code) == 0 {
		return
	}
	slices.Sort(code)
	if i, ok := s.modules[real]; ok {
		// Named file by file and found in a directory too: the directory's root reaches further.
		s.items[i] = item{name: name, fsys: fsys, path: rel, code: code, explicit: s.items[i].explicit || explicit}
		return
	}
	s.modules[real] = len(s.items)
	s.items = append(s.items, item{name: name, fsys: fsys, path: rel, code: code, explicit: explicit})
}

// root opens a directory that nothing will be read outside of, once.
func (s *Set) root(real, given string) (fs.FS, error) {
	if r := s.roots[real]; r != nil {
		return rootFS{r}, nil
	}
	r, err := os.OpenRoot(real)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: %s", display(given), reason(err))
	}
	s.roots[real] = r
	return rootFS{r}, nil
}

func (s *Set) directory(p string, seen map[string]bool, budget *int) error {
	real, err := resolve(p)
	if err != nil {
		return err
	}
	fsys, err := s.root(real, p)
	if err != nil {
		return err
	}
	w := walker{set: s, fsys: fsys, given: display(p), real: real, seen: seen, budget: budget}
	return w.walk(".", nil, 0)
}

// resolve returns the one path of what p names, by which two names of one file are told.
func resolve(p string) (string, error) {
	abs, err := filepath.Abs(p)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", fault.New(fault.Invalid, "%s: %s", display(p), reason(err))
	}
	return abs, nil
}

func (s *Set) overlay(fsys fs.FS, p, name string) {
	data, why := readAll(fsys, p, overlayLimit)
	if why != nil {
		s.note(name, why.reason, why.help)
		return
	}
	s.overlays = append(s.overlays, Overlay{Name: name, Data: data})
}

func (s *Set) note(input, reason, help string) {
	s.notes = append(s.notes, evidence.NotRead{
		Kind: evidence.InputNotUnderstood, Input: display(input), Reason: reason, Help: help,
	})
}

// Len is how many files may be documents; it is known before any is read.
func (s *Set) Len() int { return len(s.items) }

// Overlays returns what lies at the roots under OverlayName, sorted by name.
func (s *Set) Overlays() []Overlay {
	return slices.SortedFunc(slices.Values(s.overlays), func(a, b Overlay) int { return cmp.Compare(a.Name, b.Name) })
}

// All reads the documents one after the other, sorted by name, and yields them and what
// could not be read; the latter's texts hold nothing of a file's content. Each input's Data
// is its own. No error is ever yielded: the second value is there for the reader's port.
// Standard input can be read once.
func (s *Set) All() iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		notes := slices.Clone(s.notes)
		slices.SortStableFunc(notes, func(a, b evidence.NotRead) int {
			return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Reason, b.Reason))
		})
		for _, n := range notes {
			if !yield(Found{NotRead: &n}, nil) {
				return
			}
		}
		for _, it := range s.items {
			f, ok := s.read(it)
			f.Input.Values = s.values
			if ok && !yield(f, nil) {
				return
			}
		}
	}
}

// Close lets go of the roots. The inputs' FS does not work after it.
func (s *Set) Close() error {
	var err error
	for _, r := range s.roots {
		err = errors.Join(err, r.Close())
	}
	clear(s.roots)
	return err
}

// display returns a path as people know it: with slashes, cleaned, without what would move the
// cursor of a terminal or break a JSON text.
func display(p string) string {
	p = strings.ToValidUTF8(path.Clean(filepath.ToSlash(p)), "\uFFFD")
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, p)
}

// reason is an error's cause without the path, which the caller has already named.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		return "permission denied"
	}
	return err.Error()
}
