package scene

import (
	"strings"
	"sync"
	"unicode"

	"c4arch/internal/arch/c4"
)

// Technology is what a picture says of the technology of an element: for a resource, what its type is called by people.
func Technology(e *c4.Element) string {
	t := OneLine(e.Technology)
	if e.Kind == c4.Resource && t != "" && t == OneLine(e.ResourceType) {
		return TypeName(t)
	}
	return t
}

// TypeName is what people call a type of resource: "Role assignment" for microsoft.authorization/roleassignments. A type that is
// not known stays as it is.
func TypeName(kind string) string {
	if n := typeNames()[strings.ToLower(kind)]; n != "" {
		return n
	}
	group, rest, slashed := strings.Cut(kind, "/")
	switch {
	case group == "compose" && rest != "":
		return "Docker Compose " + rest
	case !slashed && isKind(kind):
		return "Kubernetes " + kind
	case slashed && isKind(rest) && (kubernetes[group] || strings.HasSuffix(group, ".k8s.io")):
		return "Kubernetes " + rest
	}
	if provider, words, _ := strings.Cut(kind, "_"); words != "" && providers[provider] != "" && !slashed {
		return providers[provider] + " " + spelled(words)
	}
	return kind
}

// kubernetes are the groups of Kubernetes' own interface that have no point in their names.
var kubernetes = map[string]bool{"apps": true, "batch": true, "autoscaling": true, "policy": true}

// providers are what the resources of Terraform's providers belong to, by the first word of their types.
var providers = map[string]string{"aws": "AWS", "azurerm": "Azure", "azuread": "Entra ID", "google": "Google Cloud", "kubernetes": "Kubernetes"}

