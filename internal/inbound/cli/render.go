package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/render/png"
)

// renderFlags are what `c4arch render` was asked.
type renderFlags struct {
	*outputFlags
	views            []string
	theme, depth     string
	expand, collapse []string
	scale            float64
	paper, dialect   string
}

func (r *run) render() *cobra.Command {
	var f renderFlags
	cmd := &cobra.Command{
		Use:   "render model.json",
		Short: "Draw a model again, from its file, in any format",
		Long: "Render writes the pictures and texts of a model that a scan wrote. It reads nothing else, save a snapshot.json\n" +
			"that lies beside the model and is the one from which it was derived (that is written again too), and the layout of\n" +
			"last time: boxes stay where they stood, and where you placed them.\n\n" +
			"What it can write:\n\n" + r.formatTable() + "\n" +
			"A view with more boxes than can be read shows its larger boundaries as one box with a count; what is inside is still in\n" +
			"the page, and drawn with --expand or --depth. Where one file is all that is written, -o may name it, and - is standard output.",
		Example: "  c4arch render arch/model.json -o pictures --format svg\n" +
			"  c4arch render arch/model.json --view landscape -o landscape.png --theme dark\n" +
			"  c4arch render arch/model.json --format pdf --paper A3 -o shop.pdf\n" +
			"  c4arch render arch/model.json --format plantuml --view landscape -o - | plantuml -pipe\n" +
			"  c4arch render arch/model.json -o arch --layout Downloads/layout.json   # boxes as you placed them in the page",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []cobra.Completion{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fault.New(fault.Invalid, "render takes one model.json").WithHelp("see: c4arch render --help")
			}
			return nil
		},
	}
	f.outputFlags = r.addOutputFlags(cmd)
	cmd.Flags().Lookup("output").Usage = "`DIR` to write; replaced when c4arch wrote it, never otherwise. Or a file, or - for standard output, for what is one file"
	f.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return r.doRender(cmd.Context(), &f, args[0]) }
	return cmd
}

// add adds the flags that only render has.
func (f *renderFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.views, "view", nil, "`KEY` of a view to draw, which may be given several times (default all)")
	flags.StringVar(&f.theme, "theme", "", "`NAME` of how pictures look: "+strings.Join(themes, ", ")+" (default auto for SVG, light for others)")
	flags.StringVar(&f.depth, "depth", "auto", "how many `LEVELS` of boundaries are shown: 1 and more, all, or auto for as many as can be read")
	flags.StringSliceVar(&f.expand, "expand", nil, "`NAME` of a boundary that is shown open; it may be given several times")
	flags.StringSliceVar(&f.collapse, "collapse", nil, "`NAME` of a boundary that is shown as one box; it may be given several times")
	flags.Float64Var(&f.scale, "scale", 0, fmt.Sprintf("how many `TIMES` larger than on a plain screen a PNG is, from 1 to %d (default 2, of very large views 1)", png.MaxScale))
	flags.StringVar(&f.paper, "paper", "", "`SIZE` of the pages of a PDF: "+strings.Join(papers, ", ")+" (default fit: each page is as large as its view)")
	flags.StringVar(&f.dialect, "dialect", "", "`NAME` of the macros for PlantUML: "+strings.Join(dialects, ", ")+" (default "+dialects[0]+")")
	fixed := func(flag string, words []string) {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	fixed("theme", themes)
	fixed("paper", papers)
	fixed("dialect", dialects)
	fixed("depth", []string{"auto", "all", "1", "2", "3"})
	fixed("scale", []string{"1", "2", "3"})
	_ = cmd.RegisterFlagCompletionFunc("view", completeView)
	_ = cmd.RegisterFlagCompletionFunc("expand", completeBoundary)
	_ = cmd.RegisterFlagCompletionFunc("collapse", completeBoundary)
}

// formatTable lists the formats for the help.
func (r *run) formatTable() string {
	var b strings.Builder
	for i := range r.Formats {
		fmt.Fprintf(&b, "  %-16s  %s\n", r.Formats[i].Name, r.Formats[i].says())
	}
	return b.String()
}

func (r *run) doRender(ctx context.Context, f *renderFlags, path string) error {
	if f.dir == "" {
		return fault.New(fault.Invalid, "-o is empty").WithHelp("give a directory")
	}
	to, err := r.outputKindOf(f)
	if err != nil {
		return err
	}
	formats, err := r.chosen(f.outputFlags)
	if err != nil {
		return err
	}
	if to == directory {
		if err := checkRendered(path, f.dir, formats); err != nil {
			return err
		}
	}
	a, err := readArchitecture(path)
	if err != nil {
		return err
	}
	d, err := r.rendering(f, a.Model, path, to)
	if err != nil {
		return err
	}
	if to != directory {
		return r.renderOne(ctx, f, path, a, d, to)
	}
	bar := newProgress(r.env, f.quiet)
	defer bar.clear()
	files, err := r.write(ctx, a, f.outputFlags, d, bar)
	if err != nil {
		return err
	}
	bar.clear()
	if !f.quiet {
		_, err = fmt.Fprintf(r.env.Stdout, "%s written to %s\n", count(len(files), "file"), visible(f.dir))
	}
	return err
}

// checkRendered refuses an output that may not be replaced, or that holds the model and would lose it.
func checkRendered(path, dir string, formats []string) error {
	if outdir.Within(path, dir) && !slices.Contains(formats, "json") {
		return fault.New(fault.Invalid, "the output %s would be replaced and the model in it lost", dir).
			WithHelp("add json to --format, or give another directory with -o")
	}
	return outdir.Check(dir)
}

// readArchitecture reads a model and the snapshot beside it, if that is the model's own.
func readArchitecture(path string) (Architecture, error) {
	m, err := readModel(path)
	if err != nil {
		return Architecture{}, err
	}
	a := Architecture{Model: m}
	data, err := readAtMost(filepath.Join(filepath.Dir(path), "snapshot.json"), false, c4.MaxSize)
	if err != nil {
		return a, nil
	}
	if s, err := evidence.DecodeSnapshot(data); err == nil && s.Root == m.Snapshot {
		a.Snapshot = s
	}
	return a, nil
}

func readModel(path string) (*c4.Model, error) {
	data, err := readAtMost(path, true, c4.MaxSize)
	if err != nil {
		return nil, fault.Wrap(fault.KindOf(err), err, "cannot read the model").WithHelp("give the model.json that a scan wrote")
	}
	m, err := c4.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%s is not a model that can be drawn", path).
			WithHelp("scan again with this version of c4arch")
	}
	if err := m.Validate(); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%s is not a whole model", path).WithHelp("scan again with this version of c4arch")
	}
	return m, nil
}
