package coverage

import (
	"strings"

	"c4arch/internal/base/tree"
)

// The types of Azure that several resources of the azurerm provider share. Which one it is follows from the properties, as the Azure resource
// reference has them (learn.microsoft.com/azure/templates); the provider refuses to import the wrong one.

func text(v *tree.Value, path ...string) string {
	for _, name := range path {
		if v = v.GetFold(name); v == nil {
			return ""
		}
	}
	return strings.ToLower(v.Str())
}

func has(v *tree.Value, path ...string) bool {
	for _, name := range path {
		if v = v.GetFold(name); v == nil {
			return false
		}
	}
	return v.Kind != tree.Null
}

// site tells apps apart by their kind: app, app,linux, functionapp, functionapp,linux, functionapp,workflowapp, …,container
// (github.com/Azure/app-service-linux-docs, "App Service resource kinds").
func site(_ string, p *tree.Value) (kind, why string) {
	k := strings.Split(text(p, "kind"), ",")
	is := func(word string) bool {
		for _, w := range k {
			if strings.TrimSpace(w) == word {
				return true
			}
		}
		return false
	}
	system := "windows"
	if is("linux") || strings.HasPrefix(text(p, "properties", "siteConfig", "linuxFxVersion"), "docker|") || has(p, "properties", "reserved") && p.GetFold("properties").GetFold("reserved").True() {
		system = "linux"
	}
	switch {
	case k[0] == "":
		return "", "its kind was not read: whether it is an app of Windows or of Linux, or a function app, cannot be told"
	case is("workflowapp"):
		return "azurerm_logic_app_standard", ""
	case is("functionapp") && (has(p, "properties", "functionAppConfig") || text(p, "properties", "sku") == "flexconsumption"):
		return "azurerm_function_app_flex_consumption", ""
	case is("functionapp"):
		return "azurerm_" + system + "_function_app", ""
	case is("app") || is("api"):
		return "azurerm_" + system + "_web_app", ""
	}
	return "", "its kind is none that the azurerm provider has a resource for"
}

func slot(id string, p *tree.Value) (kind, why string) {
	kind, why = site(id, p)
	switch kind {
	case "azurerm_logic_app_standard", "azurerm_function_app_flex_consumption":
		return "", "the azurerm provider has no resource for the slots of this kind of app"
	case "":
		return "", why
	}
	return kind + "_slot", ""
}

// system tells by the profile of its operating system whether a machine runs Linux or Windows, and else by its disk.
func system(profile *tree.Value) string {
	switch {
	case has(profile, "osProfile", "linuxConfiguration"):
		return "linux"
	case has(profile, "osProfile", "windowsConfiguration"):
		return "windows"
	}
	return text(profile, "storageProfile", "osDisk", "osType")
}

const noSystem = "whether it runs Linux or Windows was not read"

func machine(_ string, p *tree.Value) (kind, why string) {
	props := p.GetFold("properties")
	s := system(props)
	switch {
	case has(props, "virtualMachineScaleSet"):
		return "", "its scale set manages it"
	case s != "linux" && s != "windows":
		return "", noSystem
	case text(props, "storageProfile", "osDisk", "createOption") == "attach" && !has(props, "osProfile"):
		return "", "its disk was attached and not made from an image: azurerm_" + s + "_virtual_machine takes such a machine by os_managed_disk_id, in version 4.32 of the provider or later"
	}
	return "azurerm_" + s + "_virtual_machine", ""
}

func scaleSet(_ string, p *tree.Value) (kind, why string) {
	if text(p, "properties", "orchestrationMode") == "flexible" {
		return "azurerm_orchestrated_virtual_machine_scale_set", ""
	}
	s := system(p.GetFold("properties").GetFold("virtualMachineProfile"))
	if s != "linux" && s != "windows" {
		return "", noSystem
	}
	return "azurerm_" + s + "_virtual_machine_scale_set", ""
}

func disk(_ string, p *tree.Value) (kind, why string) {
	if has(p, "properties", "osType") && p.GetFold("managedBy").Str() != "" {
		return "", "it is the system disk of a virtual machine, and a part of that in Terraform"
	}
	return "azurerm_managed_disk", ""
}

func nodePool(_ string, p *tree.Value) (kind, why string) {
	if text(p, "properties", "mode") == "system" {
		return "", "a node pool of the mode System is, where it is the only one, the default_node_pool of azurerm_kubernetes_cluster: import the cluster first"
	}
	return "azurerm_kubernetes_cluster_node_pool", ""
}

func sqlDatabase(id string, _ *tree.Value) (kind, why string) {
	if strings.HasSuffix(id, "/databases/master") {
		return "", "it is the system database that Azure makes with the server"
	}
	return "azurerm_mssql_database", ""
}

func cdnProfile(_ string, p *tree.Value) (kind, why string) {
	if strings.Contains(text(p, "sku", "name"), "azurefrontdoor") {
		return "azurerm_cdn_frontdoor_profile", ""
	}
	return "azurerm_cdn_profile", ""
}

func environment(_ string, p *tree.Value) (kind, why string) {
	if k := text(p, "kind"); k != "" && k != "asev3" {
		return "", "App Service Environments before version 3 are retired"
	}
	return "azurerm_app_service_environment_v3", ""
}

func cognitive(_ string, p *tree.Value) (kind, why string) {
	if text(p, "kind") == "aiservices" {
		return "azurerm_ai_services", ""
	}
	return "azurerm_cognitive_account", ""
}

func learning(_ string, p *tree.Value) (kind, why string) {
	switch text(p, "kind") {
	case "hub":
		return "azurerm_ai_foundry", ""
	case "project":
		return "azurerm_ai_foundry_project", ""
	}
	return "azurerm_machine_learning_workspace", ""
}

func webTest(_ string, p *tree.Value) (kind, why string) {
	if text(p, "properties", "Kind") == "standard" || text(p, "kind") == "standard" {
		return "azurerm_application_insights_standard_web_test", ""
	}
	return "azurerm_application_insights_web_test", ""
}

func roleDefinition(_ string, p *tree.Value) (kind, why string) {
	if strings.Contains(text(p, "properties", "type"), "builtin") {
		return "", "it is built in"
	}
	return "azurerm_role_definition", ""
}

// assignment is named after what the policy is assigned to.
func assignment(id string, _ *tree.Value) (kind, why string) {
	scope, _ := cutExtension(id)
	switch {
	case strings.HasPrefix(scope, "/providers/microsoft.management/managementgroups/"):
		return "azurerm_management_group_policy_assignment", ""
	case strings.Contains(scope, "/providers/"):
		return "azurerm_resource_policy_assignment", ""
	case strings.Contains(scope, "/resourcegroups/"):
		return "azurerm_resource_group_policy_assignment", ""
	}
	return "azurerm_subscription_policy_assignment", ""
}
