package png_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/png"
	"c4arch/internal/render/rendertest"
	"c4arch/test/golden"
)

// way is a path of straight pieces between points in hundredths.
func way(closed bool, xy ...int) []figure.Seg {
	var out []figure.Seg
	for i := 0; i < len(xy); i += 2 {
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		out = append(out, figure.Seg{Op: op, P: [6]int{xy[i], xy[i+1]}})
	}
	if closed {
		out = append(out, figure.Seg{Op: 'Z'})
	}
	return out
}

// sheet is a figure of one part.
func sheet(w, h int, shapes ...figure.Shape) *figure.Figure {
	return &figure.Figure{W: w, H: h, Title: "A sheet", View: &c4.View{Key: "v"}, Parts: []figure.Part{{Kind: figure.Box, Look: figure.Look{Kind: c4.Container}, Shapes: shapes}}}
}

func write(t testing.TB, f *figure.Figure, o png.Options) (image.Image, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Write(&b, f, o); err != nil {
		t.Fatal(err)
	}
	m, err := stdpng.Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("image/png does not read it: %v", err)
	}
	return m, b.Bytes()
}

func contoso(t testing.TB, view int) *figure.Figure {
	t.Helper()
	m := rendertest.Contoso()
	f, err := figure.Draw(m, &m.Views[view], figure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSize(t *testing.T) {
	f := sheet(101, 33)
	for scale, want := range map[float64]image.Point{0: {101, 33}, 1: {101, 33}, 1.5: {152, 50}, 2: {202, 66}, 4: {404, 132}} {
		m, data := write(t, f, png.Options{Scale: scale})
		if m.Bounds().Size() != want {
			t.Errorf("scale %g: %v, not %v", scale, m.Bounds().Size(), want)
		}
		phys := chunk(data, "pHYs")
		if got, want := binary.BigEndian.Uint32(phys), math.Round(96*max(scale, 1)/0.0254); float64(got) != want || phys[8] != 1 {
			t.Errorf("scale %g: %d pixels a metre, not %g", scale, got, want)
		}
	}
}

// chunk is the data of the first chunk of a kind.
func chunk(data []byte, kind string) []byte {
	for at := 8; at < len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if string(data[at+4:at+8]) == kind {
			return data[at+8 : at+8+n]
		}
		at += 12 + n
	}
	return nil
}

func TestTextsOfTheFile(t *testing.T) {
	f := sheet(10, 10)
	f.Title = "שלום \x00\xff" + strings.Repeat("é", 3000)
	_, data := write(t, f, png.Options{})
	got := string(chunk(data, "iTXt"))
	if !strings.HasPrefix(got, "Title\x00\x00\x00\x00\x00שלום \uFFFDé") || len(got) > 2020 || strings.HasSuffix(got, "\xc3") {
		t.Errorf("the title is %.40q, %d bytes", got, len(got))
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		f    *figure.Figure
		o    png.Options
		kind fault.Kind
		help string
	}{
		"too many pixels": {sheet(9000, 9000), png.Options{}, fault.Limited, "--scale"},
		"by scale":        {sheet(3000, 3000), png.Options{Scale: 3}, fault.Limited, "--scale"},
		"of the caller":   {sheet(100, 100), png.Options{MaxPixels: 9999}, fault.Limited, "fold"},
		"too long":        {sheet(40_000, 10), png.Options{}, fault.Limited, "SVG"},
		"beyond counting": {sheet(math.MaxInt, math.MaxInt), png.Options{}, fault.Limited, "--scale"},
		"no size":         {sheet(0, 10), png.Options{}, fault.Invalid, ""},
		"scale too small": {sheet(10, 10), png.Options{Scale: 0.05}, fault.Invalid, "--scale"},
		"scale too large": {sheet(10, 10), png.Options{Scale: 5}, fault.Invalid, "--scale"},
		"scale no number": {sheet(10, 10), png.Options{Scale: math.NaN()}, fault.Invalid, "--scale"},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			err := png.Write(&b, c.f, c.o)
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.help) {
				t.Errorf("got %v", err)
			}
			if b.Len() > 0 {
				t.Error("something was written")
			}
		})
	}
}

