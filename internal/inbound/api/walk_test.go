package api

import (
	"net/http"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/trust/control"
)

// served as the description, with these paths.
func describing(paths string, routes map[string]http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"paths":{` + paths + `}}`)) })
	mux.HandleFunc("POST "+Prefix+"/setup", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnprocessableEntity) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	for pattern, h := range routes {
		mux.HandleFunc(pattern, h)
	}
	return mux
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

const (
	aProject = `"/api/v1/projects/{project}":{"get":{},"put":{}},"/api/v1/setup":{"post":{}}`
	aScan    = `"/api/v1/projects/{project}/scans/{scan}":{"get":{}}`
)

func TestRouteWalkFails(t *testing.T) {
	for name, x := range map[string]struct {
		routes map[string]http.HandlerFunc
		want   control.Outcome
	}{
		"all refuse":               {nil, control.Pass},
		"one asks for no token":    {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": status(200)}, control.Fail},
		"one tells what is there":  {map[string]http.HandlerFunc{"PUT /api/v1/projects/{project}": status(404)}, control.Fail},
		"one breaks":               {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": status(500)}, control.Fail},
		"one panics":               {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": func(http.ResponseWriter, *http.Request) { panic("x") }}, control.Fail},
		"what is no route answers": {map[string]http.HandlerFunc{"GET /elsewhere": status(404)}, control.Fail},
		"one that is on no list":   {map[string]http.HandlerFunc{"DELETE /api/v1": status(200)}, control.Fail},
		"one that redirects":       {map[string]http.HandlerFunc{"GET /api/v1/nothing": status(302)}, control.Fail},
		"one believes a token of nobody": {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "Bearer c4a_unknown" {
				w.WriteHeader(200)
				return
			}
			w.WriteHeader(401)
		}}, control.Fail},
	} {
		list, err := ObserveRoutes(t.Context(), describing(aProject, x.routes), Strangers("c4a_unknown"))
		if got := control.Worst(list); err != nil || got != x.want {
			t.Errorf("%s is %s, %v: %+v", name, got, err, list)
		}
	}
	if _, err := ObserveRoutes(t.Context(), http.NotFoundHandler(), Strangers("x")); err == nil {
		t.Error("an API that does not describe itself is walked through")
	}
}

func TestForeignIDsFail(t *testing.T) {
	f := Foreign{
		Actor: access.Actor{ID: "probe", Kind: access.Person, Org: "og_a", Roles: []access.Role{access.Owner}}, Own: "pj_own",
		Things: map[string][]string{"project": {"pj_b1", "pj_b2"}, "scan": {"sn_b1"}},
	}
	var asked []string
	note := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if actorOf(r.Context()).Org != "og_a" {
				t.Errorf("%s is asked by %s", r.URL.Path, actorOf(r.Context()).Org)
			}
			asked = append(asked, r.URL.Path)
			w.WriteHeader(code)
		}
	}
	for name, x := range map[string]struct {
		routes map[string]http.HandlerFunc
		want   control.Outcome
	}{
		"nothing is found": {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": note(404), "GET /api/v1/projects/{project}/scans/{scan}": note(404)}, control.Pass},
		"a scan is found":  {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": note(404), "GET /api/v1/projects/{project}/scans/{scan}": note(200)}, control.Fail},
		"something breaks": {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": note(404), "GET /api/v1/projects/{project}/scans/{scan}": note(500)}, control.Fail},
		"a scan is found behind one's own project": {map[string]http.HandlerFunc{
			"GET /api/v1/projects/{project}": note(404),
			"GET /api/v1/projects/{project}/scans/{scan}": func(w http.ResponseWriter, r *http.Request) {
				if r.PathValue("project") == "pj_own" && r.PathValue("scan") == "sn_b1" {
					w.WriteHeader(200)
					return
				}
				w.WriteHeader(404)
			},
		}, control.Fail},
		"nothing comes as far as to look": {map[string]http.HandlerFunc{"GET /api/v1/projects/{project}": note(403), "GET /api/v1/projects/{project}/scans/{scan}": note(422)}, control.Unknown},
	} {
		h := describing(aProject+","+aScan, x.routes)
		list, err := operations(t.Context(), h)
		if err != nil {
			t.Fatal(err)
		}
		asked = nil
		if got := foreign(t.Context(), h, list, f); got.Outcome != x.want {
			t.Errorf("%s: %+v", name, got)
		}
		if all := strings.Join(asked, " "); x.want == control.Pass && (!strings.Contains(all, "/projects/pj_b2 ") && !strings.HasSuffix(all, "/projects/pj_b2") || !strings.Contains(all, "/projects/pj_own/scans/sn_b1") || !strings.Contains(all, "/projects/pj_b1/scans/sn_b1")) {
			t.Errorf("%s: asked for %s", name, all)
		}
	}
}
