terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.14"
    }
  }
}

provider "azurerm" {
  subscription_id = "66666666-6666-6666-6666-666666666666"
  features {}
}

locals {
  suffix = "expenses-${var.environment}"
  tags = {
    system      = "expenses"
    environment = var.environment
  }
}

resource "azurerm_resource_group" "expenses" {
  name     = "rg-${local.suffix}"
  location = var.location
  tags     = local.tags
}

resource "azurerm_virtual_network" "expenses" {
  name                = "vnet-${local.suffix}"
  location            = azurerm_resource_group.expenses.location
  resource_group_name = azurerm_resource_group.expenses.name
  address_space       = [var.address_space]
  tags                = local.tags
}

resource "azurerm_subnet" "expenses" {
  for_each = { apps = 0, endpoints = 1 }

  name                 = "snet-${each.key}"
  resource_group_name  = azurerm_resource_group.expenses.name
  virtual_network_name = azurerm_virtual_network.expenses.name
  address_prefixes     = [cidrsubnet(var.address_space, 8, each.value)]
}

resource "azurerm_service_plan" "expenses" {
  name                = "asp-${local.suffix}"
  location            = azurerm_resource_group.expenses.location
  resource_group_name = azurerm_resource_group.expenses.name
  os_type             = "Linux"
  sku_name            = var.environment == "prod" ? "P1v3" : "B1"
  tags                = local.tags
}

resource "azurerm_mssql_server" "expenses" {
  name                          = "sql-${local.suffix}"
  location                      = azurerm_resource_group.expenses.location
  resource_group_name           = azurerm_resource_group.expenses.name
  version                       = "12.0"
  public_network_access_enabled = false
  tags                          = local.tags

  azuread_administrator {
    login_username              = "expenses-operations"
    object_id                   = "00000000-0000-0000-0000-000000000066"
    azuread_authentication_only = true
  }
}

resource "azurerm_mssql_database" "expenses" {
  name      = "expenses"
  server_id = azurerm_mssql_server.expenses.id
  sku_name  = "S0"
}

resource "azurerm_private_endpoint" "sql" {
  name                = "pe-sql-${local.suffix}"
  location            = azurerm_resource_group.expenses.location
  resource_group_name = azurerm_resource_group.expenses.name
  subnet_id           = azurerm_subnet.expenses["endpoints"].id
  tags                = local.tags

  private_service_connection {
    name                           = "sql"
    private_connection_resource_id = azurerm_mssql_server.expenses.id
    subresource_names              = ["sqlServer"]
    is_manual_connection           = false
  }
}

resource "azurerm_key_vault" "expenses" {
  name                = "kv-${local.suffix}"
  location            = azurerm_resource_group.expenses.location
  resource_group_name = azurerm_resource_group.expenses.name
  tenant_id           = var.tenant_id
  sku_name            = "standard"
  tags                = local.tags
}

module "app" {
  source   = "./modules/app"
  for_each = var.apps

  name                = "${local.suffix}-${each.key}"
  location            = azurerm_resource_group.expenses.location
  resource_group_name = azurerm_resource_group.expenses.name
  service_plan_id     = azurerm_service_plan.expenses.id
  subnet_id           = azurerm_subnet.expenses["apps"].id
  key_vault_id        = azurerm_key_vault.expenses.id
  public              = each.value.public
  tags                = local.tags

  settings = merge(each.value.settings, each.key == "api" ? {
    SQL_CONNECTION = "Server=tcp:${azurerm_mssql_server.expenses.fully_qualified_domain_name},1433;Database=${azurerm_mssql_database.expenses.name};Authentication=Active Directory Default"
  } : {})
}
