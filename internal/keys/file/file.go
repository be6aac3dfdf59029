// Package file keeps root keys in a folder, one file each: ID.root, 32 bytes in hexadecimal.
//
// It promises: a folder or a file that others can reach or write is refused, as is one that is somebody else's; a file is there whole or not at all, also when
// two processes make the first one at once; wrapping is AES-256-GCM bound to organisation and root key. It leaves out the protection that a
// machine of its own gives: who can read the folder and the database can read everything.
package file

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/keys/ring"
)

// Scheme is the scheme of these root keys in a ring.
const Scheme = "file"

const (
	suffix  = ".root"
	maxKeys = 100
)

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,40}$`)

// Root is the root keys of a folder, as they were when it was opened.
type Root struct {
	dir    string
	newest string
	keys   map[string]secret.Value
}

var _ ring.Root = (*Root)(nil)

// Open reads the root keys of a folder. newest is the id of the one that wraps; "" means the one whose id sorts last, which of those that Make
// named is the latest.
func Open(dir, newest string) (*Root, error) {
	if err := private(dir); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the folder of root keys cannot be read")
	}
	r := &Root{dir: dir, newest: newest, keys: map[string]secret.Value{}}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if !ok || strings.HasPrefix(name, ".") {
			continue // half a file, or not ours
		}
		if !idForm.MatchString(name) || len(r.keys) == maxKeys {
			return nil, fault.New(fault.Invalid, "the root key %.60q in %s has a name that it may not have, or is one of more than %d", name, dir, maxKeys)
		}
		if r.keys[name], err = read(dir, name); err != nil {
			return nil, err
		}
	}
	if len(r.keys) == 0 {
		return nil, fault.New(fault.Invalid, "there is no root key in %s", dir).WithHelp("restore it from a backup: without it nothing that is sealed can be read")
	}
	if r.newest == "" {
		r.newest = slices.Max(slices.Collect(maps.Keys(r.keys)))
	}
	if _, ok := r.keys[r.newest]; !ok {
		return nil, fault.New(fault.Invalid, "the root key %.60q, which the configuration names, is not in %s", r.newest, dir)
	}
	return r, nil
}

// Close overwrites the keys in memory.
func (r *Root) Close() {
	for _, k := range r.keys {
		k.Wipe()
	}
}

// IDs are the ids of the root keys, in order.
func (r *Root) IDs() []string { return slices.Sorted(maps.Keys(r.keys)) }

// Newest is the id of the root key that wraps.
func (r *Root) Newest(context.Context) (string, error) { return r.newest, nil }

func (r *Root) aead(id string) (cipher.AEAD, error) {
	key, ok := r.keys[id]
	if !ok {
		return nil, fault.New(fault.Unavailable, "the root key %.60q is not in %s", id, r.dir).WithHelp("put its file back, or restore it from a backup")
	}
	// The key in the file is for wrapping alone, and says so.
	derived, err := hkdf.Key(sha256.New, key.Expose(), nil, "c4arch/root/v1/wrap", secret.Size)
	if err != nil {
		return nil, err
	}
	defer clear(derived)
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Wrap encrypts plain under a root key.
func (r *Root) Wrap(_ context.Context, b ring.Bound, plain []byte) ([]byte, error) {
	a, err := r.aead(b.Name)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, plain, b.Bytes()), nil
}

// Unwrap decrypts what Wrap made.
func (r *Root) Unwrap(_ context.Context, b ring.Bound, wrapped []byte) ([]byte, error) {
	a, err := r.aead(b.Name)
	if err != nil {
		return nil, err
	}
	plain, err := a.Open(nil, nil, wrapped, b.Bytes())
	if err != nil {
		return nil, fault.New(fault.Internal, "the key of organisation %s does not open under the root key %s", b.Org, b.Root()).
			WithHelp("it was wrapped for another organisation, or under another key with the same id, or was changed: restore either from a backup")
	}
	return plain, nil
}

// State says that the keys are files.
func (r *Root) State(context.Context) ring.State {
	return ring.State{
		Scheme: Scheme, Name: r.newest, Protection: ring.Folder,
		Detail: []string{strconv.Itoa(len(r.keys)) + " root keys in " + r.dir, "who reads that folder and the data reads everything: keep it on another volume and in another backup"},
	}
}

// Exists reports whether there is a root key in the folder.
func Exists(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fault.Wrap(fault.Invalid, err, "the folder of root keys cannot be read")
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		return ok && idForm.MatchString(name)
	}), nil
}
