// Package blob keeps objects in a folder or in a bucket of an object store: bytes under a random name, written once and never changed.
//
// It promises: an object that Write and then Sync acknowledged is there after a power cut, whole; under its
// final name there is never half an object; a bucket is reached through the client that is handed in and no other. It leaves out what is in the objects
// (package home seals them), which of them are needed, and names
// with a meaning: who may write an object has to remember its name first, so that leftovers can be told.
package blob

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"c4arch/internal/base/fault"
)

// MaxSize is the largest object, in bytes.
const MaxSize = 256 << 20

const (
	suffix = ".pack"
	half   = ".tmp" // what is being written
)

var nameForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Folder is where the objects are.
type Folder struct{ dir string }

// Create makes the folder.
func Create(dir string) (*Folder, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fail(err, "the folder of objects cannot be made")
	}
	return &Folder{dir: dir}, nil
}

// Open opens a folder that is there.
func Open(dir string) (*Folder, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, fault.New(fault.Internal, "the folder of objects %s is missing", dir).WithHelp("restore it from a backup")
	}
	return &Folder{dir: dir}, nil
}

// Name makes a name that nobody has used: 128 random bits.
func Name() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// has reports whether a whole object has that name.
func (f *Folder) has(name string) bool {
	path, err := f.path(name)
	if err != nil {
		return false
	}
	_, err = os.Lstat(path)
	return err == nil
}

func (f *Folder) path(name string) (string, error) {
	if !nameForm.MatchString(name) {
		return "", fault.New(fault.Internal, "an object is not called %.40q", name).WithHelp("run c4arch fsck")
	}
	return filepath.Join(f.dir, name+suffix), nil
}

// Write writes an object: into a file beside, which is synced and then renamed. It is durable after Sync.
func (f *Folder) Write(name string, data []byte) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if len(data) > MaxSize {
		return fault.New(fault.Limited, "an object is larger than %d bytes", MaxSize)
	}
	tmp := filepath.Join(f.dir, name+half)
	if err := writeSynced(tmp, data); err != nil {
		if !errors.Is(err, fs.ErrExist) {
			_ = os.Remove(tmp) // the error that counts is the first
		}
		return fail(err, "an object cannot be written")
	}
	if err := os.Rename(tmp, path); err != nil {
		_ = os.Remove(tmp)
		return fail(err, "an object cannot be written")
	}
	return nil
}

func writeSynced(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Sync makes the names of what was written, and removed, durable.
func (f *Folder) Sync() error { return SyncDir(f.dir) }

// SyncDir makes the names in a folder durable. Where the system cannot sync a folder, it has no such need.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fail(err, "a folder cannot be opened")
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) || os.IsPermission(err) {
		err = nil // folders of Windows and of some file servers
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return fail(err, "a folder cannot be synced")
	}
	return nil
}

// Read returns an object; notfound when there is none.
func (f *Folder) Read(name string) ([]byte, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "the object %s is missing", name)
		}
		return nil, fail(err, "the object "+name+" cannot be read")
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxSize {
		return nil, fault.New(fault.Internal, "the object %s is no file, or is larger than any that was written", name)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, fail(err, "the object "+name+" cannot be read")
	}
	return data, nil
}

// Remove removes an object, and what was left of writing it; what is not there is no error.
func (f *Folder) Remove(name string) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	for _, p := range []string{path, filepath.Join(f.dir, name+half)} {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fail(err, "an object cannot be removed")
		}
	}
	return nil
}

// Info is an object in the folder, or what was left of writing one.
type Info struct {
	Name string
	Size int64
	At   time.Time
	Half bool // it was never finished
}

// List tells what is in the folder, in the order of the names. Files that are called otherwise are not ours and are left alone.
func (f *Folder) List() ([]Info, error) {
	files, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fail(err, "the folder of objects cannot be read")
	}
	var list []Info
	for _, e := range files {
		name, whole := strings.CutSuffix(e.Name(), suffix)
		if !whole {
			name = strings.TrimSuffix(e.Name(), half)
		}
		info, err := e.Info()
		if err != nil || !nameForm.MatchString(name) {
			continue // gone meanwhile, or not ours
		}
		list = append(list, Info{Name: name, Size: info.Size(), At: info.ModTime(), Half: !whole})
	}
	return list, nil
}

func fail(err error, what string) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG):
		return fault.Wrap(fault.Unavailable, err, "%s", what).WithHelp("the disk is full: nothing was changed; make room and try again")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.Wrap(fault.Denied, err, "%s", what).WithHelp("give the folder to the user who runs c4arch")
	}
	return fault.Wrap(fault.Unavailable, err, "%s", what)
}

// Size is how large an object is, and 0 when it is not there.
func (f *Folder) Size(name string) int64 {
	path, err := f.path(name)
	if err != nil {
		return 0
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
