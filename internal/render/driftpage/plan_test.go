package driftpage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/render/driftpage"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/scene"
)

func keys(list []driftpage.Drawing) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Key)
	}
	return out
}

func TestPicturesOfTheThreeSides(t *testing.T) {
	m := rendertest.Contoso()
	c := comparison(m, func(now *c4.Model) {
		for i := range now.Elements {
			if now.Elements[i].Kind == c4.Container && now.Elements[i].Name == "ca-shop-api" {
				now.Elements[i].Technology = "something else"
			}
		}
	})
	c.Report.Findings = nil
	_, drawings := driftpage.New(c)
	got := keys(drawings)
	for _, want := range []string{"drift/landscape", "before/landscape", "after/landscape", "drift/l2-shop", "before/l2-shop", "after/l2-shop"} {
		if !slices.Contains(got, want) {
			t.Errorf("no picture %s among %v", want, got)
		}
	}
	if slices.Contains(got, "drift/l2-billing") {
		t.Error("a view in which nothing drifted is drawn")
	}
	sorted := slices.Sorted(slices.Values(got))
	if len(slices.Compact(sorted)) != len(got) {
		t.Errorf("keys are there twice: %v", got)
	}
	for _, d := range drawings {
		picture(t, d)
		if d.Key == "before/l2-shop" && d.Model != c.Old || d.Key == "after/l2-shop" && d.Model != c.New {
			t.Errorf("%s is of another side", d.Key)
		}
	}
}

// TestNoDriftIsAPictureAllTheSame: who opens a page without drift sees the architecture.
func TestNoDriftIsAPictureAllTheSame(t *testing.T) {
	c := comparison(rendertest.Contoso(), nothing)
	c.Report.Findings = nil
	_, drawings := driftpage.New(c)
	got := keys(drawings)
	for _, want := range []string{"drift/landscape", "drift/l2-shop", "drift/l2-billing"} {
		if !slices.Contains(got, want) {
			t.Errorf("no picture %s among %v", want, got)
		}
	}
	for _, d := range drawings {
		if len(d.Marks) > 0 {
			t.Errorf("%s has marks", d.Key)
		}
	}
}

// TestOneSideAlone: code against what is live has findings and no second architecture.
func TestOneSideAlone(t *testing.T) {
	c := comparison(rendertest.Contoso(), nothing)
	c.Old, c.Delta = nil, nil
	_, drawings := driftpage.New(c)
	marked := false
	for _, d := range drawings {
		marked = marked || len(d.Marks) > 0
	}
	if !slices.Contains(keys(drawings), "drift/landscape") || !marked {
		t.Errorf("pictures %v, with marks: %v", keys(drawings), marked)
	}
}

func TestMomentsThatLookAlikeAreDrawnOnce(t *testing.T) {
	m := rendertest.Contoso()
	c := comparison(m, nothing)
	c.Report.Findings = nil
	for i := range 200 {
		day := *m
		day.CollectedAt = fmt.Sprintf("2026-%02d-%02dT00:00:00Z", 1+i/28, 1+i%28)
		if i == 199 {
			day.Elements = slices.Clone(m.Elements)
			renamed(&day)
			for j := range day.Elements {
				if day.Elements[j].Kind == c4.SoftwareSystem {
					day.Elements[j].Owner = "another-team"
				}
			}
		}
		c.History = append(c.History, driftpage.Moment{At: day.CollectedAt, Label: "scan", Model: &day})
	}
	page, drawings := driftpage.New(c)
	moments := 0
	for _, k := range keys(drawings) {
		if strings.HasPrefix(k, "moment/") {
			moments++
		}
	}
	if moments < 4 || moments > 8 {
		t.Errorf("%d pictures of 200 days of which one is another", moments)
	}
	var b strings.Builder
	if err := driftpage.Write(&b, page); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"momentsLeft":140`) || !strings.Contains(b.String(), `"moved: `) {
		t.Error("the page does not say which moments are left out, or what changed")
	}
}

func TestManyViewsAreBounded(t *testing.T) {
	m := rendertest.Large(800, 80)
	c := comparison(m, func(now *c4.Model) {
		for i := range now.Elements {
			now.Elements[i].Technology += "'"
		}
	})
	_, drawings := driftpage.New(c)
	if n := len(drawings); n > 200 {
		t.Errorf("%d pictures", n)
	}
}

func TestMarks(t *testing.T) {
	m := &c4.Model{
		Elements: []c4.Element{
			{ID: "softwareSystem:s", Kind: c4.SoftwareSystem, Name: "s"},
			{ID: "container:/a", Kind: c4.Container, Name: "a", Parent: "softwareSystem:s"},
			{ID: "container:/b", Kind: c4.Container, Name: "b", Parent: "softwareSystem:s"},
			{ID: "container:/c", Kind: c4.Container, Name: "c", Parent: "softwareSystem:s"},
			{ID: "container:/d", Kind: c4.Container, Name: "d", Parent: "softwareSystem:s"},
			{ID: "component:/a#x", Kind: c4.Component, Name: "x", Parent: "container:/a"},
			{ID: "resource:/c", Kind: c4.Resource, Name: "c", Parent: "container:/c"},
			{ID: "softwareSystem:t", Kind: c4.SoftwareSystem, Name: "t"},
			{ID: "container:/e", Kind: c4.Container, Name: "e", Parent: "softwareSystem:t"},
		},
		Relationships: []c4.Relationship{{ID: "r", Source: "container:/a", Target: "container:/b"}},
	}
	f := func(resource string, s severity.Severity, d severity.Direction, x *drift.Excepted) drift.Finding {
		return drift.Finding{Resource: resource, Severity: s, Direction: d, Change: diff.Changed, Exception: x}
	}
	r := &drift.Report{
		Findings: []drift.Finding{
			f("/a", severity.Low, severity.Loosened, nil), f("/a", severity.Critical, severity.Loosened, nil), f("/a", severity.High, severity.Tightened, nil),
			f("/b", severity.Critical, severity.Loosened, &drift.Excepted{State: "active"}),
			f("/c", severity.Critical, severity.Tightened, nil),
			f("/d", severity.High, severity.Loosened, &drift.Excepted{State: "expired"}),
			f("r", severity.Medium, severity.Neutral, nil), f("nowhere", severity.Critical, severity.Loosened, nil),
		},
		Unknown: []drift.Unknown{{Resource: "/e", Path: "properties.x"}, {Resource: "/e", Path: "properties.y", WasKnown: true}, {Resource: "/a", WasKnown: true}},
	}
	r.Findings[6].Elements = []string{"container:/a", "component:/a#x"} // the ends of a line are not what changed
	got := driftpage.Marks(m, delta.Compare(m, m), r)
	want := map[string]string{
		"container:/a": "~ changed · critical", "container:/b": "~ changed · accepted", "container:/c": "~ changed · improved", "resource:/c": "~ changed · improved",
		"container:/d": "~ changed · high", "container:/e": "? unknown", "r": "~ changed · medium", "softwareSystem:s": "• 4 inside · critical", "softwareSystem:t": "• 1 inside",
	}
	for id, mark := range got {
		if want[id] != mark.String() {
			t.Errorf("%s is marked %q, not %q", id, mark, want[id])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d marks, want %d: %v", len(got), len(want), got)
	}
	if len(driftpage.Marks(m, nil, nil)) != 0 {
		t.Error("marks of nothing")
	}
	if got["softwareSystem:s"].Kind != scene.Inside {
		t.Error("a system around what changed is not marked so")
	}
}
