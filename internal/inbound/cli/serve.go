package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/auditing"
)

// Setting is one setting of the service, as a flag.
type Setting struct {
	Name, Usage string
	List        bool
	Switch      bool // given without a value it is true
}

// Operator are the commands of whoever runs a server. Flags are settings that were given, by name.
type Operator struct {
	Settings []Setting
	// Serve runs the service until ctx ends.
	Serve func(ctx context.Context, env Env, flags map[string][]string) error
	// Explain says of every setting what it is and where it comes from. It writes even what is wrong, and returns that as an error.
	Explain func(ctx context.Context, env Env, flags map[string][]string, w io.Writer, asJSON bool) error
	// Migrate brings a PostgreSQL database to the newest schema, as its owner, and says what it did.
	Migrate func(ctx context.Context, env Env, flags map[string][]string) (string, error)
	// Doctor looks at the machine and at the platforms; incomplete when something is not known, internal when something is wrong.
	Doctor func(ctx context.Context, env Env, flags map[string][]string, w io.Writer, asJSON bool) error
	// NewRootKey makes a root key that wraps from the next start on.
	NewRootKey func(ctx context.Context, env Env, flags map[string][]string) (string, error)
	// Witness makes a witness in a directory where there is none, and serves until ctx ends.
	Witness func(ctx context.Context, env Env, w WitnessFlags) error
	// AcceptRollback accepts, on an instance that is stopped, that an older backup of the log of an organisation was brought back.
	AcceptRollback func(ctx context.Context, env Env, at Instance, organisation, reason string) (*auditing.Accepted, error)
	// SealBreakGlass seals the account for the day when the provider is away, and AcknowledgeBreakGlass says why it was opened.
	SealBreakGlass        func(ctx context.Context, env Env, at Instance) (secret.Value, error)
	AcknowledgeBreakGlass func(ctx context.Context, env Env, at Instance, reason string) error
	// AllowKey lets one of the platform's people register a hardware key, once.
	AllowKey func(ctx context.Context, env Env, at Instance, email string) (secret.Value, error)
}

// WitnessFlags are what a witness is asked to be.
type WitnessFlags struct {
	Dir, Name, Listen string
	Logs              []string // verifier keys, or files of them
}

// settings adds the flags of the settings to a command, and returns what was given of them.
func (r *run) settings(cmd *cobra.Command) func() map[string][]string {
	for _, s := range r.Operator.Settings {
		if s.List {
			cmd.Flags().StringSlice(s.Name, nil, s.Usage)
			continue
		}
		cmd.Flags().String(s.Name, "", s.Usage)
		if s.Switch {
			cmd.Flags().Lookup(s.Name).NoOptDefVal = "true"
		}
	}
	return func() map[string][]string {
		given := map[string][]string{}
		for _, s := range r.Operator.Settings {
			switch {
			case !cmd.Flags().Changed(s.Name):
			case s.List:
				given[s.Name], _ = cmd.Flags().GetStringSlice(s.Name) // it was declared as one
			default:
				text, _ := cmd.Flags().GetString(s.Name)
				given[s.Name] = []string{text}
			}
		}
		return given
	}
}

func (r *run) serve() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the c4arch service",
		Long: "Serve runs the service: an API, its jobs, and the ledger of who did what. Without any setting it listens on this machine alone (127.0.0.1:8642) and keeps\n" +
			"everything in a data directory, one encrypted database for each organisation; it prints a link with which it is set up, once. With --database it runs on\n" +
			"PostgreSQL 15 or newer, as many replicas side by side as you like.\n\n" +
			"Settings come from flags, from variables (C4ARCH_LISTEN) and from a file (--config), each stronger than the one behind it: c4arch config explain says\n" +
			"where each came from. Secrets are named by their place (file:PATH, env:NAME, keyvault:URL). It refuses to start with a secret that is missing, well\n" +
			"known or readable by others, and beyond this machine without TLS.\n\n" +
			"The first interrupt stops it gracefully: what was accepted is finished. A second one ends it at once.",
		Example: "  c4arch serve\n  c4arch serve --data /var/lib/c4arch --listen 0.0.0.0:8443 --acme-domains arch.contoso.example --acme-accept-terms\n" +
			"  c4arch serve --database file:/run/secrets/database --objects s3://contoso-evidence",
		Args: none,
	}
	given := r.settings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return r.Operator.Serve(cmd.Context(), r.env, given()) }
	return cmd
}

