package cli

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

// Instance says which instance on this machine is meant; what is empty comes from the configuration.
type Instance struct {
	Data     string // directory
	Database string // URL of PostgreSQL
	Config   string // file
	Server   bool   // not one on this machine: that of the login
}

// flags adds those that name an instance.
func (i *Instance) flags(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&i.Data, "data", "", "data `DIR` of the instance (default: as configured)")
	cmd.PersistentFlags().StringVar(&i.Database, "database", "", "`URL` of its PostgreSQL database (default: as configured)")
	cmd.PersistentFlags().StringVar(&i.Config, "config", "", "`FILE` of its configuration")
	_ = cmd.MarkPersistentFlagDirname("data")
}

// Flags are those that were given, as settings of the service; file is the name of that of the configuration file.
func (i *Instance) Flags(file string) map[string][]string {
	flags := map[string][]string{}
	for name, v := range map[string]string{"data": i.Data, "database": i.Database, file: i.Config} {
		if v != "" {
			flags[name] = []string{v}
		}
	}
	return flags
}

func (r *run) control() *cobra.Command {
	var at Instance
	cmd := &cobra.Command{
		Use:   "control",
		Short: "Run the checks of the controls, and see which commitments hold",
		Long: "Control speaks to an instance on this machine: its data directory or its database. While the service runs on a data directory that is locked: --server asks " +
			"the service itself, as the operator of the login. A clause is true while every control of it has a passing, fresh run and a check exercises the clause itself; " +
			"what has no check is not yet, and the list says so.",
		Example: "  c4arch control run\n  c4arch control list --clauses\n  c4arch control run --server",
		Args:    none,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	at.flags(cmd)
	cmd.PersistentFlags().BoolVar(&at.Server, "server", false, "ask the server that you are logged in to (see: c4arch login --help)")
	cmd.AddCommand(r.controlRun(&at), r.controlList(&at))
	return cmd
}

func (r *run) controlRun(at *Instance) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "run [ID...]",
		Short: "Run checks, and keep what they found",
		Long: "Run runs the checks with those ids, or all. What they found is kept, and its digest stands in the ledger of the instance. Exit codes: 0 none failed; " +
			"1 they could not be run or kept; 2 one failed; 3 one could not tell, which is no pass. A check that had nothing to look at is not exercised: it is no pass and no failure.",
		Example: "  c4arch control run\n  c4arch control run row-security ledger-verifies --json",
		RunE: func(cmd *cobra.Command, ids []string) error {
			round, err := r.runControls(cmd.Context(), at, ids)
			if round == nil {
				return err
			}
			if asJSON {
				if err := writeJSON(r.env.Stdout, round); err != nil {
					return err
				}
			} else if err := r.printRound(round); err != nil {
				return err
			}
			if err != nil {
				r.fail(err) // its kind is one of those that Run leaves to us
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// runControls runs checks on this machine, or on the server of the login.
func (r *run) runControls(ctx context.Context, at *Instance, ids []string) (*assure.Round, error) {
	if !at.Server {
		return r.RunControls(ctx, r.env, *at, ids)
	}
	c, err := r.asked(at)
	if err != nil {
		return nil, err
	}
	round := &assure.Round{}
	if err := c.Call(ctx, http.MethodPost, "/controls/runs", "", map[string]any{"checks": ids}, round); err != nil {
		return nil, err
	}
	return round, round.Err()
}

func (r *run) controls(ctx context.Context, at *Instance) (*control.Report, error) {
	if !at.Server {
		return r.Controls(ctx, r.env, *at)
	}
	c, err := r.asked(at)
	if err != nil {
		return nil, err
	}
	report := &control.Report{}
	return report, c.Call(ctx, http.MethodGet, "/controls", "", nil, report)
}

// asked is the server of the login, where no instance on this machine was named besides.
func (r *run) asked(at *Instance) (Remote, error) {
	if at.Data != "" || at.Database != "" || at.Config != "" {
		return nil, fault.New(fault.Invalid, "--server asks the server of the login, and --data, --database and --config name an instance on this machine: give one or the other")
	}
	return r.remote()
}

func (r *run) printRound(round *assure.Round) error {
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	for _, x := range round.Runs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", x.Outcome, visible(x.Check), count(len(x.Observations), "observation"), x.Duration.Round(time.Millisecond))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, x := range round.Runs {
		for _, o := range x.Observations {
			if o.Outcome == control.Pass {
				continue
			}
			if err := r.say("\n%s %s: %s\n  %s\n", x.Check, o.Outcome, visible(o.Subject), visible(o.Detail)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) controlList(at *Instance) *cobra.Command {
	var asJSON, clauses bool
	var state string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List controls, or clauses, with where each stands",
		Long: "List shows the controls with where each stands and how many of its clauses are true; with --clauses the clauses themselves. States: holds; attested (a person " +
			"of the platform vouches for it until a day); partly (what looks at it passes, and nothing looks at all of it); not exercised (there is nothing yet that could be looked at); " +
			"stale (no fresh run, or an attestation that is over); unknown; not yet (no check, or one whose subject does not exist yet); failing; legal text (no check can look at it).",
		Example: "  c4arch control list\n  c4arch control list --clauses --state failing\n  c4arch control list --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if state != "" && !slices.Contains(control.States(), control.State(state)) {
				return fault.New(fault.Invalid, "there is no state %s", visible(state)).WithHelp("states are: %s", joined(control.States()))
			}
			report, err := r.controls(cmd.Context(), at)
			if err != nil {
				return err
			}
			keep(report, control.State(state))
			switch {
			case asJSON:
				return writeJSON(r.env.Stdout, report)
			case clauses:
				return r.printClauses(report)
			}
			return r.printControls(report)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object: checks, controls and clauses")
	cmd.Flags().BoolVar(&clauses, "clauses", false, "list the clauses")
	cmd.Flags().StringVar(&state, "state", "", "only what is in that `STATE`")
	_ = cmd.RegisterFlagCompletionFunc("state", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return strings.Split(joined(control.States()), ", "), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

func joined(list []control.State) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// keep leaves what is in that state in the report.
func keep(report *control.Report, state control.State) {
	if state == "" {
		return
	}
	report.Controls = slices.DeleteFunc(report.Controls, func(c control.ControlState) bool { return c.State != state })
	report.Clauses = slices.DeleteFunc(report.Clauses, func(c control.ClauseState) bool { return c.State != state })
	report.Checks = slices.DeleteFunc(report.Checks, func(c control.CheckState) bool { return c.State != state })
}

func (r *run) printControls(report *control.Report) error {
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CONTROL\tSTATE\tTRUE CLAUSES\tSTATEMENT")
	for _, c := range report.Controls {
		fmt.Fprintf(w, "%s\t%s\t%d of %d\t%s\n", c.ID, c.State, len(c.Clauses)-len(c.Open), len(c.Clauses), visible(c.Statement))
		if c.Reason != "" && c.State != control.NotYet {
			fmt.Fprintf(w, "\t\t\t  %s\n", visible(c.Reason))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return r.printCounts(report)
}

func (r *run) printClauses(report *control.Report) error {
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CLAUSE\tSTATE\tCONTROLS\tCOMMITMENT")
	for _, c := range report.Clauses {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.ID, c.State, strings.Join(c.Controls, ","), visible(c.Paraphrase))
		if c.Reason != "" && c.State != control.NotYet {
			fmt.Fprintf(w, "\t\t\t  %s\n", visible(c.Reason))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return r.printCounts(report)
}

// printCounts ends a list with how many clauses are in each state.
func (r *run) printCounts(report *control.Report) error {
	n := report.Count()
	var parts []string
	for _, s := range control.States() {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	if len(parts) == 0 {
		return r.say("\nno clause is in that state\n")
	}
	return r.say("\n%s: %s\n", count(len(report.Clauses), "clause"), strings.Join(parts, ", "))
}

// ControlPorts are what the commands about controls need of the wiring.
type ControlPorts struct {
	// RunControls runs checks of an instance on this machine and keeps what they found. It returns the round also when a check did not pass, with the error.
	RunControls func(ctx context.Context, env Env, at Instance, ids []string) (*assure.Round, error)
	// Controls tells where everything stands.
	Controls func(ctx context.Context, env Env, at Instance) (*control.Report, error)
}
