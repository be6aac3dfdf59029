package serve

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"c4arch/internal/base/fault"
)

// baseTLS is what every listener of ours speaks: TLS 1.2 with forward secrecy and authenticated encryption, or 1.3 (RFC 9325 section 4.2).
func baseTLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos: []string{"h2", "http/1.1"},
	}
}

// publicTLS is that of the public listener, nil where there is none.
func (s *Server) publicTLS() (*tls.Config, error) {
	c := baseTLS()
	switch {
	case s.c.TLS.Certificate != "":
		p, err := s.pair(s.c.TLS.Certificate, s.c.TLS.Key)
		if err != nil {
			return nil, err
		}
		c.GetCertificate = p.get
	case len(s.c.ACME.Domains) > 0:
		if s.p.Cache == nil || s.p.ACMEClient == nil {
			return nil, fault.New(fault.Internal, "certificates by ACME need a place to keep them and a way out")
		}
		c.GetCertificate = s.manager().GetCertificate
		c.NextProtos = append(c.NextProtos, acme.ALPNProto)
	default:
		return nil, nil
	}
	return c, nil
}

// internalTLS is mutual where an authority is named; nil is plain, which only loopback may be.
func (s *Server) internalTLS() (*tls.Config, error) {
	i := s.c.Internal
	if i.Certificate == "" {
		return nil, nil
	}
	p, err := s.pair(i.Certificate, i.Key)
	if err != nil {
		return nil, err
	}
	c := baseTLS()
	c.GetCertificate = p.get
	if i.ClientCA != "" {
		pem, err := os.ReadFile(i.ClientCA)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "the authority of clients cannot be read")
		}
		c.ClientCAs = x509.NewCertPool()
		if !c.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fault.New(fault.Invalid, "%s holds no certificate", i.ClientCA)
		}
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c, nil
}

// manager fetches certificates from the authority, nil where none is asked. There is one, made at the first use.
func (s *Server) manager() *autocert.Manager {
	if len(s.c.ACME.Domains) == 0 {
		return nil
	}
	s.acmeOnce.Do(func() {
		s.acme = &autocert.Manager{
			Prompt:     func(string) bool { return s.c.ACME.AcceptTerms },
			Cache:      s.p.Cache,
			HostPolicy: autocert.HostWhitelist(s.c.ACME.Domains...),
			Email:      s.c.ACME.Email,
			Client:     &acme.Client{DirectoryURL: s.c.ACME.Directory.String(), HTTPClient: s.p.ACMEClient, UserAgent: "c4arch"},
		}
	})
	return s.acme
}

// look is how often files are looked at, at most.
const look = 10 * time.Second

// filePair is a certificate in files that is read again when one of them changes, at the next handshake that is ten seconds after the last look, or on SIGHUP.
type filePair struct {
	certificate, key string
	now              func() time.Time
	failed           func(error)

	mu      sync.Mutex
	looked  time.Time
	cert    *tls.Certificate
	seen    [2]os.FileInfo
	trouble bool
}

func (s *Server) pair(certificate, key string) (*filePair, error) {
	p := &filePair{certificate: certificate, key: key, now: s.p.Now, failed: func(err error) {
		s.log.Error("a certificate cannot be read again; the one in use stays", "error", err)
	}}
	if err := p.reload(); err != nil {
		return nil, err
	}
	s.reload = append(s.reload, p.reload)
	return p, nil
}

func (p *filePair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.looked) >= look || now.Before(p.looked) {
		p.looked = now
		if p.changed() {
			err := p.load()
			if err != nil && !p.trouble { // once, not at every handshake
				p.failed(err)
			}
			p.trouble = err != nil
		}
	}
	return p.cert, nil
}

// changed compares times, sizes and identity: a mounted secret is swapped by moving a link.
func (p *filePair) changed() bool {
	for i, path := range []string{p.certificate, p.key} {
		info, err := os.Stat(path)
		if err != nil || !os.SameFile(info, p.seen[i]) || !info.ModTime().Equal(p.seen[i].ModTime()) || info.Size() != p.seen[i].Size() {
			return true
		}
	}
	return false
}

func (p *filePair) reload() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looked = p.now()
	return p.load()
}

func (p *filePair) load() error {
	var seen [2]os.FileInfo
	for i, path := range []string{p.certificate, p.key} {
		info, err := os.Stat(path)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "the certificate cannot be read")
		}
		seen[i] = info
	}
	cert, err := tls.LoadX509KeyPair(p.certificate, p.key)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "%s and %s are no pair that can be used", p.certificate, p.key)
	}
	if now := p.now(); now.After(cert.Leaf.NotAfter) {
		return fault.New(fault.Invalid, "the certificate in %s has expired: %s", p.certificate, cert.Leaf.NotAfter.UTC().Format(time.RFC3339))
	}
	p.cert, p.seen = &cert, seen
	return nil
}
