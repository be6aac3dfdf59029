package app

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/legaltext"
	"c4arch/internal/inbound/cli"
	desk "c4arch/internal/inbound/portal/legal"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/legal"
	store "c4arch/internal/store/legal"
	values "c4arch/internal/trust/legal"
)

// registering builds the legal registry. Decisions of the programme are asked when they are needed: they are built beside it.
func (in *instance) registering() *legal.Service {
	return &legal.Service{
		Store: store.New(in.homes), Rules: legal.Rules{Notice: in.cfg.Legal.Notice}, Now: in.now, Random: rand.Reader, Log: in.log, Templates: starters, Screen: in.screen,
		Acceptances: in.acceptedDocuments, Told: func() { in.acceptance.Forget() },
		Approved: func(ctx context.Context, decision string) (bool, error) { return in.programme.Approved(ctx, decision) },
	}
}

// starters are the starter texts as versions.
func starters() ([]values.Version, error) {
	texts, err := legaltext.All()
	if err != nil {
		return nil, err
	}
	list := make([]values.Version, 0, len(texts))
	for _, t := range texts {
		v := values.Version{
			Slug: t.Slug, Title: t.Title, Summary: t.Summary, Body: t.Body, Audience: values.Enterprise, Material: true, Accept: t.Accept, Rank: t.Rank, Supports: t.Supports, Template: true,
		}
		if t.Public {
			v.Audience = values.Public
		}
		list = append(list, v)
	}
	return list, nil
}

// legalDesk is the pages of the legal registry.
func (in *instance) legalDesk() web.Desk {
	return desk.Desk(desk.Parts{Registry: in.legal, Names: in.staffNames, Accepted: in.acceptedBy, Notice: in.cfg.Legal.Notice, Now: in.now})
}

// staffNames are the names of the platform's own people, for pages of the platform that say who did what.
func (in *instance) staffNames(ctx context.Context, a access.Actor) (map[string]string, error) {
	scope, err := access.Decide(access.System(id.Platform, "names of the platform's people on its pages", a), access.StaffList, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, _, err := in.staff.Store.Personnel(ctx, scope)
	names := make(map[string]string, len(all))
	for _, p := range all {
		names[p.Person] = p.Name
	}
	return names, err
}

// legalAtBoot compares the registry with the ledger when the service begins. What it finds is logged, and stops nothing.
func (in *instance) legalAtBoot(ctx context.Context) {
	if _, err := in.legal.AtBoot(ctx); err != nil {
		in.log.ErrorContext(ctx, "the legal registry could not be verified", "error", err)
	}
}

// verifyLegal is c4arch legal verify.
func verifyLegal(ctx context.Context, env cli.Env, at cli.Instance) (v *legal.Verdict, err error) {
	err = atRegistry(ctx, env, at, func(in *instance, a access.Actor) error {
		v, err = in.legal.Verify(ctx, a)
		return err
	})
	return v, err
}

// publishedLegal are all versions that were published, and when that is said.
func publishedLegal(ctx context.Context, env cli.Env, at cli.Instance) (all []values.Version, now time.Time, err error) {
	err = atRegistry(ctx, env, at, func(in *instance, _ access.Actor) error {
		now = in.now()
		all, err = in.legal.Published(ctx)
		return err
	})
	return all, now, err
}

func atRegistry(ctx context.Context, env cli.Env, at cli.Instance, do func(in *instance, a access.Actor) error) (err error) {
	actor, err := console(env, "the legal registry")
	if err != nil {
		return err
	}
	in, err := onConsole(ctx, env, at)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return do(in, actor)
}
