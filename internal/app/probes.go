package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/app/config"
	"c4arch/internal/app/serve"
	"c4arch/internal/app/serve/doctor"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/route"
	"c4arch/internal/inbound/scim"
	"c4arch/internal/inbound/web"
	"c4arch/internal/keys/file"
	"c4arch/internal/keys/kms"
	"c4arch/internal/keys/vault"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/control"
)

// probes are the checks of the controls that this instance can run, each beside what it checks.
func (in *instance) probes() ([]assure.Probe, error) {
	looks := &trust.Looks{Homes: in.homes, Server: in.server, Now: in.now, People: in.people()}
	probes, err := looks.Probes(in.audit)
	if err != nil {
		return nil, err
	}
	around := assure.Surroundings{
		Secrets: in.sources, Edges: in.edges, Storage: in.storage, Routes: in.routes,
		Foreign: func(ctx context.Context) ([]control.Observation, error) { return in.foreign(ctx, looks) },
	}
	if len(in.cfg.Keys.Root) > 0 && in.cfg.Keys.Root[0].Scheme == vault.Scheme {
		around.RootKey = func(context.Context) (assure.Source, error) { return rootSource(in.cfg.Keys.Root[0]), nil }
	}
	if strings.HasPrefix(in.cfg.Origin(), "https:") {
		around.Listener = func(ctx context.Context) ([]control.Observation, error) { return in.outside(ctx, serve.Probe.Look) }
	}
	around.Hops = func(ctx context.Context) ([]control.Observation, error) { return in.outside(ctx, serve.Probe.Ends) }
	around.Canaries = func(ctx context.Context) ([]control.Observation, error) { return in.apart(ctx, looks) }
	around.More = in.moreProbes()
	around.Staff, around.Answered, around.AskAs, around.Truths, around.Duties = in.entrance, in.answered, in.askAs, looks.Truths, in.duties
	more, err := around.Probes()
	return append(probes, more...), err
}

// routes asks every route of the API, of provisioning and of the pages as strangers do.
func (in *instance) routes(ctx context.Context) ([]control.Observation, error) {
	nobody, err := id.Mint("og", rand.Reader, in.now())
	if err != nil {
		return nil, err
	}
	token, err := identity.NewToken(id.Org(nobody), rand.Reader)
	if err != nil {
		return nil, err
	}
	cookie, err := identity.NewCookie(rand.Reader)
	if err != nil {
		return nil, err
	}
	p := in.doors()
	seen, err := api.ObserveRoutes(ctx, p.api, api.Strangers(string(token.Expose())))
	if err != nil {
		return seen, err
	}
	bearer := map[string]http.Header{"without a token": nil, "with a token that nobody has": {"Authorization": {"Bearer " + string(token.Expose())}}}
	session := map[string]http.Header{"without a session": nil, "with a session that nobody has": {"Cookie": {api.MemberCookie + "=" + string(cookie.Expose()) + "; " + api.StaffCookie + "=" + string(cookie.Expose())}}}
	seen = append(seen, route.ObserveStrangers(ctx, "provisioning", p.scim, p.scim.Routes(), bearer)...)
	return append(seen, route.ObserveStrangers(ctx, "pages", p.pages, p.pages.Routes(), session)...), nil
}

// doors are what is served, as the checks ask it: without rates, which are of addresses that ask, and without a log of what was asked.
type doors struct {
	api   *api.Handler
	scim  *scim.Handler
	pages *web.Site
}

func (in *instance) doors() doors {
	free := func(context.Context, access.Actor, netip.Addr, int) (api.Allowance, error) {
		return api.Allowance{}, nil
	}
	p := doors{api: api.New(in.apiParts()), scim: in.provisioner(free)}
	p.pages = in.pages(p.api, free)
	p.scim.Access, p.scim.Route, p.pages.Access, p.pages.Route = nil, nil, nil, nil
	return p
}

