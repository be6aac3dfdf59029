package assure

import (
	"slices"
	"strings"
	"time"

	"c4arch/internal/content/register"
	"c4arch/internal/trust/control"
)

// later is a check whose subject does not exist yet. Its controls are those of its clauses.
type later struct{ id, title, clauses, waits string }

// asked is an attestation that is wanted, where no check can look.
type asked struct {
	id, title, clauses, ask string
	months                  int
}

// perMonth is a month of an attestation: a thirteenth of the longest.
const perMonth = control.LongestAttested / 13

// Planned are the checks whose subject does not exist yet. Their ids are told apart from those of checks: one that is made takes the name.
func Planned(r *register.Register) (list []control.Plan) {
	for _, x := range planned {
		clauses := strings.Fields(x.clauses)
		list = append(list, control.Plan{ID: "planned-" + x.id, Title: x.title, Controls: controlsOf(r, clauses), Clauses: clauses, Waits: x.waits})
	}
	return list
}

// Wanted are the attestations that are asked of the platform's people.
func Wanted(r *register.Register) (list []control.Wanted) {
	for _, x := range wanted {
		clauses := strings.Fields(x.clauses)
		list = append(list, control.Wanted{ID: x.id, Title: x.title, Ask: x.ask, Controls: controlsOf(r, clauses), Clauses: clauses, Counts: perMonth * time.Duration(x.months)})
	}
	return list
}

func controlsOf(r *register.Register, clauses []string) (ids []string) {
	for _, k := range r.Controls {
		if slices.ContainsFunc(clauses, func(x string) bool { return slices.Contains(k.Clauses, x) }) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// Built is the register with all that this program has for it: checks, plans and attestations that are wanted.
func Built(r *register.Register, checks []control.Check) (*control.Catalogue, error) {
	return control.Whole(r, checks, Planned(r), Wanted(r))
}
