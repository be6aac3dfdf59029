package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/service/discover"
)

// scanFlags are what `c4arch scan` was asked.
type scanFlags struct {
	*outputFlags
	name, at, project     string
	json, explain, strict bool
	noRecord              bool
}

func (r *run) scan() *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Read infrastructure and write its architecture",
		Long: "Scan reads files, whole directories and standard input (-), finds out by content what they are, and\n" +
			"writes a directory with a page to look at (index.html) and files to keep. Nothing is sent anywhere\n" +
			"and nothing is written into what is scanned, save the output directory if you put it there.\n\n" +
			discover.Readable + ".\n\n" +
			"Code and what is live, scanned together, become one model in which both are marked. Files that fill in\n" +
			"parameters (*.tfvars, ARM parameter files) count when they are loaded by themselves or named here.\n\n" +
			"Boxes stay where they stood the last time, and where you placed them (layout.json in the output directory).\n\n" +
			"Where there is a local history (c4arch init), the scan is recorded in it. With --project the inputs are handed\n" +
			"over to a project of a c4arch server (c4arch login), which scans and keeps them; nothing is written here then.\n\n" +
			"Exit codes: 0 done; 1 error; 3 done, but something could not be read (with --strict; else 0 and a\n" +
			"warning). With --json standard output holds exactly one JSON object, or nothing after an error; errors\n" +
			"and warnings go to standard error.",
		Example: "  c4arch scan .\n" +
			"  c4arch scan prod.tfstate azure-export.json k8s/ -o docs/arch --name \"Contoso shop\"\n" +
			"  c4arch scan infra/ prod.tfvars azure-export.json\n" +
			"  terraform show -json | c4arch scan - --format html,svg\n" +
			"  c4arch scan . --json --strict --quiet | jq .references\n" +
			"  c4arch scan . --project shop",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fault.New(fault.Invalid, "nothing to scan was given").
					WithHelp("give files or directories, or - for standard input; see: c4arch scan --help")
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	f.outputFlags = r.addOutputFlags(cmd)
	cmd.Flags().StringVar(&f.name, "name", "", "`NAME` of the architecture (default: that in c4arch.yaml, else the directory's)")
	cmd.Flags().StringVar(&f.at, "at", "", "`TIME` of collection as RFC 3339 or a date (default now)")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the summary as one JSON object")
	cmd.Flags().BoolVar(&f.explain, "explain", false, "print what became of every reference, and what code leaves open")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "exit with 3 when something could not be read")
	cmd.Flags().BoolVar(&f.noRecord, "no-record", false, "do not record the scan in the local history")
	asProject(cmd, &f.project)
	for _, name := range []string{"name", "at"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if f.project != "" {
			return r.hostedScan(cmd.Context(), f, args)
		}
		return r.doScan(cmd.Context(), f, args)
	}
	return cmd
}

func (r *run) doScan(ctx context.Context, f scanFlags, paths []string) error {
	start := r.env.Now()
	at, err := collectedAt(f.at, start)
	if err != nil {
		return err
	}
	// Before the work, not after it.
	if err := checkOutput(f.dir, paths); err != nil {
		return err
	}
	d, err := r.drawing(f.outputFlags, "")
	if err != nil {
		return err
	}
	bar := newProgress(r.env, f.quiet)
	defer bar.clear()
	res, err := r.Scan(ctx, r.env, discover.Request{
		Paths: paths, Stdin: r.env.Stdin, Name: f.name, DefaultName: nameOf(paths), At: at, Progress: bar.scan,
	})
	if err != nil {
		bar.clear()
		if nothing := (*discover.NothingFound)(nil); errors.As(err, &nothing) {
			r.printNotRead(nothing.NotRead, "")
		}
		return err
	}
	files, err := r.write(ctx, Architecture{res.Model, res.Snapshot}, f.outputFlags, d, bar)
	if err != nil {
		return err
	}
	bar.clear()
	s := summarise(res, f.dir, files)
	if !f.noRecord {
		if s.Recorded, err = r.record(ctx, res); err != nil {
			return err
		}
	}
	s.DurationMs = r.env.Now().Sub(start).Milliseconds()
	if err := r.report(s, f); err != nil {
		return err
	}
	if f.strict && len(s.NotRead) > 0 {
		return fault.New(fault.Incomplete, "not all could be read")
	}
	return nil
}

// record keeps the scan in the local history, where there is one, and returns its id there.
func (r *run) record(ctx context.Context, res *discover.Result) (string, error) {
	s, _, err := r.store(ctx, false)
	if err != nil || s == nil {
		return "", err
	}
	defer s.Close()
	e, err := r.keep(ctx, s, res)
	return e.ID, err
}

// report prints the summary and the warnings.
func (r *run) report(s *summary, f scanFlags) error {
	switch {
	case f.json:
		if f.explain {
			s.Account = s.account
		}
		if err := writeJSON(r.env.Stdout, s); err != nil {
			return err
		}
	default:
		if err := r.printSummary(s, f); err != nil {
			return err
		}
	}
	if f.quiet || len(s.NotRead) == 0 {
		if len(s.NotRead) > 0 {
			fmt.Fprintf(r.env.Stderr, "%s %s could not be read\n", r.err.warn("c4arch: warning:"), count(evidence.Things(s.NotRead), "thing"))
		}
		return nil
	}
	model := ""
	if slices.Contains(s.Files, "model.json") {
		model = filepath.Join(f.dir, "model.json")
	}
	r.printNotRead(s.NotRead, model)
	return nil
}

// collectedAt reads --at. The time is data in the results; seconds are exact enough for it.
func collectedAt(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return now.UTC().Truncate(time.Second), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "--at is not a time").
		WithHelp("write it as 2026-01-31T12:00:00Z or 2026-01-31")
}

// checkOutput refuses an output that may not be replaced, or that holds what is to be scanned.
func checkOutput(dir string, paths []string) error {
	if dir == "" {
		return fault.New(fault.Invalid, "-o is empty").WithHelp("give a directory")
	}
	for _, p := range paths {
		if p != "-" && outdir.Within(p, dir) {
			return fault.New(fault.Invalid, "the output directory %s holds %s, which is to be scanned", dir, p).
				WithHelp("give another directory with -o")
		}
	}
	return outdir.Check(dir)
}

// nameOf names an architecture after the first path: a directory's name, or that of the directory
// in which a file lies.
func nameOf(paths []string) string {
	for _, p := range paths {
		if p == "-" {
			continue
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			continue
		}
		if info, err := os.Stat(abs); err == nil && !info.IsDir() {
			abs = filepath.Dir(abs)
		}
		if base := filepath.Base(abs); base != string(filepath.Separator) && base != "." {
			return visible(base)
		}
	}
	return "Architecture"
}
