package diff

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// kinds are forms with a type that has rules of its own.
var kinds = []struct {
	form evidence.Form
	typ  string
}{
	{evidence.ARM, "microsoft.web/sites"},
	{evidence.ARM, "microsoft.network/networksecuritygroups"},
	{evidence.Kubernetes, "networking.k8s.io/NetworkPolicy"},
	{evidence.Kubernetes, "apps/Deployment"},
	{evidence.Terraform, "azurerm_storage_account"},
	{evidence.Compose, "compose/service"},
}

var memberNames = []string{
	"name", "Name", "id", "key", "properties", "location", "port", "command", "args", "value", "type", "securityRules", "allowedApplications", "podSelector",
	"networks", "environment", "spec", "ports", "protocol", "a.b", "@type", "", "x[0]", "q\"", "tags", "identity", "userAssignedIdentities", "etag", "status",
}

var scalars = []string{
	`"a"`, `"b"`, `"A"`, `""`, `"1"`, `1`, `true`, `"True"`, `null`, `"*"`, `"0-65535"`, `"West Europe"`, `"westeurope"`, `"x]y"`, `"a,b"`, `"n~2"`, `"#h"`, `"/subscriptions/S/x"`,
	`"/subscriptions/s/X"`, `"{\"a\":1}"`, `"{ \"a\": 1 }"`, `9007199254740993`, `1e400`, `"secret:hmac-sha256:00112233445566778899aabbccddeeff"`,
}

func genValue(t *rapid.T, depth int) tree.Value {
	switch n := rapid.IntRange(0, 9).Draw(t, "kind"); {
	case n < 3 || depth == 0:
		v, err := tree.ParseJSON([]byte(rapid.SampledFrom(scalars).Draw(t, "scalar")), tree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	case n < 6:
		v := tree.Value{Kind: tree.Array}
		plain := rapid.Bool().Draw(t, "plain")
		for range rapid.IntRange(0, 5).Draw(t, "items") {
			d := depth - 1
			if plain {
				d = 0
			}
			v.Items = append(v.Items, genValue(t, d))
		}
		return v
	default:
		v := tree.Value{Kind: tree.Object}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(memberNames), 0, 4, rapid.ID).Draw(t, "names") {
			v.Members = append(v.Members, tree.Member{Name: name, Value: genValue(t, depth-1)})
		}
		return v
	}
}

func genRoot(t *rapid.T) tree.Value {
	v := tree.Value{Kind: tree.Object}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(memberNames), 0, 6, rapid.ID).Draw(t, "root") {
		v.Members = append(v.Members, tree.Member{Name: name, Value: genValue(t, 4)})
	}
	return v
}

// edit changes a value in a few random places.
func edit(t *rapid.T, v *tree.Value, depth int) {
	switch n := rapid.IntRange(0, 5).Draw(t, "edit"); {
	case n == 0:
		*v = genValue(t, 2)
	case n == 1 && v.Kind == tree.Array:
		v.Items = append(v.Items, genValue(t, 2))
	case n == 1 && v.Kind == tree.Object:
		v.Set(rapid.SampledFrom(memberNames).Draw(t, "new"), genValue(t, 2))
	case n == 2 && len(v.Items) > 0:
		i := rapid.IntRange(0, len(v.Items)-1).Draw(t, "drop")
		v.Items = slices.Delete(v.Items, i, i+1)
	case n == 2 && len(v.Members) > 0:
		i := rapid.IntRange(0, len(v.Members)-1).Draw(t, "drop")
		v.Members = slices.Delete(v.Members, i, i+1)
	case depth == 0:
	case len(v.Items) > 0:
		edit(t, &v.Items[rapid.IntRange(0, len(v.Items)-1).Draw(t, "item")], depth-1)
	case len(v.Members) > 0:
		edit(t, &v.Members[rapid.IntRange(0, len(v.Members)-1).Draw(t, "member")].Value, depth-1)
	}
}

// shuffled puts everything without an order in another one.
func shuffled(t *rapid.T, v *tree.Value, last string) {
	if v.Kind == tree.Array {
		plain := !slices.ContainsFunc(v.Items, func(it tree.Value) bool { return it.Kind >= tree.Array })
		if !ordered[last] || !plain {
			v.Items = rapid.Permutation(v.Items).Draw(t, "items")
		}
	}
	v.Members = slices.Clone(v.Members)
	if len(v.Members) > 0 {
		v.Members = rapid.Permutation(v.Members).Draw(t, "members")
	}
	for i := range v.Items {
		shuffled(t, &v.Items[i], last)
	}
	for i := range v.Members {
		shuffled(t, &v.Members[i].Value, strings.ToLower(v.Members[i].Name))
	}
}

// bare is a resource that holds properties as they are, without a sealer.
func bare(tb interface{ Fatal(...any) }, form evidence.Form, typ string, v tree.Value) *evidence.Resource {
	v = v.Clone()
	raw, lines, err := canon.Encode(&v)
	if err != nil {
		tb.Fatal(err)
	}
	return &evidence.Resource{ID: "x", Form: form, Type: typ, Side: evidence.Live, Props: raw, Lines: lines}
}

func properties(tb interface{ Fatal(...any) }, a, b *evidence.Resource) []Property {
	ps, err := Properties(a, b, PairOptions{SameKey: true})
	if err != nil {
		tb.Fatal(err)
	}
	return ps
}

