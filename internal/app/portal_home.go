package app

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/portal/home"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/overview"
	estate "c4arch/internal/store/overview"
)

// overview is where organisations and their projects stand.
func (in *instance) overview() *overview.Service {
	return &overview.Service{Estate: estate.New(in.homes), Now: in.now}
}

// homeDesk is the first page of an organisation.
func (in *instance) homeDesk() web.Desk {
	o := in.overview()
	return home.Desk(home.Ports{Home: o.Home, Organisation: in.accounts.Organisation, Names: in.names, Explore: in.explore, Now: in.now})
}

// names tells what to call whoever did something, for who may list members; others are told what sort of somebody it was.
func (in *instance) names(ctx context.Context, a access.Actor) (func(id.Actor) string, error) {
	called := map[string]string{}
	if _, err := access.Decide(a, access.MemberList, access.Resource{}); err == nil {
		all, err := in.accounts.Members(ctx, a, true)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			called[m.Person] = m.Name
		}
	}
	return func(who id.Actor) string {
		switch {
		case who.Person() == "":
			return say.T(ctx, "a program")
		case called[who.Person()] == "":
			return say.T(ctx, "a member")
		}
		return called[who.Person()]
	}, nil
}

// explore makes the example of the organisation, or takes it out of the archive.
func (in *instance) explore(ctx context.Context, a access.Actor) (id.Project, error) {
	if _, err := access.Decide(a, access.ProjectCreate, access.Resource{}); err != nil {
		return "", err
	}
	all, err := in.accounts.Projects(ctx, a)
	if err != nil {
		return "", err
	}
	free := map[string]bool{}
	for _, p := range all {
		free[p.Slug] = true
		if !p.Example {
			continue
		}
		if p.Archived {
			no := false
			_, err = in.accounts.ChangeProject(ctx, a, p.ID, accounts.ProjectChange{Archived: &no})
		}
		return p.ID, err
	}
	slug := "example"
	for n := '2'; free[slug] && n <= '9'; n++ {
		slug = "example-" + string(n)
	}
	p, err := in.accounts.CreateProject(ctx, a, accounts.NewProject{Slug: slug, Name: "Contoso Online (example)", Example: true})
	return p.ID, err
}
