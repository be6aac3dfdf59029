package drawio

import (
	"fmt"

	"c4arch/internal/render/figure"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// heading writes the title of the sheet, and below it what it is of.
func (s *sheet) heading(p *figure.Part) {
	title, scope := scene.OneLine(s.f.Title), ""
	for i := range p.Shapes {
		if sh := &p.Shapes[i]; sh.Role == figure.RoleScope && sh.Text != "" {
			if scope != "" {
				scope += " · "
			}
			scope += sh.Text
		}
	}
	label := fmt.Sprintf(`<font style="font-size: 22px"><b>%s</b></font>`, markup(title))
	if scope != "" {
		label += fmt.Sprintf(`<div style="font-size: 13px; color: %s; padding-top: 4px">%s</div>`, hexOf(s.theme.Style(p.Kind, p.Look, figure.RoleScope).Fill), markup(scope))
	}
	s.open("object", "id", s.ids.unused("title"), "label", label, "c4Name", title, "c4Type", "DiagramTitle", "c4Description", scene.OneLine(s.f.View.Description))
	s.open("mxCell", "style", "text;html=1;strokeColor=none;fillColor=none;align=left;verticalAlign=top;spacing=0;connectable=0;allowArrows=0;fontColor="+
		hexOf(s.theme.Style(p.Kind, p.Look, figure.RoleTitle).Fill)+";metaEdit=1;", "vertex", "1", "parent", "1")
	s.geometry(p.Rect, layout.Rect{})
	s.close("mxCell", "object")
}

// key writes an entry of the legend: its sample, a small shape or a piece of a line, and its words.
func (s *sheet) key(p *figure.Part, index int) {
	id := fmt.Sprintf("key-%d", index)
	says := p.Rect
	for i := range p.Shapes {
		sh := &p.Shapes[i]
		switch sh.Role {
		case figure.RoleBox:
			s.open("mxCell", "id", s.ids.unused(id), "value", "", "style", s.sample(p), "vertex", "1", "parent", "1")
			s.geometry(bounds(sh), layout.Rect{})
			s.close("mxCell")
		case figure.RoleWay:
			s.piece(p, sh, s.ids.unused(id))
		case figure.RoleKey:
			says = layout.Rect{X: sh.X, Y: p.Rect.Y, W: p.Rect.Right() - sh.X, H: p.Rect.H}
		}
	}
	s.open("mxCell", "id", s.ids.unused(id+"-text"), "value", markup(p.Tip), "style",
		"text;html=1;strokeColor=none;fillColor=none;align=left;verticalAlign=middle;spacing=0;connectable=0;fontSize=12;fontColor="+hexOf(s.theme.Style(p.Kind, p.Look, figure.RoleKey).Fill)+";", "vertex", "1", "parent", "1")
	s.geometry(says, layout.Rect{})
	s.close("mxCell")
}

func (s *sheet) sample(p *figure.Part) string {
	var out style
	if o := outlines[p.Look.Shape]; o != "" {
		out.add(o)
	} else {
		out.add("rounded=1;absoluteArcSize=1;arcSize=12")
	}
	out.add("html=1;connectable=0")
	out.paint(s.theme.Style(p.Kind, p.Look, figure.RoleBox))
	return out.String()
}

// piece is a line that joins nothing.
func (s *sheet) piece(p *figure.Part, sh *figure.Shape, id string) {
	r := bounds(sh)
	var out style
	out.add("html=1;endArrow=block;endFill=1;endSize=6")
	if p.Look.Declared {
		out = style{}
		out.add("html=1;endArrow=open;endSize=8")
	}
	out.paint(s.theme.Style(p.Kind, p.Look, figure.RoleWay))
	s.open("mxCell", "id", id, "value", "", "style", out.String(), "edge", "1", "parent", "1")
	s.open("mxGeometry", "relative", "1", "as", "geometry")
	s.leaf("mxPoint", "x", number(r.X), "y", number(r.Y), "as", "sourcePoint")
	s.leaf("mxPoint", "x", number(r.Right()+8), "y", number(r.Bottom()), "as", "targetPoint")
	s.close("mxGeometry", "mxCell")
}

// bounds is the room of a path, by its points.
func bounds(sh *figure.Shape) layout.Rect {
	if !sh.Rect.Empty() {
		return sh.Rect
	}
	first := true
	var x0, y0, x1, y1 int
	for _, g := range sh.Path {
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[g.Op]
		for i := range n {
			x, y := g.P[2*i], g.P[2*i+1]
			if first {
				x0, y0, x1, y1, first = x, y, x, y, false
			}
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	return layout.Rect{X: x0 / 100, Y: y0 / 100, W: (x1 - x0 + 99) / 100, H: (y1 - y0 + 99) / 100}
}
