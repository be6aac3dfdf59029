package api

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	table "c4arch/internal/inbound/route"
)

// policy is what stands before a route: for whom it is, and which action its service decides about. A route cannot be added without one.
type policy struct {
	who    table.Who
	action access.Action
	large  bool
	stream bool
}

// staysOpen reports whether a route answers while documents have to be accepted: reads of what an organisation takes out, of its ledger, its packs of evidence and its streams.
func staysOpen(act access.Action, method string) bool {
	return method == http.MethodGet && slices.Contains([]access.Action{access.LedgerRead, access.LedgerExport, access.EvidenceRead, access.StreamPull}, act)
}

// everybody is a route that asks for neither a token nor a session.
func everybody() policy { return policy{who: table.Everybody} }

// person is a route for whoever is signed in; act is what its service decides about, where it decides about something.
func person(act ...access.Action) policy {
	return policy{who: table.Person, action: cmp.Or(act...)}
}

// inside is a route in the actor's home, an organisation or the platform, by the action that its service decides about.
func inside(act access.Action) policy { return policy{who: table.Inside, action: act} }

// upload lets a route take a body that has a limit of its own.
func (p policy) upload() policy { p.large = true; return p }

// streaming marks a route that goes on answering.
func (p policy) streaming() policy { p.stream = true; return p }

// entered adds an operation to the table of routes, and its policy to the operation's description.
func (a *api) entered(op *huma.Operation, p policy, things []table.Thing) {
	a.table.Add(table.Route{
		Method: op.Method, Path: op.Path, Name: op.OperationID, Who: p.who, Action: p.action, Large: p.large, Stream: p.stream, Ungated: staysOpen(p.action, op.Method),
		Things: append(inPath(op.Path), things...),
	})
	op.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	if p.who == table.Everybody {
		op.Security = []map[string][]string{}
	}
	if p.action != "" {
		if op.Extensions == nil {
			op.Extensions = map[string]any{}
		}
		op.Extensions["x-c4arch-action"] = string(p.action)
	}
}

// inPath are the things that a path names: every parameter of ours is one.
func inPath(path string) (things []table.Thing) {
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			things = append(things, table.Thing{In: table.InPath, Name: name, Kind: name})
		}
	}
	return things
}

// thingsOf are the things that the query and the body of an input name, by the tag thing of its fields.
func thingsOf(input reflect.Type) []table.Thing {
	var things []table.Thing
	walkFields(input, "", table.InQuery, func(f field) {
		if kind := f.Tag.Get("thing"); kind != "" && kind != "-" {
			things = append(things, table.Thing{In: f.in, Name: f.name, Kind: kind})
		}
	})
	return things
}

// named are the things of the query of an operation that is described by hand.
func named(params []*huma.Param) (things []table.Thing) {
	for _, p := range params {
		if kind, ok := p.Extensions["x-c4arch-thing"].(string); ok && p.In == "query" {
			things = append(things, table.Thing{In: table.InQuery, Name: p.Name, Kind: kind})
		}
	}
	return things
}

// field is a text of an input, at its place.
type field struct {
	reflect.StructField
	in   table.Place
	name string // of the query parameter, or the path to the member of the body, with 0 for the members of a list
}

// walkFields finds every field of the query and the body that can hold a text.
func walkFields(t reflect.Type, at string, in table.Place, found func(field)) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.PkgPath() == "time" {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case in == table.InQuery && f.Name == "Body":
			walkFields(f.Type, "", table.InBody, found)
			continue
		case f.Anonymous && f.Tag.Get("json") == "":
			walkFields(f.Type, at, in, found)
			continue
		case !f.IsExported():
			continue
		}
		name, _, _ := strings.Cut(cmp.Or(map[table.Place]string{table.InQuery: f.Tag.Get("query"), table.InBody: f.Tag.Get("json")}[in], map[bool]string{true: f.Name}[in == table.InBody]), ",")
		if name == "" || name == "-" {
			continue
		}
		if at != "" {
			name = at + "." + name
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			if inner.Kind() == reflect.Slice && inner.Elem().Kind() != reflect.Uint8 {
				name += ".0"
			}
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.String {
			if in == table.InQuery {
				name = strings.TrimSuffix(name, ".0")
			}
			found(field{f, in, name})
			continue
		}
		walkFields(inner, name, in, found)
	}
}

// Routes are the routes that the API answers, with the policy of each.
func (h *Handler) Routes() []table.Route { return h.api.table.All() }

// Handler answers everything below [Prefix].
type Handler struct {
	api  *api
	next http.Handler
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.next.ServeHTTP(w, r) }

// described puts the description of the API where it is looked for.
func (a *api) described() {
	paths := []string{"/openapi.json", Prefix + "/openapi.json", Prefix + "/openapi.yaml", Prefix + "/openapi-3.0.json", Prefix + "/openapi-3.0.yaml"}
	for _, path := range paths {
		a.table.Add(table.Route{Method: http.MethodGet, Path: path, Name: "describe" + strings.ReplaceAll(strings.TrimPrefix(path, Prefix), "/", "-"), Who: table.Everybody})
	}
	a.mux.HandleFunc("GET "+paths[0], func(w http.ResponseWriter, r *http.Request) {
		again := r.Clone(r.Context())
		again.URL.Path, again.RequestURI = paths[1], paths[1]
		a.mux.ServeHTTP(w, again)
	})
}

// looksLikeID are the words by which a field names something that an organisation has.
var looksLikeID = []string{
	"project", "snapshot", "baseline", "comparison", "finding", "exception", "proposal", "expect", "scan", "upload", "person", "member", "owner", "staff", "token", "service",
	"connection", "job", "session", "passkey", "invitation", "recovery", "provider", "domain", "group", "user", "grant", "stream", "delivery", "webhook", "secret", "organisation", "org",
	"id", "ids", "account", "from", "after", "cursor",
}

// named reports whether a field of that name and form says which thing is meant, so that it needs the tag.
func (f field) named() bool {
	words := strings.FieldsFunc(strings.ToLower(f.name), func(r rune) bool { return r == '.' || r == '0' })
	return slices.Contains(looksLikeID, words[len(words)-1]) || f.Tag.Get("maxLength") == "40" && f.Tag.Get("minLength") == ""
}
