package egress

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
)

// Reader returns a client for a purpose with TLS of its own: the authority and the certificate of a cluster that a customer named. The floor of the version and the check of the
// other side stay.
func (e *Exit) Reader(p Purpose, config *tls.Config) (*http.Client, error) {
	rule := e.config.Rules[p]
	if config != nil {
		own := Rule{TLS: config}
		if err := own.check(p); err != nil {
			return nil, err
		}
		rule.TLS = config
	}
	c := e.client(p, rule)
	return c, nil
}

// Question is a request that reads although it is a POST: a host ("*" is any), a path as in [Rule.Posts], where a "**" in front stands for what a server has before it.
type Question struct{ Host, Path string }

// ReadOnly returns the client with a gate before it: GET of what gets allows, and the questions, which change nothing. Whatever else is asked of it never leaves the program, and no
// redirect is followed: a credential goes where it was given for, and nowhere else.
func ReadOnly(c *http.Client, gets func(*url.URL) bool, questions ...Question) *http.Client {
	inner := c.Transport
	if inner == nil {
		inner = refusing{}
	}
	return &http.Client{
		Transport: &gate{inner: inner, gets: gets, questions: slices.Clone(questions)}, Timeout: c.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// refusing is the transport of nobody: the way out is never the library's own.
type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, fault.New(fault.Internal, "a client has no way out")
}

type gate struct {
	inner     http.RoundTripper
	gets      func(*url.URL) bool
	questions []Question
}

// RoundTrip sends what only reads.
func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	if !g.opens(req) {
		if req.Body != nil {
			_ = req.Body.Close() // as RoundTripper asks
		}
		return nil, fault.New(fault.Denied, "%.10s %.100s is not a request that only reads, and is never sent", req.Method, req.URL.Path)
	}
	return g.inner.RoundTrip(req)
}

func (g *gate) opens(req *http.Request) bool {
	for _, h := range overrides {
		if req.Header.Get(h) != "" {
			return false
		}
	}
	if req.Header.Get("Upgrade") != "" || slices.Contains(strings.Split(req.URL.Path, "/"), "..") {
		return false
	}
	switch req.Method {
	case "", http.MethodGet:
		return (req.Body == nil || req.Body == http.NoBody) && g.gets(req.URL)
	case http.MethodPost:
		return slices.ContainsFunc(g.questions, func(q Question) bool {
			return (q.Host == "*" || strings.EqualFold(q.Host, req.URL.Hostname())) && q.asks(req.URL.EscapedPath())
		})
	}
	return false
}

func (q Question) asks(path string) bool {
	rest, anywhere := strings.CutPrefix(q.Path, "**")
	if !anywhere {
		return matchPath(q.Path, path)
	}
	i := strings.LastIndex(path, rest)
	return i >= 0 && i+len(rest) == len(path) && !strings.Contains(path, "%")
}
