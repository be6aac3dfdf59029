// Package egress is the one way out: every connection that this program opens to another is opened here.
//
// It promises: a purpose that no rule names goes nowhere; an address that is not public is refused unless the rule of the purpose allows it,
// and what is checked is the address that is dialled, so that a name that changes its mind does not help; each connection and each request is recorded with its
// organisation, purpose and destination; TLS is 1.2 or newer. It leaves out what is said over the connection. A test in internal/layering forbids
// dialling anywhere else; libraries that speak to a cloud are handed a client of this package.
//
// The test sees our own source only. Libraries that could go out by themselves, and what holds them: the clients of Azure and AWS, their identities included, and those of ACME and
// OpenTelemetry take an http client; pgx takes Dial and Unresolved; go-git is handed a repository on disk, or a client; gocloud.dev is opened by its OpenBucket
// functions and never by an address; compose-go and kustomize are given files in memory. What a library of these did besides would not be recorded here: a network that lets nothing out but
// what is on the list is the second wall.
package egress

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Purpose is what a connection is for.
type Purpose string

// The purposes.
const (
	Objects   Purpose = "objects"   // object stores
	Keys      Purpose = "keys"      // services of root keys
	Identity  Purpose = "identity"  // tokens of our own identity in a cloud
	Database  Purpose = "database"  // PostgreSQL
	Secrets   Purpose = "secrets"   // secrets of the configuration
	Read      Purpose = "read"      // what a scan reads: never changes anything
	Cluster   Purpose = "cluster"   // API servers that a customer named: read only
	Source    Purpose = "source"    // repositories of code
	OwnLive   Purpose = "ownlive"   // clusters and repositories on a private network, which the operator named
	Webhook   Purpose = "webhook"   // addresses that a customer gave
	Syslog    Purpose = "syslog"    // collectors of syslog that a customer named
	Mail      Purpose = "mail"      // SMTP
	SignIn    Purpose = "signin"    // OpenID providers
	OwnSignIn Purpose = "ownsignin" // those on a private network, which the operator named
	Certs     Purpose = "certs"     // ACME
	Telemetry Purpose = "telemetry" // traces
	Witness   Purpose = "witness"   // witnesses of the ledger
	Server    Purpose = "server"    // the command line against a server
	Probe     Purpose = "probe"     // checks of our own listeners
)

// Rule says where a purpose may go. The zero rule goes nowhere.
type Rule struct {
	// Hosts are the names that may be reached: "login.example.com"; "*.example.com" for one or more labels in front; "kms.*.example.com" for one
	// label in between; "*" for every public one. Addresses are hosts too.
	Hosts []string
	// Ports that may be reached; none means 443.
	Ports []uint16
	// Nets are addresses that are not public and may be reached all the same.
	Nets []netip.Prefix
	// Plain allows a request without TLS.
	Plain bool
	// Unix allows sockets in the file system.
	Unix bool
	// ReadOnly allows GET, HEAD and POST to the paths of Posts: "/providers/x/*/resources", where * is one segment.
	ReadOnly bool
	Posts    []string
	// Redirects is how many are followed; 0 means none.
	Redirects int
	// MaxBody is the largest answer; 0 means DefaultBody.
	MaxBody int64
	// Wait is how long a request takes at most, its answer included; 0 means DefaultWait. Negative means for as long as its context says.
	Wait time.Duration
	// TLS is what the connection starts from: certificates of ours, roots of trust. The floor and the check of the other side stay.
	TLS *tls.Config
}

// Defaults of rules.
const (
	DefaultBody = 64 << 20
	DefaultWait = 60 * time.Second

	dialWait   = 10 * time.Second
	shakeWait  = 10 * time.Second
	headerWait = 45 * time.Second
	maxHeader  = 256 << 10
)

// Config is how the program goes out.
type Config struct {
	Rules    map[Purpose]Rule
	Recorder Recorder
	Now      func() time.Time
	// Proxy, when given, carries all requests (not database and mail). It then resolves names, so that addresses are its to check.
	Proxy *url.URL
	// Resolver; nil means the system's.
	Resolver *net.Resolver
	// Guard is asked before a connection is opened or a request sent, after the rules. nil refuses nothing.
	Guard Guard
}

// Guard says why a destination that the rules allow is refused for an organisation, for reasons that are not of the network. It must not block and must be safe for concurrent use.
type Guard interface {
	Allowed(org id.Org, purpose Purpose, host string) error
}

// held is what the guard says of a destination.
func (e *Exit) held(ctx context.Context, p Purpose, host string) error {
	if e.config.Guard == nil {
		return nil
	}
	return e.config.Guard.Allowed(orgOf(ctx), p, host)
}

// Exit is the way out. It is safe for concurrent use.
type Exit struct {
	config Config
	dialer net.Dialer
}

// New makes the way out.
func New(config Config) (*Exit, error) {
	if config.Now == nil || config.Recorder == nil {
		return nil, fault.New(fault.Internal, "the way out needs a clock and a recorder")
	}
	if p := config.Proxy; p != nil && (p.Scheme != "http" && p.Scheme != "https" || p.Hostname() == "") {
		return nil, fault.New(fault.Invalid, "a proxy is http://HOST:PORT or https://HOST:PORT")
	}
	rules := make(map[Purpose]Rule, len(config.Rules))
	for p, r := range config.Rules {
		if err := r.check(p); err != nil {
			return nil, err
		}
		r.Hosts, r.Ports, r.Nets, r.Posts = slices.Clone(r.Hosts), slices.Clone(r.Ports), slices.Clone(r.Nets), slices.Clone(r.Posts)
		rules[p] = r
	}
	config.Rules = rules
	return &Exit{config: config, dialer: net.Dialer{Timeout: dialWait, KeepAlive: 30 * time.Second, Resolver: config.Resolver}}, nil
}

func (r Rule) check(p Purpose) error {
	if r.TLS != nil && (r.TLS.InsecureSkipVerify || r.TLS.MaxVersion != 0 && r.TLS.MaxVersion < tls.VersionTLS12) {
		return fault.New(fault.Invalid, "the rule for %s would not check who answers, or uses TLS below 1.2", p)
	}
	for _, h := range r.Hosts {
		if err := checkPattern(h); err != nil {
			return fault.Wrap(fault.Invalid, err, "the rule for %s", p)
		}
	}
	return nil
}

type carried struct {
	org     id.Org
	purpose Purpose
}

type carriedKey struct{}

// For says on whose behalf, and for what, connections are opened under the context. A client of a purpose keeps its own purpose.
func For(ctx context.Context, org id.Org, purpose Purpose) context.Context {
	return context.WithValue(ctx, carriedKey{}, carried{org, purpose})
}

// orgOf returns the organisation of the context; the platform when there is none.
func orgOf(ctx context.Context) id.Org {
	if c, ok := ctx.Value(carriedKey{}).(carried); ok && c.org != "" {
		return c.org
	}
	return id.Platform
}

// purposeOf returns the purpose of the context, or "".
func purposeOf(ctx context.Context) Purpose {
	c, _ := ctx.Value(carriedKey{}).(carried)
	return c.purpose
}

// refuse is the one error of what a rule does not allow. It names the destination, which the caller asked for, and no address that a name resolved to:
// that would tell a stranger about a network that he cannot see.
func refuse(p Purpose, what string, args ...any) error {
	return fault.New(fault.Denied, "not reached for the purpose %s: "+what, append([]any{p}, args...)...).
		WithHelp("the configuration says what may be reached for each purpose")
}
