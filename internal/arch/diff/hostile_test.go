package diff

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// TestHugeArrays compares arrays that no comparison of each with each would come through.
func TestHugeArrays(t *testing.T) {
	const size = 40_000
	for kind, want := range map[string]int{"scalars": 2 * size / 100, "named": size / 100, "unnamed": size / 100} {
		x, y := hugeArrays(t, kind, size)
		ps := properties(t, x, y)
		if len(ps) != want {
			t.Errorf("%s: %d properties and not %d", kind, len(ps), want)
		}
	}
	equal := func(n int, extra string) *evidence.Resource {
		return bare(t, evidence.ARM, "x/y", parsed(t, `{"a": [`+strings.Repeat(`{"v": 1}, `, n)+extra+`]}`))
	}
	if ps := properties(t, equal(size, `{"v": 2}`), equal(size, `{"v": 3, "w": 4}`)); len(ps) != 2 {
		t.Errorf("of many equal items: %s", showProperties(ps))
	}
	apart := func(from int) *evidence.Resource {
		var b strings.Builder
		for i := range 20_000 {
			fmt.Fprintf(&b, `{"v": %d, "w": [%d]},`, from+i, from+i)
		}
		return bare(t, evidence.ARM, "x/y", parsed(t, `{"a": [`+strings.TrimSuffix(b.String(), ",")+`]}`))
	}
	if ps := properties(t, apart(0), apart(1_000_000)); len(ps) != 80_000 {
		t.Errorf("of items that have nothing in common: %d", len(ps))
	}
}

func TestDeepNesting(t *testing.T) {
	deep := func(open, inside, closing string) *evidence.Resource {
		v := parsed(t, strings.Repeat(open, 190)+inside+strings.Repeat(closing, 190))
		return bare(t, evidence.Kubernetes, "x/y", tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: "a", Value: v}}})
	}
	for _, c := range [][2]string{{"[", "]"}, {`{"a":`, "}"}, {`[{"a":`, "}]"}} {
		open, closing, n := c[0], c[1], 190
		if open == `[{"a":` {
			open, closing = `[{"a":`, "}]"
			n = 95
		}
		text := func(inside string) *evidence.Resource {
			return bare(t, evidence.Kubernetes, "x/y", parsed(t, `{"a":`+strings.Repeat(open, n)+inside+strings.Repeat(closing, n)+`}`))
		}
		if ps := properties(t, text("1"), text("2")); len(ps) == 0 || len(ps) > 2 {
			t.Errorf("%s: %d properties", open, len(ps))
		}
	}
	if ps := properties(t, deep("[", "1", "]"), deep("[", "1", "]")); len(ps) > 0 {
		t.Errorf("it differs from itself: %s", showProperties(ps))
	}
}

// TestTooMuchToList: a document made so that its paths alone would fill the memory is unknown, and not equal.
func TestTooMuchToList(t *testing.T) {
	old, new := hugePaths(t, "1"), hugePaths(t, "2")
	d := compare(t, &evidence.Snapshot{Resources: []evidence.Resource{*old}}, &evidence.Snapshot{Resources: []evidence.Resource{*new}}, Options{})
	if len(d.Changes) != 0 || len(d.Unknown) != 1 || d.Same != 0 {
		t.Errorf("%d changes, %d unknown", len(d.Changes), len(d.Unknown))
	}
	if _, err := Properties(old, new, PairOptions{SameKey: true}); !errors.Is(err, errTooMuch) {
		t.Errorf("the error is %v", err)
	}
}

