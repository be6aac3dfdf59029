package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/test/gen/estate"
)

// scanBytes scans and returns the two results as they are written.
func scanBytes(tb testing.TB, paths ...string) (*c4.Model, *evidence.Snapshot, []byte) {
	tb.Helper()
	m, s, err := Scan(context.Background(), ScanOptions{Paths: paths, At: at, Key: testKey()})
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.Encode(&out); err != nil {
		tb.Fatal(err)
	}
	if err := c4.Encode(&out, m); err != nil {
		tb.Fatal(err)
	}
	return m, s, out.Bytes()
}

func plant(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// TestSecretsInCode: a literal that is a part of a secret value comes out by no way: not by the value, not by what is left of an
// expression, not by the expression's own text.
func TestSecretsInCode(t *testing.T) {
	dir := plant(t, map[string]string{
		"main.tf": `
variable "suffix" { type = string }
variable "db" {
  type      = string
  sensitive = true
  default   = "leaked-1-Tr0ub4dor"
}
locals { innocent = "leaked-2-Zx9Qw7" }
resource "azurerm_mssql_server" "s" {
  name                         = "sql"
  resource_group_name          = "rg"
  administrator_login_password = join("", ["leaked-3-Passw0rd", var.suffix])
}
resource "azurerm_linux_web_app" "w" {
  name                = "web"
  resource_group_name = "rg"
  app_settings = {
    API_PASSWORD  = "leaked-4-Passw0rd-${var.suffix}"
    CONN          = "Server=tcp:x.database.windows.net;Password=leaked-5-Passw0rd${var.suffix};"
    DB            = var.db
    NOTE          = format("%s", var.db)
    JS            = jsonencode({ password = "leaked-6-Passw0rd", x = var.suffix })
    TOKEN_X       = local.innocent
    URL           = "https://app:leaked-7-Passw0rd@${azurerm_mssql_server.s.fully_qualified_domain_name}/x"
    CLIENT_SECRET = var.suffix == "a" ? "leaked-8-Passw0rd" : "no"
    NOTHING       = "x-${local.api_key}"
  }
}
locals { api_key = "leaked-13-Passw0rd" }
resource "azurerm_linux_web_app" "wrong" {
  name                = "wrong"
  resource_group_name = "rg"
  app_settings = {
    A        = missing_type.x.id
    PASSWORD = <<EOT
leaked-14-Passw0rd ${var.suffix}
EOT
    SECRET_B = var.suffix ? "leaked-15-Passw0rd" : "b"
  }
}
resource "azurerm_linux_web_app" "merged" {
  name                = "merged"
  resource_group_name = "rg"
  app_settings        = merge({ PASSWORD = "leaked-16-Passw0rd", LEVEL = "info" }, azurerm_mssql_server.s.settings)
  sticky              = jsonencode(azurerm_mssql_server.s.x ? { token = "leaked-17-Passw0rd" } : {})
}
`,
		"more/main.json": `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0",
"parameters":{"sfx":{"type":"string"},"pw":{"type":"securestring","defaultValue":"leaked-9-Passw0rd"}},
"resources":[{"type":"Microsoft.Sql/servers","apiVersion":"2021-01-01","name":"sql","location":"westeurope","properties":{
"administratorLoginPassword":"[concat('leaked-10-Passw0rd', parameters('sfx'))]","x":"[parameters('pw')]","note":"[format('a{0}', parameters('pw'))]",
"connectionString":"[format('Server=tcp:x;Password=leaked-11-Passw0rd{0};', parameters('sfx'))]","clientSecret":"[if(equals(parameters('sfx'),'a'),'leaked-12-Passw0rd','z')]",
"c":"[concat(variables('apiKey'), parameters('sfx'))]","d":"[union(createObject('password', 'leaked-18-Passw0rd'), reference('x').y)]"}}],
"variables":{"apiKey":"leaked-19-Passw0rd"}}`,
	})
	m, s, out := scanBytes(t, dir)
	if len(s.Resources) != 5 || m.Code == nil || m.Code.DeclaredOnly != 5 {
		t.Fatalf("%d resources, %+v", len(s.Resources), m.Code)
	}
	for line := range strings.Lines(string(out)) {
		if i := strings.Index(line, "leaked-"); i >= 0 {
			t.Errorf("a secret came out: ...%s", line[max(0, i-100):min(len(line), i+60)])
		}
	}
}

// TestCodeIsDeterministic: the same code gives the same bytes on one processor and on several.
func TestCodeIsDeterministic(t *testing.T) {
	if testing.Short() {
		t.Skip("it scans some hundred resources several times")
	}
	dir := t.TempDir()
	if err := estate.Module(filepath.Join(dir, "root"), 400); err != nil {
		t.Fatal(err)
	}
	var template bytes.Buffer
	if err := estate.Template(&template, 50_000); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.json"), template.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	m, s, want := scanBytes(t, dir)
	if n := len(s.Resources); n < 450 {
		t.Fatalf("%d resources", n)
	}
	if a := &m.Account; a.Found == 0 || a.Found != a.Shown+a.Nested+a.Hidden+a.Unresolved+a.Ambiguous || a.Uncounted != 0 || a.Unresolved != 0 {
		t.Errorf("the account: %d found, %d unresolved, %d uncounted", a.Found, a.Unresolved, a.Uncounted)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 3 {
		if _, _, got := scanBytes(t, dir); !bytes.Equal(got, want) {
			t.Fatal("the same code gave other bytes")
		}
	}
}

// TestCodeBesideAState: a root module and the state that it made are one model.
func TestCodeBesideAState(t *testing.T) {
	dir := plant(t, map[string]string{
		"infra/main.tf": `
resource "azurerm_storage_account" "s" {
  name                = "stcontoso"
  resource_group_name = "rg-shop"
}
resource "random_string" "r" { length = 4 }
resource "azurerm_key_vault" "kv" {
  name                = "kv-${random_string.r.result}"
  resource_group_name = "rg-shop"
}
resource "azurerm_redis_cache" "new" {
  name                = "redis-shop"
  resource_group_name = "rg-shop"
}
`,
		"infra/terraform.tfstate": `{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"5b8a1c1e-0000-0000-0000-000000000000","outputs":{},"resources":[
{"mode":"managed","type":"azurerm_storage_account","name":"s","provider":"provider[\"registry.terraform.io/hashicorp/azurerm\"]","instances":[{"attributes":{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/stcontoso","name":"stcontoso"}}]},
{"mode":"managed","type":"azurerm_key_vault","name":"kv","provider":"provider[\"registry.terraform.io/hashicorp/azurerm\"]","instances":[{"attributes":{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-x7k2","name":"kv-x7k2"}}]}]}`,
	})
	m, _, _ := scanBytes(t, dir)
	if m.Code == nil || m.Code.Both != 2 || m.Code.DeclaredOnly != 2 || len(m.Code.Unmatched) != 0 {
		t.Fatalf("%+v", m.Code)
	}
	systems := 0
	for _, e := range m.Elements {
		if e.Kind == c4.SoftwareSystem {
			systems++
		}
	}
	if systems != 1 {
		t.Errorf("the root module and its state are %d systems", systems)
	}
}

// TestWhereCodeIsDeployedTo: people say in c4arch.yaml what a template cannot know, and its ids are known.
func TestWhereCodeIsDeployedTo(t *testing.T) {
	dir := plant(t, map[string]string{
		"c4arch.yaml": `
deployments:
  - input: infra/main.json
    subscription: 00000000-0000-0000-0000-000000000001
    resourceGroup: rg-shop
    location: westeurope
  - input: tf
    subscription: 00000000-0000-0000-0000-000000000001
  - input: gone.json
    location: westeurope
`,
		"infra/main.json": `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","resources":[
{"type":"Microsoft.Storage/storageAccounts","apiVersion":"2024-01-01","name":"stshop","location":"[resourceGroup().location]","properties":{"id":"[resourceGroup().id]"}},
{"type":"Microsoft.Resources/deployments","apiVersion":"2024-01-01","name":"far","resourceGroup":"rg-far","properties":{"mode":"Incremental","expressionEvaluationOptions":{"scope":"inner"},
 "template":{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","resources":[
 {"type":"Microsoft.Web/serverfarms","apiVersion":"2024-01-01","name":"far","location":"[resourceGroup().location]"}]}}}]}`,
		"tf/main.tf": `
resource "azurerm_redis_cache" "c" {
  name                = "redis-shop"
  resource_group_name = "rg-shop"
}
`,
	})
	_, s, _ := scanBytes(t, dir)
	const sub = "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/"
	const group = sub + "rg-shop/providers/" // another group may be in another region
	var ids []string
	for i := range s.Resources {
		ids = append(ids, s.Resources[i].ID)
		for _, x := range s.Resources[i].Expressions {
			if far := strings.HasSuffix(s.Resources[i].ID, "/far"); (x.Unresolved != "") != far {
				t.Errorf("%s %s is open: %s", s.Resources[i].ID, x.Path, x.Unresolved)
			}
		}
	}
	if want := []string{sub + "rg-far/providers/microsoft.web/serverfarms/far", group + "microsoft.cache/redis/redis-shop", group + "microsoft.storage/storageaccounts/stshop"}; !slices.Equal(ids, want) {
		t.Errorf("%q, want %q", ids, want)
	}
	if s.Resources[2].Location != "westeurope" || !strings.Contains(string(s.Resources[2].Props), `/resourceGroups/rg-shop"`) {
		t.Errorf("%s %s", s.Resources[2].Location, s.Resources[2].Props)
	}
	if !slices.ContainsFunc(s.NotRead, func(n evidence.NotRead) bool { return n.Thing == "gone.json" && n.Line == 9 }) {
		t.Errorf("an entry for no input is not told: %+v", s.NotRead)
	}
}
