package web

import (
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
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
	s.staffForm("/staff/personnel/{person}", "staff-personnel-change", route.Inside, access.StaffChange, changePerson, inPath("person", "person"))
	s.organisations()
	s.staffForm("/staff/personnel/{person}/leave", "staff-personnel-leave", route.Inside, access.StaffChange, personLeaves, inPath("person", "person"))
}

func (s *Site) staffPage(path, name string, who route.Who, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: "GET", Path: path, Name: name, Who: who, Action: act, Page: true, Things: things}, identity.Staff, h)
}

func (s *Site) staffForm(path, name string, who route.Who, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: "POST", Path: path, Name: name, Who: who, Action: act, Page: true, Things: things}, identity.Staff, h)
}

func (s *Site) staffCeremony(path, name string, who route.Who, h Handler) {
	s.add(route.Route{Method: "POST", Path: path, Name: name, Who: who}, identity.Staff, h)
}

func showStaffSignIn(c *Call) error {
	all, err := c.Staff.Providers(c.Context())
	if err != nil {
		return err
	}
	next := ownPath(c.r.URL.Query().Get("next"))
	if next == "/" {
		next = "/staff"
	}
	return c.Show(View{Title: say.T(c.Context(), "Staff sign-in"), Narrow: true, Scripts: []string{"passkey.js"}}, staffSignInPage(all, next))
}

func leaveStaff(c *Call) error {
	all, err := c.Staff.Providers(c.Context())
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

func showStaff(c *Call) error {
	v := staffView{Now: c.Now()}
	providers, err := c.Staff.Providers(c.Context())
	if err != nil {
		return err
	}
	v.Alone = len(providers) == 0
	if v.Self, err = c.Staff.Self(c.Context(), *c.who); err != nil {
		return err
	}
	if v.Grants, err = c.Staff.Asked(c.Context(), *c.who); err != nil {
		return err
	}
	return c.Show(View{
		Title: say.T(c.Context(), "Support access"), Section: "/staff",
		Lead: say.T(c.Context(), "You see nothing of a customer without an access that the customer sees at once, with your reason. It lasts eight hours at most, and each read is recorded."),
	}, staffPage(v))
}

func showUndertaking(c *Call) error {
	self, err := c.Staff.Self(c.Context(), *c.who)
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Undertaking of confidentiality"), Section: "/staff/undertaking"}, undertakingPage(c.Undertaking(), self))
}

func signUndertaking(c *Call) error {
	if c.Form("agree") != c.Undertaking().Version {
		return fault.New(fault.Invalid, "the undertaking is not agreed to").WithHelp("read it, and tick the box below it")
	}
	if err := c.Staff.Sign(c.Context(), *c.who, c.Form("agree")); err != nil {
		return err
	}
	return c.Done("/staff/undertaking", "undertaken")
}

func askGrant(c *Call) error {
	hours, err := strconv.Atoi(c.Form("hours"))
	if err != nil || hours < 1 || hours > 8 {
		return fault.New(fault.Invalid, "an access lasts 1 to 8 hours")
	}
	in := Asked{Slug: c.Form("organisation"), Reason: c.Form("reason"), Ticket: c.Form("ticket"), Hours: hours}
	if err := c.Staff.Ask(c.Context(), *c.who, in); err != nil {
		return err
	}
	return c.Done("/staff", "grant")
}

func enterGrant(c *Call) error {
	all, err := c.Staff.Asked(c.Context(), *c.who)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.ID != c.r.PathValue("grant") {
			continue
		}
		cookie, err := c.Staff.Enter(c.Context(), *c.who, g)
		if err != nil {
			return err
		}
		c.signed(cookie)
		return c.Done("/staff", "switched")
	}
	return fault.New(fault.NotFound, "there is no such access")
}

func showPersonnel(c *Call) error {
	all, err := c.Staff.Personnel(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return c.Show(View{
		Title: say.T(c.Context(), "Personnel"), Section: "/staff/personnel",
		Lead: say.T(c.Context(), "Whoever has a role of the platform. Without a signed undertaking, and of a contractor without a contract in force, a record gives no role."),
	}, personnelPage(all, c.Asker().ID.Person(), decided(c.Asker(), access.StaffChange), c.Undertaking().Version, c.Now()))
}

func addPerson(c *Call) error {
	p := Person{Name: c.Form("name"), Email: c.Form("email"), Contractor: c.Form("contractor") == "yes", Contract: c.Form("contract")}
	for _, r := range c.r.PostForm["role"] {
		p.Roles = append(p.Roles, access.Role(r))
	}
	if len(p.Roles) > 5 {
		return fault.New(fault.Invalid, "there are five roles")
	}
	if err := p.until(c.Form("until")); err != nil {
		return err
	}
	if err := c.Staff.AddPerson(c.Context(), c.Asker(), p); err != nil {
		return err
	}
	return c.Done("/staff/personnel", "person")
}

// until takes the last day of a contract, which counts as a whole.
func (p *Person) until(text string) error {
	if text == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fault.New(fault.Invalid, "that is no day").WithHelp("write it as 2027-01-31")
	}
	p.Until = day.AddDate(0, 0, 1)
	return nil
}

// lastDay is the day that [Person.until] was given.
func lastDay(until time.Time) string {
	if until.IsZero() {
		return ""
	}
	return until.UTC().Add(-time.Nanosecond).Format(time.DateOnly)
}

func changePerson(c *Call) error {
	version, err := strconv.ParseInt(c.Form("version"), 10, 64)
	if err != nil || version < 1 {
		return fault.New(fault.Invalid, "the form is not whole").WithHelp("open the page anew")
	}
	p := Person{Roles: []access.Role{}, Contract: c.Form("contract")}
	for _, r := range c.Forms("role") {
		p.Roles = append(p.Roles, access.Role(r))
	}
	if len(p.Roles) > len(platformRoles) {
		return fault.New(fault.Invalid, "there are five roles")
	}
	if err := p.until(c.Form("until")); err != nil {
		return err
	}
	if err := c.Staff.ChangePerson(c.Context(), c.Asker(), c.r.PathValue("person"), p, version); err != nil {
		return err
	}
	return c.Done("/staff/personnel", "person")
}

func personLeaves(c *Call) error {
	if err := c.Staff.Leave(c.Context(), c.Asker(), c.r.PathValue("person"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done("/staff/personnel", "left")
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
