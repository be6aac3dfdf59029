package terraform

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

// largeCode makes a root that declares n resources, as generators and many hands leave them: groups of web apps with
// their plans and databases, in the root and in a module that is called for each team.
func largeCode(n int) map[string]string {
	var b strings.Builder
	b.WriteString(`
variable "environment" { default = "prod" }
variable "suffix" {}
locals {
  prefix = "contoso-${var.environment}"
  tags   = { environment = var.environment, owner = "shop", suffix = var.suffix }
}
provider "azurerm" { subscription_id = "00000000-0000-0000-0000-000000000001" }
`)
	teams := n / 2 / 10
	fmt.Fprintf(&b, "module \"team\" {\n  source   = \"./team\"\n  for_each = { for i in range(%d) : \"team-${i}\" => i }\n  name     = each.key\n  tags     = local.tags\n}\n", teams)
	for i := range (n - 10*teams) / 4 {
		fmt.Fprintf(&b, `
resource "azurerm_resource_group" "g%[1]d" {
  name     = "rg-${local.prefix}-%[1]d"
  location = "West Europe"
  tags     = local.tags
}
resource "azurerm_service_plan" "p%[1]d" {
  name                = "plan-${local.prefix}-%[1]d"
  resource_group_name = azurerm_resource_group.g%[1]d.name
  location            = azurerm_resource_group.g%[1]d.location
  os_type             = "Linux"
  sku_name            = var.environment == "prod" ? "P1v3" : "B1"
}
resource "azurerm_mssql_server" "s%[1]d" {
  name                = "sql-${local.prefix}-%[1]d-${var.suffix}"
  resource_group_name = azurerm_resource_group.g%[1]d.name
  location            = azurerm_resource_group.g%[1]d.location
  version             = "12.0"
}
resource "azurerm_linux_web_app" "a%[1]d" {
  name                = "app-${local.prefix}-%[1]d"
  resource_group_name = azurerm_resource_group.g%[1]d.name
  location            = azurerm_resource_group.g%[1]d.location
  service_plan_id     = azurerm_service_plan.p%[1]d.id
  site_config { always_on = true }
  app_settings = merge(local.tags, {
    SQL = "Server=tcp:${azurerm_mssql_server.s%[1]d.fully_qualified_domain_name},1433"
    URL = "https://${azurerm_service_plan.p%[1]d.name}.example.com/"
  })
  identity { type = "SystemAssigned" }
}
`, i)
	}
	return map[string]string{"main.tf": b.String(), "team/main.tf": `
variable "name" { type = string }
variable "tags" { type = map(string) }
resource "azurerm_resource_group" "team" {
  name     = "rg-${var.name}"
  location = "West Europe"
  tags     = merge(var.tags, { team = var.name })
}
resource "azurerm_storage_account" "data" {
  count               = 4
  name                = "st${replace(var.name, "-", "")}${count.index}"
  resource_group_name = azurerm_resource_group.team.name
  location            = azurerm_resource_group.team.location
}
resource "azurerm_storage_container" "c" {
  for_each           = toset(["in", "out", "work", "old", "log"])
  name               = each.key
  storage_account_id = azurerm_storage_account.data[0].id
}
`}
}

func TestLargeCode(t *testing.T) {
	s := readCode(t, ".", largeCode(1000))
	if len(s.Drafts) != 1000 {
		t.Errorf("%d resources", len(s.Drafts))
	}
	for _, d := range s.Drafts {
		if !strings.HasPrefix(d.ID, "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/") {
			t.Fatalf("%s is %s", d.Origin.Address, d.ID)
		}
	}
}

func BenchmarkCode(b *testing.B) {
	in := sourcetest.Dir(b, codeFS(largeCode(5000)), ".", ".tf")
	b.ReportAllocs()
	for b.Loop() {
		s := &sourcetest.Sink{}
		if err := Code().Read(context.Background(), in, s); err != nil || len(s.Drafts) != 5000 {
			b.Fatal(err, len(s.Drafts))
		}
	}
}
