package terraform

var azurermNetwork = []azurermRow{
	{"azurerm_virtual_network", "microsoft.network/virtualnetworks", "name"},
	{"azurerm_subnet", "microsoft.network/virtualnetworks/subnets", "@virtual_network_id/name virtual_network_name/name"},
}
