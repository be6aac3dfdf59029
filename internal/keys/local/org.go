package local

import (
	"crypto/hkdf"
	"crypto/sha256"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// LocalKey is the key of the organisation of a laptop's own history, derived from the machine's key (HKDF-SHA-256, RFC 5869), which also
// makes fingerprints and is never used for two things.
func LocalKey(machine []byte) (*secret.Key, error) {
	if len(machine) < Size {
		return nil, fault.New(fault.Invalid, "the key of this machine has %d bytes, and %d are needed", len(machine), Size)
	}
	b, err := hkdf.Key(sha256.New, machine, nil, "c4arch/v1/home/"+string(id.Local), secret.Size)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(id.Local, b)
}
