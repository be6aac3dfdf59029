package derive

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// The second counter sees what no rule reads, and so can show that a rule is missing.
func TestWhatNoRuleReadsIsUnresolved(t *testing.T) {
	f := fixture{arm: `[{"id":"@Microsoft.Web/sites/shop","properties":{"unheardOf":{"vault":"@Microsoft.KeyVault/vaults/kv"}}},{"id":"@Microsoft.KeyVault/vaults/kv"}]`}
	a := f.model(t).Account
	want := c4.Account{Found: 1, Unresolved: 1, Counted: 1}
	if a.Found != want.Found || a.Unresolved != want.Unresolved || a.Counted != want.Counted {
		t.Errorf("found %d, unresolved %d, counted %d; want 1 of each", a.Found, a.Unresolved, a.Counted)
	}
	if len(a.References) != 1 || a.References[0].Rule != "U0" || a.References[0].Evidence.Property != "properties.unheardOf.vault" || a.References[0].Targets[0] != evidence.NormalizeARM(expand("@Microsoft.KeyVault/vaults/kv")) {
		t.Errorf("listed: %+v", a.References)
	}
}

// A service's name in a setting is no chance word, even where no rule takes it for an address.
func TestServiceNameInASettingIsUnresolved(t *testing.T) {
	f := fixture{kube: cartService + deployShop + `
        env: [{name: MODE, value: "prefer(cart)now"}]
`}
	m := f.model(t)
	for _, r := range m.Account.References {
		if r.Rule == "U0" && r.Outcome == c4.Unresolved && strings.HasSuffix(r.Evidence.Property, "env[0].value") {
			return
		}
	}
	t.Errorf("no unresolved reference: %+v", m.Account.References)
}

// What a rule resolves by the text of a property, the second counter must see as well; here each rule's resolution
// is compared with it one by one, which the count of the account could hide.
func TestCounterSeesWhatRulesResolve(t *testing.T) {
	counted, found := 0, 0
	for _, f := range fixtures() {
		m := f.model(t)
		counted, found = counted+m.Account.Counted, found+m.Account.Found
		if m.Account.Uncounted != 0 {
			t.Errorf("%s %s: %d uncounted", f.rule, f.name, m.Account.Uncounted)
		}
	}
	if counted < found/2 || counted == 0 {
		t.Errorf("the second counter saw %d of %d references: it looks in the wrong place", counted, found)
	}
}

