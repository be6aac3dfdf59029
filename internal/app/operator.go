package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app/config"
	"c4arch/internal/app/observe"
	"c4arch/internal/app/serve/doctor"
	"c4arch/internal/base/fault"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/witness"
	"c4arch/internal/keys/file"
	"c4arch/internal/keys/ring"
	"c4arch/internal/service/assure"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// operator are the commands of whoever runs a server.
func operator() cli.Operator {
	o := cli.Operator{Serve: serveCommand, Explain: explain, Migrate: migrate, Doctor: examine, NewRootKey: newRootKey, Witness: serveWitness, AcceptRollback: acceptRollback, SealBreakGlass: sealBreakGlass, AcknowledgeBreakGlass: acknowledgeBreakGlass, AllowKey: allowKey}
	for _, f := range config.Flags() {
		o.Settings = append(o.Settings, cli.Setting{Name: f.Name, Usage: f.Usage, List: f.List, Switch: f.Switch})
	}
	return o
}

func explain(ctx context.Context, env cli.Env, flags map[string][]string, w io.Writer, asJSON bool) error {
	cfg, wrong := config.Load(config.Input{Flags: flags, Getenv: env.Getenv, Environ: env.Environ})
	if cfg == nil {
		return wrong
	}
	write := config.WriteText
	if asJSON {
		write = config.WriteJSON
	}
	if err := write(w, cfg.Explain()); err != nil {
		return err
	}
	for _, name := range cfg.Unknown {
		fmt.Fprintf(env.Stderr, "c4arch: nothing reads the variable %s\n", name)
	}
	return wrong
}

// migrate prepares a PostgreSQL database as its owner.
func migrate(ctx context.Context, env cli.Env, flags map[string][]string) (what string, err error) {
	in, err := loaded(ctx, env, flags)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if in.cfg.Database.URL.Empty() || in.cfg.Database.Owner.Empty() {
		return "", errNoServer
	}
	for _, step := range []func(context.Context) error{in.wayOut, in.database} {
		if err := step(ctx); err != nil {
			return "", err
		}
	}
	return "The database " + in.server.Name() + " has the newest schema, and its application role is fit for the service", nil
}

// examine is c4arch doctor. It opens no home, since a service may be running on them, and it changes nothing: it migrates no database and makes no key.
func examine(ctx context.Context, env cli.Env, flags map[string][]string, w io.Writer, asJSON bool) error {
	in, err := loaded(ctx, env, flags)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only looked at
	if err := in.wayOut(ctx); err != nil {
		return err
	}
	p := doctor.Probes{Now: env.Now, DataDir: in.cfg.Data.Dir, System: "/", Private: []string{in.cfg.Data.Dir}}
	if err := in.findRoots(ctx, &p); err != nil {
		return err
	}
	in.findDatabase(ctx, &p)
	if in.cfg.Objects.Place != "" {
		p.Bucket = in.bucketState
	}
	if c := in.cfg.TLS.Certificate; c != "" {
		p.Certificates = append(p.Certificates, doctor.Certificate{Name: c, Ask: func(context.Context) ([]byte, error) { return os.ReadFile(c) }})
	}
	report := doctor.Doctor(ctx, p)
	write := report.WriteText
	if asJSON {
		write = report.WriteJSON
	}
	return errors.Join(write(w), report.Err())
}

// findDatabase asks PostgreSQL. One that does not answer is a finding, as is one that is not ready for the service.
func (in *instance) findDatabase(ctx context.Context, p *doctor.Probes) {
	if in.cfg.Database.URL.Empty() {
		return
	}
	p.Socket = in.databaseAt.Unix
	if err := in.connect(ctx, 2); err != nil {
		p.Postgres = func(context.Context, string) (string, error) { return "", err }
		return
	}
	p.Postgres = in.askDatabase
	fit := doctor.Finding{Subject: "PostgreSQL, schema and role", State: doctor.OK, Detail: "the newest schema, and a role that can neither pass by row security nor change it"}
	if err := in.fit(ctx); err != nil {
		fit.State, fit.Detail, fit.Help = doctor.Failed, err.Error(), "As the owner: c4arch migrate"
	}
	p.More = append(p.More, fit)
}

