package accounts

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Reach is what a token could do if somebody had it now: what its purpose gives, narrowed by its scopes, its project, and by what its person may.
type Reach struct {
	Token     identity.Token   `json:"token"`
	Effective bool             `json:"effective"`     // it would be let in now, from an address that it names
	Why       string           `json:"why,omitempty"` // not
	As        string           `json:"as"`            // a member in a role, a service account, or the operator
	Actions   []access.Action  `json:"actions"`
	Projects  []tenant.Project `json:"projects"` // that it could name; all there are, where it is not narrowed
	Addresses []string         `json:"addresses,omitempty"`
}

// Reach says what a token could reach. Administrators ask about every token of their organisation, everybody about their own.
func (s *Service) Reach(ctx context.Context, a access.Actor, token string) (Reach, error) {
	scope, own, err := looking(a)
	if err != nil {
		return Reach{}, err
	}
	all, err := s.tokens(ctx, scope)
	if err != nil {
		return Reach{}, err
	}
	i := slices.IndexFunc(all, func(t identity.Token) bool { return t.ID == token })
	if i < 0 || own && !belongs(a, all[i]) {
		return Reach{}, fault.New(fault.NotFound, "there is no such token")
	}
	c := Credential{Token: all[i]}
	if a.Org != id.Platform {
		if err := s.holder(ctx, scope, &c); err != nil {
			return Reach{}, err
		}
	}
	return s.reach(ctx, scope, c)
}

// looking decides whether the actor may look at any token, or at its own alone.
func looking(a access.Actor) (scope access.Scope, own bool, err error) {
	if scope, err = access.Decide(a, access.TokenList, access.Resource{}); err == nil {
		return scope, false, nil
	}
	scope, err = access.Decide(a, access.TokenDrop, access.Resource{})
	return scope, true, err
}

// holder finds whose token it is.
func (s *Service) holder(ctx context.Context, scope access.Scope, c *Credential) error {
	members, err := s.Tenancy.Members(ctx, scope)
	if err != nil {
		return err
	}
	accounts, err := s.Credentials.ServiceAccounts(ctx, scope)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(members, func(m tenant.Member) bool { return m.Person == c.Token.Person }); i >= 0 {
		c.Member = members[i]
	}
	if i := slices.IndexFunc(accounts, func(x identity.Service) bool { return x.ID == c.Token.Account }); i >= 0 {
		c.Account = accounts[i]
	}
	return nil
}

func (s *Service) reach(ctx context.Context, scope access.Scope, c Credential) (Reach, error) {
	org := scope.Org()
	r := Reach{Token: c.Token, Why: c.Lacks(org, s.now()), Addresses: c.Token.Addresses, Actions: []access.Action{}, Projects: []tenant.Project{}}
	r.Effective = r.Why == ""
	who := c.actor(org, Attempt{Surface: access.API})
	who.Fresh = true // it could be proven
	switch c.Token.Purpose {
	case access.Operation:
		r.As = "operator"
	case access.Interactive:
		r.As = "member " + c.Token.Person + ", " + string(who.Roles[0])
	default:
		r.As = "service account " + c.Token.Account
	}
	for _, act := range c.Token.May() {
		if may(who, act, c.Token.Project) {
			r.Actions = append(r.Actions, act)
		}
	}
	if org == id.Platform {
		return r, nil
	}
	projects, err := s.Tenancy.Projects(ctx, scope)
	for _, p := range projects {
		if c.Token.Project == "" || p.ID == c.Token.Project {
			r.Projects = append(r.Projects, p)
		}
	}
	return r, err
}
