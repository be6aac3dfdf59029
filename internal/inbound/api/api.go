// Package api is the first API of the service, /api/v1: organisations, projects, members, tokens, connections, scans, snapshots, baselines, findings, exceptions, the ledger,
// jobs and controls, with an OpenAPI 3.1 description of itself at /api/v1/openapi.json.
//
// It promises: whoever asks is told by the bearer token (RFC 6750) or by the session of a cookie, never by both, and the organisation by it; a route has a policy, see
// [Handler.Routes], and every one that is not for everybody asks who it is; what a browser sends for another site changes nothing; an error is
// application/problem+json (RFC 9457) and never quotes a value that was sent; every list has a limit; a POST may carry Idempotency-Key, and the same key with the same
// request is one change with one answer. It leaves out rules of access, which are those of package access, and limits by rate.
package api

import (
	"context"
	"net/http"
	"net/netip"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	table "c4arch/internal/inbound/route"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/evidence"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/history"
	"c4arch/internal/service/notify"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	"c4arch/internal/service/stream"
	"c4arch/internal/service/talk"
	"c4arch/internal/service/upkeep"
)

// Prefix is that of all routes.
const Prefix = "/api/v1"

// Services are what the routes call. Where one of Streams, Staff, Federate, SignIn, Devices, Talk and Notify is nil its routes are not served; every other field must be set, but for those
// that say what nil means.
type Services struct {
	Accounts *accounts.Service
	Scans    *discover.Hosted
	Drift    *detect.Hosted
	History  *history.Hosted
	Audit    *auditing.Service
	Evidence *evidence.Service
	Assure   *assure.Service
	Jobs     *upkeep.Service
	Streams  *stream.Service
	Staff    *staff.Service
	Federate *federate.Service
	Talk     *talk.Service
	Notify   *notify.Service
	// SignIn is how people sign in.
	SignIn *signin.Service
	// Devices are let in by the device flow; nil is by SignIn.
	Devices Devices
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
	// Session is whoever a cookie's session stands for; nil where there are none. Its errors are told as 401, but for what does not answer.
	Session func(r *http.Request) (access.Actor, error)
	// Looked writes down that something is going to be read, before it is; nil where nobody's reads are. After an error nothing is answered.
	Looked func(ctx context.Context, a access.Actor, route, subject string) error
	// Access is told each request that was answered; it may be nil.
	Access func(ctx context.Context, x Accessed)
	// Limit takes the cost of a request from the rates of the actor and its organisation, or of the address of who is nobody. Its error is limited when too much was asked
	// for; nil limits nothing.
	Limit func(ctx context.Context, a access.Actor, addr netip.Addr, cost int) (Allowance, error)
	// Accepted says why a member of an organisation, or a program of it, may not go on: an error of the kind unaccepted. nil lets everybody go on.
	Accepted func(ctx context.Context, a access.Actor) error
	// Addr is the address of whoever asks; nil knows none.
	Addr func(ctx context.Context) netip.Addr
	// Draining is closed when the service was asked to stop: what goes on answering ends then. It may be nil.
	Draining func(ctx context.Context) <-chan struct{}
	// Origin is the service's own, as browsers see it; "" takes it from the request.
	Origin string
	// Version is the program's.
	Version string
}

// api is the routes with what they call.
type api struct {
	Services
	huma  huma.API
	mux   *http.ServeMux
	table table.Table
	// inputs are what operations take, by their names.
	inputs map[string]reflect.Type
	cross  *http.CrossOriginProtection
}

// New makes the handler of everything below [Prefix].
func New(s Services) *Handler {
	a := build(s)
	return &Handler{api: a, next: a.handler()}
}

func build(s Services) *api {
	if s.Devices == nil && s.SignIn != nil {
		s.Devices = s.SignIn
	}
	a := &api{Services: s, mux: http.NewServeMux(), inputs: map[string]reflect.Type{}, cross: http.NewCrossOriginProtection()}
	if s.Origin != "" {
		if err := a.cross.AddTrustedOrigin(s.Origin); err != nil {
			panic(fault.Wrap(fault.Internal, err, "the origin of the service is none"))
		}
	}
	c := huma.DefaultConfig("c4arch", s.Version)
	c.Info.Description = "The API of c4arch: what is live as C4 architecture with evidence, drift from what was approved, and the ledger of who did what."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = Prefix+"/openapi", "", "", nil
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token, c4a_…"},
		"session": {Type: "apiKey", In: "cookie", Name: MemberCookie, Description: "The session of a person who signed in with a browser; staff's is " + StaffCookie + "."},
	}
	c.Transformers = []huma.Transformer{asProblem}
	a.huma = humago.New(a.mux, c)
	a.organisations()
	a.members()
	if s.Devices != nil {
		a.oauth()
	}
	if s.SignIn != nil {
		a.invitations()
		a.sessions()
	}
	a.scans()
	a.snapshots()
	a.keeping()
	a.drift()
	a.ledger()
	if s.Evidence != nil {
		a.evidence()
	}
	a.upkeep()
	a.controls()
	if s.Streams != nil {
		a.streams()
	}
	if s.Staff != nil {
		a.staff()
		a.grants()
	}
	if s.Federate != nil {
		a.sso()
	}
	if s.Talk != nil {
		a.comments()
	}
	if s.Notify != nil {
		a.notices()
	}
	a.described()
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

// maxBody is the most that a request other than an upload may have.
const maxBody = 1 << 20

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

// The cookies of sessions, of members and of the platform's own people.
const (
	MemberCookie = "__Host-c4arch"
	StaffCookie  = "__Host-c4arch-staff"
)

// crossed refuses what another site makes a browser send (OWASP ASVS 5.0 3.5.1): a token is nothing that a browser sends by itself.
func (a *api) crossed(r *http.Request) error {
	if r.Header.Get("Authorization") != "" {
		return nil
	}
	if err := a.cross.Check(r); err != nil {
		return fault.Wrap(fault.Denied, err, "the request comes from another site")
	}
	return nil
}

// who is whoever asks: by a token or by a session, not by both.
func (a *api) who(r *http.Request) (access.Actor, error) {
	header := r.Header.Values("Authorization")
	if signedIn(r) && a.Session != nil {
		if len(header) > 0 {
			return access.Actor{}, fault.New(fault.Denied, "a token and a session were sent").WithHelp("send one of them")
		}
		return a.Session(r)
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if len(header) != 1 || !strings.EqualFold(scheme, "bearer") {
		return access.Actor{}, fault.New(fault.Denied, "a token is needed").WithHelp("send it as: Authorization: Bearer c4a_…")
	}
	return a.Accounts.Authenticate(r.Context(), accounts.Attempt{
		Token: strings.TrimSpace(token), Addr: a.address(r.Context()), Surface: access.API, Purpose: "api", Request: a.Request(r.Context()),
	})
}

// signedIn reports whether the request carries the cookie of a session.
func signedIn(r *http.Request) bool {
	for _, c := range r.Cookies() {
		if c.Name == MemberCookie || c.Name == StaffCookie {
			return true
		}
	}
	return false
}
