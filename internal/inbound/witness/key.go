package witness

import (
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/ledger"
)

const (
	keyFile   = "key"
	keyHeader = "c4arch-witness-key/v1"
	seedSize  = 32
)

// Create makes a new witness in a directory that is empty or not there: a key under that name, and a state in which nothing was cosigned. The state comes first, so that a
// key without one is never a fresh start.
func Create(dir, name string, random io.Reader) error {
	seed := make([]byte, seedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return fault.Wrap(fault.Internal, err, "no randomness for the key of the witness")
	}
	if _, err := ledger.NewCosigner(name, seed, nil); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(fault.Invalid, err, "make the directory of the witness")
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "read the directory of the witness")
	}
	if len(found) > 0 {
		return fault.New(fault.Conflict, "the directory %s is not empty", dir).WithHelp("a witness that is there is used as it is; give an empty directory for a new one")
	}
	if err := writeFile(dir, stateFile, encodeState(nil)); err != nil {
		return fault.Wrap(fault.Unavailable, err, "write the state of the witness")
	}
	text := keyHeader + " " + name + " " + base64.StdEncoding.EncodeToString(seed) + "\n"
	if err := writeFile(dir, keyFile, []byte(text)); err != nil {
		return fault.Wrap(fault.Unavailable, err, "write the key of the witness")
	}
	return nil
}

// Exists reports whether a directory has a witness.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, keyFile))
	return err == nil
}

// readKey reads the key, which nobody but its owner may be able to read.
func readKey(dir string, now func() time.Time) (*ledger.Signer, error) {
	name := filepath.Join(dir, keyFile)
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "there is no witness in %s", dir).WithHelp("make one first")
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "read the key of the witness")
	}
	if tooOpen(info) {
		return nil, fault.New(fault.Invalid, "the key of the witness, %s, can be read by others", name).WithHelp("chmod 600 %s; if others may have read it, make a new witness", name)
	}
	b, err := readFile(name, 4096)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "read the key of the witness")
	}
	parts := strings.Fields(string(b))
	if len(parts) != 3 || parts[0] != keyHeader {
		return nil, fault.New(fault.Invalid, "%s is no key of a witness", name)
	}
	seed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(seed) != seedSize {
		return nil, fault.New(fault.Invalid, "%s is no key of a witness", name)
	}
	return ledger.NewCosigner(parts[1], seed, now)
}
