package diff

import (
	"context"
	"errors"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/tree"
)

const nsg = "microsoft.network/networksecuritygroups"

func group(tb testing.TB, name, props string) evidence.Draft {
	tb.Helper()
	return draft(tb, evidence.ARM, nsg, shop+nsg+"/"+name, props)
}

// in puts a draft into another input.
func in(d evidence.Draft, input string) evidence.Draft {
	d.Origin.Input = input
	return d
}

// renamed puts a draft under another id.
func renamed(d evidence.Draft, id string) evidence.Draft {
	d.ID = id
	d.Name = id[strings.LastIndexByte(id, '/')+1:]
	if a, ok := evidence.ParseARM(id); ok {
		d.Scope = a.Scope()
	}
	return d
}

const content = `{"location": "westeurope", "properties": {"a": 1, "b": 2, "c": 3, "d": {"e": 5, "f": 6}}}`

func TestSnapshots(t *testing.T) {
	const other = sub + "/resourcegroups/rg-new/providers/"
	stay := group(t, "stay", `{"properties": {"x": 1}}`)
	for _, c := range []struct {
		name     string
		old, new []evidence.Draft
		want     string // lines that begin so, in order
	}{
		{"added", []evidence.Draft{stay}, []evidence.Draft{stay, group(t, "a", "{}")}, "added " + shop + nsg + "/a"},
		{"removed", []evidence.Draft{stay, group(t, "a", "{}")}, []evidence.Draft{stay}, "removed " + shop + nsg + "/a"},
		{
			"moved by what the cloud has drawn",
			[]evidence.Draft{stay, group(t, "a", `{"properties": {"resourceGuid": "g-1", "x": 1}}`)},
			[]evidence.Draft{stay, renamed(group(t, "a", `{"properties": {"resourceGuid": "G-1", "y": 2}}`), other+nsg+"/b")},
			"moved " + other + nsg + "/b (the same properties.resourceGuid)\n  @name: a -> b\n  properties.x: 1 -> nothing\n  properties.y: nothing -> 2",
		},
		{
			"moved to another group with most of the content",
			[]evidence.Draft{stay, group(t, "a", content)},
			[]evidence.Draft{stay, renamed(group(t, "a", content), other+nsg+"/a")},
			"moved " + other + nsg + "/a (the same type and name, and most of the content, in another scope)",
		},
		{
			"the same name and other content",
			[]evidence.Draft{stay, group(t, "a", content)},
			[]evidence.Draft{stay, renamed(group(t, "a", `{"properties": {"z": 9, "y": 8}}`), other+nsg+"/a")},
			"added " + other + nsg + "/a\nremoved " + shop + nsg + "/a",
		},
		{
			"renamed",
			[]evidence.Draft{stay, group(t, "a", content)},
			[]evidence.Draft{stay, group(t, "b", content)},
			"moved " + shop + nsg + "/b (the same scope and content under another name)\n  @name: a -> b",
		},
		{
			"renamed, and two could be it",
			[]evidence.Draft{stay, group(t, "a", content)},
			[]evidence.Draft{stay, group(t, "b", content), group(t, "c", content)},
			"removed " + shop + nsg + "/a\nadded " + shop + nsg + "/b\nadded " + shop + nsg + "/c",
		},
		{
			"the same id and another guid",
			[]evidence.Draft{group(t, "a", `{"properties": {"resourceGuid": "1", "x": 1}}`)},
			[]evidence.Draft{group(t, "a", `{"properties": {"resourceGuid": "2", "x": 1}}`)},
			"replaced " + shop + nsg + "/a (the same id, but another properties.resourceGuid: another one has taken its place)\n  properties.resourceGuid: 1 -> 2 noise arm-resource-guid",
		},
		{
			"made anew",
			[]evidence.Draft{group(t, "a", `{"systemData": {"createdAt": "2026-01-01"}}`)},
			[]evidence.Draft{group(t, "a", `{"systemData": {"createdAt": "2026-02-01"}}`)},
			"replaced " + shop + nsg + "/a (the same id, but another systemData.createdAt: another one has taken its place)",
		},
		{
			"a random end",
			[]evidence.Draft{stay, group(t, "web-x7k2q9", `{"properties": {"x": 1, "y": 1}}`)},
			[]evidence.Draft{stay, group(t, "web-a1b2c3", `{"properties": {"x": 2, "y": 1}}`)},
			"replaced " + shop + nsg + "/web-a1b2c3 (the same name but for a random end, in the same scope)",
		},
		{
			"a random end without a separator",
			[]evidence.Draft{group(t, "stshopk3x9q", `{"properties": {"x": 1}}`), stay},
			[]evidence.Draft{group(t, "stshop7ab2c", `{"properties": {"x": 2}}`), stay},
			"replaced " + shop + nsg + "/stshop7ab2c (the same name but for a random end, in the same scope)",
		},
		{
			"names that are alike and not random",
			[]evidence.Draft{group(t, "web-blue", `{"properties": {"x": 1}}`), stay},
			[]evidence.Draft{group(t, "web-green", `{"properties": {"x": 2}}`), stay},
			"removed " + shop + nsg + "/web-blue\nadded " + shop + nsg + "/web-green",
		},
		{
			"the parts of what moved",
			[]evidence.Draft{stay, group(t, "a", `{"properties": {"resourceGuid": "g-1"}}`), draft(t, evidence.ARM, nsg+"/rules", shop+nsg+"/a/rules/default", `{"x": 1}`)},
			[]evidence.Draft{stay, renamed(group(t, "a", `{"properties": {"resourceGuid": "g-1"}}`), other+nsg+"/a"), draft(t, evidence.ARM, nsg+"/rules", other+nsg+"/a/rules/default", `{"x": 2}`)},
			"moved " + other + nsg + "/a (the same properties.resourceGuid)\nmoved " + other + nsg + "/a/rules/default (what it is a part of was moved)\n  x: 1 -> 2",
		},
		{
			"another type under one id",
			[]evidence.Draft{draft(t, evidence.Terraform, "azurerm_app_service", "tf:web", `{"a": 1}`)},
			[]evidence.Draft{draft(t, evidence.Terraform, "azurerm_linux_web_app", "tf:web", `{"a": 1}`)},
			"changed tf:web\n  @type: azurerm_app_service -> azurerm_linux_web_app",
		},
		{
			"tags",
			[]evidence.Draft{tagged(group(t, "a", `{"tags": {"Owner": "x", "gone": "y"}}`), "Owner", "x", "gone", "y")},
			[]evidence.Draft{tagged(group(t, "a", `{"tags": {"owner": "z"}}`), "owner", "z")},
			"changed " + shop + nsg + "/a\n  @tags.gone: y -> nothing\n  @tags.owner: x -> z",
		},
		{
			"labels",
			[]evidence.Draft{tagged(draft(t, evidence.Kubernetes, "Service", "k8s:-/core/Service/shop/web", `{"metadata": {"labels": {"app": "x"}}}`), "app", "x")},
			[]evidence.Draft{tagged(draft(t, evidence.Kubernetes, "Service", "k8s:-/core/Service/shop/web", `{"metadata": {"labels": {"app": "y"}}}`), "app", "y")},
			"changed k8s:-/core/Service/shop/web\n  @tags.app: x -> y\n  metadata.labels.app: x -> y noise said-twice",
		},
		{
			"tags_all",
			[]evidence.Draft{tagged(draft(t, evidence.Terraform, "aws_x", "tf:x", `{"tags": {"a": "1"}, "tags_all": {"a": "1"}}`), "a", "1")},
			[]evidence.Draft{tagged(draft(t, evidence.Terraform, "aws_x", "tf:x", `{"tags": {"a": "2"}, "tags_all": {"a": "2"}}`), "a", "2")},
			"changed tf:x\n  @tags.a: 1 -> 2\n  tags_all.a: 1 -> 2 noise said-twice",
		},
		{
			"a time in another precision", []evidence.Draft{group(t, "a", `{"systemData": {"createdAt": "2026-01-01T10:00:00Z"}}`)}, []evidence.Draft{group(t, "a", `{"systemData": {"createdAt": "2026-01-01T10:00:00.1234567Z"}}`)}, "",
		},
		{"only noise", []evidence.Draft{group(t, "a", `{"etag": "1"}`)}, []evidence.Draft{group(t, "a", `{"etag": "2"}`)}, ""},
	} {
		old, new := snapshot(t, keyA, nil, c.old...), snapshot(t, keyA, nil, c.new...)
		d := compare(t, old, new, Options{})
		got := strings.TrimSpace(show(d))
		if !hasLines(got, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
		if a, b := show(d.Mirror()), show(compare(t, new, old, Options{})); a != b {
			t.Errorf("%s: the mirror is\n%sthe reverse is\n%s", c.name, a, b)
		}
	}
}

// hasLines reports whether the wanted lines stand in got in that order, and no other change does.
func hasLines(got, want string) bool {
	changes := func(s string) int {
		n := 0
		for l := range strings.Lines(s) {
			if !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "unknown") && strings.TrimSpace(l) != "" {
				n++
			}
		}
		return n
	}
	if changes(got) != changes(want) {
		return false
	}
	for l := range strings.Lines(want) {
		_, rest, ok := strings.Cut(got, strings.TrimRight(l, "\n"))
		if !ok {
			return false
		}
		got = rest
	}
	return true
}

