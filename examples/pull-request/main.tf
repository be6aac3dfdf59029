# The orders service as the pull request would have it: see README.md.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  features {}
}

locals {
  tags = { environment = "production", owner = "orders-team" }
}

resource "azurerm_resource_group" "orders" {
  name     = "rg-orders-prod"
  location = "westeurope"
  tags     = local.tags
}

resource "azurerm_postgresql_flexible_server" "orders" {
  name                  = "psql-orders"
  resource_group_name   = azurerm_resource_group.orders.name
  location              = azurerm_resource_group.orders.location
  version               = "16"
  sku_name              = "GP_Standard_D2s_v3"
  storage_mb            = 32768
  backup_retention_days = 14
  zone                  = "1"

  high_availability {
    mode                      = "ZoneRedundant"
    standby_availability_zone = "2"
  }

  tags = local.tags
}

resource "azurerm_postgresql_flexible_server_database" "orders" {
  name      = "orders"
  server_id = azurerm_postgresql_flexible_server.orders.id
}

# Dangerous: the office has a new address, and somebody in a hurry lets everybody in.
resource "azurerm_postgresql_flexible_server_firewall_rule" "office" {
  name             = "office"
  server_id        = azurerm_postgresql_flexible_server.orders.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}

# Harmless: the plan has another owner.
resource "azurerm_service_plan" "orders" {
  name                = "plan-orders"
  resource_group_name = azurerm_resource_group.orders.name
  location            = azurerm_resource_group.orders.location
  os_type             = "Linux"
  sku_name            = "P1v3"
  worker_count        = 2
  tags                = { environment = "production", owner = "shop-team" }
}

resource "azurerm_linux_web_app" "orders" {
  name                = "app-orders"
  resource_group_name = azurerm_resource_group.orders.name
  location            = azurerm_resource_group.orders.location
  service_plan_id     = azurerm_service_plan.orders.id
  https_only          = true

  app_settings = {
    ORDERS_DATABASE = azurerm_postgresql_flexible_server.orders.fqdn
  }

  site_config {
    always_on           = true
    minimum_tls_version = "1.2" # an improvement: it was 1.1
  }

  tags = local.tags
}
