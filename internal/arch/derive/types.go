package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
)

// role is what a resource of a type becomes.
type role uint8

const (
	unmapped   role = iota // no rule: a resource on level 4, counted as unclassified
	container              // an application or a data store that must run
	component              // a part of a container
	deployment             // a node that containers run on or in
	infra                  // DNS, load balancers, gateways, firewalls
	relation               // becomes lines or facts about others, no box of its own
	hidden                 // drawn on level 4 only
)

// typeRule maps a resource type to C4. The numbering M1 to M71 follows the mapping table in
// docs/mapping.md; sources are the type references of the providers and c4model.com for the kinds.
type typeRule struct {
	id    string
	types string // space-separated; ARM types lower-case, "kubernetes:" and "compose:" types with their prefix
	role  role
	tech  string
	shape string
	layer string // "" drawn; "observability", "governance", "hidden"
	// variant decides among rules of one type: the first whose variant is empty or a substring of the
	// resource's lower-case "kind" wins.
	variant string
}

const (
	mapSource = "c4model.com abstractions; Azure resource reference (learn.microsoft.com/azure/templates)"
	k8sSource = "c4model.com abstractions; Kubernetes API reference (kubernetes.io/docs/reference)"
	comSource = "c4model.com abstractions; Compose Specification (compose-spec.io)"

	awsSource = "c4model.com abstractions; Terraform aws provider reference (registry.terraform.io/providers/hashicorp/aws)"
)

