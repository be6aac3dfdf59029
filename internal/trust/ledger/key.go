package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/fault"
)

// Algorithm is the type byte of a signature of a note (c2sp.org/signed-note).
type Algorithm byte

// The algorithms. MLDSA44 is reserved: a key with it is recognised and refused by name.
const (
	Ed25519     Algorithm = 0x01 // signs the text of the note: a log
	Cosignature Algorithm = 0x04 // Ed25519 with a time, cosignature/v1 (c2sp.org/tlog-cosignature): a witness
	MLDSA44     Algorithm = 0x06
)

// Key is a public key, with the name under which it signs. It is a note.Verifier.
type Key struct {
	name      string
	algorithm Algorithm
	public    [ed25519.PublicKeySize]byte
	id        uint32
}

func newKey(name string, a Algorithm, public []byte) Key {
	k := Key{name: name, algorithm: a, public: [ed25519.PublicKeySize]byte(public)}
	sum := sha256.Sum256(append(append([]byte(name), '\n', byte(a)), public...))
	k.id = binary.BigEndian.Uint32(sum[:])
	return k
}

// Name is the name of the key.
func (k Key) Name() string { return k.name }

// KeyHash is the id of the key: the first four bytes of SHA-256(name || 0x0A || algorithm || public key).
func (k Key) KeyHash() uint32 { return k.id }

// Algorithm is what the key signs with.
func (k Key) Algorithm() Algorithm { return k.algorithm }

// Verify reports whether sig is the key's signature of the text of a note.
func (k Key) Verify(text, sig []byte) bool {
	switch k.algorithm {
	case Ed25519:
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(k.public[:], text, sig)
	case Cosignature:
		at, ok := cosignedAt(sig)
		return ok && ed25519.Verify(k.public[:], cosigned(at, text), sig[8:])
	}
	return false
}

// String writes the key as text, a vkey of c2sp.org/signed-note: <name>+<id>+<base64 of algorithm and public key>.
func (k Key) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.name, k.id, base64.StdEncoding.EncodeToString(append([]byte{byte(k.algorithm)}, k.public[:]...)))
}

// ParseKey reads what String writes.
func ParseKey(text string) (Key, error) {
	bad := fault.New(fault.Invalid, "this is no key of a log or a witness").WithHelp("a key is one line: <name>+<8 hexadecimal digits>+<base64>")
	name, rest, _ := strings.Cut(text, "+")
	hash, data, ok := strings.Cut(rest, "+")
	if !ok || !validKeyName(name) || len(hash) != 8 || len(text) > 4096 {
		return Key{}, bad
	}
	b, err := strict.DecodeString(data)
	if err != nil || len(b) == 0 || strings.ContainsAny(data, "\r\n") {
		return Key{}, bad
	}
	switch a := Algorithm(b[0]); {
	case a == MLDSA44:
		return Key{}, fault.New(fault.Invalid, "the key %s is of type ML-DSA-44, which this version does not verify yet", name)
	case a != Ed25519 && a != Cosignature || len(b) != 1+ed25519.PublicKeySize:
		return Key{}, bad
	}
	k := newKey(name, Algorithm(b[0]), b[1:])
	if fmt.Sprintf("%08x", k.id) != hash {
		return Key{}, fault.New(fault.Invalid, "the key %s does not fit its id: it was changed or copied in part", name)
	}
	return k, nil
}

// maxKeys bounds how many keys a text may name.
const maxKeys = 1000

// ParseKeys reads keys, one a line. Empty lines and those that begin with # are left out.
func ParseKeys(text []byte) ([]Key, error) {
	var keys []Key
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		k, err := ParseKey(line)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "line %d", i+1)
		}
		if keys = append(keys, k); len(keys) > maxKeys {
			return nil, fault.New(fault.Limited, "there are more than %d keys", maxKeys)
		}
	}
	return keys, nil
}

// validKeyName is what c2sp.org/signed-note asks: not empty, UTF-8, no spaces, no plus; nor control characters, which a note cannot hold.
func validKeyName(s string) bool {
	return s != "" && len(s) <= 255 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) })
}

// Signer signs checkpoints: for a log, or as a witness. It does not print its key.
type Signer struct {
	key     Key
	private ed25519.PrivateKey
	now     func() time.Time // of a witness
}

// NewSigner makes the signer of a log from a seed of 32 bytes. Its name is the log's origin.
func NewSigner(origin string, seed []byte) (*Signer, error) { return newSigner(origin, Ed25519, seed) }

// NewCosigner makes a witness from a seed of 32 bytes, which is used for nothing else. It signs with the time that now gives it.
func NewCosigner(name string, seed []byte, now func() time.Time) (*Signer, error) {
	s, err := newSigner(name, Cosignature, seed)
	if err == nil {
		s.now = now
	}
	return s, err
}

func newSigner(name string, a Algorithm, seed []byte) (*Signer, error) {
	if !validKeyName(name) {
		return nil, fault.New(fault.Invalid, "%.80q cannot be the name of a key: it is empty, too long, or has spaces or a plus", name)
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fault.New(fault.Internal, "the seed of a signing key has %d bytes, and needs %d", len(seed), ed25519.SeedSize)
	}
	private := ed25519.NewKeyFromSeed(seed)
	return &Signer{key: newKey(name, a, private[ed25519.SeedSize:]), private: private}, nil
}

// Key is the public key.
func (s *Signer) Key() Key { return s.key }

// Name is the name of the key.
func (s *Signer) Name() string { return s.key.name }

// KeyHash is the id of the key.
func (s *Signer) KeyHash() uint32 { return s.key.id }

// Sign signs the text of a note.
func (s *Signer) Sign(text []byte) ([]byte, error) {
	if s.key.algorithm == Ed25519 {
		return ed25519.Sign(s.private, text), nil
	}
	at := s.now().Unix()
	if at < 0 {
		return nil, fault.New(fault.Unavailable, "the clock of the witness stands before 1970")
	}
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), ed25519.Sign(s.private, cosigned(uint64(at), text))...), nil
}

// Format writes the public key, whatever the verb.
func (s *Signer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "signer "+s.key.String()) }

// cosigned is the message of a cosignature/v1.
func cosigned(at uint64, text []byte) []byte {
	return slices.Concat([]byte("cosignature/v1\ntime "), strconv.AppendUint(nil, at, 10), []byte("\n"), text)
}

// cosignedAt is the time in a cosignature, in seconds.
func cosignedAt(sig []byte) (uint64, bool) {
	if len(sig) != 8+ed25519.SignatureSize {
		return 0, false
	}
	at := binary.BigEndian.Uint64(sig)
	return at, at <= math.MaxInt64
}
