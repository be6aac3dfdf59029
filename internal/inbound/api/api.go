// Package api is the first API of the service, /api/v1: organisations, projects, members, tokens, connections, scans, snapshots, baselines, findings, exceptions, the ledger,
// jobs and controls, with an OpenAPI 3.1 description of itself at /api/v1/openapi.json.
//
// It promises: whoever asks is told by the bearer token alone (RFC 6750), and the organisation by it; every route but the description asks for one; an error is
// application/problem+json (RFC 9457) and never quotes a value that was sent; every list has a limit; a POST may carry Idempotency-Key, and the same key with the same
// request is one change with one answer. It leaves out rules of access, which are those of package access, and limits by rate.
package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/service/upkeep"
)

// Prefix is that of all routes.
const Prefix = "/api/v1"

// Services are what the routes call. Every field must be set.
type Services struct {
	Accounts *accounts.Service
	Scans    *discover.Hosted
	Drift    *detect.Hosted
	History  *history.Hosted
	Audit    *auditing.Service
	Assure   *assure.Service
	Jobs     *upkeep.Service
	// LedgerKey is the verifier key of the log of the actor's organisation.
	LedgerKey func(ctx context.Context, a access.Actor) ([]byte, error)
	// Destinations are those that the service has spoken to; nil where nobody counts them.
	Destinations func(ctx context.Context, a access.Actor, limit int) ([]Destination, error)
	// Request is the id of the request that ctx is of.
	Request func(ctx context.Context) string
	// Actor tells the log of the request who asks.
	Actor func(ctx context.Context, a access.Actor)
	// Route tells the log of the request which pattern it met.
	Route func(ctx context.Context, pattern string)
	// Failed tells the log of the request why it has failed, where that is no fault of whoever asked, who is not told. nil tells nobody.
	Failed func(ctx context.Context, err error)
	// Version is the program's.
	Version string
}

// api is the routes with what they call.
type api struct {
	Services
	huma huma.API
	mux  *http.ServeMux
}

// New makes the handler of everything below [Prefix].
func New(s Services) http.Handler { return build(s).handler() }

func build(s Services) *api {
	a := &api{Services: s, mux: http.NewServeMux()}
	c := huma.DefaultConfig("c4arch", s.Version)
	c.Info.Description = "The API of c4arch: what is live as C4 architecture with evidence, drift from what was approved, and the ledger of who did what."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = Prefix+"/openapi", "", "", nil
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "An API token, c4a_…"}}
	c.Transformers = []huma.Transformer{asProblem}
	a.huma = humago.New(a.mux, c)
	a.organisations()
	a.members()
	a.scans()
	a.snapshots()
	a.keeping()
	a.drift()
	a.ledger()
	a.upkeep()
	a.controls()
	return a
}

// schemaName names the schema of a type by its package too: two packages have an Entry.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	if path := t.PkgPath(); strings.HasPrefix(path, "c4arch/") && t.Name() != "" {
		pack := path[strings.LastIndexByte(path, '/')+1:]
		if pack != "api" {
			name = strings.ToUpper(pack[:1]) + pack[1:] + name
		}
	}
	return name
}

type actorKey struct{}

// maxBody is the most that a request other than an upload may have.
const maxBody = 1 << 20

// handler lets nobody in without a token, but to the description of the API. A path that is not written as its route is meets none: nothing is redirected, so that a token
// goes where it was sent.
func (a *api) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		route, pattern := a.mux.Handler(r)
		if !plainly(r.URL.EscapedPath()) {
			pattern = ""
		}
		_, path, _ := strings.Cut(pattern, " ")
		if path != "" {
			a.Route(r.Context(), path)
		}
		if open := path == setupPath || strings.HasPrefix(path, Prefix+"/openapi"); !open {
			actor, err := a.who(r)
			if err != nil {
				a.told(r.Context(), err)
				unauthenticated(w, err)
				return
			}
			a.Actor(r.Context(), actor)
			r = r.WithContext(context.WithValue(r.Context(), actorKey{}, actor))
		}
		if path == "" {
			missed(w, a.allowed(route, r))
			return
		}
		if path != uploadPath {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		a.mux.ServeHTTP(w, r)
	})
}

// plainly reports whether a path is written as routes are; others net/http would redirect.
func plainly(escaped string) bool {
	for part := range strings.SplitSeq(strings.TrimPrefix(escaped, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// allowed are the methods of the routes at the path of r, or "": what net/http would say with 405.
func (a *api) allowed(answer http.Handler, r *http.Request) string {
	head := &headers{header: http.Header{}}
	answer.ServeHTTP(head, r)
	if head.status != http.StatusMethodNotAllowed {
		return ""
	}
	return head.header.Get("Allow")
}

// headers is an answer of which nobody reads the body.
type headers struct {
	header http.Header
	status int
}

func (h *headers) Header() http.Header         { return h.header }
func (h *headers) WriteHeader(status int)      { h.status = status }
func (h *headers) Write(b []byte) (int, error) { return len(b), nil }

func (a *api) who(r *http.Request) (access.Actor, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return access.Actor{}, fault.New(fault.Denied, "a token is needed").WithHelp("send it as: Authorization: Bearer c4a_…")
	}
	return a.Accounts.Authenticate(r.Context(), accounts.Attempt{
		Token: strings.TrimSpace(token), Surface: access.API, Purpose: "api", Request: a.Request(r.Context()),
	})
}

func actorOf(ctx context.Context) access.Actor {
	actor, _ := ctx.Value(actorKey{}).(access.Actor) // the zero actor may nothing
	return actor
}
