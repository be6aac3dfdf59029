package git

import (
	"context"
	"encoding/hex"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"c4arch/internal/base/fault"
)

// Limits of what a reference may ask for.
const (
	maxRef   = 250    // characters
	maxSteps = 10_000 // parents to go back
	maxLinks = 10     // references that name references, tags of tags
)

// ParseRef takes apart what people write for a file of a commit: git:REF or git:REF:PATH. It is false for anything else.
func ParseRef(s string) (ref, path string, ok bool) {
	rest, ok := strings.CutPrefix(s, "git:")
	if !ok {
		return "", "", false
	}
	ref, path, _ = strings.Cut(rest, ":")
	if _, _, ok := parseRevision(ref); !ok {
		return "", "", false
	}
	if _, ok := clean(path); !ok {
		return "", "", false
	}
	return ref, path, true
}

// step is one ~N or ^N.
type step struct {
	parent int // which parent, from 1; 0 is the commit itself
	times  int
}

var (
	hashForm  = regexp.MustCompile(`^[0-9a-fA-F]{4,40}$`)
	stateForm = regexp.MustCompile(`^[A-Z]+(_HEAD)?$`) // HEAD, FETCH_HEAD, ORIG_HEAD
	stepForm  = regexp.MustCompile(`[~^][0-9]*`)
	stepsForm = regexp.MustCompile(`^([~^][0-9]*)*$`)
)

// parseRevision takes a revision apart into a name and what stands behind it: ~N and ^N. Of gitrevisions(7) that is what names a commit by
// its place; what searches (:/text, @{time}) is not taken.
func parseRevision(s string) (name string, steps []step, ok bool) {
	i := strings.IndexAny(s, "~^")
	if i < 0 {
		i = len(s)
	}
	name, rest := s[:i], s[i:]
	if len(s) > maxRef || !validName(name) || !stepsForm.MatchString(rest) {
		return "", nil, false
	}
	total := 0
	for _, op := range stepForm.FindAllString(rest, -1) {
		n := 1
		if len(op) > 1 {
			var err error
			if n, err = strconv.Atoi(op[1:]); err != nil || n > maxSteps {
				return "", nil, false
			}
		}
		st := step{parent: n, times: 1}
		if op[0] == '~' {
			st = step{parent: 1, times: n}
		}
		if total += st.times; total > maxSteps {
			return "", nil, false
		}
		steps = append(steps, st)
	}
	if name == "@" {
		name = "HEAD"
	}
	return name, steps, true
}

