package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/census"
	"c4arch/internal/base/tree"
)

// claim is one reference that a rule has found, and what it came to.
type claim struct {
	obs   int
	path  tree.Path
	line  int
	value string // the part of the property that is the reference; sealed, so never a secret
	rule  string
	act   act
	label string
	tech  string
	conf  c4.Confidence
	rank  int
	layer string

	from      []*thing // where the line starts; the resource itself unless said
	targets   []*thing // one; several are ambiguous, unless all are meant
	all       bool     // every target is meant
	joined    bool     // the text alone does not name the target: its place completes it
	byID      bool     // the text is an id, so the line ends at exactly that resource
	mentioned []*thing // who else the same text names (the server of a named database)
	host      string   // an external host, when no target is scanned
	reason    string   // why it is unresolved
	runtime   bool     // it stands where the platform keeps its own state

	outcome c4.Outcome
	hidden  string // the rule that hides it
	done    bool
	rels    []string // relationships that it made
}

// book keeps the claims and the mentions per resource, so that the second pass can write
// without locks.
type book struct {
	claims   [][]*claim
	mentions [][]census.Mention
}

func newBook(n int) *book {
	return &book{make([][]*claim, n), make([][]census.Mention, n)}
}

// ruleText says a rule's reason and source, for those that are not in a table.
var ruleText = map[string][2]string{
	"U0":              {"the second counter found it, and no rule reads the property that it stands in", "docs/mapping.md: the account"},
	"A0":              {"an id of Azure, or a resource name of Google Cloud, in a property that names nothing scanned and that no rule reads", armRef + "; Google Cloud resource names (cloud.google.com/apis/design/resource_names)"},
	"T1":              {"an attribute that equals another resource's id refers to it", "Terraform state (developer.hashicorp.com/terraform/language/state)"},
	"T2":              {"an expression in Terraform code refers to another resource of the code", "Terraform language, References to Values (developer.hashicorp.com/terraform/language/expressions/references)"},
	"T-LOCAL":         {"a value that Terraform makes or reads itself, such as a random suffix or the number of the account, is a part of what is made with it, not a thing that it uses", "Terraform providers random, time, tls, null and local, and data sources of accounts and regions (registry.terraform.io)"},
	"H-NAMED":         {"a name that is made from another's says nothing of use", "docs/mapping.md: code"},
	"A1":              {"an expression in an ARM template refers to another resource", "ARM template functions (learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource)"},
	"R4":              {"a role assignment permits its principal to act on its scope; it does not show that it does", "Azure role-based access control (learn.microsoft.com/azure/role-based-access-control)"},
	"R5":              {"an access policy permits its principal to use the vault; it does not show that it does", armRef},
	"R26":             {"a host name in a property belongs to exactly one scanned resource", "docs/mapping.md; Azure service DNS zones (learn.microsoft.com)"},
	"R35":             {"a connection joins two gateways", armRef},
	"R19":             {"an event subscription delivers from its source to its destination", armRef},
	"I1":              {"something that takes public traffic is reached from the Internet", "docs/mapping.md: public ingress"},
	"I2":              {"what calls a gateway reaches what the gateway routes to", "docs/mapping.md: gateways"},
	"X1":              {"a host in a setting that resolves to nothing scanned is an external system, unverified", "docs/mapping.md: external systems"},
	"O1":              {"a person said so in c4arch.yaml", "docs/formats/overlay.md"},
	"H-OVERLAY":       {"a person hid it in c4arch.yaml", "docs/formats/overlay.md"},
	"S-TAG":           {"the resource's tag names the system", "docs/mapping.md: software-system boundary"},
	"S-ROOT":          {"what one Terraform root module manages is one system", "docs/mapping.md: software-system boundary"},
	"S-COMPOSE":       {"a compose project is one system", "docs/mapping.md: software-system boundary"},
	"S-GROUP":         {"a resource group is one system when nothing says more", "docs/mapping.md: software-system boundary"},
	"S-NAMESPACE":     {"a Kubernetes namespace is one system when nothing says more", "docs/mapping.md: software-system boundary"},
	"S-SHARED":        {"what only other systems use, two or more, is the shared platform", "docs/mapping.md: software-system boundary"},
	"D-SCOPE":         {"an id names the subscription and the resource group that a resource is in", armRef},
	"D-NAMESPACE":     {"an object's namespace is where it runs", k8sRef},
	"D-COMPOSE":       {"a compose project runs on one engine", comRef},
	"M17-CON":         {"a machine runs something that its resource does not show", "docs/mapping.md M17"},
	"M26-CON":         {"a data service runs databases that this evidence does not show", "docs/mapping.md M26"},
	"M72":             {"what Terraform makes by itself or reads about where it runs, such as a random suffix, is a part of what is made with it: shown on level 4", "Terraform providers random, time, tls, null, local, http and external (registry.terraform.io)"},
	"M71":             {"no rule maps this type: shown on level 4 and counted as unclassified", "docs/mapping.md M71"},
	"L4":              {"level 4 shows the resource itself", "docs/mapping.md: deviation from C4 on level 4"},
	"K1":              {"a route names the Service that it sends traffic to", k8sRef},
	"K2":              {"a Service stands for the workloads that its selector matches", k8sRef},
	"K3":              {"a setting of the workload names the Service", k8sRef},
	"K4":              {"one setting names the host and another the port", k8sRef},
	"K5":              {"the workload uses the vault through a SecretProviderClass", "Azure Key Vault provider for the Secrets Store CSI driver (learn.microsoft.com/azure/aks)"},
	"K6":              {"the image's host is the registry's login server", k8sRef},
	"K7":              {"the workload uses the address through a Dapr component", "Dapr component specification (docs.dapr.io)"},
	"K8":              {"the scaler watches the queue that the workload consumes", "KEDA scalers reference (keda.sh/docs)"},
	"K9":              {"the load balancer's address is this public address", k8sRef},
	"K-OWN":           {"the workload uses this configuration, secret, volume or account; it is a part of it", k8sRef},
	"K-OWNED":         {"an object that another object owns is a part of it", k8sRef},
	"K-SYSTEM":        {"a DaemonSet of kube-system belongs to the cluster, not to an application", k8sRef},
	"C1":              {"a setting of the service names another service", comRef},
	"C1-ORDER":        {"depends_on gives the order of starting", comRef},
	"C1-LINK":         {"links names another service", comRef},
	"C1-NET":          {"the service is attached to the network", comRef},
	"C1-OWN":          {"the service uses this volume, secret or config; it is a part of it", comRef},
	"T-ASSOC":         {"an association only ties two resources together; this is one end of it", tfRef},
	"H-NAME":          {"a name or a label inside an object, not an address", k8sRef},
	"H-WORD":          {"a bare word in a command or a text, not an address", k8sRef},
	"H-PLATFORM":      {"an id of the platform itself (a built-in role, a managed connector, a marketplace image, the subscription)", armRef},
	"H-SCOPE":         {"an id of a subscription or group, which says where something is", armRef},
	"H-SAME":          {"both ends are the same element", "docs/mapping.md"},
	"H-LEVEL4":        {"one end is drawn on level 4 only", "docs/mapping.md: layers"},
	"H-OBSERVABILITY": {"the observability layer is off by default", "docs/mapping.md: layers"},
	"H-GOVERNANCE":    {"the governance layer is off by default", "docs/mapping.md: layers"},
	"H-PLANNED":       {"the planned side of a resource whose live side is shown", "Terraform JSON plan format (developer.hashicorp.com/terraform/internals/json-format)"},
	"K-PART":          {"a container of a pod or of an app is a part of it", k8sSource},
	"K-SIDECAR":       {"a helper container that the platform injects is not a part of the application", k8sSource},
	"M30-RUNTIME":     {"only the platform uses this account: a function app for its own state, or diagnostics", "docs/mapping.md M30; Azure Functions app settings reference (learn.microsoft.com)"},
	"W22-LOGS":        {"the bucket holds nothing but the logs of others", awsData},
	"W4-NODES":        {"the group's machines are the nodes of a cluster or an environment: what runs on them runs there", awsRun},
	"W8-SERVICE":      {"the task definition says what a service runs, which is drawn itself", awsRun},
	"D-ACCOUNT":       {"an ARN names the account and the region that a resource is in; code names its region at most", awsARN},
	"M24-MASTER":      {"master is a system database of the server", armRef},
	"M18-AKS":         {"the cluster manages this scale set", armRef},
	"M56-AKS":         {"the cluster manages this load balancer", armRef},
}

