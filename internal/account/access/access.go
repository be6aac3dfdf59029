// Package access decides who may do what. A decision mints the only thing that a store accepts, a [Scope]: the organisation is the actor's own, from a session
// or a token, never from an id that a caller sent. The zero Scope matches nothing.
package access

import (
	"cmp"
	"slices"

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

// The roles of a member of an organisation.
const (
	Owner     Role = "owner"
	Admin     Role = "admin"
	Architect Role = "architect"
	Approver  Role = "approver"
	Auditor   Role = "auditor" // reads, until a day that is set; each read is recorded
	Viewer    Role = "viewer"
	Billing   Role = "billing"
)

// The roles of the platform's own people, and Operator, that of its programs and its console.
const (
	Administrator Role = "administrator"
	Security      Role = "security"
	Legal         Role = "legal"
	Support       Role = "support"
	Operations    Role = "operations"
	Operator      Role = "operator"
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
	For      Purpose  // of a token; "" is a session, the console or the program itself
	Scopes   []Action // of a token that may less than its purpose; none is all of it
	Session  string   // id of the session, or ""
	Fresh    bool     // the person has proven within the last minutes to be there: what is critical asks for it
	Grant    string   // id of the customer's grant under which staff looks into an organisation, or ""
	Request  string   // id of the request or of the job
	OnBehalf id.Actor // of a worker: who caused the job
	Under    string   // of a worker: the instruction of the organisation on which it works, or ""
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
	a.Roles, a.Scopes = slices.Clone(a.Roles), slices.Clone(a.Scopes)
	return a
}

// Action is what was decided about.
func (s Scope) Action() Action { return s.action }

// Policy names the rule that allowed it.
func (s Scope) Policy() string { return s.policy }

// Zero reports whether nothing was decided.
func (s Scope) Zero() bool { return s.actor.Org == "" }
