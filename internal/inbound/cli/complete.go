package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/severity"
)

// maxCompleted is how many snapshots a shell is offered: more are looked for in c4arch history.
const maxCompleted = 50

// offer says what the local history holds that an argument can name.
type offer struct{ snapshots, baselines, files bool }

// completeKept completes the ids of a local history, for at most n arguments; 0 means any number. Where there is none, or it cannot be
// read, there is nothing to offer: a shell is no place for errors.
func (r *run) completeKept(o offer, n int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		if n > 0 && len(args) >= n {
			return nil, directive
		}
		if o.files {
			directive = cobra.ShellCompDirectiveKeepOrder
		}
		s, _, err := r.store(cmd.Context(), false)
		if err != nil || s == nil {
			return nil, directive
		}
		defer s.Close()
		var all []cobra.Completion
		if o.baselines {
			list, _ := s.Approvals(cmd.Context())
			for i := range list {
				a := &list[i].Approval
				all = append(all, cobra.CompletionWithDesc(list[i].ID, visible("baseline of "+a.At+" by "+a.By+": "+clip(a.Reason, 60))))
			}
		}
		if o.snapshots {
			list, _ := s.List(cmd.Context(), maxCompleted)
			if len(list) > 0 {
				all = append(all, cobra.CompletionWithDesc("latest", "the newest scan"))
			}
			for i := range list {
				all = append(all, cobra.CompletionWithDesc(list[i].ID, visible(stamp(list[i].CollectedAt)+" "+list[i].Name)))
			}
		}
		return all, directive
	}
}

// completeRules completes the id of a rule.
func completeRules(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	t, err := severity.Builtin()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var all []cobra.Completion
	rules := t.Rules()
	for i := range rules {
		if strings.HasPrefix(rules[i].ID, strings.ToUpper(typed)) {
			all = append(all, cobra.CompletionWithDesc(rules[i].ID, rules[i].Title))
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// completeList completes the last name of a list with commas; about says what a name means.
func completeList(names []string, about func(name string) string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		done := typed[:strings.LastIndexByte(typed, ',')+1]
		var all []cobra.Completion
		for _, n := range names {
			if !slices.Contains(strings.Split(done, ","), n) {
				all = append(all, cobra.CompletionWithDesc(done+n, about(n)))
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
