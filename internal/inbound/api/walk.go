package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/trust/control"
)

// What runs is asked in process, as the checks of the controls do: route by route, as the description of the API lists them.

// open are the routes that answer who has no token. It is the whole list: a route that is not on it and answers is a failure of the check.
var open = []string{
	"POST " + Prefix + "/setup", "GET /openapi.json", "GET " + Prefix + "/openapi.json", "POST " + deviceEndpoint, "POST " + tokenEndpoint, "POST " + revocationEndpoint,
	"GET " + metadataEndpoint, "POST " + Prefix + acceptPath, "GET " + Prefix + "/trust/exports", "POST " + Prefix + "/break-glass/session",
}

// Stranger is a request of nobody who is known: without a token, or with one that is none.
type Stranger struct {
	Name   string
	Header string // Authorization, or "" for none
}

// Strangers are those that every route is asked by. unknown is a token that is well formed and that nobody has.
func Strangers(unknown string) []Stranger {
	return []Stranger{
		{"without a token", ""}, {"with a token that is none", "Bearer c4a_platform_0"}, {"with a token that nobody has", "Bearer " + unknown}, {"with another scheme", "Basic b3BlcmF0b3I6"},
	}
}

// operation is a method and a path of the description.
type operation struct{ method, path string }

func (o operation) String() string { return o.method + " " + o.path }

// operations reads the description that h serves.
func operations(ctx context.Context, h http.Handler) (list []operation, err error) {
	a := ask(ctx, h, operation{http.MethodGet, Prefix + "/openapi.json"}, "", nil)
	var d struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(a.body, &d); err != nil || a.status != http.StatusOK {
		return nil, errors.Join(fault.New(fault.Internal, "the API does not describe itself"), err)
	}
	for path, methods := range d.Paths {
		for method := range methods {
			if m := strings.ToUpper(method); slices.Contains([]string{"GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"}, m) {
				list = append(list, operation{m, path})
			}
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return list, nil
}

// answered is what a handler answered. A body is kept up to a bound.
type answered struct {
	status int
	body   []byte
	header http.Header
}

const mostKept = 4 << 20

func (a *answered) Header() http.Header { return a.header }
func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answered) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, b[:min(len(b), mostKept-len(a.body))]...)
	return len(b), nil
}

// ask sends one request to h, in process. fill says what stands in the place of a parameter of the path.
func ask(ctx context.Context, h http.Handler, o operation, authorization string, fill func(name string) string) (a *answered) {
	a = &answered{header: http.Header{}}
	var path strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(o.path, "/"), "/") {
		path.WriteByte('/')
		if name, ok := strings.CutPrefix(part, "{"); ok && fill != nil {
			part = url.PathEscape(fill(strings.TrimSuffix(name, "}")))
		}
		path.WriteString(part)
	}
	r, err := http.NewRequestWithContext(ctx, o.method, "http://localhost"+path.String(), http.NoBody)
	if err != nil {
		a.status = http.StatusInternalServerError
		return a
	}
	r.RequestURI = path.String()
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	defer func() {
		if recover() != nil {
			a.status = http.StatusInternalServerError
		}
	}()
	h.ServeHTTP(a, r)
	return a
}

// nobodys is an id of the right form that nothing has.
func nobodys(name string) string {
	prefix := map[string]string{"project": "pj_", "scan": "sn_", "token": "tk_", "person": "pn_"}[name]
	return prefix + "00000000000000000000000000"
}

