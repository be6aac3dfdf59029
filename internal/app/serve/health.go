package serve

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"c4arch/internal/app/observe"
	"c4arch/internal/base/fault"
)

// healthz says that the process runs. It asks nothing: a database that is away is no reason to start the process anew.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether requests can be answered, to anybody, in one word.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	status, word := http.StatusOK, "ready"
	for _, x := range s.ready.ask(r.Context()) {
		if x.Error != "" && !x.Advisory {
			status, word = http.StatusServiceUnavailable, "not ready"
		}
	}
	answer(w, status, map[string]string{"status": word})
}

// readyzDetail says it with names and reasons, on the internal listener.
func (s *Server) readyzDetail(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	all := s.ready.ask(r.Context())
	for _, x := range all {
		if x.Error != "" && !x.Advisory {
			status = http.StatusServiceUnavailable
		}
	}
	answer(w, status, map[string]any{"checks": all})
}

// result is what a check found.
type result struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"`
	// Advisory: what is wrong with it is to be looked at, and keeps no request from being answered.
	Advisory bool `json:"advisory,omitempty"`
}

// readiness asks the checks at most once a second, however often it is asked itself.
type readiness struct {
	checks []Check
	now    func() time.Time

	mu      sync.Mutex
	at      time.Time
	last    []result
	stopped bool
}

const (
	readyFor  = time.Second
	readyTime = 3 * time.Second // for one check
)

func newReadiness(checks []Check, now func() time.Time) *readiness {
	return &readiness{checks: checks, now: now}
}

// stop makes it not ready for good.
func (r *readiness) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
}

func (r *readiness) ask(ctx context.Context) []result {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return []result{{Name: "stop", Error: "the service was asked to stop"}}
	}
	if now := r.now(); r.last == nil || now.Sub(r.at) >= readyFor || now.Before(r.at) {
		all := []result{{Name: "listening"}}
		for _, c := range r.checks {
			all = append(all, askOne(ctx, c))
		}
		r.at, r.last = now, all
	}
	return r.last
}

// askOne is not bound to the request that happens to ask: its answer is for all who ask in that second.
func askOne(ctx context.Context, c Check) (out result) {
	out.Name, out.Advisory = c.Name, c.Advisory
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
	defer cancel()
	defer func() {
		if recover() != nil {
			out.Error = string(fault.Internal)
		}
	}()
	if err := c.Ask(ctx); err != nil {
		out.Error = observe.Scrub(err.Error())
	}
	return out
}

// version says what runs.
func (s *Server) version(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, VersionOf(s.p.Build))
}

// Version is what is known of the build.
type Version struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
}

// VersionOf reads it from what the linker left; nil is a build that left nothing.
func VersionOf(b *debug.BuildInfo) Version {
	v := Version{Version: "(devel)", Go: runtime.Version()}
	if b == nil {
		return v
	}
	if b.Main.Version != "" {
		v.Version = b.Main.Version
	}
	for _, x := range b.Settings {
		switch x.Key {
		case "vcs.revision":
			v.Revision = x.Value
		case "vcs.modified":
			v.Modified = x.Value == "true"
		}
	}
	return v
}
