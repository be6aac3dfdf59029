package web

import (
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
)

// staff are the pages of the operator's own people. They have a session of their own, with a cookie of its own.
func (s *Site) staff() {
	s.staffPage("/staff/sign-in", "staff-sign-in", route.Everybody, "", showStaffSignIn)
	s.staffCeremony("/staff/sign-in/passkey", "staff-sign-in-begin", route.Everybody, beginSignIn)
	s.staffCeremony("/staff/sign-in/passkey/finish", "staff-sign-in-finish", route.Everybody, finishSignIn)
	s.staffPage("/staff/sign-in/provider", "staff-sign-in-leave", route.Everybody, "", leaveStaff)
	s.keys()
	s.staffForm("/staff/sign-out", "staff-sign-out", route.Person, "", signOut)
	s.staffPage("/staff/step-up", "staff-step-up", route.Person, "", showStepUp)
	s.staffCeremony("/staff/step-up/passkey", "staff-step-up-begin", route.Person, beginStepUp)
	s.staffCeremony("/staff/step-up/passkey/finish", "staff-step-up-finish", route.Person, finishStepUp)
	s.staffPage("/staff", "staff", route.Person, "", showStaff)
	s.staffPage("/staff/undertaking", "staff-undertaking", route.Person, "", showUndertaking)
	s.staffForm("/staff/undertaking", "staff-undertaking-sign", route.Person, "", signUndertaking)
	s.staffForm("/staff/grants", "staff-grant-ask", route.Person, "", askGrant)
	s.staffForm("/staff/grants/{grant}/enter", "staff-grant-enter", route.Person, "", enterGrant, inPath("grant", "grant"))
	s.staffPage("/staff/personnel", "staff-personnel", route.Inside, access.StaffList, showPersonnel)
	s.staffForm("/staff/personnel", "staff-personnel-add", route.Inside, access.StaffChange, addPerson)
	s.organisations()
	s.staffForm("/staff/personnel/{person}/leave", "staff-personnel-leave", route.Inside, access.StaffChange, personLeaves, inPath("person", "person"))
}

func (s *Site) staffPage(path, name string, who route.Who, act access.Action, h handler) {
	s.add(route.Route{Method: "GET", Path: path, Name: name, Who: who, Action: act, Page: true}, identity.Staff, h)
}

func (s *Site) staffForm(path, name string, who route.Who, act access.Action, h handler, things ...route.Thing) {
	s.add(route.Route{Method: "POST", Path: path, Name: name, Who: who, Action: act, Page: true, Things: things}, identity.Staff, h)
}

func (s *Site) staffCeremony(path, name string, who route.Who, h handler) {
	s.add(route.Route{Method: "POST", Path: path, Name: name, Who: who}, identity.Staff, h)
}

func showStaffSignIn(c *call) error {
	all, err := c.Staff.Providers(c.ctx())
	if err != nil {
		return err
	}
	next := ownPath(c.r.URL.Query().Get("next"))
	if next == "/" {
		next = "/staff"
	}
	return c.show(view{Title: "Staff sign-in", Narrow: true, Scripts: []string{"passkey.js"}}, staffSignInPage(all, next))
}

func leaveStaff(c *call) error {
	all, err := c.Staff.Providers(c.ctx())
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.ID == c.r.URL.Query().Get("provider") {
			return c.depart(id.Platform, p.ID)
		}
	}
	return fault.New(fault.NotFound, "there is no such way to sign in")
}

// staffView is what the first page of staff shows.
type staffView struct {
	Self   identity.Personnel
	Grants []identity.Grant
	Alone  bool // the platform has no provider
	Now    time.Time
}

func showStaff(c *call) error {
	v := staffView{Now: c.Now()}
	providers, err := c.Staff.Providers(c.ctx())
	if err != nil {
		return err
	}
	v.Alone = len(providers) == 0
	if v.Self, err = c.Staff.Self(c.ctx(), *c.who); err != nil {
		return err
	}
	if v.Grants, err = c.Staff.Asked(c.ctx(), *c.who); err != nil {
		return err
	}
	return c.show(view{
		Title: "Support access", Section: "/staff",
		Lead: "You see nothing of a customer without an access that the customer sees at once, with your reason. It lasts eight hours at most, and each read is recorded.",
	}, staffPage(v))
}

func showUndertaking(c *call) error {
	self, err := c.Staff.Self(c.ctx(), *c.who)
	if err != nil {
		return err
	}
	return c.show(view{Title: "Undertaking of confidentiality", Section: "/staff/undertaking"}, undertakingPage(c.Undertaking(), self))
}

func signUndertaking(c *call) error {
	if c.form("agree") != c.Undertaking().Version {
		return fault.New(fault.Invalid, "the undertaking is not agreed to").WithHelp("read it, and tick the box below it")
	}
	if err := c.Staff.Sign(c.ctx(), *c.who, c.form("agree")); err != nil {
		return err
	}
	return c.done("/staff/undertaking", "undertaken")
}

func askGrant(c *call) error {
	hours, err := strconv.Atoi(c.form("hours"))
	if err != nil || hours < 1 || hours > 8 {
		return fault.New(fault.Invalid, "an access lasts 1 to 8 hours")
	}
	in := Asked{Slug: c.form("organisation"), Reason: c.form("reason"), Ticket: c.form("ticket"), Hours: hours}
	if err := c.Staff.Ask(c.ctx(), *c.who, in); err != nil {
		return err
	}
	return c.done("/staff", "grant")
}

func enterGrant(c *call) error {
	all, err := c.Staff.Asked(c.ctx(), *c.who)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.ID != c.r.PathValue("grant") {
			continue
		}
		cookie, err := c.Staff.Enter(c.ctx(), *c.who, g)
		if err != nil {
			return err
		}
		c.signed(cookie)
		return c.done("/staff", "switched")
	}
	return fault.New(fault.NotFound, "there is no such access")
}

func showPersonnel(c *call) error {
	all, err := c.Staff.Personnel(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	return c.show(view{
		Title: "Personnel", Section: "/staff/personnel",
		Lead: "Whoever has a role of the platform. Without a signed undertaking, and of a contractor without a contract in force, a record gives no role.",
	}, personnelPage(all, c.actor().ID.Person(), decided(c.actor(), access.StaffChange), c.Undertaking().Version, c.Now()))
}

func addPerson(c *call) error {
	p := Person{Name: c.form("name"), Email: c.form("email"), Contractor: c.form("contractor") == "yes", Contract: c.form("contract")}
	for _, r := range c.r.PostForm["role"] {
		p.Roles = append(p.Roles, access.Role(r))
	}
	if len(p.Roles) > 5 {
		return fault.New(fault.Invalid, "there are five roles")
	}
	if text := c.form("until"); text != "" {
		until, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return fault.New(fault.Invalid, "that is no day").WithHelp("write it as 2027-01-31")
		}
		p.Until = until.AddDate(0, 0, 1)
	}
	if err := c.Staff.AddPerson(c.ctx(), c.actor(), p); err != nil {
		return err
	}
	return c.done("/staff/personnel", "person")
}

func personLeaves(c *call) error {
	if err := c.Staff.Leave(c.ctx(), c.actor(), c.r.PathValue("person"), c.form("reason")); err != nil {
		return err
	}
	return c.done("/staff/personnel", "left")
}

var platformRoles = []access.Role{access.Administrator, access.Security, access.Legal, access.Support, access.Operations}

func roleNames(roles []access.Role) string {
	text := ""
	for i, r := range roles {
		if i > 0 {
			text += ", "
		}
		text += title(r)
	}
	return text
}