// validName follows git-check-ref-format(1), so that a name can be no other path than that of a reference.
func validName(s string) bool {
	if s == "" || s[0] == '-' || s[0] == '/' || strings.HasSuffix(s, "/") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") ||
		strings.Contains(s, "//") || strings.Contains(s, "@{") || strings.ContainsAny(s, "~^:?*[\\ ") {
		return false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return false
		}
	}
	for part := range strings.SplitSeq(s, "/") {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// Resolve returns the full hash of the commit that a reference names: a branch, a tag, a branch of a remote (origin/main), HEAD, a
// hash or the beginning of one, each with ~N or ^N behind it. A name that is none of these is looked for among the
// branches of origin at last, since a runner that checked out a pull request has its target only there.
func (r *Repository) Resolve(ref string) (commit string, err error) {
	c, err := r.commit(context.Background(), ref)
	if err != nil {
		return "", err
	}
	return c.Hash.String(), nil
}

func (r *Repository) commit(ctx context.Context, ref string) (*object.Commit, error) {
	name, steps, ok := parseRevision(ref)
	if !ok {
		return nil, fault.New(fault.Invalid, "%q is not the name of a commit", brief(ref)).
			WithHelp("name a branch, a tag, origin/main, HEAD, HEAD~1 or a hash")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := r.named(name)
	if err != nil {
		return nil, err
	}
	for _, st := range steps {
		for range st.times {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if c, err = r.parent(c, st.parent, ref); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (r *Repository) parent(c *object.Commit, n int, ref string) (*object.Commit, error) {
	if n == 0 {
		return c, nil
	}
	if n > len(c.ParentHashes) {
		return nil, fault.New(fault.NotFound, "%s goes back further than the history: the commit %s has %d parents", brief(ref), c.Hash.String()[:12], len(c.ParentHashes))
	}
	p, err := object.GetCommit(r.from, c.ParentHashes[n-1])
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		e := fault.New(fault.NotFound, "%s is not in this clone", brief(ref))
		if r.shallow() {
			return nil, e.WithHelp("the clone is shallow: fetch more of its history with git fetch --deepen=%d", maxDeepen)
		}
		return nil, e.WithHelp("an object is missing: git fsck says more")
	}
	return p, err
}

const maxDeepen = 50

// named finds the commit that a name without steps stands for.
func (r *Repository) named(name string) (*object.Commit, error) {
	if len(name) == 40 && hashForm.MatchString(name) {
		return r.peel(plumbing.NewHash(name), name)
	}
	if h, ok, err := r.reference(name); err != nil || ok {
		if err != nil {
			return nil, err
		}
		return r.peel(h, name)
	}
	if hashForm.MatchString(name) {
		if c, err := r.abbreviated(name); err != nil || c != nil {
			return c, err
		}
	}
	if h, ok, err := r.follow("refs/remotes/origin/" + name); err != nil || ok {
		if err != nil {
			return nil, err
		}
		return r.peel(h, name)
	}
	return nil, r.unknown(name)
}

// reference looks a name up where gitrevisions(7) says, in that order.
func (r *Repository) reference(name string) (plumbing.Hash, bool, error) {
	if stateForm.MatchString(name) {
		if h, ok, err := r.state(name); err != nil || ok {
			return h, ok, err
		}
	}
	full := []string{"refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name, "refs/remotes/" + name + "/HEAD"}
	if strings.HasPrefix(name, "refs/") {
		full = append([]string{name}, full...)
	}
	for _, f := range full {
		if h, ok, err := r.follow(f); err != nil || ok {
			return h, ok, err
		}
	}
	return plumbing.ZeroHash, false, nil
}

// state reads a reference of this working tree, such as HEAD, from its file: a linked worktree has its own.
func (r *Repository) state(name string) (plumbing.Hash, bool, error) {
	text, err := readSmall(filepath.Join(r.gitDir, name), maxLinkFile)
	if err != nil {
		return plumbing.ZeroHash, false, nil // not there: another reference may have the name
	}
	line, _, _ := strings.Cut(text, "\n")
	if target, ok := strings.CutPrefix(strings.TrimSpace(line), "ref: "); ok {
		if !validName(target) || !strings.HasPrefix(target, "refs/") {
			return plumbing.ZeroHash, false, fault.New(fault.Invalid, "%s of the repository names no reference", name)
		}
		h, ok, err := r.follow(target)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "%s names a branch that has no commit yet", name).WithHelp("commit something first")
		}
		return h, ok, err
	}
	word, _, _ := strings.Cut(strings.TrimSpace(line), "\t") // FETCH_HEAD says more behind it
	if len(word) != 40 || !hashForm.MatchString(word) {
		return plumbing.ZeroHash, false, nil
	}
	return plumbing.NewHash(word), true, nil
}

// follow reads a reference, and those that it names.
func (r *Repository) follow(name string) (plumbing.Hash, bool, error) {
	for range maxLinks {
		if !validName(name) || !strings.HasPrefix(name, "refs/") {
			return plumbing.ZeroHash, false, nil
		}
		if !readable(filepath.Join(r.common, filepath.FromSlash(name))) {
			return plumbing.ZeroHash, false, nil
		}
		ref, err := r.refs.Reference(plumbing.ReferenceName(name))
		switch {
		case errors.Is(err, plumbing.ErrReferenceNotFound):
			return plumbing.ZeroHash, false, nil
		case err != nil:
			return plumbing.ZeroHash, false, nil // a folder, or no reference: git passes it over too
		case ref.Type() == plumbing.HashReference:
			return ref.Hash(), true, nil
		}
		name = ref.Target().String()
	}
	return plumbing.ZeroHash, false, fault.New(fault.Invalid, "a reference of the repository names others in a circle").WithHelp("git fsck says more")
}

// peel goes from a tag to its commit.
func (r *Repository) peel(h plumbing.Hash, name string) (*object.Commit, error) {
	for range maxLinks {
		o, err := r.from.EncodedObject(plumbing.AnyObject, h)
		switch {
		case errors.Is(err, plumbing.ErrObjectNotFound):
			return nil, r.unknown(name)
		case err != nil:
			return nil, err
		}
		switch o.Type() {
		case plumbing.CommitObject:
			c, err := object.DecodeCommit(r.from, o)
			if err != nil {
				return nil, damaged(h)
			}
			return c, nil
		case plumbing.TagObject:
			t, err := object.DecodeTag(r.from, o)
			if err != nil {
				return nil, damaged(h)
			}
			h = t.Target
		default:
			return nil, fault.New(fault.Invalid, "%s is a %s and not a commit", brief(name), o.Type())
		}
	}
	return nil, fault.New(fault.Invalid, "%s is a tag of a tag of a tag, more than %d deep", brief(name), maxLinks)
}

// abbreviated finds the one commit or tag whose hash begins so; nil when there is none.
func (r *Repository) abbreviated(name string) (*object.Commit, error) {
	whole, err := hex.DecodeString(name[:len(name)/2*2])
	if err != nil {
		return nil, fault.New(fault.Invalid, "%q is not the beginning of a hash", brief(name))
	}
	list, err := r.from.withPrefix(whole)
	if err != nil {
		return nil, err
	}
	var found []plumbing.Hash
	for _, h := range list {
		if !strings.HasPrefix(h.String(), strings.ToLower(name)) || slices.Contains(found, h) {
			continue
		}
		o, err := r.from.EncodedObject(plumbing.AnyObject, h)
		if err == nil && (o.Type() == plumbing.CommitObject || o.Type() == plumbing.TagObject) {
			found = append(found, h)
		}
		if len(found) > 1 {
			return nil, fault.New(fault.Conflict, "%s is the beginning of more than one hash", brief(name)).WithHelp("write more of it")
		}
	}
	if len(found) == 0 {
		return nil, nil // the caller goes on looking
	}
	return r.peel(found[0], name)
}

func (r *Repository) shallow() bool {
	if r.refs == nil { // what was fetched is one commit
		return true
	}
	list, err := r.refs.Shallow()
	return err == nil && len(list) > 0
}

// unknown says that there is no such commit here, and how to get it.
func (r *Repository) unknown(name string) error {
	e := fault.New(fault.NotFound, "this clone has no commit %s", brief(name))
	branch := strings.TrimPrefix(strings.TrimPrefix(name, "refs/remotes/"), "origin/")
	switch {
	case !shellSafe.MatchString(branch) || stateForm.MatchString(branch):
		return e.WithHelp("git branch --all and git tag list what there is")
	case hashForm.MatchString(branch) && len(branch) < 40:
		return e.WithHelp("if it is the beginning of a hash, write all 40 characters, or fetch more of the history: git fetch --unshallow")
	case hashForm.MatchString(branch):
		return e.WithHelp("fetch it: git fetch --depth=1 origin %s", branch)
	case r.shallow():
		return e.WithHelp("the clone is shallow; fetch it: git fetch --depth=1 origin %s:refs/remotes/origin/%s", branch, branch)
	}
	return e.WithHelp("git branch --all and git tag list what there is; a branch of the remote comes with git fetch --depth=1 origin %s:refs/remotes/origin/%s", branch, branch)
}

// shellSafe are names that can stand in a command that people paste.
var shellSafe = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

// brief keeps a name from flooding an error or drawing on a terminal.
func brief(s string) string {
	if len(s) > 100 {
		s = s[:100] + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return '?'
		}
		return r
	}, s)
}
