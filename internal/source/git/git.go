// Package git reads what a commit of a local repository holds, so that a run can be held against a branch without a
// checkout of it.
//
// It promises to read only: it runs no git, no hook and no filter, speaks to no network and writes nothing, and the line ends of
// what it returns are those of the commit. Each object is checked against its name, bounded in size, and read from the
// repository, from what it borrows objects from (alternates), or from the one that a linked worktree belongs to.
// Of submodules it reads nothing, and says which there are. Repositories with SHA-256 names or in the reftable format are
// refused with a clear error; content that Git LFS keeps elsewhere is named as such.
//
// The formats are those of gitrepository-layout(5), gitrevisions(7) and gitformat-pack(5) (git-scm.com/docs).
package git

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/server"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"c4arch/internal/base/fault"
)

// Limits of the small files that make a repository.
const (
	maxPointer    = 4 << 10  // a .git file, commondir, HEAD
	maxConfig     = 1 << 20  // config
	maxAlternates = 10       // repositories that objects are borrowed from
	maxLinkFile   = 64 << 10 // the list of those
)

// Repository is a local repository. It may be used by several goroutines at once.
type Repository struct {
	root   string // of the working tree
	gitDir string // of this working tree
	common string // of the repository: the same, but for a linked worktree
	mu     sync.Mutex
	refs   *filesystem.Storage
	from   *objects
}

// Open finds the repository that dir lies in, upwards as git finds it.
func Open(dir string) (*Repository, error) {
	root, gitDir, err := discover(dir)
	if err != nil {
		return nil, err
	}
	r := &Repository{root: root, gitDir: gitDir, common: gitDir}
	if other, err := readSmall(filepath.Join(gitDir, "commondir"), maxPointer); err == nil {
		r.common = absolute(gitDir, strings.TrimSpace(other))
	}
	if r.refs, err = load(r.common); err != nil {
		return nil, err
	}
	if err := r.supported(); err != nil {
		return nil, err
	}
	r.from = &objects{stores: []store{{dir: r.common, packs: r.refs}}}
	return r, r.borrow()
}

// Root is the top folder of the working tree.
func (r *Repository) Root() string { return r.root }

// Close lets go of what is open.
func (r *Repository) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []error
	for _, s := range r.from.stores {
		all = append(all, s.packs.Close())
	}
	return errors.Join(all...)
}

// discover looks for .git in dir and in every folder above it.
func discover(dir string) (root, gitDir string, err error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", "", fault.Wrap(fault.Invalid, err, "%s is no folder", dir)
	}
	if real, err := filepath.EvalSymlinks(at); err == nil {
		at = real
	}
	for {
		p := filepath.Join(at, ".git")
		info, err := os.Stat(p)
		switch {
		case err == nil && info.IsDir():
			return at, p, nil
		case err == nil:
			gitDir, err := pointer(p)
			return at, gitDir, err
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNotDir):
			return "", "", fault.Wrap(fault.Invalid, err, "the repository cannot be read")
		}
		up := filepath.Dir(at)
		if up == at {
			return "", "", fault.New(fault.NotFound, "%s lies in no git repository", dir).WithHelp("run this in a clone")
		}
		at = up
	}
}

// pointer reads a .git file, which says where the repository is (of a linked worktree or a submodule).
func pointer(p string) (string, error) {
	text, err := readSmall(p, maxPointer)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "%s cannot be read", p)
	}
	line, _, _ := strings.Cut(text, "\n")
	target, ok := strings.CutPrefix(line, "gitdir: ")
	if !ok || strings.TrimSpace(target) == "" {
		return "", fault.New(fault.Invalid, "%s does not say where the repository is", p).WithHelp("it should hold one line: gitdir: PATH")
	}
	dir := absolute(filepath.Dir(p), strings.TrimSpace(target))
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", fault.New(fault.NotFound, "%s names a repository that is not there", p).WithHelp("for a worktree that was moved: git worktree repair")
	}
	return dir, nil
}

func absolute(base, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(base, filepath.FromSlash(p))
}

// load opens a repository without its working tree.
func load(dir string) (*filesystem.Storage, error) {
	s, err := server.DefaultLoader.Load(&transport.Endpoint{Path: dir})
	st, ok := s.(*filesystem.Storage)
	if err != nil || !ok {
		return nil, fault.New(fault.Invalid, "%s is no git repository", dir).WithHelp("its folder has no config")
	}
	return st, nil
}

