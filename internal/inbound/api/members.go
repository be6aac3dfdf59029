package api

import (
	"context"
	"net/http"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
)

type OneMember struct {
	Member string `path:"member" maxLength:"40"`
}

func (a *api) members() {
	route(a, http.MethodGet, "/members", "list-members", "List members", inside(access.MemberList),
		func(ctx context.Context, actor access.Actor, in *struct {
			Removed bool `query:"removed" doc:"those too that were removed"`
		},
		) (list[tenant.Member], error) {
			items, err := a.Accounts.Members(ctx, actor, in.Removed)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/members", "add-member", "Make a person a member", inside(access.MemberChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Name  string `json:"name" minLength:"1" maxLength:"200"`
				Email string `json:"email" minLength:"3" maxLength:"254"`
				Role  string `json:"role" enum:"owner,admin,architect,approver,auditor,viewer,billing"`
			}
		},
		) (tenant.Member, error) {
			return a.Accounts.AddMember(ctx, actor, accounts.NewMember{Name: in.Body.Name, Email: in.Body.Email, Role: access.Role(in.Body.Role), Key: in.key("add-member", in.Body)})
		})
	route(a, http.MethodPatch, "/members/{member}", "change-member", "Give a member another role or name", inside(access.MemberChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneMember
			Body struct {
				Name    *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Role    *string `json:"role,omitempty" enum:"owner,admin,architect,approver,auditor,viewer,billing"`
				Version int64   `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (tenant.Member, error) {
			return a.Accounts.ChangeMember(ctx, actor, in.Member, accounts.MemberChange{Name: in.Body.Name, Role: (*access.Role)(in.Body.Role), Version: in.Body.Version})
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
		func(ctx context.Context, actor access.Actor, _ *none) (list[identity.Token], error) {
			items, err := a.Accounts.Tokens(ctx, actor)
			return paged(items, 0, nil), err
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
}
