package governance

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/governance"
	"c4arch/internal/trust/governance"
)

// ownersView is who owns what, by domain.
type ownersView struct {
	service.Ownership
	Domains []ownedDomain
	Open    int // that need somebody
	May     bool
	Me      string
}

// ownedDomain is the items of a domain.
type ownedDomain struct {
	ID    string
	Items []governance.Owned
	Parts []string // of controls
	Open  int
}

func (d desk) owners(c *web.Call) error {
	ctx := c.Context()
	o, err := d.Programme.Owners(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := ownersView{Ownership: o, May: c.May(access.ControlOwn, ""), Me: c.Person()}
	for _, name := range governance.Domains() {
		x := ownedDomain{ID: name}
		for _, i := range o.Items {
			if i.Item.Domain != name {
				continue
			}
			x.Items = append(x.Items, i)
			if i.State != governance.HasOwner {
				x.Open++
			}
			if i.Item.Part != "" && !slices.Contains(x.Parts, i.Item.Part) {
				x.Parts = append(x.Parts, i.Item.Part)
			}
		}
		v.Domains, v.Open = append(v.Domains, x), v.Open+x.Open
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Owners"), Section: ownersPath, Styles: []string{style},
		Lead: say.T(ctx, "Every control, runbook, review, document and part of the product has one owner, who is one of the platform's people. When somebody leaves, it shows here at once."),
	}, ownersPage(v))
}

// assign gives what was ticked, all of a domain or a part, or all that needs somebody.
func (d desk) assign(c *web.Call) error {
	ctx, what := c.Context(), c.Form("what")
	items := c.Forms("item")
	if what != "ticked" {
		o, err := d.Programme.Owners(ctx, c.Asker())
		if err != nil {
			return err
		}
		items = chosen(o, what, c.Form("domain"), c.Form("part"))
	}
	if len(items) == 0 {
		return fault.New(fault.Invalid, "nothing is chosen").WithHelp("tick what you want to give somebody, or take the whole domain")
	}
	if _, err := d.Programme.Assign(ctx, c.Asker(), items, c.Form("person")); err != nil {
		return err
	}
	return c.Done(ownersPath, "owned")
}

// chosen are the items of a domain and a part; "open" are those that need somebody.
func chosen(o service.Ownership, what, domain, part string) (items []string) {
	for _, x := range o.Items {
		if (domain == "" || x.Item.Domain == domain) && (part == "" || x.Item.Part == part) && (what == "all" && domain != "" || what == "open" && x.State != governance.HasOwner) {
			items = append(items, x.Item.ID)
		}
	}
	return items
}

func domainName(ctx context.Context, domain string) string {
	switch domain {
	case governance.Control:
		return say.T(ctx, "Controls")
	case governance.Runbook:
		return say.T(ctx, "Runbooks")
	case governance.Review:
		return say.T(ctx, "Reviews")
	case governance.Rollout:
		return say.T(ctx, "Roll-out of legal documents")
	case governance.Incident:
		return say.T(ctx, "Response to incidents")
	}
	return say.T(ctx, "Changes of the product")
}

func ownedMark(ctx context.Context, s governance.OwnedState) (mark, word string) {
	switch s {
	case governance.HasOwner:
		return "good", say.T(ctx, "owned")
	case governance.Leaving:
		return "wrong", say.T(ctx, "needs another owner")
	case governance.Ownerless:
	}
	return "wrong", say.T(ctx, "no owner")
}
