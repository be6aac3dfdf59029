package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"c4arch/internal/trust/control"
)

// ObserveHealth asks what health and readiness answer, as whoever balances the load does: that the process runs, that it is ready while all that it depends on answers, and that it is not
// when one thing does not. at and out lead to the listener itself; where nothing listens, at is nil.
func ObserveHealth(ctx context.Context, checks []Check, now func() time.Time, at *url.URL, out http.RoundTripper) []control.Observation {
	broken := Check{Name: "a dependency that does not answer", Ask: func(context.Context) error { return errors.New("it does not answer") }}
	seen := []control.Observation{depends(ctx, checks)}
	for _, x := range []struct {
		what   string
		checks []Check
		path   string
		want   int
	}{
		{"health", checks, "/healthz", http.StatusOK},
		{"health while a dependency is away", append([]Check{broken}, checks...), "/healthz", http.StatusOK},
		{"readiness while a dependency is away", append([]Check{broken}, checks...), "/readyz", http.StatusServiceUnavailable},
	} {
		seen = append(seen, said(x.what, askHealth(ctx, x.checks, now, x.path), x.want))
	}
	if at == nil {
		return append(seen, control.Observation{Subject: "the listener", Outcome: control.Unknown, Detail: "nothing listens in this process"})
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		seen = append(seen, said("the listener, "+path, fetch(ctx, at, path, out), http.StatusOK))
	}
	return seen
}

// depends asks each dependency.
func depends(ctx context.Context, checks []Check) control.Observation {
	o := control.Observation{Subject: "what readiness depends on", Outcome: control.Pass}
	var names []string
	for _, c := range checks {
		if c.Advisory {
			continue
		}
		if x := askOne(ctx, c); x.Error != "" {
			o.Outcome, o.Detail = control.Fail, c.Name+" does not answer"
			return o
		}
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		o.Outcome, o.Detail = control.Fail, "readiness depends on nothing"
		return o
	}
	o.Detail = "these answer: " + strings.Join(names, ", ")
	return o
}

// askHealth asks a server that has these checks, without a listener. 0 is that it could not be asked.
func askHealth(ctx context.Context, checks []Check, now func() time.Time, path string) int {
	s := &Server{ready: newReadiness(checks, now)}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, http.NoBody)
	if err != nil {
		return 0
	}
	a := &statusOnly{header: http.Header{}}
	if path == "/healthz" {
		s.healthz(a, r)
	} else {
		s.readyz(a, r)
	}
	return a.status
}

func fetch(ctx context.Context, at *url.URL, path string, out http.RoundTripper) int {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath(path).String(), http.NoBody)
	if err != nil {
		return 0
	}
	res, err := out.RoundTrip(r)
	if err != nil {
		return 0
	}
	_ = res.Body.Close() // nothing of it is read
	return res.StatusCode
}

func said(what string, got, want int) control.Observation {
	o := control.Observation{Subject: what, Outcome: control.Pass, Detail: fmt.Sprintf("it answers with status %d", got)}
	switch {
	case got == 0:
		o.Outcome, o.Detail = control.Fail, "it does not answer"
	case got != want:
		o.Outcome, o.Detail = control.Fail, fmt.Sprintf("it answers with status %d, not %d", got, want)
	}
	return o
}

// statusOnly is an answer of which the status is kept.
type statusOnly struct {
	header http.Header
	status int
}

func (a *statusOnly) Header() http.Header { return a.header }

func (a *statusOnly) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *statusOnly) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return len(b), nil
}
