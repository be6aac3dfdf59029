package pdf

import (
	"testing"

	"c4arch/internal/render/figure"
	"c4arch/internal/render/font"
)

// A part of a font has its glyphs in the order asked for, the parts of composed letters behind them, and sums that readers check.
func TestSubset(t *testing.T) {
	f := font.For(false)[1]
	ids := []uint16{0}
	for _, r := range "Aéö~" {
		ids = append(ids, f.Glyph(r))
	}
	data := subset(f.Data, append(ids, ids[1]))
	if got := checksum(data); got != 0xB1B0AFBA {
		t.Errorf("the file sums up to %X", got)
	}
	if len(data) > len(f.Data)/4 {
		t.Errorf("%d bytes for %d glyphs of a font of %d", len(data), len(ids), len(f.Data))
	}
	got, from := tables(data), tables(f.Data)
	n := int(u16(got["maxp"], 4))
	if len(got["loca"]) != 4*(n+1) || len(got["hmtx"]) != 4*n || int(u16(got["hhea"], 34)) != n {
		t.Fatalf("%d glyphs, %d bytes of places, %d of widths", n, len(got["loca"]), len(got["hmtx"]))
	}
	composed := 0
	for i := range n {
		a, b := u32(got["loca"], 4*i), u32(got["loca"], 4*i+4)
		if a > b || int(b) > len(got["glyf"]) {
			t.Fatalf("glyph %d is from %d to %d", i, a, b)
		}
		g := got["glyf"][a:b]
		if len(g) > 12 && int16(u16(g, 0)) < 0 {
			composed++
			if part := int(u16(g, 12)); part < len(ids) && part != 1 || part >= n {
				t.Errorf("glyph %d is made of glyph %d of %d", i, part, n)
			}
		}
	}
	if composed == 0 || n <= len(ids)+1 {
		t.Errorf("of %d glyphs %d are composed: the test has no composed letter", n, composed)
	}
	for i, id := range ids {
		if w := int(u16(got["hmtx"], 4*i)); w != f.Advance(id) {
			t.Errorf("glyph %d is %d wide, not %d", i, w, f.Advance(id))
		}
	}
	if string(got["prep"]) != string(from["prep"]) {
		t.Error("the program of the font is not there")
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[int]string{0: "0", 5: "0.05", 50: "0.5", -5: "-0.05", 100: "1", 12345: "123.45", -12340: "-123.4"} {
		if got := number(v); got != want {
			t.Errorf("%d hundredths are written as %q, not %q", v, got, want)
		}
	}
}

func TestPathsBegin(t *testing.T) {
	for ops, want := range map[string]string{
		"ML":  "1 2 m\n1 2 l\n",
		"L":   "1 2 m\n",
		"ZC":  "0 0 m\n1 2 3 4 5 6 c\n",
		"MXZ": "1 2 m\nh\n",
	} {
		if got := string(way(segs(ops))); got != want {
			t.Errorf("%s is %q, not %q", ops, got, want)
		}
	}
}

func segs(ops string) (out []figure.Seg) {
	for _, op := range []byte(ops) {
		out = append(out, figure.Seg{Op: op, P: [6]int{100, 200, 300, 400, 500, 600}})
	}
	return out
}