// answered are all routes that are served, with the policy of each.
func (in *instance) answered(context.Context) (all []assure.Answered, err error) {
	p := in.doors()
	for _, r := range slices.Concat(p.api.Routes(), p.scim.Routes(), p.pages.Routes()) {
		all = append(all, assure.Answered{Name: r.Name, Open: r.Who == route.Everybody, Person: r.Who == route.Person, Action: r.Action})
	}
	return all, nil
}

// askAs asks routes of the API that read, in the name of somebody for whom there is no token.
func (in *instance) askAs() assure.Ask { return api.AskAs(in.apiParts()) }

// duties are what an organisation is told of its own duties.
func (in *instance) duties(ctx context.Context, org id.Org) (all []assure.Duty, err error) {
	told, err := in.staff.Duties(ctx, access.Actor{ID: "probe", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.Jobs, Purpose: "checks of controls", Session: "probe", Request: "probe"})
	for _, d := range told {
		all = append(all, assure.Duty{ID: d.ID, Clauses: d.Clauses, Open: d.State != staff.Kept, Count: d.Count, Detail: d.Detail, Do: d.Do})
	}
	return all, err
}

// people are the rules about sessions and the platform's people that run.
func (in *instance) people() trust.People {
	texts := map[string]string{}
	for _, d := range undertaking.All() {
		texts[d.Version] = d.Digest
	}
	return trust.People{Enough: in.staff.Enough, Roles: in.staff.RolesOf, Undertakings: texts, Current: undertaking.Current().Version, MaxSessions: signin.MaxSessions}
}

// foreign asks routes of the API, for pairs of organisations, in the name of one for what the other has.
func (in *instance) foreign(ctx context.Context, looks *trust.Looks) (seen []control.Observation, err error) {
	err = looks.Pairs(ctx, func(org, other id.Org) error {
		there, err := looks.Things(ctx, other)
		if err != nil {
			return err
		}
		own, err := looks.Things(ctx, org)
		if err != nil {
			return err
		}
		// The actor never leaves this process: no token stands for it, and only routes that read are asked.
		f := api.Foreign{Things: there, Actor: access.Actor{
			ID: "probe", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.Jobs, Purpose: "checks of controls", Request: "probe",
		}}
		if list := own["project"]; len(list) > 0 {
			f.Own = list[0]
		}
		o, err := api.ObserveForeign(ctx, in.apiParts(), f)
		seen = append(seen, o)
		return err
	})
	if len(seen) == 0 && err == nil {
		return nil, fmt.Errorf("%w: there are fewer than two organisations", assure.ErrUnknown)
	}
	return seen, err
}

// sources are where the secrets of the configuration come from.
func (in *instance) sources(context.Context) ([]assure.Source, error) {
	c := &in.cfg.Config
	var list []assure.Source
	for name, s := range map[string]config.Secret{"database.url": c.Database.URL, "database.owner": c.Database.Owner} {
		if !s.Empty() {
			list = append(list, secretSource(name, s.Place()))
		}
	}
	for _, k := range c.Keys.Root {
		list = append(list, rootSource(k))
	}
	for name, path := range map[string]string{"tls.key": c.TLS.Key, "internal.key": c.Internal.Key} {
		if path != "" {
			list = append(list, assure.Source{Name: name, From: assure.FromFile, Where: path})
		}
	}
	return list, nil
}

func secretSource(name, place string) assure.Source {
	s := assure.Source{Name: name, Where: place}
	switch {
	case strings.HasPrefix(place, "file:"):
		s.From = assure.FromFile
	case strings.HasPrefix(place, "keyvault:"):
		s.From = assure.FromVault
	case strings.HasPrefix(place, "env:"):
		s.From = assure.FromVariable
	default: // an address without a password: the configuration refuses one with it
		s.From, s.Where = assure.FromIdentity, "an address without a password"
	}
	return s
}

func rootSource(k config.RootKey) assure.Source {
	s := assure.Source{Name: "keys.root", Where: k.String()}
	switch k.Scheme {
	case file.Scheme:
		s.From = assure.FromFile
	case vault.Scheme:
		s.From = assure.FromVault
	case kms.Scheme:
		s.From = assure.FromKMS
	}
	return s
}

