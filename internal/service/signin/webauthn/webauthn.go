// Package webauthn is the protocol of passkeys, Web Authentication Level 3, as package signin asks for it.
//
// It promises: a passkey is discoverable, and its authenticator verified the person, at making and at each use; origin and relying party are ours; a passkey counts as attested only
// where the statement of its maker chains to a root that the operator configured, and as hardware only where in addition its model is on the operator's list and its key cannot be
// copied. It opens no connection: no metadata are fetched, roots and models are configuration. It leaves out counters, challenges that come twice, and who it is about.
package webauthn

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/signin"
)

// Config says who we are, and which authenticators count as hardware.
type Config struct {
	RPID    string         // the domain
	Name    string         // that a browser shows
	Origins []string       // of the pages, scheme and host
	Roots   *x509.CertPool // of makers; nil is none
	AAGUIDs []string       // models, as ee882879-721c-4913-9775-3dfcce97072a
}

// Protocol is made with [New].
type Protocol struct {
	lib    *webauthn.WebAuthn
	roots  *x509.CertPool
	models []string
}

var _ signin.WebAuthn = (*Protocol)(nil)

// New checks a configuration.
func New(c Config) (*Protocol, error) {
	lib, err := webauthn.New(&webauthn.Config{
		RPID: c.RPID, RPDisplayName: c.Name, RPOrigins: c.Origins,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		},
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore, // browsers and their extensions add some; none is looked at
	})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "passkeys cannot be used with this origin").WithHelp("the origin has a domain, https://c4arch.example, or is http://localhost")
	}
	p := &Protocol{lib: lib, roots: c.Roots}
	for _, text := range c.AAGUIDs {
		raw, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
		if err != nil || len(raw) != 16 || !slices.ContainsFunc(raw, func(b byte) bool { return b != 0 }) {
			return nil, fault.New(fault.Invalid, "an AAGUID of the list is none").WithHelp("write it as ee882879-721c-4913-9775-3dfcce97072a; the one of zeros names no model")
		}
		p.models = append(p.models, model(raw))
	}
	return p, nil
}

// model writes an AAGUID.
func model(b []byte) string {
	h := hex.EncodeToString(b)
	if len(h) != 32 {
		return ""
	}
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// user is somebody as the library asks for them.
type user struct {
	signin.User
	keys []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.ID) }
func (u user) WebAuthnName() string                       { return u.Name }
func (u user) WebAuthnDisplayName() string                { return u.Shown }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }

func descriptors(handles [][]byte) []protocol.CredentialDescriptor {
	var all []protocol.CredentialDescriptor
	for _, h := range handles {
		all = append(all, protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: h})
	}
	return all
}

// Create are the options of a registration.
func (p *Protocol) Create(u signin.User, exclude [][]byte, strict bool) (json.RawMessage, []byte, error) {
	ask := protocol.PreferNoAttestation
	if strict {
		ask = protocol.PreferDirectAttestation
	}
	creation, kept, err := p.lib.BeginRegistration(user{User: u}, webauthn.WithConveyancePreference(ask), webauthn.WithExclusions(descriptors(exclude)))
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "a passkey cannot be begun")
	}
	return encoded(creation.Response, kept)
}

// Get are the options of an assertion.
func (p *Protocol) Get(allowed [][]byte) (json.RawMessage, []byte, error) {
	assertion, kept, err := p.lib.BeginDiscoverableLogin(webauthn.WithAllowedCredentials(descriptors(allowed)))
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "signing in cannot be begun")
	}
	return encoded(assertion.Response, kept)
}

func encoded(options any, kept *webauthn.SessionData) (json.RawMessage, []byte, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "a ceremony cannot be written")
	}
	state, err := json.Marshal(kept)
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "a ceremony cannot be kept")
	}
	return text, state, nil
}

func decoded(state []byte) (kept webauthn.SessionData, err error) {
	if err := json.Unmarshal(state, &kept); err != nil {
		return kept, fault.Wrap(fault.Internal, err, "what was kept of a ceremony cannot be read")
	}
	return kept, nil
}

// refused is what is said of an answer that is none to what was asked. The reason, which may quote it, is left out.
var refused = fault.New(fault.Denied, "the authenticator's answer is none to what was asked of it").WithHelp("try again; take an authenticator that can verify that it is you, by a PIN or a finger")

// Created verifies a new passkey.
func (p *Protocol) Created(state, response []byte, strict bool, now time.Time) (identity.Passkey, error) {
	kept, err := decoded(state)
	if err != nil {
		return identity.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return identity.Passkey{}, refused
	}
	c, err := p.lib.CreateCredential(user{User: signin.User{ID: string(kept.UserID)}}, kept, parsed)
	if err != nil {
		return identity.Passkey{}, refused
	}
	k := identity.Passkey{
		Handle: c.ID, PublicKey: c.PublicKey, AAGUID: model(c.Authenticator.AAGUID), Format: c.AttestationFormat, Eligible: c.Flags.BackupEligible, BackedUp: c.Flags.BackupState,
		Count: c.Authenticator.SignCount,
	}
	if len(k.Handle) == 0 || len(k.Handle) > 1023 { // Web Authentication, section 7.1
		return identity.Passkey{}, refused
	}
	chain := chainOf(parsed.Response.AttestationObject)
	k.Trusted = p.vouched(chain, now)
	if strict {
		return k, p.strict(k, len(chain) > 0)
	}
	return k, nil
}

