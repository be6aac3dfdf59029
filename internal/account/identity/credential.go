package identity

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// A credential is text that a person or a program keeps:
//
//	c4a_<organisation>_<secret><checksum>    an API token
//	c4s_<secret><checksum>                   a code that sets the service up, once
//
// The secret is 256 random bits, the checksum the CRC-32 (IEEE 802.3) of all that stands before it, both in Crockford's base 32, lower case. So a scanner
// for leaked secrets knows one without asking, and a mistyped one is told before anything is looked up. The checksum protects nothing.
const (
	tokenPrefix = "c4a_"
	setupPrefix = "c4s_"

	secretBytes  = 32
	secretChars  = 52 // of 5 bits; the first holds one bit
	summedChars  = 7  // of 5 bits; the first holds two bits
	longestToken = len(tokenPrefix) + 29 + 1 + secretChars + summedChars
)

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// NewToken makes the text of a token of that organisation; [id.Platform] is for the operator's.
func NewToken(org id.Org, random io.Reader) (secret.Value, error) {
	if !org.Valid() || org == id.Local {
		return secret.Value{}, fault.New(fault.Internal, "a token belongs to an organisation")
	}
	return mint(tokenPrefix+string(org)+"_", random)
}

// NewSetup makes a code for setting the service up.
func NewSetup(random io.Reader) (secret.Value, error) { return mint(setupPrefix, random) }

func mint(front string, random io.Reader) (secret.Value, error) {
	var b [secretBytes]byte
	defer clear(b[:])
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return secret.Value{}, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	out := append([]byte(front), base32(b[:], secretChars)...)
	return secret.New(append(out, checksum(out)...)), nil
}

// base32 writes a big-endian number as n characters.
func base32(b []byte, n int) []byte {
	out := make([]byte, n)
	acc, bits, at := uint32(0), 0, n-1
	for i := len(b) - 1; at >= 0; at-- {
		if bits < 5 && i >= 0 {
			acc |= uint32(b[i]) << bits
			bits += 8
			i--
		}
		out[at] = alphabet[acc&31]
		acc >>= 5
		bits -= 5
	}
	return out
}

func checksum(b []byte) []byte {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE(b))
	return base32(sum[:], summedChars)
}

// ErrForm says that a text cannot be a credential. It never quotes it.
var ErrForm = fault.New(fault.Denied, "that is not a token of this service").WithHelp("a part of it is missing or mistyped")

// ParseToken reads which organisation a token names. That it is one of its tokens is not known until its hash was found there.
func ParseToken(text string) (id.Org, error) {
	rest, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok || len(text) > longestToken {
		return "", ErrForm
	}
	cut := strings.LastIndexByte(rest, '_')
	if cut < 0 || !summed(text, rest[cut+1:]) {
		return "", ErrForm
	}
	org := id.Org(rest[:cut])
	if !org.Valid() || org == id.Local {
		return "", ErrForm
	}
	return org, nil
}

// ParseSetup says whether text has the form of a code for setting up.
func ParseSetup(text string) error {
	rest, ok := strings.CutPrefix(text, setupPrefix)
	if !ok || !summed(text, rest) {
		return ErrForm
	}
	return nil
}

// summed reports whether the end of text is a secret with its checksum, written in the one way in which it can be written.
func summed(text, end string) bool {
	if len(end) != secretChars+summedChars || end[0] > '1' {
		return false
	}
	for i := range len(end) {
		if strings.IndexByte(alphabet, end[i]) < 0 {
			return false
		}
	}
	cut := len(text) - summedChars
	return string(checksum([]byte(text[:cut]))) == text[cut:]
}

// Hash is what is kept of a credential: SHA-256 of its text. The secret has 256 bits, so there is nothing that a slow hash would add.
func Hash(text []byte) []byte {
	h := sha256.Sum256(text)
	return h[:]
}

// Same compares two hashes in a time that does not depend on where they differ.
func Same(a, b []byte) bool { return len(a) == sha256.Size && subtle.ConstantTimeCompare(a, b) == 1 }
