package figure

// Theme says how every part looks. The style sheet of an SVG is written from themes too, so that a PNG and an SVG agree.
type Theme string

// The themes.
const (
	Light    Theme = "light"
	Dark     Theme = "dark"
	Contrast Theme = "contrast" // high contrast: black on white, thick outlines, no greys
	Print    Theme = "print"    // black on white paper, kinds by outline and pattern
	Auto     Theme = "auto"     // of an SVG or a page only: the reader's system decides
)

// Color is red, green, blue and opacity, 0 to 255 each, not premultiplied.
type Color struct{ R, G, B, A uint8 }

// Style is how one shape looks. A colour with A 0 is not drawn.
type Style struct {
	Fill, Stroke Color
	Width        int   // of the stroke, in hundredths of a pixel
	Dash         []int // lengths of strokes and gaps, in hundredths of a pixel
	Round        bool  // line caps and joins are round
}
