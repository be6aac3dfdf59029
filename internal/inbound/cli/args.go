package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
)

// none is the check that no argument is given; a command that only holds others says which of them may have been meant.
func none(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	help := "see: " + cmd.CommandPath() + " --help"
	if !cmd.HasSubCommands() {
		return fault.New(fault.Invalid, "%s takes no argument, and was given %s", cmd.CommandPath(), visible(args[0])).WithHelp("%s", help)
	}
	cmd.SuggestionsMinimumDistance = 2
	var meant []string
	for _, s := range cmd.SuggestionsFor(args[0]) {
		meant = append(meant, cmd.CommandPath()+" "+s)
	}
	if len(meant) > 0 {
		help = "did you mean " + strings.Join(meant, " or ") + "? " + help
	}
	return fault.New(fault.Invalid, "unknown command %q for %q", args[0], cmd.CommandPath()).WithHelp("%s", help)
}

// exactly is the check that n arguments are given.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return fault.New(fault.Invalid, "%s takes %s", cmd.CommandPath(), what).WithHelp("see: %s --help", cmd.CommandPath())
		}
		return nil
	}
}

// atMostOne is the check that no more than one argument is given.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return exactly(1, what)(cmd, args)
		}
		return nil
	}
}

// flagFault says what is wrong with a flag, without the words of the library that has parsed it.
func flagFault(cmd *cobra.Command, err error) error {
	msg, _, parsed := strings.Cut(err.Error(), ": strconv.")
	if parsed {
		msg += ", which takes " + map[bool]string{true: "true or false", false: "a whole number"}[strings.Contains(err.Error(), "strconv.ParseBool")]
	}
	return fault.New(fault.Invalid, "%s", msg).WithHelp("see: %s --help", cmd.CommandPath())
}

// notNegative refuses a number below zero.
func notNegative(flag string, n int) error {
	if n < 0 {
		return fault.New(fault.Invalid, "%s is negative", flag).WithHelp("0 means all")
	}
	return nil
}
