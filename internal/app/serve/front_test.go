package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"c4arch/internal/app/config"
	"c4arch/internal/app/observe"
)

// TestAccessLog looks for what must not stand in a log as much as for what must.
func TestAccessLog(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/projects/{project}", func(w http.ResponseWriter, r *http.Request) {
		observe.Identify(r.Context(), "og_1", "person:pn_1")
		_, _ = io.WriteString(w, "hello")
	})
	p, out := parts(t, mux)
	i := start(t, basic(t), p, out)
	res, _ := get(t, "http://"+i.Public+"/api/v1/projects/Ada-Secret?token=hunter2&q=Ada", "X-Request-Id", "forged-by-caller", "User-Agent", "curious/1.0", "X-Forwarded-For", "203.0.113.9")
	get(t, "http://"+i.Public+"/somewhere/else")
	if err := i.stop(); err != nil {
		t.Fatal(err)
	}
	lines := out.lines(t, "request")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), out)
	}
	l := lines[0]
	if l["route"] != "/api/v1/projects/{project}" || l["status"] != 200.0 || l["method"] != "GET" || l["bytes"] != 5.0 || l["org"] != "og_1" || l["actor"] != "person:pn_1" {
		t.Errorf("line %v", l)
	}
	if id, _ := l["request"].(string); !strings.HasPrefix(id, "rq_") || id != res.Header.Get("X-Request-Id") {
		t.Errorf("request id %q, header %q", id, res.Header.Get("X-Request-Id"))
	}
	if lines[1]["route"] != "/" && lines[1]["route"] != "unmatched" || lines[1]["status"] != 404.0 {
		t.Errorf("line %v", lines[1])
	}
	for _, no := range []string{"Ada", "hunter2", "curious", "203.0.113.9", "127.0.0.1:", "forged", "somewhere"} {
		for _, line := range lines {
			b, err := json.Marshal(line)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(no)) {
				t.Errorf("%q stands in the log: %s", no, b)
			}
		}
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /early", func(http.ResponseWriter, *http.Request) { panic("resource named Ada") })
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<16))
		_ = []byte(r.URL.Path)[len(r.URL.Path)+5]
	})
	p, out := parts(t, mux)
	i := start(t, basic(t), p, out)
	res, body := get(t, "http://"+i.Public+"/early")
	if res.StatusCode != 500 || !strings.Contains(body, res.Header.Get("X-Request-Id")) || res.Header.Get("X-Content-Type-Options") == "" {
		t.Errorf("early: %d %s", res.StatusCode, body)
	}
	late, err := http.Get("http://" + i.Public + "/late")
	if err == nil {
		_, err = io.ReadAll(late.Body)
		_ = late.Body.Close()
	}
	if err == nil {
		t.Error("half an answer looked whole")
	}
	if err := i.stop(); err != nil {
		t.Fatal(err)
	}
	panics := out.lines(t, "panic")
	if len(panics) != 2 || strings.Contains(out.String(), "Ada") || !strings.Contains(panics[1]["runtime"].(string), "index out of range") {
		t.Errorf("panics: %v", panics)
	}
	if last := out.lines(t, "request"); len(last) != 2 || last[1]["status"] != float64(cut) {
		t.Errorf("requests: %v", last)
	}
}

func TestSecurityHeadersOnEveryAnswer(t *testing.T) {
	p, out := parts(t, http.NotFoundHandler())
	i := start(t, basic(t), p, out)
	for _, path := range []string{"/", "/healthz", "/setup", "/nowhere"} {
		res, _ := get(t, "http://"+i.Public+path)
		for _, h := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "X-Request-Id"} {
			if res.Header.Get(h) == "" {
				t.Errorf("%s lacks %s", path, h)
			}
		}
		if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") ||
			!strings.Contains(csp, "object-src 'none'") || !strings.Contains(csp, "base-uri 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.HasSuffix(csp, "; sandbox") {
			t.Errorf("%s: %s", path, csp)
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "" || res.Header.Get("Server") != "" {
			t.Errorf("%s: %v", path, res.Header)
		}
		if res.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: HSTS over plain HTTP is ignored, and says what is not so", path)
		}
	}
}

// TestMethodsThatEcho: a method that sends a request back would show a script what a browser had put into it.
func TestMethodsThatEcho(t *testing.T) {
	p, out := parts(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s got through", r.Method) }))
	i := start(t, basic(t), p, out)
	for _, method := range []string{"TRACE", "TRACK"} {
		res, body := do(t, http.DefaultClient, request(t, method, "http://"+i.Public+"/x", nil, "Cookie", "a=hunter2"))
		if res.StatusCode != http.StatusMethodNotAllowed || strings.Contains(body, "hunter2") {
			t.Errorf("%s: %d %s", method, res.StatusCode, body)
		}
	}
}

// TestWhereARequestEnds: where two would end a request at two places, one of them could be made to take what follows for another's. It is told once, or it is refused.
func TestWhereARequestEnds(t *testing.T) {
	seen := make(chan string, 10)
	p, out := parts(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		seen <- fmt.Sprintf("%s %q %d %v", r.URL.Path, b, r.ContentLength, err)
	}))
	i := start(t, basic(t), p, out)
	for head, want := range map[string]string{
		"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde":                           "400",
		"Content-Length: +3\r\n\r\nabc":                                                 "400",
		"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n":                                  "501",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n":    "501",
		"Content-Length : 3\r\n\r\nabc":                                                 "400",
		"X-A: b\r\n X-Folded: c\r\n\r\n":                                                "200", // one header (RFC 9112 section 5.2)
		"Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n": "200",
	} {
		c, err := net.Dial("tcp", i.Public)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(c, "POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"+head)
		answer, _ := io.ReadAll(c) // it may be cut off behind the answer
		if code, _, _ := strings.Cut(strings.TrimPrefix(string(answer), "HTTP/1.1 "), " "); err != nil || code != want {
			t.Errorf("%q: %.80s (%v)", head, answer, err)
		}
		_ = c.Close()
		if want != "200" {
			continue
		}
		if got := <-seen; strings.Contains(head, "chunked") && got != `/x "abc" -1 <nil>` {
			t.Errorf("%q was taken for %s", head, got)
		}
	}
	if len(seen) > 0 {
		t.Errorf("something else got through: %s", <-seen)
	}
}