func (r *run) configuration() *cobra.Command {
	var asJSON bool
	explain := &cobra.Command{
		Use: "explain", Short: "Say of every setting what it is and where it came from", Args: none,
		Long:    "Explain shows every setting of the service with its value, where that came from (a flag, a variable, a line of a file, the default) and what it means. Secrets are not shown, their places are.",
		Example: "  c4arch config explain\n  C4ARCH_LISTEN=127.0.0.1:9000 c4arch config explain --config c4arch-server.yaml --json",
	}
	given := r.settings(jsonFlag(explain, &asJSON))
	explain.RunE = func(cmd *cobra.Command, _ []string) error {
		return r.Operator.Explain(cmd.Context(), r.env, given(), r.env.Stdout, asJSON)
	}
	return holder("config", "Settings of the service", "Settings come from flags, variables and a file; docs/configuration.md lists them.", explain)
}

func (r *run) migrate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring a PostgreSQL database to the newest schema, as its owner", Args: none,
		Long: "Migrate is for those who keep the owner's secret away from the service: it makes the schema, the row security of every table and the rights of the\n" +
			"application role, which is the role of --database. The service itself then runs without --database-owner.",
		Example: "  c4arch migrate --database postgres://c4arch_app@db.contoso.example/c4arch --database-owner file:/run/secrets/database-owner",
	}
	given := r.settings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		what, err := r.Operator.Migrate(cmd.Context(), r.env, given())
		if err != nil {
			return err
		}
		return r.say("%s\n", visible(what))
	}
	return cmd
}

func (r *run) doctor() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look at the machine: is what is kept encrypted, by whom, and what is unknown", Args: none,
		Long: "Doctor reports the state of encryption of each database, volume and bucket from its platform, where that can be asked, and the state of rights, clock, room,\n" +
			"certificates and root keys. What cannot be told is said to be unknown. Exit codes: 0 all is well; 1 something is wrong; 3 something is unknown.",
		Example: "  c4arch doctor\n  c4arch doctor --json",
	}
	given := r.settings(jsonFlag(cmd, &asJSON))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return r.Operator.Doctor(cmd.Context(), r.env, given(), r.env.Stdout, asJSON)
	}
	return cmd
}

func (r *run) rootKey() *cobra.Command {
	create := &cobra.Command{
		Use: "new", Short: "Make a root key, which wraps from the next start on", Args: none,
		Long: "New makes another root key in the folder of root keys. After a restart new keys of organisations are wrapped under it; c4arch key rotate wraps the others. The older\n" +
			"root key has to stay until then. Root keys in Key Vault and KMS are rotated there.",
		Example: "  c4arch key new --data /var/lib/c4arch",
	}
	given := r.settings(create)
	create.RunE = func(cmd *cobra.Command, _ []string) error {
		name, err := r.Operator.NewRootKey(cmd.Context(), r.env, given())
		if err != nil {
			return err
		}
		return r.say("Root key %s. Restart the service, then: c4arch key rotate\n", visible(name))
	}
	rotate := r.verb("rotate", "Wrap every key under the newest root key", "  c4arch key rotate", none, func(ctx context.Context, c Remote, _ []string) error {
		var done struct{ Changed int }
		if err := c.Call(ctx, "POST", "/keys/rotation", "", nil, &done); err != nil {
			return err
		}
		return r.say("%s wrapped anew\n", count(done.Changed, "key"))
	})
	return holder("key", "Root keys of the service", "Every organisation has a key of its own; root keys wrap those.", create, rotate)
}

