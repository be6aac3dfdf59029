package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
)

// DefaultOutput is where results go when -o does not say.
const DefaultOutput = "arch"

func (r *run) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "c4arch",
		Short: "C4 architecture from live infrastructure, with the evidence for every line",
		Long: "c4arch turns what describes or exports your infrastructure into a C4 architecture in which\n" +
			"every element and every relationship shows the evidence that it rests on.",
		Example: "  c4arch scan .                         # everything below the current directory\n" +
			"  c4arch scan prod.tfstate k8s/ -o arch # a state and a directory of manifests\n" +
			"  c4arch render arch/model.json         # draw a model again\n" +
			"  c4arch baseline approve --by platform-team --reason \"as built\"\n" +
			"  c4arch drift azure.json               # what differs from what was approved, graded",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          none,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(flagFault)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveDefault)
	root.PersistentFlags().StringVar(&r.storeFlag, "store", "", "`DIR` of the local history (default: "+storeVariable+", else .c4arch here or above)")
	_ = root.MarkPersistentFlagDirname("store")
	root.AddGroup(&cobra.Group{ID: "see", Title: "See:"}, &cobra.Group{ID: "detect", Title: "Detect:"}, &cobra.Group{ID: "keep", Title: "Keep:"},
		&cobra.Group{ID: "organise", Title: "Organise (on a server):"}, &cobra.Group{ID: "operate", Title: "Operate:"})
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("see", r.scan(), r.render(), r.show())
	add("detect", r.baseline(), r.drift(), r.diff(), r.rules())
	add("keep", r.init(), r.history(), r.gc(), r.fsck(), r.redact(), r.audit())
	add("organise", r.login(), r.logout(), r.organisation(), r.project(), r.member(), r.invitation(), r.session(), r.token(), r.serviceAccount(), r.access(), r.finding(), r.proposal(), r.exception(), r.streams(), r.webhooks(), r.jobs(), r.grant(), r.staff())
	add("operate", r.serve(), r.configuration(), r.doctor(), r.migrate(), r.rootKey(), r.witness(), r.restore(), r.breakGlass(), r.control(), r.destinations())
	root.AddCommand(r.version())
	reflow(root)
	return root
}

// helpWidth is how wide a line of help is at most.
const helpWidth = 100

// reflow breaks the long texts of a command and those below it into lines of one width, wherever they were broken in the code.
func reflow(cmd *cobra.Command) {
	cmd.Long = wrap(cmd.Long, helpWidth)
	for _, c := range cmd.Commands() {
		reflow(c)
	}
}

// outputFlags are those of every command that writes a directory.
type outputFlags struct {
	dir     string
	formats []string
	quiet   bool
}

func (r *run) addOutputFlags(cmd *cobra.Command) *outputFlags {
	o := &outputFlags{}
	cmd.Flags().StringVarP(&o.dir, "output", "o", DefaultOutput, "`DIR` to write; replaced when c4arch wrote it, never otherwise")
	cmd.Flags().StringSliceVar(&o.formats, "format", nil, "`LIST` of what to write: "+strings.Join(r.formatNames(), ", ")+" (default all)")
	cmd.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "print warnings and errors only")
	// These can only fail when the flag is not there.
	_ = cmd.MarkFlagDirname("output")
	_ = cmd.RegisterFlagCompletionFunc("format", completeList(r.formatNames(), r.about))
	return o
}

func (r *run) formatNames() (names []string) {
	for _, f := range r.Formats {
		names = append(names, f.Name)
	}
	return names
}

// about says what a format writes.
func (r *run) about(name string) string {
	for _, f := range r.Formats {
		if f.Name == name {
			return f.About
		}
	}
	return ""
}

// chosen returns the names of the formats that were asked for.
func (r *run) chosen(o *outputFlags) ([]string, error) {
	known := r.formatNames()
	if o.formats == nil {
		return known, nil
	}
	if len(o.formats) == 0 {
		return nil, fault.New(fault.Invalid, "--format names no format").WithHelp("formats are: %s", strings.Join(known, ", "))
	}
	names := make([]string, len(o.formats))
	for i, n := range o.formats {
		if names[i] = strings.ToLower(strings.TrimSpace(n)); !slices.Contains(known, names[i]) {
			return nil, fault.New(fault.Invalid, "unknown format %q", n).WithHelp("formats are: %s", strings.Join(known, ", "))
		}
	}
	return names, nil
}

// write writes the architecture in those formats and puts the directory in its place. It
// returns the names of the files.
func (r *run) write(ctx context.Context, a Architecture, o *outputFlags, formats []string, bar *progress) ([]string, error) {
	dir, err := outdir.Begin(o.dir, r.env.Now())
	if err != nil {
		return nil, err
	}
	defer dir.Discard()
	if err := r.Write(ctx, a, formats, dir, bar.drawn); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := dir.Commit(); err != nil {
		return nil, err
	}
	return dir.Files(), nil
}
