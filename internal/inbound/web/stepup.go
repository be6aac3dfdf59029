package web

import (
	"strings"

	"c4arch/internal/content/say"

	"c4arch/internal/inbound/route"
)

// stepUp asks a person who is signed in to prove to be there, before what is critical.
func (s *Site) stepUp() {
	s.page("/step-up", "step-up", route.Person, "", showStepUp)
	s.ceremony("/step-up/passkey", "step-up-begin", route.Person, "", beginStepUp)
	s.ceremony("/step-up/passkey/finish", "step-up-finish", route.Person, "", finishStepUp)
}

func showStepUp(c *Call) error {
	v := View{Title: say.T(c.Context(), "Prove that it is you"), Narrow: true, Scripts: []string{"passkey.js"}}
	return c.Show(v, stepUpPage(c.stepUpPath(), ownPath(c.r.URL.Query().Get("next"))))
}

func beginStepUp(c *Call) error {
	var f map[string]string
	if err := c.Body(&f); err != nil {
		return err
	}
	return c.begun(c.SignIn.BeginStepUp(c.Context(), *c.who, c.from()))
}

func finishStepUp(c *Call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	cookie, err := c.SignIn.FinishStepUp(c.Context(), *c.who, handle, in.Response, c.from())
	next := ownPath(in.Fields["next"])
	if path, _, _ := strings.Cut(next, "?"); path != "/" {
		next = path + "?done=proven"
	}
	return c.entered(cookie, err, next)
}