func treeOf(tb interface{ Fatal(...any) }, r *evidence.Resource) tree.Value {
	v, err := r.Tree()
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// equal compares normalised properties.
func equalTrees(tb interface{ Fatal(...any) }, a, b tree.Value) bool {
	x, _, err := canon.Encode(&a)
	if err != nil {
		tb.Fatal(err)
	}
	y, _, err := canon.Encode(&b)
	if err != nil {
		tb.Fatal(err)
	}
	return string(x) == string(y)
}

func TestNothingDiffersFromItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		v := genRoot(t)
		a := bare(t, k.form, k.typ, v)
		if ps := properties(t, a, a); len(ps) > 0 {
			t.Fatalf("it differs from itself:\n%s", showProperties(ps))
		}
		w := v.Clone()
		shuffled(t, &w, "")
		if ps := properties(t, a, bare(t, k.form, k.typ, w)); len(ps) > 0 {
			t.Fatalf("it differs from itself in another order:\n%s", showProperties(ps))
		}
	})
}

func genPair(t *rapid.T) (a, b *evidence.Resource) {
	k := rapid.SampledFrom(kinds).Draw(t, "kind")
	v := genRoot(t)
	w := v.Clone()
	if rapid.IntRange(0, 4).Draw(t, "other") == 0 {
		w = genRoot(t)
	} else {
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			edit(t, &w, 4)
		}
		if w.Kind != tree.Object {
			w = tree.Value{Kind: tree.Object}
		}
	}
	return bare(t, k.form, k.typ, v), bare(t, k.form, k.typ, w)
}

func TestTheDifferenceAppliedGivesTheNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genPair(t)
		ps := properties(t, a, b)
		old, new := treeOf(t, a), treeOf(t, b)
		got, err := Apply(&old, ps)
		if err != nil {
			t.Fatalf("%v\n%s\n%s\n%s", err, a.Props, b.Props, showProperties(ps))
		}
		if slices.ContainsFunc(ps, func(p Property) bool { return p.Unknown == otherwiseSealed }) {
			return // what is below that place is not told of
		}
		x, y := Normalise(b, &got), Normalise(b, &new)
		if !equalTrees(t, x, y) {
			raw, _, _ := canon.Encode(&got)
			t.Fatalf("old %s\nnew %s\ngot %s\n%s", a.Props, b.Props, raw, showProperties(ps))
		}
		if same := equalTrees(t, Normalise(a, &old), y); same != (len(ps) == 0) {
			t.Fatalf("equal when normalised is %t, and the difference is\n%s\n%s\n%s", same, showProperties(ps), a.Props, b.Props)
		}
	})
}

func TestTheReverseIsTheMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genPair(t)
		c := Change{Kind: Changed, Old: a, New: b, Properties: properties(t, a, b)}
		got, want := c.mirror().Properties, properties(t, b, a)
		if showProperties(got) != showProperties(want) {
			t.Fatalf("the mirror is\n%sthe reverse is\n%s%s\n%s", showProperties(got), showProperties(want), a.Props, b.Props)
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("the mirror has %+v, the reverse %+v", got[i], want[i])
			}
		}
	})
}

func TestPlacesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genPair(t)
		old, new := treeOf(t, a), treeOf(t, b)
		seen := map[Path]bool{}
		for _, p := range properties(t, a, b) {
			if seen[p.Path] {
				t.Fatalf("%s is there twice", p.Path)
			}
			seen[p.Path] = true
			n := CountSteps(string(p.Path))
			if n != CountSteps(p.Pattern) || n != max(CountSteps(string(p.OldPath)), CountSteps(string(p.NewPath))) {
				t.Fatalf("%s, %s, %s and %s have other numbers of steps", p.Path, p.Pattern, p.OldPath, p.NewPath)
			}
			if p.Old == nil && p.New == nil {
				t.Fatalf("%s has no value", p.Path)
			}
			for _, s := range []struct {
				v    *tree.Value
				at   tree.Path
				leaf *tree.Value
			}{{&old, p.OldPath, p.Old}, {&new, p.NewPath, p.New}} {
				at := s.v.At(s.at)
				if at == nil {
					t.Fatalf("%s is no place", s.at)
				}
				if s.leaf == nil {
					continue
				}
				if at.Kind != s.leaf.Kind || at.Text != s.leaf.Text {
					t.Fatalf("at %s stands %s and not %s", s.at, at.Text, s.leaf.Text)
				}
				if CountSteps(string(s.at)) != n {
					t.Fatalf("%s has a value and is no leaf of %s", s.at, p.Path)
				}
			}
			if p.Old != nil && p.Path[0] != '@' && !spelledTwice(&old) {
				if at := At(&old, p.Path); at == nil || at.Text != p.Old.Text {
					t.Fatalf("%s is not found in %s", p.Path, a.Props)
				}
			}
		}
	})
}

// spelledTwice reports whether an object has one name in two spellings, of which a path cannot tell the one that is meant.
func spelledTwice(v *tree.Value) bool {
	for i := range v.Items {
		if spelledTwice(&v.Items[i]) {
			return true
		}
	}
	for i := range v.Members {
		for k := range i {
			if strings.EqualFold(v.Members[i].Name, v.Members[k].Name) {
				return true
			}
		}
		if spelledTwice(&v.Members[i].Value) {
			return true
		}
	}
	return false
}
