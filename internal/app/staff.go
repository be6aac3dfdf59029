package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	staffstore "c4arch/internal/store/staff"
)

// personnel builds what is about the platform's own people. Sessions and policies are asked when they are needed: they are built beside it.
func (in *instance) personnel() *staff.Service {
	st, c := staffstore.New(in.homes), &in.cfg.Staff
	return &staff.Service{
		Store: st, Postures: st, Policies: demands{in}, Sessions: staffSessions{in}, Bundles: bundles{in}, Now: in.now, Random: rand.Reader,
		Rules: staff.Rules{Issuer: c.Issuer, ACR: c.ACR, AMR: c.AMR, AAGUIDs: c.AAGUIDs, Hardware: c.NeedsHardware()},
	}
}

// demands are what organisations demand, as the service for providers keeps it.
type demands struct{ in *instance }

func (d demands) PolicyOf(ctx context.Context, org id.Org) (identity.Policy, error) {
	if d.in.federate == nil {
		return identity.Policy{}, fault.New(fault.Unavailable, "what the organisation demands cannot be read")
	}
	return d.in.federate.PolicyOf(ctx, org)
}

// staffSessions are sessions of the platform's people.
type staffSessions struct{ in *instance }

func (s staffSessions) BreakGlass(ctx context.Context, person, device, request string) (secret.Value, error) {
	s.in.log.ErrorContext(ctx, "the sealed account was opened: an administrator has to say why, and seal a new code", "request", request)
	if s.in.signIn == nil {
		return secret.Value{}, fault.New(fault.Unavailable, "nobody can sign in here")
	}
	signed, err := s.in.signIn.Start(ctx, signin.Start{Person: person, Realm: identity.Staff, Org: id.Platform, Method: identity.ByBreakGlass, Device: device, Request: request})
	return signed.Cookie, err
}

func (s staffSessions) EndAll(ctx context.Context, person, reason string) error {
	if s.in.signIn == nil {
		return nil // nobody is signed in where nobody can
	}
	return s.in.signIn.EndAll(ctx, person, reason)
}

// bundles are exports of what the ledgers of organisations hold, by the service itself, once two of the platform's people agreed.
type bundles struct{ in *instance }

func (b bundles) Bundle(ctx context.Context, org id.Org, cause access.Actor, to io.Writer) error {
	_, err := b.in.audit.Export(ctx, access.System(org, "an export that two people of the platform agreed to", cause), to, auditing.Export{Values: true})
	return err
}

// entrance is how the platform's people come in, for the checks of the controls.
func (in *instance) entrance(ctx context.Context) (assure.Entrance, error) {
	x, err := in.staff.StaffState(ctx)
	return assure.Entrance{Provider: x.Provider, Hardware: x.Hardware, Below: x.Below, BreakGlass: x.BreakGlass == "opened" || x.BreakGlass == "acknowledged"}, err
}

// loud logs, each minute, that the sealed account stands open.
func (in *instance) loud(ctx context.Context) error {
	err := in.staff.Loud(ctx)
	if fault.KindOf(err) == fault.Drift {
		in.log.ErrorContext(ctx, err.Error())
		return nil
	}
	return err
}

// standsOpen says the same as a number, for metrics.
func (in *instance) standsOpen(ctx context.Context) (open, known bool) {
	if in.staff == nil {
		return false, false
	}
	err := in.staff.Loud(ctx)
	return fault.KindOf(err) == fault.Drift, err == nil || fault.KindOf(err) == fault.Drift
}

// sealBreakGlass is c4arch breakglass seal.
func sealBreakGlass(ctx context.Context, env cli.Env, at cli.Instance) (code secret.Value, err error) {
	err = atConsole(ctx, env, at, func(in *instance, a access.Actor) error {
		code, err = in.staff.SealBreakGlass(ctx, a)
		return err
	})
	return code, err
}

// acknowledgeBreakGlass is c4arch breakglass acknowledge.
func acknowledgeBreakGlass(ctx context.Context, env cli.Env, at cli.Instance, reason string) error {
	return atConsole(ctx, env, at, func(in *instance, a access.Actor) error { return in.staff.Acknowledge(ctx, a, reason) })
}

// allowKey is c4arch staff key.
func allowKey(ctx context.Context, env cli.Env, at cli.Instance, email string) (code secret.Value, err error) {
	err = atConsole(ctx, env, at, func(in *instance, a access.Actor) error {
		person, err := in.staff.ByEmail(ctx, email)
		if err != nil {
			return err
		}
		k, err := in.signIn.AllowKey(ctx, a, person)
		code = k.Text
		return err
	})
	return code, err
}

// atConsole opens the instance that is on this machine, for one command.
func atConsole(ctx context.Context, env cli.Env, at cli.Instance, do func(in *instance, a access.Actor) error) (err error) {
	actor, err := console(env, "the sealed account")
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
