package figure

import (
	"fmt"
	"strings"
)

// PageCSS is the style sheet for pages that hold pictures. All rules are below the class c4, which a picture has. The reader's
// system decides between light, dark and high contrast; data-theme="light", "dark", "contrast" or "print" on the root element
// decides over it. On paper all is black on white.
//
// It is the table of rules once, with custom properties for what themes differ in.
func PageCSS() string {
	var b strings.Builder
	b.WriteString(".c4{" + fonts + "}\n.c4 .mid{text-anchor:middle}\n.c4 .hit{fill:none;stroke:transparent;stroke-width:12}\n")
	b.WriteString(fontRules(".c4 ", func(Role) bool { return true }))
	for i := range rules {
		b.WriteString(rules[i].css())
	}
	b.WriteString(light.properties(""))
	b.WriteString("@media (prefers-color-scheme:dark){" + dark.properties(":root:not([data-theme]) ") + "}\n")
	b.WriteString("@media (prefers-contrast:more){" + contrast.properties(":root:not([data-theme]) ") + "}\n")
	b.WriteString(dark.properties(":root[data-theme=dark] "))
	b.WriteString(contrast.properties(":root[data-theme=contrast] "))
	b.WriteString(printed.properties(":root[data-theme=print] "))
	b.WriteString("@media print{" + printed.properties(":root:root:root ") + "}\n")
	return b.String()
}

// css is a rule with custom properties.
func (u *rule) css() string {
	var selectors []string
	for _, r := range u.roles {
		s := ".c4 "
		if len(u.of) > 0 {
			s += "." + strings.Join(u.of, ".") + " "
		}
		selectors = append(selectors, s+"."+r.Class())
	}
	var d []string
	add := func(property, value string) { d = append(d, property+":"+value) }
	if v := u.fill.property(); v != "" {
		add("fill", v)
	} else if len(u.of) == 0 {
		add("fill", "none")
	}
	if v := u.stroke.property(); v != "" {
		add("stroke", v)
	}
	switch u.width {
	case asBefore:
	case ofGroup:
		add("stroke-width", "var(--w)")
		add("stroke-dasharray", "var(--dash)")
	case ofWay:
		add("stroke-width", "var(--c4-way)")
	case ofDetail:
		add("stroke-width", "var(--c4-detail)")
	case ofHeavier:
		add("stroke-width", "var(--c4-heavy)")
	default:
		add("stroke-width", hundredths(int(u.width)))
	}
	if u.dash != nil {
		add("stroke-dasharray", dashes(u.dash))
	}
	if u.round {
		d = append(d, "stroke-linecap:round;stroke-linejoin:round")
	}
	return strings.Join(selectors, ",") + "{" + strings.Join(d, ";") + "}\n"
}

// property is what a paint is in a rule.
func (p paint) property() string {
	switch p {
	case inKeep:
		return ""
	case inClear:
		return "none"
	}
	return "var(--" + propertyNames[p] + ")"
}

var propertyNames = [...]string{
	inPaper: "c4-bg", inInk: "c4-ink", inMuted: "c4-muted", inLine: "c4-line",
	inNotice: "c4-notice", inNoticeEdge: "c4-notice-edge", inNoticeInk: "c4-notice-ink", inFlagInk: "c4-flag-ink",
	inFill: "fill", inText: "text", inSoft: "soft", inEdge: "edge", inTile: "tile", inIcon: "icon", inRim: "rim", inMark: "mark", inBand: "band",
}

// properties give the custom properties of a theme their values.
func (s *sheet) properties(prefix string) string {
	var b strings.Builder
	b.WriteString(prefix + ".c4{")
	for p := inPaper; p < inFill; p++ {
		fmt.Fprintf(&b, "--%s:%s;", propertyNames[p], s.colors[p].value())
	}
	fmt.Fprintf(&b, "--c4-way:%s;--c4-detail:%s;--c4-heavy:%s}\n", hundredths(s.way), hundredths(s.fine), hundredths(s.width(ofHeavier, group{})))
	for _, class := range groupsInOrder {
		g := s.groups[class]
		fmt.Fprintf(&b, "%s.c4 .%s{--fill:%s;--text:%s;--soft:%s;--edge:%s;--tile:%s;--icon:%s;--rim:%s;--w:%s;--dash:%s}\n", prefix, class,
			g.fill.value(), g.text.value(), g.soft.value(), g.edge.value(), g.tile.value(), g.icon.value(), s.color(inRim, g, Color{}).value(), hundredths(g.width), dashes(g.dash))
	}
	for _, class := range marksInOrder {
		pale := s.marks[class]
		pale.A = s.pale
		fmt.Fprintf(&b, "%s.c4 .%s{--mark:%s;--band:%s}\n", prefix, class, s.marks[class].value(), pale.value())
	}
	return b.String()
}

// value is a colour in one word.
func (c Color) value() string {
	switch c.A {
	case 0:
		return "transparent"
	case 255:
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c.R, c.G, c.B, c.A)
}