func tagged(d evidence.Draft, pairs ...string) evidence.Draft {
	d.Tags = map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		d.Tags[pairs[i]] = pairs[i+1]
	}
	return d
}

// TestWhatWasNotReadIsUnknown: a resource that is not there is removed only where what would hold it was read.
func TestWhatWasNotReadIsUnknown(t *testing.T) {
	a, b := in(group(t, "a", "{}"), "one.json"), in(group(t, "b", "{}"), "two.json")
	elsewhere := draft(t, evidence.ARM, nsg, "/subscriptions/22222222-2222-2222-2222-222222222222/resourcegroups/g/providers/"+nsg+"/c", "{}")
	pod := func(namespace, name, input string) evidence.Draft {
		return in(draft(t, evidence.Kubernetes, "Pod", "k8s:-/core/Pod/"+namespace+"/"+name, "{}"), input)
	}
	state := in(draft(t, evidence.Terraform, "aws_x", "tf:a", "{}"), "terraform.tfstate")
	broken := []evidence.NotRead{{Kind: evidence.InputNotUnderstood, Input: "two.json", Reason: "it ends in the middle", Help: "export it again"}}
	page := []evidence.NotRead{{Kind: evidence.ResourceNotRead, Input: "two.json", Reason: "the answer is one page, and there are more: 1 of 9 records are here"}}
	emptied := func(s *evidence.Snapshot, input, format string) *evidence.Snapshot {
		s.Inputs = append(s.Inputs, evidence.InputSummary{Name: input, Format: format})
		return s
	}
	for _, c := range []struct {
		name     string
		old, new *evidence.Snapshot
		want     string
	}{
		{
			"the input was not scanned", snapshot(t, keyA, nil, a, b), snapshot(t, keyA, nil, a),
			"unknown " + shop + nsg + "/b " + nsg + "  two.json: not seen, and nothing tells that it is gone: the input was not scanned (1, known before: true)\n",
		},
		{"the input is there without it", snapshot(t, keyA, nil, a, b), emptied(snapshot(t, keyA, nil, a), "two.json", "azure"), "removed " + shop + nsg + "/b\n"},
		{
			"the input breaks off", snapshot(t, keyA, nil, a, b), emptied(snapshot(t, keyA, broken, a), "two.json", ""),
			"unknown " + shop + nsg + "/b " + nsg + "  two.json: not seen, and nothing tells that it is gone: it ends in the middle (1, known before: true)\n",
		},
		{
			"the input is one page", snapshot(t, keyA, nil, a, b), emptied(snapshot(t, keyA, page, a), "two.json", "azure"),
			"unknown " + shop + nsg + "/b " + nsg + "  two.json: not seen, and nothing tells that it is gone: the answer is one page, and there are more: 1 of 9 records are here (1, known before: true)\n",
		},
		{
			"the input broke off before", emptied(snapshot(t, keyA, broken, a), "two.json", ""), snapshot(t, keyA, nil, a, b),
			"unknown " + shop + nsg + "/b " + nsg + "  two.json: seen now, and nothing tells whether it was there before: it ends in the middle (1, known before: false)\n",
		},
		{
			"it broke off both times", emptied(snapshot(t, keyA, broken, a), "two.json", ""), emptied(snapshot(t, keyA, broken, a), "two.json", ""),
			"unknown    two.json: it ends in the middle (1, known before: false)\n",
		},
		{"an input that was not there before", snapshot(t, keyA, nil, a), snapshot(t, keyA, nil, a, b), "added " + shop + nsg + "/b\n"},
		{
			"the subscription is no longer shown", snapshot(t, keyA, nil, in(elsewhere, "one.json"), a), snapshot(t, keyA, nil, a),
			"unknown " + elsewhere.ID + " " + nsg + "  one.json: not seen, and nothing tells that it is gone: the input shows nothing of subscription 22222222-2222-2222-2222-222222222222 any more (1, known before: true)\n",
		},
		{
			"the file has another name", snapshot(t, keyA, nil, in(a, "january.json"), in(b, "january.json"), in(group(t, "c", "{}"), "january.json")),
			snapshot(t, keyA, nil, in(a, "february.json"), in(b, "february.json")), "removed " + shop + nsg + "/c\n",
		},
		{
			"a namespace is gone from a cluster", snapshot(t, keyA, nil, pod("shop", "a", "all.yaml"), pod("pay", "b", "all.yaml")), snapshot(t, keyA, nil, pod("shop", "a", "all.yaml")),
			"removed k8s:-/core/Pod/pay/b\n",
		},
		{
			"another namespace of the cluster was scanned", snapshot(t, keyA, nil, pod("pay", "b", "all.yaml")), snapshot(t, keyA, nil, pod("shop", "a", "all.yaml")),
			"added k8s:-/core/Pod/shop/a\nunknown k8s:-/core/Pod/pay/b Pod  all.yaml: not seen, and nothing tells that it is gone: the input shows nothing of namespace pay any more (1, known before: true)\n",
		},
		{"a state without its only resource", snapshot(t, keyA, nil, state), emptied(snapshot(t, keyA, nil), "terraform.tfstate", "terraform-state"), "removed tf:a\n"},
		{
			"another form", snapshot(t, keyA, nil, a), snapshot(t, keyA, nil, in(draft(t, evidence.Terraform, "azurerm_network_security_group", a.ID, "{}"), "terraform.tfstate")),
			"unknown " + a.ID + " azurerm_network_security_group  one.json: seen now, and nothing tells whether it was there before: it was read in another form, arm in place of terraform (1, known before: false)\n" +
				"unknown " + a.ID + " " + nsg + "  terraform.tfstate: not seen, and nothing tells that it is gone: it was read in another form, terraform in place of arm (1, known before: true)\n",
		},
		{
			"one resource of an input could not be read", snapshot(t, keyA, nil, in(a, "two.json"), b),
			snapshot(t, keyA, []evidence.NotRead{{Kind: evidence.ResourceNotRead, Input: "two.json", Thing: b.ID, Reason: "its row is cut"}}, in(a, "two.json")),
			"unknown " + b.ID + " " + nsg + "  two.json: not seen, and nothing tells that it is gone: its row is cut (1, known before: true)\n",
		},
		{
			"a note on both sides", snapshot(t, keyA, []evidence.NotRead{withheldNote(2)}, a), snapshot(t, keyA, []evidence.NotRead{withheldNote(3)}, a),
			"unknown  microsoft.web/sites  one.json: app settings: no export holds them (3, known before: false)\n",
		},
		{
			"a note on the new side", snapshot(t, keyA, nil, a), snapshot(t, keyA, []evidence.NotRead{withheldNote(3)}, a),
			"unknown  microsoft.web/sites  one.json: app settings: no export holds them (3, known before: true)\n",
		},
	} {
		d := compare(t, c.old, c.new, Options{})
		if got := show(d); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
		if a, b := show(d.Mirror()), show(compare(t, c.new, c.old, Options{})); a != b {
			t.Errorf("%s: the mirror is\n%sthe reverse is\n%s", c.name, a, b)
		}
	}
}

