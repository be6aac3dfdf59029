package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

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

func showRules(c *call) error {
	a := c.actor()
	v := rulesView{Change: decided(a, access.SSOChange), Callback: c.base() + "/oidc/return/", SCIM: c.base() + "/scim/v2"}
	if m := c.current(); m != nil {
		v.Slug, v.SignIn = m.Slug, c.base()+"/sign-in/"+m.Slug
	}
	v.Roles = joinable(a)
	var err error
	if v.Providers, err = c.Federation.Providers(c.ctx(), a); err != nil {
		return err
	}
	if v.Domains, err = c.Federation.Domains(c.ctx(), a); err != nil {
		return err
	}
	if v.Policy, err = c.Federation.Policy(c.ctx(), a); err != nil {
		return err
	}
	return c.show(view{Title: "Sign-in", Section: rulesPath, Lead: "How members of this organisation sign in, and what is demanded of them."}, rulesPage(v))
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

func addProvider(c *call) error {
	in := NewProvider{
		Name: c.form("name"), Issuer: c.form("issuer"), Client: c.form("client"), Groups: c.form("groups"), Join: access.Role(c.form("join")),
		Secret: secret.New([]byte(c.r.PostForm.Get("secret"))),
	}
	if err := c.Federation.AddProvider(c.ctx(), c.actor(), in); err != nil {
		return err
	}
	return c.done(rulesPath, "provider")
}

func switchProvider(c *call) error {
	if err := c.Federation.SwitchProvider(c.ctx(), c.actor(), c.r.PathValue("provider"), c.form("off") == "yes"); err != nil {
		return err
	}
	return c.done(rulesPath, "provider")
}

func addDomain(c *call) error {
	if err := c.Federation.AddDomain(c.ctx(), c.actor(), c.form("name"), c.form("provider")); err != nil {
		return err
	}
	return c.done(rulesPath, "domain")
}

func verifyDomain(c *call) error {
	if err := c.Federation.VerifyDomain(c.ctx(), c.actor(), c.r.PathValue("domain")); err != nil {
		return err
	}
	return c.done(rulesPath, "verified")
}

func removeDomain(c *call) error {
	if err := c.Federation.RemoveDomain(c.ctx(), c.actor(), c.r.PathValue("domain")); err != nil {
		return err
	}
	return c.done(rulesPath, "undomain")
}

func setPolicy(c *call) error {
	p, err := c.Federation.Policy(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	if seen := c.form("version"); seen != strconv.FormatInt(p.Version, 10) {
		return fault.New(fault.Conflict, "somebody else has changed it meanwhile").WithHelp("load the page again, and decide again")
	}
	p.SSO, p.Grants, p.Addresses = c.form("sso") == "yes", c.form("grants") == "yes", []string{}
	p.Addresses = append(p.Addresses, strings.FieldsFunc(c.form("addresses"), func(r rune) bool { return r == ',' || r <= ' ' })...)
	minutes, err := strconv.Atoi(c.form("session"))
	if err != nil || minutes < 0 || minutes > 24*60 {
		return fault.New(fault.Invalid, "a session is good for 0 to 1440 minutes").WithHelp("0 is as long as the service allows")
	}
	p.Session = time.Duration(minutes) * time.Minute
	if err := c.Federation.SetPolicy(c.ctx(), c.actor(), p); err != nil {
		return err
	}
	return c.done(rulesPath, "policy")
}

func minutes(d time.Duration) string { return fmt.Sprint(int(d / time.Minute)) }
