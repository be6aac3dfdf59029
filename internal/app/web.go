package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/app/observe"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/signin"
)

// pages builds the pages in front of what else is served. limit is the one that the API has: whoever asks has no more by asking for pages.
func (in *instance) pages(elsewhere http.Handler, limit limiter) *web.Site {
	return web.New(web.Services{
		SignIn:       pagesSignIn{in.signIn, &in.fresh, in.firstOf()},
		Organisation: pagesOrganisation{in.accounts, in.signIn, in.now},
		Federation:   pagesFederation{in.federate},
		Staff:        pagesStaff{in.staff, in.audit, in.signIn, in.federate, in.accounts, in.upkeep},
		API:          func(ctx context.Context) ([]byte, error) { return fetched(ctx, elsewhere, "/api/v1/openapi.json") },
		Undertaking: func() web.Undertaking {
			d := undertaking.Current()
			return web.Undertaking{Version: d.Version, Text: d.Text}
		},
		Unread: in.notify.Unread,
		Setup:  func(context.Context) (bool, error) { return in.fresh.Load(), nil },
		Origin: in.saidOrigin(), Now: in.now, Request: observe.RequestID, Addr: serve.ClientAddr,
		Actor: func(ctx context.Context, a access.Actor) { observe.Identify(ctx, a.Org, a.ID) },
		Route: observe.Route, Looked: in.staff.Looked,
		Access: func(ctx context.Context, x web.Accessed) {
			in.accessed(ctx, api.Accessed{Actor: x.Actor, Method: x.Method, Route: x.Route, Action: x.Action, Status: x.Status})
		},
		Limit: func(ctx context.Context, a access.Actor, addr netip.Addr, cost int) (time.Duration, error) {
			left, err := limit(ctx, a, addr, cost)
			return left.Retry, err
		},
		Accepted:  in.acceptance.May,
		Failed:    in.failed("a page failed"),
		Elsewhere: elsewhere, MaxUpload: in.cfg.Limits.Upload,
		Known: func(ctx context.Context, a access.Actor, project id.Project) error {
			_, err := in.accounts.Project(ctx, a, project)
			return err
		},
	}, in.desks()...)
}

// fetched is what a handler answers at a path.
func fetched(ctx context.Context, h http.Handler, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	a := &inMemory{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(a, r)
	if a.status != http.StatusOK {
		return nil, fault.New(fault.Internal, "%s answers with %d", path, a.status)
	}
	return a.body.Bytes(), nil
}

// inMemory is an answer in memory.
type inMemory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *inMemory) Header() http.Header         { return k.header }
func (k *inMemory) WriteHeader(status int)      { k.status = status }
func (k *inMemory) Write(b []byte) (int, error) { return k.body.Write(b) }

// pagesSignIn is signing in as the pages see it.
type pagesSignIn struct {
	*signin.Service
	fresh *atomic.Bool
	// first is called with the owner of the first organisation; nil where nothing is to be there.
	first func(ctx context.Context, owner access.Actor)
}

func (p pagesSignIn) Authenticate(ctx context.Context, try web.Attempt) (web.Who, error) {
	a, ss, err := p.Service.Authenticate(ctx, signin.Attempt{Cookie: try.Cookie, Realm: try.Realm, Addr: try.Addr, Surface: access.Portal, Request: try.Request})
	if errors.Is(err, signin.ErrUnauthenticated) {
		return web.Who{}, web.ErrSignIn
	}
	return web.Who{Actor: a, Session: ss}, err
}

func cause(f web.From) signin.Cause { return signin.Cause{Addr: f.Addr, Request: f.Request} }

func begun(c signin.Ceremony, err error) (web.Ceremony, error) {
	return web.Ceremony{Handle: c.Handle, Options: c.Options}, err
}

func finish(handle secret.Value, response []byte, f web.From) signin.Finish {
	return signin.Finish{Handle: string(handle.Expose()), Response: response, Device: f.Device, Request: f.Request}
}

