// Package id has the identifiers of the service. They are minted, never taken from what a caller sends, sort by the time of their minting, and say what
// they name by their prefix. Strings that must not be mixed have types of their own.
package id

import (
	"encoding/binary"
	"io"
	"strings"
	"time"
)

// Org names an organisation, and with it the home in which all that it has is kept.
type Org string

// Organisations that are not minted.
const (
	// Local is the organisation of a laptop's own history.
	Local Org = "local"
	// Platform is the operator's own home: the directory of organisations, the instance's ledger.
	Platform Org = "platform"
)

// Project names a project of an organisation. It means nothing without its organisation.
type Project string

// LocalProject is the one project of the organisation Local.
const LocalProject Project = "local"

// Actor names who did something: "person:pn_…", "token:tk_…", "worker", "local".
type Actor string

// Person returns the id of the person when the actor is one, else "".
func (a Actor) Person() string {
	if p, ok := strings.CutPrefix(string(a), "person:"); ok {
		return p
	}
	return ""
}

// The prefixes of what is minted.
const (
	PrefixOrg        = "og"
	PrefixProject    = "pj"
	PrefixPerson     = "pn"
	PrefixToken      = "tk"
	PrefixConnection = "cn"
	PrefixScan       = "sc"
	PrefixComparison = "cp"
	PrefixException  = "ex"
	PrefixProposal   = "pr"
	PrefixJob        = "jb"
	PrefixSecret     = "sk"
	PrefixUpload     = "up"
	PrefixRun        = "rn"
	PrefixRequest    = "rq"
	PrefixSession    = "ss"
	PrefixPasskey    = "pk"
	PrefixInvitation = "iv"
	PrefixRecovery   = "rc"
	PrefixProvider   = "ip"
	PrefixDomain     = "dm"
	PrefixGroup      = "gp"
	PrefixService    = "sa" // service account
	PrefixGrant      = "gr"
	PrefixStream     = "st"
	PrefixDelivery   = "dl"
	PrefixWebhook    = "wh"
	PrefixTextScan   = "fs"
	PrefixTextHit    = "fh"
	PrefixComment    = "cm"
	PrefixNotice     = "nt"
	PrefixMessage    = "mg"
	PrefixPack       = "ep" // of evidence

	PrefixAttestation = "at"
	PrefixRisk        = "rk"
	PrefixDecision    = "dc"
	PrefixEngagement  = "eg"
	PrefixConsent     = "co"
	PrefixDocument    = "ld" // a version of a legal document
	PrefixAcceptance  = "ac"
	PrefixSupplier    = "sp" // a subprocessor
	PrefixSupply      = "sb" // a proposed change of subprocessors
	PrefixObjection   = "ob"
	PrefixInstruction = "in"
	PrefixTransfer    = "tf"
	PrefixAnnex       = "ax"
	PrefixAsked       = "tr" // a request to the trust centre
	PrefixItem        = "ti" // of the trust centre
	PrefixCertificate = "ce" // a certification
	PrefixTrustPack   = "tp"
)

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base 32, lower case

// Mint makes an identifier: the prefix, "_", 10 characters of the time in milliseconds and 16 of randomness (80 bits). An error of the reader is returned.
func Mint(prefix string, random io.Reader, now time.Time) (string, error) {
	var b [16]byte
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(max(0, now.UnixMilli())))
	copy(b[:6], ms[2:])
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		return "", err
	}
	return prefix + "_" + encode(b), nil
}

// encode writes 128 bits as 26 characters, the first of which holds 3 bits.
func encode(b [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// digits are the characters of the alphabet. Whether a text is an identifier is asked at each decision, so it is looked at byte by byte and not by a regular expression.
var digits = func() (is [256]bool) {
	for i := range len(alphabet) {
		is[alphabet[i]] = true
	}
	return is
}()

// Is reports whether text is an identifier with that prefix of two lower-case letters.
func Is(prefix, text string) bool {
	if len(prefix) != 2 || len(text) != 29 || text[:2] != prefix || text[2] != '_' || text[3] < '0' || text[3] > '7' {
		return false
	}
	for i := range 2 {
		if text[i] < 'a' || text[i] > 'z' {
			return false
		}
	}
	for i := 4; i < len(text); i++ {
		if !digits[text[i]] {
			return false
		}
	}
	return true
}

// Valid reports whether o can be the name of a home: minted, or one of the two that are not.
func (o Org) Valid() bool { return o == Local || o == Platform || Is(PrefixOrg, string(o)) }

// Valid reports whether p can be a project.
func (p Project) Valid() bool { return p == LocalProject || Is(PrefixProject, string(p)) }