// findRoots asks where the root keys are. A folder that is not there yet is not made, and then nothing is asked of the others.
func (in *instance) findRoots(ctx context.Context, p *doctor.Probes) error {
	for _, k := range in.cfg.Keys.Root {
		if k.Scheme != file.Scheme {
			continue
		}
		there, err := file.Exists(k.Dir)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		f := doctor.Finding{Subject: "root key " + k.String(), State: doctor.Unknown, Detail: "there is no root key yet; the first start makes it"}
		if in.wrapped() {
			f.State, f.Detail, f.Help = doctor.Failed, "it is missing, and the data is wrapped under it", "Put the folder of root keys back: without it nothing can be read."
		}
		p.More = append(p.More, f)
		return nil
	}
	if err := in.keys(ctx); err != nil {
		return err
	}
	for _, s := range in.ring.States(ctx) {
		root := doctor.RootKey{Name: s.Scheme + ":" + s.Name, Ask: func(context.Context) doctor.Finding { return rootFinding(s) }}
		for _, k := range in.cfg.Keys.Root {
			if s.Scheme == file.Scheme && k.Scheme == s.Scheme {
				root.Dir = k.Dir
			}
		}
		p.RootKeys = append(p.RootKeys, root)
	}
	return nil
}

func rootFinding(s ring.State) doctor.Finding {
	f := doctor.Finding{
		Subject: "root key " + s.Scheme + ":" + s.Name, State: doctor.OK,
		Detail: strings.Join(append([]string{"protected by: " + string(s.Protection)}, s.Detail...), "; "),
	}
	switch s.Protection {
	case ring.Unknown:
		f.State, f.Detail = doctor.Unknown, s.Why
	case ring.Folder:
		f.Detail = "a file of this machine: " + strings.Join(s.Detail, "; ")
		f.Help = "a root key in a vault cannot be copied with the data: --root-key vault:https://NAME.vault.azure.net/keys/KEY"
	}
	return f
}

// askDatabase asks the database one thing, outside of every organisation.
func (in *instance) askDatabase(ctx context.Context, query string) (answer string, err error) {
	err = in.server.Nobody().Read(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&answer}, query)
		return err
	})
	return answer, err
}

func (in *instance) bucketState(ctx context.Context) doctor.Finding {
	f := doctor.Finding{Subject: "objects in " + in.cfg.Objects.Place, State: doctor.Unknown}
	if in.bucket == nil {
		if err := in.openBucket(ctx); err != nil {
			f.Detail = "it cannot be asked: " + observe.Scrub(err.Error())
			return f
		}
	}
	s := in.bucket.State(ctx)
	f.Detail = strings.Join(slices.DeleteFunc(append(s.Detail, s.Why), func(x string) bool { return x == "" }), "; ")
	switch s.Encrypted {
	case blob.PlatformKey, blob.CustomerKey:
		f.State = doctor.OK
	case blob.Off:
		f.State = doctor.Failed
	}
	return f
}

func newRootKey(ctx context.Context, env cli.Env, flags map[string][]string) (name string, err error) {
	in, err := loaded(ctx, env, flags)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for _, k := range in.cfg.Keys.Root {
		if k.Scheme != file.Scheme {
			continue
		}
		there, err := file.Exists(k.Dir)
		if err != nil {
			return "", err
		}
		if !there {
			return "", fault.New(fault.NotFound, "there is no root key in %s yet", k.Dir).
				WithHelp("c4arch serve makes the first one when it starts; name the data directory of the service with --data")
		}
		return file.Make(k.Dir, rand.Reader, env.Now())
	}
	return "", fault.New(fault.Invalid, "no folder of root keys is configured").WithHelp("root keys in Key Vault and KMS are rotated there")
}

// maxKeys bounds a file of verifier keys.
const maxKeys = 1 << 20

