// Package local finds the key under which snapshots commit to content and secrets become
// fingerprints, on a machine without an organisation's key service: in the variable C4ARCH_KEY, or
// in a file of the user's configuration directory, made at the first scan.
//
// It promises: a key is at least 32 bytes; a file that others can read is refused; a file is
// there whole or not at all, also when two processes make the first one at once; no error
// quotes a key.
package local

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"c4arch/internal/base/fault"
)

// Variable names the environment variable that holds a key.
const Variable = "C4ARCH_KEY"

// Size is the least length of a key in bytes, and the length of those made here: the output
// length of the hash below HMAC-SHA-256 (RFC 2104 section 3 discourages less).
const Size = 32

// Found is a key and where it comes from.
type Found struct {
	Key  []byte
	From string // Variable, or the path of the file
	Made bool   // the file was made now
}

// Key returns the key in the variable, else the one in the file c4arch/key below the
// directory that configDir returns. When that file is missing it is made.
func Key(getenv func(string) string, configDir func() (string, error)) (Found, error) {
	if text := strings.TrimSpace(getenv(Variable)); text != "" {
		key, err := parse(text)
		if err != nil {
			return Found{}, fault.New(fault.Invalid, "the key in %s cannot be used: %s", Variable, err).
				WithHelp("give at least %d bytes in hexadecimal or base64, as `openssl rand -hex %d` prints them", Size, Size)
		}
		return Found{Key: key, From: Variable}, nil
	}
	base, err := configDir()
	if err != nil {
		return Found{}, fault.Wrap(fault.Invalid, err, "no place for the key file").
			WithHelp("set HOME or XDG_CONFIG_HOME, or give a key in %s", Variable)
	}
	path := filepath.Join(base, "c4arch", "key")
	key, err := read(path)
	if err == nil {
		return Found{Key: key, From: path}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return Found{}, err
	}
	made, err := create(path)
	if err != nil {
		return Found{}, fault.Wrap(fault.Invalid, err, "cannot make the key file %s", path).
			WithHelp("make the directory writable, or give a key in %s", Variable)
	}
	// Read back what stands there: another process may have been first.
	if key, err = read(path); err != nil {
		return Found{}, err
	}
	return Found{Key: key, From: path, Made: made}, nil
}

// parse reads a key in hexadecimal or base64, with or without padding, either alphabet. A text that is
// both is hexadecimal. Its errors never quote the text.
func parse(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	key, err := hex.DecodeString(text)
	if err != nil {
		plain := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
		if key, err = base64.RawStdEncoding.DecodeString(plain); err != nil {
			return nil, errors.New("it is neither hexadecimal nor base64")
		}
	}
	if len(key) < Size {
		return nil, fmt.Errorf("it has %d bytes, and %d are needed", len(key), Size)
	}
	return key, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, fault.Wrap(fault.Invalid, err, "cannot read the key file").WithHelp("or give a key in %s", Variable)
	}
	defer f.Close()
	// The mode is asked of the open file, so that it is the one which is read.
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "cannot read the key file")
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "the key file %s is not a file", path).WithHelp("move it away; the next scan makes a new key")
	}
	// Windows has no such bits; there the profile directory is the user's own.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Denied, "the key file %s can be reached by other users (mode %04o)", path, info.Mode().Perm()).
			WithHelp("run: chmod 600 '%s'", path)
	}
	text := make([]byte, 4096)
	n, err := f.Read(text)
	if err != nil && n == 0 {
		text, n = nil, 0 // an empty file: damaged, as below
	}
	key, err := parse(string(text[:n]))
	if err != nil {
		return nil, fault.New(fault.Invalid, "the key file %s is damaged: %s", path, err).
			WithHelp("restore it from a backup; or remove it, and the next scan makes a new key under which earlier fingerprints cannot be compared")
	}
	return key, nil
}

// create makes the key file and reports whether it was this call that did. The key is written
// to a file of its own first and then linked to its name, which fails when the name is taken:
// so no one ever reads half a key, and the first of two processes wins.
func create(path string) (made bool, err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return false, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return false, err
	}
	key := make([]byte, Size)
	if _, err := rand.Read(key); err != nil {
		return false, err
	}
	tmp, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return false, err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(key) + "\n")
	if err == nil {
		err = tmp.Sync()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return false, err
	}
	err = os.Link(tmp.Name(), path)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrExist):
		return false, nil
	}
	// A file system without hard links. Renaming may replace the key of a process that was a
	// moment earlier; it still never shows half a key.
	if _, err := os.Lstat(path); err == nil {
		return false, nil
	}
	return true, os.Rename(tmp.Name(), path)
}
