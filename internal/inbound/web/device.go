package web

import (
	"strings"

	"c4arch/internal/content/say"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

// device says in a few words with what somebody came: "Firefox on Linux". It is for the list of one's sessions, and no more than a hint: anybody can send any name.
func device(agent string) string {
	browser, system := "A browser", ""
	for _, x := range [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, x[0]) {
			browser = x[1]
			break
		}
	}
	for _, x := range [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, x[0]) {
			system = x[1]
			break
		}
	}
	if system == "" {
		return browser
	}
	return browser + " on " + system
}

// device lets a program in that waits for it (RFC 8628 section 3.3).
func (s *Site) device() {
	s.page("/device", "device", route.Person, "", showDevice)
	s.form("/device", "device-find", route.Person, "", findDevice, inBody("code", "device"))
	s.form("/device/decision", "device-decide", route.Person, "", decideDevice, inBody("code", "device"))
}

func showDevice(c *Call) error {
	// A code in the address only fills the field: somebody else may have made the link (RFC 8628 section 5.4), so nothing is looked up before it was sent on purpose.
	code := c.r.URL.Query().Get("user_code")
	if len(code) > 20 {
		code = ""
	}
	return c.Show(View{Title: say.T(c.Context(), "Let a program in"), Narrow: true}, devicePage(code))
}

func findDevice(c *Call) error {
	code, err := userCode(c.Form("code"))
	if err != nil {
		return err
	}
	if c.Asker().Org == "" {
		return errChoose
	}
	asking, err := c.SignIn.Device(c.Context(), *c.who, code, c.from())
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Let a program in"), Narrow: true}, askingPage(code, asking, c.current()))
}

func decideDevice(c *Call) error {
	code, err := userCode(c.Form("code"))
	if err != nil {
		return err
	}
	yes := c.Form("decision") == "approve"
	if err := c.SignIn.DecideDevice(c.Context(), *c.who, code, yes, c.from()); err != nil {
		return err
	}
	if yes {
		return c.Done("/account", "approved")
	}
	return c.Done("/account", "denied")
}

// userCode is what somebody typed, as it was told.
func userCode(text string) (string, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if text == "" || len(text) > 20 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.New(fault.Invalid, "that is no code of a program").WithHelp("type it as the program shows it: eight letters or digits with a hyphen between")
	}
	return text, nil
}

// current is the organisation that the session is in.
func (c *Call) current() *Membership {
	all, err := c.SignIn.Organisations(c.Context(), *c.who)
	if err != nil {
		return nil
	}
	for i := range all {
		if all[i].Org == c.who.Session.Org {
			return &all[i]
		}
	}
	return nil
}
