package figure

import "slices"

// rule says how shapes of some roles look in parts of some classes. Rules are applied in order, each over those before. Those
// with more classes stand after those with fewer, so that the cascade of a style sheet comes to the same.
type rule struct {
	of           []string // classes that a part has to have
	roles        []Role
	fill, stroke paint
	width        width
	dash         []int // nil: as before; empty: none
	round        bool
}

// width is of a stroke in hundredths of a pixel; those below 0 are of the theme.
type width int

const (
	asBefore  width = 0
	ofGroup   width = -1 // width and dashes of the group
	ofWay     width = -2
	ofDetail  width = -3
	ofHeavier width = -4 // the line of a relationship that is marked
)

// groupsInOrder are the classes that bring a group; a later one counts.
var groupsInOrder = []string{
	"kind-person", "kind-softwareSystem", "kind-container", "kind-component", "kind-deploymentNode", "kind-infrastructureNode", "kind-resource",
	"external", "mark-removed", "frame",
}

var marksInOrder = []string{"mark-added", "mark-removed", "mark-changed", "mark-moved", "mark-unknown", "mark-inside"}

var solid = []int{}

var rules = []rule{
	{roles: []Role{RolePaper}, fill: inPaper},
	{roles: []Role{RoleTitle, RoleLabel, RoleKey}, fill: inInk},
	{roles: []Role{RoleScope, RoleTech}, fill: inMuted},
	{roles: []Role{RoleName, RoleBadge}, fill: inText},
	{roles: []Role{RoleMeta, RoleText}, fill: inSoft},
	{roles: []Role{RoleNoticed}, fill: inNoticeInk},
	{roles: []Role{RoleFlagged}, fill: inFlagInk},
	{roles: []Role{RoleTold}, fill: inMark},
	{roles: []Role{RoleBox, RoleBack}, fill: inFill, stroke: inEdge, width: ofGroup},
	{roles: []Role{RoleSecond}, fill: inPaper, stroke: inMark, width: 300},
	{roles: []Role{RoleDeco}, stroke: inEdge, width: ofDetail, round: true},
	{roles: []Role{RoleTile}, fill: inTile, stroke: inRim, width: 100},
	{roles: []Role{RoleIcon}, fill: inIcon},
	{roles: []Role{RoleSign}, stroke: inIcon, width: 150, round: true},
	{roles: []Role{RolePill}, stroke: inSoft, width: 100},
	{roles: []Role{RoleMark}, stroke: inText, width: 120, round: true},
	{roles: []Role{RoleNotice}, fill: inNotice, stroke: inNoticeEdge, width: 120},
	{roles: []Role{RoleAlert}, stroke: inNoticeInk, width: 130, round: true},
	{roles: []Role{RoleFlag}, fill: inMark, stroke: inPaper, width: 120},
	{roles: []Role{RoleBand}, stroke: inBand, width: 900},
	{roles: []Role{RoleWay}, stroke: inLine, width: ofWay, round: true},
	{roles: []Role{RoleHead}, fill: inLine, stroke: inLine, width: 100, round: true},

	{of: []string{"kind-deploymentNode"}, roles: []Role{RoleBox}, dash: solid},
	{of: []string{"conf-high"}, roles: []Role{RoleWay}, dash: []int{800, 500}},
	{of: []string{"conf-may"}, roles: []Role{RoleWay}, dash: []int{10, 500}},
	{of: []string{"declared"}, roles: []Role{RoleHead}, fill: inClear, width: ofWay},
	{of: []string{"mark-added"}, roles: []Role{RoleBox}, stroke: inMark, width: 450, dash: solid},
	{of: []string{"mark-removed"}, roles: []Role{RoleBox}, stroke: inMark, width: 300, dash: []int{900, 500}},
	{of: []string{"mark-changed"}, roles: []Role{RoleBox}, stroke: inMark, width: 160, dash: solid},
	{of: []string{"mark-moved"}, roles: []Role{RoleBox}, stroke: inMark, width: 350, dash: []int{1400, 400, 300, 400}},
	{of: []string{"mark-unknown"}, roles: []Role{RoleBox}, stroke: inMark, width: 400, dash: []int{10, 700}, round: true},
	{of: []string{"mark-inside"}, roles: []Role{RoleFlag}, fill: inPaper, stroke: inMark},
	{of: []string{"mark-inside"}, roles: []Role{RoleFlagged}, fill: inMark},
	{of: []string{"mark-removed"}, roles: []Role{RoleBand}, dash: []int{400, 500}},
	{of: []string{"mark-changed"}, roles: []Role{RoleBand}, dash: []int{1600, 400}},
	{of: []string{"mark-moved"}, roles: []Role{RoleBand}, dash: []int{1400, 400, 300, 400}},
	{of: []string{"mark-unknown"}, roles: []Role{RoleBand}, dash: []int{10, 1200}, round: true},
	{of: marksInOrder[:1], roles: []Role{RoleWay}, stroke: inMark, width: ofHeavier},
	{of: marksInOrder[1:2], roles: []Role{RoleWay}, stroke: inMark, width: ofHeavier},
	{of: marksInOrder[2:3], roles: []Role{RoleWay}, stroke: inMark, width: ofHeavier},
	{of: marksInOrder[3:4], roles: []Role{RoleWay}, stroke: inMark, width: ofHeavier},
	{of: marksInOrder[4:5], roles: []Role{RoleWay}, stroke: inMark, width: ofHeavier},
	{of: marksInOrder[5:], roles: []Role{RoleWay}, stroke: inMark, width: ofHeavier},
	{of: marksInOrder[:1], roles: []Role{RoleHead}, fill: inMark, stroke: inMark},
	{of: marksInOrder[1:2], roles: []Role{RoleHead}, fill: inMark, stroke: inMark},
	{of: marksInOrder[2:3], roles: []Role{RoleHead}, fill: inMark, stroke: inMark},
	{of: marksInOrder[3:4], roles: []Role{RoleHead}, fill: inMark, stroke: inMark},
	{of: marksInOrder[4:5], roles: []Role{RoleHead}, fill: inMark, stroke: inMark},
	{of: marksInOrder[5:], roles: []Role{RoleHead}, fill: inMark, stroke: inMark},

	{of: []string{"frame", "mark-changed"}, roles: []Role{RoleBox}, width: 300},
}

