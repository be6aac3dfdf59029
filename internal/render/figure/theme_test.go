package figure

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

var palettes = []Theme{Light, Dark, Contrast, Print}

// luminance is the relative luminance of WCAG 2.2.
func luminance(c Color) float64 {
	part := func(n uint8) float64 {
		v := float64(n) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// ratio is the contrast ratio of WCAG 2.2.
func ratio(a, b Color) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

// over is a colour upon another.
func over(c, ground Color) Color {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*int(c.A) + int(b)*(255-int(c.A)) + 127) / 255) }
	return Color{mix(c.R, ground.R), mix(c.G, ground.G), mix(c.B, ground.B), 255}
}

// ground is the colour below the middle of a shape, or below where a line begins: the paper, the boundaries that it is in, and what is drawn before it in its part.
func ground(f *Figure, theme Theme, part, shape int) Color {
	r := place(&f.Parts[part].Shapes[shape])
	at := layout.Rect{X: r.X + r.W/2, Y: r.Y + r.H/2}
	if s := &f.Parts[part].Shapes[shape]; s.Role == RoleWay {
		at = layout.Rect{X: s.Path[0].P[0] / 100, Y: s.Path[0].P[1] / 100} // the middle of a way with bends is not on it
	}
	c := theme.Paper()
	for i := range part + 1 {
		p := &f.Parts[i]
		if i != part && p.Kind != Frame {
			continue
		}
		for k := range p.Shapes {
			s := &p.Shapes[k]
			if i == part && k >= shape {
				break
			}
			if style := theme.Style(p.Kind, p.Look, s.Role); len(s.Path) > 0 && s.Icon == "" && style.Fill.A > 0 && extent(s.Path).Contains(at) {
				c = over(style.Fill, c)
			}
		}
	}
	return c
}

// TestContrast computes the contrast of every text and every sign upon what is below it, in every theme: 4.5 for texts and 3 for
// signs (WCAG 2.2, 1.4.3 and 1.4.11), 7 for texts in high contrast (1.4.6).
func TestContrast(t *testing.T) {
	worst := map[string]float64{}
	each(t, func(name string, f *Figure) {
		if len(f.Parts) > 200 {
			return // the same looks as in the smaller ones
		}
		for _, theme := range palettes {
			for i := range f.Parts {
				p := &f.Parts[i]
				for k := range p.Shapes {
					s := &p.Shapes[k]
					style, want := theme.Style(p.Kind, p.Look, s.Role), 3.0
					ink := style.Fill
					switch {
					case s.Text != "" && theme == Contrast:
						want = 7
					case s.Text != "":
						want = 4.5
					case s.Role == RoleSign || s.Role == RoleMark || s.Role == RoleAlert || s.Role == RoleWay || s.Role == RoleSecond:
						ink = style.Stroke
					case s.Role != RoleIcon:
						continue
					}
					if ink.A != 255 {
						t.Fatalf("%s: %s of %s in %s is not drawn, or lets through", theme, s.Role, p.Kind, name)
					}
					got := ratio(ink, ground(f, theme, i, k))
					key := fmt.Sprintf("%s %s %v", theme, s.Role, Classes(p.Kind, p.Look))
					if w, ok := worst[key]; got < want && (!ok || got < w) {
						worst[key] = got
						t.Errorf("%s: %.2f, not %.1f (%s, %q)", key, got, want, name, s.Text)
					}
				}
			}
		}
	})
}

var everyKind = []Look{
	{Kind: c4.Person},
	{Kind: c4.SoftwareSystem},
	{Kind: c4.Container},
	{Kind: c4.Component},
	{Kind: c4.DeploymentNode},
	{Kind: c4.InfrastructureNode},
	{Kind: c4.Resource},
	{Kind: c4.SoftwareSystem, External: true},
}

// TestOutlinesAreSeen asserts that outlines stand out from the paper: 3 to 1 (WCAG 2.2, 1.4.11), for boxes, boundaries and marks.
func TestOutlinesAreSeen(t *testing.T) {
	for _, theme := range palettes {
		for _, l := range everyKind {
			looks := []Look{l, {Kind: l.Kind, Shape: boundary}}
			for _, k := range scene.Kinds {
				marked := l
				marked.Mark = k
				looks = append(looks, marked)
			}
			for _, l := range looks {
				// A ground that stands out by itself needs no outline that does.
				box := theme.Style(Box, l, RoleBox)
				if c := max(ratio(over(box.Stroke, theme.Paper()), theme.Paper()), ratio(over(box.Fill, theme.Paper()), theme.Paper())); c < 3 {
					t.Errorf("%s: %v stands out from the paper by %.2f", theme, Classes(Box, l), c)
				}
			}
		}
	}
}