func withheldNote(n int) evidence.NotRead {
	return evidence.NotRead{Kind: evidence.PropertyWithheld, Input: "one.json", Line: n, Thing: "microsoft.web/sites", Reason: "app settings: no export holds them", Count: n}
}

// TestAnotherKey compares what was sealed under two keys: all but the secrets can be compared.
func TestAnotherKey(t *testing.T) {
	const text = "Server=db.example.com;User=app;"
	sealed := func(password, plain string) evidence.Draft {
		return draft(t, evidence.ARM, "x/y", shop+"x/y/a", `{"properties": {"adminPassword": "`+password+`", "plain": "`+plain+`",
			"connection": "`+text+`Password=`+password+`;Ssl=`+plain+`"}}`)
	}
	const id = shop + "x/y/a"
	for _, c := range []struct {
		name     string
		old, new evidence.Draft
		key      []byte
		want     string
	}{
		{"the same under one key", sealed("Hunter2Hunter2", "a"), sealed("Hunter2Hunter2", "a"), keyA, ""},
		{
			"the same under another", sealed("Hunter2Hunter2", "a"), sealed("Hunter2Hunter2", "a"), keyB,
			"unknown " + id + " x/y properties in.json: " + otherKey + " (2, known before: false)\n",
		},
		{
			"more than the secret differs", sealed("Hunter2Hunter2", "a"), sealed("Hunter2Hunter2", "b"), keyB,
			"changed " + id + "\n  properties.adminPassword: * -> * unknown " + otherKey + "\n  properties.connection: " + text + "Password=*;Ssl=a -> " + text + "Password=*;Ssl=b\n  properties.plain: a -> b\n",
		},
		{
			"a secret under one key", sealed("Hunter2Hunter2", "a"), sealed("Hunter3Hunter3", "a"), keyA,
			"changed " + id + "\n  properties.adminPassword: * -> *\n  properties.connection: " + text + "Password=*;Ssl=a -> " + text + "Password=*;Ssl=a\n",
		},
	} {
		d := compare(t, snapshot(t, keyA, nil, c.old), snapshot(t, c.key, nil, c.new), Options{})
		got := show(d)
		for _, x := range d.Changes {
			for _, p := range x.Properties {
				for _, v := range []*tree.Value{p.Old, p.New} {
					if v != nil && evidence.IsFingerprint(v.Text) {
						at := strings.Index(v.Text, secret.Mark)
						got = strings.ReplaceAll(got, v.Text[at:at+len(secret.Mark)+32], "*")
					}
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
}

func TestErased(t *testing.T) {
	whole := snapshot(t, keyA, nil, group(t, "a", `{"x": 1}`))
	erased, err := whole.Redact(shop+nsg+"/a", "it held a name")
	if err != nil {
		t.Fatal(err)
	}
	changed := snapshot(t, keyA, nil, group(t, "a", `{"x": 2}`))
	if d := compare(t, erased, whole, Options{}); len(d.Changes)+len(d.Unknown) > 0 || d.Same != 1 {
		t.Errorf("what was withdrawn has the commitment of the same content:\n%s", show(d))
	}
	d := compare(t, erased, changed, Options{})
	want := "unknown " + shop + nsg + "/a " + nsg + "  in.json: its content was withdrawn: it held a name (1, known before: false)\n"
	if got := show(d); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := compare(t, changed, erased, Options{}); len(got.Unknown) != 1 || !got.Unknown[0].WasKnown {
		t.Errorf("what was known and is withdrawn now:\n%s", show(got))
	}
	ps, err := Properties(&erased.Resources[0], &changed.Resources[0], PairOptions{SameKey: true})
	if err != nil || len(ps) != 1 || ps[0].Unknown == "" {
		t.Errorf("%v, %s", err, showProperties(ps))
	}
}

// TestContradictions compares what was read twice as a set.
func TestContradictions(t *testing.T) {
	one, two, three := group(t, "a", `{"x": 1}`), group(t, "a", `{"x": 2}`), group(t, "a", `{"x": 3}`)
	if d := compare(t, snapshot(t, keyA, nil, one, two), snapshot(t, keyA, nil, two, one), Options{}); len(d.Changes) > 0 || d.Same != 2 {
		t.Errorf("the same two:\n%s", show(d))
	}
	d := compare(t, snapshot(t, keyA, nil, one, two), snapshot(t, keyA, nil, one, three), Options{})
	if len(d.Changes) != 1 || d.Same != 1 || showProperties(d.Changes[0].Properties) != "  x: 2 -> 3\n" {
		t.Errorf("one of two has changed:\n%s", show(d))
	}
	d = compare(t, snapshot(t, keyA, nil, one, two), snapshot(t, keyA, nil, one), Options{})
	if len(d.Changes) != 0 || len(d.Unknown) != 2 {
		t.Errorf("one of two is there no more:\n%s", show(d))
	}
}

// TestAPlan holds the state before a plan against the one that it plans.
func TestAPlan(t *testing.T) {
	side := func(d evidence.Draft, s evidence.Side) evidence.Draft {
		d.Side, d.Origin.Input, d.Origin.Address = s, "plan.json", strings.TrimPrefix(d.ID, "tf:")
		return d
	}
	tf := func(id, props string, s evidence.Side) evidence.Draft {
		return side(draft(t, evidence.Terraform, "aws_x", "tf:"+id, props), s)
	}
	data := tf("data.aws_y.z", "{}", evidence.Live)
	data.Data = true
	old := snapshot(t, keyA, nil, tf("aws_x.a", `{"arn": "arn:1", "open": false, "note": "x"}`, evidence.Live), tf("aws_x.gone", "{}", evidence.Live), tf("aws_x.same", `{"b": 1}`, evidence.Live), data)
	new := snapshot(t, keyA, []evidence.NotRead{{Kind: evidence.PropertyWithheld, Input: "plan.json", Thing: "aws_x.a", Reason: "known only after apply", Count: 1}},
		tf("aws_x.a", `{"open": true, "note": null}`, evidence.Planned), tf("aws_x.new", "{}", evidence.Planned), tf("aws_x.same", `{"b": 1}`, evidence.Planned))
	want := `changed tf:aws_x.a
  arn: arn:1 -> nothing unknown known only after apply
  note: x -> nothing
  open: false -> true
removed tf:aws_x.gone
added tf:aws_x.new
unknown aws_x.a   plan.json: known only after apply (1, known before: false)
`
	d := compare(t, old, new, Options{AnySide: true})
	if got := show(d); got != want || d.Same != 1 {
		t.Errorf("got %d the same and\n%swant\n%s", d.Same, got, want)
	}
	if d := compare(t, old, new, Options{}); d.Same != 0 || strings.Contains(show(d), "changed") {
		t.Errorf("with sides, what is live and what is planned are not compared:\n%s", show(d))
	}
}

// TestWithheldProperties: Resource Graph answers null for the configuration of a site.
func TestWithheldProperties(t *testing.T) {
	site := func(config string) *evidence.Snapshot {
		return snapshot(t, keyA, nil, draft(t, evidence.ARM, "microsoft.web/sites", shop+"microsoft.web/sites/web", `{"properties": {"httpsOnly": true, "siteConfig": `+config+`}}`))
	}
	full, null, weak := site(`{"minTlsVersion": "1.2", "alwaysOn": true}`), site("null"), site(`{"minTlsVersion": "1.0", "alwaysOn": true}`)
	want := "unknown " + shop + "microsoft.web/sites/web microsoft.web/sites properties.siteConfig in.json: " + notShown + " (2, known before: true)\n"
	if got := show(compare(t, full, null, Options{})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if d := compare(t, null, full, Options{}); len(d.Changes) > 0 || len(d.Unknown) != 1 || d.Unknown[0].WasKnown {
		t.Errorf("what can be read now:\n%s", show(d))
	}
	if d := compare(t, full, weak, Options{}); len(d.Changes) != 1 || len(d.Changes[0].Properties) != 1 {
		t.Errorf("what both sides show is compared:\n%s", show(d))
	}
	bare := snapshot(t, keyA, nil, draft(t, evidence.ARM, "microsoft.web/sites", shop+"microsoft.web/sites/web", `{"name": "web"}`))
	if d := compare(t, full, bare, Options{}); len(d.Changes) > 0 && strings.Contains(show(d), "properties.httpsOnly: true -> nothing\n") {
		t.Errorf("a row without properties says nothing of them:\n%s", show(d))
	}
}

func TestEndedComparison(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	old, new := estates(t, 2000, 2)
	if _, err := Snapshots(ctx, old, new, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("it went on: %v", err)
	}
	if _, err := Snapshots(t.Context(), nil, new, Options{}); err == nil {
		t.Error("a comparison with nothing")
	}
}
