// Package access decides who may do what. A decision mints the only thing that a store accepts, a [Scope]: the organisation is the actor's own, from a session
// or a token, never from an id that a caller sent. The zero Scope matches nothing.
package access

import (
	"cmp"
	"slices"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Kind is what sort of actor it is.
type Kind string

// The kinds.
const (
	Person Kind = "person"
	Token  Kind = "token"
	Worker Kind = "worker" // a job, on behalf of whoever caused it
	Local  Kind = "local"  // the user of a laptop's own history
	Staff  Kind = "staff"  // the operator; acts in the platform's home alone
)

// Surface is where the actor comes from.
type Surface string

// The surfaces.
const (
	CLI     Surface = "cli"
	API     Surface = "api"
	Portal  Surface = "portal"
	Setup   Surface = "setup"
	Jobs    Surface = "job"
	Console Surface = "console" // the operator's commands on the machine itself
)

// Role is what a member or a token is.
type Role string

// The roles of an organisation, and the one of the platform.
const (
	Owner     Role = "owner"
	Admin     Role = "admin"
	Architect Role = "architect"
	Auditor   Role = "auditor"
	Reader    Role = "reader"
	Scanner   Role = "scanner" // a token of a pipeline: scans and reads
	Operator  Role = "operator"
)

// Actor is who asks. Whoever authenticates fills it; nothing in it is taken from the request's body or path.
type Actor struct {
	ID       id.Actor
	Kind     Kind
	Org      id.Org     // the organisation of the session or token; id.Platform for staff
	Project  id.Project // "" or the one project that a token is narrowed to
	Roles    []Role
	Surface  Surface
	Purpose  string   // what it is for, in a few words: "interactive", "ci"
	Request  string   // id of the request or of the job
	OnBehalf id.Actor // of a worker: who caused the job
}

// LocalActor is the user of a laptop's own history.
func LocalActor() Actor {
	return Actor{ID: "local", Kind: Local, Org: id.Local, Roles: []Role{Owner}, Surface: CLI, Purpose: "local history"}
}

// System is the program itself in a home: a job, or a step that one home's decision has in another. Only what is marked for workers is allowed to it. cause is who
// made it necessary, or the zero Actor.
func System(org id.Org, purpose string, cause Actor) Actor {
	return Actor{ID: "worker", Kind: Worker, Org: org, Surface: cmp.Or(cause.Surface, Jobs), Purpose: purpose, Request: cause.Request, OnBehalf: cmp.Or(cause.OnBehalf, cause.ID)}
}

// Scope is a decision: this actor may do this in this organisation. Only [Decide] makes one that is not zero.
type Scope struct {
	actor   Actor
	project id.Project
	action  Action
	policy  string
}

// Org is the organisation, "" for the zero Scope.
func (s Scope) Org() id.Org { return s.actor.Org }

// Project is the project that was named, or "".
func (s Scope) Project() id.Project { return s.project }

// Actor is who asked.
func (s Scope) Actor() Actor {
	a := s.actor
	a.Roles = slices.Clone(a.Roles)
	return a
}

// Action is what was decided about.
func (s Scope) Action() Action { return s.action }

// Policy names the rule that allowed it.
func (s Scope) Policy() string { return s.policy }

// Zero reports whether nothing was decided.
func (s Scope) Zero() bool { return s.actor.Org == "" }

// Resource is what an action is about, named under the actor's own organisation. The store finds it or not.
type Resource struct{ Project id.Project }

// Decide mints the scope, or says that the actor may not (denied). What is not allowed by a rule is denied: an action that is not in the table, a kind of actor that
// is not known, an organisation that cannot be one. A resource outside of what a token is narrowed to is not found.
func Decide(a Actor, act Action, r Resource) (Scope, error) {
	rule, known := actions[act]
	if !known || !a.Org.Valid() || a.ID == "" {
		return Scope{}, fault.New(fault.Denied, "that is not allowed")
	}
	if err := rule.names(a, act, r); err != nil {
		return Scope{}, err
	}
	policy := rule.policy(a, act)
	if policy == "" {
		return Scope{}, fault.New(fault.Denied, "that is not allowed").WithHelp("%s", Explain(act))
	}
	a.Roles = slices.Clone(a.Roles)
	return Scope{actor: a, project: r.Project, action: act, policy: policy}, nil
}

// names says whether the resource is one that the actor can name.
func (u rule) names(a Actor, act Action, r Resource) error {
	if r.Project != "" && (!r.Project.Valid() || a.Project != "" && r.Project != a.Project) {
		return fault.New(fault.NotFound, "there is no such project")
	}
	if u.project && r.Project == "" {
		return fault.New(fault.Invalid, "%s is about a project, and none was named", act)
	}
	if a.Project != "" && r.Project == "" && !u.narrow {
		return fault.New(fault.Denied, "that is not allowed").WithHelp("the token is for one project, and %s is about the organisation", act)
	}
	return nil
}

// policy names the rule that allows it, or is "". A kind of actor has its own homes: staff the platform's, the laptop's user its own, people and programs those of
// organisations. So a session of an organisation can never carry a right of the platform, whatever roles it says it has.
func (u rule) policy(a Actor, act Action) string {
	switch a.Kind {
	case Worker:
		if u.worker && u.place.has(a.Org) {
			return "worker may " + string(act)
		}
	case Local:
		if a.Org == id.Local && u.place&organisation != 0 {
			return "local may " + string(act)
		}
	case Staff:
		if a.Org == id.Platform && u.place&platform != 0 && slices.Contains(a.Roles, Operator) && slices.Contains(u.roles, Operator) {
			return string(Operator) + " may " + string(act)
		}
	case Person, Token:
		if a.Org == id.Platform || a.Org == id.Local || u.place&organisation == 0 {
			return ""
		}
		for _, role := range Roles {
			if slices.Contains(a.Roles, role) && slices.Contains(u.roles, role) {
				return string(role) + " may " + string(act)
			}
		}
	}
	return ""
}
