package figure

import (
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/scene"
)

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

// Themes are all themes.
var Themes = []Theme{Light, Dark, Contrast, Print, Auto}

// ThemeByName is the theme of a name; "" is Auto.
func ThemeByName(name string) (Theme, error) {
	if name == "" {
		return Auto, nil
	}
	if t := Theme(name); slices.Contains(Themes, t) {
		return t, nil
	}
	return "", fault.New(fault.Invalid, "unknown theme %q", name).WithHelp("auto, light, dark, contrast or print")
}

// Color is red, green, blue and opacity, 0 to 255 each, not premultiplied.
type Color struct{ R, G, B, A uint8 }

// Style is how one shape looks. A colour with A 0 is not drawn.
type Style struct {
	Fill, Stroke Color
	Width        int   // of the stroke, in hundredths of a pixel
	Dash         []int // lengths of strokes and gaps, in hundredths of a pixel
	Round        bool  // line caps and joins are round
}

// Paper is the colour of the sheet. Auto is Light where nobody can be asked.
func (t Theme) Paper() Color { return t.sheet().colors[inPaper] }

// Style is how a shape of a role looks in a part of a kind. Auto is Light where nobody can be asked. The Dash of the result is
// shared: it is not to be changed.
func (t Theme) Style(kind PartKind, l Look, r Role) Style {
	return t.sheet().style(Classes(kind, l), r)
}

// Classes are the words that decide a look, for a style sheet: the kind, whether it is external, how sure it is, its mark. What is
// not known here is left out, or is a neutral kind, so that no text from outside is among them.
func Classes(kind PartKind, l Look) []string {
	var out []string
	add := func(class string, known bool) {
		if known {
			out = append(out, class)
		}
	}
	add("frame", kind == Frame || l.Shape == boundary)
	if l.Kind != "" || kind == Box || kind == Frame {
		_, known := light.groups["kind-"+string(l.Kind)]
		add("kind-"+string(l.Kind), known)
		add("kind-"+string(c4.DeploymentNode), !known)
	}
	add("external", l.External)
	add("conf-"+string(l.Confidence), l.Confidence == c4.Certain || l.Confidence == c4.High || l.Confidence == c4.May)
	add("declared", l.Declared)
	add("mark-"+string(l.Mark), slices.Contains(scene.Kinds, l.Mark))
	return out
}
