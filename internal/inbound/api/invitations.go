package api

import (
	"context"
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/signin"
)

// invited is an invitation with its link, which is told this once. Its code stands behind #, where no server and no log on the way sees it.
type invited struct {
	Invitation identity.Invitation `json:"invitation"`
	Link       string              `json:"link" doc:"told this once"`
}

// joined is the token of who has accepted an invitation without a browser.
type joined struct {
	Token string `json:"token" doc:"told this once"`
}

func (a *api) invitations() {
	route(a, http.MethodGet, "/invitations", "list-invitations", "List invitations; never their links", inside(access.MemberChange),
		func(ctx context.Context, actor access.Actor, in *Part) (list[identity.Invitation], error) {
			items, err := a.SignIn.Invitations(ctx, actor)
			if err != nil {
				return list[identity.Invitation]{}, err
			}
			return part(actor, "list-invitations", *in, items, func(x identity.Invitation) string { return x.ID })
		})
	route(a, http.MethodPost, "/invitations", "invite", "Ask a person to join, or one who has not come yet again", inside(access.MemberChange), a.invite)
	route(a, http.MethodPost, "/invitations/{invitation}/revocation", "revoke-invitation", "Take an invitation back", inside(access.MemberChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Invitation string `path:"invitation" maxLength:"40"`
		},
		) (none, error) {
			return none{}, a.SignIn.RevokeInvitation(ctx, actor, in.Invitation)
		})
	route(a, http.MethodPost, acceptPath, "accept-invitation", "Accept an invitation without a browser: the answer is a token that acts as the person", everybody(),
		func(ctx context.Context, _ access.Actor, in *struct {
			Body struct {
				Code   string `json:"code" minLength:"1" maxLength:"200" doc:"the code of the link"`
				Device string `json:"device,omitempty" maxLength:"100" doc:"by which the person knows it"`
			}
		},
		) (joined, error) {
			made, err := a.SignIn.AcceptByToken(ctx, in.Body.Code, in.Body.Device, a.address(ctx), a.Request(ctx))
			return joined{Token: string(made.Text.Expose())}, err
		})
}

const acceptPath = "/invitations/acceptance"

func (a *api) invite(ctx context.Context, actor access.Actor, in *struct {
	Once
	Body struct {
		Name   string `json:"name,omitempty" maxLength:"200"`
		Email  string `json:"email,omitempty" maxLength:"254"`
		Role   string `json:"role,omitempty" enum:"owner,admin,architect,approver,auditor,viewer,billing"`
		Until  string `json:"until,omitempty" format:"date-time" doc:"when the membership ends by itself"`
		Member string `json:"member,omitempty" doc:"one who has not come yet, and gets another invitation; without name, email, role and until" maxLength:"40" thing:"member"`
	}
},
) (invited, error) {
	b := in.Body
	ask := signin.Invite{Name: b.Name, Email: b.Email, Role: access.Role(b.Role), Person: b.Member, Key: in.key("invite", b)}
	if b.Until != "" && b.Member == "" { // the member is made with its end, and then invited
		until, err := ending(b.Until)
		if err != nil {
			return invited{}, err
		}
		m, err := a.Accounts.AddMember(ctx, actor, accounts.NewMember{Name: b.Name, Email: b.Email, Role: access.Role(b.Role), Until: until, Key: ask.Key})
		if err != nil {
			return invited{}, err
		}
		ask.Person, ask.Key = m.Person, nil
	}
	made, err := a.SignIn.Invite(ctx, actor, ask)
	if err != nil {
		return invited{}, err
	}
	return invited{Invitation: made.Invitation, Link: browsers(a.origin(enteredOf(ctx).request)) + "/invitation#code=" + string(made.Text.Expose())}, nil
}

func (a *api) sessions() {
	route(a, http.MethodGet, "/sessions", "list-sessions", "Where the person is signed in with a browser", person(access.SelfRead),
		func(ctx context.Context, actor access.Actor, _ *none) (list[signin.Own], error) {
			items, err := a.SignIn.Sessions(ctx, actor)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/sessions/{session}/end", "end-session", "End one of the person's own sessions", person(access.SelfChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Session string `path:"session" maxLength:"40"`
		},
		) (none, error) {
			return none{}, a.SignIn.EndSession(ctx, actor, in.Session)
		})
}