var azureTypes = []typeRule{
	{"M1", "microsoft.resources/subscriptions", deployment, "Azure subscription", "", "", ""},
	{"M2", "microsoft.resources/subscriptions/resourcegroups microsoft.resources/resourcegroups", deployment, "Azure resource group", "", "", ""},
	{"M4", "microsoft.web/sites", container, "Azure Functions", "function", "", "functionapp"},
	{"M5", "microsoft.web/sites", container, "Azure Logic Apps (Standard)", "function", "", "workflowapp"},
	{"M3", "microsoft.web/sites", container, "Azure App Service", "browser", "", ""},
	{"M4", "microsoft.web/sites/functions", component, "Azure Function", "function", "", ""},
	{"M6", "microsoft.web/sites/slots", component, "App Service deployment slot", "browser", "", ""},
	{"M7", "microsoft.web/serverfarms", deployment, "Azure App Service plan", "", "", ""},
	{"M8", "microsoft.web/hostingenvironments", deployment, "Azure App Service Environment", "", "", ""},
	{"M9", "microsoft.web/staticsites", container, "Azure Static Web Apps", "browser", "", ""},
	{"M10", "microsoft.app/containerapps", container, "Azure Container Apps", "", "", ""},
	{"M11", "microsoft.app/jobs", container, "Azure Container Apps job", "function", "", ""},
	{"M12", "microsoft.app/managedenvironments", deployment, "Azure Container Apps environment", "", "", ""},
	{"M13", "microsoft.containerservice/managedclusters", deployment, "Azure Kubernetes Service", "", "", ""},
	{"M14", "microsoft.containerservice/managedclusters/agentpools", deployment, "AKS node pool", "", "", ""},
	{"M15", "microsoft.containerregistry/registries", infra, "Azure Container Registry", "storage", "", ""},
	{"M16", "microsoft.containerinstance/containergroups", container, "Azure Container Instances", "", "", ""},
	{"M17", "microsoft.compute/virtualmachines", deployment, "Azure virtual machine", "", "", ""},
	{"M18", "microsoft.compute/virtualmachinescalesets", deployment, "Azure virtual machine scale set", "", "", ""},
	{"M19", "microsoft.compute/disks microsoft.compute/snapshots microsoft.compute/images microsoft.compute/galleries microsoft.compute/galleries/images microsoft.compute/galleries/images/versions microsoft.compute/diskencryptionsets microsoft.compute/sshpublickeys", hidden, "Azure Compute", "", "hidden", ""},
	{"M20", "microsoft.compute/availabilitysets microsoft.compute/proximityplacementgroups", hidden, "Azure availability set", "", "hidden", ""},
	{"M21", "microsoft.compute/virtualmachines/extensions microsoft.compute/virtualmachinescalesets/extensions", hidden, "VM extension", "", "hidden", ""},
	{"M22", "microsoft.batch/batchaccounts", container, "Azure Batch", "function", "", ""},
	{"M23", "microsoft.sql/servers", deployment, "Azure SQL server", "", "", ""},
	{"M24", "microsoft.sql/servers/databases", container, "Azure SQL Database", "database", "", ""},
	{"M24", "microsoft.sql/servers/elasticpools", deployment, "Azure SQL elastic pool", "", "", ""},
	{"M24", "microsoft.sql/servers/firewallrules microsoft.sql/servers/virtualnetworkrules microsoft.sql/servers/auditingsettings microsoft.sql/servers/administrators microsoft.sql/servers/failovergroups microsoft.sql/servers/databases/transparentdataencryption microsoft.sql/servers/privateendpointconnections microsoft.sql/servers/securityalertpolicies microsoft.sql/servers/vulnerabilityassessments", hidden, "Azure SQL setting", "", "hidden", ""},
	{"M25", "microsoft.sql/managedinstances", deployment, "Azure SQL Managed Instance", "", "", ""},
	{"M25", "microsoft.sql/managedinstances/databases", container, "Azure SQL managed database", "database", "", ""},
	{"M26", "microsoft.dbforpostgresql/flexibleservers microsoft.dbforpostgresql/servers", deployment, "Azure Database for PostgreSQL", "", "", ""},
	{"M26", "microsoft.dbforpostgresql/flexibleservers/databases microsoft.dbforpostgresql/servers/databases", container, "PostgreSQL database", "database", "", ""},
	{"M27", "microsoft.dbformysql/flexibleservers microsoft.dbformysql/servers microsoft.dbformariadb/servers", deployment, "Azure Database for MySQL", "", "", ""},
	{"M27", "microsoft.dbformysql/flexibleservers/databases microsoft.dbformysql/servers/databases", container, "MySQL database", "database", "", ""},
	{"M26", "microsoft.dbforpostgresql/flexibleservers/firewallrules microsoft.dbforpostgresql/flexibleservers/configurations microsoft.dbforpostgresql/flexibleservers/administrators microsoft.dbformysql/flexibleservers/firewallrules microsoft.dbformysql/flexibleservers/configurations", hidden, "database server setting", "", "hidden", ""},
	{"M28", "microsoft.documentdb/databaseaccounts", container, "Azure Cosmos DB", "database", "", ""},
	{"M28", "microsoft.documentdb/databaseaccounts/sqldatabases microsoft.documentdb/databaseaccounts/sqldatabases/containers microsoft.documentdb/databaseaccounts/mongodbdatabases microsoft.documentdb/databaseaccounts/mongodbdatabases/collections microsoft.documentdb/databaseaccounts/tables microsoft.documentdb/databaseaccounts/gremlindatabases microsoft.documentdb/databaseaccounts/cassandrakeyspaces", component, "Cosmos DB database", "database", "", ""},
	{"M28", "microsoft.documentdb/databaseaccounts/sqlroleassignments microsoft.documentdb/databaseaccounts/sqlroledefinitions", relation, "Cosmos DB role", "", "governance", ""},
	{"M29", "microsoft.cache/redis microsoft.cache/redisenterprise", container, "Azure Cache for Redis", "cache", "", ""},
	{"M29", "microsoft.cache/redis/firewallrules microsoft.cache/redisenterprise/databases", hidden, "Redis setting", "", "hidden", ""},
	{"M30", "microsoft.storage/storageaccounts", container, "Azure Storage", "storage", "", ""},
	{"M30", "microsoft.storage/storageaccounts/queueservices/queues", container, "Azure Storage queue", "queue", "", ""},
	{"M30", "microsoft.storage/storageaccounts/blobservices/containers microsoft.storage/storageaccounts/fileservices/shares microsoft.storage/storageaccounts/tableservices/tables", component, "Azure Storage container", "storage", "", ""},
	{"M30", "microsoft.storage/storageaccounts/blobservices microsoft.storage/storageaccounts/queueservices microsoft.storage/storageaccounts/tableservices microsoft.storage/storageaccounts/fileservices microsoft.storage/storageaccounts/managementpolicies", hidden, "storage setting", "", "hidden", ""},
	{"M31", "microsoft.servicebus/namespaces", deployment, "Azure Service Bus namespace", "", "", ""},
	{"M32", "microsoft.servicebus/namespaces/queues", container, "Azure Service Bus queue", "queue", "", ""},
	{"M32", "microsoft.servicebus/namespaces/topics", container, "Azure Service Bus topic", "queue", "", ""},
	{"M32", "microsoft.servicebus/namespaces/topics/subscriptions", component, "Service Bus subscription", "queue", "", ""},
	{"M32", "microsoft.servicebus/namespaces/authorizationrules microsoft.servicebus/namespaces/queues/authorizationrules microsoft.servicebus/namespaces/topics/authorizationrules microsoft.servicebus/namespaces/networkrulesets microsoft.eventhub/namespaces/authorizationrules microsoft.eventhub/namespaces/eventhubs/authorizationrules microsoft.eventhub/namespaces/networkrulesets microsoft.servicebus/namespaces/topics/subscriptions/rules", hidden, "namespace setting", "", "hidden", ""},
	{"M33", "microsoft.eventhub/namespaces", deployment, "Azure Event Hubs namespace", "", "", ""},
	{"M33", "microsoft.eventhub/namespaces/eventhubs", container, "Azure Event Hub", "queue", "", ""},
	{"M33", "microsoft.eventhub/namespaces/eventhubs/consumergroups", component, "Event Hub consumer group", "queue", "", ""},
	{"M34", "microsoft.eventgrid/topics microsoft.eventgrid/domains microsoft.eventgrid/namespaces", container, "Azure Event Grid topic", "queue", "", ""},
	{"M35", "microsoft.eventgrid/systemtopics", relation, "Event Grid system topic", "", "hidden", ""},
	{"M36", "microsoft.eventgrid/eventsubscriptions microsoft.eventgrid/systemtopics/eventsubscriptions microsoft.eventgrid/topics/eventsubscriptions microsoft.eventgrid/domains/topics/eventsubscriptions", relation, "Event Grid subscription", "", "hidden", ""},
	{"M37", "microsoft.devices/iothubs", container, "Azure IoT Hub", "queue", "", ""},
	{"M38", "microsoft.signalrservice/signalr microsoft.signalrservice/webpubsub", container, "Azure SignalR Service", "", "", ""},
	{"M39", "microsoft.apimanagement/service", container, "Azure API Management", "gateway", "", ""},
	{"M39", "microsoft.apimanagement/service/apis", component, "API", "gateway", "", ""},
	{"M39", "microsoft.apimanagement/service/backends microsoft.apimanagement/service/namedvalues microsoft.apimanagement/service/products microsoft.apimanagement/service/loggers microsoft.apimanagement/service/apis/operations microsoft.apimanagement/service/apis/policies microsoft.apimanagement/service/policies", relation, "API Management setting", "", "hidden", ""},
	{"M40", "microsoft.logic/workflows", container, "Azure Logic Apps", "function", "", ""},
	{"M41", "microsoft.web/connections", relation, "API connection", "", "hidden", ""},
	{"M42", "microsoft.datafactory/factories", container, "Azure Data Factory", "function", "", ""},
	{"M42", "microsoft.datafactory/factories/pipelines", component, "Data Factory pipeline", "function", "", ""},
	{"M42", "microsoft.datafactory/factories/linkedservices microsoft.datafactory/factories/datasets microsoft.datafactory/factories/triggers microsoft.datafactory/factories/integrationruntimes", relation, "Data Factory linked service", "", "hidden", ""},
	{"M43", "microsoft.synapse/workspaces", container, "Azure Synapse Analytics", "database", "", ""},
	{"M43", "microsoft.databricks/workspaces", container, "Azure Databricks", "function", "", ""},
	{"M43", "microsoft.synapse/workspaces/bigdatapools microsoft.synapse/workspaces/sqlpools", deployment, "Synapse pool", "", "", ""},
	{"M44", "microsoft.search/searchservices", container, "Azure AI Search", "database", "", ""},
	{"M45", "microsoft.cognitiveservices/accounts", container, "Azure AI services", "", "", ""},
	{"M45", "microsoft.cognitiveservices/accounts/deployments", component, "model deployment", "", "", ""},
	{"M46", "microsoft.machinelearningservices/workspaces", container, "Azure Machine Learning", "function", "", ""},
	{"M46", "microsoft.machinelearningservices/workspaces/onlineendpoints", component, "online endpoint", "", "", ""},
	{"M47", "microsoft.keyvault/vaults microsoft.keyvault/managedhsms", container, "Azure Key Vault", "secret", "", ""},
	{"M47", "microsoft.keyvault/vaults/secrets microsoft.keyvault/vaults/keys microsoft.keyvault/vaults/certificates microsoft.keyvault/vaults/accesspolicies", relation, "Key Vault entry", "", "hidden", ""},
	{"M48", "microsoft.appconfiguration/configurationstores", container, "Azure App Configuration", "secret", "", ""},
	{"M49", "microsoft.managedidentity/userassignedidentities", relation, "managed identity", "", "governance", ""},
	{"M49", "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials", relation, "federated credential", "", "governance", ""},
	{"M50", "microsoft.authorization/roleassignments", relation, "role assignment", "", "governance", ""},
	{"M50", "microsoft.authorization/roledefinitions", relation, "role definition", "", "governance", ""},
	{"M51", "microsoft.network/virtualnetworks", deployment, "Azure virtual network", "network", "", ""},
	{"M52", "microsoft.network/virtualnetworks/subnets", deployment, "Azure subnet", "network", "", ""},
	{"M53", "microsoft.network/networkinterfaces", hidden, "network interface", "", "hidden", ""},
	{"M54", "microsoft.network/networksecuritygroups microsoft.network/networksecuritygroups/securityrules microsoft.network/applicationsecuritygroups", hidden, "network security group", "", "hidden", ""},
	{"M55", "microsoft.network/publicipaddresses microsoft.network/publicipprefixes", hidden, "public IP address", "", "hidden", ""},
	{"M56", "microsoft.network/loadbalancers", infra, "Azure Load Balancer", "gateway", "", ""},
	{"M56", "microsoft.network/loadbalancers/backendaddresspools microsoft.network/loadbalancers/loadbalancingrules microsoft.network/loadbalancers/probes microsoft.network/loadbalancers/inboundnatrules microsoft.network/loadbalancers/outboundrules", relation, "load balancer setting", "", "hidden", ""},
	{"M57", "microsoft.network/applicationgateways", infra, "Azure Application Gateway", "gateway", "", ""},
	{"M58", "microsoft.cdn/profiles microsoft.network/frontdoors", infra, "Azure Front Door", "gateway", "", ""},
	{"M58", "microsoft.cdn/profiles/afdendpoints microsoft.cdn/profiles/origingroups microsoft.cdn/profiles/origingroups/origins microsoft.cdn/profiles/afdendpoints/routes microsoft.cdn/profiles/customdomains microsoft.cdn/profiles/rulesets microsoft.cdn/profiles/securitypolicies microsoft.cdn/profiles/endpoints microsoft.cdn/profiles/rulesets/rules", relation, "Front Door setting", "", "hidden", ""},
	{"M59", "microsoft.network/trafficmanagerprofiles", infra, "Azure Traffic Manager", "gateway", "", ""},
	{"M59", "microsoft.network/trafficmanagerprofiles/azureendpoints microsoft.network/trafficmanagerprofiles/externalendpoints microsoft.network/trafficmanagerprofiles/nestedendpoints", relation, "Traffic Manager endpoint", "", "hidden", ""},
	{"M60", "microsoft.network/azurefirewalls", infra, "Azure Firewall", "gateway", "", ""},
	{"M60", "microsoft.network/firewallpolicies microsoft.network/frontdoorwebapplicationfirewallpolicies microsoft.network/applicationgatewaywebapplicationfirewallpolicies microsoft.network/firewallpolicies/rulecollectiongroups microsoft.network/ipgroups microsoft.network/ddosprotectionplans", hidden, "firewall policy", "", "hidden", ""},
	{"M61", "microsoft.network/privateendpoints", infra, "Azure Private Endpoint", "network", "", ""},
	{"M61", "microsoft.network/privateendpoints/privatednszonegroups microsoft.network/privatelinkservices", relation, "private link setting", "", "hidden", ""},
	{"M62", "microsoft.network/privatednszones microsoft.network/privatednszones/virtualnetworklinks microsoft.network/privatednszones/a microsoft.network/privatednszones/cname microsoft.network/privatednszones/txt microsoft.network/privatednszones/soa microsoft.network/privatednszones/srv microsoft.network/dnsresolvers microsoft.network/dnsresolvers/inboundendpoints microsoft.network/dnsresolvers/outboundendpoints microsoft.network/dnsforwardingrulesets microsoft.network/dnsforwardingrulesets/forwardingrules microsoft.network/dnsforwardingrulesets/virtualnetworklinks", hidden, "private DNS zone", "", "hidden", ""},
	{"M63", "microsoft.network/dnszones", infra, "Azure DNS zone", "network", "", ""},
	{"M63", "microsoft.network/dnszones/a microsoft.network/dnszones/cname microsoft.network/dnszones/txt microsoft.network/dnszones/soa microsoft.network/dnszones/ns microsoft.network/dnszones/mx", relation, "DNS record", "", "hidden", ""},
	{"M64", "microsoft.network/virtualnetworkgateways", infra, "Azure VPN or ExpressRoute gateway", "gateway", "", ""},
	{"M64", "microsoft.network/expressroutecircuits microsoft.network/virtualwans microsoft.network/virtualhubs microsoft.network/vpngateways microsoft.network/expressroutegateways", infra, "Azure WAN", "network", "", ""},
	{"M64", "microsoft.network/connections", relation, "gateway connection", "", "hidden", ""},
	{"M64", "microsoft.network/localnetworkgateways", infra, "on-premises gateway", "gateway", "", ""},
	{"M65", "microsoft.network/natgateways", infra, "Azure NAT Gateway", "gateway", "", ""},
	{"M65", "microsoft.network/bastionhosts", infra, "Azure Bastion", "gateway", "", ""},
	{"M65", "microsoft.network/routetables microsoft.network/routetables/routes microsoft.network/networkwatchers microsoft.network/networkwatchers/flowlogs microsoft.network/networkprofiles", hidden, "route table", "", "hidden", ""},
	{"M66", "microsoft.network/virtualnetworks/virtualnetworkpeerings", relation, "network peering", "", "hidden", ""},
	{"M67", "microsoft.insights/components", infra, "Azure Application Insights", "", "observability", ""},
	{"M67", "microsoft.operationalinsights/workspaces", infra, "Azure Log Analytics", "storage", "observability", ""},
	{"M68", "microsoft.insights/diagnosticsettings microsoft.insights/actiongroups microsoft.insights/metricalerts microsoft.insights/scheduledqueryrules microsoft.insights/activitylogalerts microsoft.insights/autoscalesettings microsoft.insights/webtests microsoft.insights/datacollectionrules microsoft.insights/datacollectionendpoints microsoft.insights/workbooks microsoft.alertsmanagement/smartdetectoralertrules microsoft.alertsmanagement/actionrules microsoft.operationsmanagement/solutions microsoft.operationalinsights/workspaces/savedsearches microsoft.operationalinsights/workspaces/linkedservices microsoft.portal/dashboards microsoft.monitor/accounts microsoft.dashboard/grafana", hidden, "Azure Monitor", "", "observability", ""},
	{"M69", "microsoft.recoveryservices/vaults microsoft.dataprotection/backupvaults", infra, "Azure Backup vault", "storage", "observability", ""},
	{"M70", "microsoft.authorization/policyassignments microsoft.authorization/policydefinitions microsoft.authorization/policysetdefinitions microsoft.authorization/locks microsoft.security/pricings microsoft.security/assessments microsoft.security/automations microsoft.management/managementgroups microsoft.policyinsights/remediations microsoft.subscription/aliases microsoft.management/managementgroups/subscriptions microsoft.resources/deploymentscripts", hidden, "governance", "", "governance", ""},
	{"M72", madeTypes, hidden, "value of Terraform", "", "hidden", ""},
	{"M22", "microsoft.automation/automationaccounts", container, "Azure Automation", "function", "", ""},
	{"M22", "microsoft.automation/automationaccounts/runbooks", component, "Automation runbook", "function", "", ""},
	{"M3", "microsoft.web/certificates microsoft.web/sites/config microsoft.web/sites/hostnamebindings microsoft.web/sites/sourcecontrols microsoft.web/sites/networkconfig", hidden, "App Service setting", "", "hidden", ""},
	{"M12", "microsoft.app/managedenvironments/certificates microsoft.app/managedenvironments/storages", hidden, "Container Apps environment setting", "", "hidden", ""},
	{"M15", "microsoft.containerregistry/registries/replications microsoft.containerregistry/registries/webhooks", hidden, "Container Registry setting", "", "hidden", ""},
	{"K7", "microsoft.app/managedenvironments/daprcomponents", relation, "Dapr component", "", "hidden", ""},

	{"K-CON", "kubernetes:apps/Deployment kubernetes:apps/StatefulSet kubernetes:argoproj.io/Rollout kubernetes:serving.knative.dev/Service", container, "Kubernetes", "", "", ""},
	{"K-CON", "kubernetes:apps/DaemonSet", container, "Kubernetes", "", "", ""},
	{"K-JOB", "kubernetes:batch/Job kubernetes:batch/CronJob", container, "Kubernetes job", "function", "", ""},
	{"K-POD", "kubernetes:Pod kubernetes:apps/ReplicaSet kubernetes:ReplicationController", container, "Kubernetes", "", "", ""},
	{"K-NS", "kubernetes:Namespace", deployment, "Kubernetes namespace", "", "", ""},
	{"K-NODE", "kubernetes:Node", deployment, "Kubernetes node", "", "", ""},
	{"K-SVC", "kubernetes:Service kubernetes:Endpoints kubernetes:discovery.k8s.io/EndpointSlice", relation, "Kubernetes Service", "", "hidden", ""},
	{"K-ING", "kubernetes:networking.k8s.io/Ingress kubernetes:extensions/Ingress kubernetes:gateway.networking.k8s.io/Gateway kubernetes:networking.istio.io/Gateway", infra, "Kubernetes ingress", "gateway", "", ""},
	{"K-ROUTE", "kubernetes:gateway.networking.k8s.io/HTTPRoute kubernetes:gateway.networking.k8s.io/GRPCRoute kubernetes:gateway.networking.k8s.io/TCPRoute kubernetes:networking.istio.io/VirtualService", relation, "route", "", "hidden", ""},
	{"K-EXT", "kubernetes:networking.istio.io/ServiceEntry", relation, "Istio ServiceEntry", "", "hidden", ""},
	{"K-VOL", "kubernetes:PersistentVolumeClaim kubernetes:PersistentVolume kubernetes:storage.k8s.io/StorageClass kubernetes:storage.k8s.io/CSIDriver", hidden, "Kubernetes storage", "", "hidden", ""},
	{"K-CFG", "kubernetes:ConfigMap kubernetes:Secret kubernetes:secrets-store.csi.x-k8s.io/SecretProviderClass", hidden, "Kubernetes configuration", "", "hidden", ""},
	{"K-RBAC", "kubernetes:ServiceAccount kubernetes:rbac.authorization.k8s.io/Role kubernetes:rbac.authorization.k8s.io/RoleBinding kubernetes:rbac.authorization.k8s.io/ClusterRole kubernetes:rbac.authorization.k8s.io/ClusterRoleBinding", hidden, "Kubernetes access", "", "governance", ""},
	{"K-NET", "kubernetes:networking.k8s.io/NetworkPolicy kubernetes:networking.istio.io/Sidecar kubernetes:networking.istio.io/DestinationRule kubernetes:networking.k8s.io/IngressClass kubernetes:gateway.networking.k8s.io/GatewayClass kubernetes:security.istio.io/AuthorizationPolicy kubernetes:security.istio.io/PeerAuthentication", hidden, "Kubernetes network rule", "", "hidden", ""},
	{"K-SCALE", "kubernetes:autoscaling/HorizontalPodAutoscaler kubernetes:policy/PodDisruptionBudget kubernetes:keda.sh/ScaledObject kubernetes:keda.sh/TriggerAuthentication kubernetes:ResourceQuota kubernetes:LimitRange kubernetes:scheduling.k8s.io/PriorityClass", hidden, "Kubernetes scaling", "", "hidden", ""},
	{"K-DAPR", "kubernetes:dapr.io/Component kubernetes:dapr.io/Subscription kubernetes:dapr.io/Configuration", relation, "Dapr component", "", "hidden", ""},

	{"C-SVC", "compose:service", container, "Docker Compose service", "", "", ""},
	{"C-NET", "compose:network", deployment, "Docker network", "network", "", ""},
	{"C-VOL", "compose:volume compose:secret compose:config", hidden, "Docker Compose setting", "", "hidden", ""},
}