func (r *run) witness() *cobra.Command {
	w := WitnessFlags{}
	cmd := &cobra.Command{
		Use: "witness", Short: "Run a witness, which cosigns checkpoints of ledgers",
		Long: "Witness is a process of its own, to be run by somebody else than the operator of the service and on another machine. It cosigns the checkpoint of a ledger when\n" +
			"it continues the one that it cosigned last, and never otherwise, so that whoever trusts it knows that the ledger did not show it two histories\n" +
			"(c2sp.org/tlog-witness; docs/formats/witness.md). At the first start it makes its key and prints what the operator has to configure.",
		Example: "  c4arch witness --dir /var/lib/c4arch-witness --name witness.fabrikam.example --log contoso.vkey --listen 127.0.0.1:8650",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(w.Logs) == 0 {
				return fault.New(fault.Invalid, "a witness needs to know a log").WithHelp("give --log KEY or --log FILE; an auditor gets the key of a ledger with: c4arch audit key")
			}
			return r.Operator.Witness(cmd.Context(), r.env, w)
		},
	}
	cmd.Flags().StringVar(&w.Dir, "dir", "", "`DIR` of its key and of what it has cosigned")
	cmd.Flags().StringVar(&w.Name, "name", "", "`NAME` of its key, a host name as a rule; for the first start")
	cmd.Flags().StringVar(&w.Listen, "listen", "127.0.0.1:8650", "`ADDRESS` to listen on; plain HTTP, for this machine or behind a proxy of yours")
	cmd.Flags().StringSliceVar(&w.Logs, "log", nil, "verifier `KEY` of a ledger (c4arch audit key), or a file of them; may be given several times")
	_ = cmd.MarkFlagDirname("dir")
	return required(cmd, "dir")
}

func (r *run) restore() *cobra.Command {
	var at Instance
	var reason string
	accept := &cobra.Command{
		Use: "accept ORGANISATION", Short: "Accept that an older backup of an organisation was brought back", Args: exactly(1, "an organisation"),
		Long: "Accept is for an organisation whose home is older than what is known of its ledger, and is therefore not opened: a backup was restored, and no newer one is left. The\n" +
			"service must be stopped. ORGANISATION is its slug or id, or platform for the instance's own ledger, which comes first where both are older.\n\n" +
			"What was acknowledged since the backup is lost, and this says so for good: in the ledger of the organisation and in that of the instance. The ledger goes on under a\n" +
			"new origin, with a new key line (c4arch audit key), because under the old one entries were signed that are gone. Whoever kept a checkpoint of the lost part is told\n" +
			"by the verifier that its history was not continued, and witnesses cosign again when their operators have been given the new key. What was erased since\n" +
			"the backup is back: erase it again.",
		Example: "  c4arch restore accept contoso --reason 'disk failed, newest backup is of 02:00'\n  c4arch restore accept platform --data /var/lib/c4arch --reason 'the same'",
		RunE: func(cmd *cobra.Command, args []string) error {
			done, err := r.Operator.AcceptRollback(cmd.Context(), r.env, at, args[0], reason)
			if err != nil {
				return err
			}
			return r.say("Accepted: the ledger of %s goes on after %s. Lost: %s.\nIts entry %d says so, and the ledger of the instance. Its origin is now %s.\nGive auditors and witnesses the new key (c4arch audit key), and erase again what was erased since the backup.\n",
				visible(string(done.Log)), count(int(done.Kept.Size), "entry", "entries"), lost(done), done.Index, visible(done.Origin))
		},
	}
	accept.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why, for the ledger")
	cmd := holder("restore", "After a restored backup", "What was restored from a backup that is older than the ledger knows is not opened before somebody has accepted the loss.", required(accept, "reason"))
	at.flags(cmd)
	return cmd
}

// lost says what an older backup has lost of a log.
func lost(a *auditing.Accepted) string {
	if a.Known.Size <= a.Kept.Size {
		return "another history of as many"
	}
	return fmt.Sprintf("entries %d to %d", a.Kept.Size, a.Known.Size-1)
}
