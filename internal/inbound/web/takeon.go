package web

import (
	"c4arch/internal/account/access"
	"c4arch/internal/inbound/route"
)

const organisationsPath = "/staff/organisations"

// organisations is where an administrator of the platform takes organisations on. Nothing of what they have is on it.
func (s *Site) organisations() {
	s.staffPage(organisationsPath, "staff-organisations", route.Inside, access.OrganisationList, showOrganisations)
	s.staffForm(organisationsPath, "staff-organisation-create", route.Inside, access.OrganisationCreate, takeOn)
}

func showOrganisations(c *call) error {
	all, err := c.Staff.Organisations(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	return c.show(view{
		Title: "Organisations", Section: organisationsPath,
		Lead: "Whom this service works for. What they have in it is theirs: you see it with an access that they see too.",
	}, organisationsPage(all, decided(c.actor(), access.OrganisationCreate)))
}

func takeOn(c *call) error {
	told, err := c.Staff.TakeOn(c.ctx(), c.actor(), NewOrganisation{Name: c.form("name"), Slug: c.form("slug"), OwnerName: c.form("owner"), OwnerEmail: c.form("email")}, c.from())
	if err != nil {
		return err
	}
	return c.show(view{Title: "An organisation is taken on", Section: organisationsPath},
		linkPage("Invitation of the first owner", "Send it to the owner and to nobody else. Whoever opens it makes a passkey, and owns the organisation.", Link(c.base(), "invitation", string(told.Text.Expose())), told.Expires, organisationsPath))
}
