package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
)

type OneMember struct {
	Member string `path:"member" maxLength:"40"`
}

func (a *api) members() {
	route(a, http.MethodGet, "/members", "list-members", "List members", inside(access.MemberList),
		func(ctx context.Context, actor access.Actor, in *struct {
			Part
			Removed bool `query:"removed" doc:"those too that were removed"`
		},
		) (list[tenant.Member], error) {
			items, err := a.Accounts.Members(ctx, actor, in.Removed)
			if err != nil {
				return list[tenant.Member]{}, err
			}
			return part(actor, "list-members", in.Part, items, func(x tenant.Member) string { return x.Person })
		})
	route(a, http.MethodPost, "/members", "add-member", "Make a person a member", inside(access.MemberChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Name  string `json:"name" minLength:"1" maxLength:"200"`
				Email string `json:"email" minLength:"3" maxLength:"254"`
				Role  string `json:"role" enum:"owner,admin,architect,approver,auditor,viewer,billing"`
				Until string `json:"until,omitempty" format:"date-time" doc:"when the membership ends by itself; an auditor's does, in 90 days unless it is said"`
			}
		},
		) (tenant.Member, error) {
			until, err := ending(in.Body.Until)
			if err != nil {
				return tenant.Member{}, err
			}
			return a.Accounts.AddMember(ctx, actor, accounts.NewMember{Name: in.Body.Name, Email: in.Body.Email, Role: access.Role(in.Body.Role), Until: until, Key: in.key("add-member", in.Body)})
		})
	route(a, http.MethodPatch, "/members/{member}", "change-member", "Give a member another role or name", inside(access.MemberChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneMember
			Body struct {
				Name    *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Role    *string `json:"role,omitempty" enum:"owner,admin,architect,approver,auditor,viewer,billing"`
				Until   *string `json:"until,omitempty" format:"date-time" doc:"when the membership ends by itself; empty: it does not"`
				Version int64   `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (tenant.Member, error) {
			change := accounts.MemberChange{Name: in.Body.Name, Role: (*access.Role)(in.Body.Role), Version: in.Body.Version}
			if in.Body.Until != nil {
				until, err := ending(*in.Body.Until)
				if err != nil {
					return tenant.Member{}, err
				}
				change.Until = &until
			}
			return a.Accounts.ChangeMember(ctx, actor, in.Member, change)
		})
	route(a, http.MethodPost, "/members/{member}/removal", "remove-member", "Take a member out: nothing is allowed from the next request on", inside(access.MemberChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneMember
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Accounts.RemoveMember(ctx, actor, in.Member, in.Body.Reason)
		})
	route(a, http.MethodPost, "/members/{member}/erasure", "erase-person", "Erase the personal data of a person, in the ledger too. It cannot be undone", inside(access.PersonErase),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneMember
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Accounts.ErasePerson(ctx, actor, in.Member, in.Body.Reason)
		})
	a.tokens()
	a.serviceAccounts()
}

// ending reads when a membership ends; "" is never.
func ending(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fault.New(fault.Invalid, "the end of the membership is not a time").WithHelp("write it as 2027-01-31T00:00:00Z")
	}
	return t, nil
}

// issued is a token with its text, which is told this once.
type issued struct {
	Token identity.Token `json:"token"`
	Text  string         `json:"text" doc:"told this once"`
}

// newToken is what a request for a token says.
type newToken struct {
	Name      string    `json:"name" minLength:"1" maxLength:"200"`
	About     string    `json:"about,omitempty" doc:"what it is for, in words" maxLength:"200"`
	Purpose   string    `json:"purpose" enum:"ci,reporting,provisioning,streaming,operation" doc:"the one thing that it is for; operation is of the platform"`
	Scopes    []string  `json:"scopes,omitempty" doc:"actions of the purpose; none is all of them" maxItems:"100"`
	Project   string    `json:"project,omitempty" doc:"the one project that it is for" maxLength:"40" thing:"project"`
	Addresses []string  `json:"addresses,omitempty" doc:"from which it can be used: 192.0.2.0/24; none is any" maxItems:"32"`
	Account   string    `json:"account,omitempty" doc:"its service account; one of the token's name is made without" maxLength:"40" thing:"service_account"`
	Expires   time.Time `json:"expires" doc:"at most a year away"`
}

func actions(texts []string) []access.Action {
	list := make([]access.Action, len(texts))
	for i, t := range texts {
		list[i] = access.Action(t)
	}
	return list
}

func (a *api) tokens() {
	route(a, http.MethodGet, "/tokens", "list-tokens", "List tokens; never their text", inside(access.TokenList),
		func(ctx context.Context, actor access.Actor, in *Part) (list[identity.Token], error) {
			items, err := a.Accounts.Tokens(ctx, actor)
			if err != nil {
				return list[identity.Token]{}, err
			}
			return part(actor, "list-tokens", *in, items, func(x identity.Token) string { return x.ID })
		})
	route(a, http.MethodPost, "/tokens", "create-token", "Make a token of a program, for one purpose. A person's own are made by signing in", inside(access.TokenChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body newToken
		},
		) (issued, error) {
			b := in.Body
			made, err := a.Accounts.CreateToken(ctx, actor, accounts.NewToken{
				Name: b.Name, About: b.About, Purpose: access.Purpose(b.Purpose), Scopes: actions(b.Scopes), Project: id.Project(b.Project), Addresses: b.Addresses, Account: b.Account,
				Expires: b.Expires, Key: in.key("create-token", b),
			})
			return issued{Token: made.Token, Text: string(made.Text.Expose())}, err
		})
	route(a, http.MethodPost, "/tokens/{token}/revocation", "revoke-token", "Revoke a token from the next request on", inside(access.TokenDrop),
		func(ctx context.Context, actor access.Actor, in *struct {
			Token string `path:"token" maxLength:"40"`
			Body  reasonBody
		},
		) (none, error) {
			return none{}, a.Accounts.RevokeToken(ctx, actor, in.Token, in.Body.Reason)
		})
	route(a, http.MethodGet, "/tokens/{token}/reach", "reach-of-token", "What a token could reach: actions, routes, projects, from where, and whether it is good", inside(access.TokenDrop),
		func(ctx context.Context, actor access.Actor, in *struct {
			Token string `path:"token" maxLength:"40"`
		},
		) (reached, error) {
			r, err := a.Accounts.Reach(ctx, actor, in.Token)
			return reached{Reach: r, Routes: a.reachable(r.Actions)}, err
		})
}

// reached is what a token could reach, with the routes of this API.
type reached struct {
	accounts.Reach
	Routes []reachedRoute `json:"routes"`
}

type reachedRoute struct {
	Method string        `json:"method"`
	Path   string        `json:"path"`
	Action access.Action `json:"action"`
}

// reachable are the routes whose action is among those: what stands in the table, not what somebody wrote down.
func (a *api) reachable(actions []access.Action) []reachedRoute {
	routes := []reachedRoute{}
	for _, r := range a.table.All() {
		if r.Action != "" && slices.Contains(actions, r.Action) {
			routes = append(routes, reachedRoute{r.Method, r.Path, r.Action})
		}
	}
	return routes
}

func (a *api) serviceAccounts() {
	route(a, http.MethodGet, "/service-accounts", "list-service-accounts", "List service accounts, with those whose owner has left", inside(access.TokenList),
		func(ctx context.Context, actor access.Actor, in *Part) (list[accounts.Account], error) {
			items, err := a.Accounts.ServiceAccounts(ctx, actor)
			if err != nil {
				return list[accounts.Account]{}, err
			}
			return part(actor, "list-service-accounts", *in, items, func(x accounts.Account) string { return x.ID })
		})
	route(a, http.MethodPost, "/service-accounts", "create-service-account", "Make a service account, for which a member answers", inside(access.TokenChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Name  string `json:"name" minLength:"1" maxLength:"200"`
				Owner string `json:"owner,omitempty" doc:"the member who answers for it; without, whoever asks" maxLength:"40" thing:"member"`
			}
		},
		) (identity.Service, error) {
			return a.Accounts.CreateServiceAccount(ctx, actor, accounts.NewAccount{Name: in.Body.Name, Owner: in.Body.Owner, Key: in.key("create-service-account", in.Body)})
		})
	route(a, http.MethodPatch, "/service-accounts/{account}", "change-service-account", "Rename, disable or enable a service account, or give it another owner", inside(access.TokenChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Account string `path:"account" maxLength:"40"`
			Body    struct {
				Name     *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Owner    *string `json:"owner,omitempty" maxLength:"40" thing:"member"`
				Disabled *bool   `json:"disabled,omitempty" doc:"the tokens of a disabled one are refused from the next request on"`
				Reason   string  `json:"reason,omitempty" doc:"why it is disabled" maxLength:"1000"`
				Version  int64   `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (identity.Service, error) {
			b := in.Body
			return a.Accounts.ChangeServiceAccount(ctx, actor, in.Account, accounts.AccountChange{Name: b.Name, Owner: b.Owner, Disabled: b.Disabled, Reason: b.Reason, Version: b.Version})
		})
}
