package web

import (
	"strings"

	"c4arch/internal/content/say"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/route"
)

// keys are the pages of the keys of the operator's own people: the second step of signing in, the keys that one has, and the sealed account.
func (s *Site) keys() {
	s.staffPage("/staff/sign-in/key", "staff-key", route.Everybody, "", showKey)
	s.staffCeremony("/staff/sign-in/key/passkey", "staff-key-begin", route.Everybody, beginKey)
	s.staffCeremony("/staff/sign-in/key/passkey/finish", "staff-key-finish", route.Everybody, finishKey)
	s.staffCeremony("/staff/sign-in/key/new", "staff-first-key-begin", route.Everybody, beginFirstKey)
	s.staffCeremony("/staff/sign-in/key/new/finish", "staff-first-key-finish", route.Everybody, finishFirstKey)
	s.staffPage("/staff/break-glass", "staff-break-glass", route.Everybody, "", showBreakGlass)
	s.staffForm("/staff/break-glass", "staff-break-glass-open", route.Everybody, "", openBreakGlass)
	s.staffPage("/staff/keys", "staff-keys", route.Person, "", showKeys)
	s.staffCeremony("/staff/keys/new", "staff-key-add-begin", route.Person, beginPasskey)
	s.staffCeremony("/staff/keys/new/finish", "staff-key-add-finish", route.Person, finishStaffKey)
	s.staffForm("/staff/keys/{passkey}/name", "staff-key-rename", route.Person, "", renameKey, inPath("passkey", "passkey"))
	s.staffForm("/staff/keys/{passkey}/remove", "staff-key-remove", route.Person, "", removeKey, inPath("passkey", "passkey"))
	s.staffPage("/staff/recovery", "staff-recovery", route.Inside, access.StaffList, showStaffRecovery)
	s.staffForm("/staff/recovery", "staff-recovery-ask", route.Inside, access.StaffChange, askForOwner)
	s.staffForm("/staff/recovery/approval", "staff-recovery-approve", route.Inside, access.StaffChange, approveForOwner)
	s.staffForm("/staff/personnel/{person}/key", "staff-key-allow", route.Inside, access.StaffChange, allowKey, inPath("person", "person"))
}

// heldKey takes the cookie of the second step apart: what the provider said is kept under the first, the making of a key under the second.
func (c *Call) heldKey() (held, making string) {
	held, making, _ = strings.Cut(readCookie(c.r, ceremonyCookie), ".")
	if strings.Contains(making, ".") { // of a way to a provider
		return "", ""
	}
	return held, making
}

func (c *Call) nextOfStaff(next string) string {
	if next = ownPath(next); next == "/" {
		return "/staff"
	}
	return next
}

func showKey(c *Call) error {
	all, err := c.Staff.Providers(c.Context())
	if err != nil {
		return err
	}
	held, _ := c.heldKey()
	if len(all) > 0 && held == "" {
		return c.To("/staff/sign-in")
	}
	return c.Show(View{Title: say.T(c.Context(), "Your hardware key"), Narrow: true, Scripts: []string{"passkey.js"}}, keyPage(len(all) > 0, c.nextOfStaff(c.r.URL.Query().Get("next"))))
}

// errBegin says that a second step has no first.
var errBegin = fault.New(fault.Invalid, "that was not begun here, or too long ago").WithHelp("begin at the page of signing in")

func beginKey(c *Call) error {
	var fields map[string]string
	if err := c.Body(&fields); err != nil {
		return err
	}
	held, _ := c.heldKey()
	if held == "" {
		return errBegin
	}
	options, err := c.SignIn.BeginKey(c.Context(), held, c.from())
	if err != nil {
		return err
	}
	return c.Answer(options)
}

func finishKey(c *Call) error {
	var in sent
	if err := c.Body(&in); err != nil {
		return err
	}
	held, _ := c.heldKey()
	if held == "" || len(in.Response) == 0 {
		return errBegin
	}
	cookie, err := c.SignIn.FinishKey(c.Context(), held, in.Response, c.from())
	return c.entered(cookie, err, c.nextOfStaff(in.Fields["next"]))
}

