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
	"strings"
	"time"

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
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// operator are the commands of whoever runs a server.
func operator() cli.Operator {
	o := cli.Operator{Serve: serveCommand, Explain: explain, Migrate: migrate, Doctor: examine, NewRootKey: newRootKey, Witness: serveWitness}
	for _, f := range config.Flags() {
		o.Settings = append(o.Settings, cli.Setting{Name: f.Name, Usage: f.Usage, List: f.List})
	}
	return o
}

func explain(ctx context.Context, env cli.Env, flags map[string][]string, w io.Writer, asJSON bool) error {
	cfg, wrong := config.Load(config.Input{Flags: flags, Getenv: env.Getenv})
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
	return wrong
}

// migrate prepares a PostgreSQL database as its owner.
func migrate(ctx context.Context, env cli.Env, flags map[string][]string) (string, error) {
	cfg, err := loaded(ctx, env, flags)
	if err != nil {
		return "", err
	}
	if cfg.Database.URL.Empty() || cfg.Database.Owner.Empty() {
		return "", errNoServer
	}
	in := &instance{cfg: cfg, now: env.Now, book: &egress.Book{}}
	if err := in.wayOut(ctx, env.Getenv); err != nil {
		return "", err
	}
	reader := in.secrets(env.Getenv, egress.Defaults())
	text, err := cfg.Database.URL.Open(ctx, reader)
	if err != nil {
		return "", err
	}
	if err := prepare(ctx, in, reader, text); err != nil {
		return "", err
	}
	server, err := sqldb.Connect(ctx, sqldb.ServerOptions{URL: text, Dial: in.dialDatabase, MaxConns: 1})
	if err != nil {
		return "", err
	}
	defer server.Close()
	if err := schema.Check(ctx, server); err != nil {
		return "", err
	}
	return "The database " + server.Name() + " has the newest schema, and its application role is fit for the service", nil
}

// examine is c4arch doctor. It opens no home: a service may be running on them.
func examine(ctx context.Context, env cli.Env, flags map[string][]string, w io.Writer, asJSON bool) error {
	cfg, err := loaded(ctx, env, flags)
	if err != nil {
		return err
	}
	in := &instance{cfg: cfg, now: env.Now, book: &egress.Book{}, log: observe.NewLogger(env.Stderr, cfg.Log.Format, "error")}
	defer in.Close() //nolint:errcheck // it was only looked at
	p := doctor.Probes{Now: env.Now, DataDir: cfg.Data.Dir, System: "/", Private: []string{cfg.Data.Dir}}
	if err := in.wayOut(ctx, env.Getenv); err != nil {
		return err
	}
	if err := in.findRoots(ctx, &p); err != nil {
		return err
	}
	if err := in.database(ctx, env.Getenv); err != nil {
		return err
	}
	if in.server != nil {
		p.Postgres, p.Socket = in.askDatabase, in.databaseAt.Unix
	}
	if cfg.Objects.Place != "" {
		p.Bucket = in.bucketState
	}
	if c := cfg.TLS.Certificate; c != "" {
		p.Certificates = append(p.Certificates, doctor.Certificate{Name: c, Ask: func(context.Context) ([]byte, error) { return os.ReadFile(c) }})
	}
	report := doctor.Doctor(ctx, p)
	write := report.WriteText
	if asJSON {
		write = report.WriteJSON
	}
	return errors.Join(write(w), report.Err())
}

// findRoots asks where the root keys are; a folder that is not there yet is not made.
func (in *instance) findRoots(ctx context.Context, p *doctor.Probes) error {
	for _, k := range in.cfg.Keys.Root {
		if k.Scheme == file.Scheme {
			there, err := file.Exists(k.Dir)
			if err != nil || !there {
				p.RootKeys = append(p.RootKeys, doctor.RootKey{Name: k.String(), Dir: k.Dir, Ask: func(context.Context) doctor.Finding {
					return doctor.Finding{State: doctor.Unknown, Detail: "there is no root key yet; the first start makes it"}
				}})
				return nil
			}
		}
	}
	if err := in.keys(ctx); err != nil {
		return err
	}
	for i, s := range in.ring.States(ctx) {
		root := doctor.RootKey{Name: s.Scheme + ":" + s.Name, Ask: func(context.Context) doctor.Finding { return rootFinding(s) }}
		if s.Scheme == file.Scheme && i < len(in.cfg.Keys.Root) {
			root.Dir = in.cfg.Keys.Root[i].Dir
		}
		p.RootKeys = append(p.RootKeys, root)
	}
	return nil
}

