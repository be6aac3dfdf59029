// Package png writes figures as PNG: for documents and pages that show no SVG. The picture looks as the SVG of the same
// figure in the same theme does, with the embedded fonts of package font.
//
// It is painted in strips from top to bottom and written as it is painted, so that a large sheet needs memory for one strip
// and for the outlines, not for all of its pixels. The same figure gives the same pixels on every machine: coverage is found
// in whole numbers. Left out are hints of fonts, gamma, and an alpha channel: a sheet has a ground.
package png

import (
	"image/color"
	"io"
	"math"

	"c4arch/internal/base/fault"
	"c4arch/internal/render/figure"
)

// MaxPixels is how many pixels a picture has at most, unless the caller says otherwise.
const MaxPixels = 64_000_000

// MaxScale is the largest scale.
const MaxScale = 4

// maxSide is the longest side in pixels; what reads pictures refuses longer ones.
const maxSide = 32_767

// least is the smallest scale; no letter can be read there, but one sees where things are.
const least = 0.1

// Fit is the largest scale up to 2 that there is room for, in whole ones while that is possible. One view that is too large
// for pixels is then no reason for not writing the others.
func Fit(f *figure.Figure) float64 {
	w, h := float64(max(f.W, 1)), float64(max(f.H, 1))
	fits := min(math.Sqrt(MaxPixels/(w*h)), maxSide/w, maxSide/h)
	if fits >= 1 {
		return min(math.Floor(fits), 2)
	}
	return max(math.Floor(fits*100)/100, least)
}

// Options of a picture.
type Options struct {
	Theme figure.Theme // Light where it is empty or left to the reader
	// Scale is how many pixels a unit of the figure is, 0.1 to 4; 0 is 1.
	Scale float64
	// MaxPixels is how many pixels the picture may have; 0 is [MaxPixels].
	MaxPixels int
}

// Write writes f to w.
func Write(w io.Writer, f *figure.Figure, o Options) error {
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.MaxPixels <= 0 {
		o.MaxPixels = MaxPixels
	}
	if o.Theme == "" || o.Theme == figure.Auto {
		o.Theme = figure.Light
	}
	width, height, err := size(f, o)
	if err != nil {
		return err
	}
	s := &sheet{w: width, h: height, paper: opaque(o.Theme.Paper()), items: items(f, o.Theme, o.Scale)}
	e := newEncoder(w, width, height, o.Scale)
	e.text("Title", f.Title)
	e.text("Description", f.About)
	s.rows(e.row)
	return e.close()
}

// size is how many pixels the picture has, when it may have them.
func size(f *figure.Figure, o Options) (w, h int, err error) {
	if !(o.Scale >= least && o.Scale <= MaxScale) {
		return 0, 0, fault.New(fault.Invalid, "a picture's scale is %g to %d, not %g", least, MaxScale, o.Scale).WithHelp("choose it with --scale")
	}
	if f.W <= 0 || f.H <= 0 {
		return 0, 0, fault.New(fault.Invalid, "the figure of view %s has no size", name(f))
	}
	fw, fh := float64(f.W)*o.Scale, float64(f.H)*o.Scale
	if fw > maxSide || fh > maxSide || fw*fh > float64(o.MaxPixels) {
		return 0, 0, fault.New(fault.Limited, "view %s would be a PNG of %.0f x %.0f pixels, more than the limit of %d, or longer than %d",
			name(f), fw, fh, o.MaxPixels, maxSide).WithHelp("use a smaller --scale, fold boundaries with --depth, or write SVG or PDF")
	}
	return int(fw + 0.999), int(fh + 0.999), nil
}

func name(f *figure.Figure) string {
	if f.View == nil {
		return "without a name"
	}
	return f.View.Key
}

// opaque is a colour on nothing.
func opaque(c figure.Color) color.RGBA { return color.RGBA{c.R, c.G, c.B, 255} }
