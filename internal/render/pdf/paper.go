package pdf

import "c4arch/internal/base/fault"

// paper is a size of page in hundredths of a point, upright; none for one that is as large as the picture.
type paper struct {
	short, long int
	foot        bool
}

const (
	margin = 2835 // 10 mm
	footH  = 1500 // the room of the foot above the lower margin
	// unit is how large a unit of a figure is at most, in millionths of a hundredth of a point: 96 are an inch
	unit = 75_000_000
	// longest side that readers have to show
	longest = 1_440_000
)

func paperOf(name string) (paper, error) {
	switch name {
	case "", "fit":
		return paper{}, nil
	case "A4", "a4":
		return paper{59528, 84189, true}, nil
	case "A3", "a3":
		return paper{84189, 119055, true}, nil
	}
	return paper{}, fault.New(fault.Invalid, "unknown paper %q", name).WithHelp("fit, A4 or A3")
}

// place is where a figure stands on its page, in hundredths of a point; its corner is the left upper one, counted from the
// left lower corner of the page.
type place struct {
	w, h int
	x, y int
	unit int // of the figure, in millionths of a hundredth of a point
	// fw and fh are the size of the figure in its units.
	fw, fh int
}

// fit is the largest unit with which a figure fits into a room.
func fit(fw, fh, w, h int) int {
	return max(min(unit, w*1_000_000/fw, h*1_000_000/fh), 1)
}

// place puts a figure on the page: in the middle of its width, at its top.
func (p paper) place(fw, fh int) place {
	if p.short == 0 {
		u := fit(fw, fh, longest, longest)
		w, h := scaled(fw, u), scaled(fh, u)
		return place{w: max(w, 300), h: max(h, 300), y: max(h, 300), unit: u, fw: fw, fh: fh}
	}
	w, h := p.short, p.long
	u, lying := fit(fw, fh, w-2*margin, h-2*margin-footH), fit(fw, fh, h-2*margin, w-2*margin-footH)
	if lying > u || lying == u && fw > fh {
		w, h, u = h, w, lying
	}
	return place{w: w, h: h, unit: u, fw: fw, fh: fh, x: (w - scaled(fw, u)) / 2, y: h - margin}
}

func scaled(v, unit int) int { return (v*(unit/100) + 5_000) / 10_000 }

// box is a rectangle of the figure on the page.
func (p place) box(x, y, w, h int) box {
	return box{p.x + scaled(x, p.unit), p.y - scaled(y+h, p.unit), p.x + scaled(x+w, p.unit), p.y - scaled(y, p.unit)}
}
