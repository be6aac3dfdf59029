package file

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// first is the id of the key that two processes may want to make at once.
const first = "0-first"

// Init opens the folder of root keys, which it makes with a first key when there is none. made says that it did: from now on the folder needs a backup.
func Init(dir, newest string, random io.Reader) (root *Root, made bool, err error) {
	there, err := Exists(dir)
	if err != nil {
		return nil, false, err
	}
	if !there {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, false, fault.Wrap(fault.Invalid, err, "the folder of root keys cannot be made")
		}
		if made, err = write(dir, first, random); err != nil {
			return nil, false, err
		}
	}
	root, err = Open(dir, newest)
	return root, made, err
}

// Make makes another root key and returns its id, which sorts behind those made before. It wraps from when the folder is next opened.
func Make(dir string, random io.Reader, now time.Time) (string, error) {
	if err := private(dir); err != nil {
		return "", err
	}
	id := now.UTC().Format("2006-01-02-150405")
	made, err := write(dir, id, random)
	if err == nil && !made {
		err = fault.New(fault.Conflict, "a root key %s was made this second", id)
	}
	return id, err
}

// write writes a key to a file of its own and then links it to its name, which fails when the name is taken: so no one ever reads half a key, and the
// first of two processes wins.
func write(dir, id string, random io.Reader) (made bool, err error) {
	defer func() {
		if err != nil {
			err = fault.Wrap(fault.Unavailable, err, "a root key cannot be made in %s", dir)
		}
	}()
	key := make([]byte, secret.Size)
	defer clear(key)
	if _, err := io.ReadFull(random, key); err != nil {
		return false, err
	}
	tmp, err := os.CreateTemp(dir, ".half-*") // mode 0600
	if err != nil {
		return false, err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // linked by now, or of no use
	_, err = fmt.Fprintln(tmp, hex.EncodeToString(key))
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return false, err
	}
	if err := os.Link(tmp.Name(), filepath.Join(dir, id+suffix)); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return false, nil
		}
		return false, err
	}
	return true, syncDir(dir)
}

// syncDir makes the name durable: what is sealed under a key that a power cut takes away is lost.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || os.IsPermission(err) {
		err = nil // folders of Windows
	}
	return errors.Join(err, d.Close())
}
