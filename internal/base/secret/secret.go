// Package secret has values that cannot be printed, logged or marshalled, and the key of an organisation that seals them.
//
// It promises: a [Value] shows "[secret]" to every verb of fmt and to log/slog, its bytes to no encoder, wherever it stands in a value that is printed; what [Key.Seal] made
// opens under the same key, organisation, purpose and record only, and any changed byte is an error; a key that was destroyed seals nothing.
// It leaves out where keys come from and where they are kept (internal/keys). The bytes are written down in docs/formats/sealed.md.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"c4arch/internal/base/id"
)

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
	ForChecks   Purpose = "checks"   // what shows that a key is the one of before
)

// Key is the key of one organisation. Everything that the organisation has is sealed under it or under what is derived from it: when it is destroyed, all of that is
// unreadable. It is never written down itself: what is kept is wrapped under a root key. It is safe for concurrent use.
type Key struct {
	org id.Org

	mu    sync.Mutex
	root  Value
	aeads map[Purpose]cipher.AEAD // made when first needed; never more than there are purposes
}

// NewKey makes a key of 32 bytes, which it takes over.
func NewKey(org id.Org, b []byte) (*Key, error) {
	if len(b) != Size {
		return nil, fmt.Errorf("a key has %d bytes, not %d", len(b), Size)
	}
	if !org.Valid() {
		return nil, errors.New("a key belongs to an organisation")
	}
	return &Key{org: org, root: New(b), aeads: map[Purpose]cipher.AEAD{}}, nil
}

// Org is whose key it is.
func (k *Key) Org() id.Org { return k.org }

// String is [secret].
func (k *Key) String() string { return shown }

// Format prints [secret] for every verb.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(shown)) }

// MarshalJSON refuses.
func (k *Key) MarshalJSON() ([]byte, error) { return nil, errMarshal }

// Derive is the key for a purpose: HKDF-SHA-256 (RFC 5869) with organisation and purpose as info. It panics when the key was destroyed.
func (k *Key) Derive(p Purpose) Value {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.derive(p)
}

func (k *Key) derive(p Purpose) Value {
	if k.root.Empty() {
		panic("secret: a key was used after it was destroyed") // what was sealed now would be sealed under nothing
	}
	b, err := hkdf.Key(sha256.New, k.root.Expose(), nil, "c4arch/v1/"+string(k.org)+"/"+string(p), Size)
	if err != nil {
		panic(err) // only a length that is too large is refused
	}
	return New(b)
}

// version is the first byte of what is sealed: AES-256-GCM with a random nonce in front.
const version = 1

// Overhead is how many bytes longer what is sealed is: version, nonce and tag.
const Overhead = 1 + 12 + 16

// aead returns the cipher for a purpose; nil when the key was destroyed.
func (k *Key) aead(p Purpose) cipher.AEAD {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a := k.aeads[p]; a != nil || k.root.Empty() {
		return a
	}
	derived := k.derive(p)
	defer derived.Wipe()
	block, err := aes.NewCipher(derived.Expose())
	if err != nil {
		panic(err) // the length is right
	}
	g, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	k.aeads[p] = g
	return g
}

// bound is the associated data. Organisations and purposes hold no zero byte, and the record is last: no two places have the same.
func (k *Key) bound(p Purpose, record string) []byte {
	return []byte("c4arch/v1\x00" + string(k.org) + "\x00" + string(p) + "\x00" + record)
}

// Seal encrypts plain (AES-256-GCM) bound to the organisation, the purpose and the record that it stands in. It panics when the key was destroyed.
func (k *Key) Seal(p Purpose, record string, plain []byte) []byte {
	a := k.aead(p)
	if a == nil {
		panic("secret: a key was used after it was destroyed")
	}
	out := make([]byte, 1, len(plain)+Overhead)
	out[0] = version
	return a.Seal(out, nil, plain, k.bound(p, record))
}

// ErrSealed says that something does not open: another key, organisation, purpose or record, or changed bytes.
var ErrSealed = errors.New("what is sealed does not open: another key, another place, or changed bytes")

// Open decrypts what Seal made.
func (k *Key) Open(p Purpose, record string, sealed []byte) ([]byte, error) {
	a := k.aead(p)
	if a == nil || len(sealed) == 0 || sealed[0] != version {
		return nil, ErrSealed
	}
	plain, err := a.Open(nil, nil, sealed[1:], k.bound(p, record))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Destroy overwrites the key in memory and forgets what was derived from it.
func (k *Key) Destroy() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.root.Wipe()
	k.root = Value{}
	clear(k.aeads)
}
