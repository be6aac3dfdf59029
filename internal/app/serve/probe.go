package serve

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"c4arch/internal/app/config"
	"c4arch/internal/base/fault"
	"c4arch/internal/trust/control"
)

// Pin is the digest of a public key.
type Pin = config.Pin

func keyPin(c *x509.Certificate) Pin { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

// OwnPins are those of the keys that this service serves under, or its proxy as it was declared; none while ACME has not fetched a certificate, or where nobody said them.
func OwnPins(ctx context.Context, c *config.Config, cache autocert.Cache) ([]Pin, error) {
	if !c.Encrypted() {
		return c.Proxy.Pins, nil
	}
	if c.TLS.Certificate != "" {
		b, err := os.ReadFile(c.TLS.Certificate)
		if err != nil {
			return nil, err
		}
		p, err := pinsOf(b)
		if len(p) > 1 {
			p = p[:1] // the leaf comes first (RFC 8446 section 4.4.2)
		}
		return p, err
	}
	var all []Pin
	for _, d := range c.ACME.Domains {
		for _, name := range []string{d, d + "+rsa"} { // as autocert names what it keeps
			b, err := cache.Get(ctx, name)
			if errors.Is(err, autocert.ErrCacheMiss) {
				continue
			}
			if err != nil {
				return nil, err
			}
			p, err := pinsOf(b)
			if err != nil {
				return nil, err
			}
			if len(p) > 0 {
				all = append(all, p[0])
			}
		}
	}
	return all, nil
}

// pinsOf reads the certificates of a PEM file in their order. Keys in it are passed over.
func pinsOf(b []byte) ([]Pin, error) {
	var all []Pin
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			return all, nil
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "a certificate of ours cannot be read")
		}
		all = append(all, keyPin(c))
	}
}

// Probe is how a listener is looked at from outside.
type Probe struct {
	Origin *url.URL // https://HOST[:PORT]
	Own    []Pin    // of our keys; none means that it is a declared proxy who ends TLS, or nobody knows
	Proxy  string   // who runs the proxy, where one was declared
	Roots  *x509.CertPool
	Dial   func(ctx context.Context, network, address string) (net.Conn, error) // the one way out
	Now    func() time.Time
}

// renewal is how long before its end a certificate must have been replaced; ACME does so 30 days before.
const renewal = 14 * 24 * time.Hour

// Look connects several times and says what it saw: that TLS 1.0 and 1.1 are refused, which protocol and cipher it got, whom the certificate is for and until when,
// whether the key is ours, and that plain HTTP and the header of RFC 6797 are as they should be. What could not be looked at is unknown.
func (p Probe) Look(ctx context.Context) []control.Observation {
	subject := "listener " + p.Origin.Host
	if p.Origin.Scheme != "https" {
		if config.Loopback(net.JoinHostPort(p.Origin.Hostname(), "80")) {
			return []control.Observation{{Subject: subject, Outcome: control.Pass, Detail: "plain HTTP on loopback: it does not leave this machine"}}
		}
		return []control.Observation{{Subject: subject, Outcome: control.Fail, Detail: "plain HTTP beyond loopback"}}
	}
	var all []control.Observation
	for _, v := range []struct {
		name    string
		version uint16
	}{{"TLS 1.0", tls.VersionTLS10}, {"TLS 1.1", tls.VersionTLS11}} {
		o, detail := p.refused(ctx, v.version)
		all = append(all, control.Observation{Subject: subject + ", " + v.name, Outcome: o, Detail: detail})
	}
	state, err := p.handshake(ctx)
	if err != nil {
		return append(all, control.Observation{Subject: subject + ", TLS 1.2 or newer", Outcome: control.Unknown, Detail: "no connection: " + err.Error()})
	}
	for _, look := range []struct {
		name string
		ask  func(*tls.ConnectionState) (control.Outcome, string)
	}{{"TLS 1.2 or newer", protocol}, {"certificate", p.certificate}, {"key", p.key}} {
		o, detail := look.ask(state)
		all = append(all, control.Observation{Subject: subject + ", " + look.name, Outcome: o, Detail: detail})
	}
	o, detail := p.hsts(ctx)
	return append(all, control.Observation{Subject: subject + ", HSTS", Outcome: o, Detail: detail})
}

// Ends says who ends TLS on the way to the service: nobody but us, or but a proxy that was declared with its owner and its key. It is what the clause about hops that are not
// owned is held against.
func (p Probe) Ends(ctx context.Context) []control.Observation {
	var all []control.Observation
	if p.Proxy != "" {
		all = append(all, control.Observation{Subject: "register of proxies", Outcome: control.Pass, Detail: "one that ends TLS, run by " + p.Proxy})
	}
	o := control.Observation{Subject: "listener " + p.Origin.Host + ", key"}
	if p.Origin.Scheme != "https" {
		o.Outcome, o.Detail = control.Fail, "plain HTTP beyond loopback: every hop reads it"
		if config.Loopback(net.JoinHostPort(p.Origin.Hostname(), "80")) {
			o.Outcome, o.Detail = control.Pass, "plain HTTP on loopback: there is no hop"
		}
		return append(all, o)
	}
	state, err := p.handshake(ctx)
	if err != nil {
		o.Outcome, o.Detail = control.Unknown, "no connection: "+err.Error()
		return append(all, o)
	}
	o.Outcome, o.Detail = p.key(state)
	return append(all, o)
}