func hugePaths(tb testing.TB, x string) *evidence.Resource {
	tb.Helper()
	var b strings.Builder
	b.WriteString(`{"p": `)
	for i := range 150 {
		fmt.Fprintf(&b, `{"%s%d": `, strings.Repeat("k", 2000), i)
	}
	b.WriteString("{")
	for i := range 500 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"l%d": "%s"`, i, x)
	}
	b.WriteString("}" + strings.Repeat("}", 151))
	r := bare(tb, evidence.ARM, "x/y", parsed(tb, b.String()))
	r.Commitment = canon.Sum(r.Props)
	return r
}

func TestBrokenProperties(t *testing.T) {
	good := bare(t, evidence.ARM, "x/y", parsed(t, `{"a": 1}`))
	bad := *good
	bad.Props = canon.Raw(`{"a": `)
	if _, err := Properties(good, &bad, PairOptions{}); err == nil || strings.Contains(err.Error(), `"a"`) {
		t.Errorf("the error is %v", err)
	}
	if _, err := Properties(&bad, good, PairOptions{}); err == nil {
		t.Error("properties that are no JSON were compared")
	}
}

// TestNoPropertiesAtAll: properties may be no object.
func TestNoPropertiesAtAll(t *testing.T) {
	for _, text := range []string{`null`, `1`, `"x"`, `[]`, `[1]`, `{}`} {
		for _, other := range []string{`null`, `2`, `"y"`, `[2]`, `{"a": 1}`} {
			a, b := bare(t, evidence.ARM, "x/y", parsed(t, text)), bare(t, evidence.ARM, "x/y", parsed(t, other))
			ps := properties(t, a, b)
			old, new := treeOf(t, a), treeOf(t, b)
			got, err := Apply(&old, ps)
			if err != nil {
				t.Errorf("%s to %s: %v", text, other, err)
				continue
			}
			if !equalTrees(t, Normalise(b, &got), Normalise(b, &new)) {
				t.Errorf("%s to %s: %s", text, other, showProperties(ps))
			}
		}
	}
}

// TestApplyRefuses what does not belong to the properties.
func TestApplyRefuses(t *testing.T) {
	one := tree.Str("x")
	for _, p := range []Property{
		{Path: "a.b", OldPath: "a.b", NewPath: "a.b", Old: &one, New: &one},
		{Path: "a.b", OldPath: "a.b", NewPath: "a", Old: &one},
		{Path: "a.b.c", OldPath: "a.b", NewPath: "a.b.c", New: &one},
		{Path: "a[0]", OldPath: "a", NewPath: "a[0]", New: &one},
		{Path: "a", OldPath: "a.b.c", NewPath: "a", New: &one},
		{Path: "a"},
	} {
		v := parsed(t, `{"a": "text"}`)
		if _, err := Apply(&v, []Property{p}); err == nil {
			t.Errorf("%+v was applied", p)
		}
	}
}

// FuzzProperties compares any two documents: no panic, the difference applied gives the new one, and the reverse is the mirror.
func FuzzProperties(f *testing.F) {
	for _, s := range [][2]string{
		{`{"a": [1, {"name": "x"}]}`, `{"a": [{"name": "y"}, 1]}`},
		{`{"a": {"b": null}}`, `{"a": []}`},
		{`{"properties": {"securityRules": [{"name": "a", "port": "*"}]}}`, `{"Properties": {"securityrules": [{"name": "A", "port": "0-65535"}]}}`},
		{`{"command": ["a", "b"], "x": "secret:hmac-sha256:00112233445566778899aabbccddeeff"}`, `{"command": ["b"]}`},
		{`{"identity": {"userAssignedIdentities": {"/subscriptions/S/a": {}}}}`, `{"identity": null}`},
		{`{"networks": {"a": null}, "": {"@x": 1}}`, `{"networks": {}, "[": "]"}`},
		{`[[], [{}], null]`, `{"a": 1e999}`},
	} {
		f.Add(s[0], s[1], uint8(0))
		f.Add(s[0], s[1], uint8(3))
		f.Add(s[0], s[1], uint8(5))
	}
	f.Fuzz(func(t *testing.T, x, y string, kind uint8) {
		if len(x)+len(y) > 20_000 {
			return
		}
		v, err1 := tree.ParseJSON([]byte(x), tree.Limits{Depth: 50})
		w, err2 := tree.ParseJSON([]byte(y), tree.Limits{Depth: 50})
		if err1 != nil || err2 != nil {
			return
		}
		if _, _, err := canon.Encode(&v); err != nil {
			return
		}
		if _, _, err := canon.Encode(&w); err != nil {
			return
		}
		k := kinds[int(kind)%len(kinds)]
		a, b := bare(t, k.form, k.typ, v), bare(t, k.form, k.typ, w)
		ps := properties(t, a, b)
		old, new := treeOf(t, a), treeOf(t, b)
		got, err := Apply(&old, ps)
		if err != nil {
			t.Fatalf("%v\n%s", err, showProperties(ps))
		}
		if !equalTrees(t, Normalise(b, &got), Normalise(b, &new)) {
			t.Fatalf("the difference applied gives something else:\n%s", showProperties(ps))
		}
		c := Change{Properties: ps, Old: a, New: b}
		if one, two := showProperties(c.mirror().Properties), showProperties(properties(t, b, a)); one != two {
			t.Fatalf("the mirror is\n%sthe reverse is\n%s", one, two)
		}
		if _, err := Properties(a, b, PairOptions{OnlyOld: true}); err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			At(&old, p.Path)
			if n := CountSteps(p.Pattern); CountSteps(string(p.Path)) != n || CutPath(p.Path, n) != p.Path || CutPattern(p.Pattern, n) != p.Pattern {
				t.Fatalf("%s and %s", p.Path, p.Pattern)
			}
		}
	})
}

// FuzzPath cuts and follows any text.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"", "a.b[0]", `a[name="x]y"].z`, `["a.b"]`, "[", "]", `["`, `a[="`, "a..b", "a[+1", "[=a~2]", `[="a"~x]`, "[a=b,c=]", "@tags.x", ".", "[]", "a[99999999999999999999]", "[-1]", "[+]"} {
		f.Add(s, 2)
	}
	v, err := tree.ParseJSON([]byte(`{"a": [{"name": "x]y", "z": 1}, "a", "a"], "a.b": {"": [[1]]}, "": null}`), tree.Limits{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		if len(s) > 10_000 {
			return
		}
		p := Path(s)
		steps := CountSteps(s)
		cut := CutPath(p, n)
		if !strings.HasPrefix(s, string(cut)) || CountSteps(string(cut)) != max(min(n, steps), 0) {
			t.Fatalf("%q cut after %d of %d steps is %q", s, n, steps, cut)
		}
		if len(p.Steps()) != steps || CountSteps(string(p.Parent())) != max(steps-1, 0) {
			t.Fatalf("%q has %d steps", s, steps)
		}
		At(&v, p)
		At(nil, p)
	})
}
