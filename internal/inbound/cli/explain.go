package cli

import (
	"fmt"
	"io"
	"strings"

	"c4arch/internal/arch/c4"
)

// explain prints the account: what became of every reference, by rule, and in full those that
// ended in no line and should perhaps have.
func explain(w io.Writer, s style, a *c4.Account, rules []c4.Rule) {
	fmt.Fprintf(w, "%s\n", s.strong("What became of every reference"))
	fmt.Fprintf(w, "  %s found = %s shown + %s nested + %s hidden + %s unresolved + %s ambiguous\n", number(a.Found),
		number(a.Shown), number(a.Nested), number(a.Hidden), number(a.Unresolved), number(a.Ambiguous))
	fmt.Fprintf(w, "  A second counter, which knows no rules, saw %s of them", number(a.Counted))
	if a.Uncounted > 0 {
		fmt.Fprintf(w, " and missed %s that a rule resolved", number(a.Uncounted))
	}
	fmt.Fprint(w, ".\n")
	byRule(w, s, a.ByRule, rules)
	listed(w, s, a.References, c4.Unresolved, "Unresolved")
	listed(w, s, a.References, c4.Ambiguous, "Ambiguous: no line is drawn")
}

func byRule(w io.Writer, s style, counts []c4.RuleCount, rules []c4.Rule) {
	if len(counts) == 0 {
		return
	}
	reasons := map[string]string{}
	for _, r := range rules {
		reasons[r.ID] = r.Reason
	}
	fmt.Fprintf(w, "\n%s\n", s.strong("By rule"))
	for _, c := range counts {
		rule := c.Rule
		if rule == "" {
			rule = "none"
		}
		line := fmt.Sprintf("  %-16s %-10s %8s  %s", visible(rule), c.Outcome, number(c.Count), visible(reasons[c.Rule]))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// longest is how much of a value is printed; model.json has the whole.
const longest = 120

func listed(w io.Writer, s style, refs []c4.Reference, outcome c4.Outcome, title string) {
	n := 0
	for i := range refs {
		if refs[i].Outcome == outcome {
			n++
		}
	}
	if n == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s (%s)\n", s.strong(title), number(n))
	for i := range refs {
		r := &refs[i]
		if r.Outcome != outcome {
			continue
		}
		fmt.Fprintf(w, "  %s:%d  %s %s = %q\n", visible(r.Evidence.Input), r.Evidence.Line,
			visible(r.Evidence.Resource), visible(r.Evidence.Property), clip(visible(r.Value), longest))
		if r.Reason != "" {
			fmt.Fprintf(w, "      %s\n", visible(r.Reason))
		}
		if len(r.Targets) > 0 {
			fmt.Fprintf(w, "      it may be: %s\n", visible(strings.Join(r.Targets, ", ")))
		}
	}
}
