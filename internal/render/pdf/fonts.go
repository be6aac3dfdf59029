package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf8"

	"c4arch/internal/render/font"
)

// fonts are the fonts of a document. A glyph is shown by a code of our own, one for each pair of a glyph and the text that it
// stands for, since an Arabic letter is another glyph at each place, and one glyph may stand for several characters.
type fonts struct {
	used  []*used
	byOf  map[*font.Font]*used
	boxes []*boxes
	byBox map[boxKey]place8
}

// used is a font with the codes of its glyphs; code 0 is the font's missing glyph.
type used struct {
	font  *font.Font
	name  string
	codes map[glyphKey]int
	keys  []glyphKey
}

type glyphKey struct {
	id   uint16
	text string
}

// boxes is a font whose glyphs are drawings (Type 3) of at most 255 boxes.
type boxes struct {
	name string
	keys []boxKey
}

type boxKey struct {
	r    rune
	text string
}

// place8 is a box's font and its code in it.
type place8 struct{ font, code int }

const boxesPerFont = 255

func newFonts() *fonts { return &fonts{byOf: map[*font.Font]*used{}, byBox: map[boxKey]place8{}} }

func (f *fonts) of(ft *font.Font) *used {
	u := f.byOf[ft]
	if u == nil {
		u = &used{font: ft, name: fmt.Sprintf("F%d", len(f.used)+1), codes: map[glyphKey]int{}, keys: make([]glyphKey, 1)}
		f.byOf[ft], f.used = u, append(f.used, u)
	}
	return u
}

func (f *fonts) box(g font.Glyph) place8 {
	k := boxKey{g.Rune, g.Text}
	p, ok := f.byBox[k]
	if !ok {
		if n := len(f.boxes); n == 0 || len(f.boxes[n-1].keys) == boxesPerFont {
			f.boxes = append(f.boxes, &boxes{name: fmt.Sprintf("B%d", n+1)})
		}
		b := f.boxes[len(f.boxes)-1]
		b.keys = append(b.keys, k)
		p = place8{len(f.boxes) - 1, len(b.keys)}
		f.byBox[k] = p
	}
	return p
}

// name is the name of a glyph's font in the resources.
func (f *fonts) name(g font.Glyph) string {
	if g.Font == nil {
		return f.boxes[f.box(g).font].name
	}
	return f.of(g.Font).name
}

// code is a glyph's code in its font, in hexadecimal.
func (f *fonts) code(g font.Glyph) string {
	if g.Font == nil {
		return fmt.Sprintf("%02X", f.box(g).code)
	}
	u, k := f.of(g.Font), glyphKey{g.ID, meaning(g)}
	n, ok := u.codes[k]
	if !ok {
		n = len(u.keys)
		u.codes[k], u.keys = n, append(u.keys, k)
	}
	return fmt.Sprintf("%04X", n)
}

// meaning is the text that a glyph is given. Readers turn what runs from the right into the order of reading by themselves,
// character by character: several characters of one glyph would come out the wrong way round in some of them. A ligature is
// given its own character, which all of them take for its letters when they search.
func meaning(g font.Glyph) string {
	if g.Level%2 == 1 && utf8.RuneCountInString(g.Text) > 1 {
		return string(g.Rune)
	}
	return g.Text
}

// write writes all fonts and gives back their dictionary of resources.
func (f *fonts) write(w *writer) string {
	var b strings.Builder
	b.WriteString("/Font<<")
	for _, u := range f.used {
		fmt.Fprintf(&b, "/%s %d 0 R", u.name, u.write(w))
	}
	for _, x := range f.boxes {
		fmt.Fprintf(&b, "/%s %d 0 R", x.name, x.write(w))
	}
	b.WriteString(">>")
	return b.String()
}

