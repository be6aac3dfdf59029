package serve

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/app/config"
	"c4arch/internal/app/observe"
)

// instance is a service that runs on loopback in a test.
type instance struct {
	Addresses
	t    *testing.T
	logs *logs
	stop func() error
}

// logs collects lines of the log.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// lines are those with a message.
func (l *logs) lines(t *testing.T, msg string) []map[string]any {
	t.Helper()
	var all []map[string]any
	s := bufio.NewScanner(strings.NewReader(l.String()))
	for s.Scan() {
		var m map[string]any
		if err := json.Unmarshal(s.Bytes(), &m); err != nil {
			t.Fatalf("a log line is no JSON: %v: %s", err, s.Text())
		}
		if m["msg"] == msg {
			all = append(all, m)
		}
	}
	return all
}

// basic is a configuration as config.Load makes it without any setting, on a free port.
func basic(t *testing.T) *config.Config {
	t.Helper()
	home := t.TempDir()
	l, err := config.Load(config.Input{
		Flags:  map[string][]string{"listen": {"127.0.0.1:0"}},
		Getenv: func(k string) string { return map[string]string{"HOME": home}[k] },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &l.Config
}

func parts(t *testing.T, h http.Handler) (Parts, *logs) {
	t.Helper()
	out := &logs{}
	traces, err := observe.NewTraces(t.Context(), observe.TraceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return Parts{
		Public: h, Now: time.Now, Random: rand.Reader,
		Observer: &observe.Observer{Log: observe.NewLogger(out, "json", "debug"), Metrics: observe.NewMetrics("test", observe.Gauges{}), Traces: traces, Now: time.Now},
	}, out
}

// start runs a service until the test ends.
func start(t *testing.T, c *config.Config, p Parts, out *logs) *instance {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	up, done := make(chan Addresses, 1), make(chan error, 1)
	p.Listening = func(a Addresses) { up <- a }
	go func() { done <- Run(ctx, c, p) }()
	i := &instance{t: t, logs: out}
	i.stop = sync.OnceValue(func() error { cancel(); return <-done })
	select {
	case i.Addresses = <-up:
	case err := <-done:
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := i.stop(); err != nil {
			t.Error(err)
		}
	})
	return i
}

func do(t *testing.T, c *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	return do(t, http.DefaultClient, request(t, "GET", url, nil, header...))
}

func request(t *testing.T, method, url string, body io.Reader, header ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		} else {
			req.Header.Add(header[i], header[i+1])
		}
	}
	return req
}

func TestHealthReadinessVersion(t *testing.T) {
	ready := make(chan error, 1)
	p, out := parts(t, http.NotFoundHandler())
	now := time.Unix(1_800_000_000, 0)
	p.Now = func() time.Time { now = now.Add(2 * time.Second); return now } // every answer is asked for anew
	p.Ready = []Check{
		{Name: "database", Ask: func(context.Context) error { return <-ready }},
		{Name: "ledgers", Advisory: true, Ask: func(context.Context) error { return errors.New("these do not verify: og_x (full)") }},
	}
	c := basic(t)
	c.Internal.Listen = "127.0.0.1:0"
	i := start(t, c, p, out)
	base := "http://" + i.Public
	if res, body := get(t, base+"/healthz"); res.StatusCode != 200 || !strings.Contains(body, "ok") {
		t.Errorf("healthz: %d %s", res.StatusCode, body)
	}
	ready <- nil
	if res, body := get(t, base+"/readyz"); res.StatusCode != 200 || !strings.Contains(body, "ready") {
		t.Errorf("readyz: %d %s", res.StatusCode, body)
	}
	away := &url.Error{Op: "dial", URL: "postgres://app:hunter2@db/x", Err: io.EOF}
	ready <- nil
	if res, body := get(t, "http://"+i.Internal+"/readyz"); res.StatusCode != 200 || !strings.Contains(body, "og_x (full)") {
		t.Errorf("what is to be known inside: %d %s", res.StatusCode, body)
	}
	ready <- away
	if res, body := get(t, base+"/readyz"); res.StatusCode != 503 || strings.Contains(body, "database") {
		t.Errorf("readyz to the world: %d %s", res.StatusCode, body)
	}
	ready <- away
	if res, body := get(t, "http://"+i.Internal+"/readyz"); res.StatusCode != 503 || !strings.Contains(body, "database") || strings.Contains(body, "hunter2") {
		t.Errorf("readyz inside: %d %s", res.StatusCode, body)
	}
	if res, body := get(t, base+"/version"); res.StatusCode != 200 || !strings.Contains(body, `"go":"go`) {
		t.Errorf("version: %d %s", res.StatusCode, body)
	}
	if res, _ := get(t, base+"/metrics"); res.StatusCode != 404 {
		t.Errorf("metrics are public: %d", res.StatusCode)
	}
	if _, body := get(t, "http://"+i.Internal+"/metrics"); !strings.Contains(body, `c4arch_requests_total{method="GET",route="/healthz",status="200"} 1`) {
		t.Errorf("metrics lack the request:\n%s", body)
	}
	if res, _ := get(t, "http://"+i.Internal+"/debug/pprof/"); res.StatusCode != 404 {
		t.Errorf("profiles are on without being asked for: %d", res.StatusCode)
	}
}

