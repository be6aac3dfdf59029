package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/report"
)

// table returns the rules: those built in, extended by the user's own file, where there is one.
func (r *run) table(flag string, beside func(string) ([]byte, error)) (*severity.Table, error) {
	t, err := severity.Builtin()
	if err != nil {
		return nil, err
	}
	name, data, err := r.sideFile(flag, RulesName, beside)
	if err != nil || data == nil {
		return t, err
	}
	return severity.Load(t, name, data)
}

func (r *run) rules() *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules by which drift is graded",
		Long: "Rules lists the table of severities: what each rule looks at, how grave a loosening is. A file of your own (--rules, or\n" +
			RulesName + " beside the baseline) adds rules and overrides severities; it is checked here, with line and column.",
		Example: "  c4arch rules\n  c4arch rules explain AZ-STORAGE-PUBLIC-BLOB\n  c4arch rules --rules mine.yaml --json",
		Args:    none,
		RunE: func(*cobra.Command, []string) error {
			t, err := r.table(file, nil)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(r.env.Stdout, t.Rules())
			}
			return r.printRules(t.Rules())
		},
	}
	cmd.PersistentFlags().StringVar(&file, "rules", "", "`FILE` of your own rules")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	explain := &cobra.Command{
		Use:     "explain ID",
		Short:   "Explain one rule",
		Example: "  c4arch rules explain AZ-STORAGE-PUBLIC-BLOB",
		Args:    exactly(1, "the id of a rule"),
		Long: "Explain prints a rule: why it matters, what to do, what it looks at, the conditions (CEL) that make a change a loosening or a\n" +
			"tightening, examples, controls and the source.",
		ValidArgsFunction: completeRules,
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := r.table(file, nil)
			if err != nil {
				return err
			}
			rule, ok := t.Rule(strings.ToUpper(args[0]))
			if !ok {
				return fault.New(fault.NotFound, "there is no rule %s", visible(args[0])).WithHelp("c4arch rules lists them")
			}
			if asJSON {
				return writeJSON(r.env.Stdout, rule)
			}
			return r.explainRule(rule)
		},
	}
	explain.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.AddCommand(explain)
	return cmd
}

func (r *run) printRules(list []severity.Rule) error {
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RULE\tSEVERITY\tPACK\tTITLE")
	for i := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", list[i].ID, list[i].Severity, visible(list[i].Pack), visible(list[i].Title))
	}
	return w.Flush()
}

func (r *run) explainRule(rule *severity.Rule) error {
	w := bufio.NewWriter(r.env.Stdout)
	fmt.Fprintf(w, "%s  %s\n%s\n\n", r.out.strong(rule.ID), string(rule.Severity), visible(rule.Title))
	prose := max(40, cmp.Or(r.env.Width, helpWidth)-2)
	para := func(label, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s\n  %s\n\n", r.out.strong(label), indented(text))
		}
	}
	para("Why", wrap(rule.Reason, prose))
	para("What to do", wrap(rule.Remediation, prose))
	para("When it gets better", wrap(rule.Better, prose))
	fmt.Fprintln(w, r.out.strong("Looks at"))
	for _, on := range rule.On {
		fmt.Fprintf(w, "  %s\n", visible(onText(on)))
	}
	fmt.Fprintln(w)
	for _, c := range []struct{ label, text string }{
		{"Weak when (asked of each side)", rule.Weak},
		{"Strength (less is loosened)", rule.Strength},
		{"Loosened when", rule.Loosened},
		{"Tightened when", rule.Tightened},
		{"Neutral when", rule.Neutral},
	} {
		para(c.label, c.text)
	}
	if len(rule.Examples) > 0 {
		fmt.Fprintln(w, r.out.strong("Examples"))
		for _, x := range rule.Examples {
			fmt.Fprintf(w, "  %s: %s → %s is %s\n", visible(onText(x.On)), visible(orAbsent(x.Old)), visible(orAbsent(x.New)), x.Want)
		}
		fmt.Fprintln(w)
	}
	para("Controls", wrap(report.Controls(rule.Controls), prose))
	para("Source", wrap(rule.Source, prose))
	at := rule.Pack
	if rule.Line > 0 {
		at = fmt.Sprintf("%s, line %d", rule.Pack, rule.Line)
	}
	para("Written in", at)
	return w.Flush()
}

// indented makes each line of text safe for a terminal and moves it in by two.
func indented(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = visible(lines[i])
	}
	return strings.Join(lines, "\n  ")
}

func orAbsent(s string) string {
	if s == "" {
		return "(absent)"
	}
	return s
}

// onText says in words what a rule looks at.
func onText(on severity.On) string {
	var s string
	switch {
	case on.Type != "":
		if s = on.Type; on.Path != "" {
			s += " " + on.Path
		}
	case on.Element != "":
		s = "element " + on.Element
	case on.Relationship != "":
		s = "relationship " + on.Relationship
	case on.Exposure != "":
		s = "what the Internet reaches: " + on.Exposure
	}
	if len(on.Change) > 0 {
		var kinds []string
		for _, k := range on.Change {
			kinds = append(kinds, string(k))
		}
		s += " (" + strings.Join(kinds, ", ") + ")"
	}
	return s
}
