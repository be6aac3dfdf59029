package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/app/config"
	"c4arch/internal/app/observe"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/register"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/keys/ring"
	"c4arch/internal/keys/source"
	"c4arch/internal/service/acceptance"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	packs "c4arch/internal/service/evidence"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/freetext"
	"c4arch/internal/service/governance"
	"c4arch/internal/service/history"
	"c4arch/internal/service/legal"
	"c4arch/internal/service/notify"
	"c4arch/internal/service/order"
	"c4arch/internal/service/processing"
	"c4arch/internal/service/provision"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	streams "c4arch/internal/service/stream"
	"c4arch/internal/service/subprocessor"
	"c4arch/internal/service/talk"
	"c4arch/internal/service/trustcentre"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/source/files"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/arch"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/home"
	small "c4arch/internal/store/instance"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
)

// instance is the service with all its parts, without its listeners: commands of the operator on the machine itself use it too.
type instance struct {
	// watch sees commits, from when the service is served.
	watch atomic.Pointer[observe.Observer]
	// policyFailed counts a policy that could not be evaluated; nil counts nothing.
	policyFailed func()
	// statements is told what is asked of the databases; nil but in the checks of isolation.
	statements sqldb.Observe

	cfg     *config.Loaded
	log     *slog.Logger
	now     func() time.Time
	secrets *source.Reader // of the configuration, each read once
	book    *egress.Book
	exit    *egress.Exit
	ring    *ring.Ring
	rooted  string // the folder in which a root key was made now, or ""
	server  *sqldb.Server
	bucket  *blob.Bucket
	// databaseAt is the rule for the way to the database, databaseTLS what its address says of TLS.
	databaseAt  egress.Rule
	databaseTLS url.Values
	homes       *home.Homes
	origin      string // by which it signs
	trust       *trust.Store
	accounts    *accounts.Service
	scans       *discover.Hosted
	drift       *detect.Hosted
	history     *history.Hosted
	audit       *auditing.Service
	evidence    *packs.Service
	centre      *trustcentre.Service
	assure      *assure.Service
	upkeep      *upkeep.Service
	talk        *talk.Service
	notify      *notify.Service
	processing  *processing.Service
	supply      *subprocessor.Service
	mailKey     secret.Value // the password for the server of mail
	nextMailKey secret.Value // the one for the server that replaces it
	texts       *freetext.Service
	streams     *streams.Service
	federate    *federate.Service
	signIn      *signin.Service
	bound       atomic.Pointer[string] // where it listens, once it does
	staff       *staff.Service
	programme   *governance.Service
	legal       *legal.Service
	acceptance  *acceptance.Service
	orders      *order.Service
	provision   *provision.Service
	staffKey    secret.Value // of this service at the platform's own provider
	small       *small.Store
	out         spoken
	fresh       atomic.Bool // it waits to be set up
	restored    id.Org      // of which an older backup is going to be accepted
	close       []func() error
}

// loaded reads the configuration and checks it against the machine. Nothing is made and nothing is opened yet but the secrets that it names.
func loaded(ctx context.Context, env cli.Env, flags map[string][]string) (*instance, error) {
	// A variable that a script forgot to set must not make a service with an empty database of its own.
	if v, given := flags["database"]; given && len(v) == 1 && v[0] == "" {
		return nil, fault.New(fault.Invalid, "--database is empty").WithHelp("name the database, or leave the flag out for the embedded one")
	}
	cfg, err := config.Load(config.Input{Flags: flags, Getenv: env.Getenv, Environ: env.Environ})
	if err != nil {
		return nil, err
	}
	in := &instance{cfg: cfg, now: env.Now, book: &egress.Book{}, log: observe.NewLogger(env.Stderr, cfg.Log.Format, "error")}
	in.secrets = secretReader(env.Getenv, in.book, env.Now)
	in.closes(func() error { in.secrets.Forget(); return nil })
	if err := cfg.Check(ctx, config.Machine{Secrets: in.secrets}); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// open builds an instance from its configuration, from the bottom to the top. What it needs from outside, the database and services of keys, must answer. After an error
// everything is closed.
func (in *instance) open(ctx context.Context, meters meters) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, in.Close())
		}
	}()
	if err := os.MkdirAll(in.cfg.Data.Dir, 0o700); err != nil {
		return fault.Wrap(fault.Invalid, err, "the data directory cannot be made").WithHelp("make it for the user who runs c4arch, with mode 0700, or name another with data (--data)")
	}
	for _, step := range []func(context.Context) error{in.wayOut, in.database, in.keys, in.openHomes, in.settleOrigin, in.staffSecret, in.mailSecret} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	in.secrets.Forget() // who needs one has it
	return in.services(ctx, meters)
}

// Close lets everything go, the last first.
func (in *instance) Close() error {
	var err error
	for _, fn := range slices.Backward(in.close) {
		err = errors.Join(err, fn())
	}
	in.close = nil
	return err
}

func (in *instance) closes(fn func() error) { in.close = append(in.close, fn) }

// meters count; each may be nil.
type meters struct {
	ledger auditing.Meter
	assure assure.Meter
	stream streams.Meter
	policy func() // one that could not be evaluated
}