func TestReadinessIsAskedOnceASecond(t *testing.T) {
	asked, now := 0, time.Unix(1_800_000_000, 0)
	r := newReadiness([]Check{{Name: "x", Ask: func(context.Context) error { asked++; return nil }}, {Name: "panics", Ask: func(context.Context) error { panic("x") }}}, func() time.Time { return now })
	for range 50 {
		r.ask(t.Context())
	}
	if asked != 1 {
		t.Errorf("asked %d times within a second", asked)
	}
	now = now.Add(readyFor)
	if got := r.ask(t.Context()); asked != 2 || got[2].Error == "" {
		t.Errorf("asked %d times, results %+v", asked, got)
	}
	r.stop()
	if got := r.ask(t.Context()); got[0].Error == "" {
		t.Errorf("ready while it stops: %+v", got)
	}
}

func TestGracefulStop(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		select {
		case <-leave:
			_, _ = io.WriteString(w, "whole")
		case <-r.Context().Done():
			_, _ = io.WriteString(w, "cut")
		}
	})
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		<-Draining(r.Context())
		_, _ = io.WriteString(w, "bye")
	})
	p, out := parts(t, mux)
	i := start(t, basic(t), p, out)
	results := make(chan string, 2)
	fetch := func(path string) {
		res, err := http.Get("http://" + i.Public + path)
		if err != nil {
			results <- err.Error()
			return
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			results <- err.Error()
			return
		}
		results <- string(b)
	}
	stream, err := http.Get("http://" + i.Public + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	go fetch("/slow")
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- i.stop() }()
	if b, err := io.ReadAll(stream.Body); err != nil || string(b) != "bye" {
		t.Errorf("the stream ended with %q, %v", b, err)
	}
	select {
	case err := <-stopped:
		t.Fatalf("it stopped with a request in hand: %v", err)
	default:
	}
	close(leave)
	if got := <-results; got != "whole" {
		t.Errorf("the request in hand got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := (&http.Client{Transport: &http.Transport{}}).Get("http://" + i.Public + "/healthz"); err == nil {
		t.Error("it still answers")
	}
	if l := out.lines(t, "stopped"); len(l) != 1 || l[0]["requestsCut"] != false {
		t.Errorf("stopped: %v", l)
	}
}

func TestStopHasADeadline(t *testing.T) {
	entered := make(chan struct{})
	p, out := parts(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}))
	c := basic(t)
	c.Limits.Drain = 0
	i := start(t, c, p, out)
	ended := make(chan error, 1)
	go func() {
		res, err := http.Get("http://" + i.Public + "/")
		if err == nil {
			_ = res.Body.Close()
		}
		ended <- err
	}()
	<-entered
	if err := i.stop(); err != nil {
		t.Error(err)
	}
	<-ended
	if l := out.lines(t, "stopped"); len(l) != 1 || l[0]["requestsCut"] != true {
		t.Errorf("stopped: %v", l)
	}
}

func TestPortTaken(t *testing.T) {
	p, out := parts(t, http.NotFoundHandler())
	i := start(t, basic(t), p, out)
	c := basic(t)
	c.Server.Listen = i.Public
	if err := Run(t.Context(), c, p); err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("got %v", err)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := bounded(raw, 1)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", raw.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	dial()
	dial()
	first, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		c, err := ln.Accept()
		if err == nil {
			_ = c.Close()
			_ = c.Close() // twice frees one slot
		}
		second <- err
	}()
	select {
	case err := <-second:
		t.Fatalf("a second connection was accepted while the first is open: %v", err)
	default:
	}
	_ = first.Close()
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	third := make(chan error, 1)
	go func() { _, err := ln.Accept(); third <- err }()
	_ = ln.Close()
	if err := <-third; err == nil {
		t.Error("a closed listener accepts")
	}
}
