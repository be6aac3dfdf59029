package derive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/azure"
	"c4arch/internal/source/compose"
	"c4arch/internal/source/kube"
	"c4arch/internal/source/terraform"
)

var terraformState = terraform.State()

// fixture is a small estate in the words of its source, and what it must come to.
type fixture struct {
	rule string // the rule that it is there for; more than one with spaces
	name string // what is special about it, or ""
	// The estate, in any of these forms. In ARM and Terraform, "@type/name" is short for an id in one
	// resource group; kubernetes and compose are texts of those formats.
	arm     string // rows, as an export has them
	tf      string // an object: address to attributes, as a state has them
	kube    string
	compose string
	// Code, as its readers hand it on: rows of a template whose scope is open, in which "@type/name" is short for an id in
	// it, and an object of addresses as in tf, whose "$id" is the declared id.
	template string
	module   string
	overlay  string // c4arch.yaml
	want     string // lines of facts that must be there; after "! " those that must not
}

const (
	testSub   = "00000000-0000-0000-0000-000000000001"
	testGroup = "/subscriptions/" + testSub + "/resourceGroups/rg-shop"
	openGroup = "/subscriptions/@(main.json)/resourceGroups/@(main.json)"
)

var shortID = regexp.MustCompile(`@([A-Za-z]+\.[A-Za-z]+/)`)

func expand(s string) string { return shortID.ReplaceAllString(s, testGroup+"/providers/$1") }

// collector is a sink that seals what it is given.
type collector struct {
	t      testing.TB
	sealer *evidence.Sealer
	out    []evidence.Resource
	nr     []evidence.NotRead
	code   bool // what is read is code
}

func newCollector(t testing.TB) *collector {
	t.Helper()
	s, err := evidence.NewSealer(bytes.Repeat([]byte{7}, evidence.MinKey))
	if err != nil {
		t.Fatal(err)
	}
	return &collector{t: t, sealer: s}
}

func (c *collector) Resource(d evidence.Draft) error {
	if c.code {
		asCode(&d)
	}
	r, nr, err := c.sealer.Seal(d)
	c.out, c.nr = append(c.out, r), append(c.nr, nr...)
	return err
}

// asCode makes of what was seen what code would declare.
func asCode(d *evidence.Draft) {
	d.Side = evidence.Declared
	if id := d.Props.Get("$id"); id != nil {
		d.ID, d.Aliases, d.Scope = id.Text, nil, ""
		d.Props.Delete("$id")
		if evidence.IsARM(d.ID) {
			d.ID = evidence.NormalizeARM(d.ID)
		}
	}
	for p, leaf := range d.Props.Leaves() {
		if evidence.HasLeft(leaf.Text) {
			d.Expressions = append(d.Expressions, evidence.Expression{Path: p, Text: "x", Unresolved: evidence.UnknownRuntime})
		}
	}
}

func (c *collector) NotRead(n evidence.NotRead) { c.nr = append(c.nr, n) }
func (c *collector) Used(string)                {}
func (*collector) Part(string)                  {}

// read gives a text to a reader.
func (c *collector) read(r interface {
	Read(ctx context.Context, in evidence.Input, out evidence.Sink) error
}, name, text string,
) {
	c.t.Helper()
	in := evidence.Input{Name: name, Path: name, FS: fstest.MapFS{name: {Data: []byte(text)}}, Data: []byte(text), Outline: tree.Sketch([]byte(text))}
	if err := r.Read(c.t.Context(), in, c); err != nil {
		c.t.Fatalf("%s: %v\n%s", name, err, text)
	}
}

// state writes a Terraform state of an object of addresses.
func state(t testing.TB, text string) string {
	t.Helper()
	var attrs map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &attrs); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	var list []string
	for _, address := range sortedKeys(attrs) {
		mode := "managed"
		rest, data := strings.CutPrefix(address, "data.")
		if data {
			mode = "data"
		}
		typ, name, _ := strings.Cut(rest, ".")
		provider, _, _ := strings.Cut(typ, "_")
		list = append(list, fmt.Sprintf(`{"mode":%q,"type":%q,"name":%q,"provider":"provider[\"registry.terraform.io/hashicorp/%s\"]","instances":[{"schema_version":0,"attributes":%s}]}`, mode, typ, name, provider, attrs[address]))
	}
	return `{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"5b8a1c1e-0000-0000-0000-000000000000","outputs":{},"resources":[` + strings.Join(list, ",\n") + `]}`
}

func (f *fixture) snapshot(t testing.TB) *evidence.Snapshot {
	t.Helper()
	c := newCollector(t)
	if f.arm != "" {
		c.read(azure.Export(), "estate.json", expand(f.arm))
	}
	if f.tf != "" {
		c.read(terraformState, "terraform.tfstate", state(t, expand(f.tf)))
	}
	if f.kube != "" {
		c.read(kube.Manifests(), "manifests.yaml", f.kube)
	}
	if f.compose != "" {
		c.read(compose.Files(), "compose.yaml", f.compose)
	}
	c.code = true
	if f.template != "" {
		c.read(azure.Export(), "main.json", strings.ReplaceAll(expand(f.template), testGroup, openGroup))
	}
	if f.module != "" {
		c.read(terraformState, "infra", state(t, expand(f.module)))
	}
	return snapshotOf(t, c.out, c.nr)
}

