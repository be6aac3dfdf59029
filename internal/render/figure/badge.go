package figure

import (
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

// known are the badges that the product makes.
var known = map[string]badge{
	"internet-facing":         {sign: "globe", notice: true},
	"content not visible":     {sign: "unread", notice: true},
	"inferred":                {sign: "inferred"},
	"unverified":              {sign: "unverified"},
	"unmapped":                {sign: "unverified"},
	"declared":                {sign: "declared"},
	"planned":                 {sign: "declared"},
	"declared, may be live":   {sign: "declared"},
	"declared, not seen live": {sign: "declared", notice: true},
	"live, may be declared":   {sign: "live"},
	"live, not declared":      {sign: "live", notice: true},
	"read only as data":       {sign: "data"},
}

// badgesOf gives the badges that the product makes their signs; others have none.
func badgesOf(says []string) []badge {
	out := make([]badge, len(says))
	for i, s := range says {
		out[i] = known[s]
		out[i].says = s
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
		out = append(out, write(words, (at+x+w-chipPad)/2, y+13, b.says, true)) // in the middle: the font of the reader may be narrower
		x += w + chipGap
	}
	return out
}
