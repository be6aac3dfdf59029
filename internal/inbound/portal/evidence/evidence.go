// Package evidence is the packs of evidence of a project in the portal: asked for, watched while they are made, downloaded, removed.
//
// It promises: what is downloaded says beside it how it is verified without this service; a pack that is being made says how far it is, without scripts too. It leaves out what is in a
// pack (package evidence of service).
package evidence

import (
	"context"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/evidence"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Packs is the port to packs of evidence.
type Packs interface {
	Ask(ctx context.Context, a access.Actor, project id.Project, w evidence.Wish) (evidence.Pack, error)
	List(ctx context.Context, a access.Actor, project id.Project) ([]evidence.Pack, error)
	Get(ctx context.Context, a access.Actor, project id.Project, pack string) (evidence.Pack, error)
	Take(ctx context.Context, a access.Actor, project id.Project, pack string) (evidence.Pack, []byte, error)
	Remove(ctx context.Context, a access.Actor, project id.Project, pack, reason string) error
}

// Choices are what a pack can be of.
type Choices struct{ Snapshots, Baselines []Choice }

// Choice is one of them.
type Choice struct {
	ID string
	At time.Time
}

// Parts are what the desk needs.
type Parts struct {
	Packs   Packs
	Project func(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)
	Names   func(ctx context.Context, a access.Actor) (map[string]string, error)
	Choices func(ctx context.Context, a access.Actor, project id.Project) (Choices, error)
}

const path = "/projects/{project}/evidence"

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		project, pack := web.InPath("project", "project"), web.InPath("pack", "pack")
		s.Page(path, "evidence", access.EvidenceRead, d.list, project)
		s.Form(path, "evidence-make", access.EvidenceMake, d.ask, project)
		s.Page(path+"/{pack}", "evidence-pack", access.EvidenceRead, d.show, project, pack)
		s.Download(path+"/{pack}/pack", "evidence-download", access.EvidenceRead, d.take, project, pack)
		s.Form(path+"/{pack}/remove", "evidence-remove", access.EvidenceMake, d.remove, project, pack)
		s.Says("pack-asked", "The pack is being made.")
		s.Says("pack-removed", "The pack is removed. The ledger still says that it was there.")
	}
}

type desk struct{ Parts }

// listView is what the list shows.
type listView struct {
	Base    string
	Packs   []evidence.Pack
	Names   map[string]string
	Choices Choices
	Make    bool
	Now     time.Time
	Wish    string // the id that an address names
}

func base(p id.Project) string { return "/projects/" + string(p) + "/evidence" }

func (d desk) open(c *web.Call) (id.Project, web.Project, error) {
	p, err := c.Project()
	if err != nil {
		return p, web.Project{}, err
	}
	about, err := d.Project(c.Context(), c.Asker(), p)
	return p, about, err
}

func (d desk) list(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	packs, err := d.Packs.List(c.Context(), c.Asker(), p) // which decides first
	if err != nil {
		return err
	}
	about, err := d.Project(c.Context(), c.Asker(), p)
	if err != nil {
		return err
	}
	v := listView{Base: base(p), Packs: packs, Make: c.May(access.EvidenceMake, p), Now: c.Now(), Wish: c.Query("of")}
	if v.Names, err = d.Names(c.Context(), c.Asker()); err != nil {
		return err
	}
	if v.Make {
		if v.Choices, err = d.Choices(c.Context(), c.Asker(), p); err != nil {
			return err
		}
	}
	view := web.View{
		Title: say.T(c.Context(), "Evidence"), Lead: say.T(c.Context(), "Packs for an auditor: what was read, approved, found and changed, signed and verifiable without us."), Section: v.Base, Project: &about,
	}
	if waiting(packs) {
		view.Refresh = 3
	}
	return c.Show(view, listPage(v))
}

func waiting(packs []evidence.Pack) bool {
	for _, p := range packs {
		if p.State == evidence.Queued || p.State == evidence.Running {
			return true
		}
	}
	return false
}

func (d desk) ask(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	w := evidence.Wish{Kind: evidence.Kind(c.Form("kind"))}
	switch w.Kind {
	case evidence.OfSnapshot:
		w.Subject = c.Form("snapshot")
	case evidence.OfBaseline:
		w.Subject = c.Form("baseline")
	default:
		w.Kind = evidence.OfPeriod
		if w.From, w.To, err = days(c.Form("from"), c.Form("to"), c.Now()); err != nil {
			return err
		}
	}
	if _, err := d.Packs.Ask(c.Context(), c.Asker(), p, w); err != nil {
		return err
	}
	return c.Done(base(p), "pack-asked")
}

// days reads a period of whole days in UTC. One that has not ended ends now.
func days(from, to string, now time.Time) (a, b time.Time, err error) {
	if a, err = time.Parse(time.DateOnly, strings.TrimSpace(from)); err == nil {
		b, err = time.Parse(time.DateOnly, strings.TrimSpace(to))
	}
	if err != nil {
		return a, b, fault.New(fault.Invalid, "that is no day").WithHelp("write both days as 2026-11-23")
	}
	if b = b.AddDate(0, 0, 1).Add(-time.Microsecond); b.After(now) {
		b = now.UTC().Truncate(time.Microsecond)
	}
	return a, b, nil
}

// showView is what the page of a pack shows.
type showView struct {
	evidence.Pack
	Base  string
	Names map[string]string
	Make  bool
}

func (d desk) show(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	pack, err := d.Packs.Get(c.Context(), c.Asker(), p, c.Path("pack"))
	if err != nil {
		return err
	}
	_, about, err := d.open(c)
	if err != nil {
		return err
	}
	v := showView{Pack: pack, Base: base(p), Make: c.May(access.EvidenceMake, p)}
	if v.Names, err = d.Names(c.Context(), c.Asker()); err != nil {
		return err
	}
	view := web.View{Title: what(c.Context(), pack), Section: v.Base, Project: &about, Crumbs: []web.Crumb{{Path: v.Base, Name: say.T(c.Context(), "Evidence")}}}
	if pack.State == evidence.Done {
		view.Actions = download(v.Base, pack)
	}
	if waiting([]evidence.Pack{pack}) {
		view.Refresh = 3
	}
	return c.Show(view, showPage(v))
}

func (d desk) take(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	pack, data, err := d.Packs.Take(c.Context(), c.Asker(), p, c.Path("pack"))
	if err != nil {
		return err
	}
	_, err = c.Save(fileOf(pack), "application/zip").Write(data)
	return err
}

func (d desk) remove(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	if err := d.Packs.Remove(c.Context(), c.Asker(), p, c.Path("pack"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(base(p), "pack-removed")
}
