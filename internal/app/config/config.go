// Package config reads how the service is to run: from defaults, a YAML file, environment variables and flags, each stronger than the one before.
//
// It promises: all mistakes are said at once, each with where it was written and what to do; [Loaded.Explain] says of every setting what it is, where it comes
// from and what it means; a secret is named by its place (a file, a variable, a vault) and is never shown, and a service is refused that would run with a secret
// that is missing, well known or readable by others. It leaves out what the settings do: the parts that are built from them check no setting again.
package config

import (
	"crypto/sha256"
	"net/netip"
	"net/url"
	"time"
)

// Config is all of it, one struct for each concern.
type Config struct {
	Server    Server
	TLS       TLS
	ACME      ACME
	Proxy     Proxy
	Internal  Internal
	Data      Data
	Database  Database
	Objects   Objects
	Keys      Keys
	Telemetry Telemetry
	Log       Log
	Work      Work
	Limits    Limits
	Legal     Legal
	Ledger    Ledger
	Staff     Staff
	SignIn    SignIn
	Live      Live
	Names     Names
	Mail      Mail
	Trust     Trust
}

// Mail is the server of mail by which people are told things; without one they are told in the product alone.
type Mail struct {
	Server   *url.URL // smtp://HOST:PORT with STARTTLS, smtps://HOST:PORT
	From     string   // an address, with a name or without
	User     string
	Password Secret
	// Next is the relay that replaces the server, for each organisation from when the change of subprocessors is in force for it.
	Next         *url.URL
	NextUser     string
	NextPassword Secret
}

// Trust is where people write to about security and data protection; what is empty leads to the form of the trust centre.
type Trust struct{ Contact, Security, Privacy string }

// Names is where names are looked up.
type Names struct {
	Server string // the address and the port of a name server; "" is those of the machine
}

// Server is the public listener.
type Server struct {
	Listen   string   // host:port
	External *url.URL // as people reach it, without a path; nil means as it listens
	Demo     bool     // the first organisation gets an example
	Redirect string   // a plain HTTP listener that redirects to HTTPS and answers ACME; "" is none
}

// TLS is a certificate in files. Both are read again when they change.
type TLS struct{ Certificate, Key string }

// ACME is a certificate from an authority that speaks RFC 8555.
type ACME struct {
	Domains     []string
	Directory   *url.URL
	Email       string
	AcceptTerms bool
}

// Proxy is a hop of ours that ends TLS before us.
type Proxy struct {
	Trusted []netip.Prefix
	Owner   string // who runs it: clause MSP-TRN-3 wants it known
	Pins    []Pin  // of the keys that it serves under, as people see them
}

// Pin is the digest of a public key: SHA-256 of the certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4).
type Pin [sha256.Size]byte

// Trusts reports whether a connection from that address may say for whom it speaks.
func (p Proxy) Trusts(a netip.Addr) bool {
	for _, x := range p.Trusted {
		if x.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// Internal is the listener for metrics and health in detail.
type Internal struct {
	Listen           string
	Certificate, Key string
	ClientCA         string // whose clients may connect
	Profiling        bool
}

// Data is the data directory.
type Data struct{ Dir string }

// Database is PostgreSQL; the zero value is the embedded engine.
type Database struct {
	URL         Secret // as the application role
	Owner       Secret // as the role that migrates; empty means that somebody else does
	Connections int
}

// Objects are the large things.
type Objects struct{ Place string } // "" is the data directory

// Keys are the root keys; the first wraps, the others still open.
type Keys struct{ Root []RootKey }

// Telemetry is where traces go.
type Telemetry struct {
	OTLP   *url.URL // nil is nowhere
	Sample float64  // share of requests that are traced
}

// Log is how lines are written.
type Log struct{ Format, Level string }

// Work is what is done behind requests.
type Work struct {
	Workers   int
	ScanRoots []string // directories that connections may read
	Canaries  bool     // two organisations are kept, of which one is asked for what the other has
}

// Limits bound what a caller can cost.
type Limits struct {
	Body, Upload                     int64
	Connections                      int
	Header, Read, Write, Idle, Drain time.Duration
	OpenHomes                        int
}

// Legal is what the operator demands of the legal registry.
type Legal struct {
	Notice time.Duration // how long before it is in force a material version of an enterprise document is published
}

// Ledger is how this instance signs.
type Ledger struct {
	Origin    string // first line of its checkpoints; "" means the host of the external URL
	Witnesses []Witness
}

// Witness is somebody who cosigns checkpoints.
type Witness struct {
	Key string // verifier key, as in c2sp.org/signed-note
	URL *url.URL
}

// Staff is how the platform's own people sign in.
type Staff struct {
	Issuer   string // of the platform's own OpenID Connect provider, as it writes itself; "" is none
	Client   string
	Secret   Secret // empty: a public client, which PKCE protects alone
	ACR, AMR []string
	Roots    string   // file with the authorities of makers of authenticators
	AAGUIDs  []string // models that count as hardware, lower case
	Hardware string   // auto, yes, no
}

// SignIn is how members sign in.
type SignIn struct {
	// Private are providers that are not on the public internet: nobody names another one there.
	Private []*url.URL
}

// Live is what live connections may reach.
type Live struct {
	// Private are clusters and repositories that are not on the public internet: a connection names no other one there.
	Private []*url.URL
}

// NeedsHardware reports whether a proof of a hardware key is required: where there is a provider, unless the operator says otherwise.
func (s *Staff) NeedsHardware() bool {
	return s.Hardware == "yes" || s.Hardware == "auto" && s.Issuer != ""
}

// Encrypted reports whether the public listener speaks TLS itself.
func (c *Config) Encrypted() bool { return c.TLS.Certificate != "" || len(c.ACME.Domains) > 0 }

// Origin is how people reach the service: scheme and host, without a slash at the end.
func (c *Config) Origin() string {
	if c.Server.External != nil {
		return c.Server.External.Scheme + "://" + c.Server.External.Host
	}
	scheme := "http"
	if c.Encrypted() {
		scheme = "https"
	}
	if len(c.ACME.Domains) > 0 {
		return scheme + "://" + c.ACME.Domains[0]
	}
	return scheme + "://" + c.Server.Listen
}

// LedgerOrigin names this instance in its checkpoints.
func (c *Config) LedgerOrigin() string {
	switch {
	case c.Ledger.Origin != "":
		return c.Ledger.Origin
	case c.Server.External != nil:
		return c.Server.External.Host
	case len(c.ACME.Domains) > 0:
		return c.ACME.Domains[0]
	}
	return "localhost"
}