func cookie(s signin.Signed, err error) (secret.Value, error) { return s.Cookie, err }

func (p pagesSignIn) BeginSignIn(ctx context.Context, f web.From) (web.Ceremony, error) {
	return begun(p.Service.BeginSignIn(ctx, f.Realm, cause(f)))
}

func (p pagesSignIn) FinishSignIn(ctx context.Context, handle secret.Value, response []byte, f web.From) (secret.Value, error) {
	return cookie(p.Service.FinishSignIn(ctx, finish(handle, response, f), f.Realm))
}

func (p pagesSignIn) BeginStepUp(ctx context.Context, w web.Who, f web.From) (web.Ceremony, error) {
	return begun(p.Service.BeginStepUp(ctx, w.Session, cause(f)))
}

func (p pagesSignIn) FinishStepUp(ctx context.Context, w web.Who, handle secret.Value, response []byte, f web.From) (secret.Value, error) {
	return cookie(p.Service.FinishStepUp(ctx, w.Session, finish(handle, response, f)))
}

func (p pagesSignIn) Switch(ctx context.Context, w web.Who, org id.Org) (secret.Value, error) {
	return cookie(p.Service.Switch(ctx, w.Session, org, w.Actor.Request))
}

func (p pagesSignIn) SignOut(ctx context.Context, w web.Who) error {
	return p.Service.SignOut(ctx, w.Session, w.Actor.Request)
}

func (p pagesSignIn) Organisations(ctx context.Context, w web.Who) ([]web.Membership, error) {
	all, err := p.Service.Organisations(ctx, w.Session)
	out := make([]web.Membership, len(all))
	for i, m := range all {
		out[i] = web.Membership{Org: m.Org, Slug: m.Slug, Name: m.Name, Role: m.Role}
	}
	return out, err
}

func (p pagesSignIn) Sessions(ctx context.Context, w web.Who) ([]identity.Session, error) {
	all, err := p.Service.Sessions(ctx, w.Actor)
	out := make([]identity.Session, len(all))
	for i, s := range all {
		out[i] = s.Session
	}
	return out, err
}

func (p pagesSignIn) EndOthers(ctx context.Context, w web.Who) error {
	return p.Service.EndOthers(ctx, w.Actor)
}

func (p pagesSignIn) EndSession(ctx context.Context, w web.Who, session string) error {
	return p.Service.EndSession(ctx, w.Actor, session)
}

func (p pagesSignIn) Passkeys(ctx context.Context, w web.Who) ([]identity.Passkey, error) {
	return p.Service.Passkeys(ctx, w.Actor)
}

func (p pagesSignIn) RenamePasskey(ctx context.Context, w web.Who, passkey, name string) error {
	_, err := p.Service.RenamePasskey(ctx, w.Actor, passkey, name)
	return err
}

func (p pagesSignIn) RemovePasskey(ctx context.Context, w web.Who, passkey string) error {
	return p.Service.RemovePasskey(ctx, w.Actor, passkey)
}

func (p pagesSignIn) BeginPasskey(ctx context.Context, w web.Who) (web.Ceremony, error) {
	return begun(p.Service.BeginRegistration(ctx, signin.Registration{Actor: w.Actor, Cause: signin.Cause{Request: w.Actor.Request}}))
}

func (p pagesSignIn) FinishPasskey(ctx context.Context, w web.Who, handle secret.Value, response []byte, name string) error {
	in := finish(handle, response, web.From{Request: w.Actor.Request})
	in.Actor, in.Name = w.Actor, name
	_, err := p.Service.FinishRegistration(ctx, in)
	return err
}

func (p pagesSignIn) BeginKey(ctx context.Context, held string, f web.From) (json.RawMessage, error) {
	return p.Service.BeginKey(ctx, held, cause(f))
}

func (p pagesSignIn) FinishKey(ctx context.Context, held string, response []byte, f web.From) (secret.Value, error) {
	return cookie(p.Service.FinishKey(ctx, signin.Finish{Handle: held, Response: response, Device: f.Device, Request: f.Request}))
}

