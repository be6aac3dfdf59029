package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

const org = id.Org("og_01hzzzzzzz0000000000000001")

var when = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func exit(t *testing.T, c Config) (*Exit, *Book) {
	t.Helper()
	book := &Book{}
	c.Recorder, c.Now = book, func() time.Time { return when }
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e, book
}

// server answers over TLS on loopback; the rule trusts it.
func server(t *testing.T, h http.HandlerFunc) (*httptest.Server, Rule) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	rule := Here(portOf(t, s.URL))
	rule.Plain = false
	rule.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
	rule.TLS.RootCAs.AddCert(s.Certificate())
	return s, rule
}

func portOf(t *testing.T, address string) uint16 {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return uint16(n)
}

func get(t *testing.T, c *http.Client, address string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(For(t.Context(), org, Webhook), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(c, req)
}

func do(c *http.Client, req *http.Request) (string, error) {
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func TestEveryAttemptIsRecorded(t *testing.T) {
	s, rule := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	e, book := exit(t, Config{Rules: map[Purpose]Rule{Webhook: rule}})
	c := e.Client(Webhook)
	for range 3 {
		if text, err := get(t, c, s.URL+"/hook?token=1"); err != nil || text != "hello" {
			t.Fatal(text, err)
		}
	}
	if _, err := get(t, c, "https://example.com/"); fault.KindOf(errors.Unwrap(err)) != fault.Denied {
		t.Errorf("what is not on the list: %v", err)
	}
	port := portOf(t, s.URL)
	want := []Destination{
		{Org: org, Purpose: Webhook, Host: "127.0.0.1", Port: port, Outcome: Asked, Count: 3, First: when, Last: when},
		{Org: org, Purpose: Webhook, Host: "127.0.0.1", Port: port, Outcome: Opened, Count: 1, First: when, Last: when},
		{Org: org, Purpose: Webhook, Host: "example.com", Port: 443, Outcome: Refused, Count: 1, First: when, Last: when},
	}
	got, lost := book.Take()
	if len(got) != len(want) || lost != 0 {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, not %+v", got[i], want[i])
		}
	}
	if again, _ := book.Take(); len(again) != 0 {
		t.Error("a book that was taken is not empty")
	}
}

func TestAPurposeWithoutARuleGoesNowhere(t *testing.T) {
	s, rule := server(t, func(http.ResponseWriter, *http.Request) { t.Error("it was reached") })
	e, book := exit(t, Config{Rules: map[Purpose]Rule{Webhook: rule}})
	if _, err := get(t, e.Client(Mail), s.URL); fault.KindOf(errors.Unwrap(err)) != fault.Denied {
		t.Errorf("%v", err)
	}
	if _, err := e.DialContext(t.Context(), "tcp", s.Listener.Addr().String()); fault.KindOf(err) != fault.Denied {
		t.Errorf("no purpose: %v", err)
	}
	if got, _ := book.Take(); len(got) != 2 || got[0].Outcome != Refused || got[1].Outcome != Refused {
		t.Errorf("%+v", got)
	}
}

// answers is a name server on loopback: each question for a name gets the next of the addresses.
func answers(t *testing.T, addrs ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	var asked atomic.Int64
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return // closed
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			if q.Type == dnsmessage.TypeA {
				a := netip.MustParseAddr(addrs[int(asked.Add(1)-1)%len(addrs)])
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: dnsmessage.TypeA},
					Body:   &dnsmessage.AResource{A: a.As4()},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A name that anyone may reach leads to an address that nobody may: the guard looks at what is dialled.
func TestANameThatLeadsInside(t *testing.T) {
	for _, inside := range []string{"127.0.0.1", "10.1.2.3", "169.254.169.254", "168.63.129.16", "192.168.0.1", "172.16.3.4", "100.100.100.200", "0.0.0.0", "224.0.0.1"} {
		e, book := exit(t, Config{Rules: map[Purpose]Rule{Webhook: {Hosts: []string{"*"}}}, Resolver: answers(t, inside)})
		_, err := get(t, e.Client(Webhook), "https://rebind.example.org/")
		if fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "public internet") || strings.Contains(err.Error(), inside) {
			t.Errorf("%s: %v", inside, err)
		}
		if got, _ := book.Take(); len(got) != 2 || got[1].Outcome != Refused {
			t.Errorf("%s: %+v", inside, got)
		}
	}
}

// A server that is public at the first look and inside at the second is refused at the second.
func TestRebinding(t *testing.T) {
	e, _ := exit(t, Config{Rules: map[Purpose]Rule{Webhook: {Hosts: []string{"*"}}}, Resolver: answers(t, "127.0.0.1", "10.0.0.1")})
	for range 2 {
		if _, err := e.Dial(Webhook)(t.Context(), "tcp", "rebind.example.org:443"); fault.KindOf(err) != fault.Denied {
			t.Errorf("%v", err)
		}
	}
}

func TestAddressesThatAreHosts(t *testing.T) {
	e, _ := exit(t, Config{Rules: map[Purpose]Rule{Webhook: {Hosts: []string{"*"}, Ports: []uint16{443, 80}, Plain: true}}})
	for _, host := range []string{
		"127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fd00:ec2::254]", "0.0.0.0", "[::]",
		"2130706433", "0x7f.1", "localhost", "localhost.", "LOCALHOST",
	} {
		for _, scheme := range []string{"http", "https"} {
			_, err := get(t, e.Client(Webhook), scheme+"://"+host+"/latest/meta-data")
			if err == nil {
				t.Errorf("%s was reached", host)
			}
			// Numbers in other forms are names that do not resolve, on systems that take them for addresses the guard sees these.
			if k := fault.KindOf(err); k != fault.Denied && !(k == fault.Unavailable && strings.ContainsAny(host[:1], "02")) {
				t.Errorf("%s: %s %v", host, k, err)
			}
		}
	}
}

func TestPublic(t *testing.T) {
	for _, a := range []string{"1.1.1.1", "93.184.216.34", "20.50.2.1", "2606:4700::1111", "::ffff:8.8.8.8"} {
		if !Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is public", a)
		}
	}
	for _, a := range []string{
		"127.0.0.1", "10.0.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "198.18.0.1", "203.0.113.9", "224.0.0.251", "255.255.255.255",
		"168.63.129.16", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "64:ff9b::a00:1", "2002:7f00:1::", "::ffff:10.0.0.1", "::127.0.0.1", "2001::1", "fe80::1%eth0",
	} {
		if Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is not public", a)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("nothing is public")
	}
}

