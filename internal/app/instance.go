package app

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app/config"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/register"
	"c4arch/internal/egress"
	"c4arch/internal/egress/cloud"
	"c4arch/internal/keys/file"
	"c4arch/internal/keys/kms"
	"c4arch/internal/keys/ring"
	"c4arch/internal/keys/source"
	"c4arch/internal/keys/vault"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/source/files"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/arch"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/home"
	small "c4arch/internal/store/instance"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
)

// instance is the service with all its parts, without its listeners: commands of the operator on the machine itself use it too.
type instance struct {
	cfg    *config.Loaded
	log    *slog.Logger
	now    func() time.Time
	exit   *egress.Exit
	book   *egress.Book
	ring   *ring.Ring
	rooted bool // a root key was made now
	server *sqldb.Server
	// databaseAt is the rule for the way to the database, databaseTLS what its address says of TLS.
	databaseAt  egress.Rule
	databaseTLS url.Values
	homes       *home.Homes
	trust       *trust.Store
	accounts    *accounts.Service
	scans       *discover.Hosted
	drift       *detect.Hosted
	history     *history.Hosted
	audit       *auditing.Service
	assure      *assure.Service
	upkeep      *upkeep.Service
	small       *small.Store
	out         spoken
	close       []func() error
}

// openInstance builds an instance from its configuration, from the bottom to the top. What it needs from outside, the database and services of keys, must answer.
func openInstance(ctx context.Context, cfg *config.Loaded, getenv func(string) string, log *slog.Logger, meters meters) (in *instance, err error) {
	in = &instance{cfg: cfg, log: log, now: time.Now, book: &egress.Book{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.Close())
		}
	}()
	if err := in.wayOut(ctx, getenv); err != nil {
		return in, err
	}
	if err := in.keys(ctx); err != nil {
		return in, err
	}
	if err := in.database(ctx, getenv); err != nil {
		return in, err
	}
	if err := in.openHomes(ctx); err != nil {
		return in, err
	}
	return in, in.services(ctx, meters)
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

// wayOut makes the one way out, with a rule for each place that the operator named.
func (in *instance) wayOut(ctx context.Context, getenv func(string) string) error {
	rules := egress.Defaults()
	c := &in.cfg.Config
	if !c.Database.URL.Empty() {
		// Where it is may be a part of the secret: it is fetched over the way out that this rule is a part of, so that a vault that names it comes first.
		text, err := c.Database.URL.Open(ctx, in.secrets(getenv, rules))
		if err != nil {
			return err
		}
		rule, err := databaseRule(string(text.Expose()))
		if err != nil {
			return err
		}
		rules[egress.Database], in.databaseAt = rule, rule
		if u, err := url.Parse(string(text.Expose())); err == nil {
			in.databaseTLS = u.Query()
		}
	}
	if u := c.Telemetry.OTLP; u != nil {
		rules[egress.Telemetry] = named(u)
	}
	if c.ACME.Directory != nil {
		rules[egress.Certs] = widened(rules[egress.Certs], c.ACME.Directory)
	}
	var hosts []string
	for _, w := range c.Ledger.Witnesses {
		hosts = append(hosts, w.URL.Hostname())
	}
	if len(hosts) > 0 {
		rule := named(c.Ledger.Witnesses[0].URL)
		rule.Hosts, rule.Ports = hosts, nil
		for _, w := range c.Ledger.Witnesses {
			rule.Ports = append(rule.Ports, port(w.URL))
			rule.Plain = rule.Plain || w.URL.Scheme == "http"
		}
		rules[egress.Witness] = rule
	}
	var err error
	in.exit, err = egress.New(egress.Config{Rules: rules, Recorder: in.book, Now: in.now})
	return err
}

// named is a rule for an address that the operator named.
func named(u *url.URL) egress.Rule {
	rule := egress.To(u.Hostname(), port(u))
	rule.Plain = u.Scheme == "http"
	return rule
}

func widened(rule egress.Rule, u *url.URL) egress.Rule {
	if slices.Contains(rule.Hosts, u.Hostname()) {
		return rule
	}
	return named(u)
}

func port(u *url.URL) uint16 {
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(n)
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}

// databaseRule is where the database is: a host that the operator named, or a socket in the file system.
func databaseRule(text string) (egress.Rule, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return egress.Rule{}, fault.New(fault.Invalid, "the setting database.url is not the address of a PostgreSQL database").WithHelp("write it as postgres://ROLE@HOST/DATABASE")
	}
	host := u.Hostname()
	if q := u.Query().Get("host"); q != "" {
		host = q
	}
	number := uint16(5432)
	for _, text := range []string{u.Port(), u.Query().Get("port")} {
		if n, err := strconv.ParseUint(text, 10, 16); err == nil {
			number = uint16(n)
		}
	}
	if filepath.IsAbs(host) || host == "" || host == "localhost" {
		rule := egress.Here(number)
		rule.Wait = -1
		return rule, nil
	}
	rule := egress.To(host, number)
	rule.Wait = -1
	return rule, nil
}

