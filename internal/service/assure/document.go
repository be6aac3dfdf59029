package assure

import (
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/content/register"
	"c4arch/internal/trust/control"
)

// Document writes docs/controls.md: the register with the checks that are bound to it.
func Document(r *register.Register, checks []control.Check) (string, error) {
	c, err := Built(r, checks)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(preamble)
	claimed, partly := map[string]bool{}, map[string]bool{}
	for _, x := range checks {
		for _, id := range x.Clauses {
			claimed[id] = true
		}
		for _, p := range x.Partly {
			partly[p.Clause] = true
		}
	}
	for id := range claimed {
		delete(partly, id)
	}
	fmt.Fprintf(&b, "Of %d clauses %d are exercised by a check, %d in part, and %d by no check. Of %d controls %d have a check.\n\n",
		len(c.Clauses()), len(claimed), len(partly), len(c.Clauses())-len(claimed)-len(partly), len(c.Controls()), checked(c))
	writeStanding(&b, c, claimed, partly)
	writeChecks(&b, c)
	writeControls(&b, c, claimed, partly)
	writeClauses(&b, c, claimed, partly)
	writeAdditions(&b, r)
	return b.String(), nil
}

const preamble = `# Controls

This page is generated from the register (internal/content/register) and the bindings of the checks (internal/service/assure). A test fails when it does not match; write it again with
` + "`go test ./internal/service/assure -run TestDocument -update`" + `.

A *clause* is a commitment of the contract documents, in our own words. A *control* is what makes clauses true. A *check* is code beside what it checks, which runs hourly on an
instance (job ` + "`control.run`" + `) or by hand (` + "`c4arch control run`" + `); what it found is kept, and the digest of each run stands in the ledger of the instance.

A control holds while the newest run of each of its checks passed and is fresh. A clause is true while every control of it holds **and** a check exercises the clause itself. Unknown is no
pass. What an instance says of itself now is told by ` + "`c4arch control list --clauses`" + `; this page says what can be told at all.

`

func checked(c *control.Catalogue) (n int) {
	for _, x := range c.Controls() {
		if len(checksOf(c, x.ID)) > 0 {
			n++
		}
	}
	return n
}

func checksOf(c *control.Catalogue, id string) (ids []string) {
	for _, x := range c.Checks() {
		if slices.Contains(x.Controls, id) {
			ids = append(ids, x.ID)
		}
	}
	return ids
}

func writeChecks(b *strings.Builder, c *control.Catalogue) {
	b.WriteString("## Checks\n")
	for _, x := range c.Checks() {
		fmt.Fprintf(b, "\n### %s\n\n%s.\n\n- Controls: %s\n", x.ID, x.Title, strings.Join(x.Controls, ", "))
		if len(x.Clauses) > 0 {
			fmt.Fprintf(b, "- Clauses: %s\n", strings.Join(x.Clauses, ", "))
		}
		for _, p := range x.Partly {
			fmt.Fprintf(b, "- In part: %s; not looked at: %s\n", p.Clause, p.Missing)
		}
		fmt.Fprintf(b, "- A run counts for %s\n- Seen to fail: %s\n", strings.TrimSuffix(x.Fresh.String(), "0m0s"), x.Mutation)
	}
}

func writeControls(b *strings.Builder, c *control.Catalogue, claimed, partly map[string]bool) {
	b.WriteString("\n## Controls\n\nFrameworks that a control supports; supporting is not complying.\n\n| control | statement | clauses | checks | supports |\n|---|---|---|---|---|\n")
	for _, x := range c.Controls() {
		var clauses, frameworks []string
		for _, id := range x.Clauses {
			switch {
			case claimed[id]:
				id = "**" + id + "**"
			case partly[id]:
				id = "*" + id + "*"
			}
			clauses = append(clauses, id)
		}
		for _, name := range register.Frameworks() {
			if ids := x.Frameworks[name]; len(ids) > 0 {
				frameworks = append(frameworks, name+" "+strings.Join(ids, ", "))
			}
		}
		checks := strings.Join(checksOf(c, x.ID), ", ")
		if checks == "" {
			checks = "not yet"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", x.ID, cell(x.Statement), strings.Join(clauses, ", "), checks, cell(strings.Join(frameworks, "; ")))
	}
	b.WriteString("\nBold: a check exercises the clause. Italics: in part.\n")
}

func writeClauses(b *strings.Builder, c *control.Catalogue, claimed, partly map[string]bool) {
	b.WriteString("\n## Clauses\n\n| clause | commitment | kind | exercised |\n|---|---|---|---|\n")
	for _, x := range c.Clauses() {
		how := besideOf(c, x)
		switch {
		case claimed[x.ID]:
			how = "yes"
		case partly[x.ID]:
			how = "in part"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", x.ID, cell(x.Paraphrase), x.Kind, how)
	}
}

// besideOf is what a clause has that no check exercises.
func besideOf(c *control.Catalogue, x control.Clause) string {
	for _, w := range c.Wanted() {
		if slices.Contains(w.Clauses, x.ID) {
			return "by attestation: " + w.ID
		}
	}
	for _, p := range c.Plans() {
		if slices.Contains(p.Clauses, x.ID) {
			return "not yet: " + cell(p.Waits)
		}
	}
	if x.Kind == control.LegalText {
		return "legal text"
	}
	return "not yet"
}

// writeStanding counts the clauses by what they have at most: what holds on an instance is told by its runs.
func writeStanding(b *strings.Builder, c *control.Catalogue, claimed, partly map[string]bool) {
	names := []string{"exercised by a check", "exercised in part", "by attestation", "not yet", "legal text"}
	n := map[string]int{}
	for _, x := range c.Clauses() {
		how, _, _ := strings.Cut(besideOf(c, x), ":")
		switch {
		case claimed[x.ID]:
			how = names[0]
		case partly[x.ID]:
			how = names[1]
		}
		n[how]++
	}
	b.WriteString("| clauses | how many |\n|---|---|\n")
	for _, name := range names {
		fmt.Fprintf(b, "| %s | %d |\n", name, n[name])
	}
	b.WriteString("\nThis says what can be told at all, and is the same on every machine. What is true, stale, failing or not exercised now differs by instance: its own runs tell.\n\n")
}

func writeAdditions(b *strings.Builder, r *register.Register) {
	b.WriteString("\n## Bindings that were added\n\nThese clauses had no control; most are law and not software. They were bound afterwards, with these reasons.\n\n| clause | control | reason |\n|---|---|---|\n")
	for _, a := range r.Additions {
		fmt.Fprintf(b, "| %s | %s | %s |\n", a.Clause, a.Control, cell(a.Reason))
	}
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
