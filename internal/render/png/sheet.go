package png

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// The sheet is painted in strips, and a strip in tiles. A tile is no larger than what the rasteriser paints with whole
// numbers (512 pixels a side), which is both faster and the same on every machine.
const (
	stripH = 128
	tileW  = 512
)

type sheet struct {
	w, h  int
	paper color.RGBA
	items []item
	z     vector.Rasterizer
}

// rows paints the sheet and hands its rows to put, from the top, as red, green, blue and opacity.
func (s *sheet) rows(put func([]byte)) {
	strip := image.NewRGBA(image.Rect(0, 0, s.w, min(stripH, s.h)))
	for y := 0; y < s.h; y += stripH {
		strip.Rect = image.Rect(0, y, s.w, min(y+stripH, s.h))
		draw.Draw(strip, strip.Rect, image.NewUniform(s.paper), image.Point{}, draw.Src)
		for i := range s.items {
			s.paint(strip, &s.items[i])
		}
		for r := range strip.Rect.Dy() {
			put(strip.Pix[r*strip.Stride : r*strip.Stride+4*s.w])
		}
	}
}

// paint paints what an item has in a strip.
func (s *sheet) paint(strip *image.RGBA, it *item) {
	part := it.box.Intersect(strip.Rect)
	if part.Empty() {
		return
	}
	src := image.NewUniform(it.ink)
	for x := part.Min.X; x < part.Max.X; x += tileW {
		tile := image.Rect(x, part.Min.Y, min(x+tileW, part.Max.X), part.Max.Y)
		s.z.Reset(tile.Dx(), tile.Dy())
		t := target{&s.z, tile, float64(tile.Dx()), float64(tile.Dy())}
		for _, l := range it.lines {
			t.ring(l.at, it.dx, it.dy)
		}
		s.z.Draw(strip, tile, src, image.Point{})
	}
}

// target is where the pieces of an outline go.
type target struct {
	z    *vector.Rasterizer
	tile image.Rectangle
	w, h float64
}

// ring adds a closed line, piece by piece, each cut at the edges of the tile. The rasteriser adds up what each piece covers to its right, so that pieces above
// and below the tile count for nothing and are left out; those beside it are laid on its edge.
func (t target) ring(at []point, dx, dy float64) {
	dx, dy = dx-float64(t.tile.Min.X), dy-float64(t.tile.Min.Y)
	for i, p := range at {
		q := at[(i+1)%len(at)]
		t.piece(point{grid(p.x + dx), grid(p.y + dy)}, point{grid(q.x + dx), grid(q.y + dy)})
	}
}

// pieceH is how many rows a piece has at most. The rasteriser rounds at every row; a long piece would lean.
const pieceH = 16

func (t target) piece(p, q point) {
	if p.y == q.y || max(p.y, q.y) <= 0 || min(p.y, q.y) >= t.h {
		return
	}
	from, to := min(max(p.y, 0), t.h), min(max(q.y, 0), t.h) // only the rows of the tile
	if max(p.x, q.x) <= 0 || min(p.x, q.x) >= t.w || p.x == q.x {
		x := min(max(p.x, 0), t.w)
		t.straight(point{x, from}, point{min(max(q.x, 0), t.w), to})
		return
	}
	at := func(y float64) float64 { return p.x + (q.x-p.x)*(y-p.y)/(q.y-p.y) }
	n := math.Ceil(math.Abs(to-from) / pieceH)
	a := point{at(from), from}
	for i := 1.0; i <= n; i++ {
		y := grid(from + (to-from)*i/n)
		b := point{at(y), y}
		t.cut(a, b)
		a = b
	}
}

// cut adds a short piece, cut at the sides of the tile.
func (t target) cut(a, b point) {
	for _, x := range [2]float64{0, t.w} {
		if (a.x < x) != (b.x < x) && a.x != x && b.x != x {
			m := point{x, grid(a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x))}
			t.cut(a, m)
			t.cut(m, b)
			return
		}
	}
	a.x, b.x = min(max(a.x, 0), t.w), min(max(b.x, 0), t.w)
	t.straight(a, b)
}

func (t target) straight(a, b point) {
	if a.y == b.y {
		return
	}
	t.z.MoveTo(float32(grid(a.x)), float32(a.y))
	t.z.LineTo(float32(grid(b.x)), float32(b.y))
}
