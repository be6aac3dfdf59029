package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

func codeFS(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// readCode reads a directory of a file system of texts.
func readCode(t testing.TB, dir string, files map[string]string) *sourcetest.Sink {
	t.Helper()
	return sourcetest.Read(t, Code(), sourcetest.Dir(t, codeFS(files), dir, ".tf", ".tf.json", ".tofu"))
}

// prop returns a property as JSON.
func prop(d *evidence.Draft, names ...string) string {
	v := d.Props.Lookup(names...)
	if v == nil {
		return "nothing"
	}
	raw, _, err := canon.Encode(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

func reasonAt(d *evidence.Draft, at tree.Path) string {
	for _, x := range d.Expressions {
		if x.Path == at {
			return fmt.Sprintf("%s [%s]", x.Text, x.Unresolved)
		}
	}
	return "no expression"
}

func TestCodeClaimsDirectories(t *testing.T) {
	for _, r := range []struct {
		in   evidence.Input
		want bool
	}{
		{evidence.Input{Dir: true, Files: []string{"main.tf"}}, true},
		{evidence.Input{Dir: true, Files: []string{"main.tofu.json"}}, true},
		{evidence.Input{Dir: true, Files: []string{"main.bicep"}}, false},
		{evidence.Input{Name: "main.tf", Files: []string{"main.tf"}}, false},
	} {
		if got := Code().Sniff(r.in); got != r.want {
			t.Errorf("%+v: %v", r.in, got)
		}
	}
	if Code().Name() != "terraform-code" {
		t.Error(Code().Name())
	}
}

// contosoShop is a root of the usual shape: a shop of Contoso on Azure, its network in a module.
var contosoShop = map[string]string{
	"infra/prod/main.tf": `
terraform {
  required_version = ">= 1.5"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
    random = { source = "hashicorp/random" }
  }
  backend "azurerm" {
    key = "shop.tfstate"
  }
}

provider "azurerm" {
  features {}
  subscription_id = var.subscription_id
}

provider "azurerm" {
  alias           = "hub"
  features {}
  subscription_id = "00000000-0000-0000-0000-00000000hub1"
}

locals {
  prefix = "contoso-${var.environment}"
  tags   = merge(var.tags, { environment = var.environment, cost = 42 })
}

resource "azurerm_resource_group" "shop" {
  name     = "rg-${local.prefix}"
  location = var.location
  tags     = local.tags
}

module "network" {
  source              = "../modules/network"
  prefix              = local.prefix
  resource_group      = azurerm_resource_group.shop
  subnets             = { web = "10.0.1.0/24", data = "10.0.2.0/24" }
  providers           = { azurerm = azurerm, azurerm.hub = azurerm.hub }
}

resource "azurerm_service_plan" "shop" {
  name                = "plan-${local.prefix}"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
  os_type             = "Linux"
  sku_name            = var.environment == "prod" ? "P1v3" : "B1"
}

resource "azurerm_linux_web_app" "web" {
  for_each            = toset(["shop", "admin"])
  name                = "app-${local.prefix}-${each.key}"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
  service_plan_id     = azurerm_service_plan.shop.id
  virtual_network_subnet_id = module.network.subnet_ids["web"]

  site_config {
    minimum_tls_version = "1.2"
    dynamic "ip_restriction" {
      for_each = var.office
      content {
        name       = "office-${ip_restriction.key}"
        ip_address = ip_restriction.value
      }
    }
  }

  app_settings = {
    SQL_SERVER   = azurerm_mssql_server.db.fully_qualified_domain_name
    CONNECTION   = "Server=tcp:${azurerm_mssql_server.db.fully_qualified_domain_name},1433;User ID=shop;Password=${var.sql_password}"
    VAULT_SECRET = "@Microsoft.KeyVault(SecretUri=${data.azurerm_key_vault.shared.vault_uri}secrets/api)"
    SUFFIX       = random_string.suffix.result
    EXTERNAL     = module.registry.endpoint
  }

  identity { type = "SystemAssigned" }

  depends_on = [module.network, azurerm_mssql_server.db]
}

resource "azurerm_mssql_server" "db" {
  name                         = "sql-${local.prefix}-${random_string.suffix.result}"
  resource_group_name          = azurerm_resource_group.shop.name
  location                     = azurerm_resource_group.shop.location
  version                      = "12.0"
  administrator_login          = "shop"
  administrator_login_password = var.sql_password
}

resource "azurerm_role_assignment" "web" {
  for_each             = azurerm_linux_web_app.web
  scope                = data.azurerm_key_vault.shared.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = each.value.identity[0].principal_id
}

data "azurerm_key_vault" "shared" {
  provider            = azurerm.hub
  name                = "kv-contoso-shared"
  resource_group_name = "rg-shared"
}

resource "random_string" "suffix" {
  length  = 6
  special = false
}

module "registry" {
  source  = "app.terraform.io/contoso/registry/azurerm"
  version = "1.2.3"
}

moved {
  from = azurerm_service_plan.main
  to   = azurerm_service_plan.shop
}
`,
	"infra/prod/variables.tf": `
variable "subscription_id" { type = string }
variable "environment" { default = "prod" }
variable "location" { default = "West Europe" }
variable "tags" {
  type    = map(string)
  default = { owner = "shop" }
}
variable "office" { default = ["203.0.113.7/32"] }
variable "sql_password" {
  type      = string
  sensitive = true
}
`,
	"infra/prod/terraform.tfvars": `
location     = "North Europe"
sql_password = "S3cr3t-passw0rd!"
`,
	"infra/modules/network/main.tf": `
terraform {
  required_providers {
    azurerm = {
      source                = "hashicorp/azurerm"
      configuration_aliases = [azurerm.hub]
    }
  }
}
variable "prefix" { type = string }
variable "resource_group" {
  type = object({ name = string, location = string, id = string })
}
variable "subnets" { type = map(string) }

resource "azurerm_virtual_network" "this" {
  name                = "vnet-${var.prefix}"
  resource_group_name = var.resource_group.name
  location            = var.resource_group.location
  address_space       = ["10.0.0.0/16"]
}

resource "azurerm_subnet" "this" {
  for_each             = var.subnets
  name                 = "snet-${each.key}"
  resource_group_name  = var.resource_group.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [each.value]
}

data "azurerm_virtual_network" "hub" {
  provider            = azurerm.hub
  name                = "vnet-hub"
  resource_group_name = "rg-hub"
}

resource "azurerm_virtual_network_peering" "hub" {
  name                      = "to-hub"
  resource_group_name       = var.resource_group.name
  virtual_network_name      = azurerm_virtual_network.this.name
  remote_virtual_network_id = data.azurerm_virtual_network.hub.id
}

output "subnet_ids" {
  value = { for k, s in azurerm_subnet.this : k => s.id }
}
`,
}

const (
	shopGroup = "/subscriptions/@(infra.prod)/resourcegroups/rg-contoso-prod"
	hub       = "/subscriptions/00000000-0000-0000-0000-00000000hub1/resourcegroups/"
	webApp    = shopGroup + "/providers/microsoft.web/sites/app-contoso-prod-shop"
	randomID  = "tf:infra/prod//random_string.suffix"
	sqlServer = shopGroup + "/providers/microsoft.sql/servers/sql-contoso-prod-@(tf:infra.prod..random_string.suffix.result)"
)

func TestCodeOfAShop(t *testing.T) {
	s := readCode(t, "infra/prod", contosoShop)
	var ids []string
	for _, d := range s.Drafts {
		ids = append(ids, d.ID)
		if d.Side != evidence.Declared || d.Form != evidence.Terraform {
			t.Errorf("%s is %s, %s", d.ID, d.Side, d.Form)
		}
	}
	want := []string{
		shopGroup,
		shopGroup + "/providers/microsoft.web/serverfarms/plan-contoso-prod",
		shopGroup + "/providers/microsoft.web/sites/app-contoso-prod-admin",
		webApp,
		sqlServer,
		`tf:infra/prod//azurerm_role_assignment.web["admin"]`,
		`tf:infra/prod//azurerm_role_assignment.web["shop"]`,
		hub + "rg-shared/providers/microsoft.keyvault/vaults/kv-contoso-shared",
		randomID,
		shopGroup + "/providers/microsoft.network/virtualnetworks/vnet-contoso-prod",
		shopGroup + "/providers/microsoft.network/virtualnetworks/vnet-contoso-prod/subnets/snet-data",
		shopGroup + "/providers/microsoft.network/virtualnetworks/vnet-contoso-prod/subnets/snet-web",
		hub + "rg-hub/providers/microsoft.network/virtualnetworks/vnet-hub",
		shopGroup + "/providers/microsoft.network/virtualnetworks/vnet-contoso-prod/virtualnetworkpeerings/to-hub",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("ids\n%s", strings.Join(ids, "\n"))
	}
	if !slices.Equal(s.Parts, []string{"infra/modules/network"}) {
		t.Errorf("parts %q", s.Parts)
	}
	if want := []string{
		"infra/prod/main.tf", "infra/prod/variables.tf", "infra/prod/terraform.tfvars", "infra/modules/network/main.tf",
	}; !slices.Equal(s.Others, want) {
		t.Errorf("used %q", s.Others)
	}
	var missing []string
	for _, n := range s.Missing {
		missing = append(missing, fmt.Sprintf("%s %s:%d %s", n.Kind, n.Input, n.Line, n.Thing))
	}
	if want := []string{"input infra/prod/main.tf:114 module.registry", "variable infra/prod/variables.tf:2 var.subscription_id"}; !slices.Equal(missing, want) {
		t.Errorf("not read %q", missing)
	}
}

func TestCodeOfAWebApp(t *testing.T) {
	s := readCode(t, "infra/prod", contosoShop)
	d := s.ByID(t, webApp)
	if d.Name != "app-contoso-prod-shop" || d.Type != "azurerm_linux_web_app" || d.Provider != "azure" ||
		d.Scope != shopGroup || d.Location != "northeurope" {
		t.Errorf("%s %s %s %s %s", d.Name, d.Type, d.Provider, d.Scope, d.Location)
	}
	if want := (evidence.Origin{Input: "infra/prod/main.tf", Line: 54, Address: `azurerm_linux_web_app.web["shop"]`, Root: "infra/prod"}); d.Origin != want {
		t.Errorf("%+v", d.Origin)
	}
	if want := []string{`azurerm_linux_web_app.web["shop"]`}; !slices.Equal(d.Aliases, want) {
		t.Errorf("aliases %q", d.Aliases)
	}
	fqdn := "${" + sqlServer + "#fully_qualified_domain_name}"
	for name, want := range map[string]string{
		"service_plan_id":           `"` + shopGroup + `/providers/microsoft.web/serverfarms/plan-contoso-prod"`,
		"virtual_network_subnet_id": `"` + shopGroup + `/providers/microsoft.network/virtualnetworks/vnet-contoso-prod/subnets/snet-web"`,
		"site_config":               `[{"ip_restriction":[{"ip_address":"203.0.113.7/32","name":"office-0"}],"minimum_tls_version":"1.2"}]`,
		"identity":                  `[{"type":"SystemAssigned"}]`,
		"app_settings": `{"CONNECTION":"Server=tcp:` + fqdn + `,1433;User ID=shop;Password=${var.sql_password}","EXTERNAL":"${module.registry.endpoint}",` +
			`"SQL_SERVER":"` + fqdn + `","SUFFIX":"${` + randomID + `#result}",` +
			`"VAULT_SECRET":"@Microsoft.KeyVault(SecretUri=${` + hub + `rg-shared/providers/microsoft.keyvault/vaults/kv-contoso-shared#vault_uri}secrets/api)"}`,
		DependenciesKey: `["module.network","azurerm_mssql_server.db"]`,
		"for_each":      "nothing",
	} {
		if got := prop(d, name); got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
	for at, want := range map[tree.Path]string{
		"service_plan_id":                       "azurerm_service_plan.shop.id []",
		"app_settings.SQL_SERVER":               "azurerm_mssql_server.db.fully_qualified_domain_name [runtime]",
		"app_settings.CONNECTION":               " [runtime]", // it may hold a secret
		"app_settings.VAULT_SECRET":             "@Microsoft.KeyVault(SecretUri=${data.azurerm_key_vault.shared.vault_uri}secrets/api) [data]",
		"app_settings.EXTERNAL":                 "module.registry.endpoint [module]",
		"site_config[0].minimum_tls_version":    "no expression",
		"site_config[0].ip_restriction[0].name": "office-${ip_restriction.key} []",
	} {
		if got := reasonAt(d, at); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	if !slices.Equal(d.Sensitive, []tree.Path{"app_settings.CONNECTION"}) {
		t.Errorf("sensitive %q", d.Sensitive)
	}
	if got := evidence.Symbols(d.Props.Lookup("app_settings", "CONNECTION").Str()); len(got) != 1 || got[0].ID != sqlServer {
		t.Errorf("%+v", got)
	}
	db := s.ByID(t, sqlServer)
	if !slices.Equal(db.Sensitive, []tree.Path{"administrator_login_password"}) || db.Name != "sql-contoso-prod-${"+randomID+"#result}" {
		t.Errorf("%q %s", db.Sensitive, db.Name)
	}
	role := s.ByID(t, `tf:infra/prod//azurerm_role_assignment.web["shop"]`)
	if got, want := prop(role, "principal_id"), `"${`+webApp+`#identity[0].principal_id}"`; got != want {
		t.Errorf("principal %s", got)
	}
	group := s.ByID(t, shopGroup)
	if want := map[string]string{"owner": "shop", "environment": "prod", "cost": "42"}; !maps.Equal(group.Tags, want) {
		t.Errorf("tags %v", group.Tags)
	}
	plan := s.ByID(t, shopGroup+"/providers/microsoft.web/serverfarms/plan-contoso-prod")
	if want := []string{"azurerm_service_plan.main", "azurerm_service_plan.shop"}; !slices.Equal(plan.Aliases, want) {
		t.Errorf("aliases %q", plan.Aliases)
	}
	vault := s.ByID(t, hub+"rg-shared/providers/microsoft.keyvault/vaults/kv-contoso-shared")
	if !vault.Data || vault.Scope != hub+"rg-shared" {
		t.Errorf("%+v", vault)
	}
	subnet := s.ByID(t, shopGroup+"/providers/microsoft.network/virtualnetworks/vnet-contoso-prod/subnets/snet-web")
	if want := (evidence.Origin{Input: "infra/modules/network/main.tf", Line: 23, Address: `module.network.azurerm_subnet.this["web"]`, Root: "infra/prod"}); subnet.Origin != want {
		t.Errorf("%+v", subnet.Origin)
	}
}

// Nothing secret of the code outlives the sealing.
func TestCodeIsSealed(t *testing.T) {
	s := readCode(t, "infra/prod", contosoShop)
	sealer, err := evidence.NewSealer([]byte(strings.Repeat("k", evidence.MinKey)))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range s.Drafts {
		r, missing, err := sealer.Seal(d)
		if err != nil || len(missing) > 0 {
			t.Fatal(err, missing)
		}
		if all := fmt.Sprintf("%+v", r); strings.Contains(all, "S3cr3t") {
			t.Errorf("a secret is shown: %s", all)
		}
		if len(r.Lines) == 0 || len(r.Columns) != len(r.Lines) {
			t.Errorf("%s has %d lines and %d columns", r.ID, len(r.Lines), len(r.Columns))
		}
	}
}

func TestIdentitiesOfCode(t *testing.T) {
	s := readCode(t, ".", map[string]string{"main.tf": `
provider "aws" { region = "eu-west-1" }
provider "google" {
  project = "contoso-1"
  region  = "europe-west4"
}
provider "azurerm" { subscription_id = "S-1" }
import {
  to = azurerm_key_vault.kv
  id = "/subscriptions/S-2/resourceGroups/RG/providers/Microsoft.KeyVault/vaults/KV"
}
import {
  to = aws_s3_bucket.b
  id = "contoso-bucket"
}
import {
  to = aws_sns_topic.t
  id = "arn:aws:sns:eu-west-1:123456789012:t"
}
import {
  to = google_pubsub_topic.t
  id = "projects/contoso-1/topics/t"
}
import {
  to = azurerm_subnet_network_security_group_association.a
  id = "/subscriptions/S-2/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
}
resource "azurerm_key_vault" "kv" { name = "other" }
resource "aws_s3_bucket" "b" { bucket = "contoso-bucket" }
resource "aws_sns_topic" "t" { name = "t" }
resource "google_pubsub_topic" "t" { name = "t" }
resource "azurerm_subnet_network_security_group_association" "a" {}
resource "aws_sqs_queue" "q" {
  for_each = { "a#b{c}" = 1 }
  name     = "q"
}
resource "google_storage_bucket" "b" {
  name   = "b"
  labels = { team = "shop" }
}
resource "random_id" "r" {}
resource "kubernetes_namespace" "n" {
  metadata { name = "n" }
}
data "azurerm_subscription" "s" {}
data "azurerm_client_config" "c" {}
data "aws_region" "r" {}
data "aws_vpc" "v" { id = "vpc-1" }
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
  env           = [aws_sqs_queue.q["a#b{c}"].url, aws_sqs_queue.q["a#b{c}"].id, random_id.r.id, google_storage_bucket.b.self_link, google_storage_bucket.b.project]
  where         = data.aws_region.r.name
  vpc           = [data.aws_vpc.v.id, data.aws_vpc.v.arn]
  scope         = data.azurerm_subscription.s.id
  sub           = data.azurerm_client_config.c.subscription_id
  tenant        = data.azurerm_client_config.c.tenant_id
  ns            = kubernetes_namespace.n.metadata[0].name
  key           = azurerm_key_vault.kv.id
}
resource "aws_iam_role" "r" { name = "r" }
`})
	const queue = `tf:.//aws_sqs_queue.q["a%23b%7Bc%7D"]`
	for id, want := range map[string]string{
		"/subscriptions/s-2/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv": "other | /subscriptions/s-2/resourcegroups/rg | ",
		"aws:aws_s3_bucket:contoso-bucket":                                            "b | aws/eu-west-1 | eu-west-1",
		"arn:aws:sns:eu-west-1:123456789012:t":                                        "t | aws/eu-west-1 | eu-west-1",
		"google:projects/contoso-1/topics/t":                                          "t | projects/contoso-1 | europe-west4",
		"tf:.//azurerm_subnet_network_security_group_association.a":                   "a |  | ",
		queue:                                "q | aws/eu-west-1 | eu-west-1",
		"tf:.//google_storage_bucket.b":      "b | projects/contoso-1 | europe-west4",
		"tf:.//random_id.r":                  "r |  | ",
		"tf:.//kubernetes_namespace.n":       "n |  | ",
		"/subscriptions/s-1":                 "s |  | ",
		"tf:.//data.aws_region.r":            "r | aws/eu-west-1 | eu-west-1",
		"tf:.//data.azurerm_client_config.c": "c |  | ",
	} {
		d := s.ByID(t, id)
		if got := d.Name + " | " + d.Scope + " | " + d.Location; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	f := s.ByID(t, "tf:.//aws_lambda_function.f")
	for name, want := range map[string]string{
		"role":   `"tf:.//aws_iam_role.r"`,
		"env":    `["${` + strings.ReplaceAll(queue, `"`, `\"`) + `#url}","` + strings.ReplaceAll(queue, `"`, `\"`) + `","${tf:.//random_id.r#id}","tf:.//google_storage_bucket.b","contoso-1"]`,
		"where":  `"eu-west-1"`,
		"vpc":    `["vpc-1","${tf:.//data.aws_vpc.v#arn}"]`,
		"scope":  `"/subscriptions/s-1"`,
		"sub":    `"S-1"`,
		"tenant": `"${tf:.//data.azurerm_client_config.c#tenant_id}"`,
		"ns":     `"n"`,
		"key":    `"/subscriptions/s-2/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv"`,
	} {
		if got := prop(f, name); got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
	if got := s.ByID(t, "tf:.//data.aws_vpc.v").Aliases; !slices.Equal(got, []string{"data.aws_vpc.v", "vpc-1"}) {
		t.Errorf("aliases %q", got)
	}
	if got := s.ByID(t, "aws:aws_s3_bucket:contoso-bucket").Aliases; !slices.Equal(got, []string{"aws_s3_bucket.b", "contoso-bucket"}) {
		t.Errorf("aliases %q", got)
	}
	if got := s.ByID(t, "tf:.//google_storage_bucket.b").Tags; got["team"] != "shop" {
		t.Errorf("tags %v", got)
	}
}

// Names of files are those that people know, from wherever the root was found.
func TestNamesOfFiles(t *testing.T) {
	files := codeFS(map[string]string{
		"deep/root/main.tf": "module \"m\" { source = \"../m\" }\nvariable \"v\" {}\nresource \"x_y\" \"r\" { v = var.v }",
		"deep/m/main.tf":    "resource \"x_y\" \"z\" {}",
	})
	for _, r := range []struct{ name, path, root, module, id string }{
		{"deep/root", "deep/root", "deep/root/main.tf", "deep/m/main.tf", "tf:deep/root//x_y.r"},
		{"infra/deep/root", "deep/root", "infra/deep/root/main.tf", "infra/deep/m/main.tf", "tf:infra/deep/root//x_y.r"},
		{"/srv/deep/root", "deep/root", "/srv/deep/root/main.tf", "/srv/deep/m/main.tf", "tf:/srv/deep/root//x_y.r"},
	} {
		in := sourcetest.Dir(t, files, r.path, ".tf")
		in.Name = r.name
		in.Values = []evidence.Input{
			{Name: "given.tfvars", Path: "given.tfvars", Data: []byte("v = \"given\"\nbroken = =\n")},
			{Name: "arm.parameters.json", Path: "arm.parameters.json", Data: []byte("{")},
		}
		s := sourcetest.Read(t, Code(), in)
		if got := []string{s.Drafts[0].Origin.Input, s.Drafts[1].Origin.Input, s.Drafts[0].ID}; !slices.Equal(got, []string{r.root, r.module, r.id}) {
			t.Errorf("%q", got)
		}
		if got := prop(&s.Drafts[0], "v"); got != `"given"` {
			t.Errorf("v = %s", got)
		}
		if len(s.Missing) != 1 || s.Missing[0].Input != "given.tfvars" || s.Missing[0].Line != 2 {
			t.Errorf("%+v", s.Missing)
		}
	}
}

// Ways of writing that hosting modules in the wild share: a resource that is made or found, lists that are put together of
// optional parts, settings of which some are secret.
func TestIdiomsOfModules(t *testing.T) {
	s := readCode(t, ".", map[string]string{"main.tf": `
variable "existing_group" { default = "" }
variable "enable_worker" { default = true }
variable "enable_redis" { default = false }
variable "secrets" {
  type      = map(string)
  default   = { API_KEY = "hunter2hunter2" }
  sensitive = true
}
variable "env" { default = { LOG_LEVEL = "info" } }
variable "lock" {
  type    = object({ kind = string, name = optional(string) })
  default = null
}
locals {
  group = var.existing_group == "" ? azurerm_resource_group.default[0] : data.azurerm_resource_group.existing[0]
  cache = var.enable_redis ? azurerm_redis_cache.default[0].primary_connection_string : null
}
resource "azurerm_resource_group" "default" {
  count    = var.existing_group == "" ? 1 : 0
  name     = "rg-app"
  location = "UK South"
}
data "azurerm_resource_group" "existing" {
  count = var.existing_group == "" ? 0 : 1
  name  = var.existing_group
}
resource "azurerm_redis_cache" "default" {
  count               = var.enable_redis ? 1 : 0
  name                = "redis"
  resource_group_name = local.group.name
}
resource "azurerm_application_insights" "main" {
  name                = "appi"
  resource_group_name = local.group.name
}
resource "azurerm_management_lock" "l" {
  count = var.lock != null ? 1 : 0
  name  = coalesce(var.lock.name, "lock-${var.lock.kind}")
}
resource "azurerm_container_app" "apps" {
  for_each            = toset(concat(["main"], var.enable_worker ? ["worker"] : []))
  name                = each.value == "worker" ? "app-worker" : "app"
  resource_group_name = local.group.name
  dynamic "ingress" {
    for_each = each.value == "main" ? [1] : []
    content { target_port = 80 }
  }
  dynamic "secret" {
    for_each = { for i, v in concat(
      [{ "name" : "ai", "value" : azurerm_application_insights.main.connection_string }],
      var.enable_redis ? [{ name = "redis", value = local.cache }] : [],
      [for k, v in nonsensitive(var.secrets) : { name = lower(replace(k, "_", "-")), value = sensitive(v) }]
    ) : v.name => v }
    content {
      name  = secret.value["name"]
      value = secret.value["value"]
    }
  }
  template {
    container {
      dynamic "env" {
        for_each = { for i, v in concat(
          [{ "name" : "AI", "secretRef" : "ai" }],
          [for k, v in var.env : { name = k, value = v }]
        ) : v.name => v }
        content {
          name        = env.value["name"]
          secret_name = lookup(env.value, "secretRef", null)
          value       = lookup(env.value, "value", null)
        }
      }
    }
  }
}
`})
	if len(s.Missing) > 0 {
		t.Errorf("%+v", s.Missing)
	}
	const group = "/subscriptions/@(.)/resourcegroups/rg-app"
	app := s.ByID(t, group+"/providers/microsoft.app/containerapps/app")
	ai := "${" + group + "/providers/microsoft.insights/components/appi#connection_string}"
	for name, want := range map[string]string{
		"ingress":  `[{"target_port":80}]`,
		"secret":   `[{"name":"ai","value":"` + ai + `"},{"name":"api-key","value":"hunter2hunter2"}]`,
		"template": `[{"container":[{"env":[{"name":"AI","secret_name":"ai","value":null},{"name":"LOG_LEVEL","secret_name":null,"value":"info"}]}]}]`,
	} {
		if got := prop(app, name); got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
	if !slices.Equal(app.Sensitive, []tree.Path{"secret[1].value"}) {
		t.Errorf("sensitive %q", app.Sensitive)
	}
	if got := reasonAt(app, "secret[0].value"); got != `secret.value["value"] [runtime]` {
		t.Error(got)
	}
	worker := s.ByID(t, group+"/providers/microsoft.app/containerapps/app-worker")
	if got := prop(worker, "ingress"); got != "[]" {
		t.Errorf("ingress %s", got)
	}
	if len(s.Drafts) != 4 {
		t.Errorf("%d resources", len(s.Drafts))
	}
}