func snapshotOf(t testing.TB, rs []evidence.Resource, nr []evidence.NotRead) *evidence.Snapshot {
	t.Helper()
	s, err := evidence.NewSnapshot(evidence.Meta{Name: "test", CollectedAt: "2026-01-02T03:04:05Z"}, rs, nr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (f *fixture) model(t testing.TB) *c4.Model {
	t.Helper()
	o := Options{Name: "test"}
	if f.overlay != "" {
		ov, err := overlay.Parse([]byte(expand(f.overlay)))
		if err != nil {
			t.Fatal(err)
		}
		o.Overlay, o.OverlayName = ov, "c4arch.yaml"
	}
	return derived(t, f.snapshot(t), o)
}

// derived derives a model and holds it to what every model must be.
func derived(t testing.TB, s *evidence.Snapshot, o Options) *c4.Model {
	t.Helper()
	m, err := Model(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, m)
	return m
}

// sound holds for every model, whatever it was made of.
func sound(t testing.TB, m *c4.Model) {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	a := &m.Account
	if a.Found != a.Shown+a.Nested+a.Hidden+a.Unresolved+a.Ambiguous {
		t.Errorf("the books do not balance: %d found, %d shown, %d nested, %d hidden, %d unresolved, %d ambiguous", a.Found, a.Shown, a.Nested, a.Hidden, a.Unresolved, a.Ambiguous)
	}
	if a.Uncounted != 0 {
		t.Errorf("the second counter missed %d references:", a.Uncounted)
		for _, r := range a.References {
			if r.Reason == "the second counter did not see it" {
				t.Errorf("  %s %s %q", r.Evidence.Resource, r.Evidence.Property, r.Value)
			}
		}
	}
	for _, r := range m.Rules {
		if r.Reason == "" || r.Source == "" {
			t.Errorf("rule %q has no reason or no source", r.ID)
		}
	}
}

// facts says what a model holds, a line each:
//
//	shop: container "Azure App Service" M3        an element, by rule
//	shop in rg-shop                               its parent
//	shop on plan (R1)                             an instance, by rule
//	shop --uses--> db (high R24)                  a relationship; a layer stands at the end
//	unresolved A0 shop properties.serverFarmId    a reference that is neither shown nor nested
//	2 nested by R1                                a count of the account
//
// What level 4 alone shows is written with "resource " in front of its name.
func facts(m *c4.Model) []string {
	var out []string
	name := map[string]string{}
	for _, e := range m.Elements {
		name[e.ID] = e.Name
		if e.Kind == c4.Resource {
			name[e.ID] = "resource " + e.Name
		}
	}
	layer := func(s string) string {
		if s != "" {
			s = " " + s
		}
		return s
	}
	for _, e := range m.Elements {
		hidden := layer(e.Layer)
		if e.HiddenBy != "" && e.HiddenBy != layerRule(e.Layer) {
			hidden += " (" + e.HiddenBy + ")"
		}
		out = append(out, fmt.Sprintf("%s: %s %q %s%s", name[e.ID], e.Kind, e.Technology, e.Rule, hidden))
		if e.Parent != "" {
			out = append(out, name[e.ID]+" in "+name[e.Parent])
		}
		for _, b := range e.Badges {
			out = append(out, fmt.Sprintf("%s is %q", name[e.ID], b))
		}
	}
	for _, in := range m.Instances {
		out = append(out, fmt.Sprintf("%s on %s (%s)", name[in.Container], name[in.Node], in.Rule))
	}
	for _, r := range m.Relationships {
		out = append(out, fmt.Sprintf("%s --%s--> %s (%s %s)%s", name[r.Source], r.Description, name[r.Target], r.Confidence, r.Rule, layer(r.Layer)))
	}
	for _, r := range m.Account.References {
		out = append(out, fmt.Sprintf("%s %s %s %s", r.Outcome, r.Rule, lastSegment(r.Evidence.Resource), r.Evidence.Property))
	}
	for _, c := range m.Account.ByRule {
		out = append(out, fmt.Sprintf("%d %s by %s", c.Count, c.Outcome, c.Rule))
	}
	return out
}

// check compares the facts of a model with what a fixture wants.
func (f *fixture) check(t *testing.T) {
	t.Helper()
	got := facts(f.model(t))
	failed := false
	for line := range strings.Lines(f.want) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		rest, not := strings.CutPrefix(line, "! ")
		if has := slices.Contains(got, rest); has == not {
			failed = true
			t.Errorf("want: %s", line)
		}
	}
	for id := range strings.FieldsSeq(f.rule) {
		if !slices.ContainsFunc(got, func(s string) bool { return mentions(s, id) }) {
			failed = true
			t.Errorf("nothing comes by the rule %s", id)
		}
	}
	if failed {
		t.Log("facts:\n" + strings.Join(got, "\n"))
	}
}

// mentions reports whether a fact names a rule.
func mentions(fact, rule string) bool {
	return slices.Contains(strings.FieldsFunc(fact, func(r rune) bool { return r == ' ' || r == '(' || r == ')' }), rule)
}

func TestRules(t *testing.T) {
	for _, f := range fixtures() {
		t.Run(strings.TrimSpace(f.rule+" "+f.name), f.check)
	}
}

func fixtures() []fixture {
	return slices.Concat(networkFixtures, gatewayFixtures, computeFixtures, appFixtures, dataFixtures, accessFixtures, kubeFixtures, composeFixtures, systemFixtures, hiddenFixtures, codeFixtures, googleFixtures, awsNetworkFixtures, awsComputeFixtures, awsEventFixtures, awsDataFixtures, awsCodeFixtures)
}
