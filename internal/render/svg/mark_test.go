package svg

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// marked draws a view with marks.
func drawMarked(t testing.TB, m *c4.Model, v *c4.View, marks map[string]scene.Mark, o Options) []byte {
	t.Helper()
	p, err := ArrangeMarked(m, v, marks)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Draw(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// everyMark gives each element and relationship of a view a mark, each kind in turn.
func everyMark(v *c4.View) map[string]scene.Mark {
	marks := map[string]scene.Mark{}
	var ids []string
	for _, n := range v.Nodes {
		ids = append(ids, n.Element)
	}
	for _, l := range v.Lines {
		ids = append(ids, l.Relationships...)
	}
	slices.Sort(ids)
	for i, id := range slices.Compact(ids) {
		m := scene.Mark{Kind: scene.Kinds[i%len(scene.Kinds)]}
		if i%2 == 0 {
			m.Grade = "critical"
		}
		if m.Kind == scene.Inside {
			m.Count = i
		}
		marks[id] = m
	}
	return marks
}

// TestMarksAreWordsAndShapes asserts that no mark hangs on colour: its words are in the picture, in what is read aloud, and in the key.
func TestMarksAreWordsAndShapes(t *testing.T) {
	for _, s := range samples() {
		m, v := s.model()
		marks := everyMark(v)
		b := drawMarked(t, m, v, marks, Options{Embedded: true})
		root := parse(t, b)
		used, shown := map[scene.Kind]bool{}, map[string]scene.Mark{}
		for id, mark := range marks {
			shown[clean(id)] = mark // as an attribute has it
		}
		root.all(func(n node) {
			class := n.attr("class")
			mark, marked := shown[n.attr("data-element")]
			if n.attr("data-line") != "" {
				i, _ := strconv.Atoi(n.attr("data-line"))
				mark, marked = scene.OfLine(&v.Lines[i], marks)
			} else if n.attr("data-node") == "" {
				return
			}
			if !marked {
				t.Fatalf("%s: %s has no mark", v.Key, class)
			}
			used[mark.Kind] = true
			if !slices.Contains(strings.Fields(class), "mark-"+string(mark.Kind)) {
				t.Errorf("%s: class %q of a thing that is %s", v.Key, class, mark.Kind)
			}
			if !strings.Contains(n.attr("aria-label"), string(mark.Kind)) {
				t.Errorf("%s: %q does not say %s", v.Key, n.attr("aria-label"), mark.Kind)
			}
			said, second := "", false
			n.all(func(k node) {
				if k.attr("class") == "flagged" {
					said = k.Text
				}
				second = second || k.attr("class") == "second"
			})
			if !strings.HasPrefix(said, mark.Kind.Sign()) || mark.Grade != "" && !strings.Contains(said, mark.Grade) {
				t.Errorf("%s: a thing that is %s says %q", v.Key, mark, said)
			}
			frame := strings.Contains(class, "frame") || strings.Contains(class, "line")
			if second != (mark.Kind == scene.Changed && !frame) {
				t.Errorf("%s: %q and a second outline: %v", v.Key, class, second)
			}
		})
		text := string(b)
		for _, k := range scene.Kinds {
			if strings.Contains(text, ">"+esc(k.Says())+"</text>") != used[k] {
				t.Errorf("%s: %s is used: %v, and in the key: %v", v.Key, k, used[k], !used[k])
			}
		}
	}
}

// TestNoMarksNoChange asserts that a picture without marks is what it was, with and without a place for them.
func TestNoMarksNoChange(t *testing.T) {
	for _, s := range samples() {
		m, v := s.model()
		for _, o := range []Options{{}, {Embedded: true}} {
			plain := render(t, m, v, o)
			if !bytes.Equal(plain, drawMarked(t, m, v, map[string]scene.Mark{}, o)) {
				t.Errorf("%s: no marks change the picture", v.Key)
			}
			if bytes.Contains(plain, []byte("mark-")) {
				t.Errorf("%s: a picture without marks speaks of them", v.Key)
			}
		}
	}
}

// TestMarkedTextFits asserts that a box has room for its mark, by our own measure.
func TestMarkedTextFits(t *testing.T) {
	for _, s := range samples() {
		for _, k := range scene.Kinds {
			mark := scene.Mark{Kind: k, Grade: "critical", Count: 12345}
			for i := range s.m.Elements {
				c := newCard(&s.m.Elements[i], mark)
				if got := c.top() + c.content() + c.bottom(); got > c.h {
					t.Errorf("%d of text in a box of %d", got, c.h)
				}
				if w := faceFlag.width(c.flag) + 2*chipPad; w > c.w-2*cardPad {
					t.Errorf("the flag %q is %d wide", c.flag, w)
				}
			}
			for i := range s.m.Relationships {
				l := &c4.Line{Description: s.m.Relationships[i].Description}
				if plain, got := newTag(l, scene.Mark{}), newTag(l, mark); got.h < plain.h+faceFlag.line() || got.w < faceFlag.width(got.flag) {
					t.Errorf("a label of %d by %d has no room for %q", got.w, got.h, got.flag)
				}
			}
		}
	}
}

func TestMarkedPicturesAreSafe(t *testing.T) {
	m, v := shop().model()
	marks := everyMark(v)
	for id, mark := range marks {
		mark.Grade = `"><script>alert(1)</script>`
		marks[id] = mark
	}
	parse(t, drawMarked(t, m, v, marks, Options{})).all(func(n node) {
		if n.XMLName.Local == "script" {
			t.Error("a grade became an element")
		}
	})
}

func markThemes(t *testing.T) map[string]map[string][3]int {
	t.Helper()
	out := map[string]map[string][3]int{}
	for _, b := range regexp.MustCompile(`(?s)(:root[^{]*)\{([^}]*)\}`).FindAllStringSubmatch(scene.MarkCSS, -1) {
		values := map[string][3]int{}
		for _, p := range regexp.MustCompile(`(--c4-[a-z-]+):#([0-9a-f]{6})`).FindAllStringSubmatch(b[2], -1) {
			n, _ := strconv.ParseUint(p[2], 16, 32)
			values[p[1]] = [3]int{int(n >> 16), int(n >> 8 & 255), int(n & 255)}
		}
		out[strings.TrimSpace(b[1])] = values
	}
	return out
}

// TestContrastOfMarks computes the contrast of WCAG 2.2: flags with their words, outlines with the paper and with the
// fills that they are drawn around.
func TestContrastOfMarks(t *testing.T) {
	base, all := themes(t), markThemes(t)
	if len(all) != len(base) || fmt.Sprint(all[":root:not([data-theme=light])"]) != fmt.Sprint(all[":root[data-theme=dark]"]) {
		t.Fatalf("%d themes of marks, and the two dark ones must be the same", len(all))
	}
	for name, v := range all {
		paper := base[name]["--c4-bg"]
		for _, k := range scene.Kinds {
			mark, ok := v["--c4-"+string(k)]
			if !ok {
				t.Fatalf("%s: no colour for %s", name, k)
			}
			ink := v["--c4-flag-ink"]
			if k == scene.Inside {
				ink = paper // its words have its colour, on paper
			}
			if c := contrast(mark, ink); c < 4.5 {
				t.Errorf("%s: the words of %s have %.2f", name, k, c)
			}
			if c := contrast(mark, paper); c < 4.5 { // words of lines stand on the paper
				t.Errorf("%s: %s on the paper has %.2f", name, k, c)
			}
		}
	}
}

// TestMarksTellApart asserts that colours of marks differ for people who see red and green alike, and that shapes differ for those who see none.
func TestMarksTellApart(t *testing.T) {
	for name, v := range markThemes(t) {
		if strings.Contains(name, ":root:root") {
			continue // paper: shapes and words only
		}
		for i, a := range scene.Kinds {
			for _, b := range scene.Kinds[i+1:] {
				p, q := deuteranope(v["--c4-"+string(a)]), deuteranope(v["--c4-"+string(b)])
				d := 0.0
				for n := range p {
					d += (p[n] - q[n]) * (p[n] - q[n])
				}
				if neutral := a == scene.Unknown && b == scene.Inside; !neutral && math.Sqrt(d) < 0.05 {
					t.Errorf("%s: %s and %s are %.3f apart without green", name, a, b, math.Sqrt(d))
				}
			}
		}
	}
	outline := regexp.MustCompile(`\.mark-(\w+)>\.box[^{]*\{([^}]*)\}`)
	seen := map[string]string{}
	for _, m := range outline.FindAllStringSubmatch(scene.MarkCSS, -1) {
		if other, twice := seen[m[2]]; twice && m[1] != "changed" && other != "changed" {
			t.Errorf("%s and %s have the same outline", m[1], other)
		}
		seen[m[2]] = m[1]
	}
	if len(seen) != 5 {
		t.Errorf("%d outlines of marks", len(seen))
	}
}

// deuteranope is how somebody without green receptors sees a colour, in linear light (Viénot, Brettel and Mollon 1999).
func deuteranope(c [3]int) [3]float64 {
	lin := func(n int) float64 { return math.Pow(float64(n)/255, 2.2) }
	r, g, b := lin(c[0]), lin(c[1]), lin(c[2])
	l := 17.8824*r + 43.5161*g + 4.11935*b
	s := 0.0299566*r + 0.184309*g + 1.46709*b
	m := 0.494207*l + 1.24827*s
	return [3]float64{0.0809444479*l - 0.130504409*m + 0.116721066*s, -0.0102485335*l + 0.0540193266*m - 0.113614708*s, -0.000365296938*l - 0.00412161469*m + 0.693511405*s}
}

func TestMarkOfALine(t *testing.T) {
	marks := map[string]scene.Mark{"a": {Kind: scene.Added}, "b": {Kind: scene.Added, Grade: "high"}, "r": {Kind: scene.Removed, Grade: "low"}}
	for _, c := range []struct {
		of   string
		want string
	}{
		{"a", "+ added"}, {"a b", "+ added · high"}, {"a r", "~ changed · low"}, {"a x", "~ changed"}, {"x a", "~ changed"}, {"x", ""}, {"", ""}, {"r", "− removed · low"},
	} {
		got, ok := scene.OfLine(&c4.Line{Relationships: strings.Fields(c.of)}, marks)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%q gives %q", c.of, got)
		}
	}
}
