package font

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Every form in the table must be one of its letter, and the one after the last must not: the data of Unicode decide.
func TestFormsAreOfTheirLetters(t *testing.T) {
	if !slices.IsSortedFunc(joining, func(a, b forms) int { return int(a.letter - b.letter) }) {
		t.Error("the letters are not sorted, and are searched by halves")
	}
	for _, f := range joining {
		for k := range rune(f.n) {
			if got := norm.NFKC.String(string(f.isolated + k)); got != norm.NFKC.String(string(f.letter)) {
				t.Errorf("%U is a form of %q, not of %q", f.isolated+k, got, f.letter)
			}
		}
	}
	for alef, iso := range lamAlef {
		for _, r := range []rune{iso, iso + 1} {
			if got, want := norm.NFKC.String(string(r)), norm.NFC.String("ل"+string(alef)); got != want {
				t.Errorf("%U is %q, not %q", r, got, want)
			}
		}
	}
}

func TestArabicJoins(t *testing.T) {
	for _, c := range []struct {
		text string
		seen []rune // from left to right
	}{
		{"ببب", []rune{0xFE90, 0xFE92, 0xFE91}},
		{"ب", []rune{0xFE8F}},
		{"دب", []rune{0xFE8F, 0xFEA9}},           // dal joins nothing after it
		{"بد", []rune{0xFEAA, 0xFE91}},           // but what is before it
		{"سلام", []rune{0xFEE1, 0xFEFC, 0xFEB3}}, // lam and alef are one
		{"لا", []rune{0xFEFB}},
		{"بَب", []rune{0xFE90, 0x064E, 0xFE91}}, // a mark does not part
		{"ب\u200Cب", []rune{0xFE8F, 0xFE8F}},    // a non-joiner does
		{"پیچ", []rune{0xFB7B, 0xFBFF, 0xFB58}},
		{"بـ", []rune{0x0640, 0xFE91}},
	} {
		var seen []rune
		for _, g := range Shape(c.text, false) {
			if g.Font == nil {
				t.Errorf("%q: no font has %U", c.text, g.Rune)
			}
			seen = append(seen, g.Rune)
		}
		if !slices.Equal(seen, c.seen) {
			t.Errorf("%q is seen as %U, not %U", c.text, seen, c.seen)
		}
	}
}

func TestFonts(t *testing.T) {
	for _, c := range []struct {
		text, font string
		bold       bool
	}{
		{"Az09é€→", "GoRegular", false},
		{"Az09é€→", "Go-Bold", true},
		{"אשם☎✓⚠ﻼ", "DejaVuSans", false},
		{"אש", "DejaVuSans-Thick", true},
		{"😀", "DejaVuSans", false},
		{"漢字🛒ह", "", false},
	} {
		for _, g := range Shape(c.text, c.bold) {
			name := ""
			if g.Font != nil {
				name = g.Font.Name
			}
			if name != c.font {
				t.Errorf("%q is of %q, not of %q", g.Text, name, c.font)
			}
		}
	}
}

func TestMarksStandOverTheirBase(t *testing.T) {
	for _, text := range []string{"x\u0301", "q\u0323", "l\u0308\u0301", "שׁ"} {
		gs := Shape(text, false)
		slices.SortStableFunc(gs, func(a, b Glyph) int { return b.Advance - a.Advance })
		x0, _, x1, top := bounds(gs[0].Outline())
		x0, x1 = x0+gs[0].X, x1+gs[0].X
		for _, m := range gs[1:] {
			a0, low, a1, high := bounds(m.Outline())
			middle := m.X + (a0+a1)/2
			if middle < x0 || middle > x1 {
				t.Errorf("%q: a mark's middle is at %d, its base goes from %d to %d", text, middle, x0, x1)
			}
			if low+m.Y < top && high+m.Y > 0 && low > Em/3 {
				t.Errorf("%q: a mark from %d to %d is in its base, which ends at %d", text, low+m.Y, high+m.Y, top)
			}
		}
	}
}

func TestComposedLettersAreOneGlyph(t *testing.T) {
	if gs := Shape("e\u0301", false); len(gs) != 1 || gs[0].Rune != 'é' {
		t.Errorf("e with an acute is %d glyphs", len(gs))
	}
}

