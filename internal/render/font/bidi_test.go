package font

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/text/unicode/bidi"
)

// The letters of the cases stand for classes, as in the examples of UAX #9: capitals run from the right.
func TestOrder(t *testing.T) {
	for _, c := range []struct{ name, read, seen string }{
		{"plain", "car is red", "car is red"},
		{"one word", "car שלום x", "car םולש x"},
		{"two words", "a אב גד b", "a דג בא b"},
		{"number after", "a אב 12 b", "a 12 בא b"},
		{"number between", "a אב 12 גד b", "a דג 12 בא b"},
		{"number and latin", "אב 12 b", "12 בא b"},
		{"number before", "12 אב", "12 בא"},
		{"decimal", "אב 1.5, 2", "2 ,1.5 בא"},
		{"currency", "אב 12€", "12€ בא"},
		{"arabic digits", "اب ١٢", "١٢ با"},
		{"brackets within", "a (אב) b", "a (בא) b"},
		{"brackets of the other", "אב (גד)", "(דג) בא"},
		{"brackets around latin", "אב (cd) הו", "בא (cd) וה"},
		{"nested brackets", "אב [(גד)]", "[(דג)] בא"},
		{"lone bracket", "אב) גד", "דג (בא"},
		{"arrows are turned", "אב<גד", "דג>בא"},
		{"trailing space", "אב ", "בא "},
		{"controls take no effect", "a \u202Ebc\u202C d", "a bc d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := ""
			for _, g := range Shape(c.read, false) {
				r := g.Rune
				if f, ok := letterOf[r]; ok {
					r = f
				}
				seen += string(r)
			}
			if seen != c.seen {
				t.Errorf("%q is seen as %q, not %q", c.read, seen, c.seen)
			}
		})
	}
}

// letterOf gives the letters of the joined forms back.
var letterOf = func() map[rune]rune {
	out := map[rune]rune{}
	for _, f := range joining {
		for k := range rune(f.n) {
			out[f.isolated+k] = f.letter
		}
	}
	return out
}()

// The directions have to be those of x/text, which was tested with the data of Unicode. Controls, for which this
// package differs, are left out, and so are brackets, whose pairs (N0) its Paragraph does not find: those are among the cases above.
func TestDirectionsOfXText(t *testing.T) {
	letters := []rune("abzאבשمرب019٠٣.,:+-%€$#<> \u0301\u05B0!\"&'*/;=?@_|~漢😀")
	rnd := rand.New(rand.NewPCG(3, 9))
	for range 20_000 {
		text := make([]rune, 1+rnd.IntN(12))
		for i := range text {
			text[i] = letters[rnd.IntN(len(letters))]
		}
		want := directions(t, string(text))
		for i, l := range levels(text) {
			if int(l%2) != want[i] {
				t.Fatalf("%q: character %d has level %d, x/text has its directions as %v", string(text), i, l, want)
			}
		}
	}
}

func directions(t *testing.T, s string) []int {
	t.Helper()
	var p bidi.Paragraph
	// the first strong letter decides, so that one is put before
	if _, err := p.SetString("a" + s); err != nil {
		t.Fatal(err)
	}
	o, err := p.Order()
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for i := range o.NumRuns() {
		r := o.Run(i)
		d := 0
		if r.Direction() == bidi.RightToLeft {
			d = 1
		}
		for range []rune(r.String()) {
			out = append(out, d)
		}
	}
	return out[1:]
}
