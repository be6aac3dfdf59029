package png

import (
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// cover is how much of every pixel lines cover, 0 to 255.
func cover(w, h int, lines []line) []byte {
	l := list{scale: 1}
	l.add(lines, 0, 0, color.NRGBA{255, 255, 255, 255})
	s := &sheet{w: w, h: h, paper: color.RGBA{0, 0, 0, 255}, items: l.items}
	var out []byte
	s.rows(func(row []byte) {
		for x := range w {
			out = append(out, row[4*x])
		}
	})
	return out
}

func area(pixels []byte) float64 {
	sum := 0.0
	for _, p := range pixels {
		sum += float64(p)
	}
	return sum / 255
}

func straight(closed bool, xy ...float64) line {
	l := line{closed: closed}
	for i := 0; i < len(xy); i += 2 {
		l.at = append(l.at, point{xy[i], xy[i+1]})
	}
	return l
}

func TestStrokes(t *testing.T) {
	corner := straight(false, 10, 30, 30, 30, 30, 10)
	for name, c := range map[string]struct {
		pen  pen
		line line
		area float64
	}{
		"flat caps":              {pen{width: 4}, straight(false, 10, 20, 40, 20), 30 * 4},
		"round caps":             {pen{width: 4, round: true}, straight(false, 10, 20, 40, 20), 30*4 + math.Pi*4},
		"pointed corner":         {pen{width: 4}, corner, 2 * 20 * 4},
		"round corner":           {pen{width: 4, round: true}, corner, 2*20*4 - 4 + math.Pi + math.Pi*4},
		"closed, pointed":        {pen{width: 4}, straight(true, 10, 10, 40, 10, 40, 30, 10, 30), 34*24 - 26*16},
		"closed, round":          {pen{width: 4, round: true}, straight(true, 10, 10, 40, 10, 40, 30, 10, 30), 34*24 - 26*16 - (16 - math.Pi*4)},
		"sharp corner is cut":    {pen{width: 4}, straight(false, 10, 10, 40, 10.5, 10, 11), 30 * 5},
		"dot":                    {pen{width: 6, round: true}, straight(false, 20, 20, 20, 20), math.Pi * 9},
		"no length, flat":        {pen{width: 6}, straight(false, 20, 20, 20, 20), 0},
		"back and forth, round":  {pen{width: 4, round: true}, straight(false, 10, 20, 40, 20, 10, 20), 30*4 + math.Pi*4},
		"dashes":                 {pen{width: 2, dash: []float64{5, 3}}, straight(false, 10, 20, 42, 20), 4 * 5 * 2},
		"odd dashes are doubled": {pen{width: 2, dash: []float64{4}}, straight(false, 10, 20, 42, 20), 4 * 4 * 2},
		"dots":                   {pen{width: 4, round: true, dash: []float64{0, 8}}, straight(false, 10, 20, 41, 20), 4 * math.Pi * 4},
		"dashes around a corner": {pen{width: 2, dash: []float64{10, 40}}, straight(false, 10, 30, 15, 30, 15, 20), 5*2 + 5*2},
		"no dashes":              {pen{width: 2, dash: []float64{0, 0}}, straight(false, 10, 20, 42, 20), 64},
	} {
		t.Run(name, func(t *testing.T) {
			got := area(cover(60, 50, c.pen.stroke([]line{c.line})))
			if math.Abs(got-c.area) > max(c.area*0.02, 0.6) {
				t.Errorf("covers %.2f, not %.2f", got, c.area)
			}
		})
	}
}

func TestLineOnPixelsIsSharp(t *testing.T) {
	p := cover(20, 20, pen{width: 2}.stroke([]line{straight(false, 2, 10, 18, 10)}))
	for y := range 20 {
		for x := range 20 {
			want := byte(0)
			if (y == 9 || y == 10) && x >= 2 && x < 18 {
				want = 255
			}
			if p[y*20+x] != want {
				t.Fatalf("the pixel at %d, %d is %d, not %d", x, y, p[y*20+x], want)
			}
		}
	}
}

// A long slanted edge must end where it was meant to.
func TestLongEdgesDoNotLean(t *testing.T) {
	for _, d := range []float64{0.4, 0.9, 3.7, 300} {
		w, h := 700, 1500
		p := cover(w, h, []line{straight(true, 10, 0, 10+d, float64(h), 690, float64(h), 690, 0)})
		for _, y := range []int{0, 127, 128, 700, 1499} {
			want := 690 - (10 + d*(float64(y)+0.5)/float64(h))
			if got := area(p[y*w : (y+1)*w]); math.Abs(got-want) > 0.06 {
				t.Errorf("slanted by %g, row %d is covered by %.3f, not %.3f", d, y, got, want)
			}
		}
	}
}

// Triangles anywhere must cover what they cover when every pixel is looked at in 256 places.
func TestCoverage(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	const w, h, fine = 40, 30, 16
	for range 60 {
		var l line
		for range 3 {
			l.at = append(l.at, point{rnd.Float64()*80 - 20, rnd.Float64()*60 - 15})
		}
		got := cover(w, h, []line{l})
		for y := range h {
			for x := range w {
				in := 0
				for k := range fine * fine {
					if inside(l.at, point{float64(x) + (float64(k%fine)+0.5)/fine, float64(y) + (float64(k/fine)+0.5)/fine}) {
						in++
					}
				}
				if want := float64(in) / fine / fine * 255; math.Abs(float64(got[y*w+x])-want) > 20 {
					t.Fatalf("%v: the pixel at %d, %d is covered by %d, not %.0f", l.at, x, y, got[y*w+x], want)
				}
			}
		}
	}
}

func inside(at []point, p point) bool {
	in := false
	for i, a := range at {
		b := at[(i+1)%len(at)]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(b.x-a.x)*(p.y-a.y)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

func TestManyDashesAreDrawnThrough(t *testing.T) {
	p := pen{width: 1, dash: []float64{0.001, 0.001}}
	if got := p.dashes(straight(false, 0, 0, 30_000, 0)); len(got) != 1 {
		t.Errorf("%d pieces", len(got))
	}
}

func TestFarPlacesAreCut(t *testing.T) {
	for _, v := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), 1e300} {
		if s := side(v); s > 1<<20 || s < -1<<20 {
			t.Errorf("%g is at %d", v, s)
		}
	}
	if got := area(cover(10, 10, []line{straight(true, -1e7, -1e7, 1e7, -1e7, 1e7, 1e7, -1e7, 1e7)})); got != 100 {
		t.Errorf("a square around everything covers %g of 100", got)
	}
}
