package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app/observe"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/scim"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/worker"
	"c4arch/internal/service/task"
)

// serveCommand is c4arch serve: it runs until ctx ends.
func serveCommand(ctx context.Context, env cli.Env, flags map[string][]string) error {
	in, err := loaded(ctx, env, flags)
	if err != nil {
		return err
	}
	in.log = observe.NewLogger(env.Stderr, in.cfg.Log.Format, in.cfg.Log.Level)
	for _, name := range in.cfg.Unknown {
		in.log.WarnContext(ctx, "nothing reads this variable", "variable", name)
	}
	metrics := observe.NewMetrics(version(), observe.Gauges{
		OpenHomes:  func() int { return in.homes.Opened() },
		LedgerSize: func() (int64, bool) { return in.ledgerSize(ctx) },
		DueAge:     func() (time.Duration, bool) { return in.homes.DueAge(ctx) },
		Egress:     func() map[string]observe.Outgoing { return in.outgoing() },
		BreakGlass: func() (bool, bool) { return in.standsOpen(ctx) },
	})
	if err := in.open(ctx, meters{ledger: metrics, assure: metrics, stream: metrics, policy: metrics.PolicyFailed}); err != nil {
		return err
	}
	err = in.serve(ctx, env, metrics)
	if e := in.Close(); err == nil {
		err = e
	}
	return err
}

func (in *instance) serve(ctx context.Context, env cli.Env, metrics *observe.Metrics) error {
	traces, err := observe.NewTraces(ctx, observe.TraceConfig{Endpoint: in.cfg.Telemetry.OTLP, Client: in.exit.Client(egress.Telemetry), Sample: in.cfg.Telemetry.Sample, Version: version()})
	if err != nil {
		return err
	}
	defer traces.Shutdown(context.WithoutCancel(ctx)) //nolint:errcheck // what is left of traces is not worth an error
	watch := &observe.Observer{Log: in.log, Metrics: metrics, Traces: traces, Now: env.Now}
	in.watch.Store(watch)
	if err := in.upkeep.Ensure(ctx, platformSchedules(in.now())); err != nil {
		return err
	}
	in.keepCanaries(ctx)
	in.legalAtBoot(ctx)
	if in.rooted != "" {
		fmt.Fprintf(env.Stderr, "A root key was made in %s. Without it nothing can be read, from a backup either: keep a copy of it in another place than the data.\n", in.rooted)
	}
	owner, err := id.Mint("wk", rand.Reader, in.now())
	if err != nil {
		return err
	}
	checks := in.checks(metrics)
	here, err := in.newPulse(owner, append(slices.Clip(checks), serve.Check{Name: "keys", Advisory: true, Ask: in.keysAnswer}))
	if err != nil {
		return err
	}
	dispatcher, err := in.dispatcher(watch, here)
	if err != nil {
		return err
	}
	code, err := in.setUpCode(ctx)
	if err != nil {
		return err
	}
	in.fresh.Store(!code.Empty())
	parts := serve.Parts{
		Public: in.public(), Observer: watch, Build: build(), Now: env.Now, Random: rand.Reader,
		Upload: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/uploads") },
		Ready:  checks,
		Cache:  certificates{in}, ACMEClient: in.exit.Client(egress.Certs),
		Listening: func(at serve.Addresses) { in.listens(at); in.tell(env.Stderr, at, string(code.Expose())) },
	}
	// Jobs stop with the listeners, and what runs is finished or given back before the homes close.
	work, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		dispatcher.Run(work)
	}()
	written := make(chan struct{})
	logging, last := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(written)
		in.streams.Access.Run(logging)
	}()
	err = serve.Run(ctx, &in.cfg.Config, parts)
	stop()
	<-done
	last() // the last requests are written down before the homes close
	<-written
	// What was spoken to since the last minute is written down as well.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	return errors.Join(err, in.recordDestinations(end), in.upkeep.Leave(end, owner))
}

// lastWrite bounds what is written when the service has stopped.
const lastWrite = 10 * time.Second

// checks are what readiness asks, and what whoever runs the service must know of.
func (in *instance) checks(metrics *observe.Metrics) []serve.Check {
	told := func(name, what string, list func() []string) serve.Check {
		return serve.Check{Name: name, Advisory: true, Ask: func(context.Context) error {
			if all := list(); len(all) > 0 {
				return fault.New(fault.Drift, "%s: %s", what, strings.Join(all[:min(len(all), 20)], ", "))
			}
			return nil
		}}
	}
	return []serve.Check{
		{Name: "database", Ask: in.answers},
		told("ledgers", "these do not verify", metrics.Unsound),
		told("controls", "these do not hold", metrics.Failing),
		{Name: "sealed account", Advisory: true, Ask: in.staff.Loud},
	}
}

// tell says where the service is, and how it is set up.
func (in *instance) tell(w io.Writer, at serve.Addresses, code string) {
	origin := in.cfg.Origin()
	if in.cfg.Server.External == nil && len(in.cfg.ACME.Domains) == 0 {
		scheme := "http"
		if in.cfg.Encrypted() {
			scheme = "https"
		}
		origin = scheme + "://" + at.Public
	}
	fmt.Fprintf(w, "c4arch serves on %s, with its data in %s\n", origin, in.cfg.Data.Dir)
	if code != "" {
		fmt.Fprintf(w, "\nThis instance is new. Set it up within an hour, with a browser or with c4arch login --setup; the link can be used once:\n\n  %s\n\n", web.Link(in.pageOrigin(), "setup", code))
	}
}

// ledgerSize is how many entries the instance's ledger has.
func (in *instance) ledgerSize(ctx context.Context) (int64, bool) {
	scope, err := platform("metrics", access.PlatformRead)
	if err != nil {
		return 0, false
	}
	head, err := in.trust.Head(ctx, scope)
	return head.Size, err == nil
}

