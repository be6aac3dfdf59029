package derive

import (
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
)

const peopleEstate = `[
	{"id":"@Microsoft.Web/sites/shop","name":"shop","tags":{"tier":"front","system":"Tagged","owner":"tag-team","env":"test"},"properties":{"siteConfig":{"appSettings":[{"name":"P","value":"https://api.payments.example/v1"},{"name":"Q","value":"https://payments.example/"},{"name":"R","value":"https://api.other.example/"}]}}},
	{"id":"@Microsoft.Web/sites/admin","name":"admin","properties":{"siteConfig":{"appSettings":[{"name":"U","value":"https://old.azurewebsites.net"}]}}},
	{"id":"@Microsoft.Web/sites/old","name":"old","properties":{"defaultHostName":"old.azurewebsites.net"}},
	{"id":"@Microsoft.Sql/servers/sql","name":"sql"},{"id":"@Microsoft.Sql/servers/sql/databases/orders","name":"orders"}]`

func people(t *testing.T, text string) *c4.Model {
	t.Helper()
	f := fixture{arm: peopleEstate, overlay: "version: 1\n" + text}
	return f.model(t)
}

func element(t *testing.T, m *c4.Model, id string) *c4.Element {
	t.Helper()
	for i := range m.Elements {
		if m.Elements[i].ID == id || m.Elements[i].Name == id && m.Elements[i].Kind != c4.Resource {
			return &m.Elements[i]
		}
	}
	t.Fatalf("there is no element %s", id)
	return nil
}

// Members by id, by tag and by pattern; people come before tags.
func TestSystemsThatPeopleNamed(t *testing.T) {
	m := people(t, `
systems:
- {key: by-tag, name: By tag, members: [{tag: tier=front}]}
- {key: by-pattern, name: By pattern, owner: data-team, description: Data., members: [{id: "*/databases/*"}]}
- {key: by-id, name: By id, members: [{id: "@Microsoft.Web/sites/admin"}]}
`)
	for name, system := range map[string]string{"shop": "By tag", "orders": "By pattern", "admin": "By id", "old": "rg-shop"} {
		e := element(t, m, name)
		s := element(t, m, e.Parent)
		if s.Name != system {
			t.Errorf("%s is in %s and not in %s", name, s.Name, system)
		}
		if system != "rg-shop" && (s.Rule != "O1" || len(s.Evidence) == 0 || s.Evidence[0].Input != "c4arch.yaml" || s.Evidence[0].Line == 0) {
			t.Errorf("%s rests on %s %+v", s.Name, s.Rule, s.Evidence)
		}
	}
	if s := element(t, m, "By pattern"); s.Owner != "data-team" || s.Description != "Data." {
		t.Errorf("%+v", s)
	}
}

