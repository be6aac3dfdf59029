package drawio

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// node writes a box or a boundary, and its icon.
func (s *sheet) node(p *figure.Part) {
	e := s.elements[p.Element]
	id := s.cell[p.Node]
	parent, in := s.inside(p.Node)
	d := read(p)
	attrs := []string{"id", id}
	if l := s.template(e, d, p); l != "" {
		attrs = append(attrs, "label", l, "placeholders", "1")
	} else {
		attrs = append(attrs, "label", s.written(d, p))
	}
	attrs = append(attrs, "c4Name", nameOf(e), "c4Type", typeOf(e, p.Kind))
	if p.Kind == figure.Frame {
		attrs = append(attrs, "c4Application", words(e))
	}
	if t := technology(e); t != "" {
		attrs = append(attrs, "c4Technology", t)
	}
	if t := scene.OneLine(e.Description); t != "" {
		attrs = append(attrs, "c4Description", t)
	}
	attrs = append(attrs, about(e)...)
	if p.Folded > 0 {
		attrs = append(attrs, "c4arch-folded", number(p.Folded))
	}
	if p.Link != "" {
		attrs = append(attrs, "link", "data:page/id,"+p.Link)
	}
	attrs = append(attrs, "tooltip", markup(strings.TrimSpace(p.Tip)))
	s.open("object", attrs...)
	s.open("mxCell", "style", s.look(p, e, d), "vertex", "1", "parent", parent)
	s.geometry(p.Rect, in)
	s.close("mxCell", "object")
	s.icon(p, e, id)
}

// about are the properties of an element beside those of C4.
func about(e *c4.Element) []string {
	out := []string{"c4arch-id", e.ID, "c4arch-rule", scene.OneLine(e.Rule)}
	for _, o := range [][2]string{
		{"c4arch-owner", e.Owner}, {"c4arch-type", e.ResourceType}, {"c4arch-badges", strings.Join(sorted(e.Badges), ", ")}, {"c4arch-tags", strings.Join(sorted(e.Tags), ", ")},
	} {
		if t := scene.OneLine(o[1]); t != "" {
			out = append(out, o[0], t)
		}
	}
	if len(e.Evidence) > 0 {
		out = append(out, "c4arch-evidence", evidence(e.Evidence))
	}
	return out
}

func sorted(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

func evidence(list []c4.Evidence) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = fmt.Sprintf("%s:%d", e.Input, e.Line)
		if e.Column > 0 {
			out[i] += fmt.Sprintf(":%d", e.Column)
		}
		for _, more := range []string{e.Resource, e.Property, e.Expression, string(e.Commitment)} {
			if more != "" {
				out[i] += " " + more
			}
		}
		out[i] = scene.OneLine(out[i])
	}
	return strings.Join(out, "\n")
}

// typeOf is c4Type: the words of draw.io's own shapes for a boundary, ours for a box.
func typeOf(e *c4.Element, kind figure.PartKind) string {
	if kind != figure.Frame {
		return words(e)
	}
	switch e.Kind {
	case c4.SoftwareSystem:
		return "SystemScopeBoundary"
	case c4.Container:
		return "ContainerScopeBoundary"
	}
	return "Boundary"
}

func words(e *c4.Element) string {
	s := map[c4.Kind]string{
		c4.Person: "Person", c4.SoftwareSystem: "Software System", c4.Container: "Container", c4.Component: "Component",
		c4.DeploymentNode: "Deployment Node", c4.InfrastructureNode: "Infrastructure Node", c4.Resource: "Resource",
	}[e.Kind]
	if s == "" {
		s = "Element"
	}
	if e.External {
		s = "External " + s
	}
	return s
}

func nameOf(e *c4.Element) string     { return orElse(scene.OneLine(e.Name), scene.OneLine(e.ID)) }
func technology(e *c4.Element) string { return scene.Technology(e) }

