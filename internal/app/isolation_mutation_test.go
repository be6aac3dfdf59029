package app

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/inbound/route"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/task"
)

func attempt(token string) accounts.Attempt {
	return accounts.Attempt{Token: token, Surface: access.API, Purpose: "test", Request: "rq_test"}
}

// TestIsolationFails breaks routes on purpose, in every way that the suite is there to see.
func TestIsolationFails(t *testing.T) {
	s := newStage(t, "SQLite")
	var routes []route.Route
	for _, r := range s.routes() {
		if slices.Contains([]string{"get-project", "list-members", "get-scan"}, r.Name) {
			routes = append(routes, r)
		}
	}
	foreign := s.theirs.thing("project")
	about := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/projects/"+foreign) }
	status := func(w http.ResponseWriter, code int) {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(code)
	}
	for name, x := range map[string]struct {
		breaks func(w http.ResponseWriter, r *http.Request) bool // whether it has answered
		want   string
	}{
		"nothing is broken": {func(http.ResponseWriter, *http.Request) bool { return false }, ""},
		"a route ignores whose it is": {func(w http.ResponseWriter, r *http.Request) bool {
			if about(r) && r.Header.Get("Authorization") != "" {
				r.Header.Set("Authorization", "Bearer "+s.theirs.owner)
			}
			return false
		}, "told from one that nobody has"},
		"a route says that it is denied": {func(w http.ResponseWriter, r *http.Request) bool {
			if about(r) && r.Header.Get("Authorization") == "Bearer "+s.ours.owner {
				status(w, http.StatusForbidden)
				return true
			}
			return false
		}, "denied, which says that it is there"},
		"a header tells": {func(w http.ResponseWriter, r *http.Request) bool {
			if about(r) {
				w.Header().Set("X-Cache", "hit")
			}
			return false
		}, "by its headers"},
		"a statement tells": {func(w http.ResponseWriter, r *http.Request) bool {
			if about(r) {
				traced(r.Context(), "SELECT 1")
			}
			return false
		}, "by its statements"},
		"a name gets out": {func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("X-Neighbour", "Fabrikam")
			return false
		}, "of the other organisation"},
		"the twin fails": {func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/members") {
				status(w, http.StatusNotFound)
			}
			return strings.HasSuffix(r.URL.Path, "/members")
		}, "has no twin that works"},
		"who is nobody is let in": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Authorization") == "" && strings.HasSuffix(r.URL.Path, "/members") {
				status(w, http.StatusOK)
				return true
			}
			return false
		}, "as nobody: 200"},
		"another action is decided about": {func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/members") && r.Header.Get("Authorization") == "Bearer "+s.ours.callers["viewer"].token {
				a, err := s.in.accounts.Authenticate(r.Context(), attempt(s.ours.callers["viewer"].token))
				s.check(err)
				s.actor = a
				status(w, http.StatusForbidden)
				return true
			}
			return false
		}, "member.list is allowed"},
		"who may not is let in": {func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/members") && r.Header.Get("Authorization") == "Bearer "+s.ours.callers["billing"].token {
				a, err := s.in.accounts.Authenticate(r.Context(), attempt(s.ours.callers["billing"].token))
				s.check(err)
				s.actor = a
				status(w, http.StatusOK)
				return true
			}
			return false
		}, "package access says denied"},
	} {
		u := &suite{stage: s, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !x.breaks(w, r) {
				s.handler.ServeHTTP(w, r)
			}
		})}
		u.run(routes)
		if x.want == "" && len(u.faults) > 0 || x.want != "" && !slices.ContainsFunc(u.faults, func(f string) bool { return strings.Contains(f, x.want) }) {
			t.Errorf("%s: %q", name, u.faults)
		}
	}
	u := &suite{stage: s, handler: s.handler}
	u.run([]route.Route{{Method: "GET", Path: "/api/v1/new", Name: "a-new-route", Who: route.Inside, Action: access.ProjectRead}})
	u.stale(nil)
	u.logs("a line about fabrikam")
	for _, want := range []string{"a-new-route (GET /api/v1/new) has no example", "get-project is an example of no route", "the log of our requests has"} {
		if !slices.ContainsFunc(u.faults, func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("nobody says %q: %q", want, u.faults)
		}
	}
}

// TestJobsStayInside has jobs of one organisation name what another one has: they fail as if it were nowhere, and take nothing along.
func TestJobsStayInside(t *testing.T) {
	s := newStage(t, "SQLite")
	begin := len(s.log.String())
	handlers := s.in.handlers()
	for kind, args := range map[string]func(from func(string) string) any{
		task.RunScan: func(from func(string) string) any {
			return task.ScanArgs{Project: id.Project(from("project")), Scan: from("scan")}
		},
		task.Compare: func(from func(string) string) any {
			return task.CompareArgs{Project: id.Project(from("project")), Snapshot: from("snapshot")}
		},
		task.Deliver: func(from func(string) string) any { return task.StreamArgs{Stream: from("stream")} },
	} {
		said := map[string]string{}
		nowhere := (&suite{stage: s}).nowhere
		// The first of them have written down what the organisation instructs, and that there is nothing that covers these jobs; they are not compared.
		for _, x := range []struct {
			name string
			from func(string) string
		}{{"first", nowhere}, {"first", s.theirs.thing}, {"foreign", s.theirs.thing}, {"nowhere", nowhere}} {
			name, from := x.name, x.from
			c := &task.Claimed{
				Lease: &job.Lease{Org: s.ours.org, ID: "jb_00000000000000000000000000", Kind: kind, Args: task.Encode(args(from)), Owner: "worker", Attempt: 1, Until: s.in.now().Add(time.Minute), MaxAttempts: 3},
				Actor: access.System(s.ours.org, "test", access.Actor{}),
			}
			trace := &tracer{}
			err := handlers[kind](context.WithValue(t.Context(), tracerKey{}, trace), c)
			said[name] = strings.Join(trace.said, "\n")
			if err != nil {
				said[name] += strings.NewReplacer(from("project"), "", from("snapshot"), "", from("scan"), "").Replace(err.Error())
			}
		}
		if said["foreign"] != said["nowhere"] {
			t.Errorf("%s tells a thing of another organisation from one that nobody has:\n%s\n\n%s", kind, said["foreign"], said["nowhere"])
		}
	}
	u := &suite{stage: s}
	u.logs(s.log.String()[begin:])
	for _, f := range u.faults {
		t.Error(f)
	}
}
