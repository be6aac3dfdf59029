package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// builtinRoles are the ids of Azure's built-in roles that we can name without their definition
// (learn.microsoft.com/azure/role-based-access-control/built-in-roles).
var builtinRoles = map[string]string{
	"8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
	"b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
	"acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
	"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
	"7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
	"8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
	"00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
	"4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
	"b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
	"21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
	"12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
	"e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
	"b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
	"ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
	"2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
	"974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
	"19e7f393-937e-4f77-808e-94535e297925": "Storage Queue Data Reader",
	"8a0f0c08-91a1-4084-bc3d-661d67233fed": "Storage Queue Data Message Processor",
	"c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
	"0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
	"17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
	"090c5cfd-751d-490a-894a-3ce6f1109419": "Azure Service Bus Data Owner",
	"4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0": "Azure Service Bus Data Receiver",
	"69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "Azure Service Bus Data Sender",
	"f526a384-b230-433a-b45c-95f59c4a2dec": "Azure Event Hubs Data Owner",
	"a638d3c7-ab3a-418d-83e6-5f17a39d4fde": "Azure Event Hubs Data Receiver",
	"2b629674-e913-4c01-ae53-ef4638d8f975": "Azure Event Hubs Data Sender",
	"a97b65f3-24c7-4388-baec-2e87135dc908": "Cognitive Services User",
	"5e0bd9bd-7b93-4f28-af87-19fc36ad61bd": "Cognitive Services OpenAI User",
	"516239f1-63e1-4d78-a4de-a74fb236a071": "App Configuration Data Reader",
	"5ae67dd6-50cb-40e7-96ff-dc2bfa4b606b": "App Configuration Data Owner",
	"4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
	"f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
	"3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
	"1407120a-92aa-4202-b7e9-c0e197c71c8f": "Search Index Data Reader",
	"8ebe5a00-799e-43f5-93ac-243d3dce84a7": "Search Index Data Contributor",
}

// roleLabel says in a verb what a role permits.
func roleLabel(role string) string {
	l := strings.ToLower(role)
	has := func(words ...string) bool {
		for _, w := range words {
			if !strings.Contains(l, w) {
				return false
			}
		}
		return true
	}
	switch {
	case l == "acrpull":
		return "may pull images from"
	case l == "acrpush":
		return "may push images to"
	case has("key vault", "secrets"):
		return "may read secrets from"
	case has("key vault", "crypto"):
		return "may use keys of"
	case has("data sender"), has("message sender"):
		return "may send to"
	case has("data receiver"), has("message processor"):
		return "may receive from"
	case has("data reader"), has("blob", "reader"):
		return "may read from"
	case has("data contributor"), has("data owner"):
		return "may read from and write to"
	case has("cognitive services"), has("openai"):
		return "may call"
	case role == "":
		return "has a role on"
	}
	return "has the role " + role + " on"
}

// roleAssignment joins who acts under the principal with what the assignment is on (R4).
func (rd *reader) roleAssignment() {
	get := func(arm, tf string) (*tree.Value, tree.Path) {
		if v := rd.root.Lookup("properties", arm); v != nil {
			return v, tree.Path("properties." + arm)
		}
		return rd.root.Get(tf), tree.Path(tf)
	}
	principal, pp := get("principalId", "principal_id")
	scope, sp := rd.assignmentScope(get("scope", "scope"))
	def, _ := get("roleDefinitionId", "role_definition_id")
	role := rd.root.Get("role_definition_name").Str()
	if role == "" {
		id := strings.ToLower(lastSegment(def.Str()))
		if role = rd.b.roles[id]; role == "" {
			role = builtinRoles[id]
		}
	}
	if scope.Str() == "" || principal.Str() == "" {
		return
	}
	owners := rd.b.owners[rd.b.principal(principal.Text)]
	if len(owners) == 0 {
		rd.add(claim{path: pp, line: int(principal.Line), value: principal.Text, rule: "R4", act: relate, reason: "the principal of the role assignment is not among what was scanned (a person, a group, or an application of the directory)"})
		rd.add(claim{path: sp, line: int(scope.Line), value: "", rule: "R4", act: ignore})
		return
	}
	ns, _ := rd.b.names.ID(scope.Text)
	c := claim{path: sp, line: int(scope.Line), value: scope.Text, rule: "R4", act: relate, label: roleLabel(role), conf: c4.May, from: owners, targets: rd.things(ns), joined: sp == "type" || !evidence.IsARM(rd.root.At(sp).Str())}
	if norm := evidence.NormalizeARM(scope.Text); len(c.targets) == 0 || scopeID(norm) && c.targets[0].id != norm {
		c.targets = nil
		if scopeID(norm) {
			c.host = norm // a group or a subscription: its deployment node
		} else {
			c.reason = "the scope of the role assignment is not among what was scanned"
		}
	}
	rd.add(c)
}

