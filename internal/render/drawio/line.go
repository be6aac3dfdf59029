package drawio

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// line writes a relationship: joined to its ends where it meets them, with the corners of its way, and its label where it
// stands in the picture. It is put into the boundary around both ends, so that it moves with it.
func (s *sheet) line(p *figure.Part) {
	if p.Index < 0 || p.Index >= len(s.f.View.Lines) || len(p.Way) < 2 {
		return
	}
	l := &s.f.View.Lines[p.Index]
	if s.cell[l.Source] == "" || s.cell[l.Target] == "" {
		return
	}
	parent, in := "1", layout.Rect{}
	if c := s.common(l.Source, l.Target); c != "" {
		parent, in = s.cell[c], s.rect[c]
	}
	id := s.ids.unused("l-" + digest(l.Source+"\x00"+l.Target+"\x00"+strings.Join(l.Relationships, "\x00")))
	attrs := []string{"id", id, "label", s.said(p), "c4Type", "Relationship"}
	if t := scene.OneLine(l.Technology); t != "" {
		attrs = append(attrs, "c4Technology", t)
	}
	if t := scene.OneLine(l.Description); t != "" {
		attrs = append(attrs, "c4Description", t)
	}
	attrs = append(attrs, "c4arch-confidence", string(l.Confidence))
	if n := len(l.Relationships); n > 1 {
		attrs = append(attrs, "c4arch-relationships", number(n))
	}
	attrs = append(attrs, s.why(l.Relationships)...)
	attrs = append(attrs, "tooltip", markup(p.Tip))
	s.open("object", attrs...)
	s.open("mxCell", "style", s.stroke(p, l), "edge", "1", "parent", parent, "source", s.cell[l.Source], "target", s.cell[l.Target])
	s.way(p, in)
	s.close("mxCell", "object")
}

// why are the rules and the evidence of the relationships that a line stands for.
func (s *sheet) why(ids []string) []string {
	var rules, facts []string
	for _, id := range ids {
		if r := s.relationships[id]; r != nil {
			rules = append(rules, scene.OneLine(r.Rule))
			if len(r.Evidence) > 0 {
				facts = append(facts, evidence(r.Evidence))
			}
		}
	}
	out := []string{"c4arch-rule", strings.Join(sorted(rules), ", ")}
	if len(facts) > 0 {
		out = append(out, "c4arch-evidence", strings.Join(facts, "\n"))
	}
	return out
}

// said is the label with the breaks of the picture.
func (s *sheet) said(p *figure.Part) string {
	var out []string
	for i := range p.Shapes {
		sh := &p.Shapes[i]
		if sh.Text == "" {
			continue
		}
		t := markup(sh.Text)
		if sh.Role == figure.RoleTold {
			t = "<b>" + t + "</b>"
		}
		out = append(out, fmt.Sprintf(`<font style="font-size: %dpx; color: %s">%s</font>`, orSize(sh.Face.Size, 12), hexOf(s.theme.Style(p.Kind, p.Look, sh.Role).Fill), t))
	}
	return strings.Join(out, "<br>")
}

func (s *sheet) stroke(p *figure.Part, l *c4.Line) string {
	var out style
	out.add("edgeStyle=orthogonalEdgeStyle;rounded=1;arcSize=14;html=1;jettySize=auto;orthogonalLoop=1")
	out.end("exit", p.Way[0], s.rect[l.Source], s.turned[l.Source])
	out.end("entry", p.Way[len(p.Way)-1], s.rect[l.Target], s.turned[l.Target])
	st := s.theme.Style(p.Kind, p.Look, figure.RoleWay)
	out.paint(st)
	if p.Look.Declared {
		out.add("endArrow=open;endSize=8")
	} else {
		out.add("endArrow=block;endFill=1;endSize=6")
	}
	out.add("labelBackgroundColor=" + hexOf(s.theme.Paper()) + ";fontSize=12;fontColor=" + hexOf(s.theme.Style(p.Kind, p.Look, figure.RoleLabel).Fill))
	return out.String() + "metaEdit=1;"
}

// end fixes where a line meets its end, as a share of its width and height. draw.io turns these with a shape that is turned:
// what is right of a queue is the top of the cylinder that it is made of.
func (st *style) end(which string, at layout.Point, r layout.Rect, turned bool) {
	x, y := share(at.X-r.X, r.W), share(at.Y-r.Y, r.H)
	if turned {
		x, y = y, share(r.Right()-at.X, r.W)
	}
	st.add(fmt.Sprintf("%sX=%s;%sY=%s;%sDx=0;%sDy=0;%sPerimeter=0", which, x, which, y, which, which, which))
}

func share(part, whole int) string {
	if whole <= 0 {
		return "0.5"
	}
	n := (20000*part + whole) / (2 * whole)
	n = min(max(n, 0), 10000)
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%04d", n/10000, n%10000), "0"), ".")
}

// way writes the corners between the ends. The label is placed by the nearest point of the way, as a share of its length, and
// its distance from it.
func (s *sheet) way(p *figure.Part, in layout.Rect) {
	at, off := labelPlace(p)
	attrs := []string{"relative", "1", "as", "geometry"}
	if at != "" {
		attrs = append([]string{"x", at}, attrs...)
	}
	s.open("mxGeometry", attrs...)
	if corners := p.Way[1 : len(p.Way)-1]; len(corners) > 0 {
		s.open("Array", "as", "points")
		for _, c := range corners {
			s.leaf("mxPoint", "x", number(c.X-in.X), "y", number(c.Y-in.Y))
		}
		s.close("Array")
	}
	if at != "" {
		s.leaf("mxPoint", "x", number(off.X), "y", number(off.Y), "as", "offset")
	}
	s.close("mxGeometry")
}

// labelPlace is where on its way a label stands, from -1 at the source to 1 at the target, and how far beside it.
func labelPlace(p *figure.Part) (at string, off layout.Point) {
	if p.Rect.Empty() {
		return "", off
	}
	mid := layout.Point{X: p.Rect.X + p.Rect.W/2, Y: p.Rect.Y + p.Rect.H/2}
	total, best, along := 0, -1, 0
	for i := 1; i < len(p.Way); i++ {
		a, b := p.Way[i-1], p.Way[i]
		near := layout.Point{X: between(mid.X, a.X, b.X), Y: between(mid.Y, a.Y, b.Y)}
		if d := span(near, mid); best < 0 || d < best {
			best, along = d, total+span(a, near)
			off = layout.Point{X: mid.X - near.X, Y: mid.Y - near.Y}
		}
		total += span(a, b)
	}
	if total == 0 {
		return "", layout.Point{}
	}
	n := (20000*along+total/2)/total - 10000
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%04d", sign, n/10000, n%10000), off
}

func between(v, a, b int) int { return min(max(v, min(a, b)), max(a, b)) }

// span is the length of a horizontal or vertical piece; of another one, that of going round the corner.
func span(a, b layout.Point) int { return max(a.X-b.X, b.X-a.X) + max(a.Y-b.Y, b.Y-a.Y) }
