package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"c4arch/internal/base/fault"
)

// Limits of what is read from one commit. A small repository can hold a tree that stands in itself under a thousand names a thousand
// levels deep: what is listed counts, not what is stored.
type limits struct {
	file    int64 // bytes of one file
	bytes   int64 // of all files together
	entries int   // in all folders that are listed
}

const (
	maxDepth = 100 // folders
	maxHops  = 20  // symbolic links on the way to a file
)

func defaults() limits { return limits{file: 512 << 20, bytes: 4 << 30, entries: 1_000_000} }

// Tree is the files of a commit, as an [fs.FS]: read-only, with the time of the commit as that of each file. Symbolic links are followed within
// the commit and not out of it. It may be used by several goroutines at once, until the context that it was made with ends.
type Tree struct {
	ctx    context.Context // the calls of fs.FS have none
	repo   *Repository
	root   plumbing.Hash
	base   string // the path of its folder in the commit
	when   time.Time
	limits limits
	used   *used
}

// used counts what was read, over a tree and those below it.
type used struct {
	mu         sync.Mutex
	bytes      int64
	entries    int
	submodules map[string]bool
	odd        map[string]bool
	folders    map[plumbing.Hash][]object.TreeEntry // read before
	kept       int                                  // entries in them
}

// maxKept is how many entries of folders are kept in memory, so that the way to each file is not read anew.
const maxKept = 500_000

var (
	_ fs.ReadDirFS  = (*Tree)(nil)
	_ fs.ReadFileFS = (*Tree)(nil)
	_ fs.StatFS     = (*Tree)(nil)
	_ fs.ReadLinkFS = (*Tree)(nil)
)

func (r *Repository) tree(ctx context.Context, ref string) (*Tree, string, error) {
	c, err := r.commit(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	return &Tree{
		ctx: ctx, repo: r, root: c.TreeHash, base: ".", when: c.Committer.When.UTC(), limits: defaults(),
		used: &used{submodules: map[string]bool{}, odd: map[string]bool{}, folders: map[plumbing.Hash][]object.TreeEntry{}},
	}, c.Hash.String(), nil
}

// clean returns a path as an [fs.FS] has it; false when it is none within the repository.
func clean(p string) (string, bool) {
	if p == "" {
		return ".", true
	}
	if strings.HasPrefix(p, "/") || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", false
	}
	p = path.Clean(p)
	return p, fs.ValidPath(p)
}

// Skipped are the paths of submodules that were met so far, sorted: a commit has only the names of their commits.
func (t *Tree) Skipped() []string {
	return t.list(func(u *used) map[string]bool { return u.submodules })
}

// Odd are the folders, met so far, with entries whose names no file system has; those entries are left out.
func (t *Tree) Odd() []string { return t.list(func(u *used) map[string]bool { return u.odd }) }

