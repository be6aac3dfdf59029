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
	"c4arch/internal/base/id"
	"c4arch/internal/content/freetext"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/route"
)

// Handler answers one request. What it returns becomes a page, or a problem where a script has asked.
type Handler func(c *Call) error

// Call is one request to a page with what is known of it.
type Call struct {
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
func (s *Site) handle(w http.ResponseWriter, r *http.Request, rt route.Route, realm identity.Realm, h Handler) {
	if s.Route != nil {
		s.Route(r.Context(), rt.Path)
	}
	c := &Call{Site: s, w: w, r: r, route: rt, realm: realm}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	c.nonce = base64.RawURLEncoding.EncodeToString(b[:])
	if most := s.MaxUpload; !rt.Large || most == 0 {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	} else {
		r.Body = http.MaxBytesReader(w, r.Body, most)
	}
	r = r.WithContext(say.In(r.Context(), r.Header.Get("Accept-Language")))
	c.r = r
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
func (c *Call) tell(answer *noted) {
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
	c.Access(c.Context(), x)
}

// within takes the request from the rates of whoever asks: of the session, or of the address where nobody is known.
func (c *Call) within() error {
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
	again, err := c.Limit(c.Context(), a, c.Addr(c.Context()), cost)
	if fault.KindOf(err) != fault.Limited {
		return err
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(again.Seconds())))))
	return fault.Wrap(fault.Limited, errors.Join(errOften, err), "too many requests came from you, or from your network").WithHelp("wait a moment, and load the page again")
}

// errOften is under what is said to whoever asks too often.
var errOften = errors.New("too often")

// recorded writes down a read of somebody whose reads are recorded, before anything of it is shown.
func (c *Call) recorded() error {
	if c.Looked == nil || c.who == nil || !c.route.Reads() {
		return nil
	}
	return c.Looked(c.Context(), c.who.Actor, c.route.String(), c.r.URL.Path)
}

func (c *Call) run(h Handler) error {
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
	if err := c.accepted(); err != nil {
		return err
	}
	if err := c.recorded(); err != nil {
		return err
	}
	if c.r.Method == http.MethodPost && c.route.Page {
		if err := c.r.ParseForm(); err != nil {
			return fault.Wrap(fault.Invalid, err, "the form cannot be read")
		}
		c.r = c.r.WithContext(freetext.Confirming(c.Context(), c.r.PostForm[confirmField]...))
	}
	if err := c.allowed(); err != nil {
		return err
	}
	return h(c)
}

// allowed decides about the route's action before anything of the request is looked at, so that who may not learns nothing of what is there. The services decide again, about
// what the request names.
func (c *Call) allowed() error {
	if c.route.Who != route.Inside || c.route.Action == "" {
		return nil
	}
	var project id.Project
	if strings.Contains(c.route.Path, "{project}") {
		var err error
		if project, err = c.Project(); err != nil {
			return err
		}
	}
	_, err := access.Decide(c.Asker(), c.route.Action, access.Resource{Project: project})
	switch {
	case project == "" && fault.KindOf(err) == fault.Invalid: // the action is about a project that the desk finds by what is named
		return nil
	case err != nil:
		return err
	case project != "" && !c.route.Reads() && c.Known != nil:
		return c.Known(c.Context(), c.Asker(), project)
	}
	return nil
}

