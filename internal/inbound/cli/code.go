package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// What a scan says of code: how much of it could be told, why not the rest, and how it meets what was seen live.

// unknownWords say for people why an expression could not be told.
var unknownWords = map[evidence.Unknown]string{
	evidence.UnknownRuntime:   "known only to the cloud",
	evidence.UnknownParameter: "a parameter without a value",
	evidence.UnknownScope:     "where it will be deployed to",
	evidence.UnknownChance:    "different each time",
	evidence.UnknownData:      "read when it is applied",
	evidence.UnknownModule:    "from a module that was not read",
	evidence.UnknownSecret:    "a secret",
	evidence.UnknownFile:      "a file that is not there",
	evidence.UnknownLimit:     "too large to evaluate",
	evidence.UnknownFault:     "the expression is wrong or uses what is not known here",
}

// expressions adds up what the inputs say of their expressions.
func expressions(inputs []c4.InputSummary) (all, open int, why map[string]int) {
	why = map[string]int{}
	for i := range inputs {
		all += inputs[i].Expressions
		for reason, n := range inputs[i].Unresolved {
			open += n
			why[cmp.Or(unknownWords[reason], string(reason))] += n
		}
	}
	return all, open, why
}

func expressionsInWords(inputs []c4.InputSummary) (n, rest string) {
	all, open, why := expressions(inputs)
	if all == 0 {
		return "", ""
	}
	if open == 0 {
		return number(all), "all resolved"
	}
	return number(all), fmt.Sprintf("%s resolved, %s not (%s): %s", number(all-open), number(open), share(open, all), strings.Join(tally(why), ", "))
}

func codeInWords(c *c4.Code) string {
	words := fmt.Sprintf("%s also live, %s not seen live", number(c.Both), number(c.DeclaredOnly))
	if n := len(c.Unmatched); n > 0 {
		words += fmt.Sprintf(" (of %s it cannot be told)", number(n))
	}
	if c.LiveOnly > 0 {
		words += fmt.Sprintf("; %s live where code declares others and not these", number(c.LiveOnly))
	}
	return words
}

// explainCode lists each expression that could not be told, and each declared resource that may or may not be live.
func explainCode(w io.Writer, s style, snap *evidence.Snapshot, code *c4.Code) {
	type line struct{ place, text string }
	byReason := map[evidence.Unknown][]line{}
	for i := range snap.Resources {
		r := &snap.Resources[i]
		for _, x := range r.Expressions {
			if x.Unresolved == "" || len(r.Origins) == 0 {
				continue
			}
			n, column, _ := r.Code(x.Path)
			place := fmt.Sprintf("%s:%d", r.Origins[0].Input, cmp.Or(n, r.Origins[0].Line))
			if column > 0 {
				place += fmt.Sprintf(":%d", column)
			}
			byReason[x.Unresolved] = append(byReason[x.Unresolved], line{place, fmt.Sprintf("%s = %s", x.Path, cmp.Or(x.Text, "(not shown)"))})
		}
	}
	reasons := make([]evidence.Unknown, 0, len(byReason))
	for r := range byReason {
		reasons = append(reasons, r)
	}
	slices.Sort(reasons)
	for _, reason := range reasons {
		fmt.Fprintf(w, "\n%s (%s)\n", s.strong("Expressions not told: "+cmp.Or(unknownWords[reason], string(reason))), number(len(byReason[reason])))
		for _, l := range byReason[reason] {
			fmt.Fprintf(w, "  %s  %s\n", visible(l.place), clip(visible(l.text), longest))
		}
	}
	if code == nil || len(code.Unmatched) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s (%s)\n", s.strong("Declared, and it cannot be told whether they are live"), number(len(code.Unmatched)))
	for _, u := range code.Unmatched {
		fmt.Fprintf(w, "  %s\n      %s\n", visible(u.Resource), visible(u.Reason))
		if len(u.Candidates) > 0 {
			fmt.Fprintf(w, "      it may be: %s\n", visible(strings.Join(u.Candidates, ", ")))
		}
	}
}
