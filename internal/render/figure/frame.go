package figure

import (
	"c4arch/internal/arch/c4"
	"c4arch/internal/content/icon"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

const (
	frameMaxW = 420
	// frameGap is wide, since the font of the reader may be wider than the one that is measured.
	frameGap = 18
	frameInk = 20 // the icon of a boundary
)

// frame is the title of a boundary, measured.
type frame struct {
	e     *c4.Element
	glyph icon.Glyph
	tiled bool
	name  string
	meta  string
	flag  string
	chips []badge
	mark  scene.Kind
	w, h  int
}

func newFrame(e *c4.Element, mark scene.Mark) *frame {
	f := &frame{e: e, mark: mark.Kind}
	f.glyph, f.tiled = icon.Find(e.Technology, e.ResourceType)
	if mark.Kind != "" {
		f.flag = faceFlag.shorten(clean(mark.String()), frameMaxW/2)
	}
	f.name = faceName.shorten(nameOf(e), frameMaxW)
	f.meta = faceMeta.shorten(meta(e), frameMaxW)
	for _, b := range badgesOf(badges(e)) {
		b.says = faceSmall.shorten(b.says, frameMaxW/2)
		f.chips = append(f.chips, b)
	}
	beside := rowWidth(f.chips)
	if f.flag != "" {
		beside += faceFlag.width(f.flag) + 2*chipPad + chipGap
	}
	first := faceName.width(f.name)
	if beside > 0 {
		first += frameGap + beside
	}
	f.w = max(first, faceMeta.width(f.meta)) + f.indent()
	f.h = faceName.line() + faceMeta.line()
	return f
}

func (f *frame) indent() int {
	if f.tiled {
		return frameInk + 9
	}
	return 0
}

// draw gives the shapes of the boundary.
func (f *frame) draw(b layout.Box) []Shape {
	out := outline(RoleBox, boundary, b.Rect)
	x, y := b.Title.X, b.Title.Y
	if f.tiled {
		out = append(out, glyph(f.glyph, x, y+(f.h-frameInk)/2, frameInk))
		x += f.indent()
	}
	name := write(RoleName, x, y+faceName.Size, f.name, false)
	name.Struck = f.mark == scene.Removed
	out = append(out, name, write(RoleMeta, x, y+faceName.line()+faceMeta.Size, f.meta, false))
	x += faceName.width(f.name) + frameGap
	if f.flag != "" {
		out = append(out, flag(f.flag, x, y)...)
		x += faceFlag.width(f.flag) + 2*chipPad + chipGap
	}
	return append(out, chips(f.chips, x, y)...)
}
