package figure

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/scene"
)

func draw(t testing.TB, m *c4.Model, v *c4.View, o Options) *Figure {
	t.Helper()
	f, err := Draw(m, v, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// samples are models with all their views, plain and with marks.
func samples() []*c4.Model {
	return append(rendertest.Sketches(), rendertest.Contoso(), rendertest.Hostile())
}

// each calls f with every sample figure, and says what it is.
func each(t testing.TB, f func(name string, f *Figure)) {
	t.Helper()
	for _, m := range samples() {
		for i := range m.Views {
			v := &m.Views[i]
			f(v.Key, draw(t, m, v, Options{}))
			f(v.Key+" marked", draw(t, m, v, Options{Marks: rendertest.EveryMark(v)}))
		}
	}
}

// extent is the rectangle around a path.
func extent(segs []Seg) layout.Rect {
	x0, y0, x1, y1 := 1<<30, 1<<30, -1<<30, -1<<30
	for _, q := range segs {
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[q.Op]
		for k := range n {
			x0, x1 = min(x0, q.P[2*k]), max(x1, q.P[2*k])
			y0, y1 = min(y0, q.P[2*k+1]), max(y1, q.P[2*k+1])
		}
	}
	x0, y0, x1, y1 = x0/100, y0/100, (x1+99)/100, (y1+99)/100
	return layout.Rect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// place is where a shape is.
func place(s *Shape) layout.Rect {
	if len(s.Path) > 0 {
		return extent(s.Path)
	}
	w := s.Face.width(s.Text)
	r := layout.Rect{X: s.X, Y: s.Y - s.Face.Size, W: w, H: s.Face.Size + s.Face.Size/4}
	if s.Middle {
		r.X -= w / 2
	}
	return r
}

// TestEverythingHasRoom asserts that what belongs to a box lies in it, and all on the sheet.
func TestEverythingHasRoom(t *testing.T) {
	each(t, func(name string, f *Figure) {
		sheet := layout.Rect{W: f.W, H: f.H}
		for i := range f.Parts {
			p := &f.Parts[i]
			for k := range p.Shapes {
				s := &p.Shapes[k]
				r := place(s)
				if !sheet.Contains(r) {
					t.Errorf("%s: %s %q at %v leaves the sheet %v", name, s.Role, s.Text, r, sheet)
				}
				if p.Kind == Box && !p.Rect.Contains(r) {
					t.Errorf("%s: %s %q at %v leaves its box %v", name, s.Role, s.Text, r, p.Rect)
				}
				if p.Kind == Line && len(s.Path) == 0 && !p.Rect.Contains(r) {
					t.Errorf("%s: %q at %v leaves its label %v", name, s.Text, r, p.Rect)
				}
			}
		}
	})
}

// TestTextsDoNotOverlap asserts that no two texts of a part stand on each other.
func TestTextsDoNotOverlap(t *testing.T) {
	each(t, func(name string, f *Figure) {
		for i := range f.Parts {
			var seen []layout.Rect
			for k := range f.Parts[i].Shapes {
				s := &f.Parts[i].Shapes[k]
				if s.Text == "" {
					continue
				}
				r := place(s)
				r.H = s.Face.Size // without what hangs below the base line
				for _, o := range seen {
					if o.Overlaps(r) {
						t.Errorf("%s: %q stands on another text", name, s.Text)
					}
				}
				seen = append(seen, r)
			}
		}
	})
}

// TestTextsAreClean asserts that nothing from outside can break a line, or turn what follows.
func TestTextsAreClean(t *testing.T) {
	each(t, func(name string, f *Figure) {
		for i := range f.Parts {
			p := &f.Parts[i]
			for k := range p.Shapes {
				if s := p.Shapes[k].Text; !utf8.ValidString(s) || strings.IndexFunc(s, func(r rune) bool {
					return unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
				}) >= 0 {
					t.Errorf("%s: %q is drawn", name, s)
				}
			}
			if strings.IndexFunc(p.Spoken, unicode.IsControl) >= 0 || p.Spoken == "" || p.Tip == "" {
				t.Errorf("%s: %s %d is spoken as %q", name, p.Kind, i, p.Spoken)
			}
		}
	})
}

// TestLinesEndAtOutlines asserts that what is shaped like a cylinder or a hexagon is reached.
func TestLinesEndAtOutlines(t *testing.T) {
	m := rendertest.Shop()
	f := draw(t, m, &m.Views[0], Options{})
	boxes := map[string]*Part{}
	for i := range f.Parts {
		if f.Parts[i].Kind == Box {
			boxes[f.Parts[i].Node] = &f.Parts[i]
		}
	}
	moved := 0
	for i := range f.Parts {
		p := &f.Parts[i]
		if p.Kind != Line {
			continue
		}
		to := boxes[f.View.Lines[p.Index].Target]
		end := p.Way[len(p.Way)-1]
		if to == nil {
			continue
		}
		r := to.Rect
		if end.X != r.X && end.X != r.Right() && end.Y != r.Y && end.Y != r.Bottom() {
			moved++
			if to.Look.Shape == "box" || end.X < r.X || end.X > r.Right() || end.Y < r.Y || end.Y > r.Bottom() {
				t.Errorf("a line ends at %v, far from %s at %v", end, to.Node, r)
			}
		}
	}
	if moved == 0 {
		t.Error("no line ends at a curved outline: the sample proves nothing")
	}
}

// TestDent compares how far outlines lie inside their rectangles with what they are drawn as.
func TestDent(t *testing.T) {
	r := layout.Rect{X: 100, Y: 200, W: 240, H: 120}
	for _, c := range []struct {
		shape string
		x, y  int
		want  int
	}{
		{"box", 100, 260, 0},
		{"database", 220, 200, 0},
		{"database", 100, 200, capH},
		{"database", 100, 260, 0},
		{"queue", 340, 260, 0},
		{"queue", 340, 201, capH - 1},
		{"gateway", 100, 260, 0},
		{"gateway", 340, 201, pointW - 1},
		{"gateway", 340, 230, pointW / 2},
		{"function", 339, 200, cornerW - 1},
		{"function", 340, 204, cornerW - 4},
		{"function", 100, 200, 0},
		{"person", 220, 200, 0},
		{"person", 100, 260, 0},
		{"person", 100 + soften, 320, 0},
		{"person", 100 + soften/2, 320, 3},
		{"person", 340, 200, soften},
	} {
		if got := dent(c.shape, r, layout.Point{X: c.x, Y: c.y}); got != c.want {
			t.Errorf("%s at %d, %d: %d, not %d", c.shape, c.x, c.y, got, c.want)
		}
	}
	for _, c := range [][3]int{{100, 200, 10}, {100, 204, 10}, {100, 206, 5}, {100, 210, 0}, {220, 200, 0}, {102, 200, 10}, {336, 200, 10}, {100, 320, 0}} {
		if got := stacked(r, layout.Point{X: c[0], Y: c[1]}); got != c[2] {
			t.Errorf("a folded card at %d, %d: %d, not %d", c[0], c[1], got, c[2])
		}
	}
}

func TestTitleScopeAndTime(t *testing.T) {
	m := rendertest.Tiny()
	texts := func() string {
		var all []string
		for _, s := range draw(t, m, &m.Views[0], Options{}).Parts[0].Shapes {
			all = append(all, s.Text)
		}
		return strings.Join(all, "|")
	}
	if got := texts(); got != "|Context of Contoso Shop|Contoso · rg-shop-prod · aks-shop-prod · collected 2026-03-01 09:30 UTC" {
		t.Error(got)
	}
	m.CollectedAt = "2026-03-01T11:30:00+02:00"
	m.Scope = []string{"a", "a", "b", "c", "d"}
	if got := texts(); !strings.HasSuffix(got, "Contoso · a · b · and 2 more · collected 2026-03-01 09:30 UTC") {
		t.Error(got)
	}
}

// keyOf is what the key says.
func keyOf(f *Figure) string {
	var out []string
	for i := range f.Parts {
		if f.Parts[i].Kind == Key {
			out = append(out, f.Parts[i].Tip)
		}
	}
	return strings.Join(out, "|")
}

// TestKey asserts that the key has what is used and nothing else.
func TestKey(t *testing.T) {
	alone := &c4.Model{Elements: []c4.Element{{ID: "r", Kind: c4.Resource, Name: "r"}}, Views: []c4.View{{Key: "v", Nodes: []c4.Node{{ID: "r", Element: "r"}}}}}
	folded := rendertest.Tiny()
	folded.Views[0].Nodes[1].Folded = 12
	folded.Views[0].Lines = nil
	declared := rendertest.Tiny()
	declared.Relationships = []c4.Relationship{{ID: "r0", Declared: true}}
	declared.Views[0].Lines = declared.Views[0].Lines[:1]
	people := "Person|Software System|External Software System|"
	for _, c := range []struct {
		m     *c4.Model
		marks map[string]scene.Mark
		want  string
	}{
		{rendertest.Tiny(), nil, people + "Certain: the source states it|High: resolves to one thing|May: permitted, use not shown"},
		{alone, nil, "Resource"},
		{alone, map[string]scene.Mark{"r": {Kind: scene.Moved}}, "Moved, or in other hands|Resource"},
		{folded, nil, people + "Folded: more is inside"},
		{declared, nil, people + "Certain: the source states it|Declared by people"},
	} {
		if got := keyOf(draw(t, c.m, &c.m.Views[0], Options{Marks: c.marks})); got != c.want {
			t.Errorf("the key says %q, not %q", got, c.want)
		}
	}
}

func TestFoldedDeclaredAndSeveral(t *testing.T) {
	m := rendertest.Tiny()
	v := &m.Views[0]
	v.Nodes[1].Folded = 12
	v.Lines[0].Relationships = []string{"a", "b", "c"}
	m.Relationships = []c4.Relationship{{ID: "a", Declared: true}, {ID: "b", Declared: true}, {ID: "c", Declared: true}}
	f := draw(t, m, v, Options{Link: func(e string) string { return "inside-" + e }})
	for i := range f.Parts {
		p := &f.Parts[i]
		said := ""
		for _, s := range p.Shapes {
			said += s.Text + "\n"
		}
		switch {
		case p.Kind == Box && p.Node == "shop":
			if p.Folded != 12 || !strings.Contains(said, "12 inside\n") || !strings.Contains(p.Spoken, "12 inside") || p.Link != "inside-shop" {
				t.Errorf("a folded box says %q, %q and leads to %q", said, p.Spoken, p.Link)
			}
			outlines := 0
			for _, s := range p.Shapes {
				if s.Role == RoleBox || s.Role == RoleBack {
					outlines++
				}
			}
			if outlines != 3 {
				t.Errorf("a folded box has %d outlines", outlines)
			}
		case p.Kind == Line && p.Index == 0:
			if !p.Look.Declared || !strings.Contains(said, "3 relationships\n") || !strings.Contains(p.Tip, "declared by people") {
				t.Errorf("a line of three declared relationships says %q, %q", said, p.Tip)
			}
		case p.Kind == Line && p.Look.Declared:
			t.Error("a line that nobody declared looks declared")
		}
	}
}

func TestPlacement(t *testing.T) {
	m := rendertest.Shop()
	v := &m.Views[0]
	first := draw(t, m, v, Options{})
	was := first.Placement()
	if was.Key != v.Key || len(was.Nodes) != len(v.Nodes) || !slices.IsSortedFunc(was.Nodes, func(a, b placement.Node) int { return strings.Compare(a.ID, b.ID) }) {
		t.Fatalf("%d places of %q for %d nodes", len(was.Nodes), was.Key, len(v.Nodes))
	}
	for i := range was.Nodes {
		was.Nodes[i].Placed = was.Nodes[i].ID == "pay"
	}
	again := draw(t, m, v, Options{Previous: &was}).Placement()
	if !reflect.DeepEqual(was, again) {
		t.Errorf("what stood somewhere stands elsewhere:\n%v\n%v", was, again)
	}
}

func TestTheOrderOfTheModelDoesNotMatter(t *testing.T) {
	m := rendertest.Estate(30)
	v := &m.Views[0]
	want := draw(t, m, v, Options{}).Parts
	slices.Reverse(m.Elements)
	slices.Reverse(m.Relationships)
	slices.Reverse(v.Nodes)
	if !reflect.DeepEqual(want, draw(t, m, v, Options{}).Parts) {
		t.Error("the order of elements and nodes changes the picture")
	}
}

func TestRefusesBrokenViews(t *testing.T) {
	m := rendertest.Tiny()
	m.Views[0].Nodes[0].Element = "nobody"
	if _, err := Draw(m, &m.Views[0], Options{}); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("an unknown element: %v", err)
	}
	m = rendertest.Tiny()
	m.Views[0].Lines[0].Target = "nobody"
	if _, err := Draw(m, &m.Views[0], Options{}); err == nil {
		t.Error("an unknown end of a line is taken")
	}
	if f := draw(t, &c4.Model{Name: "x"}, &c4.View{Key: "nothing"}, Options{}); f.W <= 0 || f.H <= 0 || f.Title != "nothing" {
		t.Errorf("an empty view is %d by %d and is called %q", f.W, f.H, f.Title)
	}
}

func FuzzDraw(f *testing.F) {
	for _, s := range rendertest.Names() {
		f.Add(s, s, 3)
	}
	f.Fuzz(func(t *testing.T, name, other string, folded int) {
		m := &c4.Model{Name: other, Scope: []string{name}, Elements: []c4.Element{
			{ID: "a", Kind: c4.Kind(other), Name: name, Technology: other, Description: name, Badges: []string{name, other}, Shape: other},
			{ID: "b", Kind: c4.Container, Name: other, Technology: name, ResourceType: name},
		}}
		v := &c4.View{Key: "v", Title: name, Nodes: []c4.Node{{ID: "a", Element: "a", Folded: folded}, {ID: "b", Element: "b"}}}
		v.Lines = []c4.Line{{Source: "a", Target: "b", Description: name, Technology: other, Confidence: c4.Confidence(other), Relationships: []string{name, other}}}
		fig, err := Draw(m, v, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range fig.Parts {
			p := &fig.Parts[i]
			for k := range p.Shapes {
				if r := place(&p.Shapes[k]); p.Kind == Box && !p.Rect.Contains(r) {
					t.Fatalf("%s %q at %v leaves its box %v", p.Shapes[k].Role, p.Shapes[k].Text, r, p.Rect)
				}
			}
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	for _, n := range []int{20, 100} {
		m := rendertest.Estate(n)
		b.Run(m.Views[0].Key, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				draw(b, m, &m.Views[0], Options{})
			}
		})
	}
}

// TestBadges asserts that every badge that the product makes has its own sign, and that others are words only.
func TestBadges(t *testing.T) {
	e := c4.Element{ID: "e", Kind: c4.Container, Name: "e", Badges: []string{"of somebody else"}}
	for says := range known {
		e.Badges = append(e.Badges, says)
	}
	for _, says := range e.Badges {
		m := &c4.Model{Elements: []c4.Element{e}}
		m.Elements[0].Badges = []string{says}
		signs, words := 0, 0
		for _, s := range draw(t, m, &c4.View{Key: "v", Nodes: []c4.Node{{ID: "e", Element: "e"}}}, Options{}).Parts[1].Shapes {
			switch s.Role {
			case RoleMark, RoleAlert:
				signs++
			case RoleBadge, RoleNoticed:
				words++
				if s.Text != says {
					t.Errorf("%q is shortened to %q", says, s.Text)
				}
			}
		}
		if words != 1 || (signs == 1) != (says != "of somebody else") {
			t.Errorf("%q is drawn with %d signs and %d words", says, signs, words)
		}
	}
}