// keysOf reads a verifier key, or a file of them.
func keysOf(text string) ([]ledger.Key, error) {
	if _, err := ledger.ParseKey(text); err == nil {
		return ledger.ParseKeys([]byte(text))
	}
	f, err := os.Open(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "--log is neither the key of a ledger nor a file that can be read: %.200q", text).
			WithHelp("an auditor gets the key with: c4arch audit key")
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxKeys+1))
	if err != nil || len(data) > maxKeys {
		return nil, fault.New(fault.Invalid, "the file of keys %s cannot be read, or has more than %d bytes", text, maxKeys)
	}
	keys, err := ledger.ParseKeys(data)
	if err != nil {
		return nil, fault.Wrap(fault.KindOf(err), err, "the file of keys %s", text)
	}
	return keys, nil
}

// serveWitness is c4arch witness.
func serveWitness(ctx context.Context, env cli.Env, f cli.WitnessFlags) error {
	var keys []ledger.Key
	for _, text := range f.Logs {
		more, err := keysOf(text)
		if err != nil {
			return err
		}
		keys = append(keys, more...)
	}
	if !witness.Exists(f.Dir) {
		if f.Name == "" {
			return fault.New(fault.Invalid, "there is no witness in %s yet, and it needs a name", f.Dir).WithHelp("give --name, as in witness.fabrikam.example")
		}
		if err := witness.Create(f.Dir, f.Name, rand.Reader); err != nil {
			return err
		}
	}
	w, err := witness.Open(witness.Config{Dir: f.Dir, Logs: keys, Now: env.Now, Log: observe.NewLogger(env.Stderr, "text", "info")})
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // its state is durable
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", f.Listen)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the witness cannot listen on %s", f.Listen)
	}
	fmt.Fprintf(env.Stderr, "The witness %s listens on %s. Whoever runs the service configures: --witnesses '%s http://%s'\n", w.Key().Name(), l.Addr(), w.Key(), l.Addr())
	return w.Serve(ctx, l)
}

// onConsole opens an instance for a command on the machine itself.
func onConsole(ctx context.Context, env cli.Env, at cli.Instance) (*instance, error) {
	in, err := loaded(ctx, env, at.Flags(config.FileFlag))
	if err != nil {
		return nil, err
	}
	return in, in.open(ctx, meters{})
}

func runControls(ctx context.Context, env cli.Env, at cli.Instance, ids []string) (round *assure.Round, err error) {
	in, actor, err := forControls(ctx, env, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return in.assure.Run(ctx, actor, ids...)
}

func listControls(ctx context.Context, env cli.Env, at cli.Instance) (report *control.Report, err error) {
	in, actor, err := forControls(ctx, env, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return in.assure.States(ctx, actor)
}

// forControls opens an instance for the commands about controls. One that is being served has its directory to itself, and can be asked.
func forControls(ctx context.Context, env cli.Env, at cli.Instance) (*instance, access.Actor, error) {
	actor, err := console(env, "controls")
	if err != nil {
		return nil, actor, err
	}
	in, err := onConsole(ctx, env, at)
	if fault.KindOf(err) == fault.Conflict {
		err = fault.Wrap(fault.Conflict, err, "the instance is being served").WithHelp("ask the service, as its operator: c4arch control … --server (see: c4arch login --help)")
	}
	return in, actor, err
}

// waiting waits between attempts of a client.
func waiting(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// outTo is a way out to one server, which the user named.
func outTo(server string) (*egress.Exit, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, fault.New(fault.Invalid, "that is not the address of a server")
	}
	rule := named(u)
	rule.Hosts, rule.MaxBody, rule.Wait = []string{u.Hostname()}, 4<<30, -1
	return egress.New(egress.Config{Rules: map[egress.Purpose]egress.Rule{toServer: rule}, Recorder: &egress.Book{}, Now: time.Now})
}

// toServer is the purpose of the command line's connections to a server of c4arch.
const toServer egress.Purpose = "server"