// isKind reports whether a name is written as the kinds of Kubernetes are: letters and digits, a capital in front.
func isKind(s string) bool {
	for i, r := range s {
		if i == 0 && !unicode.IsUpper(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return s != ""
}

// spelled writes the words of a type of Terraform as people do.
func spelled(words string) string {
	ws := strings.Split(words, "_")
	for i, w := range ws {
		if s := shortWords[w]; s != "" {
			ws[i] = s
		}
	}
	return strings.Join(ws, " ")
}

// shortWords are words that are written in their own way.
var shortWords = map[string]string{
	"acl": "ACL", "acm": "ACM", "alb": "ALB", "api": "API", "cdn": "CDN", "cloudwatch": "CloudWatch", "cosmosdb": "Cosmos DB", "db": "DB", "dns": "DNS",
	"dynamodb": "DynamoDB", "ec2": "EC2", "ecr": "ECR", "ecs": "ECS", "efs": "EFS", "eip": "elastic IP", "eks": "EKS", "elb": "ELB", "iam": "IAM", "ip": "IP",
	"kms": "KMS", "lb": "load balancer", "mssql": "SQL", "mysql": "MySQL", "nat": "NAT", "nsg": "NSG", "postgresql": "PostgreSQL", "rds": "RDS", "redis": "Redis",
	"s3": "S3", "ses": "SES", "sns": "SNS", "sql": "SQL", "sqs": "SQS", "ssm": "SSM", "linux": "Linux", "windows": "Windows", "vm": "VM", "vpc": "VPC", "vpn": "VPN", "waf": "WAF", "wafv2": "WAF",
}

var typeNames = sync.OnceValue(func() map[string]string {
	out := make(map[string]string)
	provider := ""
	for l := range strings.Lines(azureTypes) {
		if l = strings.TrimSpace(l); strings.HasSuffix(l, ":") {
			provider = strings.TrimSuffix(l, ":")
			continue
		}
		kind, name, _ := strings.Cut(l, " ")
		out["microsoft."+provider+"/"+kind] = name
	}
	return out
})

// azureTypes are types of Azure Resource Manager by provider, as Microsoft's pages name what they are.
const azureTypes = `apimanagement:
service API Management
app:
containerapps Container app
jobs Container app job
managedenvironments Container Apps environment
managedenvironments/daprcomponents Dapr component
authorization:
locks Lock
policyassignments Policy assignment
policydefinitions Policy definition
policysetdefinitions Policy initiative
policyexemptions Policy exemption
roleassignments Role assignment
roledefinitions Role definition
automation:
automationaccounts Automation account
automationaccounts/runbooks Automation runbook
automationaccounts/schedules Automation schedule
batch:
batchaccounts Batch account
cache:
redis Azure Cache for Redis
redisenterprise Azure Managed Redis
cdn:
profiles Front Door or CDN profile
profiles/afdendpoints Front Door endpoint
profiles/afdendpoints/routes Front Door route
profiles/customdomains Front Door domain
profiles/origingroups Front Door origin group
profiles/origingroups/origins Front Door origin
profiles/rulesets Front Door rule set
profiles/securitypolicies Front Door security policy
cognitiveservices:
accounts Azure AI services account
accounts/deployments Model deployment
compute:
availabilitysets Availability set
disks Managed disk
galleries Compute gallery
images Virtual machine image
snapshots Disk snapshot
virtualmachines Virtual machine
virtualmachines/extensions Virtual machine extension
virtualmachinescalesets Virtual machine scale set
containerinstance:
containergroups Container group
containerregistry:
registries Container registry
registries/replications Registry replication
registries/webhooks Registry webhook
containerservice:
managedclusters Kubernetes cluster (AKS)
managedclusters/agentpools Kubernetes node pool
databricks:
workspaces Databricks workspace
datafactory:
factories Data factory
factories/pipelines Data factory pipeline
dbformysql:
flexibleservers MySQL server
flexibleservers/databases MySQL database
flexibleservers/firewallrules MySQL firewall rule
dbforpostgresql:
flexibleservers PostgreSQL server
flexibleservers/databases PostgreSQL database
flexibleservers/firewallrules PostgreSQL firewall rule
documentdb:
databaseaccounts Cosmos DB account
databaseaccounts/sqldatabases Cosmos DB database
databaseaccounts/sqldatabases/containers Cosmos DB container
eventgrid:
eventsubscriptions Event Grid subscription
systemtopics Event Grid system topic
topics Event Grid topic
eventhub:
namespaces Event Hubs namespace
namespaces/eventhubs Event hub
namespaces/eventhubs/consumergroups Event hub consumer group
insights:
actiongroups Action group
activitylogalerts Activity log alert
autoscalesettings Autoscale setting
components Application Insights
diagnosticsettings Diagnostic setting
metricalerts Metric alert
scheduledqueryrules Log search alert
webtests Availability test
workbooks Workbook
keyvault:
vaults Key vault
vaults/accesspolicies Key vault access policy
vaults/keys Key vault key
vaults/secrets Key vault secret
logic:
workflows Logic app
machinelearningservices:
workspaces Machine learning workspace
managedidentity:
userassignedidentities User-assigned identity
userassignedidentities/federatedidentitycredentials Federated credential
network:
applicationgateways Application gateway
applicationgatewaywebapplicationfirewallpolicies Web application firewall policy
applicationsecuritygroups Application security group
azurefirewalls Azure Firewall
bastionhosts Bastion host
connections VPN connection
ddosprotectionplans DDoS protection plan
dnsforwardingrulesets DNS forwarding ruleset
dnsforwardingrulesets/virtualnetworklinks DNS forwarding network link
dnsresolvers DNS resolver
dnsresolvers/inboundendpoints DNS inbound endpoint
dnsresolvers/outboundendpoints DNS outbound endpoint
dnszones DNS zone
dnszones/a DNS A record
dnszones/cname DNS CNAME record
expressroutecircuits ExpressRoute circuit
firewallpolicies Firewall policy
firewallpolicies/rulecollectiongroups Firewall rule collection group
frontdoors Front Door (classic)
frontdoorwebapplicationfirewallpolicies Front Door firewall policy
loadbalancers Load balancer
localnetworkgateways Local network gateway
natgateways NAT gateway
networkinterfaces Network interface
networksecuritygroups Network security group
networksecuritygroups/securityrules Security rule
networkwatchers Network watcher
privatednszones Private DNS zone
privatednszones/virtualnetworklinks Private DNS network link
privateendpoints Private endpoint
privateendpoints/privatednszonegroups Private DNS zone group
privatelinkservices Private link service
publicipaddresses Public IP address
publicipprefixes Public IP prefix
routetables Route table
routetables/routes Route
trafficmanagerprofiles Traffic Manager profile
virtualhubs Virtual hub
virtualnetworkgateways Virtual network gateway
virtualnetworks Virtual network
virtualnetworks/subnets Subnet
virtualnetworks/virtualnetworkpeerings Network peering
virtualwans Virtual WAN
operationalinsights:
workspaces Log Analytics workspace
operationsmanagement:
solutions Log Analytics solution
recoveryservices:
vaults Recovery Services vault
resources:
deployments Deployment
deploymentscripts Deployment script
resourcegroups Resource group
subscriptions Subscription
subscriptions/resourcegroups Resource group
search:
searchservices AI Search service
servicebus:
namespaces Service Bus namespace
namespaces/queues Service Bus queue
namespaces/topics Service Bus topic
namespaces/topics/subscriptions Service Bus subscription
namespaces/authorizationrules Service Bus access rule
signalrservice:
signalr SignalR service
sql:
managedinstances SQL managed instance
servers SQL server
servers/databases SQL database
servers/elasticpools SQL elastic pool
servers/firewallrules SQL firewall rule
servers/administrators SQL administrator
storage:
storageaccounts Storage account
storageaccounts/blobservices Blob service
storageaccounts/blobservices/containers Blob container
storageaccounts/fileservices/shares File share
storageaccounts/managementpolicies Storage lifecycle policy
storageaccounts/queueservices/queues Storage queue
storageaccounts/tableservices/tables Storage table
subscription:
aliases Subscription alias
web:
certificates App Service certificate
connections API connection
hostingenvironments App Service environment
serverfarms App Service plan
sites Web or function app
sites/config App Service configuration
sites/functions Function
sites/hostnamebindings App Service host name
sites/slots Deployment slot
staticsites Static web app
`
