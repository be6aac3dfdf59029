package web

import (
	"strings"

	"c4arch/internal/content/say"

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

func showAccount(c *Call) error {
	v, err := c.accountView()
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Your account"), Scripts: []string{"passkey.js"}}, accountPage(v))
}

func (c *Call) accountView() (v accountView, err error) {
	v.This = c.who.Session.ID
	v.Org = c.who.Session.Org
	if v.Organisations, err = c.SignIn.Organisations(c.Context(), *c.who); err != nil {
		return v, err
	}
	if c.Asker().Org == "" { // what else there is depends on where one is
		return v, nil
	}
	v.Inside = true
	if v.Sessions, err = c.SignIn.Sessions(c.Context(), *c.who); err != nil {
		return v, err
	}
	if v.Passkeys, err = c.SignIn.Passkeys(c.Context(), *c.who); err != nil {
		return v, err
	}
	v.Tokens, err = c.Organisation.MyTokens(c.Context(), c.Asker())
	if v.Listed = err == nil; fault.KindOf(err) == fault.Denied {
		err = nil
	}
	return v, err
}

func switchTo(c *Call) error {
	org := id.Org(c.Form("organisation"))
	if !org.Valid() {
		return fault.New(fault.NotFound, "there is no such organisation")
	}
	cookie, err := c.SignIn.Switch(c.Context(), *c.who, org)
	if err != nil {
		return err
	}
	c.signed(cookie)
	return c.Done(c.begins(), "switched")
}

func endSession(c *Call) error {
	session := c.r.PathValue("session")
	if err := c.SignIn.EndSession(c.Context(), *c.who, session); err != nil {
		return err
	}
	if session == c.who.Session.ID {
		c.unsigned()
		return c.Done("/sign-in", "out")
	}
	return c.Done("/account", "session")
}

func endOthers(c *Call) error {
	if err := c.SignIn.EndOthers(c.Context(), *c.who); err != nil {
		return err
	}
	return c.Done("/account", "others")
}

func renamePasskey(c *Call) error {
	if err := c.SignIn.RenamePasskey(c.Context(), *c.who, c.r.PathValue("passkey"), c.Form("name")); err != nil {
		return err
	}
	return c.Done("/account", "renamed")
}

func removePasskey(c *Call) error {
	if err := c.SignIn.RemovePasskey(c.Context(), *c.who, c.r.PathValue("passkey")); err != nil {
		return err
	}
	return c.Done("/account", "removed")
}

func beginPasskey(c *Call) error {
	var f map[string]string
	if err := c.Body(&f); err != nil {
		return err
	}
	return c.begun(c.SignIn.BeginPasskey(c.Context(), *c.who))
}

func finishPasskey(c *Call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	if err := c.SignIn.FinishPasskey(c.Context(), *c.who, handle, in.Response, strings.TrimSpace(in.Fields["name"])); err != nil {
		return err
	}
	c.endCeremony()
	return c.went("/account?done=passkey")
}

func revokeMine(c *Call) error {
	if err := c.Organisation.RevokeToken(c.Context(), c.Asker(), c.r.PathValue("token"), "revoked by its owner in the account"); err != nil {
		return err
	}
	return c.Done("/account", "token")
}