// edges are the connections inside of the service.
func (in *instance) edges(context.Context) ([]assure.Edge, error) {
	var list []assure.Edge
	switch {
	case in.server == nil:
		list = append(list, assure.Edge{Name: "database", Mode: assure.Machine, What: "the embedded engine, in files"})
	default:
		list = append(list, in.databaseEdge())
	}
	if l := in.cfg.Internal.Listen; l != "" {
		e := assure.Edge{Name: "internal listener", Mode: assure.Plain, What: l}
		switch {
		case config.Loopback(l):
			e.Mode = assure.Machine
		case in.cfg.Internal.ClientCA != "":
			e.Mode = assure.MutualTLS
		}
		list = append(list, e)
	}
	if in.cfg.Proxy.Owner != "" {
		e := assure.Edge{Name: "proxy of " + in.cfg.Proxy.Owner, Mode: assure.Plain, What: "it ends TLS, and is named as the operator's own"}
		if config.Loopback(in.cfg.Server.Listen) {
			e.Mode = assure.Machine
		}
		list = append(list, e)
	}
	return list, nil
}

// databaseEdge tells from the address how the connection is protected.
func (in *instance) databaseEdge() assure.Edge {
	e := assure.Edge{Name: "database", What: in.server.Name()}
	rule := in.databaseAt
	switch {
	case rule.Unix:
		e.Mode = assure.Machine
	case in.databaseTLS.Get("sslcert") != "":
		e.Mode = assure.MutualTLS
	case strings.HasPrefix(in.databaseTLS.Get("sslmode"), "verify-"):
		e.Mode = assure.ServerTLS
	default:
		e.Mode = assure.Plain
	}
	return e
}

// storage is what the platforms say about what is stored, as doctor asks them.
func (in *instance) storage(ctx context.Context) ([]assure.Place, error) {
	p := doctor.Probes{Now: in.now, DataDir: in.cfg.Data.Dir, System: "/"}
	if in.server != nil {
		p.Postgres = in.askDatabase
	}
	if in.cfg.Objects.Place != "" {
		p.Bucket = in.bucketState
	}
	var list []assure.Place
	for _, f := range doctor.Doctor(ctx, p).Findings {
		if !aboutEncryption(f.Subject) {
			continue
		}
		place := assure.Place{Name: f.Subject, What: f.Detail}
		if f.State != doctor.Unknown {
			yes := f.State == doctor.OK
			place.Encrypted = &yes
		}
		list = append(list, place)
	}
	return list, nil
}

// aboutEncryption tells the findings about encryption at rest from the others.
func aboutEncryption(subject string) bool {
	for _, prefix := range []string{"database files", "volume of ", "PostgreSQL, storage", "objects in "} {
		if strings.HasPrefix(subject, prefix) {
			return true
		}
	}
	return false
}

// outside looks at the public listener as a stranger does.
func (in *instance) outside(ctx context.Context, look func(serve.Probe, context.Context) []control.Observation) ([]control.Observation, error) {
	origin, err := url.Parse(in.cfg.Origin())
	if err != nil || origin.Host == "" {
		return nil, fault.New(fault.Invalid, "the service does not know how people reach it").WithHelp("set external")
	}
	pins, err := serve.OwnPins(ctx, &in.cfg.Config, certificates{in})
	if err != nil {
		return nil, err
	}
	// The address is the service's own, which the operator named: on this machine, in a private network or public.
	exit, err := egress.New(egress.Config{Rules: map[egress.Purpose]egress.Rule{egress.Probe: named(origin)}, Recorder: in.book, Now: in.now})
	if err != nil {
		return nil, err
	}
	p := serve.Probe{Origin: origin, Own: pins, Proxy: in.cfg.Proxy.Owner, Now: in.now, Dial: exit.Dial(egress.Probe)}
	return look(p, ctx), nil
}
