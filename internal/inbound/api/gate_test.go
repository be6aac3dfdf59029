package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

type thing struct {
	Name    string `json:"name"`
	Version int64  `json:"version"`
}

// gated is an API with one record in version 3, for whoever has a session.
func gated(t *testing.T, s Services) http.Handler {
	t.Helper()
	s.Version, s.Route, s.Actor, s.Request = "test", func(context.Context, string) {}, func(context.Context, access.Actor) {}, func(context.Context) string { return "" }
	s.Session = func(r *http.Request) (access.Actor, error) {
		if c, err := r.Cookie(MemberCookie); err == nil && c.Value == "unseen" {
			return access.Actor{}, fault.New(fault.Unavailable, "the database is away")
		} else if err != nil || c.Value != "good" {
			return access.Actor{}, fault.New(fault.Denied, "nobody is signed in")
		}
		return access.Actor{ID: "person:pn_1", Kind: access.Person, Org: "og_1"}, nil
	}
	a := build(s)
	route(a, http.MethodGet, "/test", "test-get", "One", person(), func(context.Context, access.Actor, *none) (thing, error) { return thing{"x", 3}, nil })
	route(a, http.MethodPatch, "/test", "test-change", "Change it", person(), func(_ context.Context, _ access.Actor, in *struct {
		Body struct {
			Version int64 `json:"version,omitempty"`
		}
	},
	) (thing, error) {
		if in.Body.Version != 3 {
			return thing{}, fault.New(fault.Conflict, "it has changed since")
		}
		return thing{"y", 4}, nil
	})
	route(a, http.MethodDelete, "/test", "test-remove", "Remove it", person(), func(context.Context, access.Actor, *none) (none, error) { return none{}, nil })
	return a.handler()
}

