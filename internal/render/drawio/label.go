package drawio

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/scene"
)

// drawn is what a part shows: its texts by role, line by line, and where they begin.
type drawn struct {
	text      map[figure.Role][]string
	size      map[figure.Role]int
	left, top int // of the first text, from the corner of the part
	indent    int // how much further right the name begins
	badges    []string
}

func read(p *figure.Part) drawn {
	d := drawn{text: map[figure.Role][]string{}, size: map[figure.Role]int{}}
	first, name := true, true
	for i := range p.Shapes {
		sh := &p.Shapes[i]
		if sh.Text == "" {
			continue
		}
		if sh.Role == figure.RoleBadge || sh.Role == figure.RoleNoticed {
			d.badges = append(d.badges, sh.Text)
			continue
		}
		if len(d.text[sh.Role]) == 0 {
			d.size[sh.Role] = sh.Face.Size
		}
		d.text[sh.Role] = append(d.text[sh.Role], sh.Text)
		x, y := sh.X-p.Rect.X, sh.Y-sh.Face.Size-p.Rect.Y
		if sh.Middle {
			x = 8
		}
		switch {
		case first:
			d.left, d.top = x, y
		case y < d.top:
			d.top = y
		}
		d.left = min(d.left, x)
		first = false
		if sh.Role == figure.RoleName && name {
			d.indent, name = x, false
		}
	}
	d.indent = max(0, d.indent-d.left)
	if p.Kind == figure.Box && d.indent == 0 {
		// The name stands right of an icon, and nothing below it says where the others would begin.
		for i := range p.Shapes {
			if sh := &p.Shapes[i]; sh.Icon != "" && sh.X-p.Rect.X < d.left && (sh.Role == figure.RoleIcon || sh.Role == figure.RoleSign) {
				at := sh.X - p.Rect.X - 7
				d.indent, d.left = d.left-at, at
				break
			}
		}
	}
	return d
}

// template is the label in terms of the properties, or "" where what they say would not be what is drawn.
func (s *sheet) template(e *c4.Element, d drawn, p *figure.Part) string {
	name, tech, text := nameOf(e), technology(e), scene.OneLine(e.Description)
	meta := "[" + words(e)
	if tech != "" {
		meta += ": " + tech
	}
	meta += "]"
	same := func(r figure.Role, want string) bool {
		return strings.Join(strings.Fields(strings.Join(d.text[r], " ")), "") == strings.ReplaceAll(want, " ", "")
	}
	if len(d.text[figure.RoleFlagged]) > 0 || !same(figure.RoleName, name) || !same(figure.RoleMeta, meta) ||
		len(d.text[figure.RoleText]) > 0 && !same(figure.RoleText, text) || strings.ContainsAny(name+tech+text, "<>&") {
		return ""
	}
	kind := "%c4Type%"
	if p.Kind == figure.Frame {
		kind = "%c4Application%"
	}
	under := "[" + kind + "]"
	if tech != "" {
		under = "[" + kind + ": %c4Technology%]"
	}
	about := ""
	if len(d.text[figure.RoleText]) > 0 {
		about = "%c4Description%"
	}
	return s.label(d, p, "", "%c4Name%", under, about)
}

// written is the label as it is drawn, with the breaks and what was shortened.
func (s *sheet) written(d drawn, p *figure.Part) string {
	lines := func(r figure.Role) string {
		out := make([]string, len(d.text[r]))
		for i, t := range d.text[r] {
			out[i] = markup(t)
		}
		return strings.Join(out, "<br>")
	}
	return s.label(d, p, lines(figure.RoleFlagged), lines(figure.RoleName), lines(figure.RoleMeta), lines(figure.RoleText))
}

// label puts the pieces, which are markup, together.
func (s *sheet) label(d drawn, p *figure.Part, flag, name, meta, text string) string {
	var b strings.Builder
	ink := func(r figure.Role) string { return hexOf(s.theme.Style(p.Kind, p.Look, r).Fill) }
	if flag != "" {
		fmt.Fprintf(&b, `<div style="font-size: 12px; color: %s"><b>%s</b></div>`, hexOf(s.theme.Style(p.Kind, p.Look, figure.RoleFlag).Fill), flag)
	}
	person := p.Look.Kind == c4.Person && p.Kind == figure.Box && p.Folded == 0
	if d.indent > 0 && !person {
		fmt.Fprintf(&b, `<div style="padding-left: %dpx">`, d.indent)
	} else {
		b.WriteString("<div>")
	}
	fmt.Fprintf(&b, `<font style="font-size: %dpx"><b>%s</b></font>`, orSize(d.size[figure.RoleName], 15), name)
	if meta != "" {
		fmt.Fprintf(&b, `<div style="font-size: %dpx; color: %s">%s</div>`, orSize(d.size[figure.RoleMeta], 12), ink(figure.RoleMeta), meta)
	}
	b.WriteString("</div>")
	if text != "" {
		fmt.Fprintf(&b, `<div style="font-size: %dpx; color: %s; padding-top: 6px">%s</div>`, orSize(d.size[figure.RoleText], 13), ink(figure.RoleText), text)
	}
	if len(d.badges) > 0 {
		fmt.Fprintf(&b, `<div style="font-size: 11px; color: %s; padding-top: 6px">%s</div>`, ink(figure.RoleBadge), markup(strings.Join(d.badges, " \u00b7 ")))
	}
	return b.String()
}

func orSize(n, other int) int {
	if n > 0 {
		return n
	}
	return other
}
