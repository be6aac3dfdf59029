package diff

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

var (
	keyA = []byte("0123456789abcdef0123456789abcdef")
	keyB = []byte("fedcba9876543210fedcba9876543210")
)

func sealer(tb testing.TB, key []byte) *evidence.Sealer {
	tb.Helper()
	s, err := evidence.NewSealer(key)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func parsed(tb testing.TB, text string) tree.Value {
	tb.Helper()
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		tb.Fatalf("%v in %s", err, text)
	}
	return v
}

// draft makes a resource of a form and type from its properties.
func draft(tb testing.TB, form evidence.Form, typ, id, props string) evidence.Draft {
	tb.Helper()
	d := evidence.Draft{ID: id, Form: form, Type: typ, Side: evidence.Live, Props: parsed(tb, props), Origin: evidence.Origin{Input: "in.json", Line: 1}}
	d.Name = id[strings.LastIndexByte(id, '/')+1:]
	switch form {
	case evidence.ARM:
		d.Provider = "azure"
		if a, ok := evidence.ParseARM(id); ok {
			d.Scope = a.Scope()
		}
	case evidence.Kubernetes:
		d.Provider = "kubernetes"
		if parts := strings.Split(id, "/"); len(parts) == 5 {
			d.Scope = parts[3]
		}
	}
	return d
}

func seal(tb testing.TB, key []byte, d evidence.Draft) evidence.Resource {
	tb.Helper()
	d.Props = d.Props.Clone()
	r, _, err := sealer(tb, key).Seal(d)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func snapshot(tb testing.TB, key []byte, notRead []evidence.NotRead, ds ...evidence.Draft) *evidence.Snapshot {
	tb.Helper()
	s := sealer(tb, key)
	inputs := map[string]bool{}
	var rs []evidence.Resource
	for _, d := range ds {
		rs = append(rs, seal(tb, key, d))
		inputs[d.Origin.Input] = true
	}
	meta := evidence.Meta{Name: "test", CollectedAt: "2026-01-01T00:00:00Z", KeyID: s.KeyID()}
	for _, in := range slices.Sorted(maps.Keys(inputs)) {
		meta.Inputs = append(meta.Inputs, evidence.InputSummary{Name: in, Format: formatOf(ds, in), Resources: 1})
	}
	snap, err := evidence.NewSnapshot(meta, rs, notRead)
	if err != nil {
		tb.Fatal(err)
	}
	return snap
}

func formatOf(ds []evidence.Draft, input string) string {
	for _, d := range ds {
		if d.Origin.Input == input {
			return map[evidence.Form]string{evidence.ARM: "azure", evidence.Kubernetes: "kubernetes", evidence.Compose: "compose", evidence.Terraform: "terraform-state"}[d.Form]
		}
	}
	return ""
}

func compare(tb testing.TB, old, new *evidence.Snapshot, o Options) *Diff {
	tb.Helper()
	d, err := Snapshots(context.Background(), old, new, o)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// show writes a difference for people, one line each.
func show(d *Diff) string {
	var b strings.Builder
	for _, c := range d.Changes {
		fmt.Fprintf(&b, "%s %s", c.Kind, c.Resource().ID)
		if c.Basis != "" {
			fmt.Fprintf(&b, " (%s)", c.Basis)
		}
		b.WriteByte('\n')
		b.WriteString(showProperties(c.Properties))
	}
	for _, u := range d.Unknown {
		fmt.Fprintf(&b, "unknown %s %s %s %s: %s (%d, known before: %t)\n", u.Resource, u.Type, u.Path, u.Input, u.Reason, u.Count, u.WasKnown)
	}
	return b.String()
}

func showProperties(ps []Property) string {
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintf(&b, "  %s: %s -> %s", p.Path, text(p.Old), text(p.New))
		if p.Noise != "" {
			fmt.Fprintf(&b, " noise %s", p.Noise)
		}
		if p.Unknown != "" {
			fmt.Fprintf(&b, " unknown %s", p.Unknown)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func text(v *tree.Value) string {
	switch {
	case v == nil:
		return "nothing"
	case v.Kind == tree.Array:
		return "[]"
	case v.Kind == tree.Object:
		return "{}"
	case v.Kind == tree.Null:
		return "null"
	}
	return v.Text
}

const (
	sub  = "/subscriptions/11111111-1111-1111-1111-111111111111"
	shop = sub + "/resourcegroups/rg-shop/providers/"
)

func TestOneChange(t *testing.T) {
	id := shop + "microsoft.network/networksecuritygroups/nsg"
	old := snapshot(t, keyA, nil, draft(t, evidence.ARM, "microsoft.network/networksecuritygroups", id, `{
		"location": "West Europe", "etag": "1", "properties": {"securityRules": [
			{"name": "a", "properties": {"access": "Deny", "sourceAddressPrefixes": ["10.0.0.0/8"]}},
			{"name": "b", "properties": {"access": "Allow"}}]}}`))
	new := snapshot(t, keyA, nil, draft(t, evidence.ARM, "microsoft.network/networksecuritygroups", id, `{
		"location": "westeurope", "etag": "2", "properties": {"securityRules": [
			{"name": "c", "properties": {"access": "Allow"}},
			{"name": "a", "properties": {"access": "Allow", "sourceAddressPrefixes": ["10.0.0.0/8", "0.0.0.0/0"]}}]}}`))
	want := "changed " + id + `
  etag: 1 -> 2 noise arm-etag
  properties.securityRules[name=a].properties.access: Deny -> Allow
  properties.securityRules[name=a].properties.sourceAddressPrefixes[=0.0.0.0/0]: nothing -> 0.0.0.0/0
  properties.securityRules[name=b].name: b -> nothing
  properties.securityRules[name=b].properties.access: Allow -> nothing
  properties.securityRules[name=c].name: nothing -> c
  properties.securityRules[name=c].properties.access: nothing -> Allow
`
	d := compare(t, old, new, Options{})
	if got := show(d); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	p := d.Changes[0].Properties[1]
	if p.Pattern != "properties.securityRules[].properties.access" || p.OldPath != "properties.securityRules[0].properties.access" ||
		p.NewPath != "properties.securityRules[1].properties.access" {
		t.Errorf("the places are %s, %s, %s", p.Pattern, p.OldPath, p.NewPath)
	}
	if got := compare(t, old, old, Options{}); len(got.Changes)+len(got.Unknown) > 0 || got.Same != 1 {
		t.Errorf("a snapshot differs from itself:\n%s", show(got))
	}
	if got, want := show(d.Mirror()), show(compare(t, new, old, Options{})); got != want {
		t.Errorf("the mirror is\n%sthe reverse is\n%s", got, want)
	}
}

func parsedQuick(text string) tree.Value {
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		panic(err)
	}
	return v
}
