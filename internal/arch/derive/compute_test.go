package derive

// Machines and clusters: R10, R23, R32, and what a machine hides.
var computeFixtures = []fixture{
	{
		rule: "R10 M17-CON",
		arm: `[{"id":"@Microsoft.Compute/virtualMachines/vm","properties":{"storageProfile":{"osDisk":{"managedDisk":{"id":"@Microsoft.Compute/disks/os"}},"dataDisks":[{"managedDisk":{"id":"@Microsoft.Compute/disks/data"}}],"imageReference":{"id":"@Microsoft.Compute/images/golden"}},"availabilitySet":{"id":"@Microsoft.Compute/availabilitySets/as"}},"resources":[{"id":"@Microsoft.Compute/virtualMachines/vm/extensions/agent"}]},
			{"id":"@Microsoft.Compute/disks/os","managedBy":"@Microsoft.Compute/virtualMachines/vm"},{"id":"@Microsoft.Compute/disks/data","managedBy":"@Microsoft.Compute/virtualMachines/vm"},
			{"id":"@Microsoft.Compute/images/golden"},
			{"id":"@Microsoft.Compute/availabilitySets/as","properties":{"virtualMachines":[{"id":"@Microsoft.Compute/virtualMachines/vm"}]}},
			{"id":"@Microsoft.Compute/virtualMachines/vm/extensions/agent"}]`,
		want: `resource os in vm
			resource data in vm
			resource agent in vm
			Workload on vm --is placed by--> resource as (certain R10) hidden
			hidden R10 vm properties.storageProfile.imageReference.id
			Workload on vm: container "unknown" M17-CON
			Workload on vm is "content not visible"`,
	},
	{
		rule: "R10", name: "terraform",
		tf: `{"azurerm_virtual_machine.vm":{"id":"@Microsoft.Compute/virtualMachines/vm","name":"vm","storage_os_disk":[{"managed_disk_id":"@Microsoft.Compute/disks/os"}],"availability_set_id":"@Microsoft.Compute/availabilitySets/as"},
			"azurerm_managed_disk.os":{"id":"@Microsoft.Compute/disks/os","name":"os"},
			"azurerm_availability_set.as":{"id":"@Microsoft.Compute/availabilitySets/as","name":"as"},
			"azurerm_virtual_machine_extension.agent":{"id":"@Microsoft.Compute/virtualMachines/vm/extensions/agent","name":"agent","virtual_machine_id":"@Microsoft.Compute/virtualMachines/vm"}}`,
		want: `resource os in vm
			resource agent in vm
			Workload on vm --is placed by--> resource as (certain R10) hidden`,
	},
	{
		rule: "R23 M18-AKS M56-AKS",
		arm: `[{"id":"@Microsoft.ContainerService/managedClusters/aks","identity":{"principalId":"11111111-1111-4111-8111-111111111111"},"properties":{"nodeResourceGroup":"MC_rg-shop_aks_westeurope","agentPoolProfiles":[{"name":"system","vnetSubnetID":"@Microsoft.Network/virtualNetworks/vnet/subnets/nodes"}],"addonProfiles":{"omsagent":{"config":{"logAnalyticsWorkspaceResourceID":"@Microsoft.OperationalInsights/workspaces/logs"}},"ingressApplicationGateway":{"config":{"applicationGatewayId":"@Microsoft.Network/applicationGateways/agw"}}}}},
			{"id":"@Microsoft.ContainerService/managedClusters/aks/agentPools/system","properties":{"vnetSubnetID":"@Microsoft.Network/virtualNetworks/vnet/subnets/nodes"}},
			{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/MC_rg-shop_aks_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-system-vmss","tags":{"aks-managed-poolName":"system"}},
			{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/MC_rg-shop_aks_westeurope/providers/Microsoft.Network/loadBalancers/kubernetes"},
			{"id":"@Microsoft.OperationalInsights/workspaces/logs"},{"id":"@Microsoft.Network/applicationGateways/agw"},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/nodes","name":"nodes"}]}}]`,
		want: `aks in nodes
			system in aks
			aks --logs to--> logs (certain R23) observability
			agw --routes to--> aks (certain R23)
			MC_rg-shop_aks_westeurope in aks`,
	},
	{
		rule: "R23 R43", name: "terraform",
		tf: `{"azurerm_kubernetes_cluster.aks":{"id":"@Microsoft.ContainerService/managedClusters/aks","name":"aks","node_resource_group":"MC_x","node_resource_group_id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/MC_x","default_node_pool":[{"vnet_subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/nodes"}],"oms_agent":[{"log_analytics_workspace_id":"@Microsoft.OperationalInsights/workspaces/logs"}],"ingress_application_gateway":[{"gateway_id":"@Microsoft.Network/applicationGateways/agw"}]},
			"azurerm_kubernetes_cluster_node_pool.user":{"id":"@Microsoft.ContainerService/managedClusters/aks/agentPools/user","name":"user","kubernetes_cluster_id":"@Microsoft.ContainerService/managedClusters/aks","vnet_subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/nodes"},
			"azurerm_subnet.nodes":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/nodes","name":"nodes"},
			"azurerm_log_analytics_workspace.logs":{"id":"@Microsoft.OperationalInsights/workspaces/logs","name":"logs"},
			"azurerm_application_gateway.agw":{"id":"@Microsoft.Network/applicationGateways/agw","name":"agw"}}`,
		want: `aks in nodes
			user in aks
			aks --logs to--> logs (certain R23) observability
			agw --routes to--> aks (certain R23)`,
	},
	{
		rule: "R23", name: "outgoing address",
		arm:  `[{"id":"@Microsoft.ContainerService/managedClusters/aks","properties":{"networkProfile":{"loadBalancerProfile":{"effectiveOutboundIPs":[{"id":"@Microsoft.Network/publicIPAddresses/pip"}]}}}},{"id":"@Microsoft.Network/publicIPAddresses/pip"}]`,
		want: `resource pip in aks`,
	},
	{
		rule: "R32",
		arm: `[{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}},
			{"id":"@Microsoft.Storage/storageAccounts/store","properties":{"encryption":{"keyvaultproperties":{"keyvaulturi":"https://kv.vault.azure.net","keyname":"k"}}}},
			{"id":"@Microsoft.DocumentDB/databaseAccounts/cosmos","properties":{"keyVaultKeyUri":"https://kv.vault.azure.net/keys/k"}},
			{"id":"@Microsoft.Compute/diskEncryptionSets/des","properties":{"activeKey":{"sourceVault":{"id":"@Microsoft.KeyVault/vaults/kv"},"keyUrl":"https://kv.vault.azure.net/keys/k/1"}}},
			{"id":"@Microsoft.ContainerService/managedClusters/aks","properties":{"diskEncryptionSetID":"@Microsoft.Compute/diskEncryptionSets/des"}},
			{"id":"@Microsoft.Compute/disks/d","properties":{"encryption":{"diskEncryptionSetId":"@Microsoft.Compute/diskEncryptionSets/des"}}}]`,
		want: `store --is encrypted with a key in--> kv (certain R32)
			cosmos --is encrypted with a key in--> kv (certain R32)
			resource des --is encrypted with a key in--> kv (certain R32) hidden
			aks --is encrypted with--> resource des (certain R32) hidden
			resource d --is encrypted with--> resource des (certain R32) hidden`,
	},
	{
		rule: "R32", name: "terraform",
		tf: `{"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv","vault_uri":"https://kv.vault.azure.net/"},
			"azurerm_storage_account.store":{"id":"@Microsoft.Storage/storageAccounts/store","name":"store","customer_managed_key":[{"key_vault_key_id":"https://kv.vault.azure.net/keys/k/1"}]},
			"azurerm_disk_encryption_set.des":{"id":"@Microsoft.Compute/diskEncryptionSets/des","name":"des","key_vault_key_id":"https://kv.vault.azure.net/keys/k/1"}}`,
		want: `store --is encrypted with a key in--> kv (certain R32)
			resource des --is encrypted with a key in--> kv (certain R32) hidden`,
	},
}
