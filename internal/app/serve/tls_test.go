package serve

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c4arch/internal/app/config"
	"c4arch/internal/trust/control"
)

// authority issues certificates for tests.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	next int64
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, next: 1}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// issue writes a certificate for 127.0.0.1 and localhost, and its key, into files.
func (a *authority) issue(dir string, until time.Time) (certificate, key string) {
	a.t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	a.next++
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(a.next), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, k.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	kd, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	certificate, key = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	write(a.t, certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(a.t, key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: kd}))
	return certificate, key
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func secureClient(roots *x509.CertPool, certs ...tls.Certificate) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certs}, ForceAttemptHTTP2: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func TestTLSFromFilesAndReload(t *testing.T) {
	a, dir := newAuthority(t), t.TempDir()
	c := basic(t)
	c.TLS.Certificate, c.TLS.Key = a.issue(dir, time.Now().Add(900*time.Hour))
	c.Server.Redirect = "127.0.0.1:0"
	c.Server.External = &url.URL{Scheme: "https", Host: "localhost"}
	p, out := parts(t, http.NotFoundHandler())
	clock := time.Now()
	p.Now = func() time.Time { return clock }
	i := start(t, c, p, out)
	client := secureClient(a.pool())
	serial := func() string {
		t.Helper()
		res, _ := do(t, client, request(t, "GET", "https://"+i.Public+"/healthz", nil))
		if res.StatusCode != 200 || res.Proto != "HTTP/2.0" || !strings.HasSuffix(res.Header.Get("Strict-Transport-Security"), "; includeSubDomains") || res.TLS.Version < tls.VersionTLS12 {
			t.Fatalf("%d %s %s", res.StatusCode, res.Proto, res.Header)
		}
		return res.TLS.PeerCertificates[0].SerialNumber.String()
	}
	before := serial()
	a.issue(dir, time.Now().Add(900*time.Hour))
	if got := serial(); got != before {
		t.Error("files are looked at for every handshake")
	}
	clock = clock.Add(look)
	after := serial()
	if after == before {
		t.Error("a new certificate is not served")
	}
	write(t, c.TLS.Key, []byte("broken"))
	clock = clock.Add(look)
	if got := serial(); got != after {
		t.Error("the certificate in use was lost")
	}
	clock = clock.Add(look)
	serial()
	if n := len(out.lines(t, "a certificate cannot be read again; the one in use stays")); n != 1 {
		t.Errorf("the trouble was said %d times", n)
	}

	res, _ := do(t, client, request(t, "GET", "http://"+i.Redirect+"/a%2Fb?q=1", nil, "Host", "evil.example"))
	if res.StatusCode != 308 || res.Header.Get("Location") != "https://localhost/a%2Fb?q=1" {
		t.Errorf("redirect: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := do(t, client, request(t, "POST", "http://"+i.Redirect+"/a", strings.NewReader("secret"))); res.StatusCode != 400 {
		t.Errorf("a body over plain HTTP: %d", res.StatusCode)
	}
	for _, path := range []string{"/api/v1/whoami", "/scim/v2/Users", "/oauth/token"} { // a token went over the wire in clear: to go on over TLS would hide that
		if res, _ := do(t, client, request(t, "GET", "http://"+i.Redirect+path, nil, "Authorization", "Bearer c4a_EXAMPLE")); res.StatusCode != 400 || res.Header.Get("Location") != "" {
			t.Errorf("%s in clear: %d to %q", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	if res, body := do(t, http.DefaultClient, request(t, "GET", "http://"+i.Public+"/healthz", nil)); res.StatusCode != 400 || strings.Contains(body, "ok") {
		t.Errorf("plain HTTP at the public listener: %d %s", res.StatusCode, body)
	}
}

// TestWhatTLSIsSpoken: old versions, and suites without forward secrecy or authenticated encryption, get no connection.
func TestWhatTLSIsSpoken(t *testing.T) {
	a, dir := newAuthority(t), t.TempDir()
	c := basic(t)
	c.TLS.Certificate, c.TLS.Key = a.issue(dir, time.Now().Add(900*time.Hour))
	c.Server.External = &url.URL{Scheme: "https", Host: "localhost"}
	p, out := parts(t, http.NotFoundHandler())
	i := start(t, c, p, out)
	ask := func(with *tls.Config) (uint16, error) {
		with.RootCAs, with.ServerName = a.pool(), "localhost"
		conn, err := tls.Dial("tcp", i.Public, with)
		if err != nil {
			return 0, err
		}
		defer conn.Close() //nolint:errcheck // nothing was sent
		return conn.ConnectionState().Version, nil
	}
	if v, err := ask(&tls.Config{}); err != nil || v != tls.VersionTLS13 {
		t.Errorf("spoken is %x: %v", v, err)
	}
	if v, err := ask(&tls.Config{MaxVersion: tls.VersionTLS12}); err != nil || v != tls.VersionTLS12 {
		t.Errorf("1.2: %x, %v", v, err)
	}
	var weak []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		aead := strings.Contains(s.Name, "GCM") || strings.Contains(s.Name, "CHACHA20")
		if !strings.HasPrefix(s.Name, "TLS_ECDHE_") || !aead {
			weak = append(weak, s.ID)
		}
	}
	for name, with := range map[string]*tls.Config{
		"1.1": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "weak suites": {MaxVersion: tls.VersionTLS12, CipherSuites: weak},
	} {
		if _, err := ask(with); err == nil {
			t.Errorf("%s is spoken", name)
		}
	}
}

func TestExpiredCertificateIsRefusedAtTheStart(t *testing.T) {
	a := newAuthority(t)
	c := basic(t)
	c.TLS.Certificate, c.TLS.Key = a.issue(t.TempDir(), time.Now().Add(-time.Hour))
	p, _ := parts(t, http.NotFoundHandler())
	if err := Run(t.Context(), c, p); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("got %v", err)
	}
}

func TestInternalListenerTakesMutualTLS(t *testing.T) {
	a, stranger := newAuthority(t), newAuthority(t)
	c := basic(t)
	dir := t.TempDir()
	c.Internal.Listen = "127.0.0.1:0"
	c.Internal.Certificate, c.Internal.Key = a.issue(dir, time.Now().Add(900*time.Hour))
	c.Internal.ClientCA = filepath.Join(dir, "ca.crt")
	write(t, c.Internal.ClientCA, a.pem())
	p, out := parts(t, http.NotFoundHandler())
	i := start(t, c, p, out)
	pair := func(a *authority) tls.Certificate {
		t.Helper()
		cert, key := a.issue(t.TempDir(), time.Now().Add(time.Hour))
		x, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if res, body := do(t, secureClient(a.pool(), pair(a)), request(t, "GET", "https://"+i.Internal+"/metrics", nil)); res.StatusCode != 200 || !strings.Contains(body, "go_goroutines") {
		t.Errorf("a client of ours: %d", res.StatusCode)
	}
	for name, client := range map[string]*http.Client{"no certificate": secureClient(a.pool()), "of another authority": secureClient(a.pool(), pair(stranger))} {
		if res, err := client.Get("https://" + i.Internal + "/metrics"); err == nil {
			_ = res.Body.Close()
			t.Errorf("%s: let in", name)
		}
	}
}

// listener serves TLS with a configuration of the test's own until it ends.
func listener(t *testing.T, conf *tls.Config, h http.Handler) *url.URL {
	t.Helper()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", conf)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ErrorLog: nil, ReadHeaderTimeout: time.Minute}
	s.ErrorLog = nopLog()
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(ln) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return &url.URL{Scheme: "https", Host: ln.Addr().String()}
}

func TestProbe(t *testing.T) {
	a := newAuthority(t)
	c := basic(t)
	c.TLS.Certificate, c.TLS.Key = a.issue(t.TempDir(), time.Now().Add(900*time.Hour))
	own, err := OwnPins(t.Context(), c, nil)
	if err != nil || len(own) != 1 {
		t.Fatal(own, err)
	}
	p, out := parts(t, http.NotFoundHandler())
	i := start(t, c, p, out)
	good := Probe{Origin: &url.URL{Scheme: "https", Host: i.Public}, Own: own, Roots: a.pool(), Dial: new(net.Dialer).DialContext, Now: time.Now}
	outcomes := func(p Probe) string {
		var s []string
		for _, o := range p.Look(t.Context()) {
			_, what, _ := strings.Cut(o.Subject, ", ")
			s = append(s, what+"="+string(o.Outcome))
		}
		return strings.Join(s, " ")
	}
	for _, o := range good.Look(t.Context()) {
		if o.Outcome != control.Pass {
			t.Errorf("our own listener: %+v", o)
		}
	}
	// Each change is a fault that the probe is there to find.
	pair, err := tls.LoadX509KeyPair(a.issue(t.TempDir(), time.Now().Add(24*time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	old := good
	old.Origin = listener(t, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10}, http.NotFoundHandler())
	if got, want := outcomes(old), "TLS 1.0=fail TLS 1.1=fail TLS 1.2 or newer=pass certificate=fail key=fail HSTS=fail"; got != want {
		t.Errorf("an old listener with another key, soon to expire:\n%s\n%s", got, want)
	}
	stranger := good
	stranger.Roots = newAuthority(t).pool()
	if got := outcomes(stranger); !strings.Contains(got, "certificate=fail key=pass") {
		t.Errorf("a certificate of nobody: %s", got)
	}
	late := good
	late.Now = func() time.Time { return time.Now().Add(890 * time.Hour) }
	if got := outcomes(late); !strings.Contains(got, "certificate=fail") {
		t.Errorf("shortly before the end: %s", got)
	}
	unknown := good
	unknown.Own, unknown.Proxy = nil, "Contoso"
	if got := outcomes(unknown); !strings.Contains(got, "key=unknown") {
		t.Errorf("behind a proxy: %s", got)
	}
	if err := i.stop(); err != nil {
		t.Fatal(err)
	}
	if got, want := outcomes(good), "TLS 1.0=unknown TLS 1.1=unknown TLS 1.2 or newer=unknown"; got != want {
		t.Errorf("nobody there:\n%s\n%s", got, want)
	}
	for origin, want := range map[string]control.Outcome{"http://127.0.0.1:8642": control.Pass, "http://arch.contoso.example": control.Fail} {
		u, err := url.Parse(origin)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Probe{Origin: u}).Look(t.Context()); len(got) != 1 || got[0].Outcome != want {
			t.Errorf("%s: %+v", origin, got)
		}
	}
}

// TestWhoEndsTLS: the key that outsiders are shown is ours, or that of a proxy which was declared with its key; any other hop is found.
func TestWhoEndsTLS(t *testing.T) {
	a := newAuthority(t)
	certificate, key := a.issue(t.TempDir(), time.Now().Add(900*time.Hour))
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	there := listener(t, &tls.Config{Certificates: []tls.Certificate{pair}}, http.NotFoundHandler())
	loopback, beyond := &url.URL{Scheme: "http", Host: "127.0.0.1:8642"}, &url.URL{Scheme: "http", Host: "arch.contoso.example"}
	for _, x := range []struct {
		name   string
		origin *url.URL
		proxy  string
		pins   []Pin
		want   control.Outcome
	}{
		{"ours", there, "", []Pin{keyPin(leaf)}, control.Pass},
		{"a declared proxy with its key", there, "Contoso", []Pin{keyPin(leaf)}, control.Pass},
		{"a key that is not ours", there, "", []Pin{{1}}, control.Fail},
		{"another key than the proxy's", there, "Contoso", []Pin{{1}}, control.Fail},
		{"a proxy whose key was not said", there, "Contoso", nil, control.Unknown},
		{"plain HTTP on this machine", loopback, "", nil, control.Pass},
		{"plain HTTP beyond it", beyond, "", nil, control.Fail},
	} {
		c := basic(t)
		c.Proxy.Pins, c.Proxy.Owner = x.pins, x.proxy
		own, err := OwnPins(t.Context(), c, nil)
		if err != nil || len(own) != len(x.pins) {
			t.Fatal(own, err)
		}
		p := Probe{Origin: x.origin, Own: own, Proxy: x.proxy, Dial: new(net.Dialer).DialContext, Now: time.Now}
		list := p.Ends(t.Context())
		if got := control.Worst(list); got != x.want {
			t.Errorf("%s is %s: %+v", x.name, got, list)
		}
		if (x.proxy != "") != strings.Contains(fmt.Sprint(list), "register of proxies") {
			t.Errorf("%s: the register of proxies: %+v", x.name, list)
		}
	}
}

func TestACMENeedsItsParts(t *testing.T) {
	c := basic(t)
	c.ACME = config.ACME{Domains: []string{"arch.contoso.example"}, Directory: &url.URL{Scheme: "https", Host: "localhost"}, AcceptTerms: true}
	p, _ := parts(t, http.NotFoundHandler())
	if err := Run(context.Background(), c, p); err == nil || !strings.Contains(err.Error(), "way out") {
		t.Errorf("got %v", err)
	}
}