func asked(h http.Handler, method, path, body string, heads ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://service.example"+path, strings.NewReader(body))
	r.Header.Set("Cookie", MemberCookie+"=good")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(heads); i += 2 {
		r.Header.Set(heads[i], heads[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEntityTags(t *testing.T) {
	h := gated(t, Services{})
	for _, x := range []struct {
		method, body, head, value string
		want                      int
	}{
		{"GET", "", "", "", 200},
		{"GET", "", "If-None-Match", `"v3"`, 304},
		{"GET", "", "If-None-Match", `W/"v3"`, 304},
		{"GET", "", "If-None-Match", `"v1", "v3"`, 304},
		{"GET", "", "If-None-Match", `*`, 304},
		{"GET", "", "If-None-Match", `"v2"`, 200},
		{"PATCH", `{}`, "If-Match", `"v3"`, 200},
		{"PATCH", `{}`, "If-Match", `"v2"`, 412},
		{"PATCH", `{}`, "If-Match", `W/"v3"`, 412},
		{"PATCH", `{}`, "If-Match", `nonsense`, 412},
		{"PATCH", `{"version":2}`, "If-Match", `"v3"`, 412},
		{"PATCH", `{"version":3}`, "If-Match", `"v3"`, 200},
		{"PATCH", `{"version":2}`, "", "", 409},
		{"DELETE", "", "If-Match", `"v3"`, 412},
		{"DELETE", "", "", "", 204},
	} {
		w := asked(h, x.method, Prefix+"/test", x.body, x.head, x.value)
		if w.Code != x.want {
			t.Errorf("%s with %s %s: %d, not %d: %s", x.method, x.head, x.value, w.Code, x.want, w.Body)
		}
		if tag := w.Header().Get("ETag"); x.method == "GET" && tag != `"v3"` || x.method == "PATCH" && x.want == 200 && tag != `"v4"` {
			t.Errorf("%s: the tag is %s", x.method, tag)
		}
		if x.want == 304 && (w.Body.Len() > 0 || w.Header().Get("Content-Type") != "") {
			t.Errorf("304 with %s", w.Body)
		}
	}
}

func TestSessionsAndSites(t *testing.T) {
	h := gated(t, Services{Origin: "https://arch.contoso.example"})
	for name, x := range map[string]struct {
		method string
		heads  []string
		want   int
	}{
		"the session":                    {"GET", nil, 200},
		"a session that is none":         {"GET", []string{"Cookie", MemberCookie + "=bad"}, 401},
		"a token with a session":         {"GET", []string{"Authorization", "Bearer c4a_x"}, 401},
		"another site reads":             {"GET", []string{"Sec-Fetch-Site", "cross-site"}, 200}, // a browser does not hand the answer over
		"another site changes":           {"DELETE", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a site beside ours changes":     {"DELETE", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"another origin changes":         {"DELETE", []string{"Origin", "https://evil.example"}, 403},
		"our own page changes":           {"DELETE", []string{"Sec-Fetch-Site", "same-origin"}, 204},
		"our own page behind a proxy":    {"DELETE", []string{"Origin", "https://arch.contoso.example", "Sec-Fetch-Site", "cross-site"}, 204},
		"a program without such headers": {"DELETE", nil, 204},
	} {
		if w := asked(h, x.method, Prefix+"/test", "", x.heads...); w.Code != x.want {
			t.Errorf("%s: %d, not %d: %s", name, w.Code, x.want, w.Body)
		}
	}
}

func TestRatesAndRecords(t *testing.T) {
	var told []Accessed
	var looked []string
	stop, spent := false, false
	h := gated(t, Services{
		Access: func(_ context.Context, x Accessed) { told = append(told, x) },
		Looked: func(_ context.Context, _ access.Actor, route, subject string) error {
			looked = append(looked, route+" "+subject)
			if stop {
				return fault.New(fault.Unavailable, "the database is away")
			}
			return nil
		},
		Limit: func(_ context.Context, a access.Actor, _ netip.Addr, cost int) (Allowance, error) {
			if spent {
				return Allowance{Name: "actor", Limit: 10, Window: time.Second, Retry: 1500 * time.Millisecond}, fault.New(fault.Limited, "too much")
			}
			return Allowance{Name: "actor", Limit: 10, Window: time.Second, Remaining: 10 - cost}, nil
		},
	})
	if w := asked(h, "GET", Prefix+"/test", ""); w.Code != 200 || w.Header().Get("RateLimit") != `"actor";r=9;t=1` || w.Header().Get("RateLimit-Policy") != `"actor";q=10;w=1` {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	asked(h, "DELETE", Prefix+"/test", "")
	asked(h, "GET", Prefix+"/none", "")
	if len(looked) != 1 || looked[0] != "GET /api/v1/test /api/v1/test" {
		t.Errorf("looked at %q", looked)
	}
	stop = true
	if w := asked(h, "GET", Prefix+"/test", ""); w.Code != 503 || strings.Contains(w.Body.String(), `"x"`) {
		t.Errorf("what was not written down is answered: %d %s", w.Code, w.Body)
	}
	stop, spent = false, true
	for _, cookie := range []string{"good", "bad"} {
		if w := asked(h, "GET", Prefix+"/test", "", "Cookie", MemberCookie+"="+cookie); w.Code != 429 || w.Header().Get("Retry-After") != "2" || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	// Nobody could look at it, so it is no guess, and takes nothing from the address: with the database back, its clients are not told to wait.
	if w := asked(h, "GET", Prefix+"/test", "", "Cookie", MemberCookie+"=unseen"); w.Code != 503 || w.Header().Get("RateLimit") != "" {
		t.Errorf("while nobody can be looked up: %d %v %s", w.Code, w.Header(), w.Body)
	}
	var statuses []int
	for _, x := range told {
		statuses = append(statuses, x.Status)
	}
	if len(told) != 7 || told[0].Route != Prefix+"/test" || told[0].Actor.ID == "" || told[2].Route != "" || statuses[5] != 429 || told[5].Actor.ID != "" {
		t.Errorf("the access log has %+v", told)
	}
}