// write writes a font of codes of two bytes (9.7): the code is the number of the glyph in the embedded part.
func (u *used) write(w *writer) int {
	top, below, desc, file, cmap := w.reserve(), w.reserve(), w.reserve(), w.reserve(), w.reserve()
	ids := make([]uint16, len(u.keys))
	var widths strings.Builder
	for i, k := range u.keys {
		ids[i] = k.id
		if i > 0 {
			fmt.Fprintf(&widths, "%d ", thousandths(u.font.Advance(k.id)))
		}
	}
	data := subset(u.font.Data, ids)
	name := tag(data) + "+" + u.font.Name
	w.object(top, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, below, cmap))
	w.object(below, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 0/W[1[%s]]>>", name, desc, widths.String()))
	w.object(desc, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[-1024 -512 2048 1024]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, thousandths(u.font.Ascent), thousandths(u.font.Descent), thousandths(u.font.CapHeight), file))
	w.stream(file, fmt.Sprintf("/Length1 %d", len(data)), data)
	texts := make([]string, len(u.keys))
	for i, k := range u.keys {
		texts[i] = k.text
	}
	w.stream(cmap, "", toUnicode(texts, 4))
	return top
}

func thousandths(units int) int { return (units*1000 + font.Em/2) / font.Em }

// tag is the prefix of a part of a font: six capitals (9.6.4), of its digest.
func tag(data []byte) string {
	sum := sha256.Sum256(data)
	out := make([]byte, 6)
	for i := range out {
		out[i] = 'A' + sum[i]%26
	}
	return string(out)
}

// toUnicode is the map from codes to texts (9.10.3); code 0 is none, and neither is one without a text.
func toUnicode(texts []string, digits int) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n")
	fmt.Fprintf(&b, "<%0*X><%s>\nendcodespacerange\n", digits, 0, strings.Repeat("F", digits))
	var pairs []string
	for i, t := range texts {
		if i > 0 && t != "" {
			pairs = append(pairs, fmt.Sprintf("<%0*X><%s>\n", digits, i, utf16hex(t)))
		}
	}
	const most = 100 // of a section, as the specification asks
	for len(pairs) > 0 {
		n := min(len(pairs), most)
		fmt.Fprintf(&b, "%d beginbfchar\n%sendbfchar\n", n, strings.Join(pairs[:n], ""))
		pairs = pairs[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// write writes a font of drawings (9.6.5).
func (x *boxes) write(w *writer) int {
	top, cmap := w.reserve(), w.reserve()
	var procs, names, widths strings.Builder
	texts := make([]string, 1+len(x.keys))
	for i, k := range x.keys {
		n := w.reserve()
		adv := font.BoxAdvance(k.r)
		w.stream(n, "", drawing(adv, font.Box(k.r)))
		fmt.Fprintf(&procs, "/b%d %d 0 R", i+1, n)
		fmt.Fprintf(&names, "/b%d", i+1)
		fmt.Fprintf(&widths, "%d ", adv)
		texts[i+1] = k.text
	}
	w.object(top, fmt.Sprintf("<</Type/Font/Subtype/Type3/FontBBox[0 -512 %d 2048]/FontMatrix[.00048828125 0 0 .00048828125 0 0]/Resources<<>>"+
		"/CharProcs<<%s>>/Encoding<</Type/Encoding/Differences[1%s]>>/FirstChar 1/LastChar %d/Widths[%s]/ToUnicode %d 0 R>>",
		2*font.Em, procs.String(), names.String(), len(x.keys), widths.String(), cmap))
	w.stream(cmap, "", toUnicode(texts, 2))
	return top
}

// drawing is a glyph of its own, in the colour of the text.
func drawing(advance int, outline []font.Seg) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d 0 0 -512 %d 2048 d1\n", advance, advance)
	var at [2]int
	for i, s := range outline {
		p := s.P
		switch s.Op {
		case 'M':
			if i > 0 {
				b.WriteString("h\n")
			}
			fmt.Fprintf(&b, "%d %d m\n", p[0], p[1])
		case 'L':
			fmt.Fprintf(&b, "%d %d l\n", p[0], p[1])
		case 'Q': // as a cubic of the same shape
			fmt.Fprintf(&b, "%d %d %d %d %d %d c\n", (at[0]+2*p[0])/3, (at[1]+2*p[1])/3, (p[2]+2*p[0])/3, (p[3]+2*p[1])/3, p[2], p[3])
			p[0], p[1] = p[2], p[3]
		case 'C':
			fmt.Fprintf(&b, "%d %d %d %d %d %d c\n", p[0], p[1], p[2], p[3], p[4], p[5])
			p[0], p[1] = p[4], p[5]
		}
		at = [2]int{p[0], p[1]}
	}
	b.WriteString("h f\n")
	return b.Bytes()
}
