package diff

import (
	"cmp"
	"context"
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

// genSnapshots makes two snapshots of a small world, in which things stay, change, go, come and move.
func genSnapshots(t *rapid.T) (old, new *evidence.Snapshot) {
	var ds [2][]evidence.Draft
	for i := range rapid.IntRange(0, 8).Draw(t, "resources") {
		k := rapid.SampledFrom(kinds[:4]).Draw(t, "kind")
		id := sub + "/resourcegroups/rg" + rapid.SampledFrom([]string{"1", "2"}).Draw(t, "group") + "/providers/" + k.typ + "/" + rapid.SampledFrom([]string{"a", "b", "web-x1y2z3", "web-q9w8e7"}).Draw(t, "name") + itoa(i%3)
		if k.form == evidence.Kubernetes {
			id = "k8s:-/apps/Deployment/" + rapid.SampledFrom([]string{"shop", "pay"}).Draw(t, "namespace") + "/" + itoa(i%4)
		}
		v := genRoot(t)
		w := v.Clone()
		if rapid.Bool().Draw(t, "changed") {
			edit(t, &w, 3)
			if w.Kind != tree.Object {
				w = tree.Value{Kind: tree.Object}
			}
		}
		scope := strings.TrimSuffix(id, "/providers/"+k.typ+id[strings.LastIndexByte(id, '/'):])
		at := rapid.IntRange(0, 4).Draw(t, "sides")
		for s, p := range [2]tree.Value{v, w} {
			if at == s {
				continue
			}
			ds[s] = append(ds[s], evidence.Draft{
				ID: id, Name: id[strings.LastIndexByte(id, '/')+1:], Scope: scope, Form: k.form, Type: k.typ, Side: evidence.Live, Props: p,
				Tags:   map[string]string{"owner": rapid.SampledFrom([]string{"platform-team", "shop-team"}).Draw(t, "owner")},
				Origin: evidence.Origin{Input: rapid.SampledFrom([]string{"one.json", "two.json"}).Draw(t, "input"), Line: i},
			})
		}
	}
	snap := func(ds []evidence.Draft, s int) *evidence.Snapshot {
		sealer, err := evidence.NewSealer(keyA)
		if err != nil {
			t.Fatal(err)
		}
		var rs []evidence.Resource
		for _, d := range ds {
			d.Props = d.Props.Clone()
			r, _, err := sealer.Seal(d)
			if err != nil {
				t.Fatal(err)
			}
			rs = append(rs, r)
		}
		meta := evidence.Meta{CollectedAt: "2026-01-01T00:00:00Z", KeyID: sealer.KeyID(), Inputs: []evidence.InputSummary{{Name: "one.json", Format: "azure"}}}
		var nr []evidence.NotRead
		switch rapid.IntRange(0, 3).Draw(t, "second") {
		case 0:
			nr = append(nr, evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: "two.json", Reason: "it ends in the middle"})
		case 1:
		default:
			meta.Inputs = append(meta.Inputs, evidence.InputSummary{Name: "two.json", Format: "azure"})
		}
		out, err := evidence.NewSnapshot(meta, rs, nr)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	return snap(ds[0], 0), snap(ds[1], 1)
}

func TestSnapshotsOfASmallWorld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := genSnapshots(t)
		for _, o := range []Options{{}, {AnySide: true}, {Match: ByRole}} {
			self, err := Snapshots(context.Background(), old, shuffledSnapshot(t, old), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(self.Changes) > 0 {
				t.Fatalf("%+v: a snapshot differs from itself:\n%s", o, show(self))
			}
			d, err := Snapshots(context.Background(), old, new, o)
			if err != nil {
				t.Fatal(err)
			}
			back, err := Snapshots(context.Background(), new, old, o)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := show(d.Mirror()), show(back); got != want {
				t.Fatalf("%+v: the mirror is\n%sthe reverse is\n%sthe difference is\n%s", o, got, want, show(d))
			}
			if got, want := show(d.Mirror().Mirror()), show(d); got != want {
				t.Fatalf("%+v: the mirror's mirror is\n%sand not\n%s", o, got, want)
			}
			if o.Match == ByID {
				applied(t, old, new, d)
			}
		}
	})
}

// shuffledSnapshot is the same snapshot with its resources in another order and their properties too.
func shuffledSnapshot(t *rapid.T, s *evidence.Snapshot) *evidence.Snapshot {
	out := *s
	out.Resources = rapid.Permutation(s.Resources).Draw(t, "resources")
	for i := range out.Resources {
		r := &out.Resources[i]
		v := treeOf(t, r)
		shuffled(t, &v, "")
		raw, lines, err := canon.Encode(&v)
		if err != nil {
			t.Fatal(err)
		}
		if string(raw) != string(r.Props) {
			r.Commitment = canon.Sum(raw) // it was sealed anew
		}
		r.Props, r.Lines = raw, lines
	}
	return &out
}

// applied checks that the difference says of every resource what became of it.
func applied(t *rapid.T, old, new *evidence.Snapshot, d *Diff) {
	type version struct{ id, props string }
	say := func(r *evidence.Resource, v *tree.Value) version {
		n := Normalise(r, v)
		raw, _, err := canon.Encode(&n)
		if err != nil {
			t.Fatal(err)
		}
		return version{r.ID + "\x00" + r.Type, string(raw)}
	}
	var got, want []version
	touched := map[*evidence.Resource]bool{}
	for i := range d.Changes {
		c := &d.Changes[i]
		touched[c.Old] = true
		switch {
		case c.New == nil:
		case c.Old == nil:
			v := treeOf(t, c.New)
			got = append(got, say(c.New, &v))
		default:
			v := treeOf(t, c.Old)
			v, err := Apply(&v, c.Properties)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, say(c.New, &v))
		}
	}
	if len(d.Unknown) > 0 {
		return // then nobody can say what all of it became
	}
	quiet := len(d.Noise) > 0
	for i := range old.Resources {
		if r := &old.Resources[i]; !touched[r] {
			v := treeOf(t, r)
			got = append(got, say(r, &v))
		}
	}
	for i := range new.Resources {
		v := treeOf(t, &new.Resources[i])
		want = append(want, say(&new.Resources[i], &v))
	}
	for _, l := range []*[]version{&got, &want} {
		slices.SortFunc(*l, func(a, b version) int { return cmp.Or(strings.Compare(a.id, b.id), strings.Compare(a.props, b.props)) })
	}
	if len(got) != len(want) {
		t.Fatalf("%d resources and not %d:\n%s", len(got), len(want), show(d))
	}
	for i := range got {
		if got[i] != want[i] && (!quiet || got[i].id != want[i].id) {
			t.Fatalf("%+v and not %+v:\n%s", got[i], want[i], show(d))
		}
	}
}