// full is a writer that has no room left after some bytes.
type full struct{ room int }

var errFull = errors.New("no room")

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	f := contoso(t, 1)
	for _, room := range []int{0, 20, 60, 20_000} {
		if err := png.Write(&full{room}, f, png.Options{}); !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: %v", room, err)
		}
	}
}

func TestSameBytesEachTime(t *testing.T) {
	_, a := write(t, contoso(t, 1), png.Options{Theme: figure.Dark, Scale: 2})
	_, b := write(t, contoso(t, 1), png.Options{Theme: figure.Dark, Scale: 2})
	if !bytes.Equal(a, b) {
		t.Error("the same figure gives two files")
	}
}

// Digests of pixels, not of files: how tightly zlib packs is not ours to promise. Look at the pictures (make gallery) before
// you write these anew.
func TestPixels(t *testing.T) {
	for _, theme := range []figure.Theme{figure.Light, figure.Dark, figure.Contrast, figure.Print} {
		for name, f := range map[string]*figure.Figure{"strokes": strokes(), "letters": letters()} {
			m, _ := write(t, f, png.Options{Theme: theme})
			rgb := sha256.New()
			for y := range m.Bounds().Dy() {
				for x := range m.Bounds().Dx() {
					r, g, b, _ := m.At(x, y).RGBA()
					rgb.Write([]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8)})
				}
			}
			golden.Check(t, name+"-"+string(theme)+".txt", fmt.Sprintf("%v %x\n", m.Bounds().Size(), rgb.Sum(nil)))
		}
	}
}

func strokes() *figure.Figure {
	f := sheet(220, 160,
		figure.Shape{Role: figure.RoleBox, Path: way(true, 1000, 1000, 10_000, 1000, 10_000, 6000, 1000, 6000)},
		figure.Shape{Role: figure.RoleDeco, Path: []figure.Seg{{Op: 'M', P: [6]int{1000, 8000}}, {Op: 'C', P: [6]int{4000, 5000, 8000, 15_000, 10_000, 8000}}}})
	f.Parts = append(f.Parts,
		figure.Part{Kind: figure.Line, Look: figure.Look{Confidence: c4.May}, Shapes: []figure.Shape{{Role: figure.RoleWay, Path: way(false, 12_000, 1000, 20_000, 1000, 15_000, 8000)}}},
		figure.Part{Kind: figure.Line, Look: figure.Look{Confidence: c4.High}, Shapes: []figure.Shape{{Role: figure.RoleWay, Path: way(false, 12_000, 12_000, 20_000, 12_000, 20_000, 15_000)}}})
	return f
}

func letters() *figure.Figure {
	var shapes []figure.Shape
	for i, s := range []string{"Contoso Shop", "שלום (עולם) 12", "مرحبا لا", "漢字 🛒 e\u0301 x\u0323", "struck"} {
		shapes = append(shapes, figure.Shape{
			Role: figure.RoleName, Text: s, X: 100, Y: 24 + 26*i, Middle: i%2 == 0, Struck: s == "struck", Face: figure.Face{Bold: i%2 == 1, Size: 13 + i},
		})
	}
	return sheet(220, 160, shapes...)
}

// What is painted must not depend on where a strip or a tile ends.
func TestStripsAndTilesDoNotShow(t *testing.T) {
	at := func(dx, dy int) image.Image {
		f := letters()
		for i := range f.Parts[0].Shapes {
			f.Parts[0].Shapes[i].X += dx
			f.Parts[0].Shapes[i].Y += dy
		}
		for _, p := range strokes().Parts {
			for _, s := range p.Shapes {
				for i := range s.Path {
					for k := range 3 {
						s.Path[i].P[2*k] += 100 * dx
						s.Path[i].P[2*k+1] += 100 * dy
					}
				}
			}
			f.Parts = append(f.Parts, p)
		}
		f.W, f.H = 800, 700
		m, _ := write(t, f, png.Options{})
		return m
	}
	a := at(0, 0)
	for _, d := range []image.Point{{512, 384}, {400, 0}, {511, 100}, {450, 500}, {3, 77}} {
		b := at(d.X, d.Y)
		for y := range 160 {
			for x := range 220 {
				if far(a.At(x, y), b.At(x+d.X, y+d.Y)) {
					t.Fatalf("moved by %v, the pixel at %d, %d is %v, not %v", d, x, y, b.At(x+d.X, y+d.Y), a.At(x, y))
				}
			}
		}
	}
}