func TestOtherNamesAreMisdirected(t *testing.T) {
	p, out := parts(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	i := start(t, basic(t), p, out)
	for host, want := range map[string]int{
		"localhost:1": 204, "127.0.0.1": 204, "[::1]:8642": 204, "LOCALHOST": 204,
		"attacker.example": 421, "localhost.attacker.example": 421, "127.0.0.1.attacker.example:80": 421, "10.0.0.1": 421,
	} {
		if res, _ := get(t, "http://"+i.Public+"/x", "Host", host); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, res.StatusCode, want)
		}
	}
	if res, _ := get(t, "http://"+i.Public+"/healthz", "Host", "10.1.2.3:8642"); res.StatusCode != 200 {
		t.Errorf("a probe by address: %d", res.StatusCode)
	}
	c := basic(t)
	c.Server.External = &url.URL{Scheme: "https", Host: "arch.contoso.example"}
	c.Server.Listen = "0.0.0.0:8642"
	for host, want := range map[string]bool{"arch.contoso.example": true, "ARCH.contoso.example:443": true, "127.0.0.1": false, "evil.example": false} {
		if got := hostAllowed(c, host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			problem(w, r, http.StatusRequestEntityTooLarge, "too large")
			return
		}
		answer(w, 200, n)
	})
	p, out := parts(t, mux)
	p.Upload = func(r *http.Request) bool { return r.URL.Path == "/upload" }
	c := basic(t)
	c.Limits.Body, c.Limits.Upload = 1000, 5000
	i := start(t, c, p, out)
	for _, x := range []struct {
		path string
		size int
		want int
	}{{"/small", 1000, 200}, {"/small", 1001, 413}, {"/upload", 5000, 200}, {"/upload", 5001, 413}} {
		res, _ := do(t, http.DefaultClient, request(t, "POST", "http://"+i.Public+x.path, strings.NewReader(strings.Repeat("x", x.size))))
		if res.StatusCode != x.want {
			t.Errorf("%s with %d: %d, want %d", x.path, x.size, res.StatusCode, x.want)
		}
	}
	// The connection is closed behind the answer, which the client may see before it has read that.
	if res, err := http.DefaultClient.Do(request(t, "GET", "http://"+i.Public+"/", nil, "X-Long", strings.Repeat("x", maxHeader+8192))); err == nil {
		_ = res.Body.Close()
		if res.StatusCode != 431 {
			t.Errorf("a long header: %d", res.StatusCode)
		}
	}
}

// TestForwardedHeaders sends them from a peer that is the proxy and from one that is not; the handler must never see one.
func TestForwardedHeaders(t *testing.T) {
	seen := make(chan *http.Request, 1)
	p, out := parts(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r }))
	untrusting := start(t, basic(t), p, out)
	c := basic(t)
	c.Proxy = config.Proxy{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}, Owner: "Contoso"}
	trusting := start(t, c, p, out)
	h := []string{
		"X-Forwarded-For", "198.51.100.7, 203.0.113.9, 10.1.1.1", "X-Forwarded-Proto", "http, https", "X-Forwarded-Host", "evil.example, localhost:9",
		"X-Request-Id", "from-the-proxy-1", "X-Original-Url", "/admin", "Forwarded", "for=1.2.3.4", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
	}
	for _, x := range []struct {
		at, addr, id, hsts string
	}{{untrusting.Public, "127.0.0.1", "rq_", ""}, {trusting.Public, "203.0.113.9", "from-the-proxy-1", "max-age=63072000; includeSubDomains"}} {
		res, _ := get(t, "http://"+x.at+"/", h...)
		r := <-seen
		if got := ClientAddr(r.Context()).String(); got != x.addr {
			t.Errorf("address %s, want %s", got, x.addr)
		}
		if got := res.Header.Get("X-Request-Id"); !strings.HasPrefix(got, x.id) {
			t.Errorf("request id %s, want %s", got, x.id)
		}
		if got := res.Header.Get("Strict-Transport-Security"); got != x.hsts {
			t.Errorf("HSTS %q, want %q", got, x.hsts)
		}
		for _, name := range append(forwarded, "X-Request-Id", "Traceparent") {
			if r.Header.Get(name) != "" {
				t.Errorf("the handler sees %s", name)
			}
		}
	}
}

func FuzzOriginal(f *testing.F) {
	f.Add("198.51.100.7, 203.0.113.9, 10.1.1.1")
	f.Add("[::1]:80,,")
	f.Add("10.0.0.1")
	f.Add("fe80::1%eth0, unknown")
	s := &Server{c: &config.Config{Proxy: config.Proxy{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}}
	peer := netip.MustParseAddr("10.9.9.9")
	f.Fuzz(func(t *testing.T, text string) {
		got := s.original([]string{text}, peer)
		if !got.IsValid() || got.Zone() != "" {
			t.Errorf("%q gave %v", text, got)
		}
		// What a caller writes on the left never decides while the right names a stranger.
		if a := s.original([]string{text + ", 203.0.113.9"}, peer); a.String() != "203.0.113.9" {
			t.Errorf("%q on the left gave %v", text, a)
		}
	})
}
