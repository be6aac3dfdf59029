package api

import (
	"context"
	"net/http"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/federate"
)

type OneProvider struct {
	Provider string `path:"provider" maxLength:"40"`
}

type OneDomain struct {
	Domain string `path:"domain" maxLength:"40"`
}

// sso are the routes of who says who the members are: providers, domains, and what signing in demands.
func (a *api) sso() {
	route(a, http.MethodGet, "/providers", "list-providers", "List the organisation's OpenID Connect providers; never their secrets", inside(access.SSORead),
		func(ctx context.Context, actor access.Actor, in *Part) (list[identity.Provider], error) {
			items, err := a.Federate.Providers(ctx, actor)
			if err != nil {
				return list[identity.Provider]{}, err
			}
			return part(actor, "list-providers", *in, items, func(x identity.Provider) string { return x.ID })
		})
	route(a, http.MethodPost, "/providers", "add-provider", "Add an OpenID Connect provider, which must answer as one", inside(access.SSOChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Name   string   `json:"name" minLength:"1" maxLength:"200"`
				Issuer string   `json:"issuer" doc:"as the provider names itself; of Entra ID with the tenant" minLength:"8" maxLength:"500"`
				Client string   `json:"clientId" minLength:"1" maxLength:"200"`
				Secret string   `json:"clientSecret,omitempty" doc:"kept sealed, never told; left out for a public client, which PKCE protects" maxLength:"1000"`
				Scopes []string `json:"scopes,omitempty" doc:"besides openid; profile and email if left out" maxItems:"20"`
				Groups string   `json:"groupsClaim,omitempty" doc:"the claim of groups that give roles" maxLength:"100"`
				Join   string   `json:"joinAs,omitempty" doc:"the role of whoever signs in for the first time with a verified address of a proven domain; left out: only who is a member" enum:"admin,architect,approver,auditor,viewer,billing"`
			}
		},
		) (identity.Provider, error) {
			b := in.Body
			return a.Federate.AddProvider(ctx, actor, federate.NewProvider{
				Name: b.Name, Issuer: b.Issuer, Client: b.Client, Secret: secret.New([]byte(b.Secret)), Scopes: b.Scopes, Groups: b.Groups, Join: access.Role(b.Join), Key: in.key("add-provider", b),
			})
		})
	route(a, http.MethodPatch, "/providers/{provider}", "change-provider", "Change a provider, or switch it off. Its issuer stays", inside(access.SSOChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneProvider
			Body struct {
				Name    *string   `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Client  *string   `json:"clientId,omitempty" minLength:"1" maxLength:"200"`
				Secret  *string   `json:"clientSecret,omitempty" minLength:"1" maxLength:"1000"`
				Scopes  *[]string `json:"scopes,omitempty" maxItems:"20"`
				Groups  *string   `json:"groupsClaim,omitempty" maxLength:"100"`
				Join    *string   `json:"joinAs,omitempty" doc:"empty: only who is a member" maxLength:"20"`
				Off     *bool     `json:"disabled,omitempty"`
				Version int64     `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (identity.Provider, error) {
			b := in.Body
			change := federate.ProviderChange{Name: b.Name, Client: b.Client, Scopes: b.Scopes, Groups: b.Groups, Join: (*access.Role)(b.Join), Off: b.Off, Version: b.Version}
			if b.Secret != nil {
				v := secret.New([]byte(*b.Secret))
				change.Secret = &v
			}
			return a.Federate.ChangeProvider(ctx, actor, in.Provider, change)
		})
	route(a, http.MethodPost, "/providers/{provider}/removal", "remove-provider", "Remove a provider with its secret: nobody signs in by it from then on", inside(access.SSOChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneProvider
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Federate.RemoveProvider(ctx, actor, in.Provider, in.Body.Reason)
		})
	a.domains()
	a.signInPolicy()
}

func (a *api) domains() {
	route(a, http.MethodGet, "/domains", "list-domains", "List the domains of e-mail addresses that the organisation says are its own, with what proves them", inside(access.SSORead),
		func(ctx context.Context, actor access.Actor, in *Part) (list[identity.Domain], error) {
			items, err := a.Federate.Domains(ctx, actor)
			if err != nil {
				return list[identity.Domain]{}, err
			}
			return part(actor, "list-domains", *in, items, func(x identity.Domain) string { return x.ID })
		})
	route(a, http.MethodPost, "/domains", "add-domain", "Say that a domain is the organisation's; it gives nothing until it is proven by the TXT record _c4arch.DOMAIN", inside(access.SSOChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Name     string `json:"name" minLength:"3" maxLength:"253"`
				Provider string `json:"provider,omitempty" doc:"the one that its people sign in by; left out: any of the organisation" maxLength:"40" thing:"provider"`
			}
		},
		) (identity.Domain, error) {
			return a.Federate.AddDomain(ctx, actor, federate.NewDomain{Name: in.Body.Name, Provider: in.Body.Provider, Key: in.key("add-domain", in.Body)})
		})
	route(a, http.MethodPost, "/domains/{domain}/verification", "verify-domain", "Look for the proof of a domain in the name service now", inside(access.SSOChange),
		func(ctx context.Context, actor access.Actor, in *OneDomain) (identity.Domain, error) {
			return a.Federate.VerifyDomain(ctx, actor, in.Domain)
		})
	route(a, http.MethodPost, "/domains/{domain}/removal", "remove-domain", "Take a domain away: no provider vouches for its addresses from then on", inside(access.SSOChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneDomain
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Federate.RemoveDomain(ctx, actor, in.Domain, in.Body.Reason)
		})
}

