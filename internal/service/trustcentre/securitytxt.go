package trustcentre

import (
	"context"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// The paths of what is known by its place (RFC 8615).
const (
	SecurityPath = "/.well-known/security.txt"
	KeyPath      = "/.well-known/security-key.asc"
)

// expires is how far ahead a security.txt ends. RFC 9116 section 2.5.5 wants less than a year; it is written anew each day, so it never has.
const expires = 60 * 24 * time.Hour

// SecurityText is the security.txt of today, signed (RFC 9116).
func (s *Service) SecurityText(ctx context.Context) ([]byte, error) {
	key, err := s.Key(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	return key.Sign([]byte(s.securityText(now)), now)
}

func (s *Service) securityText(now time.Time) string {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(name + ": " + value + "\n") }
	for _, c := range s.SecurityContacts() {
		line("Contact", c)
	}
	line("Expires", now.Truncate(24*time.Hour).Add(expires).Format(time.RFC3339))
	line("Preferred-Languages", "en")
	line("Canonical", s.Origin()+SecurityPath)
	line("Policy", s.Origin()+"/legal/vulnerability-disclosure-policy")
	return b.String()
}

// SecurityContacts are where vulnerabilities are reported, as links, the best first.
func (s *Service) SecurityContacts() (all []string) {
	for _, c := range []string{s.Contact.Security, s.Contact.Trust} {
		if c != "" && len(all) == 0 {
			all = append(all, Address(c))
		}
	}
	return append(all, s.Origin()+"/trust/contact?about=question")
}

// PublicKey is the key that signs it, and its fingerprint.
func (s *Service) PublicKey(ctx context.Context) (armoured []byte, fingerprint string, err error) {
	key, err := s.Key(ctx)
	if err != nil {
		return nil, "", err
	}
	return key.Public(), key.Fingerprint(), nil
}

// SecurityFields reads a security.txt: its fields by their names in lower case (RFC 9116 section 2.2).
func SecurityFields(text []byte) (map[string][]string, error) {
	const most = 32 << 10
	if len(text) > most {
		return nil, fault.New(fault.Limited, "a security.txt of more than %d bytes", most)
	}
	fields := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok || name == "" || strings.ContainsAny(name, " \t") || strings.TrimSpace(value) != value || value == "" {
			return nil, fault.New(fault.Invalid, "a line of the security.txt is no field")
		}
		name = strings.ToLower(name)
		fields[name] = append(fields[name], value)
	}
	return fields, nil
}
