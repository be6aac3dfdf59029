package route

import (
	"net/http"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/trust/control"
)

func TestStrangersFail(t *testing.T) {
	routes := []Route{
		{Method: "GET", Path: "/account", Name: "account", Who: Person, Page: true},
		{Method: "POST", Path: "/things/{thing}", Name: "things", Who: Inside, Action: access.ProjectList},
		{Method: "GET", Path: "/sign-in", Name: "sign-in", Who: Everybody, Page: true},
	}
	nobody := map[string]http.Header{"without a session": nil, "with a session of nobody": {"Cookie": {"x=y"}}}
	for name, x := range map[string]struct {
		page, thing http.HandlerFunc
		want        control.Outcome
		says        string
	}{
		"all refuse":             {leads("/sign-in?next=%2F"), says(401), control.Pass, "4 requests of strangers to 2 routes"},
		"a page is shown":        {says(200), says(401), control.Fail, "status 200"},
		"a page leads elsewhere": {leads("/home"), says(401), control.Fail, "leads to /home"},
		"a thing is not found":   {says(401), says(404), control.Fail, "status 404"},
		"a script is led away":   {says(401), leads("/sign-in"), control.Fail, "leads to /sign-in"},
		"a handler panics":       {says(401), func(http.ResponseWriter, *http.Request) { panic("x") }, control.Fail, "status 500"},
		"a cookie of nobody is it": {says(401), func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(map[bool]int{true: 200, false: 401}[r.Header.Get("Cookie") != ""])
		}, control.Fail, "status 200"},
	} {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /account", x.page)
		mux.HandleFunc("POST /things/{thing}", x.thing)
		list := ObserveStrangers(t.Context(), "pages", mux, routes, nobody)
		if got := control.Worst(list); got != x.want || !strings.Contains(list[0].Detail, x.says) {
			t.Errorf("%s is %s: %+v", name, got, list)
		}
	}
	if list := ObserveStrangers(t.Context(), "pages", http.NewServeMux(), routes[2:], nobody); control.Worst(list) != control.Unknown {
		t.Errorf("with nothing to ask: %+v", list)
	}
}

func says(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func leads(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusSeeOther) }
}
