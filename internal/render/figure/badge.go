package figure

import (
	"slices"

	"c4arch/internal/content/icon"
	"c4arch/internal/render/layout"
)

// Sizes of badges, in pixels.
const (
	chipH   = 18
	chipPad = 8
	chipGap = 5
	chipRow = 4
	chipInk = 11 // the size of its sign
)

// badge is a short fact with its own sign.
type badge struct {
	says, sign string
	notice     bool // one should see it
}

// badgesOf gives the badges that the product makes their signs; others have none.
func badgesOf(says []string) []badge {
	known := []badge{
		{"internet-facing", "globe", true},
		{"content not visible", "unread", true},
		{"inferred", "inferred", false},
		{"unverified", "unverified", false},
		{"declared", "declared", false},
	}
	out := make([]badge, len(says))
	for i, s := range says {
		out[i].says = s
		if k := slices.IndexFunc(known, func(b badge) bool { return b.says == s }); k >= 0 {
			out[i] = known[k]
		}
	}
	return out
}

func (b badge) width() int {
	w := faceSmall.width(b.says) + 2*chipPad
	if b.sign != "" {
		w += chipInk + 3
	}
	return w
}

// rowsOf breaks badges into rows of a width.
func rowsOf(all []badge, width int) (rows [][]badge) {
	x := width + 1
	for _, b := range all {
		room := width - 2*chipPad
		if b.sign != "" {
			room -= chipInk + 3
		}
		b.says = faceSmall.shorten(b.says, room)
		w := b.width()
		if x+w > width {
			rows, x = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], b)
		x += w + chipGap
	}
	return rows
}

func rowWidth(row []badge) int {
	w := 0
	for _, b := range row {
		w += b.width() + chipGap
	}
	return max(0, w-chipGap)
}

// chips draws a row of badges.
func chips(row []badge, x, y int) []Shape {
	var out []Shape
	for _, b := range row {
		outline, words, sign := RolePill, RoleBadge, RoleMark
		if b.notice {
			outline, words, sign = RoleNotice, RoleNoticed, RoleAlert
		}
		w := b.width()
		out = append(out, round(outline, layout.Rect{X: x, Y: y, W: w, H: chipH}, chipH/2))
		at := x + chipPad
		if g, ok := icon.Named(b.sign); ok {
			s := glyph(g, at-1, y+(chipH-chipInk)/2, chipInk)
			s.Role = sign
			out = append(out, s)
			at += chipInk + 3
		}
		out = append(out, write(words, at, y+13, b.says, false))
		x += w + chipGap
	}
	return out
}
