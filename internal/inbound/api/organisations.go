package api

import (
	"context"
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
)

// who is whoever asks.
type who struct {
	Actor        id.Actor      `json:"actor"`
	Organisation id.Org        `json:"organisation"`
	Roles        []access.Role `json:"roles"`
	Project      id.Project    `json:"project,omitempty"`
}

type newOrganisation struct {
	Slug       string `json:"slug" doc:"short name: lower case, digits and hyphens" minLength:"2" maxLength:"40"`
	Name       string `json:"name" minLength:"1" maxLength:"200"`
	OwnerName  string `json:"ownerName" minLength:"1" maxLength:"200"`
	OwnerEmail string `json:"ownerEmail" minLength:"3" maxLength:"254"`
	Approvals  int    `json:"approvals,omitempty" doc:"how many people a baseline takes" minimum:"0" maximum:"2"`
}

// madeOrganisation is an organisation with its owner's token, which is told this once.
type madeOrganisation struct {
	Organisation tenant.Organisation `json:"organisation"`
	Owner        tenant.Member       `json:"owner"`
	Token        string              `json:"token" doc:"told this once"`
}

type madeToken struct {
	Token string `json:"token"`
}

func (a *api) setup() {
	route(a, http.MethodPost, "/setup", "set-up", "Exchange the one-time code of a new instance for the operator's token", everybody(),
		func(ctx context.Context, _ access.Actor, in *struct {
			Body struct {
				Code string `json:"code" minLength:"1" maxLength:"200"`
			}
		},
		) (madeToken, error) {
			made, err := a.Accounts.Complete(ctx, in.Body.Code, a.Request(ctx))
			return madeToken{string(made.Text.Expose())}, err
		})
}

