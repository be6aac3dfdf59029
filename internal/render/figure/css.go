package figure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Class is the class of a role in a style sheet: short for what stands often in a picture, and no word that a page may have a
// rule of its own for.
func (r Role) Class() string {
	switch r {
	case RoleName:
		return "n"
	case RoleMeta:
		return "m"
	case RoleText:
		return "t"
	case RoleLabel:
		return "lb"
	case RoleTech:
		return "tc"
	case RoleScope:
		return "sc"
	case RoleBadge:
		return "bg"
	case RoleNotice:
		return "nt"
	case RoleNoticed:
		return "ntx"
	case RoleTile:
		return "tl"
	case RoleIcon:
		return "ic"
	case RoleSign:
		return "sg"
	case RoleBack:
		return "bk"
	}
	return string(r)
}

// texts are the roles of texts.
var texts = []Role{RoleTitle, RoleScope, RoleName, RoleMeta, RoleText, RoleBadge, RoleNoticed, RoleFlagged, RoleTold, RoleLabel, RoleTech, RoleKey}

// fonts are those whose measures texts are laid out with, and what people have.
const fonts = `font-family:Go,Inter,system-ui,"Segoe UI",Helvetica,Arial,sans-serif;font-size:12px`

// fontRules say the size and weight of texts of the roles that are used.
func fontRules(prefix string, used func(Role) bool) string {
	var b strings.Builder
	for _, r := range texts {
		f := faceOf(r)
		if !used(r) || f == faceMeta {
			continue
		}
		fmt.Fprintf(&b, "%s.%s{font-size:%dpx", prefix, r.Class(), f.Size)
		if f.Bold {
			b.WriteString(";font-weight:700")
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// Sheet is the style sheet for a file with this picture alone. It has the rules that the picture uses, with plain values that
// programs understand which are no browsers. Auto follows the reader's system, and is printed as Print.
func (f *Figure) Sheet(t Theme) string {
	uses := f.uses()
	roles := make(map[Role]bool)
	for _, u := range uses {
		roles[u.role] = true
	}
	head := ".c4{" + fonts + "}\n.c4 .mid{text-anchor:middle}\n" + fontRules(".c4 ", func(r Role) bool { return roles[r] })
	if t != Auto {
		return head + flat(uses, t.sheet(), nil)
	}
	return head + flat(uses, light, nil) +
		"@media (prefers-color-scheme:dark){" + flat(uses, dark, light) + "}\n" +
		"@media (prefers-contrast:more){" + flat(uses, contrast, light) + "}\n" +
		"@media print{" + flat(uses, printed, light) + "}\n"
}

// use is a role in parts of some classes.
type use struct {
	classes []string
	role    Role
}

func (u use) selector() string {
	s := "." + u.role.Class()
	if len(u.classes) > 0 {
		s = "." + strings.Join(u.classes, ".") + " " + s
	}
	return s
}

// uses are the roles that a picture has, by the classes that matter for them, without those that are only pointed at.
func (f *Figure) uses() []use {
	seen := make(map[string]bool)
	var out []use
	for i := range f.Parts {
		p := &f.Parts[i]
		classes := Classes(p.Kind, p.Look)
		for k := range p.Shapes {
			u := use{classes, p.Shapes[k].Role}
			if plain(u.role) {
				u.classes = nil
			}
			if s := u.selector(); u.role != RoleHit && !seen[s] {
				seen[s] = true
				out = append(out, u)
			}
		}
	}
	slices.SortFunc(out, func(a, b use) int { return strings.Compare(a.selector(), b.selector()) })
	return out
}

// plain reports whether a role looks the same in all parts.
func plain(r Role) bool {
	switch r {
	case RolePaper, RoleTitle, RoleScope, RoleLabel, RoleTech, RoleKey, RoleNotice, RoleNoticed, RoleAlert:
		return true
	}
	return false
}

// flat writes a rule for each look. Beside another theme, a rule has only what differs.
func flat(uses []use, s, other *sheet) string {
	said := make(map[Role]said)
	for _, u := range uses {
		for _, t := range []*sheet{s, other} {
			if t != nil {
				said[u.role] = said[u.role].or(t.style(u.classes, u.role))
			}
		}
	}
	selectors := make(map[string][]string)
	var order []string
	for _, u := range uses {
		all := s.style(u.classes, u.role).declarations(said[u.role])
		if other != nil {
			as := other.style(u.classes, u.role).declarations(said[u.role])
			all = slices.DeleteFunc(all, func(d string) bool { return slices.Contains(as, d) })
		}
		css := strings.Join(all, ";")
		if css == "" {
			continue
		}
		if len(selectors[css]) == 0 {
			order = append(order, css)
		}
		selectors[css] = append(selectors[css], u.selector())
	}
	var b strings.Builder
	for _, css := range order {
		b.WriteString(strings.Join(selectors[css], ",") + "{" + css + "}\n")
	}
	return b.String()
}

// said is what at least one look of a role has: the others have to say that they do not have it.
type said struct{ dashes, fill, stroke bool }

func (a said) or(s Style) said {
	thin := func(c Color) bool { return c.A > 0 && c.A < 255 }
	return said{a.dashes || len(s.Dash) > 0, a.fill || thin(s.Fill), a.stroke || thin(s.Stroke)}
}

// declarations are a style in the words of a style sheet.
func (s Style) declarations(by said) []string {
	out := s.Fill.declarations("fill", by.fill)
	if s.Stroke.A == 0 {
		return append(out, "stroke:none")
	}
	out = append(append(out, s.Stroke.declarations("stroke", by.stroke)...), "stroke-width:"+hundredths(s.Width))
	if by.dashes {
		out = append(out, "stroke-dasharray:"+dashes(s.Dash))
	}
	if s.Round {
		out = append(out, "stroke-linecap:round", "stroke-linejoin:round")
	}
	return out
}

// declarations are a colour, with its opacity where another look has one.
func (c Color) declarations(property string, thin bool) []string {
	switch {
	case c.A == 0:
		return []string{property + ":none"}
	case c.A == 255 && !thin:
		return []string{property + ":" + c.value()}
	}
	return []string{property + ":" + Color{c.R, c.G, c.B, 255}.value(), property + "-opacity:" + hundredths((int(c.A)*100+127)/255)}
}

func dashes(d []int) string {
	if len(d) == 0 {
		return "none"
	}
	s := make([]string, len(d))
	for i, n := range d {
		s[i] = hundredths(n)
	}
	return strings.Join(s, " ")
}

// hundredths writes a number of hundredths as short as it can be.
func hundredths(n int) string {
	s := strconv.FormatFloat(float64(n)/100, 'f', -1, 64)
	if strings.HasPrefix(s, "0.") {
		s = s[1:]
	}
	return s
}
