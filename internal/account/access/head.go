package access

import (
	"fmt"
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

// check refuses what [head.matches] does not know: a policy is about one type of principal, and about any action or named ones.
func (h head) check() error {
	if h.Principal.Op != "is" || !slices.Contains(principals, h.Principal.Type) {
		return fmt.Errorf("the principal is not of one type that there is")
	}
	if !slices.Contains([]string{"All", "==", "in"}, h.Action.Op) {
		return fmt.Errorf("the action is neither any nor named")
	}
	for _, n := range h.named() {
		u, known := actions[Action(n.ID)]
		if n.Type != typeAction || !known && !slices.ContainsFunc(groups, func(g cedar.EntityUID) bool { return string(g.ID) == n.ID }) {
			return fmt.Errorf("there is no action %s::%q", n.Type, n.ID)
		}
		if known && h.Resource.Op == "is" && (h.Resource.Type == typePlatform && u.place&platform == 0 || h.Resource.Type != typePlatform && u.place&organisation == 0) {
			return fmt.Errorf("%s is never about a resource of type %s", n.ID, h.Resource.Type)
		}
	}
	return nil
}

func (h head) named() []jsonUID {
	if h.Action.Entity != nil {
		return []jsonUID{*h.Action.Entity}
	}
	return h.Action.Entities
}

// matches reports whether a policy is about the type of principal and the action, by its name or by a group that it is in.
func (h head) matches(who cedar.EntityType, act Action, u rule) bool {
	if h.Principal.Type != who {
		return false
	}
	return h.Action.Op == "All" || slices.ContainsFunc(h.named(), func(n jsonUID) bool {
		return n.ID == string(act) || slices.ContainsFunc(u.groups(), func(g cedar.EntityUID) bool { return n.ID == string(g.ID) })
	})
}
