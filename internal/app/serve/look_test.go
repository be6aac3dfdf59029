package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/trust/control"
)

// TestHealthFails has a dependency that is away, readiness that depends on nothing, a listener that is not ready and none at all.
func TestHealthFails(t *testing.T) {
	good := Check{Name: "database", Ask: func(context.Context) error { return nil }}
	away := Check{Name: "database", Ask: func(context.Context) error { return errors.New("away") }}
	told := Check{Name: "controls", Advisory: true, Ask: func(context.Context) error { return errors.New("one does not hold") }}
	status := http.StatusOK
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(status)
		}
	}))
	defer listener.Close()
	at, err := url.Parse(listener.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		checks []Check
		at     *url.URL
		status int
		want   control.Outcome
		says   string
	}{
		"all answer":                {[]Check{good, told}, at, 200, control.Pass, "these answer: database"},
		"a dependency is away":      {[]Check{away}, at, 200, control.Fail, "database does not answer"},
		"it depends on nothing":     {[]Check{told}, at, 200, control.Fail, "depends on nothing"},
		"the listener is not ready": {[]Check{good}, at, 503, control.Fail, "status 503, not 200"},
		"nothing listens":           {[]Check{good}, nil, 200, control.Unknown, "nothing listens"},
		"nobody answers":            {[]Check{good}, &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, 200, control.Fail, "does not answer"},
	} {
		status = x.status
		list := ObserveHealth(t.Context(), x.checks, time.Now, x.at, http.DefaultTransport)
		if got := control.Worst(list); got != x.want || !strings.Contains(fmt.Sprint(list), x.says) {
			t.Errorf("%s is %s: %+v", name, got, list)
		}
	}
}
