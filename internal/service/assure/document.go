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
	c, err := control.New(r, checks)
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
	fmt.Fprintf(&b, "Of %d clauses %d are exercised by a check, %d in part, and %d are **not yet**: nothing checks them. Of %d controls %d have a check.\n\n",
		len(c.Clauses()), len(claimed), len(partly), len(c.Clauses())-len(claimed)-len(partly), len(c.Controls()), checked(c))
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
		how := "not yet"
		switch {
		case claimed[x.ID]:
			how = "yes"
		case partly[x.ID]:
			how = "in part"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", x.ID, cell(x.Paraphrase), x.Kind, how)
	}
}

func writeAdditions(b *strings.Builder, r *register.Register) {
	b.WriteString("\n## Bindings that were added\n\nThese clauses had no control; most are law and not software. They were bound afterwards, with these reasons.\n\n| clause | control | reason |\n|---|---|---|\n")
	for _, a := range r.Additions {
		fmt.Fprintf(b, "| %s | %s | %s |\n", a.Clause, a.Control, cell(a.Reason))
	}
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