func TestRedirects(t *testing.T) {
	hops := 0
	var s *httptest.Server
	s, rule := server(t, func(w http.ResponseWriter, r *http.Request) {
		hops++
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "https://169.254.169.254/latest", http.StatusFound)
		case "/plain":
			http.Redirect(w, r, "http://"+r.Host+"/end", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "end")
		}
	})
	rule.Redirects = 2
	rule.Hosts = append(rule.Hosts, "169.254.169.254")
	rule.Ports = append(rule.Ports, 443)
	e, _ := exit(t, Config{Rules: map[Purpose]Rule{Webhook: rule, Mail: {Hosts: rule.Hosts, Ports: rule.Ports, Nets: rule.Nets, TLS: rule.TLS}}})
	for _, path := range []string{"/inside", "/plain", "/loop"} {
		hops = 0
		if _, err := get(t, e.Client(Webhook), s.URL+path); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", path, err)
		}
		if hops > 3 {
			t.Errorf("%s: %d requests", path, hops)
		}
	}
	// Without redirects the first answer is the answer.
	res, err := e.Client(Mail).Get(s.URL + "/loop")
	if err != nil || res.StatusCode != http.StatusFound {
		t.Errorf("%v, %v", res, err)
	}
	if err == nil {
		_ = res.Body.Close()
	}
}

