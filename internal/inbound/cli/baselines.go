package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/fault"
)

func (r *run) baselineShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "show [BASELINE]",
		Short:             "Show what was approved, by whom, when and why",
		Long:              "Show prints a baseline: the newest of the local history, the one with that id, a baseline file, or git:REF[:PATH].",
		Example:           "  c4arch baseline show\n  c4arch baseline show git:origin/main --json",
		Args:              atMostOne("one baseline"),
		ValidArgsFunction: r.completeKept(offer{baselines: true, files: true}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref := ""
			if len(args) == 1 {
				ref = args[0]
			}
			return r.doBaselineShow(cmd.Context(), ref, asJSON)
		},
	}
	asProject(cmd, &r.projectFlag)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func (r *run) doBaselineShow(ctx context.Context, ref string, asJSON bool) error {
	s, _, err := r.store(ctx, false)
	if err != nil {
		return err
	}
	if s != nil {
		defer s.Close()
	}
	t, err := r.findBaseline(ctx, s, ref)
	if err != nil {
		return err
	}
	b := t.Baseline
	if asJSON {
		return writeJSON(r.env.Stdout, map[string]any{"id": b.ID, "approval": b.Approval, "seal": b.Seal, "seen": b.Seen, "resources": len(b.Snapshot.Resources)})
	}
	return r.printBaseline(b)
}

// findBaseline resolves what names a baseline. Nothing is scanned for it.
func (r *run) findBaseline(ctx context.Context, s Store, ref string) (t target, err error) {
	const help = "give a baseline file, git:REF[:PATH], or an id that c4arch baseline list shows"
	isFile := true
	info, statErr := os.Stat(ref)
	switch {
	case ref == "":
		return r.approvedHere(ctx, s)
	case strings.HasPrefix(ref, "git:"):
		t, err = r.find(ctx, s, ref, nil)
	case statErr == nil && info.IsDir():
		t, isFile, err = r.findFile(filepath.Join(ref, baseline.FileName))
		if fault.KindOf(err) == fault.NotFound {
			return t, fault.New(fault.NotFound, "the directory %s has no %s", visible(ref), baseline.FileName).WithHelp(help)
		}
	case statErr == nil:
		t, isFile, err = r.findFile(ref)
	case s == nil:
		return t, fault.New(fault.NotFound, "%s is no file, and there is no local history in which it could be", visible(ref)).WithHelp(help)
	default:
		t, err = r.findInStore(ctx, s, ref)
		if fault.KindOf(err) == fault.NotFound {
			return t, fault.New(fault.NotFound, "%s is no file, and no baseline of the local history", visible(clip(ref, 200))).WithHelp(help)
		}
	}
	if err == nil && (!isFile || t.Baseline == nil) {
		err = fault.New(fault.NotFound, "%s is not a baseline", visible(ref)).WithHelp(help)
	}
	return t, err
}

// approvedHere is the baseline that counts here: the newest of the local history, else the file in the working directory.
func (r *run) approvedHere(ctx context.Context, s Store) (target, error) {
	if s != nil {
		t, err := r.current(ctx, s)
		if err == nil || fault.KindOf(err) != fault.NotFound {
			return t, err
		}
	}
	if _, err := os.Stat(baseline.FileName); err == nil {
		t, ok, err := r.findFile(baseline.FileName)
		if ok || err != nil {
			return t, err
		}
	}
	return target{}, fault.New(fault.NotFound, "nothing is approved yet: there is no baseline in a local history and no %s here", baseline.FileName).
		WithHelp("approve one with: c4arch baseline approve --by WHO --reason TEXT; or say with --against what to compare with")
}

func (r *run) printBaseline(b *baseline.Baseline) error {
	key, err := r.Key(r.env)
	if err != nil {
		return err
	}
	seal := "none: it was made without a key"
	switch {
	case b.SealedBy(key):
		seal = "good, under the key of this machine"
	case b.Seal != "":
		seal = "under another key (" + b.Approval.KeyID + "), which cannot be checked here"
	}
	who := b.Approval.By
	if b.Approval.Claimed {
		who += " (claimed: nobody has checked who typed it)"
	}
	known := ""
	if n := len(b.Seen); n > 0 {
		known = "since when " + count(n, "finding") + " " + map[bool]string{true: "has", false: "have"}[n == 1] + " been there"
	}
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"Baseline", b.ID},
		{"Architecture", b.Approval.Name},
		{"Approved by", who},
		{"At", zoned(b.Approval.At)},
		{"Reason", b.Approval.Reason},
		{"Collected", zoned(b.Snapshot.CollectedAt)},
		{"Resources", number(len(b.Snapshot.Resources))},
		{"Snapshot", string(b.Approval.Snapshot)},
		{"Overlay", string(b.Approval.Overlay)},
		{"Model", string(b.Approval.Model)},
		{"Supersedes", b.Approval.Supersedes},
		{"Seal", seal},
		{"Known drift", known},
	} {
		if row[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", row[0], visible(row[1]))
		}
	}
	return w.Flush()
}

func (r *run) baselineList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the baselines that are kept, newest first",
		Long:    "List shows the baselines of the local history, newest first. The first one is what drift compares with unless --against says otherwise.",
		Example: "  c4arch baseline list\n  c4arch baseline list --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, _, err := r.store(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			list, err := s.Approvals(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				out := []map[string]any{}
				for i := range list {
					out = append(out, map[string]any{"id": list[i].ID, "approval": list[i].Approval, "seal": list[i].Seal})
				}
				return writeJSON(r.env.Stdout, out)
			}
			w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "BASELINE\tAPPROVED\tBY\tREASON")
			for i := range list {
				a := list[i].Approval
				by := visible(a.By)
				if a.Claimed {
					by += " (claimed)"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", list[i].ID, zoned(a.At), by, clip(visible(a.Reason), 80))
			}
			return w.Flush()
		},
	}
	asProject(cmd, &r.projectFlag)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return cmd
}

func (r *run) baselineExport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write the current baseline to a file for a repository",
		Long: "Export writes the newest baseline of the local history, with the dates at which its drift was first seen. The same baseline gives the same bytes, one\n" +
			"resource a line, so that a review shows what changes.",
		Example: "  c4arch baseline export " + baseline.FileName,
		Args:    exactly(1, "a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := r.store(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			t, err := r.current(cmd.Context(), s)
			if err != nil {
				return err
			}
			if err := writeBaseline(args[0], t.Baseline); err != nil {
				return err
			}
			return r.say("Baseline %s written to %s\n", t.Baseline.ID, visible(args[0]))
		},
	}
	asProject(cmd, &r.projectFlag)
	return cmd
}
