package architecture

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
)

// Limits of a page in words.
const (
	mostEvidence = 5
	perPage      = 100
)

// panelNotes is what the panel shows besides.
type panelNotes struct {
	Findings []Finding
	Project  id.Project
	Path     string
	Thing    string
	Changes  []changed
	Unlinked bool // the findings have no page of their own
	Comments templ.Component
}

// inWords is a part of a view in words.
type inWords struct {
	Count        int
	Elements     []*c4.Element
	Lines        []*c4.Relationship
	Newer, Older string
	names        map[string]string
}

func (w inWords) name(id string) string { return cmp.Or(w.names[id], id) }

// words is a view in words.
func (d *Desk) words(c *web.Call) error {
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
	l, err := d.look(c, p, moments, c.Path("snapshot"))
	if err != nil {
		return err
	}
	page := 0
	if text := c.Query("page"); text != "" {
		if page, err = strconv.Atoi(text); err != nil || page < 0 || page > 10_000 {
			return fault.New(fault.Invalid, "there is no such part of the list")
		}
	}
	title := say.T(c.Context(), "Architecture in words")
	if l.View != nil {
		title = titleOf(l.View)
	}
	return c.Show(web.View{
		Title: title, Section: at(project, ""), Project: &p, Styles: []string{"architecture/architecture.css"},
		Crumbs: []web.Crumb{{Path: l.of("", l.View), Name: say.T(c.Context(), "Architecture")}},
	}, wordsPage(l, written(l, page)))
}

// written is one part of a view: so many elements, and so many relationships.
func written(l look, page int) inWords {
	w := inWords{names: map[string]string{}}
	if l.View == nil {
		return w
	}
	shown, lines := map[string]bool{}, map[string]bool{}
	for _, e := range l.View.Elements {
		shown[e] = true
	}
	for _, r := range l.View.Relationships {
		lines[r] = true
	}
	m := l.Scene.Model
	for i := range m.Elements {
		e := &m.Elements[i]
		w.names[e.ID] = cmp.Or(e.Name, e.ID)
		if shown[e.ID] {
			w.Elements = append(w.Elements, e)
		}
	}
	for i := range m.Relationships {
		if r := &m.Relationships[i]; lines[r.ID] {
			w.Lines = append(w.Lines, r)
		}
	}
	w.Count = len(w.Elements)
	rest := max(len(w.Elements), len(w.Lines)) > (page+1)*perPage
	w.Elements, w.Lines = part(w.Elements, page), part(w.Lines, page)
	if page > 0 {
		w.Newer = l.part(page - 1)
	}
	if rest {
		w.Older = l.part(page + 1)
	}
	return w
}

func part[T any](all []T, page int) []T {
	from := min(page*perPage, len(all))
	return all[from:min(from+perPage, len(all))]
}

func (l look) part(page int) string {
	return l.Path + "/words?" + url.Values{"view": {l.View.Key}, "page": {strconv.Itoa(page)}}.Encode()
}

// place is where a piece of evidence stands.
func place(e c4.Evidence) string {
	if e.Line == 0 {
		return e.Input
	}
	return e.Input + ":" + strconv.Itoa(e.Line)
}

// level is the views of one kind.
type level struct {
	Name  string
	Views []c4.View
}

func levels(ctx context.Context, all []c4.View) (list []level) {
	for _, k := range []struct {
		kind c4.ViewKind
		name string
	}{
		{c4.Landscape, say.T(ctx, "Landscape")},
		{c4.Context, say.T(ctx, "System context")},
		{c4.Containers, say.T(ctx, "Containers")},
		{c4.Components, say.T(ctx, "Components")},
		{c4.Deployment, say.T(ctx, "Deployment")},
		{c4.Resources, say.T(ctx, "Resources")},
	} {
		g := level{Name: k.name}
		for i := range all {
			if all[i].Kind == k.kind {
				g.Views = append(g.Views, all[i])
			}
		}
		if len(g.Views) > 0 {
			slices.SortStableFunc(g.Views, func(a, b c4.View) int { return strings.Compare(a.Title, b.Title) })
			list = append(list, g)
		}
	}
	return list
}

func titleOf(v *c4.View) string { return cmp.Or(v.Title, v.Key) }

func kindName(ctx context.Context, k c4.Kind) string {
	switch k {
	case c4.Person:
		return say.T(ctx, "Person")
	case c4.SoftwareSystem:
		return say.T(ctx, "Software system")
	case c4.Container:
		return say.T(ctx, "Container")
	case c4.Component:
		return say.T(ctx, "Component")
	case c4.DeploymentNode:
		return say.T(ctx, "Deployment node")
	case c4.InfrastructureNode:
		return say.T(ctx, "Infrastructure node")
	}
	return say.T(ctx, "Resource")
}

func confidenceName(ctx context.Context, c c4.Confidence) string {
	switch c {
	case "certain":
		return say.T(ctx, "certain")
	case "high":
		return say.T(ctx, "high")
	}
	return say.T(ctx, "may be")
}