func (p Probe) address() string {
	port := p.Origin.Port()
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(p.Origin.Hostname(), port)
}

const probeTime = 10 * time.Second

func (p Probe) connect(ctx context.Context, conf *tls.Config) (*tls.Conn, error, error) {
	raw, err := p.Dial(ctx, "tcp", p.address())
	if err != nil {
		return nil, err, nil
	}
	conf.ServerName = p.Origin.Hostname()
	c := tls.Client(raw, conf)
	if err := c.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, nil, err
	}
	return c, nil, nil
}

// refused offers one old version only. That it is refused shows as a failed handshake on a connection that was made: with an alert as RFC 8446 section 6.2 has it, or
// by closing. Silence is no refusal.
func (p Probe) refused(ctx context.Context, version uint16) (control.Outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	// No certificate is believed here and nothing is sent: the question is whether a handshake is possible at all.
	c, dial, shake := p.connect(ctx, &tls.Config{MinVersion: version, MaxVersion: version, InsecureSkipVerify: true, CipherSuites: everyCipher()})
	switch {
	case dial != nil:
		return control.Unknown, "no connection: " + dial.Error()
	case shake == nil:
		_ = c.Close()
		return control.Fail, "it is accepted"
	case ctx.Err() != nil:
		return control.Unknown, "no answer in time"
	}
	return control.Pass, "it is refused"
}

// everyCipher offers what old listeners speak too.
func everyCipher() []uint16 {
	var all []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		all = append(all, s.ID)
	}
	return all
}

// handshake connects without believing the certificate, which is then looked at.
func (p Probe) handshake(ctx context.Context) (*tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	c, dial, shake := p.connect(ctx, &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true})
	if err := errors.Join(dial, shake); err != nil {
		return nil, err
	}
	defer c.Close()
	s := c.ConnectionState()
	return &s, nil
}

func protocol(s *tls.ConnectionState) (control.Outcome, string) {
	return control.Pass, tls.VersionName(s.Version) + ", " + tls.CipherSuiteName(s.CipherSuite)
}

func (p Probe) certificate(s *tls.ConnectionState) (control.Outcome, string) {
	if len(s.PeerCertificates) == 0 {
		return control.Fail, "there is none"
	}
	leaf := s.PeerCertificates[0]
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	now := p.Now()
	left := leaf.NotAfter.Sub(now)
	until := leaf.NotAfter.UTC().Format(time.RFC3339)
	if _, err := leaf.Verify(x509.VerifyOptions{DNSName: p.Origin.Hostname(), Roots: p.Roots, Intermediates: between, CurrentTime: now}); err != nil {
		return control.Fail, fmt.Sprintf("valid until %s, but not to be trusted: %v", until, err)
	}
	if left < renewal {
		return control.Fail, fmt.Sprintf("valid until %s: it is to be replaced %d days before its end", until, int(renewal.Hours()/24))
	}
	return control.Pass, "valid until " + until
}

// key compares the key that outsiders are shown with ours. Another key is another's hop, which reads everything.
func (p Probe) key(s *tls.ConnectionState) (control.Outcome, string) {
	if len(s.PeerCertificates) == 0 {
		return control.Fail, "there is no certificate"
	}
	seen := keyPin(s.PeerCertificates[0])
	for _, own := range p.Own {
		if bytes.Equal(own[:], seen[:]) {
			return control.Pass, fmt.Sprintf("it is ours: %x", seen[:8])
		}
	}
	switch {
	case len(p.Own) > 0:
		return control.Fail, fmt.Sprintf("it is not ours (%x): somebody else ends TLS", seen[:8])
	case p.Proxy != "":
		return control.Unknown, fmt.Sprintf("a declared proxy (%s) ends TLS with the key %x, and its own key was not said (proxy.pins)", p.Proxy, seen[:8])
	}
	return control.Unknown, fmt.Sprintf("the key is %x; which ones are ours is not known", seen[:8])
}

// hsts asks for the health page, believing no more than the probe for the certificate did: only the header is read.
func (p Probe) hsts(ctx context.Context) (control.Outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	c := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: p.Dial, DisableKeepAlives: true, MaxResponseHeaderBytes: maxHeader,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, ServerName: p.Origin.Hostname()},
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, "https://"+p.Origin.Host+"/healthz", nil)
	if err != nil {
		return control.Unknown, err.Error()
	}
	res, err := c.Do(req)
	if err != nil {
		return control.Unknown, "no answer: " + err.Error()
	}
	_ = res.Body.Close()
	h := res.Header.Get("Strict-Transport-Security")
	if !strings.HasPrefix(h, "max-age=") || strings.HasPrefix(h, "max-age=0") {
		return control.Fail, "the header is missing, so that a browser may come back by plain HTTP"
	}
	return control.Pass, h
}
