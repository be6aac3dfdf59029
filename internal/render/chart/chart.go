// Package chart draws lines and points over time as SVG that stands in a page.
//
// It promises: the same values give the same bytes; a time without a value is a break in the line and never a zero; every series is told apart by colour, by the dashes of its line
// and by the shape of its marks (WCAG 2.2, 1.4.1); colours are classes, so that the page's own light and dark hold; the picture has a title and a description, and nothing in it
// runs or loads. The numbers belong beside it as a table, which it leaves to the page. It leaves out every other kind of chart.
package chart

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Point is a value at a time.
type Point struct {
	At    time.Time
	Value float64
}

// Series is a line, or points alone.
type Series struct {
	Name  string
	Class string // of the page's style: its colour
	// Runs are the parts of the line; between them nothing is known.
	Runs [][]Point
	// Loose are points without a line between them.
	Loose bool
}

// Chart is a picture. Texts are in the reader's language already.
type Chart struct {
	ID, Title, Description string
	From, To               time.Time
	Series                 []Series
	// Day writes a day below the picture, Value a number beside it.
	Day   func(time.Time) string
	Value func(float64) string
	// None is what stands where there is nothing to draw.
	None string
}

// The picture, in units of its view box.
const (
	width, height = 520, 250
	left, right   = 52, 14
	top, bottom   = 14, 30
	most          = 2000 // points of a series; more cannot be seen
)

