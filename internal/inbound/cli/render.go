package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
)

func (r *run) render() *cobra.Command {
	var o *outputFlags
	cmd := &cobra.Command{
		Use:   "render model.json",
		Short: "Draw a model again, from its file",
		Long: "Render writes the pictures and texts of a model that a scan wrote. It reads nothing else, save a snapshot.json\n" +
			"that lies beside the model and is the one from which it was derived: that is written again too.",
		Example:           "  c4arch render arch/model.json -o pictures --format svg",
		ValidArgsFunction: cobra.FixedCompletions([]cobra.Completion{"json"}, cobra.ShellCompDirectiveFilterFileExt),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fault.New(fault.Invalid, "render takes one model.json").WithHelp("see: c4arch render --help")
			}
			return nil
		},
	}
	o = r.addOutputFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return r.doRender(cmd.Context(), o, args[0]) }
	return cmd
}

func (r *run) doRender(ctx context.Context, o *outputFlags, path string) error {
	formats, err := r.chosen(o)
	if err != nil {
		return err
	}
	if o.dir == "" {
		return fault.New(fault.Invalid, "-o is empty").WithHelp("give a directory")
	}
	if outdir.Within(path, o.dir) && !slices.Contains(formats, "json") {
		return fault.New(fault.Invalid, "the output %s would be replaced and the model in it lost", o.dir).
			WithHelp("add json to --format, or give another directory with -o")
	}
	if err := outdir.Check(o.dir); err != nil {
		return err
	}
	a, err := readArchitecture(path)
	if err != nil {
		return err
	}
	bar := newProgress(r.env, o.quiet)
	defer bar.clear()
	files, err := r.write(ctx, a, o, formats, bar)
	if err != nil {
		return err
	}
	bar.clear()
	if !o.quiet {
		_, err = fmt.Fprintf(r.env.Stdout, "%s written to %s\n", count(len(files), "file"), visible(o.dir))
	}
	return err
}

// readArchitecture reads a model and the snapshot beside it, if that is the model's own.
func readArchitecture(path string) (Architecture, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Architecture{}, fault.Wrap(fault.NotFound, err, "cannot read the model").WithHelp("give the model.json that a scan wrote")
	}
	m, err := c4.Decode(data)
	if err != nil {
		return Architecture{}, fault.Wrap(fault.Invalid, err, "%s is not a model that can be drawn", path).
			WithHelp("scan again with this version of c4arch")
	}
	if err := m.Validate(); err != nil {
		return Architecture{}, fault.Wrap(fault.Invalid, err, "%s is not a whole model", path).WithHelp("scan again with this version of c4arch")
	}
	a := Architecture{Model: m}
	data, err = os.ReadFile(filepath.Join(filepath.Dir(path), "snapshot.json"))
	if err != nil {
		return a, nil
	}
	if s, err := evidence.DecodeSnapshot(data); err == nil && s.Root == m.Snapshot {
		a.Snapshot = s
	}
	return a, nil
}
