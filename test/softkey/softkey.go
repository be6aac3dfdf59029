// Package softkey is an authenticator in software, for tests: it makes passkeys and uses them as a browser with a security key does (Web Authentication Level 3), with every
// answer in the hands of the test, which can make each of them wrong.
package softkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"time"
)

// Flags of authenticator data.
const (
	Present   = 0x01
	Verified  = 0x04
	Eligible  = 0x08
	BackedUp  = 0x10
	attesting = 0x40
)

// Maker is a vendor with a root.
type Maker struct {
	Root *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewMaker makes a vendor.
func NewMaker(name string) (*Maker, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * 365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(der)
	return &Maker{Root: root, key: key}, err
}

// leaf is a certificate for a batch of authenticators (Web Authentication, section 8.2.1).
func (m *Maker) leaf(aaguid [16]byte) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	ext, err := asn1.Marshal(aaguid[:])
	if err != nil {
		return nil, nil, err
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(50 * 365 * 24 * time.Hour), BasicConstraintsValid: true,
		Subject:         pkix.Name{Country: []string{"SE"}, Organization: []string{"Fabrikam"}, OrganizationalUnit: []string{"Authenticator Attestation"}, CommonName: "Batch 1"},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}, Value: ext}},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, m.Root, &key.PublicKey, m.key)
	return der, key, err
}

// Key is an authenticator with one passkey.
type Key struct {
	Origin string
	RPID   string
	AAGUID [16]byte
	Format string // none, self, packed
	Maker  *Maker // of packed
	Flags  byte
	Count  uint32
	Step   uint32 // by which the counter goes up; 0 is an authenticator that has none
	Type   string // of the client data, where it is not the right one
	Cross  bool   // the page is in a frame of another origin

	ID      []byte
	User    []byte
	private *ecdsa.PrivateKey
}

// New is an authenticator as most are: without attestation, its passkey in the cloud of a maker.
func New(origin, rpid string) *Key {
	return &Key{Origin: origin, RPID: rpid, Format: "none", Flags: Present | Verified | Eligible | BackedUp}
}

// Hardware is a security key of a maker.
func Hardware(origin, rpid string, m *Maker, aaguid [16]byte) *Key {
	return &Key{Origin: origin, RPID: rpid, Format: "packed", Maker: m, AAGUID: aaguid, Flags: Present | Verified, Step: 1}
}

type creation struct {
	Challenge string `json:"challenge"`
	User      struct {
		ID string `json:"id"`
	} `json:"user"`
}

// Create makes the passkey that the options ask for.
func (k *Key) Create(options []byte) ([]byte, error) {
	var o creation
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, err
	}
	user, err := base64.RawURLEncoding.DecodeString(o.User.ID)
	if err != nil {
		return nil, err
	}
	if k.private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	k.User, k.ID = user, make([]byte, 32)
	if _, err := rand.Read(k.ID); err != nil {
		return nil, err
	}
	client, err := k.client("webauthn.create", o.Challenge)
	if err != nil {
		return nil, err
	}
	auth := k.data(k.Flags|attesting, true)
	statement, err := k.statement(auth, client)
	if err != nil {
		return nil, err
	}
	format := k.Format
	if format == "self" {
		format = "packed"
	}
	object := join(mapHead(3), text("fmt"), text(format), text("attStmt"), statement, text("authData"), bytesOf(auth))
	return json.Marshal(map[string]any{
		"id": b64(k.ID), "rawId": b64(k.ID), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": b64(client), "attestationObject": b64(object), "transports": []string{"usb"}},
	})
}

// Get uses the passkey.
func (k *Key) Get(options []byte) ([]byte, error) {
	var o creation
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, err
	}
	client, err := k.client("webauthn.get", o.Challenge)
	if err != nil {
		return nil, err
	}
	k.Count += k.Step
	auth := k.data(k.Flags, false)
	signature, err := sign(k.private, auth, client)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"id": b64(k.ID), "rawId": b64(k.ID), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(auth), "signature": b64(signature), "userHandle": b64(k.User)},
	})
}

func (k *Key) client(kind, challenge string) ([]byte, error) {
	if k.Type != "" {
		kind = k.Type
	}
	return json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": k.Cross})
}

func (k *Key) data(flags byte, made bool) []byte {
	rp := sha256.Sum256([]byte(k.RPID))
	out := append(rp[:], flags)
	out = binary.BigEndian.AppendUint32(out, k.Count)
	if !made {
		return out
	}
	out = append(out, k.AAGUID[:]...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(k.ID)))
	out = append(out, k.ID...)
	x, y := make([]byte, 32), make([]byte, 32)
	k.private.X.FillBytes(x)
	k.private.Y.FillBytes(y)
	// COSE, RFC 9052: kty EC2, alg ES256, curve P-256, x, y.
	return append(out, join(mapHead(5), []byte{0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21}, bytesOf(x), []byte{0x22}, bytesOf(y))...)
}

func (k *Key) statement(auth, client []byte) ([]byte, error) {
	switch k.Format {
	case "self":
		signature, err := sign(k.private, auth, client)
		return join(mapHead(2), text("alg"), []byte{0x26}, text("sig"), bytesOf(signature)), err
	case "packed":
		leaf, key, err := k.Maker.leaf(k.AAGUID)
		if err != nil {
			return nil, err
		}
		signature, err := sign(key, auth, client)
		return join(mapHead(3), text("alg"), []byte{0x26}, text("sig"), bytesOf(signature), text("x5c"), []byte{0x81}, bytesOf(leaf)), err
	}
	return mapHead(0), nil
}

func sign(key *ecdsa.PrivateKey, auth, client []byte) ([]byte, error) {
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte(nil), auth...), hash[:]...))
	return ecdsa.SignASN1(rand.Reader, key, sum[:])
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// What of CBOR (RFC 8949) it takes.

func mapHead(n int) []byte { return []byte{0xa0 | byte(n)} }

func text(s string) []byte { return append([]byte{0x60 | byte(len(s))}, s...) }

func bytesOf(b []byte) []byte {
	switch {
	case len(b) < 24:
		return append([]byte{0x40 | byte(len(b))}, b...)
	case len(b) < 256:
		return append([]byte{0x58, byte(len(b))}, b...)
	}
	return append(binary.BigEndian.AppendUint16([]byte{0x59}, uint16(len(b))), b...)
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
