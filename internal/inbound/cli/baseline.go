package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
)

func (r *run) baseline() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Approve an architecture, and show what was approved",
		Long: "A baseline is an architecture that a person approved as intended: a snapshot, the overlay and the model that follows from them, with who, when\n" +
			"and why. Drift is what differs from it. Baselines are kept in the local history; the file that export writes is for a\n" +
			"repository, where reviewers see it and CI reads it. It holds no secrets.",
		Example: "  c4arch baseline approve --by platform-team --reason \"as built in October\"\n  c4arch baseline list\n  c4arch baseline export " + baseline.FileName,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Args:    none,
	}
	cmd.AddCommand(r.baselineApprove(), r.baselineShow(), r.baselineList(), r.baselineExport())
	return cmd
}

type approveFlags struct {
	by, reason, file, project string
	json                      bool
}

func (r *run) baselineApprove() *cobra.Command {
	var f approveFlags
	cmd := &cobra.Command{
		Use:   "approve [SNAPSHOT|PATH]",
		Short: "Approve a scan as what is intended",
		Long: "Approve makes a baseline of a snapshot: the newest in the local history unless another is named, or a snapshot.json, or files and directories, which\n" +
			"are scanned. Who approves is what --by says: typed on this machine, it is shown as claimed. Without a local history the baseline is\n" +
			"written to the file that --file names.\n\n" + refHelp,
		Example: "  c4arch baseline approve --by platform-team --reason \"as built in October\"\n" +
			"  c4arch baseline approve latest~1 --by platform-team --reason \"the state before the incident\"\n" +
			"  c4arch baseline approve infra/ --by platform-team --reason \"release 12\" --file " + baseline.FileName,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fault.New(fault.Invalid, "%s takes one snapshot or path", cmd.CommandPath()).WithHelp("scan several paths together with: c4arch scan PATH...; then approve latest")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ref := "latest"
			if len(args) == 1 {
				ref = args[0]
			}
			return r.doApprove(cmd.Context(), f, ref, len(args) == 1)
		},
	}
	cmd.Flags().StringVar(&f.by, "by", "", "`WHO` approves")
	cmd.Flags().StringVar(&f.reason, "reason", "", "`TEXT` that says why")
	cmd.ValidArgsFunction = r.completeKept(offer{snapshots: true, files: true}, 1)
	for _, name := range []string{"by", "reason"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
	asProject(cmd, &f.project)
	cmd.Flags().StringVar(&f.file, "file", "", "also write the baseline to `FILE`, for a repository")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the approval as one JSON object")
	return cmd
}

func (r *run) doApprove(ctx context.Context, f approveFlags, ref string, named bool) error {
	if f.project != "" {
		if f.by != "" || f.file != "" {
			return fault.New(fault.Invalid, "with --project the server knows who approves, and keeps the baseline").WithHelp("leave out --by and --file")
		}
		if !named {
			ref = "latest"
		}
		return r.hostedApprove(ctx, f.project, ref, f.reason, f.json)
	}
	if strings.TrimSpace(f.by) == "" || strings.TrimSpace(f.reason) == "" {
		return fault.New(fault.Invalid, "an approval says who and why").WithHelp("give --by WHO and --reason TEXT")
	}
	s, _, err := r.store(ctx, false)
	if err != nil {
		return err
	}
	if s == nil && !named {
		return fault.New(fault.NotFound, "there is no local history here from which to approve the newest scan").
			WithHelp("%s; or name what to approve, and a --file to write", initHelp)
	}
	if f.file != "" {
		if err := writable(f.file); err != nil {
			return err
		}
	}
	if s == nil && f.file == "" {
		return fault.New(fault.Invalid, "there is no local history here, and no --file in which to keep the baseline").
			WithHelp("%s; or give --file %s", initHelp, baseline.FileName)
	}
	if s != nil {
		defer s.Close()
	}
	bar := newProgress(r.env, f.json)
	defer bar.clear()
	t, err := r.approvable(ctx, s, ref, bar)
	if err != nil {
		return err
	}
	b, err := r.approve(ctx, s, t, f, bar)
	if err != nil {
		return err
	}
	if f.file != "" {
		if err := writeBaseline(f.file, b); err != nil {
			return err
		}
	}
	bar.clear()
	if f.json {
		return writeJSON(r.env.Stdout, map[string]any{"id": b.ID, "approval": b.Approval, "seal": b.Seal, "file": f.file})
	}
	return r.tellApproved(b, s, f)
}

