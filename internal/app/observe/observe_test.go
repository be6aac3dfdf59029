package observe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/control"
)

type named struct{ Name, Connection string }

// TestRedaction logs secrets in every way that they come, and looks for them in what was written.
func TestRedaction(t *testing.T) {
	const needle = "hunter2hunter2"
	u, err := url.Parse("postgres://app:" + needle + "@db.contoso.example/x")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"json", "text"} {
		for name, attr := range map[string]any{
			"value":         secret.New([]byte(needle)),
			"pointer":       &struct{ V secret.Value }{secret.New([]byte(needle))},
			"password":      needle,
			"DB_PASSWORD":   needle,
			"Authorization": "Bearer " + needle,
			"setCookie":     needle,
			"error":         fmt.Errorf("dial postgres://app:%s@db/x: %w", needle, errors.New("refused")),
			"wrapped":       &url.Error{Op: "Get", URL: "https://x.example/?sig=" + needle + "&b=1", Err: errors.New("no")},
			"address":       u.String(),
			"header":        "authorization: bearer " + needle,
			"basic":         "Basic " + needle,
			"pair":          "password=" + needle,
			"json":          `"token": ` + needle,
			"struct":        named{"x", "AccountKey=" + needle},
			"slice":         []string{"a", "token=" + needle},
			"link":          "http://127.0.0.1:8642/setup#code=" + needle,
			"ours":          "c4a_og_" + needle,
			"jwt":           "eyJhbGciOi." + needle + ".x",
			"pem":           "-----BEGIN PRIVATE KEY-----\n" + needle,
		} {
			var b bytes.Buffer
			l := NewLogger(&b, format, "info")
			l.With(name, attr).WithGroup("g").Info("m", name, attr, slog.Group("inner", slog.Any(name, attr)))
			l.Info(fmt.Sprint("said: ", attr), "x", 1)
			out := b.String()
			if name == "password" || name == "DB_PASSWORD" || name == "setCookie" {
				out, _, _ = strings.Cut(out, "\n") // as a message it is a word like any other
			}
			if strings.Contains(out, needle) {
				t.Errorf("%s, %s: %s", format, name, out)
			}
			if !strings.Contains(out, shown) {
				t.Errorf("%s, %s: nothing says that something was left out: %s", format, name, out)
			}
		}
	}
	var b bytes.Buffer
	NewLogger(&b, "json", "info").Info("mail to ada@contoso.example", "who", "ada@contoso.example")
	if strings.Contains(b.String(), "ada@") {
		t.Errorf("an address of a person: %s", b.String())
	}
}

