package config

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// issuer says what is wrong with the name of a provider (OpenID Connect Discovery section 3): https, no query, no fragment. Without TLS it is on this machine.
func issuer(text string) error {
	u, err := parseWeb(text, "https", "http")
	if err != nil {
		return err
	}
	if u.Scheme == "http" && !Loopback(portOf(u.Host)) {
		return errors.New("a provider is reached by https; plain http is for one on this machine")
	}
	return nil
}

// claim says what is wrong with a value of acr or amr: they are compared byte by byte.
func claim(text string) error {
	if len(text) > 200 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("write values as the provider sends them: at most 200 characters, no spaces")
	}
	return nil
}

// aaguidForm is that of RFC 9562. The AAGUID of zeros says that the authenticator hides what it is (WebAuthn section 6.5.2).
var aaguidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

const noAAGUID = "00000000-0000-0000-0000-000000000000"

func aaguids(c *Config, values []string) error {
	c.Staff.AAGUIDs = nil
	for _, v := range values {
		v = strings.ToLower(v)
		if !aaguidForm.MatchString(v) || v == noAAGUID {
			return errors.New("write AAGUIDs as makers publish them: 8-4-4-4-12 hexadecimal digits, not all zero")
		}
		c.Staff.AAGUIDs = append(c.Staff.AAGUIDs, v)
	}
	return nil
}

// rules are what the settings of staff owe each other.
func (s *Staff) rules() []error {
	var bad []error
	say := func(format string, args ...any) { bad = append(bad, fmt.Errorf(format, args...)) }
	if (s.Issuer == "") != (s.Client == "") {
		say("staff.client: a provider and the id of this service at it go together: set both staff.issuer and staff.client")
	}
	if s.Issuer == "" && (!s.Secret.Empty() || len(s.ACR) > 0 || len(s.AMR) > 0) {
		say("staff.issuer: staff.secret, staff.acr and staff.amr are about a provider: name it")
	}
	if (s.Roots == "") != (len(s.AAGUIDs) == 0) {
		say("staff.aaguids: models of hardware keys and the authorities of their makers go together: set both staff.aaguids and staff.vendor-roots")
	}
	if s.NeedsHardware() && len(s.AAGUIDs) == 0 && len(s.ACR) == 0 && len(s.AMR) == 0 {
		say("staff.hardware: a hardware key is required, and nothing proves one: set staff.aaguids and staff.vendor-roots, or the values of the provider in staff.acr or staff.amr, or say no")
	}
	return bad
}

// check looks at the machine.
func (s *Staff) check(ctx context.Context, m Machine) []error {
	var bad []error
	if !s.Secret.Empty() {
		switch v, err := s.Secret.Open(ctx, m.Secrets); {
		case err != nil:
			bad = append(bad, fmt.Errorf("staff.secret: %w", err))
		case s.Secret.address != "" || len(v.Expose()) > 1024:
			bad = append(bad, errors.New("staff.secret: that is not the secret of a client"))
		default:
			if why := weak(string(v.Expose()), s.Client); why != "" {
				bad = append(bad, fmt.Errorf("staff.secret (%s): %s", s.Secret.Place(), strings.Replace(why, "its password", "it", 1)))
			}
		}
	}
	if s.Roots != "" {
		if _, err := s.VendorRoots(); err != nil {
			bad = append(bad, fmt.Errorf("staff.vendor-roots: %w", err))
		}
	}
	return bad
}

// VendorRoots reads the authorities of makers of authenticators; none where no file is named.
func (s *Staff) VendorRoots() ([]*x509.Certificate, error) {
	if s.Roots == "" {
		return nil, nil
	}
	rest, err := readAll(s.Roots, maxFile)
	if err != nil {
		return nil, err
	}
	if len(rest) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", s.Roots, maxFile)
	}
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" || !c.IsCA {
			return nil, fmt.Errorf("%s holds a block that is not the certificate of an authority", s.Roots)
		}
		all = append(all, c)
	}
	if len(all) == 0 || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, fmt.Errorf("%s holds no certificate in PEM, or more than certificates", s.Roots)
	}
	return all, nil
}
