package access

import (
	"errors"
	"slices"

	"github.com/cedar-policy/cedar-go"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// ErrStepUp is what a decision says where the actor may, once the person has proven again to be there. An entry point tells it from other denials by errors.Is, and asks.
var ErrStepUp = fault.New(fault.Denied, "this is critical: prove again that it is you").WithHelp("use your passkey again, and repeat what you did within the next minutes")

// ErrPolicy is behind a denial that comes from a policy which could not be evaluated. It is no matter of the actor: whoever serves counts it and looks.
var ErrPolicy = errors.New("a policy could not be evaluated")

// Resource is what an action is about, named under the actor's own organisation. The store finds it or not.
type Resource struct{ Project id.Project }

// Decide mints the scope, or says that the actor may not (denied). What no policy permits is denied: an action that is not in the catalogue, a kind of actor that is not
// known, an organisation that cannot be one. A resource outside of what a token is narrowed to is not found.
func Decide(a Actor, act Action, r Resource) (Scope, error) {
	rule, known := actions[act]
	if !known || !a.Org.Valid() || a.ID == "" {
		return Scope{}, fault.New(fault.Denied, "that is not allowed")
	}
	if err := rule.names(a, act, r); err != nil {
		return Scope{}, err
	}
	policy, err := book().judge(a, act)
	if err != nil {
		return Scope{}, err
	}
	a.Roles, a.Scopes = slices.Clone(a.Roles), slices.Clone(a.Scopes)
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
	if len(a.Scopes) > 0 && !slices.Contains(a.Scopes, act) {
		return fault.New(fault.Denied, "that is not allowed").WithHelp("the token was made for less: %s is not among its scopes", act)
	}
	return nil
}

// judge asks the policies. The name of the first, in the order of the files, that permits is the reason.
func (b *policies) judge(a Actor, act Action) (string, error) {
	who, ok := principal(a)
	if !ok {
		return "", denied(act)
	}
	decision, said := b.ask(who, a, act, contextOf(a))
	switch {
	case len(said.Errors) > 0:
		return "", fault.Wrap(fault.Denied, ErrPolicy, "that is not allowed")
	case decision == cedar.Allow:
		return string(said.Reasons[0].PolicyID), nil
	case b.stepUp(who, a, act, said):
		return "", ErrStepUp
	}
	return "", denied(act)
}

// stepUp reports whether nothing is missing but a fresh proof. Whoever may not at all is not asked for one.
func (b *policies) stepUp(who cedar.Entity, a Actor, act Action, said cedar.Diagnostic) bool {
	if len(said.Reasons) == 0 || !actions[act].critical || a.Fresh {
		return false
	}
	a.Fresh = true
	decision, said := b.ask(who, a, act, contextOf(a))
	return decision == cedar.Allow && len(said.Errors) == 0
}

func denied(act Action) error {
	return fault.New(fault.Denied, "that is not allowed").WithHelp("%s", Explain(act))
}
