package diff

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

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