// around watches a commit, once there is somebody who watches.
func (in *instance) around(ctx context.Context, s access.Scope) (context.Context, func(error)) {
	if w := in.watch.Load(); w != nil {
		return w.Commit(ctx, s)
	}
	return ctx, func(error) {}
}

// answers reports whether the platform's home can be read.
func (in *instance) answers(ctx context.Context) error {
	scope, err := platform("readiness", access.PlatformRead)
	if err != nil {
		return err
	}
	_, err = in.trust.Head(ctx, scope)
	return err
}

// public is everything that the public listener answers: the API, SCIM, and the pages for the rest.
func (in *instance) public() http.Handler {
	parts := in.publicParts()
	rest := api.New(parts)
	mux := http.NewServeMux()
	mux.Handle(scim.Prefix+"/", in.provisioner(parts.Limit))
	mux.Handle(api.Prefix+"/", rest)
	mux.Handle("/", in.pages(rest, parts.Limit))
	return mux
}

// publicParts are the services that the API calls, with a log of its requests and what stands before its routes.
func (in *instance) publicParts() api.Services {
	parts := in.apiParts()
	parts.Request, parts.Session = observe.RequestID, in.session
	parts.Actor = func(ctx context.Context, a access.Actor) { observe.Identify(ctx, a.Org, a.ID) }
	parts.Route, parts.Access = observe.Route, in.accessed
	parts.Failed = in.failed("a request failed")
	parts.Draining = serve.Draining
	parts.Addr, parts.Limit, parts.Origin = serve.ClientAddr, newRates(in.now).limit, in.saidOrigin()
	return parts
}

// apiParts are the services that the API calls, without a log of requests.
func (in *instance) apiParts() api.Services {
	return api.Services{
		Accounts: in.accounts, Scans: in.scans, Drift: in.drift, History: in.history, Audit: in.audit, Evidence: in.evidence, Assure: in.assure, Jobs: in.upkeep, Streams: in.streams, SignIn: in.signIn, Staff: in.staff, Federate: in.federate, Talk: in.talk, Notify: in.notify, Looked: in.staff.Looked, Accepted: in.acceptance.May, LedgerKey: in.LedgerKey,
		Destinations: in.destinations, Version: version(),
		Request: func(context.Context) string { return "" }, Actor: func(context.Context, access.Actor) {}, Route: func(context.Context, string) {},
	}
}

// dispatcher does the jobs.
func (in *instance) dispatcher(watch *observe.Observer, here *pulse) (*worker.Dispatcher, error) {
	workers := in.cfg.Work.Workers
	if workers == 0 { // as docs/configuration.md has it
		workers = -1
	}
	return worker.New(worker.Config{
		Queue: in.homes.Queue(), Owner: here.replica.ID, Workers: workers, Upkeep: givingBack(func(ctx context.Context) error { in.beat(ctx, here); return in.minutely(ctx) }), Log: in.log, Now: in.now, Timeout: time.Hour,
		Handlers: watch.Jobs(in.handlers()),
	})
}

// handlers are what jobs are done with, by their kinds.
func (in *instance) handlers() map[string]task.Handler {
	all := map[string]task.Handler{
		task.RunScan: in.scans.RunScan, task.FillExample: in.scans.FillExample, task.Compare: in.drift.RunCompare, task.Erase: in.accounts.Erase, task.FinishOrg: in.accounts.FinishOrganisation,
		task.ApplyDestroy: in.accounts.ApplyDestroy, task.SignLog: in.audit.HandleSign, task.VerifyLog: in.audit.HandleVerify, task.GatherHeads: in.audit.HandleGather,
		task.RunControls: in.assure.Handle, task.Sweep: in.upkeep.RunSweep, task.DisableIdle: in.accounts.DisableIdle,
		task.ScanText: in.texts.HandleScan, task.KeepProcessing: in.processing.Handle, task.ReviewProgramme: in.programme.Handle, task.VerifyLegal: in.legal.HandleVerify,
		task.MakeTrustPack: in.centre.Run, task.SweepTrustPacks: in.centre.HandleSweep,
		task.MakePack: in.evidence.Run, task.SweepPacks: in.evidence.HandleSweep,
		task.AdvanceSupply: in.supply.Handle, task.Notify: in.notify.Handle, task.Deliver: in.streams.HandleDeliver, task.Redeliver: in.streams.HandleRedeliver,
	}
	for kind, fn := range all {
		all[kind] = in.instructed(fn)
	}
	return all
}

// minutely is done at the start and each minute.
func (in *instance) minutely(ctx context.Context) error {
	if err := in.homes.Upkeep(ctx); err != nil {
		return err
	}
	if err := in.recordDestinations(ctx); err != nil {
		return err
	}
	if err := in.reloadSupply(ctx); err != nil {
		return err
	}
	if err := in.loud(ctx); err != nil {
		return err
	}
	_, err := in.accounts.SweepOrganisations(ctx)
	return err
}

func build() *debug.BuildInfo {
	b, _ := debug.ReadBuildInfo()
	return b
}

// version is the program's, as it says it of itself.
func version() string {
	if b := build(); b != nil && b.Main.Version != "" {
		return b.Main.Version
	}
	return "(devel)"
}

// console is who a command of the operator on the machine itself is in the ledger.
func console(env cli.Env, purpose string) (access.Actor, error) {
	request, err := id.Mint(id.PrefixRequest, rand.Reader, env.Now())
	return access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: purpose, Request: request}, err
}

// errNoServer is what a command of a PostgreSQL database says without one.
var errNoServer = fault.New(fault.Invalid, "no PostgreSQL database is configured").WithHelp("give --database and --database-owner")