// far reports whether colours differ by more than the rounding of the rasteriser at the edge of a tile.
func far(a, b color.Color) bool {
	p, q := color.RGBAModel.Convert(a).(color.RGBA), color.RGBAModel.Convert(b).(color.RGBA)
	for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
		if d > 2 || d < -2 {
			return true
		}
	}
	return false
}

// A sheet of 16 million pixels is 64 MB as a picture; it is painted in a fraction of that.
func TestMemoryIsThatOfAStrip(t *testing.T) {
	f := contoso(t, 3)
	f.W, f.H = 4000, 4000
	if err := png.Write(io.Discard, f, png.Options{}); err != nil { // parses the fonts
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := png.Write(io.Discard, f, png.Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
		t.Errorf("%d bytes were taken", n)
	}
}

// FuzzPath: whatever a path says, a picture of the right size comes out.
func FuzzPath(f *testing.F) {
	f.Add("MLZ", []byte{1, 2, 3, 4})
	f.Add("LCZCZLM", []byte{255, 255, 255, 255, 0, 0, 0, 0, 128, 0, 0, 0})
	f.Add("ZZZ", []byte{})
	f.Add("MCLCXZ", bytes.Repeat([]byte{0x7f, 0xff}, 80))
	f.Fuzz(func(t *testing.T, ops string, data []byte) {
		if len(ops) > 60 {
			return
		}
		var path []figure.Seg
		next := func() int {
			if len(data) < 4 {
				return len(data) * 100
			}
			v := int(int32(binary.BigEndian.Uint32(data)))
			data = data[4:]
			return v
		}
		for _, op := range []byte(ops) {
			path = append(path, figure.Seg{Op: op, P: [6]int{next(), next(), next(), next(), next(), next()}})
		}
		fig := sheet(60, 50, figure.Shape{Role: figure.RoleBox, Path: path})
		fig.Parts = append(fig.Parts, figure.Part{Kind: figure.Line, Look: figure.Look{Confidence: c4.May}, Shapes: []figure.Shape{{Role: figure.RoleWay, Path: path}}})
		m, _ := write(t, fig, png.Options{})
		if m.Bounds().Size() != (image.Point{60, 50}) {
			t.Errorf("the picture is %v", m.Bounds())
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	for _, c := range []struct {
		name  string
		view  int
		scale float64
	}{{"context", 1, 1}, {"containers", 3, 1}, {"containers2x", 3, 2}} {
		f := contoso(b, c.view)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := png.Write(io.Discard, f, png.Options{Scale: c.scale}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	big := contoso(b, 3)
	big.W, big.H = 8000, 8000
	b.Run("64 megapixels", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := png.Write(io.Discard, big, png.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Without a wish a picture is as sharp as there is room for, and what is too large for pixels is made small.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want float64
	}{
		{0, 0, 2}, {100, 100, 2}, {4000, 4000, 2}, {4001, 4001, 1}, {8000, 8000, 1}, {16_000, 16_000, 0.5}, {40_000, 10, 0.81}, {1 << 30, 10, 0.1},
	} {
		if got := png.Fit(sheet(c.w, c.h)); got != c.want {
			t.Errorf("%d x %d: %g, want %g", c.w, c.h, got, c.want)
		}
	}
	f := contoso(t, 1)
	small, _ := write(t, f, png.Options{Scale: 0.5})
	if got := small.Bounds().Size(); got.X != (f.W+1)/2 || got.Y != (f.H+1)/2 {
		t.Errorf("half of %d x %d is %v", f.W, f.H, got)
	}
}
