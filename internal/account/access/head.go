package access

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
)

// head is what Cedar calls the scope of a policy, as its JSON format has it (Cedar, "JSON policy format").
type head struct {
	Effect    string `json:"effect"`
	Principal struct {
		Op   string           `json:"op"`
		Type cedar.EntityType `json:"entity_type"`
	} `json:"principal"`
	Action struct {
		Op       string    `json:"op"`
		Entity   *jsonUID  `json:"entity"`
		Entities []jsonUID `json:"entities"`
	} `json:"action"`
	Resource struct {
		Op   string           `json:"op"`
		Type cedar.EntityType `json:"entity_type"`
	} `json:"resource"`
}

type jsonUID struct {
	Type cedar.EntityType `json:"type"`
	ID   string           `json:"id"`
}

// matches reports whether a policy with this head can match. Whatever the head has that is not known here, it can: leaving a policy in costs time, leaving one out
// would change decisions.
func (h head) matches(who cedar.EntityType, act Action, u rule) bool {
	if h.Principal.Op == "is" && h.Principal.Type != who {
		return false
	}
	named := h.Action.Entities
	if h.Action.Entity != nil {
		named = append(named, *h.Action.Entity)
	}
	if len(named) == 0 {
		return true
	}
	return slices.ContainsFunc(named, func(n jsonUID) bool {
		return n.ID == string(act) || slices.ContainsFunc(u.groups(), func(g cedar.EntityUID) bool { return n.ID == string(g.ID) })
	})
}
