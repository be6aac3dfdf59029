package serve

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/net/dns/dnsmessage"
)

func nopLog() *log.Logger { return log.New(io.Discard, "", 0) }

// shared is a cache as the platform's home is one: for all replicas.
type shared struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (s *shared) Get(_ context.Context, k string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.m[k]
	if !ok {
		return nil, autocert.ErrCacheMiss
	}
	return b, nil
}

func (s *shared) Put(_ context.Context, k string, b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = b
	return nil
}

func (s *shared) Delete(_ context.Context, k string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, k)
	return nil
}

// nameServer says 127.0.0.1 for every name, so that the authority finds us.
func nameServer(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = conn.Close(); <-done })
	go func() {
		defer close(done)
		b := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			res := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionAvailable: true}, Questions: m.Questions}
			if q.Type == dnsmessage.TypeA {
				res.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
					Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
				}}
			}
			if out, err := res.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return conn.LocalAddr().String()
}

// pebble runs a real authority that validates at those ports, and returns its directory and a client that believes it.
func pebble(t *testing.T, httpPort, tlsPort int) (directory *url.URL, client *http.Client, roots *x509.CertPool) {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")      // no pause before it validates
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0") // refusals are tested by the client's own library
	store := db.NewMemoryStore()
	authority := ca.New(nopLog(), store, "", 0, 1, map[string]ca.Profile{"default": {Description: "default"}})
	validator := va.New(nopLog(), httpPort, tlsPort, false, nameServer(t), store)
	front := wfe.New(nopLog(), store, validator, authority, false, false, 0, 0)
	s := httptest.NewTLSServer(front.Handler())
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL + wfe.DirectoryPath)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(authority.GetRootCert(0).Cert)
	return u, s.Client(), roots
}

func port(t *testing.T) (string, int) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String(), ln.Addr().(*net.TCPAddr).Port
}

// TestACME fetches a certificate from pebble, the authority's test server, by TLS-ALPN-01 (RFC 8737), and serves it; a second replica with the same cache serves the
// same certificate without asking.
func TestACME(t *testing.T) {
	const name = "arch.contoso.example"
	public, tlsPort := port(t)
	plain, httpPort := port(t)
	directory, client, roots := pebble(t, httpPort, tlsPort)
	cache := &shared{m: map[string][]byte{}}
	c := basic(t)
	c.Server.Listen, c.Server.Redirect = public, plain
	c.ACME.Domains, c.ACME.Directory, c.ACME.Email, c.ACME.AcceptTerms = []string{name}, directory, "ops@contoso.example", true
	p, out := parts(t, http.NotFoundHandler())
	p.Cache, p.ACMEClient = cache, client
	first := start(t, c, p, out)
	fetch := func(at string) string {
		t.Helper()
		cl := secureClient(roots)
		cl.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, at)
		}
		res, _ := do(t, cl, request(t, "GET", "https://"+name+"/healthz", nil))
		if res.StatusCode != 200 {
			t.Fatalf("status %d", res.StatusCode)
		}
		return res.TLS.PeerCertificates[0].SerialNumber.String()
	}
	serial := fetch(first.Public)

	own, err := OwnPins(t.Context(), c, cache)
	if err != nil || len(own) != 1 {
		t.Errorf("own pins: %d, %v", len(own), err)
	}
	look := Probe{
		Origin: &url.URL{Scheme: "https", Host: net.JoinHostPort(name, strconv.Itoa(tlsPort))}, Own: own, Roots: roots, Now: time.Now,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, first.Public)
		},
	}
	for _, o := range look.Look(t.Context()) {
		if o.Outcome != "pass" {
			t.Errorf("probe: %+v", o)
		}
	}

	// A name that is not ours is not asked for.
	conn, err := tls.Dial("tcp", first.Public, &tls.Config{ServerName: "evil.example", InsecureSkipVerify: true})
	if err == nil {
		_ = conn.Close()
		t.Error("a certificate for another name")
	}
	if res, _ := do(t, secureClient(nil), request(t, "GET", "http://"+first.Redirect+"/x", nil, "Host", name)); res.StatusCode != 308 || res.Header.Get("Location") != "https://"+name+"/x" {
		t.Errorf("redirect: %d %s", res.StatusCode, res.Header.Get("Location"))
	}

	replica := *c
	replica.Server.Listen, replica.Server.Redirect = "127.0.0.1:0", ""
	p2, out2 := parts(t, http.NotFoundHandler())
	p2.Cache = cache
	p2.ACMEClient = &http.Client{Transport: refuse{t}}
	if got := fetch(start(t, &replica, p2, out2).Public); got != serial {
		t.Error("a replica has a certificate of its own")
	}
}

// refuse is a way out that nobody may take.
type refuse struct{ t *testing.T }

func (r refuse) RoundTrip(*http.Request) (*http.Response, error) {
	r.t.Error("the replica asked the authority")
	return nil, io.ErrClosedPipe
}