// ruleOf returns what the model says of a rule.
func ruleOf(id string) (c4.Rule, bool) {
	if t, ok := ruleText[id]; ok {
		return c4.Rule{ID: id, Reason: t[0], Source: t[1]}, true
	}
	for i := range refRules {
		if refRules[i].id == id {
			return c4.Rule{ID: id, Reason: or(refSentence[id], refRules[i].why), Source: refRules[i].src}, true
		}
	}
	if text := kindsOf(id); text != "" {
		src := mapSource
		switch id[0] {
		case 'K':
			src = k8sSource
		case 'C':
			src = comSource
		case 'W':
			src = awsSource
		case 'G':
			src = googleSource
		}
		return c4.Rule{ID: id, Reason: text, Source: src}, true
	}
	return c4.Rule{}, false
}

// kindsOf says what the types of a mapping rule become.
func kindsOf(id string) string {
	var parts []string
	for i := range typeRules {
		if r := &typeRules[i]; r.id == id {
			parts = append(parts, r.tech+" is "+r.role.name())
		}
	}
	return strings.Join(slices.Compact(parts), "; ")
}

func (r role) name() string {
	return [...]string{"a resource without a rule", "a container", "a component", "a deployment node", "an infrastructure node", "a relation between others, drawn on level 4 only", "a detail, drawn on level 4 only"}[r]
}