// deuteranope is how somebody without green receptors sees a colour, in linear light (Viénot, Brettel and Mollon 1999).
func deuteranope(c Color) [3]float64 {
	lin := func(n uint8) float64 { return math.Pow(float64(n)/255, 2.2) }
	r, g, b := lin(c.R), lin(c.G), lin(c.B)
	l := 17.8824*r + 43.5161*g + 4.11935*b
	s := 0.0299566*r + 0.184309*g + 1.46709*b
	m := 0.494207*l + 1.24827*s
	return [3]float64{0.0809444479*l - 0.130504409*m + 0.116721066*s, -0.0102485335*l + 0.0540193266*m - 0.113614708*s, -0.000365296938*l - 0.00412161469*m + 0.693511405*s}
}

func apart(a, b Color) float64 {
	p, q := deuteranope(a), deuteranope(b)
	d := 0.0
	for n := range p {
		d += (p[n] - q[n]) * (p[n] - q[n])
	}
	return math.Sqrt(d)
}

// lightness is L* of CIE 1976, 0 to 100.
func lightness(c Color) float64 { return 116*math.Cbrt(max(luminance(c), 0.0089)) - 16 }

// TestKindsTellApart asserts that any two kinds differ for those who see red and green alike, and in grey: by the ground, the colour
// of the outline, its width or its dashes.
func TestKindsTellApart(t *testing.T) {
	for _, theme := range palettes {
		for i, a := range everyKind {
			for _, b := range everyKind[i+1:] {
				x, y := theme.Style(Box, a, RoleBox), theme.Style(Box, b, RoleBox)
				outline := x.Width != y.Width || !slices.Equal(x.Dash, y.Dash)
				if d := max(apart(x.Fill, y.Fill), apart(x.Stroke, y.Stroke)); d < 0.05 && !outline {
					t.Errorf("%s: %v and %v are %.3f apart without green", theme, Classes(Box, a), Classes(Box, b), d)
				}
				if d := math.Abs(lightness(x.Fill) - lightness(y.Fill)); d < 1.5 && !outline {
					t.Errorf("%s: %v and %v are %.1f apart in grey", theme, Classes(Box, a), Classes(Box, b), d)
				}
			}
		}
	}
}

// TestMarksTellApart asserts that marks differ in their outlines, in every theme, and that their colours differ without green
// where the colours are not all nearly black.
func TestMarksTellApart(t *testing.T) {
	for _, theme := range palettes {
		seen := map[string]scene.Kind{}
		for i, a := range scene.Kinds {
			s := theme.Style(Box, Look{Kind: c4.Container, Mark: a}, RoleBox)
			outline := fmt.Sprint(s.Width, s.Dash, s.Round)
			if a == scene.Changed {
				outline += " double"
			}
			if other, twice := seen[outline]; twice {
				t.Errorf("%s: %s and %s have the same outline", theme, a, other)
			}
			seen[outline] = a
			for _, b := range scene.Kinds[i+1:] {
				p, q := theme.sheet().marks["mark-"+string(a)], theme.sheet().marks["mark-"+string(b)]
				if neutral := a == scene.Unknown && b == scene.Inside; (theme == Light || theme == Dark) && !neutral && apart(p, q) < 0.03 {
					t.Errorf("%s: %s and %s are %.3f apart without green", theme, a, b, apart(p, q))
				}
			}
		}
	}
}

func TestThemeByName(t *testing.T) {
	for name, want := range map[string]Theme{"": Auto, "auto": Auto, "light": Light, "dark": Dark, "contrast": Contrast, "print": Print} {
		if got, err := ThemeByName(name); err != nil || got != want {
			t.Errorf("%q gives %q, %v", name, got, err)
		}
	}
	if _, err := ThemeByName("pink"); err == nil {
		t.Error("an unknown theme is taken")
	}
}

// TestNoTextFromOutsideIsAClass asserts that a kind that nobody knows cannot write into a style sheet.
func TestNoTextFromOutsideIsAClass(t *testing.T) {
	evil := "x}*{display:none"
	got := Classes(Frame, Look{Kind: c4.Kind(evil), External: true, Confidence: c4.Confidence(evil), Mark: scene.Kind(evil)})
	if strings.Join(got, " ") != "frame kind-deploymentNode external" {
		t.Error(got)
	}
	m := &c4.Model{Elements: []c4.Element{{ID: "e", Kind: c4.Kind(evil)}}}
	f := draw(t, m, &c4.View{Key: "v", Nodes: []c4.Node{{ID: "e", Element: "e"}}}, Options{Marks: map[string]scene.Mark{"e": {Kind: scene.Kind(evil)}}})
	if sheet := f.Sheet(Auto); strings.Contains(sheet, "display") {
		t.Error(sheet)
	}
}

