package terraform

import (
	"strings"

	"c4arch/internal/arch/evidence"
)

// azurermRow says how the ids of the resources of one or more azurerm types come about. The rows are in azurerm_*.go.
type azurermRow struct {
	kinds string // separated by spaces
	// arm is the resource type of Azure Resource Manager, lower-case: namespace/type/subtype.
	arm string
	// from tells where the names in the id come from, one for each type, in order. In front stands what they are below:
	//
	//	name                      the resource group, which resource_group_name tells
	//	virtual_network_name/name a parent in that resource group
	//	@server_id/name           the parent whose id the attribute holds
	//	+scope/name               nothing: an extension of the resource whose id the attribute holds
	//	$/name                    the subscription
	//	%/name                    the tenant
	//	#/name                    the resource group of that name itself
	//	#subscription_id          the subscription of that id itself
	//
	// A name is that of an attribute; =default is the text itself; name?=x is the text where the attribute is not there;
	// {a}({b}) is a text with attributes inside; objectid:object_id has another type than the row's.
	// Where versions of the provider or the kinds differ, there are several forms, separated by spaces, of which the first
	// whose attributes are all there counts.
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
	for _, part := range [][]azurermRow{azurermNetwork, azurermData, azurermApps, azurermIntegration, azurermGovern} {
		for _, r := range part {
			for kind := range strings.FieldsSeq(r.kinds) {
				all[kind] = r
			}
		}
	}
	return all
}()

// armPath makes an id of the names that a form of a row asks for.
func armPath(arm, form string, attr func(string) (string, bool)) (string, bool) {
	types := strings.Split(arm, "/")
	first, rest, _ := strings.Cut(form, "/")
	names := strings.Split(rest, "/")
	base, ok := "", true
	switch first[0] {
	case '@':
		base, types, ok = below(first[1:], types, names, attr)
	case '+':
		base, ok = parentID(first[1:], attr)
		base, types = base+"/providers/"+types[0], types[1:]
	case '$':
		base, types = "/subscriptions/"+subscription(attr)+"/providers/"+types[0], types[1:]
	case '%':
		base, types = "/providers/"+types[0], types[1:]
	case '#':
		return scopeID(first[1:], rest, attr)
	default:
		var group string
		group, ok = nameOf("resource_group_name", attr)
		base, types = "/subscriptions/"+subscription(attr)+"/resourcegroups/"+group+"/providers/"+types[0], types[1:]
		names = strings.Split(form, "/")
	}
	if !ok || len(types) != len(names) {
		return "", false
	}
	for i, n := range names {
		if typ, own, ok := strings.Cut(n, ":"); ok {
			types[i], n = typ, own
		}
		name, ok := nameOf(n, attr)
		if !ok {
			return "", false
		}
		base += "/" + types[i] + "/" + name
	}
	return base, true
}

// scopeID returns the id of a resource group or of a subscription.
func scopeID(id, name string, attr func(string) (string, bool)) (string, bool) {
	if id != "" {
		s, ok := nameOf(id, attr)
		return "/subscriptions/" + s, ok
	}
	group, ok := nameOf(name, attr)
	return "/subscriptions/" + subscription(attr) + "/resourcegroups/" + group, ok
}

// below returns the id of a parent, which has to be of the type that the child's says, and the types below it.
func below(id string, types, names []string, attr func(string) (string, bool)) (string, []string, bool) {
	own := len(names)
	if strings.Contains(names[0], ":") {
		own = 1
	}
	parent, ok := parentID(id, attr)
	if !ok || own >= len(types) {
		return "", nil, false
	}
	at, ok := evidence.ParseARM(parent)
	ok = ok && at.Type == strings.Join(types[:len(types)-own], "/") && at.Name != ""
	return parent, append(types[len(types)-own:len(types):len(types)], names[own:]...), ok
}

func subscription(attr func(string) (string, bool)) string {
	if s, ok := attr("$subscription"); ok && s != "" {
		return evidence.Segment(s)
	}
	return evidence.Blank("subscription")
}

// nameOf returns one segment of an id, as a row tells it (see azurermRow.from).
func nameOf(p string, attr func(string) (string, bool)) (string, bool) {
	if fixed, ok := strings.CutPrefix(p, "="); ok {
		return fixed, true
	}
	if strings.HasPrefix(p, "{") {
		return composed(p, attr)
	}
	p, other, ok := strings.Cut(p, "?=")
	if s, there := attr(p); there && s != "" {
		return evidence.Segment(s), true
	}
	return other, ok
}

// composed returns a text with attributes inside.
func composed(p string, attr func(string) (string, bool)) (string, bool) {
	out := ""
	for p != "" {
		before, rest, found := strings.Cut(p, "{")
		out += before
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		s, ok := attr(name)
		if !ok || s == "" {
			return "", false
		}
		out, p = out+evidence.Segment(s), after
	}
	return out, true
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
