package arm

import (
	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/arm/lang"
)

// What the functions deployment(), resourceGroup(), subscription(), managementGroup(), tenant() and environment()
// return (learn.microsoft.com/azure/azure-resource-manager/templates, "Deployment functions", "Resource functions", "Scope
// functions"). Members that only the cloud knows are open.

func open(words string) lang.Value { return lang.Unknown(words, evidence.UnknownScope) }

// textOr is a text, or what is left of the words where it is not there.
func textOr(text, words string) lang.Value {
	if text != "" {
		return lang.Str(text)
	}
	return open(words)
}

func member(name string, v lang.Value) lang.Member { return lang.Member{Name: name, Value: v} }

// idText is an id as a value: a blank in it is an open part.
func idText(id string) lang.Value {
	v := lang.Str(id)
	if evidence.HasBlank(id) {
		v.Why = evidence.UnknownScope
	}
	return v
}

// misplaced is a function where Azure does not have it.
func (r *run) misplaced(words string) lang.Value {
	r.budget.Fault(words + " means nothing in a deployment to this level")
	return lang.Unknown(words, evidence.UnknownFault)
}

func (t target) groupObject() lang.Value {
	return lang.Dict([]lang.Member{
		member("id", idText(t.id())),
		member("name", t.group.value),
		member("type", lang.Str("Microsoft.Resources/resourceGroups")),
		member("location", textOr(t.location, "resourceGroup().location")),
		member("managedBy", open("resourceGroup().managedBy")),
		member("tags", open("resourceGroup().tags")),
		member("properties", lang.Dict([]lang.Member{member("provisioningState", lang.Str("Succeeded"))})),
	})
}

func (t target) subscriptionObject() lang.Value {
	return lang.Dict([]lang.Member{
		member("id", idText("/subscriptions/"+t.subscription.segment)),
		member("subscriptionId", t.subscription.value),
		member("tenantId", open("subscription().tenantId")),
		member("displayName", open("subscription().displayName")),
	})
}

func (t target) managementObject() lang.Value {
	return lang.Dict([]lang.Member{
		member("id", idText(managementPath+t.managed.segment)),
		member("name", t.managed.value),
		member("type", lang.Str("/providers/Microsoft.Management/managementGroups")),
		member("properties", open("managementGroup().properties")),
	})
}

func tenantObject() lang.Value {
	return lang.Dict([]lang.Member{
		member("id", open("tenant().id")),
		member("tenantId", open("tenant().tenantId")),
		member("displayName", open("tenant().displayName")),
		member("countryCode", open("tenant().countryCode")),
	})
}

// environmentObject is the public cloud: a template does not say which cloud it is for, and a schema has the same
// address in all of them ("environment", "Return value").
func environmentObject() lang.Value {
	text := func(name, s string) lang.Member { return member(name, lang.Str(s)) }
	return lang.Dict([]lang.Member{
		text("name", "AzureCloud"),
		text("gallery", "https://gallery.azure.com/"),
		text("graph", "https://graph.windows.net/"),
		text("portal", "https://portal.azure.com"),
		text("graphAudience", "https://graph.windows.net/"),
		text("activeDirectoryDataLake", "https://datalake.azure.net/"),
		text("batch", "https://batch.core.windows.net/"),
		text("media", "https://rest.media.azure.net"),
		text("sqlManagement", "https://management.core.windows.net:8443/"),
		text("vmImageAliasDoc", "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json"),
		text("resourceManager", "https://management.azure.com/"),
		member("authentication", lang.Dict([]lang.Member{
			text("loginEndpoint", "https://login.microsoftonline.com/"),
			member("audiences", lang.List([]lang.Value{lang.Str("https://management.core.windows.net/"), lang.Str("https://management.azure.com/")})),
			text("tenant", "common"),
			text("identityProvider", "AAD"),
		})),
		member("suffixes", lang.Dict([]lang.Member{
			text("acrLoginServer", ".azurecr.io"),
			text("azureDatalakeAnalyticsCatalogAndJob", "azuredatalakeanalytics.net"),
			text("azureDatalakeStoreFileSystem", "azuredatalakestore.net"),
			text("azureFrontDoorEndpointSuffix", "azurefd.net"),
			text("keyvaultDns", ".vault.azure.net"),
			text("sqlServerHostname", ".database.windows.net"),
			text("storage", "core.windows.net"),
		})),
	})
}

// object is what deployment() returns. Of a template file even the name is chosen by the one who deploys it.
func (d *deployment) object() lang.Value {
	link := lang.Dict([]lang.Member{member("uri", open("deployment().properties.templateLink.uri")), member("id", open("deployment().properties.templateLink.id"))})
	content := lang.FromTree(*orNull(d.tmpl.node.GetFold("contentVersion")))
	return lang.Dict([]lang.Member{
		member("name", d.name),
		member("location", d.location),
		member("properties", lang.Dict([]lang.Member{
			member("templateLink", link),
			member("template", lang.Dict([]lang.Member{member("contentVersion", content)})),
			member("templateHash", open("deployment().properties.templateHash")),
			member("mode", open("deployment().properties.mode")),
			member("parameters", open("deployment().properties.parameters")),
			member("provisioningState", open("deployment().properties.provisioningState")),
		})),
	})
}
