package web

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/route"
)

const organisationsPath = "/staff/organisations"

// organisations is where an administrator of the platform takes organisations on. Nothing of what they have is on it.
func (s *Site) organisations() {
	s.staffPage(organisationsPath, "staff-organisations", route.Inside, access.OrganisationList, showOrganisations)
	s.staffForm(organisationsPath, "staff-organisation-create", route.Inside, access.OrganisationCreate, takeOn)
}

func showOrganisations(c *Call) error {
	all, err := c.Staff.Organisations(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return c.Show(View{
		Title: say.T(c.Context(), "Organisations"), Section: organisationsPath,
		Lead: say.T(c.Context(), "Whom this service works for. What they have in it is theirs: you see it with an access that they see too."),
	}, organisationsPage(all, decided(c.Asker(), access.OrganisationCreate)))
}

func takeOn(c *Call) error {
	told, err := c.Staff.TakeOn(c.Context(), c.Asker(), NewOrganisation{Name: c.Form("name"), Slug: c.Form("slug"), OwnerName: c.Form("owner"), OwnerEmail: c.Form("email")}, c.from())
	if err != nil {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "An organisation is taken on"), Section: organisationsPath},
		linkPage(say.T(c.Context(), "Invitation of the first owner"), say.T(c.Context(), "Send it to the owner and to nobody else. Whoever opens it makes a passkey, and owns the organisation."), Link(c.base(), "invitation", string(told.Text.Expose())), told.Expires, organisationsPath))
}

// stateOfOrganisation is how an organisation stands, in a word.
func stateOfOrganisation(ctx context.Context, state string) string {
	switch state {
	case "active":
		return say.T(ctx, "active")
	case "creating":
		return say.T(ctx, "being made")
	case "destroyed":
		return say.T(ctx, "destroyed")
	}
	return state
}