func (t *Tree) list(of func(*used) map[string]bool) []string {
	t.used.mu.Lock()
	defer t.used.mu.Unlock()
	var all []string
	for p := range of(t.used) {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

var (
	errLeaves    = errors.New("the link leads out of the commit")
	errCircle    = errors.New("too many links on the way")
	errIsDir     = errors.New("it is a folder")
	errSubmodule = errors.New("it is a submodule: the commit does not hold its files")
)

// entries reads the folder of a tree object, sorted by name. name is for what is said of it.
func (t *Tree) entries(h plumbing.Hash, name string) ([]object.TreeEntry, error) {
	if err := t.ctx.Err(); err != nil {
		return nil, err
	}
	t.used.mu.Lock()
	list, ok := t.used.folders[h]
	t.used.mu.Unlock()
	if ok {
		return list, nil
	}
	t.repo.mu.Lock()
	o, err := t.repo.from.EncodedObject(plumbing.TreeObject, h)
	t.repo.mu.Unlock()
	if err != nil {
		return nil, missing(err)
	}
	var tree object.Tree
	if err := tree.Decode(o); err != nil {
		return nil, damaged(h)
	}
	list = t.sound(tree.Entries, name)
	t.note(func(u *used) {
		if u.kept += len(list); u.kept > maxKept {
			u.folders, u.kept = map[plumbing.Hash][]object.TreeEntry{}, len(list)
		}
		u.folders[h] = list
	})
	return list, nil
}

// sound sorts entries, and leaves out what could be no file, which git does not make.
func (t *Tree) sound(list []object.TreeEntry, folder string) []object.TreeEntry {
	list = slices.DeleteFunc(list, func(e object.TreeEntry) bool {
		bad := e.Name == "" || e.Name == "." || e.Name == ".." || strings.ContainsAny(e.Name, "/\x00") || !utf8.ValidString(e.Name)
		if bad {
			t.note(func(u *used) { u.odd[path.Join(t.base, folder)] = true })
		}
		return bad
	})
	slices.SortStableFunc(list, func(a, b object.TreeEntry) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(list, func(a, b object.TreeEntry) bool { return a.Name == b.Name })
}

func (t *Tree) note(f func(*used)) {
	t.used.mu.Lock()
	defer t.used.mu.Unlock()
	f(t.used)
}

func missing(err error) error {
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return fault.New(fault.NotFound, "an object of the commit is not in this clone").
			WithHelp("a partial clone has it not: git fetch --refetch, or clone without --filter")
	}
	return err
}

// node is one place in a tree.
type node struct {
	name  string // its path below the tree
	entry object.TreeEntry
}

func (t *Tree) top() node {
	return node{".", object.TreeEntry{Name: ".", Mode: filemode.Dir, Hash: t.root}}
}

// find walks to a place. With follow a link at the end is followed too.
func (t *Tree) find(name string, follow bool) (node, error) {
	rest := splitPath(name)
	at, hops := []node{t.top()}, 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		if part == ".." {
			if len(at) == 1 {
				return node{}, errLeaves
			}
			at = at[:len(at)-1]
			continue
		}
		here := at[len(at)-1]
		next, err := t.child(here, part)
		if err != nil {
			return node{}, err
		}
		if next.entry.Mode == filemode.Symlink && (follow || len(rest) > 0) {
			if hops++; hops > maxHops {
				return node{}, errCircle
			}
			target, err := t.target(next)
			if err != nil {
				return node{}, err
			}
			rest = append(splitPath(target), rest...)
			continue
		}
		if len(at) > maxDepth {
			return node{}, fault.New(fault.Limited, "it lies more than %d folders deep", maxDepth)
		}
		at = append(at, next)
	}
	return at[len(at)-1], nil
}

func splitPath(p string) []string {
	return slices.DeleteFunc(strings.Split(p, "/"), func(s string) bool { return s == "" || s == "." })
}

func (t *Tree) child(dir node, name string) (node, error) {
	switch dir.entry.Mode {
	case filemode.Dir:
	case filemode.Submodule:
		return node{}, errSubmodule
	default:
		return node{}, fs.ErrNotExist
	}
	list, err := t.entries(dir.entry.Hash, dir.name)
	if err != nil {
		return node{}, err
	}
	i, ok := slices.BinarySearchFunc(list, name, func(e object.TreeEntry, n string) int { return cmp.Compare(e.Name, n) })
	if !ok {
		return node{}, fs.ErrNotExist
	}
	return node{path.Join(dir.name, name), list[i]}, nil
}

// target reads where a link leads: a path from the folder that it stands in.
func (t *Tree) target(link node) (string, error) {
	const most = 4096
	data, err := t.blob(link.entry.Hash, most)
	if err != nil {
		return "", err
	}
	to := string(data)
	if strings.HasPrefix(to, "/") || to == "" || strings.ContainsRune(to, 0) {
		return "", errLeaves
	}
	return to, nil
}

// blob reads a file of at most limit bytes.
func (t *Tree) blob(h plumbing.Hash, limit int64) ([]byte, error) {
	if err := t.ctx.Err(); err != nil {
		return nil, err
	}
	t.repo.mu.Lock()
	t.repo.from.limit = limit
	o, err := t.repo.from.EncodedObject(plumbing.BlobObject, h)
	t.repo.mu.Unlock()
	if err != nil {
		return nil, missing(err)
	}
	r, err := o.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, o.Size())
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	over := false
	t.note(func(u *used) { u.bytes += o.Size(); over = u.bytes > t.limits.bytes })
	if over {
		return nil, fault.New(fault.Limited, "more than %d bytes of the commit were read", t.limits.bytes)
	}
	return data, nil
}

