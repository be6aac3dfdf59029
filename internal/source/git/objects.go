package git

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"c4arch/internal/base/fault"
)

var errNotDir = syscall.ENOTDIR

// maxMeta bounds a commit, a tag or a tree, in bytes: a folder of a million files is a tree of some 40 MB.
const maxMeta = 64 << 20

// maxHeader bounds the words before an object, as in "blob 123".
const maxHeader = 32

// store is one folder of objects.
type store struct {
	dir   string // "" where there is none: all is in packs
	packs packs
}

// packs are objects that are packed in a repository on disk, or held in memory.
type packs interface {
	EncodedObjectSize(h plumbing.Hash) (int64, error)
	EncodedObject(t plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error)
	HashesWithPrefix(prefix []byte) ([]plumbing.Hash, error)
	Close() error
}

// objects are those of a repository and of all that it borrows from. It stands between the library and the repository: what
// it hands out is of the size that it says it is, within the limit, and hashes to its name.
type objects struct {
	storer.EncodedObjectStorer // nothing else is asked for
	stores                     []store
	limit                      int64 // of a blob; maxMeta of the others
}

var _ storer.EncodedObjectStorer = (*objects)(nil)

// EncodedObject returns an object.
func (o *objects) EncodedObject(t plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error) {
	for _, s := range o.stores {
		kind, data, err := o.loose(s.dir, h)
		if errors.Is(err, fs.ErrNotExist) {
			kind, data, err = o.packed(s.packs, h)
		}
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if plumbing.ComputeHash(kind, data) != h {
			return nil, damaged(h)
		}
		if t != plumbing.AnyObject && t != kind {
			return nil, plumbing.ErrObjectNotFound
		}
		m := &plumbing.MemoryObject{}
		m.SetType(kind)
		_, err = m.Write(data)
		return m, err
	}
	return nil, plumbing.ErrObjectNotFound
}

func damaged(h plumbing.Hash) error {
	return fault.New(fault.Invalid, "the object %s of the repository is damaged", h).WithHelp("git fsck says more; a fresh clone has it whole")
}

func (o *objects) fits(kind plumbing.ObjectType, size int64) error {
	most := int64(maxMeta)
	if kind == plumbing.BlobObject {
		most = o.limit
	}
	if size > most {
		return fault.New(fault.Limited, "it has more than %d bytes", most)
	}
	return nil
}

// loose reads an object that has a file of its own: a header, the content, both compressed by zlib. What follows the size that the header
// says is never inflated.
func (o *objects) loose(dir string, h plumbing.Hash) (plumbing.ObjectType, []byte, error) {
	f, r, err := openLoose(dir, h)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	kind, size, ok := header(r)
	if !ok {
		return 0, nil, damaged(h)
	}
	if err := o.fits(kind, size); err != nil {
		return 0, nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, size+1))
	if err != nil || int64(len(data)) != size {
		return 0, nil, damaged(h)
	}
	return kind, data, nil
}

func header(r *bufio.Reader) (kind plumbing.ObjectType, size int64, ok bool) {
	text, err := r.Peek(maxHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, false
	}
	end := bytes.IndexByte(text, 0)
	if end < 0 {
		return 0, 0, false
	}
	word, digits, _ := strings.Cut(string(text[:end]), " ")
	kind, err = plumbing.ParseObjectType(word)
	if err != nil {
		return 0, 0, false
	}
	size, err = strconv.ParseInt(digits, 10, 64)
	if err != nil || size < 0 || fmt.Sprint(size) != digits {
		return 0, 0, false
	}
	_, err = r.Discard(end + 1)
	return kind, size, err == nil
}

// packed reads an object from the packs. Its size stands before it, so that one that is too large is not unpacked.
func (o *objects) packed(s packs, h plumbing.Hash) (plumbing.ObjectType, []byte, error) {
	size, err := s.EncodedObjectSize(h)
	if err != nil {
		return 0, nil, unpack(h, err)
	}
	if size > max(o.limit, maxMeta) {
		return 0, nil, o.fits(plumbing.BlobObject, size)
	}
	obj, err := s.EncodedObject(plumbing.AnyObject, h)
	if err != nil {
		return 0, nil, unpack(h, err)
	}
	if err := o.fits(obj.Type(), size); err != nil {
		return 0, nil, err
	}
	r, err := obj.Reader()
	if err != nil {
		return 0, nil, unpack(h, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, size+1))
	if err != nil {
		return 0, nil, unpack(h, err)
	}
	return obj.Type(), data, nil
}

// size returns that of an object, as the header before it says.
func (o *objects) size(h plumbing.Hash) (int64, error) {
	for _, s := range o.stores {
		size, err := looseSize(s.dir, h)
		if errors.Is(err, fs.ErrNotExist) {
			size, err = s.packs.EncodedObjectSize(h)
		}
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			continue
		}
		return size, err
	}
	return 0, plumbing.ErrObjectNotFound
}

func looseSize(dir string, h plumbing.Hash) (int64, error) {
	f, r, err := openLoose(dir, h)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	_, size, ok := header(r)
	if !ok {
		return 0, damaged(h)
	}
	return size, nil
}

// openLoose opens the file of an object and what inflates it.
func openLoose(dir string, h plumbing.Hash) (io.Closer, *bufio.Reader, error) {
	if dir == "" {
		return nil, nil, fs.ErrNotExist
	}
	name := h.String()
	p := filepath.Join(dir, "objects", name[:2], name[2:])
	if !readable(p) {
		return nil, nil, damaged(h)
	}
	f, err := os.Open(p)
	if err != nil {
		return nil, nil, err
	}
	z, err := zlib.NewReader(f)
	if err != nil {
		return nil, nil, errors.Join(damaged(h), f.Close())
	}
	return f, bufio.NewReaderSize(z, 4096), nil
}

func unpack(h plumbing.Hash, err error) error {
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return err
	}
	return fault.Wrap(fault.Invalid, err, "the object %s of the repository is damaged", h).WithHelp("git fsck says more; a fresh clone has it whole")
}

// withPrefix returns the names of objects that begin so; at most a few are of use.
func (o *objects) withPrefix(prefix []byte) ([]plumbing.Hash, error) {
	var all []plumbing.Hash
	for _, s := range o.stores {
		found, err := s.packs.HashesWithPrefix(prefix)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "the objects of the repository cannot be listed")
		}
		all = append(all, found...)
	}
	return all, nil
}
