package web

import (
	"net/http"

	"c4arch/internal/account/identity"
	"c4arch/internal/base/secret"
)

// The cookies. The prefix makes a browser take them only from a secure origin, for the whole of it and for no other name (RFC 6265bis section 4.1.3.2), so that neither a
// sub-domain nor a listener without TLS can set one. They are SameSite=Lax and not Strict, because a provider leads the browser back to us from its own site: Strict would
// send neither the ceremony's cookie with that request nor the session's with the page that follows. Lax sends them with no form and no script of another site, and
// [http.CrossOriginProtection] refuses those besides.
const (
	memberCookie   = "__Host-c4arch"
	staffCookie    = "__Host-c4arch-staff"
	ceremonyCookie = "__Host-c4arch-ceremony"
)

// ceremonyLife is how long a ceremony's cookie is kept by the browser, in seconds.
const ceremonyLife = 10 * 60

// maxCookie is the longest that is looked at.
const maxCookie = 1024

func cookieOf(realm identity.Realm) string {
	if realm == identity.Staff {
		return staffCookie
	}
	return memberCookie
}

// readCookie is the cookie of that name, or "". Two of one name are none: which of them is ours cannot be told.
func readCookie(r *http.Request, name string) string {
	all := r.CookiesNamed(name)
	if len(all) != 1 || len(all[0].Value) > maxCookie {
		return ""
	}
	return all[0].Value
}

func setCookie(w http.ResponseWriter, name, value string, life int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: life, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// signed gives the browser its session. It has no age of its own: the service ends it, and the browser when it is closed. Who signs in over a session that is still good ends that
// one, of which the browser forgets the text (OWASP ASVS 5.0, 7.2.4); a session that only goes on under another text was ended with the change.
func (c *Call) signed(cookie secret.Value) {
	if c.who == nil {
		c.forget()
	}
	setCookie(c.w, cookieOf(c.realm), string(cookie.Expose()), 0)
	c.endCeremony()
}

// forget ends the session that the browser has. The new one has begun by then, so that what goes wrong is for the log.
func (c *Call) forget() {
	who, err := c.visitor()
	if err != nil || who == nil {
		return
	}
	if err := c.SignIn.SignOut(c.Context(), *who); err != nil && c.Failed != nil {
		c.Failed(c.Context(), err)
	}
}

// unsigned takes the session from the browser, and what a page may have left there (W3C Clear Site Data). The cookies are not among that: the other realm has one of its own.
func (c *Call) unsigned() {
	setCookie(c.w, cookieOf(c.realm), "", -1)
	c.w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
}

func (c *Call) beginCeremony(handle secret.Value) {
	setCookie(c.w, ceremonyCookie, string(handle.Expose()), ceremonyLife)
}

func (c *Call) endCeremony() { setCookie(c.w, ceremonyCookie, "", -1) }