// below is the tree of a folder.
func (t *Tree) below(name string) (*Tree, error) {
	n, err := t.find(name, true)
	if err != nil {
		return nil, err
	}
	switch n.entry.Mode {
	case filemode.Dir:
	case filemode.Submodule:
		return nil, errSubmodule
	default:
		return nil, errNotDir
	}
	sub := *t
	sub.root, sub.base = n.entry.Hash, path.Join(t.base, n.name)
	return &sub, nil
}

// Open opens a file or a folder.
func (t *Tree) Open(name string) (fs.File, error) {
	n, err := t.at("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.entry.Mode == filemode.Dir {
		return &dir{t: t, n: n}, nil
	}
	data, err := t.content(n)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{Reader: bytes.NewReader(data), info: t.info(n, int64(len(data)))}, nil
}

// ReadFile returns the content of a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	n, err := t.at("read", name, true)
	if err != nil {
		return nil, err
	}
	data, err := t.content(n)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

func (t *Tree) content(n node) ([]byte, error) {
	switch n.entry.Mode {
	case filemode.Dir:
		return nil, errIsDir
	case filemode.Submodule:
		return nil, errSubmodule
	}
	return t.blob(n.entry.Hash, t.limits.file)
}

// ReadDir lists a folder. Submodules are left out, and noted.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.at("readdir", name, true)
	if err != nil {
		return nil, err
	}
	list, err := t.listing(n)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return list, nil
}

func (t *Tree) listing(n node) ([]fs.DirEntry, error) {
	if n.entry.Mode != filemode.Dir {
		return nil, errNotDir
	}
	list, err := t.entries(n.entry.Hash, n.name)
	if err != nil {
		return nil, err
	}
	over := false
	t.note(func(u *used) { u.entries += len(list); over = u.entries > t.limits.entries })
	if over {
		return nil, fault.New(fault.Limited, "the commit has more than %d files", t.limits.entries)
	}
	var out []fs.DirEntry
	for _, e := range list {
		if e.Mode == filemode.Submodule {
			t.note(func(u *used) { u.submodules[path.Join(t.base, n.name, e.Name)] = true })
			continue
		}
		out = append(out, dirEntry{t, node{path.Join(n.name, e.Name), e}})
	}
	return out, nil
}

// Stat describes what a path leads to.
func (t *Tree) Stat(name string) (fs.FileInfo, error) { return t.stat("stat", name, true) }

// Lstat describes a path itself, which may be a link.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) { return t.stat("lstat", name, false) }

func (t *Tree) stat(op, name string, follow bool) (fs.FileInfo, error) {
	n, err := t.at(op, name, follow)
	if err != nil {
		return nil, err
	}
	info, err := t.sized(n)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return info, nil
}

// ReadLink returns where a link leads.
func (t *Tree) ReadLink(name string) (string, error) {
	n, err := t.at("readlink", name, false)
	if err != nil {
		return "", err
	}
	if n.entry.Mode != filemode.Symlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	to, err := t.target(n)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return to, nil
}

func (t *Tree) at(op, name string, follow bool) (node, error) {
	if !fs.ValidPath(name) {
		return node{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n, err := t.find(name, follow)
	if err == nil && n.entry.Mode == filemode.Submodule {
		err = errSubmodule
	}
	if err != nil {
		return node{}, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return n, nil
}
