package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
)

func (r *run) gc() *cobra.Command {
	var keep history.Retention
	var dry, asJSON bool
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Let go what no kept scan needs",
		Long: "Gc removes what interrupted writes left behind and what no snapshot needs. With --keep-days or --keep-newest it lets\n" +
			"go older snapshots first; what a baseline approves is always kept.",
		Example: "  c4arch gc\n  c4arch gc --keep-days 365 --dry-run",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := cmp.Or(notNegative("--keep-days", keep.Days), notNegative("--keep-newest", keep.Newest)); err != nil {
				return err
			}
			s, _, err := r.store(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			scope, err := mine(access.SnapshotCollect)
			if err != nil {
				return err
			}
			collect := func() (history.Collected, error) {
				return history.Collect(cmd.Context(), s, scope, keep, r.env.Now(), dry)
			}
			if r.opened != nil {
				collect = func() (history.Collected, error) { return r.opened.collect(cmd.Context(), keep, dry) }
			}
			c, err := collect()
			if err != nil {
				return err
			}
			if asJSON {
				if c.Snapshots == nil {
					c.Snapshots = []history.Entry{}
				}
				return writeJSON(r.env.Stdout, c)
			}
			verb := "Let go"
			if dry {
				verb = "Would let go"
			}
			return r.say("%s %s, %s of resources and %s, %s\n", verb, count(len(c.Snapshots), "snapshot"), count(c.Versions, "version"), count(c.Objects, "object"), size(c.Bytes))
		},
	}
	asProject(cmd, &r.projectFlag)
	cmd.Flags().IntVar(&keep.Days, "keep-days", 0, "keep the snapshots of the last `N` days (default all)")
	cmd.Flags().IntVar(&keep.Newest, "keep-newest", 0, "keep the newest `N` snapshots (default all)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would go, and keep it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// size writes a number of bytes.
func size(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

func (r *run) fsck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "fsck",
		Short: "Check everything that is kept",
		Long: "Fsck reads every object, every snapshot and every baseline of the local history and verifies each: commitments, order, roots,\n" +
			"seals. It reads its ledger too: each entry, the tree and its head. Each fault is named. Exit codes: 0 all is well; 1 something is damaged.",
		Example: "  c4arch fsck\n  c4arch fsck --json",
		Args:    none,
		RunE:    func(cmd *cobra.Command, _ []string) error { return r.doFsck(cmd.Context(), asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func (r *run) doFsck(ctx context.Context, asJSON bool) error {
	s, dir, err := r.store(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	bar := newProgress(r.env, false)
	defer bar.clear()
	c, err := s.Check(ctx, func(done, total int) { bar.say(fmt.Sprintf("Checking: %s of %s", number(done), number(total))) })
	if err != nil {
		return err
	}
	faults, err := r.sealFaults(ctx, s)
	if err != nil {
		return err
	}
	c.Faults = append(c.Faults, faults...)
	bar.clear()
	if asJSON {
		if c.Faults == nil {
			c.Faults = []string{}
		}
		if err := writeJSON(r.env.Stdout, c); err != nil {
			return err
		}
	} else {
		if err := r.say("%s, %s of resources, %s, %s in the ledger, %s: %s\n", count(c.Snapshots, "snapshot"), count(c.Versions, "version"),
			count(c.Baselines, "baseline"), count(int(c.Entries), "entry", "entries"), size(c.Bytes), count(len(c.Faults), "fault")); err != nil {
			return err
		}
		if c.Staged > 0 {
			if err := r.say("%s of interrupted writes; c4arch gc removes them after a day\n", count(c.Staged, "leftover")); err != nil {
				return err
			}
		}
	}
	if len(c.Faults) == 0 {
		return nil
	}
	for _, f := range c.Faults {
		fmt.Fprintf(r.env.Stderr, "  %s\n", visible(f))
	}
	return fault.New(fault.Internal, "%s is damaged: %s", visible(dir), count(len(c.Faults), "fault")).
		WithHelp("restore it from a backup; a baseline file in your repository stays good by itself")
}

// sealFaults checks the seals of the baselines under the user's key, which the store does not know.
func (r *run) sealFaults(ctx context.Context, s Store) (faults []string, err error) {
	list, err := s.Approvals(ctx)
	if err != nil {
		return nil, nil //nolint:nilerr // Check has named what keeps a baseline from being read
	}
	key, err := r.Key(r.env)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := list[i].VerifyApproval(key); err != nil {
			faults = append(faults, "baseline "+list[i].ID+": "+err.Error())
		}
	}
	return faults, nil
}

func (r *run) redact() *cobra.Command {
	var reason string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "redact RESOURCE",
		Short: "Withdraw the content of a resource from every scan that is kept",
		Long: "Redact removes what the local history holds of a resource: its properties, names, tags and salts, in every version. The identity and\n" +
			"the commitment stay, so that the roots of snapshots and what was approved still verify. This cannot be undone. Baseline files that were\n" +
			"exported, and commits that hold them, are not reached.",
		Example: "  c4arch redact /subscriptions/…/providers/microsoft.web/sites/shop --reason \"a name of a person in a tag\"",
		Args:    exactly(1, "the id of a resource"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return fault.New(fault.Invalid, "redact needs a reason").WithHelp("give it with --reason TEXT; it stays in the snapshots")
			}
			s, _, err := r.store(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			scope, err := mine(access.SnapshotRedact)
			if err != nil {
				return err
			}
			d, err := history.Redact(cmd.Context(), s, scope, args[0], reason, r.env.Now())
			if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind == fault.NotFound {
				return fault.New(fault.NotFound, "no snapshot has the resource %s", visible(args[0])).
					WithHelp("give the whole id, as drift --verbose prints it and snapshot.json has it (c4arch show latest --format json)")
			}
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(r.env.Stdout, d)
			}
			if err := r.say("Withdrawn: %s in %s\n", count(d.Versions, "version"), count(len(d.Snapshots), "snapshot")); err != nil {
				return err
			}
			if len(d.Baselines) > 0 {
				return r.say("Baselines %s hold it too; export them again, and mind the commits with the old files\n", strings.Join(d.Baselines, ", "))
			}
			return nil
		},
	}
	asProject(cmd, &r.projectFlag)
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}
