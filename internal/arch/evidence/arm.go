package evidence

import "strings"

// ARMID is an Azure Resource Manager id taken apart. Everything but Name is
// lower-case, since Azure compares ids without regard to case; Name is as it was
// written, for people to read.
type ARMID struct {
	Subscription  string // "" at tenant level
	ResourceGroup string // "" above a resource group
	// Type is namespace/type/subtype, such as microsoft.network/virtualnetworks/subnets.
	// Of an extension resource (…/providers/microsoft.insights/diagnosticsettings/x) it is the type
	// behind the last "providers". Subscriptions and resource groups have the types that Resource
	// Graph gives them: microsoft.resources/subscriptions[/resourcegroups].
	Type string
	// Name is the last name; "" in the id of a collection, which ends in a type.
	Name string
	// Parent is the normalised id of what it stands below: the resource that a child or an
	// extension belongs to, else the resource group, the subscription, or "".
	Parent string
}

// Scope returns the path of the subscription and the resource group that it belongs
// to, as /subscriptions/<id>/resourcegroups/<name>. Nothing belongs to itself: a resource
// group is in its subscription, and a subscription is in "".
func (a ARMID) Scope() string {
	switch {
	case a.Subscription == "" || a.Type == subscriptionType:
		return ""
	case a.ResourceGroup == "" || a.Type == groupType:
		return "/subscriptions/" + a.Subscription
	}
	return "/subscriptions/" + a.Subscription + "/resourcegroups/" + a.ResourceGroup
}

const (
	subscriptionType = "microsoft.resources/subscriptions"
	groupType        = "microsoft.resources/subscriptions/resourcegroups"
)

// ParseARM takes an id of Azure Resource Manager apart: segments of types and names
// in turn, below /subscriptions/<id> or /providers. It reports false for what is not one such id,
// two ids joined by "|" (as the azurerm provider makes for associations) included.
func ParseARM(id string) (ARMID, bool) {
	id = strings.TrimSpace(id)
	if !IsARM(id) || strings.IndexByte(id, '|') >= 0 {
		return ARMID{}, false
	}
	names := segments(id)
	low := segments(strings.ToLower(id))
	if len(low) < 2 || len(names) != len(low) {
		return ARMID{}, false
	}
	var a ARMID
	i := 0
	if low[0] == "subscriptions" {
		a = ARMID{Subscription: low[1], Type: subscriptionType, Name: names[1]}
		i = 2
	}
	for ; i < len(low); i += 2 {
		a.Parent = join(low[:i])
		kind := a.Type + "/" + low[i]
		if low[i] == "providers" {
			switch i += 2; {
			case i > len(low):
				return ARMID{}, false // "providers" and no namespace
			case i == len(low): // the registration of a namespace
				a.Type, a.Name = "microsoft.resources/providers", names[i-1]
				return a, true
			}
			kind = low[i-1] + "/" + low[i]
		}
		a.Type, a.Name = kind, ""
		if i+1 < len(low) {
			a.Name = names[i+1]
		}
		if kind == groupType {
			a.ResourceGroup = strings.ToLower(a.Name)
		}
	}
	return a, true
}

func segments(id string) []string {
	parts := strings.Split(id, "/")
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

func join(segments []string) string {
	if len(segments) == 0 {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}
