package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"c4arch/internal/content/say"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

const membersPath = "/organisation/members"

// members is who belongs to an organisation.
func (s *Site) members() {
	s.page(membersPath, "members", route.Inside, access.MemberList, showMembers)
	s.form(membersPath+"/invite", "members-invite", route.Inside, access.MemberChange, invite)
	s.form(membersPath+"/invitations/{invitation}/revoke", "members-invitation-revoke", route.Inside, access.MemberChange, revokeInvitation, inPath("invitation", "invitation"))
	s.form(membersPath+"/{member}/role", "members-role", route.Inside, access.MemberChange, changeRole, inPath("member", "member"))
	s.form(membersPath+"/{member}/remove", "members-remove", route.Inside, access.MemberChange, removeMember, inPath("member", "member"))
	s.form(membersPath+"/{member}/recovery", "members-recovery", route.Inside, access.MemberRecover, askRecovery, inPath("member", "member"))
	s.form(membersPath+"/recoveries/{recovery}/approve", "members-recovery-approve", route.Inside, access.MemberRecover, approveRecovery, inPath("recovery", "recovery"))
}

// membersView is what the page of the members shows.
type membersView struct {
	Me          string
	Members     []tenant.Member
	Invitations []identity.Invitation
	Recoveries  []identity.Recovery
	Roles       []access.Role
	Change      bool
	Recover     bool
	Now         time.Time
}

func (v membersView) name(person string) string {
	i := slices.IndexFunc(v.Members, func(m tenant.Member) bool { return m.Person == person })
	if i < 0 {
		return "somebody who is no member any more"
	}
	return v.Members[i].Name
}

func showMembers(c *Call) error {
	a := c.Asker()
	v := membersView{Me: c.who.Session.Person, Roles: givable(a), Change: decided(a, access.MemberChange), Recover: decided(a, access.MemberRecover), Now: c.Now()}
	var err error
	if v.Members, err = c.Organisation.Members(c.Context(), a); err != nil {
		return err
	}
	slices.SortFunc(v.Members, func(x, y tenant.Member) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(x.Person, y.Person))
	})
	if v.Change {
		if v.Invitations, err = c.Organisation.Invitations(c.Context(), a); err != nil {
			return err
		}
	}
	if v.Recover {
		if v.Recoveries, err = c.Organisation.Recoveries(c.Context(), a); err != nil {
			return err
		}
	}
	return c.Show(View{Title: say.T(c.Context(), "Members"), Section: membersPath, Lead: say.T(c.Context(), "Who may do what here. A change counts from the next request on.")}, membersPage(v))
}

func invite(c *Call) error {
	told, err := c.Organisation.Invite(c.Context(), c.Asker(), c.Form("name"), c.Form("email"), access.Role(c.Form("role")))
	if err != nil {
		return err
	}
	link := Link(c.base(), "invitation", string(told.Text.Expose()))
	return c.Show(View{Title: say.T(c.Context(), "Invitation"), Section: membersPath}, linkPage("Send this link to whoever you invite", "It works once, and shows the organisation and the role before it is accepted.", link, told.Expires, membersPath))
}

// base is how people reach the service.
func (c *Call) base() string {
	if c.Origin != "" {
		return c.Origin
	}
	return "http://" + c.r.Host
}

func revokeInvitation(c *Call) error {
	if err := c.Organisation.RevokeInvitation(c.Context(), c.Asker(), c.r.PathValue("invitation")); err != nil {
		return err
	}
	return c.Done(membersPath, "invitation")
}

func changeRole(c *Call) error {
	role := access.Role(c.Form("role"))
	var until time.Time
	if text := c.Form("until"); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return fault.New(fault.Invalid, "that is no day").WithHelp("write it as 2027-01-31")
		}
		until = day.AddDate(0, 0, 1) // the whole day counts
	}
	if err := c.Organisation.ChangeRole(c.Context(), c.Asker(), c.r.PathValue("member"), role, until); err != nil {
		return err
	}
	return c.Done(membersPath, "role")
}

func removeMember(c *Call) error {
	if err := c.Organisation.RemoveMember(c.Context(), c.Asker(), c.r.PathValue("member"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(membersPath, "member")
}

func askRecovery(c *Call) error {
	if err := c.Organisation.AskRecovery(c.Context(), c.Asker(), c.r.PathValue("member"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(membersPath, "asked")
}

func approveRecovery(c *Call) error {
	told, err := c.Organisation.ApproveRecovery(c.Context(), c.Asker(), c.r.PathValue("recovery"))
	if err != nil {
		return err
	}
	link := Link(c.base(), "recovery", string(told.Text.Expose()))
	return c.Show(View{Title: say.T(c.Context(), "Recovery"), Section: membersPath}, linkPage("Hand this link to the member, in person or by a channel that you know is theirs", "It works once, and registers a passkey.", link, told.Expires, membersPath))
}

// openRecovery reports whether somebody can still agree to it.
func openRecovery(r identity.Recovery, now time.Time) bool {
	return !r.Used && r.Approved == "" && now.Before(r.Expires)
}

func openInvitation(v identity.Invitation, now time.Time) bool {
	return !v.Used && !v.Revoked && now.Before(v.Expires)
}
