package egress

import (
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Client returns a client for a purpose. Its connections are its own: make one for each use, once.
func (e *Exit) Client(p Purpose) *http.Client { return e.client(p, e.config.Rules[p]) }

// client makes one of a rule; the zero rule goes nowhere.
func (e *Exit) client(p Purpose, rule Rule) *http.Client {
	inner := &http.Transport{
		DialContext:            e.Dial(p),
		TLSClientConfig:        rule.tls(),
		TLSHandshakeTimeout:    shakeWait,
		ResponseHeaderTimeout:  headerWait,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    16,
		MaxResponseHeaderBytes: maxHeader,
		ForceAttemptHTTP2:      true,
	}
	if e.config.Proxy != nil {
		inner.Proxy = http.ProxyURL(e.config.Proxy) // never the environment's
	}
	c := &http.Client{
		Transport: &transport{exit: e, purpose: p, rule: rule, inner: inner},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > rule.Redirects {
				return refuse(p, "more than %d redirects", rule.Redirects)
			}
			return nil // where it leads is checked by the transport, as every request is
		},
	}
	if rule.Redirects == 0 {
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	switch {
	case rule.Wait == 0:
		c.Timeout = DefaultWait
	case rule.Wait > 0:
		c.Timeout = rule.Wait
	}
	return c
}

// transport looks at each request, also those that a redirect leads to and those on a connection that is open already.
type transport struct {
	exit    *Exit
	purpose Purpose
	rule    Rule
	inner   *http.Transport
}

// CloseIdleConnections closes what is open and unused.
func (t *transport) CloseIdleConnections() { t.inner.CloseIdleConnections() }

// RoundTrip sends a request that the rule allows.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	host, port := destination(req.URL)
	err := t.check(req, host, port)
	if err == nil {
		err = t.exit.held(req.Context(), t.purpose, host)
	}
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as RoundTripper asks
		}
		return nil, t.exit.refused(req.Context(), t.purpose, host, port, err)
	}
	t.exit.record(req.Context(), Event{Purpose: t.purpose, Host: host, Port: port, Outcome: Asked})
	res, err := t.inner.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	res.Body = &limited{ReadCloser: res.Body, left: t.most()}
	return res, nil
}

func (t *transport) most() int64 {
	if t.rule.MaxBody > 0 {
		return t.rule.MaxBody
	}
	return DefaultBody
}

func (t *transport) check(req *http.Request, host string, port uint16) error {
	switch {
	case !t.known():
		return refuse(t.purpose, "no rule names it")
	case req.URL.Scheme != "https" && !(req.URL.Scheme == "http" && t.rule.Plain):
		return refuse(t.purpose, "%.20q is not TLS", req.URL.Scheme)
	case req.URL.User != nil:
		return refuse(t.purpose, "an address holds a user")
	case !t.rule.mayHost(host) || !t.rule.mayPort(port):
		return refuse(t.purpose, "%.100s port %d is not on the list", host, port)
	case t.hidden(host):
		return refuse(t.purpose, "%.100s is not on the public internet", host)
	case t.rule.ReadOnly && !t.rule.reads(req):
		return refuse(t.purpose, "%.10s %.100s is not a request that only reads", req.Method, req.URL.Path)
	}
	return nil
}

// hidden reports whether the host is an address that may not be dialled. For a name, the dialler looks; behind a proxy nobody else does.
func (t *transport) hidden(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && !t.rule.mayDial(a)
}

func (t *transport) known() bool { _, ok := t.exit.config.Rules[t.purpose]; return ok }

// overrides are headers by which some servers take a request for another method.
var overrides = []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"}

// reads reports whether a request changes nothing.
func (r *Rule) reads(req *http.Request) bool {
	for _, h := range overrides {
		if req.Header.Get(h) != "" {
			return false
		}
	}
	switch req.Method {
	case "", http.MethodGet, http.MethodHead:
		return true
	case http.MethodPost:
		path := req.URL.EscapedPath()
		return slices.ContainsFunc(r.Posts, func(pattern string) bool { return matchPath(pattern, path) })
	}
	return false
}

// matchPath compares segment by segment; * is one segment. A dot-dot, an empty segment or an escape fits nothing.
func matchPath(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) || strings.Contains(path, "%") {
		return false
	}
	for i, w := range want {
		h := have[i]
		if h == "." || h == ".." || i > 0 && h == "" || w != "*" && !strings.EqualFold(w, h) {
			return false
		}
	}
	return true
}

func destination(u *url.URL) (string, uint16) {
	port := uint16(443)
	if u.Scheme == "http" {
		port = 80
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return normal(u.Hostname()), 0
		}
		port = uint16(n)
	}
	return normal(u.Hostname()), port
}

// proxied reports whether the destination is the proxy.
func (e *Exit) proxied(host string, port uint16) bool {
	if e.config.Proxy == nil {
		return false
	}
	h, p := destination(e.config.Proxy)
	return h == host && p == port
}

// limited ends an answer that is too large with an error.
type limited struct {
	io.ReadCloser
	left int64
}

// Read reads up to what is left, and one byte more to tell an end from a cut.
func (l *limited) Read(b []byte) (int, error) {
	if l.left < 0 {
		return 0, tooLarge()
	}
	if int64(len(b)) > l.left+1 {
		b = b[:l.left+1]
	}
	n, err := l.ReadCloser.Read(b)
	if l.left -= int64(n); l.left < 0 {
		return n - 1, tooLarge()
	}
	return n, err
}

func tooLarge() error { return fault.New(fault.Limited, "an answer is larger than is read") }

// ReadAll reads an answer of at most size bytes.
func ReadAll(r io.Reader, size int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, size+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > size {
		return nil, tooLarge()
	}
	return b, nil
}