func beginFirstKey(c *Call) error {
	var fields map[string]string
	if err := c.Body(&fields); err != nil {
		return err
	}
	held, _ := c.heldKey()
	cer, err := c.SignIn.BeginFirstKey(c.Context(), held, codeOf(fields["code"]), c.from())
	if err != nil {
		return err
	}
	c.beginCeremony(secret.New([]byte(held + "." + string(cer.Handle.Expose()))))
	return c.Answer(cer.Options)
}

func finishFirstKey(c *Call) error {
	var in sent
	if err := c.Body(&in); err != nil {
		return err
	}
	_, making := c.heldKey()
	if making == "" || len(in.Response) == 0 {
		return errBegin
	}
	cookie, err := c.SignIn.FinishFirstKey(c.Context(), making, in.Response, c.from())
	return c.entered(cookie, err, "/staff/keys?done=passkey")
}

func showBreakGlass(c *Call) error {
	return c.Show(View{Title: say.T(c.Context(), "The sealed account"), Narrow: true}, breakGlassPage())
}

func openBreakGlass(c *Call) error {
	cookie, err := c.Staff.OpenBreakGlass(c.Context(), c.Form("code"), c.from())
	if err != nil {
		return err
	}
	c.signed(cookie)
	return c.To("/staff/personnel")
}

func showKeys(c *Call) error {
	all, err := c.SignIn.Passkeys(c.Context(), *c.who)
	if err != nil {
		return err
	}
	return c.Show(View{
		Title: "Your keys", Section: "/staff/keys", Scripts: []string{"passkey.js"},
		Lead: "Have two, and keep one in another place. Who has lost every key needs a code of another administrator.",
	}, keysPage(all))
}

func finishStaffKey(c *Call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	if err := c.SignIn.FinishPasskey(c.Context(), *c.who, handle, in.Response, strings.TrimSpace(in.Fields["name"])); err != nil {
		return err
	}
	c.endCeremony()
	return c.went("/staff/keys?done=passkey")
}

func renameKey(c *Call) error {
	if err := c.SignIn.RenamePasskey(c.Context(), *c.who, c.r.PathValue("passkey"), c.Form("name")); err != nil {
		return err
	}
	return c.Done("/staff/keys", "renamed")
}

func removeKey(c *Call) error {
	if err := c.SignIn.RemovePasskey(c.Context(), *c.who, c.r.PathValue("passkey")); err != nil {
		return err
	}
	return c.Done("/staff/keys", "removed")
}

func allowKey(c *Call) error {
	told, err := c.SignIn.AllowKey(c.Context(), c.Asker(), c.r.PathValue("person"))
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "A code to register a key"), Section: "/staff/personnel"}, linkPage("Code to register a key", "Hand it to the person and to nobody else. Where there is a provider, the person signs in there first.", string(told.Text.Expose()), told.Expires, "/staff/personnel"))
}

func showStaffRecovery(c *Call) error {
	// The page has nothing from a service that would decide.
	if _, err := access.Decide(c.Asker(), access.StaffList, access.Resource{}); err != nil {
		return err
	}
	return c.staffRecovery("")
}

func (c *Call) staffRecovery(asked string) error {
	return c.Show(View{
		Title: "Recovery for an organisation", Section: "/staff/recovery",
		Lead: "For an organisation that has nobody left who could: its only owner has lost every passkey. One administrator asks, another one approves; both stand in its own ledger.",
	}, staffRecoveryPage(asked))
}

func askForOwner(c *Call) error {
	asked, err := c.Staff.AskRecovery(c.Context(), c.Asker(), c.Form("organisation"), c.Form("email"), c.Form("reason"))
	if err != nil {
		return err
	}
	return c.staffRecovery(asked)
}

func approveForOwner(c *Call) error {
	told, err := c.Staff.ApproveRecovery(c.Context(), c.Asker(), c.Form("organisation"), c.Form("recovery"))
	if err != nil {
		return err
	}
	link := Link(c.base(), "recovery", string(told.Text.Expose()))
	return c.Show(View{Title: say.T(c.Context(), "Recovery"), Section: "/staff/recovery"}, linkPage("Hand this link to the member, in person or by a channel that you know is theirs", "It works once, and registers a passkey.", link, told.Expires, "/staff/recovery"))
}

// takesKeys reports whether a person can be let register a key: who has not left.
func takesKeys(p identity.Personnel, self string) bool { return !p.Left && p.Person != self }
