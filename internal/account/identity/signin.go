package identity

import (
	"io"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// More credentials, in the form of those in credential.go:
//
//	c4i_<organisation>_<secret><checksum>    an invitation
//	c4r_<organisation>_<secret><checksum>    a link of recovery
//	c4c_<secret><checksum>                   a session, in a cookie
//	c4h_<secret><checksum>                   the handle of a ceremony, which binds it to the browser that began it
//	c4d_<secret><checksum>                   a device code of RFC 8628
//	c4k_<secret><checksum>                   a code that lets one of the platform's people register a key, once
//
// and one that a person types, which is therefore short: eight letters as RFC 8628 section 6.1 has them, WDJB-MJHT.
const (
	invitationPrefix = "c4i_"
	recoveryPrefix   = "c4r_"
	cookiePrefix     = "c4c_"
	handlePrefix     = "c4h_"
	devicePrefix     = "c4d_"
	keyPrefix        = "c4k_"

	letters  = "BCDFGHJKLMNPQRSTVWXZ" // RFC 8628, 6.1: no vowels, so that no words come about, and nothing that is read as something else
	userCode = 8
)

// NewInvitation makes the text of an invitation into an organisation.
func NewInvitation(org id.Org, random io.Reader) (secret.Value, error) {
	return joining(invitationPrefix, org, random)
}

// NewRecovery makes the text of a link of recovery.
func NewRecovery(org id.Org, random io.Reader) (secret.Value, error) {
	return joining(recoveryPrefix, org, random)
}

func joining(prefix string, org id.Org, random io.Reader) (secret.Value, error) {
	if !org.Valid() || org == id.Local {
		return secret.Value{}, fault.New(fault.Internal, "a code belongs to an organisation")
	}
	return mint(prefix+string(org)+"_", random)
}

// ErrCode says that a text cannot be a code of an invitation or a recovery.
var ErrCode = fault.New(fault.Denied, "the link is not one, was used, was taken back or has expired").WithHelp("ask whoever sent it for a new one")

// ParseInvitation reads which organisation an invitation names.
func ParseInvitation(text string) (id.Org, error) { return joins(invitationPrefix, text) }

// ParseRecovery reads which organisation a link of recovery names.
func ParseRecovery(text string) (id.Org, error) { return joins(recoveryPrefix, text) }

func joins(prefix, text string) (id.Org, error) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok || len(text) > longestToken {
		return "", ErrCode
	}
	cut := strings.LastIndexByte(rest, '_')
	if cut < 0 || !summed(text, rest[cut+1:]) {
		return "", ErrCode
	}
	org := id.Org(rest[:cut])
	if !org.Valid() || org == id.Local {
		return "", ErrCode
	}
	return org, nil
}

// NewCookie makes the text of a session.
func NewCookie(random io.Reader) (secret.Value, error) { return mint(cookiePrefix, random) }

// NewHandle makes the handle of a ceremony.
func NewHandle(random io.Reader) (secret.Value, error) { return mint(handlePrefix, random) }

// NewDevice makes a device code.
func NewDevice(random io.Reader) (secret.Value, error) { return mint(devicePrefix, random) }

// NewKeyCode makes a code that lets one of the platform's people register a key.
func NewKeyCode(random io.Reader) (secret.Value, error) { return mint(keyPrefix, random) }

// IsKeyCode reports whether text has the form of such a code.
func IsKeyCode(text string) bool { return plainly(keyPrefix, text) }

// IsCookie reports whether text has the form of a session's.
func IsCookie(text string) bool { return plainly(cookiePrefix, text) }

// IsHandle reports whether text has the form of a ceremony's handle.
func IsHandle(text string) bool { return plainly(handlePrefix, text) }

// IsDevice reports whether text has the form of a device code.
func IsDevice(text string) bool { return plainly(devicePrefix, text) }

func plainly(prefix, text string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && summed(text, rest)
}

// NewUserCode makes what a person types to let a device in: 34 bits, which are enough for ten minutes of a limited number of attempts (RFC 8628, 5.1).
func NewUserCode(random io.Reader) (string, error) {
	out := make([]byte, 0, userCode+1)
	var b [1]byte
	for len(out) < userCode+1 {
		if len(out) == userCode/2 {
			out = append(out, '-')
		}
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
		}
		if int(b[0]) < 256/len(letters)*len(letters) { // others would make some letters likelier
			out = append(out, letters[int(b[0])%len(letters)])
		}
	}
	return string(out), nil
}

// ParseUserCode is what a person typed, in the one form in which it is kept; false where it cannot be one. What separates letters does not matter, nor does their case.
func ParseUserCode(text string) (string, bool) {
	if len(text) > 64 {
		return "", false
	}
	var out []byte
	for _, c := range []byte(text) {
		if 'a' <= c && c <= 'z' { // not strings.ToUpper: letters of other scripts have ASCII ones as theirs
			c -= 'a' - 'A'
		}
		switch {
		case c == '-' || c == ' ' || c == '.' || c == '_':
		case strings.IndexByte(letters, c) >= 0:
			out = append(out, c)
		default:
			return "", false
		}
	}
	if len(out) != userCode {
		return "", false
	}
	return string(out[:userCode/2]) + "-" + string(out[userCode/2:]), true
}
