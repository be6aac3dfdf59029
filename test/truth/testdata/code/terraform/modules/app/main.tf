locals {
  # The root has a local and this module a variable of the same name.
  suffix = "${var.suffix}-${var.name}"

  settings = {
    ASPNETCORE_ENVIRONMENT = var.environment
    LOG_FORMAT             = "$${timestamp} $${level} $${message}"
    FEATURES = jsonencode({
      search  = true
      name    = var.name
      ranking = ["price", "stock"]
    })
    BANNER = <<-EOT
      Welcome to ${upper(var.name)}.
        Prices are in EUR.
    EOT
  }
}

resource "azurerm_user_assigned_identity" "this" {
  name                = "id-${local.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_linux_web_app" "this" {
  name                            = "app-${local.suffix}"
  location                        = var.location
  resource_group_name             = var.resource_group_name
  service_plan_id                 = var.service_plan_id
  virtual_network_subnet_id       = var.subnet_id
  https_only                      = true
  public_network_access_enabled   = var.public
  key_vault_reference_identity_id = azurerm_user_assigned_identity.this.id
  tags                            = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this.id]
  }

  site_config {
    always_on = true

    application_stack {
      docker_image_name   = var.image
      docker_registry_url = var.registry
    }

    dynamic "ip_restriction" {
      for_each = var.public ? [] : [var.gateway_range]
      content {
        name       = "gateway-${ip_restriction.key}"
        ip_address = ip_restriction.value
        action     = "Allow"
        priority   = 100
      }
    }
  }

  app_settings = merge(local.settings, var.settings, { IDENTITY_CLIENT_ID = azurerm_user_assigned_identity.this.client_id })

  lifecycle {
    ignore_changes = [tags["hidden-link"]]
  }
}

resource "azurerm_linux_web_app_slot" "staging" {
  count = var.slot ? 1 : 0

  name           = "staging"
  app_service_id = azurerm_linux_web_app.this.id
  https_only     = azurerm_linux_web_app.this.https_only

  site_config {}
}

resource "azurerm_role_assignment" "vault" {
  scope                = var.key_vault_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  name                       = "logs"
  target_resource_id         = azurerm_linux_web_app.this.id
  log_analytics_workspace_id = var.workspace_id

  enabled_log {
    category = "AppServiceHTTPLogs"
  }
}