// style applies the rules.
func (s *sheet) style(classes []string, r Role) Style {
	var out Style
	g, m := s.of(classes)
	for i := range rules {
		u := &rules[i]
		if !slices.Contains(u.roles, r) || !all(u.of, classes) {
			continue
		}
		if u.fill != inKeep {
			out.Fill = s.color(u.fill, g, m)
		}
		if u.stroke != inKeep {
			out.Stroke = s.color(u.stroke, g, m)
		}
		if u.width == ofGroup {
			out.Dash = g.dash
		}
		if u.width != asBefore {
			out.Width = s.width(u.width, g)
		}
		if u.dash != nil {
			out.Dash = u.dash
		}
		out.Round = out.Round || u.round
	}
	return out
}

// of are the group and the mark of a part.
func (s *sheet) of(classes []string) (g group, m Color) {
	for _, c := range groupsInOrder {
		if slices.Contains(classes, c) {
			g = s.groups[c]
		}
	}
	for _, c := range marksInOrder {
		if slices.Contains(classes, c) {
			m = s.marks[c]
		}
	}
	return g, m
}

func all(want, have []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

func (s *sheet) color(p paint, g group, m Color) Color {
	switch p {
	case inClear:
		return Color{}
	case inFill:
		return g.fill
	case inText:
		return g.text
	case inSoft:
		return g.soft
	case inEdge:
		return g.edge
	case inTile:
		return g.tile
	case inIcon:
		return g.icon
	case inRim:
		g.icon.A = s.rim
		return g.icon
	case inMark:
		return m
	case inBand:
		m.A = s.pale
		return m
	}
	return s.colors[p]
}

func (s *sheet) width(w width, g group) int {
	switch w {
	case ofGroup:
		return g.width
	case ofWay:
		return s.way
	case ofDetail:
		return s.fine
	case ofHeavier:
		return s.way * 3 / 2
	}
	return int(w)
}
