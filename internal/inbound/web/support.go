package web

import (
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/inbound/route"
)

const supportPath = "/organisation/access"

// supportAccess is the access of the operator's staff to an organisation.
func (s *Site) supportAccess() {
	s.page(supportPath, "grants", route.Inside, access.GrantRead, showSupport)
	s.form(supportPath+"/{grant}/approve", "grants-approve", route.Inside, access.GrantChange, approveGrant, inPath("grant", "grant"))
	s.form(supportPath+"/{grant}/refuse", "grants-refuse", route.Inside, access.GrantChange, refuseGrant, inPath("grant", "grant"))
}

// supportView is what the page of support access shows.
type supportView struct {
	Grants []identity.Grant
	Reads  []Read
	Change bool
	Now    time.Time
}

func showSupport(c *Call) error {
	a := c.Asker()
	v := supportView{Change: decided(a, access.GrantChange), Now: c.Now()}
	var err error
	if v.Grants, err = c.Staff.Grants(c.Context(), a); err != nil {
		return err
	}
	if v.Reads, err = c.Staff.Reads(c.Context(), a); err != nil {
		return err
	}
	return c.Show(View{
		Title: "Support access", Section: supportPath,
		Lead: "The operator's staff see nothing of this organisation without an access that is listed here, with its reason, from the moment in which it is asked for.",
	}, supportPage(v))
}

func approveGrant(c *Call) error {
	if err := c.Staff.ApproveGrant(c.Context(), c.Asker(), c.r.PathValue("grant")); err != nil {
		return err
	}
	return c.Done(supportPath, "granted")
}

func refuseGrant(c *Call) error {
	if err := c.Staff.RefuseGrant(c.Context(), c.Asker(), c.r.PathValue("grant"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(supportPath, "refused")
}

// grantState is a grant's state in a word, and how it is marked.
func grantState(g identity.Grant, now time.Time) (word, mark string) {
	switch {
	case g.State == "asked":
		return "Asked for", "warn"
	case g.State == "active" && now.Before(g.Until):
		return "In force", "good"
	case g.State == "active":
		return "Over", ""
	case g.State == "refused":
		return "Refused", ""
	}
	return "Revoked", ""
}

func openGrant(g identity.Grant, now time.Time) bool {
	return g.State == "asked" || g.State == "active" && now.Before(g.Until)
}
