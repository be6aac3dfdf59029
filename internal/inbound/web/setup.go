package web

import (
	"strings"

	"c4arch/internal/content/say"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

// Link is what is printed at the first start, or told whoever is invited. The code stands behind the #: a browser keeps that to itself, so no log of any hop holds it.
func Link(origin, page, code string) string { return origin + "/" + page + "#code=" + code }

// setup makes whoever has the code of a new instance its administrator, and the owner of the first organisation.
func (s *Site) setup() {
	s.page("/setup", "setup", route.Everybody, "", showSetup)
	s.ceremony("/setup/passkey", "setup-begin", route.Everybody, "", beginSetup)
	s.ceremony("/setup/passkey/finish", "setup-finish", route.Everybody, "", finishSetup)
}

func showSetup(c *Call) error {
	waits, err := c.Setup(c.Context())
	if err != nil {
		return err
	}
	if !waits {
		return fault.New(fault.NotFound, "this service is set up already").WithHelp("sign in, or ask whoever runs it")
	}
	return c.Show(View{Title: say.T(c.Context(), "Set up c4arch"), Narrow: true, Scripts: []string{"passkey.js"}}, setupPage(c.Undertaking()))
}

// codeOf takes a code, or the whole link, as somebody without scripts pastes it.
func codeOf(text string) string {
	text = strings.TrimSpace(text)
	if _, after, ok := strings.Cut(text, "#code="); ok {
		text = after
	}
	if len(text) > 256 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return text
}

func beginSetup(c *Call) error {
	var f map[string]string
	if err := c.Body(&f); err != nil {
		return err
	}
	if f["agree"] != c.Undertaking().Version {
		return fault.New(fault.Invalid, "the undertaking is not agreed to").WithHelp("read it, and tick the box below it")
	}
	founder := Founder{Name: strings.TrimSpace(f["name"]), Email: strings.TrimSpace(f["email"]), Organisation: strings.TrimSpace(f["organisation"]), Slug: strings.TrimSpace(f["slug"])}
	return c.begun(c.SignIn.BeginSetup(c.Context(), codeOf(f["code"]), founder, c.from()))
}

func finishSetup(c *Call) error {
	handle, in, err := c.ended()
	if err != nil {
		return err
	}
	cookie, err := c.SignIn.FinishSetup(c.Context(), handle, in.Response, c.from())
	return c.entered(cookie, err, c.begins()+"?done=welcome")
}
