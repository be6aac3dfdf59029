// Package live reads what a cluster of Kubernetes has, as the files that package kube reads.
//
// It promises: it lists, page by page, and asks what it may; its client refuses every other request, whoever makes it: no Secret is ever asked for, not even its name, since the
// annotations of one can hold its data; no log, no command in a container, no proxy, though a GET would do those. What it may not list is noted with what would let it. It leaves
// out what a cluster writes by itself and nobody decides: events, leases, endpoints, the revisions and replica sets of workloads.
//
// What it speaks: the API of Kubernetes (kubernetes.io/docs/reference/using-api/api-concepts), its discovery, lists with limit and continue, SelfSubjectRulesReview and SelfSubjectReview.
package live

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/source/gathered"
)

// Config is whom to ask. Namespaces may be none, which is all; Token is empty where a certificate says who asks.
type Config struct {
	Server     string
	Token      secret.Value
	Namespaces []string
	HTTP       *http.Client
	Pause      gathered.Pause
}

// Client asks an API server. It is for one goroutine.
type Client struct {
	config Config
	base   *url.URL
	http   *http.Client
	limit  int // of a page; 0 means pageItems
}

const (
	pageItems = 500
	maxAnswer = 256 << 20
	maxPages  = 2000 // of one kind
	maxKinds  = 2000
	maxTries  = 5
	maxRules  = 1 << 20 // bytes of an answer about rights

	rulesPath = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
	whoPath   = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
)

// New makes a client.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.Server)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fault.New(fault.Invalid, "the address of the API server does not begin with https://")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	l := &Client{config: c, base: u}
	l.http = egress.ReadOnly(c.HTTP, l.lists, egress.Question{Host: u.Hostname(), Path: u.Path + rulesPath}, egress.Question{Host: u.Hostname(), Path: u.Path + whoPath})
	return l, nil
}

// listed are the paths that are asked for, below the address: the version, discovery, and lists of whole kinds. One object, and what lies below one (log, exec, proxy), is none.
var listed = regexp.MustCompile(`^(/version|/api|/apis|/api/v1|/apis/[^/]+/[^/]+|(?:/api/v1|/apis/[^/]+/[^/]+)(?:/namespaces/[^/]+)?/([a-z0-9.-]+))$`)

// lists reports whether an address is one of those. Secrets are none of them.
func (c *Client) lists(u *url.URL) bool {
	rest, below := strings.CutPrefix(u.EscapedPath(), c.base.Path)
	if !below || u.Host != c.base.Host || strings.Contains(rest, "%") || u.Query().Has("watch") {
		return false
	}
	m := listed.FindStringSubmatch(rest)
	return m != nil && m[2] != "secrets"
}

// TLS reads the credential of a cluster: a token, or a certificate and its key in PEM. The authority is in PEM too; none means the public ones. No error holds any of it.
func TLS(authority string, credential secret.Value) (config *tls.Config, token secret.Value, err error) {
	config = &tls.Config{MinVersion: tls.VersionTLS12}
	if authority != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(authority)) {
			return nil, token, fault.New(fault.Invalid, "the authority of the cluster holds no certificate").WithHelp("kubectl config view --raw --minify --flatten prints it in base64")
		}
	}
	text := strings.TrimSpace(string(credential.Expose()))
	if !strings.HasPrefix(text, "-----BEGIN") {
		if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) || text == "" {
			return nil, token, fault.New(fault.Invalid, "the credential is neither a token nor a certificate with its key")
		}
		return config, secret.New([]byte(text)), nil
	}
	pair, err := tls.X509KeyPair([]byte(text), []byte(text))
	if err != nil {
		return nil, token, fault.New(fault.Invalid, "the certificate and the key of the credential do not belong together, or one of them is missing").
			WithHelp("put both into one text, one behind the other, in PEM")
	}
	config.Certificates = []tls.Certificate{pair}
	return config, token, nil
}

// HTTP is the client with its gate, as requests are sent. It is for those who try the gate.
func (c *Client) HTTP() *http.Client { return c.http }
