package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	table "c4arch/internal/inbound/route"
	"c4arch/internal/service/evidence"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/notify"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	"c4arch/internal/service/stream"
	"c4arch/internal/service/talk"
)

// bare is the API without services: what it would answer is not asked.
func bare() *api {
	return build(Services{
		Streams: &stream.Service{}, Evidence: &evidence.Service{}, Staff: &staff.Service{}, Federate: &federate.Service{}, SignIn: &signin.Service{}, Talk: &talk.Service{}, Notify: &notify.Service{},
		Version: "test", Route: func(context.Context, string) {}, Actor: func(context.Context, access.Actor) {}, Request: func(context.Context) string { return "" },
	})
}

// openly are the routes that ask nobody who they are. It is written down a second time, by hand.
var openly = []string{
	"GET /.well-known/oauth-authorization-server", "GET /api/v1/openapi-3.0.json", "GET /api/v1/openapi-3.0.yaml", "GET /api/v1/openapi.json", "GET /api/v1/openapi.yaml",
	"GET /api/v1/trust/exports", "GET /openapi.json", "POST /api/v1/break-glass/session", "POST /api/v1/invitations/acceptance", "POST /api/v1/setup",
	"POST /oauth/device_authorization", "POST /oauth/revoke", "POST /oauth/token",
}

// TestEveryRouteHasAPolicy: what is served is in the table, what is in the table is served, and what is for everybody is on a list.
func TestEveryRouteHasAPolicy(t *testing.T) {
	a := bare()
	var public []string
	for _, r := range a.table.All() {
		if r.Who == table.Everybody {
			public = append(public, r.String())
		}
		for _, x := range r.Things {
			if x.In == table.InPath && !strings.Contains(r.Path, "{"+x.Name+"}") || x.Kind == "" || x.Name == "" {
				t.Errorf("%s names %+v", r, x)
			}
		}
		request, err := http.NewRequestWithContext(t.Context(), r.Method, "http://x"+strings.NewReplacer("{", "", "}", "").Replace(r.Path), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, pattern := a.mux.Handler(request); pattern != r.String() {
			t.Errorf("%s is answered by %q", r, pattern)
		}
	}
	slices.Sort(public)
	if !slices.Equal(public, openly) {
		t.Errorf("these are for everybody: %q", public)
	}
	for path, item := range a.huma.OpenAPI().Paths {
		for method, op := range map[string]any{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "DELETE": item.Delete, "PATCH": item.Patch, "HEAD": item.Head, "OPTIONS": item.Options} {
			if _, ok := a.table.Find(method + " " + path); !ok && !reflect.ValueOf(op).IsNil() {
				t.Errorf("%s %s is described and in no table", method, path)
			}
		}
	}
}

// TestWhatNamesAThingSaysSo: a field of a query or a body that looks like the name of a thing has the tag thing, with its kind or with "-" for none.
func TestWhatNamesAThingSaysSo(t *testing.T) {
	n := 0
	for name, input := range bare().inputs {
		walkFields(input, "", table.InQuery, func(f field) {
			n++
			if f.named() && f.Tag.Get("thing") == "" {
				t.Errorf(`%s: does %s in the %s name something? Say so with the tag thing:"member" (or what it is), or thing:"-"`, name, f.name, f.in)
			}
		})
	}
	if n < 30 {
		t.Errorf("only %d fields were looked at", n)
	}
}

func TestThingsOfAnInput(t *testing.T) {
	type deep struct {
		Group string `json:"group" thing:"group"`
		Role  string `json:"role"`
	}
	type input struct {
		InProject
		Session string `query:"session" thing:"session"`
		Body    struct {
			Members  []string `json:"members" thing:"member"`
			Mappings []*deep  `json:"mappings,omitempty"`
			Project  *string  `json:"project" thing:"project"`
			Inner    struct {
				Token string `json:"token" thing:"-"`
			} `json:"inner"`
		}
	}
	want := []table.Thing{
		{In: table.InQuery, Name: "session", Kind: "session"},
		{In: table.InBody, Name: "members.0", Kind: "member"},
		{In: table.InBody, Name: "mappings.0.group", Kind: "group"},
		{In: table.InBody, Name: "project", Kind: "project"},
	}
	if got := thingsOf(reflect.TypeFor[input]()); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	asked := 0
	walkFields(reflect.TypeFor[input](), "", table.InQuery, func(f field) {
		if f.named() {
			asked++
		}
	})
	if asked != 4 {
		t.Errorf("%d of its fields look like names", asked)
	}
}
