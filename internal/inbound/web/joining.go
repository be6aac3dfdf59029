package web

import (
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/route"
)

// joining is invitations and recoveries: a code, and a passkey.
func (s *Site) joining() {
	s.page("/invitation", "invitation", route.Everybody, "", showInvitation)
	s.form("/invitation", "invitation-show", route.Everybody, "", previewInvitation)
	s.form("/invitation/accept", "invitation-accept", route.Person, "", acceptInvitation)
	s.ceremony("/invitation/passkey", "invitation-begin", route.Everybody, "", beginJoin)
	s.ceremony("/invitation/passkey/finish", "invitation-finish", route.Everybody, "", finishJoin)
	s.page("/recovery", "recovery", route.Everybody, "", showRecovery)
	s.ceremony("/recovery/passkey", "recovery-begin", route.Everybody, "", beginJoin)
	s.ceremony("/recovery/passkey/finish", "recovery-finish", route.Everybody, "", finishRecovery)
}

func showInvitation(c *Call) error {
	return c.Show(View{Title: say.T(c.Context(), "Invitation"), Narrow: true}, invitationPage())
}

func previewInvitation(c *Call) error {
	code := codeOf(c.Form("code"))
	in, err := c.SignIn.Invitation(c.Context(), code, c.from())
	if err != nil {
		return err
	}
	if c.who, err = c.visitor(); err != nil && fault.KindOf(err) != fault.Denied {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Invitation"), Narrow: true, Scripts: []string{"passkey.js"}}, invitedPage(code, in, c.who != nil))
}

func acceptInvitation(c *Call) error {
	cookie, err := c.SignIn.Join(c.Context(), *c.who, codeOf(c.Form("code")), c.from())
	if err != nil {
		return err
	}
	c.signed(cookie)
	return c.Done(c.begins(), "joined")
}

func beginJoin(c *Call) error {
	var f map[string]string
	if err := c.Body(&f); err != nil {
		return err
	}
	return c.begun(c.SignIn.BeginJoin(c.Context(), codeOf(f["code"]), c.from()))
}

func finishJoin(c *Call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	cookie, err := c.SignIn.FinishJoin(c.Context(), handle, in.Response, c.from())
	return c.entered(cookie, err, c.begins()+"?done=joined")
}

func showRecovery(c *Call) error {
	return c.Show(View{Title: say.T(c.Context(), "Get back in"), Narrow: true, Scripts: []string{"passkey.js"}}, recoveryPage())
}

func finishRecovery(c *Call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	cookie, err := c.SignIn.FinishJoin(c.Context(), handle, in.Response, c.from())
	return c.entered(cookie, err, "/account?done=passkey")
}