// terraformTypes maps azurerm types to ARM types. It is needed where a state's id is not an ARM
// id (a storage container's URL, an association), and to tell variants apart; for all
// other azurerm resources the ARM type is read from the id.
var terraformTypes = map[string]string{
	"azurerm_subscription": "microsoft.resources/subscriptions", "azurerm_resource_group": "microsoft.resources/resourcegroups",
	"azurerm_linux_web_app": "microsoft.web/sites", "azurerm_windows_web_app": "microsoft.web/sites", "azurerm_app_service": "microsoft.web/sites",
	"azurerm_linux_function_app": "microsoft.web/sites", "azurerm_windows_function_app": "microsoft.web/sites", "azurerm_function_app": "microsoft.web/sites", "azurerm_function_app_flex_consumption": "microsoft.web/sites", "azurerm_logic_app_standard": "microsoft.web/sites",
	"azurerm_linux_web_app_slot": "microsoft.web/sites/slots", "azurerm_windows_web_app_slot": "microsoft.web/sites/slots", "azurerm_function_app_function": "microsoft.web/sites/functions",
	"azurerm_service_plan": "microsoft.web/serverfarms", "azurerm_app_service_plan": "microsoft.web/serverfarms", "azurerm_app_service_environment_v3": "microsoft.web/hostingenvironments", "azurerm_static_web_app": "microsoft.web/staticsites", "azurerm_static_site": "microsoft.web/staticsites",
	"azurerm_container_app": "microsoft.app/containerapps", "azurerm_container_app_job": "microsoft.app/jobs", "azurerm_container_app_environment": "microsoft.app/managedenvironments",
	"azurerm_kubernetes_cluster": "microsoft.containerservice/managedclusters", "azurerm_kubernetes_cluster_node_pool": "microsoft.containerservice/managedclusters/agentpools",
	"azurerm_container_registry": "microsoft.containerregistry/registries", "azurerm_container_group": "microsoft.containerinstance/containergroups",
	"azurerm_linux_virtual_machine": "microsoft.compute/virtualmachines", "azurerm_windows_virtual_machine": "microsoft.compute/virtualmachines", "azurerm_virtual_machine": "microsoft.compute/virtualmachines",
	"azurerm_linux_virtual_machine_scale_set": "microsoft.compute/virtualmachinescalesets", "azurerm_windows_virtual_machine_scale_set": "microsoft.compute/virtualmachinescalesets",
	"azurerm_managed_disk": "microsoft.compute/disks", "azurerm_mssql_server": "microsoft.sql/servers", "azurerm_mssql_database": "microsoft.sql/servers/databases", "azurerm_mssql_managed_instance": "microsoft.sql/managedinstances",
	"azurerm_postgresql_flexible_server": "microsoft.dbforpostgresql/flexibleservers", "azurerm_postgresql_flexible_server_database": "microsoft.dbforpostgresql/flexibleservers/databases", "azurerm_mysql_flexible_server": "microsoft.dbformysql/flexibleservers", "azurerm_mysql_flexible_database": "microsoft.dbformysql/flexibleservers/databases",
	"azurerm_cosmosdb_account": "microsoft.documentdb/databaseaccounts", "azurerm_redis_cache": "microsoft.cache/redis",
	"azurerm_storage_account": "microsoft.storage/storageaccounts", "azurerm_storage_container": "microsoft.storage/storageaccounts/blobservices/containers", "azurerm_storage_queue": "microsoft.storage/storageaccounts/queueservices/queues", "azurerm_storage_share": "microsoft.storage/storageaccounts/fileservices/shares", "azurerm_storage_table": "microsoft.storage/storageaccounts/tableservices/tables",
	"azurerm_servicebus_namespace": "microsoft.servicebus/namespaces", "azurerm_servicebus_queue": "microsoft.servicebus/namespaces/queues", "azurerm_servicebus_topic": "microsoft.servicebus/namespaces/topics", "azurerm_servicebus_subscription": "microsoft.servicebus/namespaces/topics/subscriptions",
	"azurerm_eventhub_namespace": "microsoft.eventhub/namespaces", "azurerm_eventhub": "microsoft.eventhub/namespaces/eventhubs", "azurerm_key_vault": "microsoft.keyvault/vaults",
	"azurerm_key_vault_secret": "microsoft.keyvault/vaults/secrets", "azurerm_key_vault_key": "microsoft.keyvault/vaults/keys", "azurerm_key_vault_certificate": "microsoft.keyvault/vaults/certificates", "azurerm_key_vault_access_policy": "microsoft.keyvault/vaults/accesspolicies",
	"azurerm_role_assignment": "microsoft.authorization/roleassignments", "azurerm_user_assigned_identity": "microsoft.managedidentity/userassignedidentities", "azurerm_monitor_diagnostic_setting": "microsoft.insights/diagnosticsettings",
	"azurerm_private_endpoint":                          "microsoft.network/privateendpoints",
	"azurerm_subnet_network_security_group_association": assocType, "azurerm_subnet_route_table_association": assocType, "azurerm_subnet_nat_gateway_association": assocType,
	"azurerm_network_interface_security_group_association": assocType, "azurerm_network_interface_backend_address_pool_association": assocType, "azurerm_network_interface_application_gateway_backend_address_pool_association": assocType,
	"azurerm_nat_gateway_public_ip_association": assocType, "azurerm_virtual_machine_data_disk_attachment": assocType, "azurerm_app_service_virtual_network_swift_connection": assocType, "azurerm_network_interface_application_security_group_association": assocType,
	"azurerm_lb_backend_address_pool_association": assocType, "azurerm_cdn_frontdoor_custom_domain_association": assocType,
}

// assocType is the type of Terraform resources that only tie two others together.
const assocType = "terraform:association"

var typeIndex = func() map[string][]*typeRule {
	idx := make(map[string][]*typeRule, 2*len(typeRules))
	for i := range typeRules {
		for t := range strings.FieldsSeq(typeRules[i].types) {
			idx[t] = append(idx[t], &typeRules[i])
		}
	}
	idx[assocType] = []*typeRule{{id: "T-ASSOC", types: assocType, role: relation, tech: "association", layer: "hidden"}}
	return idx
}()

// unmappedRule is M71: anything unknown is a resource on level 4, never dropped.
var unmappedRule = &typeRule{id: "M71", role: unmapped, tech: "unmapped"}

// ruleFor returns the rule of a type and variant text.
func ruleFor(typ, variant string) *typeRule {
	for _, r := range typeIndex[typ] {
		if r.variant == "" || strings.Contains(variant, r.variant) {
			return r
		}
	}
	return unmappedRule
}

func (r role) kind() c4.Kind {
	switch r {
	case container:
		return c4.Container
	case component:
		return c4.Component
	case deployment:
		return c4.DeploymentNode
	case infra:
		return c4.InfrastructureNode
	}
	return c4.Resource
}
