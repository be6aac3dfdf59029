package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

// handler answers one request. What it returns becomes a page, or a problem where a script has asked.
type handler func(c *call) error

// call is one request to a page with what is known of it.
type call struct {
	*Site
	w      http.ResponseWriter
	r      *http.Request
	route  route.Route
	realm  identity.Realm
	who    *Who // nil where nobody is signed in, or the route is for everybody
	nonce  string
	passed bool // Elsewhere answers
}

// maxForm is the most that a form or the answer of an authenticator has. WebAuthn bounds neither; an attestation with its certificates has some 10 kB.
const maxForm = 64 << 10

// handle is what every request to a page passes: which site has sent it, how large it is, who it is from, and what becomes of an error.
func (s *Site) handle(w http.ResponseWriter, r *http.Request, rt route.Route, realm identity.Realm, h handler) {
	if s.Route != nil {
		s.Route(r.Context(), rt.Path)
	}
	c := &call{Site: s, w: w, r: r, route: rt, realm: realm}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	c.nonce = base64.RawURLEncoding.EncodeToString(b[:])
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	noted := &noted{ResponseWriter: w}
	c.w = noted
	defer c.tell(noted)
	if err := c.run(h); err != nil {
		c.failed(err)
	}
}

// noted is an answer of which the status is remembered.
type noted struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers.
func (n *noted) WriteHeader(status int) {
	if n.status == 0 {
		n.status = status
	}
	n.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// tell writes the request into the access log, unless who answered it does that.
func (c *call) tell(answer *noted) {
	if c.Access == nil || c.passed {
		return
	}
	x := Accessed{Method: c.route.Method, Route: c.route.Path, Action: c.route.Action, Status: answer.status}
	if x.Status == 0 {
		x.Status = http.StatusOK
	}
	if c.who != nil {
		x.Actor = c.who.Actor
	}
	c.Access(c.ctx(), x)
}

// within takes the request from the rates of whoever asks: of the session, or of the address where nobody is known.
func (c *call) within() error {
	if c.Limit == nil {
		return nil
	}
	a, cost := access.Actor{}, 1
	if c.who != nil {
		a = c.who.Actor
	}
	if !c.route.Reads() {
		cost = 2
	}
	again, err := c.Limit(c.ctx(), a, c.Addr(c.ctx()), cost)
	if fault.KindOf(err) != fault.Limited {
		return err
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(again.Seconds())))))
	return fault.Wrap(fault.Limited, errors.Join(errOften, err), "too many requests came from you, or from your network").WithHelp("wait a moment, and load the page again")
}

// errOften is under what is said to whoever asks too often.
var errOften = errors.New("too often")

// recorded writes down a read of somebody whose reads are recorded, before anything of it is shown.
func (c *call) recorded() error {
	if c.Looked == nil || c.who == nil || !c.route.Reads() {
		return nil
	}
	return c.Looked(c.ctx(), c.who.Actor, c.route.String(), c.r.URL.Path)
}

func (c *call) run(h handler) error {
	if c.moved() {
		return nil
	}
	if err := c.same.Check(c.r); err != nil {
		return fault.Wrap(fault.Denied, err, "this was sent by a page of another site, and nothing was done").WithHelp("open the page here and send it again")
	}
	if c.route.Who != route.Everybody {
		if err := c.authenticate(); err != nil {
			if over := c.within(); over != nil { // who guesses sessions is slowed down
				return over
			}
			return err
		}
	}
	if err := c.within(); err != nil {
		return err
	}
	if err := c.recorded(); err != nil {
		return err
	}
	if c.r.Method == http.MethodPost && c.route.Page {
		if err := c.r.ParseForm(); err != nil {
			return fault.Wrap(fault.Invalid, err, "the form cannot be read")
		}
	}
	return h(c)
}

// moved leads from 127.0.0.1 to localhost: a passkey belongs to a domain, and an address is none (WebAuthn Level 3 section 5.1.3).
func (c *call) moved() bool {
	host := c.r.URL
	to := localName(c.r.Host)
	if c.Origin != "" || to == "" || c.r.Method != http.MethodGet || c.r.TLS != nil {
		return false
	}
	u := url.URL{Scheme: "http", Host: to, Path: host.Path, RawPath: host.RawPath, RawQuery: host.RawQuery}
	http.Redirect(c.w, c.r, u.String(), http.StatusTemporaryRedirect)
	return true
}

// ErrSignIn is what a page says to whoever is not signed in.
var ErrSignIn = fault.New(fault.Denied, "sign in first")

// errChoose is what a page of an organisation says to whoever has chosen none.
var errChoose = fault.New(fault.Denied, "choose an organisation first")

// authenticate finds the session, and for a page of an organisation that one is chosen.
func (c *call) authenticate() error {
	who, err := c.session()
	if err != nil {
		return err
	}
	c.who = who
	if c.route.Who == route.Inside && c.who.Actor.Org == "" {
		return errChoose
	}
	if c.Actor != nil {
		c.Actor(c.r.Context(), c.who.Actor)
	}
	return nil
}

