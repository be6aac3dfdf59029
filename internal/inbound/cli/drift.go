package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
)

// compareFlags are those of drift and diff.
type compareFlags struct {
	failOn, rules, exceptions string
	formats                   []string
	dir, at                   string
	json, quiet, verbose      bool
}

// driftFlags are what `c4arch drift` was asked.
type driftFlags struct {
	compareFlags
	against            string
	noRecord, remember bool
	sealed             bool
}

const exitHelp = "Exit codes: 0 clean; 1 error; 2 drift at or above --fail-on; 3 incomplete: something that could be read when the\n" +
	"old side was made cannot be read now, so that nobody can say that it is unchanged (2 wins over 3)."

func (r *run) drift() *cobra.Command {
	var f driftFlags
	cmd := &cobra.Command{
		Use:   "drift [PATH...]",
		Short: "Hold what is live against what was approved, and grade what differs",
		Long: "Drift scans the paths (without any: takes the newest scan of the local history) and compares them, property by property and\n" +
			"as an architecture, with the baseline: the newest of the local history, else " + baseline.FileName + " here, else what\n" +
			"--against names. Each difference is graded by rules that know its direction: what was loosened, what was tightened (an\n" +
			"improvement, which never fails), what is neither. What could not be read is unknown, never clean.\n\n" +
			"A Terraform plan (terraform show -json PLANFILE) is graded by itself: its prior state against what it would make.\n" +
			"--against PATH of code compares what the code declares with what is live, in both directions, and writes import blocks.\n\n" +
			"Exceptions are read from c4arch.exceptions.yaml, and your own rules from " + RulesName + ", beside the baseline: with git:REF from the\n" +
			"same commit, so that a pull request cannot accept its own drift.\n\n" + exitHelp,
		Example: "  c4arch drift azure.json\n" +
			"  c4arch drift plan.json . --against git:origin/main --format markdown\n" +
			"  c4arch drift azure.json --against infra/\n" +
			"  c4arch drift . --fail-on high -o drift    # every format, into a directory",
		RunE:              func(cmd *cobra.Command, args []string) error { return r.doDrift(cmd.Context(), f, args) },
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	cmd.Flags().StringVar(&f.against, "against", "", "`WHAT` to compare with: a baseline, a snapshot, a path, or git:REF[:PATH]")
	r.addCompareFlags(cmd, &f.compareFlags, string(severity.Medium))
	cmd.Flags().BoolVar(&f.noRecord, "no-record", false, "do not record the scan in the local history")
	_ = cmd.RegisterFlagCompletionFunc("against", r.completeKept(offer{snapshots: true, baselines: true, files: true}, 0))
	cmd.Flags().BoolVar(&f.sealed, "sealed", false, "refuse a baseline that is not sealed under the key of this machine")
	cmd.Flags().BoolVar(&f.remember, "remember", false, "write the dates of findings into the baseline file that was read")
	return cmd
}

func (r *run) addCompareFlags(cmd *cobra.Command, f *compareFlags, failOn string) {
	asProject(cmd, &r.projectFlag)
	cmd.Flags().StringVar(&f.failOn, "fail-on", failOn, "`SEVERITY` from which on the exit code is 2: critical, high, medium, low, or none")
	cmd.Flags().StringSliceVar(&f.formats, "format", nil, "`LIST` of reports: "+strings.Join(reportNames(), ", ")+" (default text; with -o all)")
	cmd.Flags().StringVarP(&f.dir, "output", "o", "", "`DIR` to write the reports to; replaced when c4arch wrote it, never otherwise")
	cmd.Flags().StringVar(&f.rules, "rules", "", "`FILE` of your own rules (default: "+RulesName+" beside the baseline)")
	cmd.Flags().StringVar(&f.exceptions, "exceptions", "", "`FILE` of exceptions (default: c4arch.exceptions.yaml beside the baseline)")
	cmd.Flags().StringVar(&f.at, "at", "", "`TIME` of collection of what is scanned, as RFC 3339 or a date (default now)")
	cmd.Flags().BoolVar(&f.json, "json", false, "the same as --format json")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print warnings and errors only, and what --format asks for")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "print everything that is known of each finding")
	_ = cmd.MarkFlagDirname("output")
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]cobra.Completion{"critical", "high", "medium", "low", "none"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("format", completeList(reportNames(), func(string) string { return "" }))
	_ = cmd.RegisterFlagCompletionFunc("at", cobra.NoFileCompletions)
}

// threshold reads --fail-on; "" is none.
func threshold(text string) (severity.Severity, error) {
	switch s := severity.Severity(strings.ToLower(text)); s {
	case severity.Critical, severity.High, severity.Medium, severity.Low:
		return s, nil
	case "none", "never":
		return "", nil
	}
	return "", fault.New(fault.Invalid, "--fail-on %q is no severity", text).WithHelp("one of critical, high, medium, low, none")
}

// begin checks what drift and diff were asked before any work, and opens the local history, if there is one.
func (r *run) begin(ctx context.Context, f *compareFlags) (out *reports, failOn severity.Severity, s Store, err error) {
	if out, err = r.reports(f); err != nil {
		return nil, "", nil, err
	}
	if failOn, err = threshold(f.failOn); err != nil {
		return nil, "", nil, err
	}
	s, _, err = r.store(ctx, false)
	return out, failOn, s, err
}

func (r *run) doDrift(ctx context.Context, f driftFlags, paths []string) error {
	f.noRecord = f.noRecord || r.projectFlag != "" // what is scanned here is not a scan of the project
	out, failOn, s, err := r.begin(ctx, &f.compareFlags)
	if err != nil {
		return err
	}
	if s != nil {
		defer s.Close()
	}
	bar := newProgress(r.env, f.quiet)
	defer bar.clear()
	now, plan, err := r.driftSubject(ctx, s, f, paths, bar)
	if err != nil {
		return err
	}
	old, err := r.driftAgainst(ctx, s, f, plan, bar)
	if err != nil {
		return err
	}
	if f.sealed {
		if err := r.demandSeal(old); err != nil {
			return err
		}
	}
	if f.remember && (old.file == "" || old.Baseline == nil) {
		return fault.New(fault.Invalid, "--remember needs a baseline file that can be written").
			WithHelp("give --against FILE; the local history remembers by itself, and a commit cannot be written")
	}
	req := detect.Request{Old: old.Subject, New: now.Subject, FailOn: failOn, Now: r.env.Now(), Progress: bar.stage}
	if req.Exceptions, err = r.exceptions(f.exceptions, old.beside); err != nil {
		return err
	}
	if req.Rules, err = r.table(f.rules, old.beside); err != nil {
		return err
	}
	if old.Baseline != nil {
		req.Seen = old.Baseline.Seen
		if old.store && !f.noRecord && !plan {
			if req.Scope, err = mine(access.DriftCompare); err != nil {
				return err
			}
			req.Keep = s
		}
	}
	res, asked := r.Detect.Compare(ctx, req)
	if res == nil {
		return asked
	}
	if f.remember {
		if err := remember(old, res); err != nil {
			return err
		}
	}
	frames := r.frames(ctx, s, out, bar)
	bar.clear()
	if res.Report.Mode == drift.ModeBaseline && strangers(old.Snapshot, now.Snapshot) {
		fmt.Fprintf(r.env.Stderr, "%s nothing of what was scanned is in the baseline %s of %q\n        if that is another architecture, name the right baseline with --against\n",
			r.err.warn("c4arch: warning:"), old.Baseline.ID, visible(old.Baseline.Approval.Name))
	}
	return r.finish(ctx, f.compareFlags, out, res, asked, frames)
}

// strangers reports that two snapshots have resources and none in common.
func strangers(a, b *evidence.Snapshot) bool {
	known := map[string]bool{}
	for i := range a.Resources {
		known[a.Resources[i].ID] = true
	}
	for i := range b.Resources {
		if known[b.Resources[i].ID] {
			return false
		}
	}
	return len(a.Resources) > 0 && len(b.Resources) > 0
}

// driftSubject is what is held against the baseline; plan says that it is a plan.
func (r *run) driftSubject(ctx context.Context, s Store, f driftFlags, paths []string, bar *progress) (t target, plan bool, err error) {
	switch {
	case len(paths) == 0 && s == nil:
		return t, false, fault.New(fault.Invalid, "nothing to compare was given").WithHelp("give files or directories to scan; or keep scans here: c4arch init")
	case len(paths) == 0:
		t, err = r.findInStore(ctx, s, "latest")
		return t, false, err
	case len(paths) == 1 && paths[0] != "-":
		info, statErr := os.Stat(paths[0])
		if statErr != nil && s != nil {
			t, err = r.findInStore(ctx, s, paths[0])
			return t, false, err
		}
		if statErr == nil && !info.IsDir() {
			if t, ok, err := r.findFile(paths[0]); ok || err != nil {
				return t, false, err
			}
		}
	}
	res, err := r.scanOf(ctx, paths, f.at, bar)
	if err != nil {
		return t, false, err
	}
	t.Subject = scanned(res, strings.Join(paths, " "))
	plan = detect.IsPlan(res.Snapshot)
	if s != nil && !f.noRecord && !plan {
		e, err := r.keep(ctx, s, res)
		if err != nil {
			return t, plan, err
		}
		t.store, t.snapshot = true, e.ID
	}
	return t, plan, nil
}

// driftAgainst is what it is held against. A plan has its own prior state, and takes exceptions and dates from a baseline where there is one.
func (r *run) driftAgainst(ctx context.Context, s Store, f driftFlags, plan bool, bar *progress) (target, error) {
	if f.against != "" {
		t, err := r.find(ctx, s, f.against, bar)
		if err == nil && plan && t.Baseline == nil {
			return t, fault.New(fault.Invalid, "a plan is held against its own prior state; --against can only name a baseline, for exceptions and dates").
				WithHelp("leave --against out, or give a baseline file or git:REF")
		}
		return t, err
	}
	t, err := r.approvedHere(ctx, s)
	if plan && fault.KindOf(err) == fault.NotFound {
		return target{}, nil
	}
	return t, err
}

// demandSeal refuses what nobody with this key has sealed: without its seal a baseline is only as good as the place that it comes from.
func (r *run) demandSeal(old target) error {
	key, err := r.Key(r.env)
	if err != nil {
		return err
	}
	if old.Baseline != nil && old.Baseline.SealedBy(key) {
		return nil
	}
	return fault.New(fault.Denied, "%s is not a baseline that was sealed under the key of this machine", visible(cmp.Or(old.Label, "what is compared with"))).
		WithHelp("give the key of whoever approved in C4ARCH_KEY, or approve anew")
}

// remember writes the dates of findings into the baseline file.
func remember(old target, res *detect.Result) error {
	b := *old.Baseline
	b.Seen = res.Seen
	return writeBaseline(old.file, &b)
}

// finish writes the reports and turns the verdict into an exit code.
func (r *run) finish(ctx context.Context, f compareFlags, out *reports, res *detect.Result, asked error, frames []Frame) error {
	if err := r.writeReports(ctx, f, out, res, frames); err != nil {
		return err
	}
	s := &res.Report.Summary
	if asked != nil {
		for line := range strings.SplitSeq(asked.Error(), "\n") {
			fmt.Fprintf(r.env.Stderr, "%s %s\n", r.err.warn("c4arch: warning:"), visible(line))
		}
		if s.Exit != 2 {
			return fault.New(fault.Invalid, "not every rule could be asked, so the result may miss something").WithHelp("mend the rules named above")
		}
	}
	switch s.Exit {
	case 2:
		return fault.New(fault.Drift, "drift")
	case 3:
		return fault.New(fault.Incomplete, "incomplete")
	}
	return nil
}

func (r *run) diff() *cobra.Command {
	var f compareFlags
	var byRole bool
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two scans, or two environments",
		Long: "Diff compares two snapshots, baselines, or paths that it scans, and grades what differs as drift does, from A to B. With --by-role the two are\n" +
			"environments side by side, such as staging and production: things are matched by their role, not by their id.\n" +
			"Nothing is recorded, and no difference fails unless --fail-on says so.\n\n" + refHelp + "\n\n" + exitHelp,
		Example:           "  c4arch diff latest~1 latest\n  c4arch diff staging.json production.json --by-role\n  c4arch diff git:v1.0 baseline --format markdown",
		Args:              exactly(2, "two things to compare"),
		ValidArgsFunction: r.completeKept(offer{snapshots: true, baselines: true, files: true}, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return r.doDiff(cmd.Context(), f, byRole, args) },
	}
	r.addCompareFlags(cmd, &f, "none")
	cmd.Flags().BoolVar(&byRole, "by-role", false, "match by role and not by id: two environments")
	return cmd
}