// assignmentScope is what a role assignment of an ARM template is on: an extension resource stands in the id of what it extends, whatever
// way its scope is written (learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources).
func (rd *reader) assignmentScope(scope *tree.Value, p tree.Path) (*tree.Value, tree.Path) {
	if evidence.IsARM(scope.Str()) || rd.r.Side != evidence.Declared || rd.r.Form != evidence.ARM {
		return scope, p
	}
	i := strings.LastIndex(rd.r.ID, "/providers/microsoft.authorization/roleassignments/")
	if i <= 0 {
		return scope, p
	}
	at := tree.Value{Kind: tree.String, Text: rd.r.ID[:i]}
	if written := rd.root.Get("scope"); written.Str() != "" {
		at.Line, at.Column = written.Line, written.Column
		return &at, "scope"
	}
	at.Line = int32(lineAt(rd.root, "type"))
	return &at, "type"
}

// accessPolicies joins who acts under an object id with the vault that lets it in (R5).
func (rd *reader) accessPolicies() {
	one := func(pol *tree.Value, p tree.Path, key string, vault *thing) {
		id := pol.Get(key)
		if id.Str() == "" {
			return
		}
		c := claim{path: p.Key(key), line: int(id.Line), value: id.Text, rule: "R5", act: relate, label: policyLabel(pol), conf: c4.May, targets: []*thing{vault}}
		c.from = rd.b.owners[rd.b.principal(id.Text)]
		if len(c.from) == 0 {
			c.from, c.targets = []*thing{rd.t}, nil
			c.reason = "the object id of the access policy is not among what was scanned (a person, a group, or an application of the directory)"
		}
		rd.add(c)
	}
	if rd.t.typ == "microsoft.keyvault/vaults/accesspolicies" && rd.root.Get("object_id") != nil {
		if ns, _ := rd.b.names.ID(rd.root.Get("key_vault_id").Str()); len(ns) == 1 {
			one(rd.root, "", "object_id", rd.b.things[ns[0]])
		}
		return
	}
	for i := range rd.root.Lookup("properties", "accessPolicies").List() {
		one(&rd.root.Lookup("properties", "accessPolicies").Items[i], tree.Path("properties.accessPolicies").Index(i), "objectId", rd.t)
	}
	for i := range rd.root.Get("access_policy").List() {
		one(&rd.root.Get("access_policy").Items[i], tree.Path("access_policy").Index(i), "object_id", rd.t)
	}
}

// policyLabel says in a verb what an access policy permits.
func policyLabel(pol *tree.Value) string {
	list := func(arm, tf string) []tree.Value {
		if v := pol.Lookup("permissions", arm); v != nil {
			return v.List()
		}
		return pol.Get(tf).List()
	}
	secrets := list("secrets", "secret_permissions")
	reads := slices.ContainsFunc(secrets, func(v tree.Value) bool {
		p := strings.ToLower(v.Str())
		return p == "get" || p == "list" || p == "all"
	})
	switch {
	case reads:
		return "may read secrets from"
	case len(secrets) > 0:
		return "may change secrets of"
	case len(list("keys", "key_permissions")) > 0:
		return "may use keys of"
	case len(list("certificates", "certificate_permissions")) > 0:
		return "may use certificates of"
	}
	return "has an access policy of"
}