// demands is the policy of signing in as the API has it: a duration is minutes.
type demands struct {
	SSO       bool                    `json:"ssoRequired" doc:"members sign in by a provider of the organisation; an owner can still use a passkey, which is written down. Switched on by an owner who is signed in through a provider"`
	Addresses []string                `json:"addresses" doc:"networks from which members may come; none is any" maxItems:"100"`
	Minutes   int64                   `json:"sessionMinutes" doc:"how long a session lasts; 0 is what the service has" minimum:"0" maximum:"1440"`
	Grants    bool                    `json:"grantsApproved" doc:"staff of the platform looks in only after the organisation has approved"`
	Groups    []identity.GroupMapping `json:"groups" doc:"which role a group of SCIM, or of the claim of groups, gives; never that of an owner" maxItems:"200"`
	Version   int64                   `json:"version" doc:"the version that you saw; 0 where none was set yet"`
	Reviewed  time.Time               `json:"reviewedAt,omitzero" readOnly:"true" doc:"when the roles were last reviewed"`
}

func demanded(p identity.Policy) demands {
	d := demands{SSO: p.SSO, Addresses: p.Addresses, Minutes: int64(p.Session / time.Minute), Grants: p.Grants, Groups: p.Groups, Version: p.Version, Reviewed: p.Reviewed}
	if d.Addresses == nil {
		d.Addresses = []string{}
	}
	if d.Groups == nil {
		d.Groups = []identity.GroupMapping{}
	}
	return d
}

func (a *api) signInPolicy() {
	route(a, http.MethodGet, "/sign-in-policy", "sign-in-policy", "What the organisation demands of whoever signs in", inside(access.SSORead),
		func(ctx context.Context, actor access.Actor, _ *none) (demands, error) {
			p, err := a.Federate.Policy(ctx, actor)
			return demanded(p), err
		})
	route(a, http.MethodPut, "/sign-in-policy", "set-sign-in-policy", "Demand something else of whoever signs in", inside(access.SSOChange),
		func(ctx context.Context, actor access.Actor, in *struct{ Body demands }) (demands, error) {
			b := in.Body
			p, err := a.Federate.ChangePolicy(ctx, actor, identity.Policy{
				SSO: b.SSO, Addresses: b.Addresses, Session: time.Duration(b.Minutes) * time.Minute, Grants: b.Grants, Groups: b.Groups, Version: b.Version,
			})
			return demanded(p), err
		})
}