// ObserveRoutes asks every route of h as strangers do, and paths that are no routes: each has to say 401, but for those of an explicit list.
func ObserveRoutes(ctx context.Context, h http.Handler, strangers []Stranger) ([]control.Observation, error) {
	list, err := operations(ctx, h)
	if err != nil {
		return nil, err
	}
	list = append(list, operation{"GET", Prefix + "/nothing"}, operation{"DELETE", Prefix}, operation{"GET", "/elsewhere"}, operation{"TRACE", Prefix + "/whoami"})
	var seen []control.Observation
	for _, s := range strangers {
		refused := 0
		for _, o := range list {
			if slices.Contains(open, o.String()) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return seen, err
			}
			if a := ask(ctx, h, o, s.Header, nobodys); a.status != http.StatusUnauthorized {
				seen = append(seen, control.Observation{Subject: o.String() + ", " + s.Name, Outcome: control.Fail, Detail: fmt.Sprintf("it answers with status %d", a.status)})
				continue
			}
			refused++
		}
		seen = append(seen, control.Observation{Subject: "every route, " + s.Name, Outcome: passed(refused == len(list)-openOf(list)), Detail: fmt.Sprintf("%d of %d refused", refused, len(list)-openOf(list))})
	}
	return append(seen, control.Observation{Subject: "open to everybody", Outcome: control.Pass, Detail: strings.Join(open, ", ")}), nil
}

func passed(yes bool) control.Outcome {
	if yes {
		return control.Pass
	}
	return control.Fail
}

func openOf(list []operation) (n int) {
	for _, o := range list {
		if slices.Contains(open, o.String()) {
			n++
		}
	}
	return n
}

// Foreign is an organisation that asks for what another one has.
type Foreign struct {
	Actor  access.Actor        // an owner of the organisation that asks
	Own    string              // a project of it, or ""
	Things map[string][]string // ids of the other organisation, by the table that they are of
}

// parameters says of which tables the ids of a parameter are, where its name is not that of the table.
var parameters = map[string][]string{"snapshot": {"scan"}, "baseline": {"proposal"}, "person": {"member"}, "member": {"member"}, "finding": {"exception"}, "job": {"scan"}, "service": {"service_account"}, "webhook": {"stream"}, "grant": {"support_grant"}}

// ObserveForeign asks every route that reads, in the name of one organisation, with ids of the other: nothing may be found. Routes that change something are not asked: were
// one of them broken, the check would do the damage.
func ObserveForeign(ctx context.Context, s Services, f Foreign) (control.Observation, error) {
	a := build(s)
	list, err := operations(ctx, New(s))
	if err != nil {
		return control.Observation{}, err
	}
	return foreign(ctx, a.mux, list, f), nil
}

func foreign(ctx context.Context, h http.Handler, list []operation, f Foreign) control.Observation {
	o := control.Observation{Subject: "routes that read, asked by " + string(f.Actor.Org), Outcome: control.Pass}
	ctx = context.WithValue(ctx, gateKey{}, &entered{actor: f.Actor})
	missing, refused, routes := 0, 0, 0
	for _, op := range list {
		if op.method != http.MethodGet || !strings.Contains(op.path, "{") {
			continue
		}
		routes++
		for _, fill := range f.fills(op) {
			switch a := ask(ctx, h, op, "", fill); {
			case a.status == http.StatusNotFound:
				missing++
			case a.status == http.StatusForbidden || a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity:
				refused++ // it did not come as far as to look
			default:
				o.Outcome, o.Detail = control.Fail, fmt.Sprintf("%s answers with status %d to ids of another organisation", op, a.status)
				return o
			}
		}
	}
	o.Detail = fmt.Sprintf("%d routes: %d times not found, %d times refused", routes, missing, refused)
	if missing == 0 {
		o.Outcome, o.Detail = control.Unknown, "nothing could be asked for"
	}
	return o
}

// fills are the ways to put ids of the other organisation into a path: everywhere, and behind a project of the asking organisation's own.
func (f Foreign) fills(op operation) (list []func(string) string) {
	for i := range f.most() {
		there := func(name string) string {
			tables := append([]string{name}, parameters[name]...)
			for _, t := range tables {
				if ids := f.Things[t]; len(ids) > 0 {
					return ids[i%len(ids)]
				}
			}
			return nobodys(name)
		}
		list = append(list, there)
		if f.Own != "" && strings.Contains(op.path, "{project}/") && strings.Count(op.path, "{") > 1 {
			list = append(list, func(name string) string {
				if name == "project" {
					return f.Own
				}
				return there(name)
			})
		}
	}
	return list
}

func (f Foreign) most() (n int) {
	for _, ids := range f.Things {
		n = max(n, len(ids))
	}
	return n
}
