package scene_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// twins are two ids whose short digests are equal. Anybody finds such a pair among some hundred thousand.
func twins(t *testing.T) (a, b string) {
	t.Helper()
	seen := map[string]string{}
	for i := range 1 << 20 {
		id := fmt.Sprint("id-", i)
		d := scene.ShortDigest(id, 4)
		if other := seen[d]; other != "" {
			return other, id
		}
		seen[d] = id
	}
	t.Fatal("no two digests are equal")
	return "", ""
}

// TestCraftedNamesStayApart: neither two ids of the same digest nor a name that ends like a digest make two identifiers equal.
func TestCraftedNamesStayApart(t *testing.T) {
	a, b := twins(t)
	elements := []c4.Element{
		{ID: a, Name: "Orders"},
		{ID: b, Name: "orders"},
		{ID: "c", Name: "orders " + scene.ShortDigest(a, 4)},
		{ID: "d", Name: "orders " + scene.ShortDigest(a, 4) + " 2"},
		{ID: "e", Name: "?"},
		{ID: "f"},
		{ID: "g", Name: scene.ShortDigest("f", 4)},
	}
	named := func() map[string]string {
		v := &c4.View{}
		for _, e := range elements {
			v.Nodes = append(v.Nodes, c4.Node{ID: e.ID, Element: e.ID})
		}
		o, err := scene.Outlined(&c4.Model{Elements: elements}, v)
		if err != nil {
			t.Fatal(err)
		}
		return o.Identifiers("n_", "_", 4)
	}
	want, seen := named(), map[string]string{}
	for id, name := range want {
		if other, twice := seen[name]; twice {
			t.Errorf("%q and %q are both %s", id, other, name)
		}
		seen[name] = id
	}
	if len(want) != len(elements) || want["c"] != "n_orders_"+scene.ShortDigest(a, 4) {
		t.Errorf("identifiers are %v", want)
	}
	slices.Reverse(elements)
	for id, name := range named() {
		if name != want[id] {
			t.Errorf("in another order %q is %s, not %s", id, name, want[id])
		}
	}
}

func TestWord(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "?!": "", "Shop API (v2)": "shop-api-v2", "--a--": "a", "שלום": "", "K\u212a": "kk", strings.Repeat("ab ", 30): "ab-ab-ab-ab",
	} {
		if got := scene.Word(in, '-', 11); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestUnused(t *testing.T) {
	taken := map[string]bool{"a": true, "a-2": true}
	if a, b := scene.Unused("a", "-", taken), scene.Unused("b", "-", taken); a != "a-3" || b != "b" || !taken["a-3"] || !taken["b"] {
		t.Errorf("%s, %s, %v", a, b, taken)
	}
}
