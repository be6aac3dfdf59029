package app

import (
	"context"
	"errors"

	"c4arch/internal/account/access"
	"c4arch/internal/app/config"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/service/auditing"
)

// acceptRollback is c4arch restore accept: an instance that nobody serves is opened, with the one home that it would refuse.
func acceptRollback(ctx context.Context, env cli.Env, at cli.Instance, organisation, reason string) (done *auditing.Accepted, err error) {
	actor, err := console(env, "restore")
	if err != nil {
		return nil, err
	}
	org := id.Org(organisation)
	if !org.Valid() {
		if org, err = organisationCalled(ctx, env, at, actor, organisation); err != nil {
			return nil, err
		}
	}
	in, err := loaded(ctx, env, at.Flags(config.FileFlag))
	if err != nil {
		return nil, err
	}
	in.restored = org
	if err := in.open(ctx, meters{}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return in.audit.AcceptRollback(ctx, actor, org, reason)
}

// organisationCalled is the organisation with that slug.
func organisationCalled(ctx context.Context, env cli.Env, at cli.Instance, actor access.Actor, slug string) (found id.Org, err error) {
	in, err := onConsole(ctx, env, at)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for after := id.Org(""); ; {
		list, err := in.accounts.Organisations(ctx, actor, after, 1000)
		if err != nil {
			return "", err
		}
		for _, o := range list {
			if o.Slug == slug {
				return o.ID, nil
			}
			after = o.ID
		}
		if len(list) < 1000 {
			return "", fault.New(fault.NotFound, "there is no organisation %q", slug).WithHelp("name it by its id, which the error at opening has; the instance's own log is platform")
		}
	}
}
