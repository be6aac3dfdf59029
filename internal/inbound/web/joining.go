package web

import (
	"c4arch/internal/base/fault"
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

func showInvitation(c *call) error {
	return c.show(view{Title: "Invitation", Narrow: true}, invitationPage())
}

func previewInvitation(c *call) error {
	code := codeOf(c.form("code"))
	in, err := c.SignIn.Invitation(c.ctx(), code, c.from())
	if err != nil {
		return err
	}
	if c.who, err = c.visitor(); err != nil && fault.KindOf(err) != fault.Denied {
		return err
	}
	return c.show(view{Title: "Invitation", Narrow: true, Scripts: []string{"passkey.js"}}, invitedPage(code, in, c.who != nil))
}

func acceptInvitation(c *call) error {
	cookie, err := c.SignIn.Join(c.ctx(), *c.who, codeOf(c.form("code")), c.from())
	if err != nil {
		return err
	}
	c.signed(cookie)
	return c.done("/account", "joined")
}

func beginJoin(c *call) error {
	var f map[string]string
	if err := c.body(&f); err != nil {
		return err
	}
	return c.begun(c.SignIn.BeginJoin(c.ctx(), codeOf(f["code"]), c.from()))
}

func finishJoin(c *call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	cookie, err := c.SignIn.FinishJoin(c.ctx(), handle, in.Response, c.from())
	return c.entered(cookie, err, "/account?done=joined")
}

func showRecovery(c *call) error {
	return c.show(view{Title: "Get back in", Narrow: true, Scripts: []string{"passkey.js"}}, recoveryPage())
}

func finishRecovery(c *call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	cookie, err := c.SignIn.FinishJoin(c.ctx(), handle, in.Response, c.from())
	return c.entered(cookie, err, "/account?done=passkey")
}