func rootFinding(s ring.State) doctor.Finding {
	f := doctor.Finding{State: doctor.OK, Detail: strings.Join(append([]string{"protected by: " + string(s.Protection)}, s.Detail...), "; ")}
	switch s.Protection {
	case ring.Unknown:
		f.State, f.Detail = doctor.Unknown, s.Why
	case ring.Folder:
		f.Detail = "a file of this machine: " + strings.Join(s.Detail, "; ")
		f.Help = "a root key in a vault cannot be copied with the data: --root-key azurekeyvault://…"
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
	place, err := blob.Parse(in.cfg.Objects.Place)
	if err == nil {
		var bucket *blob.Bucket
		if bucket, err = blob.OpenBucket(ctx, place, blob.Clients{Objects: in.exit.Client(egress.Objects), Identity: in.exit.Client(egress.Identity)}); err == nil {
			defer bucket.Close() //nolint:errcheck // it was only looked at
			s := bucket.State(ctx)
			f.Detail = strings.Join(append(s.Detail, s.Why), "; ")
			switch s.Encrypted {
			case blob.PlatformKey, blob.CustomerKey:
				f.State = doctor.OK
			case blob.Off:
				f.State = doctor.Failed
			}
			return f
		}
	}
	f.Detail = "it cannot be asked"
	return f
}

func newRootKey(ctx context.Context, env cli.Env, flags map[string][]string) (string, error) {
	cfg, err := loaded(ctx, env, flags)
	if err != nil {
		return "", err
	}
	for _, k := range cfg.Keys.Root {
		if k.Scheme == file.Scheme {
			return file.Make(k.Dir, rand.Reader, env.Now())
		}
	}
	return "", fault.New(fault.Invalid, "no folder of root keys is configured").WithHelp("root keys in Key Vault and KMS are rotated there")
}

// serveWitness is c4arch witness.
func serveWitness(ctx context.Context, env cli.Env, f cli.WitnessFlags) error {
	var keys []ledger.Key
	for _, text := range f.Logs {
		data := []byte(text)
		if _, err := ledger.ParseKey(text); err != nil {
			if data, err = os.ReadFile(text); err != nil {
				return fault.New(fault.Invalid, "--log is neither the key of a ledger nor a file that can be read")
			}
		}
		more, err := ledger.ParseKeys(data)
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
	fmt.Fprintf(env.Stderr, "The witness %s listens on %s. Whoever runs the service configures: --witness '%s http://%s'\n", w.Key().Name(), l.Addr(), w.Key(), l.Addr())
	return w.Serve(ctx, l)
}

// onConsole opens an instance for a command on the machine itself.
func onConsole(ctx context.Context, env cli.Env, at cli.Instance) (*instance, error) {
	flags := map[string][]string{}
	for name, v := range map[string]string{"data": at.Data, "database": at.Database, config.FileFlag: at.Config} {
		if v != "" {
			flags[name] = []string{v}
		}
	}
	cfg, err := loaded(ctx, env, flags)
	if err != nil {
		return nil, err
	}
	return openInstance(ctx, cfg, env.Getenv, observe.NewLogger(env.Stderr, cfg.Log.Format, "error"), meters{})
}

func runControls(ctx context.Context, env cli.Env, at cli.Instance, ids []string) (round *assure.Round, err error) {
	in, err := onConsole(ctx, env, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	actor, err := console(env, "controls")
	if err != nil {
		return nil, err
	}
	return in.assure.Run(ctx, actor, ids...)
}

func listControls(ctx context.Context, env cli.Env, at cli.Instance) (report *control.Report, err error) {
	in, err := onConsole(ctx, env, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	actor, err := console(env, "controls")
	if err != nil {
		return nil, err
	}
	return in.assure.States(ctx, actor)
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
