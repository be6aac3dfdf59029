// Package scim is SCIM 2.0 (RFC 7643, RFC 7644) below /scim/v2: how a directory such as Entra ID or Okta keeps users and groups of an organisation.
//
// It promises: whoever asks shows a token whose one purpose is provisioning, and nothing else is let in; errors are those of SCIM and quote nothing that was sent; filters,
// paths and patches have bounds; If-Match is kept. It takes patches as RFC 7644 has them and as Entra ID writes them: operations without a path, "Add" and "True", values to
// remove in the body. Bulk is not there, and the service says so. Attributes that are not kept are taken and forgotten.
//
// The library github.com/elimity-com/scim was looked at and left: it reads bodies of any size and filters of any depth, leaves applying a patch to the handler, knows no
// If-Match, and answers in its own way where Entra ID needs another.
package scim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
	"c4arch/internal/service/provision"
)

// Prefix is that of all routes.
const Prefix = "/scim/v2"

const (
	mediaType = "application/scim+json"
	maxBody   = 1 << 20

	schemaUser   = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaGroup  = "urn:ietf:params:scim:schemas:core:2.0:Group"
	schemaError  = "urn:ietf:params:scim:api:messages:2.0:Error"
	schemaList   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	schemaPatch  = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	schemaConfig = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	schemaType   = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// others are schemas of which nothing is kept: that of enterprises, and those that a customer makes.
var others = []string{"urn:ietf:params:scim:schemas:extension:", "urn:scim:"}

// Services are what the routes call. Actor, Failed, Allow and Access may be nil.
type Services struct {
	Users *provision.Service
	// Authenticate says who shows a token.
	Authenticate func(ctx context.Context, token string) (access.Actor, error)
	// Allow reports whether the actor may ask now: a limit by rate. The zero actor is whoever showed no good token.
	Allow func(ctx context.Context, a access.Actor) bool
	// Access is told each request that was answered, for the access log: the zero route is none.
	Access func(ctx context.Context, a access.Actor, r route.Route, status int)
	// Origin is that of the service: https://c4arch.example.com.
	Origin func() string
	// Actor tells the log of the request who asks, Route which pattern was met, Failed why it failed.
	Actor  func(ctx context.Context, a access.Actor)
	Route  func(ctx context.Context, pattern string)
	Failed func(ctx context.Context, err error)
}

// Handler answers everything below [Prefix].
type Handler struct {
	Services
	mux   *http.ServeMux
	table route.Table
}

// handled is a route: what it answers, with a status.
type handled func(r *http.Request, a access.Actor) (status int, body any, err error)

// New makes the handler.
func New(s Services) *Handler {
	h := &Handler{Services: s, mux: http.NewServeMux()}
	h.documents()
	h.users()
	h.groups()
	return h
}

// Routes are what is answered.
func (h *Handler) Routes() []route.Route { return h.table.All() }

func (h *Handler) add(method, path, name string, act access.Action, fn handled) {
	path = Prefix + path
	one := route.Route{Method: method, Path: path, Name: name, Who: route.Inside, Action: act}
	for _, kind := range []string{"user", "group"} {
		if strings.Contains(path, "{"+kind+"}") {
			one.Things = []route.Thing{{In: route.InPath, Name: kind, Kind: "scim-" + kind}}
		}
	}
	h.table.Add(one)
	h.mux.HandleFunc(one.String(), func(w http.ResponseWriter, r *http.Request) {
		a, _ := r.Context().Value(actorKey{}).(access.Actor) // the zero actor may nothing
		status, body, err := fn(r, a)
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		if v, ok := body.(versioned); ok {
			w.Header().Set("ETag", v.tag())
			w.Header().Set("Location", v.location())
		}
		if status == http.StatusNoContent {
			w.WriteHeader(status)
			return
		}
		answer(w, status, body)
	})
}

type actorKey struct{}

// ServeHTTP lets nobody in without a token for provisioning. A path that is not there is met after that, so that it says nothing to strangers.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	_, pattern := h.mux.Handler(r)
	if _, path, ok := strings.Cut(pattern, " "); ok && h.Route != nil {
		h.Route(r.Context(), path)
	}
	if h.Access == nil {
		h.answered(w, r, pattern)
		return
	}
	n := &noted{ResponseWriter: w, status: http.StatusOK}
	met, _ := h.table.Find(pattern)
	h.Access(r.Context(), h.answered(n, r, pattern), met, n.status)
}

// noted is an answer of which the status is remembered.
type noted struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers.
func (n *noted) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

// answered answers, and says who asked.
func (h *Handler) answered(w http.ResponseWriter, r *http.Request, pattern string) access.Actor {
	a, err := h.who(r)
	if err != nil {
		if h.Allow != nil && !h.Allow(r.Context(), a) { // who guesses tokens is slowed down
			err = tooOften
		}
		h.refuse(w, r, err)
		return a
	}
	if h.Actor != nil {
		h.Actor(r.Context(), a)
	}
	switch {
	case h.Allow != nil && !h.Allow(r.Context(), a):
		tooOften.write(w)
	case pattern == "" && h.other(r):
		noMethod.write(w)
	case pattern == "":
		notFound.write(w)
	default:
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		h.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), actorKey{}, a)))
	}
	return a
}

// other reports whether the path takes another method.
func (h *Handler) other(r *http.Request) bool {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		again := r.Clone(r.Context())
		again.Method = method
		if _, pattern := h.mux.Handler(again); pattern != "" {
			return true
		}
	}
	return false
}

func (h *Handler) who(r *http.Request) (access.Actor, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return access.Actor{}, noToken
	}
	a, err := h.Authenticate(r.Context(), strings.TrimSpace(token))
	switch {
	case fault.KindOf(err) == fault.Denied:
		return a, noToken
	case err != nil:
		return a, err
	case a.For != access.Provisioning:
		return a, notFor
	}
	return a, nil
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	told := refusalOf(err)
	if h.Failed != nil && (told.status >= 500 || errors.Is(err, access.ErrPolicy)) {
		h.Failed(r.Context(), err)
	}
	told.write(w)
}

// read reads the body of a request into v.
func read(r *http.Request, v any) error {
	if kind := r.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil || media != mediaType && media != "application/json" {
			return notOurs
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return badSyntax
	}
	return nil
}

// patchOf reads a patch.
func patchOf(r *http.Request) ([]operation, error) {
	var p struct {
		Schemas    []string    `json:"schemas"`
		Operations []operation `json:"Operations"`
	}
	if err := read(r, &p); err != nil {
		return nil, err
	}
	for _, s := range p.Schemas {
		if strings.EqualFold(s, schemaPatch) {
			return p.Operations, nil
		}
	}
	return nil, badSyntax
}
