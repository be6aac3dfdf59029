// Package pgp is the OpenPGP key by which the instance signs what strangers verify with ordinary tools: its security.txt (RFC 9116 section 2.3).
//
// It promises: of the same seed the key is the same in every process, so that nothing is kept but the key that the seed was derived from; what it signs is a cleartext signature
// (RFC 9580 section 7) by Ed25519 with SHA-512. The seed stays inside. It leaves out decryption: the key signs, and nobody can write to it.
package pgp

import (
	"bytes"
	"crypto"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"c4arch/internal/base/fault"
)

// Key signs.
type Key struct {
	entity *openpgp.Entity
	public []byte
}

// born is the time of creation that every key names: a part of its fingerprint, and so the same for ever.
func born() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// New is the key of a seed of 32 bytes, in the name of whoever signs by it.
func New(seed []byte, name string) (*Key, error) {
	if len(seed) != 32 {
		return nil, fault.New(fault.Internal, "the seed of a key for OpenPGP has 32 bytes")
	}
	stream, err := hkdf.Expand(sha256.New, seed, "c4arch/v1/openpgp", 4096)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the key for OpenPGP")
	}
	defer clear(stream)
	c := settings(born())
	c.Rand = bytes.NewReader(stream)
	c.Algorithm = packet.PubKeyAlgoEdDSA
	e, err := openpgp.NewEntity(name, "", "", c)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the key for OpenPGP")
	}
	e.Subkeys = nil // it signs, and nobody writes to it
	k := &Key{entity: e}
	k.public, err = armoured(e)
	return k, err
}

func settings(at time.Time) *packet.Config {
	return &packet.Config{DefaultHash: crypto.SHA512, Time: func() time.Time { return at }}
}

func armoured(e *openpgp.Entity) ([]byte, error) {
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	if err == nil {
		err = e.Serialize(w)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the key for OpenPGP")
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// Public is the public key, in ASCII.
func (k *Key) Public() []byte { return bytes.Clone(k.public) }

// Fingerprint is that of the key, in capital hexadecimal digits.
func (k *Key) Fingerprint() string {
	return strings.ToUpper(hex.EncodeToString(k.entity.PrimaryKey.Fingerprint))
}

// Sign is the text with its signature, as of that time.
func (k *Key) Sign(text []byte, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w, err := clearsign.Encode(&b, k.entity.PrivateKey, settings(at))
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the text cannot be signed")
	}
	return summed(b.Bytes())
}

// summed writes the signature again with its checksum: GnuPG reads past the end of one that has none.
func summed(signed []byte) ([]byte, error) {
	i := bytes.LastIndex(signed, []byte("-----BEGIN PGP SIGNATURE-----"))
	block, err := armor.Decode(bytes.NewReader(signed[max(i, 0):]))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the text cannot be signed")
	}
	b := bytes.NewBuffer(bytes.Clone(signed[:i]))
	w, err := armor.Encode(b, openpgp.SignatureType, nil)
	if err == nil {
		_, err = io.Copy(w, block.Body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the text cannot be signed")
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// MaxSigned is the most that is read of a signed text.
const MaxSigned = 1 << 20

// Verify is the text that stands in a signed one, where the key has signed it, and when it says that it was. What stands before or behind it is refused.
func Verify(public, signed []byte, now time.Time) (text []byte, at time.Time, err error) {
	bad := func(why string) ([]byte, time.Time, error) {
		return nil, time.Time{}, fault.New(fault.Invalid, "the signature does not hold: %s", why)
	}
	if len(signed) > MaxSigned || len(public) > MaxSigned {
		return bad("it is too large")
	}
	keys, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(public))
	if err != nil {
		return bad("the key cannot be read")
	}
	if !bytes.HasPrefix(signed, []byte("-----BEGIN PGP SIGNED MESSAGE-----")) {
		return bad("something stands before it")
	}
	block, rest := clearsign.Decode(signed)
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return bad("it is no signed text, or something stands behind it")
	}
	raw, err := packet.Read(block.ArmoredSignature.Body)
	sig, ok := raw.(*packet.Signature)
	if err != nil || !ok {
		return bad("it has no signature")
	}
	block, _ = clearsign.Decode(signed) // the first reading has used the body of the signature up
	if _, err := block.VerifySignature(keys, settings(now)); err != nil {
		return bad("it is not of this key and this text")
	}
	return block.Plaintext, sig.CreationTime, nil
}
