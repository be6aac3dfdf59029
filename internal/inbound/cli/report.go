package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// printSummary prints the summary for people, and the account when it was asked for.
func (r *run) printSummary(s *summary, f scanFlags) error {
	w := bufio.NewWriter(r.env.Stdout)
	if !f.quiet {
		fmt.Fprintf(w, "%s, as of %s\n\n", r.out.strong(visible(s.Name)), s.CollectedAt)
		row := func(label, n, rest string) {
			line := fmt.Sprintf("  %-14s%9s  %s", label, n, r.out.faint(rest))
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
		row("Inputs", number(len(s.Inputs)), inputsByFormat(s.Inputs))
		row("Resources", number(s.Resources), resourcesInWords(s))
		row("Elements", number(s.Elements), elementsInWords(s.ElementsByKind))
		row("Relationships", number(s.Relationships), confidencesInWords(s.RelationshipsByConfidence))
		row("References", number(s.References.Found), referencesInWords(s.References))
		if n, rest := expressionsInWords(s.Inputs); n != "" {
			row("Expressions", n, rest)
		}
		if c := s.Code; c != nil {
			row("Declared", number(c.Both+c.DeclaredOnly), codeInWords(c))
		}
		row("Not read", number(evidence.Things(s.NotRead)), "")
		row("Time", duration(time.Duration(s.DurationMs)*time.Millisecond), "")
		fmt.Fprintf(w, "\n%s written to %s", count(len(s.Files), "file"), visible(s.Output))
		if slices.Contains(s.Files, "index.html") {
			fmt.Fprintf(w, "; open %s", r.out.strong(visible(filepath.Join(s.Output, "index.html"))))
		}
		fmt.Fprintln(w)
		if s.Recorded != "" {
			fmt.Fprintf(w, "recorded as %s\n", r.out.strong(s.Recorded))
		}
		for _, n := range s.Notes {
			fmt.Fprintln(w, r.out.faint(visible(n)))
		}
	}
	if f.explain {
		if !f.quiet {
			fmt.Fprintln(w)
		}
		explain(w, r.out, s.account, s.rules)
		explainCode(w, r.out, s.snapshot, s.Code)
	}
	return w.Flush()
}

// tally counts by name, most frequent first, then by name.
func tally(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	for i, n := range names {
		names[i] = number(counts[n]) + " " + n
	}
	return names
}

func inputsByFormat(inputs []c4.InputSummary) string {
	counts := map[string]int{}
	for _, in := range inputs {
		counts[cmp.Or(in.Format, "not understood")]++
	}
	return strings.Join(tally(counts), ", ")
}

func resourcesInWords(s *summary) string {
	switch {
	case s.Resources == 0:
		return ""
	case s.Unclassified == 0:
		return "all of types with a rule"
	}
	return fmt.Sprintf("%s classified, %s of a type without a rule", number(s.Classified), number(s.Unclassified))
}

// kindWords are the words for a kind of element: one and many.
var kindWords = map[c4.Kind][2]string{
	c4.Person:             {"person", "people"},
	c4.SoftwareSystem:     {"software system", "software systems"},
	c4.Container:          {"container", "containers"},
	c4.Component:          {"component", "components"},
	c4.DeploymentNode:     {"deployment node", "deployment nodes"},
	c4.InfrastructureNode: {"infrastructure node", "infrastructure nodes"},
	c4.Resource:           {"resource", "resources"},
}

func elementsInWords(byKind map[c4.Kind]int) string {
	var parts []string
	for _, k := range kinds {
		if n := byKind[k]; n > 0 {
			parts = append(parts, count(n, kindWords[k][0], kindWords[k][1]))
		}
	}
	return strings.Join(parts, ", ")
}

func confidencesInWords(by map[c4.Confidence]int) string {
	var parts []string
	for _, c := range confidences {
		if n := by[c]; n > 0 {
			parts = append(parts, number(n)+" "+string(c))
		}
	}
	return strings.Join(parts, ", ")
}

func referencesInWords(a references) string {
	if a.Found == 0 {
		return ""
	}
	return fmt.Sprintf("%s shown, %s nested, %s hidden, %s unresolved (%s), %s ambiguous",
		number(a.Shown), number(a.Nested), number(a.Hidden), number(a.Unresolved), share(a.Unresolved, a.Found), number(a.Ambiguous))
}

// notReadGroups is how many groups of what could not be read are printed, and
// notReadPlaces how many places of each.
const (
	notReadGroups = 10
	notReadPlaces = 3
)

// group is what could not be read for one reason, with one remedy.
type group struct {
	kind         evidence.NotReadKind
	reason, help string
	n            int
	places       []string
}

// kindOrder puts what costs most first: a whole input before a property.
var kindOrder = []evidence.NotReadKind{
	evidence.InputNotUnderstood, evidence.ResourceNotRead, evidence.ReferenceUnknown,
	evidence.TypeWithoutRule, evidence.PropertyWithheld,
}

func groups(list []evidence.NotRead) []*group {
	type key struct {
		kind         evidence.NotReadKind
		reason, help string
	}
	by := map[key]*group{}
	var all []*group
	for _, n := range list {
		k := key{n.Kind, n.Reason, n.Help}
		g := by[k]
		if g == nil {
			g = &group{kind: n.Kind, reason: n.Reason, help: n.Help}
			by[k] = g
			all = append(all, g)
		}
		g.n += max(1, n.Count)
		g.places = append(g.places, place(n))
	}
	// Stable: within a kind and a number, the order of the model.
	slices.SortStableFunc(all, func(a, b *group) int {
		return cmp.Or(slices.Index(kindOrder, a.kind)-slices.Index(kindOrder, b.kind), b.n-a.n)
	})
	return all
}

// place says where and what: "state.json:12 azurerm_foo (3)".
func place(n evidence.NotRead) string {
	s := n.Input
	if n.Line > 0 {
		s = fmt.Sprintf("%s:%d", n.Input, n.Line)
	}
	// The reader of an input stands in the list of inputs; here it would be noise.
	if n.Thing != "" && n.Kind != evidence.InputNotUnderstood {
		s = strings.TrimSpace(s + " " + n.Thing)
	}
	if n.Count > 1 {
		s += fmt.Sprintf(" (%s)", number(n.Count))
	}
	return s
}

// printNotRead prints what could not be read to standard error. model is the file in which the whole
// list stands, or "".
func (r *run) printNotRead(list []evidence.NotRead, model string) {
	if len(list) == 0 {
		return
	}
	w := bufio.NewWriter(r.env.Stderr)
	defer w.Flush()
	fmt.Fprintf(w, "%s %s could not be read:\n", r.err.warn("c4arch: warning:"), count(evidence.Things(list), "thing"))
	all := groups(list)
	for i, g := range all {
		if i == notReadGroups {
			fmt.Fprintf(w, "  and %s", count(len(all)-i, "more problem"))
			if model != "" {
				fmt.Fprintf(w, "; all of them are in %s under notRead", visible(model))
			}
			fmt.Fprintln(w)
			break
		}
		shown := g.places[:min(len(g.places), notReadPlaces)]
		where := strings.Join(shown, ", ")
		if more := len(g.places) - len(shown); more > 0 {
			where += fmt.Sprintf(" and %s more", number(more))
		}
		fmt.Fprintf(w, "  %s: %s\n", visible(where), visible(g.reason))
		if g.help != "" {
			fmt.Fprintf(w, "      %s\n", r.err.faint(visible(g.help)))
		}
	}
}
