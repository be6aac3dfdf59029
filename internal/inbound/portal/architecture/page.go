package architecture

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/draw"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// at is where a project's architecture, or that of one snapshot, is.
func at(project id.Project, snapshot string) string {
	path := "/projects/" + string(project) + "/architecture"
	if snapshot != "" {
		path += "/" + url.PathEscape(snapshot)
	}
	return path
}

// look is what the page shows.
type look struct {
	Project  web.Project
	Scene    *draw.Scene
	Moments  []draw.Moment // the newest first
	View     *c4.View
	Views    []c4.View
	Place    bool   // boxes may be placed
	Versions string // of the layouts, as JSON
	Base     string // path of the architecture
	Path     string // path of the snapshot's
	Formats  []Format
}

// latest is the newest snapshot, or the one that ?at= names.
func (d *Desk) latest(c *web.Call) error { return d.show(c, c.Query("at")) }

func (d *Desk) page(c *web.Call) error { return d.show(c, c.Path("snapshot")) }

func (d *Desk) show(c *web.Call, ref string) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	p, err := d.Project(c.Context(), c.Asker(), project)
	if err != nil {
		return err
	}
	moments, err := d.Pictures.Moments(c.Context(), c.Asker(), project)
	if err != nil {
		return err
	}
	view := web.View{Title: say.T(c.Context(), "Architecture"), Section: at(project, ""), Project: &p, Wide: true}
	if len(moments) == 0 {
		if ref != "" {
			return errNoSnapshot
		}
		return c.Show(view, nothing(p))
	}
	l, err := d.look(c, p, moments, ref)
	if err != nil {
		return err
	}
	view.Drawing, view.Actions = true, actions(l)
	view.Scripts, view.Styles = []string{"architecture/architecture.js"}, []string{"architecture/architecture.css"}
	return c.Show(view, architecturePage(l))
}

var errNoSnapshot = fault.New(fault.NotFound, "there is no such snapshot").WithHelp("it may have been let go; the list of snapshots has those that are kept")

func (d *Desk) look(c *web.Call, p web.Project, moments []draw.Moment, ref string) (look, error) {
	sc, err := d.Pictures.Scene(c.Context(), c.Asker(), p.ID, ref)
	if err != nil {
		return look{}, err
	}
	l := look{Project: p, Scene: sc, Moments: moments, Views: sc.Model.Views, Base: at(p.ID, ""), Path: at(p.ID, sc.Moment.ID), Place: c.May(access.LayoutChange, p.ID), Versions: versions(sc.Versions), Formats: d.Formats}
	if len(l.Views) == 0 {
		return l, nil
	}
	key := c.Query("view")
	if v, none := sc.View(key); none == nil {
		l.View = v
	} else if key != "" {
		return look{}, none
	}
	return l, nil
}

// of is the path of a part of the snapshot, for a view.
func (l look) of(part string, v *c4.View) string {
	path := l.Path + part
	if v != nil {
		path += "?" + url.Values{"view": {v.Key}}.Encode()
	}
	return path
}

// number is where the snapshot is among the moments, the oldest being 0; -1 where the list does not reach it.
func (l look) number() int {
	i := slices.IndexFunc(l.Moments, func(m draw.Moment) bool { return m.ID == l.Scene.Moment.ID })
	if i < 0 {
		return -1
	}
	return len(l.Moments) - 1 - i
}

// before is where the snapshot stands beside the one before it.
func (l look) before() string {
	return "/projects/" + string(l.Project.ID) + "/compare?" + url.Values{"to": {l.Scene.Moment.ID}}.Encode()
}

// momentText is a snapshot in one line, for a choice.
func momentText(m draw.Moment) string {
	return m.Collected.UTC().Format("2 Jan 2006, 15:04 UTC") + ", " + m.ID
}

func (l look) last() string { return strconv.Itoa(len(l.Moments) - 1) }
