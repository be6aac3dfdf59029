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
	route(a, http.MethodGet, "/members", "list-members", "List members",
		func(ctx context.Context, actor access.Actor, in *struct {
			Removed bool `query:"removed" doc:"those too that were removed"`
		},
		) (list[tenant.Member], error) {
			items, err := a.Accounts.Members(ctx, actor, in.Removed)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/members", "add-member", "Make a person a member",
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
	route(a, http.MethodPatch, "/members/{member}", "change-member", "Give a member another role or name",
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
	route(a, http.MethodPost, "/members/{member}/removal", "remove-member", "Take a member out: nothing is allowed from the next request on",
		func(ctx context.Context, actor access.Actor, in *struct {
			OneMember
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Accounts.RemoveMember(ctx, actor, in.Member, in.Body.Reason)
		})
	route(a, http.MethodPost, "/members/{member}/erasure", "erase-person", "Erase the personal data of a person, in the ledger too. It cannot be undone",
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

func (a *api) tokens() {
	route(a, http.MethodGet, "/tokens", "list-tokens", "List tokens; never their text",
		func(ctx context.Context, actor access.Actor, _ *none) (list[identity.Token], error) {
			items, err := a.Accounts.Tokens(ctx, actor)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/tokens", "create-token", "Make a token, of a member or of a program",
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Name    string    `json:"name" minLength:"1" maxLength:"200"`
				Person  string    `json:"person,omitempty" doc:"the member as whom it acts; left out for a program" maxLength:"40"`
				Role    string    `json:"role" enum:"owner,admin,architect,approver,auditor,viewer,billing,scanner"`
				Project string    `json:"project,omitempty" doc:"the one project that it is for" maxLength:"40"`
				Purpose string    `json:"purpose" minLength:"1" maxLength:"200"`
				Expires time.Time `json:"expires" doc:"at most a year away"`
			}
		},
		) (issued, error) {
			b := in.Body
			made, err := a.Accounts.CreateToken(ctx, actor, accounts.NewToken{
				Name: b.Name, Person: b.Person, Role: access.Role(b.Role), Project: id.Project(b.Project), Purpose: b.Purpose, Expires: b.Expires, Key: in.key("create-token", b),
			})
			return issued{Token: made.Token, Text: string(made.Text.Expose())}, err
		})
	route(a, http.MethodPost, "/tokens/{token}/revocation", "revoke-token", "Revoke a token from the next request on",
		func(ctx context.Context, actor access.Actor, in *struct {
			Token string `path:"token" maxLength:"40"`
			Body  reasonBody
		},
		) (none, error) {
			return none{}, a.Accounts.RevokeToken(ctx, actor, in.Token, in.Body.Reason)
		})
}