// secrets reads secrets of the configuration. A vault is reached by a way out of its own: the one of the instance is not there yet.
func (in *instance) secrets(getenv func(string) string, rules map[egress.Purpose]egress.Rule) *source.Reader {
	r := &source.Reader{Getenv: getenv}
	exit, err := egress.New(egress.Config{Rules: rules, Recorder: in.book, Now: in.now})
	if err != nil {
		return r
	}
	r.Client = exit.Client(egress.Secrets)
	if identity, err := cloud.Azure(exit.Client(egress.Identity)); err == nil {
		r.Identity = identity
	}
	return r
}

// keys opens the root keys: the first wraps, the others still open.
func (in *instance) keys(ctx context.Context) error {
	roots := map[string]ring.Root{}
	newest := ""
	kmsKeys := kms.Config{Client: in.exit.Client(egress.Keys), Identity: in.exit.Client(egress.Identity)}
	for i, k := range in.cfg.Keys.Root {
		if i == 0 {
			newest = k.Scheme
		}
		switch k.Scheme {
		case file.Scheme:
			root, made, err := file.Init(k.Dir, "", rand.Reader)
			if err != nil {
				return err
			}
			in.rooted = made
			in.closes(func() error { root.Close(); return nil })
			roots[k.Scheme] = root
		case vault.Scheme:
			identity, err := cloud.Azure(in.exit.Client(egress.Identity))
			if err != nil {
				return err
			}
			root, err := vault.New(vault.Config{URL: k.Vault, Key: k.Key, Version: k.Version, Client: in.exit.Client(egress.Keys), Identity: identity, Now: in.now})
			if err != nil {
				return err
			}
			roots[k.Scheme] = root
		case kms.Scheme:
			if kmsKeys.Key == "" {
				kmsKeys.Key = k.ARN
			} else {
				kmsKeys.Older = append(kmsKeys.Older, k.ARN)
			}
		}
	}
	if kmsKeys.Key != "" {
		root, err := kms.New(ctx, kmsKeys)
		if err != nil {
			return err
		}
		roots[kms.Scheme] = root
	}
	var err error
	in.ring, err = ring.New(rand.Reader, newest, roots)
	return err
}

// database connects to PostgreSQL, where that is the engine; as the owner it is migrated first.
func (in *instance) database(ctx context.Context, getenv func(string) string) error {
	c := in.cfg.Database
	if c.URL.Empty() {
		return nil
	}
	reader := in.secrets(getenv, egress.Defaults())
	text, err := c.URL.Open(ctx, reader)
	if err != nil {
		return err
	}
	o := sqldb.ServerOptions{URL: text, Dial: in.dialDatabase, MaxConns: c.Connections}
	if !c.Owner.Empty() {
		if err := prepare(ctx, in, reader, text); err != nil {
			return err
		}
	}
	if in.server, err = sqldb.Connect(ctx, o); err != nil {
		return err
	}
	in.closes(func() error { in.server.Close(); return nil })
	return schema.Check(ctx, in.server)
}

// prepare migrates as the owner, for the role of the application's address.
func prepare(ctx context.Context, in *instance, reader *source.Reader, application secret.Value) error {
	owner, err := in.cfg.Database.Owner.Open(ctx, reader)
	if err != nil {
		return err
	}
	u, err := url.Parse(string(application.Expose()))
	if err != nil || u.User.Username() == "" {
		return fault.New(fault.Invalid, "the setting database.url names no role").WithHelp("write it as postgres://ROLE@HOST/DATABASE")
	}
	return schema.Prepare(ctx, sqldb.ServerOptions{URL: owner, Dial: in.dialDatabase, MaxConns: 2}, u.User.Username())
}

// openHomes opens the platform's home; those of organisations are opened when they are asked for.
func (in *instance) openHomes(ctx context.Context) error {
	c := home.Config{
		Dir: in.cfg.Data.Dir, Server: in.server, Keys: in.ring, MaxOpen: in.cfg.Limits.OpenHomes, Now: in.now, Random: rand.Reader, Log: in.log,
		Opened: in.opened,
	}
	objects, err := in.objects(ctx)
	if err != nil {
		return err
	}
	c.Objects = objects
	if in.homes, err = home.Open(ctx, c); err != nil {
		return err
	}
	in.closes(in.homes.Close)
	in.trust, in.small = trust.New(in.homes), small.New(in.homes)
	return nil
}

