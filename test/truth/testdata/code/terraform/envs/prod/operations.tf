resource "azurerm_log_analytics_workspace" "shop" {
  name                = module.naming.log_analytics_workspace.name_unique
  location            = azurerm_resource_group.shop.location
  resource_group_name = azurerm_resource_group.shop.name
  sku                 = "PerGB2018"
  retention_in_days   = max(30, 90)
  tags                = local.tags
}

resource "azurerm_application_insights" "shop" {
  name                = "appi-${local.suffix}"
  location            = azurerm_resource_group.shop.location
  resource_group_name = azurerm_resource_group.shop.name
  workspace_id        = azurerm_log_analytics_workspace.shop.id
  application_type    = "web"
  tags                = local.tags
}

resource "azurerm_monitor_action_group" "shop" {
  name                = "ag-${local.suffix}"
  resource_group_name = azurerm_resource_group.shop.name
  short_name          = substr(local.project, 0, 3)

  email_receiver {
    name          = "operations"
    email_address = var.alert_email
  }
}

# The registry was made by hand in the hub.
import {
  to = azurerm_container_registry.contoso
  id = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg-hub/providers/Microsoft.ContainerRegistry/registries/crcontoso"
}

resource "azurerm_container_registry" "contoso" {
  provider            = azurerm.hub
  name                = "crcontoso"
  location            = var.location
  resource_group_name = "rg-hub"
  sku                 = "Premium"
}

resource "azurerm_role_assignment" "images" {
  scope                = module.data.storage_account_id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = module.app["orders"].principal_id
}

check "web_answers" {
  data "http" "web" {
    url = "https://${local.hosts["web"]}/health"
  }

  assert {
    condition     = data.http.web.status_code == 200
    error_message = "The shop does not answer."
  }
}

output "addresses" {
  value = [for name in sort(keys(local.hosts)) : "https://${local.hosts[name]}"]
}
