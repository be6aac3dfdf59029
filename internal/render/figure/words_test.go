package figure

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// TestNamesAreBrokenAtGoodPlaces asserts where names are broken, and how wide their cards are.
func TestNamesAreBrokenAtGoodPlaces(t *testing.T) {
	for _, c := range []struct {
		name string
		w    int
		want string
	}{
		{"frontend", cardW, "frontend"},
		{"recommendationservice", cardW, "recommendation|service"},
		{"productcatalogservice", cardW, "productcatalog|service"},
		{"testingmlworks8472261778", cardW, "testingmlworks|8472261778"},
		{"aks-app-nprd-${...}-001", cardW, "aks-app-nprd-|${...}-001"},
		{"01908aa3-ba7e-4346-b59a-1995222bd5bb", cardWide, "01908aa3-ba7e-4346-|b59a-1995222bd5bb"},
		{"notificationdispatcher", cardWide, "notificationdispatcher"},
		{"abcdefghijklmnopqrstuvwxyzabcdefghij", cardW, "abcdefghijklmnopqr|stuvwxyzabcdefghij"},
		{"Container CPU usage violates the configured threshold for aks-app-nprd-001 CI-19", cardWide, "Container CPU usage|violates the…threshold for|aks-app-nprd-001 CI-19"},
	} {
		k := newCard(&c4.Element{ID: "e", Kind: c4.Container, Name: c.name, Technology: "Kubernetes Deployment"}, 0, scene.Mark{}, cardW)
		if got := strings.Join(k.name, "|"); got != c.want || k.w != c.w {
			t.Errorf("%s is drawn as %q on a card of %d", c.name, got, k.w)
		}
	}
}

func TestMetaIsBrokenBehindTheKind(t *testing.T) {
	for s, want := range map[string]string{
		"[Person]":                              "[Person]",
		"[Container: RabbitMQ]":                 "[Container: RabbitMQ]",
		"[Container: Azure Container Apps]":     "[Container:|Azure Container Apps]",
		"[External Software System: HTTPS API]": "[External Software System:|HTTPS API]",
	} {
		if got := strings.Join(faceMeta.wrapMeta(s, 175, 3), "|"); got != want {
			t.Errorf("%s is broken as %q", s, got)
		}
	}
}

// TestBoxesWithoutLinesAreEquallyWide asserts that a long name widens those in the same columns, and not what has lines.
func TestBoxesWithoutLinesAreEquallyWide(t *testing.T) {
	long := "01908aa3-ba7e-4346-b59a-1995222bd5bb"
	m := &c4.Model{Elements: []c4.Element{{ID: "long", Name: long}, {ID: "a", Name: "a"}, {ID: "b", Name: "b"}, {ID: "c", Name: "c"}}}
	v := &c4.View{Key: "v", Lines: []c4.Line{{Source: "b", Target: "c"}}}
	for i := range m.Elements {
		m.Elements[i].Kind = c4.Resource
		v.Nodes = append(v.Nodes, c4.Node{ID: m.Elements[i].ID, Element: m.Elements[i].ID})
	}
	m.Elements[0].Technology = "identity"
	var got []int
	for _, id := range []string{"long", "a", "b", "c"} {
		for _, p := range draw(t, m, v, Options{}).Parts {
			if p.Node == id {
				got = append(got, p.Rect.W)
			}
		}
	}
	if !slices.Equal(got, []int{cardWide, cardWide, cardW, cardW}) {
		t.Errorf("the boxes are %v wide", got)
	}
}

func TestHeader(t *testing.T) {
	const scope = "contoso · compose project reporting · namespace shop · subscription 11111111-1111-1111-1111-111111111111 · collected 2026-01-31 12:00 UTC"
	wide := newHeader("Title", scope, 2000)
	if len(wide.scope) != 1 || wide.width != 2000 || wide.h != headerH {
		t.Errorf("on a wide sheet it is %v", wide)
	}
	small := newHeader("Title", scope, 248)
	if want := []string{"contoso · compose project reporting · namespace shop", "subscription 11111111-1111-1111-1111-111111111111 · collected 2026-01-31 12:00 UTC"}; !slices.Equal(small.scope, want) || small.h <= headerH {
		t.Errorf("on a small sheet it is %v", small)
	}
	long := newHeader("Title", strings.Repeat("x", 1000)+" · y", 248)
	if long.width > 2*minW || len(long.scope) != 2 || faceScope.width(long.scope[0]) > long.width {
		t.Errorf("a long one is %v", long)
	}
	if none := newHeader("", "", 0); none.width != minW || none.h != headerH {
		t.Errorf("an empty one is %v", none)
	}
}

// TestKeyRows asserts that lines have a row of their own where there is room, and that rows are about equally long.
func TestKeyRows(t *testing.T) {
	box := func(says string) entry { return entry{says: says} }
	way := func(says string) entry { return entry{look: Look{Confidence: c4.Certain}, says: says} }
	for _, c := range []struct {
		entries []entry
		width   int
		want    []int // rows
	}{
		{[]entry{box("one"), box("two"), way("three")}, 600, []int{0, 0, 0}},
		{[]entry{box("one"), box("two"), way("three"), way("four")}, 300, []int{0, 0, 1, 1}},
		{[]entry{box("one"), box("two"), box("three"), way("four")}, 300, []int{0, 0, 0, 1}},
		{[]entry{box("one"), box("two"), box("three"), box("four")}, 330, []int{0, 0, 1, 1}},
	} {
		at, h := arrangeKey(c.entries, c.width)
		var rows []int
		for _, p := range at {
			rows = append(rows, p.Y/(keyH+keyRow))
		}
		if !slices.Equal(rows, c.want) || h != rows[len(rows)-1]*(keyH+keyRow)+keyH || at[0] != (layout.Point{}) {
			t.Errorf("in %d the rows are %v, %d high", c.width, rows, h)
		}
	}
}

// TestSignsInTheKey asserts that the key has the sign of a shape only where a box shows it.
func TestSignsInTheKey(t *testing.T) {
	for tech, want := range map[string]string{"Azure Storage": "Container|Storage", "Azure Container Registry": "Container"} {
		m := &c4.Model{Elements: []c4.Element{{ID: "e", Kind: c4.Container, Name: "e", Technology: tech, Shape: "storage"}}}
		if got := keyOf(draw(t, m, &c4.View{Key: "v", Nodes: []c4.Node{{ID: "e", Element: "e"}}}, Options{})); got != want {
			t.Errorf("the key of %s says %q", tech, got)
		}
	}
}