// formats are those whose statement is signed by a key of the maker. A phone's and those that only a browser vouches for are not among them.
var formats = []string{string(protocol.AttestationFormatPacked), string(protocol.AttestationFormatTPM), string(protocol.AttestationFormatFIDOUniversalSecondFactor)}

// chainOf are the certificates of a statement, which the library has verified it with, or none.
func chainOf(a protocol.AttestationObject) []*x509.Certificate {
	list, _ := a.AttStatement["x5c"].([]any)
	if !slices.Contains(formats, a.Format) {
		return nil
	}
	var chain []*x509.Certificate
	for _, item := range list {
		der, ok := item.([]byte)
		if !ok || len(chain) == 8 {
			return nil
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil
		}
		chain = append(chain, cert)
	}
	return chain
}

// vouched reports whether a chain leads to one of the operator's roots.
func (p *Protocol) vouched(chain []*x509.Certificate, now time.Time) bool {
	if p.roots == nil || len(chain) == 0 {
		return false
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	leaf := chain[0]
	// A TPM's certificate names the device in a subject alternative name of a directory, marked critical (TPM 2.0 keys for device identity, section 8), which the library has read.
	leaf.UnhandledCriticalExtensions = slices.DeleteFunc(slices.Clone(leaf.UnhandledCriticalExtensions), func(id asn1.ObjectIdentifier) bool { return id.String() == "2.5.29.17" })
	_, err := leaf.Verify(x509.VerifyOptions{Roots: p.roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err == nil
}

// strict says why a passkey is not good enough for the platform's own people.
func (p *Protocol) strict(k identity.Passkey, vouchedFor bool) error {
	const help = "register a security key of a model that the operator allows, and let the browser show its make"
	switch {
	case k.Format == string(protocol.AttestationFormatNone):
		return fault.New(fault.Denied, "the authenticator did not say what it is (attestation: none)").WithHelp(help)
	case !vouchedFor:
		return fault.New(fault.Denied, "nobody but the authenticator itself says what it is (self attestation)").WithHelp(help)
	case !k.Trusted:
		return fault.New(fault.Denied, "the maker of the authenticator is none that the operator trusts").WithHelp(help)
	case !slices.Contains(p.models, k.AAGUID):
		return fault.New(fault.Denied, "the model of the authenticator (%s) is not on the operator's list", k.AAGUID).WithHelp(help)
	case k.Eligible:
		return fault.New(fault.Denied, "the passkey can be copied to other devices (backup eligible)").WithHelp(help)
	}
	return nil
}

// Hardware reports whether a passkey is attested hardware of a model that is on the list today.
func (p *Protocol) Hardware(k identity.Passkey) bool {
	return k.Trusted && !k.Eligible && slices.Contains(p.models, k.AAGUID)
}

// Handles reads whose passkey the browser says that it used.
func (p *Protocol) Handles(response []byte) (credential, owner []byte, err error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil || len(parsed.RawID) == 0 {
		return nil, nil, refused
	}
	return parsed.RawID, parsed.Response.UserHandle, nil
}

// Got verifies an assertion. Which passkeys were allowed is for the caller to see to, who knows them.
func (p *Protocol) Got(state, response []byte, k identity.Passkey) (signin.Asserted, error) {
	kept, err := decoded(state)
	if err != nil {
		return signin.Asserted{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil || !bytes.Equal(parsed.RawID, k.Handle) {
		return signin.Asserted{}, refused
	}
	if len(kept.AllowedCredentialIDs) > 0 && !slices.ContainsFunc(kept.AllowedCredentialIDs, func(h []byte) bool { return bytes.Equal(h, k.Handle) }) {
		return signin.Asserted{}, refused
	}
	owner := string(parsed.Response.UserHandle)
	if owner == "" {
		owner = k.Person
	}
	kept.UserID, kept.AllowedCredentialIDs = []byte(owner), nil
	u := user{User: signin.User{ID: owner}, keys: []webauthn.Credential{{
		ID: k.Handle, PublicKey: k.PublicKey, AttestationFormat: k.Format,
		Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: k.Eligible, BackupState: k.BackedUp},
		Authenticator: webauthn.Authenticator{SignCount: k.Count},
	}}}
	if _, err = p.lib.ValidateLogin(u, kept, parsed); err != nil {
		return signin.Asserted{}, refused
	}
	data := parsed.Response.AuthenticatorData
	return signin.Asserted{Count: data.Counter, BackedUp: data.Flags.HasBackupState(), Proof: hex.EncodeToString(identity.Hash(response))}, nil
}