func (r *run) tellApproved(b *baseline.Baseline, s Store, f approveFlags) error {
	if err := r.say("Baseline %s: %s as of %s, approved by %s (claimed)\n", r.out.strong(b.ID), visible(b.Approval.Name), b.Snapshot.CollectedAt, visible(b.Approval.By)); err != nil {
		return err
	}
	if f.file != "" {
		return r.say("Written to %s; commit it, so that reviewers see it and CI reads it\n", visible(f.file))
	}
	return r.say("For a repository and CI: c4arch baseline export %s\n", baseline.FileName)
}

// approvable finds what to approve; a path that is scanned is recorded first, since a baseline is of a snapshot that is kept.
func (r *run) approvable(ctx context.Context, s Store, ref string, bar *progress) (target, error) {
	if _, err := os.Stat(ref); err == nil {
		t, ok, err := target{}, false, error(nil)
		if info, e := os.Stat(ref); e == nil && !info.IsDir() {
			t, ok, err = r.findFile(ref)
		}
		if err != nil || ok && s == nil {
			return t, err
		}
		if !ok {
			res, err := r.scanOf(ctx, []string{ref}, "", bar)
			if err != nil {
				return target{}, err
			}
			t.Subject = scanned(res, ref)
		}
		if s == nil {
			return t, nil
		}
		return r.recorded(ctx, s, t, bar)
	}
	if s == nil {
		return target{}, fault.New(fault.NotFound, "%s is no file or directory, and there is no local history in which it could be", visible(ref)).WithHelp(initHelp)
	}
	return r.findInStore(ctx, s, ref)
}

func (r *run) recorded(ctx context.Context, s Store, t target, bar *progress) (target, error) {
	key, err := r.Key(r.env)
	if err != nil {
		return t, err
	}
	if err := detect.Showable(t.Snapshot, key); err != nil {
		return t, err
	}
	if err := detect.Derive(ctx, &t.Subject, bar.stage); err != nil {
		return t, err
	}
	e, err := r.keepSubject(ctx, s, t.Subject)
	t.store, t.snapshot = true, e.ID
	return t, err
}

func (r *run) approve(ctx context.Context, s Store, t target, f approveFlags, bar *progress) (*baseline.Baseline, error) {
	key, err := r.Key(r.env)
	if err != nil {
		return nil, err
	}
	a := detect.Approval{By: f.by, Reason: f.reason, At: r.env.Now(), Key: key}
	expect := ""
	if s != nil {
		switch before, _, err := s.Current(ctx); {
		case err == nil:
			expect, a.Supersedes, a.Seen = before.ID, before.ID, before.Seen
		case fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	} else if before, ok, err := r.findFile(f.file); err == nil && ok && before.Baseline != nil {
		a.Supersedes, a.Seen = before.Baseline.ID, before.Baseline.Seen
	}
	b, err := r.Detect.Approve(ctx, t.Subject, a)
	if err != nil {
		return nil, err
	}
	bar.clear()
	if s != nil {
		scope, err := mine(access.BaselineApprove)
		if err != nil {
			return nil, err
		}
		if err := detect.KeepApproval(ctx, s, scope, b, t.snapshot, expect, a.At); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// writable refuses to put a baseline in the place of anything but a baseline.
func writable(name string) error {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return fault.New(fault.Invalid, "%s is a directory", visible(name)).WithHelp("name the file: %s", visible(filepath.Join(name, baseline.FileName)))
	case err == nil:
		format, err := formatOf(name)
		if err == nil && format != baseline.Format && info.Size() > 0 {
			err = fault.New(fault.Conflict, "%s is there already and is not a baseline", visible(name)).WithHelp("nothing was changed; name another file, such as %s", baseline.FileName)
		}
		return err
	}
	if dir := filepath.Dir(name); name != "" {
		if _, err := os.Stat(dir); err != nil {
			return fault.New(fault.NotFound, "there is no directory %s to write the baseline into", visible(dir)).WithHelp("make it, or name another file")
		}
	}
	return nil
}

// writeBaseline writes the file whole or not at all.
func writeBaseline(name string, b *baseline.Baseline) error {
	if err := writable(name); err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := b.Encode(&buf); err != nil {
		return err
	}
	return replaceFile(name, buf.Bytes())
}

// replaceFile puts a file in the place of another, whole or not at all.
func replaceFile(name string, data []byte) error {
	fail := func(err error) error {
		return fault.Wrap(fault.Unavailable, err, "cannot write %s", visible(name))
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".c4arch-*")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return fail(err)
	}
	return nil
}