// look is the style of a box or a boundary. Shapes are those of draw.io's C4 library, where it has one.
func (s *sheet) look(p *figure.Part, e *c4.Element, d drawn) string {
	var out style
	switch {
	case p.Kind == figure.Frame:
		out.add("rounded=1;absoluteArcSize=1;arcSize=16;container=1;collapsible=0;expand=0;recursiveResize=0;pointerEvents=0")
	case p.Folded > 0:
		out.add("shape=ext;double=1;rounded=1;absoluteArcSize=1;arcSize=16")
	case e.Kind == c4.Person:
		out.add("shape=mxgraph.c4.person")
	default:
		out.add(outlines[p.Look.Shape])
		if outlines[p.Look.Shape] == "" {
			out.add("rounded=1;absoluteArcSize=1;arcSize=16")
		}
	}
	out.add("html=1;whiteSpace=wrap")
	out.place(p, d)
	st := s.theme.Style(p.Kind, p.Look, figure.RoleBox)
	out.paint(st)
	out.add("fontColor=" + hexOf(s.theme.Style(p.Kind, p.Look, figure.RoleName).Fill))
	if p.Look.Shape == "browser" && p.Folded == 0 {
		out.add("strokeColor2=" + hexOf(st.Stroke))
	}
	return out.String() + "metaEdit=1;"
}

var outlines = map[string]string{
	"database": "shape=cylinder3;size=9;boundedLbl=0",
	"cache":    "shape=cylinder3;size=9;boundedLbl=0",
	"queue":    "shape=cylinder3;size=9;boundedLbl=0;direction=south",
	"browser":  "shape=mxgraph.c4.webBrowserContainer2;boundedLbl=0",
	"gateway":  "shape=hexagon;size=12;fixedSize=1;perimeter=hexagonPerimeter2",
}

// place says where the label begins: as far from the top left corner as in the picture.
func (st *style) place(p *figure.Part, d drawn) {
	if p.Kind == figure.Box && p.Look.Kind == c4.Person && p.Folded == 0 {
		st.add("align=center;verticalAlign=middle;spacing=4")
		return
	}
	// Two pixels are draw.io's own spacing.
	st.add(fmt.Sprintf("align=left;verticalAlign=top;spacingLeft=%d;spacingRight=%d;spacingTop=%d", max(0, d.left-2), 8, max(0, d.top-4)))
}

// icon writes the icon of a box as an image inside it, which moves and is chosen with it.
func (s *sheet) icon(p *figure.Part, e *c4.Element, id string) {
	if e.Kind == c4.Person && p.Folded == 0 {
		return // the shape of a person says it
	}
	for i := range p.Shapes {
		sh := &p.Shapes[i]
		if sh.Icon == "" || sh.Role != figure.RoleIcon && sh.Role != figure.RoleSign {
			continue
		}
		r := layout.Rect{X: sh.X, Y: sh.Y, W: sh.Size, H: sh.Size}
		s.open("mxCell", "id", s.ids.unused(id+"-icon"), "value", "", "style", "shape=image;imageAspect=1;part=1;connectable=0;movable=0;resizable=0;rotatable=0;image="+
			"data:image/svg+xml,"+base64.StdEncoding.EncodeToString(s.picture(p, sh))+";", "vertex", "1", "parent", id)
		s.geometry(r, p.Rect)
		s.close("mxCell")
		return
	}
}

// picture is an icon as an SVG of its own.
func (s *sheet) picture(p *figure.Part, sh *figure.Shape) []byte {
	st := s.theme.Style(p.Kind, p.Look, sh.Role)
	paint := `fill="` + hexOf(st.Fill) + `"`
	if sh.Role == figure.RoleSign {
		paint = fmt.Sprintf(`fill="none" stroke="%s" stroke-width="%s" stroke-linecap="round" stroke-linejoin="round"`, hexOf(st.Stroke), hundredths(st.Width))
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"><path %s d="%s"/></svg>`,
		sh.Size, sh.Size, sh.Size, sh.Size, paint, pathData(sh))
}

// pathData is the path of an icon from its own corner.
func pathData(sh *figure.Shape) string {
	var b strings.Builder
	for _, g := range sh.Path {
		b.WriteByte(g.Op)
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[g.Op]
		for i := range 2 * n {
			if i > 0 {
				b.WriteByte(' ')
			}
			from := sh.X
			if i%2 == 1 {
				from = sh.Y
			}
			b.WriteString(hundredths(g.P[i] - 100*from))
		}
	}
	return b.String()
}
