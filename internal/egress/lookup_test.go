package egress

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"c4arch/internal/base/fault"
)

// answering is a name server on loopback that knows the texts of one name.
func answering(t *testing.T, name string, texts ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Authoritative, m.RCode, m.Additionals = true, true, dnsmessage.RCodeNameError, nil
			if q := m.Questions[0]; q.Name.String() == name && q.Type == dnsmessage.TypeTXT {
				m.RCode = dnsmessage.RCodeSuccess
				for _, text := range texts {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: &dnsmessage.TXTResource{TXT: []string{text[:len(text)/2], text[len(text)/2:]}},
					})
				}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return NameServer(conn.LocalAddr().String())
}

func TestTXT(t *testing.T) {
	e, err := New(Config{Recorder: &Book{}, Now: time.Now, Resolver: answering(t, "_c4arch.contoso.example.", "v=spf1 -all", "c4arch-domain=0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.TXT(t.Context(), "_c4arch.contoso.example")
	if err != nil || !slices.Equal(got, []string{"v=spf1 -all", "c4arch-domain=0123456789abcdef"}) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := e.TXT(t.Context(), "_c4arch.fabrikam.example"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.TXT(ctx, "_c4arch.contoso.example"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}
