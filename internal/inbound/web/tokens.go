package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/content/say"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
)

const tokensPath = "/organisation/tokens"

// tokens is what programs are in an organisation.
func (s *Site) tokens() {
	s.page(tokensPath, "tokens", route.Inside, access.TokenList, showTokens)
	s.page(tokensPath+"/{token}", "token-reach", route.Inside, access.TokenDrop, showReach, inPath("token", "token"))
	s.form(tokensPath+"/service", "tokens-service", route.Inside, access.TokenChange, createService)
	s.form(tokensPath+"/service/{account}/disable", "tokens-service-disable", route.Inside, access.TokenChange, disableService, inPath("account", "service"))
	s.form(tokensPath+"/new", "tokens-new", route.Inside, access.TokenChange, createToken, inBody("account", "service"), inBody("project", "project"))
	s.form(tokensPath+"/{token}/revoke", "tokens-revoke", route.Inside, access.TokenDrop, revokeToken, inPath("token", "token"))
}

// purposeView is a purpose that a program's token can have, and what that gives.
type purposeView struct {
	Purpose access.Purpose
	Says    string
	Actions []access.Action
}

var purposeSays = []struct {
	purpose access.Purpose
	says    string
}{
	{access.CI, "Pipelines: hand inputs over, scan, compare, read the result"},
	{access.Reporting, "Reports: read architecture and drift"},
	{access.Provisioning, "SCIM: users and groups from your directory"},
	{access.Streaming, "SIEM: pull the ledger and the access log"},
}

func purposes() (all []purposeView) {
	for _, p := range purposeSays {
		all = append(all, purposeView{Purpose: p.purpose, Says: p.says, Actions: p.purpose.Actions()})
	}
	return all
}

// tokensView is what the page of programs shows.
type tokensView struct {
	Services []identity.Service
	Tokens   []Token
	Projects []tenant.Project
	Members  []tenant.Member
	Purposes []purposeView
	Change   bool
}

func (v tokensView) owner(person string) string {
	for _, m := range v.Members {
		if m.Person == person {
			return m.Name
		}
	}
	return "nobody"
}

func showTokens(c *Call) error {
	a := c.Asker()
	v := tokensView{Change: decided(a, access.TokenChange), Purposes: purposes()}
	var err error
	if v.Services, err = c.Organisation.Services(c.Context(), a); err != nil {
		return err
	}
	if v.Tokens, err = c.Organisation.Tokens(c.Context(), a); err != nil {
		return err
	}
	slices.SortStableFunc(v.Tokens, func(x, y Token) int { return cmp.Or(boolCompare(x.Revoked, y.Revoked), y.Created.Compare(x.Created)) })
	if v.Projects, err = c.Organisation.Projects(c.Context(), a); err != nil {
		return err
	}
	if v.Members, err = c.Organisation.Members(c.Context(), a); err != nil {
		return err
	}
	return c.Show(View{
		Title: say.T(c.Context(), "Programs and tokens"), Section: tokensPath,
		Lead: say.T(c.Context(), "A token is for one purpose and is refused everywhere else. A service account that nothing uses for 30 days is disabled."),
	}, tokensPage(v))
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func createService(c *Call) error {
	if err := c.Organisation.CreateService(c.Context(), c.Asker(), c.Form("name")); err != nil {
		return err
	}
	return c.Done(tokensPath, "service")
}

func disableService(c *Call) error {
	if err := c.Organisation.DisableService(c.Context(), c.Asker(), c.r.PathValue("account"), "disabled on its page"); err != nil {
		return err
	}
	return c.Done(tokensPath, "disabled")
}

func createToken(c *Call) error {
	in := NewToken{Service: c.Form("account"), Name: c.Form("name"), Purpose: access.Purpose(c.Form("purpose")), Project: id.Project(c.Form("project"))}
	for _, scope := range c.r.PostForm["scope"] {
		in.Scopes = append(in.Scopes, access.Action(scope))
	}
	in.Addresses = strings.FieldsFunc(c.Form("addresses"), func(r rune) bool { return r == ',' || r <= ' ' })
	days, err := strconv.Atoi(c.Form("days"))
	if err != nil || days < 1 || days > 365 {
		return fault.New(fault.Invalid, "a token is good for 1 to 365 days")
	}
	in.Days = days
	if len(in.Scopes) > 100 || len(in.Addresses) > 100 {
		return fault.New(fault.Limited, "a token has at most 100 scopes and 100 ranges of addresses")
	}
	told, err := c.Organisation.CreateToken(c.Context(), c.Asker(), in)
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "A new token"), Section: tokensPath}, linkPage("Token for "+in.Name, "Put it where the program keeps its secrets.", string(told.Text.Expose()), told.Expires, tokensPath))
}

func revokeToken(c *Call) error {
	if err := c.Organisation.RevokeToken(c.Context(), c.Asker(), c.r.PathValue("token"), "revoked on the page of tokens"); err != nil {
		return err
	}
	return c.Done(tokensPath, "token")
}

func showReach(c *Call) error {
	r, err := c.Organisation.Reach(c.Context(), c.Asker(), c.r.PathValue("token"))
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "What “") + r.Name + "” could reach", Section: tokensPath, Lead: say.T(c.Context(), "This is asked of the rules that decide, now.")}, reachPage(r))
}

// day is a day, for people.
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

func liveServices(v tokensView) []identity.Service {
	return slices.DeleteFunc(slices.Clone(v.Services), func(s identity.Service) bool { return s.Disabled })
}
