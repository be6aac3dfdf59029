terraform {
  required_providers {
    azurerm = {
      source                = "hashicorp/azurerm"
      configuration_aliases = [azurerm.hub]
    }
  }
}

resource "azurerm_virtual_network" "this" {
  name                = "vnet-${var.name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  address_space       = [var.address_space]
  tags                = var.tags
}

resource "azurerm_subnet" "this" {
  for_each = var.subnets

  name                 = "snet-${each.key}"
  resource_group_name  = var.resource_group_name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [cidrsubnet(var.address_space, each.value.newbits, each.value.netnum)]

  # In here each is a service, not a subnet.
  service_endpoints = [for each in var.endpoints : "Microsoft.${each}"]

  dynamic "delegation" {
    for_each = each.value.delegation == null ? [] : [each.value.delegation]
    content {
      name = "delegation"
      service_delegation {
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/action"]
      }
    }
  }
}

resource "azurerm_network_security_group" "data" {
  name                = "nsg-${var.name}-data"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags

  dynamic "security_rule" {
    for_each = { for i, port in var.open_ports : "allow-${port}" => { port = port, priority = 100 + 10 * i } }
    iterator = rule
    content {
      name                       = rule.key
      priority                   = rule.value.priority
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      destination_port_range     = tostring(rule.value.port)
      source_address_prefix      = cidrsubnet(var.address_space, 8, 1)
      destination_address_prefix = "*"
    }
  }
}

resource "azurerm_subnet_network_security_group_association" "data" {
  subnet_id                 = azurerm_subnet.this["data"].id
  network_security_group_id = azurerm_network_security_group.data.id
}

data "azurerm_virtual_network" "hub" {
  provider            = azurerm.hub
  name                = "vnet-hub"
  resource_group_name = "rg-hub"
}

resource "azurerm_virtual_network_peering" "hub" {
  name                      = "to-hub"
  resource_group_name       = var.resource_group_name
  virtual_network_name      = azurerm_virtual_network.this.name
  remote_virtual_network_id = data.azurerm_virtual_network.hub.id
}

resource "azurerm_private_dns_zone" "sql" {
  provider            = azurerm.hub
  name                = "privatelink.database.windows.net"
  resource_group_name = "rg-hub"
}

resource "azurerm_private_dns_zone_virtual_network_link" "sql" {
  provider              = azurerm.hub
  name                  = "link-${var.name}"
  resource_group_name   = azurerm_private_dns_zone.sql.resource_group_name
  private_dns_zone_name = azurerm_private_dns_zone.sql.name
  virtual_network_id    = azurerm_virtual_network.this.id
}
