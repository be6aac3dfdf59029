package access

import (
	"slices"
	"strings"
)

// Roles are those of an organisation, the most powerful first. Operator is none of them: it is the platform's.
var Roles = []Role{Owner, Admin, Architect, Approver, Auditor, Scanner, Viewer, Billing}

// Known reports whether r is a role that a member or a token of an organisation can have.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Covers reports whether r may do all that other may. Viewer is covered by every role of an organisation; an auditor and an architect cover each other in neither direction.
func (r Role) Covers(other Role) bool {
	if !r.Known() || !other.Known() {
		return false
	}
	for _, u := range actions {
		if u.place&organisation != 0 && slices.Contains(u.roles, other) && !slices.Contains(u.roles, r) {
			return false
		}
	}
	return true
}

// Covers reports whether one of the roles of a covers the role.
func (a Actor) Covers(role Role) bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return r.Covers(role) })
}

// Least is what is left of a token's role when the person as whom it acts has another one by now: the lower of the two, or Viewer where neither covers the other.
func Least(token, member Role) Role {
	switch {
	case member.Covers(token):
		return token
	case token.Covers(member):
		return member
	}
	return Viewer
}

// Row is one line of the table of rights.
type Row struct {
	Action       Action `json:"action"`
	Roles        []Role `json:"roles"`
	Project      bool   `json:"project"` // about one project
	Worker       bool   `json:"worker"`
	Organisation bool   `json:"organisation"` // in the homes of organisations
	Platform     bool   `json:"platform"`     // in the platform's home
}

// Table is who may do what, by action: what the decisions are made from.
func Table() []Row {
	var rows []Row
	for act, u := range actions {
		roles := slices.Clone(u.roles)
		if roles == nil {
			roles = []Role{}
		}
		rows = append(rows, Row{
			Action: act, Roles: roles, Project: u.project, Worker: u.worker,
			Organisation: u.place&organisation != 0, Platform: u.place&platform != 0,
		})
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(string(a.Action), string(b.Action)) })
	return rows
}

// Explain says in words who may do it.
func Explain(act Action) string {
	u, known := actions[act]
	if !known {
		return "there is no action of that name"
	}
	if len(u.roles) == 0 {
		return string(act) + " is done by the service itself"
	}
	names := make([]string, len(u.roles))
	for i, r := range u.roles {
		names[i] = string(r)
	}
	return string(act) + " is for: " + strings.Join(names, ", ")
}

// Known reports whether there is such an action.
func Known(act Action) bool {
	_, ok := actions[act]
	return ok
}
