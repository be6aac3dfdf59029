locals {
  project = lower(var.project)
  suffix  = format("%s-%s", local.project, var.environment)

  regions = {
    westeurope  = "weu"
    northeurope = "neu"
  }
  region = lookup(local.regions, var.location, "xx")

  tags = merge(var.tags, {
    environment = var.environment
    region      = local.region
  })

  # Known before the apps are there, so that one app may be told the other's address.
  hosts = { for name, app in var.apps : name => "app-${local.suffix}-${name}.azurewebsites.net" }

  queues = toset(["refunds", "orders", "orders"])
}
