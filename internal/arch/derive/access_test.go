package derive

// Who may do what, and policies: R4, R5, R70, H-PLATFORM, H-SCOPE, H-GOVERNANCE.
var accessFixtures = []fixture{
	{
		rule: "R4",
		arm: `[{"id":"@Microsoft.Web/sites/shop","identity":{"type":"SystemAssigned, UserAssigned","principalId":"11111111-1111-4111-8111-111111111111","userAssignedIdentities":{"@Microsoft.ManagedIdentity/userAssignedIdentities/id":{"principalId":"22222222-2222-4222-8222-222222222222"}}},"properties":{}},
			{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id","properties":{"principalId":"22222222-2222-4222-8222-222222222222","clientId":"33333333-3333-4333-8333-333333333333"}},
			{"id":"@Microsoft.KeyVault/vaults/kv"},{"id":"@Microsoft.Storage/storageAccounts/store"},{"id":"@Microsoft.ContainerRegistry/registries/acr"},{"id":"@Microsoft.ServiceBus/namespaces/bus"},{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/q"},
			{"id":"@Microsoft.KeyVault/vaults/kv/providers/Microsoft.Authorization/roleAssignments/a1","properties":{"principalId":"11111111-1111-4111-8111-111111111111","scope":"@Microsoft.KeyVault/vaults/kv","roleDefinitionId":"/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"}},
			{"id":"@Microsoft.Storage/storageAccounts/store/providers/Microsoft.Authorization/roleAssignments/a2","properties":{"principalId":"22222222-2222-4222-8222-222222222222","scope":"@Microsoft.Storage/storageAccounts/store","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"}},
			{"id":"@Microsoft.ContainerRegistry/registries/acr/providers/Microsoft.Authorization/roleAssignments/a3","properties":{"principalId":"22222222-2222-4222-8222-222222222222","scope":"@Microsoft.ContainerRegistry/registries/acr","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"}},
			{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/q/providers/Microsoft.Authorization/roleAssignments/a4","properties":{"principalId":"11111111-1111-4111-8111-111111111111","scope":"@Microsoft.ServiceBus/namespaces/bus/queues/q","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"}},
			{"id":"@Microsoft.KeyVault/vaults/kv/providers/Microsoft.Authorization/roleAssignments/a5","properties":{"principalId":"99999999-9999-4999-8999-999999999999","scope":"@Microsoft.KeyVault/vaults/kv","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"}}]`,
		want: `shop --may read secrets from--> kv (may R4)
			shop --may read from--> store (may R4)
			shop --may pull images from--> acr (may R4)
			shop --may send to--> q (may R4)
			unresolved R4 a5 properties.principalId
			hidden R4 shop identity.userAssignedIdentities["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"]`,
	},
	{
		rule: "R4", name: "a role of one's own, and a group as scope",
		arm: `[{"id":"@Microsoft.Web/sites/shop","identity":{"principalId":"11111111-1111-4111-8111-111111111111"}},
			{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/abcdefab-0000-4000-8000-000000000000","properties":{"roleName":"Order Auditor","assignableScopes":["/subscriptions/00000000-0000-0000-0000-000000000001"]}},
			{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/Microsoft.Authorization/roleAssignments/g","properties":{"principalId":"11111111-1111-4111-8111-111111111111","scope":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop","roleDefinitionId":"/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/abcdefab-0000-4000-8000-000000000000"}}]`,
		want: `shop --has the role Order Auditor on--> rg-shop (may R4)`,
	},
	{
		rule: "R4", name: "terraform",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","identity":[{"type":"UserAssigned","identity_ids":["@Microsoft.ManagedIdentity/userAssignedIdentities/id"]}]},
			"azurerm_user_assigned_identity.id":{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id","name":"id","principal_id":"22222222-2222-4222-8222-222222222222","client_id":"33333333-3333-4333-8333-333333333333"},
			"azurerm_federated_identity_credential.f":{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id/federatedIdentityCredentials/f","name":"f","parent_id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id"},
			"azurerm_servicebus_namespace.bus":{"id":"@Microsoft.ServiceBus/namespaces/bus","name":"bus"},
			"azurerm_role_assignment.a":{"id":"@Microsoft.ServiceBus/namespaces/bus/providers/Microsoft.Authorization/roleAssignments/a","principal_id":"22222222-2222-4222-8222-222222222222","scope":"@Microsoft.ServiceBus/namespaces/bus","role_definition_name":"Azure Service Bus Data Receiver"}}`,
		want: `shop --may receive from--> Queues of bus (may R4)
			! id --may receive from--> Queues of bus (may R4)`,
	},
	{
		rule: "R5",
		arm: `[{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"accessPolicies":[{"tenantId":"77777777-0000-4000-8000-000000000000","objectId":"11111111-1111-4111-8111-111111111111","permissions":{"secrets":["get"]}},{"objectId":"88888888-8888-4888-8888-888888888888","permissions":{"secrets":["get"]}}]}},
			{"id":"@Microsoft.Web/sites/shop","identity":{"principalId":"11111111-1111-4111-8111-111111111111"}}]`,
		want: `shop --may read secrets from--> kv (may R5)
			unresolved R5 kv properties.accessPolicies[1].objectId`,
	},
	{
		rule: "R5", name: "only keys, and nothing",
		arm: `[{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"accessPolicies":[{"objectId":"11111111-1111-4111-8111-111111111111","permissions":{"secrets":[],"keys":["Get","UnwrapKey"],"certificates":[]}}]}},
			{"id":"@Microsoft.Web/sites/shop","identity":{"principalId":"11111111-1111-4111-8111-111111111111"}}]`,
		want: `shop --may use keys of--> kv (may R5)
			! shop --may read secrets from--> kv (may R5)`,
	},
	{
		rule: "R5", name: "terraform",
		tf: `{"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv","access_policy":[{"object_id":"11111111-1111-4111-8111-111111111111","secret_permissions":["Get"]}]},
			"azurerm_key_vault_access_policy.p":{"id":"@Microsoft.KeyVault/vaults/kv/objectId/22222222-2222-4222-8222-222222222222","key_vault_id":"@Microsoft.KeyVault/vaults/kv","object_id":"22222222-2222-4222-8222-222222222222","secret_permissions":["Get","List"]},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","identity":[{"type":"SystemAssigned","principal_id":"11111111-1111-4111-8111-111111111111"}]},
			"azurerm_linux_function_app.f":{"id":"@Microsoft.Web/sites/f","name":"f","identity":[{"type":"SystemAssigned","principal_id":"22222222-2222-4222-8222-222222222222"}]}}`,
		want: `shop --may read secrets from--> kv (may R5)
			f --may read secrets from--> kv (may R5)`,
	},
	{
		rule: "R70 H-GOVERNANCE",
		arm:  `[{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/policyAssignments/p","properties":{"scope":"@Microsoft.KeyVault/vaults/kv","policyDefinitionId":"/providers/Microsoft.Authorization/policyDefinitions/xyz"}},{"id":"@Microsoft.KeyVault/vaults/kv"}]`,
		want: `resource p --governs--> kv (certain R70) governance
			hidden H-PLATFORM p properties.policyDefinitionId`,
	},
}
