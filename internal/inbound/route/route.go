// Package route is the table of what the entry points answer: each route with the policy that stands before it, and what in it names a thing. The API, SCIM and the pages
// add theirs when they are built; the description of the API, the checks of the controls and the isolation suite read it.
//
// It promises that a route without a policy cannot be served: adding one panics, which every build of a handler in a test meets. It leaves out the decision, which the
// services make.
package route

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

// Who is who a route is for.
type Who string

// For whom.
const (
	Everybody Who = "everybody" // an explicit list in the tests
	Person    Who = "person"    // whoever is signed in, as a member or as staff; an organisation is not needed
	Inside    Who = "inside"    // in an organisation, or in the platform's home, by the action
)

// Route is one method on one pattern.
type Route struct {
	Method  string
	Path    string // as [http.ServeMux] has it: /api/v1/projects/{project}
	Name    string
	Who     Who
	Action  access.Action // that the service decides about; "" of what is for everybody or is a page that decides nothing
	Things  []Thing       // what in it names something
	Page    bool          // it answers with HTML
	Large   bool          // it takes a large body
	Stream  bool          // it goes on answering
	Ungated bool          // it stays open while documents have to be accepted: exports, and what is needed to accept
}

// Place is where in a request something stands.
type Place string

// The places.
const (
	InPath  Place = "path"
	InQuery Place = "query"
	InBody  Place = "body"
)

// Thing is an identifier in a request.
type Thing struct {
	In   Place
	Name string // of the parameter; of a body the path to the member: "mappings.0.group"
	Kind string // of what it names: "project", "member", "snapshot"
}

// Table is routes as they were added. The zero Table is ready.
type Table struct{ all []Route }

// Add puts a route into the table. It panics on a route that says neither that it is for everybody nor which action it is.
func (t *Table) Add(r Route) {
	if r.Method == "" || r.Path == "" || r.Name == "" || r.Who == "" || r.Who == Inside && r.Action == "" || r.Who == Everybody && r.Action != "" {
		panic(fault.New(fault.Internal, "the route %s %s has no policy: say for whom it is and which action it is", r.Method, r.Path))
	}
	if r.Action != "" && !access.Known(r.Action) {
		panic(fault.New(fault.Internal, "the route %s %s is about %q, which is no action", r.Method, r.Path, r.Action))
	}
	if slices.ContainsFunc(t.all, func(o Route) bool { return o.Method == r.Method && o.Path == r.Path }) {
		panic(fault.New(fault.Internal, "the route %s %s is there twice", r.Method, r.Path))
	}
	t.all = append(t.all, r)
}

// All are the routes, by path and method.
func (t *Table) All() []Route {
	return slices.SortedFunc(slices.Values(t.all), func(a, b Route) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
}

// Find is the route of a pattern of [http.ServeMux], "GET /api/v1/whoami".
func (t *Table) Find(pattern string) (Route, bool) {
	i := slices.IndexFunc(t.all, func(r Route) bool { return pattern == r.String() })
	if i < 0 {
		return Route{}, false
	}
	return t.all[i], true
}

func (r Route) String() string { return fmt.Sprintf("%s %s", r.Method, r.Path) }

// Reads reports whether the method promises to change nothing (RFC 9110 section 9.2.1).
func (r Route) Reads() bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}
