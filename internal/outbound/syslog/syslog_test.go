package syslog

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
)

var message = regexp.MustCompile(`^<(?:108|110)>1 (?:-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) [!-~]{1,255} [!-~]{1,48} - [!-~]{1,32} \[c4arch@32473((?: [!-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] [ -~]*$`)

func TestEncode(t *testing.T) {
	m := Message{
		At: time.Date(2026, 11, 23, 8, 0, 0, 1000, time.FixedZone("x", 3600)), Warning: true, Host: "arch.contoso.example", App: "c4arch", Kind: "scan.failed",
		Params: [][2]string{{"org", "og_1"}, {"x", `a"b\c]d`}}, Text: `{"a":1}`,
	}
	const want = `<108>1 2026-11-23T07:00:00.000001Z arch.contoso.example c4arch - scan.failed [c4arch@32473 org="og_1" x="a\"b\\c\]d"] {"a":1}`
	if got := string(m.Encode()); got != want {
		t.Errorf("%s", got)
	}
	if got := string((Message{}).Encode()); got != "<110>1 0001-01-01T00:00:00.000000Z - - - - [c4arch@32473] " {
		t.Errorf("%q", got)
	}
}

// FuzzEncode: whatever stands in it, it is one message of RFC 5424 without control characters, and its frame says how long it is.
func FuzzEncode(f *testing.F) {
	f.Add("", "", "", "", int64(0))
	f.Add("a b", "x=]\"y", "\"]\\ [x y=\"z\"]", "\n12 <13>1 - - - - - forged", int64(1<<62))
	f.Add("é\x00", "\xff", "\u2028", "\r\n", int64(-1<<62))
	f.Fuzz(func(t *testing.T, host, name, value, text string, at int64) {
		m := Message{At: time.Unix(at, 0), Host: host, App: name, Kind: name, Params: [][2]string{{name, value}, {"position", "1"}}, Text: text}
		b := m.Encode()
		p := message.FindSubmatch(b)
		if p == nil || !bytes.HasSuffix(p[1], []byte(` position="1"`)) {
			t.Fatalf("no message of RFC 5424: %q", b)
		}
		size, rest, ok := strings.Cut(string(frame(b)), " ")
		if n, err := strconv.Atoi(size); !ok || err != nil || n != len(b) || rest != string(b) {
			t.Fatalf("no frame: %q", size)
		}
	})
}

// TestAcknowledged: what counts is that the other side ends the connection without an error after ours.
func TestAcknowledged(t *testing.T) {
	for name, x := range map[string]struct {
		serve func(c *tls.Conn)
		want  fault.Kind
	}{
		"read and closed": {func(c *tls.Conn) { _, _ = io.Copy(io.Discard, c); _ = c.Close() }, ""},
		"closed before":   {func(c *tls.Conn) { reset(c) }, fault.Unavailable},
		"reset at the end": {func(c *tls.Conn) {
			_, _ = io.Copy(io.Discard, c)
			reset(c)
		}, fault.Unavailable},
		"an answer":  {func(c *tls.Conn) { _, _ = io.Copy(io.Discard, c); _, _ = c.Write([]byte("500 no")); _ = c.Close() }, fault.Unavailable},
		"no TLS":     {func(c *tls.Conn) { _, _ = c.NetConn().Write([]byte("220 hello\r\n")); _ = c.NetConn().Close() }, fault.Unavailable},
		"never ends": {func(c *tls.Conn) { _, _ = io.Copy(io.Discard, c); _, _ = io.Copy(io.Discard, c.NetConn()) }, "canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			cert := httptest.NewTLSServer(http.NotFoundHandler())
			defer cert.Close()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close() //nolint:errcheck // a test
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done, over := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(done)
				raw, err := l.Accept()
				if err != nil {
					return
				}
				c := tls.Server(raw, &tls.Config{Certificates: cert.TLS.Certificates, MinVersion: tls.VersionTLS12})
				if name != "no TLS" {
					if c.Handshake() != nil {
						return
					}
				}
				if name == "never ends" {
					go func() { _, _ = io.Copy(io.Discard, c); cancel() }()
					<-over
					_ = raw.Close()
					return
				}
				x.serve(c)
			}()
			err = Send(ctx, func(ctx context.Context, address string) (*tls.Conn, error) {
				raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
				if err != nil {
					return nil, err
				}
				c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}) //nolint:gosec // whom we speak to is not what is tested
				if err := c.HandshakeContext(ctx); err != nil {
					return nil, fault.Wrap(fault.Unavailable, err, "no TLS")
				}
				return c, nil
			}, l.Addr().String(), []Message{{Text: strings.Repeat("x", 1<<20)}, {Text: "y"}})
			close(over)
			if x.want == "canceled" {
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			} else if fault.KindOf(err) != x.want {
				t.Errorf("%v", err)
			}
			<-done
		})
	}
}

func reset(c *tls.Conn) {
	if tcp, ok := c.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
}

func BenchmarkEncode(b *testing.B) {
	m := Message{At: time.Unix(1, 0), Host: "arch.contoso.example", App: "c4arch", Kind: "scan.failed", Params: [][2]string{{"org", "og_01jq8z6y5x4w3v2t1s0r9q8p7n"}, {"position", "7"}}, Text: strings.Repeat("x", 500)}
	b.ReportAllocs()
	for b.Loop() {
		frame(m.Encode())
	}
}
