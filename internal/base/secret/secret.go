// Package secret has values that cannot be printed, logged or marshalled, and the key of an organisation that seals them.
//
// It promises: a [Value] shows "[secret]" to every verb of fmt, to log/slog and to every encoder; what [Key.Seal] made opens under the same key, organisation,
// purpose and record only, and any changed byte is an error. It leaves out where keys come from and where they are kept (internal/keys).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"

	"c4arch/internal/base/id"
)

// Value is a secret. The zero value is empty.
type Value struct{ b []byte }

const shown = "[secret]"

// New takes b over.
func New(b []byte) Value { return Value{b: b} }

// Expose returns the bytes. Every caller is one to look at in a review.
func (v Value) Expose() []byte { return v.b }

// Empty reports whether there is nothing in it.
func (v Value) Empty() bool { return len(v.b) == 0 }

// Wipe overwrites it, as far as the runtime allows.
func (v Value) Wipe() { clear(v.b) }

// Format prints [secret] for every verb.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(shown)) }

// String is [secret].
func (v Value) String() string { return shown }

// GoString is [secret].
func (v Value) GoString() string { return shown }

// LogValue is [secret].
func (v Value) LogValue() slog.Value { return slog.StringValue(shown) }

var errMarshal = errors.New("a secret is not written")

// MarshalJSON refuses.
func (v Value) MarshalJSON() ([]byte, error) { return nil, errMarshal }

// MarshalText refuses.
func (v Value) MarshalText() ([]byte, error) { return nil, errMarshal }

// MarshalBinary refuses.
func (v Value) MarshalBinary() ([]byte, error) { return nil, errMarshal }

// GobEncode refuses.
func (v Value) GobEncode() ([]byte, error) { return nil, errMarshal }

// Size is the length of a key in bytes.
const Size = 32

// Purpose is what a key or a sealed text is for. What was sealed for one opens for no other.
type Purpose string

// The purposes.
const (
	ForDatabase Purpose = "database" // the file of an organisation
	ForObjects  Purpose = "objects"  // large things
	ForLedger   Purpose = "ledger"   // values and salts of ledger entries
	ForSecrets  Purpose = "secrets"  // credentials of connections
	ForEvidence Purpose = "evidence" // commitments and fingerprints of a scan
	ForNames    Purpose = "names"    // names of objects
	ForRecords  Purpose = "records"  // fields of records
	ForSigning  Purpose = "signing"  // the seed of the key that signs checkpoints
)

// Key is the key of one organisation. Everything that the organisation has is sealed under it or under what is derived from it: when it is destroyed, all of that is
// unreadable. It is never written down itself: what is kept is wrapped under a root key.
type Key struct {
	org  id.Org
	root Value
}

// NewKey makes a key of 32 bytes.
func NewKey(org id.Org, b []byte) (*Key, error) {
	if len(b) != Size {
		return nil, fmt.Errorf("a key has %d bytes, not %d", len(b), Size)
	}
	if !org.Valid() {
		return nil, errors.New("a key belongs to an organisation")
	}
	return &Key{org: org, root: New(b)}, nil
}

// Org is whose key it is.
func (k *Key) Org() id.Org { return k.org }

// Derive is the key for a purpose: HKDF-SHA-256 (RFC 5869) with organisation and purpose as info.
func (k *Key) Derive(p Purpose) Value {
	b, err := hkdf.Key(sha256.New, k.root.b, nil, "c4arch/v1/"+string(k.org)+"/"+string(p), Size)
	if err != nil {
		panic(err) // only a length that is too large is refused
	}
	return New(b)
}

// version is the first byte of what is sealed: AES-256-GCM with a random nonce in front.
const version = 1

func (k *Key) aead(p Purpose) cipher.AEAD {
	block, err := aes.NewCipher(k.Derive(p).b)
	if err != nil {
		panic(err) // the length is right
	}
	g, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return g
}

func (k *Key) bound(p Purpose, record string) []byte {
	return []byte("c4arch/v1\x00" + string(k.org) + "\x00" + string(p) + "\x00" + record)
}

// Seal encrypts plain (AES-256-GCM) bound to the organisation, the purpose and the record that it stands in.
func (k *Key) Seal(p Purpose, record string, plain []byte) []byte {
	return k.aead(p).Seal([]byte{version}, nil, plain, k.bound(p, record))
}

// ErrSealed says that something does not open: another key, organisation, purpose or record, or changed bytes.
var ErrSealed = errors.New("what is sealed does not open: another key, another place, or changed bytes")

// Open decrypts what Seal made.
func (k *Key) Open(p Purpose, record string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != version {
		return nil, ErrSealed
	}
	plain, err := k.aead(p).Open(nil, nil, sealed[1:], k.bound(p, record))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Destroy overwrites the key in memory.
func (k *Key) Destroy() { k.root.Wipe() }
