package assure

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"c4arch/internal/content/register"
	"c4arch/internal/trust/control"
)

// elsewhere are checks that an instance has only where there is what they look at.
var elsewhere = map[string]string{
	KeyVault:    "the newest root key is not kept in Key Vault here",
	TLSListener: "people reach this instance on its own machine alone",
}

// Parts are what the check of the register looks at: what is bound, and what this instance runs.
type Parts struct {
	Register *register.Register
	Bound    *control.Catalogue // of all that there is
	Here     *control.Catalogue // of this instance
}

// Complete says whether anything in the register is bare, and whether each check that is bound runs here.
func Complete(parts func() (Parts, error)) func(context.Context) ([]control.Observation, error) {
	return func(context.Context) (seen []control.Observation, err error) {
		p, err := parts()
		if err != nil {
			return nil, err
		}
		for _, x := range p.Bound.Bare() {
			seen = append(seen, control.Observation{Subject: x, Outcome: control.Fail, Detail: "it has no check, no plan and no attestation"})
		}
		for _, x := range p.Bound.Checks() {
			if _, runs := p.Here.Check(x.ID); runs {
				continue
			}
			o := control.Observation{Subject: "check " + x.ID, Outcome: control.Fail, Detail: "it is bound, and does not run here"}
			if why, known := elsewhere[x.ID]; known {
				o.Outcome, o.Detail = control.Pass, why
			}
			seen = append(seen, o)
		}
		if n := countOf(p.Here.Clauses(), p.Register.Clauses); n != "" {
			seen = append(seen, control.Observation{Subject: "clauses", Outcome: control.Fail, Detail: n})
		}
		return append(seen, summary(p.Bound)), nil
	}
}

// countOf says what of the register an instance leaves out.
func countOf(here, all []control.Clause) string {
	for _, x := range all {
		if !slices.ContainsFunc(here, func(y control.Clause) bool { return y.ID == x.ID }) {
			return x.ID + " is not in the register of this instance"
		}
	}
	return ""
}

func summary(c *control.Catalogue) control.Observation {
	return control.Observation{Subject: "register", Outcome: control.Pass, Detail: fmt.Sprintf("%d clauses and %d controls have %d checks, %d plans and %d attestations",
		len(c.Clauses()), len(c.Controls()), len(c.Checks()), len(c.Plans()), len(c.Wanted()))}
}

// Agree says whether what is kept is what the ledger has the digest of: the newest run of each check, and each attestation.
func Agree(newest map[string]Kept, made []control.Attestation, entries map[string]Entry) (seen []control.Observation) {
	bad := func(subject, detail string) {
		seen = append(seen, control.Observation{Subject: subject, Outcome: control.Fail, Detail: detail})
	}
	for check, k := range newest {
		e, there := entries[k.Run.ID]
		switch _, err := Decode(k.JSON, k.Digest); {
		case err != nil || k.Run.ID == "":
			bad("the newest run of "+check, "it is not what was kept: its text has another digest")
		case !there:
			bad("the newest run of "+check, "none of the entries of the ledger that were looked through names it")
		case e.Digest != k.Digest || e.Outcome != k.Run.Outcome:
			bad("the newest run of "+check, fmt.Sprintf("entry %d of the ledger has another digest or outcome", e.Index))
		}
	}
	for _, a := range made {
		switch e, there := entries[a.ID]; {
		case Seal(a) != a.Seal:
			bad("attestation "+a.ID, "it is not what was stated: its words have another digest")
		case !there || e.Digest != a.Seal:
			bad("attestation "+a.ID, "the ledger has no entry with its digest")
		}
	}
	slices.SortFunc(seen, func(a, b control.Observation) int { return cmp.Compare(a.Subject, b.Subject) })
	if len(seen) == 0 && len(newest)+len(made) > 0 {
		seen = append(seen, control.Observation{Subject: "ledger", Outcome: control.Pass, Detail: fmt.Sprintf("%d newest runs and %d attestations agree with their entries", len(newest), len(made))})
	}
	return seen
}
