package c4

import (
	"fmt"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
)

// sample is a small sound model with every kind of thing in it.
func sample() *Model {
	at := func(line int, resource, property string) []Evidence {
		return []Evidence{{
			Input: "infra/terraform.tfstate", Line: line, Resource: resource, Property: property, Column: 7, Expression: "var.x",
			Commitment: canon.Sum([]byte(resource)),
		}}
	}
	m := &Model{
		Format: Format, Version: FormatVersion, Name: "Contoso", CollectedAt: "2026-01-02T03:04:05Z",
		Snapshot: canon.Sum([]byte("snapshot")), Scope: []string{"subscription"},
		Inputs: []InputSummary{{Name: "infra/terraform.tfstate", Format: "terraform-code", Resources: 2, Expressions: 9, Unresolved: map[evidence.Unknown]int{evidence.UnknownRuntime: 2}}},
		Elements: []Element{
			{
				ID: "element:api", Kind: Container, Name: "api", Technology: "Azure App Service", Parent: "system:shop", Rule: "M1",
				Tags: []string{"env=prod", "tier=web"}, Evidence: at(12, "api", ""), ResourceType: "azurerm_linux_web_app", Badges: []string{"internet-facing"},
			},
			{ID: "element:db", Kind: Container, Name: "db <orders> & \u2028 more", Parent: "system:shop", Rule: "M1", Evidence: at(40, "db", ""), Shape: "database"},
			{ID: "internet", Kind: SoftwareSystem, Name: "Internet", External: true, Rule: "M2", Badges: []string{"inferred"}},
			{ID: "node:rg", Kind: DeploymentNode, Name: "rg-shop", Rule: "M1", Evidence: at(3, "rg", "")},
			{ID: "resource:api", Kind: Resource, Name: "api", Parent: "element:api", Rule: "M1", Evidence: at(12, "api", ""), Properties: canon.Raw(`{"a":[1,{"b":"<x>"}]}`)},
			{ID: "system:shop", Kind: SoftwareSystem, Name: "Shop", Rule: "M1", Evidence: at(3, "rg", "tags.system"), Owner: "team-shop"},
			{ID: "zone", Kind: InfrastructureNode, Name: "diagnostics", Parent: "node:rg", Rule: "M1", Layer: "observability", HiddenBy: "M2", Evidence: at(9, "d", "")},
		},
		Relationships: []Relationship{
			{ID: "r1", Source: "element:api", Target: "element:db", Description: "reads and writes", Technology: "TDS", Confidence: High, Rule: "R1", Evidence: at(20, "api", `app_settings["db.host"]`)},
			{ID: "r2", Source: "internet", Target: "element:api", Description: "calls", Confidence: May, Rule: "R1", Declared: true},
		},
		Instances: []Instance{{Container: "element:api", Node: "node:rg", Environment: "prod", Rule: "M1", Evidence: at(12, "api", "")}},
		Views: []View{
			{
				Key: "landscape", Kind: Landscape, Title: "Landscape", Description: "all", Elements: []string{"internet", "system:shop"}, Relationships: []string{"r2"},
				Nodes: []Node{{ID: "internet", Element: "internet"}, {ID: "system:shop", Element: "system:shop"}},
				Lines: []Line{{Source: "internet", Target: "system:shop", Description: "calls", Confidence: May, Relationships: []string{"r2"}}},
			},
			{
				Key: "containers-shop", Kind: Containers, Title: "Shop", Subject: "system:shop", Elements: []string{"element:api", "element:db", "system:shop"}, Relationships: []string{"r1"},
				Nodes: []Node{{ID: "b", Element: "system:shop"}, {ID: "n1", Element: "element:api", Parent: "b"}, {ID: "n2", Element: "element:db", Parent: "b"}},
				Lines: []Line{{Source: "n1", Target: "n2", Description: "reads and writes", Confidence: High, Relationships: []string{"r1"}}},
			},
		},
		Account: Account{
			Found: 5, Shown: 1, Nested: 1, Hidden: 1, Unresolved: 1, Ambiguous: 1, Counted: 4,
			ByRule: []RuleCount{{Rule: "M1", Outcome: Nested, Count: 1}, {Rule: "M2", Outcome: Hidden, Count: 1}, {Rule: "R1", Outcome: Shown, Count: 1}},
			References: []Reference{
				{Evidence: at(1, "a", "x")[0], Value: "one", Outcome: Ambiguous, Targets: []string{"b", "c"}, Reason: "two things have that name"},
				{Evidence: at(2, "a", "y")[0], Value: "two", Outcome: Hidden, Rule: "M2"},
				{Evidence: at(3, "a", "z")[0], Value: "three", Outcome: Unresolved, Reason: "no rule"},
			},
		},
		NotRead: []evidence.NotRead{{Kind: evidence.TypeWithoutRule, Input: "infra/terraform.tfstate", Line: 99, Thing: "azurerm_x", Reason: "no rule maps the type", Count: 2}},
		Notes:   []string{"two views are left out"},
		Code:    &Code{Both: 1, DeclaredOnly: 2, LiveOnly: 3, Unmatched: []Unmatched{{Resource: "x", Reason: "its name is open", Candidates: []string{"y", "z"}}}},
		Rules:   []Rule{{ID: "M1", Reason: "r", Source: "s"}, {ID: "M2", Reason: "r", Source: "s"}, {ID: "R1", Reason: "r", Source: "s"}},
	}
	return m
}

// large is a sound model of n elements, each with a relationship to the next.
func large(n int) *Model {
	m := &Model{Format: Format, Version: FormatVersion, Name: "large", Rules: []Rule{{ID: "M1", Reason: "r", Source: "s"}}}
	digest := canon.Sum(nil)
	props := canon.Raw(`{"location":"westeurope","sku":{"name":"P1v3","tier":"PremiumV3"},"settings":["a","b","c"],"enabled":true,"count":3,"id":"/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/microsoft.web/sites/app"}`)
	for i := range n {
		id := fmt.Sprintf("element:%06d", i)
		ev := []Evidence{{Input: "terraform.tfstate", Line: i, Resource: "/subscriptions/0/resourcegroups/rg/providers/microsoft.web/sites/" + id, Commitment: digest}}
		m.Elements = append(m.Elements, Element{ID: id, Kind: Resource, Name: "app", Technology: "Azure App Service", Rule: "M1", Evidence: ev, ResourceType: "azurerm_linux_web_app", Properties: props})
		m.Relationships = append(m.Relationships, Relationship{ID: fmt.Sprintf("r%06d", i), Source: id, Target: fmt.Sprintf("element:%06d", (i+1)%n), Description: "calls", Confidence: High, Rule: "M1", Evidence: ev})
	}
	return m
}
