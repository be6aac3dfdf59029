package derive

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// rowsApart are the rules whose rows are not to be tried one by one, and why.
var rowsApart = map[string]string{
	"P1":    "it reads the id, which every resource has",
	"P2":    "it holds only between a whole and its part",
	"R5":    "the policies are read as a whole",
	"GR4":   "the grants are read as a whole",
	"T-DEP": "it makes nothing",
}

// TestEachRowDoesWhatItSays gives each property of each row the id of another resource, alone, and looks at what
// comes of it: the line with its words, its direction, its confidence and its place as evidence, the containment, or nothing.
func TestEachRowDoesWhatItSays(t *testing.T) {
	tried := 0
	for i := range refRules {
		r := &refRules[i]
		if _, apart := rowsApart[r.id]; apart {
			continue
		}
		for typ := range strings.FieldsSeq(r.from) {
			if typ == "*" {
				typ = "microsoft.cognitiveservices/accounts"
			}
			for _, pattern := range patternsOf(r) {
				if strings.ContainsAny(pattern, `"`) {
					continue // a name with a dot in it: TestRules has it
				}
				tried++
				if cloud, ok := rowClouds[anyOf(exampleOf(typ))]; ok {
					cloud.try(t, r, exampleOf(typ), example(pattern))
				} else {
					tryRow(t, r, typ, example(pattern))
				}
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d places tried", tried)
	}
}

func tryRow(t *testing.T, r *refRule, typ, place string) {
	t.Helper()
	target := expand("@microsoft.keyvault/vaults/target")
	if r.act == nest || r.act == own || r.act == ownedBy {
		target = expand("@microsoft.web/hostingenvironments/target")
	}
	source := expand(armExample(typ))
	props := map[string]any{}
	put(props, place, target)
	props["id"] = source
	text, err := json.Marshal(props)
	if err != nil {
		t.Fatal(err)
	}
	c := newCollector(t)
	form, as := evidence.ARM, ""
	if !strings.HasPrefix(place, "properties.") {
		form, as = evidence.Terraform, "azurerm_something"
	}
	c.draft(form, evidence.Live, as, string(text))
	c.draft(evidence.ARM, evidence.Live, "", `{"id":"`+target+`"}`)
	m := derived(t, snapshotOf(t, c.out, nil), Options{Name: "row"})
	if err := r.shows(m, evidence.NormalizeARM(target)); err != nil {
		t.Errorf("%s: %s of %s: %v\n%s", r.id, place, typ, err, strings.Join(facts(m), "\n"))
	}
}

// rowCloud says what rows of another cloud's provider are tried with.
type rowCloud struct {
	id              string // of a resource of a type, with a %s for its name
	container, node string // types of a target that is drawn
	known           string // what stands in front of such an id in the identity that we give it
}

var rowClouds = map[string]rowCloud{
	"aws_*":    {"arn:aws:test:eu-west-1:111122223333:thing/%s", "aws_sfn_state_machine", "aws_ecs_cluster", ""},
	"google_*": {"projects/contoso-test/secrets/%s", "google_workflows_workflow", "google_container_cluster", "google:"},
}

// try gives a property of a row the id of another resource, as a state of that provider has it.
func (rc rowCloud) try(t *testing.T, r *refRule, typ, place string) {
	t.Helper()
	source, target, as := fmt.Sprintf(rc.id, "source"), fmt.Sprintf(rc.id, "target"), rc.container
	if r.act == nest || r.act == own || r.act == ownedBy {
		as = rc.node
	}
	props := map[string]any{}
	put(props, place, target)
	if place != "id" {
		props["id"] = source
	}
	if place != "arn" {
		props["arn"] = source
	}
	text, err := json.Marshal(map[string]any{typ + ".source": props, as + ".target": map[string]any{"id": target, "arn": target, "name": "target"}})
	if err != nil {
		t.Fatal(err)
	}
	m := (&fixture{tf: string(text)}).model(t)
	if err := r.shows(m, rc.known+target); err != nil {
		t.Errorf("%s: %s of %s: %v\n%s", r.id, place, typ, err, strings.Join(facts(m), "\n"))
	}
}

// shows reports whether a model of one reference holds what the row says.
func (r *refRule) shows(m *c4.Model, target string) error {
	outcome := func(o c4.Outcome) bool {
		return slices.ContainsFunc(m.Account.ByRule, func(c c4.RuleCount) bool { return c.Rule == r.id && c.Outcome == o })
	}
	switch r.act {
	case ignore:
		if !outcome(c4.Hidden) || len(m.Relationships) > 0 {
			return fmt.Errorf("it is not hidden, or there is a line")
		}
		return nil
	case nest, own, ownedBy:
		if !outcome(c4.Nested) {
			return fmt.Errorf("it is not nested")
		}
		return nil
	}
	for i := range m.Relationships {
		rel := &m.Relationships[i]
		end, other := rel.Target, rel.Source
		if r.act == reverse {
			end, other = other, end
		}
		switch {
		case end != "container:"+target || other == end:
			continue
		case rel.Description != r.label || rel.Confidence != r.conf || rel.Rule != r.id:
			return fmt.Errorf("the line is %q, %s, by %s", rel.Description, rel.Confidence, rel.Rule)
		case r.layer != "" && rel.Layer != r.layer:
			return fmt.Errorf("the line is in the layer %q", rel.Layer)
		case len(rel.Evidence) != 1 || rel.Evidence[0].Property == "" || rel.Evidence[0].Resource == target:
			return fmt.Errorf("it rests on %+v", rel.Evidence)
		}
		return nil
	}
	return fmt.Errorf("there is no line with that end")
}

// TestAccountsOfTheFixtures holds the whole account of each fixture to what it was when somebody last looked at it: each
// outcome of each rule. With -update it writes what is.
func TestAccountsOfTheFixtures(t *testing.T) {
	var out strings.Builder
	for _, f := range fixtures() {
		m := f.model(t)
		fmt.Fprintf(&out, "%s\n", strings.TrimSpace(f.rule+" "+f.name))
		for _, c := range m.Account.ByRule {
			fmt.Fprintf(&out, "  %-9s %-16s %d\n", c.Outcome, c.Rule, c.Count)
		}
	}
	golden := filepath.Join("testdata", "accounts.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	got, was := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
	for i := range got {
		if i >= len(was) || got[i] != was[i] {
			t.Fatalf("line %d of %s is now %q; look at it, and if it is right, run go test ./internal/arch/derive -run TestAccountsOfTheFixtures -update", i+1, golden, got[i])
		}
	}
	if len(was) != len(got) {
		t.Errorf("%s has %d lines and not %d", golden, len(was), len(got))
	}
}