func TestReadOnly(t *testing.T) {
	s, rule := server(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Method) })
	rule.ReadOnly, rule.Posts = true, []string{"/providers/Microsoft.ResourceGraph/resources", "/subscriptions/*/list"}
	e, _ := exit(t, Config{Rules: map[Purpose]Rule{Read: rule}})
	c := e.Client(Read)
	for _, x := range []struct {
		method, path, header string
		ok                   bool
	}{
		{"GET", "/a", "", true},
		{"HEAD", "/a", "", true},
		{"POST", "/providers/microsoft.resourcegraph/resources", "", true},
		{"POST", "/subscriptions/1/list?api-version=2", "", true},
		{"POST", "/subscriptions/1/2/list", "", false},
		{"POST", "/subscriptions/../list", "", false},
		{"POST", "/subscriptions//list", "", false},
		{"POST", "/subscriptions/%2e%2e/list", "", false},
		{"POST", "/a", "", false},
		{"PUT", "/a", "", false},
		{"DELETE", "/a", "", false},
		{"PATCH", "/a", "", false},
		{"GET", "/a", "X-HTTP-Method-Override", false},
		{"CONNECT", "/a", "", false},
	} {
		req, err := http.NewRequestWithContext(t.Context(), x.method, s.URL+x.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if x.header != "" {
			req.Header.Set(x.header, "DELETE")
		}
		if _, err := do(c, req); (err == nil) != x.ok || err != nil && fault.KindOf(err) != fault.Denied {
			t.Errorf("%s %s %s: %v", x.method, x.path, x.header, err)
		}
	}
}

func TestTheFloorOfTLS(t *testing.T) {
	s, rule := server(t, func(http.ResponseWriter, *http.Request) {})
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	rule.TLS.RootCAs.AddCert(old.Certificate())
	rule.Ports = append(rule.Ports, portOf(t, old.URL))
	e, _ := exit(t, Config{Rules: map[Purpose]Rule{Webhook: rule, Mail: Here(rule.Ports...)}})
	if _, err := get(t, e.Client(Webhook), old.URL); err == nil || !strings.Contains(err.Error(), "version") {
		t.Errorf("TLS 1.1: %v", err)
	}
	if _, err := e.DialTLS(t.Context(), Webhook, old.Listener.Addr().String()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("TLS 1.1: %v", err)
	}
	conn, err := e.DialTLS(t.Context(), Webhook, s.Listener.Addr().String())
	if err != nil || conn.ConnectionState().Version < tls.VersionTLS12 {
		t.Fatalf("%v", err)
	}
	_ = conn.Close()
	if _, err := get(t, e.Client(Mail), s.URL); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody: %v", err)
	}
	bad := rule
	bad.TLS = &tls.Config{InsecureSkipVerify: true}
	if _, err := New(Config{Rules: map[Purpose]Rule{Webhook: bad}, Recorder: &Book{}, Now: time.Now}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a rule that checks nobody: %v", err)
	}
}

func TestAnAnswerThatIsTooLarge(t *testing.T) {
	s, rule := server(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		_, _ = w.Write(make([]byte, n))
	})
	rule.MaxBody = 1000
	e, _ := exit(t, Config{Rules: map[Purpose]Rule{Webhook: rule}})
	for n, ok := range map[int]bool{0: true, 999: true, 1000: true, 1001: false, 100_000: false} {
		text, err := get(t, e.Client(Webhook), s.URL+"/?n="+strconv.Itoa(n))
		if ok && (err != nil || len(text) != n) || !ok && (fault.KindOf(err) != fault.Limited || len(text) > 1000) {
			t.Errorf("%d: %d bytes, %v", n, len(text), err)
		}
	}
	if b, err := ReadAll(strings.NewReader("12345"), 5); err != nil || len(b) != 5 {
		t.Error(err)
	}
	if _, err := ReadAll(strings.NewReader("123456"), 5); fault.KindOf(err) != fault.Limited {
		t.Error(err)
	}
}

func TestProxyOnlyWhereConfigured(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	s, rule := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") })
	e, _ := exit(t, Config{Rules: map[Purpose]Rule{Webhook: rule}})
	if text, err := get(t, e.Client(Webhook), s.URL); err != nil || text != "direct" {
		t.Errorf("the environment's proxy was used: %s, %v", text, err)
	}

	asked := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.Host
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	e, _ = exit(t, Config{Rules: map[Purpose]Rule{Webhook: {Hosts: []string{"*"}}}, Proxy: u})
	if _, err := get(t, e.Client(Webhook), "https://example.com/"); err == nil || asked != "CONNECT example.com:443" {
		t.Errorf("%q, %v", asked, err)
	}
	asked = ""
	if _, err := get(t, e.Client(Webhook), "https://169.254.169.254/"); fault.KindOf(err) != fault.Denied || asked != "" {
		t.Errorf("%q, %v", asked, err)
	}
}