// supported refuses formats whose objects or references would be missed.
func (r *Repository) supported() error {
	for _, name := range []string{"packed-refs", "shallow"} {
		if !readable(filepath.Join(r.common, name)) {
			return fault.New(fault.Invalid, "%s of the repository is no file", name)
		}
	}
	if info, err := os.Stat(filepath.Join(r.common, "config")); err != nil || info.Size() > maxConfig || !info.Mode().IsRegular() {
		return fault.New(fault.Invalid, "the config of the repository cannot be read, or is larger than %d bytes", maxConfig)
	}
	cfg, err := r.refs.Config()
	if err != nil {
		return fault.New(fault.Invalid, "the config of the repository is not written as git writes it").WithHelp("git config --list says what is wrong")
	}
	if cfg.Raw == nil || !cfg.Raw.HasSection("extensions") {
		return nil
	}
	for _, o := range cfg.Raw.Section("extensions").Options {
		key, value := strings.ToLower(o.Key), strings.ToLower(o.Value)
		if key == "objectformat" && value != "sha1" || key == "refstorage" && value != "files" {
			return fault.New(fault.Invalid, "the repository has the extension %s, which this program does not read", key).
				WithHelp("check the files of the commit out with git worktree add, and name their folder")
		}
	}
	return nil
}

// borrow adds the repositories that objects/info/alternates names.
func (r *Repository) borrow() error {
	seen := map[string]bool{r.common: true}
	for i := 0; i < len(r.from.stores); i++ {
		base := filepath.Join(r.from.stores[i].dir, "objects")
		text, err := readSmall(filepath.Join(base, "info", "alternates"), maxLinkFile)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "objects/info/alternates of the repository cannot be read")
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			dir := filepath.Dir(absolute(base, line))
			if seen[dir] {
				continue
			}
			seen[dir] = true
			if len(r.from.stores) > maxAlternates {
				return fault.New(fault.Limited, "the repository borrows objects from more than %d others", maxAlternates)
			}
			if s, err := load(dir); err == nil {
				r.from.stores = append(r.from.stores, store{dir: dir, packs: s})
			} // one that is gone lacks nothing until an object of it is asked for
		}
	}
	return nil
}

// readable reports whether a file can be opened, if it is there, without waiting for ever, as for a pipe.
func readable(p string) bool {
	info, err := os.Stat(p)
	return err != nil || info.Mode().IsRegular() || info.IsDir()
}

// readSmall reads a file of the repository, no larger than most bytes.
func readSmall(p string, most int64) (string, error) {
	info, err := os.Stat(p)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return "", errors.New("it is no file, or too large")
	}
	data, err := os.ReadFile(p)
	return string(data), err
}

// ReadFile returns a file of a commit, of at most limit bytes, and the commit's full hash. path is that from the top of the repository.
func (r *Repository) ReadFile(ctx context.Context, ref, path string, limit int64) (data []byte, commit string, err error) {
	t, commit, err := r.tree(ctx, ref)
	if err != nil {
		return nil, commit, err
	}
	name, ok := clean(path)
	if !ok || name == "." {
		return nil, commit, fault.New(fault.Invalid, "%q is no path of a file in the repository", brief(path)).WithHelp("write it from the top of the repository, with slashes and without ..")
	}
	t.limits.file = limit
	data, err = t.ReadFile(name)
	if err != nil {
		return nil, commit, t.explain(err, ref, name)
	}
	if isPointer(data) {
		return nil, commit, fault.New(fault.Invalid, "%s is kept by Git LFS: %s has only a pointer to it", name, brief(ref)).
			WithHelp("take the file out of Git LFS (.gitattributes): it must be readable from the commit itself")
	}
	return data, commit, nil
}

// isPointer reports whether a file is one of Git LFS (github.com/git-lfs/git-lfs, docs/spec.md).
func isPointer(data []byte) bool {
	return len(data) < 1024 && strings.HasPrefix(string(data), "version https://git-lfs.github.com/spec/")
}

// FS returns the files of a commit below path ("" or "." is everything), read-only, and the commit's full hash. It is a [*Tree].
func (r *Repository) FS(ctx context.Context, ref, path string) (fs.FS, string, error) {
	t, commit, err := r.tree(ctx, ref)
	if err != nil {
		return nil, commit, err
	}
	name, ok := clean(path)
	if !ok {
		return nil, commit, fault.New(fault.Invalid, "%q is no path in the repository", brief(path)).WithHelp("write it from the top of the repository, with slashes and without ..")
	}
	sub, err := t.below(name)
	if err != nil {
		return nil, commit, t.explain(err, ref, name)
	}
	return sub, commit, nil
}

// explain says in words for people why a place cannot be read.
func (t *Tree) explain(err error, ref, name string) error {
	var own *fault.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotFound, "%s has no %s", brief(ref), brief(name)).WithHelp("the path is that from the top of the repository: git ls-tree -r --name-only %s", helpRef(ref))
	case errors.Is(err, errNotDir):
		return fault.New(fault.Invalid, "%s of %s is no folder", brief(name), brief(ref))
	case errors.As(err, &own):
		return fault.Wrap(own.Kind, err, "%s of %s cannot be read", brief(name), brief(ref))
	}
	return fault.Wrap(fault.Invalid, err, "%s of %s cannot be read", brief(name), brief(ref))
}

func helpRef(ref string) string {
	if shellSafe.MatchString(ref) {
		return ref
	}
	return "COMMIT"
}
