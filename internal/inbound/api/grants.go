package api

import (
	"context"
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/service/staff"
)

type OneGrant struct {
	Grant string `path:"grant" doc:"id of a grant" maxLength:"40"`
}

// grants are the routes of what the platform's staff may look at: staff asks, the organisation answers and sees it all.
func (a *api) grants() {
	route(a, http.MethodGet, "/grants", "list-grants", "List grants: of the organisation, all; of the platform's staff, those that you asked for", inside(access.GrantRead),
		func(ctx context.Context, actor access.Actor, in *Part) (list[staff.Held], error) {
			items, err := a.Staff.Grants(ctx, actor)
			if err != nil {
				return list[staff.Held]{}, err
			}
			return part(actor, "list-grants", *in, items, func(x staff.Held) string { return x.ID })
		})
	route(a, http.MethodPost, "/grants", "ask-grant", "Ask an organisation to let you look into it for a while; it sees that at once", inside(access.GrantRequest),
		func(ctx context.Context, actor access.Actor, in *struct {
			Body struct {
				Asked
				Hours int `json:"hours" minimum:"1" maximum:"8"`
			}
		},
		) (staff.Held, error) {
			b := in.Body
			return a.Staff.AskGrant(ctx, actor, staff.Ask{Organisation: b.Organisation, Reason: b.Reason, Ticket: b.Ticket, Hours: b.Hours})
		})
	a.answers("approval", "approve-grant", "Let staff of the platform look in, where the organisation demands to be asked", staff.Active)
	a.answers("refusal", "refuse-grant", "Do not let staff of the platform look in", staff.Refused)
	a.answers("revocation", "revoke-grant", "Take a grant back: it ends at once", staff.Revoked)
	route(a, http.MethodGet, "/organisation/duties", "list-duties", "What is yours to see to, looked at in what there is now, with what to do", inside(access.GrantRead),
		func(ctx context.Context, actor access.Actor, _ *none) (list[staff.Duty], error) {
			items, err := a.Staff.Duties(ctx, actor)
			return paged(items, 0, nil), err
		})
}

// answers adds one answer to a grant.
func (a *api) answers(path, name, summary, state string) {
	route(a, http.MethodPost, "/grants/{grant}/"+path, name, summary, inside(access.GrantChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneGrant
			Body struct {
				Reason  string `json:"reason,omitempty" doc:"of refusing and taking back" maxLength:"2000"`
				Version int64  `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (staff.Held, error) {
			return a.Staff.AnswerGrant(ctx, actor, in.Grant, staff.Answer{State: state, Reason: in.Body.Reason, Version: in.Body.Version})
		})
}