func (in *instance) services(ctx context.Context, m meters) error {
	st := account.New(in.homes)
	in.accounts = &accounts.Service{
		Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: in.homes, Keys: in.ring, Subjects: in.trust, Now: in.now, Random: rand.Reader, Schedules: ofOrganisations, Sessions: ended{in}, Prover: prover{in},
		Policy: func(ctx context.Context, org id.Org) (identity.Policy, error) { return in.federate.PolicyOf(ctx, org) },
		Failed: func(ctx context.Context, err error) {
			in.log.WarnContext(ctx, "what is no decision could not be written", "error", err)
		},
	}
	in.policyFailed = m.policy
	in.federation()
	in.signing()
	in.staff = in.personnel()
	projects, err := store.NewProjects(in.homes)
	if err != nil {
		return err
	}
	in.scans = &discover.Hosted{
		Projects: projects, Readers: readers(nil), Unpack: unpack, Directory: in.directory, Live: in.live, Now: in.now, Random: rand.Reader, MaxUpload: min(in.cfg.Limits.Upload, blob.MaxSize-4096), Example: exampleInputs,
	}
	in.drift = &detect.Hosted{Projects: projects, Rules: sync.OnceValues(severity.Builtin), Log: decisions{in.trust}, Now: in.now, Random: rand.Reader}
	in.history = &history.Hosted{Projects: projects, Now: in.now}
	in.upkeep = &upkeep.Service{Now: in.now, Schedules: ofOrganisations, Open: func(ctx context.Context, s access.Scope) (upkeep.Home, error) {
		h, err := in.homes.For(ctx, s)
		if err != nil {
			return nil, err
		}
		return keeper{h}, nil
	}, Homes: standings{in.homes}, Serving: in.small}
	in.streams = in.streaming(m.stream)
	in.talk, in.notify = in.talking(), in.notifying()
	in.legal = in.registering()
	in.accepting()
	in.supply = in.supplying()
	in.texts = in.screening()
	if in.processing, err = in.processes(); err != nil {
		return err
	}
	in.talk.Screen, in.accounts.Screen, in.signIn.Screen, in.staff.Screen, in.drift.Screen = in.screen, in.screen, in.screen, in.screen, in.screen
	copies, err := in.copies()
	if err != nil {
		return err
	}
	c := auditing.Config{Log: in.trust, Checkpoints: in.trust, Signers: in, Copies: copies, Heads: in.trust, Epochs: epochs{in}, Meter: m.ledger, Logger: in.log, Now: in.now}
	if len(in.cfg.Ledger.Witnesses) > 0 {
		if c.Witnesses, err = in.witnesses(); err != nil {
			return err
		}
	}
	in.audit = auditing.New(c)
	in.evidence = in.evidenceService()
	if in.centre, err = in.trustCentre(); err != nil {
		return err
	}
	if in.restored != id.Platform {
		if err := in.audit.Opened(ctx, id.Platform); err != nil {
			return err
		}
	}
	if err := in.reloadSupply(ctx); err != nil {
		return err
	}
	reg, err := register.Builtin()
	if err != nil {
		return err
	}
	if in.programme, err = in.governing(reg); err != nil {
		return err
	}
	probes, err := in.probes()
	if err != nil {
		return err
	}
	in.assure, err = assure.New(assure.Config{
		Register: reg, Probes: probes, Store: in.trust.Runs(), Meter: m.assure, Log: in.log, Now: in.now, Random: rand.Reader, Version: version(),
	})
	return err
}

// copies are the newest checkpoints outside of the database: in the bucket, which every replica sees, or else in the data directory.
func (in *instance) copies() (auditing.Copies, error) {
	if in.bucket != nil {
		return trust.ShareCopies(in.bucket), nil
	}
	return trust.OpenCopies(filepath.Join(in.cfg.Data.Dir, "checkpoints"))
}

// opened looks whether the log of a home that is being opened continues what is known of it outside of it.
func (in *instance) opened(ctx context.Context, h *home.Home) error {
	if in.audit == nil { // nothing asks for an organisation before the services are there
		return fault.New(fault.Internal, "a home is opened too early")
	}
	c, st := in.audit.Config, trust.Of(h)
	c.Log, c.Checkpoints = st, st
	return auditing.New(c).Opened(ctx, h.Org())
}

// schedules are what comes again in every home.
func schedules(from time.Time) []change.Schedule {
	return append(auditing.VerifySchedules(from), auditing.SignSchedule(from), upkeep.SweepSchedule(from))
}

// ofOrganisations are what comes again in the home of an organisation.
func ofOrganisations(from time.Time) []change.Schedule {
	return append(schedules(from), packs.SweepSchedule(from), trustcentre.SweepSchedule(from), accounts.IdleSchedule(from), notify.Schedule(from), processing.Schedule(from, keepRecords))
}

// platformSchedules are what comes again on the platform.
func platformSchedules(from time.Time) []change.Schedule {
	return slices.Concat(schedules(from), auditing.GatherSchedules(from), []change.Schedule{governance.Schedule(from), subprocessor.Schedule(from), legal.Schedule(from), assure.Schedule(from), processing.Schedule(from, keepOfAnnexes)})
}

// keeper is a home as package upkeep sees it.
type keeper struct{ *home.Home }

func (k keeper) Sweep(ctx context.Context, now time.Time) (objects int, keys int64, err error) {
	done, err := k.Home.Sweep(ctx, now)
	return done.Objects, done.Keys, err
}

func (k keeper) Commit(ctx context.Context, env *change.Envelope) (change.Committed, error) {
	return k.Home.Commit(ctx, env, nil)
}

// unpack opens what was handed over.
func unpack(data []byte) (discover.Place, error) {
	set, err := files.OpenPacked(data, files.PackedLimits{})
	if err != nil {
		return nil, err
	}
	return place{set}, nil
}

// directory opens a directory of a connection: below the first of those that the operator allows that has it, by the path that is relative to it.
func (in *instance) directory(path string) (discover.Place, error) {
	for _, root := range in.cfg.Work.ScanRoots {
		set, err := files.OpenWithin(root, path, files.Limits{})
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		return place{set}, nil
	}
	return nil, fault.New(fault.NotFound, "there is no such directory below those that may be read").WithHelp("the operator names them with --scan-roots")
}
