package architecture

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/draw"
)

// compared is two times on a page.
type compared struct {
	look
	*draw.Comparison
	From, To string
	Changes  []changed
	Findings []Finding
	Data     string // path of its data, for the viewer; the parts of it follow
}

// changed is an element or a relationship that is not as it was.
type changed struct {
	ID, Name, Kind string
	Status         delta.Status
	Fields         []delta.Field
}

// mostListed bounds the changes and the findings of the page.
const mostListed = 500

func (d *Desk) comparison(c *web.Call) (id.Project, *draw.Comparison, string, string, error) {
	project, err := c.Project()
	if err != nil {
		return "", nil, "", "", err
	}
	from, to := c.Query("from"), c.Query("to")
	if from == "" {
		if from, err = d.usual(c, project, to); err != nil {
			return "", nil, "", "", err
		}
	}
	x, err := d.Pictures.Compare(c.Context(), c.Asker(), project, from, to)
	return project, x, from, to, err
}

// usual is what is compared with where nobody says: the snapshot before.
func (d *Desk) usual(c *web.Call, project id.Project, to string) (string, error) {
	all, err := d.Pictures.Moments(c.Context(), c.Asker(), project)
	if err != nil {
		return "", err
	}
	i := 0
	if to != "" {
		i = slices.IndexFunc(all, func(m draw.Moment) bool { return m.ID == to })
	}
	if i < 0 || i+1 >= len(all) {
		return "", fault.New(fault.NotFound, "there are no two snapshots to compare").WithHelp("scan again: with the second snapshot there is a before and an after")
	}
	return all[i+1].ID, nil
}

// compare shows two times in one picture, and every change as a list.
func (d *Desk) compare(c *web.Call) error {
	project, x, from, to, err := d.comparison(c)
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
	l, err := d.look(c, p, moments, to)
	if err != nil {
		return err
	}
	l.View = nil
	if key := c.Query("view"); len(x.Merged.Views) > 0 {
		if l.View, err = x.View(key); err != nil {
			return err
		}
	}
	l.Views = x.Merged.Views
	v := compared{look: l, Comparison: x, From: from, To: l.Scene.Moment.ID, Changes: changes(c.Context(), x)}
	for i := range x.Report.Findings {
		f := &x.Report.Findings[i]
		v.Findings = append(v.Findings, Finding{f.ID, string(f.Severity), f.Title, f.Name})
	}
	v.Data = "/projects/" + string(project) + "/compare"
	return c.Show(web.View{
		Title: say.T(c.Context(), "Before and after"), Section: at(project, ""), Project: &p, Wide: true, Drawing: true,
		Crumbs:  []web.Crumb{{Path: at(project, ""), Name: say.T(c.Context(), "Architecture")}},
		Scripts: []string{"architecture/architecture.js"}, Styles: []string{"architecture/architecture.css"},
	}, comparePage(v))
}

func (v compared) query() string { return url.Values{"from": {v.From}, "to": {v.To}}.Encode() }

// statuses are the marks, in the order of their meaning.
var statuses = []delta.Status{delta.Removed, delta.Added, delta.Moved, delta.Changed, delta.Unknown}

func (v compared) count(s delta.Status) string {
	n := 0
	for _, x := range v.Changes {
		if x.Status == s {
			n++
		}
	}
	return strconv.Itoa(n)
}

// linked reports whether the findings have a page: those against what is approved whose page there is: those against what is approved.
func (v compared) linked() bool { return v.From == draw.Baseline }

// changes are what differs, what is gone first, then what is new.
func changes(ctx context.Context, x *draw.Comparison) (list []changed) {
	if x.Report.Delta == nil {
		return nil
	}
	names := map[string]string{}
	for i := range x.Merged.Elements {
		names[x.Merged.Elements[i].ID] = x.Merged.Elements[i].Name
	}
	for _, e := range x.Report.Delta.Elements {
		of := cmp.Or(e.New, e.Old)
		list = append(list, changed{e.ID, of.Name, kindName(ctx, of.Kind), e.Status, e.Fields})
	}
	for _, r := range x.Report.Delta.Relationships {
		of := cmp.Or(r.New, r.Old)
		list = append(list, changed{r.ID, names[of.Source] + " → " + names[of.Target], say.T(ctx, "Relationship"), r.Status, r.Fields})
	}
	slices.SortStableFunc(list, func(a, b changed) int {
		return cmp.Or(cmp.Compare(rank(a.Status), rank(b.Status)), cmp.Compare(a.Name, b.Name))
	})
	return list
}

func rank(s delta.Status) int {
	return slices.Index(statuses, s)
}

func statusName(ctx context.Context, s delta.Status) string {
	switch s {
	case delta.Added:
		return say.T(ctx, "new")
	case delta.Removed:
		return say.T(ctx, "gone")
	case delta.Moved:
		return say.T(ctx, "moved")
	case delta.Unknown:
		return say.T(ctx, "could not be read")
	}
	return say.T(ctx, "changed")
}

func statusKind(s delta.Status) string {
	switch s {
	case delta.Added:
		return "good"
	case delta.Removed:
		return "wrong"
	case delta.Unknown:
		return ""
	}
	return "warn"
}

// compareModel, comparePicture and compareNotes are what the viewer asks for.
func (d *Desk) compareModel(c *web.Call) error {
	_, x, _, _, err := d.comparison(c)
	if err != nil {
		return err
	}
	return packed(c, "application/json", x.Compressed)
}

func (d *Desk) comparePicture(c *web.Call) error {
	_, x, _, _, err := d.comparison(c)
	if err != nil {
		return err
	}
	p, err := d.Pictures.Marked(c.Context(), x, request(c))
	if err != nil {
		return err
	}
	return packed(c, "application/json", p.Compressed)
}

func (d *Desk) compareNotes(c *web.Call) error {
	project, x, from, _, err := d.comparison(c)
	if err != nil {
		return err
	}
	thing := c.Query("of")
	n := panelNotes{Project: project, Thing: thing}
	for _, ch := range changes(c.Context(), x) {
		if ch.ID == thing {
			n.Changes = append(n.Changes, ch)
		}
	}
	for i := range x.Report.Findings {
		f := &x.Report.Findings[i]
		if len(n.Findings) < 20 && (f.Resource == thing || slices.Contains(f.Elements, thing)) {
			n.Findings = append(n.Findings, Finding{f.ID, string(f.Severity), f.Title, f.Name})
		}
	}
	n.Unlinked = from != draw.Baseline
	return c.Part(notesPart(n))
}

// standsAt is a place in an input.
func standsAt(o evidence.Origin) string { return place(c4.Evidence{Input: o.Input, Line: o.Line}) }