// moved leads from 127.0.0.1 to localhost: a passkey belongs to a domain, and an address is none (WebAuthn Level 3 section 5.1.3).
func (c *Call) moved() bool {
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
func (c *Call) authenticate() error {
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
func (c *Call) session() (*Who, error) {
	text := readCookie(c.r, cookieOf(c.realm))
	if text == "" {
		return nil, ErrSignIn
	}
	who, err := c.SignIn.Authenticate(c.Context(), Attempt{Cookie: text, Realm: c.realm, Addr: c.Addr(c.Context()), Request: c.Request(c.Context())})
	if err != nil {
		return nil, err
	}
	return &who, nil
}

// visitor is who is signed in on a page for everybody, or nil.
func (c *Call) visitor() (*Who, error) {
	who, err := c.session()
	if errors.Is(err, ErrSignIn) {
		return nil, nil
	}
	return who, err
}

func (c *Call) Context() context.Context { return c.r.Context() }

func (c *Call) Asker() access.Actor { return c.who.Actor }

// form is a field of the form, without blanks around it.
func (c *Call) Form(name string) string { return strings.TrimSpace(c.r.PostForm.Get(name)) }

// wantsScript reports whether a script of ours asks, which reads JSON.
func (c *Call) wantsScript() bool { return !c.route.Page }

// body reads what a script has sent.
func (c *Call) Body(v any) error {
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
func (c *Call) Answer(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json")
	_, _ = c.w.Write(b)
	return nil
}

// went tells a script where to go on.
func (c *Call) went(to string) error { return c.Answer(map[string]string{"to": to}) }

// to leads a browser on after a form (RFC 9110 section 15.4.4). path is ours.
func (c *Call) To(path string) error {
	http.Redirect(c.w, c.r, path, http.StatusSeeOther)
	return nil
}

// done leads back to a page that says what was done, by a word of a closed list: an address that somebody else has made up says nothing of their own.
func (c *Call) Done(path, word string) error { return c.To(path + "?done=" + url.QueryEscape(word)) }

// show writes a page.
func (c *Call) Show(p View, body templ.Component) error { return c.showAs(http.StatusOK, p, body) }

func (c *Call) showAs(status int, p View, body templ.Component) error {
	if err := c.fill(&p); err != nil {
		return err
	}
	var b bytes.Buffer
	policyOf := policy
	if p.Drawing {
		policyOf = drawing
	}
	if err := layout(p, body).Render(c.Context(), &b); err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Security-Policy", policyOf(c.nonce))
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if p.Brief > 0 && c.who == nil && status == http.StatusOK {
		h.Set("Cache-Control", "private, max-age="+strconv.Itoa(p.Brief)) // and no cache that others share: what it runs carries the nonce of this answer
	}
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

// drawing is the policy of a page that shows the viewer: its pictures are parsed by a script of ours, which is named.
func drawing(nonce string) string {
	return strings.Replace(policy(nonce), "trusted-types 'none'", "trusted-types c4arch", 1)
}

// failed turns an error into an answer.
func (c *Call) failed(err error) {
	status, what := c.told(err)
	if c.wantsScript() {
		c.problem(status, what)
		return
	}
	switch {
	case what.SignIn && c.r.Method == http.MethodGet:
		http.Redirect(c.w, c.r, c.signInPath()+"?next="+url.QueryEscape(c.here()), http.StatusSeeOther)
		return
	case what.StepUp && c.resendable():
		if c.Prove(c.here()) == nil {
			return
		}
	case what.StepUp:
		http.Redirect(c.w, c.r, c.stepUpPath()+"?next="+url.QueryEscape(c.here()), http.StatusSeeOther)
		return
	case what.Accept && takesHTML(c.r):
		http.Redirect(c.w, c.r, acceptPath, http.StatusSeeOther)
		return
	case what.Choose:
		http.Redirect(c.w, c.r, "/account?done=choose", http.StatusSeeOther)
		return
	}
	if c.wantsJSON() {
		c.problem(status, what)
		return
	}
	if c.reconsider(status, err) {
		return
	}
	if e := c.showAs(status, View{Title: what.Title}, failedPage(what)); e != nil && c.Failed != nil {
		c.Failed(c.Context(), e)
		c.problem(http.StatusInternalServerError, what)
	}
}

// wantsJSON reports whether whoever asks takes no page.
func (c *Call) wantsJSON() bool { return c.r.Method == http.MethodGet && !takesHTML(c.r) }

func takesHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// problem answers a script as RFC 9457 has it.
func (c *Call) problem(status int, what failure) {
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

func (c *Call) mend(what failure) string {
	switch {
	case what.SignIn:
		return c.signInPath()
	case what.StepUp:
		return c.stepUpPath()
	}
	return ""
}

func (c *Call) signInPath() string {
	if c.realm == identity.Staff {
		return "/staff/sign-in"
	}
	return "/sign-in"
}

func (c *Call) stepUpPath() string {
	if c.realm == identity.Staff {
		return "/staff/step-up"
	}
	return "/step-up"
}

// here is the path to come back to: that of the page, or of the page that the form stands on, which is the nearest one above it.
func (c *Call) here() string {
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
