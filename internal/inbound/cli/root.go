package cli

import "github.com/spf13/cobra"

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
	add("operate", r.serve(), r.configuration(), r.doctor(), r.migrate(), r.rootKey(), r.witness(), r.restore(), r.breakGlass(), r.control(), r.legal(), r.destinations())
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
