resource "random_string" "suffix" {
  length  = 5
  upper   = false
  special = false
}

resource "azurerm_mssql_server" "this" {
  name                          = "sql-${var.suffix}"
  location                      = var.location
  resource_group_name           = var.resource_group_name
  version                       = "12.0"
  administrator_login           = "shopadmin"
  administrator_login_password  = var.sql_password
  public_network_access_enabled = false
  tags                          = var.tags
}

resource "azurerm_mssql_database" "this" {
  count = length(var.databases)

  name        = var.databases[count.index]
  server_id   = azurerm_mssql_server.this.id
  sku_name    = count.index == 0 ? "S1" : "S0"
  max_size_gb = 50 * (count.index + 1)
}

resource "azurerm_mssql_firewall_rule" "azure" {
  count = var.open_to_azure ? 1 : 0

  name             = "AllowAzure"
  server_id        = azurerm_mssql_server.this.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "0.0.0.0"
}

resource "azurerm_storage_account" "images" {
  name                     = "stshop${random_string.suffix.result}"
  location                 = var.location
  resource_group_name      = var.resource_group_name
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  tags                     = var.tags
}

resource "azurerm_storage_container" "images" {
  name               = "images"
  storage_account_id = azurerm_storage_account.images.id
}

resource "azurerm_storage_container" "partner" {
  for_each = var.containers

  name               = each.value
  storage_account_id = azurerm_storage_account.images.id
}

resource "azurerm_key_vault" "this" {
  name                = "kv-${var.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tenant_id           = var.tenant_id
  sku_name            = "standard"
  tags                = var.tags

  network_acls {
    bypass                     = "AzureServices"
    default_action             = "Deny"
    virtual_network_subnet_ids = [var.app_subnet_id]
  }
}

resource "azurerm_key_vault_secret" "smtp" {
  name         = "smtp-password"
  value        = var.smtp_password
  key_vault_id = azurerm_key_vault.this.id
}

resource "azurerm_private_endpoint" "sql" {
  name                = "pe-${azurerm_mssql_server.this.name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  subnet_id           = var.data_subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "sql"
    private_connection_resource_id = azurerm_mssql_server.this.id
    subresource_names              = ["sqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [var.sql_zone_id]
  }
}

resource "azurerm_servicebus_namespace" "this" {
  name                = "sb-${var.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name
  sku                 = title("standard")
  tags                = var.tags
}

resource "azurerm_servicebus_queue" "this" {
  for_each = var.queues

  name         = each.value
  namespace_id = azurerm_servicebus_namespace.this.id
  forward_to   = each.key == "refunds" ? "orders" : null
}