// objects are where large things are: nil means the data directory.
func (in *instance) objects(ctx context.Context) (func(id.Org) (home.Objects, error), error) {
	if in.cfg.Objects.Place == "" {
		return nil, nil //nolint:nilnil // home has the folder
	}
	place, err := blob.Parse(in.cfg.Objects.Place)
	if err != nil {
		return nil, err
	}
	bucket, err := blob.OpenBucket(ctx, place, blob.Clients{Objects: in.exit.Client(egress.Objects), Identity: in.exit.Client(egress.Identity)})
	if err != nil {
		return nil, err
	}
	in.closes(bucket.Close)
	return func(org id.Org) (home.Objects, error) { return bucket.Of(org) }, nil
}

// meters count; each may be nil.
type meters struct {
	ledger auditing.Meter
	assure assure.Meter
}

func (in *instance) services(ctx context.Context, m meters) error {
	st := account.New(in.homes)
	in.accounts = &accounts.Service{
		Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: in.homes, Keys: in.ring, Subjects: in.trust, Now: in.now, Random: rand.Reader, Schedules: schedules,
	}
	projects, err := store.NewProjects(in.homes)
	if err != nil {
		return err
	}
	in.scans = &discover.Hosted{
		Projects: projects, Readers: Readers(), Unpack: unpack, Directory: in.directory, Now: in.now, Random: rand.Reader, MaxUpload: min(in.cfg.Limits.Upload, blob.MaxSize-4096),
	}
	in.drift = &detect.Hosted{Projects: projects, Rules: sync.OnceValues(severity.Builtin), Now: in.now, Random: rand.Reader}
	in.history = &history.Hosted{Projects: projects, Now: in.now}
	in.upkeep = &upkeep.Service{Now: in.now, Open: func(ctx context.Context, s access.Scope) (upkeep.Home, error) {
		h, err := in.homes.For(ctx, s)
		if err != nil {
			return nil, err
		}
		return keeper{h}, nil
	}}
	copies, err := trust.OpenCopies(filepath.Join(in.cfg.Data.Dir, "checkpoints"))
	if err != nil {
		return err
	}
	c := auditing.Config{Log: in.trust, Checkpoints: in.trust, Signers: in, Copies: copies, Heads: in.trust, Meter: m.ledger, Logger: in.log, Now: in.now}
	if len(in.cfg.Ledger.Witnesses) > 0 {
		if c.Witnesses, err = in.witnesses(); err != nil {
			return err
		}
	}
	in.audit = auditing.New(c)
	if err := in.audit.Opened(ctx, id.Platform); err != nil {
		return err
	}
	reg, err := register.Builtin()
	if err != nil {
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

// opened looks whether the log of a home that is being opened continues what is known of it outside of it.
func (in *instance) opened(ctx context.Context, h *home.Home) error {
	if in.audit == nil { // nothing asks for an organisation before the services are there
		return fault.New(fault.Internal, "a home is opened too early")
	}
	c, st := in.audit.Config, trust.Of(h)
	c.Log, c.Checkpoints = st, st
	return auditing.New(c).Opened(ctx, h.Org())
}

// schedules are what comes again in the home of every organisation.
func schedules(from time.Time) []change.Schedule {
	return append(auditing.VerifySchedules(from), auditing.SignSchedule(from), upkeep.SweepSchedule(from))
}

// platformSchedules are what comes again on the platform.
func platformSchedules(from time.Time) []change.Schedule {
	return slices.Concat(schedules(from), auditing.GatherSchedules(from), []change.Schedule{assure.Schedule(from)})
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

// Signer signs checkpoints of the log of an organisation: its seed is derived from the platform's key, for that log alone.
func (in *instance) Signer(ctx context.Context, org id.Org) (*ledger.Signer, error) {
	scope, err := access.Decide(access.System(id.Platform, "signing", access.Actor{}), access.PlatformRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	h, err := in.homes.For(ctx, scope)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	origin, err := ledger.Origin(in.cfg.LedgerOrigin(), org)
	if err != nil {
		return nil, err
	}
	seed, err := hkdf.Key(sha256.New, h.Key().Derive(secret.ForSigning).Expose(), nil, "c4arch/v1/checkpoint/"+string(org), 32)
	if err != nil {
		return nil, err
	}
	return ledger.NewSigner(origin, seed)
}

// LedgerKey is the verifier key of the actor's log, a line of text.
func (in *instance) LedgerKey(ctx context.Context, a access.Actor) ([]byte, error) {
	if _, err := access.Decide(a, access.LedgerRead, access.Resource{}); err != nil {
		return nil, err
	}
	s, err := in.Signer(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	return []byte(s.Key().String() + "\n"), nil
}
