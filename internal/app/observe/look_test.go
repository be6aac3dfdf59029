package observe

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/trust/control"
)

// TestLogLinesFail has a log that is text, one that knows no request, and one that shows secrets.
func TestLogLinesFail(t *testing.T) {
	ours := func(format string) func(io.Writer) *slog.Logger {
		return func(w io.Writer) *slog.Logger { return NewLogger(w, format, "warn") }
	}
	for name, x := range map[string]struct {
		make func(io.Writer) *slog.Logger
		want control.Outcome
		says string
	}{
		"as it is": {ours("json"), control.Pass, "lines are JSON"},
		"text":     {ours("text"), control.Fail, "log.format is not json"},
		"without the request": {func(w io.Writer) *slog.Logger {
			return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: redact}))
		}, control.Fail, "without its"},
		"without redaction": {func(w io.Writer) *slog.Logger { return slog.New(contextual{slog.NewJSONHandler(w, nil)}) }, control.Fail, "shows what is secret"},
		"silent":            {func(w io.Writer) *slog.Logger { return slog.New(slog.DiscardHandler) }, control.Fail, "0 lines"},
	} {
		list := ObserveLog(t.Context(), x.make)
		if got := control.Worst(list); got != x.want || !strings.Contains(fmt.Sprint(list), x.says) {
			t.Errorf("%s is %s: %+v", name, got, list)
		}
	}
}

// TestMetricSeriesFail has metrics without a series, and a check that is told otherwise than it ended.
func TestMetricSeriesFail(t *testing.T) {
	m := NewMetrics("1", Gauges{Egress: func() map[string]Outgoing { return map[string]Outgoing{"mail": {}} }})
	if list := m.ObserveSeries(t.Context()); control.Worst(list) != control.Empty || !strings.Contains(list[0].Detail, "nothing was counted") {
		t.Errorf("before anything was counted: %+v", list)
	}
	m.Request("GET", "/x", 200, time.Second)
	m.jobs.WithLabelValues("x", "done").Inc()
	m.commits.WithLabelValues("committed").Inc()
	m.LedgerVerified(id.Platform, auditing.Depth("tail"), true)
	if list := m.ObserveSeries(t.Context()); control.Worst(list) != control.Empty {
		t.Errorf("before a check ran: %+v", list)
	}
	m.ControlRan("row-security", control.Pass, time.Second)
	m.ControlRan("tls-listener", control.Fail, time.Second)
	if list := m.ObserveSeries(t.Context()); control.Worst(list) != control.Pass {
		t.Errorf("with all: %+v", list)
	}
	m.registry.Unregister(m.panics)
	if list := m.ObserveSeries(t.Context()); control.Worst(list) != control.Fail || !strings.Contains(list[0].Detail, "c4arch_panics_total is not there") {
		t.Errorf("without a series: %+v", list)
	}
	m.trust.control.Reset()
	if list := m.ObserveSeries(t.Context()); control.Worst(list) != control.Fail || !strings.Contains(list[1].Detail, "not told as it ended") {
		t.Errorf("a failure that nobody is told of: %+v", list)
	}
}