func TestBoxesHaveTheirCodePoint(t *testing.T) {
	for r, want := range map[rune]string{0x6F22: "6F22", 0x1F6D2: "01F6D2", 0x10FFFF: "10FFFF"} {
		if got := digits(r); got != want {
			t.Errorf("the box of %U says %s", r, got)
		}
		o := Box(r)
		if n := count(o); n < 2+len(want) {
			t.Errorf("the box of %U has %d contours, fewer than a frame and %d digits", r, n, len(want))
		}
		if x0, y0, x1, y1 := bounds(o); x0 < 0 || x1 > BoxAdvance(r) || y0 < -Em/4 || y1 > Em {
			t.Errorf("the box of %U reaches from %d, %d to %d, %d", r, x0, y0, x1, y1)
		}
	}
}

func count(o []Seg) (n int) {
	for _, s := range o {
		if s.Op == 'M' {
			n++
		}
	}
	return n
}

func TestWidth(t *testing.T) {
	if got, want := Width("AA", false), 2*For(false)[0].Advance(For(false)[0].Glyph('A')); got != want {
		t.Errorf("AA is %d wide, not %d", got, want)
	}
	if Width("", true) != 0 {
		t.Error("nothing has a width")
	}
	for _, s := range []string{"Contoso Shop", "שלום (עולם) 12", "e\u0301x"} {
		last := 0
		for _, g := range Shape(s, true) {
			last = max(last, g.X+g.Advance)
		}
		if Width(s, true) != last {
			t.Errorf("%q is %d wide, its last glyph ends at %d", s, Width(s, true), last)
		}
	}
}

// hostile are texts that are hard to put in order, or that someone writes to break what shows them.
var hostile = []string{
	"", "Contoso Shop", "שלום עולם", "مرحبا بالعالم", "ltr \u202E rtl שלום مرحبا", "e\u0301\u0301\u0301\u0301\u0301\u0301", "\u0301", "\u0301\u0301\u0301\u0301\u0301\u0301",
	"🛒🧾😀 漢字", "👩🏽‍💻🇨🇭", "\xff\xfe\x00\x1b", strings.Repeat("(", 200), strings.Repeat("[א)", 80), "\u200D\u200Cلا\u200Dل\u200Cا", "\uFEFF\u2028\u2029",
	"שָׁלוֹם", "कखग", "ﷺ", strings.Repeat("לא ", 100),
}

// FuzzShape holds what a drawing relies on: nothing is lost, nothing stands left of the start, the width is that of the line,
// and the same text gives the same glyphs.
func FuzzShape(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, bold bool) {
		if len(s) > 2000 {
			return
		}
		gs := Shape(s, bold)
		var got []rune
		end := 0
		for _, g := range gs {
			got = append(got, []rune(g.Text)...)
			end = max(end, g.X+g.Advance)
			if g.Advance < 0 || g.Font != nil && g.ID == 0 {
				t.Errorf("%q has a glyph %+v", s, g)
			}
			if g.Text == "" || !utf8.ValidString(g.Text) {
				t.Errorf("a glyph of %q stands for %q", s, g.Text)
			}
		}
		if w := Width(s, bold); w != end {
			t.Errorf("%q is %d wide and ends at %d", s, w, end)
		}
		want := readable(s)
		if len(gs) == 0 { // there is nothing to see
			want = slices.DeleteFunc(want, unseen)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: glyphs for %q, characters %q", s, string(got), string(want))
		}
		for i, g := range Shape(s, bold) {
			if g != gs[i] {
				t.Fatalf("%q is shaped in two ways", s)
			}
		}
	})
}

func TestControlsOfDirectionAreLeftOut(t *testing.T) {
	for _, r := range readable("a\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200E\u200F\u061C\uFEFFb") {
		if unicode.Is(unicode.Cf, r) {
			t.Errorf("%U is kept", r)
		}
	}
}

func BenchmarkShape(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"plain", "Azure Database for PostgreSQL"},
		{"hebrew", "שלום (עולם) 123 abc"},
		{"arabic", "مرحبا بالعالم"},
		{"boxes", "漢字かな交じり文 🛒🧾"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Shape(c.text, false)
			}
		})
	}
}
