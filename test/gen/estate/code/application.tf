variable "name" {
  type = string
}

variable "index" {
  type = number
}

variable "location" {
  type = string
}

variable "tags" {
  type = map(string)
}

variable "queues" {
  type    = list(string)
  default = ["orders", "invoices", "mails", "returns", "retries", "audit", "imports", "exports", "archive", "reports", "alerts"]
}

locals {
  space   = cidrsubnet("10.0.0.0/8", 14, var.index)
  plain   = replace(lower(var.name), "-", "")
  subnets = { apps = 0, data = 1, endpoints = 2, gateway = 3 }
  apps = {
    web    = { public = true, workers = 3 }
    api    = { public = false, workers = 2 }
    worker = { public = false, workers = 1 }
  }
  tags = merge(var.tags, { system = var.name })
}

resource "azurerm_resource_group" "this" {
  name     = "rg-${var.name}"
  location = var.location
  tags     = local.tags
}

resource "azurerm_virtual_network" "this" {
  name                = "vnet-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  address_space       = [local.space]
  tags                = local.tags
}

resource "azurerm_subnet" "this" {
  for_each = local.subnets

  name                 = "snet-${each.key}"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [cidrsubnet(local.space, 4, each.value)]
}

resource "azurerm_network_security_group" "this" {
  for_each = local.subnets

  name                = "nsg-${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location

  dynamic "security_rule" {
    for_each = each.key == "gateway" ? [80, 443] : []
    content {
      name                       = format("allow-%d", security_rule.value)
      priority                   = 100 + security_rule.key
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      destination_port_range     = tostring(security_rule.value)
      source_address_prefix      = "*"
      destination_address_prefix = "*"
    }
  }
}

resource "azurerm_log_analytics_workspace" "this" {
  name                = "log-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  retention_in_days   = 30
}

resource "azurerm_application_insights" "this" {
  name                = "appi-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  workspace_id        = azurerm_log_analytics_workspace.this.id
  application_type    = "web"
}

resource "azurerm_user_assigned_identity" "this" {
  name                = "id-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
}

resource "azurerm_key_vault" "this" {
  name                = "kv-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tenant_id           = "66666666-7777-4888-9999-000000000000"
  sku_name            = "standard"
}

resource "azurerm_role_assignment" "vault" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
}

resource "azurerm_storage_account" "this" {
  name                     = substr("st${local.plain}", 0, 24)
  resource_group_name      = azurerm_resource_group.this.name
  location                 = azurerm_resource_group.this.location
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  tags                     = local.tags
}

resource "azurerm_role_assignment" "storage" {
  scope                = azurerm_storage_account.this.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
}

resource "azurerm_servicebus_namespace" "this" {
  name                = "sb-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  sku                 = "Standard"
}

resource "azurerm_servicebus_queue" "this" {
  for_each = toset(var.queues)

  name         = each.value
  namespace_id = azurerm_servicebus_namespace.this.id
}

resource "azurerm_mssql_server" "this" {
  name                = "sql-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  version             = "12.0"
}

resource "azurerm_mssql_database" "this" {
  count = 2

  name      = "db-${count.index}"
  server_id = azurerm_mssql_server.this.id
  sku_name  = "S0"
}

resource "azurerm_service_plan" "this" {
  name                = "plan-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  os_type             = "Linux"
  sku_name            = "P1v3"
}

resource "azurerm_linux_web_app" "this" {
  for_each = local.apps

  name                          = "app-${var.name}-${each.key}"
  resource_group_name           = azurerm_resource_group.this.name
  location                      = azurerm_resource_group.this.location
  service_plan_id               = azurerm_service_plan.this.id
  virtual_network_subnet_id     = azurerm_subnet.this["apps"].id
  public_network_access_enabled = each.value.public
  tags                          = local.tags

  app_settings = {
    APPLICATIONINSIGHTS_CONNECTION_STRING = azurerm_application_insights.this.connection_string
    BLOBS                                 = azurerm_storage_account.this.primary_blob_endpoint
    Bus__fullyQualifiedNamespace          = "${azurerm_servicebus_namespace.this.name}.servicebus.windows.net"
    Database                              = "Server=tcp:${azurerm_mssql_server.this.fully_qualified_domain_name},1433;Database=${azurerm_mssql_database.this[0].name}"
    Api__BaseUrl                          = each.key == "web" ? "https://app-${var.name}-api.azurewebsites.net" : null
    WORKERS                               = tostring(each.value.workers)
  }

  site_config {
    always_on           = each.value.public
    minimum_tls_version = "1.2"
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this.id]
  }
}

resource "azurerm_private_endpoint" "sql" {
  name                = "pe-${var.name}-sql"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  subnet_id           = azurerm_subnet.this["endpoints"].id

  private_service_connection {
    name                           = "sql"
    private_connection_resource_id = azurerm_mssql_server.this.id
    subresource_names              = ["sqlServer"]
    is_manual_connection           = false
  }
}

resource "azurerm_monitor_diagnostic_setting" "app" {
  for_each = azurerm_linux_web_app.this

  name                       = "logs"
  target_resource_id         = each.value.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.this.id
}

output "api" {
  value = azurerm_linux_web_app.this["api"].default_hostname
}