// session is who the cookie of the realm is of.
func (c *call) session() (*Who, error) {
	text := readCookie(c.r, cookieOf(c.realm))
	if text == "" {
		return nil, ErrSignIn
	}
	who, err := c.SignIn.Authenticate(c.ctx(), Attempt{Cookie: text, Realm: c.realm, Addr: c.Addr(c.ctx()), Request: c.Request(c.ctx())})
	if err != nil {
		return nil, err
	}
	return &who, nil
}

// visitor is who is signed in on a page for everybody, or nil.
func (c *call) visitor() (*Who, error) {
	who, err := c.session()
	if errors.Is(err, ErrSignIn) {
		return nil, nil
	}
	return who, err
}

func (c *call) ctx() context.Context { return c.r.Context() }

func (c *call) actor() access.Actor { return c.who.Actor }

// form is a field of the form, without blanks around it.
func (c *call) form(name string) string { return strings.TrimSpace(c.r.PostForm.Get(name)) }

// wantsScript reports whether a script of ours asks, which reads JSON.
func (c *call) wantsScript() bool { return !c.route.Page }

// body reads what a script has sent.
func (c *call) body(v any) error {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return fault.New(fault.Invalid, "the request is no JSON")
	}
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return err
		}
		return fault.Wrap(fault.Invalid, err, "the request cannot be read")
	}
	return nil
}

// answer writes JSON for a script.
func (c *call) answer(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json")
	_, _ = c.w.Write(b)
	return nil
}

// went tells a script where to go on.
func (c *call) went(to string) error { return c.answer(map[string]string{"to": to}) }

// to leads a browser on after a form (RFC 9110 section 15.4.4). path is ours.
func (c *call) to(path string) error {
	http.Redirect(c.w, c.r, path, http.StatusSeeOther)
	return nil
}

// done leads back to a page that says what was done, by a word of a closed list: an address that somebody else has made up says nothing of their own.
func (c *call) done(path, word string) error { return c.to(path + "?done=" + url.QueryEscape(word)) }

// show writes a page.
func (c *call) show(p view, body templ.Component) error { return c.showAs(http.StatusOK, p, body) }

func (c *call) showAs(status int, p view, body templ.Component) error {
	if err := c.fill(&p); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := layout(p, body).Render(c.ctx(), &b); err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Security-Policy", policy(c.nonce))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b.Bytes())
	return nil
}

// policy is what a page may: run and be styled by what is ours, speak to us, and be nobody's frame. A provider is reached by an address that a script or a redirect of a
// page leads to, so no form has to be sent to another site.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce + "'; object-src 'none'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
		"manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// failed turns an error into an answer.
func (c *call) failed(err error) {
	status, what := c.told(err)
	if c.wantsScript() {
		c.problem(status, what)
		return
	}
	switch {
	case what.SignIn && c.r.Method == http.MethodGet:
		http.Redirect(c.w, c.r, c.signInPath()+"?next="+url.QueryEscape(c.here()), http.StatusSeeOther)
		return
	case what.StepUp:
		http.Redirect(c.w, c.r, c.stepUpPath()+"?next="+url.QueryEscape(c.here()), http.StatusSeeOther)
		return
	case what.Choose:
		http.Redirect(c.w, c.r, "/account?done=choose", http.StatusSeeOther)
		return
	}
	if c.wantsJSON() {
		c.problem(status, what)
		return
	}
	if e := c.showAs(status, view{Title: what.Title}, failedPage(what)); e != nil && c.Failed != nil {
		c.Failed(c.ctx(), e)
		c.problem(http.StatusInternalServerError, what)
	}
}

// wantsJSON reports whether whoever asks takes no page.
func (c *call) wantsJSON() bool { return c.r.Method == http.MethodGet && !takesHTML(c.r) }

func takesHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// problem answers a script as RFC 9457 has it.
func (c *call) problem(status int, what failure) {
	b, err := json.Marshal(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
		Help   string `json:"help,omitempty"`
		To     string `json:"to,omitempty"` // where it can be mended
	}{http.StatusText(status), status, what.Says, what.Help, c.mend(what)})
	if err != nil {
		b = []byte("{}")
	}
	c.w.Header().Set("Content-Type", "application/problem+json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b)
}

func (c *call) mend(what failure) string {
	switch {
	case what.SignIn:
		return c.signInPath()
	case what.StepUp:
		return c.stepUpPath()
	}
	return ""
}

func (c *call) signInPath() string {
	if c.realm == identity.Staff {
		return "/staff/sign-in"
	}
	return "/sign-in"
}

func (c *call) stepUpPath() string {
	if c.realm == identity.Staff {
		return "/staff/step-up"
	}
	return "/step-up"
}

// here is the path to come back to: that of the page, or of the page that the form stands on, which is the nearest one above it.
func (c *call) here() string {
	if c.r.Method == http.MethodGet {
		return ownPath(c.r.URL.RequestURI())
	}
	for path := c.r.URL.Path; path != ""; path = path[:strings.LastIndexByte(path, '/')] {
		if _, ok := c.table.Find("GET " + path); ok {
			return ownPath(path)
		}
	}
	return "/"
}
