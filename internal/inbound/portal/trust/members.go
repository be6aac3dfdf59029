package trust

import (
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/content/say"
	"c4arch/internal/content/trustterms"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/trustcentre"
)

const membersPath = "/organisation/trust"

func (d desk) members(s *web.Site) {
	item, pack := web.InPath("item", "trust-item"), web.InPath("pack", "trust-pack")
	s.Says("pack", "The pack is being made. Load this page again in a moment.")
	s.Says("terms", "The terms are accepted. Confidential documents can be downloaded.")
	s.Page(membersPath, "organisation-trust", access.TrustRead, d.own)
	s.Form(membersPath+"/terms", "trust-accept", access.TrustRead, d.accept)
	s.Form(membersPath+"/documents/{item}", "trust-take", access.TrustRead, d.take, item)
	s.Form(membersPath+"/packs", "trust-pack-ask", access.TrustPack, d.ask)
	s.Form(membersPath+"/packs/{pack}", "trust-pack-take", access.TrustRead, d.hand, pack)
}

// ownView is what an organisation has of the trust centre.
type ownView struct {
	Items    []trustcentre.Item
	Accepted trustcentre.Acceptance
	Terms    trustterms.Document
	Packs    []trustcentre.Pack
	Now      time.Time
	Make     bool
	Person   bool
}

// Waiting reports whether a pack is being made.
func (v ownView) Waiting() bool {
	for _, p := range v.Packs {
		if p.State == trustcentre.Queued || p.State == trustcentre.Running {
			return true
		}
	}
	return false
}

// Confidential reports whether there is something that is shown on terms.
func (v ownView) Confidential() bool {
	for _, i := range v.Items {
		if i.Level == trustcentre.OnTerms {
			return true
		}
	}
	return false
}

func (d desk) own(c *web.Call) error {
	v := ownView{Terms: trustterms.Current(), Now: d.Now(), Make: c.May(access.TrustPack, ""), Person: c.Person() != ""}
	var err error
	if v.Items, v.Accepted, err = d.Members.Readable(c.Context(), c.Asker()); err != nil {
		return err
	}
	if v.Packs, err = d.Members.Packs(c.Context(), c.Asker()); err != nil {
		return err
	}
	p := web.View{
		Section: membersPath, Title: say.T(c.Context(), "Trust centre"),
		Lead: say.T(c.Context(), "A signed pack of everything that we say of ourselves and what it rests on, and documents that are not for everybody. Each download stands in your ledger."),
	}
	if v.Waiting() {
		p.Refresh = 5
	}
	return c.Show(p, ownPage(v))
}

func (d desk) accept(c *web.Call) error {
	if err := d.Members.Accept(c.Context(), c.Asker(), c.Form("digest")); err != nil {
		return err
	}
	return c.Done(membersPath, "terms")
}

func (d desk) take(c *web.Call) error {
	name, data, err := d.Members.Take(c.Context(), c.Asker(), c.Path("item"))
	if err != nil {
		return err
	}
	_, err = c.Save(name, "application/zip").Write(data)
	return ignored(err)
}

func (d desk) ask(c *web.Call) error {
	if _, err := d.Members.Ask(c.Context(), c.Asker()); err != nil {
		return err
	}
	return c.Done(membersPath, "pack")
}

func (d desk) hand(c *web.Call) error {
	p, data, err := d.Members.Hand(c.Context(), c.Asker(), c.Path("pack"))
	if err != nil {
		return err
	}
	_, err = c.Save(packFile(p), "application/zip").Write(data)
	return ignored(err)
}

// packFile is the name under which a pack is saved.
func packFile(p trustcentre.Pack) string { return "trust-" + p.ID + ".zip" }
