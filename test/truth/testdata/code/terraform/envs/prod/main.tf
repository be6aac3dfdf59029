resource "azurerm_resource_group" "shop" {
  name     = "rg-${local.suffix}"
  location = var.location
  tags     = local.tags
}

data "azurerm_client_config" "current" {}

module "naming" {
  source  = "Azure/naming/azurerm"
  version = "0.4.2"
  suffix  = [local.project, var.environment]
}

module "policy" {
  source = "git::https://git.contoso.example/platform/policy.git?ref=v1.2.0"
  scope  = azurerm_resource_group.shop.id
}

module "network" {
  source = "../../modules/network"

  name                = local.suffix
  location            = azurerm_resource_group.shop.location
  resource_group_name = azurerm_resource_group.shop.name
  address_space       = var.address_space
  tags                = local.tags

  subnets = {
    apps = { newbits = 8, netnum = 1, delegation = "Microsoft.Web/serverFarms" }
    data = { newbits = 8, netnum = 2 }
  }

  providers = {
    azurerm     = azurerm
    azurerm.hub = azurerm.hub
  }
}

module "data" {
  source = "../../modules/data"

  suffix              = local.suffix
  location            = azurerm_resource_group.shop.location
  resource_group_name = azurerm_resource_group.shop.name
  tenant_id           = data.azurerm_client_config.current.tenant_id
  databases           = sort(distinct([for app in values(var.apps) : app.database]))
  queues              = local.queues
  containers          = var.extra_containers
  app_subnet_id       = module.network.subnet_ids["apps"]
  data_subnet_id      = module.network.subnet_ids["data"]
  sql_zone_id         = module.network.sql_zone_id
  sql_password        = var.sql_admin_password
  smtp_password       = var.smtp_password
  tags                = local.tags
}

resource "azurerm_service_plan" "shop" {
  name                   = join("-", ["asp", local.suffix])
  location               = azurerm_resource_group.shop.location
  resource_group_name    = azurerm_resource_group.shop.name
  os_type                = "Linux"
  sku_name               = var.environment == "prod" ? "P1v3" : "B1"
  worker_count           = var.zone_redundant ? 3 : 1
  zone_balancing_enabled = var.zone_redundant
  tags                   = local.tags
}

module "app" {
  source   = "../../modules/app"
  for_each = var.apps

  name                = each.key
  suffix              = local.suffix
  location            = azurerm_resource_group.shop.location
  resource_group_name = azurerm_resource_group.shop.name
  service_plan_id     = azurerm_service_plan.shop.id
  subnet_id           = module.network.subnet_ids["apps"]
  workspace_id        = azurerm_log_analytics_workspace.shop.id
  key_vault_id        = module.data.key_vault_id
  public              = each.value.public
  slot                = each.value.slot
  image               = each.value.image
  registry            = "https://${azurerm_container_registry.contoso.login_server}"
  tags                = local.tags

  settings = merge(
    {
      SQL_CONNECTION = "Server=tcp:${module.data.sql_host},1433;Database=${each.value.database};Authentication=Active Directory Default"
      IMAGES_URL     = "${module.data.blob_endpoint}images"
      SMTP_PASSWORD  = "@Microsoft.KeyVault(VaultName=${module.data.key_vault_name};SecretName=smtp-password)"
    },
    each.key == "web" ? {
      ORDERS_URL = "https://${local.hosts["orders"]}/api"
    } : {},
    each.key == "orders" ? {
      QUEUES__fullyQualifiedNamespace = "${module.data.bus_name}.servicebus.windows.net"
    } : {},
    each.value.settings,
  )
}

moved {
  from = module.shop
  to   = module.app["web"]
}
