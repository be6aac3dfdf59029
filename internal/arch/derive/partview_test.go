package derive

import (
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
)

// crowd is a builder whose model has one system with n containers, of which every one uses the first. The
// first ten run in one group, the others in another, the last in no place that is stated.
func crowd(n int) *builder {
	b := &builder{
		els: map[string]*c4.Element{}, rels: map[string]*c4.Relationship{}, inst: map[[2]string]*c4.Instance{},
		model: &c4.Model{},
	}
	b.put(&c4.Element{ID: "softwareSystem:shop", Kind: c4.SoftwareSystem, Name: "shop"})
	b.put(&c4.Element{ID: "softwareSystem:other", Kind: c4.SoftwareSystem, Name: "other", External: true})
	b.put(&c4.Element{ID: "deploymentNode:sub", Kind: c4.DeploymentNode, Name: "sub"})
	for _, g := range []string{"a", "b"} {
		b.put(&c4.Element{ID: "deploymentNode:sub/" + g, Kind: c4.DeploymentNode, Name: "rg-" + g, Parent: "deploymentNode:sub"})
	}
	rel := func(from, to string) {
		id := from + " -> " + to
		b.rels[id] = &c4.Relationship{ID: id, Source: from, Target: to, Description: "uses", Confidence: c4.High}
		b.relIDs = append(b.relIDs, id)
	}
	id := func(i int) string { return fmt.Sprintf("container:%05d", i) }
	for i := range n {
		b.put(&c4.Element{ID: id(i), Kind: c4.Container, Name: fmt.Sprintf("app-%d", i), Parent: "softwareSystem:shop"})
		group := "deploymentNode:sub/b"
		if i < 10 {
			group = "deploymentNode:sub/a"
		}
		if i < n-1 {
			b.inst[[2]string{id(i), group}] = &c4.Instance{Container: id(i), Node: group}
		}
		if i > 0 {
			rel(id(i), id(0))
		}
	}
	rel(id(0), "softwareSystem:other")
	return b
}

// checkEnds reports lines that end nowhere, and relationships that a view lists without a line.
func checkEnds(t *testing.T, v *c4.View) {
	t.Helper()
	nodes, drawn := map[string]bool{}, map[string]bool{}
	for _, n := range v.Nodes {
		nodes[n.ID] = true
	}
	for _, l := range v.Lines {
		if !nodes[l.Source] || !nodes[l.Target] {
			t.Errorf("%s: the line from %s to %s ends at no node", v.Key, l.Source, l.Target)
		}
		for _, r := range l.Relationships {
			drawn[r] = true
		}
	}
	if len(drawn) != len(v.Relationships) {
		t.Errorf("%s lists %d relationships and draws %d", v.Key, len(v.Relationships), len(drawn))
	}
}

func TestManyContainersAreCutByPlace(t *testing.T) {
	const n = mostContainers*2 + 50
	b := crowd(n)
	b.views()
	shown, titles, keys := map[string]int{}, []string{}, map[string]bool{}
	for i := range b.model.Views {
		v := &b.model.Views[i]
		if v.Kind != c4.Containers {
			continue
		}
		checkEnds(t, v)
		titles = append(titles, v.Title)
		if keys[v.Key] {
			t.Errorf("two views have the key %s", v.Key)
		}
		keys[v.Key] = true
		boxes := 0
		for _, node := range v.Nodes {
			if strings.HasPrefix(node.Element, "container:") {
				boxes++
				shown[node.Element]++
			}
		}
		if boxes > mostContainers {
			t.Errorf("%q has %d containers", v.Title, boxes)
		}
	}
	want := "Inside shop: overview|Inside shop: no place stated|Inside shop: rg-a|Inside shop: rg-b (1 of 3)|Inside shop: rg-b (2 of 3)|Inside shop: rg-b (3 of 3)"
	if got := strings.Join(titles, "|"); got != want {
		t.Errorf("the views are\n%s\nwant\n%s", got, want)
	}
	if len(shown) != n {
		t.Errorf("%d of %d containers are shown", len(shown), n)
	}
	for id, times := range shown {
		if times != 1 && b.els[id].Name != fmt.Sprintf("app-%d", n-1) { // which has no place that could stand for it
			t.Errorf("%s is in %d pictures", id, times)
		}
	}
}

// The lines of the whole are there in the parts, between places where not between containers.
func TestPartsKeepTheLines(t *testing.T) {
	b := crowd(mostContainers + 20)
	b.views()
	drawn := map[string]bool{}
	for i := range b.model.Views {
		if v := &b.model.Views[i]; v.Kind == c4.Containers && !strings.HasSuffix(v.Title, "overview") {
			for _, r := range v.Relationships {
				drawn[r] = true
			}
		}
	}
	for _, id := range b.relIDs {
		if !drawn[id] {
			t.Errorf("no part draws %s", id)
		}
	}
}

func TestFewContainersAreOnePicture(t *testing.T) {
	b := crowd(mostContainers)
	b.views()
	for i := range b.model.Views {
		if v := &b.model.Views[i]; v.Kind == c4.Containers && v.Title != "Inside shop" {
			t.Errorf("there is a view %q", v.Title)
		}
	}
}

func TestTooManyLinesAreLeftOutAndSaid(t *testing.T) {
	b := crowd(1)
	for i := range 80 {
		b.put(&c4.Element{ID: fmt.Sprintf("softwareSystem:%d", i), Kind: c4.SoftwareSystem, Name: fmt.Sprint(i)})
		for j := range i {
			id := fmt.Sprintf("%d -> %d", i, j)
			b.rels[id] = &c4.Relationship{ID: id, Source: fmt.Sprintf("softwareSystem:%d", i), Target: fmt.Sprintf("softwareSystem:%d", j), Description: "uses"}
			b.relIDs = append(b.relIDs, id)
		}
	}
	b.views()
	for i := range b.model.Views {
		v := &b.model.Views[i]
		checkEnds(t, v)
		if v.Kind == c4.Landscape && (len(v.Lines) != 0 || !strings.Contains(v.Description, "3161 lines")) {
			t.Errorf("the landscape has %d lines and says %q", len(v.Lines), v.Description)
		}
		if v.Kind == c4.Context && len(v.Lines) == 0 {
			t.Errorf("the context %q has no lines", v.Title)
		}
	}
}

func TestCrowdedResourcesAreNotDrawn(t *testing.T) {
	b := crowd(1)
	for i := range manyResources {
		b.put(&c4.Element{ID: fmt.Sprintf("resource:%d", i), Kind: c4.Resource, Parent: "container:00000"})
	}
	b.views()
	for i := range b.model.Views {
		if v := &b.model.Views[i]; v.Kind == c4.Resources {
			t.Errorf("there is a view %q with %d boxes", v.Title, len(v.Nodes))
		}
	}
	if len(b.model.Notes) != 1 || !strings.Contains(b.model.Notes[0], `"Resources of app-0" is not drawn`) {
		t.Errorf("the notes are %q", b.model.Notes)
	}
}
