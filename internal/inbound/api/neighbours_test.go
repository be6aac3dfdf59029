package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/trust/control"
)

// TestNeighboursFail breaks routes in every way that the walk is there to see.
func TestNeighboursFail(t *testing.T) {
	none := Services{
		Request: func(context.Context) string { return "" }, Actor: func(context.Context, access.Actor) {}, Route: func(context.Context, string) {},
	}
	asks := Neighbour{Actor: access.Actor{Org: "og_a"}, Things: map[string][]string{"project": {"pj_a"}, "member": {"pn_a"}, "scan": {"sc_a"}}}
	other := Neighbour{
		Actor: access.Actor{Org: "og_b"}, Things: map[string][]string{"project": {"pj_b"}, "member": {"pn_b"}, "scan": {"sc_b1", "sc_b2"}},
		Words: []string{"canary-b", "pj_b", "pn_b", "sc_b1", "sc_b2"},
	}
	say := func(w http.ResponseWriter, status int, text string) bool {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
		return true
	}
	asked := map[string]bool{}
	for name, x := range map[string]struct {
		breaks func(w http.ResponseWriter, r *http.Request, body string) bool // whether it has answered
		want   control.Outcome
		at     string
	}{
		"nothing is broken": {func(_ http.ResponseWriter, r *http.Request, body string) bool {
			if strings.HasSuffix(r.URL.Path, "/tokens") && r.Method == http.MethodPost {
				var b struct{ Name, Purpose, Project string }
				if err := json.Unmarshal([]byte(body), &b); err != nil || b.Name == "" || b.Purpose == "" || b.Project == "" {
					t.Errorf("a body is not of its form: %s, %v", body, err)
				}
			}
			asked[r.Method+" "+r.URL.RequestURI()] = true
			return false
		}, control.Pass, ""},
		"a project is found": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasSuffix(r.URL.Path, "/projects/pj_b") && say(w, 200, "{}")
		}, control.Fail, "GET /api/v1/projects/{project}"},
		"the second of two is found": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasSuffix(r.URL.Path, "/projects/pj_a/scans/sc_b2") && say(w, 200, "{}")
		}, control.Fail, "GET /api/v1/projects/{project}/scans/{scan}"},
		"a status tells": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasSuffix(r.URL.Path, "/members/pn_b/removal") && say(w, 409, "")
		}, control.Fail, "POST /api/v1/members/{member}/removal"},
		"a body tells": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasSuffix(r.URL.Path, "/members/pn_b/removal") && say(w, 404, "not yours")
		}, control.Fail, "POST /api/v1/members/{member}/removal"},
		"a reference in a body is taken": {func(w http.ResponseWriter, r *http.Request, body string) bool {
			return strings.HasSuffix(r.URL.Path, "/tokens") && strings.Contains(body, `"pj_b"`) && say(w, 201, "{}")
		}, control.Fail, "POST /api/v1/tokens"},
		"something is done with any identifier": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasSuffix(r.URL.Path, "/removal") && say(w, 204, "")
		}, control.Fail, "POST /api/v1/members/{member}/removal"},
		"a query tells": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasPrefix(r.URL.RawQuery, "after=") && strings.HasSuffix(r.URL.RawQuery, "=sc_b1") && say(w, 409, "")
		}, control.Fail, ""},
		"a list has a name": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasSuffix(r.URL.Path, "/v1/members") && say(w, 200, `["the owner of canary-b"]`)
		}, control.Fail, "GET /api/v1/members"},
		"an error has an id": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.HasSuffix(r.URL.Path, "/members/pn_b/removal") && say(w, 404, "it works on pj_b")
		}, control.Fail, "POST /api/v1/members/{member}/removal"},
		"a header has an id": {func(w http.ResponseWriter, r *http.Request, _ string) bool {
			w.Header().Set("X-Near", "pj_b")
			return false
		}, control.Fail, ""},
		"one breaks": {func(_ http.ResponseWriter, r *http.Request, _ string) bool {
			if strings.HasSuffix(r.URL.Path, "/v1/projects") {
				panic("x")
			}
			return false
		}, control.Fail, "GET /api/v1/projects"},
		"nobody comes as far as to look": {func(w http.ResponseWriter, _ *http.Request, _ string) bool { return say(w, 403, "") }, control.Unknown, ""},
	} {
		w := neighbours{api: build(none), asks: asks, other: other, now: time.Unix(0, 0), handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if !x.breaks(w, r, string(body)) {
				say(w, http.StatusNotFound, "there is none")
			}
		})}
		seen := w.all(t.Context())
		if control.Worst(seen) != x.want || x.at != "" && seen[0].Subject != x.at {
			t.Errorf("%s: %+v", name, seen)
		}
	}
	for _, want := range []string{"GET /api/v1/projects/pj_b/scans/sc_b1", "GET /api/v1/projects/pj_a/scans/sc_b1", "GET /api/v1/projects/pj_b/scans/sc_a", "DELETE /api/v1/projects/pj_b/connections/zz_00000000000000000000000000", "GET /api/v1/projects/pj_a/scans?after=sc_b2"} {
		if !asked[want] {
			t.Errorf("%s is not asked", want)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	w := neighbours{api: build(none), asks: asks, other: other, handler: http.NotFoundHandler()}
	if seen := w.all(ended); control.Worst(seen) != control.Unknown {
		t.Errorf("what was not asked passes: %+v", seen)
	}
}
