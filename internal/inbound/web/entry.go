package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"c4arch/internal/content/say"

	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/route"
)

// entry are the pages of signing in.
func (s *Site) entry() {
	s.page("/", "start", route.Everybody, "", start)
	s.page("/sign-in", "sign-in", route.Everybody, "", showSignIn)
	s.form("/sign-in", "sign-in-find", route.Everybody, "", findProvider)
	s.ceremony("/sign-in/passkey", "sign-in-begin", route.Everybody, "", beginSignIn)
	s.ceremony("/sign-in/passkey/finish", "sign-in-finish", route.Everybody, "", finishSignIn)
	s.page("/sign-in/{slug}", "sign-in-organisation", route.Everybody, "", showProviders)
	s.page("/sign-in/{organisation}/{provider}", "sign-in-leave", route.Everybody, "", leave)
	s.page("/oidc/return/{provider}", "sign-in-return", route.Everybody, "", comeBack)
	s.form("/sign-out", "sign-out", route.Person, "", signOut)
}

// start leads people to where they can begin, and tells programs where the API is.
func start(c *Call) error {
	if !takesHTML(c.r) {
		c.passed = true
		c.Elsewhere.ServeHTTP(c.w, c.r)
		return nil
	}
	who, err := c.visitor()
	switch {
	case err == nil && who != nil && who.Actor.Org != "":
		return c.To(c.begins())
	case err == nil && who != nil:
		return c.To("/account")
	case err == nil || fault.KindOf(err) == fault.Denied:
		return c.To("/sign-in")
	}
	return err
}

// there reports whether there is a page at a path.
func (s *Site) there(path string) bool {
	_, ok := s.table.Find("GET " + path)
	return ok
}

// begins is the page of whoever has come into an organisation.
func (s *Site) begins() string {
	if s.there("/home") {
		return "/home"
	}
	return "/account"
}

func showSignIn(c *Call) error {
	next := ownPath(c.r.URL.Query().Get("next"))
	if who, err := c.visitor(); err == nil && who != nil {
		return c.To(next)
	}
	fresh, err := c.Setup(c.Context())
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Sign in"), Narrow: true, Scripts: []string{"passkey.js"}}, signInPage(next, fresh))
}

// from is where a ceremony happens.
func (c *Call) from() From {
	return From{Realm: c.realm, Device: device(c.r.UserAgent()), Addr: c.Addr(c.Context()), Request: c.Request(c.Context())}
}

// sent is what a form with a passkey sends: its fields, and what the authenticator said.
type sent struct {
	Fields   map[string]string `json:"fields"`
	Response json.RawMessage   `json:"response"`
}

// begun answers with what the browser is asked, and remembers the ceremony.
func (c *Call) begun(cer Ceremony, err error) error {
	if err != nil {
		return err
	}
	c.beginCeremony(cer.Handle)
	return c.Answer(cer.Options)
}

// ended is the ceremony that the browser ends, with what it sent.
func (c *Call) ended() (handle secret.Value, in sent, err error) {
	if err := c.Body(&in); err != nil {
		return handle, in, err
	}
	text := readCookie(c.r, ceremonyCookie)
	if text == "" || len(in.Response) == 0 {
		return handle, in, fault.New(fault.Invalid, "that was not begun here, or too long ago").WithHelp("load the page again")
	}
	return secret.New([]byte(text)), in, nil
}

// entered ends a ceremony that signs somebody in.
func (c *Call) entered(cookie secret.Value, err error, next string) error {
	if err != nil {
		return err
	}
	c.signed(cookie)
	return c.went(next)
}

func beginSignIn(c *Call) error {
	var fields map[string]string
	if err := c.Body(&fields); err != nil {
		return err
	}
	return c.begun(c.SignIn.BeginSignIn(c.Context(), c.from()))
}

func finishSignIn(c *Call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	cookie, err := c.SignIn.FinishSignIn(c.Context(), handle, in.Response, c.from())
	return c.entered(cookie, err, ownPath(in.Fields["next"]))
}

// findProvider shows the providers for an e-mail address. It leads nowhere by itself: the policy of the page lets a form be sent to this service alone, and browsers hold
// the addresses that a form is redirected to against it too. What follows are links.
func findProvider(c *Call) error {
	found, err := c.Federation.Discover(c.Context(), c.Form("email"))
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Sign in"), Narrow: true}, providersPage(found, ownPath(c.Form("next"))))
}

func showProviders(c *Call) error {
	found, err := c.Federation.Discover(c.Context(), c.r.PathValue("slug"))
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Sign in"), Narrow: true}, providersPage(found, ownPath(c.r.URL.Query().Get("next"))))
}

// leave begins at a provider.
func leave(c *Call) error {
	org := id.Org(c.r.PathValue("organisation"))
	if !org.Valid() {
		return fault.New(fault.NotFound, "there is no such way to sign in")
	}
	return c.depart(org, c.r.PathValue("provider"))
}

// depart begins at a provider. A link on another site leads to a page that asks first: at a provider where somebody is signed in already nothing else would, and they would be in
// here without having done anything (OWASP ASVS 5.0, 7.6.2).
func (c *Call) depart(org id.Org, provider string) error {
	if site := c.r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		one := FoundProvider{Org: org, ID: provider, Name: "the provider of your organisation"}
		return c.Show(View{Title: say.T(c.Context(), "Sign in"), Narrow: true}, providersPage([]FoundProvider{one}, ownPath(c.r.URL.Query().Get("next"))))
	}
	to, handle, err := c.Federation.Begin(c.Context(), org, provider, c.from())
	if err != nil {
		return err
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fault.New(fault.Unavailable, "the provider's address is not one")
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(ownPath(c.r.URL.Query().Get("next"))))
	setCookie(c.w, ceremonyCookie, string(handle.Expose())+"."+string(c.realm)+"."+next, ceremonyLife)
	http.Redirect(c.w, c.r, u.String(), http.StatusSeeOther)
	return nil
}

// comeBack ends it: the browser comes from the provider's site.
func comeBack(c *Call) error {
	handle, realm, next := returning(readCookie(c.r, ceremonyCookie))
	if handle == "" {
		return fault.New(fault.Invalid, "that sign-in was not begun in this browser, or too long ago").WithHelp("begin again")
	}
	c.realm = realm
	q := c.r.URL.Query()
	back := Back{Provider: c.r.PathValue("provider"), State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")}
	in, err := c.Federation.Finish(c.Context(), secret.New([]byte(handle)), back, c.from())
	if err != nil {
		c.endCeremony()
		return err
	}
	if !in.Held.Empty() {
		c.beginCeremony(in.Held)
		return c.To(withNext("/staff/sign-in/key", next))
	}
	c.signed(in.Cookie)
	return c.To(next)
}

// returning takes the cookie of a ceremony with a provider apart.
func returning(text string) (handle string, realm identity.Realm, next string) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] == "" {
		return "", "", ""
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[2])
	realm = identity.Realm(parts[1])
	if err != nil || realm != identity.Members && realm != identity.Staff {
		return "", "", ""
	}
	return parts[0], realm, ownPath(string(b))
}

func signOut(c *Call) error {
	err := c.SignIn.SignOut(c.Context(), *c.who)
	if err != nil {
		return err
	}
	c.unsigned()
	return c.Done(c.signInPath(), "out")
}
