package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/staff"
)

type OneColleague struct {
	Person string `path:"person" doc:"id of one of the platform's people" maxLength:"40"`
}

type OneStaffProposal struct {
	Proposal string `path:"proposal" doc:"id of what takes two people of the platform" maxLength:"40"`
}

// Asked is what the platform's people ask for.
type Asked struct {
	Organisation string `json:"organisation" doc:"id or short name" minLength:"2" maxLength:"40" thing:"org"`
	Reason       string `json:"reason" minLength:"1" maxLength:"2000"`
	Ticket       string `json:"ticket" minLength:"1" maxLength:"60"`
}

// told is a code with its text, which is told this once.
type told struct {
	Code string `json:"code" doc:"told this once: write it on paper and lock it away"`
}

// staff are the routes of the platform's own people.
func (a *api) staff() {
	a.colleagues()
	a.undertakings()
	a.staffProposals()
	a.sealed()
}

func (a *api) colleagues() {
	route(a, http.MethodGet, "/staff", "list-staff", "List the platform's own people, with the roles that are in effect, or why there are none", inside(access.StaffList),
		func(ctx context.Context, actor access.Actor, _ *none) (list[staff.Standing], error) {
			items, err := a.Staff.Personnel(ctx, actor)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodGet, "/staff/state", "show-staff-state", "How the platform's people sign in, and what of that falls short of the commitments", inside(access.StaffList),
		func(ctx context.Context, actor access.Actor, _ *none) (staff.State, error) {
			return a.Staff.ShowState(ctx, actor)
		})
	route(a, http.MethodPost, "/staff", "add-staff", "Write a record for somebody; a further administrator takes a second one's approval", inside(access.StaffChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Body struct {
				Name       string        `json:"name" minLength:"1" maxLength:"200"`
				Email      string        `json:"email" doc:"at which the platform's provider knows the person" minLength:"3" maxLength:"254"`
				Roles      []access.Role `json:"roles" doc:"administrator, security, legal, support, operations" minItems:"1" maxItems:"5"`
				Contractor bool          `json:"contractor,omitempty"`
				Contract   string        `json:"contract,omitempty" doc:"reference of the contract of a contractor" maxLength:"200"`
				Until      time.Time     `json:"contractUntil,omitempty" doc:"when the contract ends; left out where it has no end"`
			}
		},
		) (staff.Changed, error) {
			b := in.Body
			return a.Staff.AddPersonnel(ctx, actor, staff.NewPersonnel{Name: b.Name, Email: b.Email, Roles: b.Roles, Contractor: b.Contractor, Contract: b.Contract, Until: b.Until})
		})
	route(a, http.MethodPatch, "/staff/{person}", "change-staff", "Change the record of somebody else", inside(access.StaffChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneColleague
			Body struct {
				Name       *string       `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Roles      []access.Role `json:"roles,omitempty" maxItems:"5"`
				Contractor *bool         `json:"contractor,omitempty"`
				Contract   *string       `json:"contract,omitempty" maxLength:"200"`
				Until      *time.Time    `json:"contractUntil,omitempty"`
				Version    int64         `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (staff.Changed, error) {
			b := in.Body
			return a.Staff.ChangePersonnel(ctx, actor, in.Person, staff.PersonnelChange{Name: b.Name, Roles: b.Roles, Contractor: b.Contractor, Contract: b.Contract, Until: b.Until, Version: b.Version})
		})
	route(a, http.MethodPost, "/staff/{person}/leaving", "remove-staff", "Somebody leaves: every role ends, and every session", inside(access.StaffChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneColleague
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Staff.Leave(ctx, actor, in.Person, in.Body.Reason)
		})
}

func (a *api) undertakings() {
	route(a, http.MethodGet, "/undertaking", "show-undertaking", "The undertaking of confidentiality that is in force for the platform's people", person(),
		func(context.Context, access.Actor, *none) (undertaking.Document, error) {
			return undertaking.Current(), nil
		})
	route(a, http.MethodPost, "/undertaking/signature", "sign-undertaking", "Sign the undertaking in force, as yourself", person(),
		func(ctx context.Context, actor access.Actor, in *struct {
			Body struct {
				Version string `json:"version" doc:"of the text that you read" minLength:"1" maxLength:"20"`
				Digest  string `json:"digest" doc:"SHA-256 of that text, hexadecimal" pattern:"^[0-9a-fA-F]{64}$"`
			}
		},
		) (staff.Standing, error) {
			return a.Staff.Sign(ctx, actor, in.Body.Version, in.Body.Digest)
		})
}

func (a *api) staffProposals() {
	route(a, http.MethodGet, "/staff/proposals", "list-staff-proposals", "List what takes two people of the platform", inside(access.StaffList),
		func(ctx context.Context, actor access.Actor, _ *none) (list[staff.Motion], error) {
			items, err := a.Staff.Proposals(ctx, actor)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/staff/proposals/{proposal}/decision", "decide-staff-proposal", "Approve or decline, as another administrator", inside(access.StaffChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneStaffProposal
			Body struct {
				Approve bool   `json:"approve"`
				Reason  string `json:"reason,omitempty" doc:"of declining" maxLength:"2000"`
				Version int64  `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (staff.Motion, error) {
			return a.Staff.DecideProposal(ctx, actor, in.Proposal, staff.Decision{Approve: in.Body.Approve, Reason: in.Body.Reason, Version: in.Body.Version})
		})
	route(a, http.MethodPost, "/exports", "ask-export", "Ask to export what an organisation's ledger holds; it takes an administrator besides you", inside(access.GrantRequest),
		func(ctx context.Context, actor access.Actor, in *struct{ Body Asked }) (staff.Motion, error) {
			return a.Staff.AskExport(ctx, actor, staff.Ask{Organisation: in.Body.Organisation, Reason: in.Body.Reason, Ticket: in.Body.Ticket})
		})
	a.plain(huma.Operation{
		OperationID: "make-export", Method: http.MethodPost, Path: "/exports/{proposal}/bundle", Summary: "Make an export that was approved, once", Tags: []string{"exports"},
		Responses: map[string]*huma.Response{"200": {Description: "A bundle.", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}},
	}, inside(access.GrantRequest), func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
		to := &begun{w: w}
		err := a.Staff.Export(r.Context(), actor, r.PathValue("proposal"), to)
		if err != nil && to.begun {
			panic(http.ErrAbortHandler) // as for any bundle
		}
		return err
	})
	route(a, http.MethodGet, "/trust/exports", "count-exports", "How many exports of what organisations have the platform has asked for, approved and made", everybody(),
		func(ctx context.Context, _ access.Actor, _ *none) (staff.Published, error) {
			return a.Staff.Exports(ctx)
		})
}

func (a *api) sealed() {
	route(a, http.MethodPost, "/break-glass", "seal-break-glass", "Seal the account for the day when the provider is away with a new code", inside(access.StaffChange),
		func(ctx context.Context, actor access.Actor, _ *none) (told, error) {
			code, err := a.Staff.SealBreakGlass(ctx, actor)
			return told{Code: string(code.Expose())}, err
		})
	route(a, http.MethodPost, "/break-glass/acknowledgement", "acknowledge-break-glass", "Say why the sealed account was opened", inside(access.StaffChange),
		func(ctx context.Context, actor access.Actor, in *struct{ Body reasonBody }) (none, error) {
			return none{}, a.Staff.Acknowledge(ctx, actor, in.Body.Reason)
		})
	route(a, http.MethodPost, "/break-glass/session", "open-break-glass", "Open the sealed account with its code: an hour as administrator. It is loud", everybody(),
		func(ctx context.Context, _ access.Actor, in *struct {
			Body struct {
				Code string `json:"code" minLength:"1" maxLength:"200"`
			}
		},
		) (none, error) {
			e := enteredOf(ctx)
			if e.w == nil {
				return none{}, fault.New(fault.Internal, "there is nobody to answer")
			}
			cookie, err := a.Staff.OpenBreakGlass(ctx, in.Body.Code, "the sealed account", a.Request(ctx))
			if err != nil {
				return none{}, err
			}
			http.SetCookie(e.w, &http.Cookie{Name: StaffCookie, Value: string(cookie.Expose()), Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
			return none{}, nil
		})
}
