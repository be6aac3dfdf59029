// Package web is the pages of identity: signing in, the set-up, invitations, the account, and what an organisation decides about who may.
//
// It promises: each page and each form is a route of the table with its policy, and each form and each ceremony is refused from another site; a handler returns an error, and
// one place turns it into a page; a page runs the scripts that carry its nonce and nothing else, and fetches from nobody but this service; a session is a cookie that a script
// cannot read; whoever is led back somewhere is led to a path of this service; who asks too often is told to wait, a read that is to be recorded is recorded first, and every answer
// is told to the access log. Every form works with a keyboard, and every one that no passkey is needed for without scripts. It leaves out every decision, which the services make.
package web

import (
	"context"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
)

//go:generate go tool -modfile=../../../tools/go.mod templ generate -path .

// Services are what the pages call. Every port must be set, unless it says otherwise.
type Services struct {
	SignIn       SignIn
	Organisation Organisation
	Federation   Federation
	Staff        Staff
	// API is the description of the API, as JSON.
	API func(ctx context.Context) ([]byte, error)
	// Undertaking is the text that whoever sets the service up, and all of its staff, signs.
	Undertaking func() Undertaking
	// Setup reports whether the service waits to be set up.
	Setup func(ctx context.Context) (bool, error)
	// Origin is how people reach the service, or "" where that was not configured and it listens on loopback alone.
	Origin string
	Now    func() time.Time
	// Request is the id of the request that ctx is of, Addr the address of whoever sent it.
	Request func(ctx context.Context) string
	Addr    func(ctx context.Context) netip.Addr
	// Actor and Route tell the log of the request who asks and which pattern it met; nil tells nobody.
	Actor func(ctx context.Context, a access.Actor)
	Route func(ctx context.Context, pattern string)
	// Looked writes down that something is going to be read, before it is; nil where nobody's reads are. After an error nothing is shown.
	Looked func(ctx context.Context, a access.Actor, route, subject string) error
	// Access is told each request to a page that was answered; nil tells nobody.
	Access func(ctx context.Context, x Accessed)
	// Limit takes the cost of a request from the rates of whoever asks, or of the address of who is nobody. Its error is limited when too much was asked for, and it says when to
	// ask again; nil limits nothing.
	Limit func(ctx context.Context, a access.Actor, addr netip.Addr, cost int) (again time.Duration, err error)
	// Unread is how many notifications whoever asks has not seen; nil shows no number.
	Unread func(ctx context.Context, a access.Actor) (int, error)
	// Known says notfound of a project that the actor's organisation does not have, before a form about it is read; nil asks nobody.
	Known func(ctx context.Context, a access.Actor, project id.Project) error
	// Accepted says why a member of an organisation, or a program of it, may not go on: an error of the kind unaccepted. nil lets everybody go on.
	Accepted func(ctx context.Context, a access.Actor) error
	// MaxUpload is the most bytes of a request with files; 0 is as much as any form has.
	MaxUpload int64
	// Failed tells the log why a request has failed, where that is no fault of whoever asked.
	Failed func(ctx context.Context, err error)
	// Elsewhere answers what no page is at.
	Elsewhere http.Handler
}

// Accessed is one request to a page that was answered: for the access log.
type Accessed struct {
	Actor  access.Actor // the zero Actor is nobody who is known
	Method string
	Route  string // the pattern
	Action access.Action
	Status int
}

// Site is the pages.
type Site struct {
	Services
	table  route.Table
	mux    *http.ServeMux
	same   *http.CrossOriginProtection
	assets *assets
	docs   described
	words  map[string]string // what was done, by the word of an address
}

// New makes the pages, with those of other packages.
func New(s Services, desks ...Desk) *Site {
	w := &Site{Services: s, mux: http.NewServeMux(), same: http.NewCrossOriginProtection(), assets: loadAssets(), words: maps.Clone(dones)}
	w.entry()
	w.setup()
	w.joining()
	w.device()
	w.account()
	w.members()
	w.tokens()
	w.signInRules()
	w.supportAccess()
	w.stepUp()
	w.staff()
	w.docsRoutes()
	for _, d := range desks {
		d(w)
	}
	return w
}

// Routes are the routes, each with its policy.
func (s *Site) Routes() []route.Route { return s.table.All() }

// page, form and ceremony add a route: what shows something, what a browser posts from a form, and what a script posts as JSON.
func (s *Site) page(path, name string, who route.Who, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodGet, Path: path, Name: name, Who: who, Action: act, Page: true, Things: things}, identity.Members, h)
}

func (s *Site) form(path, name string, who route.Who, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodPost, Path: path, Name: name, Who: who, Action: act, Page: true, Things: things}, identity.Members, h)
}

func (s *Site) ceremony(path, name string, who route.Who, act access.Action, h Handler) {
	s.add(route.Route{Method: http.MethodPost, Path: path, Name: name, Who: who, Action: act}, identity.Members, h)
}

func (s *Site) add(r route.Route, realm identity.Realm, h Handler) {
	r.Ungated = slices.Contains(ungated, r.Name)
	s.table.Add(r)
	pattern := r.String()
	if r.Path == "/" {
		pattern = r.Method + " /{$}"
	}
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) { s.handle(w, req, r, realm, h) })
}

// inPath is a thing that the path of a route names.
func inPath(name, kind string) route.Thing {
	return route.Thing{In: route.InPath, Name: name, Kind: kind}
}

// inBody is a thing that a field of a form names.
func inBody(name, kind string) route.Thing {
	return route.Thing{In: route.InBody, Name: name, Kind: kind}
}

var _ templ.Component = templ.ComponentFunc(nil)