func TestScrubLeavesTheRest(t *testing.T) {
	for _, s := range []string{
		"", "status code: 500", "https://arch.contoso.example/x?page=2", "2026-01-02T03:04:05Z", "og_0123: conflict (try again)", "file /var/lib/c4arch/platform.db: disk full",
		"expected 3 tokens", "key file:/a/b",
	} {
		if got := Scrub(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("postgres://a:b@c/d")
	f.Add("-----BEGIN PRIVATE KEY-----")
	f.Add("bearer aaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, s string) {
		once := Scrub(s)
		if strings.Contains(Scrub("postgres://app:"+"hunter2hunter2"+"@db/"+s), "hunter2hunter2") {
			t.Error("a password stays")
		}
		if len(once) > 10*len(s)+100 {
			t.Errorf("%d bytes became %d", len(s), len(once))
		}
	})
}

func TestLinesOfARequest(t *testing.T) {
	var b bytes.Buffer
	l := NewLogger(&b, "json", "info")
	ctx, _ := WithRequest(t.Context(), "rq_1")
	l.InfoContext(ctx, "before")
	Identify(ctx, "og_1", "token:tk_1")
	l.With("x", 1).InfoContext(ctx, "after")
	l.Info("outside")
	l.Debug("too low")
	var got []map[string]any
	d := json.NewDecoder(&b)
	for d.More() {
		var m map[string]any
		if err := d.Decode(&m); err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	if len(got) != 3 || got[0]["request"] != "rq_1" || got[0]["org"] != nil || got[1]["org"] != "og_1" || got[1]["actor"] != "token:tk_1" || got[2]["request"] != nil {
		t.Errorf("got %v", got)
	}
	Identify(t.Context(), "og_1", "x") // outside of a request: nothing happens
	if RequestID(t.Context()) != "" || RequestID(ctx) != "rq_1" {
		t.Error("request ids")
	}
}

func observer(t *testing.T, g Gauges) (*Observer, *tracetest.InMemoryExporter, *bytes.Buffer) {
	t.Helper()
	spans, out := tracetest.NewInMemoryExporter(), &bytes.Buffer{}
	now := time.Unix(1_800_000_000, 0)
	return &Observer{
		Log: NewLogger(out, "json", "info"), Metrics: NewMetrics("v1", g), Traces: newTraces(TraceConfig{Sample: 1, Version: "v1"}, sdk.WithSyncer(spans)),
		Now: func() time.Time { now = now.Add(10 * time.Millisecond); return now },
	}, spans, out
}

func metrics(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestJobs(t *testing.T) {
	o, spans, out := observer(t, Gauges{})
	h := o.Jobs(map[string]task.Handler{
		"good": func(context.Context, *task.Claimed) error { return nil },
		"bad": func(context.Context, *task.Claimed) error {
			return fault.New(fault.Unavailable, "host db.contoso.example is away")
		},
		"stop":  func(context.Context, *task.Claimed) error { return fmt.Errorf("x: %w", context.Canceled) },
		"panic": func(context.Context, *task.Claimed) error { panic("x") },
	})
	c := &task.Claimed{Lease: &job.Lease{Org: "og_1", ID: "jb_1", Attempt: 2}, Actor: access.Actor{ID: "worker", OnBehalf: "person:pn_1"}}
	if h["good"](t.Context(), c) != nil || fault.KindOf(h["bad"](t.Context(), c)) != fault.Unavailable || h["stop"](t.Context(), c) == nil {
		t.Error("results are not passed on")
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic was swallowed: the dispatcher must see it")
			}
		}()
		_ = h["panic"](t.Context(), c)
	}()
	text := metrics(t, o.Metrics)
	for _, want := range []string{`{kind="good",outcome="done"} 1`, `{kind="bad",outcome="unavailable"} 1`, `{kind="stop",outcome="stopped"} 1`, `{kind="panic",outcome="panicked"} 1`, `c4arch_job_seconds_count{kind="good"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if n := len(spans.GetSpans()); n != 4 {
		t.Errorf("%d spans", n)
	}
	for _, s := range spans.GetSpans() {
		if all := fmt.Sprint(s.Attributes, s.Status); strings.Contains(all, "db.contoso.example") || strings.Contains(all, "pn_1") || !strings.Contains(all, "og_1") {
			t.Errorf("span: %s", all)
		}
	}
	if out.Len() > 0 {
		t.Errorf("the dispatcher logs attempts; here they would stand twice: %s", out)
	}
}

func TestCommits(t *testing.T) {
	o, spans, _ := observer(t, Gauges{})
	for _, err := range []error{nil, nil, fault.New(fault.Conflict, "x"), errors.New("x")} {
		_, end := o.Commit(t.Context(), access.Scope{})
		end(err)
	}
	text := metrics(t, o.Metrics)
	for _, want := range []string{`c4arch_commits_total{outcome="committed"} 2`, `{outcome="conflict"} 1`, `{outcome="failed"} 1`, `c4arch_commit_seconds_count 4`} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if s := spans.GetSpans(); len(s) != 4 || s[2].Status.Description != "conflict" {
		t.Errorf("spans: %v", s)
	}
}

// TestNoMetricNamesACustomer fills everything in and looks at every label there is.
func TestNoMetricNamesACustomer(t *testing.T) {
	o, _, _ := observer(t, Gauges{
		OpenHomes: func() int { return 7 }, LedgerSize: func() (int64, bool) { return 99, true }, DueAge: func() (time.Duration, bool) { return time.Minute, true },
		Egress: func() map[string]Outgoing {
			return map[string]Outgoing{"telemetry": {Connections: 5, Destinations: 1, Refused: 2}}
		},
	})
	for range 3 {
		o.Metrics.Request("BREW", "/api/v1/x", 404, time.Second)
	}
	o.Metrics.Panicked()
	_ = o.Jobs(map[string]task.Handler{"k": func(context.Context, *task.Claimed) error { return nil }})["k"](t.Context(), &task.Claimed{Lease: &job.Lease{Org: "og_1"}})
	families, err := o.Metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"method": true, "route": true, "status": true, "kind": true, "outcome": true, "purpose": true, "version": true}
	seen := map[string]bool{}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "c4arch_") {
			continue // of the runtime and the process
		}
		seen[f.GetName()] = true
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if !allowed[l.GetName()] || strings.HasPrefix(l.GetValue(), "og_") {
					t.Errorf("%s has the label %s=%s", f.GetName(), l.GetName(), l.GetValue())
				}
			}
		}
	}
	for _, want := range []string{"c4arch_homes_open", "c4arch_ledger_entries", "c4arch_jobs_due_age_seconds", "c4arch_egress_connections_total", "c4arch_egress_destinations", "c4arch_egress_refused_total", "c4arch_requests_total", "c4arch_panics_total", "c4arch_build_info"} {
		if !seen[want] {
			t.Errorf("%s is missing", want)
		}
	}
	if text := metrics(t, o.Metrics); strings.Contains(text, "BREW") || !strings.Contains(text, `method="other"`) {
		t.Error("a caller can make a series by inventing a method")
	}
}

func TestRequestSpans(t *testing.T) {
	o, spans, _ := observer(t, Gauges{})
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for _, trusted := range []bool{true, false} {
		spans.Reset()
		r := httptest.NewRequest("GET", "/api/v1/projects/pj_1?token=hunter2", nil)
		r.Header.Set("Traceparent", parent)
		ctx, known := WithRequest(r.Context(), "rq_1")
		ctx, end := o.Traces.Request(r.WithContext(ctx), trusted)
		Identify(ctx, "og_1", "person:pn_1")
		Route(ctx, "/api/v1/projects/{project}")
		end(known, 500)
		s := spans.GetSpans()
		if len(s) != 1 || s[0].Name != "GET /api/v1/projects/{project}" {
			t.Fatalf("%v", s)
		}
		if got := s[0].SpanContext.TraceID().String() == "0af7651916cd43dd8448eb211c80319c"; got != trusted {
			t.Errorf("trusted %v: continues the caller's trace: %v", trusted, got)
		}
		all := fmt.Sprint(s[0].Attributes)
		if strings.Contains(all, "hunter2") || strings.Contains(all, "pn_1") || strings.Contains(all, "pj_1") || !strings.Contains(all, "og_1") {
			t.Errorf("attributes: %s", all)
		}
	}
}

// TestTracesGoOut sends a span to a real collector's endpoint over the client that was handed in.
func TestTracesGoOut(t *testing.T) {
	got := make(chan string, 4)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type")
	}))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1") // the configuration says where, not the environment
	traces, err := NewTraces(t.Context(), TraceConfig{Endpoint: u, Client: s.Client(), Sample: 1, Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	_, end := traces.Span(t.Context(), "job x", "og_1")
	end(nil)
	if err := traces.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := <-got; r != "POST /v1/traces application/x-protobuf" {
		t.Error(r)
	}
	if _, err := NewTraces(t.Context(), TraceConfig{Endpoint: u}); err == nil {
		t.Error("a way out of its own")
	}
	off, err := NewTraces(t.Context(), TraceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	_, end = off.Span(t.Context(), "x", "")
	end(errors.New("x"))
	if err := off.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func BenchmarkLogLine(b *testing.B) {
	l := NewLogger(discard{}, "json", "info")
	ctx, _ := WithRequest(b.Context(), "rq_1")
	Identify(ctx, "og_1", "person:pn_1")
	b.ReportAllocs()
	for b.Loop() {
		l.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("method", "GET"), slog.String("route", "/api/v1/projects/{project}"), slog.Int("status", 200), slog.Int64("us", 1234))
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// TestWhatIsBrokenStaysSo: a log that is sound does not hide one that is broken, and only the same look at the same log takes it back.
func TestWhatIsBrokenStaysSo(t *testing.T) {
	m := NewMetrics("1", Gauges{})
	scrape := func() string {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w.Body.String()
	}
	m.LedgerVerified("og_a", auditing.Full, false)
	m.LedgerVerified("og_b", auditing.Full, true)
	m.LedgerVerified("og_a", auditing.Tail, true)
	m.LedgerVerified(id.Platform, auditing.Full, true)
	if got := scrape(); !strings.Contains(got, `c4arch_ledger_sound{home="organisation"} 0`) || !strings.Contains(got, `c4arch_ledger_sound{home="instance"} 1`) || strings.Contains(got, "og_a") {
		t.Errorf("%s", got)
	}
	if got := m.Unsound(); !slices.Equal(got, []string{"og_a (full)"}) {
		t.Errorf("%v", got)
	}
	m.LedgerVerified("og_a", auditing.Full, true)
	if got := scrape(); !strings.Contains(got, `c4arch_ledger_sound{home="organisation"} 1`) || len(m.Unsound()) > 0 {
		t.Errorf("%v\n%s", m.Unsound(), got)
	}
	m.ControlRan("a", control.Fail, time.Second)
	m.ControlRan("b", control.Unknown, time.Second)
	m.ControlRan("c", control.Fail, time.Second)
	m.ControlRan("c", control.Pass, time.Second)
	if got := m.Failing(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("%v", got)
	}
}