func TestSocketsInTheFileSystem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	e, book := exit(t, Config{Rules: map[Purpose]Rule{Database: Here(5432), Webhook: {Hosts: []string{"*"}}}})
	conn, err := e.DialContext(For(t.Context(), org, Database), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if _, err := e.Dial(Webhook)(t.Context(), "unix", path); fault.KindOf(err) != fault.Denied {
		t.Errorf("%v", err)
	}
	got, _ := book.Take()
	if len(got) != 2 || got[0].Org != org || got[0].Outcome != Opened || got[1].Org != id.Platform || got[1].Outcome != Refused {
		t.Errorf("%+v", got)
	}
	for _, a := range []string{"", "localhost", "localhost:", "localhost:x", "localhost:0", ":5432", "localhost:70000"} {
		if _, err := e.Dial(Database)(t.Context(), "tcp", a); fault.KindOf(err) != fault.Denied {
			t.Errorf("%q: %v", a, err)
		}
	}
	if _, err := e.Dial(Database)(t.Context(), "udp", "localhost:5432"); fault.KindOf(err) != fault.Denied {
		t.Errorf("UDP: %v", err)
	}
}

func TestABookIsBounded(t *testing.T) {
	var b Book
	for i := range maxPlaces + 10 {
		b.Record(Event{Org: org, Host: strconv.Itoa(i)})
	}
	if all, lost := b.Take(); len(all) != maxPlaces || lost != 10 {
		t.Errorf("%d, %d lost", len(all), lost)
	}
}

func TestPatterns(t *testing.T) {
	for _, x := range []struct {
		pattern, host string
		fits          bool
	}{
		{"a.example", "a.example", true},
		{"a.example", "b.a.example", false},
		{"*.example.com", "a.example.com", true},
		{"*.example.com", "a.b.example.com", true},
		{"*.example.com", "example.com", false},
		{"*.example.com", "aexample.com", false},
		{"*.example.com", "example.com.evil.org", false},
		{"kms.*.amazonaws.com", "kms.eu-west-1.amazonaws.com", true},
		{"kms.*.amazonaws.com", "kms.a.b.amazonaws.com", false},
		{"kms.*.amazonaws.com", "kms..amazonaws.com", false},
		{"*", "anything", true},
	} {
		if matchHost(x.pattern, x.host) != x.fits {
			t.Errorf("%s and %s", x.pattern, x.host)
		}
	}
	for _, bad := range []string{"", "*.com", "*.*", "A.example", "a..b", "a b", "https://a", "*a.example.com", "a.*"} {
		if checkPattern(bad) == nil {
			t.Errorf("%q is a pattern", bad)
		}
	}
	for p, r := range Defaults() {
		if err := r.check(p); err != nil {
			t.Error(err)
		}
	}
}

func FuzzHosts(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "[::1]", "a.blob.core.windows.net", "blob.core.windows.net.evil.org", "169.254.169.254", "%31", "a@b"} {
		f.Add(s)
	}
	rule := Rule{Hosts: []string{"*.example.com"}}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.Parse("https://" + s + "/")
		if err != nil {
			return
		}
		host, _ := destination(u)
		if rule.mayHost(host) && (!strings.HasSuffix(host, ".example.com") || strings.ContainsAny(host, "/@:")) {
			t.Errorf("%q is allowed", host)
		}
	})
}

// TestWhatCannotBeKeptIsCountedLater: what was taken from a book and could not be written stands in it again, beside what was counted meanwhile.
func TestWhatCannotBeKeptIsCountedLater(t *testing.T) {
	var b Book
	at := time.Unix(1_800_000_000, 0)
	ev := Event{At: at, Org: "og_a", Purpose: Database, Host: "db", Port: 5432, Outcome: Opened}
	other := ev
	other.Host = "other"
	b.Record(ev)
	b.Record(ev)
	b.Record(other)
	taken, _ := b.Take()
	ev.At = at.Add(time.Minute)
	b.Record(ev)
	b.Return(taken)
	list, lost := b.Take()
	if len(list) != 2 || lost != 0 || list[0].Host != "db" || list[0].Count != 3 || !list[0].First.Equal(at) || !list[0].Last.Equal(ev.At) || list[1].Count != 1 {
		t.Errorf("%+v, %d lost", list, lost)
	}
	b.Return(list)
	if again, _ := b.Take(); len(again) != 2 || again[0].Count != 3 {
		t.Errorf("into an empty book: %+v", again)
	}
}
