package terraform

import (
	"strings"

	"c4arch/internal/arch/evidence"
)

// azurermRow says how the id of the resources of an azurerm type comes about. The table of the types is in azurerm_*.go.
type azurermRow struct {
	kind string
	// arm is the resource type of Azure Resource Manager, lower-case: namespace/type/subtype.
	arm string
	// from names the attributes that the names in the id come from, one for each type, the last for the last:
	//
	//	name                         in a resource group, which resource_group_name tells
	//	virtual_network_name/name    below a parent in the same resource group
	//	@server_id/name              below the parent whose id the attribute holds
	//	@account_id/=default/name    with a name that is always the same
	//	+scope/name                  an extension of the resource whose id the attribute holds
	//	$/name                       in the subscription
	//	%/name                       in the tenant
	//	#/name                       a resource group
	//	resource_group:group         in the resource group that another attribute tells
	//
	// Where versions of the provider differ, there are several forms, separated by spaces, of which the first whose attributes
	// are all there counts.
	from string
}

// azurermID returns the id that Azure will give to a resource that the code declares, normalised; false where it does not
// follow from the attributes (an association, a name that Azure makes up, a parent that is not told by its id).
//
// attr returns the text of an attribute, which may have open parts (see [evidence.Left]), and whether it is there;
// attr("$subscription") is the subscription that the provider is set to.
//
// Sources: the "Import" section of each resource's page in the reference of the azurerm provider
// (registry.terraform.io/providers/hashicorp/azurerm/latest/docs), and the Azure resource reference
// (learn.microsoft.com/azure/templates) for the names of types.
func azurermID(kind string, attr func(name string) (text string, ok bool)) (id string, ok bool) {
	if strings.HasPrefix(kind, "azapi_") {
		return azapiID(kind, attr)
	}
	row, ok := azurermIndex[kind]
	if !ok {
		return "", false
	}
	for form := range strings.FieldsSeq(row.from) {
		if id, ok := armPath(row.arm, form, attr); ok {
			return evidence.NormalizeARM(id), true
		}
	}
	return "", false
}

// azurermType returns the resource type of Azure Resource Manager of an azurerm type, or "".
func azurermType(kind string) string { return azurermIndex[kind].arm }

var azurermIndex = func() map[string]azurermRow {
	all := map[string]azurermRow{}
	for _, part := range [][]azurermRow{azurermNetwork, azurermApp, azurermData, azurermPlatform} {
		for _, r := range part {
			all[r.kind] = r
		}
	}
	return all
}()

// armPath makes an id of the names that a form of a row asks for.
func armPath(arm, form string, attr func(string) (string, bool)) (string, bool) {
	types := strings.Split(arm, "/")
	parts := strings.Split(form, "/")
	group := "resource_group_name"
	if other, rest, ok := strings.Cut(parts[0], ":"); ok {
		group, parts[0] = other, rest
	}
	base, ok := "", true
	switch mark := parts[0][0]; mark {
	case '#':
		name, ok := nameOf(parts[1], attr)
		return "/subscriptions/" + subscription(attr) + "/resourcegroups/" + name, ok
	case '@':
		base, parts, ok = below(parts[0][1:], types, parts[1:], attr)
		types = types[max(len(types)-len(parts), 0):]
	case '+':
		base, ok = parentID(parts[0][1:], attr)
		base, parts = base+"/providers/"+types[0], parts[1:]
		types = types[1:]
	case '$', '%':
		if mark == '$' {
			base = "/subscriptions/" + subscription(attr)
		}
		base, parts, types = base+"/providers/"+types[0], parts[1:], types[1:]
	default:
		var rg string
		rg, ok = nameOf(group, attr)
		base, types = "/subscriptions/"+subscription(attr)+"/resourcegroups/"+rg+"/providers/"+types[0], types[1:]
	}
	if !ok || len(types) != len(parts) {
		return "", false
	}
	for i, p := range parts {
		name, ok := nameOf(p, attr)
		if !ok {
			return "", false
		}
		base += "/" + types[i] + "/" + name
	}
	return base, true
}

// below returns the id of a parent, which has to be of the type that the child's says.
func below(name string, types, parts []string, attr func(string) (string, bool)) (string, []string, bool) {
	id, ok := parentID(name, attr)
	if !ok {
		return "", parts, false
	}
	parent, ok := evidence.ParseARM(id)
	return id, parts, ok && len(parts) < len(types) && parent.Type == strings.Join(types[:len(types)-len(parts)], "/")
}

func subscription(attr func(string) (string, bool)) string {
	if s, ok := attr("$subscription"); ok && s != "" {
		return evidence.Segment(s)
	}
	return evidence.Blank("subscription")
}

// nameOf returns one segment of an id: a name that is always the same, or what an attribute holds.
func nameOf(p string, attr func(string) (string, bool)) (string, bool) {
	if fixed, ok := strings.CutPrefix(p, "="); ok {
		return fixed, true
	}
	s, ok := attr(p)
	return evidence.Segment(s), ok && s != ""
}

// parentID returns the id that an attribute holds, its open parts blank: an id, or the id of a resource of the code.
func parentID(name string, attr func(string) (string, bool)) (string, bool) {
	s, ok := attr(name)
	if !ok {
		return "", false
	}
	if refs := evidence.Symbols(s); len(refs) == 1 && s == evidence.Symbol(refs[0].ID, "id") {
		s = refs[0].ID
	}
	id := openPath(s)
	return evidence.NormalizeARM(id), evidence.IsARM(id)
}

// openPath makes each part between slashes a segment of an id; slashes in ${…} do not count.
func openPath(s string) string {
	var b strings.Builder
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '{' && (depth > 0 || i > 0 && s[i-1] == '$'):
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == '/' && depth == 0:
			b.WriteString(evidence.Segment(s[from:i]) + "/")
			from = i + 1
		}
	}
	b.WriteString(evidence.Segment(s[from:]))
	return b.String()
}

// azapiID returns the id of a resource that is declared in the words of Azure Resource Manager itself.
func azapiID(kind string, attr func(string) (string, bool)) (string, bool) {
	if kind != "azapi_resource" && kind != "azapi_data_plane_resource" {
		return "", false
	}
	versioned, _ := attr("type")
	arm, _, _ := strings.Cut(strings.ToLower(versioned), "@")
	types := strings.Split(arm, "/")
	name, ok := nameOf("name", attr)
	if !ok || len(types) < 2 || strings.Contains(arm, "${") {
		return "", false
	}
	if arm == "microsoft.resources/resourcegroups" {
		return evidence.NormalizeARM("/subscriptions/" + subscription(attr) + "/resourcegroups/" + name), true
	}
	parent, ok := parentID("parent_id", attr)
	if !ok {
		return "", false
	}
	at, _ := evidence.ParseARM(parent)
	if at.Type == strings.Join(types[:len(types)-1], "/") && len(types) > 2 {
		return evidence.NormalizeARM(parent + "/" + types[len(types)-1] + "/" + name), true
	}
	if len(types) > 2 {
		return "", false
	}
	return evidence.NormalizeARM(parent + "/providers/" + arm + "/" + name), true
}