func (p pagesSignIn) BeginFirstKey(ctx context.Context, held, code string, f web.From) (web.Ceremony, error) {
	return begun(p.Service.BeginFirstKey(ctx, held, code, cause(f)))
}

func (p pagesSignIn) FinishFirstKey(ctx context.Context, handle string, response []byte, f web.From) (secret.Value, error) {
	return cookie(p.Service.FinishFirstKey(ctx, signin.Finish{Handle: handle, Response: response, Device: f.Device, Request: f.Request}))
}

func (p pagesSignIn) AllowKey(ctx context.Context, a access.Actor, person string) (web.Told, error) {
	k, err := p.Service.AllowKey(ctx, a, person)
	return web.Told{Text: k.Text, Expires: k.Expires}, err
}

func (p pagesSignIn) BeginSetup(ctx context.Context, code string, f web.Founder, from web.From) (web.Ceremony, error) {
	return begun(p.Service.BeginSetup(ctx, code, signin.Founder{Name: f.Name, Email: f.Email, Organisation: f.Organisation, Slug: f.Slug}, cause(from)))
}

func (p pagesSignIn) FinishSetup(ctx context.Context, handle secret.Value, response []byte, f web.From) (secret.Value, error) {
	c, err := cookie(p.Service.FinishSetup(ctx, finish(handle, response, f)))
	if err != nil {
		return c, err
	}
	p.fresh.Store(false)
	if p.first == nil {
		return c, nil
	}
	who, err := p.Authenticate(ctx, web.Attempt{Cookie: string(c.Expose()), Realm: identity.Members, Addr: f.Addr, Request: f.Request})
	if err == nil {
		p.first(ctx, who.Actor)
	}
	return c, err
}

// firstOf is what the first organisation of an instance for looking around begins with.
func (in *instance) firstOf() func(context.Context, access.Actor) {
	if !in.cfg.Server.Demo {
		return nil
	}
	return func(ctx context.Context, owner access.Actor) {
		if _, err := in.explore(ctx, owner); err != nil { // the instance is set up all the same, and its first page offers the example
			in.failed("the example was not made")(ctx, err)
		}
	}
}

func (p pagesSignIn) Invitation(ctx context.Context, code string, f web.From) (web.Invited, error) {
	v, err := p.Service.Invitation(ctx, code, cause(f))
	if err == nil && v.Recovery {
		err = identity.ErrCode
	}
	return web.Invited{Organisation: v.Organisation, Slug: v.Slug, Name: v.Name, Role: v.Role, Expires: v.Expires}, err
}

func (p pagesSignIn) BeginJoin(ctx context.Context, code string, f web.From) (web.Ceremony, error) {
	if code == "" {
		return web.Ceremony{}, identity.ErrCode
	}
	return begun(p.Service.BeginRegistration(ctx, signin.Registration{Code: code, Cause: cause(f)}))
}

func (p pagesSignIn) FinishJoin(ctx context.Context, handle secret.Value, response []byte, f web.From) (secret.Value, error) {
	done, err := p.Service.FinishRegistration(ctx, finish(handle, response, f))
	return done.Signed.Cookie, err
}

func (p pagesSignIn) Join(ctx context.Context, w web.Who, code string, f web.From) (secret.Value, error) {
	return cookie(p.Service.Accept(ctx, code, w.Session, cause(f)))
}

func (p pagesSignIn) Device(ctx context.Context, w web.Who, code string, f web.From) (web.Asking, error) {
	d, err := p.Service.LookDevice(ctx, w.Actor, code, cause(f))
	return web.Asking{Program: d.Client, Device: d.Device, Addr: d.Address}, err
}

func (p pagesSignIn) DecideDevice(ctx context.Context, w web.Who, code string, approve bool, f web.From) error {
	return p.Service.ApproveDevice(ctx, w.Actor, code, approve, cause(f))
}
