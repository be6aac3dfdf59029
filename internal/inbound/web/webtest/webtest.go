// Package webtest serves pages in tests as the site does, with somebody signed in, and looks at what every page has to have.
//
// It promises that what passes [Site.Check] has a name for each control, each id once, nothing inline that the policy would refuse, times with their zone, and every text of the
// page said in the reader's language. It leaves out the browser, and what a page says.
package webtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
)

// Whose the session is.
const (
	Contoso = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")
	Person  = "pn_01jq8z6y5x4w3v2t1s0r9q8p7n"
	Project = id.Project("pj_01jq8z6y5x4w3v2t1s0r9q8p7n")
)

// Noon is the time of every test.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Options say who is signed in and which pages there are.
type Options struct {
	Role  access.Role // of a member, or of the platform's people
	Staff bool
	Stale bool // the proof of being there is too old for what is critical
	Desks []web.Desk
}

// Site is pages with somebody signed in.
type Site struct {
	*web.Site
	t       testing.TB
	options Options
	// Unread is the number at the bell.
	Unread int
	// Failed are the errors that the log was told.
	Failed []error
}

// New serves the desks.
func New(t testing.TB, o Options) *Site {
	t.Helper()
	if o.Role == "" {
		o.Role = access.Owner
	}
	s := &Site{t: t, options: o}
	s.Site = web.New(web.Services{
		SignIn: signedIn{Site: s}, Setup: func(context.Context) (bool, error) { return false, nil },
		API: func(context.Context) ([]byte, error) { return []byte(`{}`), nil }, Origin: "https://arch.contoso.example", Now: func() time.Time { return Noon },
		Undertaking: func() web.Undertaking { return web.Undertaking{} }, Request: func(context.Context) string { return "rq_1" },
		Addr:   func(context.Context) netip.Addr { return netip.MustParseAddr("192.0.2.1") },
		Unread: func(context.Context, access.Actor) (int, error) { return s.Unread, nil }, MaxUpload: 64 << 20,
		Failed: func(_ context.Context, err error) { s.Failed = append(s.Failed, err) }, Elsewhere: http.NotFoundHandler(),
	}, o.Desks...)
	return s
}

// Actor is whoever is signed in.
func (s *Site) Actor() access.Actor {
	a := access.Actor{ID: "person:" + Person, Kind: access.Person, Org: Contoso, Roles: []access.Role{s.options.Role}, Surface: access.Portal, Purpose: "portal", Session: "ss_1", Request: "rq_1", Fresh: !s.options.Stale}
	if s.options.Staff {
		a.Kind, a.Org = access.Staff, id.Platform
	}
	return a
}

// signedIn lets whoever shows a cookie in. Nothing else of signing in is asked.
type signedIn struct {
	web.SignIn
	*Site
}

// Authenticate takes every cookie.
func (s signedIn) Authenticate(_ context.Context, try web.Attempt) (web.Who, error) {
	if try.Cookie == "" || (try.Realm == identity.Staff) != s.options.Staff {
		return web.Who{}, web.ErrSignIn
	}
	a := s.Actor()
	return web.Who{Actor: a, Session: identity.Session{ID: "ss_1", Realm: try.Realm, Person: Person, Org: a.Org}}, nil
}

// Organisations is the one.
func (s signedIn) Organisations(context.Context, web.Who) ([]web.Membership, error) {
	return []web.Membership{{Org: Contoso, Slug: "contoso", Name: "Contoso", Role: s.options.Role}}, nil
}

// Page is what was answered.
type Page struct {
	Status int
	Header http.Header
	Body   string
	To     string // where it leads
}

// Get asks for a page.
func (s *Site) Get(path string, header ...string) Page { return s.ask("GET", path, nil, "", header...) }

// Post sends a form.
func (s *Site) Post(path string, form url.Values, header ...string) Page {
	return s.ask("POST", path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded", header...)
}

// Send sends any body: files, JSON of a script.
func (s *Site) Send(path, kind string, body io.Reader, header ...string) Page {
	return s.ask("POST", path, body, kind, header...)
}

func (s *Site) ask(method, path string, body io.Reader, kind string, header ...string) Page {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, "https://arch.contoso.example"+path, body)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	cookie := "__Host-c4arch"
	if s.options.Staff {
		cookie = "__Host-c4arch-staff"
	}
	r.AddCookie(&http.Cookie{Name: cookie, Value: "one"}) //nolint:gosec // it is sent, and not set
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return Page{Status: rec.Code, Header: rec.Header(), Body: rec.Body.String(), To: rec.Header().Get("Location")}
}

// Check asks for a page in the made-up language and looks at all of it. It returns the page in English.
func (s *Site) Check(path string) Page {
	s.t.Helper()
	p := s.Get(path)
	if p.Status != http.StatusOK {
		s.t.Fatalf("%s is answered with %d: %.800s", path, p.Status, p.Body)
	}
	for _, wrong := range append(Faults(p.Body), Unsaid(s.Get(path, "Accept-Language", say.Pseudo).Body)...) {
		s.t.Errorf("%s: %s", path, wrong)
	}
	return p
}
