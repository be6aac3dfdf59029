package web

import (
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
)

// account is what a person has: organisations, sessions, passkeys, tokens.
func (s *Site) account() {
	s.page("/account", "account", route.Person, "", showAccount)
	s.form("/account/organisation", "account-switch", route.Person, "", switchTo, inBody("organisation", "organisation"))
	s.form("/account/sessions/{session}/end", "account-session-end", route.Person, "", endSession, inPath("session", "session"))
	s.form("/account/sessions/end", "account-sessions-end", route.Person, "", endOthers)
	s.form("/account/passkeys/{passkey}/name", "account-passkey-rename", route.Person, "", renamePasskey, inPath("passkey", "passkey"))
	s.form("/account/passkeys/{passkey}/remove", "account-passkey-remove", route.Person, "", removePasskey, inPath("passkey", "passkey"))
	s.ceremony("/account/passkeys/new", "account-passkey-begin", route.Person, "", beginPasskey)
	s.ceremony("/account/passkeys/new/finish", "account-passkey-finish", route.Person, "", finishPasskey)
	s.form("/account/tokens/{token}/revoke", "account-token-revoke", route.Person, "", revokeMine, inPath("token", "token"))
}

func showAccount(c *call) error {
	v, err := c.accountView()
	if err != nil {
		return err
	}
	return c.show(view{Title: "Your account", Scripts: []string{"passkey.js"}}, accountPage(v))
}

func (c *call) accountView() (v accountView, err error) {
	v.This = c.who.Session.ID
	v.Org = c.who.Session.Org
	if v.Organisations, err = c.SignIn.Organisations(c.ctx(), *c.who); err != nil {
		return v, err
	}
	if c.actor().Org == "" { // what else there is depends on where one is
		return v, nil
	}
	v.Inside = true
	if v.Sessions, err = c.SignIn.Sessions(c.ctx(), *c.who); err != nil {
		return v, err
	}
	if v.Passkeys, err = c.SignIn.Passkeys(c.ctx(), *c.who); err != nil {
		return v, err
	}
	v.Tokens, err = c.Organisation.MyTokens(c.ctx(), c.actor())
	if v.Listed = err == nil; fault.KindOf(err) == fault.Denied {
		err = nil
	}
	return v, err
}

func switchTo(c *call) error {
	org := id.Org(c.form("organisation"))
	if !org.Valid() {
		return fault.New(fault.NotFound, "there is no such organisation")
	}
	cookie, err := c.SignIn.Switch(c.ctx(), *c.who, org)
	if err != nil {
		return err
	}
	c.signed(cookie)
	return c.done("/account", "switched")
}

func endSession(c *call) error {
	session := c.r.PathValue("session")
	if err := c.SignIn.EndSession(c.ctx(), *c.who, session); err != nil {
		return err
	}
	if session == c.who.Session.ID {
		c.unsigned()
		return c.done("/sign-in", "out")
	}
	return c.done("/account", "session")
}

func endOthers(c *call) error {
	if err := c.SignIn.EndOthers(c.ctx(), *c.who); err != nil {
		return err
	}
	return c.done("/account", "others")
}

func renamePasskey(c *call) error {
	if err := c.SignIn.RenamePasskey(c.ctx(), *c.who, c.r.PathValue("passkey"), c.form("name")); err != nil {
		return err
	}
	return c.done("/account", "renamed")
}

func removePasskey(c *call) error {
	if err := c.SignIn.RemovePasskey(c.ctx(), *c.who, c.r.PathValue("passkey")); err != nil {
		return err
	}
	return c.done("/account", "removed")
}

func beginPasskey(c *call) error {
	var f map[string]string
	if err := c.body(&f); err != nil {
		return err
	}
	return c.begun(c.SignIn.BeginPasskey(c.ctx(), *c.who))
}

func finishPasskey(c *call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	if err := c.SignIn.FinishPasskey(c.ctx(), *c.who, handle, in.Response, strings.TrimSpace(in.Fields["name"])); err != nil {
		return err
	}
	c.endCeremony()
	return c.went("/account?done=passkey")
}

func revokeMine(c *call) error {
	if err := c.Organisation.RevokeToken(c.ctx(), c.actor(), c.r.PathValue("token"), "revoked by its owner in the account"); err != nil {
		return err
	}
	return c.done("/account", "token")
}