func TestDependenciesAreAnOrderOfWork(t *testing.T) {
	with := fixture{tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop"},"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv"}}`}
	c := newCollector(t)
	text := strings.Replace(state(t, expand(with.tf)), `"schema_version":0,`, `"schema_version":0,"dependencies":["azurerm_linux_web_app.shop"],`, 1)
	if !strings.Contains(text, "dependencies") {
		t.Fatal("the state has no dependencies")
	}
	c.read(terraformState, "terraform.tfstate", text)
	m := derived(t, snapshotOf(t, c.out, c.nr), Options{Name: "test"})
	want := c4.RuleCount{Rule: "T-DEP", Outcome: c4.Hidden, Count: strings.Count(text, "dependencies")}
	if m.Account.Found != want.Count || !slices.Contains(m.Account.ByRule, want) || len(m.Relationships) != 0 {
		t.Errorf("an order of work became %+v and %d relationships", m.Account.ByRule, len(m.Relationships))
	}
}

// One change, seen on both sides, is one reference that is shown; the planned side only adds what is new.
func TestPlannedSideIsNotCountedTwice(t *testing.T) {
	c := newCollector(t)
	for _, side := range []evidence.Side{evidence.Live, evidence.Planned} {
		for _, r := range []string{
			`{"id":"@Microsoft.Web/sites/shop","name":"shop","service_plan_id":"@Microsoft.Web/serverFarms/plan","tags":{"side":"` + string(side) + `"}}`,
			`{"id":"@Microsoft.Web/serverFarms/plan","name":"plan"}`,
		} {
			c.draft(evidence.Terraform, side, map[bool]string{true: "azurerm_linux_web_app", false: "azurerm_service_plan"}[strings.Contains(r, "sites")], expand(r))
		}
	}
	m := derived(t, snapshotOf(t, c.out, c.nr), Options{Name: "test"})
	planned := 0
	for _, r := range m.Account.References {
		if r.Rule == "H-PLANNED" && r.Outcome == c4.Hidden {
			planned++
		}
	}
	if m.Account.Nested != 1 || planned == 0 {
		t.Errorf("nested %d, planned %d", m.Account.Nested, planned)
	}
}

// draft seals a resource of a form from its properties.
func (c *collector) draft(form evidence.Form, side evidence.Side, typ, props string) {
	c.t.Helper()
	v, err := tree.ParseJSON([]byte(props), tree.Limits{})
	if err != nil {
		c.t.Fatal(err)
	}
	id := evidence.NormalizeARM(v.Get("id").Str())
	d := evidence.Draft{ID: id, Form: form, Provider: "azure", Type: typ, Name: or(v.Get("name").Str(), lastSegment(id)), Side: side, Props: v, Origin: evidence.Origin{Input: "made.json", Line: 1}}
	if a, ok := evidence.ParseARM(id); ok {
		d.Scope = a.Scope()
		if typ == "" {
			d.Type = a.Type
		}
	}
	if err := c.Resource(d); err != nil {
		c.t.Fatal(err)
	}
}

// Whatever refers to whatever, by whatever property: the books balance and the model is sound.
func TestRandomReferencesBalance(t *testing.T) {
	var types, places []string
	for i := range typeRules {
		for typ := range strings.FieldsSeq(typeRules[i].types) {
			if strings.HasPrefix(typ, "microsoft.") {
				types = append(types, typ)
			}
		}
	}
	for i := range refRules {
		for _, p := range patternsOf(&refRules[i]) {
			if strings.HasPrefix(p, "properties.") && !strings.Contains(p, "*") {
				places = append(places, p)
			}
		}
	}
	places = append(places, "properties.unheardof", "properties.deep.list[].id", "managedby")
	rapid.Check(t, func(rt *rapid.T) {
		c := newCollector(t)
		n := rapid.IntRange(1, 8).Draw(rt, "n")
		ids := make([]string, n)
		for i := range ids {
			ids[i] = expand(armExample(rapid.SampledFrom(types).Draw(rt, "type")))
			if rapid.Bool().Draw(rt, "distinct") {
				ids[i] += fmt.Sprint(i)
			}
		}
		for _, id := range ids {
			props := map[string]any{"id": id, "name": lastSegment(id)}
			for range rapid.IntRange(0, 6).Draw(rt, "refs") {
				to := rapid.SampledFrom(ids).Draw(rt, "to")
				switch rapid.IntRange(0, 3).Draw(rt, "form") {
				case 0:
					to += "/parts/of-it"
				case 1:
					to = "https://" + lastSegment(to) + ".azurewebsites.net/x"
				}
				put(props, rapid.SampledFrom(places).Draw(rt, "place"), to)
			}
			text, err := json.Marshal(props)
			if err != nil {
				rt.Fatal(err)
			}
			c.draft(evidence.ARM, evidence.Live, "", string(text))
		}
		m, err := Model(t.Context(), snapshotOf(t, c.out, nil), Options{Name: "random"})
		if err != nil {
			rt.Fatal(err)
		}
		if err := m.Validate(); err != nil {
			rt.Fatal(err)
		}
		if m.Account.Uncounted != 0 {
			rt.Fatalf("%d uncounted of %d: %+v", m.Account.Uncounted, m.Account.Found, m.Account.References)
		}
	})
}

// put sets the value at a place such as properties.list[].name.
func put(at map[string]any, place, value string) {
	step, rest, more := strings.Cut(place, ".")
	name, list := strings.CutSuffix(step, "[]")
	switch {
	case !more && list:
		old, _ := at[name].([]any)
		at[name] = append(old, value)
	case !more:
		if _, taken := at[name].(map[string]any); !taken {
			at[name] = value
		}
	case list:
		in := map[string]any{}
		put(in, rest, value)
		old, _ := at[name].([]any)
		at[name] = append(old, in)
	default:
		in, ok := at[name].(map[string]any)
		if !ok {
			in = map[string]any{}
			at[name] = in
		}
		put(in, rest, value)
	}
}
