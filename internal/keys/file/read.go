package file

import (
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/keys/own"
)

const maxText = 256

func private(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the folder of root keys cannot be read")
	}
	if !info.IsDir() {
		return fault.New(fault.Invalid, "%s is not a folder of root keys", dir)
	}
	return own.Check(dir, info)
}

// read reads one key. What is asked about it is asked of the open file, so that it is the one which is read.
func read(dir, id string) (secret.Value, error) {
	path := filepath.Join(dir, id+suffix)
	f, err := os.Open(path)
	if err != nil {
		return secret.Value{}, fault.Wrap(fault.Invalid, err, "the root key %s cannot be read", id)
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return secret.Value{}, fault.New(fault.Invalid, "the root key %s is not a file", path)
	}
	if err := own.Check(path, info); err != nil {
		return secret.Value{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxText))
	defer clear(text)
	if err != nil {
		return secret.Value{}, fault.Wrap(fault.Invalid, err, "the root key %s cannot be read", id)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != secret.Size {
		// The cause would quote a character of the key.
		return secret.Value{}, fault.New(fault.Invalid, "the root key %s is damaged: it is not %d bytes in hexadecimal", path, secret.Size).
			WithHelp("restore it from a backup; a new one does not open what this one wrapped")
	}
	return secret.New(key), nil
}
