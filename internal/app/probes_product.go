package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/app/observe"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/portal/duties"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/assure"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/control"
)

// productProbes are the checks of what the product does, each beside what it looks at.
func (in *instance) productProbes() looking {
	looks := &trust.Looks{Homes: in.homes, Server: in.server, Now: in.now, People: in.people()}
	return looking{
		assure.BuildTraced:    func(context.Context) ([]control.Observation, error) { return assure.Traced(in.program()), nil },
		assure.SchemaSteps:    looks.Steps,
		assure.ConfigLayers:   func(context.Context) ([]control.Observation, error) { return assure.Layered(in.settings()), nil },
		assure.HealthAnswers:  in.health,
		assure.LogLines:       in.lines,
		assure.MetricSeries:   in.series,
		assure.ChangesEntered: looks.Entered,
		assure.ReadOnly:       readOnly,
		assure.ConnectionMay:  assure.Rights(looks.Granted, in.shownDuties),
		assure.DutiesPage:     assure.Paged(looks.Truths, in.shownDuties, in.duties, looks.Granted),
	}
}

// program is what the build says of itself.
func (in *instance) program() assure.Program {
	v := serve.VersionOf(build())
	return assure.Program{Revision: v.Revision, Modified: v.Modified}
}

// settings are those in force, as the configuration explains them.
func (in *instance) settings() (all []assure.Setting) {
	for _, l := range in.cfg.Explain() {
		all = append(all, assure.Setting{Key: l.Key, Value: l.Value, Default: l.Default, Source: l.Source, Secret: l.Secret})
	}
	return all
}

// health asks the listener of this process, where it has one.
func (in *instance) health(ctx context.Context) ([]control.Observation, error) {
	checks := []serve.Check{{Name: "database", Ask: in.answers}}
	if in.bound.Load() == nil {
		return serve.ObserveHealth(ctx, checks, in.now, nil, nil), nil
	}
	at, err := url.Parse(in.pageOrigin())
	if at == nil || err != nil || at.Host == "" {
		return nil, fault.New(fault.Invalid, "the service does not know how people reach it").WithHelp("set external")
	}
	exit, err := egress.New(egress.Config{Rules: map[egress.Purpose]egress.Rule{egress.Probe: named(at)}, Recorder: in.book, Now: in.now})
	if err != nil {
		return nil, err
	}
	return serve.ObserveHealth(ctx, checks, in.now, at, exit.Client(egress.Probe).Transport), nil
}

// lines has a logger, made as that of the service is, write.
func (in *instance) lines(ctx context.Context) ([]control.Observation, error) {
	return observe.ObserveLog(ctx, func(w io.Writer) *slog.Logger { return observe.NewLogger(w, in.cfg.Log.Format, in.cfg.Log.Level) }), nil
}

// series asks for the metrics of this process.
func (in *instance) series(ctx context.Context) ([]control.Observation, error) {
	w := in.watch.Load()
	if w == nil || w.Metrics == nil {
		return nil, fmt.Errorf("%w: this process is no service, and counts nothing", assure.ErrUnknown)
	}
	return w.Metrics.ObserveSeries(ctx), nil
}

// asMember signs in whoever is asked for, in this process: no session stands for it.
type asMember struct {
	web.SignIn
	who web.Who
}

func (m asMember) Authenticate(context.Context, web.Attempt) (web.Who, error) { return m.who, nil }

func (m asMember) Organisations(context.Context, web.Who) ([]web.Membership, error) {
	return []web.Membership{{Org: m.who.Actor.Org, Slug: "probe", Name: "probe", Role: access.Owner}}, nil
}

// probing is an owner of the organisation who is nobody.
func probing(org id.Org) access.Actor {
	return access.Actor{ID: "probe", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.Jobs, Purpose: "checks of controls", Session: "probe", Request: "probe"}
}

// pagesOf are the pages as an owner of the organisation has them who has accepted what has to be: what is looked at is the page, and not who is stopped before it.
func (in *instance) pagesOf(a access.Actor) *web.Site {
	p := in.doors().pages
	p.SignIn, p.Looked, p.Actor, p.Accepted = asMember{p.SignIn, web.Who{Actor: a}}, nil, nil, nil
	return p
}

// shownTo is what a page answers to somebody who is signed in.
func shownTo(ctx context.Context, pages http.Handler, path string) (*inMemory, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.RequestURI = path
	r.Header.Set("Accept", "text/html")
	r.AddCookie(&http.Cookie{Name: api.MemberCookie, Value: "probe"})
	a := &inMemory{header: http.Header{}, status: http.StatusOK}
	pages.ServeHTTP(a, r)
	if a.status != http.StatusOK {
		return a, fault.New(fault.Internal, "the page %s answers with %d", path, a.status)
	}
	return a, nil
}

// shownDuties are what the page of an organisation shows of its duties, as its owner would see and download them.
func (in *instance) shownDuties(ctx context.Context, org id.Org) (all []assure.PageDuty, err error) {
	pages := in.pagesOf(probing(org))
	file, err := shownTo(ctx, pages, duties.Path+"/export.json")
	if err != nil {
		return nil, err
	}
	var r duties.Report
	if err := json.Unmarshal(file.body.Bytes(), &r); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the export of the duties cannot be read")
	}
	page, err := shownTo(ctx, pages, duties.Path)
	if err != nil {
		return nil, err
	}
	html := page.body.String()
	for _, d := range r.Duties {
		x := assure.PageDuty{
			ID: d.ID, Clauses: d.Clauses, Open: d.Outcome == duties.ToDo, Removable: true,
			Said: d.Detail != "" && strings.Contains(html, `id="duty-`+d.ID+`"`),
		}
		for _, item := range d.Items {
			x.Items = append(x.Items, item.ID)
			x.Removable = x.Removable && (strings.Contains(html, duties.Path+"/members/"+item.ID+"/remove") || strings.Contains(html, duties.Path+"/tokens/"+item.ID+"/revoke"))
		}
		all = append(all, x)
	}
	return all, nil
}