// SVG draws the chart.
func SVG(c Chart) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title %s-desc" xmlns="http://www.w3.org/2000/svg"><title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`,
		width, height, text(c.ID), text(c.ID), text(c.ID), text(c.Title), text(c.ID), text(c.Description))
	p := plane{c, ceiling(highest(c.Series))}
	p.grid(&b)
	drawn := false
	for i, s := range c.Series {
		drawn = p.series(&b, i, s) || drawn
	}
	if !drawn && c.None != "" {
		fmt.Fprintf(&b, `<text class="none" x="%d" y="%d" text-anchor="middle">%s</text>`, (left+width-right)/2, (top+height-bottom)/2, text(c.None))
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// Sample is a piece of the line of the series with that number, for a legend.
func Sample(i int, class string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="sample" viewBox="0 0 34 12" width="34" height="12" aria-hidden="true" focusable="false"><path class="line %s" d="M1 6H33"%s/>`, text(class), dashes(i))
	mark(&b, i, class, 17, 6)
	b.WriteString(`</svg>`)
	return b.String()
}

// plane turns times and values into places.
type plane struct {
	Chart
	top float64 // the value at the top
}

func (p plane) x(t time.Time) float64 {
	span := p.To.Sub(p.From)
	if span <= 0 {
		return left
	}
	share := min(max(float64(t.Sub(p.From))/float64(span), 0), 1)
	return left + share*(width-left-right)
}

func (p plane) y(v float64) float64 {
	return height - bottom - min(max(v/p.top, 0), 1)*(height-top-bottom)
}

const (
	rows = 4 // of the grid
	days = 4
)

func (p plane) grid(b *strings.Builder) {
	for i := range rows + 1 {
		v := p.top * float64(i) / rows
		y := place(p.y(v))
		fmt.Fprintf(b, `<path class="grid" d="M%d %sH%d"/><text x="%d" y="%s" dy="4" text-anchor="end">%s</text>`, left, y, width-right, left-7, y, text(p.value(v)))
	}
	for i := range days + 1 {
		t := p.From.Add(p.To.Sub(p.From) * time.Duration(i) / days)
		anchor := "middle"
		if i == days {
			anchor = "end"
		}
		fmt.Fprintf(b, `<text x="%s" y="%d" text-anchor="%s">%s</text>`, place(p.x(t)), height-bottom+20, anchor, text(p.day(t)))
	}
}

func (p plane) day(t time.Time) string {
	if p.Day == nil {
		return t.UTC().Format("2 Jan")
	}
	return p.Day(t)
}

func (p plane) value(v float64) string {
	if p.Value == nil {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return p.Value(v)
}

// series draws one, and says whether there was anything.
func (p plane) series(b *strings.Builder, i int, s Series) bool {
	any := false
	for _, run := range s.Runs {
		run = thinned(run)
		if len(run) == 0 {
			continue
		}
		any = true
		if !s.Loose && len(run) > 1 {
			fmt.Fprintf(b, `<path class="line %s" d="%s"%s/>`, text(s.Class), p.path(run), dashes(i))
		}
		p.marks(b, i, s, run)
	}
	return any
}

// path is a line of steps: a value holds until the next one is known.
func (p plane) path(run []Point) string {
	var d strings.Builder
	for k, pt := range run {
		if k == 0 {
			fmt.Fprintf(&d, "M%s %s", place(p.x(pt.At)), place(p.y(pt.Value)))
			continue
		}
		fmt.Fprintf(&d, "H%sV%s", place(p.x(pt.At)), place(p.y(pt.Value)))
	}
	return d.String()
}

// marks are drawn on every point where there are few, and else on the first and the last.
func (p plane) marks(b *strings.Builder, i int, s Series, run []Point) {
	const few = 24
	for k, pt := range run {
		if s.Loose || len(run) <= few || k == 0 || k == len(run)-1 {
			mark(b, i, s.Class, p.x(pt.At), p.y(pt.Value))
		}
	}
}

func dashes(i int) string {
	return [...]string{``, ` stroke-dasharray="7 3"`, ` stroke-dasharray="2 3"`, ` stroke-dasharray="9 3 2 3"`, ` stroke-dasharray="4 4"`}[i%5]
}

// mark is a shape for the series with that number.
func mark(b *strings.Builder, i int, class string, x, y float64) {
	at := func(dx, dy float64) string { return place(x+dx) + " " + place(y+dy) }
	switch i % 5 {
	case 0:
		fmt.Fprintf(b, `<circle class="mark %s" cx="%s" cy="%s" r="3.2"/>`, text(class), place(x), place(y))
	case 1:
		fmt.Fprintf(b, `<path class="mark %s" d="M%sL%sL%sL%sZ"/>`, text(class), at(-3, -3), at(3, -3), at(3, 3), at(-3, 3))
	case 2:
		fmt.Fprintf(b, `<path class="mark %s" d="M%sL%sL%sZ"/>`, text(class), at(0, -4), at(3.8, 3), at(-3.8, 3))
	case 3:
		fmt.Fprintf(b, `<path class="mark %s" d="M%sL%sL%sL%sZ"/>`, text(class), at(0, -4.2), at(4.2, 0), at(0, 4.2), at(-4.2, 0))
	default:
		fmt.Fprintf(b, `<path class="mark hollow %s" d="M%sL%sM%sL%s"/>`, text(class), at(-3, -3), at(3, 3), at(3, -3), at(-3, 3))
	}
}

// thinned leaves out points that cannot be told apart, and keeps the last.
func thinned(run []Point) []Point {
	if len(run) <= most {
		return run
	}
	every := (len(run) + most - 1) / most
	var some []Point
	for k := 0; k < len(run); k += every {
		some = append(some, run[k])
	}
	return append(some, run[len(run)-1])
}

func highest(all []Series) (v float64) {
	for _, s := range all {
		for _, run := range s.Runs {
			for _, p := range run {
				if !math.IsNaN(p.Value) && !math.IsInf(p.Value, 0) {
					v = max(v, p.Value)
				}
			}
		}
	}
	return v
}

// ceiling is a round number above v that divides well by the rows of the grid.
func ceiling(v float64) float64 {
	if v <= rows {
		return rows
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	steps := []float64{1, 1.2, 1.6, 2, 4, 6, 8, 10, 12}
	k := slices.IndexFunc(steps, func(s float64) bool { return s*unit >= v && math.Mod(s*unit, rows) == 0 })
	if k < 0 {
		return 10 * unit
	}
	return steps[k] * unit
}

// place writes a number with one digit behind the point.
func place(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

func text(s string) string { return html.EscapeString(s) }
