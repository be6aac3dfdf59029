package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/freetext"
	table "c4arch/internal/inbound/route"
)

// Allowance is what is left of a rate.
type Allowance struct {
	Name      string        // of what is counted: "actor", "organisation", "address"
	Limit     int           // how much there is in a window
	Window    time.Duration // in which it comes back
	Remaining int
	Retry     time.Duration // zero when it was granted, else when to ask again
}

// Accessed is one request that was answered: for the access log.
type Accessed struct {
	Actor  access.Actor // the zero Actor is nobody who is known
	Method string
	Route  string // the pattern, "" for none
	Action access.Action
	Status int
}

// gate is one request on its way through the policy of its route.
type gate struct {
	*api
	about table.Route
	known bool // there is such a route
	actor access.Actor
}

// handler lets nobody in without a token or a session, but to the routes that are for everybody. A path that is not written as its route is meets none: nothing is
// redirected, so that a token goes where it was sent.
func (a *api) handler() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := &response{ResponseWriter: rw, none: r.Header.Get("If-None-Match"), reads: r.Method == http.MethodGet || r.Method == http.MethodHead}
		w.Header().Set("Cache-Control", "no-store")
		answers, pattern := a.mux.Handler(r)
		g := &gate{api: a}
		if g.about, g.known = a.table.Find(pattern); g.known {
			g.known = plainly(r.URL.EscapedPath())
		}
		if g.known {
			a.Route(r.Context(), g.about.Path)
		}
		defer g.tell(r.Context(), w)
		if !g.opens(w, r) {
			return
		}
		if !g.known {
			missed(w, a.allowed(answers, r))
			return
		}
		if err := once(r.URL.RawQuery); err != nil {
			write(w, problemOf(err))
			return
		}
		if !g.about.Large {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		// A program that was warned about a text, and means it, says so beside its request, whatever that is.
		ctx := freetext.Confirming(r.Context(), r.Header.Values("Free-Text-Confirmed")...)
		a.mux.ServeHTTP(w, r.WithContext(context.WithValue(ctx, gateKey{}, &entered{actor: g.actor, w: w, match: r.Header.Get("If-Match"), request: r})))
	})
}

// once refuses a query that has a parameter twice, or that cannot be read: of two, one entry point would take the first and another the last (OWASP ASVS 5.0, 15.3.7).
func once(query string) error {
	all, err := url.ParseQuery(query)
	if err != nil {
		return fault.New(fault.Invalid, "the query of the address cannot be read")
	}
	for _, values := range all {
		if len(values) > 1 {
			return fault.New(fault.Invalid, "a parameter of the address is there twice").WithHelp("send it once; the items of a list are parted by commas")
		}
	}
	return nil
}

// tell writes the request into the access log, also when its handler has cut the connection.
func (g *gate) tell(ctx context.Context, w *response) {
	if g.Access == nil {
		return
	}
	x := Accessed{Actor: g.actor, Status: w.status}
	if g.known {
		x.Method, x.Route, x.Action = g.about.Method, g.about.Path, g.about.Action
	}
	g.Access(ctx, x)
}

// opens asks for everything that stands before a route. When it has answered itself it says no.
func (g *gate) opens(w *response, r *http.Request) bool {
	ctx := r.Context()
	if err := g.crossed(r); err != nil {
		write(w, problemOf(err))
		return false
	}
	if g.known && g.about.Who == table.Everybody {
		return g.within(ctx, w, access.Actor{})
	}
	actor, err := g.who(r)
	if err != nil {
		g.told(ctx, err)
		if fault.KindOf(err) == fault.Unavailable { // nobody could look at the token, so nobody guessed: it takes nothing from what the address has
			unauthenticated(w, err)
			return false
		}
		if g.within(ctx, w, access.Actor{}) { // who guesses tokens is slowed down; who has one is not, whoever else is behind the same address
			unauthenticated(w, err)
		}
		return false
	}
	g.actor = actor
	g.Actor(ctx, actor)
	return g.within(ctx, w, actor) && g.accepted(w, r) && g.recorded(w, r)
}

// within takes the cost of the request from the rates of whoever asks.
func (g *gate) within(ctx context.Context, w *response, actor access.Actor) bool {
	if g.Limit == nil {
		return true
	}
	left, err := g.Limit(ctx, actor, g.address(ctx), g.cost())
	if left.Limit > 0 {
		seconds := int(left.Window.Seconds())
		// draft-ietf-httpapi-ratelimit-headers-10
		w.Header().Set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", left.Name, left.Limit, seconds))
		w.Header().Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", left.Name, left.Remaining, seconds))
	}
	if err == nil {
		return true
	}
	p := problemOf(err)
	if p.Kind == fault.Limited { // RFC 6585 section 4
		p.Status, p.Title = http.StatusTooManyRequests, http.StatusText(http.StatusTooManyRequests)
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(left.Retry.Seconds())))))
	}
	write(w, p)
	return false
}

// cost is what a request takes of a rate.
func (g *gate) cost() int {
	switch {
	case !g.known || g.about.Reads() && !g.about.Stream:
		return 1
	case g.about.Large:
		return 10
	}
	return 2
}

func (a *api) address(ctx context.Context) netip.Addr {
	if a.Addr == nil {
		return netip.Addr{}
	}
	return a.Addr(ctx)
}

// accepted stops whoever acts in an organisation for which documents have to be accepted first, but on the routes by which it takes out what is its own.
func (g *gate) accepted(w *response, r *http.Request) bool {
	if g.Accepted == nil || !g.known || g.about.Who != table.Inside || g.about.Ungated {
		return true
	}
	err := g.Accepted(r.Context(), g.actor)
	if err == nil {
		return true
	}
	g.told(r.Context(), err)
	write(w, problemOf(err))
	return false
}

// recorded writes down a read of somebody whose reads are recorded, before anything of it is answered. What cannot be written down is not answered.
func (g *gate) recorded(w *response, r *http.Request) bool {
	if g.Looked == nil || !g.known || !g.about.Reads() {
		return true
	}
	if err := g.Looked(r.Context(), g.actor, g.about.String(), r.URL.Path); err != nil {
		g.told(r.Context(), err)
		write(w, problemOf(err))
		return false
	}
	return true
}

type gateKey struct{}

// entered is what a handler knows of its request beside its input.
type entered struct {
	actor   access.Actor
	w       *response
	match   string // If-Match
	request *http.Request
}

func enteredOf(ctx context.Context) *entered {
	if e, ok := ctx.Value(gateKey{}).(*entered); ok {
		return e
	}
	return &entered{}
}

func actorOf(ctx context.Context) access.Actor { return enteredOf(ctx).actor } // the zero actor may nothing

// response is an answer of which the status is remembered. What whoever asked has already is not sent again (RFC 9110 section 13.1.2).
type response struct {
	http.ResponseWriter
	none   string // If-None-Match
	reads  bool
	status int
	same   bool
}

func (s *response) WriteHeader(status int) {
	if s.status == 0 || s.status < 200 {
		s.status = status
	}
	if tag := s.Header().Get("ETag"); status == http.StatusOK && s.reads && tag != "" && has(s.none, tag) {
		s.same, s.status = true, http.StatusNotModified
		s.Header().Del("Content-Type")
		s.Header().Del("Content-Length")
	}
	s.ResponseWriter.WriteHeader(s.status)
}

func (s *response) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	if s.same {
		return len(b), nil
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap is for [http.ResponseController].
func (s *response) Unwrap() http.ResponseWriter { return s.ResponseWriter }