func (a *api) organisations() {
	a.setup()
	route(a, http.MethodGet, "/whoami", "who-am-i", "Who the token is", person(),
		func(_ context.Context, actor access.Actor, _ *none) (who, error) {
			return who{Actor: actor.ID, Organisation: actor.Org, Roles: actor.Roles, Project: actor.Project}, nil
		})
	route(a, http.MethodPost, "/organisations", "create-organisation", "Make an organisation, as the operator", inside(access.OrganisationCreate),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body newOrganisation
		},
		) (madeOrganisation, error) {
			b := in.Body
			made, err := a.Accounts.CreateOrganisation(ctx, actor, accounts.NewOrganisation{
				Slug: b.Slug, Name: b.Name, OwnerName: b.OwnerName, OwnerEmail: b.OwnerEmail, Approvals: b.Approvals, Key: in.key("create-organisation", b),
			})
			return madeOrganisation{Organisation: made.Organisation, Owner: made.Owner, Token: string(made.Token.Text.Expose())}, err
		})
	route(a, http.MethodGet, "/organisations", "list-organisations", "List organisations, as the operator", inside(access.OrganisationList),
		func(ctx context.Context, actor access.Actor, in *Page) (list[accounts.Listed], error) {
			at, err := in.from(actor, "list-organisations")
			if err != nil {
				return list[accounts.Listed]{}, err
			}
			items, err := a.Accounts.Organisations(ctx, actor, id.Org(at), in.Limit)
			return goesOn(actor, "list-organisations", items, in.Limit, func(o accounts.Listed) string { return string(o.ID) }), err
		})
	route(a, http.MethodGet, "/organisation", "get-organisation", "The token's own organisation", inside(access.OrganisationRead),
		func(ctx context.Context, actor access.Actor, _ *none) (tenant.Organisation, error) {
			return a.Accounts.Organisation(ctx, actor)
		})
	route(a, http.MethodPatch, "/organisation", "change-organisation", "Change the name, or how many people an approval takes", inside(access.OrganisationChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Body struct {
				Name      *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Approvals *int    `json:"approvals,omitempty" minimum:"1" maximum:"2"`
				Version   int64   `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (tenant.Organisation, error) {
			return a.Accounts.ChangeOrganisation(ctx, actor, accounts.OrganisationChange{Name: in.Body.Name, Approvals: in.Body.Approvals, Version: in.Body.Version})
		})
	route(a, http.MethodPost, "/organisation/destruction", "destroy-organisation", "Destroy the organisation's key, and with it everything that it has. It cannot be undone", inside(access.OrganisationDestroy),
		func(ctx context.Context, actor access.Actor, in *struct {
			Body struct {
				Slug   string `json:"slug" doc:"the short name, typed again" maxLength:"40" thing:"slug"`
				Reason string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (none, error) {
			return none{}, a.Accounts.DestroyOrganisation(ctx, actor, in.Body.Slug, in.Body.Reason)
		})
	a.projects()
	a.connections()
}

func (a *api) projects() {
	route(a, http.MethodPost, "/projects", "create-project", "Make a project", inside(access.ProjectCreate),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Slug string `json:"slug" minLength:"2" maxLength:"40"`
				Name string `json:"name" minLength:"1" maxLength:"200"`
			}
		},
		) (tenant.Project, error) {
			return a.Accounts.CreateProject(ctx, actor, accounts.NewProject{Slug: in.Body.Slug, Name: in.Body.Name, Key: in.key("create-project", in.Body)})
		})
	route(a, http.MethodGet, "/projects", "list-projects", "List projects", inside(access.ProjectList),
		func(ctx context.Context, actor access.Actor, _ *none) (list[tenant.Project], error) {
			items, err := a.Accounts.Projects(ctx, actor)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodGet, "/projects/{project}", "get-project", "One project", inside(access.ProjectRead),
		func(ctx context.Context, actor access.Actor, in *InProject) (tenant.Project, error) {
			return a.Accounts.Project(ctx, actor, in.id())
		})
	route(a, http.MethodPatch, "/projects/{project}", "change-project", "Rename a project, put it into the archive or take it out", inside(access.ProjectChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Body struct {
				Slug     *string `json:"slug,omitempty" minLength:"2" maxLength:"40"`
				Name     *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Archived *bool   `json:"archived,omitempty"`
				Version  int64   `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (tenant.Project, error) {
			b := in.Body
			return a.Accounts.ChangeProject(ctx, actor, in.id(), accounts.ProjectChange{Slug: b.Slug, Name: b.Name, Archived: b.Archived, Version: b.Version})
		})
}

type OneConnection struct {
	InProject
	Connection string `path:"connection" maxLength:"40"`
}

func (a *api) connections() {
	route(a, http.MethodGet, "/projects/{project}/connections", "list-connections", "List connections; never their credentials", inside(access.ConnectionList),
		func(ctx context.Context, actor access.Actor, in *InProject) (list[tenant.Connection], error) {
			items, err := a.Accounts.Connections(ctx, actor, in.id())
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/projects/{project}/connections", "create-connection", "Make a connection", inside(access.ConnectionChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Once
			Body struct {
				Kind       string         `json:"kind" enum:"upload,directory,azure,kubernetes,repository"`
				Name       string         `json:"name" minLength:"1" maxLength:"200"`
				Path       string         `json:"path,omitempty" doc:"of a directory, below one that the operator allows" maxLength:"1000"`
				Target     *tenant.Target `json:"target,omitempty" doc:"of azure, kubernetes, repository: what is read"`
				Credential string         `json:"credential,omitempty" doc:"sealed, and never shown again" maxLength:"65536"`
			}
		},
		) (tenant.Connection, error) {
			b := in.Body
			return a.Accounts.CreateConnection(ctx, actor, accounts.NewConnection{
				Project: in.id(), Kind: tenant.ConnectionKind(b.Kind), Name: b.Name, Path: b.Path, Target: b.Target,
				Credential: secret.New([]byte(b.Credential)), Key: in.key("create-connection/"+in.Project, b),
			})
		})
	route(a, http.MethodDelete, "/projects/{project}/connections/{connection}", "remove-connection", "Remove a connection and its credential", inside(access.ConnectionChange),
		func(ctx context.Context, actor access.Actor, in *OneConnection) (none, error) {
			return none{}, a.Accounts.RemoveConnection(ctx, actor, in.id(), in.Connection)
		})
	route(a, http.MethodPost, "/projects/{project}/connections/{connection}/verification", "verify-connection", "Look whether a live connection answers, and which rights it has", inside(access.ConnectionChange),
		func(ctx context.Context, actor access.Actor, in *OneConnection) (tenant.Connection, error) {
			return a.Accounts.VerifyConnection(ctx, actor, in.id(), in.Connection)
		})
	route(a, http.MethodPut, "/projects/{project}/connections/{connection}/credential", "replace-credential", "Give a connection another credential", inside(access.ConnectionChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneConnection
			Body struct {
				Credential string `json:"credential" minLength:"1" maxLength:"65536"`
			}
		},
		) (tenant.Connection, error) {
			return a.Accounts.ReplaceCredential(ctx, actor, in.id(), in.Connection, secret.New([]byte(in.Body.Credential)))
		})
}
