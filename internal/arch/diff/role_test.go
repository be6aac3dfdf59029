package diff

import (
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// TestCodeAgainstLive compares what code declares with what is live.
func TestCodeAgainstLive(t *testing.T) {
	declared := draft(t, evidence.ARM, nsg, shop+nsg+"/a", `{"location": "[resourceGroup().location]", "sku": {"name": "standard_lrs"}, "tags": {"owner": "platform-team"},
		"properties": {"https": true, "open": "${parameters('x')}", "rules": [{"name": "a", "access": "Deny"}, {"name": "b", "port": "${parameters('p')}"}], "none": [],
		"ranges": ["10.0.0.0/8", "${parameters('r')}"], "adminPassword": "Hunter2Hunter2"}}`)
	declared.Side = evidence.Declared
	declared.Props.Set("location", tree.Str("${resourceGroup().location}"))
	declared.Expressions = []evidence.Expression{
		{Path: "location", Text: "resourceGroup().location", Unresolved: evidence.UnknownScope},
		{Path: "properties.open", Text: "parameters('x')", Unresolved: evidence.UnknownParameter},
		{Path: "properties.rules[1].port", Text: "parameters('p')", Unresolved: evidence.UnknownParameter},
		{Path: "properties.ranges[1]", Text: "parameters('r')", Unresolved: evidence.UnknownParameter},
	}
	live := draft(t, evidence.ARM, nsg, shop+nsg+"/a", `{"location": "westeurope", "sku": {"name": "Standard_LRS", "tier": "Standard"}, "tags": {"owner": "shop-team", "more": "x"}, "etag": "1",
		"properties": {"https": false, "open": "yes", "rules": [{"name": "a", "access": "Allow"}, {"name": "b", "port": "22"}], "none": ["x"],
		"ranges": ["10.0.0.0/8", "0.0.0.0/0"], "default": 1}}`)
	a, b := seal(t, keyA, declared), seal(t, keyA, live)
	ps, err := Properties(&a, &b, PairOptions{OnlyOld: true, SameKey: true})
	if err != nil {
		t.Fatal(err)
	}
	const open = "unknown the code leaves it open: "
	want := `  @location: ${resourceGroup().location} -> westeurope ` + open + `it depends on where the code will be deployed to
  @tags.owner: platform-team -> shop-team
  properties.adminPassword: * -> nothing unknown ` + notShown + `
  properties.https: true -> false
  properties.none[=x]: nothing -> x
  properties.open: ${parameters('x')} -> yes ` + open + `it depends on a parameter or variable that was given no value
  properties.ranges[=${parameters('r')}]: ${parameters('r')} -> nothing ` + open + `it depends on a parameter or variable that was given no value
  properties.ranges[=0.0.0.0/0]: nothing -> 0.0.0.0/0 ` + open + `it depends on a parameter or variable that was given no value, and it may be one of what the code makes there
  properties.rules[name=a].access: Deny -> Allow
  properties.rules[name=b].port: ${parameters('p')} -> 22 ` + open + `it depends on a parameter or variable that was given no value
`
	got := showProperties(ps)
	for _, p := range ps {
		if p.Old != nil && evidence.IsFingerprint(p.Old.Text) {
			got = strings.ReplaceAll(got, p.Old.Text, "*")
		}
	}
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	openScope(t)
	other := seal(t, keyA, draft(t, evidence.Terraform, "azurerm_x", "tf:x", "{}"))
	if _, err := Properties(&a, &other, PairOptions{OnlyOld: true}); err == nil {
		t.Error("two forms were compared property by property")
	}
}

// openScope has a template that does not know its subscription and group refer to what stands in them, and to something elsewhere.
func openScope(t *testing.T) {
	t.Helper()
	const open = "/subscriptions/@(subscription)/resourcegroups/@(group)/providers/"
	declared := draft(t, evidence.ARM, "x/y", open+"x/y/a", `{"id": "`+open+`x/y/a", "apiVersion": "2024-01-01", "properties": {"subnet": {"id": "`+open+`x/nets/n"},
		"list": ["`+open+`x/nets/m"], "far": "/subscriptions/@(other)/resourcegroups/g/providers/x/nets/o", "other": "`+open+`x/nets/p"}}`)
	declared.Side = evidence.Declared
	live := draft(t, evidence.ARM, "x/y", shop+"x/y/a", `{"id": "`+shop+`x/y/a", "properties": {"subnet": {"id": "`+strings.ToUpper(shop[:20])+shop[20:]+`x/nets/N"},
		"list": ["`+shop+`x/nets/m"], "far": "/subscriptions/2/resourcegroups/g/providers/x/nets/o", "other": "`+shop+`x/nets/q"}}`)
	a, b := seal(t, keyA, declared), seal(t, keyA, live)
	ps, err := Properties(&a, &b, PairOptions{OnlyOld: true, SameKey: true})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(strings.ReplaceAll(showProperties(ps), open, "open/"), shop, "shop/")
	want := `  apiVersion: 2024-01-01 -> nothing noise arm-api-version
  properties.far: /subscriptions/@(other)/resourcegroups/g/providers/x/nets/o -> /subscriptions/2/resourcegroups/g/providers/x/nets/o unknown the code leaves it open: it depends on where the code will be deployed to
  properties.other: open/x/nets/p -> shop/x/nets/q
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestEnvironments compares staging with production by role.
func TestEnvironments(t *testing.T) {
	const (
		stg = "/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/rg-shop-stg/providers/"
		prd = "/subscriptions/22222222-2222-2222-2222-222222222222/resourcegroups/rg-shop-prod/providers/"
	)
	site := func(at, env, more string) evidence.Draft {
		return draft(t, evidence.ARM, "microsoft.web/sites", at+"microsoft.web/sites/app-shop-"+env, `{"id": "`+at+`microsoft.web/sites/app-shop-`+env+`", "name": "app-shop-`+env+`",
			"tags": {"environment": "`+env+`"}, "properties": {"defaultHostName": "app-shop-`+env+`.azurewebsites.net", "serverFarmId": "`+at+`Microsoft.Web/serverfarms/plan-`+env+`",
			"vault": "https://kv-shop-`+env+`.vault.azure.net/secrets/a", "resourceGuid": "guid-`+env+`", `+more+`}}`)
	}
	vault := func(at, env string) evidence.Draft {
		return draft(t, evidence.ARM, "microsoft.keyvault/vaults", at+"microsoft.keyvault/vaults/kv-shop-"+env, `{"properties": {"vaultUri": "https://kv-shop-`+env+`.vault.azure.net/"}}`)
	}
	plan := func(at, env string) evidence.Draft {
		return draft(t, evidence.ARM, "microsoft.web/serverfarms", at+"microsoft.web/serverfarms/plan-"+env, `{"sku": {"name": "P1v3"}}`)
	}
	store := func(at, name string) evidence.Draft {
		return draft(t, evidence.ARM, "microsoft.storage/storageaccounts", at+"microsoft.storage/storageaccounts/"+name, `{"sku": {"name": "Standard_LRS"}}`)
	}
	old := snapshot(t, keyA, nil, site(stg, "stg", `"httpsOnly": true`), vault(stg, "stg"), plan(stg, "stg"), store(stg, "stshopstg"), store(stg, "stlog-stg-x1y2z3"),
		draft(t, evidence.ARM, nsg, stg+nsg+"/nsg-a-stg", "{}"), draft(t, evidence.ARM, nsg, stg+nsg+"/nsg-a-test", "{}"))
	new := snapshot(t, keyA, nil, site(prd, "prod", `"httpsOnly": false`), vault(prd, "prod"), plan(prd, "prod"), store(prd, "stshopprod"), store(prd, "stlog-prod-q9w8e7"),
		store(prd, "stonlyprod"), draft(t, evidence.ARM, nsg, prd+nsg+"/nsg-a-prod", "{}"))
	d := compare(t, old, new, Options{Match: ByRole})
	want := "changed " + prd + "microsoft.web/sites/app-shop-prod\n  properties.httpsOnly: true -> false\n" +
		"added " + prd + "microsoft.storage/storageaccounts/stonlyprod\n" +
		"unknown " + stg + nsg + "/nsg-a-stg " + nsg + "  in.json: what has its role in the other environment cannot be told; it may be: " + prd + nsg + "/nsg-a-prod (1, known before: false)\n" +
		"unknown " + stg + nsg + "/nsg-a-test " + nsg + "  in.json: what has its role in the other environment cannot be told; it may be: " + prd + nsg + "/nsg-a-prod (1, known before: false)\n" +
		"unknown " + prd + nsg + "/nsg-a-prod " + nsg + "  in.json: what has its role in the other environment cannot be told; it may be: " + stg + nsg + "/nsg-a-stg, " + stg + nsg + "/nsg-a-test (1, known before: false)\n"
	got := show(d)
	if sortedText(got) != sortedText(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func sortedText(s string) string {
	lines := map[string]bool{}
	for l := range strings.Lines(s) {
		lines[l] = true
	}
	return strings.Join(sortedKeys(lines), "")
}

func TestRoleNames(t *testing.T) {
	for name, want := range map[string]string{
		"app-shop-prod": "app-shop", "app-shop-staging": "app-shop", "stshopprod": "stshop", "stshopprod01": "stshop01", "prodshop": "shop", "rg-prod-shop-weu": "rg-shop-weu",
		"kv-shop-dev-x1y2z3": "kv-shop", "stproduct": "stproduct", "web-01": "web-01", "prod": "", "shop": "shop", "app_shop_qa": "app-shop", "WEB-PRD": "web",
	} {
		if got := roleName(name); got != want {
			t.Errorf("the role of %s is %q and not %q", name, got, want)
		}
	}
}
