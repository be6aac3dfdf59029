package observe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"c4arch/internal/trust/control"
)

// What a line of the log must not show, whatever a library quotes. None is anybody's.
var quoted = []string{
	"postgres://c4arch:" + "correct-horse" + "@db.contoso.example/arch",
	"Authorization: Bearer " + "abcdefghijklmnopqrstuvwxyz0123456789",
	"c4a_" + "01hx0000000000000000000000_abcdefghijklmnop",
	"password=" + "battery-staple",
	"somebody@contoso.example",
}

// plain are what of them is the secret.
var plain = []string{"correct-horse", "abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnop", "battery-staple", "somebody@contoso"}

// ObserveLog has a logger, made as that of the service is, write what a request would: lines must be JSON with time, level, message, request, organisation and actor, and without what
// is secret in them.
func ObserveLog(ctx context.Context, make func(io.Writer) *slog.Logger) []control.Observation {
	var b bytes.Buffer
	l := make(&b)
	ctx, _ = WithRequest(ctx, "rq_probe")
	Identify(ctx, "og_probe", "person:probe")
	for _, text := range quoted {
		l.ErrorContext(ctx, "a library said: "+text, "error", errors.New(text), "what", text, "password", text)
	}
	return []control.Observation{judgeForm(b.Bytes()), judgeSecrets(b.String())}
}

func judgeForm(b []byte) control.Observation {
	o := control.Observation{Subject: "the form of the log", Outcome: control.Pass}
	n := 0
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); n++ {
		var line map[string]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			o.Outcome, o.Detail = control.Fail, "a line is not JSON: log.format is not json"
			return o
		}
		for key, want := range map[string]any{"request": "rq_probe", "org": "og_probe", "actor": "person:probe", "level": "ERROR"} {
			if line[key] != want {
				o.Outcome, o.Detail = control.Fail, "a line is without its "+key
				return o
			}
		}
		if line["time"] == nil || line["msg"] == nil {
			o.Outcome, o.Detail = control.Fail, "a line is without its time or its message"
			return o
		}
	}
	if n != len(quoted) {
		o.Outcome, o.Detail = control.Fail, fmt.Sprintf("%d lines were written of %d", n, len(quoted))
		return o
	}
	o.Detail = fmt.Sprintf("%d lines are JSON with time, level, message, request, organisation and actor", n)
	return o
}

func judgeSecrets(text string) control.Observation {
	o := control.Observation{Subject: "secrets in the log", Outcome: control.Pass, Detail: fmt.Sprintf("%d texts with something secret were logged, and none shows it", len(quoted))}
	if i := slices.IndexFunc(plain, func(s string) bool { return strings.Contains(text, s) }); i >= 0 {
		o.Outcome, o.Detail = control.Fail, fmt.Sprintf("the %d. text shows what is secret in it", i+1)
	}
	return o
}

// Signals are the series by which availability and security are watched; docs/operations has what each means.
var signals = []string{
	"c4arch_build_info", "c4arch_panics_total", "c4arch_policy_errors_total", "c4arch_requests_total", "c4arch_request_seconds", "c4arch_jobs_total", "c4arch_commits_total",
	"c4arch_ledger_verifications_total", "c4arch_ledger_sound", "c4arch_egress_connections_total",
}

// ObserveSeries asks for the metrics as whoever collects them does: the series of availability and security are there, and each check is told as it ended.
func (m *Metrics) ObserveSeries(ctx context.Context) []control.Observation {
	return series(ctx, m.Handler(), m.Ran())
}

func series(ctx context.Context, h http.Handler, ran map[string]control.Outcome) []control.Observation {
	w := answered{header: http.Header{}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/metrics", http.NoBody)
	if err != nil {
		return []control.Observation{{Subject: "metrics", Outcome: control.Fail, Detail: "they cannot be asked for"}}
	}
	h.ServeHTTP(&w, r)
	text := w.body.String()
	o := control.Observation{Subject: "series of availability and security", Outcome: control.Pass, Detail: fmt.Sprintf("%d are there", len(signals))}
	for _, name := range signals {
		if !strings.Contains(text, "# TYPE "+name+" ") {
			o.Outcome, o.Detail = control.Empty, "nothing was counted yet in "+name
			if strings.HasSuffix(name, "_info") || name == "c4arch_panics_total" || name == "c4arch_policy_errors_total" { // these begin with nought
				o.Outcome, o.Detail = control.Fail, name+" is not there"
			}
			break
		}
	}
	return []control.Observation{o, outcomes(text, ran)}
}

// outcomes looks for what each check ended as.
func outcomes(text string, ran map[string]control.Outcome) control.Observation {
	o := control.Observation{Subject: "outcomes of checks", Outcome: control.Pass, Detail: fmt.Sprintf("%d checks are told as they ended", len(ran))}
	if len(ran) == 0 {
		o.Outcome, o.Detail = control.Empty, "no check has run since the program was started"
		return o
	}
	for _, check := range slices.Sorted(maps.Keys(ran)) {
		if !strings.Contains(text, fmt.Sprintf("c4arch_control_outcome{check=%q,outcome=%q} 1\n", check, ran[check])) {
			o.Outcome, o.Detail = control.Fail, check+" is not told as it ended"
			return o
		}
	}
	return o
}

// Ran are the outcomes of the checks that this process ran.
func (m *Metrics) Ran() map[string]control.Outcome {
	m.stands.mu.Lock()
	defer m.stands.mu.Unlock()
	return maps.Clone(m.stands.failed)
}

// answered is what a handler answers.
type answered struct {
	header http.Header
	body   bytes.Buffer
}

func (h *answered) Header() http.Header         { return h.header }
func (h *answered) WriteHeader(int)             {}
func (h *answered) Write(b []byte) (int, error) { return h.body.Write(b) }