func TestExternalSystemsByHost(t *testing.T) {
	m := people(t, `
externals:
- {key: pay, name: Payment Provider, technology: HTTPS API, hosts: ["*.payments.example"]}
- {key: silent, name: Silent Partner}
`)
	pay := element(t, m, "Payment Provider")
	if !pay.External || pay.Rule != "O1" || pay.Technology != "HTTPS API" || len(pay.Evidence) < 2 {
		t.Errorf("%+v", pay)
	}
	element(t, m, "Silent Partner") // nobody calls it, and people say that it is there
	got := strings.Join(facts(m), "\n")
	for _, want := range []string{
		"shop --calls--> Payment Provider (high R24)",
		"shop --calls--> payments.example (high R24)", // the pattern is for names below the domain
		"shop --calls--> api.other.example (high R24)",
		`payments.example is "unverified"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want: %s", want)
		}
	}
	if strings.Contains(got, `Payment Provider is "unverified"`) {
		t.Error("what people named is still marked unverified")
	}
}

func TestPersonsAndDeclaredRelationships(t *testing.T) {
	m := people(t, `
persons: [{key: customer, name: Customer, description: Buys.}]
systems: [{key: erp, name: ERP}]
elements: [{key: db, match: {id: "*/databases/orders"}, name: Orders, technology: SQL, owner: dba}]
relationships:
- {source: customer, target: {name: shop}, description: Buys from, technology: HTTPS}
- {source: db, target: erp, description: Is exported to}
- {source: {id: "*/sites/shop"}, target: {id: "*/sites/old"}, description: Falls back to}
`)
	n := 0
	for i := range m.Relationships {
		r := &m.Relationships[i]
		if !r.Declared {
			continue
		}
		n++
		if r.Rule != "O1" || r.Confidence != c4.Certain || r.Evidence[0].Input != "c4arch.yaml" || r.Evidence[0].Line == 0 {
			t.Errorf("%+v", r)
		}
	}
	if n != 3 {
		t.Errorf("%d declared relationships and not 3", n)
	}
	got := strings.Join(facts(m), "\n")
	for _, want := range []string{"Customer: person", "Customer --Buys from--> shop (certain O1)", "Orders --Is exported to--> ERP (certain O1)", "shop --Falls back to--> old (certain O1)"} {
		if !strings.Contains(got, want) {
			t.Errorf("want: %s\n%s", want, got)
		}
	}
	if e := element(t, m, "Orders"); e.Technology != "SQL" || e.Owner != "dba" {
		t.Errorf("%+v", e)
	}
	without := people(t, "")
	for i := range without.Elements {
		if without.Elements[i].Kind == c4.Person {
			t.Errorf("a person that nobody named: %+v", without.Elements[i])
		}
	}
}

func TestHiddenThingsStayInTheModel(t *testing.T) {
	m := people(t, `hidden: [{match: {id: "*/sites/old"}, reason: gone soon}]`)
	old := element(t, m, "old")
	if old.Layer != "hidden" || old.HiddenBy != "H-OVERLAY" {
		t.Errorf("%+v", old)
	}
	for _, v := range m.Views {
		for _, id := range v.Elements {
			if id == old.ID && v.Kind != c4.Resources {
				t.Errorf("the view %s shows what people hid", v.Key)
			}
		}
	}
	found := false
	for _, r := range m.Account.References {
		found = found || r.Rule == "H-OVERLAY" && strings.HasSuffix(r.Evidence.Resource, "/sites/admin")
	}
	if !found {
		t.Error("the reference to what people hid is not accounted for by their rule")
	}
}

func TestOwnersAndEnvironments(t *testing.T) {
	m := people(t, `
owner: everybody
environments: [{name: production, members: [{id: "*/sites/shop"}]}]
`)
	if o := element(t, m, "shop").Owner; o != "tag-team" {
		t.Errorf("the tag's owner is gone: %q", o)
	}
	if o := element(t, m, "admin").Owner; o != "everybody" {
		t.Errorf("nobody owns it: %q", o)
	}
	env := map[string]string{}
	for _, in := range m.Instances {
		env[lastSegment(in.Container)] = in.Environment
	}
	if env["shop"] != "production" || env["admin"] != "" {
		t.Errorf("%v", env) // people come before the tag env=test
	}
}

func TestSelectorsThatMatchNothing(t *testing.T) {
	m := people(t, `
systems: [{key: a, name: A, members: [{tag: tier=front}, {tag: tier=nowhere}]}]
hidden: [{match: {id: "*/sites/never"}, reason: x}]
environments: [{name: e, members: [{type: "microsoft.nothing/*"}]}]
relationships: [{source: a, target: {name: "no such thing"}, description: x}]
`)
	var said []string
	for _, n := range m.NotRead {
		if n.Input == "c4arch.yaml" {
			if n.Line == 0 || n.Reason == "" || n.Help == "" {
				t.Errorf("%+v", n)
			}
			said = append(said, n.Thing)
		}
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"nowhere", "never", "microsoft.nothing", "no such thing"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing is said of %q:\n%s", want, all)
		}
	}
	if len(said) != 4 || strings.Contains(all, "front") {
		t.Errorf("said of %d selectors:\n%s", len(said), all)
	}
}
