package delta_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/render/rendertest"
)

func TestNothingLiesBetweenAModelAndItself(t *testing.T) {
	for _, m := range []*c4.Model{contoso(t), rendertest.Contoso(), rendertest.Hostile(), rendertest.Empty()} {
		other := clone(m)
		slices.Reverse(other.Elements)
		slices.Reverse(other.Relationships)
		slices.Reverse(other.Instances)
		for i := range other.Elements {
			slices.Reverse(other.Elements[i].Badges)
			other.Elements[i].Evidence = nil
		}
		d := delta.Compare(m, other)
		if !d.Empty() || len(d.Statuses()) > 0 {
			t.Errorf("%s: %d elements, %d relationships, %d statuses", m.Name, len(d.Elements), len(d.Relationships), len(d.Statuses()))
		}
		if merged := delta.Merge(m, other, d); len(merged.Elements) != len(m.Elements) || len(merged.Views) != len(m.Views) {
			t.Errorf("%s: merged with itself it has %d elements and %d views", m.Name, len(merged.Elements), len(merged.Views))
		}
	}
}

func encoded(t interface{ Fatal(...any) }, m *c4.Model) []byte {
	var b bytes.Buffer
	if err := c4.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestMirrorAndMerge makes edits, and asserts that the way back is the mirror, that the merged model is sound, shows
// everything that became anything, and that nobody's model was changed.
func TestMirrorAndMerge(t *testing.T) {
	start := contoso(t)
	if err := start.Validate(); err != nil {
		t.Fatal(err)
	}
	before := encoded(t, start)
	rapid.Check(t, func(t *rapid.T) {
		now := clone(start)
		moved := edits(t, now)
		if err := now.Validate(); err != nil {
			t.Fatal("the edit is at fault:", err)
		}
		after := encoded(t, now)
		d := delta.CompareMoved(start, now, moved)
		back := map[string]string{}
		for old, id := range moved {
			back[id] = old
		}
		mirrored(t, d, delta.CompareMoved(now, start, back))
		for _, old := range []*c4.Model{start, now} { // both ways
			other, d := now, d
			if old == now {
				other, d = start, delta.CompareMoved(now, start, back)
			}
			m := delta.Merge(old, other, d)
			if err := m.Validate(); err != nil {
				t.Fatal(err)
			}
			whole(t, old, other, m, d)
		}
		if !bytes.Equal(before, encoded(t, start)) || !bytes.Equal(after, encoded(t, now)) {
			t.Fatal("a model was changed")
		}
	})
}

func mirrored(t *rapid.T, there, back *delta.Delta) {
	type item struct{ old, now, status, fields string }
	turned := map[delta.Status]delta.Status{delta.Added: delta.Removed, delta.Removed: delta.Added}
	list := func(d *delta.Delta, mirror bool) []item {
		var out []item
		put := func(old, now string, s delta.Status, fields []delta.Field) {
			f := ""
			for _, x := range fields {
				if mirror {
					x.Old, x.New = x.New, x.Old
				}
				f += x.Name + "\x00" + x.Old + "\x00" + x.New + "\n"
			}
			if mirror {
				old, now, s = now, old, cmp.Or(turned[s], s)
			}
			out = append(out, item{old, now, string(s), f})
		}
		for _, e := range d.Elements {
			var old, now string
			if e.Old != nil {
				old = e.Old.ID
			}
			if e.New != nil {
				now = e.New.ID
			}
			put(old, now, e.Status, e.Fields)
		}
		for _, r := range d.Relationships {
			var old, now string
			if r.Old != nil {
				old = r.Old.ID
			}
			if r.New != nil {
				now = r.New.ID
			}
			put(old, now, r.Status, r.Fields)
		}
		slices.SortFunc(out, func(a, b item) int { return cmp.Or(cmp.Compare(a.old, b.old), cmp.Compare(a.now, b.now)) })
		return out
	}
	if a, b := list(there, false), list(back, true); !slices.Equal(a, b) {
		t.Fatalf("no mirror:\n%v\n%v", a, b)
	}
}

// whole asserts that m has all of both, and that every status is of something in it.
func whole(t *rapid.T, old, now, m *c4.Model, d *delta.Delta) {
	elements, relationships := map[string]bool{}, map[string]bool{}
	for _, e := range m.Elements {
		elements[e.ID] = true
	}
	for _, r := range m.Relationships {
		relationships[r.ID] = true
	}
	for id, s := range d.Statuses() {
		if !elements[id] && !relationships[id] {
			t.Fatalf("%s is %s but not in the merged model", id, s)
		}
	}
	for _, e := range now.Elements {
		if !elements[e.ID] {
			t.Fatalf("%s is lost", e.ID)
		}
	}
	for _, e := range old.Elements {
		if id, there := d.NewID(e.ID); !there && !elements[e.ID] || there && !elements[id] {
			t.Fatalf("%s is lost", e.ID)
		}
	}
	// What vanished is in a picture if it was in one.
	shown, was := map[string]bool{}, map[string]bool{}
	for _, v := range m.Views {
		for _, id := range v.Elements {
			shown[id] = true
		}
	}
	for _, v := range old.Views {
		for _, id := range v.Elements {
			was[id] = true
		}
	}
	for _, e := range d.Elements {
		if e.Status == delta.Removed && was[e.ID] && !shown[e.ID] {
			t.Fatalf("%s vanished and is in no picture", e.ID)
		}
	}
}

func status(d *delta.Delta, id string) delta.Status { return d.Statuses()[id] }

func TestWhatBecameOfThings(t *testing.T) {
	old := contoso(t)
	api, shop, jobs := named(t, old, c4.Container, "Fulfilment API").ID, named(t, old, c4.SoftwareSystem, "Online Shop").ID, named(t, old, c4.Container, "Stock Sync").ID
	labels, desk, help := named(t, old, c4.Container, "Shipping Labels").ID, named(t, old, c4.SoftwareSystem, "Returns Desk").ID, named(t, old, c4.Container, "Help Pages").ID

	now := clone(old)
	fresh := add(now, shop, "wishlist")
	line := relate(now, fresh, api, "asks")
	element(now, jobs).Owner = "another-team"
	element(now, labels).Technology = "Another store"
	element(now, help).Badges = nil
	element(now, api).Badges = append(element(now, api).Badges, "planned") // says how it was read
	gone := named(t, now, c4.Container, "Loader").ID
	remove(now, gone, desk)
	now.Sort()
	d := delta.Compare(old, now)
	for id, want := range map[string]delta.Status{
		fresh: delta.Added, line: delta.Added, jobs: delta.Moved, labels: delta.Changed, help: delta.Changed, gone: delta.Removed, desk: delta.Removed, api: delta.Same, shop: delta.Same,
	} {
		if got := status(d, id); got != want {
			t.Errorf("%s is %q, not %q", id, got, want)
		}
	}
	i := slices.IndexFunc(d.Relationships, func(r delta.Relationship) bool { return r.ID == line })
	if r := d.Relationships[i]; !r.CrossSystem || r.Source.ID != fresh || r.Target.ID != api || r.Old != nil || r.New == nil {
		t.Errorf("the new line: %+v", r)
	}
	for _, e := range d.Elements {
		if e.ID == help && !slices.Equal(e.Fields, []delta.Field{{Name: "badges", Old: "internet-facing"}}) {
			t.Errorf("fields %v", e.Fields)
		}
	}
	m := delta.Merge(old, now, d)
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	v := m.Views[slices.IndexFunc(m.Views, func(v c4.View) bool { return v.Kind == c4.Landscape })]
	if nodeOf(&v, desk) == nil || !slices.ContainsFunc(v.Lines, func(l c4.Line) bool { return l.Source == desk || l.Target == desk }) {
		t.Error("the landscape does not show the system that vanished, with its lines")
	}
	inside := m.Views[slices.IndexFunc(m.Views, func(v c4.View) bool {
		return v.Kind == c4.Containers && slices.Contains(v.Elements, gone) && strings.Contains(v.Title, "Reporting")
	})]
	if n := nodeOf(&inside, gone); n.Parent == "" {
		t.Error("a container that vanished stands outside its system")
	}
}

func TestMovedThingsAreMatched(t *testing.T) {
	old := contoso(t)
	api := named(t, old, c4.Container, "Fulfilment API").ID
	now := clone(old)
	resource := strings.TrimPrefix(api, "container:")
	elsewhere := strings.Replace(resource, "rg-fulfilment-prod", "rg-elsewhere", 1)
	for _, id := range []string{api, "resource:" + resource, "component:" + resource + "#api"} {
		if element(now, id) == nil {
			t.Fatalf("no %s", id)
		}
		rename(now, id, strings.Replace(id, resource, elsewhere, 1))
	}
	now.Sort()
	if d := delta.Compare(old, now); status(d, api) != delta.Removed || status(d, "container:"+elsewhere) != delta.Added {
		t.Error("without the word of the caller another id is another thing")
	}
	d := delta.CompareMoved(old, now, map[string]string{resource: elsewhere})
	if !d.Empty() || len(d.Statuses()) != 0 {
		t.Errorf("a thing that only moved: %v", d.Statuses())
	}
	if id, ok := d.NewID(api); !ok || id != "container:"+elsewhere {
		t.Errorf("it is now %q", id)
	}
	if m := delta.Merge(old, now, d); len(m.Views) != len(now.Views) || len(m.Elements) != len(now.Elements) {
		t.Errorf("%d views for %d, %d elements for %d", len(m.Views), len(now.Views), len(m.Elements), len(now.Elements))
	}
}

// TestMovesThatMeet asserts that no two old elements become one new one.
func TestMovesThatMeet(t *testing.T) {
	model := func(ids ...string) *c4.Model {
		m := &c4.Model{}
		for _, id := range ids {
			m.Elements = append(m.Elements, c4.Element{ID: "container:" + id, Kind: c4.Container, Name: id})
		}
		return m
	}
	for _, c := range []struct {
		old, now []string
		moved    map[string]string
		want     string
	}{
		{[]string{"a", "b"}, []string{"a", "b"}, map[string]string{"a": "b", "b": "a"}, "a→b b→a"},
		{[]string{"a", "b"}, []string{"b", "c"}, map[string]string{"a": "b", "b": "c"}, "a→b b→c"},
		{[]string{"a", "b"}, []string{"b"}, map[string]string{"a": "b"}, "a→ b→b"},
		{[]string{"a", "b"}, []string{"c"}, map[string]string{"a": "c", "b": "c"}, "a→c b→"},
		{[]string{"a"}, []string{"x"}, map[string]string{"a": "nowhere"}, "a→"},
	} {
		d := delta.CompareMoved(model(c.old...), model(c.now...), c.moved)
		var got []string
		for _, id := range c.old {
			to, _ := d.NewID("container:" + id)
			got = append(got, id+"→"+strings.TrimPrefix(to, "container:"))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v to %v by %v: %s, not %s", c.old, c.now, c.moved, s, c.want)
		}
	}
}

func TestChangedHandsAndOtherKinds(t *testing.T) {
	old := &c4.Model{Elements: []c4.Element{
		{ID: "softwareSystem:external/pay", Kind: c4.SoftwareSystem, Name: "Payments", External: true},
		{ID: "container:/x", Kind: c4.Container, Name: "x", Parent: "softwareSystem:external/pay"},
		{ID: "infrastructureNode:gw", Kind: c4.InfrastructureNode, Name: "gw"},
		{ID: "resource:/x", Kind: c4.Resource, Name: "x", Parent: "container:/x"},
	}}
	now := &c4.Model{Elements: []c4.Element{
		{ID: "softwareSystem:declared/pay", Kind: c4.SoftwareSystem, Name: "Payments"},
		{ID: "component:/x", Kind: c4.Component, Name: "x", Parent: "softwareSystem:declared/pay"},
	}}
	d := delta.Compare(old, now)
	want := map[string]delta.Status{
		"softwareSystem:declared/pay": delta.Moved, "component:/x": delta.Changed, "infrastructureNode:gw": delta.Removed, "resource:/x": delta.Removed,
	}
	if got := d.Statuses(); len(got) != len(want) || len(d.Elements) != 2 {
		t.Errorf("%v", got)
	}
	for id, s := range want {
		if got := status(d, id); got != s {
			t.Errorf("%s is %q, not %q", id, got, s)
		}
	}
}

func TestRelationshipsThatSayOtherThings(t *testing.T) {
	two := []c4.Element{{ID: "container:a", Kind: c4.Container, Name: "a"}, {ID: "container:b", Kind: c4.Container, Name: "b"}}
	rel := func(id, says, with string) c4.Relationship {
		return c4.Relationship{ID: id, Source: "container:a", Target: "container:b", Description: says, Technology: with, Confidence: c4.High}
	}
	d := delta.Compare(
		&c4.Model{Elements: two, Relationships: []c4.Relationship{rel("1", "reads from", "TDS"), rel("2", "calls", "HTTPS"), rel("3", "logs to", "")}},
		&c4.Model{Elements: two, Relationships: []c4.Relationship{rel("4", "reads from and writes to", "TDS"), rel("5", "calls", "HTTP"), rel("3", "logs to", "")}},
	)
	got := d.Statuses()
	for id, want := range map[string]delta.Status{"4": delta.Changed, "2": delta.Removed, "5": delta.Added} {
		if got[id] != want {
			t.Errorf("%s is %q, not %q", id, got[id], want)
		}
	}
	if len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestUnreadIsNotGone(t *testing.T) {
	at := []c4.Evidence{{Input: "x", Resource: "/x"}, {Input: "x", Resource: "/y"}}
	old := &c4.Model{Elements: []c4.Element{{ID: "container:/x", Kind: c4.Container, Name: "x", Evidence: at}, {ID: "container:/z", Kind: c4.Container, Name: "z", Evidence: at[:1]}}}
	unread := func(ids ...string) func(string) bool {
		return func(id string) bool { return slices.Contains(ids, id) }
	}
	d := delta.Compare(old, &c4.Model{})
	d.Unread(nil, unread("/x"))
	if s := d.Statuses(); s["container:/x"] != delta.Removed || s["container:/z"] != delta.Unknown {
		t.Errorf("%v", s)
	}
	d = delta.Compare(&c4.Model{}, old)
	d.Unread(unread("/x", "/y"), nil)
	if s := d.Statuses(); s["container:/x"] != delta.Unknown || s["container:/z"] != delta.Unknown {
		t.Errorf("%v", s)
	}
}

// TestMergeWithoutADelta: what nobody compared is merged by its ids.
func TestMergeWithoutADelta(t *testing.T) {
	m := contoso(t)
	if got := delta.Merge(m, m, &delta.Delta{}); !bytes.Equal(encoded(t, got), encoded(t, m)) {
		t.Error("a model merged with itself is another")
	}
}

// TestUnsoundModels asserts that models that nobody checked end in no panic and no endless loop.
func TestUnsoundModels(t *testing.T) {
	m := &c4.Model{
		Elements:      []c4.Element{{ID: "a", Kind: c4.Container, Parent: "b"}, {ID: "b", Kind: c4.Container, Parent: "a"}, {ID: "a"}, {}},
		Relationships: []c4.Relationship{{ID: "r", Source: "a", Target: "nobody"}, {ID: "s", Source: "a", Target: "b"}},
		Views: []c4.View{{
			Key: "v", Nodes: []c4.Node{{ID: "a", Element: "a", Parent: "b"}, {ID: "b", Element: "b", Parent: "a"}, {ID: "c", Element: "nobody"}},
			Lines: []c4.Line{{Source: "a", Target: "zz", Relationships: []string{"r", "gone"}}},
		}},
	}
	for _, pair := range [][2]*c4.Model{{m, m}, {m, {}}, {{}, m}} {
		delta.Merge(pair[0], pair[1], delta.Compare(pair[0], pair[1]))
	}
}

func BenchmarkCompare(b *testing.B) {
	old := rendertest.Large(10_000, 300)
	now := rendertest.Large(10_000, 300)
	for i := 0; i < len(now.Elements); i += 100 {
		now.Elements[i].Name += "'"
	}
	b.ReportAllocs()
	for b.Loop() {
		d := delta.Compare(old, now)
		delta.Merge(old, now, d)
	}
}
