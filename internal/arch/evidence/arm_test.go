package evidence

import (
	"strings"
	"testing"
)

func TestParseARM(t *testing.T) {
	const s, rg = "/subscriptions/0A", "/subscriptions/0A/resourceGroups/Shop-RG"
	tests := []struct {
		id    string
		want  ARMID
		scope string
	}{
		{s, ARMID{Subscription: "0a", Type: "microsoft.resources/subscriptions", Name: "0A"}, ""},
		{
			rg,
			ARMID{"0a", "shop-rg", "microsoft.resources/subscriptions/resourcegroups", "Shop-RG", "/subscriptions/0a"},
			"/subscriptions/0a",
		},
		{
			rg + "/providers/Microsoft.Web/sites/Shop",
			ARMID{"0a", "shop-rg", "microsoft.web/sites", "Shop", "/subscriptions/0a/resourcegroups/shop-rg"},
			"/subscriptions/0a/resourcegroups/shop-rg",
		},
		{
			rg + "/providers/Microsoft.Network/virtualNetworks/Hub/subnets/Apps",
			ARMID{
				"0a", "shop-rg", "microsoft.network/virtualnetworks/subnets", "Apps",
				"/subscriptions/0a/resourcegroups/shop-rg/providers/microsoft.network/virtualnetworks/hub",
			},
			"/subscriptions/0a/resourcegroups/shop-rg",
		},
		{
			rg + "/providers/Microsoft.Sql/servers/S/providers/Microsoft.Insights/diagnosticSettings/Logs",
			ARMID{
				"0a", "shop-rg", "microsoft.insights/diagnosticsettings", "Logs",
				"/subscriptions/0a/resourcegroups/shop-rg/providers/microsoft.sql/servers/s",
			},
			"/subscriptions/0a/resourcegroups/shop-rg",
		},
		{
			rg + "/providers/Microsoft.Authorization/roleAssignments/1",
			ARMID{"0a", "shop-rg", "microsoft.authorization/roleassignments", "1", "/subscriptions/0a/resourcegroups/shop-rg"},
			"/subscriptions/0a/resourcegroups/shop-rg",
		},
		{
			s + "/providers/Microsoft.Authorization/roleDefinitions/1",
			ARMID{"0a", "", "microsoft.authorization/roledefinitions", "1", "/subscriptions/0a"},
			"/subscriptions/0a",
		},
		{
			"/providers/Microsoft.Management/managementGroups/Contoso",
			ARMID{"", "", "microsoft.management/managementgroups", "Contoso", ""},
			"",
		},
		{
			s + "/providers/Microsoft.Web",
			ARMID{"0a", "", "microsoft.resources/providers", "Microsoft.Web", "/subscriptions/0a"},
			"/subscriptions/0a",
		},
		// The id of a collection, as Key Vault answers to an update of its access policies.
		{
			rg + "/providers/Microsoft.KeyVault/vaults/V/accessPolicies/",
			ARMID{
				"0a", "shop-rg", "microsoft.keyvault/vaults/accesspolicies", "",
				"/subscriptions/0a/resourcegroups/shop-rg/providers/microsoft.keyvault/vaults/v",
			},
			"/subscriptions/0a/resourcegroups/shop-rg",
		},
		// A name that is a keyword elsewhere.
		{
			rg + "/providers/Microsoft.Storage/storageAccounts/providers/queueServices/default",
			ARMID{
				"0a", "shop-rg", "microsoft.storage/storageaccounts/queueservices", "default",
				"/subscriptions/0a/resourcegroups/shop-rg/providers/microsoft.storage/storageaccounts/providers",
			},
			"/subscriptions/0a/resourcegroups/shop-rg",
		},
		{
			"  /SUBSCRIPTIONS/0A//RESOURCEGROUPS/Shop-RG/ ",
			ARMID{"0a", "shop-rg", "microsoft.resources/subscriptions/resourcegroups", "Shop-RG", "/subscriptions/0a"},
			"/subscriptions/0a",
		},
	}
	for _, tt := range tests {
		got, ok := ParseARM(tt.id)
		if !ok || got != tt.want {
			t.Errorf("ParseARM(%q) = %+v, %v\nwant %+v", tt.id, got, ok, tt.want)
		}
		if got.Scope() != tt.scope {
			t.Errorf("Scope of %q = %q, want %q", tt.id, got.Scope(), tt.scope)
		}
	}
}

func TestParseARMRefuses(t *testing.T) {
	for _, id := range []string{
		"", "/", "/subscriptions/", "/providers/", "subscriptions/a/resourceGroups/b", "/tenants/0a",
		"https://contoso.vault.azure.net/secrets/a", "/subscriptions//////////////////",
		"/subscriptions/0a/resourceGroups/b/providers",
		"/subscriptions/0a/resourceGroups/b/providers/Microsoft.Network/networkInterfaces/n|/subscriptions/0a/x/y",
	} {
		if got, ok := ParseARM(id); ok {
			t.Errorf("ParseARM(%q) = %+v, want none", id, got)
		}
	}
}

func FuzzParseARM(f *testing.F) {
	f.Add("/subscriptions/0A/resourceGroups/R/providers/Microsoft.Web/sites/S/slots/blue")
	f.Add("/providers/Microsoft.Management/managementGroups/Contoso/providers/Microsoft.Authorization/roleAssignments/1")
	f.Add("/subscriptions/a/providers/providers/providers")
	f.Add("/subscriptions/\xff/İ")
	f.Fuzz(func(t *testing.T, id string) {
		a, ok := ParseARM(id)
		if !ok {
			return
		}
		if a.Type == "" || strings.Count(a.Type, "/") == 0 {
			t.Fatalf("ParseARM(%q) has type %q", id, a.Type)
		}
		b, ok := ParseARM(strings.ToUpper(strings.ToLower(id)))
		if !strings.EqualFold(strings.ToUpper(strings.ToLower(id)), id) {
			return // case does not round-trip in this script
		}
		if !ok || b.Type != a.Type || b.Parent != a.Parent || b.Scope() != a.Scope() {
			t.Fatalf("case matters in %q: %+v and %+v", id, a, b)
		}
		if a.Parent != "" {
			if p, ok := ParseARM(a.Parent); ok && len(p.Parent) >= len(a.Parent) {
				t.Fatalf("%q is not above %q", p.Parent, a.Parent)
			}
		}
	})
}