// TestClassesComeLater asserts that rules with more classes stand after those with fewer, as a cascade would apply them.
func TestClassesComeLater(t *testing.T) {
	for i := 1; i < len(rules); i++ {
		if len(rules[i].of) < len(rules[i-1].of) {
			t.Errorf("rule %d has %d classes after one with %d", i, len(rules[i].of), len(rules[i-1].of))
		}
	}
}

// cascade applies the style sheet of pages to a shape in a part of some classes, below a root with the theme: rules are applied in
// the order of their specificity and place, and custom properties are put in.
func cascade(t *testing.T, sheet string, theme Theme, classes []string, role Role) map[string]string {
	t.Helper()
	values, props := map[string]string{}, map[string]string{}
	weight := map[string]int{}
	for l := range strings.Lines(sheet) {
		l = strings.TrimSpace(l)
		head, body, ok := strings.Cut(l, "{")
		if !ok || strings.HasPrefix(head, "@media") {
			continue
		}
		body = strings.TrimSuffix(body, "}")
		for _, s := range strings.Split(head, ",") {
			steps := strings.Fields(s)
			heavy := strings.Count(s, ".") + strings.Count(s, "[") + strings.Count(s, ":")
			if steps[0] != ".c4" {
				if steps[0] != ":root[data-theme="+string(theme)+"]" {
					continue
				}
				steps = steps[1:]
			}
			own := len(steps) > 1 && steps[len(steps)-1] == "."+role.Class()
			for _, c := range strings.FieldsFunc(strings.Join(steps[1:], ""), func(r rune) bool { return r == '.' }) {
				if c != role.Class() && !slices.Contains(classes, c) {
					heavy = -1
				}
			}
			if heavy < 0 {
				continue
			}
			for _, d := range strings.Split(body, ";") {
				k, v, _ := strings.Cut(d, ":")
				if into := strings.HasPrefix(k, "--"); into && heavy >= weight[k] {
					props[k], weight[k] = v, heavy
				} else if !into && own && heavy >= weight[k] {
					values[k], weight[k] = v, heavy
				}
			}
		}
	}
	for k, v := range values {
		if name, ok := strings.CutPrefix(v, "var("); ok {
			values[k] = props[strings.TrimSuffix(name, ")")]
		}
	}
	return values
}

// TestPageCSSIsTheTable asserts that a browser with the style sheet of pages shows what Style says.
func TestPageCSSIsTheTable(t *testing.T) {
	css := PageCSS()
	var looks []Look
	for _, l := range everyKind {
		for _, k := range append([]scene.Kind{""}, scene.Kinds...) {
			m := l
			m.Mark = k
			looks = append(looks, m)
			m.Shape = boundary
			looks = append(looks, m)
		}
	}
	for _, c := range []c4.Confidence{c4.Certain, c4.High, c4.May} {
		for _, k := range append([]scene.Kind{""}, scene.Kinds...) {
			looks = append(looks, Look{Confidence: c, Mark: k}, Look{Confidence: c, Mark: k, Declared: true})
		}
	}
	for _, theme := range palettes {
		for _, l := range looks {
			kind, roles := Box, []Role{RoleBox, RoleSecond, RoleDeco, RoleTile, RoleIcon, RoleSign, RolePill, RoleMark, RoleNotice, RoleFlag, RoleName, RoleMeta, RoleText, RoleBadge, RoleFlagged}
			if l.Confidence != "" {
				kind, roles = Line, []Role{RoleWay, RoleHead, RoleBand, RoleLabel, RoleTech, RoleTold}
			}
			for _, r := range roles {
				want, got := theme.Style(kind, l, r), cascade(t, css, theme, Classes(kind, l), r)
				if l.Mark == "" && (r == RoleSecond || r == RoleFlag || r == RoleFlagged || r == RoleBand || r == RoleTold) {
					continue // only with a mark
				}
				stroke := got["stroke"]
				if stroke == "" || stroke == "transparent" {
					stroke = "transparent"
				}
				fill := got["fill"]
				if fill == "none" {
					fill = "transparent"
				}
				if fill != want.Fill.value() || stroke != want.Stroke.value() {
					t.Fatalf("%s %v %s: fill %q, stroke %q, not %q and %q", theme, Classes(kind, l), r, fill, stroke, want.Fill.value(), want.Stroke.value())
				}
				if dash := got["stroke-dasharray"]; want.Stroke.A > 0 && (got["stroke-width"] != hundredths(want.Width) || dash != dashes(want.Dash) && (dash != "" || len(want.Dash) > 0)) {
					t.Fatalf("%s %v %s: width %q, dashes %q, not %v", theme, Classes(kind, l), r, got["stroke-width"], dash, want)
				}
				if (got["stroke-linecap"] == "round") != want.Round {
					t.Fatalf("%s %v %s: ends %q, not %v", theme, Classes(kind, l), r, got["stroke-linecap"], want.Round)
				}
			}
		}
	}
}
