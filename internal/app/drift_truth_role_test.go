package app

import (
	"regexp"
	"strings"

	"c4arch/internal/arch/drift"
)

var groupOfProduction = regexp.MustCompile(`rg-(shop|fulfilment|network|platform)-prod`)

// staging makes of the example an environment of its own: another subscription, other groups, other names and hosts, other secrets.
func staging(e *sources) {
	names := []string{
		"11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222", "Contoso Production", "Contoso Staging",
		`"environment": "production"`, `"environment": "staging"`, "environment: production", "environment: staging",
		"EXAMPLE-not-a-real-password", "EXAMPLE-another-one-that-is-none",
	}
	for _, n := range []string{
		"sql-contoso-shop", "kv-contoso-shop", "sb-contoso-shop", "redis-contoso-shop", "cosmos-contoso-shop", "app-contoso-shop", "func-contoso-orders",
		"psql-contoso-fulfilment", "aks-contoso", "afd-contoso", "stapp-contoso-help",
	} {
		names = append(names, n, n+"-stg")
	}
	for _, n := range []string{"stcontosoorders", "stcontosoproducts", "stcontosolabels", "crcontoso"} {
		names = append(names, n, n+"stg")
	}
	other := strings.NewReplacer(names...)
	for name, b := range e.files {
		if name != "c4arch.yaml" {
			e.files[name] = []byte(groupOfProduction.ReplaceAllString(other.Replace(string(b)), "rg-$1-staging"))
		}
	}
}

// roleTruth holds production, the old side, against staging. Nothing but what is said of the change differs.
var roleTruth = truth{name: "environments", make: contoso, mode: drift.ModeEnvironments, labels: []label{
	{"the same in other names", staging, nil, 0},
	{
		"smaller", all(put(graph, row("plan-shop", "sku.name"), "S1"), put(graph, row("plan-shop", "sku.tier"), "Standard"), put(graph, row("plan-shop", "sku.size"), "S1"), staging),
		[]string{"high|medium loosened changed plan-shop sku", "?high|medium loosened changed plan-shop sku"},
		2,
	},
	{"open", all(prop("stcontosoproducts", "allowBlobPublicAccess", true), staging), []string{"critical loosened changed stcontosoproducts allowBlobPublicAccess"}, 2},
	{"without the firewall", all(drop(graph, "wafcontoso"), staging), []string{"critical|high|medium * removed wafcontoso"}, -1},
}}