func (r *run) doDiff(ctx context.Context, f compareFlags, byRole bool, args []string) error {
	out, failOn, s, err := r.begin(ctx, &f)
	if err != nil {
		return err
	}
	if s != nil {
		defer s.Close()
	}
	bar := newProgress(r.env, f.quiet)
	defer bar.clear()
	var both [2]target
	for i, ref := range args {
		if both[i], err = r.find(ctx, s, ref, bar); err != nil {
			return err
		}
	}
	req := detect.Request{Mode: drift.ModeSnapshots, Old: both[0].Subject, New: both[1].Subject, FailOn: failOn, Now: r.env.Now(), Progress: bar.stage}
	if byRole {
		req.Mode = drift.ModeEnvironments
	}
	beside := both[0].beside
	if req.Exceptions, err = r.exceptions(f.exceptions, beside); err != nil {
		return err
	}
	if req.Rules, err = r.table(f.rules, beside); err != nil {
		return err
	}
	res, asked := r.Detect.Compare(ctx, req)
	if res == nil {
		return asked
	}
	bar.clear()
	return r.finish(ctx, f, out, res, asked, r.frames(ctx, nil, out, bar))
}

// frames are the snapshots through which the slider of the page goes: of the local history, oldest first.
func (r *run) frames(ctx context.Context, s Store, out *reports, bar *progress) []Frame {
	if s == nil || !out.wants("html") {
		return nil
	}
	list, err := s.List(ctx, maxFrames)
	if err != nil {
		return nil // the page is whole without its history
	}
	var frames []Frame
	for i := len(list) - 1; i >= 0; i-- {
		sub, err := kept(ctx, s, list[i])
		if err == nil {
			err = detect.Derive(ctx, &sub, bar.stage)
		}
		if err != nil {
			fmt.Fprintf(r.env.Stderr, "%s %s is left out of the page's history: %s\n", r.err.warn("c4arch: warning:"), list[i].ID, visible(err.Error()))
			continue
		}
		frames = append(frames, Frame{ID: list[i].ID, At: list[i].CollectedAt, Approved: cmp.Or(list[i].Approved, ""), Model: sub.Model})
	}
	return frames
}

// maxFrames is how many snapshots the slider has: each is derived again and drawn.
const maxFrames = 12
