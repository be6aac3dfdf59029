package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
)

// say prints to standard output.
func (r *run) say(format string, args ...any) error {
	_, err := fmt.Fprintf(r.env.Stdout, format, args...)
	return err
}

func (r *run) history() *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List the scans that are kept",
		Long: "History lists the scans of the local history, newest first: id, when it was collected, how many resources it has, how many of them were\n" +
			"there in no version before (NEW), how many entries say what could not be read, and the baseline that approves it.",
		Example: "  c4arch history\n  c4arch history --limit 5 --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := notNegative("--limit", limit); err != nil {
				return err
			}
			s, _, err := r.store(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			list, err := s.List(cmd.Context(), limit)
			if err != nil {
				return err
			}
			if asJSON {
				if list == nil {
					list = []history.Entry{}
				}
				return writeJSON(r.env.Stdout, list)
			}
			return r.printHistory(list)
		},
	}
	asProject(cmd, &r.projectFlag)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	cmd.Flags().IntVar(&limit, "limit", 20, "the newest `N`; 0 means all")
	return cmd
}

func (r *run) printHistory(list []history.Entry) error {
	if len(list) == 0 {
		return r.say("Nothing is recorded yet; run: c4arch scan PATH...\n")
	}
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SNAPSHOT\tCOLLECTED\tRESOURCES\tNEW\tNOT READ\tAPPROVED\tNAME")
	for _, e := range list {
		approved := "-"
		if e.Approved != "" {
			approved = e.Approved
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, stamp(e.CollectedAt), number(e.Resources), number(e.Fresh), number(e.NotRead), approved, visible(e.Name))
	}
	return w.Flush()
}

// stamp writes a time with its zone.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// zoned writes a time of a file as stamp does; what is no time stays as it is.
func zoned(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return stamp(t)
}

func (r *run) show() *cobra.Command {
	var asJSON bool
	var o *outputFlags
	cmd := &cobra.Command{
		Use:   "show SNAPSHOT",
		Short: "Show a scan that is kept, or draw it as it was",
		Long: "Show says what a snapshot is. With -o it writes the architecture of that time, as scan does: the same page, pictures\n" +
			"and files, derived by this version of c4arch.\n\n" + refHelp,
		Example:           "  c4arch show latest\n  c4arch show latest~7 -o last-week\n  c4arch show 2026-10-01 -o then --format html",
		Args:              exactly(1, "a snapshot"),
		ValidArgsFunction: r.completeKept(offer{snapshots: true}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.doShow(cmd.Context(), args[0], o, cmd.Flags().Changed("output") || cmd.Flags().Changed("format"), asJSON)
		},
	}
	asProject(cmd, &r.projectFlag)
	o = r.addOutputFlags(cmd)
	out := cmd.Flags().Lookup("output")
	out.Usage, out.DefValue = "`DIR` to draw it into; replaced when c4arch wrote it, never otherwise (default: nothing is drawn; with --format "+DefaultOutput+")", ""
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

const refHelp = "A snapshot is named by its id or the beginning of one (s1f3a), by the beginning of its root, as latest or latest~3,\n" +
	"or by a time (2026-10-01 or 2026-10-01T12:00:00Z: the newest that was collected then or before)."

func (r *run) doShow(ctx context.Context, ref string, o *outputFlags, draw, asJSON bool) error {
	s, _, err := r.store(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	e, err := findSnapshot(ctx, s, ref)
	if err != nil {
		return err
	}
	if draw {
		if err := r.drawPast(ctx, s, e, o); err != nil {
			return err
		}
	}
	switch {
	case asJSON:
		return writeJSON(r.env.Stdout, e)
	case o.quiet:
		return nil
	}
	return r.printEntry(e)
}

// drawPast writes the architecture of a snapshot.
func (r *run) drawPast(ctx context.Context, s Store, e history.Entry, o *outputFlags) error {
	if o.dir == "" {
		return fault.New(fault.Invalid, "-o is empty").WithHelp("give a directory")
	}
	if err := outdir.Check(o.dir); err != nil {
		return err
	}
	d, err := r.drawing(o, "")
	if err != nil {
		return err
	}
	sub, err := kept(ctx, s, e)
	if err != nil {
		return err
	}
	bar := newProgress(r.env, o.quiet)
	defer bar.clear()
	if err := detect.Derive(ctx, &sub, bar.stage); err != nil {
		return err
	}
	files, err := r.write(ctx, Architecture{Model: sub.Model, Snapshot: sub.Snapshot}, o, d, bar)
	if err != nil {
		return err
	}
	bar.clear()
	if o.quiet {
		return nil
	}
	_, err = fmt.Fprintf(r.env.Stderr, "%s written to %s\n", count(len(files), "file"), visible(o.dir))
	return err
}

// kept loads what a store keeps as something to compare.
func kept(ctx context.Context, s Store, e history.Entry) (detect.Subject, error) {
	rec, err := s.Load(ctx, e.ID)
	if err != nil {
		return detect.Subject{}, err
	}
	return detect.Subject{
		Label: "snapshot " + e.ID, Snapshot: rec.Snapshot, OverlayName: rec.OverlayName, OverlayText: rec.OverlayText,
	}, nil
}

func (r *run) printEntry(e history.Entry) error {
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	row := func(k, v string) {
		if v != "" {
			fmt.Fprintf(w, "%s\t%s\n", k, visible(v))
		}
	}
	row("Snapshot", e.ID)
	row("Name", e.Name)
	row("Collected", stamp(e.CollectedAt)+" by "+e.Method)
	row("Recorded", stamp(e.RecordedAt))
	row("Resources", fmt.Sprintf("%s, %s of them in a version that was not there before", number(e.Resources), number(e.Fresh)))
	row("Not read", number(e.NotRead))
	row("Root", string(e.Root))
	row("Model", string(e.Model))
	row("Overlay", string(e.Overlay))
	row("Key", e.KeyID)
	row("Approved", e.Approved)
	for _, s := range e.Scope {
		row("Scope", s)
	}
	return w.Flush()
}
