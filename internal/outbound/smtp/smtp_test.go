package smtp_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/outbound/smtp"
)

// server is one of mail on this machine.
type server struct {
	mu     sync.Mutex
	mails  [][]byte
	users  []string
	refuse func(n int) error // of the n-th mail
	tried  int
}

func (s *server) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{server: s}, nil }

type session struct{ *server }

func (s *session) AuthMechanisms() []string { return []string{"PLAIN"} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "correct horse" {
			return gosmtp.ErrAuthFailed
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.users = append(s.users, user)
		return nil
	}), nil
}

func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *session) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (s *session) Reset()                                 {}
func (s *session) Logout() error                          { return nil }

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried++
	if s.refuse != nil {
		if err := s.refuse(s.tried); err != nil {
			return err
		}
	}
	s.mails = append(s.mails, b)
	return nil
}

// certificate is one of localhost, and who trusts it.
func certificate(t *testing.T) (tls.Certificate, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// serve starts it. how is "starttls", "tls" or "plain".
func serve(t *testing.T, s *server, how string) smtp.Config {
	t.Helper()
	pair, roots := certificate(t)
	srv := gosmtp.NewServer(s)
	srv.Domain, srv.AllowInsecureAuth = "localhost", how == "plain"
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	switch how {
	case "starttls":
		srv.TLSConfig = config
	case "tls":
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return smtp.Config{
		Host: "localhost", Port: uint16(port), TLS: how == "tls", Plain: how == "plain", From: "c4arch <no-reply@contoso.example>", Hello: "arch.contoso.example", Roots: roots,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, l.Addr().String())
		},
	}
}

func message() smtp.Message {
	return smtp.Message{
		ID: "mg_1", To: "ada@contoso.example", Name: "Ada Löwe", Subject: "Bob mentioned you in Shöp", Text: "Hello\n- über\n", HTML: "<p>Hello</p>",
		At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Unsubscribe: "https://arch.contoso.example/unsubscribe/og_1/" + strings.Repeat("x", 120),
	}
}

func TestSend(t *testing.T) {
	for _, how := range []string{"starttls", "tls", "plain"} {
		t.Run(how, func(t *testing.T) {
			s := &server{}
			c := serve(t, s, how)
			c.User, c.Password = "c4arch", secret.New([]byte("correct horse"))
			for range 2 {
				if err := smtp.Send(t.Context(), c, message()); err != nil {
					t.Fatal(err)
				}
			}
			if len(s.mails) != 2 || len(s.users) != 2 || s.users[0] != "c4arch" {
				t.Fatalf("%d mails of %q", len(s.mails), s.users)
			}
			m, err := mail.ReadMessage(bytes.NewReader(s.mails[0]))
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{
				"Message-Id": "<mg_1@contoso.example>", "Date": "Mon, 23 Nov 2026 12:00:00 +0000", "List-Unsubscribe": "<" + message().Unsubscribe + ">",
				"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated", "Reply-To": "", "User-Agent": "", "X-Mailer": "",
			} {
				if got := m.Header.Get(name); got != want {
					t.Errorf("%s is %q, not %q", name, got, want)
				}
			}
			if to, err := m.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Name != "Ada Löwe" || to[0].Address != "ada@contoso.example" {
				t.Errorf("to %v, %v", to, err)
			}
			if kind := m.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/alternative") {
				t.Error(kind)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	greylisted := &gosmtp.SMTPError{Code: 451, EnhancedCode: gosmtp.EnhancedCode{4, 7, 1}, Message: "come again later"}
	never := &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 7, 1}, Message: "secret words of the mail"}
	s := &server{refuse: func(n int) error {
		switch n {
		case 1:
			return greylisted
		case 2:
			return never
		}
		return nil
	}}
	c := serve(t, s, "starttls")
	for i, want := range []fault.Kind{fault.Unavailable, fault.Denied, ""} {
		err := smtp.Send(t.Context(), c, message())
		if fault.KindOf(err) != want && !(want == "" && err == nil) {
			t.Errorf("mail %d: %v", i, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret words") {
			t.Errorf("the words of the server are told: %v", err)
		}
	}
	if len(s.mails) != 1 {
		t.Errorf("%d mails", len(s.mails))
	}
}

// TestEncrypted: nothing goes over a connection that is not encrypted, or to somebody else.
func TestEncrypted(t *testing.T) {
	s := &server{}
	c := serve(t, s, "plain")
	c.Plain = false
	if err := smtp.Send(t.Context(), c, message()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a server without STARTTLS is spoken to: %v", err)
	}
	for _, how := range []string{"starttls", "tls"} {
		c := serve(t, s, how)
		c.Roots = nil
		if err := smtp.Send(t.Context(), c, message()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: a certificate that nobody knows is taken: %v", how, err)
		}
	}
	c = serve(t, s, "starttls")
	c.User, c.Password = "c4arch", secret.New([]byte("wrong"))
	if err := smtp.Send(t.Context(), c, message()); err == nil || strings.Contains(err.Error(), "wrong password") {
		t.Errorf("a wrong password: %v", err)
	}
	c.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no way out") }
	if err := smtp.Send(t.Context(), c, message()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without a way out: %v", err)
	}
	if len(s.mails) != 0 {
		t.Errorf("%d mails were sent", len(s.mails))
	}
}

// TestHeaders: nothing becomes another header.
func TestHeaders(t *testing.T) {
	s := &server{}
	c := serve(t, s, "starttls")
	for _, change := range []func(*smtp.Message){
		func(m *smtp.Message) { m.Subject = "a\r\nBcc: eve@fabrikam.example" },
		func(m *smtp.Message) { m.Name = "a\nBcc: eve@fabrikam.example" },
		func(m *smtp.Message) { m.To = "ada@contoso.example, eve@fabrikam.example" },
		func(m *smtp.Message) { m.To = "ada@contoso.example\r\nRCPT TO:<eve@fabrikam.example>" },
		func(m *smtp.Message) { m.To = "Eve <eve@fabrikam.example>" },
		func(m *smtp.Message) { m.Unsubscribe = "https://x\r\nBcc: eve@fabrikam.example" },
		func(m *smtp.Message) { m.ID = "x>\r\nBcc: eve@fabrikam.example" },
	} {
		m := message()
		change(&m)
		if err := smtp.Send(t.Context(), c, m); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if len(s.mails) != 0 {
		t.Errorf("%d mails were sent", len(s.mails))
	}
	m := message()
	m.Text = "one\r\n.\r\nMAIL FROM:<eve@fabrikam.example>\r\n"
	if err := smtp.Send(t.Context(), c, m); err != nil || len(s.mails) != 1 {
		t.Errorf("a dot alone on its line: %v, %d mails", err, len(s.mails))
	}
}