// connection draws the line between the two gateways that a connection joins (R35).
func (rd *reader) connection() {
	gw, far := rd.root.At("properties.virtualNetworkGateway1.id"), (*tree.Value)(nil)
	if gw == nil {
		gw = rd.root.Get("virtual_network_gateway_id")
	}
	if gw == nil {
		return
	}
	var at tree.Path
	for _, p := range []tree.Path{"properties.localNetworkGateway2.id", "properties.virtualNetworkGateway2.id", "properties.peer.id", "local_network_gateway_id", "peer_virtual_network_gateway_id", "express_route_circuit_id"} {
		if v := rd.root.At(p); v.Str() != "" {
			far, at = v, p
			break
		}
	}
	ns, _ := rd.b.names.ID(gw.Str())
	if far == nil || len(ns) != 1 {
		return
	}
	ts, _ := rd.b.names.ID(far.Text)
	c := claim{path: at, line: int(far.Line), value: far.Text, rule: "R35", act: relate, label: "is connected to", tech: "VPN or ExpressRoute", conf: c4.Certain, from: rd.things(ns), targets: rd.things(ts)}
	if ts == nil {
		c.reason = "it names a gateway that is not among what was scanned"
	}
	rd.add(c)
}

// associations of the azurerm provider: which attribute speaks of which.
var assocSubjects = []string{"subnet_id", "network_interface_id", "virtual_machine_id", "nat_gateway_id", "app_service_id"}

var assocObjects = map[string]refRule{
	"network_security_group_id":     {id: "R12", act: relate, label: "is filtered by", conf: c4.Certain, layer: "hidden"},
	"route_table_id":                {id: "R12", act: relate, label: "is routed by", conf: c4.Certain, layer: "hidden"},
	"nat_gateway_id":                {id: "R12", act: relate, label: "leaves through", conf: c4.Certain},
	"backend_address_pool_id":       {id: "R9", act: reverse, label: "balances to", conf: c4.Certain},
	"public_ip_address_id":          {id: "R13", act: own, conf: c4.Certain},
	"managed_disk_id":               {id: "R10", act: own, conf: c4.Certain},
	"application_security_group_id": {id: "R9", act: relate, label: "is filtered by", conf: c4.Certain, layer: "hidden"},
	"subnet_id":                     {id: "R2", act: relate, label: "sends traffic through", conf: c4.Certain},
}

// association reads a resource that only ties two others together.
func (rd *reader) association() {
	var subject *thing
	key := ""
	order := assocSubjects
	if rd.root.Get("app_service_id") != nil { // its subnet is the object
		order = []string{"app_service_id"}
	} else if rd.root.Get("nat_gateway_id") != nil && rd.root.Get("public_ip_address_id") != nil {
		order = []string{"nat_gateway_id"}
	}
	for _, k := range order {
		if ns, _ := rd.b.names.ID(rd.root.Get(k).Str()); len(ns) == 1 {
			subject, key = rd.b.things[ns[0]], k
			break
		}
	}
	for p, leaf := range rd.root.Leaves() {
		if leaf.Kind != tree.String || leaf.Text == "" {
			continue
		}
		ns, _ := rd.b.names.ID(leaf.Text)
		name := string(p)
		rule, ok := assocObjects[name]
		switch {
		case strings.HasPrefix(name, "$dependencies"):
			rd.add(claim{path: p, line: int(leaf.Line), value: leaf.Text, rule: "T-DEP", act: ignore})
		case ok && name != key && (name != "subnet_id" || order[0] == "app_service_id"):
			c := rule.claim()
			c.path, c.line, c.value, c.targets = p, int(leaf.Line), leaf.Text, rd.things(ns)
			if subject != nil {
				c.from = []*thing{subject}
			}
			if ns == nil || subject == nil {
				c.targets, c.reason = nil, "one end of the association is not among what was scanned"
			}
			rd.add(c)
		case name == "subnet_id" && ns == nil:
			rd.add(claim{path: p, line: int(leaf.Line), value: leaf.Text, rule: "T-ASSOC", act: relate, reason: "one end of the association is not among what was scanned"})
		case name == "id" || name == key || ns != nil:
			rd.add(claim{path: p, line: int(leaf.Line), value: leaf.Text, rule: "T-ASSOC", act: ignore})
		}
	}
	// Its own box on level 4 belongs to the subject.
	if subject != nil {
		rd.add(claim{path: tree.Path(key), line: 0, value: "\x00owner", rule: "T-ASSOC", act: ownedBy, targets: []*thing{subject}})
	}
}
