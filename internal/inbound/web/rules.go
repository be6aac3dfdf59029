package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/content/say"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/route"
)

const rulesPath = "/organisation/sign-in"

// signInRules is how members sign in, and what is demanded of them.
func (s *Site) signInRules() {
	s.page(rulesPath, "sso", route.Inside, access.SSORead, showRules)
	s.form(rulesPath+"/providers", "sso-provider-add", route.Inside, access.SSOChange, addProvider)
	s.form(rulesPath+"/providers/{provider}/switch", "sso-provider-switch", route.Inside, access.SSOChange, switchProvider, inPath("provider", "provider"))
	s.form(rulesPath+"/domains", "sso-domain-add", route.Inside, access.SSOChange, addDomain, inBody("provider", "provider"))
	s.form(rulesPath+"/domains/{domain}/verify", "sso-domain-verify", route.Inside, access.SSOChange, verifyDomain, inPath("domain", "domain"))
	s.form(rulesPath+"/domains/{domain}/remove", "sso-domain-remove", route.Inside, access.SSOChange, removeDomain, inPath("domain", "domain"))
	s.form(rulesPath+"/policy", "sso-policy", route.Inside, access.SSOChange, setPolicy)
}

// rulesView is what the page of signing in shows.
type rulesView struct {
	Providers []identity.Provider
	Domains   []identity.Domain
	Policy    identity.Policy
	Change    bool
	Roles     []access.Role
	Callback  string // without the provider's id
	SCIM      string
	Slug      string
	SignIn    string
}

func (v rulesView) provider(name string) string {
	for _, p := range v.Providers {
		if p.ID == name {
			return p.Name
		}
	}
	return "any of them"
}

func showRules(c *Call) error {
	a := c.Asker()
	v := rulesView{Change: decided(a, access.SSOChange), Callback: c.base() + "/oidc/return/", SCIM: c.base() + "/scim/v2"}
	if m := c.current(); m != nil {
		v.Slug, v.SignIn = m.Slug, c.base()+"/sign-in/"+m.Slug
	}
	v.Roles = joinable(a)
	var err error
	if v.Providers, err = c.Federation.Providers(c.Context(), a); err != nil {
		return err
	}
	if v.Domains, err = c.Federation.Domains(c.Context(), a); err != nil {
		return err
	}
	if v.Policy, err = c.Federation.Policy(c.Context(), a); err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "Sign-in"), Section: rulesPath, Lead: say.T(c.Context(), "How members of this organisation sign in, and what is demanded of them.")}, rulesPage(v))
}

// joinable are the roles that a provider can give: never that of an owner.
func joinable(a access.Actor) (all []access.Role) {
	for _, r := range givable(a) {
		if r != access.Owner {
			all = append(all, r)
		}
	}
	return all
}

func addProvider(c *Call) error {
	in := NewProvider{
		Name: c.Form("name"), Issuer: c.Form("issuer"), Client: c.Form("client"), Groups: c.Form("groups"), Join: access.Role(c.Form("join")),
		Secret: secret.New([]byte(c.r.PostForm.Get("secret"))),
	}
	if err := c.Federation.AddProvider(c.Context(), c.Asker(), in); err != nil {
		return err
	}
	return c.Done(rulesPath, "provider")
}

func switchProvider(c *Call) error {
	if err := c.Federation.SwitchProvider(c.Context(), c.Asker(), c.r.PathValue("provider"), c.Form("off") == "yes"); err != nil {
		return err
	}
	return c.Done(rulesPath, "provider")
}

func addDomain(c *Call) error {
	if err := c.Federation.AddDomain(c.Context(), c.Asker(), c.Form("name"), c.Form("provider")); err != nil {
		return err
	}
	return c.Done(rulesPath, "domain")
}

func verifyDomain(c *Call) error {
	if err := c.Federation.VerifyDomain(c.Context(), c.Asker(), c.r.PathValue("domain")); err != nil {
		return err
	}
	return c.Done(rulesPath, "verified")
}

func removeDomain(c *Call) error {
	if err := c.Federation.RemoveDomain(c.Context(), c.Asker(), c.r.PathValue("domain")); err != nil {
		return err
	}
	return c.Done(rulesPath, "undomain")
}

func setPolicy(c *Call) error {
	p, err := c.Federation.Policy(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	if seen := c.Form("version"); seen != strconv.FormatInt(p.Version, 10) {
		return fault.New(fault.Conflict, "somebody else has changed it meanwhile").WithHelp("load the page again, and decide again")
	}
	p.SSO, p.Grants, p.Addresses = c.Form("sso") == "yes", c.Form("grants") == "yes", []string{}
	p.Addresses = append(p.Addresses, strings.FieldsFunc(c.Form("addresses"), func(r rune) bool { return r == ',' || r <= ' ' })...)
	minutes, err := strconv.Atoi(c.Form("session"))
	if err != nil || minutes < 0 || minutes > 24*60 {
		return fault.New(fault.Invalid, "a session is good for 0 to 1440 minutes").WithHelp("0 is as long as the service allows")
	}
	p.Session = time.Duration(minutes) * time.Minute
	if err := c.Federation.SetPolicy(c.Context(), c.Asker(), p); err != nil {
		return err
	}
	return c.Done(rulesPath, "policy")
}

func minutes(d time.Duration) string { return fmt.Sprint(int(d / time.Minute)) }
