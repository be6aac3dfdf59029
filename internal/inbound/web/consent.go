package web

import (
	"net/http"
	"strings"
	"time"

	"c4arch/internal/trust/consent"
)

// Chosen is what whoever asks allows to be kept in the browser besides what is necessary; without a choice that counts, nothing.
func (c *Call) Chosen() (consent.Chosen, bool) {
	return consent.Decode(readCookie(c.r, consent.Choice), c.Now())
}

// Choose keeps a choice. What was kept on the ground of another one is removed (W3C Clear Site Data) where it is not allowed any more; that removes drafts too, so it is only done then.
func (c *Call) Choose(x consent.Chosen) {
	if before, ok := c.Chosen(); ok && before.Allows(consent.Preferences) && !x.Allows(consent.Preferences) {
		c.w.Header().Set("Clear-Site-Data", `"storage"`)
	}
	http.SetCookie(c.w, &http.Cookie{
		Name: consent.Choice, Value: x.Encode(), Path: "/", MaxAge: int(consent.Lasts / time.Second), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// keeps are the allowed categories, for scripts.
func (c *Call) keeps() string {
	x, _ := c.Chosen()
	var all []string
	for _, y := range x.Allowed {
		all = append(all, string(y))
	}
	return strings.Join(all, " ")
}
